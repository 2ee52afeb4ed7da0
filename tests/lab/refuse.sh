#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What cannot work is refused, with the reason, and leaves nothing behind.
#
# lab: --smp 2
# lab: --smp 2 --kernel 6.1
# lab-program: bottom-half

. ./lib.sh

# messages: the project's own. Besides these the driver core says on its own that
# a probe failed; and busybox's modprobe tries twice, by two system calls.
messages() { said | grep -v 'probe.* failed with error\|probe of .* failed' | uniq; }

# one_message WORDS: exactly one, and it has them
one_message()
{
	messages >/tmp/messages
	[ "$(wc -l </tmp/messages)" = 1 ] && grep -qF -- "$1" /tmp/messages && return
	echo "wanted: $1"
	cat /tmp/messages
	return 1
}

nothing_there()
{
	equal "$(echo /dev/gnss-nmea* /dev/gnss-fix* /sys/class/gnss_gpio/*; grep 'gnss_gpio[0-9]' /proc/interrupts)" \
		'/dev/gnss-nmea* /dev/gnss-fix* /sys/class/gnss_gpio/*'
}

line_is_free() { grep '(TXD ' /sys/kernel/debug/gpio | grep -qv '|'; }

# bind_gives ERROR
bind_gives()
{
	put gnss-gpio.0 "$DRIVER/bind" >/tmp/bind && { echo 'it was bound'; return 1; }
	grep -q "$1\$" /tmp/bind && return
	cat /tmp/bind
	return 1
}

# works: a normal load, with data
works()
{
	load 9600 || return
	read_nmea received
	play five
	sleep 0.1
	stop_reading
	# Whatever came: what follows begins without it.
	unload && same received five
}

# refuses ERRNO ERROR WORDS PARAMETER...: of the simulator
refuses()
{
	errno=$1 error=$2 words=$3
	shift 3
	mark
	modprobe gnss_gpio
	check "$*: the simulator loads" modprobe gnss_gpio_sim "$@"
	check "$*: one message tells why" one_message "gnss-gpio gnss-gpio.0: error -$errno: $words"
	check "$*: nothing is there, and the line is free" both nothing_there line_is_free
	check "$*: binding it by hand gives $errno" bind_gives "$error"
	check "$*: nothing stays behind" both unload works
}

busy_line()
{
	mark
	modprobe gnss_gpio_sim
	hold_line TXD
	modprobe gnss_gpio
	check 'busy line: one message tells' one_message 'gnss-gpio gnss-gpio.0: error -EBUSY: cannot get the line of rx-gpios'
	check 'busy line: nothing is there' nothing_there
	check 'busy line: binding it by hand gives EBUSY' bind_gives 'Device or resource busy'
	let_line_go
	check 'no longer busy: it is bound' put gnss-gpio.0 "$DRIVER/bind"
	read_nmea received
	play five
	sleep 0.1
	stop_reading
	check 'no longer busy: data flows' same received five
	unload
}

# modprobe_gives ERROR MODULE PARAMETER...
modprobe_gives()
{
	error=$1
	shift
	modprobe "$@" >/tmp/modprobe 2>&1 && { echo 'it was loaded'; return 1; }
	grep -q "$error\$" /tmp/modprobe && return
	cat /tmp/modprobe
	return 1
}

# refuses_to_load WORDS MODULE PARAMETER
refuses_to_load()
{
	mark
	check "$2 $3: loading it gives EINVAL" modprobe_gives 'Invalid argument' "$2" "$3"
	check "$2 $3: one message tells why" one_message "$1"
	check "$2 $3: nothing stays behind" equal "$(grep '^gnss_gpio' /proc/modules)" ''
}

ALL='threaded-irq workqueue workqueue-system workqueue-highpri workqueue-unbound bh-workqueue bh-workqueue-highpri tasklet tasklet-hi softirq kthread hardirq'
without_bh() { uname -r | grep -q '^6\.1\.'; }
! without_bh || ALL=$(echo "$ALL" | sed 's/ bh-workqueue[^ ]*//g')

# Each is near to a name, but none.
unknown_bottom_halves()
{
	load 9600
	read_nmea received
	for bh in nonesuch workqueu workqueuex threaded-irq/ ' workqueue' ''; do
		mark
		check "bottom half '$bh' is EINVAL" equal "$(put "$bh" "$GG/bottom_half" | sed 's/.*: //')" 'Invalid argument'
		check 'and one message tells what there is' one_message "there are: $ALL"
	done
	check 'the old one stays' grep -q '\[workqueue\]' "$GG/bottom_half"
	play five
	sleep 0.1
	stop_reading
	check 'and data flows' same received five
	unload
}

# cannot_have BOTTOM-HALF ERROR: while 'five' is played; the old one goes on
cannot_have()
{
	old=$(cat "$GG/bottom_half")
	read_nmea received
	play five &
	sleep 0.1
	check "$1 gives '$2'" equal "$(put "$1" "$GG/bottom_half" | sed 's/.*: //')" "$2"
	wait $!
	sleep 0.1
	stop_reading
	check 'and the old one goes on' equal "$(cat "$GG/bottom_half")" "$old"
	check 'and loses nothing' same received five
}

