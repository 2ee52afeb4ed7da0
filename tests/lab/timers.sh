#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A kernel whose timers have no high resolution is refused, with the reason.
#
# lab: --smp 1 --append highres=off

. ./lib.sh

mark
modprobe gnss_gpio
check 'the simulator loads' modprobe gnss_gpio_sim
said >said_by_it
check 'a message tells why' \
	grep -q 'gnss-gpio gnss-gpio.0: error -EOPNOTSUPP: timers are 4000 us apart, too long for bits' said_by_it
check 'nothing is there' equal "$(echo /dev/gnss-nmea* /sys/class/gnss_gpio/*)" \
	'/dev/gnss-nmea* /sys/class/gnss_gpio/*'
finish
