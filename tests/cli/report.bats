#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# mailtls-report as people and programs call it: every view in every format as it was when somebody
# last looked at it (tests/golden/report/; UPDATE_GOLDEN=1 rewrites, read the difference), what other
# programs make of its formats, and what it does with a wrong call.

logs="postfix dovecot"
formats="table csv json ndjson markdown html"

setup() {
	build=${BUILD:-build}
	golden=tests/golden/report
	log=tests/data/sample-postfix.log
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_STORE="$BATS_TEST_TMPDIR/none.db"
	export TZ=UTC LC_ALL=C COLUMNS=80
	unset NO_COLOR
}

# Nothing in a report may depend on today.
report() {
	"$build/mailtls-report" --quiet --now=2026-11-24 --tz=UTC --year=2026 "$@"
}

views() {
	"$build/mailtls-report" --view no-such-view 2>&1 |
		sed -n 's/.*expected one of \([^;]*\).*/\1/p' | tr -d ' ' | tr , '\n'
}

# The style of a page is src/report/page.css.
without_style() {
	sed "/^<style>/,/^<\/style>/d; s/sha256-[^']*/sha256-HASH/"
}

# options_of VIEW: what it cannot do without.
options_of() {
	[ "$1" != diff ] || echo --since=2026-10-12
}

# as_golden NAME OPTION...: the report, with what goes to standard error, is the golden file NAME.
as_golden() {
	local name=$1
	shift
	report "$@" 2>&1 | without_style >"$BATS_TEST_TMPDIR/$name"
	[ -z "${UPDATE_GOLDEN:-}" ] || cp "$BATS_TEST_TMPDIR/$name" "$golden/$name"
	diff -u "$golden/$name" "$BATS_TEST_TMPDIR/$name"
}

each_view() {
	for view in $(views); do
		for name in $logs; do
			# shellcheck disable=SC2046
			as_golden "$name.$view.$1" --view="$view" --format="$1" $(options_of "$view") \
				"tests/data/sample-$name.log"
		done
	done
}

