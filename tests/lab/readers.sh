#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Many readers, slow ones, and all that they may ask of the two devices.
#
# lab: --smp 2
# lab-program: readers satellites

. ./lib.sh

# Forty names, the first of them again; there is room for 32.
play_unknown()
{
	for i in 0 1 2 3; do
		for j in 0 1 2 3 4 5 6 7 8 9; do
			printf '%sPX%s%s*%02X\r\n' '$' $i $j $((8 ^ i ^ j))
		done
	done >unknown
	read_nmea received
	play unknown
	head -n 1 unknown | play
	settle
	stop_reading
}
unknown_named()
{
	echo PX00 2
	sed -n 's/^\$\(PX..\).*/\1 1/p' unknown | sed -n 2,32p
	echo other 8
}
ignored_are_named()
{
	play_unknown
	equal "$(cat /sys/kernel/debug/gnss_gpio/gnss_gpio0/ignored)" "$(unknown_named)" &&
		equal "$(stat ignored)" 41
}

nmea-gen --epochs 1 --output epoch
nmea-gen --epochs 5 --output five
nmea-gen --epochs 16 --talker GN --output large
nmea-gen --epochs 70 --seed 3 --output seventy
nmea-gen --count 60 --output short
nmea-gen --epochs 140 --seed 2 --output long
load 9600
mark
./readers short long || echo 'it ended early' | not_ok 'readers ends'
./satellites epoch five large seventy || echo 'it ended early' | not_ok 'satellites ends'
check 'sentences that are not decoded are counted by their names' ignored_are_named
check 'the kernel is quiet' quiet
note "$(counters)"
check 'the modules unload' unload
finish
