#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A line is counted when it is whole.

. tests/scenario/daemon/harness.sh

emit 41 >>mail.log
start mail.log
exact 'whole lines'
emit 1 >half # a handshake is line 41
head -c 70 half >>mail.log
emit 4 >rest
sleep 2
[ "$(store 'SELECT sum(lines) FROM source')" -eq 41 ]
ok $? 'half a line is none'
tail -c +71 half >>mail.log
cat rest >>mail.log
exact 'it is one when the rest has come'

# Its beginning is taken back before the end comes, as an editor or a crash would do it.
printf '2026-10-01T00:00:00+00:00 mx1 postfix/smtpd[1]: this was never wri' >>mail.log
sleep 2
head -n 46 mail.log >kept
truncate -s "$(stat -c %s kept)" mail.log
emit 10 >>mail.log
exact 'what was taken back is in no line'
[ "$(store 'SELECT sum(unparsed + bad_time) FROM source')" -eq 0 ]
ok $? 'and no line is spoilt'

# Byte by byte, over kills.
emit 1 >half
head -c 20 half >>mail.log
kill9
start mail.log
tail -c +21 half | head -c 30 >>mail.log
kill9
tail -c +51 half >>mail.log
start mail.log
exact 'its parts come while mailtlsd comes and goes'

# The end never comes: the file is rotated away, and the writer gone.
emit_lost 1 >half
head -c 60 half >>mail.log
mv mail.log mail.log.1
emit 100 >>mail.log
exact 'a line without its end is not counted'
mv mail.log mail.log.2
gzip mail.log.1 mail.log.2
emit 20 >>mail.log
exact 'nor when its log is packed'
unfinished() {
	[ "$(store 'SELECT sum(unfinished) FROM source')" -eq 1 ]
}
until_true unfinished
ok $? 'but it is noted, once'

end lossy
