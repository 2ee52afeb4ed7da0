#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# gnss-ctl, and gpsd, set up a receiver that obeys, over both lines.
#
# lab: --smp 1
# lab-program: receiver
# shellcheck disable=SC2016 # sentences begin with '$'

. ./lib.sh

# receiver KIND BAUD [SPEED]: loads all, and starts it; SPEED is what the driver is told
receiver()
{
	modprobe gnss_gpio && modprobe gnss_gpio_sim baud="$2" current_speed="${3:-$2}" || return
	./receiver "$1" ten >obeyed &
	RECEIVER=$!
	opened $RECEIVER /dev/gnss-sim0
}

gone()
{
	kill "$RECEIVER"
	wait "$RECEIVER" 2>/dev/null
	cat obeyed >>/out/obeyed
	unload
}

# says STATUS WORDS COMMAND...: on either stream
says()
{
	says_status=$1 says_words=$2
	shift 2
	"$@" >/tmp/said 2>&1
	equal $? "$says_status" && grep -qF -- "$says_words" /tmp/said && return
	echo "wanted: $says_words"
	cat /tmp/said
	return 1
}

# fixes_of SECONDS: how many the driver makes meanwhile
fixes_of()
{
	read_nmea /dev/null
	sleep 1
	fixes_before=$(stat fixes)
	sleep "$1"
	echo $(($(stat fixes) - fixes_before))
	stop_reading
}

rates()
{
	receiver ublox 9600
	check 'u-blox: rate 5 is acknowledged' says 0 'UBX ACK 05010608' gnss-ctl rate 5
	check 'and there are five fixes a second' equal "$(fixes_of 2)" 10
	check 'a rate that it refuses' says 1 'the receiver refuses it' gnss-ctl rate 20
	check 'a frame by hand is answered' says 0 'UBX 0a04' gnss-ctl send 0a04
	check 'a sentence that nobody answers' says 1 "sent '\$PUBX,99*33', and nothing came" gnss-ctl --timeout 1 send '$PUBX,99'
	gone
	receiver mtk 9600
	check 'MTK: rate 2 is acknowledged' says 0 '$PMTK001,220,3' gnss-ctl rate 2
	check 'and there are two fixes a second' equal "$(fixes_of 3)" 6
	check 'a sentence by hand is answered' says 0 '$PMTK705,LAB_1.0' gnss-ctl send '$PMTK605'
	check 'one that it does not know' says 1 'the receiver refuses it' gnss-ctl send '$PMTK999'
	check 'a wrong checksum is not sent' says 2 'its checksum is *31' gnss-ctl send '$PMTK605*00'
	gone
}

# fixes_since COUNT: more than so many positions are in gpsd.json
fixes_since() { [ "$(grep -c '"lat"' gpsd.json)" -gt "$1" ]; }

under_gpsd()
{
	receiver "$1" 9600
	# -b: gpsd sends nothing
	gpsd -b -n -N "$NMEA" >gpsd.log 2>&1 &
	gpsd=$!
	opened $gpsd "$NMEA"
	gpspipe -w >gpsd.json 2>/dev/null &
	pipe=$!
	patiently fixes_since 0
	check "$1, under gpsd: baud 38400 names both rates" says 0 'receiver and driver went from 9600 to 38400 baud' gnss-ctl baud 38400
	check 'the driver follows' equal "$(cat "$GG/baud") $(cat "$SIM/baud")" '38400 38400'
	gpsd_fixes=$(grep -c '"lat"' gpsd.json)
	sleep 3
	check 'within 3 s fixes go on in gpsd' fixes_since "$gpsd_fixes"
	kill $pipe $gpsd
	wait $pipe $gpsd 2>/dev/null
	gone
}

# knows DRIVER: gpsd has told that it is such a receiver
knows() { grep -q "\"driver\":\"$1\"" gpsd.json; }

# gpsd asks what receiver it is, and sets it up. gpsd_sets_up KIND DRIVER
gpsd_sets_up()
{
	receiver "$1" 9600
	gpsd -n -N -D 3 "$NMEA" >gpsd.log 2>&1 &
	gpsd=$!
	opened $gpsd "$NMEA"
	gpspipe -w >gpsd.json 2>/dev/null &
	pipe=$!
	patiently fixes_since 5
	check "$1: gpsd finds out what it is" patiently knows "$2"
	check 'gpsctl asks for two fixes a second' gpsctl -c 0.5 "$NMEA"
	gpsd_fixes=$(grep -c '"lat"' gpsd.json)
	sleep 2
	check 'and fixes go on' fixes_since "$gpsd_fixes"
	kill $pipe $gpsd
	wait $pipe $gpsd 2>/dev/null
	cp gpsd.log "/out/gpsd.log.$1"
}

found_again()
{
	receiver ublox 9600 0
	read_nmea /dev/null
	patiently grep -qx 9600 "$GG/baud_used"
	check 'baud auto: baud 19200 names both rates' says 0 'from 9600 to 19200 baud' gnss-ctl baud 19200
	check 'and auto goes on' equal "$(cat "$GG/baud")" auto
	patiently grep -qx 19200 "$GG/baud_used"
	check 'PUBX,41 is sent plain' gnss-ctl --protocol plain send '$PUBX,41,1,0007,0003,4800,0'
	check 'and the driver finds the rate' patiently grep -qx 4800 "$GG/baud_used"
	stop_reading
	gone
}

no_answer()
{
	receiver deaf 9600
	check 'a receiver that does not answer: status 1, and what was sent' \
		says 1 "sent 'UBX 0a04' (u-blox) and '\$PMTK605*31' (MTK), and nothing came" gnss-ctl rate 5
	check 'baud: nothing is understood at the new rate' \
		says 1 'and nothing is understood at 38400 baud within 2 s' gnss-ctl --protocol mtk baud 38400
	check 'and the driver is at the old one' equal "$(cat "$GG/baud")" 9600
	gnss-ctl --protocol mtk --timeout 10 baud 38400 2>/tmp/stopped &
	stopped=$!
	patiently grep -qx 38400 "$GG/baud"
	kill -INT $stopped
	wait $stopped
	check 'stopped amid that: the driver is at the old one' \
		both "equal $(cat "$GG/baud") 9600" "grep -q 'at 9600 baud again' /tmp/stopped"
	gone
	modprobe gnss_gpio && modprobe gnss_gpio_sim tx=0
	check 'without a line it says what to do' says 1 'tx-gpios' gnss-ctl rate 5
	unload
}

nmea-gen --rate 10 --sentences rmc,gga --epochs 3000 --output ten
rates
under_gpsd ublox
under_gpsd mtk
gpsd_sets_up ublox u-blox
check 'which the receiver obeys' grep -qx 'rate 500 ms' obeyed
gone
gpsd_sets_up mtk MTK-3301
gone
found_again
no_answer
finish
