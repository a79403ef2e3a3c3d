#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A log that comes back shorter than it was counted, as a crash can leave it: what it still has is
# not counted again, and what it gets is counted.

. tests/scenario/daemon/harness.sh

shorten() { # LINES: what mail.log keeps
	head -n "$1" mail.log >shorter
	cat shorter >mail.log
}

emit 80 >>mail.log
start mail.log
exact 'the first lines'
emit 400 >>mail.log
exact 'and more'
kill9

# To where a commit was.
shorten 80
start mail.log
emit 40 >>mail.log
exact 'back to a place that the store knows'
[ "$(gaps rewound)" -eq 1 ]
ok $? 'which is a gap'
emit 400 >>mail.log
exact 'it grows beyond where it was'
kill9

# To anywhere else, with a line that is cut off.
shorten 333
truncate -s -20 mail.log
start mail.log
emit 40 >>mail.log
said_twice() {
	[ "$(grep -c "that were counted are not in" daemon.out)" -eq 2 ]
}
until_true said_twice
ok $? 'back to elsewhere is said'
handshakes >"$own/found"
handshakes_meant >"$own/meant"
[ "$(awk '$2 > 1' "$own/found" | wc -l)" -eq 0 ]
ok $? 'and nothing is counted twice'
emit 4000 >>mail.log
exact 'what comes then is counted'

end lossy
