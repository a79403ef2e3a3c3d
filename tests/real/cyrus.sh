# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154
#
# Cyrus IMAP through rsyslog: IMAP with STARTTLS on 6143, imaps on 6993, pop3s on 6995.  The
# handshake's line names no client, the login's names no suite; one process serves many clients.
# Where nobody logs in there is a handshake and no session.

cyrus_start() {
	local root=$work/cyrus
	syslog_start cyrus
	sed -i 's/^popminpoll: .*/popminpoll: 0/' "$root/etc/imapd.conf"
	cat >>"$root/etc/imapd.conf" <<-'END'
		sasl_auxprop_plugin: sasldb
		sasl_mech_list: PLAIN
		tls_server_cert: /etc/lab/rsa-cert.pem
		tls_server_key: /etc/lab/rsa-key.pem
		tls_client_ca_file: /etc/lab/client-cert.pem
		tls_versions: tls1_0 tls1_1 tls1_2 tls1_3
		pop3s_tls_versions: tls1_2 tls1_3
		tls_ciphers: HIGH:!CAMELLIA:!aNULL:@SECLEVEL=0
	END
	cat >"$root/etc/cyrus.conf" <<-END
		START {
		  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r"
		}
		SERVICES {
		  imap  cmd="imapd -U 30" listen="$server_address:6143" prefork=1
		  imaps cmd="imapd -s -U 30" listen="$server_address:6993" prefork=1
		  pop3  cmd="pop3d -U 30" listen="$server_address:6110" prefork=1
		  pop3s cmd="pop3d -s -U 30" listen="$server_address:6995" prefork=1
		  sieve cmd="timsieved" listen="$server_address:6420" prefork=1
		}
	END
	chroot "$root" sh -c 'echo secret | saslpasswd2 -p -c -u mx.example.test user &&
		chown cyrus /etc/sasldb2 && mkdir -p /run/cyrus/socket /run/cyrus/proc /run/cyrus/lock &&
		chown -R cyrus:mail /run/cyrus && setpriv --reuid cyrus --regid mail --clear-groups \
		/usr/lib/cyrus/bin/makedirs' >"$work/cyrus.start" 2>&1
	chroot "$root" cyrmaster -D >>"$work/cyrus.start" 2>&1 </dev/null &
	server_pids+=" $!"
	wait_for_port 6420
}

cyrus_drive() {
	local starttls="-starttls imap -connect $server_address:6143" imaps="-connect $server_address:6993"
	local sieve="-starttls sieve -connect $server_address:6420" ticket=/tmp/ticket.pem
	local pop3s="-connect $server_address:6995" without=ECDSA groups=P-256
	# shellcheck disable=SC2086
	{
		each_suite session cyrus 1 '^b OK' "$imap_login" $starttls
		each_suite session cyrus 1 '^b OK' "$imap_logout" $imaps
		session cyrus 1 '^+OK' "$pop3_login" $pop3s -tls1_3
		session cyrus 1 '^+OK' $'QUIT\r\n' $pop3s -tls1_2
		session cyrus 1 '^+OK' "$pop3_login" -starttls pop3 -connect $server_address:6110 -tls1_2
		session cyrus 1 '^OK' $'LOGOUT\r\n' $sieve -tls1_3
		# The client's certificate is told at the handshake, and a resumption is.
		session cyrus 1 '^b OK' "$imap_login" $starttls -tls1_2 \
			-cert /etc/lab/client-cert.pem -key /etc/lab/client-key.pem
		session cyrus 1 '^b OK' "$imap_logout" $imaps -tls1_2 -no_ticket -sess_out "$ticket"
		session cyrus 1 '^b OK' "$imap_login" $imaps -tls1_2 -no_ticket -sess_in "$ticket"
		session cyrus 1 '^b OK' "${imap_login/secret/guess}" $starttls -tls1_3
		clear cyrus "$server_address" 6143 '^b OK' "${imap_login/secret/guess}"
		clear cyrus "$server_address" 6110 '^+OK' "$pop3_login"
		clear cyrus "$server_address" 6143 '^b OK' "$imap_login"
		clear cyrus "$server_address" 6143 '^b OK' "$imap_logout"

		refused cyrus $starttls -tls1_2 -cipher CAMELLIA128-SHA:@SECLEVEL=0
		refused cyrus $imaps -tls1_2 -cipher CAMELLIA256-SHA:@SECLEVEL=0
		refused cyrus $pop3s -tls1_1 -cipher ALL:@SECLEVEL=0
		refused cyrus $imaps -verify_return_error
		broken cyrus 1 '^\* OK' $imaps -tls1_2
		broken cyrus 1 '^\* OK' $imaps -tls1_3
		left cyrus 6993
		left cyrus 6143 "$imap_starttls" '^a OK'
		junk cyrus 6993
		junk cyrus 6143 "$imap_starttls" '^a OK'
	}
}

cyrus_stop() {
	stop_servers
	cp "$work/cyrus/var/log/cyrus.log" "$work/cyrus.log"
}
