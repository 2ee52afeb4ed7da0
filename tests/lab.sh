#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs scenarios in the lab.
#
#   lab.sh NAME...
#
# A scenario is tests/lab/NAME.sh, or tests/debug/NAME.sh, run by the guest's sh, beside lib.sh. It
# prints its verdicts and ends with 'finish'. Comments in its head say how it is
# run:
#
#   # lab: OPTIONS          run it so (tools/lab/run --help); a run for each line
#   # lab-twice: OPTIONS    run it so, twice: what it prints and what it leaves
#                           in /out must be the same, byte for byte
#   # lab-program: NAME     make NAME.c, beside it, and tests/lab/program.c for it
#   # lab-program-32: NAME  the same, as NAME-32, for 32 bit whatever the guest is
#   # lab-receiver: RX [TX [FLAGS]]
#                           the device tree has a receiver of the driver on this line
#                           of virt's GPIO controller, and sends to it on that one,
#                           which has these flags of <dt-bindings/gpio/gpio.h>
#   # lab-apparmor: PROFILE Debian's profile of the guest's packages, compiled, is
#                           put beside the scenario
#
# SENTENCES=N and ENGINE=NAME in the environment reach the scenarios that know
# them: so many sentences are played, and that engine receives.
#
# A run with --arch armhf, or with 32-bit programs, is skipped if Debian's packages of armhf
# cannot be fetched here. GUEST_ARCH=armhf in the environment runs each scenario, in those of
# its runs that name no kernel and no architecture, in a 32-bit guest.
#
# SUITE=NAME in the environment runs each scenario, in those of its runs that name no
# kernel and no suite, on the newest kernel of that suite of Debian, with its programs.
#
# FLAVOUR=NAME and INSTRUMENTED='OPTIONS' in the environment run each scenario once, so,
# in an instrumented kernel. That is slow: which bytes arrive is no matter there. What
# counts is that the scenario comes to its end, and the kernel finds no bug and no leak.
# With PLAY_BAUD=N scenarios play at that rate only, one that such a machine receives;
# with WANT_FIXES=yes their verdicts on fixes count too.
#
# Everything is kept in check/lab, check/lab-SUITE, check/lab-armhf or check-debug/FLAVOUR, in the cache
# ($CACHE, or build/ in the project).
set -u

PROJECT=$(cd "$(dirname "$0")/.." && pwd)
CACHE=${CACHE:-$PROJECT/build}
LAB=$PROJECT/tests/lab
DEBUG=$PROJECT/tests/debug
KEEP=$CACHE/check${FLAVOUR:+-debug}/${FLAVOUR:-lab}${SUITE:+-$SUITE}${GUEST_ARCH:+-$GUEST_ARCH}
. "$PROJECT/tests/host-lib.sh"

# Wall time; a machine that hangs, no measurement.
TIMEOUT=${TIMEOUT:-$((300 + ${SENTENCES:-0} * 3))}

# not_ok WHAT <WHY: not behind a pipe, where STATUS would be lost
not_ok()
{
	printf 'not ok - %s\n' "$1"
	sed 's/^/    /'
	STATUS=1
}

# path_of FILE: of a scenario
path_of()
{
	if [ -e "$DEBUG/$1" ]; then echo "$DEBUG/$1"; else echo "$LAB/$1"; fi
}

# header KEY SCENARIO: what stands behind '# KEY:' in its head
header() { sed -nE "1,/^[^#]/ s/^# $1: *(.*)/\1/p" "$(path_of "$2.sh")"; }

# runs KEY SCENARIO: the options of each run
runs()
{
	local own='--(kernel|rt|suite|arch)\b'
	if [ -n "${SUITE:-}" ]; then
		header "$@" | grep -vE -e "$own" | sed "s/$/ --kernel $SUITE --suite $SUITE/"
	elif [ -n "${GUEST_ARCH:-}" ]; then
		header "$@" | grep -vE -e "$own" | sed -E "s/--smp [0-9]+/--smp 1/; s/$/ --arch $GUEST_ARCH/" | sort -u
	else
		header "$@"
	fi
}

