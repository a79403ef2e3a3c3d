#!/bin/sh
# SPDX-License-Identifier: ISC
#
# kill -9 at random moments of an import, and running it again each time, gives the counts of an
# import that nobody disturbed.  MAILTLS_KILL_BYTES: the log's size.

set -u

build=${BUILD:-build}
kills_meant=20
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MAILTLS_STORE
export TZ=UTC

# Instrumented programs take ten times as long.
bytes=300000000
! grep -q __asan_init "$build/mailtls-import" || bytes=40000000
bytes=${MAILTLS_KILL_BYTES:-$bytes}

import() { # STORE [OPTION...]
	store=$1
	shift
	exec "$build/mailtls-import" --quiet --peers=all --patterns=patterns --store="$work/$store" "$@" \
		"$work/mail.log"
}

# Names in place of the numbers of dictionaries, which depend on when a commit came.
counts() {
	sqlite3 "$work/$1" 'SELECT c.hour, t.*, c.n FROM count c JOIN tuple t ON t.id = c.tuple' |
		cut -d '|' -f 1,3- | sort
	sqlite3 "$work/$1" 'SELECT hour, host, mta, matched, ignored, near_miss, limit_hit
		FROM coverage c JOIN origin o ON o.id = c.origin ORDER BY 1, 2, 3'
	sqlite3 "$work/$1" "SELECT day, peer, user, domain, p.name, weak, first_seen, last_seen,
		handshakes, sessions, sessions_mail, failures, t.* FROM peer_day p
		JOIN tuple t ON t.id = p.tuple" | cut -d '|' -f 1-12,14- | sort
	sqlite3 "$work/$1" 'SELECT * FROM minutes ORDER BY 1, 2, 3, 4'
	sqlite3 "$work/$1" 'SELECT * FROM reasons_by_day ORDER BY 1, 2, 3, 4, 5, 6, 7'
	sqlite3 "$work/$1" 'SELECT lines, bytes, overlong, bad_time, unparsed FROM source'
	sqlite3 "$work/$1" 'SELECT offset FROM stream'
}

# Peers are not kept when they are old: the log's first day becomes the one 60 days ago.
of_late() { # FIRST-DAY
	days=$(($(date -u +%s) / 86400 - 60 - $(date -u -d "$1" +%s) / 86400))
	TZ=UTC awk -v seconds=$((days * 86400)) '{
		day = substr($0, 1, 10)
		if (!(day in late)) {
			split(day, part, "-")
			late[day] = strftime("%Y-%m-%d", seconds + mktime(part[1] " " part[2] \
				" " part[3] " 0 0 0"))
		}
		print late[day] substr($0, 11)
	}'
}

echo 1..5
make -s BUILD="$build" "$build/tests/corpus" >"$work/out" 2>&1 &&
	"$build/tests/corpus" --mode postfix-rfc3339 --bytes "$bytes" --out "$work/old.log" \
		--truth "$work/truth" >>"$work/out" 2>&1 &&
	first=$(head -c 10 "$work/old.log") &&
	of_late "$first" <"$work/old.log" >"$work/mail.log" &&
	(import whole.db) >>"$work/out" 2>&1
r=$?
if [ $r -ne 0 ]; then
	echo "not ok 1 - an import that nobody disturbs"
	sed 's/^/# /' "$work/out"
	exit 1
fi
echo "ok 1 - an import that nobody disturbs"

position() {
	sqlite3 "$work/killed.db" 'SELECT coalesce(max(offset), 0) FROM stream' 2>/dev/null || echo 0
}

# A commit every 1 % of the log.  Each run is killed at a random moment after its first commit, but
# the first ones: they are killed while there may be no store yet.
kills=0 moved=0 before=0 seed=$$
while [ $kills -lt 30 ]; do
	(import killed.db --commit-bytes=$((bytes / 100))) >>"$work/out" 2>&1 &
	pid=$!
	tries=0
	while [ $kills -ge 5 ] && [ "$(position)" = "$before" ] && [ $tries -lt 200 ]; do
		sleep 0.02
		tries=$((tries + 1))
	done
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	sleep "0.$(printf '%03d' $((seed / 65536 % 150)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $? -eq 137 ] || break
	kills=$((kills + 1))
	now=$(position)
	[ "$now" = "$before" ] || moved=$((moved + 1))
	before=$now
done
echo "# $kills kills, $moved of them after a commit"
[ $kills -ge $kills_meant ] && [ "$moved" -ge 15 ] && r='ok' || r='not ok'
echo "$r 2 - killed at least $kills_meant times, at different places"

(import killed.db) >>"$work/out" 2>&1 && r='ok' || r='not ok'
echo "$r 3 - the last run ends well"

counts whole.db >"$work/whole"
counts killed.db >"$work/killed"
if cmp -s "$work/whole" "$work/killed" && [ -s "$work/whole" ]; then
	echo "ok 4 - the counts are those of the undisturbed import"
else
	echo "not ok 4 - the counts are those of the undisturbed import"
	diff "$work/whole" "$work/killed" | head -n 20 | sed 's/^/# /'
fi
"$build/mailtls-store" --store="$work/killed.db" check >"$work/out" 2>&1 && r='ok' || r='not ok'
echo "$r 5 - and the store is sound"
sed 's/^/# /' "$work/out"
