#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A receiver appears, and gpsd has it, by udev and systemd; nothing is edited. At the
# end the packages are purged.

. /mnt/system.sh

active() { systemctl is-active --quiet "$1" || { systemctl status --no-pager "$1"; return 1; }; }
inactive() { fails systemctl is-active --quiet "$1"; }

# The receiver's number changes if it comes back while somebody has the old one open.
receiver() { echo /dev/gnss-nmea[0-9]*; }
gpsd_has_it() { has_open "$(pidof gpsd)" "$(receiver)"; }

# watch NAME: what gpsd reports from now on; gpsd opens the receiver for its client
watch()
{
	gpspipe -w >>"$1.json" &
	WATCHER=$!
	patiently grep -q '"class":"WATCH"' "$1.json" && patiently gpsd_has_it && return
	journalctl --no-pager -u gpsd -u 'gpsdctl@*'
	return 1
}

unwatch()
{
	kill "$WATCHER" 2>/dev/null
	wait "$WATCHER" 2>/dev/null
}

# play_epochs NUMBER: an hour after those played before
HOUR=0
play_epochs()
{
	HOUR=$((HOUR + 1))
	nmea-gen --realtime --epochs "$1" --start "2026-01-01T$(printf %02d $HOUR):00:00Z" --truth truth >/dev/gnss-sim0
	play /dev/null
	settle
}

# drive NAME: of the first epoch after it has opened a device gpsd may lose a part, as it
# finds out what it has. What counts is what it reports of those after that.
drive()
{
	play_epochs 2
	: >"$1.json"
	play_epochs 4
}

# reports NAME: to who asks now, what is played now
reports()
{
	check "$1: gpsd opens the receiver for a client" watch "$1"
	drive "$1"
	check "$1: gpsd shows fixes, where they were played" agree truth "$1.json"
	unwatch
}

bind() { echo gnss-gpio.0 >"$DRIVER/$1"; }

confined() { equal "$(cat "/proc/$(pidof gpsd)/attr/current")" '/usr/sbin/gpsd (enforce)'; }
in_enforce_mode()
{
	aa-status --json | grep -o '"/usr/sbin/gpsd": *"enforce"' ||
		{ aa-status; return 1; }
}
nothing_denied() { fails sh -c 'dmesg | grep "apparmor=\"DENIED\".*gnss"'; }

check 'the module gnss_gpio was loaded at boot' test -d /sys/module/gnss_gpio
check 'modprobe gnss_gpio_sim' modprobe gnss_gpio_sim
check 'a link /dev/gps0 appears' patiently test -L /dev/gps0
check 'it leads to the receiver' equal "$(readlink -f /dev/gps0)" "$NMEA"
check 'which is for the group dialout' equal "$(find "$NMEA" -printf '%g %m')" 'dialout 660'
check 'systemd starts gpsdctl@gps0.service' patiently active gpsdctl@gps0.service
check 'gpsd.service is active' active gpsd.service
check "no file of gpsd's package was edited" equal "$(dpkg --verify gpsd)" ''
reports hotplug

check "gpsd's profile is in enforce mode" in_enforce_mode
check 'gpsd is confined' confined

check 'unbind: gpsd has the receiver' watch unbind
drive unbind
check 'unbind' bind unbind
check 'unbind: the link goes' patiently fails test -e /dev/gps0
check 'unbind: gpsdctl@gps0.service ends' patiently inactive gpsdctl@gps0.service
check 'bind' bind bind
check 'bind: gpsd opens the receiver by itself' patiently gpsd_has_it
drive unbind
check 'bind: gpsd shows fixes to the same client' agree truth unbind.json
check 'unbind and bind at once' eval 'bind unbind && bind bind'
check 'bind at once: gpsd opens the receiver by itself' patiently gpsd_has_it
note /dev/gps* /dev/gnss-nmea*
drive unbind
check 'bind at once: gpsd shows fixes to the same client' agree truth unbind.json
unwatch

check 'systemctl restart gpsd' systemctl restart gpsd
reports restart
check 'gpsd is killed' kill -KILL "$(pidof gpsd)"
reports killed
check 'nothing of the receiver was denied to gpsd' nothing_denied

# finds NAME: the doctor, and nothing else
finds()
{
	gnss-doctor >doctor 2>&1
	equal "$? $(sed -n 's/^FOUND  \([^:]*\):.*/\1/p' doctor)" "1 $1" && return
	cat doctor
	return 1
}
mended() { sed -n 's/^ *mend it: //p' doctor | sed 's/sudo //g' | sh -ex; }

check 'doctor: names that nothing is sent' finds no-signal
nmea-gen --realtime --epochs 3000 >/dev/gnss-sim0 &
PLAYER=$!
check 'doctor: all is well while a receiver is played' gnss-doctor
cp "$PART" part
sed -i /gnss-nmea/d "$PART"
apparmor_parser -r "$PROFILE"
systemctl restart gpsd
check 'doctor: names that the profile of gpsd lacks the receiver' finds gpsd-apparmor
check 'doctor: what is to mend it does' mended
check 'doctor: all is well again' gnss-doctor
cp part "$PART"
kill $PLAYER

# shellcheck disable=SC2086 # words
check 'apt purges both packages' apt-get purge -y $PACKAGES
check 'purge: the modules are unloaded' fails test -e /sys/module/gnss_gpio
check 'purge: gpsd.service is active' active gpsd.service
check "purge: gpsd's profile in the kernel is as before" equal "$(profile_hash)" "$(cat profile.before)"
check "apt purges the other kernel's headers" apt-get purge -y "linux-headers-$OTHER" "linux-headers-*-common-rt"
# depmod's, which the kernel itself would take away
rm -f "/usr/lib/modules/$OTHER"/modules.*
rmdir "/usr/lib/modules/$OTHER"
listing >after
check 'purge leaves nothing' diff before after
finish
