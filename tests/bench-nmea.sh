#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Instructions of the parser for each sentence and byte, counted by callgrind over
# a mix of RMC VTG GGA GSA GSV GLL ZDA, the mean of 1000 cycles; with sure bytes, and with
# bytes of which no bit is sure. What the program's own loop over the bytes takes, 5 for
# each, is not among them.
set -eu -o pipefail

PROJECT=$(cd "$(dirname "$0")/.." && pwd)
O=${CACHE:-$PROJECT/build}/tests/bench

mkdir -p "$O"
cc -std=gnu11 -D_GNU_SOURCE -g -O2 -Wall -Wextra -Wno-format-nonliteral -o "$O/bench_nmea" \
	"$PROJECT"/tests/bench/bench_nmea.c "$PROJECT"/driver/nmea*.c

# measure NAME [unsure]
measure()
{
	local sentences bytes instructions
	valgrind --tool=callgrind --toggle-collect='parse*' --callgrind-out-file="$O/callgrind" \
		"$O/bench_nmea" 1000 "${@:2}" >"$O/counts" 2>"$O/log" ||
		{ cat "$O/log" >&2; exit 1; }
	read -r sentences bytes <"$O/counts"
	instructions=$(callgrind_annotate --auto=no --threshold=100 "$O/callgrind" |
		awk '{ gsub(",", "", $1) }
			/PROGRAM TOTALS/ { n = $1 }
			/bench_nmea\.c:/ { n -= $1 }
			END { print n }')
	printf '%-17s %4d instructions a sentence, %d a byte\n' "$1" \
		"$((instructions / sentences))" "$((instructions / bytes))"
}

measure 'nmea'
measure 'nmea, no bit sure' unsure
echo 'minmea            3696 instructions a sentence, 61 a byte (measured elsewhere)'
