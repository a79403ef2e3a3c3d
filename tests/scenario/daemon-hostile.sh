#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What no log holds, in a log that is followed: holes, a line without an end, bytes of anything,
# archives that break off or are one hole.  None of it holds mailtlsd up, takes memory,
# or costs a line beside it.

. tests/scenario/daemon/harness.sh

grown() { # kB that it has come to need since it began
	echo $(($(awk '/^VmHWM/ { print $2 }' "/proc/$daemon/status") - before))
}

lean() { # NAME
	[ "$(grown)" -lt 49152 ] || echo "it took $(grown) kB more" >"$own/why"
	[ "$(grown)" -lt 49152 ]
	ok $? "$1"
}

# Lines that hold nothing, but are counted as lines.
mean_lines() { # COUNT
	awk -v n="$1" 'BEGIN { while (n-- > 0) print "-" }' >>"$own/oracle"
}

meant_of() { # COLUMN
	store "SELECT sum($1) FROM source"
}

# The address sanitizer keeps what is freed for a while, and that is not what is measured.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1"
emit 60 >>mail.log
start mail.log
exact 'a log'
before=0
before=$(grown)

truncate -s +64M mail.log
emit 40 >>mail.log
exact 'a hole, and lines behind it'
[ "$(meant_of nul_bytes)" -eq $((64 << 20)) ]
ok $? 'its bytes are counted'
printf '2026-11-01T00:00:00+00:00 mx1 postfix/smtpd[1]: conne' >>mail.log
mean_lines 1
head -c 5000 /dev/zero >>mail.log
emit 40 >>mail.log
exact 'a hole in a line ends that line only'

head -c 1048576 /dev/zero | tr "\000" y >long
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	cat long long long long >>mail.log
done
sleep 1
echo >>mail.log
mean_lines 1
emit 40 >>mail.log
exact 'a line of 64 MiB'
[ "$(meant_of overlong)" -eq 1 ]
ok $? 'which is known to have been cut'

# Whatever comes; where a line ends is all that is meant of it.
awk 'BEGIN { srand(1); for (i = 0; i < 200000; i++) printf "%c", 1 + int(rand() * 255) }' |
	tr '\000\n' '\001\002' >junk
{ cat junk && printf '\n\r\n\033]0;title\007\n\377\376\n' && head -c 100000 junk && echo; } >>mail.log
mean_lines 5
emit 40 >>mail.log
exact 'bytes of anything'
lean 'all that took no memory'

# One that never ends, up to the rotation.
cat long >>mail.log
mv mail.log mail.log.1
emit 40 >>mail.log
exact 'a line that has no end when its log is rotated'
kill9

# What it has to catch up with: the archive of a log that it knows breaks off in the middle, another
# is nothing but one long hole.
emit 40 >>mail.log
exec 3>>mail.log
emit 4000 >part
cat part >&3
exec 3>&-
mv mail.log mail.log.2
gzip -c mail.log.2 | head -c "$(($(gzip -c mail.log.2 | wc -c) * 2 / 3))" >mail.log.2.gz
gzip -dcq mail.log.2.gz 2>"$own/gzip" >whole
lost=$(($(wc -l <mail.log.2) - $(wc -l <whole)))
[ $lost -gt 100 ]
ok $? "an archive breaks off, $lost lines before its end"
awk -v last=$(($(wc -l <"$own/oracle") - lost)) 'NR <= last' "$own/oracle" >"$own/kept"
mv "$own/kept" "$own/oracle"
rm mail.log.2
for _ in 1 2 3 4; do
	head -c 16777216 /dev/zero | gzip -1
done >mail.log.3.gz
touch -d '3 hours ago' mail.log.3.gz
touch -d '2 hours ago' mail.log.2.gz
emit 40 >>mail.log
start mail.log
exact 'all before the place where it breaks off, and the log after it'
[ "$(gaps damaged)" -eq 1 ]
ok $? 'what is behind it is a gap'
grep -q "mail.log.2.gz'.*" daemon.out
ok $? 'and it is named'
lean 'that took no memory'

# No log at all where one should be.
kill9
rm mail.log
for kind in pipe folder device; do
	case $kind in
	pipe) mkfifo mail.log ;;
	folder) mkdir mail.log ;;
	device) ln -s /dev/zero mail.log ;;
	esac
	start mail.log
	grep -q "mail.log' is a.* not a log file\|mail.log' is a directory" daemon.out
	ok $? "a $kind in its place is named"
	stop
	rm -rf mail.log
	: >daemon.out
done
mkfifo mail.log
start mail.log
rm mail.log
emit 40 >>mail.log
exact 'a log comes in the place of a pipe'
rm mail.log
mkfifo mail.log
sleep 1
rm mail.log
emit 40 >>mail.log
exact 'and once more'
end lossy
