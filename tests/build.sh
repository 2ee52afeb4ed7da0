#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The modules build without a warning, of the compiler at W=1 or of sparse, for
# each kernel that is promised; so do the programs.

set -u
cd "$(dirname "$0")/.." || exit 1
. tests/host-lib.sh

modules()
{
	local release
	# shellcheck disable=SC2086 # words
	release=$(tools/lab/fetch resolve $1) &&
		SPARSE=1 tools/lab/build-modules --strict "$release" &&
		SPARSE=1 tools/lab/build-modules --strict --source tools/cost "$release"
}

# layout ARCH: where each field of the driver's interface is
layout()
{
	local name object
	object=$(mktemp) || return
	sed -n 's/^\(struct gnss_gpio_\([a-z]*\)\) {$/\1 \2;/p' driver/uapi/gnss-gpio.h |
		cat <(echo '#include "gnss-gpio.h"') - |
		tools/lab/compile "$1" -g -c -I driver/uapi -o "$object" -x c - &&
		pahole -E --suppress_aligned_attribute "$object" | grep -v cacheline
	rm "$object"
}

layouts()
{
	local of_32 of_64
	of_32=$(layout armhf) && of_64=$(layout arm64) && diff <(echo "$of_32") <(echo "$of_64") &&
		grep -q lat_nd <<<"$of_32" && ! grep -E 'hole|padding' <<<"$of_32"
}

for kernel in '6.12' '6.12 rt' '6.12 amd64' '6.1'; do
	check "modules build with W=1 and sparse: $kernel" modules "$kernel"
done
check 'modules build with W=1 and sparse: 6.12 without PPS and GNSS' \
	env SPARSE=1 tools/lab/build-modules --strict --without PPS,GNSS 6.12
check 'programs build for arm64' tools/lab/build-programs --strict
check 'programs build for arm64, with the libraries of Debian 13' tools/lab/build-programs --strict --suite trixie
check 'programs build for the host' make -s -C userspace \
	O="${CACHE:-$PWD/build}/programs/host"
if has_32_bit 'modules and programs build for 32 bit'; then
	check 'modules build with W=1 and sparse: 6.1 armhf' modules '6.1 armhf'
	check 'programs build for armhf' tools/lab/build-programs --strict --arch armhf
	check 'the structures of the interface are the same on 32 and 64 bit, without holes' layouts
fi
exit $STATUS
