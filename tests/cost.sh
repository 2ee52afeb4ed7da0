#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What it costs to receive a byte, in short: 'make cost' is the long form. The
# figures repeat to the nanosecond, and are what the engines are said to take.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

CACHE=$(realpath -m "${CACHE:-build}")
OUT=$CACHE/check/cost
SENTENCES=20

# row BAUD CONSUMER: EDGES TIMERS ALL TOP BOTTOM ALL_NS X PERCENT RIGHT_RT RIGHT_IDLE
row()
{
	awk -v baud="$1" -v consumer="$2" '
		$1 == baud && $2 == consumer { $1 = $2 = ""; print }' "$OUT/cost.txt"
}

# holds BAUD CONSUMER CONDITION: of its figures, with those of the empty handlers
holds()
{
	echo "$(row "$1" "$2") $(row "$1" empty-falling) $(row "$1" empty-both)" | awk '
		{
			edges = $1; timers = $2; top = $4; bottom = $5; all = $6; x = $7
			right = $9 < $10 ? $9 : $10; idle = $10
			falling = $11; least = $14; both = $21
			print
		}
		END { exit NF != 30 || !('"$3"') }' bytes="$(sed -n 's/.* sentences, \([0-9]*\) bytes.*/\1/p' "$OUT/cost.txt")"
}

check 'cost: each engine is measured, twice, and the figures are the same' \
	tools/cost/run --sentences $SENTENCES --bauds '9600 38400' --out "$OUT"
sed 's/^/# /' "$OUT/cost.txt"
for baud in 9600 38400; do
	check "cost: edge at $baud baud receives each byte while it is measured" \
		holds $baud edge 'right == bytes'
	check "cost: an empty handler at $baud baud takes 1 to 3 us an interrupt, and no bottom half" \
		holds $baud empty-falling 'least / falling > 1000 && least / falling < 3000 && bottom < 300'
done
# At 38400 baud 'timer' loses its place beside the simulator and the repeater.
check 'cost: timer at 9600 baud receives each byte while it is measured' \
	holds 9600 timer 'right == bytes'
check 'cost: timer at 9600 baud takes the falling edges and ten looks' \
	holds 9600 timer 'edges == falling && timers > 9.5 && timers < 10.5'
check 'cost: edge at 9600 baud takes each edge and hardly a timer' \
	holds 9600 edge 'edges == both && timers < 0.5'
check 'cost: edge at 38400 baud takes six looks at most besides' \
	holds 38400 edge 'edges == both && timers < 6'
# 2.9 and 6.7 times, and 27 and 48 us, when this was written.
check 'cost: edge at 9600 baud takes four times an empty handler at most, and 35 us in all' \
	holds 9600 edge 'x < 4 && all > top && all < 35000'
check 'cost: edge at 38400 baud takes eight times an empty handler at most, and 60 us in all' \
	holds 38400 edge 'x < 8 && all > top && all < 60000'
# An edge of some ten thousand is lost by luck, and its sentence with it.
for baud in 9600 38400; do
	check "cost: gnss-rx at $baud baud receives all but two sentences, or more, and takes 250 us at most" \
		holds $baud gnss-rx 'idle >= bytes - 164 && all > 0 && all < 250000'
done
exit $STATUS
