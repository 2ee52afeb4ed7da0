#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What nmea-gen means is what gnss-fix reads, for all kinds of trips.
#
#   test_nmea_gen.sh PROGRAMS
set -u

export PROGRAM=nmea-gen
PROGRAMS=$1
. ./program.sh

gen()
{
	"$PROGRAMS/nmea-gen" "$@"
}

# The positions that the parser reads, as nmea-gen writes its truth.
fixes_of()
{
	"$PROGRAMS/gnss-fix" --json --file "$1" |
		sed 's/"device":"[^"]*",//' | grep '"lat"'
}

# Return: whether the truth, not empty, is what is read.
agrees()
{
	gen "$@" --output "$DIR/nmea" --truth "$DIR/truth" || return 1
	fixes_of "$DIR/nmea" >"$DIR/read"
	[ -s "$DIR/truth" ] && cmp -s "$DIR/truth" "$DIR/read" && return
	echo "# nmea-gen $*"
	diff "$DIR/truth" "$DIR/read" | head -n 4
	return 1
}

all_trips()
{
	local bad=0 route talker rate
	for route in city equator meridian dateline pole; do
		for talker in GP GN; do
			for rate in 1 2 4 5 10 20; do
				agrees --route $route --talker $talker --rate $rate --seed $rate \
					--epochs 30 --midnight --cold 2 --nofix 4:5,9:9 || bad=1
			done
		done
	done
	return $bad
}

all_choices_of_sentences()
{
	local bad=0 list
	for list in rmc gga gll gga,zda rmc,vtg,gsa gsv,gga gll,zda rmc,gsa; do
		agrees --sentences $list --epochs 20 --midnight || bad=1
	done
	return $bad
}

any_number_of_sentences()
{
	local bad=0 n
	for n in $(seq 1 40); do
		agrees --count "$n" || bad=1
		[ "$(tr -cd '$' <"$DIR/nmea" | wc -c)" = "$n" ] || bad=1
	done
	agrees --count 60 --talker GN && [ "$(grep -c '^\$' "$DIR/nmea")" = 60 ] || bad=1
	return $bad
}

many_seeds()
{
	local bad=0 seed
	for seed in $(seq 0 20); do
		agrees --seed "$seed" --duration 40 --sentences rmc,gga || bad=1
	done
	[ "$(gen --seed 3 --epochs 60 | cksum)" = "$(gen --seed 3 --epochs 60 | cksum)" ] || bad=1
	[ "$(gen --seed 3 --epochs 60 | cksum)" != "$(gen --seed 4 --epochs 60 | cksum)" ] || bad=1
	return $bad
}

# A sentence names a satellite once.
no_satellite_twice()
{
	local seed
	for seed in $(seq 0 40); do
		gen --seed "$seed" --talker GN --epochs 1
	done | tr '*' ',' | awk -F, '
		/GSV/ { for (i = 5; i + 3 < NF; i += 4) twice += seen[NR "," $i]++; n++ }
		/GSA/ { for (i = 4; i < 16; i++) if ($i != "") twice += seen[NR "," $i]++ }
		END { exit !n || twice }'
}

# The same bytes on any machine and with any compiler, so they may be written
# down here. A change of the trip changes them.
known_bytes()
{
	[ "$(gen --epochs 600 --rate 5 --talker GN | cksum)" = "3736903274 437472" ]
}

crosses()
{
	gen --route equator --epochs 20 --sentences rmc >"$DIR/nmea"
	grep -q ',S,' "$DIR/nmea" && grep -q ',N,' "$DIR/nmea" || return 1
	gen --route meridian --epochs 20 --sentences rmc >"$DIR/nmea"
	grep -q '00000\.[0-9]*,W,' "$DIR/nmea" && grep -q '00000\.[0-9]*,E,' "$DIR/nmea" || return 1
	gen --route dateline --epochs 20 --sentences rmc >"$DIR/nmea"
	grep -q '17959\.[0-9]*,W,' "$DIR/nmea" && grep -q '17959\.[0-9]*,E,' "$DIR/nmea" || return 1
	gen --route pole --epochs 20 --sentences rmc >"$DIR/nmea"
	grep -q '8959\.[0-9]*,N,03000' "$DIR/nmea" && grep -q '8959\.[0-9]*,N,15000' "$DIR/nmea"
}

has_lines()
{
	local line
	for line in "$@"; do
		grep -qxF "$line" "$DIR/nmea" || { echo "# missing: $line"; return 1; }
	done
}

