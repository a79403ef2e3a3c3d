#!/bin/sh
# SPDX-License-Identifier: ISC
#
# SIGHUP: other patterns come into force when all of them are good, and not before.

. tests/scenario/daemon/harness.sh

reload() {
	ready_before=$(grep -c '^READY=1' "$own/notified")
	kill -HUP "$daemon"
	until_true ready
}

cp -R "$patterns" patterns
chmod -R u+w patterns
daemon_patterns=$work/patterns
emit 81 >>mail.log
start mail.log
exact 'before'
reload
ok $? 'the same patterns once more'
grep -q '^RELOADING=1' "$own/notified"
ok $? 'systemd is told'
grep -q '^MONOTONIC_USEC=[0-9]' "$own/notified"
ok $? 'and when'
emit 41 >>mail.log
exact 'it goes on, with the session that was open'

# Removed, and its writer goes on.
exec 3>>mail.log
emit 10 >&3
rm mail.log
exact 'a log that loses its name'
emit 10 >&3
reload
emit 13 >&3
exact 'is still read after it'
exec 3>&-
emit 20 >>mail.log
exact 'and so is the next of its name'
exec 3>>mail.log
mkdir elsewhere
mv mail.log elsewhere
sleep 1
reload
emit 10 >&3
exec 3>&-
exact 'one that was moved away, too'
emit 20 >>mail.log
exact 'and the next'

printf 'mta: broken\npatterns: [\n' >patterns/zz-broken.yaml
reload
until_true grep -q 'zz-broken.yaml' daemon.out
ok $? 'a broken file is named'
kill -0 "$daemon"
ok $? 'and mailtlsd lives'
emit 42 >>mail.log
exact 'and counts with the patterns it had'
"$build/mailtlsd" --check --store=s.db --patterns=patterns mail.log >"$own/why" 2>&1 && r=1 || r=0
ok "$r" '--check refuses them'
rm patterns/zz-broken.yaml
"$build/mailtlsd" --check --store=s.db --patterns=patterns mail.log >"$own/why" 2>&1
ok $? 'and takes good ones'
stop
ok $? 'it ends well'
end whole
