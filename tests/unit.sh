#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unit tests, under AddressSanitizer and UBSan.
cd "$(dirname "$0")/.." || exit 1
exec make -s -C tests/unit O="${CACHE:-$PWD/build}/tests/unit" check
