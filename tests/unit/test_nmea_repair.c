// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: what is made of unsure bits.
 */
#include "nmea_repair_test.h"

#define RMC	"GNRMC,092725.00,A,4717.11399,N,00833.91590,E,0.004,77.52,091226,,,A,V"

#define GSA	"GNGSA,A,3,23,29,07,08,09,18,26,28,,,,,1.94,1.18,1.54,1"

/* Its checksum has a letter. */
#define LETTER	"GPZDA,082718.00,16,09,2002,00,00"

/* ---- the text ---- */

static void text_is_as_sent(void **state)
{
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		transmit(&s);
		expect_sent(&s, false, i);
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
	struct sent s;

	(void)state;
	memset(body, ',', sizeof(body));
	memcpy(body, "GPTXT", 5);
	body[NMEA_MAX_SENTENCE - 4] = '\0';
	compose(&s, body);
	transmit(&s);
	expect_sent(&s, false, 0);
	corrupt(&s, s.n - 6, 0x04, 30);
	corrupt(&s, s.n - 1, 0x40, 30);
	transmit(&s);
	expect_sent(&s, true, 0);
	body[NMEA_MAX_SENTENCE - 4] = ',';
	body[NMEA_MAX_SENTENCE - 3] = '\0';
	compose(&s, body);
	corrupt(&s, s.n - 3, 0x01, 30);
	transmit(&s);
	expect_verdict(NMEA_TOO_LONG);
}

/* No NUL and no control character is shown. */
static void text_is_printable(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, GLL);
	s.received[10] = '\0';
	s.received[11] = 0x80;
	doubt(&s, 10, 0x20, 30);
	doubt(&s, 11, 0xa0, 30);
	s.received[12] = 'x';
	transmit(&s);
	expect_verdict(NMEA_CHECKSUM_ERROR);
	assert_int_equal(told.last.len, s.n - 2);
	assert_true(told.text[10] >= ' ');
}

/* ---- one unsure bit ---- */

/* Each bit in turn is unsure, and may be wrong. */
static void play_each_bit(bool wrong, u8 margin)
{
	struct sent s;
	size_t i, at;
	int bit;

	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 0; at < s.n - 1; at++) {
			for (bit = 0; bit < 8; bit++) {
				compose(&s, bodies[i]);
				doubt(&s, at, 1 << bit, margin);
				s.received[at] ^= wrong << bit;
				transmit(&s);
				expect_sent(&s, wrong, at);
				assert_int_equal(told.last.doubtful, 1);
			}
		}
	}
}

static void any_single_bit_is_repaired(void **state)
{
	(void)state;
	play_each_bit(true, 0);
	play_each_bit(true, 100);
	play_each_bit(true, NMEA_SURE - 1);
}

static void doubt_that_is_wrong_is_no_harm(void **state)
{
	(void)state;
	play_each_bit(false, 0);
	play_each_bit(false, 100);
}

/*
 * Of each byte all bits are unsure, and those that are wrong a bit more.  One of
 * the seven that make a character must be right.  Of types that are not decoded
 * too many values can stand there.
 */
static void any_single_byte_is_repaired(void **state)
{
	struct sent s;
	size_t i, at;
	u8 wrong;

	(void)state;
	for (i = 0; i < DECODED; i++) {
		compose(&s, bodies[i]);
		for (at = 1; at < s.n - 5; at++) {
			compose(&s, bodies[i]);
			do {
				wrong = 1 + dice(255);
			} while ((wrong & 0x7f) == 0x7f);
			doubt(&s, at, 0xff, 60);
			corrupt(&s, at, wrong, 30);
			transmit(&s);
			expect_sent(&s, true, at);
		}
	}
}

