#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A log on a file system of another machine, which tells nothing of what that does, is looked at from
# time to time; one beside it that is not is waited for.

. tests/scenario/daemon/harness.sh

fault network
mkdir far near
cat >mailtls.yaml <<END
sources: [{path: $work/far/mail.log}]
poll: 1s
END
daemon_as="env LD_PRELOAD=$fault FAULT_NETWORK=$work/far"
watches() {
	grep -q inotify "/proc/$daemon/fdinfo/"* 2>"$own/why"
}

emit 60 >>far/mail.log
start --config=mailtls.yaml
exact 'what is there'
watches && r=1 || r=0
ok "$r" 'nobody is to tell it of changes'
emit 40 >>far/mail.log
mv far/mail.log far/mail.log.1
emit 40 >>far/mail.log
exact 'what comes, and a rotation'
echo "sources: [{path: $work/near/mail.log}]" >mailtls.yaml
cp far/mail.log near/mail.log
kill9
grep -q "s.db' lies on a network file system" daemon.out && r=1 || r=0
ok "$r" 'its store lies on a disk of its own'
[ "$(store 'PRAGMA journal_mode')" = wal ]
ok $? 'and has a write-ahead log'
daemon_as="env LD_PRELOAD=$fault FAULT_NETWORK=s.db"
start --config=mailtls.yaml
watches
ok $? 'a disk of its own tells'
grep -q "s.db' lies on a network file system" daemon.out
ok $? 'a store on another machine is not kept silent'
emit 40 >>near/mail.log
exact 'it is counted into'
[ "$(store 'PRAGMA journal_mode')" = delete ]
ok $? 'and has no write-ahead log, which would be shared memory'
kill9
daemon_as=
emit 20 >>near/mail.log
start --config=mailtls.yaml
exact 'it is moved to a disk of its own'
[ "$(store 'PRAGMA journal_mode')" = wal ]
ok $? 'and has one again'
end whole
