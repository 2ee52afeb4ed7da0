// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: what is made of doubtful bytes.
 */
#include "nmea_doubt_test.h"

/* ---- the text ---- */

static void text_is_as_sent(void **state)
{
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		transmit(&s);
		expect_sent(&s, false, 0);
		assert_string_equal(told.text, s.text);
		assert_int_equal(told.last.start_ns, 1000);
		assert_int_equal(told.last.doubtful, 0);
	}
	begin_watched();
	raw("$gPxxx,,*4f\n");
	assert_string_equal(told.text, "$gPxxx,,*4f\r\n");
}

static void every_end_is_told(void **state)
{
	(void)state;
	begin_watched();
	raw("$GPGLL,,,,,120001.00,V,N*49\r\n");
	assert_int_equal(told.last.verdict, NMEA_CHECKSUM_ERROR);
	assert_string_equal(told.text, "$GPGLL,,,,,120001.00,V,N*49");
	raw("$GPGLL,,,\r\n");
	assert_int_equal(told.last.verdict, NMEA_NO_CHECKSUM);
	assert_string_equal(told.text, "$GPGLL,,,");
	raw("$GPGLL,1*4$GPGLL");
	assert_int_equal(told.last.verdict, NMEA_GARBLED);
	assert_string_equal(told.text, "$GPGLL,1*4");
	nmea_flush(&t.p);
	assert_string_equal(told.text, "$GPGLL");
	say("GPGLL,,,,,x,V");
	assert_int_equal(told.last.verdict, NMEA_MALFORMED);
	assert_int_equal(told.count, 5);
	expect_sums();
}

static void longest_sentence_is_told(void **state)
{
	char body[NMEA_MAX_SENTENCE];

	(void)state;
	begin_watched();
	memset(body, ',', sizeof(body));
	memcpy(body, "GPXXX", 5);
	body[NMEA_MAX_SENTENCE - 4] = '\0';
	say("%s", body);
	assert_int_equal(told.last.verdict, NMEA_IGNORED);
	assert_int_equal(told.last.len, NMEA_MAX_SENTENCE + 2);
	body[NMEA_MAX_SENTENCE - 4] = ',';
	body[NMEA_MAX_SENTENCE - 3] = '\0';
	say("%s", body);
	assert_int_equal(told.last.verdict, NMEA_TOO_LONG);
	expect_sums();
}

/* ---- pairs of bytes ---- */

#define GLL	"GPGLL,4717.11364,N,00833.91565,E,092321.00,A,A"

struct pair_byte {
	size_t at;
	u8 wrong, unsure, remote;
};

/* A sentence with one or two bytes that are not sure. */
struct pair {
	const char *why;
	const char *body;
	struct pair_byte byte[2];
	enum nmea_verdict verdict;	/* NMEA_USED: repaired */
};

static void play_pairs(const struct pair *pair, size_t n)
{
	const struct pair_byte *b;
	struct sent s;
	size_t i;

	for (i = 0; i < n; i++, pair++) {
		print_message("%s\n", pair->why);
		compose(&s, pair->body);
		for (b = pair->byte; b < pair->byte + 2 && b->at; b++) {
			if (b->unsure)
				corrupt(&s, b->at, b->wrong, b->unsure);
			corrupt_hardly(&s, b->at, b->unsure ? 0 : b->wrong,
				       b->remote);
		}
		transmit(&s);
		assert_int_equal(told.verdict[pair->verdict], 1);
		if (pair->verdict == NMEA_USED)
			expect_sent(&s, true, i);
	}
}

/* ---- one doubtful byte ---- */

/* A bit of each byte in turn is doubtful, and may be wrong. */
static void play_each_bit(bool wrong)
{
	size_t i, at;
	struct sent s;
	int bit;

	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 0; at < s.n - 1; at++) {
			for (bit = 0; bit < 8; bit++) {
				compose(&s, bodies[i]);
				corrupt(&s, at, wrong << bit, 1 << bit);
				transmit(&s);
				if (wrong && (at == s.n - 4 || at == s.n - 3))
					told.repaired |= bit == 5;
				expect_sent(&s, wrong, at);
				assert_int_equal(told.last.doubtful, 1);
			}
		}
	}
}

static void any_single_bit_is_repaired(void **state)
{
	(void)state;
	play_each_bit(true);
}

static void doubt_that_is_wrong_is_no_harm(void **state)
{
	(void)state;
	play_each_bit(false);
}

