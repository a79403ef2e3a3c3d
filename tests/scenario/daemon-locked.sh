#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A store that another program holds: mailtlsd keeps what it has, waits, and says so once.

. tests/scenario/daemon/harness.sh

emit 100 >>mail.log
start mail.log
exact 'before'

# Held until the pipe is closed.
mkfifo hold
sqlite3 s.db <hold >held 2>&1 &
holder=$!
exec 3>hold
echo 'BEGIN IMMEDIATE; UPDATE meta SET value = value; SELECT 1;' >&3
until_true [ -s held ]
ok $? 'the store is locked'
emit 300 >>mail.log
until_true grep -q 's.db' daemon.out
ok $? 'it is said'
emit 300 >>mail.log
[ "$(store 'SELECT sum(lines) FROM source')" -eq 100 ]
ok $? 'nothing is counted'
kill -0 "$daemon"
ok $? 'mailtlsd waits'
exec 3>&-
wait "$holder"
exact 'and counts when it may'
[ "$(grep -c 'locked\|busy\|another program' daemon.out)" -le 1 ]
ok $? 'it was said once'

# Killed while it waits: nothing was counted, so nothing is lost.
sqlite3 s.db <hold >held 2>&1 &
holder=$!
exec 3>hold
echo 'BEGIN IMMEDIATE; UPDATE meta SET value = value; SELECT 1;' >&3
until_true [ -s held ]
emit 300 >>mail.log
sleep 2
kill9
exec 3>&-
wait "$holder"
start mail.log
exact 'killed while it waited'

# One mailtlsd a store.
first=$daemon
"$build/mailtlsd" --store=s.db --patterns="$patterns" mail.log >"$own/why" 2>&1 && r=1 || r=0
ok "$r" 'a second mailtlsd is refused'
"$build/mailtlsd" --store=s.db --patterns="$patterns" mail.log >said 2>&1
grep -q "$first" said
ok $? 'and the first one named'
emit 30 >>mail.log
exact 'which goes on'

# A link that somebody laid where its lock will be leads nowhere.
echo kept >victim
for name in there gone; do
	[ $name = gone ] || ln victim there
	ln -s "$name" linked.db.lock
	"$build/mailtlsd" --store=linked.db --patterns="$patterns" mail.log >"$own/why" 2>&1 && r=1 || r=0
	[ "$r" -eq 0 ] && grep -q 'linked.db.lock' "$own/why" && [ "$(cat victim)" = kept ] && [ ! -e gone ]
	ok $? "a lock that is a link ($name) is refused, and where it leads is left alone"
	rm linked.db.lock
done

# Not its own store, or of another time.
sqlite3 other.db 'CREATE TABLE t (x)'
"$build/mailtlsd" --store=other.db --patterns="$patterns" mail.log >"$own/why" 2>&1 && r=1 || r=0
ok "$r" "another program's database is refused"
[ "$(sqlite3 other.db .tables)" = t ]
ok $? 'and left alone'
sqlite3 s.db .dump | sqlite3 newer.db
sqlite3 newer.db 'PRAGMA application_id = 0x4d544c53; PRAGMA user_version = 999'
"$build/mailtlsd" --store=newer.db --patterns="$patterns" mail.log >"$own/why" 2>&1 && r=1 || r=0
ok "$r" "a newer mailtls's store is refused"

end whole
