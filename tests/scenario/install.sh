#!/bin/sh
# SPDX-License-Identifier: ISC
#
# `make install` puts exactly the files of tests/golden/install.txt under DESTDIR, touches nothing
# else, and `make uninstall` takes all of them away.  UPDATE_GOLDEN=1 rewrites the list.

set -u
unset MAKEFLAGS MAKELEVEL MFLAGS

golden=tests/golden/install.txt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
umask 077 # modes must not be the installer's

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		sed 's/^/# /' "$scratch/output"
	fi
}

make_quietly() {
	make -s "$@" BUILD="${BUILD:-build}" DESTDIR="$scratch/root" PREFIX=/usr \
		>"$scratch/output" 2>&1
}

listing() {
	find "$scratch/root" -type f -printf '%m %P\n' | LC_ALL=C sort -k 2
}

echo 1..6
mkdir "$scratch/root"
make_quietly install
result $? '1 - make install'

[ -z "${UPDATE_GOLDEN:-}" ] || listing >"$golden"
listing | diff "$golden" - >"$scratch/output"
result $? '2 - it installs the files of the list, with their modes'

"$scratch/root/usr/bin/mailtls-report" --version >"$scratch/output" 2>&1
result $? '3 - an installed program runs'

# The same binaries, that were perhaps built for another prefix.
(unset MAILTLS_PATTERNS && "$scratch/root/usr/bin/mailtls-pattern" check) >"$scratch/output" 2>&1 &&
	grep -q "^$scratch/root/usr/.*postfix.yaml: " "$scratch/output"
result $? '4 - it finds the patterns that were installed with it'

(unset MAILTLS_POLICIES && "$scratch/root/usr/bin/mailtls-report" --policy=list) >"$scratch/output" 2>&1 &&
	grep -q '^bcp195-2026 ' "$scratch/output"
result $? '5 - and the policies'

make_quietly uninstall && find "$scratch/root" -type f >"$scratch/output"
[ ! -s "$scratch/output" ]
result $? '6 - make uninstall leaves no file'
