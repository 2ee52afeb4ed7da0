// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line whose recorder changes amid the data, as the driver's does when its receive
 * engine is changed: at any time, and for a moment rising edges interrupt that are
 * not expected to.  The decoder goes on.  Or only its looks are set anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reception.h"

/* A change is asked for so often. */
#define CHANGE_MIN_NS	40000000
#define CHANGE_MORE_NS	20000000

/* Then rising edges interrupt though they are not expected, in eighths of a bit. */
#define BETWEEN_MORE_8THS	24

/* Interrupts are off for so long at most; what is asked of the bytes. */
struct change_cell {
	u32 baud;
	u32 off_us;
	u32 wrong;		/* of 1000 changes, so many may cost a byte */
	u32 doubtful;		/* bytes that may be, for each change */
};

#define ANY	(~0U)

static const struct change_cell cells[] = {
	{ 4800, 0, 25, 2 },
	{ 4800, 30, 25, 2 },
	{ 4800, 80, 25, 2 },
	{ 9600, 0, 25, 4 },
	{ 9600, 30, 25, 4 },
	{ 9600, 80, ANY, 4 },
	{ 19200, 0, 25, 4 },
	{ 19200, 30, 100, 4 },
	{ 19200, 80, ANY, ANY },
	{ 38400, 0, 150, ANY },
	{ 38400, 80, ANY, ANY },
	{ 57600, 0, ANY, ANY },
};

/* Until the clock is known. */
#define LEARNING_BYTES	80

static u32 seeds = 2;

static void receive_some(s64 *t_ns, u32 least_ns, u32 more_ns)
{
	*t_ns += least_ns + random_below(&r.rng, more_ns);
	receive_until(*t_ns);
}

/* Returns how often the engine was changed. */
static u32 receive_changing(void)
{
	u32 between_ns = BETWEEN_MORE_8THS * line_bit_ns() / 8;
	s64 t_ns = RUN_START_NS;
	u32 n;

	for (n = 0; t_ns < line_end_ns(); n++) {
		receive_some(&t_ns, CHANGE_MIN_NS, CHANGE_MORE_NS);
		if (r.engine == EDGE) {
			set_engine(TIMER, t_ns);
			receive_some(&t_ns, 0, between_ns);
			set_rises(false, t_ns);
		} else {
			set_rises(true, t_ns);
			receive_some(&t_ns, 0, between_ns);
			set_engine(EDGE, t_ns);
		}
	}
	receive();

	return n;
}

/* Returns false if it is not as asked for. */
static bool play_cell(const struct change_cell *cell, s32 percent)
{
	struct figures f = {};
	u32 seed, changes = 0;

	for (seed = 1; seed <= seeds; seed++) {
		prepare(seed & 1 ? EDGE : TIMER, cell->baud, percent * 10000, seed);
		send_nmea();
		r.cpu.m = machine_lab;
		r.cpu.m.order = seed & 2 ? TIMER_FIRST : DUE_FIRST;
		r.cpu.m.off_max = cell->off_us * 1000;
		changes += receive_changing();
		judge(&f);
		judge_sentences(&f);
	}
	printf("# %5u baud %+d %%, off <= %2u us, %u changes: ", cell->baud, percent,
	       cell->off_us, changes / seeds);
	print_figures(&f, seeds);

	return !f.wrong_good &&
	       (cell->wrong == ANY ||
		(f.wrong + f.lost + f.extra) * 1000 <= cell->wrong * changes) &&
	       (cell->doubtful == ANY ||
		f.doubtful <= cell->doubtful * changes + LEARNING_BYTES * seeds);
}

static void changes_amid_the_data(void **state)
{
	u32 i, failed = 0;
	s32 percent;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cells); i++) {
		for (percent = -4; percent <= 4; percent += 4) {
			if (play_cell(&cells[i], percent))
				continue;
			printf("# FAILED\n");
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

/* Also where one is overdue then. */
static void looks_set_anew_are_not_lost(void **state)
{
	struct figures f = {};
	u32 looked;
	s64 t_ns;

	(void)state;
	prepare(TIMER, 38400, 0, 1);
	send_nmea();
	receive();
	looked = r.looked;
	prepare(TIMER, 38400, 0, 1);
	send_nmea();
	for (t_ns = RUN_START_NS; t_ns < line_end_ns();) {
		receive_some(&t_ns, 0, line_bit_ns());
		retime(t_ns, 2000);
	}
	receive();
	judge(&f);
	assert_int_equal(r.looked, looked);
	assert_int_equal(f.wrong + f.lost + f.extra, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_amid_the_data),
		cmocka_unit_test(looks_set_anew_are_not_lost),
	};

	if (argc > 1)	/* more runs */
		seeds = atoi(argv[1]);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
