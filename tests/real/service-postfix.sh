#!/bin/bash
# SPDX-License-Identifier: ISC
#
# A mail server as a site runs it, under a real systemd: Postfix, rsyslog, Debian's own rotation, and
# mailtls.service, which is killed again and again; then the same through the journal alone, which is
# rotated and vacuumed.  What is counted is what the clients themselves say they negotiated.  Speaks
# TAP.  Needs root; installs its packages into the container's own layer.

# shellcheck disable=SC2317 # functions are called by until_true
set -u -o pipefail

names='Postfix answers with TLS
by the file: handshakes of each protocol are those of the clients
rotated by logrotate while mailtlsd is killed: the same
sessions in clear text are those of the clients
by the journal: handshakes of each protocol are those of the clients
the journal rotated and vacuumed while mailtlsd is killed: the same
nothing is missing by the accounts of the service
reports and imports meanwhile saw a whole store'
count=$(wc -l <<<"$names")

if [ "${1:-}" = --inside ]; then
	# shellcheck source=tests/real/inside.sh
	. /root/inside.sh
	why() {
		cat /root/why
		journalctl -u mailtls --no-pager -o cat -n 12
	}
	: >/root/why
	clients=/root/clients
	clear=/root/clear
	: >"$clients"
	: >"$clear"

	# One mail by a TLS client, which writes down what it negotiated.
	tls_mail() { # -tls1_2 | -tls1_3
		{
			printf 'EHLO client.example\r\nMAIL FROM:<a@client.example>\r\n'
			sleep 0.1
			printf 'RCPT TO:<root@localhost>\r\nDATA\r\n'
			sleep 0.1
			printf 'Subject: x\r\n\r\nx\r\n.\r\n'
			sleep 0.1
			printf 'QUIT\r\n'
		} | openssl s_client -connect 127.0.0.1:25 -starttls smtp -crlf -quiet -no_ign_eof \
			-brief "$1" 2>&1 >/dev/null | sed -n 's/^Protocol version: //p' >>"$clients"
	}
	clear_mail() {
		python3 - >>"$clear" <<-'END'
			import smtplib
			with smtplib.SMTP("127.0.0.1", 25) as s:
			    s.sendmail("a@client.example", ["root@localhost"], "Subject: x\r\n\r\nx\r\n")
			print("clear")
		END
	}
	some_mail() {
		local pids
		for _ in 1 2; do
			tls_mail -tls1_2 &
			pids=$!
			tls_mail -tls1_3 &
			pids="$pids $!"
			clear_mail &
			# shellcheck disable=SC2086 # several
			wait $pids $!
		done
	}
	negotiated() {
		sort "$clients" | uniq -c | awk '{ print $2 "|" $1 }'
	}
	counted() {
		sqlite3 "$store" "SELECT protocol, sum(n) FROM handshake WHERE direction = 'in'
			GROUP BY 1 ORDER BY 1"
	}
	agrees() {
		negotiated >/root/meant
		counted >/root/found
		diff /root/meant /root/found >/root/why && [ -s /root/meant ]
	}
	clear_agrees() {
		[ "$(sqlite3 "$store" "SELECT sum(n) FROM session WHERE protocol = 'none'
			AND service = 'mx' AND mail = 1")" = "$(wc -l <"$clear")" ]
	}
	kill_it() {
		systemctl kill -s KILL mailtls
	}

	systemctl start rsyslog postfix
	until_true tls_mail -tls1_3
	until_true test -s "$clients"
	result $?

	systemd-sysusers && systemd-tmpfiles --create >/dev/null 2>&1
	mkdir -p /etc/mailtls
	printf 'sources: [{path: /var/log/mail.log}]\npeers: all\n' >/etc/mailtls/mailtls.yaml
	systemctl daemon-reload
	systemctl start mailtls
	(
		while sleep 0.3; do
			runuser -u mailtls -- /usr/local/bin/mailtls-report --quiet --since 1d \
				--view protocols --format csv >/root/report.csv 2>>/root/readers || echo "report $?"
			/usr/local/bin/mailtls-store check >/dev/null 2>>/root/readers || echo "check $?"
		done
	) >>/root/readers 2>&1 &
	readers=$!
	some_mail
	until_true agrees
	result $?
	for _ in 1 2; do
		some_mail
		kill_it
		logrotate -f /etc/logrotate.d/rsyslog
		some_mail
		sleep 1
	done
	until_true agrees
	result $?
	until_true clear_agrees
	result $?

	# The journal alone, into a store of its own.
	kill "$readers"
	wait "$readers" 2>/dev/null
	systemctl stop mailtls rsyslog syslog.socket
	gaps=$(sqlite3 "$store" 'SELECT count(*) FROM gap')
	rm -f "$store"*
	journalctl -q --rotate --vacuum-time=1s
	: >"$clients"
	printf 'sources: [{journal: local}]\npeers: all\n' >/etc/mailtls/mailtls.yaml
	sqlite3 /root/none.db 'SELECT 1' >/dev/null
	sleep 1.1
	journalctl -q --rotate --vacuum-time=1s
	systemctl start mailtls
	some_mail
	until_true agrees
	result $?
	for _ in 1 2; do
		some_mail
		kill_it
		journalctl -q --rotate
		some_mail
		until_true agrees
		journalctl -q --rotate --vacuum-files=2
	done
	until_true agrees
	result $?
	sqlite3 "$store" 'SELECT kind, note FROM gap' >/root/why
	[ "$gaps" -eq 0 ] && [ ! -s /root/why ] &&
		[ "$(sqlite3 "$store" 'SELECT sum(near_miss) + sum(limit_hit) FROM coverage')" -eq 0 ]
	result $?
	cat /root/readers >/root/why 2>/dev/null
	[ -s /root/report.csv ] && [ ! -s /root/why ]
	result $?
	systemctl stop mailtls
	exit 0
fi

# shellcheck source=tests/real/container.sh
. "$(dirname "$0")/container.sh"
container_begin 'Postfix and the service under systemd' "$@"
cp -L /etc/resolv.conf "$root/etc/resolv.conf.new" && rm -f "$root/etc/resolv.conf" &&
	mv "$root/etc/resolv.conf.new" "$root/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
{ chroot "$root" apt-get -q update || true; } >"$work/output" 2>&1
if ! chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
	--no-install-recommends postfix rsyslog logrotate cron- >>"$work/output" 2>&1; then
	sed 's/^/# /' "$work/output" | tail -n 20
	echo 'Bail out! Postfix cannot be installed in the container'
	exit 1
fi
umount "$root/proc"
chroot "$root" openssl req -x509 -nodes -days 30 -newkey rsa:2048 -subj /CN=mx.example.test \
	-keyout /etc/postfix/key.pem -out /etc/postfix/cert.pem 2>/dev/null
chroot "$root" postconf -e 'myhostname = mx.example.test' 'inet_interfaces = loopback-only' \
	'inet_protocols = ipv4' 'mydestination = localhost' 'smtpd_tls_security_level = may' \
	'smtpd_tls_loglevel = 1' 'smtpd_tls_cert_file = /etc/postfix/cert.pem' \
	'smtpd_tls_key_file = /etc/postfix/key.pem' 'mynetworks = 127.0.0.0/8' \
	'smtpd_client_connection_count_limit = 0' 'alias_maps =' 'local_recipient_maps ='
container_run "$count"
