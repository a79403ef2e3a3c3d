#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Journals that other machines send: read on behind the entry that was read last, whatever becomes of
# their files, and what is sent again is not counted again.

. tests/scenario/daemon/harness.sh

remote=/lib/systemd/systemd-journal-remote
if [ ! -x "$remote" ]; then
	skip 15 'systemd-journal-remote is not installed'
	echo "1..$test"
	exit 0
fi

# Entries on standard input, into a file of the folder.
receive() { # FILE
	awk -v uid="${sender:-0}" -f "$harness/export.awk" |
		"$remote" -o "$work/remote/$1.journal" - >>remote.out 2>&1
}

mkdir remote
emit 40 | receive one
start journal:remote
exact 'what is there'
emit 60 | receive two
exact 'another file comes'
emit 40 >sent
receive three <sent
exact 'and another'

# A sender that was interrupted begins again earlier.
{ cat sent && emit 20; } | receive four
exact 'what is sent again is not counted again'
# A receiver appends to the file that it has open, and keeps what it has got twice.
emit 40 >again
receive same <again
exact 'one file'
{ tail -n 24 again && emit 20; } | receive same
exact 'the same entries twice in it'
kill9
{ tail -n 10 sent && emit 30; } | receive five
start journal:remote
exact 'nor after a restart'

# Killed at any time.
for i in 1 2 3 4 5; do
	emit 40 | receive "more-$i"
	kill9
	emit 12 | receive "down-$i"
	start journal:remote
done
exact 'killed and started again'

# Read files are deleted: nothing is lost of what is not.
rm remote/one.journal remote/two.journal
emit 8 | receive six
exact 'files are deleted while it runs'
kill9
rm remote/*.journal
emit 8 | receive seven
start journal:remote
exact 'the entry that was read last is gone'
[ "$(gaps vacuumed)" -eq 1 ]
ok $? 'which is a gap'

end lossy
