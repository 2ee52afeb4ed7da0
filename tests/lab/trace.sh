#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The tracepoints tell the way of each byte.
#
# lab: --smp 1
# lab: --smp 1 --kernel 6.1

. ./lib.sh

TRACING=/sys/kernel/tracing
EVENTS=$TRACING/events/gnss_gpio

events() { grep -c " gnss_gpio_$1: gnss_gpio0 " trace; }

# The close drains too.
counted()
{
	equal "$(events edge) edges, $(events byte) bytes, $(events sentence) sentences, $(events fix) fixes" \
		"$(stat edges) edges, $(wc -c <played) bytes, $(stat sentences) sentences, $(stat epochs) fixes" || return
	[ "$(events drain)" -ge "$(events kick)" ] && return
	echo "$(events kick) kicks, $(events drain) drains"
	return 1
}

# As the line never pauses: one for each eight bytes, by the first edge after that
# time, one for the rest, and one now and then to see whether an epoch is over.
kicked()
{
	bytes=$(wc -c <played)
	[ "$(events kick)" -ge $((bytes / 9)) ] &&
		[ "$(events kick)" -le $((bytes / 8 + bytes / 192 + 2)) ] && return
	echo "$(events kick) kicks for $bytes bytes"
	return 1
}

# What the flags say of each byte is what the counters say of all.
flagged()
{
	equal "$(grep -c ' gnss_gpio_byte: .*doubtful' trace)" "$(stat doubtful)"
}

# The values of the bytes, in order, are what was sent.
in_order()
{
	sed -n 's/.* gnss_gpio_byte: .*value=0x\([0-9a-f]*\) .*/\1/p' trace >traced
	od -An -v -tx1 played | tr -s ' ' '\n' | sed '/^$/d' >sent
	same traced sent
}

# Each drain's wait is the time from the kick to it, and none is negative.
waits()
{
	grep 'gnss_gpio_drain:' trace | grep -v 'workqueue frames=[0-9]* wait_ns=[0-9]* length_ns=[0-9]*$' | head -n 3 >odd
	[ ! -s odd ] && return
	cat odd
	return 1
}

nmea-gen --count 30 --output played
modprobe gnss_gpio
for event in edge byte kick drain sentence fix; do
	check "the event gnss_gpio_$event is there" [ -d "$EVENTS/gnss_gpio_$event" ]
done
check 'the formats hold no name that only the kernel knows' fails grep -l 'NMEA_\|UART_' $EVENTS/*/format
modprobe gnss_gpio_sim
echo 20000 >$TRACING/buffer_size_kb
echo 1 >$EVENTS/enable
mark
read_nmea received
play played
settle
stop_reading
echo 0 >$EVENTS/enable
grep -v '^#' $TRACING/trace >trace
check 'the stream is what was sent' same received played
check 'each edge, byte, drain and fix is there' counted
check 'the bottom half is kicked each eight bytes' kicked
check 'the bytes are what was sent' in_order
check 'a byte that is counted as doubtful is told to be' flagged
check 'the drains tell how long they waited' waits
check 'the kernel is quiet' quiet
for event in edge byte kick drain sentence fix; do
	note "$(grep -m 1 "gnss_gpio_$event:" trace)"
done
check 'the modules unload' unload
finish
