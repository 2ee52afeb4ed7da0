#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The Debian packages: they build, lintian finds nothing, they hold what they should,
# DKMS builds the modules of what is packed, and purge leaves nothing.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

VERSION=$(dpkg-parsechangelog -l tools/deb/debian/changelog -S Version)
ARCH=$(dpkg --print-architecture)
DEB=${CACHE:-$PWD/build}/deb
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The project has no mail address that could stand there.
lint()
{
	silent lintian --allow-root --fail-on none \
		--suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog "$DEB"/*.changes
}

# has PACKAGE FILE...: in this version
has()
{
	local package=$1 files file status=0
	files=$(dpkg -c "$DEB/$package" | awk '{ print $6 }')
	shift
	for file; do
		grep -qxF "./$file" <<<"$files" && continue
		echo "there is no $file"
		status=1
	done
	return "$status"
}

programs()
{
	local p files=()
	for p in $(sed -nE 's/^(PROGRAMS|SCRIPTS) := //p' userspace/Makefile | xargs); do
		files+=("usr/bin/$p" "usr/share/man/man1/$p.1.gz")
	done
	has "gnss-gpio_${VERSION}_$ARCH.deb" "${files[@]}"
}

# make_root FOLDER [gpsd]: an installed system, as far as the package touches it
make_root()
{
	mkdir -p "$1/var/lib/dpkg" "$1/boot/firmware/overlays" "$1/etc"
	: >"$1/var/lib/dpkg/status"
	echo dialout:x:20: >"$1/etc/group"
	[ "${2:-}" ] || return 0
	mkdir -p "$1/etc/apparmor.d/local"
	echo 'profile gpsd /usr/sbin/gpsd { #include <local/usr.sbin.gpsd>' >"$1/etc/apparmor.d/usr.sbin.gpsd"
	echo '/dev/mine rw,' >"$1/etc/apparmor.d/local/usr.sbin.gpsd"
}

# in_root FOLDER WORD...: dpkg; maintainer scripts are told of the folder
in_root()
{
	local root=$1
	shift
	dpkg --root="$root" --force-script-chrootless --force-depends --force-not-root \
		--log=/dev/null "$@"
}

# Names and contents, but dpkg's own
listing()
{
	(
		cd "$1" || exit
		find . -path ./var/lib/dpkg -prune -o -printf '%p %y\n' | sort
		find . -path ./var/lib/dpkg -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
	)
}

install_in()
{
	make_root "$@"
	listing "$1" >"$1.before"
	in_root "$1" -i "$DEB/gnss-gpio_${VERSION}_$ARCH.deb"
}

rule_count() { grep -cxF '/dev/gnss-nmea[0-9]* rw, # gnss-gpio' "$1/etc/apparmor.d/local/usr.sbin.gpsd"; }

installed_well()
{
	[ "$(rule_count "$1")" = 1 ] || { cat "$1/etc/apparmor.d/local/usr.sbin.gpsd"; return 1; }
	cmp "$1/usr/share/gnss-gpio/overlays/gnss-gpio.dtbo" "$1/boot/firmware/overlays/gnss-gpio.dtbo"
}

purged_well()
{
	in_root "$1" --purge gnss-gpio || return
	listing "$1" >"$1.after"
	diff "$1.before" "$1.after"
}

# What apt would do: dpkg -i once more.
again() { in_root "$1" -i "$DEB/gnss-gpio_${VERSION}_$ARCH.deb" && installed_well "$1"; }

dkms_builds()
{
	local release kdir words
	release=$(tools/lab/fetch resolve 6.12 "$ARCH") && kdir=$(tools/lab/fetch headers "$release") || return
	dpkg -x "$DEB/gnss-gpio-dkms_${VERSION}_all.deb" "$work/dkms" && mkdir -p "$work/tree" "$work/modules" || return
	words=(--dkmstree "$work/tree" --sourcetree "$work/dkms/usr/src" --installtree "$work/modules"
		-m gnss-gpio -v "$VERSION")
	env -u MAKEFLAGS dkms add "${words[@]}" &&
		env -u MAKEFLAGS dkms build "${words[@]}" -k "$release" --kernelsourcedir "$kdir" &&
		[ "$(find "$work/tree" -name '*.ko*' -path "*/$release/*" | wc -l)" = 2 ] && return
	tail -n 20 "$work"/tree/gnss-gpio/*/build/make.log
	return 1
}

