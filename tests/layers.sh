#!/bin/sh
# SPDX-License-Identifier: ISC
#
# usage: layers.sh [FOLDER]
#
# Holds src/ (or FOLDER, a tree like it) to its design: which layer may include which, each
# library behind one .c file, calls that log text must never meet, names that say nothing.

set -u

src=${1:-src}
echo 1..5

# result NUMBER NAME: ok if standard input is empty, else it is what is wrong.
result() {
	found=$(cat)
	if [ -z "$found" ]; then
		echo "ok $1 - $2"
	else
		echo "not ok $1 - $2"
		echo "$found" | sed 's/^/# /'
	fi
}

# file:header of each include, "" or <>, in all of src/.
includes() {
	find "$src" -name '*.[ch]' -exec sed -nE \
		-e '/^[[:space:]]*#[[:space:]]*include/{F;s/^[^<"]*([<"][^>"]*).*/\1/p}' {} + |
		paste -d ' ' - - | sed -E "s|^$src/||"
}

# What a layer may include besides itself.  A path names one header; a folder, all of them.
allowed='
base
tls: base
input: base
parse: base tls
store: base tls parse/fact.h parse/parser.h input/identity.h
report: base tls store/query.h
cmd: base tls input parse store report
'

includes | awk -v allowed="$allowed" '
	BEGIN {
		split(allowed, lines, "\n")
		for (i in lines) {
			n = split(lines[i], words, /:? /)
			sub(/:$/, "", words[1])
			may[words[1], words[1]] = known[words[1]] = 1
			for (j = 2; j <= n; j++)
				may[words[1], words[j]] = 1
		}
	}
	$2 ~ /^"/ {
		header = substr($2, 2)
		layer = header
		from = $1
		sub(/\/.*/, "", layer)
		sub(/\/.*/, "", from)
		if (!known[from] || !may[from, layer] && !may[from, header])
			print $1 " includes " header
	}' | result 1 'each layer includes only what it may know'

# The C library, Linux and the compiler; every other <header> is a library of somebody else.
system='arpa|linux|net|netinet|sys|immintrin|x86intrin|cpuid|assert|ctype|dirent|dlfcn|endian|err'
system="$system|errno|fcntl|fnmatch|ftw|getopt|glob|grp|inttypes|langinfo|libgen|limits|locale"
system="$system|malloc|math|netdb|poll|pthread|pwd|regex|sched|search|semaphore|setjmp|signal"
system="$system|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn"
system="$system|string|strings|syscall|sysexits|syslog|termios|threads|time|uchar|unistd|utime"
system="$system|wchar|wctype"

includes | grep -E ' <' | grep -vE " <($system)(\.h|/)" | sort -u | awk '
	$1 ~ /\.h$/ { print $1 " shows " substr($2, 2) " to whoever includes it" }
	{ users[$2] = users[$2] " " $1; n[$2]++ }
	END {
		for (header in n)
			if (n[header] > 1)
				print substr(header, 2) " is included by" users[header]
	}' | result 2 'a library is known to one .c file'

# Whole words before a parenthesis; comments may name them.
calls() {
	find "$src" -name '*.[ch]' -exec grep -nE "(^|[^A-Za-z0-9_>.\"])($1)[[:space:]]*\(" {} + |
		grep -vE ':[[:space:]]*(/\*|\*|//)'
}

{
	calls 'strcpy|strncpy|stpcpy|strcat|strncat|sprintf|vsprintf|strtok|strtok_r|gets|[fv]?scanf'
	# log.c reads $JOURNAL_STREAM, which systemd writes.
	calls 'v?sscanf' | grep -v "^$src/base/log\.c:"
} | result 3 'no call that copies or scans without a bound'

# SQL that is run as text cannot bind what a stranger wrote.
calls 'sqlite3_(exec|mprintf|vmprintf|get_table)' | grep -v "^$src/store/sqlite\.c:" |
	result 4 'SQL is run as text in store/sqlite.c alone'

find "$src" tests patterns sql man policies \
	\( -iname '*util*' -o -iname '*misc*' -o -iname '*common*' -o -iname '*helper*' \
	-o -iname '*manager*' \) 2>/dev/null | result 5 'every file and folder has a noun'