# program_of SCENARIO NAME ARCH [SUFFIX]: builds it, once, prints where it is
program_of()
{
	local program=$KEEP/$1/$3/$2${4:-}
	echo "$program"
	[ ! -e "$program" ] || return 0
	mkdir -p "$KEEP/$1/$3"
	"$PROJECT/tools/lab/compile" "$3" -Wall -Wextra -Werror -I "$PROJECT/driver/uapi" -I "$LAB" \
		-pthread -o "$program" "$(path_of "$2.c")" "$LAB/program.c"
}

# arch_in OPTIONS: the architecture that the guest has with them
arch_in()
{
	[[ " $1 " =~ ' --arch '([a-z0-9]+)' ' ]] && echo "${BASH_REMATCH[1]}" || echo arm64
}

# apparmor_policy PROFILE FILE: with nothing in its local part; other parts that it
# includes, and what kernels know, are those of this machine's apparmor
apparmor_policy()
{
	local sysroot
	sysroot=$("$PROJECT/tools/lab/fetch" sysroot) || return
	command -v apparmor_parser >/dev/null ||
		{ echo 'apparmor_parser is missing (package apparmor)' >&2; return 1; }
	mkdir -p "$2.d/local"
	: >"$2.d/local/$1"
	apparmor_parser --skip-kernel-load --skip-cache --Include "$2.d" --ofile "$2" \
		--features-file /etc/apparmor.d/abi/3.0 "$sysroot/etc/apparmor.d/$1"
}

# receiver_dtb 'RX [TX [FLAGS]]' FILE OPTION...: the device tree of the machine of these options
receiver_dtb()
{
	local lines dtb=$2 chip
	read -ra lines <<<"$1"
	shift 2
	"$PROJECT/tools/lab/run" "$@" --dump-dtb "$dtb" &&
		chip=$(fdtget -t x "$dtb" /pl061@9030000 phandle) &&
		fdtput -c "$dtb" /gnss &&
		fdtput -t s "$dtb" /gnss compatible gnss-gpio &&
		fdtput -t u "$dtb" /gnss current-speed 9600 &&
		fdtput -t x "$dtb" /gnss rx-gpios "$chip" "${lines[0]}" 0 || return
	[ -z "${lines[1]:-}" ] || fdtput -t x "$dtb" /gnss tx-gpios "$chip" "${lines[1]}" "${lines[2]:-0}"
}

# run_once SCENARIO OPTIONS FOLDER: what it prints and leaves goes to FOLDER
run_once()
{
	local name program lines profile words=()
	read -ra words <<<"$2"
	mkdir -p "$3/out"
	for name in $(header lab-program "$1"); do
		program=$(program_of "$1" "$name" "$(arch_in "$2")" 2>"$3/stderr") || return
		words+=(--put "$program")
	done
	for name in $(header lab-program-32 "$1"); do
		program=$(program_of "$1" "$name" armhf -32 2>"$3/stderr") || return
		words+=(--put "$program")
	done
	lines=$(header lab-receiver "$1")
	if [ "$lines" ]; then
		receiver_dtb "$lines" "$3/dtb" "${words[@]}" 2>"$3/stderr" || return
		words+=(--dtb "$3/dtb")
	fi
	profile=$(header lab-apparmor "$1")
	if [ "$profile" ]; then
		apparmor_policy "$profile" "$3/$profile" 2>"$3/stderr" || return
		words+=(--put "$3/$profile")
	fi
	[ -z "${INSTRUMENTED:-}" ] || words+=(--put "$DEBUG/instrumented")
	"$PROJECT/tools/lab/run" --timeout "$TIMEOUT" --log "$3/kernel" --get "$3/out" \
		--put "$LAB/lib.sh" --put "$(path_of "$1.sh")" "${words[@]}" -- \
		env ${SENTENCES:+"SENTENCES=$SENTENCES"} ${ENGINE:+"ENGINE=$ENGINE"} ${MINUTES:+"MINUTES=$MINUTES"} \
		${PLAY_BAUD:+"PLAY_BAUD=$PLAY_BAUD"} \
		sh ${INSTRUMENTED:+./instrumented} "$1.sh" \
		>"$3/stdout" 2>"$3/stderr"
}

