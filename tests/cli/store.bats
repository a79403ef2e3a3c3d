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
schema      1
created     TIME
size        BYTES bytes
period      2026-10-01T00:00:00Z to 2026-10-01T01:00:00Z
handshakes  10
sessions    0
failures    0
lines       100, of these near misses 0
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