# It has no lines to receive on; a build that failed would fail the package's installation.
dkms_passes_by()
{
	local kdir=$work/no-gpio said
	mkdir -p "$kdir" "$work/tree.no-gpio" && echo CONFIG_HIGH_RES_TIMERS=y >"$kdir/.config" || return
	said=$(env -u MAKEFLAGS dkms build --dkmstree "$work/tree.no-gpio" --sourcetree "$work/dkms/usr/src" \
		-m gnss-gpio -v "$VERSION" -k 6.12-no-gpio --kernelsourcedir "$kdir" 2>&1)
	[ $? = 77 ] && grep -q BUILD_EXCLUSIVE <<<"$said" && return
	echo "$said"
	return 1
}

# What 'make install' puts there, 'make uninstall' takes away.
uninstalls()
{
	make -s -C userspace O="${CACHE:-$PWD/build}/programs/host" DESTDIR="$work/dest" install &&
		[ -x "$work/dest/usr/local/bin/gnss-doctor" ] &&
		make -s -C userspace DESTDIR="$work/dest" uninstall &&
		silent find "$work/dest" -type f
}

# The rule of gpsd, for a terminal instead of a receiver, as udev sees it: in a namespace
# with folders of its own, as udevadm writes to them.
TERMINAL=tty1
udev_takes_rule()
{
	local said
	mkdir -p "$work/rules"
	sed "s/gnss_gpio/tty/; s/gnss-nmea[*]/$TERMINAL/" tools/60-gnss-gpio.rules >"$work/rules/60-gnss-gpio.rules"
	said=$(unshare -m sh -c "mount --bind '$work/rules' /lib/udev/rules.d && mount -t tmpfs none /run &&
		mount -t tmpfs none /dev && mknod /dev/$TERMINAL c 4 1 &&
		udevadm test /sys/class/tty/$TERMINAL && readlink -f /dev/gps1" 2>&1)
	grep -qx 'SYSTEMD_WANTS=gpsdctl@gps1.service' <<<"$said" && grep -qx 'TAGS=:systemd:' <<<"$said" &&
		grep -qx "/dev/$TERMINAL" <<<"$said" && ! grep -qiE '60-gnss.*(invalid|unknown|error)' <<<"$said" && return
	echo "$said"
	return 1
}

check 'deb: the packages build' tools/deb/build
if command -v lintian >/dev/null; then
	check 'deb: lintian finds nothing' lint
else
	skip 'deb: lintian finds nothing' 'lintian is missing'
fi
check 'deb: each program and its man page' programs
check 'deb: overlay and udev rule' has "gnss-gpio_${VERSION}_$ARCH.deb" \
	usr/share/gnss-gpio/overlays/gnss-gpio.dtbo lib/udev/rules.d/60-gnss-gpio.rules
if [ -e "/sys/class/tty/$TERMINAL" ] && command -v udevadm >/dev/null && unshare -m true 2>/dev/null; then
	check 'deb: by the udev rule there is a link, and systemd is to start gpsdctl' udev_takes_rule
else
	skip 'deb: the udev rule' 'there is no udevadm, no terminal, or no permission for a namespace'
fi
check 'deb: the module is loaded at boot' has "gnss-gpio-dkms_${VERSION}_all.deb" usr/lib/modules-load.d/gnss-gpio.conf
check 'deb: DKMS builds both modules for 6.12' dkms_builds
check 'deb: DKMS passes by a kernel without GPIO' dkms_passes_by
check 'make uninstall removes what make install made of the programs' uninstalls
for with in gpsd ''; do
	root=$work/root$with
	name="deb, ${with:-no gpsd} in the system"
	check "$name: it installs" install_in "$root" $with
	check "$name: gpsd may open receivers, the firmware has the overlay" installed_well "$root"
	check "$name: and once, if it is installed again" again "$root"
	check "$name: purge leaves what was there" purged_well "$root"
done
exit $STATUS
