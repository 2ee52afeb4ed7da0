#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a fault of the line looks like in the counters and in the kernel log. README.md
# has the table; each of its rows is made here.
#
# lab: --smp 1

# shellcheck disable=SC2016 # what is in single quotes is for others to expand

. ./lib.sh

# begin [PARAMETER]...: of the simulator
begin()
{
	modprobe gnss_gpio && modprobe gnss_gpio_sim "$@" && mark && read_nmea received
}

# end NAME
end()
{
	settle
	stop_reading
	note "$1: $(counters)$(said | sed 's/^/; /')"
	unload
}

# more COUNTER...: each has counted
more()
{
	for more_name; do
		[ "$(stat "$more_name")" = 0 ] || continue
		echo "$more_name is 0"
		return 1
	done
}

# none COUNTER...: none of them has, and neither a sentence nor a fix came
none() { zero sentences fixes "$@"; }

frames_are_bad() { [ $((2 * $(stat good))) -lt "$(stat frames)" ]; }

hold_low()
{
	put 0 "$SIM/hold_bit" && put "$1" "$SIM/hold_bits" && put 0 "$SIM/hold_level"
}

nmea-gen --count 40 --output played
tr -c '' 'U' <played >u
tr -c '' '\034' <played | head -c 100 >hum

begin
sleep 2
check 'unplugged: nothing is counted' both 'none edges frames' quiet
end unplugged

begin
hold_low 30000
play played &
sleep 1
check 'held low: one edge, and no byte' \
	both 'equal "$(stat edges)" 1' 'none bytes framing_errors breaks' quiet
wait $!
settle
check 'let go: one break' both 'equal "$(stat breaks)" 1' 'none bytes framing_errors' quiet
end 'held low'

begin inverted=1
play played
settle
check 'inverted: no byte is part of a sentence' \
	both 'equal "$(stat junk_bytes)" "$(stat bytes)"' 'more bytes' none quiet
end inverted

for rate in 4800 19200; do
	begin baud=$rate current_speed=9600
	play played
	check "sent at $rate, received at 9600: frames are bad" \
		both frames_are_bad 'more framing_errors' none quiet
	end "sent at $rate, received at 9600"
done

begin baud=300 current_speed=9600
play hum
check 'hum: breaks' both 'more breaks' none quiet
end hum

begin
put 921600 "$SIM/baud"
play u
settle
check 'chatter: it is muted, and one message says so' \
	both 'more mutes' none 'equal "$(said | grep -c "the line chatters")" 1'
end chatter

# Cut amid a sentence, and silent for a second.
begin
head -c 1000 played >begun
play begun
sleep 1
play played
settle
sentences=$(($(grep -c '^\$.*[*]..' begun) + $(wc -l <played)))
check 'it starts anew: the sentence that was cut is garbled, and all others are right' \
	both "equal $(stat sentences) $sentences" "equal $(stat garbled) 1" 'zero framing_errors checksum_errors'
end 'it starts anew'
finish
