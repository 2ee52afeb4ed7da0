#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Holds what gnss-fix makes of real receivers' logs, fixes and satellites, against what
# gpsd made of them. The logs are gpsd's, and not part of this project.
#
#   nmea-logs.sh
#
#   NMEA_LOGS   folder of the logs and of compare-tpv, default ../shared/nmea
#   PROGRAMS    folder of the programs, default: build/programs/host, built here
set -u

PROJECT=$(cd "$(dirname "$0")/.." && pwd)
NMEA_LOGS=${NMEA_LOGS:-$PROJECT/../shared/nmea}
STATUS=0

# What gpsd does that this project does not.
options_of()
{
	case $1 in
	garmin48) echo --no-alt ;;	# takes the altitude from $PGRMZ, in feet
	rst39) echo --no-date ;;	# takes 2014 for a date before its own making
	esac
}

# No fix in them, although there are positions in some.
has_no_fix()
{
	case $1 in
	holux-gm-210 | hp58534a | ublox-lea-5q) return 0 ;;
	*) return 1 ;;
	esac
}

# gnss-fix takes none of its sentences, says so, and ends with 1.
has_no_checksums() { [ "$1" = hp58534a ]; }

# Where satellites differ from gpsd's: see compare-sky.
sky_differences_of()
{
	case $1 in
	gr601-w | mtk-3329) echo begin-cut ;;
	skytraq-PX1172RH_DS) echo galileo-e1 ;;
	triton400) echo used-before ;;
	ublox-f9p-hpnmea) echo group-cut ;;
	esac
}

# No GSV in them, or no checksums.
has_no_sky()
{
	case $1 in
	april6_2019 | firefly-II | hp58534a | magellan-ec10 | rst39 | ublox-lea-5q) return 0 ;;
	*) return 1 ;;
	esac
}

# tell STATUS WHAT VERDICT: a line of VERDICT for each difference, and one that sums up
tell()
{
	local sum
	sum=$(tail -n 1 <<<"$3")
	if [ "$1" = 0 ]; then
		echo "ok - $2 (${sum%%,*})"
	else
		echo "# ${3//$'\n'/$'\n'# }"
		echo "not ok - $2 ($sum)"
		STATUS=1
	fi
}

check_sky()
{
	local log=$1 name read verdict status=0
	name=$(basename "$log" .log)
	read=$(mktemp)
	"$PROGRAMS/gnss-fix" --file "$log" --json --sky >"$read" 2>/dev/null
	# shellcheck disable=SC2046
	verdict=$(python3 "$PROJECT/tests/compare-sky" "$read" "$log.chk" \
		$(sky_differences_of "$name")) || status=1
	has_no_sky "$name" || [[ $(tail -n 1 <<<"$verdict") != "0 skies"* ]] || status=1
	rm -f "$read"
	tell $status "satellites of $name" "$verdict"
}

check()
{
	local log=$1 name read verdict status
	name=$(basename "$log" .log)
	read=$(mktemp)
	"$PROGRAMS/gnss-fix" --file "$log" --json >"$read"
	status=$?
	has_no_checksums "$name" && [ $status = 1 ] && status=0
	# shellcheck disable=SC2046
	verdict=$(python3 "$NMEA_LOGS/compare-tpv" $(options_of "$name") "$read" "$log.chk") || status=1
	if has_no_fix "$name"; then
		grep -q '"lat"' "$read" && status=1
	elif [[ $(tail -n 1 <<<"$verdict") == "0 agree"* ]]; then
		status=1
	fi
	rm -f "$read"
	tell $status "nmea log $name" "$verdict"
}

main()
{
	local log
	if [ ! -e "$NMEA_LOGS/compare-tpv" ]; then
		echo "skip - nmea logs: THERE IS NO $NMEA_LOGS, NO REAL LOG WAS CHECKED, NEITHER FIXES NOR SATELLITES (set NMEA_LOGS)"
		return
	fi
	if [ -z "${PROGRAMS:-}" ]; then
		PROGRAMS=$PROJECT/build/programs/host
		make -s -C "$PROJECT/userspace" O="$PROGRAMS" || exit 1
	fi
	for log in "$NMEA_LOGS"/*.log; do
		check "$log"
		check_sky "$log"
	done
	exit $STATUS
}
main
