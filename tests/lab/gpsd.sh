#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# gpsd reads the stream, and reports every epoch that was played.
#
# lab: --smp 2
# lab: --smp 2 --kernel 6.1

. ./lib.sh

EPOCHS=30

# gpsd opens read-write, probes the receiver, and wants to be there first.
start_gpsd()
{
	gpsd -n -N -D 2 "$NMEA" >gpsd.log 2>&1 &
	GPSD=$!
	opened $GPSD "$NMEA" || { cat gpsd.log; return 1; }
	gpspipe -w >gpsd.json 2>gpspipe.log &
	GPSPIPE=$!
	patiently grep -q '"class":"WATCH"' gpsd.json || { cat gpspipe.log; return 1; }
}

# The lowest digit says how it is open: 2 is O_RDWR.
access() { sed -n 's/^flags:.*\(.\)$/\1/p' "/proc/$GPSD/fdinfo/$(fd_of "$GPSD" "$NMEA" | head -n 1)"; }

# epochs FILE: how many of the reported times have a position
epochs() { grep '"lat"' "$1" | sed 's/.*"time":"\([^"]*\)".*/\1/' | sort -u | wc -l; }

load 9600
mark
check 'gpsd starts on the stream' start_gpsd
check 'it has opened it read-write' equal "$(access)" 2
read_nmea received
read_fixes fixes
nmea-gen --realtime --epochs $EPOCHS --truth truth | tee played >/dev/gnss-sim0
play /dev/null
settle
sleep 2
kill "$GPSPIPE" "$GPSD"
wait "$GPSPIPE" "$GPSD" 2>/dev/null
stop_reading

check "gpsd reports all $EPOCHS epochs, where they were played" agree truth gpsd.json
check "it reports nothing else" equal "$(epochs gpsd.json) $(wc -l <truth)" "$EPOCHS $EPOCHS"
check 'the driver has the same fixes' fixes_are_the_truth
check 'the stream is what was sent' same received played
check 'gpsd takes it for NMEA' grep -q '"driver":"NMEA0183"' gpsd.json
check 'no trouble is counted' no_trouble
check 'the kernel is quiet' quiet
note "$(counters)"
note 'gpsd complains, its writes being refused, of no more than:'
grep -E '^gpsd:(ERROR|SHOUT|WARN)' gpsd.log | cut -c 1-120 | head -n 10 | sed 's/^/#   /'
cp gpsd.log gpsd.json truth /out
check 'the modules unload' unload
finish
