#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Journals with bytes that nobody wrote: the library takes the first of them for the end, and says
# nothing.  What it did not read is a gap, told once; other files are read as if nothing were.

. tests/scenario/daemon/harness.sh

remote=/lib/systemd/systemd-journal-remote
if [ ! -x "$remote" ]; then
	skip 12 'systemd-journal-remote is not installed'
	echo "1..$test"
	exit 0
fi

# As journald renames what it finds damaged; nobody writes to it any more.
receive() { # FILE
	awk -v uid=0 -f "$harness/export.awk" |
		"$remote" -o "$work/$1.journal" - >>"$own/remote.out" 2>&1
}

damage() { # FILE WORDS: a page that begins with them
	at=$(grep -abo -m 1 -e "$2" "$1" | head -n 1 | cut -d : -f 1)
	head -c 4096 /dev/urandom | dd of="$1" bs=1 seek="$at" conv=notrunc 2>/dev/null
}

mkdir remote
emit 40 | receive remote/before
emit_lost 400 | receive damaged
mv damaged.journal remote/damaged.journal~
emit 40 | receive whole
mv whole.journal remote/whole.journal~
emit 40 | receive remote/after
lost=$(wc -l <"$own/oracle")
damage remote/damaged.journal~ 'MESSAGE=connect from c70\.'
start journal:remote
# Sessions 10 to 69 of the damaged one may be read, those behind may not.
first=$(grep -c '' "$own/oracle")
until_true has_read $((lost + 40))
total=$(store 'SELECT sum(lines) FROM source')
[ "$total" -ge $((first + 40)) ] && [ "$total" -lt $((first + 400)) ]
ok $? "$((total - first)) of 400 entries are read before the damage"
handshakes >"$own/found"
handshakes_meant >"$own/meant"
[ -z "$(awk '$2 != 1' "$own/found")" ] && ! grep -qvxFf "$own/found" "$own/meant"
ok $? 'none is read twice, and all of the files beside it'
until_true shown read-error 1 && [ "$(store 'SELECT count(*) FROM gap')" -eq 1 ]
ok $? 'what is missing is a gap'
grep -q "damaged: not all of the 400 entries can be read in '.*damaged.journal~'" daemon.out
ok $? 'and its file is named'
kill9
start journal:remote
emit 20 | receive remote/after
until_true has_read $((total + 20))
ok $? 'others are read on'
[ "$(store 'SELECT count(*) FROM gap')" -eq 1 ] && [ "$(store 'SELECT sum(lines) FROM source')" -eq $((total + 20)) ]
ok $? 'after a restart nothing is told or read again'

# What by its first bytes is no journal, or breaks off in its head, is waited for.
echo text >remote/text.journal
head -c 4096 remote/after.journal >remote/cut.journal
emit 20 | receive remote/after
until_true has_read $((total + 40))
ok $? 'files that are none do not hold it up'
until_true grep -q "'.*\(text\|cut\).journal' is damaged or cut off" daemon.out
ok $? 'and are named'
stop
ok $? 'it ends well'
"$build/mailtls-store" --store=s.db check >"$own/why" 2>&1
ok $? 'the store is sound'

# The same by an import.
rm s.db*
rm remote/text.journal remote/cut.journal
"$build/mailtls-import" --store=s.db --patterns="$patterns" journal:remote >"$own/why" 2>&1
[ $? -eq 1 ] && [ "$(gaps read-error)" -eq 1 ] && [ "$(store 'SELECT sum(lines) FROM source')" -eq $((total + 40)) ]
ok $? 'an import says so, too'

# An index is damaged, by which entries of mail are found.
rm s.db* remote/*
emit 400 | receive whole
mv whole.journal remote/whole.journal~
head -c 65536 /dev/zero | tr '\000' '\377' | dd of=remote/whole.journal~ bs=65536 seek=6 conv=notrunc 2>/dev/null
"$build/mailtls-import" --store=s.db --patterns="$patterns" journal:remote >"$own/why" 2>&1
status=$?
total=$(store 'SELECT coalesce(sum(lines), 0) FROM source')
echo "status $status, $total lines" >>"$own/why"
[ "$total" -eq 400 ] || { [ $status -eq 1 ] && [ "$(gaps read-error)" -eq 1 ]; }
ok $? 'a file of which the index is damaged is read, or told'
echo "1..$test"
