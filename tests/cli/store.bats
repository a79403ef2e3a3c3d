#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# mailtls-store: what it says of a store, and taking an import back.

setup() {
	import=$PWD/${BUILD:-build}/mailtls-import
	tool=$PWD/${BUILD:-build}/mailtls-store
	here=$PWD/tests/scenario
	export MAILTLS_PATTERNS=$PWD/patterns TZ=UTC
	cd "$BATS_TEST_TMPDIR" || return 1
	export MAILTLS_STORE=s.db
	awk -v from=0 -v lines=100 -f "$here/postfix.awk" >mail.log
	"$import" --quiet mail.log
}

@test 'info' {
	run "$tool" info
	[ "$status" -eq 0 ]
	expected=$(cat <<'END'
store       s.db
uuid        UUID
schema      6
created     TIME
size        BYTES bytes
period      2026-10-01T00:00:00Z to 2026-10-01T01:00:00Z
zone        UTC
handshakes  10
sessions    0
failures    0
lines       100, of these near misses 0
peers       weak since TIME, addresses full: N
revision    1
combinations 4
logs        1
host        mx1 (10)
mta         postfix (10)
import      1  TIME  mail.log  bytes 0 to LENGTH, 100 lines: 10 handshakes, 0 sessions, 0 failures
END
)
	found=$(echo "$output" | sed -E -e 's/^(uuid +)[0-9a-f-]{36}$/\1UUID/' \
		-e 's/^(created +)2.*Z$/\1TIME/' -e 's/^(size +)[0-9]+/\1BYTES/' \
		-e 's/^(peers +weak since )[^,]+(, addresses full: )[0-9].*/\1TIME\2N/' \
		-e 's/^(import +1  )[^ ]+/\1TIME/' -e "s/ $(stat -c %s mail.log),/ LENGTH,/")
	diff <(echo "$expected") <(echo "$found")
}

@test 'check of a sound store, and of one that is not' {
	run "$tool" check
	[ "$status" -eq 0 ]
	[ "$output" = 's.db: ok' ]
	sqlite3 s.db 'UPDATE count SET n = n - 1'
	run "$tool" check
	[ "$status" -eq 1 ]
	[ "$output" = 's.db: 4 counters are below what imports added to them' ]
}

@test 'undo takes an import back, in the order of growth' {
	awk -v from=100 -v lines=100 -f "$here/postfix.awk" >>mail.log
	"$import" --quiet mail.log
	run "$tool" undo 1
	[ "$status" -eq 1 ]
	[ "$output" = "mailtls-store: import 1 cannot be undone: import 2 counted more of the same log (as 'mail.log'); undo that one first" ]
	run "$tool" undo 2
	[ "$status" -eq 0 ]
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM handshake')" = 10 ]
	run "$tool" undo 1
	[ "$status" -eq 0 ]
	[ "$(sqlite3 s.db 'SELECT count(*) FROM handshake')" = 0 ]
	run "$tool" check
	[ "$status" -eq 0 ]
	"$import" --quiet mail.log
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM handshake')" = 20 ]
}

# part HOST LINE...: lines of a session of one process of HOST.
part() {
	local host=$1 line
	shift
	for line; do
		echo "2026-10-01T12:00:0$((++second))Z $host postfix/smtpd[7]: $line"
	done
}

@test 'undo leaves the sessions open that later imports began' {
	local peer='a.example.net[192.0.2.1]' suite='TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)'
	second=0
	part mx2 "connect from $peer" "Anonymous TLS connection established from $peer: $suite" >begun.log
	"$import" --quiet begun.log
	"$tool" undo 1
	part mx2 "disconnect from $peer ehlo=2 starttls=1 mail=1 quit=1 commands=5" >>begun.log
	"$import" --quiet begun.log
	[ "$(sqlite3 s.db 'SELECT protocol, n FROM session')" = 'TLSv1.3|1' ]
	# What an undone import left open is gone, though one before it was undone first.
	part mx3 "connect from $peer" "Anonymous TLS connection established from $peer: $suite" >other.log
	"$import" --quiet other.log
	"$tool" undo 3
	"$tool" undo 4
	part mx3 "disconnect from $peer ehlo=2 starttls=1 mail=1 quit=1 commands=5" >rest.log
	"$import" --quiet rest.log
	[ "$(sqlite3 s.db 'SELECT protocol, n FROM session')" = 'unknown|1' ]
}

@test 'what it cannot do' {
	run "$tool"
	[ "$status" -eq 2 ]
	run "$tool" undo
	[ "$status" -eq 2 ]
	run "$tool" undo 1x
	[ "$status" -eq 2 ]
	run "$tool" info too much
	[ "$status" -eq 2 ]
	run "$tool" undo 99
	[ "$status" -eq 1 ]
	[ "$output" = "mailtls-store: 's.db' has no import 99" ]
	run "$tool" --store=none.db info
	[ "$status" -eq 1 ]
	[ "$output" = "mailtls-store: there is no store 'none.db'; mailtls-import makes one" ]
	[ ! -e none.db ]
}

