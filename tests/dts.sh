#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device tree parts: the overlay builds, its parameters exist, Debian's trees
# of Raspberry Pis take it, once and twice, and what comes of it is what the binding
# allows; the driver probes on a Raspberry Pi 3.  The binding is a valid one.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

OVERLAY=dts/gnss-gpio-overlay
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() { dtc -@ -Wno-unit_address_vs_reg -I dts -O dtb -o "$work/$(basename "$1" .dts).dtbo" "$1"; }

# with_pin PIN: the overlay as the firmware makes it of rx_pin=PIN
with_pin()
{
	sed "/__overrides__/,\$ b; s/@4 {/@$1 {/; s/<4>/<$1>/; s/<&gpio 4 /<\&gpio $1 /" "$OVERLAY.dts" >"$work/pin$1.dts" &&
		compile "$work/pin$1.dts"
}

# merges DTB: with two receivers
merges()
{
	fdtoverlay -i "$1" -o "$work/two.dtb" "$work/pin4.dtbo" "$work/pin17.dtbo" &&
		[ "$(fdtget "$work/two.dtb" /gnss@4 rx-gpios | cut -d ' ' -f 2)" = 4 ] &&
		[ "$(fdtget "$work/two.dtb" /gnss@17 rx-gpios | cut -d ' ' -f 2)" = 17 ] &&
		[ "$(fdtget "$work/two.dtb" "$(fdtget "$work/two.dtb" /__symbols__ gpio)/gnss_gpio_pins@17" brcm,pins)" = 17 ]
}

# valid DTB: as far as the binding says
valid() { silent dt-validate -l gnss-gpio -s "$work/schema.json" "$1"; }

# refuses TYPE PROPERTY VALUE: is that no receiver, by the binding?
refuses()
{
	cp "$work/two.dtb" "$work/bad.dtb"
	fdtput -t "$1" "$work/bad.dtb" /gnss@4 "$2" "$3" && ! valid "$work/bad.dtb" >/dev/null
}

# word DTBO NAME WORD: firmware writes a parameter that is a word to PROPERTY of the
# labelled node, before it merges the overlay
word()
{
	local label property
	read -r label property < <(sed -nE "s/^\s*$2 = <&(\w+)>, \"([^\":]+)\";/\1 \2/p" "$OVERLAY.dts")
	[ "$property" ] &&
		fdtput -t s "$1" "$(fdtget "$1" /__symbols__ "$label")" "$property" "$3"
}

same_bottom_halves()
{
	diff <(sed -nE 's/.*(\.name\s*= |BH_[A-Z]+\()"([a-z-]+)".*/\2/p' driver/bh_table.c) \
		<(sed -nE '/^  linux,bottom-half:/,/^  linux,stream:/ s/^ *- //p' dts/gnss-gpio.yaml)
}

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

# The node that README.md shows, in the tree of a Raspberry Pi 3
readme_node()
{
	{
		echo '/dts-v1/; /plugin/; / { fragment@0 { target-path = "/"; __overlay__ {'
		sed -nE '/^ +gnss \{/,/^ +\};/p' README.md
		echo '}; }; };'
	} | sed 's/GPIO_ACTIVE_HIGH/0/' >"$work/node.dts"
	compile "$work/node.dts" && fdtoverlay -i "$dtb" -o "$work/node.dtb" "$work/node.dtbo" &&
		valid "$work/node.dtb" && [ "$(fdtget "$work/node.dtb" /gnss compatible)" = gnss-gpio ]
}

# The schema beside those of the kernel that it refers to.
binding()
{
	cp -r "$linux/Documentation/devicetree/bindings" "$work" &&
		cp dts/gnss-gpio.yaml "$work/bindings/gnss" &&
		silent dt-doc-validate -u "$work/bindings" \
			"$work/bindings/gnss/gnss-gpio.yaml"
}

fails() { ! "$@"; }

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
check 'dts: pps_pin names the line' grep -q '<&gnss_gpio>, "pps-gpios:4"' "$OVERLAY.dts"
# The binding knows no rate of 0: without the parameter there is no such property.
check 'dts: baud names the rate' grep -q '<&gnss_gpio>, "current-speed:0"' "$OVERLAY.dts"
check 'dts: without it the rate is to be found' fails fdtget "$work/merged.dtb" /gnss@4 current-speed

check 'dts: pull names the pull' parameter pull gnss_gpio_pins brcm,pull

with_pin 4
with_pin 17
for dtbo in gnss-gpio-overlay pin4; do
	check "dts: engine, bottom_half and stream name properties ($dtbo)" eval \
		"word $work/$dtbo.dtbo engine timer &&
		word $work/$dtbo.dtbo bottom_half threaded-irq && word $work/$dtbo.dtbo stream checked"
done
check 'dts: the binding names the bottom halves of the driver' same_bottom_halves
have_schema=
if command -v dt-doc-validate >/dev/null; then
	check 'dts: the binding is a valid schema' binding
	dt-mk-schema -j -o "$work/schema.json" "$work/bindings" && have_schema=1
else
	skip 'dts: the binding is a valid schema' 'dt-doc-validate is missing (package dt-schema)'
fi
[ -z "$have_schema" ] || check 'dts: the node in README.md is valid' readme_node
for dtb in "$(dirname "$dtb")"/bcm2*-rpi-*.dtb; do
	pi=$(basename "$dtb" .dtb)
	if ! fdtget "$dtb" /__symbols__ gpio >/dev/null 2>&1; then
		skip "dts: $pi takes two receivers" "Debian's device tree of it has no label gpio"
		continue
	fi
	check "dts: $pi takes two receivers" merges "$dtb"
	[ -z "$have_schema" ] || check "dts: $pi: what comes of it is valid" valid "$work/two.dtb"
done
if [ "$have_schema" ]; then
	check 'dts: the binding refuses a rate of 0' refuses x current-speed 0
	check 'dts: the binding refuses what nobody controls' refuses x vcc-supply 1
	for property in linux,rx-engine linux,bottom-half linux,stream; do
		check "dts: the binding refuses an unknown $property" refuses s $property nonesuch
	done
fi

tools/lab/run --machine raspi3b --ns-per-insn 2 --timeout 120 \
	--overlay "$work/gnss-gpio-overlay.dtbo" --overlay "$work/raspi3b-sim.dtbo" \
	--put tests/lab/lib.sh --put tests/lab/raspi3b.sh -- sh raspi3b.sh |
	sed '/^# end$/d; s/^\(ok\|not ok\) - /\1 - raspi3b: /'
[ "${PIPESTATUS[0]}" = 0 ] || exit 1
exit $STATUS
