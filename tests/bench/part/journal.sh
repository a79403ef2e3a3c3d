#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A journal as systemd-journal-remote writes it, against what only prints its messages.

# shellcheck source=tests/bench/harness.sh
. tests/bench/harness.sh

remote=/lib/systemd/systemd-journal-remote

# journal MEGABYTES: $log is a folder that holds so many of the export format.
journal() {
	corpus journal "$1"
	if [ ! -d "$log.journal" ]; then
		mkdir "$log.journal.new"
		"$remote" -o "$log.journal.new/mail.journal" - <"$log" >/dev/null 2>&1
		mv "$log.journal.new" "$log.journal"
	fi
	log=$log.journal
	cat "$log"/* >/dev/null
}

if [ -x $remote ]; then
	journal "$megabytes"
	all_right "$build/mailtls-report" "$log"
	right_ratio 'report of a journal / journalctl -o cat' "$report $log $to_counted" \
		"journalctl -q -D $log -o cat >/dev/null"
else
	missing 'report of a journal / journalctl -o cat' systemd-journal-remote
fi
