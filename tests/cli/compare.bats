#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Periods beside each other, and where they lead to: --compare, and the views diff and forecast.  The
# store holds four months of one server's mail, whose TLSv1.0 fades away, whose post-quantum share
# grows, and that rests on Saturdays and Sundays.

setup_file() {
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_CONFIG=/dev/null TZ=UTC LC_ALL=C COLUMNS=80
	export build=${BUILD:-build} log="$BATS_FILE_TMPDIR/mail.log" store="$BATS_FILE_TMPDIR/s.db"
	python3 - >"$log" <<-'END'
		import datetime, random
		random.seed(1)
		names = {"TLSv1": "AES256-SHA", "TLSv1.2": "ECDHE-RSA-AES256-GCM-SHA384",
		    "TLSv1.3": "TLS_AES_256_GCM_SHA384"}
		first, pid = datetime.date(2026, 7, 27), 100
		for number in range(120):
		    day = first + datetime.timedelta(number)
		    mails = 40 + number // 2 - (20 if day.weekday() > 4 else 0) + random.randint(-3, 3)
		    for mail in range(mails):
		        pid += 1
		        head = "%sT%02d:%02d:00+00:00 mx1 postfix/smtpd[%d]: " % (
		            day, mail * 24 // mails, mail % 60, pid)
		        peer = "a[192.0.2.%d]" % random.randint(1, 50)
		        chance = random.random()
		        version = (None if chance < .1 else "TLSv1" if chance < .3 - .0016 * number
		            else "TLSv1.3" if chance < .8 else "TLSv1.2")
		        group = "X25519MLKEM768" if random.random() < number / 120 else "X25519"
		        key = " key-exchange %s server-signature RSA-PSS (2048 bits)" % group
		        print(head + "connect from " + peer)
		        if version:
		            print(head + "Anonymous TLS connection established from %s: %s with cipher %s"
		                " (256/256 bits)%s" % (peer, version, names[version],
		                    key if version == "TLSv1.3" else ""))
		        elif random.random() < .3:
		            print(head + "SSL_accept error from %s: lost connection" % peer)
		        print(head + "disconnect from %s ehlo=1%s mail=1 rcpt=1 data=1 quit=1 commands=5" % (
		            peer, " starttls=1" if version else ""))
	END
	"$build/mailtls-import" --quiet --peers=all --store="$store" "$log" >/dev/null
}

# Until the end of the 23rd, 120 days.
report() {
	"$build/mailtls-report" --quiet --now=2026-11-24 --tz=UTC --store="$store" "$@"
}

# wrong WORDS OPTION...: a call that is refused, and says this.
wrong() {
	local words=$1
	shift
	run report "$@"
	[ "$status" -eq 2 ]
	[[ $output == *"$words"* ]]
}

# The share of TLSv1.0 of a period, as a report of it alone has it.
share_of() {
	report --view=protocols --format=csv --since="$1" --until="$2" |
		python3 -c 'import csv, sys
for row in csv.DictReader(sys.stdin):
    if row["protocol"] == "TLSv1.0":
        print(row["share_mail"])'
}


# The lines of a summary's first section.
shares() {
	sed -n '/^Shares/,/^$/p' "$1" | grep '^in'
}

@test "a summary beside the period before, a named one, and one of another length" {
	report --since=7d >"$BATS_TEST_TMPDIR/usual"
	grep -q 'against the period before' "$BATS_TEST_TMPDIR/usual"
	! grep -q '^Beside' "$BATS_TEST_TMPDIR/usual"

	report --since=7d --compare=before >"$BATS_TEST_TMPDIR/before"
	grep -qx 'Beside  2026-11-10 00:00 to 2026-11-17 00:00 UTC' "$BATS_TEST_TMPDIR/before"
	diff <(shares "$BATS_TEST_TMPDIR/usual") <(shares "$BATS_TEST_TMPDIR/before")

	report --since=7d --compare=2026-08-01 >"$BATS_TEST_TMPDIR/named"
	grep -qx 'Beside  2026-08-01 00:00 to 2026-08-08 00:00 UTC' "$BATS_TEST_TMPDIR/named"
	grep -q 'against the period' "$BATS_TEST_TMPDIR/named"
	! diff -q <(shares "$BATS_TEST_TMPDIR/usual") <(shares "$BATS_TEST_TMPDIR/named")

	report --since=today --until=now --now='2026-11-23 12:00' --compare=yesterday..today |
		grep -qx 'Beside  2026-11-22 00:00 to 2026-11-23 00:00 UTC'
	report --since=7d --compare=2026-08-01 --format=json |
		jq -e '.compared == {"since_utc":"2026-08-01T00:00:00Z","until_utc":"2026-08-08T00:00:00Z"}'
}

@test "a change is that of two reports, each of its period" {
	now=$(share_of 2026-11-17 2026-11-24)
	past=$(share_of 2026-08-01 2026-08-08)
	expected=$(python3 -c "print('%+.1f' % (100 * ($now - $past)))")
	COLUMNS=200 report --since=7d --compare=2026-08-01 | grep '^in ' | grep -qF -- " $expected "
}

@test "a log is compared like a store" {
	for from in 2026-08-01 before; do
		diff <(report --since=2026-11-17 --compare="$from" | sed -n '/^Shares/,/^$/p') \
			<("$build/mailtls-report" --quiet --tz=UTC --until=2026-11-24 --since=2026-11-17 \
				--compare="$from" "$log" | sed -n '/^Shares/,/^$/p')
	done
}

@test "nothing is compared with what was not read" {
	report --since=7d --compare=2026-07-01 >"$BATS_TEST_TMPDIR/early"
	tr -s '\n ' '  ' <"$BATS_TEST_TMPDIR/early" |
		grep -qF 'of 2026-07-01 00:00 to 2026-07-08 00:00 there is not all; what was read begins 2026-07-27 00:00'
	! grep -q '+/-' "$BATS_TEST_TMPDIR/early"
	report --since=2026-08-01 --until=2026-08-08 --compare=2026-11-20..2026-12-01 |
		grep -q '^Warning nothing is compared'
	report --since=7d --compare=2026-07-01 --format=csv 2>&1 >/dev/null | grep -q 'nothing is compared'
}

@test "what cannot be compared is refused" {
	wrong 'overlaps' --since=7d --compare=10d
	wrong 'overlaps' --since=7d --compare='2026-11-01..2026-11-18'
	wrong 'ends before it begins' --since=7d --compare='2026-11-10..2026-11-09'
	wrong "'soon' is not a point in time" --since=7d --compare=soon
	wrong "'' is not a point in time" --since=7d --compare=2026-11-01..
	wrong '--compare needs --since' --compare=2026-08-01 "$log"
	wrong 'cannot group by family and compare' --view=protocols --by=family --since=7d --compare=before
	wrong 'view peers cannot be compared' --since=7d --compare=before --view=peers
	wrong 'no --compare' --since=7d --compare=before --format=prometheus
}

# told METRIC COLUMN: what view diff says, in the file `diff`.
told() {
	python3 -c 'import csv, sys
print(next(row[sys.argv[3]] for row in csv.DictReader(open(sys.argv[1])) if row["metric"] == sys.argv[2]))' \
		"$BATS_TEST_TMPDIR/diff" "$1" "$2"
}

@test "view diff is what a script counts in the log, and what its tests find" {
	for periods in '2026-11-10 2026-11-17 2026-11-17 2026-11-24' '2026-10-01 2026-11-01 2026-11-17 2026-11-24'; do
		read -r from to since until <<<"$periods"
		report --view=diff --since="$since" --until="$until" --compare="$from..$to" --format=csv |
			python3 -c '
import collections, csv, datetime, math, re, sys
log, bounds = sys.argv[1], sys.argv[2:]
days = [(datetime.date.fromisoformat(bounds[i + 1]) - datetime.date.fromisoformat(bounds[i])).days
    for i in (0, 2)]
counts, peers, versions = [collections.Counter(), collections.Counter()], [set(), set()], {}
for line in open(log):
    side = next((i for i in (0, 1) if bounds[2 * i] <= line[:10] < bounds[2 * i + 1]), None)
    if side is None:
        continue
    pid, count = re.search(r"\[(\d+)\]", line)[1], counts[side]
    established = re.search(r"established from .*: (TLSv[0-9.]+) with", line)
    if established:
        versions[pid] = established[1]
        count["handshakes"] += 1
        count["h" + established[1]] += 1
        count["pq"] += "X25519MLKEM768" in line
    count["failures"] += "SSL_accept error" in line
    if "disconnect from" in line:
        count["sessions"] += 1
        count[versions.pop(pid, "none")] += 1
        peers[side].add(re.search(r"from a\[(.*?)\]", line)[1])
def share(part, whole):
    return [(count[part], count[whole] if whole != "tries" else count["handshakes"] + count["failures"])
        for count in counts]
shares = {"plaintext_share": share("none", "sessions"), "tls10_share": share("TLSv1", "sessions"),
    "tls11_share": share("TLSv1.1", "sessions"), "tls12_share": share("TLSv1.2", "sessions"),
    "tls13_share": share("TLSv1.3", "sessions"), "legacy_share": share("TLSv1", "sessions"),
    "tls12_handshake_share": share("hTLSv1.2", "handshakes"),
    "legacy_handshake_share": share("hTLSv1", "handshakes"),
    "post_quantum_share": share("pq", "handshakes"), "failure_share": share("failures", "tries")}
rows = {row["metric"]: row for row in csv.DictReader(sys.stdin)}
def near(text, value, by=6e-7):
    assert (text == "") == (value is None), (text, value)
    assert value is None or abs(float(text) - value) <= by * max(1, abs(value)), (text, value)
def verdict(text, expected, z):
    assert text == ("" if expected < 5 else "yes" if abs(z) > 3.2905 else "no"), (text, expected, z)
for name, ((a, n), (b, m)) in shares.items():
    row = rows[name]
    near(row["before"], a / n), near(row["after"], b / m), near(row["delta"], b / m - a / n)
    near(row["delta_pct"], 100 * (b / m / (a / n) - 1) if a else None)
    assert (int(row["of_before"]), int(row["of_after"])) == (n, m), row
    p = (a + b) / (n + m)
    verdict(row["significant"], min(n, m) * min(p, 1 - p),
        (b / m - a / n) / math.sqrt(p * (1 - p) * (1 / n + 1 / m)) if 0 < p < 1 else 0)
for name in "handshakes", "sessions", "failures":
    a, b = (count[name] for count in counts)
    row, rate = rows[name], rows[name + "_per_day"]
    assert (int(row["before"]), int(row["after"])) == (a, b), (row, a, b)
    near(row["delta"], b - a if days[0] == days[1] else None)
    near(rate["before"], a / days[0]), near(rate["after"], b / days[1])
    near(rate["delta"], b / days[1] - a / days[0])
    near(rate["delta_pct"], 100 * (b / days[1] / (a / days[0]) - 1))
    p = days[1] / sum(days)
    verdict(rate["significant"], (a + b) * min(p, 1 - p),
        (b - (a + b) * p) / math.sqrt((a + b) * p * (1 - p)))
    assert row["significant"] == (rate["significant"] if days[0] == days[1] else ""), row
assert (int(rows["peers"]["before"]), int(rows["peers"]["after"])) == tuple(map(len, peers)), peers
' "$log" "$from" "$to" "$since" "$until"
	done
}

@test "view diff of a policy, of a flow that is gone, and of one that is new" {
	report --view=diff --since=2026-10-01 --until=2026-11-01 --format=csv >"$BATS_TEST_TMPDIR/diff"
	[ "$(told noncompliant_share of)" = handshakes ]
	usual=$(told noncompliant_share after)
	report --view=diff --since=2026-10-01 --until=2026-11-01 --policy=mozilla-modern-6.0 --format=csv \
		>"$BATS_TEST_TMPDIR/diff"
	strict=$(told noncompliant_share after)
	python3 -c "assert 0 < $usual < $strict"

	{
		sed -n '/^2026-10-1[0-9]T/p' "$log"
		sed -n '/^2026-10-1[0-4]T/s,mx1 postfix/smtpd,mx1 postfix/submission/smtpd,p' "$log"
		sed -n '/^2026-10-1[5-9]T/s,mx1 postfix/smtpd,mx1 postfix/smtps/smtpd,p' "$log"
	} | sort -s -k1,1 >"$BATS_TEST_TMPDIR/two.log"
	"$build/mailtls-report" --quiet --tz=UTC --view=diff --since=2026-10-15 --format=csv \
		"$BATS_TEST_TMPDIR/two.log" >"$BATS_TEST_TMPDIR/diff"
	python3 - "$BATS_TEST_TMPDIR/diff" <<-'END'
		import csv, sys
		rows = [row for row in csv.DictReader(open(sys.argv[1])) if row["metric"] == "sessions"]
		told = {row["service"]: (row["before"] != "", row["after"] != "", row["delta"] != "") for row in rows}
		assert told == {"mx": (True, True, True), "submissions": (False, True, False),
		    "submission": (True, False, False)}, told
	END
}

@test "view diff sets no share of mail beside one of scanners" {
	sed -n '/^2026-10-1[0-4]T/{s/ mail=1 rcpt=1 data=1//;p}; /^2026-10-1[5-9]T/p' "$log" >"$BATS_TEST_TMPDIR/scan.log"
	"$build/mailtls-report" --quiet --tz=UTC --view=diff --since=2026-10-15 --format=csv \
		"$BATS_TEST_TMPDIR/scan.log" >"$BATS_TEST_TMPDIR/diff"
	[ "$(told tls13_share of)" = sessions_mail ]
	[ -n "$(told tls13_share after)" ]
	[ -z "$(told tls13_share before)$(told tls13_share significant)" ]
	[ -n "$(told tls13_handshake_share before)" ]
	[ "$(told sessions_mail before)" = 0 ]
}

@test "view diff says what it lacks" {
	wrong 'view diff compares a period with another: --since says where it begins' --view=diff "$log"
	report --view=diff --since=7d --compare=2026-07-01 >"$BATS_TEST_TMPDIR/part"
	grep -q '^Warning nothing is compared' "$BATS_TEST_TMPDIR/part"
	! grep -q per_day "$BATS_TEST_TMPDIR/part"
	awk '/plaintext_share/ { found = $5 == "-" && $6 ~ /%/ } END { exit !found }' "$BATS_TEST_TMPDIR/part"
	report --view=diff --since=7d --top=3 --format=csv >"$BATS_TEST_TMPDIR/top"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/top")" -eq 4 ]
	: >"$BATS_TEST_TMPDIR/nothing"
	"$build/mailtls-import" --quiet --store="$BATS_TEST_TMPDIR/empty.db" \
		"$BATS_TEST_TMPDIR/nothing" >/dev/null
	"$build/mailtls-report" --store="$BATS_TEST_TMPDIR/empty.db" --view=diff >"$BATS_TEST_TMPDIR/empty"
	grep -q '^Empty' "$BATS_TEST_TMPDIR/empty"
}

