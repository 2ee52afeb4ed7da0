#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# gnss-doctor: each fault that it knows is made, and it names that one and no other.
#
# lab: --smp 1
# lab-apparmor: usr.sbin.gpsd

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

DEP=/lib/modules/$(uname -r)/modules.dep

doctor() { gnss-doctor --seconds 3 >doctor.said 2>&1; }

# names STATUS [NAME]...: what the doctor found, and how it ended
names()
{
	names_wanted=$1
	shift
	names_status=0
	doctor || names_status=$?
	equal "$names_status: $(sed -n 's/^FOUND  \([^:]*\):.*/\1/p' doctor.said | xargs)" "$names_wanted: $*" &&
		equal "$(grep -c 'mend it: .' doctor.said)" $# && return
	cat doctor.said
	return 1
}

# fault WHAT NAME...: in what there is now
fault()
{
	fault_what=$1
	shift
	check "$fault_what: $*" names 1 "$@"
}

well() { check "$1: nothing is found" names 0; }

# while_played FILE COMMAND...
while_played()
{
	cat "$1" >/dev/gnss-sim0 &
	while_played_pid=$!
	shift
	sleep 0.3
	"$@"
	kill $while_played_pid 2>/dev/null
	wait $while_played_pid
	patiently idle
}
idle() { [ "$(cat "$SIM/queued")" = 0 ]; }

# begin [PARAMETER]...: of the simulator
begin() { modprobe gnss_gpio && modprobe gnss_gpio_sim "$@"; }

start_gpsd()
{
	gpsd "$@" >gpsd.log 2>&1 &
	GPSD=$!
	sleep 1
}

stop_gpsd() { kill "$GPSD"; wait "$GPSD" 2>/dev/null; }

# --- module and device ---

cp "$DEP" dep
grep -v '^[^:]*/gnss_gpio\.ko' dep >"$DEP"
fault 'the module is not there' no-module
cp dep "$DEP"
fault 'the module is there' not-loaded
modprobe gnss_gpio
fault 'no device' no-receiver
mkdir -p /boot/firmware/overlays
echo 'dtoverlay=gnss-gpio,rx_pin=4' >/boot/firmware/config.txt
fault 'no device, and no file of the overlay' no-receiver
check 'it says that the file is missing' grep -q 'file is missing in /boot/firmware/overlays' doctor.said
modprobe gnss_gpio_sim can_sleep=1
fault 'a controller that the driver refuses' refused
check 'it tells what the kernel says' grep -q 'refused: .*may sleep; use one' doctor.said
unload

# --- the line ---

mv /usr/sbin/gpsd /usr/sbin/gpsd.off
nmea-gen --epochs 12 --output played
begin
while_played played well 'a receiver with fixes'
fault 'nothing is sent' no-signal
check 'it knows that the line is idle' grep -q 'the line is idle' doctor.said
put 0 "$SIM/hold_bit" && put 40000 "$SIM/hold_bits" && put 0 "$SIM/hold_level"
while_played played fault 'held low' held-low
unload

begin inverted=1
fault 'nothing is sent, inverted' held-low
while_played played fault 'an inverted line' not-nmea
unload

begin baud=4800 current_speed=9600
while_played played fault 'another rate' wrong-rate
unload

tr -c '' '$' <played >dollars
begin current_speed=0
while_played dollars fault 'no NMEA, rate to be found' rate-not-found
unload

tr -c '' '\034' <played | head -c 200 >hum
begin baud=300 current_speed=9600
while_played hum fault 'hum of the mains' noise
unload

tr -c '' 'U' <played >u
cat u u u u u u u u >us
cat us us us us us us us >long
begin baud=921600 current_speed=9600
while_played long fault 'chatter' chatter
unload

awk 'NR % 4 == 3 { sub(/0/, "1") } { print }' played >damaged
begin
while_played damaged fault 'wrong checksums' damaged

# --- the sky ---

nmea-gen --nofix 1:20 --epochs 20 --output nofix
while_played nofix fault 'no satellite' no-satellites
nmea-gen --nofix 1:20 --epochs 20 --sentences rmc --output rmc
nmea-gen --sentences gsv --epochs 1 --output gsv
while read -r line; do
	printf '%s\n' "$line"
	cat gsv
done <rmc >waiting
while_played waiting fault 'satellites' no-fix
printf '$GPTXT,01,01,02,ANTSTATUS=OPEN*2B\r\n' >text
{ head -n 40 nofix; cat text nofix; } >antenna
while_played antenna fault 'the antenna is unplugged' antenna

# --- who may use it, who has it open ---

check 'another user' equal "$(SUDO_USER=nobody gnss-doctor --seconds 1 | grep -c 'FOUND  no-permission: only root')" 1
chgrp dialout "$NMEA"
check 'a user who is not in the group' equal \
	"$(SUDO_USER=nobody gnss-doctor --seconds 1 | grep -c 'mend it: sudo usermod -aG dialout nobody')" 1
su -s /bin/sh nobody -c 'sleep 2; gnss-doctor --seconds=1' >session &
session=$!
sleep 1
sed -i 's/^dialout:.*:/&nobody/' /etc/group
wait $session
check 'a user whose session is older than that' grep -A 1 'no-permission: .*this session is older' session
mv "$NMEA" nmea
fault 'the device is missing' no-device
mv nmea "$NMEA"
tail -f "$NMEA" >/dev/null &
reader=$!
gnss-doctor --seconds 1 >doctor.said
check 'it says who has the device open' grep -q "open: tail ($reader)" doctor.said
kill $reader
seq 128 | sed "s,.*,tail -f $NMEA \&," >readers
sh readers >/dev/null
sleep 0.5
fault 'open too often' busy
killall tail
sleep 0.5

# --- gpsd ---

mv /usr/sbin/gpsd.off /usr/sbin/gpsd
while_played played fault 'gpsd does not run' gpsd-not-running
start_gpsd -N "$NMEA"
while_played played well 'gpsd has the device'
stop_gpsd
start_gpsd -N -F /run/gpsd.sock
while_played played fault 'gpsd has no device' gpsd-no-device
check 'what is to mend it does' gpsdctl add "$NMEA"
while_played played well 'then gpsd has the device'
stop_gpsd
mount -t securityfs securityfs /sys/kernel/security
check 'AppArmor takes the profile of gpsd' dd if=usr.sbin.gpsd of=/sys/kernel/security/apparmor/.load bs=1M
start_gpsd -N "$NMEA"
while_played played fault 'the profile of gpsd' gpsd-apparmor
stop_gpsd

# --- options ---

for options in . '' gnss_gpio0/ ../gnss_gpio/gnss_gpio0 /dev/gnss-nmea /dev/null; do
	gnss-doctor "$options" >doctor.said 2>&1
	check "'$options' is no receiver" equal "$? $(wc -l <doctor.said)" '2 1'
done
check 'options after a receiver, and its device' equal \
	"$(gnss-doctor "$NMEA" --seconds=1 -- gnss_gpio0 | grep -c 'who has')" 2
unload

for options in --seconds '--seconds 0' '--seconds 601' '--seconds 1x' --nonesuch gnss_gpio7; do
	# shellcheck disable=SC2086 # words
	gnss-doctor $options >doctor.said 2>&1
	check "'$options' is refused" equal "$? $(grep -c '^gnss-doctor: ' doctor.said)" '2 1'
done
gnss-doctor --help >/dev/full 2>&1
check '--help that cannot be written' equal $? 1
check '--help' both 'gnss-doctor --help | grep -q ^Usage'
finish
