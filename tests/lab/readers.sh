#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Many readers, slow ones, and all that they may ask of the two devices.
#
# lab: --smp 2
# lab-program: readers

. ./lib.sh

nmea-gen --count 60 --output short
nmea-gen --epochs 140 --seed 2 --output long
load 9600
mark
./readers short long || echo 'it ended early' | not_ok 'readers ends'
check 'the kernel is quiet' quiet
note "$(counters)"
check 'the modules unload' unload
finish
