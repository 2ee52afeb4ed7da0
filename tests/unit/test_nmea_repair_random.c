// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: what is made of any doubtful bytes.
 */
#include "nmea_doubt_test.h"

/* Several bytes, some of them wrong, in bits that are called unsure. */
static void corrupt_some(struct sent *s, unsigned int n, unsigned int bits)
{
	unsigned int i;
	u8 unsure;

	while (n--) {
		for (unsure = 0, i = dice(bits) + 1; i; i--)
			unsure |= 1 << dice(8);
		corrupt(s, dice(s->n - 1), unsure & dice(256), unsure);
	}
}

static void what_is_taken_was_sent(void **state)
{
	unsigned int n, i, used, repaired, ambiguous;
	struct sent s;

	(void)state;
	for (n = 1; n <= 6; n++) {
		used = 0;
		repaired = 0;
		ambiguous = 0;
		for (i = 0; i < 12000; i++) {
			compose(&s, bodies[dice(BODIES)]);
			corrupt_some(&s, n, 2);
			transmit(&s);
			if (t.p.stats.sentences && !is_sent(&s))
				fail_msg("taken: %s%.*ssent: %s", told.text,
					 (int)s.n, s.received, s.text);
			used += t.p.stats.sentences;
			repaired += t.p.stats.repaired;
			ambiguous += t.p.stats.ambiguous;
		}
		print_message("# %u doubtful bytes: of %u sentences %u taken, %u of them repaired, %u ambiguous\n",
			      n, i, used, repaired, ambiguous);
		/* but for a '$' that can be a '!' */
		assert_true(n > 1 || used > i - i / 1000);
		assert_true(n > 2 || used > i / 2);
		assert_true(repaired > 0);
	}
}

/* What was sent is none of the readings. */
static void no_mask_holds_what_was_sent(void **state)
{
	unsigned int i, wrong = 0;
	struct sent s;
	u8 unsure;
	size_t at;

	(void)state;
	for (i = 0; i < 12000; i++) {
		compose(&s, bodies[dice(BODIES)]);
		at = 1 + dice(s.n - 6);
		unsure = 1 + dice(254);
		corrupt(&s, at, ~unsure & (1 + dice(255)), unsure);
		if (s.received[at] == s.text[at])
			continue;
		transmit(&s);
		assert_false(taken());
		wrong++;
	}
	assert_true(wrong > i / 2);
}

/*
 * One byte more is wrong, and nobody knows: that is no promise kept, and each
 * bit that is called unsure is a chance for the checksum to fit.
 */
static void what_is_wrong_without_doubt(void **state)
{
	unsigned int n, i, at, wrong;
	struct sent s;

	(void)state;
	for (n = 0; n <= 4; n++) {
		wrong = 0;
		for (i = 0; i < 12000; i++) {
			compose(&s, bodies[dice(BODIES)]);
			corrupt_some(&s, n, 1);
			do {
				at = 1 + dice(s.n - 6);
			} while (s.doubtful[at]);
			s.received[at] ^= 1 + dice(255);
			transmit(&s);
			wrong += t.p.stats.sentences && !is_sent(&s);
		}
		print_message("# a wrong byte and %u doubtful ones: %u of %u sentences taken for others\n",
			      n, wrong, i);
		assert_true(n || !wrong);
		assert_true(wrong < i / 20);
	}
}

/* Nothing is sent as it should be: counters and limits hold. */
static void any_input_keeps_the_sums(void **state)
{
	static const u8 likely[] = "$*,.\r\nMA07";
	unsigned int i, n;
	struct sent s;
	size_t at;

	(void)state;
	begin_watched();
	for (i = 0; i < 60000; i++) {
		compose(&s, bodies[dice(BODIES)]);
		corrupt_some(&s, dice(12), 4);
		for (n = dice(4); n; n--) {
			at = dice(s.n);
			s.doubtful[at] = dice(2);
			s.received[at] = dice(2) ? dice(256) :
					 likely[dice(sizeof(likely) - 1)];
		}
		s.n = dice(3) ? s.n : dice(s.n);
		deliver(&s);
		if (!dice(100))
			nmea_feed(&t.p, dice(256), NMEA_BYTE_BAD, 0, 0, t.clock++);
		t.n = 0;
	}
	expect_sums();
	for (n = 0; n < NMEA_TOO_LONG; n++)
		assert_true(told.verdict[n]);
}

/* One after the other, so that one could run into the next. */
static void a_stream_is_what_was_sent(void **state)
{
	unsigned int i, n = 0;
	struct sent s;

	(void)state;
	begin_watched();
	for (i = 0; i < 20000; i++) {
		compose(&s, bodies[dice(BODIES)]);
		corrupt_some(&s, dice(4), 2);
		deliver(&s);
		t.n = 0;
		if (t.p.stats.sentences == n)
			continue;
		assert_int_equal(t.p.stats.sentences, ++n);
		assert_true(is_sent(&s));
	}
	expect_sums();
	assert_true(n > i / 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_is_taken_was_sent),
		TEST(what_is_wrong_without_doubt),
		TEST(no_mask_holds_what_was_sent),
		TEST(any_input_keeps_the_sums),
		TEST(a_stream_is_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
