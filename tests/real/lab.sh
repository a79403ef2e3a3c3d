#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: lab.sh WORK SERVER=LAYERS... client=LAYERS
#
# Runs inside private namespaces (run.sh makes them): mounts each root with a writable layer in
# memory, starts the servers one after the other, drives them and leaves in WORK for each its
# log, SERVER.sessions (what the clients negotiated), SERVER.refused, SERVER.mail and, if
# anything went otherwise than meant, SERVER.trouble.  The kernel ends what is left when it ends.

set -eu -o pipefail

here=$(dirname "$0")
work=$1
shift
server_pids=
running=
servers=

server_address=192.0.2.25
server_address6=2001:db8::25
client_address=198.51.100.7
client_address6=2001:db8:7::7
# What a server delivers to has an address of its own here, where it wants to tell one from another.
sink_network=203.0.113

# shellcheck source=tests/real/client.sh
. "$here/client.sh"
# shellcheck source=tests/real/postfix.sh
. "$here/postfix.sh"
# shellcheck source=tests/real/exim.sh
. "$here/exim.sh"
# shellcheck source=tests/real/dovecot.sh
. "$here/dovecot.sh"
# shellcheck source=tests/real/relay.sh
. "$here/relay.sh"
# shellcheck source=tests/real/cyrus.sh
. "$here/cyrus.sh"
# shellcheck source=tests/real/sendmail.sh
. "$here/sendmail.sh"
# shellcheck source=tests/real/opensmtpd.sh
. "$here/opensmtpd.sh"

mount_root() {
	local name=$1 layers=$2
	mkdir -p "$work/memory/$name/upper" "$work/memory/$name/work" "$work/$name"
	mount -t overlay overlay "$work/$name" \
		-o "lowerdir=$layers,upperdir=$work/memory/$name/upper,workdir=$work/memory/$name/work"
	mount -t proc proc "$work/$name/proc"
	echo 'nameserver 127.0.0.1' >"$work/$name/etc/resolv.conf"
	cat >"$work/$name/etc/hosts" <<-END
		127.0.0.1 localhost
		$server_address mx.example.test mx
		$client_address client.example.test
		$client_address6 client6.example.test
	END
}

# Self-made certificates for every root, readable for every server's own user: the keys live as
# long as the roots' layer in memory.
make_certificates() {
	local name
	mkdir "$work/client/etc/lab"
	for name in rsa ecdsa client; do
		case $name in
		ecdsa) set -- -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 ;;
		*) set -- -newkey rsa:2048 ;;
		esac
		chroot "$work/client" openssl req -x509 -nodes -days 30 -subj "/CN=$name.example.test" \
			"$@" -keyout "/etc/lab/$name-key.pem" -out "/etc/lab/$name-cert.pem" 2>/dev/null
		cat "$work/client/etc/lab/$name-key.pem" "$work/client/etc/lab/$name-cert.pem" \
			>"$work/client/etc/lab/$name.pem"
	done
	chmod 0644 "$work"/client/etc/lab/*
}

# Everything is on the loopback interface; but peers on 127.0.0.1 would be internal traffic, so the
# servers have an address of their own, and who connects there comes from another.
addresses() {
	local tries
	ip() {
		chroot "$work/client" ip "$@"
	}
	ip link set lo up
	ip addr add "$server_address/32" dev lo
	ip addr add "$client_address/32" dev lo
	ip addr add "$sink_network.0/24" dev lo
	ip -6 addr add "$server_address6/128" dev lo nodad
	ip -6 addr add "$client_address6/128" dev lo nodad
	ip route del local "$server_address" dev lo table local
	ip route add local "$server_address" dev lo table local src "$client_address"
	# The kernel makes this one a moment after the address.
	for tries in $(seq 300); do
		ip -6 route del local "$server_address6" dev lo table local 2>/dev/null && break
		sleep 0.1
	done
	ip -6 route add local "$server_address6" dev lo table local src "$client_address6"
}

# syslog_start ROOT: a syslog daemon, for a server that has no log file of its own.
syslog_start() {
	local root=$work/$1 tries
	cat >"$root/etc/lab/rsyslog.conf" <<-END
		module(load="imuxsock")
		*.* action(type="omfile" file="/var/log/$1.log" template="RSYSLOG_TraditionalFileFormat")
	END
	chroot "$root" rsyslogd -n -f /etc/lab/rsyslog.conf -i /run/rsyslogd.pid \
		>"$work/$1.syslog" 2>&1 </dev/null &
	server_pids+=" $!"
	for tries in $(seq 300); do
		[ -S "$root/dev/log" ] && return
		sleep 0.1
	done
	echo "no /dev/log after $((tries / 10)) s" >&2
	return 1
}

# sink SERVER UNIT FIRST_PORT MODES: a port for each of MODES, one after the other, for what SERVER
# delivers (sink.py).
sink() {
	local server=$1 unit=$2 port=$3 mode ports=()
	for mode in $4; do
		ports+=("$((port++))=$mode")
	done
	"$here/sink.py" "$work/$server.record" "$unit" "$work/client/etc/lab/rsa.pem" \
		0.0.0.0 "${ports[@]}" >"$work/$server.sink" 2>&1 </dev/null &
	server_pids+=" $!"
	wait_for_port "$((port - 1))"
}

# Those in the foreground, the last one first: what they still say is logged.
stop_servers() {
	local pid
	for pid in $(tac -s ' ' <<<"$server_pids"); do
		kill "$pid"
		wait "$pid" || :
	done
	server_pids=
}

run_server() {
	local server=$1
	"${server}_start"
	"${server}_drive"
	"${server}_stop"
}

mkdir "$work/memory"
mount -t tmpfs -o mode=0755 tmpfs "$work/memory"
for root in "$@"; do
	mount_root "${root%%=*}" "${root#*=}"
done
hostname mx.example.test
addresses
make_certificates
# IANA's name and OpenSSL's of every suite, for who reads the results.
openssl_client ciphers -stdname ALL:COMPLEMENTOFALL:@SECLEVEL=0 >"$work/suites"

for root in "$@"; do
	root=${root%%=*}
	[ "$root" = client ] && continue
	cp -r "$work/client/etc/lab" "$work/$root/etc/lab"
	servers+=" $root"
done
for server in $servers relay; do
	(run_server "$server") >"$work/$server.output" 2>&1 &
	running+=" $server=$!"
done
for server in $running; do
	wait "${server#*=}" || {
		echo "the lab's script for ${server%%=*} stopped:"
		cat "$work/${server%%=*}.output"
	} >>"$work/${server%%=*}.trouble"
done
