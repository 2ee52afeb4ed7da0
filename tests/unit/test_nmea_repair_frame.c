// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: unsure bits of what begins and ends a sentence.
 */
#include "nmea_repair_test.h"

static void wrong_star_and_another_byte(void **state)
{
	struct sent s;
	size_t i, at;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 1; at < s.n - 5; at++) {
			compose(&s, bodies[i]);
			corrupt(&s, s.n - 5, 4, 90);	/* '*' reads '.' */
			corrupt(&s, at, 2, 60);
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
			corrupt(&s, at, 4, 60);
	transmit(&s);
	expect_sent(&s, true, 0);
	/* what comes then may be a line end, but the star need not be one */
	doubt(&s, 12, 0x21, 60);
	transmit(&s);
	expect_sent(&s, true, 0);
}

/* Wrong '$', line ends, and bytes that read as such. */
static void frame_is_repaired(void **state)
{
	static const char gga[] =
		"GPGGA,092725,4717.113,N,00833.915,E,1,08,1.01,499.6,M,48.0,M,,";
	static const struct sentence sentences[] = {
		{ "'$' reads ','", GLL, NMEA_USED, { { 0, 8, 60, true } } },
		{ "'$' reads '!'", GLL, NMEA_USED, { { 0, 5, 60, true } } },
		{ "4 reads '$'", GLL, NMEA_USED, { { 7, 0x10, 60, true } } },
		{ "comma reads '$'", GLL, NMEA_USED, { { 6, 8, 60, true } } },
		{ "comma reads FF", GLL, NMEA_USED, { { 6, 0x20, 60, true } } },
		{ "4 reads B4", GLL, NMEA_USED, { { 7, 0x80, 60, true } } },
		{ "two commas read AC", GLL, NMEA_USED,
		  { { 6, 0x80, 60, true }, { 17, 0x80, 60, true } } },
		{ "comma reads 8C", GLL, NMEA_USED, { { 6, 0xa0, 60, true } } },
		{ "M reads CR", gga, NMEA_USED, { { 53, 0x40, 60, true } } },
		{ "CR reads M", gga, NMEA_USED, { { 66, 0x40, 60, true } } },
		{ "CR and LF read M and J", gga, NMEA_USED,
		  { { 66, 0x40, 60, true }, { 67, 0x40, 60, true } } },
		{ "CR reads M, and '*' may be '.'", gga, NMEA_USED,
		  { { 66, 0x40, 60, true }, { 63, 4, 40, false } } },
		{ "CR reads M, and '*' reads '.'", gga, NMEA_USED,
		  { { 66, 0x40, 60, true }, { 63, 4, 60, true } } },
		{ "'*' reads '.', and CR may be M", gga, NMEA_USED,
		  { { 66, 0x40, 30, false }, { 63, 4, 60, true } } },
		{ "a '*' amid the text", "GPTXT,01,01,02,a*b", NMEA_GARBLED,
		  { { 16, 1, 60, true } } },
		{ "CR surely reads M", gga, NMEA_GARBLED,
		  { { 66, 0x40, NMEA_SURE, true }, { 20, 1, 60, false } } },
		{ "CR may be M", gga, NMEA_USED, { { 66, 0x40, 30, false } } },
	};

	(void)state;
	PLAY(sentences);
}

static void where_an_unsure_dollar_begins(void **state)
{
	struct sent s, ok;

	(void)state;
	begin_watched();
	compose(&ok, bodies[0]);
	compose(&s, bodies[0]);
	corrupt(&s, 0, 8, 30);
	/* after a CR alone, and after a LF that is misread */
	raw("$GPGLL,,,,,120001.00,V,N*48\r");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 2);
	corrupt(&ok, ok.n - 1, 0x20, 30);
	doubt(&ok, ok.n - 1, 0x0e, 30);		/* all three: '$' */
	deliver(&ok);
	deliver(&s);
	assert_int_equal(t.p.stats.used, 4);
	assert_int_equal(t.p.stats.junk_bytes, 0);
	/* not after junk, but after its end */
	raw("#");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 4);
	raw("#\n");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 5);
	/* one that reads as '$' does after junk, too */
	compose(&s, bodies[0]);
	doubt(&s, 0, 8, 30);
	raw("#");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 6);
	/* not within a sentence, but after what reads as its end */
	raw("$GPGLL,,,");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 6);
	raw("$GPGLL,,,");
	compose(&ok, "");
	doubt(&ok, ok.n - 2, 0x60, 30);
	nmea_feed(&t.p, '\n', 0, ok.margin[ok.n - 2], t.clock++);
	deliver(&s);
	assert_int_equal(t.p.stats.used, 7);
	/* and if it can be nothing else */
	compose(&s, bodies[0]);
	doubt(&s, 0, 0x20, 30);
	raw("$GPGLL,,,");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 8);
	/* a line end that can be nothing else */
	raw("$GPGLL,,,");
	memset(ok.margin, NMEA_SURE, sizeof(ok.margin));
	doubt(&ok, 0, 2, 30);
	nmea_feed(&t.p, '\r', 0, ok.margin[0], t.clock++);
	assert_int_equal(t.p.stats.no_checksum, 1);
	expect_sums();
}

