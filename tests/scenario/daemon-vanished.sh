#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A log that is deleted while mailtlsd is down, with lines that nobody has read: they are lost, since
# the last that was counted, and that is recorded once and told by reports.

. tests/scenario/daemon/harness.sh

emit 100 >>mail.log
start mail.log
exact 'a log'
kill9
since=$(store 'SELECT last_event FROM source')
emit_lost 20 >>mail.log
rm mail.log
emit 40 >>mail.log
start mail.log
exact 'another in its place'
gap_is() { # KIND FROM
	[ "$(store 'SELECT group_concat(kind), min(from_time), min(to_time > from_time), min(n) FROM gap')" = \
		"$1|$2|1|-1" ]
}
until_true gap_is vanished "$since"
ok $? 'what came after the last line that was counted is a gap'
shown vanished 1
ok $? 'a report tells of it'
"$build/mailtls-report" --store=s.db --patterns="$patterns" --color=never >"$own/why" 2>&1
grep -q '^Gaps.* 1 gap .*--view coverage' "$own/why"
ok $? 'so does one that was asked for something else'
"$build/mailtls-report" --store=s.db --patterns="$patterns" --fail-if='gaps > 0' >"$own/why" 2>&1
[ $? -eq 3 ]
ok $? 'which monitoring can ask for'
kill9
start mail.log
emit 20 >>mail.log
exact 'it goes on'
[ "$(store 'SELECT count(*) FROM gap')" -eq 1 ]
ok $? 'and that is not told again'

# One that is known to be whole is not missed, nor one that was read while it was removed.
mv mail.log mail.log.1
emit 40 >>mail.log
exact 'rotated'
gzip mail.log.1
emit 20 >>mail.log
exact 'packed'
packed() {
	[ "$(store 'SELECT count(*) FROM stream WHERE closed')" -ge 1 ]
}
until_true packed
kill9
rm mail.log.1.gz
start mail.log
exec 3>>mail.log
emit 20 >&3
rm mail.log
emit 20 >&3
exec 3>&-
exact 'removed when it was read'
emit 40 >>mail.log
exact 'and another comes'
[ "$(store 'SELECT count(*) FROM gap')" -eq 1 ]
ok $? 'neither is a gap'

end lossy
