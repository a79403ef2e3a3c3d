#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The installed units under a real systemd, booted in a container over this machine's own root (an
# overlay: nothing of it is changed): the service starts in its cage, reads what only the group adm
# may read, counts each line once, is reloaded, killed and started again; the weekly report is made.
# Speaks TAP.  Needs root.

set -u -o pipefail

names='the user and its folder are made
the service gets ready
it has counted what was there
patterns are interpreted, and that is said
it has no privileges, no network and a filter of system calls
a line that is appended is counted
it is reloaded, and lives
what is wrong in a configuration is said, and it lives
a pattern file that is wrong is named, and it counts on with those that it had
killed, it is started again by systemd
and has counted each line once
hung, it is killed by the watchdog and started again
and has counted each line once, too
with the drop-in jit.conf patterns are compiled
the weekly report is made
and handed to sendmail by its drop-in
what a mail server says to the journal is counted, and what somebody else says in its name is not
it is stopped, and the store is sound'
count=$(wc -l <<<"$names")

if [ "${1:-}" = --inside ]; then
	# shellcheck source=tests/real/inside.sh
	. /root/inside.sh
	why() {
		journalctl -u mailtls -u mailtls-report --no-pager -o cat -n 15
	}
	log=/var/log/mail.log
	handshakes() {
		sqlite3 "$store" 'SELECT sum(n) FROM handshake'
	}
	all_counted() {
		[ "$(handshakes)" = "$(grep -c 'TLS connection established' "$log")" ]
	}
	another() {
		echo "$(date -u +%FT%TZ) mx1 postfix/smtpd[$1]: Anonymous TLS connection established from a.example.net[192.0.2.9]: TLSv1.2 with cipher AES128-SHA (128/128 bits)" >>"$log"
	}
	said() {
		journalctl -u mailtls --no-pager -o cat --since "${since:-2000-01-01}" | grep -q "$1"
	}
	process() {
		systemctl show mailtls -p MainPID --value
	}

	chown root:adm "$log" && chmod 0640 "$log"
	systemd-sysusers && systemd-tmpfiles --create >/dev/null 2>&1
	[ "$(stat -c '%U %a' /var/lib/mailtls)" = 'mailtls 750' ]
	result $?
	mkdir -p /etc/mailtls
	printf 'sources: [{path: %s}]\npeers: all\n' "$log" >/etc/mailtls/mailtls.yaml
	systemctl daemon-reload
	systemctl start mailtls && [ "$(systemctl is-active mailtls)" = active ]
	result $?
	all_counted
	result $?
	said 'patterns are interpreted and not compiled'
	result $?
	status=/proc/$(process)/status
	grep -q '^NoNewPrivs:[[:space:]]*1' "$status" && grep -q '^Seccomp:[[:space:]]*2' "$status" &&
		grep -q '^CapEff:[[:space:]]*0*$' "$status" && grep -q '^CapBnd:[[:space:]]*0*$' "$status" &&
		[ "$(readlink "/proc/$(process)/ns/net")" != "$(readlink /proc/1/ns/net)" ]
	result $?
	another 1
	until_true all_counted
	result $?
	first=$(process)
	systemctl reload mailtls && until_true said 'configuration and patterns were read anew' &&
		[ "$(process)" = "$first" ]
	result $?
	echo 'sorces: []' >>/etc/mailtls/mailtls.yaml
	systemctl reload mailtls
	until_true said "'sorces' is not a key of the configuration" && [ "$(process)" = "$first" ]
	result $?
	sed -i '$d' /etc/mailtls/mailtls.yaml
	mkdir /etc/mailtls/patterns
	printf 'mta: broken\npatterns: [\n' >/etc/mailtls/patterns/broken.yaml
	systemctl reload mailtls
	another 4
	until_true said "/etc/mailtls/patterns/broken.yaml:" && until_true all_counted &&
		[ "$(process)" = "$first" ]
	result $?
	rm -r /etc/mailtls/patterns
	another 2
	kill -9 "$first"
	# shellcheck disable=SC2317 # until_true calls it
	restarted() {
		[ "$(systemctl show mailtls -p NRestarts --value)" -eq 1 ] &&
			[ "$(systemctl is-active mailtls)" = active ]
	}
	until_true restarted
	result $?
	another 3
	until_true all_counted
	result $?

	mkdir -p /etc/systemd/system/mailtls.service.d
	printf '[Service]\nWatchdogSec=1s\nRestartSec=100ms\n' \
		>/etc/systemd/system/mailtls.service.d/watchdog.conf
	systemctl daemon-reload
	systemctl restart mailtls
	another 5
	until_true all_counted
	kill -STOP "$(process)"
	another 6
	until_true restarted && journalctl -u mailtls --no-pager -o cat | grep -qi 'watchdog timeout'
	result $?
	until_true all_counted
	result $?
	rm /etc/systemd/system/mailtls.service.d/watchdog.conf

	drop_ins=/usr/local/share/doc/mailtls/drop-in
	mkdir -p /etc/systemd/system
	cp -r "$drop_ins/mailtls.service.d" /etc/systemd/system
	systemctl daemon-reload
	sleep 1
	since=$(date '+%F %T')
	systemctl restart mailtls && ! said 'patterns are interpreted' && said 'following 1 sources'
	result $?
	systemctl start mailtls-report && grep -q 'TLSv1.2\|1\.2' /var/lib/mailtls/weekly.txt &&
		[ "$(stat -c %U /var/lib/mailtls/weekly.txt)" = mailtls ]
	result $?
	cp -r "$drop_ins/mailtls-report.service.d" /etc/systemd/system
	# As /usr/sbin/sendmail is, it is run outside of the cage and not by root.
	rm -f /usr/sbin/sendmail # not what it may be a link to
	printf '#!/bin/sh\ncat >/var/lib/mailtls/mail\n' >/usr/sbin/sendmail
	chmod 0755 /usr/sbin/sendmail
	systemctl daemon-reload
	systemctl start mailtls-report && [ "$(stat -c %U /var/lib/mailtls/mail)" = mailtls ] &&
		python3 - /var/lib/mailtls <<-'END'
			import email, email.policy, sys
			m = email.message_from_binary_file(open(sys.argv[1] + "/mail", "rb"), policy=email.policy.default)
			text, page = m.iter_parts()
			assert m["To"] == "root" and m["Subject"].endswith(", last week"), m.items()
			assert text.get_content().strip() == open(sys.argv[1] + "/weekly.txt", encoding="utf-8").read().strip()
			assert page.get_payload(decode=True) == open(sys.argv[1] + "/weekly.html", "rb").read()
			assert b"TLS of mail" in page.get_payload(decode=True)
		END
	result $?
	printf 'sources: [{path: %s}, {journal: local}]\n' "$log" >/etc/mailtls/mailtls.yaml
	systemctl reload mailtls
	before=$(handshakes)
	for user in nobody root nobody root; do
		setpriv --reuid "$user" --clear-groups logger -p mail.info -t postfix/smtpd \
			"Anonymous TLS connection established from $user.example.net[192.0.2.11]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
	done
	# shellcheck disable=SC2317 # until_true calls it
	has_two_more() {
		[ "$(handshakes)" -eq $((before + 2)) ] &&
			[ "$(sqlite3 "$store" 'SELECT sum(untrusted) FROM source')" -eq 2 ]
	}
	until_true has_two_more
	result $?
	systemctl stop mailtls && [ "$(systemctl show mailtls -p Result --value)" = success ] &&
		/usr/local/bin/mailtls-store check >/dev/null
	result $?
	exit 0
fi

# shellcheck source=tests/real/container.sh
. "$(dirname "$0")/container.sh"
container_begin 'the service under systemd' "$@"
awk -v from=0 -v lines=1000 -f tests/scenario/postfix.awk >"$root/var/log/mail.log"
container_run "$count"
