#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Policies as users meet them: what is listed, how one's own are added, and whether a policy that is
# written as rules says the same as the program it was taken from.

setup() {
	build=${BUILD:-build}
	log=tests/data/sample-postfix.log
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_POLICIES=$PWD/policies
	export MAILTLS_STORE="$BATS_TEST_TMPDIR/none.db" TZ=UTC LC_ALL=C
}

@test "--policy=list names every policy once, with a date and a source" {
	"$build/mailtls-report" --policy=list >"$BATS_TEST_TMPDIR/list"
	[ "$(grep -c '^[a-z]' "$BATS_TEST_TMPDIR/list")" -eq "$(ls policies/*.yaml | wc -l)" ]
	for policy in policies/*.yaml; do
		name=$(basename "$policy" .yaml)
		grep -A1 "^$name  *20[0-9-]*  *[A-Z]" "$BATS_TEST_TMPDIR/list" | grep -q '^  *[A-Z]*.*[A-Za-z]'
	done
}

# A log in which every suite that openssl knows was used, each with a peer of its own.
all_suites() {
	local number=0
	openssl ciphers 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' | tr : '\n' | while read -r suite; do
		version=TLSv1.2
		[[ $suite != TLS_* ]] || version=TLSv1.3
		number=$((number + 1))
		echo "2026-11-24T10:00:00+00:00 mx1 postfix/smtpd[7]: Anonymous TLS connection established from a.example.org[203.0.113.$number]: $version with cipher $suite (128/128 bits)"
	done >"$BATS_TEST_TMPDIR/all.log"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/all.log")" -gt 100 ]
}

# suites POLICY WORD: of all these, those that the policy gives this word.
suites() {
	all_suites
	"$build/mailtls-report" --quiet --view=ciphers --raw --format=json --policy="$1" "$BATS_TEST_TMPDIR/all.log" |
		jq -r --arg word "$2" '.rows[] | select(.verdict == $word) | .cipher_raw' | sort
}

@test "postfix-default accepts what OpenSSL makes of Postfix's own list" {
	[ "$(suites postfix-default accepted | wc -l)" -gt 50 ]
	[ "$(suites postfix-default unknown | wc -l)" -eq 0 ]
	openssl ciphers 'aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:@STRENGTH' |
		tr : '\n' | sort | diff - <(suites postfix-default accepted)
}

@test "mozilla-intermediate is its nine suites and no other" {
	suites mozilla-intermediate-6.0 ok | diff - <(sort <<-'END'
		ECDHE-ECDSA-AES128-GCM-SHA256
		ECDHE-ECDSA-AES256-GCM-SHA384
		ECDHE-ECDSA-CHACHA20-POLY1305
		ECDHE-RSA-AES128-GCM-SHA256
		ECDHE-RSA-AES256-GCM-SHA384
		ECDHE-RSA-CHACHA20-POLY1305
		TLS_AES_128_GCM_SHA256
		TLS_AES_256_GCM_SHA384
		TLS_CHACHA20_POLY1305_SHA256
	END
	)
}

@test "what Postfix is told to exclude is what was asked about" {
	# no mail server has keys or passwords for the others
	mail_only() {
		grep -vE 'PSK|SRP'
	}
	all_suites
	for item in CBC SHA1 kx=RSA DHE CAMELLIA ARIA AES CHACHA20 CCM8 ANON NULL ECDHE GCM DSS; do
		"$build/mailtls-report" --quiet --disable="$item" --format=json "$BATS_TEST_TMPDIR/all.log" \
			>"$BATS_TEST_TMPDIR/report"
		words=$(jq -r '[.settings[] | select(.direction == "in" and .step == "set") | .text][0]' \
			"$BATS_TEST_TMPDIR/report" | sed 's/.* = (what it is now, if anything), //')
		echo "$item: $words"
		# gone by mailtls: the suites of the peers that are listed
		jq -r '.rows[].peer' "$BATS_TEST_TMPDIR/report" |
			while read -r peer; do
				sed -n "s/.*\\[$peer\\]: TLSv1.2 with cipher \\([^ ]*\\).*/\\1/p" "$BATS_TEST_TMPDIR/all.log"
			done | mail_only | sort >"$BATS_TEST_TMPDIR/gone"
		[ -s "$BATS_TEST_TMPDIR/gone" ]
		# gone by openssl, that cuts the list as Postfix does
		excluded=$(echo ", $words" | sed 's/, /:!/g')
		comm -23 <(sed -n 's/.*: TLSv1.2 with cipher \([^ ]*\).*/\1/p' "$BATS_TEST_TMPDIR/all.log" | sort) \
			<(openssl ciphers "ALL:COMPLEMENTOFALL:@SECLEVEL=0$excluded" | tr : '\n' | sort) |
			mail_only | diff "$BATS_TEST_TMPDIR/gone" -
	done
}

@test "a house rule is found by folder, by the environment and by the configuration" {
	mkdir "$BATS_TEST_TMPDIR/policies"
	cat >"$BATS_TEST_TMPDIR/policies/house.yaml" <<-'END'
		policy: house
		title: Only the newest
		date: 2026-11-24
		source: the boss
		suites:
		  - {rule: new, verdict: ok, word: fine, when: {protocol: TLSv1.3}}
		  - {rule: old, verdict: broken, word: gone, requirement: TLS 1.3}
	END
	words() {
		"$build/mailtls-report" --quiet --year=2026 --view=ciphers --format=json "$@" "$log" |
			jq -c '[.rows[] | [.protocol, .verdict]] | unique'
	}
	expected='[["TLSv1.0","gone"],["TLSv1.2","gone"],["TLSv1.3","fine"]]'
	[ "$(words --policy=house --policies="$BATS_TEST_TMPDIR/policies")" = "$expected" ]
	# without the default policy, the first of the folder
	[ "$(MAILTLS_POLICIES=$BATS_TEST_TMPDIR/policies words)" = "$expected" ]
	printf 'policies: %s/policies\n' "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/mailtls.yaml"
	# a program finds what lies beside its folder
	mkdir -p "$BATS_TEST_TMPDIR/tree/build"
	cp -r policies "$BATS_TEST_TMPDIR/tree"
	cp "$build/mailtls-report" "$BATS_TEST_TMPDIR/tree/build"
	build=$BATS_TEST_TMPDIR/tree/build
	unset MAILTLS_POLICIES
	[ "$(words --policy=house --config="$BATS_TEST_TMPDIR/mailtls.yaml")" = "$expected" ]
	# beside the installed ones
	"$build/mailtls-report" --config="$BATS_TEST_TMPDIR/mailtls.yaml" --policy=list | grep -q '^bcp195-2026 '
	run "$build/mailtls-report" --policy=house "$log"
	[ "$status" -eq 2 ]
}
