#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The stream through the kernel's GNSS class: each bottom half, readers that are slow or
# many, a device that goes away, and a kernel without the class.
#
# lab: --smp 1
# lab: --smp 2 --rt
# lab: --smp 1 --without PPS,GNSS

. ./lib.sh

GNSS=/dev/gnss0

# What the core's buffer holds.
FIFO=4096

# through BOTTOM-HALF: the bytes on both devices are those played. 'hardirq' decodes in
# the interrupt, and so makes edges late by most of a bit: in one of some builds a byte is
# wrong.
through()
{
	wrong=0
	[ "$1" != hardirq ] || wrong=2
	put "$1" "$GG/bottom_half" || return
	read_nmea class $GNSS
	read_nmea received
	play played
	settle
	stop_reading
	both 'same class received' "same_but $wrong received played"
}

each_bottom_half()
{
	for bh in $(tr -d '[]' <"$GG/bottom_half"); do
		put "$bh" "$GG/bottom_half" >/dev/null || continue
		check "$bh: the bytes are those played" through "$bh"
	done
	check 'nothing is lost' zero gnss_lost_bytes reader_lost_bytes overruns
	put workqueue "$GG/bottom_half"
}

# Nobody reads: the buffer fills, and the other readers lose nothing.
slow_reader()
{
	exec 3<$GNSS
	read_nmea received
	play long
	settle
	stop_reading
	cat <&3 >class &
	reader=$!
	sleep 0.1
	kill $reader
	wait $reader 2>/dev/null
	exec 3<&-
	head -c $FIFO long >begin
	both 'same received long' 'same class begin' \
		"equal $(stat gnss_lost_bytes) $(($(wc -c <long) - FIFO))"
}

# More than may wait are not woken, so that reception does not suffer.
many_readers()
{
	lost=$(stat gnss_lost_bytes)
	for i in 1 2 3 4 5 6 7 8; do
		read_nmea "many$i" $GNSS
	done
	read_nmea received
	play played
	settle
	stop_reading
	both 'same received played' "equal $(($(stat gnss_lost_bytes) - lost)) $(wc -c <played)"
}

# Two processors that take turns spoil a byte at times, two times in a row in one build.
is_sent()
{
	tries=0 most=1
	[ "$(nproc)" = 1 ] || most=5
	until [ $((tries += 1)) -gt $most ]; do
		listen heard
		before=$(stat tx_bytes)
		echo hello >$GNSS
		sent=$(($(stat tx_bytes) - before))
		unlisten
		equal "$(cat heard), $sent" 'hello, 6' && return
	done
	return 1
}

# Readers get all that came, and then the end of the file.
goes_away()
{
	cat $GNSS >class &
	reader=$!
	opened $reader $GNSS
	play played
	put gnss-gpio.0 "$DRIVER/unbind"
	wait $reader || return
	same class played && [ ! -e $GNSS ] && put gnss-gpio.0 "$DRIVER/bind" && [ -e $GNSS ]
}

# A drain in hard IRQ is too slow for more.
load 4800
nmea-gen --count 30 --output played
nmea-gen --count 150 --output long
if [ -e $GNSS ]; then
	check 'it is of type NMEA, and the receiver'"'"'s' equal \
		"$(cat /sys/class/gnss/gnss0/type) $(basename "$(readlink /sys/class/gnss/gnss0/device)")" \
		'NMEA gnss_gpio0'
	each_bottom_half
	check 'a slow reader loses, is counted, and disturbs nobody' slow_reader
	check 'too many readers lose, are counted, and disturb nobody' many_readers
	check 'what is written is sent when write() returns' is_sent
	check 'the device goes away with a reader, and comes back' goes_away
else
	check 'a kernel without the class: there is none' equal "$(modinfo gnss_gpio | grep -c '^depends:.*gnss$')" 0
	read_nmea received
	play played
	settle
	stop_reading
	check 'the stream is received' same received played
fi
note "$(counters)"
check 'the modules unload' unload
finish
