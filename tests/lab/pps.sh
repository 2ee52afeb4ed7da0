#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The pulse a second: what time it is given, what gpsd and chrony make of it, and what
# becomes of it when the machine sleeps, the device goes or the line is taken.
#
# lab: --smp 1 --append no_console_suspend
# lab: --smp 2 --rt --append no_console_suspend
# lab: --smp 1 --without PPS,GNSS

. ./lib.sh

# Busybox's own knows no nanoseconds.
DATE=/usr/bin/date

PPS=/dev/pps0
SOURCE=/sys/devices/virtual/pps/pps0

# How late the lab's interrupts may be.
LATE_NS=50000

# nearest_ns FILE: of each pulse that was watched, ns after the nearest second
nearest_ns()
{
	sed 's/.*\.\(.*\)#.*/\1/' "$1" |
		awk '{ print ($1 > 500000000 ? $1 - 1000000000 : $1 + 0) }'
}

# range: least and greatest of the numbers of stdin
range() { sort -n | sed -n '1p;$p' | paste -sd ' ' | sed 's/ / ... /'; }

# within NS FILE: there are pulses, and all are so near to a second
within()
{
	nearest_ns "$2" | awk -v most="$1" '
		$1 > most || $1 < -most { print $1 " ns"; bad = 1 }
		END { if (!NR) print "no pulse"; exit bad || !NR }'
}

# watch_pulse COUNT FILE: the times of the next pulses, as TIME#NUMBER
watch_pulse()
{
	watch_last=$(cat $SOURCE/assert)
	watch_tries=0
	: >"$2"
	while [ $((watch_tries += 1)) -le $(($1 * 5 + 5)) ]; do
		watch_now=$(cat $SOURCE/assert)
		[ "$watch_now" = "$watch_last" ] || echo "$watch_now" >>"$2"
		watch_last=$watch_now
		[ "$(wc -l <"$2")" -lt "$1" ] || return 0
		sleep 0.2
	done
	echo "of $1 pulses there are $(wc -l <"$2")"
	return 1
}

# play_now EPOCHS: a receiver that begins to send 100 ms after each second; two sentences,
# as gpsd takes the time of either
play_now()
{
	start=$(($($DATE +%s) + 2))
	sleep "$($DATE +%s.%N | awk -v s=$start '{ print s + 0.1 - $1 }')"
	nmea-gen --realtime --epochs "$1" --sentences rmc,gga --output /dev/gnss-sim0 \
		--start "$($DATE -u -d "@$start" +%Y-%m-%dT%H:%M:%SZ)"
}

# set_clock_wrong SECONDS
set_clock_wrong()
{
	$DATE -s "@$($DATE +%s.%N | awk -v s="$1" '{ printf "%.9f", $1 + s }')" >/dev/null
}

# As a user's machine has it; see the README.
write_chrony_conf()
{
	cat >chrony.conf <<-EOF
		refclock SHM 0 refid NMEA offset 0.2 delay 0.2 poll 1 filter 2
		refclock PPS $PPS refid PPS lock NMEA poll 1 filter 2
		makestep 0.001 3

		user root
		port 0
		cmdport 0
		logdir /root
		log refclocks
	EOF
	[ -d /run/chrony ] || mkdir -m 700 /run/chrony
}

start_gpsd_and_chrony()
{
	gpsd -n -N -D 2 "$NMEA" $PPS >gpsd.log 2>&1 &
	GPSD=$!
	both "opened $GPSD $NMEA" "opened $GPSD $PPS" || { cat gpsd.log; return 1; }
	gpspipe -w -P >gpsd.json 2>gpspipe.log &
	GPSPIPE=$!
	write_chrony_conf
	chronyd -d -f /root/chrony.conf >chrony.log 2>&1 &
	CHRONY=$!
	patiently [ -e /run/chrony/chronyd.sock ]
}

# Stops the player, too, which the driver's own device keeps busy.
stop_gpsd_and_chrony()
{
	kill "$CHRONY" "$GPSPIPE" "$GPSD"
	wait "$CHRONY" "$GPSPIPE" "$GPSD" "$PLAYER" 2>/dev/null
}

# The last that it said on this is that it takes the pulse.
selected()
{
	grep -E "Selected source|Can't synchronise" chrony.log | tail -n 1 | grep -q "Selected source PPS" ||
		{ cat chrony.log; return 1; }
}

# gpsd_has_seconds COUNT: gpsd holds the pulse's time against a second, which is that of
# the pulse
gpsd_has_seconds()
{
	sed -n "s,.*\"class\":\"PPS\"\\,\"device\":\"$PPS\"\\,\"real_sec\":\([0-9]*\)\\,\"real_nsec\":\([0-9]*\)\\,\"clock_sec\":\([0-9]*\)\\,\"clock_nsec\":\([0-9]*\).*,\1 \2 \3 \4,p" gpsd.json |
		awk -v wanted="$1" '
		{ off = ($3 - $1) * 1e9 + $4 - $2 }
		off > 1e8 || off < -1e8 { print "off by " off " ns: " $0; bad = 1 }
		END { print NR " reports"; exit bad || NR < wanted }'
}