# No thread more may be made.
no_more_threads()
{
	load 9600
	read_nmea received
	play five &
	sleep 0.1
	./bottom-half no-threads "$GG/bottom_half" kthread
	wait $!
	sleep 0.1
	stop_reading
	check 'and the old one goes on' both "grep -q '\[workqueue\]' $GG/bottom_half" 'same received five'
	check 'with threads again it works' put kthread "$GG/bottom_half"
	unload
}

knob_without_a_thread()
{
	load 9600
	put 30 "$SIM/irqoff_us"
	./bottom-half no-threads "$SIM/irqoff_us" 40
	windows=$(cat "$SIM/irqoff_windows")
	sleep 0.1
	check 'the knob stays as it is' equal "$(cat "$SIM/irqoff_us")" 30
	check 'and so do the windows' [ "$(cat "$SIM/irqoff_windows")" -gt "$windows" ]
	unload
}

missing_bottom_halves()
{
	without_bh || return
	load 9600
	for bh in bh-workqueue bh-workqueue-highpri; do
		mark
		cannot_have $bh 'Operation not supported'
		check 'one message tells why' one_message "bottom half $bh needs what this kernel lacks: BH workqueues (Linux 6.9)"
	done
	unload
	mark
	check 'loading it with such a one is EOPNOTSUPP' modprobe_gives 'Operation not supported' gnss_gpio bottom_half=bh-workqueue
	check 'one message tells why' one_message 'gnss_gpio: bottom_half=bh-workqueue: bottom half bh-workqueue needs what this kernel lacks: BH workqueues (Linux 6.9)'
	refuses EOPNOTSUPP 'Operation not supported' 'linux,bottom-half = "bh-workqueue": bottom half bh-workqueue needs what this kernel lacks: BH workqueues (Linux 6.9)' bottom_half=bh-workqueue
}

two_writers()
{
	load 9600
	read_nmea received
	play five &
	./bottom-half writers 40
	wait $!
	sleep 0.1
	stop_reading
	check 'two writers: nothing is lost' same_but $((3 * ($(nproc) - 1))) received five
	unload
}

# knob NAME VALUE ERROR
knob()
{
	old=$(cat "$SIM/$1")
	check "knob $1: '$2' is refused: $3" equal "$(put "$2" "$SIM/$1" | sed 's/.*: //')" "$3"
	[ "$(cat "$SIM/$1")" = "$old" ] || echo "$old, now $(cat "$SIM/$1")" | not_ok "knob $1 stays"
}

RANGE='Numerical result out of range'
knobs()
{
	load 9600
	mark
	knob baud 299 "$RANGE"
	knob baud 921601 "$RANGE"
	knob baud -9600 "$RANGE"
	knob skew_ppm -100001 "$RANGE"
	knob skew_ppm 100001 "$RANGE"
	knob jitter_ns -1 "$RANGE"
	knob glitch_ppm 1000001 "$RANGE"
	knob glitch_ns 0 "$RANGE"
	knob seed -1 "$RANGE"
	knob irqoff_us 10001 "$RANGE"
	knob irqoff_period_us 99 "$RANGE"
	knob seed 99999999999 "$RANGE"
	knob cpu 64 'No such device or address'
	for name in baud skew_ppm jitter_ns glitch_ppm glitch_ns seed irqoff_us irqoff_period_us cpu; do
		knob $name abc 'Invalid argument'
		knob $name 9600x 'Invalid argument'
		knob $name '' 'Invalid argument'
	done
	check 'knobs: the kernel is quiet' quiet
	unload
}

nmea-gen --count 5 --output five
works
refuses EINVAL 'Invalid argument' 'current-speed 12 is not within 300..230400 baud, nor 0 to find it' current_speed=12
refuses EINVAL 'Invalid argument' 'current-speed 4000000 is not within 300..230400 baud, nor 0 to find it' current_speed=4000000
refuses EINVAL 'Invalid argument' 'reading the line of rx-gpios may sleep' can_sleep=1
refuses ENXIO 'No such device or address' 'the line of rx-gpios cannot interrupt' no_irq=1
refuses EINVAL 'Invalid argument' 'the interrupt of rx-gpios is handled in a thread' nested_irq=1
refuses EINVAL 'Invalid argument' "linux,bottom-half = \"nonesuch\": no such bottom half; there are: $ALL" bottom_half=nonesuch
refuses EINVAL 'Invalid argument' 'linux,rx-engine = "nonesuch": no such receive engine; there are: auto edge timer' rx_engine=nonesuch
refuses EINVAL 'Invalid argument' 'linux,stream = "nonesuch": no such stream; there are: raw checked' stream=nonesuch
busy_line
refuses_to_load "gnss_gpio: bottom_half=nonesuch: no such bottom half; there are: $ALL" gnss_gpio bottom_half=nonesuch
refuses_to_load 'gnss_gpio_sim: baud=299 is not within 300..921600' gnss_gpio_sim baud=299
refuses_to_load 'gnss_gpio_sim: baud=0 is not within' gnss_gpio_sim baud=0
refuses_to_load 'gnss_gpio_sim: receivers=17: there can be 16 at most' gnss_gpio_sim receivers=17
unknown_bottom_halves
missing_bottom_halves
no_more_threads
knob_without_a_thread
two_writers
knobs
check 'after all this a normal load works' works
finish
