#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# gnss-rx: the driver's decoder on edges that the kernel's GPIO interface records.
# Without the driver; to a pipe, a terminal, gpsd. What it cannot do it says.
#
# lab: --smp 1
# lab: --smp 1 --suite trixie --append brief

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

SENTENCES=60

# With the other libgpiod, few rates tell. The first is slow: when gnss-rx ran for the first
# time at 9600 baud, it lost 481 edges in the first 16 sentences; why is not known.
RATES='4800 9600 19200 38400'
! is_run brief || RATES='4800 9600'

# start WORD...: gnss-rx in the background, until it has the line
start()
{
	gnss-rx "$@" >received 2>errors &
	RX=$!
	patiently line_is '|gnss-rx'
}

# stop: by Ctrl-C
stop()
{
	kill -INT $RX
	wait $RX 2>/dev/null
	equal $? 130
}

# line_is WORDS: by debugfs, for the words of gpioinfo differ between its versions
line_is() { grep '(TXD ' /sys/kernel/debug/gpio | grep -q "$1"; }
line_is_free() { ! line_is '|'; }

# intact FILE: how many lines arrived as they were sent
intact()
{
	awk 'FILENAME == "played" { sent[$0]++; next } sent[$0]-- > 0 { n++ } END { print n + 0 }' played "$1"
}

# mostly FILE: where the kernel cannot be preempted, its thread of the interrupt comes
# too late for an edge now and then, and a sentence is lost
mostly()
{
	[ "$(intact "$1")" -ge $((SENTENCES - 2)) ] && return
	same "$1" played
}

# only_sent FILE: no line that differs from all that were sent
only_sent() { equal "$(intact "$1")" "$(wc -l <"$1")"; }

# receives BAUD WORD...
receives()
{
	receives_baud=$1
	shift
	put "$receives_baud" "$SIM/baud"
	start --stats --baud "$receives_baud" "$@" "$CHIP:0"
	play played
	settle
	stop
}

# terminal: by the name that gnss-rx says
terminal()
{
	patiently test -s received
	head -n 1 received
}

# to_terminal: gnss-rx says its name first; what is written to it does no harm
to_terminal()
{
	start --pty --stats "$CHIP:0"
	terminal=$(terminal)
	cat "$terminal" >seen &
	READERS="$READERS $!"
	opened $! "$terminal"
	echo 'for the receiver' >"$terminal"
	play played
	settle
	stop_reading
	stop && mostly seen
}

# to_gpsd: gpsd takes the terminal for a receiver
to_gpsd()
{
	start --pty "$CHIP:0"
	gpsd -n -N "$(terminal)" 2>/dev/null &
	gpsd=$!
	sleep 2
	nmea-gen --realtime --epochs 5 >/dev/gnss-sim0 &
	timeout 8 gpspipe -w >fixes.gpsd
	kill $gpsd
	wait $gpsd 2>/dev/null
	stop && both 'grep -q "\"class\":\"TPV\".*\"lat\":52\." fixes.gpsd'
}

# says STATUS WORDS COMMAND...: fails so, and says it in one line
says()
{
	says_status=$1 says_words=$2
	shift 2
	"$@" >/tmp/out 2>/tmp/err
	both "equal $? $says_status" 'equal "$(wc -l </tmp/err)" 1' "grep -qF -- \"$says_words\" /tmp/err" && return
	cat /tmp/err
	return 1
}

nmea-gen --count $SENTENCES --output played
modprobe gnss_gpio_sim bind=0
CHIP=$(gpiodetect | sed -n 's/ \[gnss-gpio-sim.0\].*//p')
# Until the boot's self-tests are over, which a program's edges wait for.
sleep 3
for baud in $RATES; do
	check "$baud baud: it receives" receives "$baud"
	[ "$baud" -gt 19200 ] || check "$baud baud: all but two sentences, or more, are what was sent" mostly received
	note "$baud baud: $(intact received) of $SENTENCES sentences intact; $(tr '\n' ';' <errors)"
done
check 'checked: sentences are what was sent' both 'receives 9600 --checked' 'mostly received' 'only_sent received'
put 9600 "$SIM/baud"
check 'it writes to a terminal' to_terminal
check 'gpsd takes the terminal' to_gpsd
check 'the line is free again' line_is_free
start "$CHIP:0"
check 'a line that is used: it says by whom' says 1 "line 0 of $CHIP is used by 'gnss-rx'" gnss-rx "$CHIP:0"
check 'gnss-play, too' says 1 "line 0 of $CHIP is used by 'gnss-rx'" gnss-play "$CHIP:0" played
check 'Ctrl-C ends it' stop
check 'the label of the chip and the name of the line will do' says 1 'cannot be an output' gnss-play TXD played
check 'no such line' says 1 "there is no line 99 of $CHIP" gnss-rx gnss-gpio-sim.0:99
check 'no such chip' says 1 "there is no GPIO controller 'gpiochip77'; there are: gpiochip0" gnss-rx gpiochip77:0
check 'no such name' says 1 "no GPIO line is called 'GPIO4'" gnss-rx GPIO4
check 'a line that cannot interrupt' says 1 'cannot interrupt' gnss-rx "$CHIP:1"
check 'no such file' says 1 'cannot read nofile: No such file' gnss-play 1 nofile
check 'an empty file' says 1 'there is nothing to play in /dev/null' gnss-play 1 /dev/null
check '--loop of a pipe' says 1 '--loop needs a file' sh -c "cat played | gnss-play --loop 1"
check 'a rate that is none' says 2 '--baud must be a number from 300 to 230400' gnss-play --baud 96k 1 played
check 'a rate out of range' says 2 '--baud must be a number from 300 to 230400' gnss-rx --baud 0 1
check 'no permission' says 1 'no permission to open GPIO controllers' su -s /bin/sh nobody -c 'gnss-rx 0:1'
rmmod gnss_gpio_sim
finish
