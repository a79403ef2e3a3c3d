#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# View capacity: its peaks and percentiles are worked out again from the lines of a log.

setup() {
	build=${BUILD:-build}
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_POLICIES=$PWD/policies MAILTLS_STORE="$BATS_TEST_TMPDIR/s.db"
	export TZ=UTC LC_ALL=C COLUMNS=80
	log=$BATS_TEST_TMPDIR/mail.log
}

report() {
	"$build/mailtls-report" --quiet --now=2026-11-24 --tz=UTC --view=capacity "$@"
}

# A log of four days whose load goes up and down, with bursts, failures and quiet hours.
write_log() {
	python3 - "$log" <<-'END'
		import datetime, random, sys
		random.seed(4711)
		start = datetime.datetime(2026, 11, 9, 5, 13)
		out = open(sys.argv[1], "w")
		for minute in range(4 * 1440):
		    now = start + datetime.timedelta(minutes=minute)
		    rate = 0 if now.hour in (2, 3) else 0.6 + now.hour % 7 / 6
		    n = int(random.expovariate(1 / rate)) if rate else 0
		    n += 40 if random.random() < 0.002 else 0
		    for second in sorted(random.randrange(60) for _ in range(n)):
		        stamp = (now.replace(second=second)).isoformat() + "+00:00"
		        way = random.random()
		        if way < 0.7:
		            text = "smtpd[%d]: Anonymous TLS connection established from a.example.net[192.0.2.1]: %s"
		        elif way < 0.9:
		            text = "smtp[%d]: Trusted TLS connection established to b.example.net[192.0.2.2]:25: %s"
		        else:
		            text = "smtpd[%d]: SSL_accept error from c.example.net[192.0.2.3]: -1"
		        version = random.choice(("TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
		            " key-exchange %s server-signature %s server-digest SHA256" % (
		                random.choice(("x25519", "X25519MLKEM768", "ECDHE (P-256)", "ECDHE (P-384)")),
		                random.choice(("RSA-PSS (2048 bits)", "RSA-PSS (4096 bits)", "ECDSA (P-256)"))),
		            "TLSv1.2 with cipher ECDHE-RSA-AES128-GCM-SHA256 (128/128 bits)"))
		        pid = random.randrange(1000, 30000)
		        out.write("%s mx1 postfix/%s\n" % (stamp, text % (pid, version) if "%s" in text else text % pid))
	END
}

