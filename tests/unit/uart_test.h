/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of recorder and decoder have in common: all rows of a table are
 * played before a test fails.
 */
#ifndef TESTS_UNIT_UART_TEST_H
#define TESTS_UNIT_UART_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "reception.h"

#define FOR_ENGINES(engine)	for (engine = TIMER; engine < ENGINES; engine++)

/* Bytes that teach a decoder the sender's clock and where its frames begin. */
#define LEAD		600

/* "As many as there are" and "this engine is not asked for it" */
#define ANY		(~0U - 1)
#define NOT_ASKED	(~0U)

/* Notes a row that failed, and says so of the first ones. */
void __attribute__((format(printf, 2, 3))) check(bool ok, const char *what, ...);

/* Fails if a row has failed since the last time. */
void assert_none_failed(void);

/* All bytes are right but @wrong of them; @doubtful may be doubtful. */
void check_bytes(const char *what, u32 wrong, u32 doubtful);

u32 count_good(void);

/* A decoder that knows the sender, which has paused since. */
void prepare_taught(enum engine engine, u32 baud, s32 skew_ppm, u64 seed);

#endif /* TESTS_UNIT_UART_TEST_H */
