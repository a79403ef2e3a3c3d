#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Whatever becomes of a log between two imports, each of its lines is counted once.

set -u

build=$PWD/${BUILD:-build}
patterns=$PWD/patterns
here=$PWD/tests/scenario
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset MAILTLS_STORE
export TZ=UTC

test=0
echo 1..42

ok() {
	test=$((test + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $test - $2"
	else
		echo "not ok $test - $2"
		sed 's/^/# /' out
	fi
}

lines() { # FROM COUNT [OPTION...]
	from=$1 count=$2
	shift 2
	awk -v from="$from" -v lines="$count" "$@" -f "$here/postfix.awk"
}

import() { # writes what it says to ./out
	"$build/mailtls-import" --patterns="$patterns" --store=s.db "$@" >out 2>&1
}

# The store holds N handshakes and its numbers agree.
holds() { # N NAME
	n=$(sqlite3 s.db 'SELECT coalesce(sum(n), 0) FROM handshake')
	"$build/mailtls-store" --store=s.db check >checked 2>&1 || { cat checked >>out; n=broken; }
	[ "$n" = "$1" ] || echo "$n handshakes where $1 were meant" >>out
	[ "$n" = "$1" ]
	ok $? "$2"
}

says() { # WORDS NAME
	grep -qF -e "$1" out
	ok $? "$2"
}

lines 0 2000 >mail.log

import mail.log
ok $? 'a log is imported'
holds 200 'its handshakes are counted'
import mail.log
ok $? 'it is imported again'
holds 200 'and nothing is counted'
says '0 new lines' 'which is said'
import mail.log ./mail.log "$work/mail.log"
holds 200 'thrice under three names'
import - <mail.log
holds 200 'from standard input'
tail -n +1 mail.log | import -
holds 200 'through a pipe'

lines 2000 1000 >>mail.log
import mail.log
holds 300 'what it grew by is counted'

# A rotation, as logrotate does it with delaycompress, with lines between.
lines 3000 500 >>mail.log
mv mail.log mail.log.1
lines 3500 500 >mail.log
import mail.log mail.log.1
holds 400 'rotated and grown: the rest of the old and the new'
for tool in gzip xz zstd bzip2; do
	$tool -c mail.log.1 >packed
	import packed
	holds 400 "compressed by $tool"
done
rm packed
gzip mail.log.1
mv mail.log.1.gz mail.log.2.gz
lines 4000 300 >>mail.log
mv mail.log mail.log.1
lines 4300 700 >mail.log
gzip mail.log.1
import mail.log mail.log.1.gz mail.log.2.gz
holds 500 'the next rotation, the rest of it inside a .gz'
import mail.log*
holds 500 'all once more'
gzip -dc mail.log.1.gz | import -
holds 500 'unpacked into a pipe'

# Parts of what is known.
gzip -dc mail.log.2.gz >whole
head -n 7 whole >short
import short
holds 500 'a copy of its first lines'
import --quiet short
[ ! -s out ]
ok $? 'quiet says nothing'
head -n 2000 whole >short
import short
holds 500 'a copy of what was its size when it was imported'
head -n 1111 whole >short
import short
[ $? -eq 1 ]
ok $? 'a copy that ends elsewhere is refused'
says "begins like 'mail.log.1'" 'and the log that it is like is named'
holds 500 'and not counted'

# Put together from known ones.
cat whole mail.log >all.log
import all.log
[ $? -eq 1 ]
ok $? 'two known logs in one file are refused'
says 'nothing of it was counted' 'with a sentence'
holds 500 'and not counted'
{ cat whole; lines 9000 10; } >all.log
import all.log mail.log
[ $? -eq 1 ]
ok $? 'a complete log with something behind it, too; the other log is read'
import --overlap=allow all.log
holds 501 'unless it is allowed'

# Logs that begin like a known one and go on differently; a pipe has to be read a second time.
rm s.db*
lines 0 500 >known
{ lines 0 100; lines 5000 900; } >other
import known
import other
holds 150 'one that begins like a known log and is another'
sqlite3 s.db 'SELECT hour, tuple, n FROM count ORDER BY 1, 2' >first
for pack in cat gzip; do
	rm s.db*
	import known
	$pack <other | import -
	sqlite3 s.db 'SELECT hour, tuple, n FROM count ORDER BY 1, 2' >second
	cmp first second >>out 2>&1
	ok $? "the same through a pipe ($pack)"
done
rm s.db*
import known
head -n 333 known | import --overlap=allow -
holds 83 'a part of it, allowed, through a pipe'

# Beginnings of lines, and lines that are not there yet.
rm s.db*
lines 0 14 >mail.log
printf '2026-10-01T00:00:14+00:00 mx1 postfix/smtpd[1013]: Anonymous TLS conn' >>mail.log
import mail.log
holds 2 'an unfinished line is left'
says 'its last line is not finished' 'and it is said'
echo 'ection established from a.example.net[198.51.100.7]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)' >>mail.log
import mail.log
holds 3 'and counted when it is finished'

# Order.
rm s.db*
lines 0 3000 >one
lines 3000 3000 | gzip >two.gz
lines 6000 3000 | xz >three.xz
import three.xz one two.gz
sqlite3 s.db 'SELECT hour, tuple, n FROM count ORDER BY 1, 2' >first
rm s.db*
import one two.gz three.xz
sqlite3 s.db 'SELECT hour, tuple, n FROM count ORDER BY 1, 2' >second
cmp first second >out 2>&1
ok $? 'any order of logs gives the same store'

# A bad file does not stop the others.
rm s.db*
import nofile one /etc
[ $? -eq 1 ]
ok $? 'files that are none give exit 1'
holds 300 'and the others are counted'

# Nothing is written.
rm s.db*
import --dry-run one
[ ! -e s.db ] && grep -q '^2026-10-01 *300 handshakes' out
ok $? 'a dry run says what would be counted and makes no store'

# A year that cannot be known.
lines 0 3000 -v stamp=rfc3164 >years
for month in Nov Dec Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec; do
	echo "$month 11 10:00:00 mx1 postfix/smtpd[1]: Anonymous TLS connection established from a[192.0.2.1]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
done >>years
import --commit-bytes=100000 one years
says 'say the year of its first line with --year' 'a log of more than a year without years is refused'
holds 300 'and all of it taken back'
import --year=2020 years
holds 614 'until its year is given'