# recompute BUCKET CSV [SINCE UNTIL]: every row's numbers from the raw lines.
recompute() {
	python3 - "$log" "$@" <<-'END'
		import collections, csv, datetime, math, re, sys
		log, size, table = sys.argv[1:4]
		utc = datetime.timezone.utc
		def epoch(text):
		    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=utc).timestamp())
		def bucket_of(t):
		    width = {"hour": 3600, "day": 86400}.get(size)
		    if width:
		        return t - t % width
		    return t - t % 86400 - 86400 * datetime.datetime.fromtimestamp(t, utc).weekday() # week
		facts = []
		for line in open(log):
		    t = epoch(line[:19])
		    if "TLS connection established" in line:
		        facts.append((t, "out" if " established to " in line else "in", True, line))
		    elif "SSL_accept error" in line:
		        facts.append((t, "in", False, line))
		# what is known: whole hours from the first to the last
		known = min(f[0] for f in facts) // 3600 * 3600, max(f[0] for f in facts) // 3600 * 3600 + 3600
		since, until = (epoch(a) for a in sys.argv[4:6]) if len(sys.argv) > 4 else known
		rows = collections.defaultdict(list)
		for fact in facts:
		    if since <= fact[0] < until:
		        rows[bucket_of(fact[0]), fact[1]].append(fact)
		def expected(bucket, facts):
		    after = bucket + {"hour": 3600, "day": 86400, "week": 7 * 86400}[size]
		    minutes = [0] * ((min(after, until, known[1]) - max(bucket, since, known[0])) // 60)
		    first = max(bucket, since, known[0])
		    for t, _, _, _ in facts:
		        minutes[(t - first) // 60] += 1
		    minutes.sort()
		    made = [line for _, _, ok, line in facts if ok]
		    def of(pattern):
		        return sum(1 for line in made if re.search(pattern, line))
		    return {
		        "handshakes": len(made),
		        "peak_1m": minutes[-1],
		        "p95_1m": minutes[math.ceil(len(minutes) * 95 / 100) - 1],
		        "p99_1m": minutes[math.ceil(len(minutes) * 99 / 100) - 1],
		        "rsa2048": of(r"signature RSA-PSS \(2048"), "rsa4096": of(r"signature RSA-PSS \(4096"),
		        "ecdsa": of("signature ECDSA"), "unknown_sig": of("TLSv1.2"),
		        "kx_x25519": of("exchange x25519 "), "kx_pq": of("MLKEM"), "kx_p256": of("exchange ECDHE .P-256"),
		        "kx_other": of("exchange ECDHE .P-384"), "unknown_kx": of("TLSv1.2"),
		    }
		told = list(csv.DictReader(open(table)))
		assert len(told) == len(rows) > 3, (len(told), len(rows))
		peaks = set()
		for row in told:
		    facts = rows[epoch(row["bucket_utc"][:19]), row["direction"]]
		    for name, value in expected(epoch(row["bucket_utc"][:19]), facts).items():
		        if row[name] != str(value): # nothing is known of any
		            assert value == 0 and row[name] == "" and name[:3] in ("rsa", "ecd", "kx_"), (name, value, row)
		    if row["direction"] == "in":
		        assert row["failed"] == str(sum(1 for f in facts if not f[2])), row
		    for split in (("rsa2048", "rsa3072", "rsa4096", "ecdsa", "other_sig", "unknown_sig"),
		            ("kx_x25519", "kx_p256", "kx_pq", "kx_dhe", "kx_rsa", "kx_other", "unknown_kx")):
		        assert sum(int(row[name] or 0) for name in split) == int(row["handshakes"]), (split, row)
		    peaks.add((row["peak_1m"], row["p95_1m"], row["p99_1m"]))
		assert len(peaks) > 2
	END
}

@test "peaks, percentiles and parts are those of the raw lines, from the log and from the store" {
	write_log
	"$build/mailtls-import" --quiet "$log" >/dev/null
	for bucket in hour day; do
		report --format=csv --bucket="$bucket" "$log" >"$BATS_TEST_TMPDIR/csv"
		recompute "$bucket" "$BATS_TEST_TMPDIR/csv"
		# A failure whose reason may come yet is open in a store: the last hour is left out.
		diff <(report --format=csv --bucket="$bucket" --until='2026-11-13 04:00' "$log" | cut -d, -f6-) \
			<(report --format=csv --bucket="$bucket" --since=2026-11-01 --until='2026-11-13 04:00' | cut -d, -f6-)
	done
	report --format=csv --bucket=day --since='2026-11-10 07:00' --until='2026-11-12 19:00' >"$BATS_TEST_TMPDIR/csv"
	recompute day "$BATS_TEST_TMPDIR/csv" 2026-11-10T07:00:00 2026-11-12T19:00:00
}

@test "a chart of peaks, with its numbers and the table below it" {
	write_log
	report --format=html --bucket=day "$log" >"$BATS_TEST_TMPDIR/page"
	report --format=csv --bucket=day --direction=in "$log" >"$BATS_TEST_TMPDIR/csv"
	python3 - "$BATS_TEST_TMPDIR/page" "$BATS_TEST_TMPDIR/csv" <<-'END'
		import csv, re, sys
		page = open(sys.argv[1]).read()
		figure = re.search(r"<figure><h3>in <small>.*?</figure>", page, re.S).group(0)
		drawn = re.findall(r"<th scope=\"row\" class=\"t\">([^<]*)</th><td class=\"n\">([^<]*)</td>", figure)
		told = [(row["bucket_utc"][:10], row["peak_1m"]) for row in csv.DictReader(open(sys.argv[2]))]
		assert drawn == told and len(told) > 3, (drawn, told)
		assert "<svg" in figure and page.index("</figure>") < page.index('<div class="scroll"', page.rindex("</figure>"))
	END
}

# What was imported long after it happened has no minutes, and no zeros instead of them.
@test "what is older than minutes are kept has no peak, in any format" {
	write_log
	sed -i 's/^2026-11/2025-11/' "$log"
	"$build/mailtls-import" --quiet "$log" >/dev/null
	report --format=csv --bucket=day --since=2025-11-01 --until=2025-12-01 >"$BATS_TEST_TMPDIR/csv" 2>"$BATS_TEST_TMPDIR/err"
	python3 - "$BATS_TEST_TMPDIR/csv" <<-'END'
		import csv, sys
		rows = list(csv.DictReader(open(sys.argv[1])))
		assert len(rows) > 3
		for row in rows:
		    assert int(row["handshakes"]) > 0
		    assert row["peak_1m"] == row["p95_1m"] == row["p99_1m"] == "", row
	END
	grep -q 'rows have no peak' "$BATS_TEST_TMPDIR/err"
	report --format=html --bucket=day --since=2025-11-01 --until=2025-12-01 >"$BATS_TEST_TMPDIR/page"
	[ "$(grep -c '<figure' "$BATS_TEST_TMPDIR/page")" -eq 0 ]
	# logs that are named are kept whole, however old
	report --format=csv --bucket=day "$log" >"$BATS_TEST_TMPDIR/csv"
	recompute day "$BATS_TEST_TMPDIR/csv"
}

@test "deliveries of one mail server are told where another logs handshakes only" {
	cat >"$log" <<-'END'
		2026-11-12T10:00:01+00:00 mx1 postfix/smtp[7]: Trusted TLS connection established to b.example.net[192.0.2.2]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)
		2026-11-12T10:00:02+00:00 mx1 postfix/smtp[7]: 4Sa4: to=<w@example.org>, relay=b.example.net[192.0.2.2]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)
		2026-11-12T10:00:03+00:00 mx1 sm-mta[9]: STARTTLS=client, relay=host7.example.net., version=TLSv1.2, verify=OK, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256/256
	END
	report --format=csv --bucket=day "$log" >"$BATS_TEST_TMPDIR/csv"
	python3 - "$BATS_TEST_TMPDIR/csv" <<-'END'
		import csv, sys
		row, = csv.DictReader(open(sys.argv[1]))
		assert (row["mta"], row["handshakes"], row["unit"], row["sessions"]) == ("", "2", "delivery", "1"), row
	END
}
