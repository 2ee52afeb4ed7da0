# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # 'run' sets the options, and uses what is set here
# The machine of a run: QEMU's words and the device tree; to be sourced by 'run'.

# Sets QEMU, its words, and which tty of the guest leads where.
describe_machine()
{
	case $MACHINE in
	virt) describe_virt ;;
	raspi3b) describe_raspi3b ;;
	esac
	QEMU+=(-nodefaults -display none -no-reboot -nic none
		-rtc 'base=2026-01-01,clock=vm' -seed 1)
	if [ "$THREADS" = 1 ]; then
		QEMU+=(-accel 'tcg,thread=multi')
	else
		QEMU+=(-icount "shift=$SHIFT,sleep=off")
	fi
	[ "$VERBOSE" = 1 ] || CMDLINE+=" quiet"
	CMDLINE="$CMDLINE panic=-1 nokaslr log_buf_len=4M $APPEND"
}

# What QEMU's monitor is told before the guest starts. A wire joins an output of
# the GPIO controller to an input, wherever in the machine the controller is.
write_monitor_script()
{
	local w pl061
	: >"$RUN/monitor"
	if [ ${#WIRES[@]} = 0 ]; then
		QEMU+=(-monitor none)
		return
	fi
	pl061=/machine/unattached/$(printf 'qom-list /machine/unattached\nquit\n' |
		"${QEMU[@]}" -S -monitor stdio 2>/dev/null | sed -n 's/ (child<pl061>).*//p' | tr -d '\r')
	for w in "${WIRES[@]}"; do
		echo "qom-set $pl061 unnamed-gpio-out[${w%:*}] $pl061/unnamed-gpio-in[${w#*:}]"
	done >"$RUN/monitor"
	echo cont >>"$RUN/monitor"
	QEMU+=(-S -monitor stdio)
}

# channel NAME: a file that QEMU writes to, which never makes it wait
channel() { : >"$RUN/$1"; echo "file,id=$1,path=$RUN/$1,append=on"; }

# QEMU's words for virt of this architecture. With highmem its PCI would be out of the
# reach of a 32-bit kernel.
name_virt()
{
	case $ARCH in
	arm64) VIRT=(qemu-system-aarch64 -cpu cortex-a72 -M virt,gic-version=3) ;;
	armhf) VIRT=(qemu-system-arm -cpu cortex-a15 -M virt,highmem=off) ;;
	esac
	VIRT+=(-m "$MEM" -smp "$SMP")
}

describe_virt()
{
	name_virt
	CONSOLE=/dev/ttyAMA0 OUT=/dev/ttyS0 ERR=/dev/ttyS1 RESULTS=/dev/ttyS2
	EARLY_MODULES=
	CMDLINE='console=ttyAMA0'
	QEMU=("${VIRT[@]}"
		-chardev "$(channel console)" -serial chardev:console
		-chardev "$(channel stdout)" -device 'pci-serial,addr=1,chardev=stdout'
		-chardev "$(channel stderr)" -device 'pci-serial,addr=2,chardev=stderr'
		-chardev "$(channel results)" -device 'pci-serial,addr=3,chardev=results')
}

describe_raspi3b()
{
	CONSOLE=/dev/ttyS1 OUT=/dev/ttyAMA0 ERR=/dev/ttyAMA0 RESULTS=/dev/ttyS1
	EARLY_MODULES=bcm2835_wdt
	CMDLINE='console=ttyS1,115200'
	QEMU=(qemu-system-aarch64 -M raspi3b
		-chardev "$(channel stdout)" -serial chardev:stdout
		-chardev "$(channel console)" -serial chardev:console)
}

dump_virt_dtb()
{
	name_virt
	"${VIRT[@]}" -M "dumpdtb=$1" -seed 1 -nodefaults -nic none -display none >"$RUN/dumpdtb.log" 2>&1 || { cat "$RUN/dumpdtb.log" >&2; die "QEMU cannot write its device tree"; }
}

# The Pi's DTB gives the PL011 UART to a bluetooth chip, which QEMU does not
# have; without that it becomes ttyAMA0. The seed, which a Pi's firmware gives
# too, makes the kernel's random numbers ready at once: collecting them from
# jitter fails where time has none.
make_raspi3b_dtb()
{
	local seed
	cp "${DTB:-$KERNEL_DIR/usr/lib/linux-image-$RELEASE/broadcom/bcm2837-rpi-3-b.dtb}" "$1"
	seed=$(seq 64)
	# shellcheck disable=SC2086 # words
	fdtput -t bu "$1" /chosen rng-seed $seed
	fdtput -t s "$1" /soc/serial@7e201000/bluetooth status disabled
}

# The machine's device tree, in the file FDT; empty where QEMU's own will do.
make_device_tree()
{
	FDT=$DTB
	if [ "$MACHINE" = raspi3b ]; then
		FDT=$RUN/raspi3b.dtb
		make_raspi3b_dtb "$FDT"
	elif [ -z "$DTB" ] && [ "${#OVERLAYS[@]}${DUMP_DTB:+x}" != 0 ]; then
		FDT=$RUN/virt.dtb
		dump_virt_dtb "$FDT"
	fi
	[ ${#OVERLAYS[@]} -gt 0 ] || return 0
	fdtoverlay -i "$FDT" -o "$RUN/merged.dtb" "${OVERLAYS[@]}" 2>"$RUN/fdtoverlay.log" || {
		cat "$RUN/fdtoverlay.log" >&2
		fdtget -l "$FDT" /__symbols__ >/dev/null 2>&1 ||
			say "the device tree has no symbols, so overlays cannot refer to labels such as &gpio"
		die "the overlays do not fit the device tree of $MACHINE${RELEASE:+ ($RELEASE)}"
	}
	FDT=$RUN/merged.dtb
}