static void a_digit_of_unsure_case_is_a_capital(void **state)
{
	static const u8 margins[] = { 0, 20, 41, 100, NMEA_SURE - 1 };
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(margins); i++) {
		compose(&s, LETTER);
		doubt(&s, s.n - 3, 0x20, margins[i]);
		transmit(&s);
		expect_sent(&s, false, i);
		corrupt(&s, s.n - 3, 0x20, margins[i]);
		transmit(&s);
		expect_sent(&s, true, i);
		assert_int_equal(t.p.stats.repaired, 1);
		corrupt(&s, 15, 1, 60);
		transmit(&s);
		expect_sent(&s, true, i);
	}
}

/* Some receivers send them. */
static void a_small_digit_that_is_sure_stays(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, LETTER);
	s.text[s.n - 3] ^= 0x20;
	s.received[s.n - 3] ^= 0x20;
	transmit(&s);
	expect_sent(&s, false, 0);
	doubt(&s, s.n - 3, 0x5f, 100);
	doubt(&s, 15, 0x0f, 100);
	transmit(&s);
	expect_sent(&s, false, 0);
	corrupt(&s, 15, 1, 50);
	transmit(&s);
	expect_sent(&s, true, 0);
}

/* ---- several ---- */

static void what_is_wrong_is_what_is_least_sure(void **state)
{
	static const struct sentence sentences[] = {
		{ "two bits", GLL, NMEA_USED,
		  { { 10, 1, 60, true }, { 20, 2, 60, true }, { 30, 4, 60, false } } },
		{ "three bits", GLL, NMEA_USED,
		  { { 10, 1, 60, true }, { 20, 2, 60, true }, { 30, 4, 60, true } } },
		{ "47 or 56 minutes, one cheaper than the other", GLL, NMEA_USED,
		  { { 7, 1, 50, false }, { 8, 1, 50, false } } },
		{ "a digit of the checksum", GLL, NMEA_USED,
		  { { 48, 2, 60, true }, { 30, 4, 30, false } } },
		{ "both, and one is no digit as received", GLL, NMEA_USED,
		  { { 48, 0x40, 60, true }, { 49, 4, 60, true }, { 30, 8, 30, false } } },
		{ "8 as 9 in the checksum and in a field", GLL, NMEA_USED,
		  { { 49, 1, 20, true }, { 21, 2, 20, true } } },
		{ "a comma and a point", GLL, NMEA_USED,
		  { { 17, 2, 60, true }, { 12, 2, 40, true } } },
		{ "a decoded type and another", RMC, NMEA_USED,
		  { { 3, 1, 30, true }, { 8, 1, 30, false } } },
		{ "47A7 is no number", GLL, NMEA_USED,
		  { { 9, 0x70, 20, false }, { 18, 0x70, 40, true } } },
		{ "two letters for digits, and the right checksum", GLL, NMEA_USED,
		  { { 8, 0x40, 126, true }, { 10, 0x40, 126, true } } },
		{ "1 and 5 may be '!' and '%', which no field has", GLL, NMEA_USED,
		  { { 10, 0x10, 10, false }, { 25, 0x10, 10, false } } },
	};

	(void)state;
	PLAY(sentences);
}