# A line is python's own regression (statistics) of what python counts in the log, by weekday; Student's
# t is the integral of its density.
@test "view forecast is python's regression" {
	# The last crosses a change of the clock.
	for call in '' '--since=2026-08-03 --until=2026-08-31' '--tz=Europe/Berlin --since=2026-09-20 --until=2026-11-10'; do
		# shellcheck disable=SC2086
		report --view=forecast --format=csv $call | python3 -c '
import collections, csv, datetime, functools, math, re, statistics, sys, zoneinfo
date = datetime.date.fromisoformat
given = dict(word[2:].split("=") for word in sys.argv[2:])
since, until = date(given.get("since", "2026-08-18")), date(given.get("until", "2026-11-24"))
days, versions = collections.defaultdict(collections.Counter), {}
zone = zoneinfo.ZoneInfo(given.get("tz", "UTC"))
@functools.cache
def day_of(hour):
    return datetime.datetime.fromisoformat(hour + ":00:00+00:00").astimezone(zone).date()
for line in open(sys.argv[1]):
    if not since <= day_of(line[:13]) < until:
        continue
    count, pid = days[day_of(line[:13])], re.search(r"\[(\d+)\]", line)[1]
    established = re.search(r"established from .*: (TLSv[0-9.]+) with", line)
    if established:
        versions[pid] = established[1]
        count["handshakes"] += 1
        count["pq"] += "X25519MLKEM768" in line
        count["told"] += "key-exchange" in line
        count["h" + established[1]] += 1
    if "disconnect from" in line:
        count["sessions"] += 1
        count[versions.pop(pid, "none")] += 1
def density(x, n):
    return math.exp(math.lgamma((n + 1) / 2) - math.lgamma(n / 2)) / math.sqrt(n * math.pi) * (
        1 + x * x / n) ** (-(n + 1) / 2)
@functools.cache
def student(n):
    low, high = 1.9, 13
    for _ in range(36):
        t, area = (low + high) / 2, 0
        for i in range(101):
            area += density(t * i / 100, n) * (1 if i in (0, 100) else 4 if i % 2 else 2)
        low, high = (t, high) if area * t / 300 < .475 else (low, t)
    return low
def fit(points):
    week = collections.defaultdict(list)
    for day, value in points:
        week[day % 7].append((day, value))
    mean = {name: [statistics.fmean(part) for part in zip(*some)] for name, some in week.items()}
    x = [day - mean[day % 7][0] for day, _ in points]
    y = [value - mean[day % 7][1] for day, value in points]
    slope = statistics.linear_regression(x, y).slope
    r2 = statistics.correlation(x, y) ** 2
    middle, level = (statistics.fmean(part) for part in zip(*mean.values()))
    free, spread = len(points) - len(week) - 1, sum(v * v for v in x)
    deviation = math.sqrt(sum((b - slope * a) ** 2 for a, b in zip(x, y)) / free)
    doubt, t = sum(1 / len(some) for some in week.values()) / len(week) ** 2, student(free)
    at = lambda day: level + slope * (day - middle)
    return (slope, r2, at, lambda day: t * deviation * math.sqrt(1 + doubt + (day - middle) ** 2 / spread),
        t * deviation / math.sqrt(spread))
def near(name, text, value, by=2e-5):
    assert text != "" and abs(float(text) - value) <= by * abs(value) + 1.5e-6, (name, text, value)
rows, lines = {row["metric"]: row for row in csv.DictReader(sys.stdin)}, 0
last = (until - since).days - 1
for name, part, whole in [("handshakes", "handshakes", None), ("sessions", "sessions", None),
        ("plaintext_share", "none", "sessions"), ("tls10_share", "TLSv1", "sessions"),
        ("legacy_share", "TLSv1", "sessions"), ("tls10_handshake_share", "hTLSv1", "handshakes"),
        ("post_quantum_share", "pq", "handshakes")]:
    points = [((day - since).days, count[part] / (count[whole] if whole else 1))
        for day, count in sorted(days.items()) if name != "post_quantum_share" or count["told"]]
    row, (slope, r2, at, wide, doubt) = rows[name], fit(points)
    assert int(row["points"]) == len(points), (row, len(points))
    near(name, row["slope_per_day"], slope, 1e-7), near(name, row["r2"], r2)
    limit = (lambda v: max(0, min(1, v))) if whole else lambda v: max(0, v)
    near(name, row["value_now"], limit(at(last)))
    ended = not any(value for _, value in points[-7:])
    why = "gone" if ended else "no-slope" if abs(slope) <= doubt else "scattered" if r2 < .25 else ""
    assert row["why"] == why, (row, why)
    assert (row["model"] == "") == (why != ""), row
    reach = 4 * (points[-1][0] - points[0][0] + 1)
    told = [ahead for ahead in (30, 90, 365) if not why and ahead <= reach]
    for ahead in 30, 90, 365:
        text = row["at_%dd" % ahead]
        assert (text != "") == (ahead in told), (name, ahead, row)
        if text:
            near(name, text, limit(at(last + ahead)))
    if not told:
        assert row["low"] == row["high"] == row["date_when_zero"] == "", row
        continue
    lines += 1
    end = last + told[-1]
    near(name, row["low"], limit(at(end) - wide(end))), near(name, row["high"], limit(at(end) + wide(end)))
    zero = math.ceil(-at(last) / slope)
    zero = since + datetime.timedelta(last + zero) if slope < 0 < at(last) and zero <= reach else None
    midnight = zero and datetime.datetime.combine(zero, datetime.time(), zone).astimezone(datetime.timezone.utc)
    assert row["date_when_zero"] == (midnight.strftime("%Y-%m-%dT%H:%M:%SZ") if zero else ""), (row, zero)
assert lines, "no line at all"
' "$log" $call
	done
	report --view=forecast --format=csv | grep -q ',tls10_share,.*-29T00:00:00Z,$'
}