# Word for word what a u-blox receiver sends.
# shellcheck disable=SC2016
without_a_fix()
{
	gen --cold 1 --nofix 2:2 --epochs 3 | tr -d '\r' >"$DIR/nmea"
	has_lines '$GPRMC,,V,,,,,,,,,,N*53' '$GPVTG,,,,,,,,,N*30' '$GPGGA,,,,,,0,00,99.99,,,,,,*48' \
		'$GPGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99*30' '$GPGSV,1,1,00*79' \
		'$GPGLL,,,,,,V,N*64' '$GPGGA,000001.00,,,,,0,00,99.99,,,,,,*67' \
		'$GPGLL,,,,,000001.00,V,N*4B'
}

line_ends()
{
	[ "$(gen --epochs 2 | grep -c $'\r$')" = 18 ]
}

in_real_time()
{
	local start end
	start=$(date +%s%N)
	gen --realtime --rate 10 --epochs 4 >"$DIR/live"
	end=$(date +%s%N)
	gen --rate 10 --epochs 4 | cmp -s - "$DIR/live" || return 1
	[ $((end - start)) -ge 300000000 ]
}

bad_options()
{
	local bad=0
	refuses --route moon || bad=1
	refuses --rate 3 || bad=1
	refuses --rate 8 || bad=1
	refuses --rate 1x || bad=1
	refuses --epochs 0 || bad=1
	refuses --epochs -1 || bad=1
	refuses --epochs 3 --duration 3 || bad=1
	refuses --sentences rmc,xyz || bad=1
	refuses --sentences '' || bad=1
	refuses --talker XX || bad=1
	refuses --start yesterday || bad=1
	refuses --start 2026-02-29T00:00:00Z && grep -q 'no such day' "$DIR/err" || bad=1
	refuses --start 2026-01-01T12:60:00Z && grep -q 'no such time' "$DIR/err" || bad=1
	refuses --start 1979-12-31T00:00:00Z && grep -q 'from 1980 to 2067' "$DIR/err" || bad=1
	refuses --start 2026-01-01T00:00:00 || bad=1
	refuses --nofix 5 || bad=1
	refuses --nofix 5:4 || bad=1
	refuses --seed || bad=1
	refuses --realtime=yes || bad=1
	refuses --nothing || bad=1
	refuses -x || bad=1
	refuses word || bad=1
	return $bad
}

output_that_fails()
{
	gen --epochs 100000 | head -n 1 >/dev/null
	[ "${PIPESTATUS[0]}" = 0 ] || return 1
	timeout 10 ./unread "$PROGRAMS/nmea-gen" --realtime --epochs 1000 --truth "$DIR/truth" || return 1
	[ "$(wc -l <"$DIR/truth")" = 1 ] || return 1
	gen --epochs 100 >/dev/full 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'standard output' "$DIR/err" || return 1
	gen --output "$DIR/none/x" 2>"$DIR/err"
	[ $? = 1 ] && grep -q "$DIR/none/x" "$DIR/err" || return 1
	gen --epochs 1 --truth /dev/full >/dev/null 2>"$DIR/err"
	[ $? = 1 ] || return 1
	# What is there is kept, and what is not is not made.
	echo keep >"$DIR/keep"
	ln "$DIR/keep" "$DIR/link"
	gen --output "$DIR/keep" --truth "$DIR/none/x" 2>"$DIR/err"
	[ $? = 1 ] && grep -q "$DIR/none/x" "$DIR/err" && refuses --output "$DIR/keep" --truth "$DIR/link" &&
		refuses --output "$DIR/new" --truth "$DIR/./new" && [ ! -e "$DIR/new" ] &&
		[ "$(cat "$DIR/keep")" = keep ]
}

# Satellites come and go; gpsd takes a GGA with less than three for no fix.
long_trips()
{
	local seed bad=0
	for seed in 13 14; do
		gen --epochs 86400 --sentences gga --seed "$seed" | awk -F, '$8 < 4 { n++ } END { exit n > 0 }' || {
			echo "# seed $seed: a fix of less than four satellites"
			bad=1
		}
	done
	return $bad
}

all_trips
result $? 'truth is what is read: routes, talkers, rates, midnight'
all_choices_of_sentences
result $? 'truth is what is read: choices of sentences'
any_number_of_sentences
result $? 'truth is what is read: any number of sentences'
many_seeds
result $? 'truth is what is read: seeds'
no_satellite_twice
result $? 'a sentence names a satellite once'
known_bytes
result $? 'the same bytes on every machine'
crosses
result $? 'routes cross what they are named after'
without_a_fix
result $? 'without a fix as a u-blox receiver'
long_trips
result $? 'a fix has four satellites, all day'
line_ends
result $? 'CRLF'
in_real_time
result $? 'in real time'
bad_options
result $? 'bad options'
output_that_fails
result $? 'output that fails'
exit "$STATUS"
