#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# What the programs say, and how they end, when an input or the output is not what it should be.

setup() {
	here=$PWD
	bin=$PWD/${BUILD:-build}
	export MAILTLS_PATTERNS=$PWD/patterns TZ=UTC
	unset MAILTLS_STORE
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$here/tests/data/sample-postfix.log" mail.log
}

# refused SENTENCE COMMAND...: it fails with this line on stderr, and no other.
refused() {
	local sentence=$1
	shift
	run --separate-stderr "$@"
	[ "$status" -eq 1 ]
	[ "$stderr" = "$sentence" ]
}

@test 'an archive that ends early counts up to there, and the sentence is said once' {
	bats_require_minimum_version 1.5.0
	gzip -c mail.log | head -c 3000 >cut.gz
	refused "mailtls-report: 'cut.gz' ends in the middle of its compressed data; what came before was read" \
		"$bin/mailtls-report" --quiet --format=csv --view=protocols cut.gz
	[[ $output == *,postfix,in,mx,* ]]
	refused "mailtls-import: 'cut.gz' ends in the middle of its compressed data; what came before was read" \
		"$bin/mailtls-import" --store=s.db cut.gz
	counted=$(sqlite3 s.db 'SELECT sum(n) FROM handshake')
	[ "$counted" -gt 0 ]
	[[ $output == *" new lines: $counted handshakes, "* ]]
}

@test 'what cannot be written to standard output is a failure' {
	bats_require_minimum_version 1.5.0
	"$bin/mailtls-import" --quiet --store=s.db mail.log
	for call in 'mailtls-import --store=s.db mail.log' 'mailtls-store --store=s.db info' \
		'mailtls-store --store=s.db check' 'mailtls-pattern match mail.log' \
		'mailtls-pattern match --summary mail.log' 'mailtls-pattern check' \
		'mailtls-report --help' 'mailtls-pattern --version'; do
		refused "${call%% *}: cannot write to standard output: No space left on device" \
			sh -c "$bin/$call >/dev/full"
	done
	refused 'mailtls-report: cannot write the report: No space left on device' \
		sh -c "$bin/mailtls-report --quiet mail.log >/dev/full"
}

@test 'no line of --help is too long for a terminal' {
	for program in mailtls-report mailtls-import mailtlsd mailtls-pattern mailtls-store; do
		"$bin/$program" --help >help
		awk 'length > 80 || / $/ { print; exit 1 }' help
	done
	"$bin/mailtls-report" --help >help
	grep -qx '      --no-hints             no advice on what the logs do not tell' help
	grep -qx ' \{29\}signatures, failures, .*' help
}

@test 'an MTA that no pattern file knows' {
	run "$bin/mailtls-pattern" match --mta=Postfix mail.log
	[ "$status" -eq 2 ]
	[[ $output == "mailtls-pattern: 'Postfix' is not an MTA of the patterns: did you mean \"postfix\"?  Expected one of "* ]]
}

@test 'a summary tells nothing of a log that cannot be opened' {
	bats_require_minimum_version 1.5.0
	refused "mailtls-pattern: 'none.log' does not exist" "$bin/mailtls-pattern" match --summary none.log
	[ -z "$output" ]
}

@test 'the name of a log cannot speak to the terminal' {
	name=$(printf '\033[31mred.log')
	mv mail.log "$name"
	for call in 'mailtls-report --quiet' 'mailtls-report --quiet --view=coverage' \
		'mailtls-import --store=s.db' 'mailtls-pattern match --summary'; do
		# shellcheck disable=SC2086 # two words and more
		run "$bin/"$call "$name"
		[ "$status" -eq 0 ]
		[[ $output != *$'\033'* ]]
	done
	run "$bin/mailtls-store" --store=s.db info
	[[ $output == *'\x1b[31mred.log'* ]]
	[[ $output != *$'\033'* ]]
}

@test 'a pipe that the shell made is read from its first byte' {
	gzip -k mail.log
	"$bin/mailtls-report" --quiet --format=csv --view=ciphers mail.log >of-file
	"$bin/mailtls-report" --quiet --format=csv --view=ciphers <(cat mail.log) >of-pipe
	diff of-file of-pipe
	"$bin/mailtls-report" --quiet --format=csv --view=ciphers <(cat mail.log.gz) >of-pipe
	diff of-file of-pipe
	"$bin/mailtls-import" --quiet --store=file.db mail.log
	"$bin/mailtls-import" --quiet --store=pipe.db <(cat mail.log.gz)
	for db in file pipe; do
		sqlite3 "$db.db" 'SELECT fact, sum(n) FROM count JOIN tuple ON id = tuple GROUP BY 1' >"$db"
	done
	diff file pipe
	[ -s pipe ]
	run "$bin/mailtls-import" --store=pipe.db <(cat mail.log)
	[[ $output == '0 new lines: '*' 1 known, 0 not read' ]]
	run "$bin/mailtls-import" --store=file.db <(head -n 5 mail.log)
	[[ $output == '0 new lines: '*' 1 known, 0 not read' ]]
}