@test "every view as a table" {
	[ -z "${UPDATE_GOLDEN:-}" ] || rm -f "$golden"/*
	each_view table
	awk 'length > 80 { print FILENAME ": " $0; wide = 1 } END { exit wide }' "$golden"/*.table
}

@test "every view as CSV" {
	each_view csv
}

@test "every view as JSON" {
	each_view json
}

@test "every view as NDJSON" {
	each_view ndjson
}

@test "every view as Markdown" {
	each_view markdown
}

@test "every view as a page" {
	each_view html
}

@test "the metrics of a summary" {
	for name in $logs; do
		as_golden "$name.summary.prometheus" --format=prometheus "tests/data/sample-$name.log"
	done
}

@test "a wide summary has sparklines" {
	LC_ALL=C.UTF-8 COLUMNS=200 as_golden postfix.summary.wide tests/data/sample-postfix.log
	grep -q '[▁▂▃▄▅▆▇█]' "$golden/postfix.summary.wide"
}

@test "a trend of other things than protocols" {
	as_golden postfix.trend-reason.csv --by=reason,week --format=csv "$log"
	as_golden postfix.trend-weekday.table --by=weekday,cipher --top=3 "$log"
}

@test "who would break if something else were switched off" {
	as_golden postfix.disable-policy.table --disable=ncsc-nl-2025,CBC "$log"
	as_golden postfix.disable-domain.csv --disable=TLSv1.0,TLSv1.2 --by=domain --format=csv "$log"
}

@test "what handshakes cost" {
	as_golden postfix.cost.csv --cost=tests/data/costs.yaml --bucket=week --format=csv "$log"
	as_golden postfix.cost.table --cost=tests/data/costs.yaml --bucket=week "$log"
}

@test "golden files are of views and formats that exist" {
	{
		for view in $(views); do
			for format in $formats; do
				for name in $logs; do
					echo "$name.$view.$format"
				done
			done
		done
		echo postfix.cost.csv
		echo postfix.cost.table
		echo postfix.disable-policy.table
		echo postfix.disable-domain.csv
		for name in $logs; do
			echo "$name.summary.prometheus"
		done
		echo postfix.summary.wide
		echo postfix.trend-reason.csv
		echo postfix.trend-weekday.table
	} | LC_ALL=C sort >"$BATS_TEST_TMPDIR/expected"
	diff "$BATS_TEST_TMPDIR/expected" <(ls "$golden")
}

@test "CSV, NDJSON and JSON hold the same rows: python's csv, sqlite and jq read them" {
	for view in $(views); do
		echo "view $view"
		call="--view=$view $(options_of "$view") $log"
		# shellcheck disable=SC2086
		{
			report --format=csv $call >"$BATS_TEST_TMPDIR/csv" 2>/dev/null
			report --format=ndjson $call >"$BATS_TEST_TMPDIR/ndjson" 2>/dev/null
			report --format=json $call >"$BATS_TEST_TMPDIR/json"
		}
		rows=$(jq '.rows | length' "$BATS_TEST_TMPDIR/json")
		[ "$rows" -gt 0 ]
		diff <(jq -c '.rows[]' "$BATS_TEST_TMPDIR/json") <(jq -c . "$BATS_TEST_TMPDIR/ndjson")
		# What CSV says in words is what NDJSON says in types.
		python3 - "$BATS_TEST_TMPDIR/csv" "$BATS_TEST_TMPDIR/ndjson" <<-'END'
			import csv, json, sys
			read = list(csv.DictReader(open(sys.argv[1], newline=""), strict=True))
			told = [json.loads(line) for line in open(sys.argv[2])]
			assert len(read) == len(told), (len(read), len(told))
			def text(value):
			    if value is None:
			        return ""
			    if isinstance(value, bool):
			        return "yes" if value else "no"
			    return "%.6f" % value if isinstance(value, float) else str(value)
			for row, facts in zip(read, told):
			    assert None not in row and None not in row.values(), row
			    assert row.keys() == facts.keys(), (row, facts)
			    for name, value in facts.items():
			        number = isinstance(value, (int, float)) and not isinstance(value, bool)
			        same = float(row[name]) == value if number else row[name] == text(value)
			        assert same, (name, row[name], value)
		END
		rm -f "$BATS_TEST_TMPDIR/db"
		sqlite3 "$BATS_TEST_TMPDIR/db" ".import --csv $BATS_TEST_TMPDIR/csv report" \
			>"$BATS_TEST_TMPDIR/complaints" 2>&1
		[ ! -s "$BATS_TEST_TMPDIR/complaints" ]
		[ "$(sqlite3 "$BATS_TEST_TMPDIR/db" 'SELECT count(*) FROM report')" -eq "$rows" ]
	done
}

@test "the store and the log give the same report" {
	"$build/mailtls-import" --quiet --year=2026 --peers=all --store="$BATS_TEST_TMPDIR/s.db" "$log" >/dev/null
	for view in $(views); do
		echo "view $view"
		since=$(options_of "$view")
		report --view="$view" --format=ndjson ${since:+"$since"} --until='2026-10-17 10:00' "$log" \
			>"$BATS_TEST_TMPDIR/log"
		report --view="$view" --format=ndjson "${since:---since=2026-10-01}" \
			--until='2026-10-17 10:00' --store="$BATS_TEST_TMPDIR/s.db" >"$BATS_TEST_TMPDIR/store"
		[ -s "$BATS_TEST_TMPDIR/log" ]
		known='del(.since_utc, .new_peers)'
		diff <(jq -c "$known" "$BATS_TEST_TMPDIR/log") <(jq -c "$known" "$BATS_TEST_TMPDIR/store")
	done
}

# Of a log no more peers are kept than a summary for people names.
@test "a summary of a log names whom one of a store names, whatever the policy" {
	named() { # OPTION...
		report --format=markdown --policy="$policy" "$@" | sed -n '/^### The peers that matter/,/^### /p'
	}
	other=tests/data/sample-dovecot.log
	"$build/mailtls-import" --quiet --year=2026 --peers=all --store="$BATS_TEST_TMPDIR/s.db" "$log" "$other" >/dev/null
	for policy in $(cd policies && printf '%s\n' *.yaml | sed 's/\.yaml$//'); do
		echo "policy $policy"
		named --since=2026-10-01 --store="$BATS_TEST_TMPDIR/s.db" >"$BATS_TEST_TMPDIR/$policy"
		diff <(named "$log" "$other") "$BATS_TEST_TMPDIR/$policy"
	done
	# they do not all name the same
	[ "$(cd "$BATS_TEST_TMPDIR" && md5sum -- *-* | cut -d ' ' -f 1 | sort -u | wc -l)" -gt 2 ]
}

# wrong STATUS WORDS OPTION...: it ends with this status, says this, and prints nothing.
wrong() {
	local status_expected=$1 words=$2
	shift 2
	run report "$@"
	echo "$*: $status $output"
	[ "$status" -eq "$status_expected" ]
	[[ $output == "mailtls-report: "*"$words"* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "a wrong call ends with 2 before a log is read" {
	local none=$BATS_TEST_TMPDIR/no-such.log
	wrong 2 'there is no view "nonsense": expected one of summary, ' --view=nonsense "$none"
	wrong 2 'there is no format "xml": expected one of table, ' --format=xml "$none"
	wrong 2 'cannot group by "colour": expected one of host, ' --by=colour "$none"
	wrong 2 'there is no view "sumary": did you mean "summary"?  Expected one of summary, ' --view=sumary "$none"
	wrong 2 'there is no format "cvs": did you mean "csv"?  Expected one of table, ' --format=cvs "$none"
	wrong 2 'cannot group by "protocl": did you mean "protocol"?  Expected one of host, ' --by=protocl "$none"
	wrong 2 'there is no direction "inn": did you mean "in"?  Expected one of ' --direction=inn "$none"
	wrong 2 'there is no service "submision": did you mean "submission"?  Expected one of ' \
		--service=submision "$none"
	wrong 2 'there is no service "smtp": expected one of ' --service=smtp "$none"
	wrong 2 'there is no unit "mail": expected one of ' --unit=mail "$none"
	wrong 2 "'fortnight' is not a bucket: expected one of hour, day, " --bucket=fortnight "$none"
	wrong 2 "'dya' is not a bucket: did you mean \"day\"?  Expected one of hour, day, " --bucket=dya "$none"
	wrong 2 "view peers cannot be split by time" --view=peers --bucket=day "$none"
	wrong 2 "view users cannot be split by time" --view=users --by=cipher "$none"
	wrong 2 "cannot group by family and by time" --by=family,weekday "$none"
	wrong 2 "view coverage cannot be split by time" --view=coverage --by=cipher "$none"
	wrong 2 "format prometheus has rows of its own" --format=prometheus --view=ciphers "$none"
	wrong 2 "format prometheus has rows of its own" --format=prometheus --by=cipher "$none"
	wrong 2 "cannot group by \"week\" and by \"day\"" --by=week,day "$none"
	wrong 2 'there is no policy "bcp196-2026": the nearest is "bcp195-2026"; --policy list' \
		--policy=bcp196-2026 "$none"
	wrong 2 'cannot disable "TLSv1.4": it is no protocol, property, suite or policy; the nearest is "TLSv1.0"' \
		--disable=TLSv1.4 "$none"
	wrong 2 'kx=RSA is the key exchange' --disable=RSA "$none"
	wrong 2 '--disable is for view if-disabled, not peers' --view=peers --disable=RC4 "$none"
	wrong 2 '--cost is for view capacity, not peers' --view=peers --cost=tests/data/costs.yaml "$none"
	wrong 2 "view capacity cannot be grouped by anything but host and time" --view=capacity --by=mta "$none"
	wrong 2 "cannot be grouped by the domain" --view=peers --by=domain "$none"
	wrong 2 "'some' is not a value of --internal" --internal=some "$none"
	wrong 2 "'maybe' is not a value of --color" --color=maybe "$none"
	wrong 2 "'0' is not a number of rows" --top=0 "$none"
	wrong 2 'is not before --until' --since=2026-11-02 --until=2026-11-01 "$none"
	wrong 2 'tomorrowish' --since=tomorrowish "$none"
	wrong 2 'Mars/Olympus' --tz=Mars/Olympus "$none"
	wrong 2 'no-such-option' --no-such-option "$none"
}

@test "a log that is not there ends with 1, and the others are reported" {
	run report --view=protocols --format=csv "$BATS_TEST_TMPDIR/no-such.log" "$log"
	[ "$status" -eq 1 ]
	[[ $output == *"no-such.log' does not exist"* ]]
	[[ $output == *,postfix,in,mx,* ]]
}

@test "--output puts a whole file in place, or leaves the old one" {
	local out=$BATS_TEST_TMPDIR/out/report.csv
	mkdir "$BATS_TEST_TMPDIR/out"
	echo old >"$out"
	run report --format=csv --view=nonsense --output="$out" "$log"
	[ "$status" -eq 2 ]
	[ "$(cat "$out")" = old ]
	report --format=csv --view=ciphers --output="$out" "$log" >"$BATS_TEST_TMPDIR/stdout"
	[ ! -s "$BATS_TEST_TMPDIR/stdout" ]
	report --format=csv --view=ciphers "$log" | diff - "$out"
	[ "$(ls "$BATS_TEST_TMPDIR/out")" = report.csv ]
	run report --format=csv --output="$BATS_TEST_TMPDIR/no-folder/report.csv" "$log"
	[ "$status" -eq 1 ]
	[[ $output == *"cannot write "*no-folder/report.csv* ]]
	# a link to a file is what a web server's folder often has
	report --format=csv --view=ciphers --output=/dev/stdout "$log" | diff - "$out"
}

@test "| head is no failure to tell about" {
	report --view=peers --format=csv "$log" 2>"$BATS_TEST_TMPDIR/err" | head -1 | grep -q '^schema,view,'
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
}

@test "a table is ASCII in the C locale, and its width is that of COLUMNS" {
	local COLUMNS
	for COLUMNS in 40 60 72 80 132 160 200; do
		COLUMNS=$COLUMNS report "$log" >"$BATS_TEST_TMPDIR/table"
		! LC_ALL=C grep -q '[^ -~]' "$BATS_TEST_TMPDIR/table"
		awk -v width="$COLUMNS" 'length > width { print; wide = 1 } END { exit wide }' "$BATS_TEST_TMPDIR/table"
	done
	for COLUMNS in '' nonsense -5 0 80x; do
		COLUMNS=$COLUMNS report "$log" | diff "$golden/postfix.summary.table" -
	done
}

@test "colour only on a terminal or when asked for, and not with NO_COLOR" {
	local escape=$'\033['
	[[ $(report "$log") != *"$escape"* ]]
	[[ $(report --color=always "$log") == *"$escape"* ]]
	[[ $(report --color=never "$log") != *"$escape"* ]]
	report "$log" >"$BATS_TEST_TMPDIR/plain"
	on_terminal >"$BATS_TEST_TMPDIR/colour"
	grep -qF "$escape" "$BATS_TEST_TMPDIR/colour"
	NO_COLOR=1 on_terminal >"$BATS_TEST_TMPDIR/no-colour"
	! grep -qF "$escape" "$BATS_TEST_TMPDIR/no-colour"
	grep -q ^Period "$BATS_TEST_TMPDIR/no-colour"
}

# A terminal of 80 columns.
on_terminal() {
	script -qec "stty cols 80; $build/mailtls-report --quiet --year=2026 $log" /dev/null
}

@test "the first rows of --top keep their shares of all" {
	report --view=ciphers --format=ndjson "$log" 2>/dev/null | head -2 >"$BATS_TEST_TMPDIR/head"
	report --view=ciphers --format=ndjson --top=2 "$log" 2>/dev/null | diff "$BATS_TEST_TMPDIR/head" -
}

@test "failures, sessions in clear text and logins add up to the counters" {
	for name in postfix dovecot exim; do
		report --format=json --view=failures "tests/data/sample-$name.log" |
			jq -e '([.rows[].count] | add) == .coverage.failures'
		report --format=json --view=peers --internal=include "tests/data/sample-$name.log" |
			jq -e '([.rows[].sessions] | add) == .coverage.sessions'
		clear=$(report --format=json --view=protocols --internal=include "tests/data/sample-$name.log" |
			jq '[.rows[] | select(.protocol == "none") | .sessions_mail] | add')
		report --format=json --view=plaintext --internal=include "tests/data/sample-$name.log" |
			jq -e --argjson clear "$clear" '([.rows[].sessions_mail] | add) == $clear'
	done
}

@test "what would be gone adds up to what was counted, named or not" {
	for name in postfix dovecot exim; do
		for protocol in TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3; do
			counted=$(report --format=json --view=protocols "tests/data/sample-$name.log" |
				jq "[.rows[] | select(.protocol == \"$protocol\") | .sessions // 0] | add // 0")
			echo "$name $protocol $counted"
			report --format=json --disable="$protocol" "tests/data/sample-$name.log" |
				jq -e --argjson counted "$counted" '
					([.rows[] | select(.worst_seen != null) | .sessions // 0] | add // 0) == $counted
					and ([.impact[] | select(.note == null or (.note | startswith("perhaps") | not))
						| .sessions // 0] | add) == $counted'
		done
	done
}

@test "who would fall back is whom grep finds" {
	# outbound TLSv1.0, and no better version with the same server
	peers() {
		sed -n "s/.*TLS connection established to [^[]*\[\([^]]*\)\]:25: $1 with cipher.*/\1/p" "$log" | sort -u
	}
	report --format=json --disable=TLSv1.0 --direction=out "$log" |
		jq -r '.rows[] | select(.verdict == "plaintext") | .peer' | sort >"$BATS_TEST_TMPDIR/named"
	[ -s "$BATS_TEST_TMPDIR/named" ]
	comm -23 <(peers TLSv1) <(peers 'TLSv1\.[123]') | diff - "$BATS_TEST_TMPDIR/named"
}

