# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154
#
# sendmail through rsyslog: STARTTLS on 8025, TLS from the start on 8465, submission on 8587, what is
# only queued on 8026, and deliveries to sinks from 7200 on (sink.py), each by a mailer of its own,
# for a mailer's port is fixed.  Where a delivery's handshake failed the line that says so names no
# server, and the mail goes in clear text (TLSFallbacktoClear) unless the access map asks for more.

sendmail_sinks='clear refuse junk TLSv1:AES128-SHA TLSv1.1:AES256-SHA
	TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3:TLS_AES_256_GCM_SHA384 TLSv1.2:CAMELLIA128-SHA clear
	TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384 TLSv1.1:AES128-SHA'
sendmail_domains='clear refuse junk tls10 tls11 tls12 tls13 cipher required verified old'

sendmail_config() {
	local domain port=7200
	cat <<-END
		include(\`/usr/share/sendmail/cf/m4/cf.m4')dnl
		OSTYPE(\`debian')dnl
		define(\`confDOMAIN_NAME', \`mx.example.test')dnl
		define(\`confLOG_LEVEL', \`9')dnl
		define(\`confPID_FILE', \`/run/sendmail/mta/lab.pid')dnl
		define(\`confTO_IDENT', \`0')dnl
		define(\`confHOST_STATUS_DIRECTORY', \`')dnl
		define(\`confQUEUE_LA', \`1000')dnl
		define(\`confREFUSE_LA', \`1000')dnl
		define(\`confTO_CONNECT', \`5s')dnl
		define(\`confBAD_RCPT_THROTTLE', \`0')dnl
		define(\`confCACERT_PATH', \`/etc/ssl/certs')dnl
		define(\`confTLS_FALLBACK_TO_CLEAR', \`true')dnl
		define(\`confCACERT', \`/etc/lab/client-cert.pem')dnl
		define(\`confSERVER_CERT', \`/etc/lab/rsa-cert.pem')dnl
		define(\`confSERVER_KEY', \`/etc/lab/sendmail-key.pem')dnl
		define(\`confCLIENT_CERT', \`/etc/lab/rsa-cert.pem')dnl
		define(\`confCLIENT_KEY', \`/etc/lab/sendmail-key.pem')dnl
		define(\`confCIPHER_LIST', \`HIGH:!CAMELLIA:!aNULL:@SECLEVEL=0')dnl
		define(\`ALIAS_FILE', \`/etc/lab/aliases')dnl
		FEATURE(\`no_default_msa')dnl
		FEATURE(\`tls_session_features')dnl
		FEATURE(\`nocanonify')dnl
		FEATURE(\`accept_unresolvable_domains')dnl
		FEATURE(\`accept_unqualified_senders')dnl
		FEATURE(\`promiscuous_relay')dnl
		FEATURE(\`mailertable', \`hash /etc/lab/mailertable')dnl
		FEATURE(\`access_db', \`hash -T<TMPF> /etc/lab/access')dnl
		LOCAL_DOMAIN(\`example.test')dnl
		DAEMON_OPTIONS(\`Name=MTA, Addr=$server_address, Port=8025')dnl
		DAEMON_OPTIONS(\`Name=MTA, Addr=$server_address, Port=8026, DeliveryMode=q')dnl
		DAEMON_OPTIONS(\`Name=MTA-v6, Family=inet6, Addr=$server_address6, Port=8025')dnl
		DAEMON_OPTIONS(\`Name=MSA, Addr=$server_address, Port=8587, M=Ea')dnl
		define(\`confAUTH_MECHANISMS', \`PLAIN')dnl
		DAEMON_OPTIONS(\`Name=TLSMTA, Addr=$server_address, Port=8465, M=s')dnl
		MAILER(\`local')dnl
		MAILER(\`smtp')dnl
		MAILER_DEFINITIONS
	END
	for domain in $sendmail_domains; do
		printf 'M%s, P=[IPC], F=mDFMuXak, S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP, E=\\r\\n, ' "$domain"
		printf 'L=990, T=DNS/RFC822/SMTP, A=TCP %s %d\n' "\$h" "$((port++))"
	done
}

sendmail_start() {
	local root=$work/sendmail domain sink=0
	syslog_start sendmail
	sink sendmail transaction 7200 "$sendmail_sinks"
	cat "$root/etc/lab/rsa-key.pem" >"$root/etc/lab/sendmail-key.pem"
	chmod 0600 "$root/etc/lab/sendmail-key.pem"
	sendmail_config >"$root/etc/lab/lab.mc"
	echo 'u: /dev/null' >"$root/etc/lab/aliases"
	for domain in $sendmail_domains; do
		printf '%s.test\t%s:[%s]\n' "$domain" "$domain" "$domain.example.test"
	done >"$root/etc/lab/mailertable"
	cat >"$root/etc/lab/access" <<-'END'
		TLS_Clt:client6.example.test ENCR:112
		TLS_Srv:required.example.test ENCR:112
		TLS_Srv:verified.example.test VERIFY
		TLS_Clt_features:old.example.test Options=+SSL_OP_NO_TLSv1_1
	END
	for domain in $sendmail_domains; do
		echo "$sink_network.$((++sink)) $domain.example.test"
	done >>"$root/etc/hosts"
	mkdir -p "$root/etc/sasl2"
	printf '%s\n' 'pwcheck_method: auxprop' 'auxprop_plugin: sasldb' 'mech_list: PLAIN' \
		>"$root/etc/sasl2/Sendmail.conf"
	chroot "$root" sh -c 'echo secret | saslpasswd2 -p -c -u mx.example.test user &&
		mkdir -p /run/sendmail/mta /var/spool/mqueue && chmod 0700 /var/spool/mqueue &&
		chown root:root /run/sendmail/mta /var/spool/mqueue &&
		m4 /etc/lab/lab.mc >/etc/lab/lab.cf &&
		makemap hash /etc/lab/mailertable </etc/lab/mailertable &&
		makemap hash /etc/lab/access </etc/lab/access &&
		/usr/libexec/sendmail/sendmail -C /etc/lab/lab.cf -bi' >"$work/sendmail.start" 2>&1
	chroot "$root" /usr/libexec/sendmail/sendmail -C /etc/lab/lab.cf -L sm-mta -bD \
		>>"$work/sendmail.start" 2>&1 </dev/null &
	server_pids+=" $!"
	wait_for_port 8465
}

sendmail_drive() {
	local starttls="-starttls smtp -connect $server_address:8025" implicit="-connect $server_address:8465"
	local without=ECDSA groups=P-256 lockstep=yes domain
	# shellcheck disable=SC2086
	{
		each_suite session sendmail 1 '^221 ' "$smtp_message" $starttls
		each_suite session sendmail 1 '^221 ' "$smtp_quit" $implicit
		session sendmail 1 '^221 ' "$smtp_two_messages" $starttls -tls1_2
		session sendmail 1 '^221 ' "$smtp_two_messages" $implicit -tls1_3
		session sendmail 1 '^221 ' "$smtp_message" $starttls \
			-cert /etc/lab/client-cert.pem -key /etc/lab/client-key.pem
		session sendmail 1 '^221 ' "$smtp_quit" $starttls -tls1_2 \
			-cert /etc/lab/rsa-cert.pem -key /etc/lab/rsa-key.pem
		clear sendmail "$server_address" 8025 '^221 ' "$smtp_two_messages"
		clear sendmail "$server_address" 8025 '^221 ' "$smtp_hello"
		session sendmail 1 '^221 ' "$smtp_message" -starttls smtp -connect "[$server_address6]:8025"
		# Nobody has that name: no message came in.
		session sendmail 1 '^221 ' "${smtp_message/u@/stranger@}" $starttls -tls1_2
		clear sendmail "$server_address" 8025 '^550 ' "${smtp_message/u@/stranger@}"
		# Who comes from there must use TLS.
		clear sendmail "$server_address6" 8025 '^454 ' "$smtp_message"
		record sendmail refused tls-required - 0 0
		mail sendmail 8025
		mail sendmail 8025 --tls
		mail sendmail 8587 --tls --auth PLAIN --auth-user user@mx.example.test --auth-password secret

		refused sendmail $starttls -tls1_2 -cipher CAMELLIA128-SHA:@SECLEVEL=0
		refused sendmail $implicit -tls1_2 -cipher CAMELLIA256-SHA:@SECLEVEL=0
		refused sendmail $starttls -verify_return_error
		broken sendmail 1 '^220 ' $implicit -tls1_2
		broken sendmail 1 '^220 ' $implicit -tls1_3
		left sendmail 8465
		left sendmail 8025 "$smtp_starttls" '^220 .*TLS'
		junk sendmail 8465
		junk sendmail 8025 "$smtp_starttls" '^220 .*TLS'
	}
	for domain in $sendmail_domains; do
		mail sendmail 8025 --to "u@$domain.test"
	done
	mail sendmail 8025 --to u@tls12.test,v@tls12.test
	settled "$work/sendmail/var/log/sendmail.log" 12 'to=<.*, stat='
	# One process that goes to several servers, and keeps connections to two of them.
	for domain in tls12 clear tls13 tls12 refuse clear junk tls12 clear tls10 tls13 tls11; do
		mail sendmail 8026 --to "u@$domain.test"
	done
	chroot "$work/sendmail" /usr/libexec/sendmail/sendmail -C /etc/lab/lab.cf -L sm-mta -qf
	# It says so before it says goodbye.
	sleep 1
}

sendmail_stop() {
	stop_servers
	cp "$work/sendmail/var/log/sendmail.log" "$work/sendmail.log"
}