@test 'a last line without a line end counts once, however often the log is given' {
	grep -v 'TLS connection' mail.log >cut.log
	grep 'TLS connection established from' mail.log | tail -n 1 | tr -d '\n' >>cut.log
	[ "$(stat -c %s cut.log)" -gt 8192 ]
	gzip -k cut.log
	"$bin/mailtls-report" --quiet --format=csv --view=protocols cut.log >once
	for logs in 'cut.log cut.log' 'cut.log cut.log.gz' 'cut.log.gz cut.log'; do
		# shellcheck disable=SC2086 # two words
		run "$bin/mailtls-report" --quiet --format=csv --view=protocols $logs
		[ "$status" -eq 0 ]
		[[ $output == *"holds nothing that was not read before"* ]]
		diff once <(grep -v 'holds nothing' <<<"$output")
	done
}

@test "an address of PostgreSQL is no file, and its password is not repeated" {
	rm mail.log
	export MAILTLS_POLICIES=$here/policies MAILTLS_CONFIG=/dev/null
	for call in "mailtls-report" "mailtls-import /dev/null" "mailtls-store info" "mailtlsd"; do
		# shellcheck disable=SC2086
		set -- $call
		program=$1
		shift
		run "$bin/$program" --store=postgresql://me:secret@db/mail "$@"
		[ "$status" -eq 1 ]
		[[ $output == *"'postgresql://...' is a PostgreSQL database: this version"* ]]
		[[ $output != *secret* ]]
	done
	[ -z "$(ls -A)" ]
}

@test "a value of --fail-if that can never be, or is not there" {
	export MAILTLS_POLICIES=$here/policies MAILTLS_CONFIG=/dev/null
	run "$bin/mailtls-report" --fail-if='legacy_share > 101%' /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"101% can never be: a share is 100% at most"* ]]
	run "$bin/mailtls-report" --fail-if='legacy_share >' /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"legacy_share is to be compared with a value"* ]]
}

@test "what is only the beginning of a policy's name is near it" {
	export MAILTLS_POLICIES=$here/policies MAILTLS_CONFIG=/dev/null
	run "$bin/mailtls-report" --view=compliance --policy=mozila /dev/null
	[ "$status" -eq 2 ]
	[[ $output == *'the nearest is "mozilla-'* ]]
}

# Stamps without a year that go on for more than a year, in so many hours that much of them is
# counted before that is seen.
long_log() {
	awk 'BEGIN {
		split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Jan", months)
		for (m = 1; m <= 12; m++)
			for (d = 1; d <= 28; d++)
				for (h = 0; h < 24; h++)
					for (i = 0; i < 2; i++)
						printf "%s %2d %02d:00:01 mx postfix/smtpd[9]: Anonymous TLS connection established from a[192.0.2.1]: TLSv1.%d with cipher AES128-SHA (128/128 bits)\n", months[m], d, h, i + 1
	}'
}

@test 'of a log that spans more than a year nothing counts, and of the others all' {
	bats_require_minimum_version 1.5.0
	long_log >long.log
	view="--quiet --format=csv --view=protocols"
	# shellcheck disable=SC2086 # several words
	"$bin/mailtls-report" $view mail.log >expected
	said="mailtls-report: long.log: its time stamps have no year and span more than twelve months; say the year of its first line with --year; it is left out"
	for logs in 'long.log mail.log' 'mail.log long.log'; do
		# shellcheck disable=SC2086
		refused "$said" "$bin/mailtls-report" $view $logs
		diff expected - <<<"$output"
	done
}

@test 'what is wrong with a log is said while its pipe is still open' {
	mkfifo pipe
	{ long_log && exec sleep 60; } >pipe &
	writer=$!
	run timeout 30 "$bin/mailtls-report" --quiet - <pipe
	kill "$writer" 2>/dev/null || true # it ends if nobody reads what it still writes
	[ "$status" -eq 1 ]
	[[ $output == *"standard input: its time stamps have no year and span more than twelve months"* ]]
}
