#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: roots.sh NAME [--from SUITE] [PACKAGE...]
#
# Makes a root file system of Debian 12 with PACKAGE installed and prints the folders that hold
# it, upper first, as overlayfs wants them in lowerdir=.  All roots share one debootstrap base;
# a root is one layer on it, so that packages that conflict (every mail-transport-agent does)
# never meet.  With --from they, and what they need, come from another Debian: its libraries
# replace the base's.  Roots are kept under $MAILTLS_ROOTS and made again when their packages
# change.
#
# Needs root.  Packages come from where this machine's own apt gets them.

set -eu -o pipefail

roots=${MAILTLS_ROOTS:-/var/tmp/mailtls-roots}
suite=bookworm

fail() {
	echo "roots.sh: $*" >&2
	exit 1
}

# failed_with LOG TEXT...: fails and shows where.
failed_with() {
	tail -n 20 "$1" >&2
	shift
	fail "$*"
}

# uri, release and component of what apt on this machine knows as Debian's own.
sources() {
	apt-get indextargets --format "\$(ORIGIN) \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
		'Identifier: Packages' |
		awk -v suite="$suite" '$1 == "Debian" && index($3, suite) == 1 {
			print $2, $3, $4
		}' | sort -u
}

# Programs run from here as root: nobody else may have made it.
claim() {
	mkdir -p "$roots"
	if [ -L "$roots" ] || [ ! -O "$roots" ]; then
		fail "'$roots' belongs to somebody else"
	fi
}

configure_apt() {
	local root=$1
	sources | sed 's/^/deb /' >"$root/etc/apt/sources.list"
	apt-config dump Acquire::Check-Valid-Until Acquire::Check-Date \
		Acquire::http Acquire::https >"$root/etc/apt/apt.conf.d/90host"
	# A root that is lost in a power cut is made again.
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 0755 "$root/usr/sbin/policy-rc.d"
}

build_base() {
	local uri
	[ -e "$roots/base" ] && return
	uri=$(sources | awk -v suite="$suite" '$2 == suite { print $1; exit }')
	[ -n "$uri" ] || fail "apt on this machine has no Debian $suite (apt-get update?)"
	rm -rf "$roots/base.new"
	case $uri in
	https:*) set -- --include=ca-certificates ;;
	*) set -- ;;
	esac
	debootstrap --variant=minbase "$@" "$suite" "$roots/base.new" "$uri" \
		>"$roots/base.log" 2>&1 || failed_with "$roots/base.log" 'debootstrap failed'
	configure_apt "$roots/base.new"
	mv "$roots/base.new" "$roots/base"
}

# Mounts made here end with the process: it runs in a mount namespace of its own.
install_packages() {
	local new=$1 release=
	shift
	if [ "$1" = --from ]; then
		release=$2
		shift 2
		set -- -t "$release" "$@"
	fi
	mkdir -p "$new/upper" "$new/work" "$new/root"
	mount -t overlay overlay "$new/root" \
		-o "lowerdir=$roots/base,upperdir=$new/upper,workdir=$new/work" ||
		fail 'no overlay there: a container? set MAILTLS_ROOTS to a folder on a disk of its own'
	cp -L /etc/resolv.conf "$new/root/etc/resolv.conf"
	mount -t proc proc "$new/root/proc"
	[ -z "$release" ] || sed -n "s/ $suite / $release /p" "$new/root/etc/apt/sources.list" \
		>"$new/root/etc/apt/sources.list.d/$release.list"
	chroot "$new/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
		LC_ALL=C sh -c 'apt-get update && apt-get install -y --no-install-recommends "$@" &&
			apt-get clean' sh "$@"
}

build_layer() {
	local name=$1 new=$roots/$1.new
	shift
	[ "$(cat "$roots/$name/packages" 2>/dev/null)" = "$*" ] && return
	rm -rf "$new" "${roots:?}/$name"
	mkdir "$new"
	unshare --mount --pid --fork --kill-child "$0" --install "$new" "$@" \
		>"$roots/$name.log" 2>&1 </dev/null || failed_with "$roots/$name.log" "no root '$name'"
	rm -rf "$new/work" "$new/root"
	echo "$*" >"$new/packages"
	mv "$new" "$roots/$name"
}

if [ "${1:-}" = --install ]; then
	shift
	install_packages "$@"
	exit
fi

name=${1:?usage: roots.sh NAME [--from SUITE] [PACKAGE...]}
shift
claim
exec 9>"$roots/lock.base"
flock 9
build_base
exec 9>"$roots/lock.$name"
flock 9
if [ $# -gt 0 ]; then
	build_layer "$name" "$@"
	echo "$roots/$name/upper:$roots/base"
else
	echo "$roots/base"
fi
