// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: doubtful '$', '*' and line ends.
 */
#include "nmea_doubt_test.h"

static void star_and_another_byte(void **state)
{
	struct sent s;
	size_t i, at;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 1; at < s.n - 5; at++) {
			compose(&s, bodies[i]);
			corrupt(&s, s.n - 5, 4, 4);	/* '*' reads '.' */
			corrupt(&s, at, 2, 2);
			transmit(&s);
			expect_sent(&s, true, at);
		}
	}
}

static void points_that_read_as_stars(void **state)
{
	struct sent s;
	size_t at;

	(void)state;
	/* followed by two digits, by one, and by none */
	compose(&s, "GPVTG,77.52,T,,M,0.0,N,0.,K,A");
	for (at = 0; at < s.n; at++)
		if (s.text[at] == '.')
			corrupt(&s, at, 4, 4);
	transmit(&s);
	expect_sent(&s, true, 0);
}

/* A star that is none, and the right one, where a sentence becomes too long. */
static void star_at_the_end_of_the_room(void **state)
{
	char body[NMEA_MAX_SENTENCE + 8];
	size_t len, gap;
	struct sent s;

	(void)state;
	for (len = NMEA_MAX_SENTENCE - 8; len < NMEA_MAX_SENTENCE; len++) {
		for (gap = 1; gap < 8; gap++) {
			memset(body, 'A', len);
			memcpy(body, "GPXXX,", 6);
			body[len] = '\0';
			body[len - gap] = '.';
			compose(&s, body);
			corrupt(&s, 1 + len - gap, 4, 4);
			transmit(&s);
			assert_int_equal(told.count, 1);
			if (len + 4 <= NMEA_MAX_SENTENCE)
				expect_sent(&s, true, gap);
			else
				assert_false(taken());
		}
	}
}

static void doubtful_dollar(void **state)
{
	struct sent s;

	(void)state;
	/* '$' for '4' within a sentence starts no other one */
	compose(&s, bodies[0]);
	corrupt(&s, strcspn(s.text, "4"), 0x10, 0x10);
	transmit(&s);
	expect_sent(&s, true, 0);
	assert_int_equal(told.count, 1);
	/* what can be '!' is no '$' */
	compose(&s, bodies[0]);
	corrupt(&s, 0, 0, 5);
	transmit(&s);
	assert_int_equal(told.count, 0);
	corrupt(&s, 0, 5, 5);
	transmit(&s);
	assert_int_equal(told.count, 0);
	/* nor is what comes then: here a comma that reads as '$' */
	compose(&s, "GPGGA,092725,4717.113,N,00833.915,E,1,08,1.01,499,M,48,M,,");
	corrupt(&s, 0, 5, 5);
	corrupt(&s, 6, 8, 8);
	transmit(&s);
	assert_int_equal(told.count, 0);
	/* until the line end */
	deliver(&s);
	compose(&s, bodies[0]);
	corrupt(&s, 0, 8, 8);
	deliver(&s);
	expect_sent_last(&s, true);
	/* nor does one that can be a '$' cut a sentence off */
	compose(&s, bodies[0]);
	corrupt(&s, 12, 0, s.text[12] ^ '$');
	transmit(&s);
	expect_sent(&s, false, 0);
}

static void doubtful_line_end(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, bodies[0]);
	corrupt(&s, s.n - 2, 0x40, 0x40);	/* CR reads 'M' */
	transmit(&s);
	expect_sent(&s, true, 0);
	/* and M reads as CR */
	compose(&s, "GPGGA,092725,4717.113,N,00833.915,E,1,08,1.01,499.6,M,48.0,M,,");
	corrupt(&s, strcspn(s.text, "M"), 0x40, 0x40);
	transmit(&s);
	expect_sent(&s, true, 0);
	assert_int_equal(t.p.stats.no_checksum, 0);
}

/* A whole sentence, or the begin of one, as two doubtful bytes have it. */
static void star_and_line_end_that_may_be_none(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, "PUBX,00,081");
	corrupt(&s, s.n - 5, 0, 4);
	transmit(&s);
	expect_sent(&s, false, 0);
	corrupt(&s, s.n - 2, 0, 0x40);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
	/* the next one has a line end that is none but a line end */
	compose(&s, "PUBX,00,081");
	corrupt(&s, s.n - 5, 0, 4);
	deliver(&s);
	assert_int_equal(t.p.stats.ignored, 1);
}

/* Amid a line, what can be anything but '$' is not one. */
static void where_a_doubtful_dollar_starts(void **state)
{
	struct sent s;

	(void)state;
	begin_watched();
	compose(&s, bodies[0]);
	corrupt(&s, 0, 8, 8);
	/* after a CR alone */
	raw("$GPGLL,,,,,120001.00,V,N*48\r");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 2);
	/* right after a byte that garbled a sentence */
	raw("$GPGLL,");
	nmea_feed(&t.p, ',', NMEA_BYTE_BAD, 0, 0, t.clock++);
	deliver(&s);
	assert_int_equal(t.p.stats.used, 2);
	/* after junk, and after its end */
	raw("#");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 2);
	raw("#\n");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 3);
}

static void address_that_is_none(void **state)
{
	static const char *const odd[] = { "", "GPG", "94", "9999", "GPRmC",
					   "GP-MC", "GP GGA" };
	char body[40];
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		snprintf(body, sizeof(body), "%s,1,2,3", odd[i]);
		compose(&s, body);
		transmit(&s);
		expect_sent(&s, false, i);
		corrupt(&s, strlen(odd[i]) + 2, 0, 1);
		transmit(&s);
		assert_int_equal(t.p.stats.ambiguous, 1);
		corrupt(&s, strlen(odd[i]) + 2, 1, 1);
		transmit(&s);
		assert_int_equal(t.p.stats.checksum_errors, 1);
	}
}

static void bad_and_doubtful_is_bad(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,120002.00,V,");
	nmea_feed(&t.p, 'N', NMEA_BYTE_BAD | NMEA_BYTE_DOUBTFUL, 1, 0,
		  t.clock++);
	assert_int_equal(t.p.stats.garbled, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(star_and_another_byte),
		TEST(points_that_read_as_stars),
		TEST(star_at_the_end_of_the_room),
		TEST(doubtful_dollar),
		TEST(doubtful_line_end),
		TEST(star_and_line_end_that_may_be_none),
		TEST(where_a_doubtful_dollar_starts),
		TEST(address_that_is_none),
		TEST(bad_and_doubtful_is_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
