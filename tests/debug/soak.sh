#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A receiver of 1 Hz for MINUTES, over a midnight, in so many parts: each has another
# bottom half and another engine, loads that come and go, and a while in which
# interrupts are late. gpsd is attached all the time. Every fix that was sent is
# received, gpsd has it too, and no memory is lost.

. ./lib.sh

MINUTES=${MINUTES:-30}
PARTS=24
[ "$MINUTES" -ge 240 ] || PARTS=6
EPOCHS=$((MINUTES * 60 / PARTS))
MIDNIGHT=1767312000	# 2026-01-02

# Midnight falls into the middle of a part.
BEGIN=$((MIDNIGHT - (PARTS / 2) * EPOCHS - EPOCHS / 2))

utc() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# word N FILE: the N-th choice, over and over
word() { tr -d '[]' <"$2" | awk -v n="$1" '{ print $(n % NF + 1) }'; }

start_gpsd()
{
	gpsd -n -N "$NMEA" >/dev/null 2>&1 &
	GPSD=$!
	opened $GPSD "$NMEA"
}

# Reports go through gpsd's socket from the first epoch on.
listen()
{
	gpspipe -w >gpsd.json 2>/dev/null &
	GPSPIPE=$!
	patiently grep -q '"class":"WATCH"' gpsd.json
}

loads()
{
	while sleep $((EPOCHS / 6)); do
		timeout 1 sh -c 'while :; do :; done'
	done
}

late_interrupts()
{
	sleep $((EPOCHS / 3))
	put 30 "$SIM/irqoff_us"
	sleep $((EPOCHS / 10))
	put 0 "$SIM/irqoff_us"
}

# receive_part: until all that was sent has been received
receive_part()
{
	listen || return
	read_fixes fixes
	loads &
	loader=$!
	late_interrupts &
	nmea-gen --realtime --sentences rmc,gga --epochs $EPOCHS --start "$(utc $((BEGIN + PART * EPOCHS)))" \
		--seed $((PART + 1)) --truth truth >/dev/gnss-sim0
	play /dev/null
	settle
	sleep 1
	kill $loader $GPSPIPE
	wait $! $loader $GPSPIPE 2>/dev/null
	stop_reading
}

judge_part() { both fixes_are_the_truth 'agree truth gpsd.json'; }

# epochs FILE: how many of the reported times have a position
epochs() { grep '"lat"' "$1" | sed 's/.*"time":"\([^"]*\)".*/\1/' | sort -u | wc -l; }

play_part()
{
	bh=$(word $PART "$GG/bottom_half") engine=$(word $PART "$GG/rx_engine")
	name="from $(utc $((BEGIN + PART * EPOCHS))), $bh, $engine"
	check "$name: the choice is made" both "put $bh $GG/bottom_half" "put $engine $GG/rx_engine"
	check "$name: it is played" receive_part
	check "$name: the fixes are what was sent, and gpsd has them" judge_part
	sent=$((sent + $(epochs truth)))
	received=$((received + $(epochs fixes)))
	reported=$((reported + $(epochs gpsd.json)))
	rm -f truth fixes fixes.err gpsd.json
	memory >memory.now
	note "$name: $sent sent, $received received, $reported reported by gpsd; kB free, of slabs, of vmalloc: $(cat memory.now)"
}

# lost COLUMN SIGN: kB since the first part
lost()
{
	paste -d ' ' memory.first memory.now | awk -v c="$1" -v s="$2" '
		{ kb = s * ($(c + 3) - $c) }
		kb > 1024 { print kb " kB"; exit 1 }'
}

date -s "@$BEGIN" >/dev/null
load 9600
check 'gpsd starts' start_gpsd
mark
sent=0 received=0 reported=0
PART=0
while [ $PART -lt $PARTS ]; do
	play_part
	[ $PART != 0 ] || cp memory.now memory.first
	PART=$((PART + 1))
done
check "$MINUTES minutes: as many fixes were sent as received, and as gpsd reported" \
	equal "$sent $received $reported" "$((EPOCHS * PARTS)) $((EPOCHS * PARTS)) $((EPOCHS * PARTS))"
check 'memory at the end is as after the first part' both 'lost 1 -1' 'lost 2 1' 'lost 3 1'
said | grep -v drop_caches >messages
check 'the kernel said nothing' equal "$(cat messages)" ''
note "$(counters)"
kill "$GPSD"
wait "$GPSD" 2>/dev/null
check 'the modules unload' unload
finish
