#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# mailtls-import: its options, its words and its exit codes.

setup() {
	import=$PWD/${BUILD:-build}/mailtls-import
	export MAILTLS_PATTERNS=$PWD/patterns TZ=UTC
	unset MAILTLS_STORE
	awk -v from=0 -v lines=100 -f tests/scenario/postfix.awk >"$BATS_TEST_TMPDIR/mail.log"
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test 'without a log it says how it is called, and exits 2' {
	run "$import"
	[ "$status" -eq 2 ]
	[[ $output == *'which logs?'*'--help' ]]
}

@test 'a wrong value exits 2 and names it' {
	run "$import" --overlap=perhaps mail.log
	[ "$status" -eq 2 ]
	[[ $output == *"'perhaps'"* ]]
	run "$import" --commit-bytes=0 mail.log
	[ "$status" -eq 2 ]
	[[ $output == *"'0' is not a number of bytes"* ]]
	run "$import" - - </dev/null
	[ "$status" -eq 2 ]
}

@test 'the last line says what was counted' {
	run "$import" --store=s.db mail.log
	[ "$status" -eq 0 ]
	[ "$output" = '100 new lines: 10 handshakes, 0 sessions, 0 failures; 0 near misses; logs: 1 new, 0 grown, 0 known, 0 not read (import 1)' ]
}

@test 'the store is the one that the environment names' {
	MAILTLS_STORE=named.db run "$import" --quiet mail.log
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(stat -c %a named.db)" = 640 ]
}

@test 'a store in a folder that is not there' {
	run "$import" --store=no/such.db mail.log
	[ "$status" -eq 1 ]
	[ "$output" = "mailtls-import: cannot make 'no/such.db': there is no such folder" ]
}

@test 'a database of somebody else is left alone' {
	sqlite3 other.db 'CREATE TABLE t (x); INSERT INTO t VALUES (1)'
	sum=$(sha256sum other.db)
	run "$import" --store=other.db mail.log
	[ "$status" -eq 1 ]
	[[ $output == *"'other.db' is an SQLite database, but not a mailtls store"* ]]
	[ "$(sha256sum other.db)" = "$sum" ]
}

@test 'a log named as the store is left alone' {
	cp mail.log copy.log
	run "$import" --store=copy.log mail.log
	[ "$status" -eq 1 ]
	[[ $output == *"'copy.log' is not a mailtls store"* ]]
	cmp mail.log copy.log
}

@test 'a dry run on a store changes no byte of it' {
	"$import" --quiet --store=s.db mail.log
	awk -v from=0 -v lines=200 -f "${MAILTLS_PATTERNS%/*}/tests/scenario/postfix.awk" >mail.log
	sum=$(sha256sum s.db)
	run "$import" --store=s.db --dry-run mail.log
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = '2026-10-01           10 handshakes          0 sessions          0 failures' ]
	[[ ${lines[1]} == 'would count 100 new lines: 10 handshakes,'*'0 new, 1 grown'* ]]
	[ "$(sha256sum s.db)" = "$sum" ]
}

@test 'three imports of one log at a time count it once' {
	for i in 1 2 3; do
		"$import" --store=s.db mail.log >"out.$i" 2>&1 &
	done
	wait
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM handshake')" = 10 ]
}

@test 'what was open before is kept for the first and the last log of an import' {
	"$import" --quiet --store=s.db mail.log
	here=$OLDPWD/tests/scenario
	for i in 1 2 3 4; do
		awk -v from=$((i * 300)) -v lines=300 -f "$here/postfix.awk" >"$i.log"
	done
	"$import" --quiet --store=s.db 1.log 2.log 3.log 4.log
	[ "$(sqlite3 s.db 'SELECT before_sessions IS NOT NULL FROM import_log WHERE import = 2 ORDER BY id' |
		tr -d '\n')" = 1001 ]
}

@test 'progress is for a terminal only' {
	script -qec true /dev/null || skip 'there are no pseudo-terminals here'
	run script -qec "'$import' --store=s.db --commit-bytes=1 mail.log" /dev/null
	[ "$status" -eq 0 ]
	[[ $output == *' %  '*' left  mail.log'* ]]
	run "$import" --store=t.db mail.log
	[[ $output != *' left '* ]]
}

@test 'hours that the journal spoke for are not counted again from a file' {
	here=$OLDPWD/tests/scenario
	awk -v from=0 -v lines=300 -f "$here/postfix.awk" >one.log
	awk -v from=300 -v lines=300 -f "$here/postfix.awk" >two.log
	rm -f s.db
	"$import" --quiet --store=s.db one.log
	# What a service counts of a journal is told from a file by no more than this.
	sqlite3 s.db "UPDATE source SET class = 'journal', name = 'system'"
	before=$(sqlite3 s.db 'SELECT sum(n) FROM count')
	run "$import" --quiet --store=s.db two.log
	[ "$status" -eq 1 ]
	[[ $output == *"the file 'two.log' tells of host 'mx1'"*"so did the journal 'system'"* ]]
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM count')" -eq "$before" ]
	[ "$(sqlite3 s.db 'SELECT count(*) FROM import_log')" -eq 1 ]
	"$import" --quiet --store=s.db --overlap=allow two.log
	[ "$(sqlite3 s.db 'SELECT sum(n) FROM count')" -gt "$before" ]
}
