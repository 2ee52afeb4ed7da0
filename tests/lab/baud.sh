#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The rate is found, from a receiver that sends some sentences a second; a receiver
# that changes its rate is followed; what cannot be is refused.
#
# lab: --smp 1
# lab: --smp 1 --ns-per-insn 1 --append lab.fast
# lab: --smp 1 --rt
# lab: --smp 2
# lab-program: notice

. ./lib.sh

OTHER_THAN_9600=4800

word() { put "$1" "$2" | sed 's/.*: //'; }

# within MS AFTER_MS
within()
{
	[ -n "$2" ] || { echo 'it was not found'; counters; said; return 1; }
	awk -v ms="$2" -v most="$1" 'BEGIN { exit ms >= most }' || { echo "$2 ms"; return 1; }
}

# Twice what it takes: some 1200 bits, and at high rates what the machine needs. Two
# processors take turns, and one may stand still. At 230400 baud, where a bit is as short
# as an interrupt, the sentences of the first second told nothing in 2 of 36 cases.
expected_ms()
{
	if [ "$(nproc)" = 2 ] || [ "$1" = 230400 ]; then echo 2000; return; fi
	echo $((2 * 1200 * 1000 / $1 + 20))
}

# Only then the simulator takes another rate.
idle() { [ "$(cat "$SIM/queued")" = 0 ]; }

# found_from_auto NAME BAUD: from the first sentence of a receiver of 1 Hz on
found_from_auto()
{
	patiently idle
	first=9600
	[ "$2" != 9600 ] || first=$OTHER_THAN_9600
	put $first "$GG/baud" && put auto "$GG/baud" && put "$2" "$SIM/baud" || return
	check "$1: nothing is found yet" equal "$(cat "$GG/baud") $(cat "$GG/baud_used")" 'auto 0'
	read_nmea received
	mark
	nmea-gen --sentences rmc,vtg,gga,gsa,gll --realtime --epochs 3 >/dev/gnss-sim0
	sleep 1
	ms=$(after_ms "$2 baud found")
	check "$1: found within $(expected_ms "$2") ms" within "$(expected_ms "$2")" "$ms"
	check "$1: told by baud_used" equal "$(cat "$GG/baud") $(cat "$GG/baud_used")" "auto $2"
	note "$1: found after ${ms:-?} ms"
	stop_reading
}

# receivable BAUD: does anything come when the rate is given?
receivable()
{
	patiently idle
	put "$1" "$GG/baud" && put "$1" "$SIM/baud" || return
	receivable_before=$(stat sentences)
	read_nmea received
	play played
	settle
	stop_reading
	[ "$(stat sentences)" -gt "$receivable_before" ]
}

# followed BAUD FROM: sentences without a pause; those after it was found are whole
followed()
{
	put "$1" "$SIM/baud" || return
	mark
	play played
	settle
	check "$2 -> $1 baud: the old rate is lost" [ -n "$(after_ms "$2 baud lost")" ]
	ms=$(after_ms "$1 baud found")
	check "$2 -> $1 baud: found within 2 s" within 2000 "$ms"
	check "$2 -> $1 baud: told by baud_used" equal "$(cat "$GG/baud_used")" "$1"
	note "$2 -> $1 baud: lost after $(after_ms "$2 baud lost") ms, found after $ms ms"
	tail -n 20 received >received.tail
	tail -n 20 played >played.tail
	check "$2 -> $1 baud: then the stream is what was sent" same received.tail played.tail
}

changing_receiver()
{
	found_from_auto 'before it changes, 9600 baud' 9600
	./notice "$GG/baud_used" >notices &
	noticer=$!
	check 'somebody waits for changes' opened $noticer "$(readlink -f "$GG/baud_used")" || return
	# At 38400 baud an interrupt is late by a bit now and then, and a byte repaired.
	put checked "$GG/stream"
	read_nmea received
	followed "$1" 9600
	followed 4800 "$1"
	followed 9600 4800
	stop_reading
	put raw "$GG/stream"
	kill $noticer
	# The 0 in between is not seen where one sentence tells of both.
	check 'poll() tells of each change' \
		equal "$(grep -vx 0 notices | xargs)" "9600 $1 4800 9600"
}

# refused WORD ERROR
refused()
{
	mark
	check "baud '$1' is refused: $2" equal "$(word "$1" "$GG/baud")" "$2"
	check "baud '$1': a message tells why" grep -q 'baud is to be 300..230400, or auto' <<END
$(said)
END
}

nmea-gen --count 60 --output played
# Until the boot's self-tests are over.
sleep 3
# Of two processors that are both busy one stands still for long, see chain.sh.
rates='4800 9600 19200 38400 57600 115200' timer_rates='4800 9600 19200 38400' to=38400
! uname -v | grep -q PREEMPT_RT || rates=$timer_rates
[ "$(nproc)" = 1 ] || rates='4800 9600' timer_rates=$rates to=19200

modprobe gnss_gpio
check 'current-speed 0: it loads' modprobe gnss_gpio_sim baud=4800 current_speed=0
check 'current-speed 0: detection is on' equal "$(cat "$GG/baud") $(cat "$GG/baud_used")" 'auto 0'
for engine in edge timer; do
	put $engine "$GG/rx_engine"
	for baud in $rates; do
		found_from_auto "engine $engine, $baud baud" "$baud"
	done
	if is_run lab.fast && [ $engine = edge ]; then
		# What no sentence is received at cannot be confirmed.
		if receivable 230400; then
			found_from_auto "engine $engine, 230400 baud" 230400
		else
			echo "skip - engine $engine, 230400 baud: no sentence is received at this rate even when it is given"
		fi
	fi
	for skew in -30000 30000; do
		put $skew "$SIM/skew_ppm"
		found_from_auto "engine $engine, 9600 baud, sender off by $((skew / 10000)) %" 9600
	done
	put 0 "$SIM/skew_ppm"
	changing_receiver $to
	rates=$timer_rates
done

put 19200 "$GG/baud"
check 'a number is what is used' equal "$(cat "$GG/baud") $(cat "$GG/baud_used")" '19200 19200'
put 9600 "$SIM/baud"
mark
read_nmea received
play played
settle
stop_reading
check 'and stays' equal "$(cat "$GG/baud") $(cat "$GG/baud_used")" '19200 19200'
check 'and nothing is said' quiet
for baud in 0 -1 299 230401 4294967296; do
	case $baud in
	-1) refused $baud 'Invalid argument' ;;
	*) refused $baud 'Numerical result out of range' ;;
	esac
done
for baud in autos fast 9600x ''; do
	refused "$baud" 'Invalid argument'
done
check 'what was set stays' equal "$(cat "$GG/baud")" 19200
check '230400 is a rate' both "put 230400 $GG/baud" "grep -qx 230400 $GG/baud_used"
check 'the modules unload' unload
finish
