#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gnss-fix with records of the driver in a file or a pipe, and with logs.
#
#   test_gnss_fix.sh PROGRAMS
set -u

export PROGRAM=gnss-fix
PROGRAMS=$1
. ./program.sh

fix()
{
	"$PROGRAMS/gnss-fix" "$@"
}

# records SIZE SEQ...: records as the driver gives them, of SIZE bytes each.
records()
{
	python3 - "$@" <<-'END'
		import struct, sys
		size = int(sys.argv[1])
		for seq in map(int, sys.argv[2:]):
		    r = struct.pack('=IIQqqqqqiiIIIHHHBBBBH6I', size, 0x1fff, seq,
		                    1767225600000 + seq * 1000, 1, 2, -366691667, 11516666667 + seq,
		                    14700, -28000, 514, 9450000, seq * 1000, 310, 210, 200, 3, 1, 5, 11, 9,
		                    0, 0, 0, 0, 0, 0)
		    sys.stdout.buffer.write((r + b'\xee' * 64)[:size])
	END
}

expected()
{
	printf '{"class":"TPV","device":"%s","mode":3,"time":"2026-01-01T00:00:%02d.000Z",' "$1" "$2"
	printf '"lat":-0.366691667,"lon":11.51666666%d,"altMSL":14.700,' $((7 + $2))
	printf '"geoidSep":-28.000,"speed":0.514,"track":94.50000}\n'
}

device()
{
	records 112 0 1 2 >"$DIR/dev"
	fix --json "$DIR/dev" >"$DIR/out" 2>"$DIR/err" || return 1
	{ expected "$DIR/dev" 0; expected "$DIR/dev" 1; expected "$DIR/dev" 2; } |
		cmp -s - "$DIR/out" || return 1
	grep -q 'the receiver is gone' "$DIR/err"
}

longer_records()
{
	records 144 0 1 >"$DIR/dev"
	fix --json "$DIR/dev" 2>/dev/null >"$DIR/out"
	{ expected "$DIR/dev" 0; expected "$DIR/dev" 1; } | cmp -s - "$DIR/out"
}

# No driver gives less than the first version of the interface has.
shorter_records()
{
	records 104 0 1 >"$DIR/dev"
	fix --json "$DIR/dev" >"$DIR/out" 2>"$DIR/err"
	[ $? = 1 ] && [ ! -s "$DIR/out" ] && grep -q 'no gnss-fix device' "$DIR/err"
}

gaps()
{
	records 112 7 8 10 11 15 >"$DIR/dev"
	fix "$DIR/dev" >/dev/null 2>"$DIR/err"
	printf '%s\n' 'gnss-fix: 1 record lost' 'gnss-fix: 3 records lost' |
		cmp -s - <(grep lost "$DIR/err")
}

no_gnss_device()
{
	printf 'some text that is not a record' >"$DIR/dev"
	fix "$DIR/dev" >/dev/null 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'no gnss-fix device' "$DIR/err" || return 1
	fix "$DIR/none" >/dev/null 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'is the driver loaded' "$DIR/err" || return 1
	fix "$DIR" >/dev/null 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'cannot read' "$DIR/err"
}

count()
{
	records 112 0 1 2 3 >"$DIR/dev"
	[ "$(fix --json --count 2 "$DIR/dev" | wc -l)" = 2 ] || return 1
	fix --count 4 "$DIR/dev" >/dev/null || return 1
	fix --count 5 "$DIR/dev" >/dev/null 2>&1
	[ $? = 1 ] || return 1
	[ "$("$PROGRAMS/nmea-gen" | fix --json --count 3 --file - | wc -l)" = 3 ]
}

# Each line is out before the next record comes.
follows()
{
	mkfifo "$DIR/fifo" || return 1
	fix --json "$DIR/fifo" >"$DIR/out" 2>/dev/null &
	local reader=$! bad=1
	exec 5>"$DIR/fifo"
	records 112 0 >&5
	for _ in $(seq 50); do
		[ "$(wc -l <"$DIR/out")" = 1 ] && { bad=0; break; }
		sleep 0.1
	done
	exec 5>&-
	wait $reader || bad=1
	return $bad
}

