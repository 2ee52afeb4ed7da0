#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Engine 'auto' on a controller that loses edges when both are to interrupt: the
# driver finds that 'timer' does better, takes it and says so. On a line that no
# engine can help it stays with what it prefers.
#
# lab: --smp 1
# lab: --smp 1 --rt
# lab: --smp 2

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

# More than a bit at the rates here: of a bit that stands alone the end is lost.
FLIP_NS=150000

used() { cat "$GG/rx_engine_used"; }
chosen() { cat "$GG/rx_engine"; }
picked() { said | sed -n 's/.*receive engine \([a-z]*\): picked.*/\1/p' | tr '\n' ' '; }

# intact FILE: sentences played that are in it, whole
intact() { sort -u "$1" | grep -aFxc -f played; }

# until_picked ENGINE: plays, some seconds at most
until_picked()
{
	until_tries=0
	until [ "$(picked)" = "$1 " ]; do
		until_tries=$((until_tries + 1))
		[ $until_tries -le 5 ] || { echo "picked: $(picked)"; return 1; }
		play played
	done
}

arrives()
{
	read_nmea received
	play played
	settle
	stop_reading
	same received played
}

# A reader of its own keeps the line received all the while.
nmea-gen --count 60 --output played
sleep 3
load 9600
exec 3<"$NMEA"
check "a sound controller: 'edge' stays" both 'play played played played' 'equal "$(used)" edge' \
	'equal "$(picked)" ""'

mark
put $FLIP_NS "$SIM/flip_ns"
check "one that loses edges: 'timer' is picked, and said to be" until_picked timer
check 'it is the one used, and the choice is still the driver'"'"'s' \
	equal "$(chosen) $(used)" '[auto] edge timer timer'
check 'and all arrives' arrives
check 'closed and opened, it is still' both 'exec 3<&-' arrives 'equal "$(used)" timer'
exec 3<"$NMEA"

put 300000 "$SIM/flip_ns"
for baud in 4800 19200; do
	mark
	put $baud "$SIM/baud"
	put $baud "$GG/baud"
	check "at $baud baud 'edge' is tried first, and then left" until_picked 'edge timer'
	check "at $baud baud all arrives" arrives
done

put edge "$GG/rx_engine"
mark
read_nmea received
play played played played
stop_reading
note "engine edge, by hand: $(intact received) of 60 sentences are intact"
check 'who chooses by hand has what he chose, be it bad' \
	both 'equal "$(chosen) $(used)" "auto [edge] timer edge"' '[ "$(intact received)" -lt 45 ]' \
	'equal "$(picked)" ""'

mark
put auto "$GG/rx_engine"
check 'chosen by the driver again, it is left again' until_picked timer

# Half a bit, in each second one: nothing can be received.
put 0 "$SIM/flip_ns"
put auto "$GG/rx_engine"
put 26000 "$SIM/glitch_ns"
put 500000 "$SIM/glitch_ppm"
mark
play played played played played
put 0 "$SIM/glitch_ppm"
play played played played
check 'a line that is all noise: none is picked' equal "$(picked)" ''
check 'and when it is quiet again all arrives, with what is preferred' both arrives 'equal "$(used)" edge'
exec 3<&-
check 'the modules unload' unload
finish
