#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests the lab itself (tools/lab): what the other tests rest on.
#
#   lab-selftest.sh
#
# Prints TAP; the exit status tells whether all went well.

set -u -o pipefail
export LC_ALL=C

TOP=$(cd "$(dirname "$0")/.." && pwd)
RUN=$TOP/tools/lab/run
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT

COUNT=0
FAILED=0

# check NAME COMMAND...: a test that the command decides
check()
{
	local name=$1
	shift
	COUNT=$((COUNT + 1))
	if "$@"; then
		echo "ok $COUNT - $name"
		return
	fi
	FAILED=$((FAILED + 1))
	echo "not ok $COUNT - $name"
	echo "# failed: $*"
	tail -n 5 "$TMP/err" | sed 's/^/# stderr: /'
}

# lab ARGUMENT...: runs; leaves $TMP/out, $TMP/err and STATUS
lab()
{
	STATUS=0
	"$RUN" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null || STATUS=$?
}

is() { [ "$1" = "$2" ]; }
said() { grep -qE -- "$1" "$TMP/err"; }
one_line() { [ "$(wc -l <"$TMP/err")" = 1 ]; }
out_is() { [ "$(cat "$TMP/out")" = "$1" ]; }

# --- what a command hands in and gets back ---------------------------------------

all_bytes()
{
	local i
	for i in $(seq 0 255); do
		# shellcheck disable=SC2059 # that is the point
		printf "\\x$(printf %x "$i")"
	done
}

test_input_and_output()
{
	mkdir -p "$TMP/folder/sub"
	for _ in 1 2 3 4 5 6 7 8; do all_bytes; done >"$TMP/bytes"
	head -c 300000 /dev/urandom >"$TMP/folder/sub/random"
	echo small >"$TMP/folder/small"
	cat >"$TMP/job.sh" <<-'EOF'
		cat /root/bytes
		echo to stderr >&2
		cp -r /srv/deep/folder/. /out/
		pwd >/out/pwd
		exit 7
	EOF
	lab --no-project --put "$TMP/bytes" --put "$TMP/job.sh" --get "$TMP/got" \
		--put "$TMP/folder:/srv/deep/folder" -- sh job.sh
	check 'stdout comes byte for byte' cmp "$TMP/bytes" "$TMP/out"
	check 'the exit status is the command'\''s' is "$STATUS" 7
	check 'stderr is apart from stdout' is "$(grep -v '^run: ' "$TMP/err")" 'to stderr'
	check 'a folder goes in and comes back' cmp "$TMP/folder/sub/random" "$TMP/got/sub/random"
	check 'the command runs in /root' is "$(cat "$TMP/got/pwd")" /root
}

test_words()
{
	# shellcheck disable=SC2016 # not to be expanded
	lab --no-project -- printf '[%s]\n' 'two words' "it's" '$HOME "*"' ''
	# shellcheck disable=SC2016
	check 'words of the command stay as they are' out_is "$(printf '[%s]\n' 'two words' "it's" '$HOME "*"' '')"
}

test_guest()
{
	cat >"$TMP/guest.sh" <<-'EOF'
		for p in gpsd gpspipe cgps gpsmon gpsctl gpsdctl gpsdecode gpiodetect gpioset busybox; do
			command -v $p >/dev/null || echo "no $p"
		done
		gpsd -V >/dev/null || echo "gpsd does not run"
		gpspipe -V >/dev/null || echo "gpspipe does not run"
		gpiodetect | grep -q '8 lines' || echo "gpiodetect sees nothing"
		ping -c 1 -W 1 localhost >/dev/null || echo "lo is down"
		for d in /proc/self /sys/class /sys/kernel/debug/gpio /sys/kernel/tracing/events /dev/shm /dev/pts/ptmx; do
			[ -e $d ] || echo "no $d"
		done
		modprobe pps-gpio && modprobe dummy || echo "modprobe fails"
		gpioset gpiochip0 1=1
		gpioget gpiochip0 5
		cat /proc/device-tree/lab-selftest/compatible
	EOF
	echo '/dts-v1/; /plugin/; / { fragment@0 { target-path = "/"; __overlay__ {
		lab-selftest { compatible = "is,here"; }; }; }; };' |
		dtc -q -I dts -O dtb -o "$TMP/o.dtbo" -
	lab --no-project --put "$TMP/guest.sh" --modules dummy --wire 1:5 --overlay "$TMP/o.dtbo" -- sh guest.sh
	tr '\0' '\n' <"$TMP/out" >"$TMP/out.text"
	check 'programs, modules, wire and overlay are there' is "$(cat "$TMP/out.text")" $'1\nis,here'
}

