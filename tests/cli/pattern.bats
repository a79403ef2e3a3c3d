#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# mailtls-pattern: what check, explain and match print, held against golden files.
# UPDATE_GOLDEN=1 rewrites them: read the difference before you commit it.

setup() {
	tool=$PWD/${BUILD:-build}/mailtls-pattern
	golden=$PWD/tests/golden/pattern
	export MAILTLS_PATTERNS=patterns TZ=UTC
}

# same NAME: the output and the status of the last `run` are those of the golden file.
same() {
	printf '%s\nstatus %s\n' "$output" "$status" >"$BATS_TEST_TMPDIR/out"
	[ -z "${UPDATE_GOLDEN:-}" ] || cp "$BATS_TEST_TMPDIR/out" "$golden/$1"
	diff -u "$golden/$1" "$BATS_TEST_TMPDIR/out"
}

# broken NAME: a pattern file from standard input, checked.
broken() {
	cat >"$BATS_TEST_TMPDIR/$1.yaml"
	cd "$BATS_TEST_TMPDIR" || return 1
	run "$tool" check "$1.yaml"
	same "$1"
}

@test 'check: the shipped files' {
	run "$tool" check patterns
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq "$(find patterns -name '*.yaml' ! -name reasons.yaml | wc -l)" ]
	for line in "${lines[@]}"; do
		[[ $line == *'proved by their samples' ]]
	done
}

@test 'check: a shipped file alone, held against the reasons that count' {
	run "$tool" check patterns/postfix.yaml
	[ "$status" -eq 0 ]
	[[ $output == 'patterns/postfix.yaml: postfix: '*' patterns, proved by their samples' ]]
}

@test 'check: a folder without pattern files' {
	run "$tool" check "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[ "$output" = "mailtls-pattern: $BATS_TEST_TMPDIR: holds no pattern file" ]
}

@test 'check: TAP' {
	run "$tool" check --tap patterns/cyrus.yaml
	same tap
}

@test 'check: a sample that fails says how far the nearest pattern came' {
	broken sample-fails <<'END'
mta: toy
header: syslog
idents: [{match: toyd, as: toyd, direction: in, silence: none}]
patterns:
  - {name: hello, literal: TLS ok, event: handshake, regex: 'TLS ok (?<protocol>TLSv[\d.]+) from (?<peer>\S+)$'}
samples:
  - lines: |
      Nov 23 10:01:50 mx1 toyd[7]: TLS ok TLSv1.2 at 192.0.2.1
    facts: [{fact: handshake, protocol: TLSv1.2}]
  - lines: |
      Nov 23 10:01:50 mx1 toyd[7]: TLS ok TLSv1.2 from 192.0.2.1
    facts: [{fact: handshake, protocol: TLSv1.2}]
END
	[ "$status" -eq 1 ]
}

@test 'check: a wrong key has its line and column' {
	broken wrong-key <<'END'
mta: toy
header: syslog
idents: [{match: toyd, as: toyd}]
patern: []
END
	[ "$status" -eq 1 ]
}

@test 'explain: a line that is understood' {
	run "$tool" explain '2026-11-23T10:01:51Z mx1 postfix/smtpd[9]: Anonymous TLS connection established from b2.example.org[198.51.100.77]: TLSv1.1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)'
	same explain
}

@test 'explain: a line that was cut' {
	run "$tool" explain '2026-11-23T10:01:51Z mx1 postfix/smtpd[9]: Anonymous TLS connection established from b2.example.org[198.51.100.77]: TLSv1.1 with cipher ECDHE-RS'
	same explain-cut
}

@test 'explain: a line of nobody, with an escape sequence in it' {
	run "$tool" explain "$(printf '2026-11-23T10:01:51Z mx1 sshd[9]: \033[31mTLS')"
	same explain-nobody
}

@test 'match: NDJSON' {
	run "$tool" match tests/data/one-liner-wrong.log
	same match-ndjson
	printf '%s\n' "$output" | jq -e . >"$BATS_TEST_TMPDIR/parsed"
}

@test 'match: a table, of one mta' {
	run "$tool" match --format=table --mta=dovecot tests/data/real-dovecot.log
	same match-table
}

@test 'match: the summary' {
	run "$tool" match --summary tests/data/real-postfix.log tests/data/real-exim.log
	same match-summary
}

@test 'match: a log that is not there does not stop the others' {
	run "$tool" match --format=table /nonexistent tests/data/one-liner.log
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -gt 1 ]
	[[ ${lines[0]} == *"'/nonexistent' does not exist"* ]]
}

@test 'wrong calls' {
	run "$tool"
	[ "$status" -eq 2 ]
	run "$tool" tell
	[ "$status" -eq 2 ]
	run "$tool" match
	[ "$status" -eq 2 ]
	run "$tool" match --format=xml x
	[ "$status" -eq 2 ]
	run "$tool" --nonsense
	[ "$status" -eq 2 ]
	[[ $output == *'see mailtls-pattern --help'* ]]
}
