#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fuzzes the parser, under AddressSanitizer and UBSan: tests/fuzz/fuzz_nmea.c.
#
#   fuzz.sh [SECONDS]      default 30; 0: until it is interrupted
#
# What was found stays in tests/fuzz in the cache ($CACHE, or build/), and is where the
# next run begins.
set -u

PROJECT=$(cd "$(dirname "$0")/.." && pwd)
O=${CACHE:-$PROJECT/build}/tests/fuzz
SECONDS_MAX=${1:-30}
if ! [[ $SECONDS_MAX =~ ^(0|[1-9][0-9]{0,6})$ ]]; then
	echo "fuzz.sh: SECONDS is to be a number, 0 for no end, not '$SECONDS_MAX'" >&2
	exit 2
fi

mkdir -p "$O/corpus" || exit 1
clang -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-o "$O/fuzz_nmea" "$PROJECT"/tests/fuzz/fuzz_nmea.c \
	"$PROJECT"/driver/nmea*.c || exit 1
make -s -C "$PROJECT/userspace" O="$O/programs" "$O/programs/nmea-gen" || exit 1
for route in city pole dateline; do
	"$O/programs/nmea-gen" --talker GN --route $route --epochs 2 >"$O/corpus/$route" || exit 1
done

"$O/fuzz_nmea" -max_total_time="$SECONDS_MAX" -max_len=1500 -print_final_stats=1 \
	-artifact_prefix="$O/" "$O/corpus" >"$O/log" 2>&1
status=$?
found=$(grep -E '^#[0-9]+.*cov:' "$O/log" | tail -n 1 | sed 's/.*cov: \([0-9]*\) ft: \([0-9]*\).*/\1 edges, \2 features/')
ran=$(sed -n 's/^stat::number_of_executed_units: *//p' "$O/log")
if [ $status = 0 ]; then
	echo "ok - the parser withstands $ran inputs ($found)"
else
	grep -vE '^#[0-9]' "$O/log" | tail -n 40
	echo "not ok - the parser withstands what is fuzzed, see $O"
	exit 1
fi