static void two_that_are_as_likely_are_ambiguous(void **state)
{
	static const struct sentence sentences[] = {
		{ "47 or 56 minutes", GLL, NMEA_AMBIGUOUS,
		  { { 7, 1, 32, false }, { 8, 1, 32, false } } },
		{ "47 or 56 minutes, a little less likely", GLL, NMEA_USED,
		  { { 7, 1, 32, false }, { 8, 1, 33, false } } },
		{ "one of two is wrong: which?", GLL, NMEA_AMBIGUOUS,
		  { { 7, 1, 150, true }, { 8, 1, 214, false } } },
		{ "the less sure one", GLL, NMEA_USED,
		  { { 7, 1, 150, true }, { 8, 1, 215, false } } },
		{ "one is wrong in another bit", GLL, NMEA_AMBIGUOUS,
		  { { 7, 0x40, 100, true }, { 7, 1, 20, false }, { 8, 1, 20, false } } },
		{ "nor if the sum is beyond what is taken", GLL, NMEA_AMBIGUOUS,
		  { { 7, 1, 195, true }, { 20, 2, 200, true }, { 8, 1, 215, false } } },
		{ "text", "GPTXT,01,01,02,u-blox ag - www.u-blox.com", NMEA_AMBIGUOUS,
		  { { 17, 0x10, 30, true }, { 27, 0x10, 30, false } } },
		/* no other type between the two is known */
		{ "GSA or GFA as received", GSA, NMEA_AMBIGUOUS,
		  { { 4, 0x15, 4, true }, { 7, 0x10, 4, true }, { 9, 0x05, 4, true } } },
		{ "GSA or GFA, neither as received", GSA, NMEA_AMBIGUOUS,
		  { { 4, 0x15, 4, true }, { 7, 0x10, 4, true }, { 9, 0x05, 4, true },
		    { 11, 0x08, 40, true } } },
		{ "GSA as received, or GFA", GSA, NMEA_USED,
		  { { 4, 0x15, 11, false }, { 7, 0x10, 11, false }, { 9, 0x05, 11, false } } },
		{ "GSA as received, but malformed", "GPGFA,A,3,23,29", NMEA_IGNORED,
		  { { 4, 0x15, 4, true }, { 7, 0x10, 4, true }, { 9, 0x05, 4, true } } },
	};

	(void)state;
	PLAY(sentences);
}

static void what_costs_too_much_is_not_taken(void **state)
{
	static const struct sentence sentences[] = {
		{ "399", GLL, NMEA_USED,
		  { { 10, 1, 199, true }, { 20, 2, 200, true } } },
		{ "400", GLL, NMEA_CHECKSUM_ERROR,
		  { { 10, 1, 200, true }, { 20, 2, 200, true } } },
		{ "'$' counts", GLL, NMEA_USED,
		  { { 0, 1, 200, true }, { 20, 2, 199, true } } },
		{ "'$' counts", GLL, NMEA_AMBIGUOUS,
		  { { 0, 3, 200, true } } },
		{ "'*' counts", GLL, NMEA_NO_CHECKSUM,
		  { { 47, 4, 200, true }, { 20, 2, 200, true } } },
		{ "CR before LF counts", GLL, NMEA_NO_CHECKSUM,
		  { { 47, 4, 200, true }, { 50, 0x40, 200, true } } },
		{ "the line end counts", GLL, NMEA_CHECKSUM_ERROR,
		  { { 50, 0x40, 200, true }, { 20, 2, 200, true } } },
	};

	(void)state;
	PLAY(sentences);
}

/* What is not kept is a rival, too: nothing is sure beyond its cost. */
static void many_values(void **state)
{
	struct sent s;
	size_t at;

	(void)state;
	compose(&s, bodies[0]);
	for (at = 8; at < 48; at++)
		doubt(&s, at, 0x0f, 120 + at);
	corrupt(&s, 50, 1, 35);
	corrupt(&s, 56, 2, 35);
	transmit(&s);
	expect_sent(&s, true, 0);
	assert_int_equal(told.last.doubtful, 42);
	compose(&s, bodies[0]);
	for (at = 8; at < 48; at++)
		doubt(&s, at, 0x0f, 100);
	corrupt(&s, 17, 0x10, 101 - NMEA_REPAIR_RIVAL);
	transmit(&s);
	expect_verdict(NMEA_AMBIGUOUS);
	doubt(&s, 17, 0x10, 100 - NMEA_REPAIR_RIVAL);
	transmit(&s);
	expect_sent(&s, true, 0);
	doubt(&s, 17, 0x10, 101);
	transmit(&s);
	expect_verdict(NMEA_CHECKSUM_ERROR);
	/* too many to tell apart */
	compose(&s, bodies[0]);
	for (at = 8; at < 48; at++)
		doubt(&s, at, 0x0f, 2);
	transmit(&s);
	expect_verdict(NMEA_AMBIGUOUS);
}

