#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The Debian packages in a whole Debian with systemd, udev, AppArmor and gpsd: a virtual
# machine, in which the simulator stands for the board.
#
#   systemd.sh
#
# The machine boots twice from the same disk, and runs tests/systemd/install.sh, in which
# much is compiled, with all processors, and tests/systemd/receive.sh in virtual time.
# What they print and leave is kept in check/systemd in the cache ($CACHE, or build/).

cd "$(dirname "$0")/.." || exit 1
. tools/lab/lib.sh
. tests/host-lib.sh
# What fails is a verdict.
set +e

KEEP=$CACHE/check/systemd
TIMEOUT=${TIMEOUT:-3600}	# wall time; a machine that hangs, no measurement

# media NAME: a disk with the packages and what the system is to run
media()
{
	rm -rf "${KEEP:?}/media"
	mkdir -p "$KEEP/media"
	cp tests/lab/lib.sh "$CACHE"/deb/gnss-gpio_*.deb "$CACHE"/deb/gnss-gpio-dkms_*.deb \
		"$KEEP/media/"
	cp tests/systemd/lib.sh "$KEEP/media/system.sh"
	cp "tests/systemd/$1.sh" "$KEEP/media/run"
	mke2fs -q -F -t ext4 -d "$KEEP/media" "$KEEP/media.img" 16M >/dev/null
	rm -r "${KEEP:?}/media"
}

# machine NAME OPTION...: boots, until it is through with NAME.sh
machine()
{
	local name=$1
	shift
	media "$name" || return
	timeout "$TIMEOUT" qemu-system-x86_64 -M q35 -m 1024 -display none -nic none -no-reboot \
		-monitor none -serial "file:$KEEP/$name.console" -serial "file:$KEEP/$name.said" \
		-kernel "$SYSTEM/vmlinuz" -initrd "$SYSTEM/initrd" \
		-append 'root=/dev/vda rw console=ttyS0 loglevel=5 panic=-1' \
		-drive "file=$KEEP/disk.img,if=virtio,format=raw,cache=unsafe" \
		-drive "file=$KEEP/media.img,if=virtio,format=raw,readonly=on" "$@" \
		>"$KEEP/$name.qemu" 2>&1 </dev/null
}

# boot NAME OPTION...: passes on the verdicts, and adds that on the machine
boot()
{
	local name=$1 status=0 begin=$SECONDS
	machine "$@" || status=$?
	tr -d '\r' <"$KEEP/$name.said" | sed -E '/^# end$/d; s/^(ok|not ok|skip) - /\1 - systemd: /'
	! grep -q '^not ok' "$KEEP/$name.said" || STATUS=1
	check "systemd: $name comes to its end" came_to_end "$name" "$status"
	check "systemd: the kernel warns of nothing ($name)" kernel_is_content "$name"
	echo "# systemd: $name took $((SECONDS - begin)) s"
}

# came_to_end NAME STATUS: of qemu
came_to_end()
{
	tail -n 1 "$KEEP/$1.said" | tr -d '\r' | grep -qx '# end' && [ "$2" = 0 ] && return
	tail -n 30 "$KEEP/$1.console" "$KEEP/$1.qemu"
	if [ "$2" = 124 ]; then
		echo "the machine was stopped after $TIMEOUT s (TIMEOUT)"
	else
		echo "qemu ended with status $2"
	fi
	return 1
}

kernel_is_content()
{
	! grep -aE -A 20 "$TROUBLE" "$KEEP/$1.console"
}

if [ "$(dpkg --print-architecture)" != amd64 ]; then
	skip 'systemd' "the machine is one of QEMU's for amd64, with what runs here; this is no amd64"
	exit
fi
rm -rf "$KEEP"
mkdir -p "$KEEP"
if ! SYSTEM=$(tools/lab/fetch system 2>"$KEEP/fetch"); then
	skip 'systemd' "the system cannot be made: $(tail -n 1 "$KEEP/fetch")"
	exit
fi
check 'systemd: the packages build' tools/deb/build
[ "$STATUS" = 0 ] || exit 1
cp --sparse=always "$SYSTEM/disk.img" "$KEEP/disk.img" || exit

# An instruction of 1 ns is of the order of a Raspberry Pi 4.
boot install -smp "$(nproc)" -accel tcg,thread=multi
boot receive -smp 1 -icount shift=0,sleep=off -rtc "base=$(date -u +%FT%T),clock=vm" -seed 1
rm -f "$KEEP"/*.img
exit $STATUS
