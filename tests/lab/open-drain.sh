#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A line to send on that is open drain is refused: setting it may sleep.
#
# lab: --smp 1
# lab: --smp 1 --kernel 6.1
# lab-receiver: 5 1 6

. ./lib.sh

mark
modprobe gnss_gpio
check 'open drain: the message says what the line has to be' sh -c \
	'dmesg | grep -q "error -EINVAL: tx-gpios is open drain .* wants a line that is driven both ways"'
check 'there is no device' [ ! -e "$NMEA" ]
check 'both lines are free' equal "$(gpioinfo | grep -cE 'line +[15]:.* unused')" 2
check 'the module unloads' rmmod gnss_gpio
finish
