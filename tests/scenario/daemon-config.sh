#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What mailtls.yaml says holds for the service from its start, and from SIGHUP on.

. tests/scenario/daemon/harness.sh

configure() { # LINE...
	printf 'sources: [{path: %s/mail.log}]\n' "$work" >mailtls.yaml
	[ $# -eq 0 ] || printf '%s\n' "$@" >>mailtls.yaml
}

reload() {
	ready_before=$(grep -c '^READY=1' "$own/notified")
	kill -HUP "$daemon"
	until_true ready
}

policy() {
	store "SELECT group_concat(value, ' ') FROM (SELECT value FROM meta
		WHERE key IN ('peers', 'peer_addresses', 'peers_kept') ORDER BY key)"
}

is() { # FOUND MEANT NAME
	[ "$1" = "$2" ] || echo "'$1' where '$2' was meant" >why
	[ "$1" = "$2" ]
	ok $? "$3"
}

internal() {
	store "SELECT internal, sum(n) FROM count c JOIN tuple t ON t.id = c.tuple
		WHERE fact = 'handshake' GROUP BY internal" | tr '\n' ' '
}

daemon_as='env MAILTLS_NO_JIT=1'
configure 'peers: all' 'peer_addresses: net' 'retention: {peers: 40d}'
emit 80 >mail.log
start --config=mailtls.yaml
exact 'the configured source is followed'
is "$(policy)" "net all $((40 * 86400))" 'peers are kept as it says'
is "$(internal)" '0|20 ' 'nobody is internal'
until_true grep -q 'patterns are interpreted and not compiled' daemon.out
ok $? 'that patterns are interpreted is said'

configure 'peers: weak' 'internal: [198.51.0.0/16]'
reload
emit 40 >>mail.log
exact 'and on after it was read anew'
is "$(policy)" "net weak $((40 * 86400))" 'what it says now; what it does not say stays'
is "$(internal)" '0|20 1|10 ' 'and all are internal from there on'

configure 'peers: weak' 'sources: none'
reload
until_true grep -q "mailtls.yaml:3:1: key 'sources' is there twice" daemon.out
ok $? 'what is wrong is told with its place'
emit 40 >>mail.log
exact 'and what it was goes on'
is "$(internal)" '0|20 1|20 ' 'as it was'
"$build/mailtlsd" --check --patterns="$patterns" --config=mailtls.yaml >why 2>&1 && r=1 || r=0
ok "$r" '--check refuses it'
configure
"$build/mailtlsd" --check --patterns="$patterns" --config=mailtls.yaml >why 2>&1
ok $? 'and takes a good one'
end lossy
