#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rx_trig_bytes: how many bytes may wait until the bottom half is kicked. It is
# kicked when the line rests, too.
#
# lab: --smp 1
# lab-program: bottom-half

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

TRIG=$GG/rx_trig_bytes

# refused WORD ERROR
refused()
{
	mark
	check "'$1' is refused: $2" equal "$(put "$1" "$TRIG" | sed 's/.*: //')" "$2"
	check "'$1': a message tells why" equal "$(said | sed 's/.*gnss_gpio0: //')" \
		'rx_trig_bytes is to be 1..64'
}

# kicks: so far
kicks()
{
	./bottom-half measured | sed -n 's/^# workqueue: kicks \([0-9]*\) .*/\1/p'
}

# kicked BAUD N KICKS: the line never pauses, and the first edge after the time of N
# bytes kicks; so do a rest, each open and close, and who sees whether an
# epoch is over
kicked()
{
	bytes=$(wc -c <played)
	[ "$3" -ge $((bytes / ($2 + 1))) ] &&
		[ "$3" -le $((bytes / $2 + bytes * 50 / $1 + 8)) ] && return
	echo "$3 kicks for $bytes bytes"
	return 1
}

# received_kicked N
received_kicked()
{
	put "$1" "$TRIG" || return
	kicks=$(kicks)
	read_nmea received
	mark
	play played
	settle
	stop_reading
	kicks=$(($(kicks) - kicks))
}

# at BAUD: the receiver's rate, and that of the line
at() { put "$1" "$SIM/baud" && put "$1" "$GG/baud"; }

nmea-gen --count 20 --output played
sleep 3
load 9600
check 'it is 8 at first' equal "$(cat "$TRIG")" 8
for n in 0 65 256; do
	refused $n 'Numerical result out of range'
done
for n in -1 8x ''; do
	refused "$n" 'Invalid argument'
done
check 'what was set stays' equal "$(cat "$TRIG")" 8
for baud in 9600 38400; do
	at $baud
	for n in 1 8 64; do
		check "$baud baud, $n: it is taken" received_kicked $n
		check "$baud baud, $n: it is what is read" equal "$(cat "$TRIG")" $n
		check "$baud baud, $n: the stream is what was sent, and the kernel is quiet" \
			both 'same received played' quiet
		check "$baud baud, $n: it is kicked accordingly" kicked $baud $n "$kicks"
		note "$baud baud, $n: $kicks kicks for $(wc -c <played) bytes"
	done
done

# Of 64 a line of less than that.
printf '$GPZDA,000000,01,01,2026,00,00*48\r\n' >line
read_nmea received
play line
sleep 0.005
check 'what is less is told when the line rests' same received line
stop_reading

# No look at a bit is lost that is due meanwhile.
put timer "$GG/rx_engine"
read_nmea received
{ play played; : >over; } &
until [ -e over ]; do
	for n in 1 64 2 33 8; do
		echo $n >"$TRIG"
	done
done
settle
stop_reading
put auto "$GG/rx_engine"
check 'changed while data flows: the stream is what was sent' same received played

# Where interrupts take half a bit.
at 115200
head -c 4001 /dev/zero | tr '\0' U >played
for n in 1 64; do
	put $n "$TRIG"
	before=$(stat bytes)
	read_nmea received
	play played
	sleep 0.005
	check "115200 baud, $n: what comes before a rest is told when it begins" \
		equal "$(wc -c <received)" "$(($(stat bytes) - before))"
	stop_reading
done
before=$(stat bytes)
read_nmea received
play played &
sleep 0.1
put 300 "$GG/baud"
sleep 0.02
check '115200 baud: what came before the rate is changed is told then' \
	equal "$(wc -c <received)" "$(($(stat bytes) - before))"
wait $!
stop_reading
check 'the modules unload' unload
finish