# Clear text to one domain, then TLS to another by the same server, and clear text to a server of its own.
@test "a server that has since taken mail by TLS is not waited for, whatever the domain" {
	cat >"$BATS_TEST_TMPDIR/out.log" <<-END
		Nov 23 10:00:00 mx1 postfix/smtp[1]: Untrusted TLS connection established to mx.example.org[198.51.100.1]:25: TLSv1.2 with cipher AES128-SHA (128/128 bits)
		Nov 23 10:00:01 mx1 postfix/smtp[1]: 4c1: to=<u@example.org>, relay=mx.example.org[198.51.100.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)
		Nov 23 11:00:00 mx1 postfix/smtp[2]: 4c2: to=<u@Example.NET>, relay=mx.example.org[198.51.100.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)
		Nov 23 12:00:00 mx1 postfix/smtp[3]: 4c3: to=<u@example.com>, relay=mx.example.com[198.51.100.2]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)
	END
	waiting() {
		report --view=outbound --format=csv "$BATS_TEST_TMPDIR/out.log" 2>/dev/null |
			cut -d, -f11- | sort | tr '\n' ' '
	}
	[[ $(waiting) == *'example.com,mx.example.com,1,1,'*',1 example.net,mx.example.org,1,1,'*',1 example.org,mx.example.org,1,0,'*',0 '* ]]
	cat >>"$BATS_TEST_TMPDIR/out.log" <<-END
		Nov 23 13:00:00 mx1 postfix/smtp[1]: Untrusted TLS connection established to mx.example.org[198.51.100.1]:25: TLSv1.2 with cipher AES128-SHA (128/128 bits)
		Nov 23 13:00:01 mx1 postfix/smtp[1]: 4c4: to=<u@example.org>, relay=mx.example.org[198.51.100.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)
	END
	[[ $(waiting) == *'example.com,mx.example.com,1,1,'*',1 example.net,mx.example.org,1,1,'*',0 example.org,mx.example.org,2,0,'*',0 '* ]]
}

