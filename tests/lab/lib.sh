# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# shellcheck disable=SC2034 # those who source it use what is set here
# What the scenarios have in common; for the guest's sh, to be sourced.

set -u

NMEA=/dev/gnss-nmea0
FIX=/dev/gnss-fix0
GG=/sys/class/gnss_gpio/gnss_gpio0
SIM=/sys/class/gnss_gpio_sim/gnss-sim0
DRIVER=/sys/bus/platform/drivers/gnss-gpio

# Counters of what must not happen on a quiet line.
# 'doubtful' is none: it says that an interrupt was late, not that a bit is wrong.
TROUBLES='framing_errors breaks false_starts line_errors mutes slow_mutes overruns
	ignored malformed unreadable repaired checksum_errors ambiguous no_checksum
	garbled too_long late junk_bytes reader_lost_bytes
	reader_lost_fixes pps_ignored gnss_lost_bytes'

mkdir -p /out

# is_run WORD: this is the run with '--append WORD'
is_run() { grep -qw -e "$1" /proc/cmdline; }

# --- verdicts ----------------------------------------------------------------

ok() { echo "ok - $*"; }
note() { echo "# $*"; }

# not_ok NAME: what stdin says is the reason
not_ok() { echo "not ok - $1"; head -n 30 | sed 's/^/    /'; }

# check NAME COMMAND...: what a command that fails says is the reason
check()
{
	check_name=$1
	shift
	if "$@" >/tmp/why 2>&1; then
		ok "$check_name"
		return
	fi
	echo "'$*' failed" >>/tmp/why
	not_ok "$check_name" </tmp/why
	return 1
}

# Whoever leaves the last line out has not come to the end.
finish()
{
	dmesg | sed -n 's/.*\(hrtimer: interrupt took.*\)/# overload: \1/p'
	echo '# end'
	exit 0
}

# equal GOT WANTED
equal()
{
	[ "$1" = "$2" ] && return
	echo "got '$1'"
	echo "not '$2'"
	return 1
}

# same GOT WANTED: files
same()
{
	cmp -s "$1" "$2" && return
	wc -c "$1" "$2" | head -n 2
	cmp "$1" "$2"
	diff -a "$2" "$1" | head -n 12
	return 1
}

# same_but COUNT GOT WANTED: as many bytes, of which COUNT may be wrong. Where two
# processors are busy the lab lets one stand still until the other is idle, be it
# with an edge that is to interrupt.
same_but()
{
	same_wrong=$(cmp -l "$2" "$3" 2>/dev/null | wc -l)
	[ "$same_wrong" -le "$1" ] && equal "$(wc -c <"$2")" "$(wc -c <"$3")" && return
	echo "$same_wrong bytes are wrong"
	same "$2" "$3"
}

# fails COMMAND...
fails() { ! "$@"; }

# both COMMAND...: each one string; all of them run, even after one that fails
both()
{
	both_status=0
	for both_command; do
		eval "$both_command" || both_status=1
	done
	return $both_status
}

# --- the kernel's messages ---------------------------------------------------

MARKS=0
mark()
{
	MARKS=$((MARKS + 1))
	echo "<7>test: mark $MARKS" >/dev/kmsg
}

# said: messages since the last mark, without their times. What the kernel says of
# timers that were due anew before it was through with them is told by finish.
said()
{
	dmesg | sed -e "1,/test: mark $MARKS\$/d" -e 's/^\[[^]]*\] //' \
		-e '/^hrtimer: interrupt took/d'
}

quiet()
{
	said >/tmp/said
	[ ! -s /tmp/said ] && return
	cat /tmp/said
	return 1
}

