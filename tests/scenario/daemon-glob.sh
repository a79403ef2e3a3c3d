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

end whole
