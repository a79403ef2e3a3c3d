#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# measure-costs really measures, and mailtls-report really reads it; wrong files of costs are told.

setup() {
	build=${BUILD:-build}
	export MAILTLS_PATTERNS=$PWD/patterns MAILTLS_POLICIES=$PWD/policies MAILTLS_STORE="$BATS_TEST_TMPDIR/none.db"
	export TZ=UTC LC_ALL=C
	costs=$BATS_TEST_TMPDIR/costs.yaml
	log=tests/data/sample-postfix.log
}

report() {
	"$build/mailtls-report" --quiet --year=2026 --cost="$costs" "$@"
}

@test "what openssl measures here is a file of costs" {
	share/measure-costs.sh 1 rsa2048 x25519 >"$costs" 2>"$BATS_TEST_TMPDIR/err"
	cat "$costs"
	python3 - "$costs" <<-'END'
		import re, sys
		text = open(sys.argv[1]).read()
		found = dict(re.findall(r"(?m)^(sign|verify|exchange):\n((?:  .*\n)+)", text))
		numbers = {section: dict(re.findall(r"  (\S+): ([0-9.]+)\n", lines)) for section, lines in found.items()}
		assert {section: list(names) for section, names in numbers.items()} == {
		    "sign": ["rsa2048"], "verify": ["rsa2048"], "exchange": ["x25519"]}, numbers
		# a private operation of RSA is far slower than a public one, on any machine
		assert float(numbers["sign"]["rsa2048"]) > 3 * float(numbers["verify"]["rsa2048"]) > 0
	END
	report --format=csv --direction=in "$log" >"$BATS_TEST_TMPDIR/csv"
	python3 - "$BATS_TEST_TMPDIR/csv" "$(uname -n)" <<-'END'
		import csv, sys
		rows = list(csv.DictReader(open(sys.argv[1])))
		assert any(int(row["cpu_ms_est"] or 0) > 0 for row in rows)
		for row in rows:
		    assert row["cpu_basis"].startswith("OpenSSL ") and ", %s, " % sys.argv[2] in row["cpu_basis"], row
	END
}

# Since 3.5 it also times RSA as an encapsulation, and hybrids; Debian 12 has no such OpenSSL to run.
@test "what OpenSSL 3.5 printed is read, too, and only what it is" {
	cat >"$BATS_TEST_TMPDIR/openssl" <<-END
		#!/bin/sh
		[ "\$1" = version ] && echo 'OpenSSL 3.5.9 29 Sep 2026' && exit
		for algorithm; do :; done
		sed -n "/^= \$algorithm\$/,/^= /p" "$PWD/tests/data/openssl-3.5-speed.txt" | grep '^+F'
	END
	chmod +x "$BATS_TEST_TMPDIR/openssl"
	OPENSSL=$BATS_TEST_TMPDIR/openssl share/measure-costs.sh 1 >"$costs" 2>/dev/null
	# The same from the counts and seconds that stand before the rates.
	python3 - "$costs" tests/data/openssl-3.5-speed.txt <<-'END'
		import re, sys
		told = dict(re.findall(r"  (\S+): ([0-9.]+)\n", open(sys.argv[1]).read().split("verify:")[0]))
		told.update(re.findall(r"  (\S+): ([0-9.]+)\n", open(sys.argv[1]).read().split("exchange:")[1]))
		names = {"rsa2048": ("rsa2048", "rsa sign"), "ecdsap256": ("ecdsa-secp256r1", "sign:ecdsa"),
		    "ed25519": ("ed25519", "sign:Ed25519"), "ecdhx25519": ("x25519", "ecdh"), "ffdh2048": ("ffdhe2048", "ffdh"),
		    "X25519MLKEM768": ("X25519MLKEM768", "encaps")}
		expected, algorithm, lines = {}, None, open(sys.argv[2]).read().splitlines()
		for line, after in zip(lines, lines[1:]):
		    if line.startswith("= "):
		        algorithm = line[2:]
		    elif line.startswith("+DTP") and names[algorithm][1] in line:
		        fields = after.split(":")
		        expected[names[algorithm][0]] = 1000 * float(fields[-1]) / float(fields[1])
		assert told.keys() == expected.keys() and len(told) == 6, (told, expected)
		for name, ms in expected.items(): # seconds have two digits there
		    assert abs(float(told[name]) - ms) < 0.05 * ms, (name, told[name], ms)
	END
	report --format=csv "$log" 2>/dev/null | grep -q 'OpenSSL 3.5.9, '
}

