// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search for the rate, step by step: edges and sentences alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "baud_test.h"
#include "machine.h"

static u64 rng = 1;

/* Pulses of any length. */
static void make_noise(struct baud *b, s64 *now_ns, u32 edges)
{
	u32 i;

	for (i = 0; i < edges; i++) {
		*now_ns += 1000 + random_below(&rng, 299001);
		baud_edge(b, *now_ns, true);
	}
}

/* Pulses of one and two bits in turn, until the rate changes. */
static u32 edges_until_change(struct baud *b, s64 *now_ns, u32 bit_ns, bool both)
{
	u32 n, before = baud_rate(b);

	for (n = 1; n < 10000; n++) {
		*now_ns += bit_ns * (1 + n % 2);
		if (baud_edge(b, *now_ns, both) && baud_rate(b) != before)
			return n;
	}

	return 0;
}

static void it_begins_with_a_standard_rate(void **state)
{
	struct baud b;
	u32 i;

	(void)state;
	for (i = 0; i < BAUD_RATES; i++) {
		baud_init(&b, standard[i], 0);
		assert_int_equal(baud_rate(&b), standard[i]);
		assert_int_equal(baud_found(&b), 0);
	}
	baud_init(&b, 12345, 0);
	assert_int_equal(baud_rate(&b), 9600);
}

static void a_sentence_that_is_understood_is_proof(void **state)
{
	struct baud b;

	(void)state;
	baud_init(&b, 19200, 0);
	assert_true(baud_sentence(&b, 5, true));
	assert_int_equal(baud_found(&b), 19200);
	/* Told once. */
	assert_false(baud_sentence(&b, 6, true));
}

static void of_others_it_takes_two(void **state)
{
	struct baud b;

	(void)state;
	baud_init(&b, 19200, 0);
	assert_false(baud_sentence(&b, 5, false));
	assert_int_equal(baud_found(&b), 0);
	assert_true(baud_sentence(&b, 6, false));
	assert_int_equal(baud_found(&b), 19200);
}

static void a_sentence_confirms_the_rate_it_was_received_with(void **state)
{
	s64 now_ns = S;
	struct baud b;

	(void)state;
	baud_init(&b, 19200, 0);
	assert_int_not_equal(edges_until_change(&b, &now_ns, 104167, true), 0);
	assert_int_equal(baud_rate(&b), 9600);
	/* Drained late. */
	assert_false(baud_sentence(&b, now_ns - 1, true));
	assert_int_equal(baud_found(&b), 0);
	assert_true(baud_sentence(&b, now_ns + 1, true));
}

static void proof_is_of_one_rate(void **state)
{
	s64 now_ns = S;
	struct baud b;

	(void)state;
	baud_init(&b, 19200, 0);
	assert_false(baud_sentence(&b, now_ns, false));
	assert_int_not_equal(edges_until_change(&b, &now_ns, 104167, true), 0);
	assert_false(baud_sentence(&b, now_ns, false));
	assert_true(baud_sentence(&b, now_ns, false));
}

/* That no sentence came for long is the sender's will, as far as pulses tell. */
static void what_was_lost_is_tried_first(void **state)
{
	s64 now_ns = S;
	struct baud b;
	u32 k;

	(void)state;
	baud_init(&b, 4800, 0);
	edges_until_change(&b, &now_ns, 104167, true);
	assert_true(baud_sentence(&b, now_ns, true));
	assert_int_equal(baud_found(&b), 9600);
	for (k = 0; k < 90000 && baud_found(&b); k++) {
		now_ns += 104167;
		assert_false(baud_edge(&b, now_ns, true));
	}
	assert_int_equal(baud_found(&b), 0);
	assert_int_equal(baud_rate(&b), 9600);
	assert_in_range(k, 60000, 80000);
	assert_in_range(edges_until_change(&b, &now_ns, 104167, true), 1000, 1100);
}

static void a_pause_is_no_matter_once_it_is_found(void **state)
{
	s64 now_ns = S;
	struct baud b;

	(void)state;
	baud_init(&b, 9600, 0);
	assert_true(baud_edge(&b, now_ns, true));
	assert_true(baud_sentence(&b, now_ns, true));
	now_ns += S;
	assert_false(baud_edge(&b, now_ns, true));
	/* Nor when no sentence came for long. */
	make_noise(&b, &now_ns, 1030);
	now_ns += S;
	assert_false(baud_edge(&b, now_ns, true));
	assert_int_equal(baud_found(&b), 9600);
}

/* The best guess every other time, and no rate is left out. */
static void in_vain_all_rates_are_tried(void **state)
{
	u32 trials[BAUD_RATES] = {};
	s64 now_ns = S;
	struct baud b;
	u32 i, k, n, other = 0;

	(void)state;
	baud_init(&b, 4800, 0);
	for (k = 0; k < 12; k++) {
		n = edges_until_change(&b, &now_ns, 52083, true);
		/* Bounded: the time that two sentences take. */
		assert_in_range(n, 1, 1100);
		for (i = 0; i < BAUD_RATES; i++)
			trials[i] += standard[i] == baud_rate(&b);
		if (k % 2 == 0)
			assert_int_equal(baud_rate(&b), 19200);
		else
			other += baud_rate(&b) != 19200;
	}
	assert_int_equal(other, 6);
	for (i = 0; i < BAUD_RATES; i++)
		assert_in_range(trials[i], 1, 6);
}

/* Patience is that of a sender's bytes: half of their edges are seen. */
static void falling_edges_alone_count_twice(void **state)
{
	s64 now_ns = S;
	struct baud b;
	u32 both, one;

	(void)state;
	baud_init(&b, 4800, 0);
	edges_until_change(&b, &now_ns, 52083, true);
	both = edges_until_change(&b, &now_ns, 52083, true);
	baud_init(&b, 4800, 0);
	edges_until_change(&b, &now_ns, 52083, false);
	one = edges_until_change(&b, &now_ns, 52083, false);
	assert_in_range(one, both / 2 - 64, both / 2 + 64);
}

static void noise_is_no_rate(void **state)
{
	s64 now_ns = S;
	struct baud b;
	u32 i;

	(void)state;
	baud_init(&b, 9600, 0);
	assert_true(baud_sentence(&b, now_ns, true));
	/* For a while, and again and again. */
	for (i = 0; i < 20; i++) {
		make_noise(&b, &now_ns, 1200);
		assert_int_equal(baud_found(&b), 9600);
		baud_sentence(&b, now_ns, true);
	}
	/* For long. */
	make_noise(&b, &now_ns, 6000);
	assert_int_equal(baud_found(&b), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins_with_a_standard_rate),
		cmocka_unit_test(a_sentence_that_is_understood_is_proof),
		cmocka_unit_test(of_others_it_takes_two),
		cmocka_unit_test(a_sentence_confirms_the_rate_it_was_received_with),
		cmocka_unit_test(proof_is_of_one_rate),
		cmocka_unit_test(what_was_lost_is_tried_first),
		cmocka_unit_test(a_pause_is_no_matter_once_it_is_found),
		cmocka_unit_test(in_vain_all_rates_are_tried),
		cmocka_unit_test(falling_edges_alone_count_twice),
		cmocka_unit_test(noise_is_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
