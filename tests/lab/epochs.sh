#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Cycles of receivers that begin with sentences without a time, or have pauses of
# their own: each record has the values of its cycle, and comes when it is over.
#
# lab: --smp 1
# lab-program: epochs

. ./lib.sh

# cycle BAUD PERIOD_MS CYCLES WORD
cycle()
{
	check "$4 at $1 baud: loads" load "$1" || return
	mark
	./epochs "$@" | sed "s/^\(ok\|not ok\) - /&$4 at $1 baud: /"
	check "$4 at $1 baud: no sentence is late, and the kernel is quiet" \
		both 'zero late malformed ignored overruns reader_lost_fixes' quiet
	note "$(counters)"
	check "$4 at $1 baud: the modules unload" unload
}

cycle 38400 100 40 VA
cycle 38400 100 40 VRA
cycle 38400 1000 12 R350A
cycle 38400 200 30 R80A
finish
