# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154
#
# Dovecot with %k in its login lines: IMAP with STARTTLS on 5143, imaps on 5993, pop3s on 5995.
# One line a session, at the login or where the client leaves before it.

dovecot_start() {
	local root=$work/dovecot
	cat >"$root/etc/lab/dovecot.conf" <<-END
		protocols = imap pop3
		listen = $server_address, $server_address6, 127.0.0.1
		base_dir = /run/dovecot-lab
		log_path = /var/log/dovecot.log
		login_log_format_elements = user=<%u> method=%m rip=%r lip=%l mpid=%e %c %k session=<%{session}>
		ssl = yes
		ssl_cert = </etc/lab/rsa-cert.pem
		ssl_key = </etc/lab/rsa-key.pem
		ssl_alt_cert = </etc/lab/ecdsa-cert.pem
		ssl_alt_key = </etc/lab/ecdsa-key.pem
		ssl_dh = </usr/share/dovecot/dh.pem
		ssl_min_protocol = TLSv1
		local $server_address6 {
		  ssl_min_protocol = TLSv1.2
		}
		ssl_cipher_list = HIGH:!CAMELLIA:!aNULL:@SECLEVEL=0
		disable_plaintext_auth = no
		mail_location = maildir:~/Maildir
		mail_max_userip_connections = 100
		first_valid_uid = 1
		passdb {
		  driver = static
		  args = nopassword=y
		}
		userdb {
		  driver = static
		  args = uid=mail gid=mail home=/var/lib/lab/%u
		}
		service imap-login {
		  inet_listener imap {
		    port = 5143
		  }
		  inet_listener imaps {
		    port = 5993
		    ssl = yes
		  }
		}
		service pop3-login {
		  inet_listener pop3 {
		    port = 0
		  }
		  inet_listener pop3s {
		    port = 5995
		    ssl = yes
		  }
		}
	END
	mkdir -p "$root/var/lib/lab"
	chroot "$root" chown mail:mail /var/lib/lab
	chroot "$root" dovecot -c /etc/lab/dovecot.conf >"$work/dovecot.start" 2>&1
	wait_for_port 5143
}

dovecot_drive() {
	local starttls="-starttls imap -connect $server_address:5143" imaps="-connect $server_address:5993"
	local pop3s="-connect $server_address:5995"
	# shellcheck disable=SC2086
	{
		each_suite session dovecot 1 '^b OK' "$imap_login" $starttls
		each_suite session dovecot 1 '^b OK' "$imap_logout" $imaps
		session dovecot 1 '^b OK' "$imap_login" -connect "[$server_address6]:5993"
		session dovecot 1 '^+OK Logging out' "$pop3_login" $pop3s -tls1_3
		session dovecot 1 '^+OK Logging out' "$pop3_login" $pop3s -tls1_2
		session dovecot 1 '^+OK Logging out' $'QUIT\r\n' $pop3s -tls1_1 \
			-cipher AES128-SHA:@SECLEVEL=0
		# From the server's own address Dovecot calls it "secured", and it is internal traffic.
		clear dovecot 127.0.0.1 5143 '^b OK' "$imap_login"
		clear dovecot "$server_address" 5143 '^b OK' "$imap_login"
		clear dovecot "$server_address" 5143 '^b OK' "$imap_logout"

		refused dovecot $starttls -tls1_2 -cipher CAMELLIA128-SHA:@SECLEVEL=0
		refused dovecot $imaps -tls1_2 -cipher CAMELLIA256-SHA:@SECLEVEL=0
		refused dovecot -connect "[$server_address6]:5993" -tls1 -cipher ALL:@SECLEVEL=0
		refused dovecot $imaps -verify_return_error
		broken dovecot 1 '^\* OK' $imaps -tls1_2
		broken dovecot 1 '^\* OK' $imaps -tls1_3
		left dovecot 5993
		left dovecot 5143 "$imap_starttls" '^a OK'
		junk dovecot 5993
		junk dovecot 5143 "$imap_starttls" '^a OK'
	}
}

dovecot_stop() {
	chroot "$work/dovecot" doveadm -c /etc/lab/dovecot.conf stop
	cp "$work/dovecot/var/log/dovecot.log" "$work/dovecot.log"
}
