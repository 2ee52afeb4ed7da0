#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A line that chatters at nearly 1 MHz: its interrupt is off most of the time,
# the machine goes on, one message tells, and what is sent afterwards arrives.
#
# lab: --smp 1
# lab: --smp 1 --rt

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

# loops: that a program makes in a second
loops()
{
	timeout 1 sh -c 'i=0; trap "echo \$i >loops; exit" TERM; while :; do i=$((i + 1)); done'
	cat loops
}

chatter()
{
	put 921600 "$SIM/baud" && dd if=u of=/dev/gnss-sim0 bs=64k 2>/dev/null
}

messages() { said | grep -c chatters; }

# at_least GOT WANTED
at_least() { [ "$1" -ge "$2" ] || { echo "$1, not $2"; return 1; }; }

nmea-gen --count 60 --output played
head -c 1000000 /dev/zero | tr '\0' U >u
sleep 3
load 9600
for engine in edge timer; do
	put "$engine" "$GG/rx_engine"
	# The simulator itself takes time: the same without the driver.
	chatter &
	unheard=$(loops)
	wait $!
	mark
	read_nmea received
	chatter &
	chattering=$(loops)
	wait $!
	mutes=$(stat mutes)
	note "engine $engine: edges $(stat edges), muted $mutes times; loops in a second, line closed $unheard, open $chattering"
	check "$engine: the line is muted, and tried again" at_least "$mutes" 2
	check "$engine: the machine has most of its time" \
		both "at_least $unheard 1000" "at_least $((chattering * 100)) $((unheard * 90))"
	check "$engine: one message says so" equal "$(messages)" 1
	settle
	stop_reading

	put 9600 "$SIM/baud"
	sleep 0.5
	before=$(stat mutes)
	read_nmea received
	play played
	settle
	stop_reading
	check "$engine: then all that is sent arrives" same received played
	check "$engine: and is not muted" equal "$(stat mutes)" "$before"
	mark
	read_nmea received
	chatter
	sleep 0.5
	stop_reading
	check "$engine: when it chatters again, another message says so" equal "$(messages)" 1
	put 9600 "$SIM/baud"
	sleep 0.5
done
check 'closed while it is muted, opened, and all arrives' both 'put 921600 $SIM/baud' \
	'read_nmea received; dd if=u of=/dev/gnss-sim0 bs=64k count=1 2>/dev/null; sleep 0.1; stop_reading' \
	'put 9600 $SIM/baud; sleep 1; read_nmea received; play played; settle; stop_reading' \
	'same received played'
unload
finish
