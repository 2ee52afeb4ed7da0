#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Users who may open the devices: many of them, and one who means harm. What others
# receive is what was sent, and no counter lies.
#
# lab: --smp 1
# lab: --smp 2
# lab-program: hostile

. ./lib.sh

# Two processors that are both busy: see same_but.
WRONG=$((3 * ($(nproc) - 1)))

# Those who are never idle let one of two processors stand still for milliseconds.
STALLS=0

# A user is in this group on Debian: dialout.
allow()
{
	chgrp 20 /dev/gnss-nmea0 /dev/gnss-fix0 && chmod 660 /dev/gnss-nmea0 /dev/gnss-fix0 &&
		chmod 1777 .
}

# beside WHAT...: plays beside it
beside()
{
	rm -f ready
	read_nmea received
	read_fixes fixes
	./hostile "$@" &
	beside_pid=$!
	patiently [ -e ready ] || return
	play played
	settle
	stop_reading
	kill $beside_pid
	wait $beside_pid 2>/dev/null
	[ $? = 143 ]
}

# hostile WORDS...
hostile()
{
	mark
	check "$baud baud, $*: it goes on" beside "$@"
	if [ $STALLS = 0 ]; then
		# Half a bit of 38400 baud is 13 us, and the readers are woken.
		check "$baud baud, $*: the stream is what was sent" \
			same_but $((WRONG + (baud == 38400))) received played
		check "$baud baud, $*: so are the fixes" fixes_are_the_truth
	fi
	check "$baud baud, $*: the counters are right" both sum_holds 'zero overruns line_errors mutes slow_mutes'
	check "$baud baud, $*: the kernel is quiet" quiet
	note "$(counters)"
}

nmea-gen --count 24 --truth truth --output played
for baud in 9600 38400; do
	load $baud
	allow
	hostile readers 1
	hostile readers 20
	hostile readers 100
	hostile pollers 100
	hostile epoll 2000
	hostile exclusive 2000
	unload
done

baud=9600
load $baud
allow
STALLS=$(($(nproc) - 1))
hostile opens
hostile ioctls
hostile reads
hostile races
check 'when all is over the modules unload' patiently unload
finish
