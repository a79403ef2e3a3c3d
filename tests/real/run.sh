#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: run.sh [--record FOLDER]
#
# Real servers, real clients: Debian's mail servers on loopback in namespaces of their own, driven
# by openssl s_client and swaks over TLSv1.0 to TLSv1.3 and in clear text.
# What each client says it negotiated must be what mailtls-report finds in the servers' logs, no
# more and no less.  Speaks TAP.  Needs root, and the network once for the packages; the roots
# are kept under $MAILTLS_ROOTS (default /var/tmp/mailtls-roots).
#
# --record keeps logs and truth tables as the fixtures of tests/scenario/recorded-servers.sh.

set -u -o pipefail

here=$(dirname "$0")
servers='postfix postfix-out exim exim-all exim-out dovecot cyrus sendmail opensmtpd'
roots='client postfix exim dovecot cyrus sendmail opensmtpd'

if [ "$(id -u)" -ne 0 ]; then
	echo 1..1
	echo 'ok 1 - real servers # SKIP needs root: NOTHING WAS RUN against real servers'
	exit 0
fi

# shellcheck source=tests/real/agree.sh
. "$here/agree.sh"

record=
[ "${1:-}" = --record ] && record=$2

work=$(mktemp -d)
scratch=$work
trap 'rm -rf "$work"' EXIT
test=0

root() {
	"$here/roots.sh" "$@" >"$work/$1.layers"
}

# Sets of packages are installed side by side once the base is there.
root base && {
	root client iproute2 libnet-ssleay-perl openssl swaks &
	root postfix postfix &
	root exim exim4-daemon-light &
	root dovecot dovecot-imapd dovecot-pop3d &
	root cyrus cyrus-imapd cyrus-pop3d sasl2-bin libsasl2-modules rsyslog &
	root sendmail sendmail-bin sendmail-base sendmail-cf m4 sasl2-bin libsasl2-modules rsyslog &
	root opensmtpd --from trixie opensmtpd rsyslog &
	wait
}
status=0
for name in $roots; do
	[ -s "$work/$name.layers" ] || status=1
done
result $status 'roots with the servers are there'

lab=(unshare --mount --net --pid --uts --ipc --fork --kill-child "$here/lab.sh" "$work")
for name in $roots; do
	lab+=("$name=$(cat "$work/$name.layers")")
done
timeout 300 "${lab[@]}" >"$work/lab.output" 2>&1 </dev/null
status=$?
[ ! -s "$work/relay.trouble" ] || status=1
cat "$work/lab.output" "$work/relay.trouble" 2>/dev/null | sed 's/^/# /'
result $status 'the servers ran'
[ -s "$work/suites" ] || exit 1

# truth SERVER: the table of what its clients saw, from their record (client.sh), as compare.py
# reads it.  What a session is differs: to Exim and sendmail each message is one; Postfix and
# OpenSMTPD have one for each connection, also where the handshake failed; the others tell nothing
# of those but the failure, and Cyrus nothing where nobody logged in.  Every delivery is one; to
# OpenSMTPD every connection that it gave up, too, but not those after which it did without TLS.
truth() {
	awk -v OFS='\t' -v server="${1%%-*}" '
		function session(count, carried) {
			sessions[$7 OFS protocol] += count
			carrying[$7 OFS protocol] += carried
		}
		NR == FNR { iana[$3] = $1; next }
		{ sub(/^TLSv1$/, "TLSv1.0", $2); protocol = $1 == "tls" ? $2 : "none" }
		$1 == "tls" { handshakes[$7 OFS $2 OFS iana[$3] OFS $3] += $4 }
		$1 == "refused" { failures[$7 OFS OFS OFS OFS $2]++ }
		$5 { next }
		server == "cyrus" && !$6 { next }
		server == "opensmtpd" && $7 == "out" && $2 ~ /^(tls-required|verify-failed)$/ { session(1, 0) }
		$7 == "out" || server ~ /^(exim|sendmail)$/ { session($6, $6); next }
		$1 != "refused" || server ~ /^(postfix|opensmtpd)$/ { session(1, $6 > 0) }
		END {
			for (key in handshakes)
				print "handshake", key, "", handshakes[key], ""
			for (key in sessions)
				if (sessions[key])
					print "session", key, "", "", "", sessions[key], carrying[key]
			for (key in failures)
				print "failure", key, failures[key], ""
		}' "$work/suites" "$work/$1.record" | sort |
		sed '1i fact\tdirection\tprotocol\tcipher\tcipher_openssl\treason\tcount\tcarried'
}

for server in $servers; do
	touch "$work/$server.record"
	truth "$server" >"$work/$server.truth.tsv"
	[ ! -s "$work/$server.trouble" ]
	result $? "$server: every client got what it was meant to get"
	sed 's/^/# /' "$work/$server.trouble" 2>/dev/null
	agree "$server" "$work/$server.log" "$work/$server.truth.tsv"
	if [ -n "$record" ]; then
		install -m 0644 "$work/$server.log" "$record/real-$server.log"
		install -m 0644 "$work/$server.truth.tsv" "$record/real-$server.truth.tsv"
	fi
done
echo "1..$test"
