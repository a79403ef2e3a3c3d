#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A log that is written all the time is read all the time, whatever else is waited for.

. tests/scenario/daemon/harness.sh

emit 100 >>mail.log
start mail.log missing.log
exact 'what is there'

# A copy of a log that goes on is looked at again when that is done with.
cp mail.log mail.log.9
emit 1600 >lines
(while [ ! -e enough ] && read -r line; do
	echo "$line"
	sleep 0.02
done; cat) <lines >>mail.log &
writer=$!
until_true has_read 200
ok $? 'it is counted while it is written'
until_true has_read 300
ok $? 'and goes on to be'
kill -0 $writer
ok $? 'while it is being written'
touch enough
wait $writer
exact 'to the last line'

end whole
