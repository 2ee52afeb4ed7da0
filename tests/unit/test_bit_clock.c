// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sender's clock, found out from edges that interrupts see late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../driver/bit_clock.h"
#include "../../driver/sim/waveform.h"

#define BYTES		1024

/* Lateness of an interrupt, ns: each, and once in a while. */
struct lateness {
	u32 least, most;
	u32 seldom_permille, seldom;
};

static u64 rng;

static u32 random_below(u32 limit)
{
	rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;

	return (rng >> 33) % limit;
}

/* Printable bytes back to back; returns the edges it took, 0 if it never ended. */
static u32 listen(struct bit_clock *c, u32 baud, s32 skew_ppm,
		  const struct lateness *l, u64 seed)
{
	static u8 bytes[BYTES];
	struct waveform wave = {
		.start_ns = 5000000,
		.bit_ps = waveform_bit_ps(baud, skew_ppm),
		.bytes = bytes,
		.mask = BYTES - 1,
		.count = BYTES,
	};
	u64 seen_ns = 0, edge_ns;
	u32 i, n = 0;

	rng = seed;
	for (i = 0; i < BYTES; i++)
		bytes[i] = ' ' + random_below(64);
	while (!c->known) {
		edge_ns = waveform_next_edge(&wave, seen_ns, WAVEFORM_FALLING |
							     WAVEFORM_RISING);
		if (edge_ns == WAVEFORM_NEVER)
			return 0;
		seen_ns = edge_ns + l->least + random_below(l->most - l->least + 1);
		if (random_below(1000) < l->seldom_permille)
			seen_ns += random_below(l->seldom);
		bit_clock_edge(c, seen_ns);
		n++;
	}

	return n;
}

/* How far the clock that was found is from the sender's, 1e-6. */
static u32 off_ppm(const struct bit_clock *c, u32 baud, s32 skew_ppm)
{
	s64 bit_ps = waveform_bit_ps(baud, skew_ppm);

	return llabs(c->best_ns * 1000LL - bit_ps) * 1000000 / bit_ps;
}

static void find(u32 baud, const struct lateness *l, u32 most_edges, u32 most_ppm)
{
	u32 n, ppm, worst_ppm = 0, worst_n = 0;
	struct bit_clock c;
	s32 percent;
	u64 seed;

	for (percent = -4; percent <= 4; percent++) {
		for (seed = 1; seed <= 50; seed++) {
			bit_clock_init(&c, (1000000000 + baud / 2) / baud);
			n = listen(&c, baud, percent * 10000, l, seed);
			assert_true(n);
			ppm = off_ppm(&c, baud, percent * 10000);
			if (ppm > worst_ppm)
				worst_ppm = ppm;
			if (n > worst_n)
				worst_n = n;
		}
	}
	printf("# %u baud, -4 to 4 %%: found after %u edges at most, off by %u ppm at most\n",
	       baud, worst_n, worst_ppm);
	assert_in_range(worst_n, 1, most_edges);
	assert_in_range(worst_ppm, 0, most_ppm);
}

static void senders_are_found_at_each_rate(void **state)
{
	static const struct lateness lab = { 3000, 7000, 0, 1 };
	static const u32 bauds[] = { 300, 4800, 9600, 19200, 38400 };
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(bauds) / sizeof(bauds[0]); i++)
		find(bauds[i], &lab, 500, 4000);
}

static void some_that_come_much_later_do_no_harm(void **state)
{
	static const struct lateness disturbed = { 3000, 7000, 30, 80000 };
	static const struct lateness busy = { 3000, 7000, 50, 25000 };

	(void)state;
	find(4800, &disturbed, 500, 5000);
	find(9600, &disturbed, 1000, 6000);
	find(38400, &busy, 1500, 5000);
}

static void a_clock_that_nothing_can_have_is_not_believed(void **state)
{
	s64 now_ns = 1000000;
	struct bit_clock c;
	u32 i;

	(void)state;
	/* 10 % off: what fits best is at the end of what is tried. */
	bit_clock_init(&c, 104167);
	for (i = 0; i < 5000; i++) {
		now_ns += (1 + random_below(5)) * 114583;
		bit_clock_edge(&c, now_ns);
		assert_false(c.known);
	}
}

static void pauses_tell_nothing(void **state)
{
	struct bit_clock c;
	u32 i;

	(void)state;
	bit_clock_init(&c, 104167);
	for (i = 1; i < 1000; i++)
		bit_clock_edge(&c, i * 50000000LL);
	assert_int_equal(c.n, 0);
	assert_int_equal(c.best_ns, 104167);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(senders_are_found_at_each_rate),
		cmocka_unit_test(some_that_come_much_later_do_no_harm),
		cmocka_unit_test(a_clock_that_nothing_can_have_is_not_believed),
		cmocka_unit_test(pauses_tell_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
