#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The overlay on a Raspberry Pi 3: what the firmware would merge is in the
# device tree, and so is a simulated receiver to bring data.

. ./lib.sh

modprobe gnss_gpio_sim receivers=0
modprobe gnss_gpio
by_name()
{
	for d in /sys/class/gnss_gpio/gnss_gpio*; do
		case $(readlink -f "$d/device") in
		*/"$1") basename "$d"; return ;;
		esac
	done
}
pi=$(by_name gnss@4)
sim=$(by_name gnss-gpio-on-sim)

check 'the driver probes on the overlay'"'"'s node' [ -n "$pi" ]
check 'it holds GPIO 4 of pinctrl-bcm2835' \
	sh -c "gpioinfo pinctrl-bcm2835 | grep -q 'line *4:.*\"rx\".*input.*used'"
check 'it holds the interrupt of that line' \
	grep -q "pinctrl-bcm2835 *4 .*$pi" /proc/interrupts
check 'the pin is an input with a pull-up' \
	sh -c "grep -q 'pin 4 .*gnss@4' /sys/kernel/debug/pinctrl/*/pinmux-pins"
check 'it is to find the rate' [ "$(cat "/sys/class/gnss_gpio/$pi/baud")" = auto ]
for chosen in 'bottom_half threaded-irq' 'rx_engine timer' 'stream checked'; do
	check "parameters of the overlay choose: $chosen" \
		grep -qF "[${chosen#* }]" "/sys/class/gnss_gpio/$pi/${chosen% *}"
done
check 'without these there are the defaults' \
	grep -qF '[workqueue]' "/sys/class/gnss_gpio/$sim/bottom_half"

# Of four processors three stand still until the one that runs is idle, be it with an
# edge that is to interrupt: see switch.sh.
echo 1200 >"/sys/class/gnss_gpio/$sim/baud"
echo 1200 >"$SIM/baud"
nmea-gen --epochs 5 --output played.nmea --truth meant.json
cat "/dev/gnss-nmea${sim#gnss_gpio}" >received.nmea &
gnss-fix --json "/dev/gnss-fix${sim#gnss_gpio}" >fixes.json &
fixes=$!
sleep 0.2
dd if=played.nmea of=/dev/gnss-sim0 conv=fsync 2>/dev/null
sleep 20
kill $fixes
check 'bytes arrive by the simulator of the device tree' \
	cmp played.nmea received.nmea
check 'so do fixes' [ "$(grep -c '"lat"' fixes.json)" = 5 ]
finish