@test "a wrong policy is told with file, line and column" {
	mkdir "$BATS_TEST_TMPDIR/policies"
	sed 's/enc: \[/enc: [rot13, /' policies/bcp195-2026.yaml >"$BATS_TEST_TMPDIR/policies/bcp195-2026.yaml"
	run report --policies="$BATS_TEST_TMPDIR/policies" "$log"
	[ "$status" -eq 1 ]
	[[ $output == *"policies/bcp195-2026.yaml:"*": 'rot13' is no word of 'enc'; there are aes "* ]]
	[ "${#lines[@]}" -eq 1 ]
	run report --policies="$BATS_TEST_TMPDIR/none" "$log"
	[ "$status" -eq 1 ]
	[[ $output == *"none: cannot be read: "* ]]
}

@test "a store that keeps only weak peers counts the others and says so" {
	"$build/mailtls-import" --quiet --year=2026 --store="$BATS_TEST_TMPDIR/s.db" "$log" >/dev/null
	stored() {
		report --format=json --since=2026-10-01 --store="$BATS_TEST_TMPDIR/s.db" --view="$@"
	}
	stored peers --internal=include | jq -e '
		([.rows[].sessions] | add) == .coverage.sessions
		and any(.rows[]; .peer == null and .protocol == "TLSv1.3" and .sessions > 0)
		and any(.rows[]; .peer == "203.0.113.66" and .protocol == "TLSv1.0")
		and any(.coverage.hints[]; contains("peers: all"))'
	# all who use TLSv1.0 are named, and of TLSv1.3 nobody: never an empty list
	stored if-disabled --disable=TLSv1.0 | jq -e '
		any(.rows[]; .peer == "203.0.113.66" and .verdict == "plaintext" and .basis == "protocol-max")
		and all(.rows[]; .peer != null)'
	stored if-disabled --disable=TLSv1.3 | jq -e '
		any(.rows[]; .peer == null and .user == null and .verdict == "unknown" and .sessions > 0)
		and any(.coverage.hints[]; contains("peers: all"))
		and any(.coverage.problems[]; contains("nobody is named for it"))'
	# clear text is weak: everybody is named, but whether they ever did better is not known
	stored plaintext | jq -e '
		(.rows | length) > 0 and all(.rows[]; .peer != null and .ever_tls != false)'
	stored protocols | jq -e '
		all(.rows[] | select(.protocol == "TLSv1.0"); .peers == 1)
		and any(.rows[]; .protocol == "TLSv1.3" and .service == "mx" and .peers == null)'
}