/* Of a sentence with more unsure bytes than are kept nothing is repaired. */
static void many_bytes(void **state)
{
	char body[200];
	struct sent s;
	size_t at;

	(void)state;
	memset(body, ',', sizeof(body));
	memcpy(body, "GPTXT", 5);
	body[199] = '\0';
	compose(&s, body);
	for (at = 10; at < 10 + NMEA_MAX_UNSURE; at++)
		doubt(&s, at, 8, 100);
	corrupt(&s, 20, 1, NMEA_REPAIR_RIVAL + 1);
	transmit(&s);
	expect_sent(&s, true, 0);
	doubt(&s, at, 8, 100);
	transmit(&s);
	expect_verdict(NMEA_CHECKSUM_ERROR);
	s.received[20] ^= 1;
	transmit(&s);
	expect_sent(&s, false, 0);
	doubt(&s, 20, 1, NMEA_REPAIR_RIVAL);
	transmit(&s);
	expect_verdict(NMEA_AMBIGUOUS);
	/* top bits, which no character has; the checksum is right where there are two */
	doubt(&s, 20, 1, 100);
	corrupt(&s, at + 1, 0x80, 100);
	corrupt(&s, at + 2, 0x80, 100);
	transmit(&s);
	expect_verdict(NMEA_AMBIGUOUS);
	compose(&s, GLL);
	corrupt(&s, 20, 1, 60);
	deliver(&s);
	expect_sent(&s, true, 0);
}

/* None can stand as received, and each could be one of 32. */
static void receive_wrong(struct sent *s, size_t end)
{
	size_t at;

	compose(s, bodies[0]);
	for (at = 8; at < end; at++) {
		doubt(s, at, 0x1f, 60);
		corrupt(s, at, 0x40, 1);
	}
	transmit(s);
}

static void too_much_work(void **state)
{
	struct sent s;

	(void)state;
	receive_wrong(&s, 8 + NMEA_REPAIR_WAYS / 64);
	expect_sent(&s, true, 0);
	receive_wrong(&s, 9 + NMEA_REPAIR_WAYS / 64);
	expect_verdict(NMEA_AMBIGUOUS);
}

static void more_than_255_are_255(void **state)
{
	char body[400];
	struct sent s;
	size_t at;

	(void)state;
	memset(body, ',', sizeof(body));
	memcpy(body, "GPTXT", 5);
	body[399] = '\0';
	compose(&s, body);
	for (at = 10; at < 300; at++)
		doubt(&s, at, 0x80, 100);
	transmit(&s);
	expect_sent(&s, false, 0);
	assert_int_equal(told.last.doubtful, 255);
}

/* ---- what is plausible ---- */

/* Each has the right checksum, but nobody sends it. */
static void no_unknown_address_is_a_repair(void **state)
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
		doubt(&s, 15, 1, 30);
		transmit(&s);
		expect_sent(&s, false, i);
		doubt(&s, 2, 0x80, 30);
		transmit(&s);
		expect_sent(&s, false, i);
		doubt(&s, 2, 0x10, 30);
		transmit(&s);
		expect_verdict(NMEA_AMBIGUOUS);
		compose(&s, strange[i]);
		corrupt(&s, 15, 1, 30);
		transmit(&s);
		expect_verdict(NMEA_CHECKSUM_ERROR);
	}
	compose(&s, "PUBX,03,081350.00,4717.113210,N");
	corrupt(&s, 15, 1, 30);
	transmit(&s);
	expect_sent(&s, true, 0);
	compose(&s, "GNGST,092321.00,1.2,3.4,5.6,70,2.0,3.0,4.0");
	corrupt(&s, 15, 1, 30);
	transmit(&s);
	expect_sent(&s, true, 0);
}

