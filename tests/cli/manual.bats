#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# The manual pages say what the programs do: options, views, columns and examples are held against
# the programs themselves, in both directions.

programs="mailtlsd mailtls-report mailtls-import mailtls-pattern mailtls-store"

setup() {
	build=${BUILD:-build}
	export MAILTLS_STORE="$BATS_TEST_TMPDIR/none.db" TZ=UTC LC_ALL=C
}

page() {
	ls "man/$1".[18]
}

same() {
	[ -s "$1" ]
	diff "$1" "$2"
}

# terms PAGE: the .It lines of a page as "SECTION WORD", quoting and markup taken off; a word that
# is not a name (a comma, an Ar) is left out.
terms() {
	awk '
		/^\.S[hs] / { section = $2; sub(/,$/, "", section) }
		/^\.It Cm / {
			for (i = 3; i <= NF; i++)
				if ($i ~ /^[a-z][a-z0-9_.-]*$/)
					print section, $i
		}' "$1"
}

# section PAGE NAME: the names of one section.
section() {
	terms "$1" | awk -v section="$2" '$1 == section { print $2 }'
}

views() {
	"$build/mailtls-report" --view no-such-view tests/data/sample-exim.log 2>&1 |
		sed -n 's/.*expected one of \([^;]*\).*/\1/p' | tr -d ' ' | tr , '\n'
}

columns() {
	"$build/mailtls-report" --format csv --view "$1" --since 2026-01-01 tests/data/sample-exim.log \
		2>/dev/null | head -1 | tr , '\n'
}

@test "every page is clean mdoc" {
	mandoc -T lint -W warning man/*.[1-9]
}

@test "every program has a page, and every page a program or a format" {
	for program in $programs; do
		[ -f "$(page "$program")" ]
	done
	for page in man/*.[18]; do
		case " $programs " in
		*" $(basename "${page%.*}") "*) ;;
		*) false ;;
		esac
	done
}

@test "pages that a page points to exist" {
	awk '$1 == ".Xr" && $2 ~ /^mailtls/ { print "man/" $2 "." $3 }' man/*.[1-9] | sort -u >"$BATS_TEST_TMPDIR/pages"
	[ -s "$BATS_TEST_TMPDIR/pages" ]
	while read -r page; do
		[ -f "$page" ]
	done <"$BATS_TEST_TMPDIR/pages"
}

@test "long options: --help and page name the same" {
	for program in $programs; do
		"$build/$program" --help >"$BATS_TEST_TMPDIR/help.txt"
		sed -nE 's/^ +(-., )?--([a-z][a-z-]*).*/\2/p' "$BATS_TEST_TMPDIR/help.txt" |
			sort >"$BATS_TEST_TMPDIR/help"
		sed -nE 's/^\.It Fl (.* Fl )?-([a-z][a-z-]*).*/\2/p' \
			"$(page "$program")" | sort >"$BATS_TEST_TMPDIR/page"
		same "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/page"
	done
}

@test "an option takes a value in --help exactly where it does in the page" {
	for program in $programs; do
		"$build/$program" --help | sed -nE 's/^ +(-., )?--([a-z][a-z-]*)=.*/\2/p' |
			sort >"$BATS_TEST_TMPDIR/help"
		sed -nE 's/^\.It Fl (.* Fl )?-([a-z][a-z-]*) Ns = Ns .*/\2/p' "$(page "$program")" |
			sort >"$BATS_TEST_TMPDIR/page"
		same "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/page"
	done
}

@test "every view is described, and no other" {
	views | sort >"$BATS_TEST_TMPDIR/views"
	section man/mailtls-report.1 Views | sort >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/views" "$BATS_TEST_TMPDIR/page"
}

@test "every dimension of --by is described, and no other" {
	"$build/mailtls-report" --by no-such-thing tests/data/sample-exim.log 2>&1 |
		sed -n 's/.*expected one of \([^;]*\).*/\1/p' | tr -d ' ' | tr , '\n' |
		sort >"$BATS_TEST_TMPDIR/dimensions"
	awk '
		/^\.It / { inside = /Fl -by/ }
		inside && /^\.Cm / {
			for (i = 2; i <= NF; i++)
				if ($i ~ /^[a-z][a-z-]*$/)
					print $i
		}' man/mailtls-report.1 | sort -u >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/dimensions" "$BATS_TEST_TMPDIR/page"
}