# Whatever a log wrote: a page has no script, no other style, no handler, and asks for nothing.
@test "a page is well formed, and holds nothing that runs or is fetched" {
	for view in $(views); do
		# shellcheck disable=SC2046
		report --view="$view" --format=html $(options_of "$view") "$log" tests/data/sample-dovecot.log \
			>"$BATS_TEST_TMPDIR/page.html"
		python3 - "$BATS_TEST_TMPDIR/page.html" <<-'END'
			import base64, hashlib, html.parser, re, sys
			text = open(sys.argv[1]).read()
			style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
			digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
			assert "style-src 'sha256-%s'" % digest in text
			assert "default-src 'none'" in text
			void = {"meta", "path", "rect"}
			class Page(html.parser.HTMLParser):
			    open_, ids, wanted, counts = [], [], [], {}
			    def handle_starttag(self, tag, attributes):
			        self.counts[tag] = self.counts.get(tag, 0) + 1
			        assert tag not in ("script", "link", "img", "iframe", "object", "form", "a"), tag
			        for name, value in attributes:
			            assert not name.startswith("on") and name not in ("style", "src", "href"), name
			            if name == "id":
			                self.ids.append(value)
			            elif name == "aria-labelledby":
			                self.wanted += value.split()
			            elif name == "clip-path":
			                self.wanted.append(value[5:-1])
			            if "url(" in value or "":
			                assert value.startswith("url(#"), value
			        if tag != "meta":
			            self.open_.append(tag)
			    def handle_startendtag(self, tag, attributes):
			        self.handle_starttag(tag, attributes)
			        self.open_.pop()
			    def handle_endtag(self, tag):
			        assert self.open_.pop() == tag, tag
			page = Page()
			page.feed(text)
			assert not page.open_, page.open_
			assert len(page.ids) == len(set(page.ids))
			assert set(page.wanted) <= set(page.ids), set(page.wanted) - set(page.ids)
			assert page.counts["caption"] == page.counts["table"]
			assert page.counts.get("svg", 0) == 0 or "<title" in text
		END
	done
}

