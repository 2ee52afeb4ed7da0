#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Receive engines are changed while data flows, so is the kind of stream; rates are
# changed; and what cannot be is refused. What properties of the device choose first.
#
# lab: --smp 1
# lab: --smp 1 --rt
# lab: --smp 2
# lab-program: bottom-half
# lab-program: chardev

. ./lib.sh

word() { put "$1" "$2" | sed 's/.*: //'; }

judge()
{
	check "$1: $(cat switches) switches are enough" [ "$(cat switches)" -ge 40 ]
	check "$1: the stream is what was sent" same received played
	check "$1: no fix is lost or doubled" both fixes_are_the_truth 'without_gap records'
	check "$1: no trouble is counted, and the kernel is quiet" both no_trouble quiet
	note "$1: $(counters)"
}

nmea-gen --count 120 --truth truth --output played
sleep 3
load 9600
check 'the driver chooses' equal "$(cat "$GG/rx_engine") $(cat "$GG/rx_engine_used")" '[auto] edge timer edge'
check 'engines, every 50 ms: it runs' read_switched 50 "$GG/rx_engine"
judge 'engines, every 50 ms'
for engine in edge timer auto; do
	check "engine $engine" both "put $engine $GG/rx_engine" "grep -qF '[$engine]' $GG/rx_engine"
done
check 'kinds of stream, every 50 ms: it runs' read_switched 50 "$GG/stream"
judge 'kinds of stream, every 50 ms'

mark
check "engine 'nonesuch' is EINVAL" equal "$(word nonesuch "$GG/rx_engine")" 'Invalid argument'
check 'and one message tells what there is' grep -q 'no such receive engine; there are: auto edge timer' <<END
$(said)
END
mark
check "stream 'nonesuch' is EINVAL" equal "$(word nonesuch "$GG/stream")" 'Invalid argument'
check 'and one message tells what there is' grep -q 'no such stream; there are: raw checked' <<END
$(said)
END
check "repair 'perhaps' is EINVAL" equal "$(word perhaps "$GG/repair")" 'Invalid argument'
check 'repair can be off' both "put 0 $GG/repair" "grep -qx 0 $GG/repair"
check 'and on' both "put 1 $GG/repair" "grep -qx 1 $GG/repair"

put raw "$GG/stream"
nmea-gen --count 20 --truth truth --output played
# See chain.sh for what two processors cannot do in the lab.
bauds='4800 19200 38400'
[ "$(nproc)" = 1 ] || bauds='4800 9600'
bauds=${PLAY_BAUD:-$bauds}
for baud in $bauds; do
	put "$baud" "$SIM/baud"
	put "$baud" "$GG/baud"
	read_nmea received
	play played
	settle
	stop_reading
	check "the rate is changed to $baud: the stream is what was sent" same received played
done
check 'the modules unload' unload

# chosen: bottom half, engine and stream
chosen() { cat "$GG/bottom_half" "$GG/rx_engine" "$GG/stream" | grep -o '\[.*\]' | paste -sd ' '; }

modprobe gnss_gpio bottom_half=tasklet
modprobe gnss_gpio_sim
check 'without properties: the defaults' equal "$(chosen)" '[tasklet] [auto] [raw]'
rmmod gnss_gpio_sim
modprobe gnss_gpio_sim bottom_half=kthread rx_engine=timer stream=checked
check 'properties choose' equal "$(chosen) $(cat "$GG/rx_engine_used")" '[kthread] [timer] [checked] timer'
read_nmea received
{ echo junk; cat played; } | play -
settle
stop_reading
check 'properties choose: the stream is what was sent, without junk' same received played
check 'properties choose: attributes do so afterwards' put softirq "$GG/bottom_half"
put auto "$GG/rx_engine"
put raw "$GG/stream"
check 'properties choose: what was chosen last holds' equal "$(chosen) $(cat "$GG/rx_engine_used")" '[softirq] [auto] [raw] edge'
check 'the modules unload again' unload
finish
