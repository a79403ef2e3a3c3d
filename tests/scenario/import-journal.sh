#!/bin/sh
# SPDX-License-Identifier: ISC
#
# mailtls-import of journals: each entry counts once, whether an import or the service reads it, from
# wherever the journal lies, and however either of them is ended.

. tests/scenario/daemon/harness.sh

remote=/lib/systemd/systemd-journal-remote
if [ ! -x "$remote" ]; then
	skip 23 'systemd-journal-remote is not installed'
	echo "1..$test"
	exit 0
fi

receive() { # FILE MACHINE
	awk -v uid=0 -v machine="$2" -f "$harness/export.awk" |
		"$remote" -o "$work/$1.journal" - >>"$own/remote.out" 2>&1
}

import() { # [OPTION...] LOG...
	"$build/mailtls-import" --store=s.db --patterns="$patterns" "$@" >"$own/why" 2>&1
}

says() { # WORDS
	grep -q -- "$*" "$own/why"
}

mkdir remote
emit 42 | receive remote/a 1
import --dry-run journal:remote && says 'would count 42 new lines: 11 handshakes' && [ ! -e s.db ]
ok $? 'a dry run says what would be counted'
import journal:remote && says '42 new lines: 11 handshakes, .*: 1 new'
ok $? 'an import says what was counted'
exact 'and counted it'
import journal:remote remote remote/a.journal && says '^0 new lines.* 3 known'
ok $? 'the same journal, however it is named, holds nothing new'
emit 18 | receive remote/a 1
echo 20000 >"$own/next"
host=mx2
emit 40 | receive remote/b 2
import journal:remote && says '58 new lines.* 1 grown'
ok $? 'what is new of it counts'
exact 'once'

# The service goes on where an import was, and an import where the service is.
echo 60 >"$own/next"
host=mx1
emit 22 | receive remote/a 1
start journal:remote
exact 'the service counts what came after the import'
import journal:remote && says '^0 new lines'
ok $? 'an import finds nothing that the service counted'
for i in 1 2 3; do
	emit 26 | receive remote/a 1
	import journal:remote || break
	emit 7 | receive remote/a 1
done
ok $? 'both at a time'
exact 'count once'
kill9
emit 2001 >"$own/many"
receive remote/a 1 <"$own/many"
for i in 02 03 04 05; do
	timeout -s KILL 0.$i "$build/mailtls-import" --store=s.db --patterns="$patterns" \
		--commit-bytes=1 journal:remote >/dev/null 2>&1
done
import journal:remote
exact 'imports that were killed lose and double nothing'

cp -r remote elsewhere
import elsewhere && says '^0 new lines'
ok $? 'a copy holds nothing new'
cp s.db before.db
"$build/mailtls-store" --store=s.db undo 1 >"$own/why" 2>&1
[ $? -eq 1 ] && says 'import 1 cannot be undone: it counted the journal .*remote'
ok $? 'it cannot be undone, and is told'

# The same lines from elsewhere are not counted again without a word.
import mail.log "$own/oracle"
[ $? -eq 1 ] && says "so did the journal '.*remote'"
ok $? 'nor is a file of the same hours'
mkdir other
receive other/same 3 <"$own/many"
import other
[ $? -eq 1 ] && says "the journal '.*other' tells of host 'mx1'.*so did the journal '.*remote'"
ok $? 'nor another journal of them'
exact 'which leaves all as it was'

# A damaged file is told, and keeps no other from being counted.
echo text >remote/text.journal
emit 10 | receive remote/a 1
import journal:remote
[ $? -eq 1 ] && says "text.journal' is damaged" && says '^10 new lines'
ok $? 'a file that cannot be read is told'
rm remote/text.journal
import journal:nowhere
[ $? -eq 1 ] && says 'nowhere.*No such file'
ok $? 'and a journal that is not there'

daemon_arguments=journal:remote
sort -s -k 2,2 -k 1,1 "$own/oracle" >"$own/sorted"
mv "$own/sorted" "$own/oracle"
start journal:remote
end whole
