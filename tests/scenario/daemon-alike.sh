#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Logs that begin with the same line, or with some more: each is a log of its own as soon as they differ,
# beside another and in its place.

. tests/scenario/daemon/harness.sh

banner() { # LINES
	awk -v n="$1" 'BEGIN { while (n-- > 0) print "2026-11-01T00:00:00+00:00 mx1 newsyslog[7]: logfile turned over" }' |
		tee -a "$own/oracle"
}

for alike in 1 40; do
	for down in '' down; do
		rm -f s.db* mail.log*
		: >"$own/oracle"
		banner $alike >mail.log
		emit 80 >>mail.log
		start mail.log
		exact "a log that begins with $alike lines of no meaning"
		for i in 1 2 3; do
			[ -z "$down" ] || kill9
			mv mail.log mail.log.$((9 - i))
			banner $alike >mail.log
			emit $((i * 40)) >>mail.log
			[ -z "$down" ] || start mail.log
			exact "the next begins alike, $i${down:+, while mailtlsd is down}"
		done
		emit 20 >>mail.log
		exact 'and grows'
		# As before it was written: cut, with the same beginning.
		banner $alike >mail.log
		emit 200 >>mail.log
		exact 'it is cut and begins alike'
		kill9
	done
done

# Of several sources.
rm -f s.db* mail.log*
: >"$own/oracle"
mkdir logs
banner 40 >logs/a.log
banner 40 >logs/b.log
emit 40 >>logs/a.log
emit 40 >>logs/b.log
start 'logs/*.log'
exact 'two at a time'
emit 40 >>logs/b.log
emit 40 >>logs/a.log
exact 'which grow'
banner 40 >logs/c.log
emit 40 >>logs/c.log
exact 'and a third'
[ "$(store 'SELECT count(*) FROM gap')" -eq 0 ]
ok $? 'none of it is a gap'

end whole