# forecast OPTION...: its rows without what names the period.
forecast() {
	report --view=forecast --format=ndjson "$@" | jq -c 'del(.since_utc, .until_utc)'
}

@test "a day that is not whole bends no line" {
	forecast --since=2026-08-31 --until=2026-11-16 >"$BATS_TEST_TMPDIR/whole"
	[ -s "$BATS_TEST_TMPDIR/whole" ]
	forecast --since=2026-08-31 --until='2026-11-16 07:00' >"$BATS_TEST_TMPDIR/cut"
	forecast --since='2026-08-30 09:00' --until=2026-11-16 >"$BATS_TEST_TMPDIR/late"
	forecast --since=2026-08-31 --now='2026-11-16 23:20' >"$BATS_TEST_TMPDIR/running"
	sed -n '/^2026-08-30T09/,/^2026-11-16T15/p' "$log" >"$BATS_TEST_TMPDIR/part.log"
	"$build/mailtls-report" --quiet --tz=UTC --view=forecast --format=ndjson "$BATS_TEST_TMPDIR/part.log" |
		jq -c 'del(.since_utc, .until_utc)' >"$BATS_TEST_TMPDIR/log"
	for way in cut late running log; do
		echo "$way"
		diff "$BATS_TEST_TMPDIR/whole" "$BATS_TEST_TMPDIR/$way"
	done
}

