#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The driver on the newest kernel that Debian's suites offer.
#
#   newest.sh NAME...     'build', or a scenario of tests/lab
#   newest.sh --list      the names
#
# A kernel that cannot be fetched here is not tried: each test is skipped then.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

export SUITE=forky
NAMES=(build chain bottom-halves readers tx gnss pps suspend unbind refuse reload gpsd)

fetch_all()
{
	tools/lab/fetch kernel "$SUITE" && tools/lab/fetch headers "$SUITE" &&
		tools/lab/fetch sysroot arm64 "$SUITE"
}

# Debian's kbuild of this suite lacks what a check with sparse needs.
modules() { tools/lab/build-modules --strict "$@" "$SUITE"; }

# tests/build.sh compiles what is for kernels before a version: for 6.1.
branches()
{
	local line newest status=0
	newest=$(tools/lab/fetch resolve "$SUITE") || return
	while read -r line; do
		[[ $line =~ ^'#if KERNEL_VERSION('([0-9]+),\ ([0-9]+),\ 0') <= LINUX_VERSION_CODE'$ ]] &&
			printf '%s\n' 6.1 "${BASH_REMATCH[1]}.${BASH_REMATCH[2]}" "$newest" | sort -V -u -C &&
			continue
		echo "$line: no kernel that is built has this"
		status=1
	done < <(grep -E '^#(if|elif) ' driver/compat.h)
	return "$status"
}

build()
{
	check "newest: modules build with W=1: $SUITE" modules
	check "newest: modules build with W=1: $SUITE without PPS and GNSS" modules --without PPS,GNSS
	check "newest: module of tools/cost builds with W=1: $SUITE" modules --source tools/cost
	check 'newest: each branch of compat.h is built, for 6.1 or here' branches
}

if [ "${1:-}" = --list ]; then
	printf '%s\n' "${NAMES[@]}"
	exit
fi
for name; do
	[[ " ${NAMES[*]} " = *" $name "* ]] && continue
	echo "newest.sh: there is no '$name'; there are: ${NAMES[*]}" >&2
	exit 2
done
for name; do
	if ! why=$(fetch_all 2>&1 >/dev/null); then
		skip "newest: $name" "NOT TRIED ON DEBIAN'S NEWEST KERNEL, which cannot be fetched: $(tail -n 1 <<<"$why")"
	elif [ "$name" = build ]; then
		build
	else
		tests/lab.sh "$name" || STATUS=1
	fi
done
exit "$STATUS"
