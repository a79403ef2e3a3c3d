#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Logs on file systems that tell nothing of what other machines do are looked at from time to time.

. tests/scenario/daemon/harness.sh

emit 100 >>mail.log
start --poll=1 mail.log
grep -q inotify "/proc/$daemon/fdinfo/"* 2>"$own/why" && r=1 || r=0
ok "$r" 'it waits for nobody to tell it'
exact 'what is there'
emit 30 >>mail.log
exact 'what is written'
exec 3>>mail.log
emit 30 >&3
mv mail.log mail.log.1
emit 30 >&3
exec 3>&-
emit 30 >>mail.log
exact 'renamed'
cp mail.log mail.log.2
: >mail.log
emit 7 >>mail.log
exact 'and cut'

end whole