text()
{
	records 112 0 1 >"$DIR/dev"
	fix "$DIR/dev" >"$DIR/out" 2>/dev/null
	[ "$(wc -l <"$DIR/out")" = 3 ] && head -n 1 "$DIR/out" | grep -q '^# UTC .*latitude' &&
		[ "$(awk '{ print length }' "$DIR/out" | sort -u | wc -l)" = 1 ] || return 1
	"$PROGRAMS/nmea-gen" --cold 2 --nofix 3:3 --route dateline | fix --file - --sky >"$DIR/out"
	[ "$(grep -v '^  ' "$DIR/out" | awk '{ print length }' | sort -u | wc -l)" = 1 ] &&
		grep -q -- '-16.783' "$DIR/out" || return 1
	# as many rows as GSV list satellites
	"$PROGRAMS/nmea-gen" --talker GN --epochs 1 | fix --file - --sky >"$DIR/out"
	[ "$(grep -c '^    G' "$DIR/out")" = 19 ]
}

sky()
{
	"$PROGRAMS/nmea-gen" --talker GN --epochs 2 | fix --json --sky --file - >"$DIR/out"
	[ "$(cut -d, -f1 "$DIR/out" | paste -sd' ')" = \
		'{"class":"TPV" {"class":"SKY" {"class":"TPV" {"class":"SKY"' ] &&
		grep -q '"pdop":.*"hdop":.*"vdop":.*"uSat":[0-9]*,"nSat":19,"satellites":\[' "$DIR/out"
}

# sky SEQ SATELLITE_SIZE: a record of one satellite, GPS 7
sky_record()
{
	python3 - "$@" <<-'END'
		import struct, sys
		seq, size = map(int, sys.argv[1:])
		sys.stdout.buffer.write(struct.pack('=IIQHHHBBQBBHBBbBH', 32 + size, 0x80000001, seq,
		    1, size, 0, 1, 0, 0, 1, 7, 7, 1, 40, 62, 15, 270) + b'\xee' * (size - 10))
	END
}

# Satellites go with their fix; who does not ask skips them, and records unheard of.
records_of_satellites()
{
	{
		records 112 0; sky_record 0 10; printf '\030\0\0\0\377\0\0\200\0\0\0\0\0\0\0\0newtype.'
		records 168 1; records 168 2; sky_record 2 12
	} >"$DIR/dev"
	fix --json "$DIR/dev" >"$DIR/out" 2>"$DIR/err"
	{ expected "$DIR/dev" 0; expected "$DIR/dev" 1; expected "$DIR/dev" 2; } |
		cmp -s - <(sed 's/,"ant":[0-9]*//' "$DIR/out") || return 1
	! grep -q lost "$DIR/err" || return 1
	fix --json --sky "$DIR/dev" 2>/dev/null | grep SKY >"$DIR/out"
	[ "$(sed 's/.*"satellites"/x/;s/^{.*/-/' "$DIR/out" | paste -sd' ')" = \
		'x:[{"PRN":7,"gnssid":0,"svid":7,"az":270.0,"el":62.0,"ss":40.0,"used":true}]} - x:[{"PRN":7,"gnssid":0,"svid":7,"az":270.0,"el":62.0,"ss":40.0,"used":true}]}' ] || return 1
	{ records 112 0; sky_record 0 8; } >"$DIR/dev"
	fix --json --sky "$DIR/dev" >/dev/null 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'cut off' "$DIR/err"
}

# shellcheck disable=SC2016
stats()
{
	{ "$PROGRAMS/nmea-gen" --count 60; printf '# junk\n$GPRMC,1\n$GP'; } |
		fix --file - --stats >/dev/null 2>"$DIR/err"
	printf '%-15s %s\n' sentences 60 used 60 ignored 0 malformed 0 unreadable 0 repaired 0 \
		checksum_errors 0 ambiguous 0 no_checksum 2 garbled 0 too_long 0 late 0 \
		junk_bytes 6 epochs 7 fixes 7 |
		cmp -s - "$DIR/err"
}

# A last line that is whole but for its end, and one that is not.
no_last_newline()
{
	"$PROGRAMS/nmea-gen" --epochs 2 --sentences rmc | head -c -2 >"$DIR/cut"
	[ "$(fix --json --file "$DIR/cut" | wc -l)" = 2 ] || return 1
	tail -n 1 "$DIR/cut" | fix --file - >"$DIR/out" 2>"$DIR/err" || return 1
	[ ! -s "$DIR/err" ] && [ "$(wc -l <"$DIR/out")" = 2 ] || return 1
	[ "$(head -c -1 "$DIR/cut" | fix --json --file - | wc -l)" = 1 ]
}