# Its numbers are in the table below it, and they are those of the counters.
@test "charts over time hold what the counters hold" {
	report --by=cipher --bucket=day --format=html "$log" >"$BATS_TEST_TMPDIR/page.html"
	report --by=cipher --bucket=day --format=json "$log" >"$BATS_TEST_TMPDIR/rows"
	python3 - "$BATS_TEST_TMPDIR/page.html" "$BATS_TEST_TMPDIR/rows" <<-'END'
		import collections, html, json, re, sys
		page = open(sys.argv[1]).read()
		expected = collections.Counter()
		for row in json.load(open(sys.argv[2]))["rows"]:
		    of = "sessions" if row["sessions"] is not None else "handshakes"
		    flow = "%s %s %s" % (row["mta"], row["direction"], row["service"])
		    if row["service"] != "lmtp":
		        expected[flow, row["bucket_utc"][:10]] += row[of] or 0
		drawn = {}
		for title, table in re.findall(r"<details>.*?<span[^>]*>([^:<]*): .*?<tbody>(.*?)</tbody>", page, re.S):
		    for day, cells in re.findall(r'<tr><th[^>]*>([^<]*)</th>(.*?)</tr>', table):
		        numbers = [int(n.replace(",", "")) for n in re.findall(r'<td class="n">([\d,]+)', cells)]
		        assert numbers[0] == sum(numbers[1:]), (title, day, numbers)
		        drawn[html.unescape(title), day] = numbers[0]
		assert len(drawn) > 20
		flows = {flow for flow, day in drawn}
		for key, n in expected.items():
		    assert key[0] not in flows or drawn[key] == n, (key, n, drawn.get(key))
		assert {f for f, d in expected if f} <= flows, (flows, expected)
	END
}

