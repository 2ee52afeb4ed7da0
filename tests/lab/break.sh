#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A line that is held low is one break; one that is held high, with glitches, is
# nothing; glitches within traffic break no frame.
#
# lab: --smp 1

. ./lib.sh

# A byte more, so that its stop bit ends the run.
FILL=2000

# timers: interrupts of the machine's timers so far
timers() { awk '/arch_timer/ { n += $2 } END { print n + 0 }' /proc/interrupts; }

# line BIT BITS LEVEL GLITCH_PPM GLITCH_NS
line()
{
	put "$1" "$SIM/hold_bit" && put "$2" "$SIM/hold_bits" && put "$3" "$SIM/hold_level" &&
		put "$5" "$SIM/glitch_ns" && put "$4" "$SIM/glitch_ppm"
}

free() { line 0 0 0 0 1000; }

# begin, end: around what is seen. At 38400 baud 'timer' doubts bytes, and some are
# repaired, so whole sentences are asked for; and until an engine knows the sender's
# clock one may be lost there, so it has some before.
begin()
{
	put checked "$GG/stream"
	exec 3<"$NMEA"
	free && play five
	settle
	frames=$(stat frames) framing_errors=$(stat framing_errors)
	read_nmea received
	exec 3<&-
	play five
	sleep 0.1
	edges=$(stat edges) before=$(timers)
}
end()
{
	edges=$(($(stat edges) - edges)) timers=$(($(timers) - before))
	free && play five
	settle
	stop_reading
	frames=$(($(stat frames) - frames))
	framing_errors=$(($(stat framing_errors) - framing_errors))
}

# held_low NAME BAUD: for as long as 2000 frames last, but for the last bit
held_low()
{
	load "$2"
	begin
	sleep "$(awk -v b="$2" -v n=$FILL 'BEGIN { print n * 10 / b + 0.1 }')"
	idle=$(($(timers) - before))
	before=$(timers)
	line 0 $((FILL * 10 - 1)) 0 0 1000 && play fill
	sleep 0.1
	end
	note "$1: $edges edges, $timers timer interrupts ($idle while the line is quiet); $(counters)"
	check "$1: it is one break" equal "$(stat breaks) $framing_errors" '1 0'
	check "$1: the sum holds" sum_holds
	check "$1: what comes before and after is received" same received ten
	check "$1: there is no storm of interrupts" \
		both "at_most $edges 4" "at_most $timers $((idle + 100))"
	unload
}

# broken NAME BAUD: held low from the middle of the first byte, an 'A', on
broken()
{
	load "$2"
	begin
	line 5 $((FILL * 10 - 6)) 0 0 1000 && play fill
	sleep 0.1
	end
	note "$1: $edges edges; $(counters)"
	# Engine 'timer' does not see when a frame's line rises: 1 of 200 simulations makes two
	# doubtful bytes of it.
	[ "$ENGINE $framing_errors" != 'timer 0' ] || [ "$(stat doubtful)" -lt 2 ] ||
		framing_errors=1 frames=$((frames - 1))
	check "$1: one frame has no stop bit, and no more comes of it" \
		equal "$framing_errors $(stat breaks) $frames" \
		"1 0 $((2 * $(wc -c <five) + 1))"
	check "$1: the sum holds" sum_holds
	check "$1: what comes before and after is received" same received ten
	unload
}

# idle_glitches NAME BAUD NS MOST: one in ten bits has one, and the line is idle; so
# many begin a frame
idle_glitches()
{
	load "$2"
	begin
	line 0 $((FILL * 10)) 1 100000 "$3" && play fill
	sleep 0.1
	end
	note "$1: $edges edges; $(counters)"
	check "$1: there are glitches" at_most 1000 "$edges"
	check "$1: at most $4 of them begin a frame" \
		both "at_most $(wc -c <ten) $frames" "at_most $frames $(($(wc -c <ten) + $4))"
	check "$1: what comes before and after is received" same received ten
	unload
}

# glitches NAME BAUD NS SENTENCES SPARE: one in 1000 bits has one, in traffic; so many
# frames may be lost or more than were sent
glitches()
{
	load "$2"
	read_nmea received
	line 0 0 0 1000 "$3" && play played
	settle
	stop_reading
	note "$1: $(cmp -s received played && echo 'the stream is what was sent' || echo 'the stream has errors'); $(counters)"
	check "$1: no frame begins with one, none ends" both "at_most $(stat frames) $(($(wc -c <played) + $5))" \
		"at_most $(($(wc -c <played) - $5)) $(stat frames)"
	check "$1: at least $4 of 60 sentences are received" at_most "$4" "$(stat sentences)"
	unload
}

nmea-gen --count 60 --output played
nmea-gen --count 5 --output five
cat five five >ten
head -c $FILL /dev/zero | tr '\0' A >fill
sleep 3
for ENGINE in edge timer; do
	for baud in 4800 9600 38400; do
		name="$ENGINE, $baud baud"
		held_low "$name, held low" $baud
		broken "$name, held low in a frame" $baud
		# Glitches of a tenth of a bit. One that is read as space hits a
		# sample of 'timer', and at 38400 baud both its edges are one
		# interrupt: some bytes are wrong.
		sentences=50
		[ "$ENGINE $baud" != 'edge 4800' ] && [ "$ENGINE $baud" != 'edge 9600' ] || sentences=60
		spare=0
		[ "$ENGINE $baud" != 'timer 38400' ] || spare=2
		glitches "$name, traffic with glitches" $baud $((100000000 / baud)) $sentences $spare
	done
	# 'timer' does not look at the start bit, and takes one such glitch of two
	# for a byte of ones, which is doubtful.
	most=0
	[ "$ENGINE" = edge ] || most=1100
	idle_glitches "$ENGINE, 4800 baud, idle with glitches" 4800 $((100000000 / 4800)) $most
done
finish