# Where a log begins with a sentence without a time, each cycle does.
begins_a_cycle()
{
	local n speeds
	{ "$PROGRAMS/nmea-gen" --epochs 6 --sentences vtg,gga; } >"$DIR/nmea" || return 1
	grep -q VTG <(head -n 1 "$DIR/nmea") || return 1
	speeds=$(awk -F , '/VTG/ { printf "%.3f\n", $6 * 1852 / 3600 }' "$DIR/nmea")
	for n in 0 3; do
		{ head -n $n <<<$'# a log\n#\n# of mine'; cat "$DIR/nmea"; } | fix --json --file - |
			sed 's/.*"speed":\([0-9.]*\).*/\1/' | cmp -s - <(echo "$speeds") || return 1
	done
}

no_sentences()
{
	local log words
	: >"$DIR/empty"
	"$PROGRAMS/nmea-gen" --count 3 >"$DIR/log"
	tr '*' '#' <"$DIR/log" >"$DIR/unmarked"
	gzip -k "$DIR/log"
	iconv -t UTF-16 <"$DIR/log" >"$DIR/wide"
	while read -r log words; do
		fix --file "$log" >"$DIR/out" 2>"$DIR/err"
		[ $? = 1 ] && [ ! -s "$DIR/out" ] && grep -qF "$words" "$DIR/err" || return 1
	done <<-END
		$DIR/unmarked checksum in $DIR/unmarked
		$PROGRAMS/gnss-fix checksum in $PROGRAMS/gnss-fix
		$DIR/empty $DIR/empty is empty
		$DIR/log.gz is compressed; say: zcat $DIR/log.gz | gnss-fix --file -
		$DIR/wide is UTF-16; say: iconv
	END
	fix "$DIR/log" 2>"$DIR/err"
	[ $? = 1 ] && grep -qF "say --file $DIR/log" "$DIR/err"
}

bad_options()
{
	local bad=0
	refuses --nothing || bad=1
	refuses -q || bad=1
	refuses --json -xy || bad=1
	grep -qF "no option '-x'" "$DIR/err" || bad=1
	refuses file -xy || bad=1
	grep -qF "no option '-x'" "$DIR/err" || bad=1
	refuses --count || bad=1
	refuses --count 0 || bad=1
	refuses --count many || bad=1
	refuses --json=yes || bad=1
	refuses --stats || bad=1
	refuses a b || bad=1
	refuses --file a b || bad=1
	return $bad
}

output_that_fails()
{
	"$PROGRAMS/nmea-gen" --epochs 20000 --sentences rmc >"$DIR/nmea"
	fix --file "$DIR/nmea" | head -n 1 >/dev/null
	[ "${PIPESTATUS[0]}" = 0 ] || return 1
	./unread "$PROGRAMS/gnss-fix" --stats --file "$DIR/nmea" 2>"$DIR/err" || return 1
	grep -qx 'epochs  *20000' "$DIR/err" || return 1
	exec 5<>"$DIR/fifo"
	records 112 0 >&5
	timeout 20 ./unread "$PROGRAMS/gnss-fix" "$DIR/fifo" || return 1
	exec 5>&-
	fix --file "$DIR/nmea" >/dev/full 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'cannot write' "$DIR/err" || return 1
	fix --file "$DIR/nmea" >&- 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'cannot write' "$DIR/err"
}

device
result $? 'records of a device, to its end'
longer_records
result $? 'longer records of a newer driver'
shorter_records
result $? 'shorter records'
gaps
result $? 'lost records are told'
no_gnss_device
result $? 'no device, not a device'
count
result $? '--count'
follows
result $? 'each line when its record comes'
text
result $? 'aligned text'
sky
result $? '--sky'
records_of_satellites
result $? 'satellites of a device, and records that nobody knows'
stats
result $? '--stats'
begins_a_cycle
result $? 'a log of cycles that begin without a time'
no_last_newline
result $? 'a log without a last line end'
no_sentences
result $? 'a log without sentences'
bad_options
result $? 'bad options'
output_that_fails
result $? 'output that fails'
exit "$STATUS"