static void an_address_that_is_none(void **state)
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
		doubt(&s, strlen(odd[i]) + 2, 1, 30);
		transmit(&s);
		expect_verdict(NMEA_AMBIGUOUS);
	}
}

static void fields_that_nobody_sends(void **state)
{
	static const struct sentence sentences[] = {
		{ "letters within a number", "GPGSV,3,1,11,02,56,208,38,06,70,169l38,07,26,07",
		  NMEA_AMBIGUOUS, { { 10, 1, 30, false } } },
		{ "a point too many", "GPGSV,3,1,11,02,56,208,38,06,70,1.9.38,07,26,07",
		  NMEA_AMBIGUOUS, { { 10, 1, 30, false } } },
		{ "a sign within a number", "GPGSV,3,1,11,02,56,208,38,06,70,169-38,07,26,07",
		  NMEA_AMBIGUOUS, { { 10, 1, 30, false } } },
		{ "letters first", "GPGSV,3,1,11,02,56,208,38,06,70,A69,38,07,26,07",
		  NMEA_AMBIGUOUS, { { 10, 1, 30, false } } },
		{ "a level of 38.06", "GPGSV,3,1,11,02,56,228,38.06,70,169,41,07,26,071",
		  NMEA_AMBIGUOUS, { { 10, 1, 30, false } } },
		{ "a level with a point", "GPGSV,3,1,11,02,56,228,3.8,06,70,169,41,07,26,071,31",
		  NMEA_AMBIGUOUS, { { 10, 1, 30, false } } },
		{ "half a satellite", "GPGSV,3,1,11,02,56,228,38,06,70",
		  NMEA_AMBIGUOUS, { { 10, 1, 30, false } } },
		{ "an azimuth of four digits", "GPGSV,3,1,11,02,56,2280,38,06,70,169,41",
		  NMEA_AMBIGUOUS, { { 10, 1, 30, false } } },
		{ "satellites and a signal", "GPGSV,3,1,11,02,56,228,38,06,70,,41,07,26,071,30,12,29,132,39,A",
		  NMEA_USED, { { 10, 1, 30, false } } },
		{ "no satellite", "GPGSV,1,1,00", NMEA_USED, { { 10, 1, 30, false } } },
		{ "of other types nothing is known", "GPXXX,3,1,11,02,56,208,38,06,70,169l38",
		  NMEA_IGNORED, { { 10, 1, 30, false } } },
		{ "malformed, and nothing else", "GPGLL,4717.11364,X,00833.91565,E,092321.00,A,A",
		  NMEA_MALFORMED, { { 10, 1, 30, false } } },
		{ "the same with a bit that is a coin", "GPGLL,4717.11364,X,00833.91565,E,092321.00,A,A",
		  NMEA_MALFORMED, { { 10, 1, 6, false } } },
		{ "no repair is malformed", "GPGLL,4717.11364,X,00833.91565,E,092321.00,A,A",
		  NMEA_CHECKSUM_ERROR, { { 10, 1, 60, true } } },
		/* "N-00833": neither a number nor letters */
		{ "a comma and a digit", GLL, NMEA_USED,
		  { { 19, 1, 10, false }, { 8, 1, 10, false } } },
		/* "38-230" */
		{ "a comma and a sign", "GPGSV,3,1,10,23,38,230,44,29,71,156,47",
		  NMEA_USED, { { 19, 1, 10, false }, { 14, 1, 10, false } } },
	};

	(void)state;
	PLAY(sentences);
}