@test "Markdown is tables to GitHub's parser, and nothing else, whatever a log wrote" {
	local hostile="$BATS_TEST_TMPDIR/hostile.log"
	sed -E 's/alice@example.org/al|ice`@everyone\\|*x*_#1/g' tests/data/sample-dovecot.log >"$hostile"
	grep -q everyone "$hostile"
	report --view=users --format=markdown "$hostile" >"$BATS_TEST_TMPDIR/users.md"
	cmark-gfm --extension table --extension autolink --unsafe "$BATS_TEST_TMPDIR/users.md" >"$BATS_TEST_TMPDIR/users.html"
	python3 - "$BATS_TEST_TMPDIR/users.html" <<-'END'
		import html, re, sys
		text = open(sys.argv[1]).read()
		rows = re.findall(r"<tr>(.*?)</tr>", text, re.S)
		cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S) for row in rows]
		assert len(cells) > 3 and len({len(row) for row in cells}) == 1, cells
		assert set(re.findall(r"<(\w+)", text)) <= {"ul", "li", "strong", "table", "thead", "tbody",
		    "tr", "th", "td", "code", "p"}, text
		user = cells[0].index("user")
		users = {html.unescape(re.sub(r"</?code>", "", row[user])) for row in cells[1:]}
		assert "al|ice`@everyone\\|*x*_#1" in users, users
		assert all("<code>" in row[user] for row in cells[1:] if "@" in row[user]), cells
	END
}

