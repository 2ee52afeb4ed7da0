#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Each allocation of probe, open, switch and the rest fails once, while data flows;
# afterwards data flows as before.
#
# lab-program: chardev
# lab-program: failnth

. ./lib.sh

# inject KIND WORD...: where faults are injected, and that nothing is said of each
inject()
{
	inject_dir=/sys/kernel/debug/$1
	shift
	echo 0 >"$inject_dir/verbose"
	for inject_word; do
		echo "${inject_word#*=}" >"$inject_dir/${inject_word%=*}"
	done
}

inject failslab ignore-gfp-wait=N
inject fail_page_alloc ignore-gfp-wait=N ignore-gfp-highmem=N min-order=0
inject fail_usercopy
load 9600
play_on
./failnth || echo 'it ended early' | not_ok 'failnth ends'
check 'afterwards data flows' ./chardev flows "$NMEA"
kill "$PLAYER"
finish