@test "a day that was not read is none without mail, and a service begins when it does" {
	sed '/^2026-10-14T/d' "$log" >"$BATS_TEST_TMPDIR/gap.log"
	sed -n '/^2026-10-2[0-9]T/s,mx1 postfix/smtpd,mx1 postfix/submission/smtpd,p; /^2026-11/s,mx1 postfix/smtpd,mx1 postfix/submission/smtpd,p' \
		"$log" >"$BATS_TEST_TMPDIR/late.log"
	"$build/mailtls-report" --quiet --tz=UTC --view=forecast --format=csv --since=2026-08-31 --until=2026-11-16 \
		"$BATS_TEST_TMPDIR/gap.log" "$BATS_TEST_TMPDIR/late.log" >"$BATS_TEST_TMPDIR/csv"
	forecast --since=2026-08-31 --until=2026-11-16 >"$BATS_TEST_TMPDIR/whole"
	python3 - "$BATS_TEST_TMPDIR/csv" "$BATS_TEST_TMPDIR/whole" <<-'END'
		import csv, json, sys
		rows = {(row["service"], row["metric"]): row for row in csv.DictReader(open(sys.argv[1]))}
		whole = next(row for row in map(json.loads, open(sys.argv[2])) if row["metric"] == "sessions")
		row = rows["mx", "sessions"]
		assert int(row["points"]) == whole["points"] - 1, row
		assert abs(float(row["slope_per_day"]) / whole["slope_per_day"] - 1) < .02, (row, whole)
		# From the 21st of October on: its first day may have begun at any hour.
		assert rows["submission", "sessions"]["points"] == "26", rows["submission", "sessions"]
	END
}

