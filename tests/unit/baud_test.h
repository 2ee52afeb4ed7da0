/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the search for the rate share.
 */
#ifndef BAUD_TEST_H
#define BAUD_TEST_H

#include "../../driver/baud.h"

#define S		1000000000LL

static const u32 standard[BAUD_RATES] = {
	4800, 9600, 19200, 38400, 57600, 115200, 230400,
};

#endif /* BAUD_TEST_H */
