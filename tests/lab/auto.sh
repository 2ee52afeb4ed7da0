#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Engine 'auto' on a controller that loses edges when both are to interrupt: the
# driver sees it, takes 'timer' and says so, once. What a controller is not to blame
# for, a wrong rate or a line that is all noise, changes nothing.
#
# lab: --smp 1
# lab: --smp 2
# lab-program: notice

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

# More than a bit at the rates here: of a bit that stands alone the end is lost.
FLIP_NS=150000

chosen() { echo "$(cat "$GG/rx_engine") $(cat "$GG/rx_engine_used")"; }
picked() { said | sed -n 's/.*receive engine \([a-z]*\): picked.*/\1/p' | tr '\n' ' '; }

# intact FILE: sentences played that are in it, whole
intact() { sort -u "$1" | grep -aFxc -f played; }

arrives()
{
	read_nmea received
	play played
	settle
	stop_reading
	same received played
}

# left NAME: 'edge' is left for 'timer' while the sentences play, and not once more
left()
{
	mark
	play played
	ms=$(after_ms 'receive engine timer: picked')
	check "$1: 'timer' is picked" equal "$(chosen)" '[auto] edge timer timer'
	note "$1: after ${ms:-?} ms"
	check "$1: then all arrives" arrives
	check "$1: one message says so, and no other" both 'equal "$(picked)" "timer "' \
		'equal "$(said | wc -l)" 1'
}

# kept NAME ENGINE COMMAND...: plays for long enough
kept()
{
	name=$1 engine=$2
	shift 2
	put auto "$GG/rx_engine"
	mark
	for command; do
		eval "$command"
	done
	play played played
	check "$name: '$engine' stays" equal "$(chosen)" "[auto] edge timer $engine"
	check "$name: nothing is said of it" equal "$(picked)" ''
}

# at BAUD: the receiver's rate, and that of the line
at() { put "$1" "$SIM/baud" && put "$1" "$GG/baud"; }

# A reader of its own keeps the line received all the while.
nmea-gen --count 30 --output played
sleep 3
load 9600
exec 3<"$NMEA"
kept 'a sound controller' edge
./notice "$GG/rx_engine_used" >notices &
noticer=$!
check 'somebody waits for changes' opened $noticer "$(readlink -f "$GG/rx_engine_used")"
put $FLIP_NS "$SIM/flip_ns"
left 'one that loses edges'
check 'poll() tells of it' equal "$(xargs <notices)" 'edge timer'
kill $noticer
check 'closed and opened, it is still so' both 'exec 3<&-' arrives \
	'equal "$(chosen)" "[auto] edge timer timer"'
exec 3<"$NMEA"

put 300000 "$SIM/flip_ns"
# See chain.sh for what two processors cannot do in the lab.
bauds='4800 19200'
[ "$(nproc)" = 1 ] || bauds=4800
for baud in $bauds; do
	at "$baud"
	put auto "$GG/rx_engine"
	check "asked for again at $baud baud, 'edge' is tried first" equal "$(chosen)" '[auto] edge timer edge'
	left "at $baud baud"
done

at 9600
put auto "$GG/baud"
put edge "$GG/rx_engine"
put auto "$GG/rx_engine"
play played played played
check "while the rate is to be found 'timer' is picked, and the rate is found" \
	equal "$(chosen), $(cat "$GG/baud_used")" '[auto] edge timer timer, 9600'
check 'then all arrives' arrives

at "$baud"
put edge "$GG/rx_engine"
mark
read_nmea received
play played played
stop_reading
note "engine edge, by hand: $(intact received) of 30 sentences are intact"
check 'who chooses by hand has what he chose, be it bad' \
	both 'equal "$(chosen)" "auto [edge] timer edge"' '[ "$(intact received)" -lt 20 ]' \
	'equal "$(picked)" ""'
put 0 "$SIM/flip_ns"

# Half a bit, in each second one: nothing can be received.
at 19200
kept 'a line that is all noise' edge 'put 26000 $SIM/glitch_ns' 'put 500000 $SIM/glitch_ppm'
put 0 "$SIM/glitch_ppm"
for baud in 4800 9600 38400; do
	kept "sent at $baud, received at 19200 baud" edge "put $baud $SIM/baud"
done
at 4800
kept 'sent at 9600, received at 4800 baud' edge 'put 9600 $SIM/baud'
put auto "$GG/baud"
for baud in 4800 38400; do
	kept "sent at $baud, to be found" edge "put $baud $SIM/baud"
done
kept 'nothing but noise, to be found' edge 'put 26000 $SIM/glitch_ns' 'put 500000 $SIM/glitch_ppm'
put 0 "$SIM/glitch_ppm"
put 19200 "$GG/baud"
put 19200 "$SIM/baud"
play /dev/null
check 'and when all is right again all arrives' both arrives \
	'equal "$(chosen)" "[auto] edge timer edge"'
exec 3<&-
check 'the modules unload' unload
finish