@test "view forecast in 80 and in 200 columns, of nothing, of a line, and of clear text" {
	report --view=forecast >"$BATS_TEST_TMPDIR/80"
	awk 'length > 80 { exit 1 }' "$BATS_TEST_TMPDIR/80"
	grep -q 'post_quantum_share .*%' "$BATS_TEST_TMPDIR/80"
	COLUMNS=200 report --view=forecast | grep -q 'LOW  *HIGH'
	report --view=forecast --since=10d | tr -s '\n ' '  ' |
		grep -qF 'made of 14 whole days at least, and there are 10'

	: >"$BATS_TEST_TMPDIR/nothing"
	"$build/mailtls-import" --quiet --store="$BATS_TEST_TMPDIR/empty.db" "$BATS_TEST_TMPDIR/nothing" >/dev/null
	"$build/mailtls-report" --store="$BATS_TEST_TMPDIR/empty.db" --view=forecast | grep -q '^Empty'
	sed -n 2p "$log" >"$BATS_TEST_TMPDIR/line.log"
	"$build/mailtls-report" --quiet --view=forecast "$BATS_TEST_TMPDIR/line.log" | grep -q 'handshakes .*too-few-days'
	grep -v 'TLS' "$log" | sed 's/ starttls=1//' >"$BATS_TEST_TMPDIR/clear.log"
	"$build/mailtls-report" --quiet --tz=UTC --view=forecast --format=csv "$BATS_TEST_TMPDIR/clear.log" \
		>"$BATS_TEST_TMPDIR/clear"
	grep -q ',sessions,weekday-linear,120,' "$BATS_TEST_TMPDIR/clear"
	grep -q ',plaintext_share,.*,constant$' "$BATS_TEST_TMPDIR/clear"
	! grep -q ',handshakes,' "$BATS_TEST_TMPDIR/clear"
}

