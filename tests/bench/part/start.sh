#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What it costs to start, and what a pattern costs whose literal is in no line.

# shellcheck source=tests/bench/harness.sh
. tests/bench/harness.sh

: >"$dir/empty.log"

# start ROW COMMAND [OPTION...]: milliseconds, the median of many.
start() {
	start_row=$1 start_command=$2
	shift 2
	"$build/tests/compare" -n 15 "$@" "$start_command" true >"$dir/compared"
	figure "$start_row" ms "$(awk '{ printf "%.1f", 1000 * $1 }' "$dir/compared")"
}

start 'start of a report' "$report $dir/empty.log >/dev/null 2>&1"
start 'start of an import' "$build/mailtls-import --quiet --store $store $dir/empty.log" \
	-p "rm -f $store $store-wal $store-shm"

instructions() { # COMMAND...
	valgrind --tool=cachegrind --cache-sim=no --vex-iropt-level=1 --vex-guest-chase=no \
		--cachegrind-out-file="$dir/cachegrind" "$@" >/dev/null 2>&1
	sed -n 's/^summary: //p' "$dir/cachegrind"
}

# Less what it costs to load it; no clock is as exact as a per cent of this.
if have valgrind; then
	corpus mixed 4
	rm -rf "$dir/patterns"
	cp -r patterns "$dir/patterns"
	for more in 0 1; do
		[ $more -eq 0 ] || cat >"$dir/patterns/one-more.yaml" <<-'END'
			mta: one-more
			about: a mail server that no log speaks of
			header: syslog
			idents:
			  - {match: 'one-more', as: one-more, service: mx, direction: in}
			patterns:
			  - name: handshake
			    literal: 'has agreed on '
			    event: handshake
			    regex: '(?<peer>[0-9a-f.:]++) has agreed on (?<protocol>TLSv[\d.]++)$'
			samples:
			  - lines: 'Mar  3 00:00:01 mx one-more[1]: 192.0.2.1 has agreed on TLSv1.3'
			    facts:
			      - {fact: handshake, protocol: TLSv1.3}
		END
		with="$build/mailtls-report $ciphers --patterns $dir/patterns"
		# shellcheck disable=SC2086 # several words
		echo $(($(instructions $with "$log") - $(instructions $with "$dir/empty.log")))
	done >"$dir/instructions"
	figure 'one more pattern, instructions' % "$(awk '
		NR == 1 { before = $1 }
		END { printf "%.2f", 100 * ($1 / before - 1) }' "$dir/instructions")"
	rm -r "$dir/patterns"
else
	missing 'one more pattern, instructions' valgrind
fi