static void bad_and_unsure_is_bad(void **state)
{
	static const u8 margin[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };

	(void)state;
	raw("$GPGLL,,,,,120002.00,V,");
	nmea_feed(&t.p, 'N', NMEA_BYTE_BAD, margin, t.clock++);
	assert_int_equal(t.p.stats.garbled, 1);
	raw("\n");
	nmea_feed(&t.p, '%', NMEA_BYTE_BAD, margin, t.clock++);
	assert_int_equal(t.p.stats.junk_bytes, 1);
	nmea_feed(&t.p, '\n', NMEA_BYTE_BAD, NULL, t.clock++);
	assert_int_equal(t.p.stats.junk_bytes, 2);
	nmea_feed(&t.p, '$', NMEA_BYTE_BAD, margin, t.clock++);
	raw("GPGLL,,,,,120002.00,V,N*4B\r\n");
	assert_int_equal(t.p.stats.used, 1);
}

static void nothing_is_left_for_the_next(void **state)
{
	struct sent s, next;
	unsigned int i;

	(void)state;
	begin_watched();
	compose(&next, bodies[0]);
	for (i = 0; i < 4; i++) {
		compose(&s, bodies[0]);
		if (i)
			corrupt(&s, 10 * i, 1, 30 * i);
		if (i == 2)
			corrupt(&s, 0, 8, 200);
		if (i == 3)
			s.n /= 2;
		deliver(&s);
		deliver(&next);
		expect_sent(&next, false, i);
		assert_int_equal(told.last.doubtful, 0);
		next.received[10] ^= 1;
		deliver(&next);
		assert_int_equal(told.last.verdict, NMEA_CHECKSUM_ERROR);
		next.received[10] ^= 1;
	}
	expect_sums();
}

static void bytes_are_as_received_when_switched_off(void **state)
{
	struct sent s;

	(void)state;
	begin_watched();
	nmea_set_repair(&t.p, false);
	compose(&s, bodies[0]);
	corrupt(&s, 10, 1, 30);
	deliver(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0x80, 30);
	deliver(&s);
	assert_int_equal(t.p.stats.garbled, 1);
	compose(&s, GLL);
	doubt(&s, 7, 1, 3);
	doubt(&s, 8, 1, 3);
	deliver(&s);
	assert_int_equal(t.p.stats.used, 1);
	nmea_set_repair(&t.p, true);
	deliver(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
}

/* Else what is unsure in its second half would be taken as sure, and the first half fitted. */
static void switched_off_amid_a_sentence(void **state)
{
	struct sent s;
	size_t i;

	(void)state;
	begin_watched();
	compose(&s, bodies[0]);
	corrupt(&s, 10, 1, 30);
	corrupt(&s, 40, 4, 30);
	for (i = 0; i < s.n; i++) {
		if (i == 20)
			nmea_set_repair(&t.p, false);
		nmea_feed(&t.p, s.received[i], 0, s.margin[i], t.clock++);
	}
	expect_sent(&s, true, 0);
	deliver(&s);
	assert_int_equal(t.p.stats.sentences, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(wrong_star_and_another_byte),
		TEST(points_that_read_as_stars),
		TEST(frame_is_repaired),
		TEST(where_an_unsure_dollar_begins),
		TEST(bad_and_unsure_is_bad),
		TEST(nothing_is_left_for_the_next),
		TEST(bytes_are_as_received_when_switched_off),
		TEST(switched_off_amid_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
