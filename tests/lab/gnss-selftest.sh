#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# gnss-selftest: over a wire on the machine's own GPIO controller, and without one.
#
# lab: --smp 1 --wire 1:5
# lab: --smp 1 --append without_wire
# lab-receiver: 5

# shellcheck disable=SC2016,SC2034 # what is in single quotes is for others to expand

. ./lib.sh

# By its path: busybox, whose shell runs this, has a date without nanoseconds.
now_ns() { /usr/bin/date +%s%N; }

# says WORDS COMMAND...: fails within 2 s, with one line, and says it
says()
{
	says_words=$1
	shift
	says_begin=$(now_ns)
	"$@" >/tmp/out 2>/tmp/err
	both "equal $? 1" 'equal "$(cat /tmp/out | wc -l) $(wc -l </tmp/err)" "0 1"' \
		"grep -qF -- \"$says_words\" /tmp/err" \
		'[ $(($(now_ns) - says_begin)) -lt 2000000000 ]' && return
	cat /tmp/err
	return 1
}

# wrong BAUD: bytes, as the table tells
wrong() { awk -v baud="$1" '$1 == baud { print $3 }' table; }

# overlays: a dtoverlay for a machine whose device tree has the node already
overlays()
{
	cat >/usr/local/bin/dtoverlay <<-'END'
		#!/bin/sh
		echo "$*" >>overlays
		[ "$1" = -r ] && exec rmmod gnss_gpio
		modprobe gnss_gpio
	END
	chmod +x /usr/local/bin/dtoverlay
}

over_the_wire()
{
	put 4800 "$GG/baud"
	put checked "$GG/stream"
	mark
	gnss-selftest 1 >table
	selftest_status=$?
	sed 's/^/# /' table
	check 'it passes' both "equal $selftest_status 0" 'grep -q ^PASSED table'
	for baud in 1200 2400 4800 9600; do
		check "$baud baud: no byte is wrong" equal "$(wrong $baud)" 0
	done
	check 'the table has all rates' equal "$(grep -c '^ *[0-9]' table)" 9
	check 'a byte takes some time at 9600 baud, and not much' \
		awk '$1 == 9600 { exit !($7 > 5 && $7 < 60) }' table
	check 'the driver is as it was, and quiet' both 'equal "$(cat $GG/baud)" 4800' \
		'grep -q "\[checked\]" $GG/stream' quiet
	check 'the wire leads to no other line' says 'nothing arrives: no wire leads from line 2 of gpiochip0' gnss-selftest 2
	gnss-selftest 1 >table &
	sleep 1
	kill -INT $!
	wait $!
	check 'Ctrl-C ends it, and the driver is as it was' both "equal $? 130" 'equal "$(cat $GG/baud)" 4800'
	gnss-selftest 1 >table &
	sleep 1
	kill -HUP $!
	wait $!
	check 'so does a terminal that hangs up' both "equal $? 129" 'equal "$(cat $GG/baud)" 4800'
	{ gnss-selftest 1 2>said; echo $? >status; } | head -n 1 >/dev/null
	check 'so does a reader of the table that goes away' both 'equal "$(cat status)" 1' \
		'equal "$(cat $GG/baud)" 4800' 'grep -q "nobody reads the table" said'
	rmmod gnss_gpio
	check 'without the driver it asks for the line' says 'say the line IN' gnss-selftest 1
	check 'it says how to make a receiver' says 'to the device tree, with line 5, and boot' gnss-selftest 1 5
	overlays
	gnss-selftest 1 5 >table &
	sleep 4
	kill -INT $!
	wait $!
	check 'it makes a receiver with dtoverlay, and removes it' both "equal $? 130" \
		'equal "$(cat overlays)" "gnss-gpio rx_pin=5
-r gnss-gpio"' 'grep -q "1200 *120 *0" table' 'equal "$(ls /sys/class/gnss_gpio 2>&1 | grep -c ^gnss)" 0'
	check 'before that it looks for the wire' says 'nothing arrives: no wire leads from line 1 of gpiochip0 to line 6 of gpiochip0' gnss-selftest 1 6
}

without_a_wire()
{
	check 'no wire: it says so' says 'nothing arrives: no wire leads from line 1 of gpiochip0' gnss-selftest 1
	check 'the line of the driver as OUT: it says so' says "line 5 of gpiochip0 is used by" gnss-selftest 5
	check 'as nobody: it says so' says 'run it as root' su -s /bin/sh nobody -c 'gnss-selftest 1'
}

modprobe gnss_gpio
if is_run without_wire; then
	without_a_wire
else
	over_the_wire
fi
finish
