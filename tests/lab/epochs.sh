#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Cycles of receivers that begin with sentences without a time, or have pauses of
# their own: each record has the values of its cycle, and comes when it is over.
#
# lab: --smp 1
# lab-program: epochs

. ./lib.sh

# What a damaged byte does not count.
other_trouble()
{
	# shellcheck disable=SC2046,SC2086 # words
	zero $(printf '%s\n' $TROUBLES |
		grep -vxE 'framing_errors|false_starts|repaired|checksum_errors|ambiguous|no_checksum|garbled|junk_bytes')
}

# cycle BAUD PERIOD_MS CYCLES WORD
cycle()
{
	check "$4 at $1 baud: loads" load "$1" || return
	mark
	./epochs "$@" | sed "s/^\(ok\|not ok\) - /&$4 at $1 baud: /"
	check "$4 at $1 baud: no other trouble is counted, and the kernel is quiet" \
		both other_trouble quiet
	note "$(counters)"
	check "$4 at $1 baud: the modules unload" unload
}

cycle 38400 100 40 VA
cycle 38400 100 40 VRA
cycle 38400 1000 12 R350A
cycle 38400 200 30 R80A
finish