# What view trend, protocols and the like set beside each row is what a report of the other period has.
@test "rows beside those of another period, bucket by bucket" {
	local calls=('--view=protocols' '--view=ciphers' '--view=trend --bucket=hour' '--by=weekday,reason')
	for i in "${!calls[@]}"; do
		# shellcheck disable=SC2086
		{
			report ${calls[i]} --since=2026-11-17 --until=2026-11-24 --compare=2026-08-01 --format=csv
			echo
			report ${calls[i]} --since=2026-11-17 --until=2026-11-24 --format=csv
			echo
			report ${calls[i]} --since=2026-08-01 --until=2026-08-08 --format=csv
		} >"$BATS_TEST_TMPDIR/$i"
	done
	python3 - "$BATS_TEST_TMPDIR"/[0-9] <<-'END'
		import csv, datetime, sys
		counts = ["handshakes", "sessions", "sessions_mail", "failures", "share", "share_mail", "share_handshakes"]
		other = {"since_utc", "until_utc", "handshake_unit", "last_seen", "peers", "new_peers",
		    "verdict", "cipher_raw", *counts}
		def key(row, shift=0):
		    if row["bucket_utc"] and shift:
		        time = datetime.datetime.fromisoformat(row["bucket_utc"][:-1]) + datetime.timedelta(shift)
		        row = {**row, "bucket_utc": time.isoformat() + "Z"}
		    return tuple(value for name, value in row.items()
		        if name not in other and not name.endswith("_before"))
		alone = 0
		for path in sys.argv[1:]:
		    both, after, before = [list(csv.DictReader(part.splitlines()))
		        for part in open(path).read().split("\n\n")]
		    both = {key(row): row for row in both}
		    after = {key(row): row for row in after}
		    before = {key(row, 108): row for row in before}
		    assert after and before and set(both) == set(after) | set(before)
		    alone += len(set(after) ^ set(before))
		    compared = [name for name in counts if name in next(iter(both.values()))]
		    assert len(compared) > 1
		    for name, row in both.items():
		        for column in compared:
		            now, then = row[column], row[column + "_before"]
		            # What one side did not count is 0 there, or not known, and never a number.
		            assert now == after[name][column] if name in after else now in ("", "0", "0.000000"), row
		            assert then == before[name][column] if name in before else then in ("", "0", "0.000000"), row
		assert alone
	END
}

@test "a summary's tables and JSON, and rows of what is gone, beside another period" {
	report --since=7d --compare=2026-08-01 --format=json >"$BATS_TEST_TMPDIR/json"
	jq -e '[.rows[] | select(.protocol == "TLSv1.0") | .sessions_before > .sessions] | all' "$BATS_TEST_TMPDIR/json"
	jq -e '[.ciphers[], .groups[] | has("share_before")] | all' "$BATS_TEST_TMPDIR/json"
	report --view=protocols --since=7d --compare=2026-08-01 >"$BATS_TEST_TMPDIR/80"
	awk 'length > 80 { exit 1 }' "$BATS_TEST_TMPDIR/80"
	grep -q 'OF ALL  *+/-' "$BATS_TEST_TMPDIR/80"
	# A row of nothing now, and of a flow that has nothing now.
	report --view=protocols --since=2026-11-21 --until=2026-11-22 --compare=2026-08-01 --format=csv \
		>"$BATS_TEST_TMPDIR/diff"
	grep -q ',TLSv1.0,0,connection,0,0,0.000000,' "$BATS_TEST_TMPDIR/diff"
	{
		sed -n '/^2026-10-1[0-9]T/p' "$log"
		sed -n '/^2026-10-1[0-4]T/s,mx1 postfix/smtpd,mx1 postfix/submission/smtpd,p' "$log"
	} | sort -s -k1,1 >"$BATS_TEST_TMPDIR/two.log"
	"$build/mailtls-report" --quiet --tz=UTC --view=protocols --since=2026-10-15 --compare=before --format=ndjson \
		"$BATS_TEST_TMPDIR/two.log" 2>/dev/null |
		jq -se '[.[] | select(.service == "submission") | .sessions == null and .share == null and .sessions_before > 0]
			| length > 2 and all'
}

