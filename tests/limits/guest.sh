#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For the guest: plays 60 sentences for each line of the file 'cells' (ENGINE BAUD
# SKEW_PPM IRQOFF_US [GLITCH_PPM GLITCH_NS]) and prints what became of the frames.

. ./lib.sh

TRACING=/sys/kernel/tracing

# number NAME...: sum of counters of stats/
number()
{
	number_sum=0
	for number_name; do
		number_sum=$((number_sum + $(stat "$number_name")))
	done
	echo $number_sum
}

# set_up ENGINE BAUD SKEW_PPM IRQOFF_US [GLITCH_PPM GLITCH_NS]
set_up()
{
	put "$1" "$GG/rx_engine" && put "$2" "$GG/baud" && put "$2" "$SIM/baud" &&
		put "$3" "$SIM/skew_ppm" && put "$4" "$SIM/irqoff_us" &&
		put "${6:-1000}" "$SIM/glitch_ns" && put "${5:-0}" "$SIM/glitch_ppm"
}

cell()
{
	set_up "$@" || { echo "cell $*: cannot be set up"; return; }
	cell_frames=$(number frames)
	cell_sum=$(number good doubtful framing_errors breaks)
	cell_edges=$(number edges)
	echo >$TRACING/trace
	read_nmea received
	play played
	put 0 "$SIM/irqoff_us"
	settle
	stop_reading
	[ "$(($(number frames) - cell_frames))" = "$(($(number good doubtful framing_errors breaks) - cell_sum))" ] ||
		echo "cell $*: the sum of the verdicts is not that of the frames"
	echo "cell $*: used $(cat "$GG/rx_engine_used") interrupts $(($(number edges) - cell_edges)) $(./frames played received "$(cat "$SIM/run_start_ns")" "$(cat "$SIM/bit_ps")")"
}

nmea-gen --count 60 --output played
modprobe gnss_gpio
modprobe gnss_gpio_sim
put checked "$GG/stream"
echo 4096 >$TRACING/buffer_size_kb
echo 1 >$TRACING/events/gnss_gpio/gnss_gpio_byte/enable
# The first seconds of a kernel are busy ones.
sleep 3
while read -r cell; do
	# shellcheck disable=SC2086 # words
	cell $cell
done <cells
finish
