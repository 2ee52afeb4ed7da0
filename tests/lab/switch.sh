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

# So many bytes may be wrong.
WRONG=0

# A sentence that is wrong may be ambiguous. Then its altitude or the like is lost, but
# others have the position.
same_positions()
{
	fixed truth >truth.fixed
	fixed fixes >fixes.fixed
	same fixes.fixed truth.fixed
}

# judge NAME LEAST: the number of switches that makes the test worth its name
judge()
{
	check "$1: $(cat switches) switches are enough" [ "$(cat switches)" -ge "$2" ]
	check "$1: no record is lost" without_gap records
	if [ $WRONG = 0 ]; then
		check "$1: no fix is lost or doubled" fixes_are_the_truth
		check "$1: the stream is what was sent" same received played
		check "$1: no trouble is counted, and the kernel is quiet" both no_trouble quiet
	else
		check "$1: no fix is lost or doubled, and its position is true" same_positions
		check "$1: the stream is what was sent, but for $WRONG bytes" same_but $WRONG received played
		check "$1: the kernel is quiet" quiet
	fi
	note "$1: $(counters)"
}

# switched NAME BAUD COUNT FILE...
switched()
{
	name="$1, every 50 ms at $2 baud" baud=$2
	nmea-gen --count "$3" --truth truth --output played
	shift 3
	check "$name: it runs" receive "$baud" 50 "$@"
	judge "$name" 60
	unload
}

# A change costs none. But 'hardirq' decodes in the interrupt and so makes edges late by
# a bit and more, which costs bytes at 38400 baud, and in one of some builds at 19200.
if [ "$(nproc)" = 1 ] && [ ! "${PLAY_BAUD:-}" ]; then
	WRONG=3
	switched 'bottom halves and engines' 19200 120 "$GG/bottom_half" "$GG/rx_engine"
	WRONG=24
	switched 'bottom halves and engines' 38400 240 "$GG/bottom_half" "$GG/rx_engine"
	SKIP=hardirq
	export SKIP
	WRONG=0
	switched 'bottom halves but hardirq, and engines' 38400 400 "$GG/bottom_half" "$GG/rx_engine"
	unset SKIP
	nmea-gen --count 60 --truth truth --output played
	check 'without a pause at 9600 baud: it runs' receive 9600 0 "$GG/bottom_half"
	judge 'without a pause at 9600 baud' 200
	unload
else
	WRONG=3
	switched 'bottom halves and engines' 4800 100 "$GG/bottom_half" "$GG/rx_engine"
fi
finish
