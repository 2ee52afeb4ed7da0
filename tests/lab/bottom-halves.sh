#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every bottom half: it runs where it should, what it receives is what was sent,
# and what is measured of it agrees. SENTENCES=600 plays more than 60.
#
# lab: --smp 1
# lab: --smp 1 --rt
# lab: --smp 1 --kernel 6.1
# lab: --smp 2
# lab-program: bottom-half
# lab-program: chardev

. ./lib.sh

SENTENCES=${SENTENCES:-60}

# The first seconds of a kernel are busy ones.
sleep 3

offered() { tr -d '[]' <"$GG/bottom_half"; }

receive()
{
	put "$1" "$GG/bottom_half" &&
		equal "$(grep -o '\[.*\]' "$GG/bottom_half")" "[$1]" || return
	echo 1 >/sys/kernel/debug/gnss_gpio/gnss_gpio0/latency
	read_played
}

# figure NAME: of the line that 'bottom-half measured' printed for $bh
figure() { sed -n "s/^# $bh: .*\\b$1 \\([0-9]*\\).*/\\1/p" measured; }

# The switch itself drains once as a process, and so does the last close.
mostly() { [ "$(($(figure "$1") * 100))" -ge "$(($(figure drains) * 99))" ]; }

# On PREEMPT_RT all softirqs that an interrupt asks for run in threads.
in_context()
{
	grep "^# $bh:" measured
	case $bh in
	hardirq) mostly hardirq ;;
	bh-workqueue* | tasklet* | softirq)
		if uname -v | grep -q PREEMPT_RT; then
			mostly ksoftirqd
		else
			mostly softirq
		fi ;;
	*) mostly process ;;
	esac
}

all_drained()
{
	equal "$(figure bytes) bytes, $(figure overruns) overruns" \
		"$(wc -c <played) bytes, 0 overruns" &&
		equal "$(($(figure fixes) + $(figure late))) fixes" "$(wc -l <truth) fixes"
}

judge()
{
	check "$1: the stream is what was sent" same received played
	check "$1: no fix is lost, doubled or out of order" both fixes_are_the_truth 'without_gap records'
	check "$1: no trouble is counted, and the kernel is quiet" both no_trouble quiet
	./bottom-half measured | tee measured
	check "$1: all was drained" all_drained
	check "$1: it runs where it should" in_context
}

as_listed()
{
	case $(uname -r) in
	6.1.*) equal "$1" 'threaded-irq [workqueue] workqueue-system workqueue-highpri workqueue-unbound tasklet tasklet-hi softirq kthread hardirq' ;;
	*) equal "$1" 'threaded-irq [workqueue] workqueue-system workqueue-highpri workqueue-unbound bh-workqueue bh-workqueue-highpri tasklet tasklet-hi softirq kthread hardirq' ;;
	esac
}

nmea-gen --count "$SENTENCES" --truth truth --output played
bauds='9600 38400'
# See chain.sh for what two processors cannot do in the lab.
[ "$(nproc)" = 1 ] || bauds=9600
bauds=${PLAY_BAUD:-$bauds}

# play_to BOTTOM_HALF BAUD
play_to()
{
	bh=$1
	if receive "$bh" >/tmp/why 2>&1; then
		judge "$bh at $2 baud"
	else
		not_ok "$bh at $2 baud: runs" </tmp/why
	fi
}

unload_at()
{
	unload 2>&1 || check "$1 baud: unloads" false
}

for baud in $bauds; do
	load "$baud"
	check "$baud baud: the bottom halves are listed" as_listed "$(cat "$GG/bottom_half")"
	for bh in $(offered); do
		[ "$bh" = hardirq ] || play_to "$bh" "$baud"
	done
	if [ "$baud" = 9600 ]; then
		./bottom-half ioctls
	fi
	unload_at "$baud"
done
# It decodes in the interrupt, 0.4 ms when it finds the sender's clock, and a 32-bit
# processor 0.6 ms: edges are late by that, a bit or so.
baud=2400
load $baud
play_to hardirq $baud
unload_at $baud
finish
