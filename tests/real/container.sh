# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# A real systemd, booted in a container over this machine's own root (an overlay: nothing of it is
# changed), with mailtls installed in /usr/local.  To be sourced by a test that runs itself inside:
#
#	container_begin WHAT "$@"	# the test goes on in mounts of its own, or says why it cannot
#	...				# what it changes in $root before the boot
#	container_run COUNT		# boots, and runs the test again with --inside; its TAP is ours
#
# Needs root.

missing() {
	echo 1..1
	echo "ok 1 - $what # SKIP $1: THE UNITS WERE NOT RUN"
	exit 0
}

container_leave() {
	if [ -n "$container" ]; then
		kill "$container" 2>/dev/null
		wait "$container" 2>/dev/null
	fi
	umount "$work/root" "$work" 2>/dev/null
	rm -rf "$work"
}

container_begin() { # WHAT [ARGUMENT]
	what=$1
	[ "$(id -u)" -eq 0 ] || missing 'needs root'
	command -v systemd-nspawn >/dev/null ||
		missing 'systemd-nspawn is not installed (make deps-real)'
	# Mounts end with the namespace of this second run.
	if [ "${2:-}" != --mounts ]; then
		exec unshare -m --propagation private -- "$0" --mounts
	fi
	work=$(mktemp -d)
	container=''
	trap container_leave EXIT
	mount -t tmpfs -o size=1G,mode=755 tmpfs "$work" || missing 'no tmpfs may be mounted'
	mkdir "$work/upper" "$work/work" "$work/root"
	mount -t overlay overlay "$work/root" \
		-o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" ||
		missing 'no overlay may be mounted'
	root=$work/root
	rm -f "$root"/etc/systemd/system/*.target.wants/* "$root/etc/machine-id"
	rm -rf "$root/var/lib/mailtls" "$root/etc/mailtls" "$root/var/log"/mail*
	systemd-id128 new >"$root/etc/machine-id"
	rm -rf "$root/var/log/journal"
	mkdir -p "$root/var/log/journal"
	make -s install BUILD="${BUILD:-build}" PREFIX=/usr/local DESTDIR="$root" \
		>"$work/output" 2>&1 || {
		sed 's/^/# /' "$work/output"
		echo 'Bail out! make install failed'
		exit 1
	}
}

inside() {
	nsenter -t "$(ps --ppid "$container" -o pid= | tr -d ' ')" -m -u -i -n -p -C -- \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TZ=UTC "$@"
}

container_is_up() {
	case $(inside systemctl is-system-running 2>/dev/null) in
	running | degraded) ;;
	*) return 1 ;;
	esac
}

container_run() { # COUNT
	cp "$0" "$root/root/test.sh"
	cp "$(dirname "$0")/inside.sh" "$root/root"
	systemd-nspawn -q -D "$root" --boot --register=no --keep-unit --private-network \
		--machine=mailtls-test --console=pipe </dev/null >"$work/console" 2>&1 &
	container=$!
	for _ in $(seq 300); do
		container_is_up && break
		sleep 0.1
	done
	container_is_up || missing 'no container can be booted here'
	echo "1..$1"
	inside bash /root/test.sh --inside
}
