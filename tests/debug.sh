#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs scenarios in instrumented kernels, which find what no test of bytes can see.
#
#   debug.sh NAME...            such as kasan-chain
#   debug.sh --list             the names
#   debug.sh --build [NAME]...  only builds the kernels that these need
#
# A name is a flavour and a scenario of tests/lab or tests/debug. Each passes if the
# scenario comes to its end, and the kernel found no bug and no leak.
set -u

TESTS=$(cd "$(dirname "$0")" && pwd)

# kasan: bad accesses, leaks, locks; in exact time, where two runs are the same. At
# PLAY_BAUD and 1 ns an instruction whole sentences arrive, though the kernel is slow;
# where nothing is switched, all fixes do. So scenarios that wait for each byte are here.
PLAY_BAUD=2400
KASAN='chain bottom-halves switch engines readers refuse pps mute soak'
# smp: the same kernel, its processors threads of the host, which race.
SMP='switch unbind reload hostile suspend tx gnss fuzz failnth machine'
# rt: PREEMPT_RT, and KCSAN, which finds data races; also on threads.
RT='chain switch unbind hostile fuzz machine'

names()
{
	local scenario
	for scenario in $KASAN; do echo "kasan-$scenario"; done
	for scenario in $SMP; do echo "smp-$scenario"; done
	for scenario in $RT; do echo "rt-$scenario"; done
}

# kernel_of NAME: builds it where needed, prints its folder
kernel_of()
{
	local kernel=kasan
	[[ $1 != rt-* ]] || kernel=rt
	"$TESTS/../tools/lab/build-kernel" $kernel "$TESTS"/debug/{base,debug,$kernel}.config
}

# options_of NAME: for tools/lab/run
options_of()
{
	case $1 in
	kasan-*) echo --smp 1 --mem 640 --ns-per-insn 1 ;;
	*) echo --smp 2 --mem 1024 --threads ;;
	esac
}

# run NAME
run()
{
	local kernel timeout=900 play_baud='' want_fixes=
	[[ $1 != *-soak ]] || timeout=5400
	[[ $1 != kasan-bottom-halves ]] || want_fixes=yes
	[[ $1 != kasan-* ]] || play_baud=$PLAY_BAUD
	kernel=$(kernel_of "$1") || return
	# With warnings on the console, a scenario that hangs has them too.
	FLAVOUR=${1%%-*} INSTRUMENTED="--kernel $kernel --append loglevel=5 $(options_of "$1")" \
		TIMEOUT=$timeout PLAY_BAUD=$play_baud WANT_FIXES=$want_fixes \
		SENTENCES=${play_baud:+24} MINUTES=${MINUTES:-30} "$TESTS/lab.sh" "${1#*-}"
}

case ${1:-} in
--list) names; exit ;;
--build)
	shift
	for name; do kernel_of "$name" >/dev/null || exit; done
	exit ;;
'' | -*) echo "debug.sh: say --list, --build or names" >&2; exit 2 ;;
esac
status=0
for name; do
	names | grep -qxF -e "$name" || { echo "debug.sh: there is no '$name', see --list" >&2; exit 2; }
	run "$name" || status=1
done
exit $status
