#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A 32-bit program on a 64-bit kernel gets what a 64-bit program gets.
#
# lab: --smp 1
# lab-program: abi
# lab-program-32: abi bottom-half

. ./lib.sh

# read_as PROGRAM: the records, to PROGRAM.records
read_as()
{
	"./$1" records "$FIX" >"$1.records" &
	READERS="$READERS $!"
	opened $! "$FIX"
}

all_records()
{
	equal "$(grep -c ^fix abi.records) fixes, $(grep -c ^sky abi.records) skies" \
		"$(wc -l <truth) fixes, $(wc -l <truth) skies"
}

# same_answers DEVICE
same_answers()
{
	./abi ask "$1" >answers && ./abi-32 ask "$1" >answers-32 &&
		at_least "$(wc -l <answers)" 12 && same answers-32 answers
}

nmea-gen --epochs 5 --truth truth --output played
load 9600
echo 1 >/sys/kernel/debug/gnss_gpio/gnss_gpio0/latency
# 1: 32-bit ELF
check 'one program is built for 32 bit' equal "$(dd if=abi-32 bs=1 skip=4 count=1 2>/dev/null | tr '\1\2' 12)" 1
mark
read_as abi
read_as abi-32
play played
settle
check 'the 64-bit program gets all records' all_records
check 'the 32-bit program gets the same, byte for byte' same abi-32.records abi.records
check 'the ioctls give both the same of the fix device' same_answers "$FIX"
check 'and of the stream' same_answers "$NMEA"
./bottom-half-32 ioctls
stop_reading
check 'the kernel is quiet' quiet
check 'the modules unload' unload
finish
