# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154
#
# Exim, Debian's build with GnuTLS, twice.  `exim` logs what Debian's does, and sessions without
# mail: every message and every such session is a line with X=, so the unit is the message.
# `exim-all` logs everything: the port makes each connection known, and it is counted once.

# Starts the one that /etc/lab/NAME.conf is for.
exim_run() { # NAME PORT PORT
	local name=$1 root=$work/exim
	# Else its own children may not use -C, and say so.
	echo "/etc/lab/$name.conf" >>"$root/etc/exim4/trusted_configs"
	mkdir -p "$root/var/spool/$name"
	touch "$root/var/log/$name"-{main,panic,reject}log
	chroot "$root" chown Debian-exim:Debian-exim "/var/spool/$name" \
		"/var/log/$name"-{main,panic,reject}log
	chroot "$root" exim4 -C "/etc/lab/$name.conf" -bdf -oX "$2 : $3" \
		-oP "/run/$name.pid" >"$work/$name.start" 2>&1 </dev/null &
	server_pids+=" $!"
	wait_for_port "$3"
}

exim_config() {
	local name=$1 starttls=$2 implicit=$3 selector=$4 root=$work/exim
	cat >"$root/etc/lab/$name.conf" <<-END
		primary_hostname = mx.example.test
		log_file_path = /var/log/$name-%slog
		log_selector = $selector
		spool_directory = /var/spool/$name
		local_interfaces = <; $server_address ; $server_address6
		daemon_smtp_ports = $starttls : $implicit
		tls_on_connect_ports = $implicit
		tls_advertise_hosts = *
		tls_certificate = /etc/lab/rsa-cert.pem : /etc/lab/ecdsa-cert.pem
		tls_privatekey = /etc/lab/rsa-key.pem : /etc/lab/ecdsa-key.pem
		tls_require_ciphers = NORMAL:-CAMELLIA-128-CBC:-CAMELLIA-256-CBC:-CAMELLIA-128-GCM:\\
			-CAMELLIA-256-GCM:+VERS-TLS1.1:+VERS-TLS1.0
		acl_smtp_rcpt = accept
		smtp_enforce_sync = false
		smtp_accept_max = 0
		smtp_accept_queue = 0
		pipelining_advertise_hosts = *
		rfc1413_query_timeout = 0s
		host_lookup =
		keep_environment =
		add_environment = PATH=/usr/bin:/bin
		begin routers
		void:
		  driver = redirect
		  data = :blackhole:
	END
	exim_run "$name" "$starttls" "$implicit"
}

exim_start() {
	exim_config exim 3525 3465 '+tls_cipher +smtp_no_mail'
	exim_config exim-all 4525 4465 '+all'
}

exim_drive() {
	local starttls="-starttls smtp -connect $server_address:3525" implicit="-connect $server_address:3465"
	# shellcheck disable=SC2086
	{
		each_suite session exim 1 '^221 ' "$smtp_message" $starttls
		each_suite session exim 1 '^221 ' "$smtp_quit" $implicit
		session exim 1 '^221 ' "$smtp_message" -starttls smtp -connect "[$server_address6]:3525"
		session exim 2 '^221 ' "$smtp_two_messages" $starttls -tls1_2
		session exim 2 '^221 ' "$smtp_two_messages" $implicit -tls1_3

		clear exim "$server_address" 3525 '^221 ' "$smtp_two_messages"
		clear exim "$server_address" 3525 '^221 ' "$smtp_hello"
		mail exim 3525
		mail exim 3525 --tls
		mail exim 3525 --tls --tls-protocol tlsv1_2 --tls-cipher ECDHE-RSA-AES128-GCM-SHA256
		mail exim 3465 --tls-on-connect

		refused exim $starttls -tls1_2 -cipher CAMELLIA128-SHA:@SECLEVEL=0
		refused exim $implicit -tls1_2 -cipher CAMELLIA256-SHA:@SECLEVEL=0
		refused exim $starttls -verify_return_error
		broken exim 1 '^220 ' $implicit -tls1_2
		broken exim 1 '^220 ' $implicit -tls1_3
		left exim 3465
		left exim 3525 "$smtp_starttls" '^220 TLS'
		junk exim 3465
		junk exim 3525 "$smtp_starttls" '^220 TLS'

		starttls=${starttls/3525/4525} implicit=${implicit/3465/4465}
		session exim-all 1 '^221 ' "$smtp_message" $starttls -tls1 \
			-cipher AES128-SHA:@SECLEVEL=0
		session exim-all 1 '^221 ' "$smtp_two_messages" $starttls -tls1_2
		session exim-all 1 '^221 ' "$smtp_two_messages" $implicit -tls1_3
		session exim-all 1 '^221 ' "$smtp_quit" $implicit -tls1_2 \
			-cipher ECDHE-ECDSA-AES256-GCM-SHA384
		session exim-all 1 '^221 ' "$smtp_quit" $starttls -tls1_3
		clear exim-all "$server_address" 4525 '^221 ' "$smtp_two_messages"
		mail exim-all 4525
		mail exim-all 4525 --tls
		refused exim-all $starttls -tls1_2 -cipher CAMELLIA128-SHA:@SECLEVEL=0
		junk exim-all 4465
	}
}

exim_stop() {
	# A delivery that still runs writes its last line.
	sleep 1
	stop_servers
	cp "$work/exim/var/log/exim-mainlog" "$work/exim.log"
	cp "$work/exim/var/log/exim-all-mainlog" "$work/exim-all.log"
}