/* Each byte in turn is another one, and its mask may be known. */
static void play_each_byte(bool mask)
{
	size_t i, at;
	struct sent s;
	int wrong;

	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 1; at < s.n - 5; at++) {
			for (wrong = 1; wrong < 256; wrong += 1 + mask + dice(5)) {
				compose(&s, bodies[i]);
				corrupt(&s, at, wrong, mask ? wrong | dice(256) : 0);
				/* what it reads best as is a new beginning */
				if (!mask && s.received[at] == '$')
					continue;
				transmit(&s);
				expect_sent(&s, true, at);
			}
		}
	}
}

static void any_single_byte_is_repaired(void **state)
{
	(void)state;
	play_each_byte(true);
}

/* It may be any byte then, and is the one that the checksum says. */
static void one_byte_without_a_mask_is_repaired(void **state)
{
	(void)state;
	play_each_byte(false);
}

static void two_bytes_without_masks_are_not_repaired(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0, 0);
	corrupt(&s, 20, 0, 0);
	transmit(&s);
	expect_sent(&s, false, 0);
	corrupt(&s, 20, 1, 0);
	transmit(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	/* nor is what cannot stand there replaced by a guess */
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0, 0);
	corrupt(&s, 20, 0x80, 0);
	transmit(&s);
	assert_false(taken());
}