@test "it says what it does not know" {
	run share/measure-costs.sh none
	[ "$status" -eq 1 ]
	[[ $output == *"'none' is no number of seconds"* ]]
	run share/measure-costs.sh 1 rsa2047
	[ "$status" -eq 1 ]
	[[ $output == *"'rsa2047' is none of rsa2048 "* ]]
	OPENSSL=$BATS_TEST_TMPDIR/none run share/measure-costs.sh 1 rsa2048
	[ "$status" -eq 1 ]
	[[ $output == *"cannot run '$BATS_TEST_TMPDIR/none'"* ]]
	OPENSSL=true run share/measure-costs.sh 1 rsa2048
	[ "$status" -eq 1 ]
	[[ $output == *"gave no times"* ]]
}

# wrong TEXT SENTENCE: a file that holds TEXT is refused, before a log is read.
wrong() {
	printf '%b' "$1" >"$costs"
	run report "$BATS_TEST_TMPDIR/no-such.log"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$output" = "mailtls-report: $costs:$2" ]
}

@test "a wrong file of costs is told with line and column" {
	local number='is milliseconds as 0.37, above 0 and at most 1000'
	wrong 'sign:\n  rsa2048: 0,37\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: 0\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: -1\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: 1e3\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: .5\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: 1.\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: 1.2.3\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: 0.0000001\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: 1000.1\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048: 99999999999999999999\n' "2:12: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2048:\n    ms: 1\n' "3:5: the cost of 'rsa2048' $number"
	wrong 'sign:\n  rsa2408: 1\n' "2:3: 'rsa2408' is not a key of 'sign'; did you mean 'rsa2048'?"
	wrong 'signs:\n  rsa2048: 1\n' "1:1: 'signs' is not a key of a file of costs; did you mean 'sign'?"
	wrong 'sign: 1\n' "1:7: 'sign' is a mapping of \`key: value\`"
	wrong 'measured: here\n' "1:1: a file of costs has 'sign', 'verify' or 'exchange'"
	wrong '' "1:1: the file is empty"
	rm "$costs"
	run report "$log"
	[ "$status" -eq 1 ]
	[[ $output == *"costs.yaml: cannot be read: "* ]]
}

@test "the sum is that of the raw lines, and says of how many" {
	cp tests/data/costs.yaml "$costs"
	report --format=csv --bucket=month --direction=in "$log" >"$BATS_TEST_TMPDIR/csv" 2>/dev/null
	python3 - "$log" "$BATS_TEST_TMPDIR/csv" <<-'END'
		import csv, math, re, sys
		row, = csv.DictReader(open(sys.argv[2]))
		sign = {"RSA-PSS (2048 bits)": 1, "RSA-PSS (4096 bits)": 10, "ECDSA (P-256)": 0.1}
		exchange = {"x25519": 0.05, "X25519MLKEM768": 0.125, "secp256r1": 0.5}
		total = keys = exchanges = 0
		for line in open(sys.argv[1]):
		    if "TLS connection established from" not in line or re.search(r"from \S*\[(127\.|::1\])", line):
		        continue
		    key = re.search(r"server-signature (\S+ \([^)]*\))", line)
		    group = re.search(r"key-exchange (\S+)", line)
		    total += sign.get(key and key.group(1), 0) + exchange.get(group and group.group(1), 0)
		    keys += (key and key.group(1)) in sign
		    exchanges += (group and group.group(1)) in exchange
		assert keys > 3 and exchanges > 3
		assert int(row["cpu_ms_est"]) == math.ceil(round(total, 6)), (row, total)
		assert row["cpu_basis"] == "a table, 2026-11-27: keys of %d, key exchanges of %d of %s handshakes" % (
		    keys, exchanges, row["handshakes"]), (row["cpu_basis"], keys, exchanges)
	END
	report --format=csv --view=capacity --direction=out "$log" 2>/dev/null | grep -q 'a table'
}
