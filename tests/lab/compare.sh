#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# gnss-latency compares bottom halves under load, in short: 'make compare' is the
# long form. Its figures repeat to the nanosecond, and it puts all back.
#
# lab-twice: --smp 1
# lab: --smp 1 --rt
# lab: --smp 2 --rt

. ./lib.sh

MODES=hardirq,tasklet,workqueue,workqueue-system,kthread,threaded-irq
LOADS=idle,cpu,rt,irqoff

# Of two busy processors the lab lets one run while the other stands still. At 38400
# baud the interrupts of line and simulator then take all of one. All that is asked
# here of the bottom halves is to let go when the next one's turn comes.
RATE=38400
[ "$(nproc)" = 1 ] || LOADS=cpu RATE=9600

# of MODE LOAD COLUMN: a figure of the CSV
of()
{
	awk -F , -v mode="$1" -v load="$2" -v name="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		$column["load"] == load && $column["bottom_half"] == mode { print $column[name] }' cells.csv
}

# each COMMAND MODE LOAD: for all there are
each()
{
	each_status=0
	for each_load in $(echo $LOADS | tr , ' '); do
		for each_mode in $(echo $MODES | tr , ' '); do
			"$1" "$each_mode" "$each_load" && continue
			echo "$each_mode under $each_load"
			each_status=1
		done
	done
	return $each_status
}

# Kicks go on all the time, one for each eight bytes; what got not one drain done has
# no samples.
has_samples()
{
	[ "$(of "$1" "$2" kicks)" -gt 100 ] && [ "$(of "$1" "$2" start_count)" -gt 0 ]
}

# The first drain is of the switch.
runs_in()
{
	case $1 in
	hardirq) runs_in=hardirq ;;
	tasklet)
		runs_in=softirq
		! uname -v | grep -q PREEMPT_RT || runs_in=ksoftirqd ;;
	*) runs_in=process ;;
	esac
	runs_in_n=$(of "$1" "$2" $runs_in)
	runs_in_all=$(of "$1" "$2" drains)
	[ $((runs_in_n * 100)) -ge $((runs_in_all * 90)) ] && return
	echo "$runs_in_n of $runs_in_all in $runs_in"
	return 1
}

# What waits for nothing is not slower than what waits for a thread.
ordered()
{
	[ "$(of hardirq idle start_p50_ns)" -lt "$(of tasklet idle start_p50_ns)" ] &&
		[ "$(of tasklet idle start_p50_ns)" -lt "$(of workqueue idle start_p50_ns)" ] &&
		[ "$(of threaded-irq rt start_p99_ns)" -lt "$(of workqueue rt start_p99_ns)" ]
}

before="$(printf '%s\n' threaded-irq 3 2000)"
state() { grep -o '\[.*\]' "$GG/bottom_half" | tr -d '[]'; cat "$SIM/irqoff_us" "$SIM/irqoff_period_us"; }
as_before() { equal "$(state)" "$before" && [ -z "$(pidof gnss-latency)" ]; }

# status WANTED COMMAND...
status()
{
	status_wanted=$1
	shift
	"$@" >shown 2>said_by_it
	status_got=$?
	tail -n 3 said_by_it
	equal $status_got "$status_wanted"
}

nmea-gen --sentences rmc,gga --epochs 300 --rate 10 --output trip.nmea
load $RATE
echo threaded-irq >"$GG/bottom_half"
echo 2000 >"$SIM/irqoff_period_us"
echo 3 >"$SIM/irqoff_us"
{ while cat trip.nmea >/dev/gnss-sim0; do :; done; } 2>/dev/null &
player=$!
sleep 1

mark
check 'it compares' status 0 gnss-latency --modes $MODES --loads $LOADS \
	--settle 0.1 --duration 0.3 --json /out/latency.json --csv cells.csv
cp shown /out/tables
check 'all is as it was before' as_before
if [ "$(nproc)" = 1 ]; then
	check 'every bottom half has samples' each has_samples
	check 'each runs where it should' each runs_in
	# On PREEMPT_RT softirqs are threads.
	uname -v | grep -q PREEMPT_RT || check 'the order is as it should be' ordered
	check 'interrupted, it says so' status 130 timeout -s INT 2 \
		gnss-latency --modes tasklet --loads irqoff --duration 30
	check 'interrupted, it puts all back' as_before
	check 'there is no such bottom half' status 2 gnss-latency --modes tasklet,tusklet
	check 'there is no such load' status 2 gnss-latency --loads idle,cpo
	check 'refused, it has changed nothing' as_before
fi
check 'the kernel is quiet' quiet
kill $player
finish
