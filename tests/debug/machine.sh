#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The machine changes while data flows and bottom halves are switched: processors go
# and come, the line interrupts another one, the machine sleeps.
#
# lab-program: bottom-half
# lab-program: chardev

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

CPU1=/sys/devices/system/cpu/cpu1/online

# repeat N COMMAND...: as long as it succeeds; I counts
repeat()
{
	times_n=$1 I=0
	shift
	while [ $I -lt "$times_n" ]; do
		I=$((I + 1))
		"$@" || return
	done
}

hotplug()
{
	put $((I % 2)) "$SIM/cpu"
	put 0 $CPU1 && sleep 0.2 && put 1 $CPU1 && sleep 0.1
}

other_cpu() { put $((I % 2)) "$SIM/cpu" && sleep 0.05; }

# affinity: the simulator's controller refuses it
affinity()
{
	irq=$(sed -n 's/^ *\([0-9]*\):.*gnss_gpio0$/\1/p' /proc/interrupts)
	! echo $((1 + I % 2)) >"/proc/irq/$irq/smp_affinity" 2>/dev/null
}

# sleeps LEVEL: as far as LEVEL, or 'none' for all of it, with an alarm to wake
sleeps()
{
	echo "$1" >/sys/power/pm_test || return
	sleep_for 2 || return
	sleep 0.3
}

load 9600
play_on
exec 7<"$NMEA" 8<"$FIX"
cat "$NMEA" >/dev/null &
reader=$!
./bottom-half switch 100 "$GG/bottom_half" "$GG/rx_engine" &
switcher=$!
check 'the processor that the line interrupts changes' repeat 40 other_cpu
check 'a processor goes and comes' repeat 15 hotplug
check 'the affinity of the interrupt cannot be set' repeat 4 affinity
# A test of suspend loops for so many seconds.
echo 1 >/sys/module/suspend/parameters/pm_test_delay
for level in freezer devices platform; do
	check "the machine is about to sleep: $level" repeat 2 sleeps $level
done
check 'the machine sleeps and wakes' repeat 4 sleeps none
echo none >/sys/power/pm_test
: >enough
wait $switcher
note "$(cat switches) switches"
check 'afterwards data flows' ./chardev flows "$NMEA"
kill "$PLAYER" $reader
exec 7<&- 8<&-
check 'the modules unload' patiently unload
finish
