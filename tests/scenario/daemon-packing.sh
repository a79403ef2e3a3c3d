#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Archives that are looked at while they are made: empty, with a head of a few bytes, half.  What is
# in them is counted once, of what was counted already nothing is, and what was not read before its log
# was packed is waited for.

. tests/scenario/daemon/harness.sh

# An archive comes in parts into its place, and mailtlsd is woken after each.
slowly() { # ARCHIVE PLACE
	size=$(wc -c <"$1")
	: >"$2"
	from=0
	for to in 3 9 $((size / 3)) $((size * 2 / 3)) "$size"; do
		emit 4 >>mail.log
		sleep 0.4
		tail -c +$((from + 1)) "$1" | head -c $((to - from)) >>"$2"
		from=$to
	done
	cmp -s "$1" "$2"
}

emit 400 >>mail.log
start mail.log
exact 'a log'
for pack in gzip:gz xz:xz zstd:zst bzip2:bz2; do
	tool=${pack%:*} ending=${pack#*:}
	emit 20 >>mail.log
	mv mail.log mail.log.1
	emit 20 >>mail.log
	exact "rotated, before $tool"
	$tool -c mail.log.1 >"$own/packed"
	slowly "$own/packed" "mail.log.1.$ending"
	emit 4 >>mail.log
	rm mail.log.1
	emit 4 >>mail.log
	exact 'what is counted is packed'
	mv "mail.log.1.$ending" "old.$ending"

	# With lines that are nowhere else.
	kill9
	emit 2000 >>mail.log
	mv mail.log mail.log.1
	emit 20 >>mail.log
	$tool -c mail.log.1 >"$own/packed"
	rm mail.log.1
	size=$(wc -c <"$own/packed")
	head -c $((size / 2)) "$own/packed" >"mail.log.1.$ending"
	start --poll=1 mail.log
	sleep 3
	[ "$(store 'SELECT count(*) FROM gap')" -eq 0 ]
	ok $? 'half an archive is no log that has lost its end'
	slowly "$own/packed" "mail.log.1.$ending"
	exact 'its other half is waited for'
	rm "mail.log.1.$ending"
done
[ "$(store 'SELECT count(*) FROM gap')" -eq 0 ]
ok $? 'nothing was missed'

# A name that promises what is not there.
emit 20 >>mail.log
mv mail.log mail.log.1
emit 20 >>mail.log
mv mail.log.1 mail.log.2.gz
emit 20 >>mail.log
exact 'a log that has the name of an archive'
gzip -c mail.log.2.gz >mail.log.3
rm mail.log.2.gz
emit 20 >>mail.log
exact 'and an archive that has the name of a log'

end whole
