# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154
#
# Deliveries: a Postfix and an Exim that take mail from swaks and pass it on, to sinks that write
# down what they got (sink.py) and to each other.  Between the two there is one suite only that
# both can speak, so what they negotiate is known; and a port of each offers no TLS.

postfix_suite='TLSv1.3 TLS_AES_256_GCM_SHA384'
exim_suite='TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384'

# Of an ECDHE suite of TLS 1.1 GnuTLS does not name the signature: no such is among them.
# The last three are for who asks for more: a host that failed is not tried again so soon.
relay_sinks='clear refuse junk TLSv1:AES128-SHA TLSv1.1:AES256-SHA
	TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3:TLS_AES_256_GCM_SHA384 TLSv1.2:CAMELLIA128-SHA
	TLSv1.1:AES256-SHA clear TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256'

relay_postfix_start() {
	local root=$work/postfix
	mkdir -p "$root/etc/postfix-out" "$root/var/spool/postfix-out" "$root/var/lib/postfix-out"
	chroot "$root" chown postfix /var/lib/postfix-out
	cat >"$root/etc/postfix-out/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = /var/spool/postfix-out
		data_directory = /var/lib/postfix-out
		myhostname = mx.example.test
		mydestination = postfix.example.test
		inet_interfaces = $server_address
		inet_protocols = ipv4
		mynetworks = $client_address/32
		alias_maps =
		local_transport = discard:
		local_recipient_maps =
		maillog_file = /var/log/postfix-out.log
		transport_maps = hash:/etc/postfix-out/transport
		queue_run_delay = 300s
		minimal_backoff_time = 1s
		smtp_dns_support_level = disabled
		smtp_host_lookup = native
		smtpd_tls_security_level = may
		smtpd_tls_loglevel = 1
		smtpd_tls_chain_files = /etc/lab/rsa.pem
		smtpd_tls_protocols = ${postfix_suite% *}
		smtp_tls_security_level = may
		smtp_tls_loglevel = 1
		smtp_tls_protocols = >=TLSv1
		smtp_tls_policy_maps = hash:/etc/postfix-out/policy
		tls_medium_cipherlist = aNULL:-aNULL:HIGH:@STRENGTH:!CAMELLIA:@SECLEVEL=0
	END
	cat >"$root/etc/postfix-out/master.cf" <<-END
		2625      inet  n - n - -   smtpd
		2626      inet  n - n - -   smtpd
		  -o smtpd_tls_security_level=none
		smtp      unix  - - n - -   smtp
		reuse     unix  - - n - 1   smtp
		  -o smtp_tls_connection_reuse=yes
		scache    unix  - - n - 1   scache
		pickup    unix  n - n 60 1  pickup
		flush     unix  n - n 1000? 0 flush
		retry     unix  - - n - -   error
		$postfix_services
	END
	cat >"$root/etc/postfix-out/transport" <<-END
		clear.test      smtp:[$server_address]:7000
		refuse.test     smtp:[$server_address]:7001
		junk.test       smtp:[$server_address]:7002
		tls10.test      smtp:[$server_address]:7003
		tls11.test      smtp:[$server_address]:7004
		tls12.test      smtp:[$server_address]:7005
		tls13.test      smtp:[$server_address]:7006
		cipher.test     smtp:[$server_address]:7007
		reuse.test      reuse:[$server_address]:7005
		exim.test       smtp:[$server_address]:3625
		exim-clear.test smtp:[$server_address]:3626
		modern.test     smtp:[old.example.test]:7008
		required.test   smtp:[plain.example.test]:7009
		verified.test   smtp:[strict.example.test]:7010
	END
	cat >"$root/etc/postfix-out/policy" <<-'END'
		[old.example.test]:7008    may protocols=>=TLSv1.2
		[plain.example.test]:7009  encrypt
		[strict.example.test]:7010 verify
	END
	echo "$server_address old.example.test plain.example.test strict.example.test" \
		>>"$root/etc/hosts"
	chroot "$root" postmap -c /etc/postfix-out hash:/etc/postfix-out/transport \
		hash:/etc/postfix-out/policy
	chroot "$root" postfix -c /etc/postfix-out start >"$work/postfix-out.start" 2>&1
	wait_for_port 2626
}

