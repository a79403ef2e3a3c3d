#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What can be said of the tree without building it: formatting, shell scripts, licence lines,
# manual pages.  A checker that is missing is a loud skip here and installed by `make deps-check`.

set -u

test=0
echo 1..5

result() {
	test=$((test + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $test - $2"
	else
		echo "not ok $test - $2"
		sed 's/^/# /' "$scratch"
	fi
}

missing() {
	test=$((test + 1))
	echo "ok $test - $1 # SKIP $2 is not installed"
}

scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT

# Versions differ in what they find well formatted: Debian 12's counts.
if command -v clang-format-14 >/dev/null; then
	find src tests -name '*.[ch]' -exec clang-format-14 --dry-run -Werror {} + >"$scratch" 2>&1
	result $? 'C is formatted as .clang-format says'
else
	missing 'C formatting' clang-format-14
fi

scripts() {
	find tests completion share -name '*.sh' -o -name '*.bash'
	[ ! -e .ci/run ] || echo .ci/run
}

if command -v shellcheck >/dev/null; then
	scripts | xargs shellcheck -x >"$scratch" 2>&1
	result $? 'shellcheck finds nothing in the scripts'
else
	missing 'shell scripts' shellcheck
fi

scripts | while read -r script; do
	case $(head -n 1 "$script") in
	'#!'*) [ -x "$script" ] || echo "$script has an interpreter and is not executable" ;;
	*) [ ! -x "$script" ] || echo "$script is executable and has no interpreter" ;;
	esac
done >"$scratch"
[ ! -s "$scratch" ]
result $? 'scripts that run are executable, those that are read are not'

# The first line, the second after an interpreter's or an XML prologue.
{
	find src tests sql patterns policies man systemd completion share \
		\( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.awk' -o -name '*.sql' \
		-o -name '*.yaml' -o -name '*.bats' -o -name '*.[1-8]' -o -name '*.bash' -o -name '*.css' \) \
		-not -path 'tests/data/*' 2>/dev/null
	ls Makefile .clang-format .ci/run
} | while read -r file; do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: ISC' || echo "$file"
done >"$scratch" 2>&1
[ ! -s "$scratch" ]
result $? 'every source file names its licence'

if ! ls man/*.[1-8] >/dev/null 2>&1; then
	test=$((test + 1))
	echo "ok $test - manual pages # SKIP there are none"
elif command -v mandoc >/dev/null; then
	mandoc -T lint -W warning man/*.[1-8] >"$scratch" 2>&1
	result $? 'mandoc finds nothing in the manual pages'
else
	missing 'manual pages' mandoc
fi