@test "metrics have each series once, and no text that a log chose" {
	report --by=host --format=prometheus tests/data/sample-*.log >"$BATS_TEST_TMPDIR/metrics"
	! grep -E '192\.0\.2|198\.51|203\.0\.113|2001:db8|@' "$BATS_TEST_TMPDIR/metrics"
	[ -z "$(grep -v '^#' "$BATS_TEST_TMPDIR/metrics" | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
	# and they are the counters of the other formats
	report --by=host --format=json --view=summary tests/data/sample-*.log >"$BATS_TEST_TMPDIR/json"
	[ "$(jq '[.rows[].sessions | numbers] | add' "$BATS_TEST_TMPDIR/json")" -eq \
		"$(awk '/^mailtls_sessions\{/ { n += $NF } END { print n }' "$BATS_TEST_TMPDIR/metrics")" ]
	[ "$(jq '[.ciphers[].handshakes] | add' "$BATS_TEST_TMPDIR/json")" -eq \
		"$(awk '/^mailtls_cipher_handshakes\{/ { n += $NF } END { print n }' "$BATS_TEST_TMPDIR/metrics")" ]
}

@test "metrics tell of a gap that took no time" {
	store=$BATS_TEST_TMPDIR/s.db
	"$build/mailtls-import" --quiet --store="$store" tests/data/sample-postfix.log >/dev/null
	sqlite3 "$store" "INSERT INTO gap (source, kind, from_time, to_time, n, note)
		SELECT min(id), 'truncated', unixepoch('2026-10-08'), unixepoch('2026-10-08'), -1, '' FROM source"
	report --store="$store" --since=2026-10-05 --until=2026-10-18 --format=prometheus >"$BATS_TEST_TMPDIR/metrics"
	grep -qx 'mailtls_gaps 1' "$BATS_TEST_TMPDIR/metrics"
	grep -qx 'mailtls_gap_seconds 0' "$BATS_TEST_TMPDIR/metrics"
}

@test '--fail-if' {
	log=tests/data/sample-postfix.log
	fails() { # CONDITION: status 3 and a sentence
		run report --view coverage --fail-if "$1" "$log"
		[ "$status" -eq 3 ]
		[[ $output == *"$2"* ]]
	}
	passes() {
		run report --view coverage --fail-if "$1" "$log"
		[ "$status" -eq 0 ]
	}
	fails 'legacy_share > 0.5%' 'legacy_share is 20.0% (2 of 10, each a delivery)'
	passes 'legacy_share > 20%'
	fails 'legacy_share>=4.8%' 'legacy_share is'
	fails 'plaintext_share_in > 5%' 'plaintext_share_in is 6.5% (2 of 31, each a connection)'
	passes 'plaintext_share_in > 7%'
	passes 'near_miss > 0'
	passes 'gap_seconds != 0'
	passes 'gaps > 0'
	fails 'near_miss == 0' 'near_miss is 0'
	fails 'noncompliant_share >= 1%' 'noncompliant_share is'
	# what cannot be told is no reason to be at ease
	fails 'silent_seconds > 21600' 'cannot be told'
	fails 'new_legacy_peers > 0' 'cannot be told'
	run report --view coverage --service imap --fail-if 'plaintext_share > 0%' "$log"
	[ "$status" -eq 3 ]
	[[ $output == *'cannot be told: no session is logged'* ]]
	# peers are kept of a log for a condition that is of them, whatever the view
	for view in ciphers summary peers; do
		report --view="$view" --since=2026-10-09 --fail-if 'new_legacy_peers > 0' "$log" 2>&1 |
			grep new_legacy_peers
	done | sort -u >"$BATS_TEST_TMPDIR/said"
	[ "$(cat "$BATS_TEST_TMPDIR/said")" = 'mailtls-report: warning: new_legacy_peers > 0: new_legacy_peers is 1' ]
	# both are told
	run report --view coverage --fail-if 'legacy_share > 0.5%' --fail-if 'failures > 0' "$log"
	[ "$status" -eq 3 ]
	[[ $output == *legacy_share* && $output == *failures* ]]
	for wrong in 'legacy > 1%' 'legacy_share > 1' 'failures > 1%' failures 'failures > x' '' '> 1'; do
		run report --fail-if "$wrong" "$log"
		[ "$status" -eq 2 ]
	done
}

@test 'a condition on new peers reads a journal from before the period' {
	remote=/lib/systemd/systemd-journal-remote
	[ -x "$remote" ] || skip 'systemd-journal-remote is not installed'
	mkdir "$BATS_TEST_TMPDIR/journal"
	"$build/tests/corpus" --mode journal --bytes 1000000 --out "$BATS_TEST_TMPDIR/export" \
		--truth "$BATS_TEST_TMPDIR/truth"
	"$remote" -o "$BATS_TEST_TMPDIR/journal/a.journal" - <"$BATS_TEST_TMPDIR/export"
	run report --view=coverage --since=2025-03-04 --fail-if 'new_legacy_peers >= 0' \
		"journal:$BATS_TEST_TMPDIR/journal"
	[ "$status" -eq 3 ]
	[[ $output == *'new_legacy_peers is 0'* ]]
}
