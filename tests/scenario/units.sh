#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The installed units, user and folder are what systemd takes them for: units load with and without
# each drop-in, what they are exposed to stays below its bound (0.6 of 10), the user gets its
# groups.  Nothing here runs under this machine's systemd.

set -u

if [ -n "${MAILTLS_BARE:-}" ]; then
	echo '1..0 # SKIP needs a machine, not a root folder'
	exit 0
fi
unset MAKEFLAGS MAKELEVEL MFLAGS

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
test=0

result() {
	test=$((test + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $test - $2"
	else
		echo "not ok $test - $2"
		sed 's/^/# /' "$scratch/output"
	fi
}

if ! command -v systemd-analyze >"$scratch/output"; then
	echo '1..1'
	echo 'ok 1 - units # SKIP systemd-analyze is not installed: NO UNIT WAS CHECKED'
	exit 0
fi
echo 1..9

make -s BUILD="${BUILD:-build}" DESTDIR="$scratch/root" PREFIX="$scratch/usr" \
	SYSTEMDUNITDIR=/units SYSUSERSDIR=/usr/lib/sysusers.d TMPFILESDIR=/usr/lib/tmpfiles.d \
	install >"$scratch/output" 2>&1
result $? 'they are installed'
root=$scratch/root
docs=$root$scratch/usr/share/doc/mailtls
# The programs are where the units say that they are.
mkdir "$scratch/usr"
ln -s "$root$scratch/usr/bin" "$scratch/usr/bin"
! grep -r '@[A-Z]*@' "$root/units" "$root/usr/lib" "$docs/drop-in" >"$scratch/output" 2>&1
result $? 'every place was put in'

# verify NAME: 252 warns of an unknown key and is content with it.
verify() {
	find "$root/units" -maxdepth 1 -type f -exec \
		systemd-analyze verify --man=no --recursive-errors=no {} + >"$scratch/output" 2>&1
	[ ! -s "$scratch/output" ]
	result $? "systemd has nothing to say of the units$1"
}

exposure() {
	for unit in mailtls mailtls-report; do
		systemd-analyze security --offline=true --threshold=6 "$root/units/$unit.service" \
			>"$scratch/output" 2>&1
		result $? "$unit.service is exposed to no more than 0.6$1"
	done
}

verify ''
exposure ''
for unit in mailtls mailtls-report; do
	cp -r "$docs/drop-in/$unit.service.d" "$root/units"
done
cp -r "$docs/drop-in/MTA.service.d" "$root/units/mailtls-report.service.d"
cp "$docs/drop-in/MTA.service.d/log-rate.conf" "$root/units/mailtls-report.service.d"
verify ', with their drop-ins'
grep -q 'MemoryDenyWriteExecute=yes' "$root/units/mailtls.service" &&
	systemd-analyze security --offline=true "$root/units/mailtls.service" >"$scratch/output" 2>&1 &&
	grep -q 'may create writable executable memory' "$scratch/output"
result $? 'the drop-in jit.conf has its effect'

systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' "$root/units/mailtls-report.timer")" \
	>"$scratch/output" 2>&1
result $? "the timer's calendar is one"

mkdir -p "$root/etc"
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nadm:x:4:\nsystemd-journal:x:999:\n' >"$root/etc/group"
if systemd-sysusers --root="$root" mailtls.conf >"$scratch/output" 2>&1; then
	grep -q '^mailtls:.*:/var/lib/mailtls:' "$root/etc/passwd" &&
		grep -q '^adm:.*mailtls' "$root/etc/group" &&
		grep -q '^systemd-journal:.*mailtls' "$root/etc/group"
fi
result $? 'the user of the service may read logs and the journal'
