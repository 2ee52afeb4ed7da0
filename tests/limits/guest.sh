#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For the guest: plays 60 sentences for each line of the file 'cells' (ENGINE BAUD
# SKEW_PPM IRQOFF_US GLITCH_PPM SEED) and prints what became of the frames; lines
# that begin with '#' say more of the cell that follows. A glitch is a tenth of a
# bit wide.
#
# Frames are traced, to see whether those called good are what was sent, but not
# where bits are so short that none is called good: tracing takes time, which there
# costs sentences.

. ./lib.sh

TRACING=/sys/kernel/tracing
TRACED_BAUD_MAX=41666

# number NAME...: sum of counters of stats/
number()
{
	number_sum=0
	for number_name; do
		number_sum=$((number_sum + $(stat "$number_name")))
	done
	echo $number_sum
}

# set_up ENGINE BAUD SKEW_PPM IRQOFF_US GLITCH_PPM SEED
set_up()
{
	put "$1" "$GG/rx_engine" && put "$2" "$GG/baud" && put "$2" "$SIM/baud" &&
		put "$3" "$SIM/skew_ppm" && put "$5" "$SIM/glitch_ppm" &&
		put $((100000000 / $2)) "$SIM/glitch_ns" && put "$6" "$SIM/seed" &&
		put "$4" "$SIM/irqoff_us" &&
		put $(($2 <= TRACED_BAUD_MAX)) $TRACING/events/gnss_gpio/gnss_gpio_byte/enable
}

# judged: what the program that judges says of the cell
judged()
{
	if [ "$(cat $TRACING/events/gnss_gpio/gnss_gpio_byte/enable)" = 1 ]; then
		./frames played received "$(cat "$SIM/run_start_ns")" "$(cat "$SIM/bit_ps")"
	else
		./frames played received
	fi
}

cell()
{
	set_up "$@" || { echo "cell $*: cannot be set up"; return; }
	cell_frames=$(number frames)
	cell_good=$(number good)
	cell_sum=$(number good doubtful framing_errors breaks)
	cell_edges=$(number edges)
	echo >$TRACING/trace
	read_nmea received
	play played
	put 0 "$SIM/irqoff_us"
	settle
	stop_reading
	cell_frames=$(($(number frames) - cell_frames))
	[ "$cell_frames" = "$(($(number good doubtful framing_errors breaks) - cell_sum))" ] ||
		echo "cell $*: the sum of the verdicts is not that of the frames"
	judged >figures 2>complaints
	sed "s/^/# $*: /" complaints
	! grep -q traced figures || grep -q " traced $cell_frames " figures ||
		echo "cell $*: the trace does not have all frames"
	echo "cell $*: used $(cat "$GG/rx_engine_used") interrupts $(($(number edges) - cell_edges))" \
		"frames $cell_frames good $(($(number good) - cell_good)) $(cat figures)"
}

nmea-gen --count 60 --output played
modprobe gnss_gpio
modprobe gnss_gpio_sim
put checked "$GG/stream"
echo 4096 >$TRACING/buffer_size_kb
# The first seconds of a kernel are busy ones.
sleep 3
while read -r cell; do
	# shellcheck disable=SC2086 # words
	cell $cell
done <cells
finish
