# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154
#
# OpenSMTPD of Debian 13 (12's comes to no handshake inbound) through rsyslog: STARTTLS on 9525, TLS
# at once on 9465, submission that requires TLS on 9587, client certificates required on 9526, and
# deliveries to sinks (sink.py) from port 7300 on.  Every line of a session has its id; one process
# serves them all.

# A domain for each of its sinks, how the relay is asked to go there, and what the sink does.
opensmtpd_relays() {
	cat <<-'END'
		clear smtp clear
		refuse smtp refuse
		junk smtp junk
		tls10 smtp TLSv1:AES128-SHA
		tls11 smtp TLSv1.1:AES256-SHA
		tls12 smtp TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256
		tls13 smtp TLSv1.3:TLS_AES_256_GCM_SHA384
		cipher smtp TLSv1.2:CAMELLIA128-SHA
		never smtp+notls TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384
		required smtp+tls clear
		verified smtp+tls TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384
	END
}

opensmtpd_config() {
	local domain scheme rest port=7300
	local tls='ciphers "HIGH:!CAMELLIA:!aNULL:@SECLEVEL=0" protocols "all"'
	cat <<-END
		pki mx.example.test cert "/etc/lab/rsa-cert.pem"
		pki mx.example.test key "/etc/lab/opensmtpd-key.pem"
		listen on $server_address port 9525 tls pki mx.example.test $tls
		listen on $server_address port 9465 smtps pki mx.example.test $tls
		table users { "user" = "$(openssl_client passwd -6 secret)" }
		listen on $server_address port 9587 tls-require pki mx.example.test auth <users>
		listen on $server_address port 9526 tls-require verify pki mx.example.test
		mta limit conn-delay-route 0 reconn-delay-route 0 max-conn-per-route 20 session-keepalive 1
		action "here" mda "cat >/dev/null" virtual { "@" = mail }
		match from any for domain "example.test" action "here"
	END
	while read -r domain scheme rest; do
		[[ $rest = TLS* && $scheme != *notls ]] && rest=$tls || rest=
		echo "action \"$domain\" relay host \"$scheme://$domain.test:$((port++))\" $rest"
		echo "match from any for domain \"$domain.test\" action \"$domain\""
	done < <(opensmtpd_relays)
}

opensmtpd_start() {
	local root=$work/opensmtpd
	syslog_start opensmtpd
	sink opensmtpd connection 7300 "$(opensmtpd_relays | sed 's/.* //')"
	cat "$root/etc/lab/rsa-key.pem" >"$root/etc/lab/opensmtpd-key.pem"
	chmod 0600 "$root/etc/lab/opensmtpd-key.pem"
	# Whom it trusts: not the sinks.
	install -D -m 0644 "$root/etc/lab/client-cert.pem" "$root/etc/ssl/certs/ca-certificates.crt"
	opensmtpd_config >"$root/etc/smtpd.conf"
	# Its resolver reads no more than a few names of a line.
	opensmtpd_relays | sed "s/\\([^ ]*\\).*/$server_address \\1.test/" >>"$root/etc/hosts"
	chroot "$root" smtpd -F >"$work/opensmtpd.start" 2>&1 </dev/null &
	server_pids+=" $!"
	wait_for_port 9465
}

opensmtpd_drive() {
	local starttls="-starttls smtp -connect $server_address:9525" implicit="-connect $server_address:9465"
	# Its libtls has no TLSv1.1, no DHE and two groups fewer, and the process that holds the key
	# does not decrypt with it.
	local domain without='tls1 \|tls1_1 \|ECDSA\| DHE-RSA\| AES' groups=X25519 lockstep=yes
	# shellcheck disable=SC2086
	{
		for domain in clear refuse junk tls10 tls11 tls12 tls13 cipher never; do
			mail opensmtpd 9525 --to "u@$domain.test"
		done
		mail opensmtpd 9525 --to u@tls12.test,v@tls12.test
		mail opensmtpd 9525 --tls --to u@tls13.test
		settled "$work/opensmtpd/var/log/opensmtpd.log" 12 'mta delivery .* result="Ok"'
		# After these it takes the sinks' address for broken, and tries nothing there for a while.
		mail opensmtpd 9525 --to u@required.test
		mail opensmtpd 9525 --to u@verified.test

		each_suite session opensmtpd 1 '^221 ' "$smtp_message" $starttls
		each_suite session opensmtpd 1 '^221 ' "$smtp_quit" $implicit
		session opensmtpd 1 '^221 ' "$smtp_two_messages" $starttls -tls1_2
		session opensmtpd 1 '^221 ' "$smtp_two_messages" $implicit -tls1_3
		clear opensmtpd "$server_address" 9525 '^221 ' "$smtp_two_messages"
		clear opensmtpd "$server_address" 9525 '^221 ' "$smtp_hello"
		mail opensmtpd 9525
		mail opensmtpd 9587 --tls --auth PLAIN --auth-user user --auth-password secret
		session opensmtpd 1 '^221 ' "$smtp_message" -starttls smtp -connect "$server_address:9526" \
			-cert /etc/lab/client-cert.pem -key /etc/lab/client-key.pem
		clear opensmtpd "$server_address" 9587 '^530 ' "$smtp_message"
		mail opensmtpd 9465 --tls-on-connect

		refused opensmtpd $starttls -tls1_2 -cipher CAMELLIA128-SHA:@SECLEVEL=0
		refused opensmtpd $implicit -tls1_2 -cipher CAMELLIA256-SHA:@SECLEVEL=0
		refused opensmtpd $starttls -tls1 -cipher ALL:@SECLEVEL=0
		refused opensmtpd $implicit -tls1_1 -cipher ALL:@SECLEVEL=0
		refused opensmtpd $implicit -tls1_2 -cipher AES128-SHA
		refused opensmtpd $starttls -verify_return_error
		refused opensmtpd -starttls smtp -connect "$server_address:9526" -tls1_3
		broken opensmtpd 1 '^220 ' $implicit -tls1_2
		broken opensmtpd 1 '^220 ' $implicit -tls1_3
		left opensmtpd 9465
		left opensmtpd 9525 "$smtp_starttls" '^220 .*TLS'
		junk opensmtpd 9465
		junk opensmtpd 9525 "$smtp_starttls" '^220 .*TLS'
	}
}

opensmtpd_stop() {
	local log=$work/opensmtpd/var/log/opensmtpd.log
	settled "$log" 1 'smtp-out: Disabling route '
	sleep 1
	stop_servers
	cp "$log" "$work/opensmtpd.log"
}
