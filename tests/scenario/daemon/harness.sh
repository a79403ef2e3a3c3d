# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# For the scenarios daemon-*.sh: a mailtlsd to start, stop and kill, an endless log to write, and
# what must have been counted of it.  To be sourced from the top of the tree; what follows works in
# a scratch folder.
#
#	. tests/scenario/daemon/harness.sh
#	emit 100 >>mail.log         # the next 100 lines; they are to be counted
#	start mail.log              # mailtlsd, until it says that it is ready
#	emit 50 >>mail.log
#	exact 'both'                # waits until all is counted, and holds each handshake to once
#	kill9
#	end whole                   # stops it; the store is sound and the same as an import's
#
# What is expected is told by the lines themselves (by grep, not by mailtls): $own/oracle has each
# line that is to be counted.  What else is asked of the store is asked with sqlite3.

set -u

tree=$PWD
build=$tree/${BUILD:-build}
patterns=$PWD/patterns
harness=$PWD/tests/scenario/daemon
work=$(mktemp -d)
own=$work/own # what the harness writes is not to be seen where the logs are
mkdir "$own"
unset MAILTLS_STORE MAILTLS_PATTERNS NOTIFY_SOCKET WATCHDOG_USEC
export MAILTLS_CONFIG=/dev/null TZ=UTC LC_ALL=C

# How long is waited for what must come, in tenths of a second.
patience=300
! grep -q __asan_init "$build/mailtlsd" 2>/dev/null || patience=1500

test=0 daemon='' listener=''
# A scenario's own cleaning up.
clean() { :; }

