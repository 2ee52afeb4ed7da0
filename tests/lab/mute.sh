#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A line that chatters at nearly 1 MHz, faster than any machine here can take it:
# its interrupt is off most of the time, the machine goes on, one message tells,
# and what is sent afterwards arrives. With the rate set, and with it to be found.
#
# lab: --smp 1
# lab: --smp 1 --rt
# lab: --smp 1 --ns-per-insn 8
# lab: --smp 2 --ns-per-insn 4

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

BAUD=4800

# loops: that a program makes in four seconds, on the processor that the line interrupts
loops()
{
	timeout 4 taskset 1 sh -c 'i=0; trap "echo \$i >loops; exit" TERM; while :; do i=$((i + 1)); done'
	cat loops
}

chatter()
{
	put 921600 "$SIM/baud" && dd if=u of=/dev/gnss-sim0 bs=64k conv=fsync 2>/dev/null
}

messages() { said | grep -c 'the line is tried again\|the line chatters'; }
mutes() { echo $(($(stat mutes) + $(stat slow_mutes))); }

# While the rate is to be found, the first sentences are lost.
arrived()
{
	case $1 in
	auto)
		tail -n 20 received >received.tail
		tail -n 20 played >played.tail
		same received.tail played.tail ;;
	*) same received played ;;
	esac
}

# muted NAME RATE PERCENT: so much of its time the machine has at least
muted()
{
	put "$2" "$GG/baud"
	before=$(mutes) edges=$(stat edges)
	mark
	read_nmea received
	chatter &
	chattering=$(loops)
	wait $!
	mutes=$(($(mutes) - before))
	note "$1: edges $(($(stat edges) - edges)), muted $mutes times; loops in 4 s, line quiet $quiet_loops, chattering $chattering"
	check "$1: the line is muted, and tried again" at_least "$mutes" 2
	check "$1: the machine has most of its time" \
		both "at_least $quiet_loops 4000" "at_least $((chattering * 100)) $((quiet_loops * $3))"
	check "$1: one message says so" equal "$(messages)" 1
	settle
	stop_reading

	put $BAUD "$SIM/baud"
	sleep 0.5
	before=$(mutes)
	read_nmea received
	play played
	settle
	stop_reading
	check "$1: then what is sent arrives" arrived "$2"
	check "$1: and is not muted" equal "$(mutes)" "$before"
	mark
	read_nmea received
	chatter
	sleep 0.5
	stop_reading
	check "$1: when it chatters again, another message says so" equal "$(messages)" 1
	put $BAUD "$SIM/baud"
	sleep 0.5
}

nmea-gen --count 60 --output played
head -c 400000 /dev/zero | tr '\0' U >u
sleep 3
load $BAUD
quiet_loops=$(loops)
# To a machine of 8 ns an instruction what is decoded all the same counts for more.
least=90
[ "$quiet_loops" -gt 80000 ] || least=85
for engine in edge timer; do
	put "$engine" "$GG/rx_engine"
	muted "engine $engine, $BAUD baud" $BAUD $least
	# As the rate may have so many edges, it takes a quarter of a second to see that
	# the machine cannot.
	muted "engine $engine, rate to be found" auto 70
done
put $BAUD "$GG/baud"
check 'closed while it is muted, opened, and all arrives' both 'put 921600 $SIM/baud' \
	'read_nmea received; dd if=u of=/dev/gnss-sim0 bs=64k count=1 2>/dev/null; sleep 0.1; stop_reading' \
	'put $BAUD $SIM/baud; sleep 1; read_nmea received; play played; settle; stop_reading' \
	'same received played'

opened_and_closed()
{
	mark
	chatter &
	chatterer=$!
	for _ in 1 2 3 4 5 6 7 8; do
		read_nmea received
		sleep 0.2
		stop_reading
	done
	wait $chatterer
	put $BAUD "$SIM/baud"
	equal "$(messages)" 1
}
check 'opened and closed eight times while it chatters: one message says so' opened_and_closed

# Whoever may write to the receiver must not take all the time of a machine that is too
# slow for the rate.
keeps_time_for_others()
{
	put 230400 "$GG/baud"
	before=$(stat tx_late_bits)
	tr '\0' U </dev/zero >"$NMEA" &
	writer=$!
	sending=$(loops)
	kill $writer
	wait $writer 2>/dev/null
	dd if=/dev/null of="$NMEA" conv=fsync 2>/dev/null
	late=$(($(stat tx_late_bits) - before))
	both "at_least $late 1000" "at_least $((sending * 100)) $((quiet_loops * 70))"
}

# A sender that is too fast for a machine of 8 ns an instruction does not chatter.
if [ "$least" = 85 ]; then
	put 230400 "$SIM/baud"
	put 230400 "$GG/baud"
	sleep 0.5
	mark
	before=$(stat slow_mutes)
	read_nmea received
	play u &
	player=$!
	sleep 1
	gnss-doctor --seconds 5 >doctor.said
	wait $player
	settle
	check 'the machine is too slow: gnss-doctor says so, and nothing else' \
		equal "$(sed -n 's/^FOUND  \([^:]*\):.*/\1/p' doctor.said | grep -v gpsd)" too-slow
	check 'the machine is too slow: one message says so, and a counter' \
		both 'equal "$(said | grep -c "the machine is too slow for this line")" 1' \
		'equal "$(messages)" 1' 'at_least "$(stat slow_mutes)" $((before + 1))'
	note "$(said)"
	stop_reading

	check 'it sends at a rate that it cannot make: it has most of its time' keeps_time_for_others
	note "loops in 4 s while it sends at 230400 baud: $sending; bits too late: $late"

	put edge "$GG/rx_engine"
	put 38400 "$SIM/baud"
	put 38400 "$GG/baud"
	before=$(mutes)
	read_nmea received
	nmea-gen --realtime --epochs 5 >/dev/gnss-sim0
	play /dev/null
	settle
	stop_reading
	ends=$(grep -c '^\$.*\*..' received)
	check 'a burst a second at a rate that is too fast: it is not muted' \
		both 'equal "$(mutes)" "$before"' "at_least $ends 15"
	note "$ends of $(nmea-gen --epochs 5 | wc -l) sentences came to their end"
fi
unload
finish
