#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Rotations while mailtlsd is not there, by whatever scheme: the rest is found by its content, the
# oldest first, inside of archives, too.

. tests/scenario/daemon/harness.sh

emit 100 >>mail.log
start mail.log
exact 'before the first rotation'
emit 22 >>mail.log
exact 'all is read'
kill9

emit 31 >>mail.log
for _ in 1 2 3 4 5; do
	for n in 5 4 3 2 1; do
		[ ! -e "mail.log.$n" ] || mv "mail.log.$n" "mail.log.$((n + 1))"
	done
	mv mail.log mail.log.1
	emit 17 >>mail.log
done
start mail.log
exact 'five rotations while it was down'
kill9

# delaycompress: what was not read when it was killed is in the middle of an archive.
emit 35 >>mail.log
mv mail.log mail.log.1
emit 19 >>mail.log
gzip mail.log.1
mv mail.log.1.gz mail.log.2.gz
mv mail.log mail.log.1
emit 5 >>mail.log
start mail.log
exact 'the rest inside mail.log.2.gz'
stop
ok $? 'it ends well'

for tool in xz zstd bzip2; do
	emit 23 >>mail.log
	mv mail.log "mail.log-2026112$test"
	$tool -q "mail.log-2026112$test"
	rm -f "mail.log-2026112$test"
	emit 9 >>mail.log
	start mail.log
	exact "dated, and packed by $tool"
	kill9
done

# A name of the site's own, and a folder of its own for what is old: no session is in both, as two
# sources are two.
emit 23 >>mail.log
mkdir old
mv mail.log old/mail-2026-11-24.txt
emit 11 >>mail.log
start mail.log 'old/*'
exact 'moved into another folder, which is followed'
emit 11 >>mail.log
exact 'and goes on'

# Packed again by another program under its eyes.
gzip -k old/mail-2026-11-24.txt
emit 5 >>mail.log
exact 'a copy of what is counted is not counted'

end whole
