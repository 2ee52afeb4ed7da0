// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of recorder and decoder have in common.
 */
#include "uart_test.h"

/* Rows that failed; some are printed. */
static u32 failed[ENGINES];

#define FAILED_PRINTED	10

void check(bool ok, const char *what, ...)
{
	va_list args;

	if (ok || failed[r.engine]++ >= FAILED_PRINTED)
		return;
	printf("# FAILED: engine %s, %u baud, clock %+d ppm: ", engine_names[r.engine],
	       r.baud, r.skew_ppm);
	va_start(args, what);
	vprintf(what, args);
	va_end(args);
	printf("\n");
}

void assert_none_failed(void)
{
	u32 n = failed[TIMER] + failed[EDGE];

	memset(failed, 0, sizeof(failed));
	assert_int_equal(n, 0);
}

void check_bytes(const char *what, u32 wrong, u32 doubtful)
{
	struct figures f = {};

	judge(&f);
	check(!f.wrong_good && f.wrong + f.lost + f.extra <= wrong && f.doubtful <= doubtful,
	      "%s: of %u bytes %u wrong, %u lost, %u more, %u doubtful, %u wrong ones good",
	      what, f.bytes, f.wrong, f.lost, f.extra, f.doubtful, f.wrong_good);
}

u32 count_good(void)
{
	u32 i, good = 0;

	for (i = 0; i < r.got; i++)
		good += !r.bytes[i].flags;

	return good;
}

void prepare_taught(enum engine engine, u32 baud, s32 skew_ppm, u64 seed)
{
	prepare(engine, baud, skew_ppm, seed);
	send_random(LEAD);
	receive();
	new_line(r.now_ns + 100 * line_bit_ns());
}
