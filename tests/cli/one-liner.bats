#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The line of the BetterCrypto guide that mailtls grew out of.  On a log that it can read, both must
# give the same numbers; then each line that it reads wrong, with what it prints and what is true.

setup() {
	build=${BUILD:-build}
	found="$BATS_TEST_TMPDIR/found"
	export MAILTLS_STORE="$BATS_TEST_TMPDIR/none.db" TZ=UTC LC_ALL=C
}

one_liner() {
	zegrep "TLS connection established from.*with cipher" "$1" | awk '{printf("%s %s %s %s\n", $12, $13, $14, $15)}' | sort | uniq -c | sort -n | sed 's/^ *//'
}

# handshakes LOG [OPTION...]: "N DIRECTION SERVICE PROTOCOL CIPHER" a line, as the report has them,
# into $found.  Fails with the report, so an empty $found means that nothing was counted.
handshakes() {
	local log=$1
	shift
	"$build/mailtls-report" --format csv --view ciphers --mta postfix "$@" "$log" \
		>"$BATS_TEST_TMPDIR/report.csv"
	head -1 "$BATS_TEST_TMPDIR/report.csv" | grep -q '^schema,view,'
	awk -F , '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		$column["handshakes"] > 0 {
			print $column["handshakes"], $column["direction"], $column["service"],
			    $column["protocol"], $column["cipher_raw"]
		}' "$BATS_TEST_TMPDIR/report.csv" | sort >"$found"
}

# differs N PRINTED TRUE: what the one-liner prints of the Nth line of the log of mistakes, and what
# the report says.
differs() {
	local log=$BATS_TEST_TMPDIR/line.log
	sed -n "$1p" tests/data/one-liner-wrong.log >"$log"
	[ "$(wc -l <"$log")" -eq 1 ]
	diff <(printf '%s' "${2:+$2
}") <(one_liner "$log")
	handshakes "$log"
	diff <(printf '%s' "${3:+$3
}") "$found"
}

@test "a log that the one-liner can read: the same numbers for each protocol and cipher" {
	local expected="1 SSLv3 RC4-SHA
1 TLSv1.0 DES-CBC3-SHA
1 TLSv1.2 AES128-SHA
11 TLSv1.3 TLS_AES_256_GCM_SHA384
2 TLSv1.1 ECDHE-RSA-AES256-SHA
3 TLSv1.0 ECDHE-RSA-AES256-SHA
3 TLSv1.3 TLS_AES_128_GCM_SHA256
4 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256
7 TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384"

	# Postfix calls TLSv1.0 TLSv1.
	diff <(echo "$expected") <(one_liner tests/data/one-liner.log |
		sed 's/ with cipher / /; s/ TLSv1 / TLSv1.0 /' | sort)
	# The report tells services apart, the one-liner does not.
	handshakes tests/data/one-liner.log --direction in
	diff <(echo "$expected") <(awk '
		{ n[$4 " " $5] += $1 }
		END { for (k in n) print n[k], k }' "$found" | sort)
}

@test "the same numbers from the log after it was compressed" {
	local packed=$BATS_TEST_TMPDIR/mail.log.2.gz
	gzip -c tests/data/one-liner.log >"$packed"
	diff <(one_liner tests/data/one-liner.log) <(one_liner "$packed")
	handshakes tests/data/one-liner.log
	cp "$found" "$BATS_TEST_TMPDIR/plain"
	[ -s "$BATS_TEST_TMPDIR/plain" ]
	handshakes "$packed"
	diff "$BATS_TEST_TMPDIR/plain" "$found"
}

@test "an RFC 3339 stamp is one word, not three: the one-liner loses the protocol" {
	differs 1 "1 cipher TLS_AES_256_GCM_SHA384 (256/256 bits)" \
		"1 in mx TLSv1.3 TLS_AES_256_GCM_SHA384"
}

@test "a server name (SNI) moves the words: the one-liner loses the cipher" {
	differs 2 "1 to mx1.example.org: TLSv1.3 with" \
		"1 in mx TLSv1.3 TLS_AES_256_GCM_SHA384"
}

@test "Postfix 2.2 writes no trust word: the one-liner loses the protocol" {
	differs 3 "1 with cipher DHE-RSA-AES256-SHA (256/256" \
		"1 in mx TLSv1.0 DHE-RSA-AES256-SHA"
}

@test "a client's port is no trouble for either" {
	differs 4 "1 TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384" \
		"1 in mx TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384"
}

@test "postscreen's handshake is told apart: the client comes back and shakes hands again" {
	differs 5 "1 TLSv1.3 with cipher TLS_AES_256_GCM_SHA384" \
		"1 in postscreen TLSv1.3 TLS_AES_256_GCM_SHA384"
}

@test "outbound mail is not seen by the one-liner" {
	differs 6 "" "1 out relay TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384"
}

@test "a subject that reads like a handshake is counted by the one-liner" {
	differs 7 "1 connection established from x[192.0.2.7]:" ""
}

@test "a HELO name that reads like a handshake is counted by the one-liner" {
	differs 8 "1 5.5.2 <TLS connection established" ""
}

@test "tlsproxy's second line about an outbound handshake is counted by neither" {
	differs 9 "" ""
}

@test "two mistakes that cancel out: RFC 3339 with SNI is right by luck" {
	differs 10 "1 TLSv1 with cipher AES256-SHA" "1 in mx TLSv1.0 AES256-SHA"
}

@test "the whole log of mistakes: of ten lines seven are handshakes, the one-liner prints eight" {
	[ "$(wc -l <tests/data/one-liner-wrong.log)" -eq 10 ]
	handshakes tests/data/one-liner-wrong.log
	diff "$found" - <<-END
		1 in mx TLSv1.0 AES256-SHA
		1 in mx TLSv1.0 DHE-RSA-AES256-SHA
		1 in mx TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384
		1 in postscreen TLSv1.3 TLS_AES_256_GCM_SHA384
		1 out relay TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384
		2 in mx TLSv1.3 TLS_AES_256_GCM_SHA384
	END
	[ "$(one_liner tests/data/one-liner-wrong.log | awk '{ n += $1 } END { print n }')" -eq 8 ]
	# and of the eight only three have protocol and cipher in their places
	[ "$(one_liner tests/data/one-liner-wrong.log | grep -Ec '^1 TLSv1[.0-9]* with cipher')" -eq 3 ]
}
