#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A bottom half that is kept from running for longer than the kfifo lasts: each
# observation that is lost is counted, no more bytes are lost than those take, and
# none is made up.
#
# lab: --smp 1
# lab: --smp 1 --rt
# lab-program: bottom-half

. ./lib.sh

# figure NAME: of the line that 'bottom-half measured' printed
figure() { sed -n "s/^# $bh: .*\\b$1 \\([0-9]*\\).*/\\1/p" measured; }

missing() { echo $(($(wc -c <played) - $(wc -c <received))); }

observed() { echo $(($(stat edges) + $(stat looks))); }

starved()
{
	put "$1" "$GG/bottom_half" || return
	echo 1 >/sys/kernel/debug/gnss_gpio/gnss_gpio0/latency
	read_nmea received
	before=$(stat overruns) observed=$(observed)
	dd if=played of=/dev/gnss-sim0 bs=64k iflag=fullblock 2>/dev/null
	./bottom-half hog 4000
	dd if=/dev/null of=/dev/gnss-sim0 conv=fsync 2>/dev/null
	settle
	stop_reading
	overruns=$(($(stat overruns) - before)) observed=$(($(observed) - observed))
}

# The bytes that so many observations are of; those at the hole's edges may be lost.
as_many_as_lost()
{
	lost=$((overruns * $(wc -c <played) / observed))
	echo "$(missing) bytes are missing; $overruns of $observed observations are those of $lost bytes"
	[ $(($(missing) - lost)) -le $((lost / 50)) ] && [ $((lost - $(missing))) -le $((lost / 50)) ]
}

# Bytes after the hole that may be wrong, and are doubtful: where frames begin is known
# only when a letter has come.
ASTRAY=32

# The begin and the end are there, and one hole between them.
one_hole()
{
	head_n=$(cmp received played | sed 's/.* \([0-9]*\), line.*/\1/')
	case $head_n in
	'' | *[!0-9]*) echo "no hole: $(cmp received played)"; return 1 ;;
	esac
	tail_n=$(($(wc -c <received) - head_n + 1 - ASTRAY))
	tail -c $tail_n received >received.tail
	tail -c $tail_n played >played.tail
	same received.tail played.tail
}

# Since 6.12 a part of each second is for others than the hog.
for server in /sys/kernel/debug/sched/fair_server/cpu*/runtime; do
	echo 0 >"$server"
done
nmea-gen --count 200 --output played
# The hog makes interrupts late too: at this rate that costs no frame.
load 19200
sleep 3
# Not so urgent as the hog: all but those that interrupts run.
for bh in workqueue workqueue-unbound kthread threaded-irq; do
	starved $bh
	./bottom-half measured | tee measured
	check "$bh: bytes were lost" [ "$(missing)" -gt 1000 ]
	check "$bh: no more than those that the lost observations are of" as_many_as_lost
	check "$bh: each of these is counted, for this bottom half" equal "$(figure overruns)" "$overruns"
	check "$bh: the kfifo was full" equal "$(figure waited)" 16384
	check "$bh: before the hole and after it the stream is what was sent" one_hole
	check "$bh: the sum of the frames holds" sum_holds
	note "$bh: $overruns observations, $(missing) bytes"
done
check 'the modules unload' unload
finish
