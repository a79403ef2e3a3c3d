#!/bin/sh
# SPDX-License-Identifier: ISC
#
# mailtlsd while a log is written at a steady pace: CPU time, wakeups and memory as the kernel counts
# them, and how long it takes until a line can be queried.  At the end all of it must be counted.

# shellcheck source=tests/bench/harness.sh
. tests/bench/harness.sh

idle=${BENCH_IDLE:-60}
remote=/lib/systemd/systemd-journal-remote
live=$dir/live
daemon=''
trap '[ -z "$daemon" ] || kill "$daemon"' EXIT

# Of all threads of the daemon: nanoseconds on a CPU, and how often one went to sleep.
cpu_time() {
	awk '{ n += $1 } END { printf "%.0f\n", n }' "/proc/$daemon"/task/*/schedstat
}

sleeps() {
	awk '/^voluntary_ctxt/ { n += $2 } END { print n }' "/proc/$daemon"/task/*/status
}

lines_in_store() {
	sqlite3 -readonly -cmd '.timeout 5000' "$store" \
		'SELECT coalesce(sum(lines), 0) FROM source' 2>/dev/null || echo 0
}

# await LINES: until so many are counted.
await() {
	patience=3000
	while [ "$(lines_in_store)" -lt "$1" ]; do
		patience=$((patience - 1))
		if [ $patience -eq 0 ] || ! kill -0 "$daemon"; then
			say "of $1 lines only $(lines_in_store) are counted"
			exit 1
		fi
		sleep 0.02
	done
}

# Of a file and of a journal: add NAME adds what is on standard input to the source, pace RATE FILE
# adds it line by line.
add_to_file() {
	cat >>"$live/mail.log"
}

pace_to_file() {
	"$build/tests/pace" "$1" "$2" "$live/mail.log" 2>"$dir/paced"
}

add_to_journal() {
	"$remote" -o "$live/journal/$1.journal" - >/dev/null 2>&1
}

pace_to_journal() {
	"$build/tests/pace" -e "$1" "$2" - 2>"$dir/paced" | add_to_journal "pace-$1"
}

# The next piece of the log, all at once.
add() {
	"add_to_$kind" "$piece" <"$live/pieces/$piece"
	piece=$((piece + 1))
}

per_cent() { # NANOSECONDS OF
	awk -v part="$1" -v whole="$2" 'BEGIN { printf "%.4f", 100 * part / whole }'
}

measure_idle() {
	sleep 3
	say "$label: idle for $idle s"
	before=$(sleeps) cpu=$(cpu_time)
	sleep "$idle"
	figure "$label: wakeups while idle" /min $((($(sleeps) - before) * 60 / idle))
	figure "$label: CPU while idle" % "$(per_cent $(($(cpu_time) - cpu)) "${idle}000000000")"
}

# From the first line to a second after the last, when the last commit is done.
measure_pace() { # RATE
	cpu=$(cpu_time) before=$(sleeps) begin=$(date +%s%N)
	"pace_to_$kind" "$1" "$live/pieces/$piece" &
	writer=$!
	[ "$label $1" != 'file 10000' ] || measure_lag
	wait $writer
	sleep 1
	cpu=$(($(cpu_time) - cpu)) before=$(($(sleeps) - before)) begin=$(($(date +%s%N) - begin))
	rate=$(echo "$1" | sed 's/000$/,000/')
	figure "$label: CPU at $rate lines/s" % "$(per_cent $cpu $begin)" \
		"written $(cut -d ' ' -f 2 "$dir/paced") s late"
	figure "$label: wakeups at $rate lines/s" /s $((before * 1000000000 / begin))
}

# How long a line that is written among others takes until a query finds it.
measure_lag() {
	: >"$dir/latency"
	for _ in 1 2 3 4 5; do
		sleep 0.7
		lines=$(wc -l <"$live/mail.log") since=$(date +%s%N)
		await "$lines"
		echo $(($(date +%s%N) - since)) >>"$dir/latency"
	done
	figure 'file: line to queryable at 10,000 lines/s' s "$(longest)" 'the longest of five'
}

longest() {
	sort -n "$dir/latency" | awk 'END { printf "%.2f", $1 / 1e9 }'
}

# The longest time of ten from a line's writing until a query finds it.
measure_latency() {
	: >"$dir/latency"
	for _ in 0 1 2 3 4 5 6 7 8 9; do
		sleep 0.3
		begin=$(date +%s%N)
		add
		written=$((written + 1))
		await $written
		echo $(($(date +%s%N) - begin)) >>"$dir/latency"
	done
	figure "$label: line to queryable" s "$(longest)" 'the longest of ten'
}

start() { # SOURCE [OPTION...]
	source=$1 piece=1 written=$before_lines
	shift
	rm -f "$store" "$store-wal" "$store-shm"
	add
	"$build/mailtlsd" --store "$store" "$@" "$source" >"$dir/mailtlsd.out" 2>&1 &
	daemon=$!
	await $written
}

measure_paces() { # RATE:LINES...
	for plan in "$@"; do
		measure_pace "${plan%:*}"
		written=$((written + ${plan#*:})) piece=$((piece + 1))
		await $written
	done
}

# Until the whole log is counted.
finish() { # FIELD of the memory
	while [ -e "$live/pieces/$piece" ]; do
		add
	done
	await "$total"
	figure "$label: memory" MiB "$(awk -v field="$1:" '
		$1 == field { printf "%.1f", $2 / 1024 }' "/proc/$daemon/status")" "$1"
	kill -TERM "$daemon"
	wait "$daemon"
	daemon=''
	all_right "$build/mailtls-report" --store "$store" --since 2000-01-01
}

before_lines=2000
ones='1 1 1 1 1 1 1 1 1 1'
rm -rf "$live"

kind='file'
corpus mixed 160
mkdir -p "$live/pieces"
awk -v folder="$live/pieces" -v sizes="$before_lines 12000 100000 800000 $ones" \
	-f "$bench/pieces.awk" "$log"
total=$(wc -l <"$log")
label='file'
start "$live/mail.log"
measure_idle
measure_paces 1000:12000 10000:100000 100000:800000
measure_latency
finish VmRSS

# The log's lines are older than what a store keeps of peers and minutes: as if they were not.
rm "$live/mail.log"
label='file, of these days'
start "$live/mail.log" --config "$bench/keep.yaml"
measure_paces 1000:12000 10000:100000 100000:800000
finish VmRSS
rm -r "$live"

kind='journal'
if [ -x $remote ]; then
	corpus journal 80
	mkdir -p "$live/pieces" "$live/journal"
	awk -v RS= -v ORS='\n\n' -v folder="$live/pieces" -v sizes="$before_lines 12000 80000 $ones" \
		-f "$bench/pieces.awk" "$log"
	total=$(grep -c '^MESSAGE=' "$log")
	label='journal'
	start "journal:$live/journal"
	measure_idle
	measure_paces 1000:12000 10000:80000
	unmeasured 'journal: CPU at 100,000 lines/s' 'systemd-journal-remote does not write so many'
	measure_latency
	finish RssAnon
	rm -r "$live"
else
	missing 'journal: a followed one' systemd-journal-remote
fi
