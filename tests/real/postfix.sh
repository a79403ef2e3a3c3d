# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154
#
# Postfix: STARTTLS on 2525, submission with client certificates on 2587, wrapper mode on 2465,
# TLSv1.2 and later on 2526, postscreen and its tlsproxy on 2527.

# What any Postfix needs behind its ports.
postfix_services='cleanup   unix  n - n - 0   cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
tlsproxy  unix  - - n - 0   tlsproxy
rewrite   unix  - - n - -   trivial-rewrite
bounce    unix  - - n - 0   bounce
defer     unix  - - n - 0   bounce
trace     unix  - - n - 0   bounce
discard   unix  - - n - -   discard
error     unix  - - n - -   error
anvil     unix  - - n - 1   anvil
postlog   unix-dgram n - n - 1 postlogd'

postfix_start() {
	local root=$work/postfix
	cat >"$root/etc/postfix/main.cf" <<-END
		compatibility_level = 3.6
		myhostname = mx.example.test
		mydestination = example.test
		inet_interfaces = $server_address, $server_address6
		inet_protocols = all
		mynetworks = $client_address/32 [$client_address6]/128
		alias_maps =
		local_transport = discard:
		local_recipient_maps =
		smtpd_relay_restrictions = permit_mynetworks, reject
		maillog_file = /var/log/postfix.log
		smtpd_tls_security_level = may
		smtpd_tls_loglevel = 1
		smtpd_tls_chain_files = /etc/lab/rsa.pem, /etc/lab/ecdsa.pem
		smtpd_tls_CAfile = /etc/lab/client-cert.pem
		smtpd_tls_session_cache_database = btree:\${data_directory}/smtpd_scache
		smtpd_tls_protocols = >=TLSv1
		smtpd_tls_mandatory_protocols = >=TLSv1
		smtpd_tls_exclude_ciphers = CAMELLIA
		smtpd_tls_mandatory_exclude_ciphers = CAMELLIA
		tls_medium_cipherlist = aNULL:-aNULL:HIGH:@STRENGTH:@SECLEVEL=0
		tls_server_sni_maps = hash:/etc/lab/sni
		postscreen_access_list =
		postscreen_greet_wait = 1s
		postscreen_greet_banner =
		postscreen_pipelining_enable = yes
	END
	cat >"$root/etc/postfix/master.cf" <<-END
		2525      inet  n - n - -   smtpd
		2526      inet  n - n - -   smtpd
		  -o syslog_name=postfix/modern -o smtpd_tls_protocols=>=TLSv1.2
		2587      inet  n - n - -   smtpd
		  -o syslog_name=postfix/submission -o smtpd_tls_ask_ccert=yes
		2465      inet  n - n - -   smtpd
		  -o syslog_name=postfix/smtps -o smtpd_tls_wrappermode=yes
		2527      inet  n - n - 1   postscreen
		smtpd     pass  - - n - -   smtpd
		dnsblog   unix  - - n - 0   dnsblog
		$postfix_services
	END
	echo 'sni.example.test /etc/lab/rsa.pem' >"$root/etc/lab/sni"
	chroot "$root" postmap -F hash:/etc/lab/sni
	chroot "$root" postfix start >"$work/postfix.start" 2>&1
	wait_for_port 2527
}

postfix_drive() {
	local starttls="-starttls smtp -connect $server_address:2525" wrapper="-connect $server_address:2465"
	local submission="-starttls smtp -connect $server_address:2587" ticket=/tmp/ticket.pem
	local postscreen="-starttls smtp -connect $server_address:2527"
	# shellcheck disable=SC2086
	{
		each_suite session postfix 1 '^221 ' "$smtp_message" $starttls
		each_suite session postfix 1 '^221 ' "$smtp_quit" $wrapper
		session postfix 1 '^221 ' "$smtp_quit" -starttls smtp -connect "[$server_address6]:2525"
		session postfix 1 '^221 ' "$smtp_quit" $starttls -tls1_2 \
			-cipher ADH-AES256-GCM-SHA384:@SECLEVEL=0
		session postfix 1 '^221 ' "$smtp_quit" $starttls -servername sni.example.test
		session postfix 1 '^221 ' "$smtp_quit" $submission \
			-cert /etc/lab/client-cert.pem -key /etc/lab/client-key.pem
		session postfix 1 '^221 ' "$smtp_quit" $submission -tls1_2 \
			-cert /etc/lab/rsa-cert.pem -key /etc/lab/rsa-key.pem
		session postfix 1 '^221 ' "$smtp_message" $submission
		# A resumed session is a handshake like any other to Postfix.
		session postfix 1 '^221 ' "$smtp_quit" $starttls -tls1_2 -sess_out "$ticket"
		session postfix 1 '^221 ' "$smtp_quit" $starttls -tls1_2 -sess_in "$ticket"
		screened session postfix 1 '^221 ' "$smtp_quit" $postscreen -tls1_2
		screened session postfix 1 '^221 ' "$smtp_quit" $postscreen -tls1_3
		screened session postfix 1 '^221 ' "$smtp_quit" $postscreen -tls1 -cipher AES128-SHA:@SECLEVEL=0
		session postfix 1 '^221 ' "$smtp_two_messages" $starttls -tls1_2
		session postfix 1 '^221 ' "$smtp_two_messages" $starttls -tls1_3

		clear postfix "$server_address" 2525 '^221 ' "$smtp_two_messages"
		clear postfix "$server_address" 2525 '^221 ' "$smtp_hello"
		screened clear postfix "$server_address" 2527 '^221 ' "$smtp_hello"
		mail postfix 2525
		mail postfix 2525 --tls
		mail postfix 2525 --tls --tls-protocol tlsv1_2 --tls-cipher ECDHE-RSA-AES128-GCM-SHA256
		mail postfix 2465 --tls-on-connect

		refused postfix $starttls -tls1_2 -cipher CAMELLIA128-SHA:@SECLEVEL=0
		refused postfix -starttls smtp -connect $server_address:2526 -tls1 -cipher ALL:@SECLEVEL=0
		refused postfix $wrapper -tls1_2 -cipher CAMELLIA256-SHA:@SECLEVEL=0
		refused postfix $starttls -verify_return_error
		screened refused postfix $postscreen -tls1_2 -cipher CAMELLIA128-SHA:@SECLEVEL=0
		broken postfix 1 '^220 ' $wrapper -tls1_2
		broken postfix 1 '^220 ' $wrapper -tls1_3
		left postfix 2465
		left postfix 2525 "$smtp_starttls" '^220 .*TLS'
		junk postfix 2465
		junk postfix 2525 "$smtp_starttls" '^220 .*TLS'
	}
}

postfix_stop() {
	chroot "$work/postfix" postfix stop >>"$work/postfix.start" 2>&1
	cp "$work/postfix/var/log/postfix.log" "$work/postfix.log"
}
