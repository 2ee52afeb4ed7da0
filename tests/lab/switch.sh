#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The bottom half is changed while data flows, to each there is in turn, and so is the
# engine.
#
# lab: --smp 1
# lab: --smp 1 --rt
# lab: --smp 2
# lab: --smp 2 --rt
# lab-program: bottom-half
# lab-program: chardev

. ./lib.sh

# receive BAUD PAUSE_MS FILE...
receive()
{
	load "$1" || return
	shift
	read_switched "$@"
}

# judge NAME LEAST: the number of switches that makes the test worth its name
judge()
{
	check "$1: $(cat switches) switches are enough" [ "$(cat switches)" -ge "$2" ]
	check "$1: the stream is what was sent" same received played
	check "$1: no fix is lost or doubled" both fixes_are_the_truth 'without_gap records'
	check "$1: no trouble is counted, and the kernel is quiet" both no_trouble quiet
	note "$1: $(counters)"
}

# Of two processors that are both busy the lab lets one run until the next timer is
# due, while the other stands still: 38400 baud is too fast then.
baud=38400 count=600
[ "$(nproc)" = 1 ] || baud=9600 count=300
nmea-gen --count $count --truth truth --output played
check "every 50 ms at $baud baud: it runs" \
	receive $baud 50 "$GG/bottom_half" "$GG/rx_engine"
judge "every 50 ms at $baud baud" 60
unload
if [ "$(nproc)" = 1 ]; then
	nmea-gen --count 60 --truth truth --output played
	check 'without a pause at 9600 baud: it runs' receive 9600 0 "$GG/bottom_half"
	judge 'without a pause at 9600 baud' 200
	unload
fi
finish