# after_ms WORDS: from the last mark to the message
after_ms()
{
	dmesg | awk -v mark="test: mark $MARKS" -v words="$1" '
		{ ms = $0; sub(/^\[ */, "", ms); ms = 1000 * ms }
		substr($0, length($0) - length(mark) + 1) == mark { begin = ms }
		begin && index($0, words) { printf "%.3f\n", ms - begin; exit }'
}

# --- modules, files ----------------------------------------------------------

# load BAUD [DRIVER PARAMETER]...: PLAY_BAUD of the environment comes before it
load()
{
	load_baud=${PLAY_BAUD:-$1}
	shift
	modprobe gnss_gpio "$@" && modprobe gnss_gpio_sim baud="$load_baud" || return
	[ -z "${ENGINE:-}" ] || put "$ENGINE" "$GG/rx_engine"
}

unload() { rmmod gnss_gpio_sim && rmmod gnss_gpio; }

# put WORD FILE: into a file of sysfs; says what went wrong by its errno's name
put()
{
	printf '%s\n' "$1" | dd of="$2" bs=4096 2>/tmp/put && return
	sed -n 's/^dd: //p' /tmp/put
	return 1
}

stat() { cat "$GG/stats/$1"; }

# zero COUNTER...: of stats/
zero()
{
	zero_status=0
	for zero_name; do
		zero_value=$(stat "$zero_name")
		[ "$zero_value" = 0 ] && continue
		echo "$zero_name is $zero_value"
		zero_status=1
	done
	return $zero_status
}

# shellcheck disable=SC2086 # words
no_trouble() { zero $TROUBLES; }

# Each frame is counted as one of these.
sum_holds()
{
	equal "$(stat frames)" "$(($(stat good) + $(stat doubtful) + $(stat framing_errors) + $(stat breaks)))"
}

# at_least GOT WANTED, at_most GOT WANTED
at_least() { [ "$1" -ge "$2" ] || { echo "$1, not $2"; return 1; }; }
at_most() { [ "$1" -le "$2" ] || { echo "$1, not $2"; return 1; }; }

# counters: those that are not 0, on one line
counters()
{
	for counters_file in "$GG"/stats/*; do
		counters_value=$(cat "$counters_file")
		[ "$counters_value" = 0 ] || printf '%s %s, ' "${counters_file##*/}" "$counters_value"
	done | sed 's/, $//'
}

# --- memory ------------------------------------------------------------------

# kb NAME: of /proc/meminfo
kb() { sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo; }

# memory: kB that are free, kB in the kernel's caches
memory()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.2
	echo "$(kb MemFree) $(kb Slab) $(kb VmallocUsed)"
}

# --- sleep -------------------------------------------------------------------

# sleep_for SECONDS: the machine, until its clock wakes it
sleep_for()
{
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo "+$1" >/sys/class/rtc/rtc0/wakealarm && echo freeze >/sys/power/state
}

# --- playing and reading -----------------------------------------------------

# play_on: plays a receiver without end, as PLAYER, until that is killed
play_on()
{
	nmea-gen --epochs 2000 --output endless
	cat endless >/dev/gnss-sim0 2>/dev/null &
	PLAYER=$!
}

# play FILE...: returns when the last stop bit is over
play() { cat "$@" | dd of=/dev/gnss-sim0 bs=64k iflag=fullblock conv=fsync 2>/dev/null; }

# listen FILE: what the receiver hears from now on, until unlisten
listen()
{
	cat /dev/gnss-sim0 >"$1" 2>/dev/null &
	LISTENER=$!
	opened $LISTENER /dev/gnss-sim0
}
unlisten()
{
	sleep 0.1
	kill $LISTENER 2>/dev/null
	wait $LISTENER 2>/dev/null
}

# The bottom half has run, and the silence that ends the last epoch is over.
settle() { sleep 1.2; }

# patiently COMMAND...: until it succeeds, for a minute at most
patiently()
{
	patiently_tries=0
	until "$@"; do
		patiently_tries=$((patiently_tries + 1))
		[ $patiently_tries -lt 3000 ] || { echo "'$*' never came true"; return 1; }
		sleep 0.02
	done
}

# hold_line NAME: a program has this line, until let_line_go. By debugfs, for libgpiod's
# tools, and what they say, differ between its versions.
hold_line()
{
	gnss-rx "$1" >/dev/null 2>&1 &
	HOLDER=$!
	patiently sh -c "grep '($1 ' /sys/kernel/debug/gpio | grep -q gnss-rx"
}
let_line_go()
{
	kill "$HOLDER"
	wait "$HOLDER" 2>/dev/null
}

# fd_of PID DEVICE: the number by which the process has it open
fd_of()
{
	for fd_of_link in "/proc/$1"/fd/*; do
		[ "$(readlink "$fd_of_link")" != "$2" ] || echo "${fd_of_link##*/}"
	done
}

# opened PID DEVICE: waits until the process has it open
has_open() { [ -n "$(fd_of "$@")" ]; }
opened() { patiently has_open "$@"; }

READERS=

# read_nmea FILE [DEVICE]: from now on, until stop_reading
read_nmea()
{
	cat "${2:-$NMEA}" >"$1" &
	READERS="$READERS $!"
	opened $! "${2:-$NMEA}"
}

# read_fixes FILE [DEVICE]: as JSON; what gnss-fix complains of goes to FILE.err
read_fixes()
{
	gnss-fix --json "${2:-$FIX}" 2>"$1.err" >"$1.shown" &
	READERS="$READERS $!"
	opened $! "${2:-$FIX}"
}

