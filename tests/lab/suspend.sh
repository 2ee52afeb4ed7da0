#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The machine sleeps while data comes: what comes before and after is received, and
# nothing is made of half a frame before and half a frame after. While a device is open
# no processor sleeps deeply. What is sent is interrupted between two bytes.
#
# lab: --smp 1 --append no_console_suspend
# lab: --smp 2 --rt --append no_console_suspend

. ./lib.sh

idle_latency() { od -An -td4 -N4 /dev/cpu_dma_latency | tr -d ' '; }
IDLE_ANY=2000000000

slept_in_between()
{
	read_nmea received
	read_fixes fixes
	dd if=played of=/dev/gnss-sim0 bs=64k iflag=fullblock 2>/dev/null
	sleep 1
	sleep_for 2 || return
	edges=$(stat edges)
	dd if=/dev/null of=/dev/gnss-sim0 conv=fsync 2>/dev/null
	settle
	stop_reading
	[ "$(stat edges)" -gt "$edges" ]
}

# The begin and the end are there, and one hole between them: bytes of 2 s.
one_hole()
{
	hole_n=$(($(wc -c <played) - $(wc -c <received)))
	echo "$hole_n bytes are missing"
	[ $hole_n -gt 1800 ] && [ $hole_n -lt 2100 ] || return
	head_n=$(cmp received played | sed 's/.* \([0-9]*\), line.*/\1/')
	tail -c +"$((head_n + ASTRAY))" received >received.tail
	tail -c "$(wc -c <received.tail)" played >played.tail
	same received.tail played.tail
}
# Wrong bytes where the line is received again, amid a frame; they are not good.
ASTRAY=64

# The fix that was cut short lacks some, and has nothing wrong.
rightly_fixed()
{
	only_true_fixes && at_least "$(wc -l <fixes.fixed)" 6
}

# It takes a second to send. While processes are frozen two processors are busy, of which
# the lab lets one stand still: bytes of that time may be wrong, if they are counted.
sent_around_it()
{
	listen heard
	head -c 900 played >sent
	dd if=sent of="$NMEA" bs=1k 2>/dev/null &
	sender=$!
	sleep 0.3
	sleep_for 2 || return
	at_most "$(stat tx_bytes)" 500 || return
	wait $sender
	sleep 1
	unlisten
	[ "$(nproc)" != 1 ] || { same heard sent && zero tx_late_bits; return; }
	at_most $((900 - $(wc -c <heard))) "$(stat tx_late_bits)" || return
	tail -c 450 heard >heard.tail
	tail -c 450 sent >sent.tail
	same heard.tail sent.tail
}

modprobe rtc-pl031
nmea-gen --count 100 --truth truth --output played
load 9600
check 'nobody has it open: processors may sleep deeply' equal "$(idle_latency)" $IDLE_ANY
read_nmea nothing
check 'open: they wake up within 20 us' equal "$(idle_latency)" 20
mark
check 'open, but idle: the machine sleeps' sleep_for 2
check 'open still: they wake up within 20 us' equal "$(idle_latency)" 20
stop_reading
check 'closed: they may sleep deeply again' equal "$(idle_latency)" $IDLE_ANY
check 'closed: the machine sleeps' sleep_for 2
check 'while data comes it sleeps' slept_in_between
check 'the begin and the end are received' one_hole
check 'and no fix is wrong' rightly_fixed
note "$(counters)"
check 'while bytes are sent it sleeps, and all of them are heard' sent_around_it
check 'the modules unload' unload
finish
