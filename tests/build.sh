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

for kernel in '6.12' '6.12 rt' '6.12 amd64' '6.1' '6.1 armhf'; do
	check "modules build with W=1 and sparse: $kernel" modules "$kernel"
done
check 'modules build with W=1 and sparse: 6.12 without PPS and GNSS' \
	env SPARSE=1 tools/lab/build-modules --strict --without PPS,GNSS 6.12
check 'programs build for arm64' tools/lab/build-programs --strict
check 'programs build for armhf' tools/lab/build-programs --strict --arch armhf
check 'programs build for arm64, with the libraries of Debian 13' tools/lab/build-programs --strict --suite trixie
check 'programs build for the host' make -s -C userspace \
	O="${CACHE:-$PWD/build}/programs/host"
exit $STATUS