@test "what one period did not log stands beside what the other did, and is no 0" {
	python3 - >"$BATS_TEST_TMPDIR/log" <<-'END'
		for day in range(1, 15):
		    for mail in range(4):
		        head = "2026-11-%02dT%02d:00:00+00:00 mx1 postfix/smtpd[%d]: " % (day, mail, 10 * day + mail)
		        print(head + "connect from a[192.0.2.1]")
		        if mail and day < 8:
		            print(head + "Anonymous TLS connection established from a[192.0.2.1]: TLSv1.3 with cipher"
		                " TLS_AES_256_GCM_SHA384 (256/256 bits)")
		        print(head + "disconnect from a[192.0.2.1] ehlo=1%s mail=1 rcpt=1 data=1 quit=1 commands=5" % (
		            " starttls=1" if mail else ""))
	END
	store=$BATS_TEST_TMPDIR/s.db
	"$build/mailtls-import" --quiet --store="$store" "$BATS_TEST_TMPDIR/log" >/dev/null
	silent='--since=2026-11-08 --until=2026-11-15' told='--since=2026-11-01 --until=2026-11-08'
	# handshakes, sessions and their share; and each of them before
	rows() {
		# shellcheck disable=SC2086
		report --view=protocols --format=csv "$@" 2>"$BATS_TEST_TMPDIR/said" |
			cut -d, -f11,12,14,16,20,21,23 | tail -n +2 | sort
	}
	# shellcheck disable=SC2086
	{
		diff - <(rows $silent --compare=before) <<-'END'
			TLSv1.3,,,,21,21,0.750000
			none,,7,0.250000,0,7,0.250000
			unknown,,21,0.750000,0,0,0.000000
		END
		diff - <(rows $told --compare=2026-11-08) <<-'END'
			TLSv1.3,21,21,0.750000,,,
			none,0,7,0.250000,,7,0.250000
			unknown,0,0,0.000000,,21,0.750000
		END
		# The summary compares with the period before unasked: only what it says of the change is new.
		report $silent --format=table | grep -q '^in   mx       25.0%    =  .*  75.0%  +75.0  28  with mail'
		report $silent --format=json --no-hints | jq -e '[.. | objects | select(has("handshake_unit")) |
			.handshake_unit] | length > 0 and all(. == null or . == "")'
	}
}

@test "a trend's buckets need partners" {
	wrong 'must be as long' --view=trend --since=7d --compare=2026-08-01..2026-08-04
	wrong 'on the same weekday' --view=trend --by=weekday,protocol --since=7d --compare=2026-08-01
	report --view=trend --by=weekday,protocol --since=7d --compare=2026-08-04 --format=csv |
		awk -F, 'NR > 1 && $NF == "" { exit 1 }'
	report --view=protocols --since=7d --compare=2026-08-01..2026-08-04 --format=csv >"$BATS_TEST_TMPDIR/csv"
	grep -q ',TLSv1.3,.*[1-9]$' "$BATS_TEST_TMPDIR/csv"
	report --view=trend --since=7d --compare=2026-07-01 --format=csv 2>&1 >"$BATS_TEST_TMPDIR/csv" |
		grep -q 'nothing is compared'
	head -1 "$BATS_TEST_TMPDIR/csv" | grep -q ',share_before$'
	! grep -q '[0-9]$' "$BATS_TEST_TMPDIR/csv"
}

@test "days that hours were rolled up into are compared, and lead on, as their hours did" {
	local calls=('--view=forecast --since=2026-08-10 --until=2026-10-12'
		'--view=diff --since=2026-10-01 --until=2026-10-08 --compare=2026-08-03'
		'--view=trend --bucket=day --since=2026-10-01 --until=2026-10-08 --compare=before')
	cp "$store" "$BATS_TEST_TMPDIR/s.db"
	for i in 0 1 2; do
		# shellcheck disable=SC2086
		report ${calls[i]} --format=csv >"$BATS_TEST_TMPDIR/hours$i"
	done
	printf 'retention:\n  hours: 1d\n' >"$BATS_TEST_TMPDIR/config.yaml"
	: >"$BATS_TEST_TMPDIR/nothing"
	MAILTLS_CONFIG="$BATS_TEST_TMPDIR/config.yaml" "$build/mailtls-import" --quiet \
		--store="$BATS_TEST_TMPDIR/s.db" "$BATS_TEST_TMPDIR/nothing" >/dev/null
	[ "$(sqlite3 "$BATS_TEST_TMPDIR/s.db" \
		"SELECT count(*) FROM count WHERE hour < unixepoch('2026-11-01') AND hour > 0")" -eq 0 ]
	store=$BATS_TEST_TMPDIR/s.db
	for i in 0 1 2; do
		# shellcheck disable=SC2086
		report ${calls[i]} --format=csv | diff "$BATS_TEST_TMPDIR/hours$i" -
	done
	wrong 'cannot be told by the hour' --view=trend --bucket=hour --since=2d --compare=2026-08-03
}