# late_ms REFID: the time of a source's samples less that of their second; the last ones,
# when the clock is right
late_ms()
{
	awk -v id="$1" '$3 == id && $7 ~ /[0-9]/ { printf "%.4f\n", -$7 * 1000 }' refclocks.log |
		tail -n 10
}

discipline()
{
	play_now 30 &
	PLAYER=$!
	set_clock_wrong 0.03
	watch_pulse 1 wrong
	note "the clock is set wrong: the pulse comes $(nearest_ns wrong) ns after its second"
	check 'gpsd and chrony start on stream and pulse' start_gpsd_and_chrony
	sleep 20
	check 'chrony selects the pulse' selected
	watch_pulse 5 right
	check 'and puts the clock right: the pulse has the time of its second' within 20000 right
	note "the pulse's time less its second, ns: $(nearest_ns right | range)"
	check 'gpsd knows which second it is, too' gpsd_has_seconds 15
	stop_gpsd_and_chrony
	note "the same, of NMEA alone, ms: $(late_ms NMEA | range)"
	note "the same, of the pulse, as chrony has it, ms: $(late_ms PPS | range)"
	cp refclocks.log chrony.log gpsd.log gpsd.json /out
}

# What came while the machine slept has no time of its own, so it is no pulse.
same_phase()
{
	nearest_ns "$1" | awk -v late=$LATE_NS '
		NR == 1 { first = $1 }
		$1 - first > late || first - $1 > late { print $1 " after " first; bad = 1 }
		END { exit bad || NR < 4 }'
}

sleeps()
{
	modprobe rtc-pl031
	sleep_for 3 && watch_pulse 4 slept
}

line_is_taken()
{
	put gnss-gpio.0 "$DRIVER/unbind"
	check 'unbound: the pulse is gone' [ ! -e $PPS ]
	hold_line PPS
	mark
	put gnss-gpio.0 "$DRIVER/bind" >/dev/null
	check 'taken: the message tells why' equal "$(said | head -n 1)" \
		'gnss-gpio gnss-gpio.0: error -EBUSY: cannot get the line of pps-gpios'
	check 'taken: nothing is there' [ ! -e "$NMEA" ]
	let_line_go
	check 'no longer taken: it is bound' put gnss-gpio.0 "$DRIVER/bind"
	watch_pulse 1 again
	check 'and the pulse is there again' within $LATE_NS again
}

goes_while_open()
{
	opened "$WATCHER" $PPS
	put gnss-gpio.0 "$DRIVER/unbind"
	sleep 1.1
	kill "$WATCHER" || return
	wait "$WATCHER" 2>/dev/null
	put gnss-gpio.0 "$DRIVER/bind"
}

# pulse_interrupts: how many there were
pulse_interrupts() { echo $(($(stat pps_pulses) + $(stat pps_ignored))); }

# Unmuted four times a second, the line interrupts 65 times each time at most.
chatters()
{
	mark
	before=$(pulse_interrupts)
	put 20 "$SIM/pps_period_us"
	sleep 2
	put 1000000 "$SIM/pps_period_us"
	sleep 0.3
	chatter=$(($(pulse_interrupts) - before))
	both "at_most $chatter 585" "equal $(stat pps_mutes) 8" \
		"equal $(said | grep -c 'gnss_gpio0: the line of pps-gpios chatters') 1"
}

without_pps()
{
	check 'a kernel without PPS: a message tells' sh -c \
		'dmesg | grep -q "gnss-gpio.0: pps-gpios is of no use: the kernel has no CONFIG_PPS"'
	check 'there is no pulse' [ ! -e $PPS ]
	nmea-gen --count 20 --output played
	read_nmea received
	play played
	settle
	stop_reading
	check 'the stream is received' same received played
}

with_pps()
{
	check 'there are pulses' watch_pulse 5 alone
	check 'each pulse has the time of its second' within $LATE_NS alone
	note "the pulse's time less its second, ns: $(nearest_ns alone | range)"
	check 'it says whose pulse it is' equal \
		"$(cat $SOURCE/name $SOURCE/path)" \
		"$(printf 'gnss_gpio0\n%s' "$NMEA")"
	discipline
	check 'the machine sleeps, and pulses come after it' sleeps
	check 'no pulse is of the time when it slept' same_phase slept
	check 'no pulse was ignored but what was latched meanwhile' at_most "$(stat pps_ignored)" 1
	check 'a line that chatters is muted, counted, and told once' chatters
	note "of 100000 changes in 2 s, $chatter interrupted"
	watch_pulse 2 calm
	check 'and after that pulses have the time of their second' within $LATE_NS calm
	line_is_taken
	note 'ppstest says, until the device is unbound:'
	ppstest $PPS &
	WATCHER=$!
	sleep 2.2
	check 'unbound while it is open' goes_while_open
	watch_pulse 1 last
	check 'bound again, it is there' within $LATE_NS last
}

modprobe gnss_gpio && modprobe gnss_gpio_sim pps=1
mark
if dmesg | grep -q 'no CONFIG_PPS'; then without_pps; else with_pps; fi
note "$(counters)"
check 'the modules unload' unload
finish