static void no_other_reading_is_malformed_or_wrong(void **state)
{
	struct sent s;

	(void)state;
	/* the mask does not hold the wrong bit */
	compose(&s, bodies[0]);
	corrupt(&s, 10, 1, 2);
	transmit(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	/* the reading with the right checksum has a hexadecimal minute */
	compose(&s, "GPGLL,47A7.1136,N,00833.9156,E,092321,A");
	corrupt(&s, 9, 0x70, 0x70);
	transmit(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	/* as received it is malformed, and there is nothing else */
	compose(&s, "GPGLL,4717.11364,X,00833.91565,E,092321.00,A,A");
	corrupt(&s, 10, 0, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.malformed, 1);
	assert_true(is_sent(&s));
	/* but what it is, is not known if there is */
	corrupt(&s, 7, 0, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
}

/* ---- bytes that hardly are wrong ---- */

/* One of several, of each place and each bit. */
static void what_hardly_is_wrong_is_repaired(void **state)
{
	size_t i, at;
	struct sent s;
	int bit;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 0; at < s.n - 1; at++) {
			for (bit = 0; bit < 8; bit++) {
				compose(&s, bodies[i]);
				corrupt_hardly(&s, at, 1 << bit, 1 << bit);
				corrupt_hardly(&s, at == 8 ? 9 : 8, 0, 0x80);
				transmit(&s);
				if (at == s.n - 4 || at == s.n - 3)
					told.repaired |= bit == 5;
				expect_sent(&s, true, at);
				corrupt_hardly(&s, at, 1 << bit, 0);
				transmit(&s);
				expect_sent(&s, false, at);
			}
		}
	}
}

/* Whatever they may be: the checksum is right. */
static void it_is_not_asked_if_a_reading_fits(void **state)
{
	struct sent s;
	size_t at;

	(void)state;
	compose(&s, GLL);
	for (at = 1; at < s.n; at++)
		corrupt_hardly(&s, at, 0, 0xff);
	transmit(&s);
	expect_sent(&s, false, 0);
	assert_int_equal(told.last.doubtful, 0);
	corrupt(&s, 10, 1, 1);
	transmit(&s);
	expect_sent(&s, true, 0);
}

static void one_of_them_is_wrong_or_two_in_a_row(void **state)
{
	static const struct pair pairs[] = {
		{ "beside a doubtful one", GLL, { { 10, 1, 1, 0 }, { 20, 2, 0, 2 } }, NMEA_USED },
		{ "in the same one", GLL, { { 10, 3, 1, 2 } }, NMEA_USED },
		{ "which?", GLL, { { 10, 1, 0, 1 }, { 20, 0, 0, 1 } }, NMEA_AMBIGUOUS },
		{ "47A7 is no number, so it is the '>'", GLL,
		  { { 9, 0, 0, 0x70 }, { 18, 0x70, 0, 0x70 } }, NMEA_USED },
		{ "in a row", GLL, { { 10, 1, 0, 1 }, { 11, 2, 0, 2 } }, NMEA_USED },
		{ "not in a row", GLL, { { 10, 1, 0, 1 }, { 20, 2, 0, 2 } },
		  NMEA_CHECKSUM_ERROR },
	};

	(void)state;
	play_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static void none_of_them_is_left_for_the_next(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, bodies[0]);
	corrupt_hardly(&s, 10, 0, 1);
	begin_watched();
	deliver(&s);
	compose(&s, bodies[0]);
	corrupt_hardly(&s, 10, 1, 0);
	deliver(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
}

static void repair_off_is_for_them_too(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, bodies[0]);
	corrupt_hardly(&s, 10, 1, 1);
	begin_watched();
	nmea_set_repair(&t.p, false);
	deliver(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
}

/* Each has the right checksum, but nobody sends it. */
static void no_unknown_address_is_a_reading(void **state)
{
	static const char *const strange[] = {
		"FPGLL,4717.11364,N,00833.91565,E,092321.00,A,A",
		"GPGLM,4717.11364,N,00833.91565,E,092321.00,A,A",
		"GPGSTX,092321.00,1,2",
	};
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		compose(&s, strange[i]);
		transmit(&s);
		expect_sent(&s, false, i);
		corrupt(&s, 15, 1, 1);
		transmit(&s);
		assert_int_equal(t.p.stats.checksum_errors, 1);
	}
	compose(&s, "PUBX,00,081350.00,4717.113210,N");
	corrupt(&s, 15, 1, 1);
	transmit(&s);
	expect_sent(&s, true, 0);
	compose(&s, "GNGST,092321.00,1.2,3.4,5.6,70,2.0,3.0,4.0");
	corrupt(&s, 15, 1, 1);
	transmit(&s);
	expect_sent(&s, true, 0);
}

/* Two wrong bits that cancel each other out, rather than a receiver of its own kind. */
static void odd_fields_and_doubt_are_not_believed(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, "GPGSV,3,1,11,02,56,208,38,06,70,169l38,07,26,07q,30,12,29,132,40");
	transmit(&s);
	expect_sent(&s, false, 0);
	corrupt_hardly(&s, 10, 0, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
	compose(&s, "GPGSV,3,1,11,02,56,208,38,06,70,169l38,07,26,07q,30,12,29,132,40");
	corrupt(&s, 10, 0, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
	/* of other types nothing is known */
	compose(&s, "GPXXX,3,1,11,02,56,208,38,06,70,169l38,07,26,07q,30,12,29,132,40");
	corrupt_hardly(&s, 10, 0, 1);
	transmit(&s);
	expect_sent(&s, false, 0);
}

/* ---- more than one ---- */

static void two_wrong_bits_in_one_place_are_ambiguous(void **state)
{
	static const struct pair pairs[] = {
		{ "47 or 56 minutes: the checksum is the same", GLL,
		  { { 7, 0, 1, 0 }, { 8, 0, 1, 0 } }, NMEA_AMBIGUOUS },
		{ "one of the two is wrong: which?", GLL,
		  { { 7, 1, 1, 0 }, { 8, 0, 1, 0 } }, NMEA_AMBIGUOUS },
		{ "1 and 5 may be '!' and '%', which no sentence has there", GLL,
		  { { 9, 0x10, 0x10, 0 }, { 25, 0x10, 0x10, 0 } }, NMEA_USED },
		{ "text may have anything", "GPTXT,01,01,02,u-blox ag - www.u-blox.com",
		  { { 17, 0x10, 0x10, 0 }, { 27, 0, 0x10, 0 } }, NMEA_AMBIGUOUS },
	};

	(void)state;
	play_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* A comma and a digit: the other reading has another number of fields. */
static void odd_fields_are_no_reading(void **state)
{
	static const struct {
		const char *body;
		size_t comma, digit;
		u8 bit;
	} cases[] = {
		/* "N-00833": neither a number nor letters */
		{ GLL, 19, 8, 1 },
		/* "38-230": a sign within a number, where nobody looks */
		{ "GPGSV,3,1,10,23,38,230,44,29,71,156,47", 19, 14, 1 },
		/* "191194.020.3": two points */
		{ "GPRMC,225446.000,A,4916.4500,N,12311.1200,W,000.5,054.7,191194,020.3,E",
		  63, 10, 2 },
	};
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		compose(&s, cases[i].body);
		assert_int_equal(s.text[cases[i].comma], ',');
		corrupt(&s, cases[i].comma, 0, cases[i].bit);
		corrupt(&s, cases[i].digit, 0, cases[i].bit);
		transmit(&s);
		expect_sent(&s, false, i);
		assert_int_equal(t.p.stats.used, 1);
		corrupt(&s, cases[i].comma, cases[i].bit, 0);
		transmit(&s);
		expect_sent(&s, true, i);
		assert_int_equal(t.p.stats.used, 1);
	}
}

static void corrupt_each(struct sent *s, u8 wrong, u8 unsure)
{
	size_t at;

	for (at = 10; at < 20; at++)
		corrupt(s, at, wrong, unsure);
}

static void nothing_is_left_for_the_next(void **state)
{
	struct sent s, next;
	unsigned int i;

	(void)state;
	begin_watched();
	compose(&next, bodies[0]);
	corrupt(&next, 20, 1, 1);
	for (i = 0; i < 4; i++) {
		compose(&s, bodies[0]);
		switch (i) {
		case 0:				/* too many */
			corrupt_each(&s, 1, 1);
			break;
		case 1:				/* of which nothing is known */
			corrupt_each(&s, 0x80, 0);
			break;
		case 2:				/* a line end that was none */
			corrupt(&s, s.n - 2, 0x40, 0x40);
			break;
		}
		deliver(&s);
		deliver(&next);
		expect_sent_last(&next, true);
		compose(&s, bodies[0]);
		corrupt(&s, 20, 0, 0);
		corrupt(&s, 30, 0, 0);
		deliver(&s);
		expect_sent_last(&s, false);
	}
	expect_sums();
}

static void decoded_type_counts_more_than_others(void **state)
{
	const struct pair pairs[] = {
		{ "$GNRMC and the digit, or $GNSMC and another digit", bodies[0],
		  { { 3, 1, 1, 0 }, { 8, 0, 1, 0 } }, NMEA_USED },
		{ "not if the other type is what was received", bodies[0],
		  { { 3, 1, 1, 0 }, { 8, 1, 1, 0 } }, NMEA_AMBIGUOUS },
	};

	(void)state;
	play_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static void too_many_are_not_tried(void **state)
{
	struct sent s;
	size_t i;

	(void)state;
	/* eight bits, each in another place, can be told apart */
	compose(&s, bodies[0]);
	for (i = 0; i < NMEA_MAX_DOUBTS; i++)
		corrupt(&s, 20 + i, 1 << i, 1 << i);
	transmit(&s);
	expect_sent(&s, true, 0);
	/* a ninth byte is one too many, even if it is right */
	corrupt(&s, 40, 0, 0x80);
	transmit(&s);
	assert_false(taken());
	assert_int_equal(t.p.stats.checksum_errors, 1);
	compose(&s, bodies[0]);
	for (i = 0; i <= NMEA_MAX_DOUBTS; i++)
		corrupt(&s, 20 + i, 0, 0x80);
	/* but what fits as received is believed then */
	transmit(&s);
	expect_sent(&s, false, 0);
	/* 17 bits are too many too */
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0, 0xff);
	corrupt(&s, 11, 0, 0xff);
	corrupt(&s, 12, 1, 0x81);
	transmit(&s);
	assert_false(taken());
	assert_int_equal(t.p.stats.checksum_errors, 1);
}

static void costly_searches_are_given_up(void **state)
{
	struct sent s;
	size_t i;

	(void)state;
	compose(&s, "GPTXT,01,01,02,abcdefghijklmnopqrstuvwxyz,x");
	for (i = 0; i < NMEA_MAX_DOUBTS; i++)
		corrupt(&s, 16 + i, 3, 3);
	corrupt(&s, s.n - 7, 0x10, 0);
	transmit(&s);
	assert_int_equal(t.p.stats.sentences, 0);
}

static void masks_are_ignored_when_switched_off(void **state)
{
	struct sent s;

	(void)state;
	begin_watched();
	nmea_set_repair(&t.p, false);
	compose(&s, bodies[0]);
	corrupt(&s, 10, 1, 1);
	deliver(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0x80, 0x80);
	deliver(&s);
	assert_int_equal(t.p.stats.garbled, 1);
	compose(&s, GLL);
	corrupt(&s, 7, 0, 1);
	corrupt(&s, 8, 0, 1);
	deliver(&s);
	assert_int_equal(t.p.stats.used, 1);
	nmea_set_repair(&t.p, true);
	deliver(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(text_is_as_sent),
		TEST(every_end_is_told),
		TEST(longest_sentence_is_told),
		TEST(any_single_bit_is_repaired),
		TEST(any_single_byte_is_repaired),
		TEST(doubt_that_is_wrong_is_no_harm),
		TEST(one_byte_without_a_mask_is_repaired),
		TEST(two_bytes_without_masks_are_not_repaired),
		TEST(no_other_reading_is_malformed_or_wrong),
		TEST(what_hardly_is_wrong_is_repaired),
		TEST(it_is_not_asked_if_a_reading_fits),
		TEST(one_of_them_is_wrong_or_two_in_a_row),
		TEST(none_of_them_is_left_for_the_next),
		TEST(repair_off_is_for_them_too),
		TEST(no_unknown_address_is_a_reading),
		TEST(odd_fields_and_doubt_are_not_believed),
		TEST(two_wrong_bits_in_one_place_are_ambiguous),
		TEST(odd_fields_are_no_reading),
		TEST(nothing_is_left_for_the_next),
		TEST(decoded_type_counts_more_than_others),
		TEST(too_many_are_not_tried),
		TEST(costly_searches_are_given_up),
		TEST(masks_are_ignored_when_switched_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
