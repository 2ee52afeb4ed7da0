#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# gnss-play on a line of the machine's own GPIO controller, a wire, and the driver on
# another line of it: at which rates is what arrives what was played?
#
# lab: --smp 1 --wire 1:5
# lab: --smp 1 --wire 1:5 --suite trixie --append brief
# lab-receiver: 5

. ./lib.sh

BYTES=600
OUT=1

# With the other libgpiod, one rate tells.
RATES='1200 2400 4800 9600 19200 38400 57600 115200'
! is_run brief || RATES=9600

# arrives ENGINE BAUD: leaves what gnss-play said in report
arrives()
{
	put "$1" "$GG/rx_engine" && put "$2" "$GG/baud" || return
	read_nmea received
	mark
	gnss-play --baud "$2" $OUT played >report
	played_status=$?
	settle
	stop_reading
	same received played && quiet && equal $played_status 0
}

# in_time: epochs a second apart, also at midnight
in_time()
{
	nmea-gen --midnight --epochs 8 >played
	read_nmea received
	gnss-play --realtime $OUT played >report
	settle
	stop_reading
	same received played && awk '/ baud in / { exit !($7 > 7 && $7 < 8.5) }' report
}

# again: until Ctrl-C, which it obeys after a byte
again()
{
	head -c $BYTES played >once
	cat once once once once once >played
	read_nmea received
	gnss-play --loop $OUT once >report &
	sleep 2
	kill -INT $!
	wait $!
	again_status=$?
	settle
	stop_reading
	head -c "$(wc -c <received)" played >begin
	equal $again_status 130 && [ "$(wc -c <received)" -gt $BYTES ] &&
		same received begin && grep -q "^$(wc -c <received) bytes at 9600 baud" report
}

# too_slow: no program of this machine makes edges 4.3 us apart
too_slow()
{
	gnss-play --baud 230400 $OUT played >/dev/null 2>/tmp/said
	equal $? 1 && grep -q 'too slow for 230400 baud: .*; try --baud [1-9]' /tmp/said && return
	cat /tmp/said
	return 1
}

nmea-gen --count 60 | head -c $BYTES >played
modprobe gnss_gpio
for engine in edge timer; do
	highest=none
	for baud in $RATES; do
		if [ "$baud" -le 9600 ]; then
			check "$engine at $baud baud: the stream is what was played" arrives $engine "$baud"
		else
			arrives $engine "$baud" >/tmp/why 2>&1
		fi && highest=$baud
		note "$engine at $baud baud: $(cmp -l received played 2>/dev/null | wc -l) bytes wrong, $(wc -c <received) of $BYTES; $(sed -n 2,3p report | tr '\n' ' ')"
	done
	note "$engine: highest rate with no byte wrong: $highest"
done
put auto "$GG/rx_engine"
put 9600 "$GG/baud"
check 'by the times in the sentences, over midnight' in_time
check 'again and again, until Ctrl-C' again
check 'a rate that the machine cannot make: it says so, and names one' too_slow
rmmod gnss_gpio
finish