# --- trouble -----------------------------------------------------------------------

test_kernel_warning()
{
	lab --no-project -- sh -c 'echo "<4>WARNING: something is wrong" >/dev/kmsg'
	check 'a kernel warning makes status 99' is "$STATUS" 99
	check 'a kernel warning is shown' said 'kernel: .*WARNING: something is wrong'
}

# As KCSAN prints it.
test_data_race()
{
	local frame
	for frame in 'tick_sched_handle+0x1' 'gnss_gpio_drain+0x1/0x2 [gnss_gpio]'; do
		lab --no-project --threads -- sh -c "for line in ==================== \
			'BUG: KCSAN: data-race in a / b' '$frame' ====================; do
			echo \"<3>\$line\" >/dev/kmsg; done"
		echo "$STATUS" >>"$TMP/races"
	done
	check 'a data race counts if the project is in it, with --threads' is "$(paste -sd ' ' "$TMP/races")" '0 99'
}

test_panic()
{
	lab --no-project -- sh -c 'echo c >/proc/sysrq-trigger'
	check 'a panic makes status 99' is "$STATUS" 99
	check 'a panic is shown' said 'kernel: .*Kernel panic'
}

test_timeout()
{
	lab --no-project --timeout 12 -- sh -c 'echo begun; while :; do :; done'
	check 'a timeout makes status 124' is "$STATUS" 124
	check 'a timeout is told' said 'stopped after 12 seconds'
	check 'what was printed before a timeout is there' out_is begun
}

test_early_end()
{
	lab --no-project --log "$TMP/log" -- poweroff -f
	check 'a guest that ends early makes status 98' is "$STATUS" 98
	check 'a guest that ends early is told' said 'ended while the command ran'
	check 'the log is kept where asked' test -s "$TMP/log"
}

test_wrong_use()
{
	local words
	while read -r words; do
		# shellcheck disable=SC2086 # words
		lab $words
		check "'run $words' is refused with status 2" is "$STATUS" 2
		check "'run $words' is refused in a sentence" one_line
	done <<-'EOF'
		--nonesuch -- true
		--machine toaster -- true
		--machine raspi3b --smp 2 -- true
		--arch mips -- true
		--arch armhf --smp 2 -- true
		--arch armhf --machine raspi3b -- true
		--arch armhf --kernel 6.12.1-arm64 -- true
		--threads --shell
		--ns-per-insn 3 -- true
		--put /nonexistent/file -- true
		--timeout
		--no-project
	EOF
	lab --kernel 5.99 -- true
	check 'an unknown kernel is refused with status 98' is "$STATUS" 98
	check 'an unknown kernel is told what there is' said "no kernel '5.99'.* offered are .*6\..*-arm64"
}

# --- exactness -------------------------------------------------------------------------

# Two at once, so that they disturb each other's wall time as they can.
test_same_again()
{
	local job='date +%s%N; cat /proc/uptime; dmesg; head -c 1000 /dev/urandom | sha256sum; sleep 3; date +%s%N' pid
	"$RUN" --no-project -- sh -c "$job" >"$TMP/first" 2>/dev/null &
	pid=$!
	lab --no-project -- sh -c "$job"
	wait "$pid"
	check 'two runs at once have the same nanoseconds' cmp "$TMP/first" "$TMP/out"
	check 'the time is virtual' grep -q '^17672256' "$TMP/out"
}

test_raspi3b()
{
	head -c 100000 /dev/urandom >"$TMP/random"
	lab --no-project --machine raspi3b --put "$TMP/random" --get "$TMP/pi" -- \
		sh -c 'cp random /out/; cat random; gpiodetect | grep -q "54 lines"'
	check 'raspi3b has its GPIO controller' is "$STATUS" 0
	check 'stdout comes byte for byte from raspi3b' cmp "$TMP/random" "$TMP/out"
	check 'files come back from raspi3b' cmp "$TMP/random" "$TMP/pi/random"
}

test_wrong_use
test_input_and_output
test_words
test_guest
test_kernel_warning
test_data_race
test_panic
test_timeout
test_early_end
test_same_again
test_raspi3b
echo "1..$COUNT"
[ "$FAILED" = 0 ]
