#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What gnss-ctl says before it speaks to a receiver; the rest is in the lab.
#
#   test_gnss_ctl.sh PROGRAMS
# shellcheck disable=SC2016 # sentences begin with '$'
set -u

export PROGRAM=gnss-ctl
PROGRAMS=$1
. ./program.sh

# wrong WORDS WORD...: wrong use, whatever the device
wrong()
{
	local words=$1
	shift
	refuses --device "$DIR/none" "$@" && grep -qF -e "$words" "$DIR/err" && return
	echo "# wanted: $words"
	return 1
}

wrong_use()
{
	wrong 'command and its value are missing' && wrong "command 'rate' needs a value" rate &&
		wrong "no command 'speed'" speed && wrong "'5' is one argument too many" rate 5 5 &&
		wrong 'rate must be a number from 1 to 20' rate 0 &&
		wrong 'no plain command' --protocol plain rate 5 &&
		wrong 'no plain command' --protocol plain baud 9600 &&
		wrong 'is a UBX frame' --protocol mtk send 0a04 &&
		wrong 'one sentence at a time' send '$PMTK605*31$PMTK220,200'
}

no_device()
{
	"$PROGRAMS/gnss-ctl" --device "$DIR/none" rate 5 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'is the driver loaded' "$DIR/err"
}

nobody() { setpriv --reuid=65534 --clear-groups "$@"; }

no_permission()
{
	: >"$DIR/device"
	chmod 0 "$DIR/device"
	chmod 755 "$DIR"
	nobody "$PROGRAMS/gnss-ctl" --device "$DIR/device" rate 5 2>"$DIR/err"
	[ $? = 1 ] && grep -q 'usermod -aG dialout' "$DIR/err"
}

wrong_use
result $? 'wrong use'
no_device
result $? 'no device'
if nobody test -x "$PROGRAMS/gnss-ctl" 2>/dev/null; then
	no_permission
	result $? 'no permission'
else
	echo 'skip - gnss-ctl: no permission: another user cannot run it from here'
fi
exit "$STATUS"
