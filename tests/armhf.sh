#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The driver in a 32-bit guest: what takes longer than lab-chain and lab-abi, which every
# 'make check' runs.
#
#   armhf.sh NAME...     scenarios of tests/lab
#   armhf.sh --list      the names

set -u
NAMES=(bottom-halves readers gpsd tx unbind)

if [ "${1:-}" = --list ]; then
	printf '%s\n' "${NAMES[@]}"
	exit
fi
GUEST_ARCH=armhf exec bash "$(dirname "$0")/lab.sh" "$@"
