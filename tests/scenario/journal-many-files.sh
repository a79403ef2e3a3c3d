#!/bin/sh
# SPDX-License-Identifier: ISC
#
# More journal files than a process may have open: libsystemd leaves out what it cannot open, and
# tells nobody, so the limit is raised, the files are read one after the other, or it is an error.

. tests/scenario/daemon/harness.sh

remote=/lib/systemd/systemd-journal-remote
if [ ! -x "$remote" ]; then
	skip 9 'systemd-journal-remote is not installed'
	echo "1..$test"
	exit 0
fi

mkdir remote
for i in $(seq 90); do
	emit 4 | awk -v uid=0 -v machine=1 -v boot="$(printf %032x "$i")" -f "$harness/export.awk" |
		"$remote" -o "$work/remote/system@$i.journal" - >>"$own/remote.out" 2>&1
	# Nobody writes it any more: header, state.
	printf '\002' | dd of="remote/system@$i.journal" bs=1 seek=16 conv=notrunc 2>/dev/null
done
lines=$(wc -l <"$own/oracle")

report() { # SOFT:HARD
	prlimit --nofile="$1" "$build/mailtls-report" --config=/dev/null --patterns="$patterns" --color=never \
		--since=2000-01-01 remote >"$own/why" 2>&1
}
report 40: && grep -q "^Read .* $lines lines" "$own/why"
ok $? 'a report lets itself have them open'
report 100:100
[ $? -eq 1 ] && grep -q 'has 90 files, more than this process may open' "$own/why"
ok $? 'or says that it may not'
prlimit --nofile=100 "$build/mailtls-import" --store=s.db --patterns="$patterns" journal:remote \
	>"$own/why" 2>&1
ok $? 'an import reads them one after the other'
exact 'each entry once'
rm s.db*
daemon_as='prlimit --nofile=100'
start journal:remote
exact 'so does the service'
end whole