# judge LABEL STATUS FOLDER: passes the verdicts on, and adds that on the run
judge()
{
	if [ -n "${INSTRUMENTED:-}" ]; then
		judge_instrumented "$@"
		return
	fi
	sed -E "/^# end$/d; s/^(ok|not ok|skip) - /\1 - $1: /" "$3/stdout"
	! grep -q '^not ok' "$3/stdout" || STATUS=1
	if [ "$2" = 99 ]; then
		not_ok "$1: the kernel warns of nothing" <"$3/stderr"
	elif [ "$2" != 0 ]; then
		not_ok "$1: runs" < <(echo "status $2"; tail -n 40 "$3/stderr")
	elif [ "$(tail -n 1 "$3/stdout")" != '# end' ]; then
		not_ok "$1: comes to its end" < <(tail -n 40 "$3/stderr")
	else
		echo "ok - $1: comes to its end, and the kernel warns of nothing"
	fi
}

# judge_instrumented LABEL STATUS FOLDER: the verdicts of the scenario are but told,
# those on fixes apart
judge_instrumented()
{
	local said
	said="$(grep -c '^ok' "$3/stdout") verdicts hold, $(grep -c '^not ok' "$3/stdout") do not, in a kernel that is slow"
	if [ "$2" = 99 ]; then
		not_ok "$1: the kernel finds no bug and no leak" <"$3/stderr"
	elif [ "$2" != 0 ] || [ "$(tail -n 1 "$3/stdout")" != '# end' ]; then
		not_ok "$1: comes to its end" < <(echo "status $2"; tail -n 40 "$3/stdout" "$3/stderr")
	elif [ -n "${WANT_FIXES:-}" ] && grep -A 30 '^not ok.*\<fix' "$3/stdout" >"$3/fixes"; then
		not_ok "$1: the fixes are what was sent" <"$3/fixes"
	else
		echo "ok - $1: comes to its end, and the kernel finds no bug and no leak"
	fi
	echo "# $1: $said; see $3"
}

# wants_32_bit SCENARIO OPTIONS
wants_32_bit() { [ "$(arch_in "$2")" = armhf ] || [ "$(header lab-program-32 "$1")" ]; }

# run_and_judge SCENARIO OPTIONS FOLDER: fails if it cannot be tried
run_and_judge()
{
	local status=0
	! wants_32_bit "$@" || has_32_bit "$1${2:+ $2}" || return
	run_once "$@" || status=$?
	judge "$1${2:+ $2}" "$status" "$3"
}

# run_again SCENARIO OPTIONS FOLDER: FOLDER has the first run
run_again()
{
	local first=$3 second=$3.again
	run_once "$1" "$2" "$second"
	if diff -r -q "$first/out" "$second/out" >"$second/diff" &&
		diff -a "$first/stdout" "$second/stdout" >>"$second/diff"; then
		echo "ok - $1${2:+ $2}: another run gives the same, byte for byte"
	else
		not_ok "$1${2:+ $2}: another run gives the same, byte for byte" < <(head -n 20 "$second/diff")
	fi
}

run_scenario()
{
	local name=$1 options n=0
	rm -rf "${KEEP:?}/$name"
	mkdir -p "$KEEP/$name"
	if [ -n "${INSTRUMENTED:-}" ]; then
		run_and_judge "$name" "$INSTRUMENTED" "$KEEP/$name/1"
		return
	fi
	while read -r options; do
		n=$((n + 1))
		run_and_judge "$name" "$options" "$KEEP/$name/$n"
	done < <(runs lab "$name")
	while read -r options; do
		n=$((n + 1))
		run_and_judge "$name" "$options" "$KEEP/$name/$n" &&
			run_again "$name" "$options" "$KEEP/$name/$n"
	done < <(runs lab-twice "$name")
	[ $n != 0 ] || not_ok "$name: is run" <<<"no '# lab:' line says how"
}

main()
{
	local name
	for name in "${@:-}"; do
		[ ! "$name" ] || [ ! -e "$(path_of "$name.sh")" ] || continue
		echo "lab.sh: there is no scenario '$name'; there are: $(cd "$LAB" && echo *.sh | sed 's/\.sh//g; s/ *\<lib\>//')" >&2
		exit 2
	done
	for name; do
		run_scenario "$name"
	done
	exit $STATUS
}
main "$@"
