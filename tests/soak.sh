#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A receiver of 1 Hz and gpsd for a day of virtual time, over a midnight; says how long
# that took. tests/debug/soak.sh is what runs in the lab.
#
#   soak.sh [MINUTES]
#
# 12 minutes take 70 s of a processor, so a day takes more than two hours.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 1

MINUTES=${1:-1440}
if ! [[ $MINUTES =~ ^[1-9][0-9]{1,4}$ ]]; then
	echo "soak.sh: MINUTES is to be 10 to 99999, not '$MINUTES'" >&2
	exit 2
fi
CACHE=$(realpath -m "${CACHE:-build}")
export CACHE
LOG=$CACHE/soak.log
mkdir -p "$CACHE"

# Slower than a clock on the wall, it hangs.
status=0
tools/lab/run --smp 1 --timeout $((MINUTES * 60 + 600)) --put tests/lab/lib.sh \
	--put tests/debug/soak.sh -- env MINUTES="$MINUTES" sh soak.sh | tee "$LOG" || status=$?
passed=$(grep -c '^ok' "$LOG") failed=$(grep -c '^not ok' "$LOG")
if [ $status != 0 ] || [ "$(tail -n 1 "$LOG")" != '# end' ]; then
	echo "not ok - the lab comes to its end, and the kernel warns of nothing (status $status)"
	failed=$((failed + 1))
fi
echo "$MINUTES minutes took $((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
