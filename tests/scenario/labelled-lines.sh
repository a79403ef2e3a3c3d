#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Single log lines and what each of them says: tests/data/labelled.tsv, one process a line, as state
# must not pass from one to the next.  protocol is the canonical name, cipher as logged, bits the
# effective ones; `-` is not compared.  A line of event
#   handshake   gives one handshake and no failure; a cisco-esa-cef line one in that direction
#   failure     gives one failure and no handshake
#   plaintext   gives one session, in clear text, and neither of those
#   none        gives no handshake and no failure (a session of a line that tells one is not asked)
# A line alone is read with its own server's patterns; at the end all lines are one log, read with
# all patterns, where no server may take another's line.

set -u

pattern=${BUILD:-build}/mailtls-pattern
labels=tests/data/labelled.tsv
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Facts as NDJSON on standard input; prints what differs from the label.
# shellcheck disable=SC2016
judge='
function value(key,   text) {
	if (!match($0, "\"" key "\":(\"([^\"\\\\]|\\\\.)*\"|[a-z0-9-]+)"))
		return "missing"
	text = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
	gsub(/^"|"$/, "", text)
	return text
}
function compare(key, want) {
	if (want != "-" && value(key) != want)
		why = why " " key "=" value(key) " and not " want
}
{
	fact = value("fact")
	if (mta == "cisco-esa-cef" && value("direction") != direction)
		next
	count[fact]++
	if ((event == "handshake" || event == "failure") && fact == event ||
	    event == "plaintext" && fact == "session") {
		compare("direction", direction)
		compare("peer", peer)
		if (event == "plaintext")
			compare("protocol", "none")
	}
	if (event == "handshake" && fact == event) {
		compare("protocol", protocol)
		compare("cipher_raw", cipher)
		compare("bits", bits)
	}
}
END {
	if (count["handshake"] + 0 != (event == "handshake"))
		why = why " " count["handshake"] + 0 " handshakes"
	if (count["failure"] + 0 != (event == "failure"))
		why = why " " count["failure"] + 0 " failures"
	if (event == "plaintext" && count["session"] != 1)
		why = why " " count["session"] + 0 " sessions"
	print why
}'

tab=$(printf '\t')
servers='postfix exim dovecot cyrus esa sendmail opensmtpd exchange courier
	haproxy haraka hmailserver kumomta maddy mdaemon nginx powermta proofpoint qmail stalwart'
for server in $servers; do
	mkdir "$scratch/$server"
	cp "patterns/$server.yaml" patterns/reasons.yaml "$scratch/$server"
done
rows=$(($(wc -l <"$labels") - 1))
# shellcheck disable=SC2086
set -- $servers
echo "1..$((rows + $#))"

row=0
tail -n +2 "$labels" | while IFS=$tab read -r mta event direction protocol cipher bits _ peer line; do
	row=$((row + 1))
	server=${mta#cisco-}
	printf '%s\n' "$line" >"$scratch/log"
	if "$pattern" match --patterns="$scratch/${server%-cef}" "$scratch/log" >"$scratch/facts"; then
		why=$(awk -v mta="$mta" -v event="$event" -v direction="$direction" \
			-v protocol="$protocol" -v cipher="$cipher" -v bits="$bits" -v peer="$peer" \
			"$judge" "$scratch/facts")
	else
		why=' mailtls-pattern failed'
	fi
	if [ -z "$why" ]; then
		echo "ok $row - $mta $event"
	else
		echo "not ok $row - $mta $event"
		printf '# %s\n#%s\n' "$line" "$why"
	fi
done

tail -n +2 "$labels" | cut -f 9- >"$scratch/all.log"
"$pattern" match --patterns=patterns "$scratch/all.log" >"$scratch/all"
test=$rows
for server in $servers; do
	test=$((test + 1))
	want=$(awk -F "$tab" -v mta="$server" 'NR > 1 { sub(/^cisco-/, "", $1); sub(/-cef$/, "", $1)
		if ($1 == mta) n[$2]++ } END { print n["handshake"] + 0, n["failure"] + 0 }' "$labels")
	got=$(awk -v mta="\"mta\":\"$server\"" 'index($0, mta) { handshakes += index($0, "\"fact\":\"handshake\"") > 0
		failures += index($0, "\"fact\":\"failure\"") > 0 } END { print handshakes + 0, failures + 0 }' "$scratch/all")
	if [ "$got" = "$want" ]; then
		echo "ok $test - $server: all handshakes and failures of one log"
	else
		echo "not ok $test - $server: all handshakes and failures of one log"
		echo "# handshakes and failures are $got and not $want"
	fi
done
