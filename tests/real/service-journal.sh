#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The service on a real journald's journal, booted in a container: one that is kept in memory and then
# flushed to the disk, one of a namespace, what journald drops, and a machine whose clock was days ahead
# before its last boot.  Each handshake that is logged has a key length of its own, so that each is
# held to being counted once.  Speaks TAP.  Needs root.

# shellcheck disable=SC2317 # functions are called by until_true
set -u -o pipefail

names='what was logged before a boot that set the clock back is counted
and what is logged since
also where it was not read before
a journal in memory is read
flushed to the disk, each entry counts once
also where a copy of the journal in memory stays
after the service was killed, too
the default journal does not tell what is logged to a namespace, but a source for it does
a store that counts all namespaces counts the same
what journald drops is a gap of just so many
an import holds nothing new
and into a new store, each entry once
the store is sound
what journald deletes as soon as it was logged is counted, or a gap
and is a gap where it cannot have been read'
count=$(wc -l <<<"$names")

if [ "${1:-}" = --inside ]; then
	# shellcheck source=tests/real/inside.sh
	. /root/inside.sh
	why() {
		differences
		journalctl -u mailtls --no-pager -o cat -n 8
	}
	meant=/root/meant
	found() { # STORE
		sqlite3 "$1" 'SELECT bits, sum(n) FROM handshake GROUP BY 1 ORDER BY 1' 2>&1
	}
	differences() {
		diff <(sort -n "$meant" | sed 's/$/|1/') <(found "${1:-$store}") | head -n 10
	}
	agrees() {
		[ -z "$(differences)" ]
	}
	exact() {
		until_true agrees
	}
	next=1000
	lines() { # COUNT: of handshakes that were not there before
		seq $((next + 1)) $((next + $1)) >>"$meant"
		seq $((next + 1)) $((next + $1)) | sed 's/.*/Anonymous TLS connection established from a.example.net[192.0.2.9]: TLSv1.2 with cipher AES128-SHA (&\/256 bits)/' >/root/lines
		next=$((next + $1))
	}
	log() { # COUNT [COMMAND...]: logs so many, by that command
		lines "$1"
		shift
		"$@" logger -p mail.info -t postfix/smtpd -f /root/lines
		journalctl --sync 2>/dev/null
	}
	sources() {
		printf 'sources: [%s]\n' "$1" >/etc/mailtls/mailtls.yaml
	}
	restart() {
		systemctl kill -s KILL mailtls 2>/dev/null
		systemctl stop mailtls 2>/dev/null
		systemctl reset-failed mailtls 2>/dev/null
		systemctl start mailtls
	}
	machine=$(cat /etc/machine-id)
	volatile=/run/log/journal/$machine persistent=/var/log/journal/$machine

	systemd-sysusers && systemd-tmpfiles --create >/dev/null 2>&1
	mkdir -p /etc/mailtls "$volatile"
	: >"$meant"
	sources '{journal: local}'
	# Of an earlier boot, whose clock was ten days ahead.  The service's unit has a /proc of its own,
	# which in a container names another boot than its journal does.
	lines 6
	ahead=$(($(date +%s) + 864000)) now=0
	while read -r line; do
		now=$((now + 1))
		printf '__REALTIME_TIMESTAMP=%d000000\n__MONOTONIC_TIMESTAMP=%d000000\n' $((ahead + now)) $now
		printf '_BOOT_ID=%s\n_MACHINE_ID=%s\n' 0f0e0d0c0b0a09080706050403020100 "$machine"
		printf 'SYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=postfix/smtpd\n_UID=0\n_HOSTNAME=mx1\n'
		printf 'MESSAGE=%s\n\n' "$line"
	done </root/lines |
		/lib/systemd/systemd-journal-remote -o "$volatile/system@early.journal" - 2>/dev/null
	service=$store store=/root/early.db
	run() {
		/usr/local/bin/mailtlsd --store="$store" --config=/dev/null journal: 2>/dev/null &
		daemon=$!
	}
	run
	exact
	result $?
	log 3
	exact
	result $?
	kill -9 $daemon
	wait $daemon 2>/dev/null
	log 2
	run
	log 3
	exact
	result $?
	kill $daemon
	rm "$volatile/system@early.journal"
	sed -i 1,6d "$meant"
	store=$service

	systemctl daemon-reload
	systemctl start mailtls
	log 3
	restart
	log 5 && exact && [ -e "$volatile/system.journal" ] && [ ! -e "$persistent/system.journal" ]
	result $?
	restart
	log 4
	cp "$volatile/system.journal" /root/memory.journal
	rm /etc/systemd/journald.conf.d/memory.conf
	mkdir -p "$persistent"
	systemctl restart systemd-journald
	journalctl --flush
	log 4
	exact && [ -e "$persistent/system.journal" ] && [ ! -e "$volatile/system.journal" ]
	result $?
	mkdir -p "$volatile"
	cp /root/memory.journal "$volatile/system@memory.journal"
	log 4
	restart
	log 4
	exact
	result $?
	log 10
	restart
	exact
	result $?

	# While a unit has the namespace, its sockets stay: what waits in them when the last one ends is lost.
	systemd-run -q -p LogNamespace=mail sleep infinity
	log 7 systemd-run -q --wait --pipe -p LogNamespace=mail
	journalctl --sync --namespace=mail 2>/dev/null
	sleep 1
	[ "$(differences | grep -c '^<')" -eq 7 ] && sources '{journal: local}, {journal: local, namespace: mail}' &&
		restart && log 3 systemd-run -q --wait --pipe -p LogNamespace=mail && log 3 && exact
	result $?
	/usr/local/bin/mailtls-import -q --config=/dev/null --store=/root/all.db \
		'journal:namespace=*' && [ -z "$(differences /root/all.db)" ]
	result $?

	# 300 messages at once, of which journald keeps some, and says later how many it did not.  To a unit
	# that has ended before journald looks at its last message it applies the default limits, and does
	# not say: so the unit waits for it.
	lines 300
	before=$(sqlite3 "$store" 'SELECT sum(n) FROM handshake')
	systemd-run -q --wait -p LogRateLimitIntervalSec=2s -p LogRateLimitBurst=20 -p SyslogIdentifier=postfix/smtpd \
		-p SyslogFacility=mail sh -c 'cat /root/lines; sleep 3; head -n 1 /root/lines; journalctl --sync'
	journalctl --sync
	told() {
		dropped=$(sqlite3 "$store" "SELECT coalesce(sum(n), 0) FROM gap WHERE kind = 'suppressed'")
		[ "$dropped" -gt 0 ] &&
			[ $(($(sqlite3 "$store" 'SELECT sum(n) FROM handshake') - before + dropped)) -eq 301 ]
	}
	until_true told
	result $?

	/usr/local/bin/mailtls-import journal: | grep -q '^0 new lines'
	result $?
	systemctl stop mailtls
	/usr/local/bin/mailtls-import -q --config=/dev/null --store=/root/new.db journal: \
		journal:namespace=mail &&
		[ "$(found /root/new.db)" = "$(found "$store")" ]
	result $?
	/usr/local/bin/mailtls-store check >/dev/null
	result $?

	vacuum() {
		journalctl --rotate && journalctl -q --vacuum-files=1
	}
	counted_since() { # BITS COUNT
		[ "$(sqlite3 "$store" "SELECT total(n) FROM handshake WHERE bits > $1")" = "$2.0" ]
	}
	gaps() {
		sqlite3 "$store" "SELECT count(*) FROM gap WHERE kind = 'vacuumed'"
	}
	systemctl start mailtls
	log 5
	until_true counted_since $((next - 5)) 5
	first=$next before=$(gaps)
	for _ in 1 2 3 4 5; do
		log 20
		vacuum
	done
	log 5
	until_true counted_since $((next - 5)) 5
	doubled=$(sqlite3 "$store" "SELECT count(*) FROM (SELECT 1 FROM handshake WHERE bits > $first
		GROUP BY bits HAVING sum(n) > 1)")
	[ "$doubled" -eq 0 ] && { counted_since "$first" 105 || [ "$(gaps)" -gt "$before" ]; }
	result $?
	first=$next before=$(gaps) daemon=$(systemctl show -P MainPID mailtls)
	kill -STOP "$daemon"
	log 20
	vacuum
	kill -CONT "$daemon"
	log 5
	until_true counted_since $((next - 5)) 5
	counted_since "$first" 5 && [ "$(gaps)" -gt "$before" ]
	result $?
	exit 0
fi

# shellcheck source=tests/real/container.sh
. "$(dirname "$0")/container.sh"
container_begin 'the service on a journal' "$@"
mkdir -p "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=volatile\n' >"$root/etc/systemd/journald.conf.d/memory.conf"
container_run "$count"
