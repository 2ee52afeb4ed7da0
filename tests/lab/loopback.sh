#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The driver sends on a line of the machine's own GPIO controller, and a wire leads to
# the line on which it receives: it hears itself.
#
# lab: --smp 1 --wire 1:5
# lab: --smp 1 --rt --wire 1:5
# lab-receiver: 5 1

. ./lib.sh

BYTES=600

# level_is LEVEL: of the line it sends on
level_is() { grep -q "|tx *) out $1" /sys/kernel/debug/gpio || { cat /sys/kernel/debug/gpio; return 1; }; }

# comes_back BAUD
comes_back()
{
	put "$1" "$GG/baud" || return
	read_nmea received
	cat played >"$NMEA"
	settle
	stop_reading
	same received played
}

nmea-gen --count 60 | head -c $BYTES >played
modprobe gnss_gpio
check 'the line it sends on is at rest' level_is hi
for baud in 1200 4800 9600 19200 38400; do
	if [ $baud -le 9600 ]; then
		check "$baud baud: what was sent comes back" comes_back $baud
	else
		comes_back $baud >/tmp/why 2>&1
	fi
	note "$baud baud: $(cmp -l received played 2>/dev/null | wc -l) bytes wrong, $(wc -c <received) of $BYTES; edges off by up to $(stat tx_edge_error_max_ns) ns, $(stat tx_late_bits) too late"
done
check 'the line is at rest again' level_is hi
rmmod gnss_gpio
finish
