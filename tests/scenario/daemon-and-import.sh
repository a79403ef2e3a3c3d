#!/bin/sh
# SPDX-License-Identifier: ISC
#
# mailtlsd and mailtls-import on one store: a line is counted by one of them, and a session that is
# open when one has read a log goes on with the other.

. tests/scenario/daemon/harness.sh

import() {
	"$build/mailtls-import" --patterns="$patterns" --store=s.db "$@" >"$own/why" 2>&1
}

# Session 25 is open: connected, and TLS established.
emit 102 >>mail.log
import mail.log
ok $? 'an import first'
[ "$(store "SELECT count(*) FROM open_sessions WHERE owner = 'import'")" -eq 1 ]
ok $? 'which leaves a session open'
emit 58 >>mail.log
start mail.log
exact 'mailtlsd goes on where it was'
[ "$(store "SELECT count(*) FROM open_sessions WHERE owner = 'import'")" -eq 0 ]
ok $? 'with its sessions'
import mail.log
ok $? 'an import of what is followed'
exact 'counts nothing'

# The import is quicker.
kill -STOP "$daemon"
emit 40 >>mail.log
import mail.log
kill -CONT "$daemon"
emit 40 >>mail.log
exact 'one that is quicker than mailtlsd'

# An old log beside it.
cp mail.log kept.log
import kept.log
exact 'a copy is imported'
kill9
emit 30 >>mail.log
import mail.log
emit 30 >>mail.log
start mail.log
exact 'an import while mailtlsd is down'
import mail.log
mv mail.log mail.log.1
emit 30 >>mail.log
exact 'and a rotation'

end lossy
