#!/bin/sh
# SPDX-License-Identifier: ISC
#
# One log that several sources lead to: by a link, and by a pattern.  It is counted once, for the
# first of them, and that is said.

. tests/scenario/daemon/harness.sh

emit 60 >>mail.log
ln -s mail.log link.log
cat >mailtls.yaml <<END
sources:
  - path: $work/mail.log
  - path: $work/link.log
  - path: $work/*.log
END
start --config=mailtls.yaml
exact 'three sources of one log'
[ "$(grep -c "is a file of the source '$work/mail.log', too" daemon.out)" -eq 2 ]
ok $? 'which is said'
"$build/mailtlsd" --check --config=mailtls.yaml --patterns="$patterns" >said 2>&1 &&
	grep -q "is a file of the source '$work/mail.log', too" said
ok $? 'also by --check'
emit 40 >>mail.log
exact 'it goes on'
exec 3>>mail.log
mv mail.log mail.log.1
emit 10 >&3
emit 40 >>mail.log
exec 3>&-
exact 'and is rotated'
emit 40 >>other.log
exact 'a log that is only one of them'
kill9
emit 40 >>mail.log
start --config=mailtls.yaml
exact 'a restart'
store 'SELECT name, lines FROM source WHERE lines > 0 ORDER BY 2 DESC' >"$own/found"
printf '%s|190\n%s|40\n' "$work/mail.log" "$work/*.log" | diff - "$own/found" >"$own/why"
ok $? 'it is counted for the first'
store 'SELECT kind, note FROM gap' >"$own/why"
[ ! -s "$own/why" ]
ok $? 'and nothing is missed'
end lossy
