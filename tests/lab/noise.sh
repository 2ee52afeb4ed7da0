#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A wrong rate, glitches, interrupts that are off for a while: what can be
# wrong is counted, and what is wrong is not believed.
#
# lab: --smp 2

. ./lib.sh

# receive [KNOB=VALUE]...: plays what is loaded, with the line's knobs set
receive()
{
	for setting; do
		put "${setting#*=}" "$SIM/${setting%%=*}" || return
	done
	read_nmea received
	read_fixes fixes
	mark
	play played
	settle
	stop_reading
}

# A checksum has 8 bits, so by chance one in 256 of what looks like a sentence
# is taken for one; at a wrong rate hardly anything does look so.
nothing_believed()
{
	equal "$(stat sentences) sentences, $(stat fixes) fixes" '0 sentences, 0 fixes'
}
errors_are_counted() { [ "$(($(stat framing_errors) + $(stat doubtful) + $(stat false_starts)))" -gt 100 ]; }

wrong_rate()
{
	modprobe gnss_gpio && modprobe gnss_gpio_sim baud="$1" current_speed="$2" || return
	check "sent at $1, received at $2: it runs" receive
	check "sent at $1, received at $2: nothing is taken for a sentence" nothing_believed
	check "sent at $1, received at $2: errors are counted" errors_are_counted
	check "sent at $1, received at $2: the kernel is quiet" quiet
	note "sent at $1, received at $2: $(counters)"
	unload
}

# disturbed NAME KNOB=VALUE...
disturbed()
{
	name=$1
	shift
	load 9600
	check "$name: it runs" receive "$@"
	check "$name: each fix is one that was sent" only_true_fixes
	check "$name: the kernel is quiet" quiet
	note "$name: $(cmp -s received played && echo 'the stream is what was sent' || echo 'the stream has errors'); $(counters)"
}

windows() { [ "$(cat "$SIM/irqoff_windows")" -ge 100 ] || { echo "$(cat "$SIM/irqoff_windows") windows"; return 1; }; }

# windows_of_a_run: how many there are from before it until it is over
windows_of_a_run()
{
	windows_before=$(cat "$SIM/irqoff_windows")
	play played
	echo $(($(cat "$SIM/irqoff_windows") - windows_before))
}

# Some 2500, of random spacing; those just before and after the run are none of it.
alike()
{
	echo "$1 and $2 windows"
	[ $(($1 - $2)) -ge -3 ] && [ $(($1 - $2)) -le 3 ]
}

# within LEAST MOST: lateness of an edge at worst, ns
within()
{
	stat edge_lateness_max_ns
	[ "$(stat edge_lateness_max_ns)" -ge "$1" ] && [ "$(stat edge_lateness_max_ns)" -le "$2" ]
}

nmea-gen --count 60 --truth truth --output played
wrong_rate 4800 9600
wrong_rate 9600 4800

disturbed 'a quiet line' glitch_ppm=0
check 'a quiet line: the stream is what was sent' same received played
check 'a quiet line: no edge was late' within 0 20000
unload
disturbed 'glitches of 1 us in one of 1000 bits' glitch_ppm=1000 glitch_ns=1000
check 'glitches of 1 us: the stream is what was sent' same received played
unload
disturbed 'glitches of 20 us in one of 1000 bits' glitch_ppm=1000 glitch_ns=20000
check 'glitches of 20 us: the stream is what was sent' same received played
check 'glitches of 20 us: there is trouble, and it is counted' fails no_trouble
unload
disturbed 'interrupts off for up to 30 us' irqoff_us=30
check 'interrupts off for up to 30 us: there were windows' windows
check 'interrupts off for up to 30 us: the stream is what was sent' same received played
check 'interrupts off for up to 30 us: it is seen how late they were' within 25000 40000
check 'interrupts off for up to 30 us: all sentences are whole, and no trouble is counted' \
	both "equal $(stat sentences) 60" no_trouble
unload
load 9600
put 30 "$SIM/irqoff_us"
first=$(windows_of_a_run)
sleep 0.123
check 'interrupts off: another run has the same windows' alike "$first" "$(windows_of_a_run)"
unload
disturbed 'interrupts off for up to 300 us' irqoff_us=300
check 'interrupts off for up to 300 us: there is trouble, and it is counted' fails no_trouble
unload
finish