@test 'the views can be asked with the sqlite3 shell' {
	run sqlite3 s.db "SELECT hour_utc, host, mta, direction, protocol, cipher, bits, pfs, aead, n
		FROM handshake WHERE protocol = 'TLSv1.2'"
	[ "$output" = '2026-10-01T00:00:00Z|mx1|postfix|in|TLSv1.2|TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384|256|1|1|2' ]
	run sqlite3 s.db 'SELECT day_utc, source, mta, near_miss FROM coverage_by_day WHERE matched >= 10'
	[ "$output" = '2026-10-01|mail.log|postfix|0' ]
}

# Peers are kept for a time that the clock measures: so these logs are of today.
todays_log() { # PROTOCOL CIPHER PEER...
	protocol=$1 cipher=$2
	shift 2
	for peer; do
		echo "$(date -u +%FT00:00:01)+00:00 mx1 postfix/smtpd[7]: Anonymous TLS connection" \
			"established from c.example.net[$peer]: $protocol with cipher $cipher (256/256 bits)"
		echo "$(date -u +%FT00:00:02)+00:00 mx1 postfix/smtpd[7]: disconnect from" \
			"c.example.net[$peer] ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7"
	done
}

kept() {
	sqlite3 s.db 'SELECT DISTINCT peer FROM peers_by_day WHERE peer IS NOT NULL ORDER BY 1' |
		tr '\n' ' '
}

@test 'weak peers are kept, with what they did better, and others are not' {
	rm s.db
	todays_log TLSv1 AES128-SHA 192.0.2.1 192.0.2.2 >weak.log
	todays_log TLSv1.3 TLS_AES_256_GCM_SHA384 192.0.2.2 192.0.2.3 >strong.log
	"$import" --quiet weak.log
	"$import" --quiet strong.log
	[ "$(kept)" = '192.0.2.1 192.0.2.2 ' ]
	[ "$(sqlite3 s.db "SELECT sum(handshakes) FROM peers_by_day WHERE peer = '192.0.2.2'")" = 2 ]
	"$tool" check
	"$tool" undo 2
	"$tool" check
	"$import" --quiet --peers=all strong.log
	[ "$(kept)" = '192.0.2.1 192.0.2.2 192.0.2.3 ' ]
	"$tool" info | grep 'peers  *all since .* full: 3, of these weak 2'
	"$import" --quiet --peers=off strong.log
	[ "$(kept)" = '' ]
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM handshake')" = 4 ]
}

@test 'addresses are shortened before they are stored' {
	todays_log TLSv1 AES128-SHA 203.0.113.77 2001:db8:1:2::77 >weak.log
	for how in net hash none; do
		rm -f s.db
		"$import" --quiet --peer-addresses=$how weak.log
		run grep -c -a -e 203.0.113.77 -e 2001:db8:1:2::77 -e c.example.net s.db
		[ "$output" = 0 ]
		case $how in
		net) [ "$(kept)" = '2001:db8:1::/48 203.0.113.0/24 ' ] ;;
		hash) [ "$(kept | wc -w)" -eq 2 ] ;;
		none) [ "$(kept)" = '' ] ;;
		esac
	done
	run "$import" --peers=most weak.log
	[ "$status" -eq 2 ]
	[[ $output == *"--peers takes off, weak or all, not 'most'"* ]]
}

@test 'forget leaves no byte of a peer' {
	rm s.db
	todays_log TLSv1 AES128-SHA 203.0.113.77 192.0.2.1 >weak.log
	echo "$(date -u +%FT00:00:02)+00:00 mx1 postfix/smtpd[8]: connect from c.example.net[203.0.113.77]" >>weak.log
	"$import" --quiet weak.log
	grep -a -q 203.0.113.77 s.db
	run "$tool" forget 203.0.113.77
	[ "$status" -eq 0 ]
	[ "$output" = '2 rows erased' ]
	run grep -a -c 203.0.113.77 s.db s.db-wal
	[[ $output == *s.db:0* ]]
	[[ $output != *s.db-wal:[1-9]* ]]
	[ "$(kept)" = '192.0.2.1 ' ]
	"$tool" check
	run "$tool" forget
	[ "$status" -eq 2 ]
}

@test 'a store of schema 1 is brought to the latest' {
	rm s.db
	sqlite3 s.db <"$OLDPWD/sql/schema/001.sql"
	sqlite3 s.db "PRAGMA application_id = 0x4d544c53; PRAGMA user_version = 1;
		INSERT INTO meta VALUES ('uuid', 'u'), ('secret', zeroblob(192)), ('created', 7), ('rev', 0);
		CREATE VIEW handshake AS SELECT hour, n FROM count;
		CREATE VIEW of_the_site AS SELECT sum(n) AS n FROM handshake"
	run "$tool" info
	[ "$status" -eq 1 ]
	[[ $output == *'made by an older mailtls (schema 1)'* ]]
	"$import" --quiet mail.log
	[ "$(sqlite3 s.db 'PRAGMA user_version')" = 6 ]
	[ "$(sqlite3 s.db 'SELECT peers, addresses FROM peer_policy')" = 'weak|full' ]
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM handshake')" = 10 ]
	[ "$(sqlite3 s.db 'SELECT n FROM of_the_site')" = 10 ]
	[ "$(sqlite3 s.db 'SELECT DISTINCT span FROM handshake')" = hour ]
	"$tool" check
}
