#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Two builds of the same source in two folders are the same bytes.

set -u
unset BUILD MAKEFLAGS MAKELEVEL MFLAGS

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for folder in one another/further/down; do
	mkdir -p "$scratch/$folder"
	cp -r Makefile src sql "$scratch/$folder"
	make -s -j2 -C "$scratch/$folder" >"$scratch/make.log" 2>&1 || {
		sed 's/^/# /' "$scratch/make.log"
		echo 'Bail out! no build to compare'
		exit 1
	}
done

programs=$(find "$scratch/one/build" -maxdepth 1 -name 'mailtls*' -perm -u+x)
test=0
for program in $programs; do
	test=$((test + 1))
	name=${program##*/}
	cmp "$program" "$scratch/another/further/down/build/$name" 2>&1 | sed 's/^/# /' \
		>"$scratch/difference"
	cat "$scratch/difference"
	if [ -s "$scratch/difference" ]; then
		echo "not ok $test - $name"
	else
		echo "ok $test - $name"
	fi
done
[ "$test" -gt 0 ] || echo 'not ok - there are programs'
echo "1..$test"
