#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What make and the scripts say to wrong use, before they begin.
#
#   test_usage.sh
set -u

cd ../.. || exit 1
unset MAKEFLAGS MAKELEVEL CACHE
STATUS=0

# refuses STATUS WORDS COMMAND...: within a short time, and says the words
refuses()
{
	local status=$1 words=$2 said
	shift 2
	said=$(timeout 60 "$@" 2>&1 </dev/null)
	if [ $? = "$status" ] && grep -qF -e "$words" <<<"$said"; then
		echo "ok - usage: $*"
	else
		printf 'not ok - usage: %s\n%s\n' "$*" "$said"
		STATUS=1
	fi
}

refuses 2 'does not know TEST;' make -n check clean TEST=unit
refuses 2 'does not know TESTS;' make -n programs TESTS=unit
refuses 2 'does not know TESTS;' make -n TESTS=unit
refuses 2 'does not know BHS;' make -n demo BHS=tasklet
refuses 0 '' make -n check clean TESTS=unit KDIR=/nonexistent
refuses 0 '' make -n programs CC=clang V=1
refuses 2 'CACHE=/dev/null is not a folder' make -n demo CACHE=/dev/null
refuses 2 'install the headers of the running kernel' make install KDIR=/nonexistent
refuses 2 'apt-get install build-essential' make -C userspace O="$(mktemp -du)" CC=nosuchcc
refuses 2 "not 'x'" tests/fuzz.sh x
refuses 2 "no 'nosuch'" tests/newest.sh build nosuch
refuses 2 "no option '--al'" tests/limits.sh --al
refuses 2 "no scenario 'nosuch'" tests/lab.sh nosuch
refuses 2 "no scenario ''" tests/lab.sh
refuses 0 'run --list' tests/run --help
refuses 1 'compare-fixes: [Errno 2]' tools/compare-fixes nosuch x

# By another name of the same folder, too, what a header is part of is built again.
FOLDER=$(mktemp -d)
make -s -C userspace O="$FOLDER/../${FOLDER##*/}" "$FOLDER/../${FOLDER##*/}/gnss-fix" >/dev/null
refuses 0 "-c -o $FOLDER/.obj/cli.o" make -n -C userspace -W cli.h O="$FOLDER" "$FOLDER/gnss-fix"
rm -r "$FOLDER"
exit $STATUS
