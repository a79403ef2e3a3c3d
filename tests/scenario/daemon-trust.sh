#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Whom a journal's source trusts counts, and how many entries of others were left out is told: in the
# status, and by a report's hints.

. tests/scenario/daemon/harness.sh

remote=/lib/systemd/systemd-journal-remote
if [ ! -x "$remote" ]; then
	skip 11 'systemd-journal-remote is not installed'
	echo "1..$test"
	exit 0
fi

receive() { # UID
	awk -v uid="$1" -f "$harness/export.awk" |
		"$remote" -o "$work/remote/one.journal" - >>"$own/remote.out" 2>&1
}

strangers() { # COUNT: of entries that nobody sent whom mail knows
	emit_lost "$1" | receive 64999
}

refused() {
	[ "$(store "SELECT untrusted FROM source")" -eq "$1" ]
}

report() {
	MAILTLS_CONFIG=/dev/null "$build/mailtls-report" --patterns="$patterns" --store=s.db --color=never "$@" 2>&1
}

mkdir remote
printf 'sources:\n  - journal: %s/remote\n    trust: users\n' "$work" >config.yaml
strangers 8
start --config=config.yaml
until_true refused 8
ok $? 'entries of strangers are left out'
report --view summary | grep -q "Hint.*8 entries of '$work/remote' were left out"
ok $? 'of a source with nothing else, every report says so'
emit 40 | receive 0
strangers 4
exact 'entries of root count'
until_true refused 12
ok $? 'and strangers do not'
kill9
strangers 5
start --config=config.yaml
until_true refused 17
ok $? 'how many they are is kept with the counts'
report --since 60d --view coverage --format csv >"$own/why"
grep -q "^1,coverage,.*,postfix,.*,$work/remote,.*17 entries of '$work/remote' were left out" "$own/why"
ok $? 'the coverage says it beside the source'
[ "$(report --since 60d --view protocols | grep -c 'left out')" -eq 0 ] &&
	[ "$(report --since 60d --view coverage --no-hints | grep -c 'left out')" -eq 0 ] &&
	[ "$(report --since 60d --view coverage | grep -c 'left out')" -eq 1 ]
ok $? 'and only that'
end lossy
