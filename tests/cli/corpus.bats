#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# A few thousand lines of every kind that the benchmark's generator writes, decoys included: the
# report's counts must be the true ones, and the generator must write the same bytes everywhere.

setup() {
	build=${BUILD:-build}
	log="$BATS_TEST_TMPDIR/corpus.log"
	truth="$BATS_TEST_TMPDIR/corpus.tsv"
	counted="$BATS_TEST_TMPDIR/counted"
	export MAILTLS_STORE="$BATS_TEST_TMPDIR/corpus.db" TZ=UTC LC_ALL=C
}

corpus() {
	"$build/tests/corpus" --mode "$1" --seed "$2" --bytes 3000000 --out "$log" --truth "$truth"
}

counts_are_true() {
	awk -f tests/bench/check-counts.awk "$truth" "$counted".*
}

# Handshakes, sessions and failures: each has its view.
report() {
	for view in ciphers protocols failures; do
		"$build/mailtls-report" --format csv --view "$view" --raw "$@" >"$counted.$view"
	done
}

# answer_of PROGRAM: what it says of the log, with what became of its lines.
answer_of() {
	"$1" --format json --view ciphers --raw "$log"
}

# As this machine runs it; as one without AVX2; and without machine code for the patterns.
true_counts_of() {
	corpus "$1" 7
	report "$log"
	counts_are_true
	answer_of "$build/mailtls-report" >"$BATS_TEST_TMPDIR/fast"
	answer_of "$build/tests/mailtls-report-portable" | cmp "$BATS_TEST_TMPDIR/fast" -
	MAILTLS_NO_JIT=1 answer_of "$build/mailtls-report" | cmp "$BATS_TEST_TMPDIR/fast" -
}

@test "mixed Postfix and Dovecot" {
	true_counts_of mixed
}

@test "Postfix with RFC 3339 stamps" {
	true_counts_of postfix-rfc3339
}

@test "Exim's own log" {
	true_counts_of exim
}

@test "Dovecot's own log" {
	true_counts_of dovecot
}

@test "a thousand hosts, some old, some silent" {
	true_counts_of hosts
}

@test "a Postfix without TLS" {
	true_counts_of quiet
}

@test "a log that strangers wrote" {
	true_counts_of hostile
	[ "$(grep -cvE 'TLS|SSL|cipher' "$log")" -eq 0 ]
}

@test "imported in two halves, then again" {
	corpus mixed 8
	head -c 1000000 "$log" >"$BATS_TEST_TMPDIR/mail.log"
	"$build/mailtls-import" --store "$MAILTLS_STORE" "$BATS_TEST_TMPDIR/mail.log"
	cp "$log" "$BATS_TEST_TMPDIR/mail.log"
	"$build/mailtls-import" --store "$MAILTLS_STORE" "$BATS_TEST_TMPDIR/mail.log"
	"$build/mailtls-import" --store "$MAILTLS_STORE" "$BATS_TEST_TMPDIR/mail.log"
	report --store "$MAILTLS_STORE" --since 2000-01-01
	counts_are_true
}

@test "in many small files, sessions cut anywhere" {
	corpus mixed 9
	split -C 40k "$log" "$BATS_TEST_TMPDIR/part."
	report "$BATS_TEST_TMPDIR"/part.*
	counts_are_true
}

@test "the check of counts sees a difference of one" {
	corpus mixed 7
	report "$log"
	counts_are_true
	awk -F '\t' -v OFS='\t' '$2 == "handshake" && !done { $7++; done = 1 } { print }' "$truth" \
		>"$truth.new"
	mv "$truth.new" "$truth"
	run counts_are_true
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
}

# gcc and clang agree on these sums; a change of the generator changes them.
@test "the same seed gives the same bytes" {
	for mode in mixed postfix-rfc3339 exim dovecot hosts journal quiet hostile; do
		corpus "$mode" 1
		echo "$mode $(cksum <"$log") $(cksum <"$truth")"
	done >"$BATS_TEST_TMPDIR/sums"
	diff "$BATS_TEST_TMPDIR/sums" - <<-END
		mixed 2850698452 3043289 3907911494 6731
		postfix-rfc3339 2019864527 3047983 280019825 4659
		exim 3403657333 3006169 2573675604 2389
		dovecot 3107576604 3018163 2512386470 3186
		hosts 908837125 3048259 1779063098 6827
		journal 1423163889 3158583 3234653789 4269
		quiet 1202870522 3036508 2593725121 157
		hostile 2749515291 3015103 3452241049 1153
	END
}
