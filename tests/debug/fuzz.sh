#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Files, attributes and ioctls, used as no program would, while data flows.
#
# lab-program: chardev
# lab-program: fuzz

. ./lib.sh

# shellcheck disable=SC3045 # dash has it
ulimit -n 2000
load 9600
play_on
./fuzz 30 || echo 'it ended early' | not_ok 'fuzz ends'
put 9600 "$GG/baud"
check 'afterwards data flows' ./chardev flows "$NMEA"
kill "$PLAYER"
finish
