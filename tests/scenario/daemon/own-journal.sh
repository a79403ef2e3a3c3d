# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
#
# A folder in the place of this machine's /var/log, for a journal of its own: in mounts that only the
# daemon sees, $daemon_as.  To be sourced after harness.sh.

remote=/lib/systemd/systemd-journal-remote
mkdir -p own-log/journal
cat >as.sh <<'END'
set -e
mount --make-rprivate /
mount --bind "$1" /var/log
[ ! -d /run/log/journal ] || mount -t tmpfs none /run/log/journal
shift
exec "$@"
END
machine=$(cat /etc/machine-id 2>/dev/null)
journal=$work/own-log/journal/$machine
this_boot=$(tr -d - </proc/sys/kernel/random/boot_id)
daemon_as="unshare -m sh as.sh $work/own-log"

own_journal() { # TESTS: that many are skipped, and the script ends, where it cannot be had
	if [ ! -x "$remote" ] || [ -z "$machine" ] ||
		! unshare -m sh as.sh "$work/own-log" true 2>"$own/why"; then
		rm -f "$own/why"
		skip "$1" 'needs root, for a mount namespace, and systemd-journal-remote'
		echo "1..$test"
		exit 0
	fi
	mkdir "$journal"
}

# Lines on standard input are entries of a boot, in a file of the journal.
receive() { # FILE BOOT
	awk -v uid=0 -v boot="$2" -v ahead="${ahead:-0}" -f "$harness/export.awk" |
		"$remote" -o "$journal/$1.journal" - >>"$own/remote.out" 2>&1
}