leave() {
	for pid in $daemon $listener; do
		kill -9 "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	clean
	cd / && rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

# Minutes are kept for 90 days.
begin=$((($(date +%s) / 3600 - 30 * 24) * 3600))
echo 0 >"$own/next"
: >"$own/oracle"
: >"$own/notified"
: >daemon.out

ok() { # STATUS NAME
	test=$((test + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $test - $2"
	else
		echo "not ok $test - $2"
		[ ! -e "$own/why" ] || sed 's/^/# /' "$own/why"
		tail -n 15 daemon.out | sed 's/^/# mailtlsd: /'
	fi
	rm -f "$own/why"
}

skip() { # COUNT REASON
	while [ "$1" -gt 0 ]; do
		test=$((test + 1))
		echo "ok $test # SKIP $2"
		set -- $(($1 - 1)) "$2"
	done
}

# To preload what tests/fault/ has: its path, in $fault.
fault() { # NAME
	fault=$build/tests/$1.so
	make -s -C "$tree" BUILD="${build#"$tree/"}" "${fault#"$tree/"}" >"$own/why" 2>&1 || {
		ok 1 "tests/fault/$1.c"
		exit 1
	}
	export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"
}

# The next COUNT lines of the log, to standard output.  host: whose they are, if not mx1's.
emit() { # COUNT
	next=$(cat "$own/next")
	awk -v from="$next" -v lines="$1" -v start="$begin" -v host="${host:-mx1}" -f "$harness/session.awk" |
		tee -a "$own/oracle"
	echo $((next + $1)) >"$own/next"
}

# The same, of lines that nobody can count: they are gone before anyone could read them.
emit_lost() { # COUNT
	cp "$own/oracle" "$own/kept"
	emit "$1"
	mv "$own/kept" "$own/oracle"
}

# Waits until a command succeeds.
until_true() {
	tries=0
	until "$@" 2>/dev/null; do
		[ $tries -lt $patience ] || return 1
		tries=$((tries + 1))
		sleep 0.1
	done
}

ready() {
	[ "$(grep -c '^READY=1' "$own/notified")" -gt "$ready_before" ]
}

listen() {
	[ -z "$listener" ] || return 0
	python3 "$harness/notify.py" "$own/notify" "$own/notified" &
	listener=$!
	until_true [ -S "$own/notify" ]
}

# Without waiting for it.  daemon_as: a command to start it with.
launch() { # [OPTION...] LOG...
	ready_before=$(grep -c '^READY=1' "$own/notified")
	daemon_arguments=$*
	# shellcheck disable=SC2086 # daemon_as is several words
	NOTIFY_SOCKET=$own/notify ${daemon_as:-} "$build/mailtlsd" --store=s.db \
		--patterns="${daemon_patterns:-$patterns}" "$@" >>daemon.out 2>&1 &
	daemon=$!
}

start() { # [OPTION...] LOG...
	listen
	launch "$@"
	until_true ready && return 0
	echo 'mailtlsd does not get ready' >"$own/why"
	ok 1 'mailtlsd starts'
	exit 1
}

stop() {
	kill -TERM "$daemon"
	wait "$daemon"
	status=$?
	daemon=''
	[ $status -eq 0 ] || echo "mailtlsd ended with $status" >"$own/why"
	return $status
}

kill9() {
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null
	daemon=''
}

store() { # SQL
	sqlite3 -cmd '.timeout 10000' "file:$work/s.db?mode=ro" "$1"
}

has_read() { # LINES
	[ "$(store 'SELECT coalesce(sum(lines), 0) FROM source')" -ge "$1" ]
}

handshakes() {
	store 'SELECT minute_utc, sum(handshakes) FROM minutes GROUP BY 1 HAVING sum(handshakes) > 0
		ORDER BY 1' | tr '|' ' '
}

handshakes_meant() {
	grep 'TLS connection established' "$own/oracle" | cut -c 1-16 | sort | uniq -c |
		awk '{ print $2 ":00Z", $1 }'
}

# All that was emitted is read, neither a line less nor one more, and each handshake counted once.
exact() { # NAME
	until_true has_read "$(wc -l <"$own/oracle")"
	handshakes_meant >"$own/meant"
	handshakes >"$own/found"
	read_lines=$(store 'SELECT sum(lines) FROM source')
	echo "$read_lines lines are read of $(wc -l <"$own/oracle")" >"$own/why"
	diff "$own/meant" "$own/found" | head -n 20 >>"$own/why"
	[ -s "$own/meant" ] && cmp -s "$own/meant" "$own/found" && [ "$read_lines" -eq "$(wc -l <"$own/oracle")" ]
	ok $? "$1"
}

gaps() { # KIND: how many of it
	store "SELECT count(*) FROM gap WHERE kind = '$1'"
}

# A report says so, whoever does not ask the store.
shown() { # KIND [COUNT]: of a gap
	"$build/mailtls-report" --store=s.db --patterns="$patterns" --since=90d --view=coverage --format=csv \
		>"$own/coverage" 2>"$own/why"
	grep -q "${2:-[1-9][0-9,]*} gaps* of the kind $1" "$own/coverage" || {
		sed 's/^/coverage: /' "$own/coverage" >>"$own/why"
		store 'SELECT * FROM gap' >>"$own/why"
		return 1
	}
}

facts() { # STORE
	sqlite3 "$1" 'SELECT c.hour, t.*, c.n FROM count c JOIN tuple t ON t.id = c.tuple' |
		cut -d '|' -f 1,3- | sort
}

# Ends mailtlsd and the scenario, after another mailtlsd has looked at everything anew.  Sessions,
# too, were counted as one import of all lines counts them; a scenario that lets lines get lost says
# `end lossy`, others `end whole`.
end() { # whole | lossy
	[ -z "$daemon" ] || stop
	ok $? 'mailtlsd stops when it is told to'
	set -f
	# shellcheck disable=SC2086 # several words
	start $daemon_arguments
	stop
	ok $? 'it starts and stops once more'
	exact 'each handshake is counted once at the end'
	"$build/mailtls-store" --store=s.db check >"$own/why" 2>&1
	ok $? 'the store is sound'
	if [ "$1" = whole ]; then
		"$build/mailtls-import" --quiet --patterns="$patterns" --store="$own/import.db" \
			"$own/oracle" >"$own/why" 2>&1
		facts "$own/import.db" >"$own/meant"
		facts s.db >"$own/found"
		diff "$own/meant" "$own/found" | head -n 20 >>"$own/why"
		[ -s "$own/meant" ] && cmp -s "$own/meant" "$own/found"
		ok $? 'sessions are counted as an import of all lines counts them'
	fi
	echo "1..$test"
}
