#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# From the line to the readers, at all rates, in both bottom halves.
#
# lab-twice: --smp 1
# lab: --smp 1 --kernel 6.1
# lab: --smp 1 --rt
# lab: --smp 2
# lab: --smp 1 --arch armhf
# lab-program: chardev

. ./lib.sh

SENTENCES=60

# Of two processors that are both busy the lab (QEMU 7.2) lets one run until the
# next timer is due, while the other stands still, be it within an interrupt. At
# 38400 baud, and on PREEMPT_RT at 19200, that is longer than half a bit, so
# there, with two processors, what arrives is a figure to print, not a promise.
promised()
{
	case "$(nproc) $1" in
	'2 38400') false ;;
	'2 19200') ! uname -v | grep -q PREEMPT_RT ;;
	esac
}

receive()
{
	load "$2" bottom_half="$1" &&
		equal "$(cat "$GG/baud") $(grep -o '\[.*\]' "$GG/bottom_half")" "$2 [$1]" ||
		return
	gnss-fix --json --sky "$FIX" >sky 2>sky.err &
	READERS="$READERS $!"
	opened $! "$FIX" || return
	read_played
}

# Number, elevation, azimuth, signal, and whether it is used, of each satellite in the
# groups of GSV that are whole.
satellites_played()
{
	awk -F '[,*]' '
		# some take 071 for an octal number
		function number(text)
		{
			if (text == "")
				return "-"
			sub(/^0+/, "", text)
			return text + 0
		}
		/GSA,/ { split("", used); for (i = 4; i <= 15; i++) used[number($i)] = 1 }
		/GSV,/ {
			if ($3 == 1)
				text = ""
			for (i = 5; i + 4 <= NF; i += 4)
				text = text number($i) " " number($(i + 1)) " " number($(i + 2)) " " \
					number($(i + 3)) " " (number($i) in used) "\n"
			if ($3 == $2)
				printf "%s", text
		}' played
}

satellites_shown()
{
	awk -F '"PRN":' '
		function value(text, name)
		{
			if (!match(text, "\"" name "\":[-0-9.]*"))
				return "-"
			return substr(text, RSTART + length(name) + 3, RLENGTH - length(name) - 3) + 0
		}
		{
			for (i = 2; i <= NF; i++)
				print $i + 0, value($i, "el"), value($i, "az"), value($i, "ss"), ($i ~ /"used":true/)
		}' sky
}

# A reader that knows of fixes only, as chardev, sees as many of them.
satellites_are_the_sentences()
{
	satellites_played >sky.sent
	satellites_shown >sky.got
	at_least "$(wc -l <sky.sent)" 12 && same sky.got sky.sent &&
		equal "$(cat sky.err)" '' &&
		equal "$(grep -c TPV sky) fixes" "$(wc -l <records) fixes"
}

count_as_sent()
{
	equal "$(stat bytes) bytes, $(stat sentences) and $(stat used) sentences, $(stat epochs) epochs, $(stat fixes) fixes" \
		"$(wc -c <played) bytes, $SENTENCES and $SENTENCES sentences, $(wc -l <truth) epochs, $(wc -l <truth) fixes"
}

# The parser that gnss-fix and nmea-gen share is not asked here.
records_are_the_sentences()
{
	cut -d ' ' -f 2-4 records >records.positions
	positions played >played.positions
	same records.positions played.positions && without_gap records &&
		equal "$(head -n 1 records | cut -d ' ' -f 1)" 0
}

judge()
{
	check "$1: the stream is what was sent" same received played
	check "$1: all is counted, and no trouble" \
		both count_as_sent no_trouble quiet
	check "$1: each epoch has its record and its fix, as meant" \
		both records_are_the_sentences fixes_are_the_truth
	check "$1: who asks for satellites gets them, as they were sent" \
		satellites_are_the_sentences
}

nmea-gen --count $SENTENCES --truth truth --output played
for bh in workqueue threaded-irq; do
	for baud in ${PLAY_BAUD:-4800 9600 19200 38400}; do
		name="$bh at $baud baud"
		if ! receive $bh "$baud" >/tmp/why 2>&1; then
			not_ok "$name: loads" </tmp/why
			continue
		fi
		if promised "$baud"; then
			judge "$name"
		else
			note "$name is not promised here: $(cmp -s received played && echo 'the stream is what was sent' || echo 'bytes were lost')"
		fi
		note "$name: $(counters)"
		cp received "/out/$bh-$baud.nmea"
		cp records "/out/$bh-$baud.records"
		unload 2>&1 || check "$name: unloads" false
	done
done
finish
