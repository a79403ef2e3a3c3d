#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Patterns: logs that come later, in folders that come later, and their rotations.

. tests/scenario/daemon/harness.sh

mkdir -p hosts/a
emit 40 >>hosts/a/mail.log
start 'hosts/*/mail.log'
exact 'what is there'
emit 40 >>hosts/a/mail.log
mkdir hosts/b
emit 40 >>hosts/b/mail.log
exact 'a folder comes with a log'
mkdir hosts/c
sleep 1
emit 40 >>hosts/c/mail.log
exact 'and one whose log comes later'
emit 20 >>hosts/a/mail.log
mv hosts/a/mail.log hosts/a/mail.log.1
sleep 1
emit 20 >>hosts/a/mail.log
exact 'a rotation, with the new log some time after it'
emit 20 >>hosts/b/mail.log
kill9
emit 20 >>hosts/b/mail.log
mv hosts/b/mail.log hosts/b/mail.log.1
emit 20 >>hosts/b/mail.log
start 'hosts/*/mail.log'
exact 'one while mailtlsd is down'
rm -r hosts/c
emit 20 >>hosts/a/mail.log
exact 'a folder goes'

stop
ok $? 'it ends well'

# Copies that match the pattern, too, are no logs that have lost their ends.
mkdir copies
emit 80 >>copies/mail.log
start 'copies/mail.log*'
exact 'before a copy'
kill9
head -n 50 copies/mail.log >copies/mail.log.part
cp copies/mail.log copies/mail.log.copy
emit 80 >>copies/mail.log
start 'copies/mail.log*'
exact 'a copy and a part of a log that goes on'
emit 80 >>copies/mail.log
exact 'and goes on'
stop
ok $? 'it ends well'
cp copies/mail.log copies/mail.log.whole
head -n 100 copies/mail.log >copies/mail.log.part
start 'copies/mail.log*'
emit 80 >>copies/mail.log
exact 'once more'

end whole
