#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The platform device or a module goes away while data flows and files are open.
#
# lab: --smp 1
# lab: --smp 2
# lab: --smp 2 --rt
# lab-program: chardev
# lab-program: unbind

. ./lib.sh

ROUNDS=20

# start_playing: the line is busy until stop_playing
start_playing()
{
	cat endless >/dev/gnss-sim0 2>/dev/null &
	PLAYER=$!
	sleep 0.1
}
stop_playing()
{
	kill $PLAYER 2>/dev/null
	wait $PLAYER 2>/dev/null
}

flows() { ./chardev flows "${1:-$NMEA}"; }

# race: use all that there is in sysfs and /dev, again and again
race()
{
	while :; do
		for gg in /sys/class/gnss_gpio/gnss_gpio*; do
			cat "$gg"/stats/* "$gg/bottom_half" "$gg/baud"
			echo threaded-irq >"$gg/bottom_half"
			head -c 10 /dev/gnss-nmea"${gg##*gnss_gpio}"
			sleep 0.003
			echo workqueue >"$gg/bottom_half"
		done
		sleep 0.003
	done >/tmp/race 2>&1
}

# In the time of a round each of the race's steps falls on every part of it.
unbind_with_readers()
{
	race &
	racer=$!
	./unbind long $ROUNDS || echo 'it ended early' | not_ok 'unbind ends'
	kill $racer
	wait $racer 2>/dev/null
	note "$(grep -c 'No such' /tmp/race) times the race found a device gone in mid-use"
	put gnss-gpio.0 "$DRIVER/unbind"
	sleep 1
	put gnss-gpio.0 "$DRIVER/bind"
	check 'when all old files are closed it has its first number again' flows
}

# The old number is kept by the open file, so the device comes back as another.
bind_while_held()
{
	exec 7<"$NMEA"
	put gnss-gpio.0 "$DRIVER/unbind"
	put gnss-gpio.0 "$DRIVER/bind"
	check 'bound again while an old file is open: data flows on another node' \
		flows /dev/gnss-nmea1
	cat <&7 >/dev/null
	check 'the old file is at its end' equal "$(wc -c <&7)" 0
	put gnss-gpio.0 "$DRIVER/unbind"
	exec 7<&-
	put gnss-gpio.0 "$DRIVER/bind"
	check 'with the old file closed it has its old number again' flows
}

held_attribute()
{
	exec 7<"$GG/stats/bytes" 8<"$GG/bottom_half"
	put gnss-gpio.0 "$DRIVER/unbind"
	check 'a counter held open is ENODEV' \
		equal "$(cat <&7 2>&1)" 'cat: read error: No such device'
	check 'the bottom half held open is ENODEV' \
		equal "$(cat <&8 2>&1)" 'cat: read error: No such device'
	exec 7<&- 8<&-
	put gnss-gpio.0 "$DRIVER/bind"
	check 'and afterwards data flows' flows
}

driver_is_held()
{
	exec 7<"$FIX"
	check 'rmmod of the driver is refused while a file is open' fails rmmod gnss_gpio
	check 'and data flows on' flows
	exec 7<&-
	check 'it is granted when it is closed' rmmod gnss_gpio
	check 'with the device still there, and found by the next load' \
		both 'modprobe gnss_gpio' flows
}

simulator_is_held()
{
	check 'rmmod of the simulator is refused while it plays' fails rmmod gnss_gpio_sim
	check 'and data flows on' flows
}

# No writer, but 64 KB still to play, and readers.
simulator_goes()
{
	stop_playing
	check 'the line is still busy' fails equal "$(cat "$SIM/queued")" 0
	exec 7<"$NMEA"
	(cat "$NMEA" >rest; echo "status $?" >rest.end) &
	waiter=$!
	(gnss-fix --json >fixes.end 2>&1) &
	fixer=$!
	sleep 0.3
	check 'rmmod of the simulator with readers of the stream is granted' rmmod gnss_gpio_sim
	wait $waiter $fixer
	check 'they come to the end' equal "$(cat rest.end)" 'status 0'
	check 'after some bytes' [ -s rest ]
	check 'as does gnss-fix' grep -q 'the receiver is gone' fixes.end
	check 'a file held open gives what had come' [ "$(wc -c <&7)" -ge "$(wc -c <rest)" ]
	exec 7<&-
	check 'the nodes are gone' equal "$(echo /dev/gnss-*)" '/dev/gnss-*'
	check 'the next load works' modprobe gnss_gpio_sim
	start_playing
	check 'and data flows' flows
}

# The device of the simulator, with a writer that waits in it.
simulator_is_unbound()
{
	dd if=/dev/zero of=/dev/gnss-sim0 bs=70000 count=1 2>writer &
	writer=$!
	cat "$NMEA" >/dev/null &
	waiter=$!
	sleep 0.2
	put gnss-gpio-sim.0 /sys/bus/platform/drivers/gnss-gpio-sim/unbind
	wait $writer $waiter
	check 'the simulator unbound: a writer that waits is told' grep -q 'No such device' writer
	check 'the nodes are gone' equal "$(echo /dev/gnss-*)" '/dev/gnss-*'
	put gnss-gpio-sim.0 /sys/bus/platform/drivers/gnss-gpio-sim/bind
	stop_playing
	start_playing
	check 'bound again: data flows' flows
}

nmea-gen --epochs 140 --output long
nmea-gen --epochs 4000 --output endless
load 4800
start_playing
mark
unbind_with_readers
bind_while_held
held_attribute
driver_is_held
simulator_is_held
simulator_goes
simulator_is_unbound
stop_playing
said | grep -v 'gnss-gpio gnss-gpio.0: gnss_gpio[01]: [0-9]* baud, interrupt' >loud
check 'the kernel said nothing but what was bound' equal "$(cat loud)" ''
check 'the modules unload' unload
finish