/* What could as well be is not told apart but by what the rest says. */
static void sentences_that_contradict_themselves(void **state)
{
	static const struct sentence sentences[] = {
		{ "2 parts of 11 satellites", "GPGSV,3,1,11,02,56,208,38,06,70,169,38",
		  NMEA_USED, { { 7, 1, 10, false }, { 14, 1, 10, false } } },
		{ "part 3 of 1", "GPGSV,1,1,04,02,56,208,38,06,70,169,38",
		  NMEA_USED, { { 9, 2, 10, false }, { 14, 2, 10, false } } },
		{ "1 part of 8 satellites", "GPGSV,1,1,08,02,56,208,38,06,70,169,38",
		  NMEA_CHECKSUM_ERROR, { { 14, 1, 10, true } } },
		{ "3 satellites of the last 2", "GPGSV,3,3,11,02,56,208,38,06,70,169,38,07,26,071,31,1",
		  NMEA_USED, { { 12, 1, 10, false }, { 14, 1, 10, false } } },
		{ "1 part of none", "GPGSV,1,1,00", NMEA_USED, { { 12, 1, 10, true } } },
		{ "parts not told", "GPGSV,,2,06,7,43,71,39", NMEA_USED, { { 10, 1, 10, true } } },
		{ "part 0 of 1", "GPGSV,1,1,04,02,56,208,38,06,70,169,38",
		  NMEA_USED, { { 9, 1, 10, false }, { 14, 1, 10, false } } },
		{ "a satellite twice", "GPGSV,1,1,04,02,56,208,38,03,70,169,38",
		  NMEA_USED, { { 28, 1, 10, false }, { 22, 1, 10, false } } },
		{ "71 dBHz", "GPGSV,1,1,04,02,56,208,31,03,70,169,38",
		  NMEA_USED, { { 24, 4, 10, false }, { 18, 4, 10, false } } },
		{ "one is used twice", "GNGSA,A,3,22,23,,,,,,,,,,,1.94,1.18,1.54",
		  NMEA_USED, { { 15, 1, 10, false }, { 35, 1, 10, false } } },
		{ "used without a fix", "GNGSA,A,3,22,23,,,,,,,,,,,1.94,1.18,1.54",
		  NMEA_USED, { { 9, 2, 10, false }, { 30, 2, 10, false } } },
		{ "PDOP of 0.94", "GNGSA,A,3,23,29,,,,,,,,,,,1.94,1.18,1.54",
		  NMEA_USED, { { 27, 1, 10, false }, { 12, 1, 10, false } } },
		{ "VDOP of 0.54", "GNGSA,A,3,23,29,,,,,,,,,,,1.94,1.18,1.54",
		  NMEA_USED, { { 37, 1, 10, false }, { 12, 1, 10, false } } },
		{ "PDOP of no VDOP", "GNGSA,A,2,23,29,,,,,,,,,,,0.94,1.18,",
		  NMEA_USED, { { 12, 1, 10, true } } },
		/* who always sends it is not repaired, but believed */
		{ "as received", "GPGSV,2,1,11,02,56,208,38,06,70,169,38",
		  NMEA_USED, { { 14, 1, 10, false } } },
		{ "not as received", "GPGSV,2,1,11,02,56,208,38,06,70,169,38",
		  NMEA_CHECKSUM_ERROR, { { 14, 1, 10, true } } },
	};

	(void)state;
	PLAY(sentences);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(text_is_as_sent),
		TEST(every_end_is_told),
		TEST(longest_sentence_is_told),
		TEST(text_is_printable),
		TEST(any_single_bit_is_repaired),
		TEST(doubt_that_is_wrong_is_no_harm),
		TEST(any_single_byte_is_repaired),
		TEST(a_digit_of_unsure_case_is_a_capital),
		TEST(a_small_digit_that_is_sure_stays),
		TEST(what_is_wrong_is_what_is_least_sure),
		TEST(two_that_are_as_likely_are_ambiguous),
		TEST(what_costs_too_much_is_not_taken),
		TEST(many_values),
		TEST(many_bytes),
		TEST(too_much_work),
		TEST(more_than_255_are_255),
		TEST(no_unknown_address_is_a_repair),
		TEST(an_address_that_is_none),
		TEST(fields_that_nobody_sends),
		TEST(sentences_that_contradict_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
