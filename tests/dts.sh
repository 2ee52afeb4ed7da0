#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device tree parts: the overlay builds, its parameters exist, Debian's tree
# of a Raspberry Pi 3 takes it, and the driver probes there.  The binding is a
# valid one.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

OVERLAY=dts/gnss-gpio-overlay
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() { dtc -@ -I dts -O dtb -o "$work/$(basename "$1" .dts).dtbo" "$1"; }

# Firmware writes a parameter's value to PROPERTY:OFFSET of the labelled node.
# parameter NAME LABEL PROPERTY: does it say so, and is there what it names?
parameter()
{
	local node
	tr -d '\n\t' <"$OVERLAY.dts" | grep -o "[[:space:];{]$1 = [^;]*;" |
		grep -q "<&$2>, \"$3:[0-9]*\"" || return
	node=$(fdtget "$work/merged.dtb" /__symbols__ "$2") &&
		fdtget "$work/merged.dtb" "$node" "$3"
}

# The schema beside those of the kernel that it refers to.
binding()
{
	cp -r "$linux/Documentation/devicetree/bindings" "$work" &&
		cp dts/gnss-gpio.yaml "$work/bindings/gnss" &&
		silent dt-doc-validate -u "$work/bindings" \
			"$work/bindings/gnss/gnss-gpio.yaml"
}

check 'dts: the overlay builds without a warning' silent compile "$OVERLAY.dts"
compile "$OVERLAY.dts"
compile tests/lab/raspi3b-sim.dts

kernel=$(tools/lab/fetch kernel 6.12) || exit 1
linux=$(tools/lab/fetch source 6.12) || exit 1
dtb=$(find "$kernel" -name bcm2837-rpi-3-b.dtb | head -n 1)
check 'dts: the tree of a Raspberry Pi 3 takes it' \
	fdtoverlay -i "$dtb" -o "$work/merged.dtb" "$work/gnss-gpio-overlay.dtbo"
check 'dts: rx_pin names the pin' parameter rx_pin gnss_gpio_pins brcm,pins
check 'dts: rx_pin names the line' parameter rx_pin gnss_gpio rx-gpios
check 'dts: tx_pin names the line' grep -q '<&gnss_gpio>, "tx-gpios:4"' "$OVERLAY.dts"
check 'dts: baud names the rate' parameter baud gnss_gpio current-speed

if command -v dt-doc-validate >/dev/null; then
	check 'dts: the binding is a valid schema' binding
else
	skip 'dts: the binding is a valid schema' 'dt-doc-validate is missing (package dt-schema)'
fi

tools/lab/run --machine raspi3b --ns-per-insn 2 --timeout 120 \
	--overlay "$work/gnss-gpio-overlay.dtbo" --overlay "$work/raspi3b-sim.dtbo" \
	--put tests/lab/lib.sh --put tests/lab/raspi3b.sh -- sh raspi3b.sh |
	sed '/^# end$/d; s/^\(ok\|not ok\) - /\1 - raspi3b: /'
[ "${PIPESTATUS[0]}" = 0 ] || exit 1
exit $STATUS
