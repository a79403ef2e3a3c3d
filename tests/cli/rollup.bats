#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Reports of a store whose hours were rolled up into days.

setup() {
	import=$PWD/${BUILD:-build}/mailtls-import
	tool=$PWD/${BUILD:-build}/mailtls-store
	report=$PWD/${BUILD:-build}/mailtls-report
	here=$PWD/tests/scenario
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_STORE=s.db TZ=UTC
	cd "$BATS_TEST_TMPDIR" || return 1
	for day in 01 02 03 04; do
		awk -v from="${day}00" -v lines=300 -f "$here/postfix.awk" |
			sed "s/^Oct  1/Oct $day/; s/^2026-10-01/2026-10-$day/"
	done >mail.log
	"$import" --quiet mail.log
	by_day UTC >before-UTC
	"$report" --format csv --view ciphers --since 2026-10-01 --until 2026-11-01 >ciphers
}

by_day() { # ZONE
	"$report" --format csv --tz "$1" --view protocols --bucket day --since 2026-10-01 \
		--until 2026-11-01
}

# Everything that is said, in one line.
said() { # ARGUMENTS
	"$report" "$@" 2>&1 | tr -s ' \n' ' '
}

roll_up() {
	printf 'retention:\n  hours: 1d\n' >config.yaml
	: >empty.log
	MAILTLS_CONFIG=config.yaml "$import" --quiet empty.log
	[ "$(sqlite3 s.db 'SELECT count(*) FROM count')" -eq 0 ]
	[ "$(sqlite3 s.db 'SELECT count(DISTINCT day) FROM count_day')" -eq 4 ]
	"$tool" check
}

@test 'days and totals are what they were' {
	[ "$(wc -l <before-UTC)" -gt 4 ]
	roll_up
	by_day UTC | diff before-UTC -
	"$report" --format csv --view ciphers --since 2026-10-01 --until 2026-11-01 |
		cut -d, -f1-8 | diff <(cut -d, -f1-8 ciphers) -
	# A time within a day is floored to its start, at both ends.
	"$report" --format csv --view protocols --bucket day --since 2026-10-01T13:00 \
		--until '2026-11-01' | diff before-UTC -
}

@test 'hours that are days are left out, and that is said' {
	set -- --view protocols --bucket hour --since 2026-10-01 --until 2026-10-03
	[[ $(said "$@") == *TLSv1.0* ]]
	[[ $(said "$@") != *'rolled up'* ]]
	roll_up
	[[ $(said "$@") == *'hours before 2026-10-05T00:00Z were rolled up into days: they are not in what is told by the hour'* ]]
	[[ $(said "$@") != *TLSv1.0* ]]
}

@test 'a report of another zone says whose days it shows' {
	roll_up
	set -- --view protocols --bucket day --since 2026-10-01 --until 2026-11-01
	[[ $(said --tz Europe/Berlin "$@") == *'were rolled up into days of UTC: here each counts for the day of Europe/Berlin that its noon is in'* ]]
	[[ $(said "$@") != *'rolled up'* ]]
}