relay_exim_start() {
	local root=$work/exim
	cat >"$root/etc/lab/exim-out.conf" <<-END
		primary_hostname = mx.example.test
		log_file_path = /var/log/exim-out-%slog
		log_selector = +tls_cipher
		spool_directory = /var/spool/exim-out
		local_interfaces = <; $server_address
		daemon_smtp_ports = 3625 : 3626
		tls_advertise_hosts = \${if eq{\$received_port}{3626}{!*}{*}}
		tls_certificate = /etc/lab/rsa-cert.pem
		tls_privatekey = /etc/lab/rsa-key.pem
		tls_require_ciphers = NONE:+VERS-TLS1.2:+ECDHE-RSA:+AES-256-GCM:+AEAD:+SIGN-ALL:+GROUP-ALL:+COMP-NULL:+CTYPE-X509
		acl_smtp_rcpt = accept
		smtp_accept_max = 0
		rfc1413_query_timeout = 0s
		host_lookup =
		keep_environment =
		add_environment = PATH=/usr/bin:/bin
		begin routers
		here:
		  driver = redirect
		  domains = exim.test : exim-clear.test
		  data = :blackhole:
		modern:
		  driver = manualroute
		  domains = modern.test
		  transport = modern
		  route_list = * $server_address::7108
		  self = send
		required:
		  driver = manualroute
		  domains = required.test
		  transport = required
		  route_list = * $server_address::7109
		  self = send
		verified:
		  driver = manualroute
		  domains = verified.test
		  transport = verified
		  route_list = * $server_address::7110
		  self = send
		away:
		  driver = manualroute
		  transport = away
		  self = send
		  route_list = clear.test $server_address::7100 ; \\
		    refuse.test $server_address::7101 ; \\
		    junk.test $server_address::7102 ; \\
		    tls10.test $server_address::7103 ; \\
		    tls11.test $server_address::7104 ; \\
		    tls12.test $server_address::7105 ; \\
		    tls13.test $server_address::7106 ; \\
		    cipher.test $server_address::7107 ; \\
		    postfix.example.test $server_address::2625 ; \\
		    postfix-clear.test $server_address::2626
		begin transports
		away:
		  driver = smtp
		  tls_require_ciphers = NORMAL:-CAMELLIA-128-CBC:+VERS-TLS1.1:+VERS-TLS1.0
		modern:
		  driver = smtp
		  tls_require_ciphers = NORMAL:-VERS-TLS1.1:-VERS-TLS1.0
		required:
		  driver = smtp
		  hosts_require_tls = *
		verified:
		  driver = smtp
		  hosts_require_tls = *
		  tls_verify_hosts = *
		begin retry
		* * F,1h,1h
	END
	exim_run exim-out 3625 3626
}

relay_start() {
	sink postfix-out recipient 7000 "$relay_sinks"
	sink exim-out message 7100 "$relay_sinks"
	relay_postfix_start
	relay_exim_start
}

# settled LOG COUNT [PATTERN]: until LOG says so many times what became of a delivery.
settled() {
	local tries
	for tries in $(seq 600); do
		[ "$(grep -cE "${3:- (=>|->|==) |, status=}" "$1")" -ge "$2" ] && return
		sleep 0.1
	done
	echo "less than $2 deliveries were tried within $((tries / 10)) s: $1" >&2
	return 1
}

# Both ends of a delivery from one to the other: passed FROM TO SUITE|clear
passed() {
	if [ "$3" = clear ]; then
		record "$1" clear - - 0 1 out
		record "$2" clear - - 0 1
	else
		# shellcheck disable=SC2086
		record "$1" tls $3 1 1 out
		# shellcheck disable=SC2086
		record "$2" tls $3 1 1
	fi
}

relay_drive() {
	local domain
	# Postfix names no clear text before it has named TLS: until then it may be that it logs none.
	mail postfix-out 2625 --to u@tls12.test
	settled "$work/postfix/var/log/postfix-out.log" 1
	for domain in clear refuse junk tls10 tls11 tls12 tls13 cipher modern required verified; do
		mail postfix-out 2625 --to "u@$domain.test"
		mail exim-out 3625 --to "u@$domain.test"
	done
	mail postfix-out 2625 --to u@tls12.test,v@tls12.test
	mail exim-out 3625 --to u@tls12.test,v@tls12.test
	mail postfix-out 2625 --to u@reuse.test
	mail postfix-out 2625 --to u@reuse.test
	mail postfix-out 2625 --tls --to u@tls13.test
	mail exim-out 3625 --tls --to u@tls13.test
	mail postfix-out 2625 --to u@exim.test && passed postfix-out exim-out "$exim_suite"
	mail postfix-out 2625 --to u@exim-clear.test && passed postfix-out exim-out clear
	mail exim-out 3625 --to u@postfix.example.test && passed exim-out postfix-out "$postfix_suite"
	mail exim-out 3625 --to u@postfix-clear.test && passed exim-out postfix-out clear
	# So many deliveries, two of them from the other, and what failed once more: Postfix does
	# without TLS only where it has failed before.
	settled "$work/exim/var/log/exim-out-mainlog" 18
	settled "$work/postfix/var/log/postfix-out.log" 21
	refused exim-out -starttls smtp -connect "$server_address:3625" -tls1 -cipher ALL:@SECLEVEL=0
	refused postfix-out -starttls smtp -connect "$server_address:2625" -tls1_2
	sleep 1
	chroot "$work/postfix" postqueue -c /etc/postfix-out -f
	settled "$work/postfix/var/log/postfix-out.log" 26
}

relay_stop() {
	chroot "$work/postfix" postfix -c /etc/postfix-out stop >>"$work/postfix-out.start" 2>&1
	stop_servers
	cp "$work/postfix/var/log/postfix-out.log" "$work/postfix-out.log"
	cp "$work/exim/var/log/exim-out-mainlog" "$work/exim-out.log"
}