@test "every CSV column of every view is described, and no other" {
	views >"$BATS_TEST_TMPDIR/views"
	[ -s "$BATS_TEST_TMPDIR/views" ]
	while read -r view; do
		columns "$view" | sort >"$BATS_TEST_TMPDIR/columns"
		{
			section man/mailtls-report.1 CSV
			case $view in
			summary | protocols) section man/mailtls-report.1 summary ;;
			peers | users) section man/mailtls-report.1 peers ;;
			trend) echo protocol && section man/mailtls-report.1 trend ;;
			*) section man/mailtls-report.1 "$view" ;;
			esac
		} | sort >"$BATS_TEST_TMPDIR/page"
		echo "view $view"
		same "$BATS_TEST_TMPDIR/columns" "$BATS_TEST_TMPDIR/page"
	done <"$BATS_TEST_TMPDIR/views"
}

@test "every metric is described, and no other; every format too" {
	"$build/mailtls-import" --quiet --year=2026 --store="$BATS_TEST_TMPDIR/s.db" \
		tests/data/sample-postfix.log >/dev/null
	"$build/mailtls-report" --store="$BATS_TEST_TMPDIR/s.db" --since=2026-10-01 --format=prometheus |
		sed -n 's/^# TYPE \([^ ]*\).*/\1/p' | sort >"$BATS_TEST_TMPDIR/metrics"
	sed -n '/^\.Sh METRICS/,/^\.Sh ENV/p' man/mailtls-report.1 | grep '^\.' |
		grep -oE 'mailtls_[a-z_]+' | sort -u >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/metrics" "$BATS_TEST_TMPDIR/page"
	"$build/mailtls-report" --format zzz 2>&1 |
		sed -n 's/.*expected one of \([^;]*\).*/\1/p' | tr -d ' ' | tr , '\n' | sort >"$BATS_TEST_TMPDIR/formats"
	section man/mailtls-report.1 Formats | sort >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/formats" "$BATS_TEST_TMPDIR/page"
}

@test "the keys of mailtls-pattern's NDJSON are described, and no other" {
	"$build/mailtls-pattern" match tests/data/sample-exim.log | head -1 | jq -r 'keys[]' |
		sort >"$BATS_TEST_TMPDIR/keys"
	section man/mailtls-pattern.1 Facts | grep -vE '^(handshake|session|failure)$' |
		sort >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/keys" "$BATS_TEST_TMPDIR/page"
}

@test "the file of costs of the manual is one" {
	sed -n '/^measured: /,/^\.Ed/p' man/mailtls-report.1 | sed "/^\.Ed/d; s/\\\\(aq/'/g" \
		>"$BATS_TEST_TMPDIR/costs.yaml"
	"$build/mailtls-report" --quiet --format=csv --cost="$BATS_TEST_TMPDIR/costs.yaml" tests/data/sample-exim.log |
		grep -q 'OpenSSL 3.0.22, mx1, 2026-11-27: keys of '
}

@test "every operation of a file of costs is described, and no other" {
	for section in sign exchange; do
		printf '%s:\n  zzz: 1\n' "$section" >"$BATS_TEST_TMPDIR/costs.yaml"
		"$build/mailtls-report" --cost="$BATS_TEST_TMPDIR/costs.yaml" 2>&1 | sed 's/.*its keys: //' | tr -d ' ' | tr , '\n'
	done | sort >"$BATS_TEST_TMPDIR/operations"
	sed -n '/^\.Ss Costs/,/^\.Ss Formats/p' man/mailtls-report.1 | grep -v 'openssl speed' |
		sed -n 's/^\.Ql //p' | tr -d ' .;' | tr -s , '\n' | grep . | sort >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/operations" "$BATS_TEST_TMPDIR/page"
}

@test "the pattern file of the manual is one" {
	sed -n '/^\.Sh EXAMPLES/,$p' man/mailtls-patterns.5 | sed -n '/^mta: example/,/^\.Ed/p' |
		sed '/^\.Ed/d; s/\\e/\\/g' \
		>"$BATS_TEST_TMPDIR/example.yaml"
	"$build/mailtls-pattern" check "$BATS_TEST_TMPDIR/example.yaml"
}

@test "the policy of the manual is one" {
	mkdir "$BATS_TEST_TMPDIR/policies"
	sed -n '/^policy: our-rule/,/^\.Ed/p' man/mailtls-policies.5 | sed '/^\.Ed/d' \
		>"$BATS_TEST_TMPDIR/policies/our-rule.yaml"
	"$build/mailtls-report" --policies="$BATS_TEST_TMPDIR/policies" --policy=list |
		grep -q '^our-rule  2026-11-24  What we promised our customers$'
}

@test "every policy is described, and no other" {
	"$build/mailtls-report" --policy=list | sed -n 's/^\([a-z][^ ]*\) .*/\1/p' | sort \
		>"$BATS_TEST_TMPDIR/policies"
	section man/mailtls-policies.5 Installed | sort >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/policies" "$BATS_TEST_TMPDIR/page"
}