# read_records FILE: as chardev prints them
read_records()
{
	./chardev records "$FIX" >"$1" &
	READERS="$READERS $!"
	opened $! "$FIX"
}

# read_all: the stream to received, what gnss-fix shows to fixes and, in a scenario
# that has chardev, the records to records
read_all()
{
	read_nmea received
	read_fixes fixes
	[ ! -e chardev ] || read_records records
	mark
}

# read_played: plays the file played, to all readers
read_played()
{
	read_all
	play played
	settle
	stop_reading
}

# read_switched PAUSE_MS [FILE]...: the same, while 'bottom-half switch' makes another
# choice in each FILE again and again; leaves how often in switches
read_switched()
{
	rm -f enough switches
	read_all
	./bottom-half switch "$@" &
	read_switched_pid=$!
	play played
	settle
	: >enough
	wait $read_switched_pid || return
	stop_reading
}

# Also makes of what gnss-fix showed what can be held against nmea-gen's truth.
stop_reading()
{
	# shellcheck disable=SC2086 # words
	kill $READERS 2>/dev/null
	# shellcheck disable=SC2086 # words
	wait $READERS 2>/dev/null
	READERS=
	for stop_shown in *.shown; do
		[ -e "$stop_shown" ] || continue
		sed 's/"device":"[^"]*",//' "$stop_shown" >"${stop_shown%.shown}"
		rm "$stop_shown"
	done
}

# What gnss-fix showed, and nmea-gen meant; gnss-fix complains of lost records.
fixes_are_the_truth()
{
	same fixes truth && equal "$(cat fixes.err)" ''
}

# fixed FILE: time and position of each fix, of what gnss-fix showed or nmea-gen meant
fixed()
{
	sed -n 's/.*"time":"\([^"]*\)".*\("lat":[^,]*,"lon":[^,}]*\).*/\1 \2/p' "$1" | sort
}

# Each position that was reported is one that was played, at its time.
only_true_fixes()
{
	fixed truth >truth.fixed
	fixed fixes >fixes.fixed
	fails grep -vxF -f truth.fixed fixes.fixed
}

# positions FILE: time of day in ms, latitude, longitude of each GGA sentence
positions()
{
	awk -F , '
		function degrees(v, hemisphere,  d)
		{
			d = int(v / 100)
			d += (v - d * 100) / 60
			return hemisphere == "S" || hemisphere == "W" ? -d : d
		}
		/^\$..GGA,/ {
			printf "%d %.9f %.9f\n",
				(substr($2, 1, 2) * 3600 + substr($2, 3, 2) * 60) * 1000 + substr($2, 5) * 1000 + 0.5,
				degrees($3, $4), degrees($5, $6)
		}' "$1"
}

# without_gap FILE: are the numbers of the records consecutive?
without_gap()
{
	awk '
		NR > 1 && $1 != last + 1 { print "record " $1 " after " last; bad = 1 }
		{ last = $1 }
		END { exit bad }' "$1"
}

# agree MEANT REPORTED: each line of MEANT (JSON, class TPV) with a position was
# reported, and nothing but what was meant, to 1e-9 degree
agree()
{
	awk '
		function text(name)
		{
			if (!match($0, "\"" name "\":\"?[^,}\"]*"))
				return ""
			return substr($0, RSTART, RLENGTH)
		}
		function time(  s)
		{
			if (!match($0, "\"time\":\"[^\"]*"))
				return ""
			return substr($0, RSTART + 8, RLENGTH - 8)
		}
		function number(name,  s)
		{
			s = text(name)
			sub(/^[^:]*:"?/, "", s)
			return s + 0
		}
		function far(a, b) { return a - b > 1.4e-9 || b - a > 1.4e-9 }
		!/"class":"TPV"/ || text("lat") == "" { next }
		NR == FNR { lat[time()] = number("lat"); lon[time()] = number("lon"); meant++; next }
		!(time() in lat) { print "not meant: " $0; bad = 1; next }
		far(lat[time()], number("lat")) || far(lon[time()], number("lon")) {
			printf "meant %.9f %.9f: %s\n", lat[time()], lon[time()], $0
			bad = 1
		}
		{ seen[time()] = 1 }
		END {
			for (t in lat)
				if (!(t in seen)) { print "missing: " t; bad = 1 }
			if (!meant) { print "nothing was meant"; bad = 1 }
			exit bad
		}' "$1" "$2"
}
