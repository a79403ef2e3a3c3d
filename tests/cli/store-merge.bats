#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# mailtls-store: copies of a store, and several made into one.

setup() {
	import=$PWD/${BUILD:-build}/mailtls-import
	tool=$PWD/${BUILD:-build}/mailtls-store
	report=$PWD/${BUILD:-build}/mailtls-report
	here=$PWD/tests/scenario
	export MAILTLS_PATTERNS=$PWD/patterns TZ=UTC
	cd "$BATS_TEST_TMPDIR" || return 1
	awk -v from=0 -v lines=300 -f "$here/postfix.awk" >one.log
	awk -v from=0 -v lines=200 -f "$here/postfix.awk" | sed 's/ mx1 / mx2 /' >two.log
	"$import" --quiet --store=a.db one.log
	"$import" --quiet --store=b.db two.log
}

# Counters by their dimensions, as the view has them: what a merge must add up.
facts() { # STORE...
	for store; do
		"$tool" --store="$store" export
	done | jq -r '[.time_utc, .fact, .host, .direction, .service, .protocol, .cipher, .n] | @tsv' |
		awk -F '\t' -v OFS='\t' '{ n = $NF; NF--; sum[$0] += n } END { for (k in sum) print k, sum[k] }' |
		sort
}

@test 'merge adds different stores, exactly' {
	"$tool" -o c.db merge a.db b.db
	"$tool" --store=c.db check
	facts c.db >merged
	[ "$(wc -l <merged)" -gt 4 ]
	facts a.db b.db | diff - merged
	! "$tool" --store=c.db info | grep uuid | grep -q "$("$tool" --store=a.db info | grep uuid)"
	[ ! -e c.db.part ]
	run "$tool" -o c.db merge a.db b.db
	[ "$status" -eq 1 ]
	[[ $output == *"there is a 'c.db' already"* ]]
}

@test 'of copies of one store the newest is taken' {
	"$tool" --store=a.db backup old.db
	awk -v from=300 -v lines=300 -f "$here/postfix.awk" >>one.log
	"$import" --quiet --store=a.db one.log
	"$tool" -o c.db merge old.db a.db b.db
	facts a.db b.db | diff - <(facts c.db)
	awk -v from=300 -v lines=500 -f "$here/postfix.awk" >other.log
	"$import" --quiet --store=old.db other.log
	run "$tool" -o d.db merge old.db a.db
	[ "$status" -eq 1 ]
	[[ $output == *'went different ways'* ]]
	[ ! -e d.db ]
}

@test 'what may be the same lines is refused' {
	"$import" --quiet --store=again.db one.log
	run "$tool" -o c.db merge a.db again.db
	[ "$status" -eq 1 ]
	[[ $output == *"'again.db' holds lines of host 'mx1' and MTA 'postfix' from 2026-10-01T00:00Z"* ]]
	[ ! -e c.db ]
	"$tool" -o c.db --overlap=allow merge a.db again.db
	facts a.db again.db | diff - <(facts c.db)
	run "$tool" -o d.db merge c.db a.db
	[ "$status" -eq 1 ]
	[[ $output == *'would be counted twice'* ]]
}

@test 'rolled up stores are added by day, and only of one zone' {
	printf 'retention:\n  hours: 1d\n' >config.yaml
	MAILTLS_CONFIG=config.yaml "$import" --quiet --store=a.db one.log
	sqlite3 a.db "INSERT INTO meta VALUES ('hours_kept', 86400) ON CONFLICT DO UPDATE SET value = 86400"
	"$tool" --store=a.db compact
	[ "$(sqlite3 a.db 'SELECT count(*) FROM count')" -eq 0 ]
	"$tool" --store=a.db check
	sum=$(sqlite3 a.db 'SELECT sum(n) FROM counters')
	"$tool" -o c.db merge b.db a.db
	"$tool" --store=c.db check
	[ "$(sqlite3 c.db 'SELECT sum(n) FROM count_day')" -eq $((sum + $(sqlite3 b.db 'SELECT sum(n) FROM count'))) ]
	[ "$(sqlite3 c.db 'SELECT count(*) FROM count')" -eq 0 ]
	sqlite3 b.db "UPDATE meta SET value = 'Europe/Berlin' WHERE key = 'zone'"
	run "$tool" -o d.db merge a.db b.db
	[ "$status" -eq 1 ]
	[[ $output == *"'a.db' keeps days of the zone UTC, and 'b.db' of Europe/Berlin"* ]]
}

@test 'a backup is the store, and overwrites nothing' {
	"$tool" --store=a.db backup copy.db
	[ "$(stat -c %a copy.db)" = 640 ]
	"$tool" --store=copy.db check
	diff <(facts a.db) <(facts copy.db)
	run "$tool" --store=a.db backup copy.db
	[ "$status" -eq 1 ]
	[[ $output == *"cannot make 'copy.db'"* ]]
	"$import" --quiet --store=copy.db one.log # known again: nothing is counted twice
	diff <(facts a.db) <(facts copy.db)
}

@test 'compact lets an old file give pages back' {
	sqlite3 a.db 'PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM' >/dev/null
	[ "$(sqlite3 a.db 'PRAGMA auto_vacuum')" -eq 0 ]
	"$tool" --store=a.db compact
	[ "$(sqlite3 a.db 'PRAGMA auto_vacuum')" -eq 2 ]
	"$tool" --store=a.db check
}
