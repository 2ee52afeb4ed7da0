#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The modules come and go fifty times; nothing stays behind. Three receivers at once.
#
# lab: --smp 1
# lab: --smp 2

. ./lib.sh

TIMES=50

# What one load must not leave behind, times 40: far less than a single lost
# ring, kfifo or stack, but more than the noise of the kernel's own caches.
SLACK_KB=1024

short_play()
{
	read_nmea received
	play five
	sleep 0.1
	stop_reading
	same received five
}

reload()
{
	load 9600 || return
	[ -e "$NMEA" ] && [ -e "$FIX" ] || return
	[ $((i % 5)) != 0 ] || short_play || return
	unload
}

reload_all()
{
	i=1
	while [ $i -le $TIMES ]; do
		reload || { echo "the load number $i failed"; return 1; }
		[ $i != 10 ] || memory >at10
		i=$((i + 1))
	done
	memory >at50
}

# grows COLUMN SIGN: by how many kB from the 10th load to the 50th
grows()
{
	paste -d ' ' at10 at50 | awk -v c="$1" -v s="$2" '{ print s * ($(c + 3) - $c) }'
}
little() { [ "$1" -le $SLACK_KB ] || { echo "$1 kB"; return 1; }; }

all_played() { [ "$(cat /sys/class/gnss_gpio_sim/gnss-sim?/queued | paste -sd ' ')" = '0 0 0' ]; }

# With one processor: of two that are busy the lab lets one stand still, and some
# interrupts come up to 400 us late, see chain.sh.
three_receivers()
{
	modprobe gnss_gpio && modprobe gnss_gpio_sim receivers=3 baud=4800 || return
	for i in 0 1 2; do
		nmea-gen --count 60 --seed $((i + 5)) --output played$i
		read_nmea received$i /dev/gnss-nmea$i
	done
	for i in 0 1 2; do
		dd if=played$i of=/dev/gnss-sim$i bs=64k conv=fsync 2>/dev/null &
	done
	patiently all_played || return
	settle
	stop_reading
}

three_different() { fails cmp -s played0 played1 && fails cmp -s played1 played2; }

nmea-gen --count 5 --output five
load 9600 && unload		# which says that the modules are not Debian's
mark
check "the modules load and unload $TIMES times, and receive each fifth time" reload_all
said | grep -v drop_caches >messages
check 'each load says one line, with the same name' \
	equal "$(sort messages | uniq -c | sed 's/^ *//')" \
	"$TIMES gnss-gpio gnss-gpio.0: gnss_gpio0: 9600 baud, interrupt $(sed -n '1s/.* interrupt //p' messages)"
note "kB free, of slabs, of vmalloc: after 10 loads $(cat at10), after $TIMES loads $(cat at50)"
check 'free memory does not shrink' little "$(grows 1 -1)"
check 'the slabs do not grow' little "$(grows 2 1)"
check 'vmalloc does not grow' little "$(grows 3 1)"
check 'no node, no interrupt and no module stays behind' equal \
	"$(echo /dev/gnss-* /sys/class/gnss_gpio*; grep 'gnss[-_]' /proc/interrupts /proc/modules /proc/devices)" \
	'/dev/gnss-* /sys/class/gnss_gpio*'

[ "$(nproc)" = 1 ] || finish

mark
check 'three receivers load' three_receivers
check 'they play different data' three_different
for i in 0 1 2; do
	check "receiver $i: the stream is what was sent" same received$i played$i
	# shellcheck disable=SC2034 # no_trouble looks there
	GG=/sys/class/gnss_gpio/gnss_gpio$i
	check "receiver $i: no trouble is counted" no_trouble
done
# gpiolib remarks on chips whose lines have the same names, and the kernel on
# timers of three receivers and their simulators that come at once.
said | grep -v -e 'name collision' -e 'hrtimer: interrupt took' >messages
check 'each of them says a line, and nothing else is said' \
	equal "$(grep -c 'gnss_gpio[0-2]: 4800 baud' messages) $(wc -l <messages)" '3 3'
check 'three receivers unload' unload
finish
