#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sending to the receiver: what programs write is heard, while the line is received.
#
# lab: --smp 1
# lab: --smp 1 --rt
# lab-program: tx

# With two processors that are both busy the lab lets one stand still for longer than a
# bit; what is sent meanwhile is wrong, and counted.

. ./lib.sh

# load_sim PARAMETER...
load_sim() { modprobe gnss_gpio && modprobe gnss_gpio_sim "$@"; }

# write_gives ERROR
write_gives()
{
	printf x | dd of="$NMEA" 2>/tmp/write && { echo 'it was written'; return 1; }
	grep -q "$1\$" /tmp/write && return
	cat /tmp/write
	return 1
}

# is_head OF WHOLE: not empty
is_head() { [ -s "$1" ] && head -c "$(wc -c <"$1")" "$2" >/tmp/head && same "$1" /tmp/head; }

full_duplex()
{
	load 9600
	nmea-gen --count 600 --truth truth --output played
	listen heard
	./tx commands 200 written &
	commander=$!
	read_played
	check 'full duplex: 200 commands are sent' wait $commander
	unlisten
	check 'full duplex: all of them are heard' same heard written
	check 'full duplex: no byte of 600 sentences is lost' same received played
	check 'full duplex: no trouble is counted' no_trouble
	check 'full duplex: no edge came too late' zero tx_late_bits
	note "full duplex: edges are off by up to $(stat tx_edge_error_max_ns) ns by the driver, $(cat "$SIM/rxd_edge_error_max_ns") ns at the receiver"
	note "$(counters)"
	unload
}

without_line()
{
	load_sim tx=0
	check 'without a line: EOPNOTSUPP' write_gives 'Operation not supported'
	unload
}

without_rate()
{
	load_sim baud=4800 current_speed=0
	check 'no rate is known: ENOTCONN' write_gives 'Transport endpoint is not connected'
	read_nmea received
	nmea-gen --count 40 --output forty
	play forty
	stop_reading
	listen heard
	echo hello >"$NMEA"
	unlisten
	check 'the rate is found: that is used' equal "$(cat heard)" hello
	unload
}

# The writer has more than fits.
unbound()
{
	load 9600
	listen heard
	nmea-gen --epochs 100 --output long
	dd if=long of="$NMEA" bs=8k 2>writer &
	writer=$!
	sleep 1
	mark
	put gnss-gpio.0 "$DRIVER/unbind"
	wait $writer
	unlisten
	check 'unbound while bytes are sent: the writer is told' grep -q 'No such device' writer
	check 'what was sent until then is whole' both 'is_head heard long' "equal $(cat "$SIM/rxd_framing_errors") 0"
	said >/tmp/said
	check 'the kernel tells how much was not sent' grep -q 'gnss_gpio0: [0-9]* bytes were not sent' /tmp/said
	put gnss-gpio.0 "$DRIVER/bind"
	listen heard
	echo again >"$NMEA"
	unlisten
	check 'bound again: it sends' equal "$(cat heard)" again
	unload
}

load 9600
./tx bytes
unload
load 9600
./tx writes
unload
load 9600
put 20000 "$SIM/irqoff_period_us"
put 300 "$SIM/irqoff_us"
./tx late
unload
without_line
without_rate
unbound
full_duplex
check 'nothing stays behind' equal "$(grep '^gnss_gpio' /proc/modules)" ''
finish