@test "a page draws the weeks that were counted, and those to come" {
	report --view=forecast --format=html >"$BATS_TEST_TMPDIR/page"
	report --view=forecast --format=ndjson | jq -c 'select(.metric == "sessions")' >"$BATS_TEST_TMPDIR/row"
	python3 - "$log" "$BATS_TEST_TMPDIR/page" "$BATS_TEST_TMPDIR/row" <<-'END'
		import collections, datetime, json, re, sys
		days = collections.Counter(line[:10] for line in open(sys.argv[1]) if "disconnect from" in line)
		page = open(sys.argv[2]).read()
		figure, = re.findall(r"<small>sessions a week</small>.*?</figure>", page, re.S)
		bars = re.findall(r"<title>([0-9-]{10}): (counted|forecast) ([0-9,]+)", figure)
		row = json.load(open(sys.argv[3]))
		assert [kind for _, kind, _ in bars] == 14 * ["counted"] + 13 * ["forecast"], bars
		for number, (day, kind, count) in enumerate(bars):
		    first = datetime.date.fromisoformat(day)
		    week = [str(first + datetime.timedelta(i)) for i in range(7)]
		    middle = row["value_now"] + row["slope_per_day"] * (4 + 7 * (number - 14))
		    expected = sum(days[i] for i in week) if kind == "counted" else 7 * middle
		    assert abs(int(count.replace(",", "")) - expected) < .6, (day, kind, count, expected)
	END
}

@test "a page draws shares with the line through them, until it is at 0, where there is one" {
	report --view=forecast --format=html --since=2026-07-27 --until=2026-10-05 >"$BATS_TEST_TMPDIR/page"
	report --view=forecast --format=ndjson --since=2026-07-27 --until=2026-10-05 >"$BATS_TEST_TMPDIR/rows"
	python3 - "$log" "$BATS_TEST_TMPDIR/page" "$BATS_TEST_TMPDIR/rows" <<-'END'
		import collections, datetime, json, re, sys
		pids = collections.defaultdict(str)
		for line in open(sys.argv[1]):
		    pids[line.split("[")[1].split("]")[0], line[:10]] += line
		rows = {row["metric"]: row for row in map(json.loads, open(sys.argv[3]))}
		figures = dict(re.findall(r"<small>([^<]* of [^<]*)</small>(.*?)</figure>", open(sys.argv[2]).read(), re.S))
		assert set(figures) == {"TLS 1.0 of sessions with mail", "post-quantum of handshakes"}, list(figures)
		assert rows["plaintext_share"]["why"] and not rows["tls10_share"]["why"]
		figure, row = figures["TLS 1.0 of sessions with mail"], rows["tls10_share"]
		assert "0 on " + row["date_when_zero"][:10] + "<" in figure
		weeks = re.findall(r"<title>([0-9-]{10}): counted ([0-9.]+)% of ([0-9]+), line ([0-9.]+)%", figure)
		lines = re.findall(r"<title>([0-9-]{10}): line ([0-9.]+)%", figure)
		assert len(weeks) == 10 and lines, (weeks, lines)
		for number, (day, share, whole, line) in enumerate(weeks):
		    week = [str(datetime.date.fromisoformat(day) + datetime.timedelta(i)) for i in range(7)]
		    texts = [text for (_, at), text in pids.items() if at in week]
		    assert len(texts) == int(whole)
		    assert abs(float(share) - 100 * sum("TLSv1 with" in t for t in texts) / len(texts)) < .051
		    middle = row["value_now"] + row["slope_per_day"] * (7 * (number - 10) + 4)
		    assert abs(float(line) - 100 * middle) < .051, (day, line, middle)
		last = datetime.date.fromisoformat(lines[-1][0]) + datetime.timedelta(14)
		assert str(last) > row["date_when_zero"][:10] > lines[-1][0]
		# the table below it says the same
		table = re.findall(r'<th scope="row" class="t">([^<]*)</th><td class="n">([^<]*)</td><td class="n">'
		    r'[^<]*<small>([0-9.]+)%</small></td><td class="n">([0-9.]+)%</td>', figure)
		assert [(d, w, s, l) for d, s, w, l in weeks] == table, (weeks, table)
	END
}
