#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The two commands that README.md marks as such, as they stand there, on a Debian 12 that has git, make and
# ca-certificates and nothing else beyond debootstrap's minbase: a clone of this checkout's HEAD
# is built, reports, and passes its tests.  Speaks TAP.  Needs root, and apt's network.

set -u -o pipefail

here=$(dirname "$0")
roots=${MAILTLS_ROOTS:-/var/tmp/mailtls-roots}

if [ "$(id -u)" -ne 0 ]; then
	echo 1..1
	echo 'ok 1 - README on a bare Debian # SKIP needs root: README.md WAS NOT TRIED'
	exit 0
fi

# One line each, in the code block under "<!-- command N -->".
readme_commands() {
	awk '/^<!-- command [12] -->$/ { marked = 1; next }
		/^```/ { if (inside) marked = 0; inside = !inside; next }
		inside && marked && NF' README.md
}

# Mounts end with the namespace of this second run of the script.
if [ "${1:-}" = --inside ]; then
	work=$2
	mount -t overlay overlay "$work/root" \
		-o "lowerdir=$(cat "$work/layers"),upperdir=$work/upper,workdir=$work/work" &&
		mount -t proc proc "$work/root/proc" &&
		mount -t tmpfs tmpfs "$work/root/dev/shm" &&
		mkdir -p "$work/root/dev/pts" &&
		mount -t devpts devpts "$work/root/dev/pts" -o newinstance,ptmxmode=0666 &&
		rm -f "$work/root/dev/ptmx" && ln -s pts/ptmx "$work/root/dev/ptmx" || exit
	cp -L /etc/resolv.conf "$work/root/etc/resolv.conf"
	# Some tests want a machine of their own, not a folder of one; they say so, and are run elsewhere.
	# The scenarios take long, and CI has run them where the same packages were installed.
	exec chroot "$work/root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin MAILTLS_BARE=1 \
		WITHOUT='tests/scenario/%' \
		sh -c "cd /root/mailtls && $3"
fi

test=0
result() {
	test=$((test + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $test - $2"
	else
		echo "not ok $test - $2"
		tail -n 60 "$work/output" | sed 's/^/# /'
	fi
}

echo 1..5
work=
trap 'rm -rf "${work:-/nonexistent}"' EXIT
if ! layers=$("$here/real/roots.sh" bare git make ca-certificates); then
	echo 'Bail out! no bare Debian'
	exit 1
fi
work=$(mktemp -d "$roots/run.XXXXXX")
mkdir "$work/upper" "$work/work" "$work/root" "$work/upper/root"
chmod 0755 "$work/upper"
chmod 0700 "$work/upper/root"
echo "$layers" >"$work/layers"

# The checkout may belong to whoever started CI.
printf '[safe]\n\tdirectory = *\n' >"$work/gitconfig"
export GIT_CONFIG_GLOBAL=$work/gitconfig
if [ -n "$(git status --porcelain)" ]; then
	echo '# changes that are not committed are not in the clone'
fi
git clone -q --no-local . "$work/upper/root/mailtls" >"$work/output" 2>&1
result $? 'a clone of the checkout'

mapfile -t commands < <(readme_commands)
[ "${#commands[@]}" -eq 2 ]
result $? 'README.md marks two commands'

inside() {
	timeout 900 unshare --mount --pid --uts --ipc --fork --kill-child "$0" --inside "$work" "$1" \
		>"$work/output" 2>&1 </dev/null
}

inside "${commands[0]:-false}"
result $? "${commands[0]:-the first}"
grep -q 'TLSv1\.3' "$work/output"
result $? 'it prints a report'
inside "${commands[1]:-false}"
result $? "${commands[1]:-the second}"
