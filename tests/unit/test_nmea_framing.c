// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: framing, checksums and addresses.
 */
#include "nmea_test.h"

/* ---- framing ---- */

static void line_ends_are_cr_lf_or_both(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,120001.00,V,N*48\r");
	assert_int_equal(t.p.stats.sentences, 1);
	raw("$GPGLL,,,,,120002.00,V,N*4B\n");
	assert_int_equal(t.p.stats.sentences, 2);
	raw("$GPGLL,,,,,120003.00,V,N*4A\r\n");
	assert_int_equal(t.p.stats.sentences, 3);
	raw("\r\r\n\n");
	assert_int_equal(t.p.stats.used, 3);
	assert_int_equal(t.p.stats.junk_bytes, 0);
}

static void checksum_in_either_case(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,120002.00,V,N*4b\r\n$GPGLL,,,,,120002.00,V,N*4B\r\n");
	assert_int_equal(t.p.stats.used, 2);
}

static void wrong_checksum(void **state)
{
	struct nmea before = t.p;

	(void)state;
	raw("$GPGLL,,,,,120002.00,V,N*4C\r\n");
	assert_int_equal(t.p.stats.checksum_errors, 1);
	assert_int_equal(t.p.stats.sentences, 0);
	assert_true(same_state(&t.p, &before));
}

static void no_checksum(void **state)
{
	(void)state;
	raw("$POLYN,TIME,RESTART_OCCURRED\r\n");
	raw("$GPGGA,222449,3349.0337,S,01843.9282,E,1,07,02.31,000115.4,M,0033.3,M,,\n");
	raw("$\r\n");
	assert_int_equal(t.p.stats.no_checksum, 3);
	assert_int_equal(t.p.stats.sentences, 0);
	assert_int_equal(t.p.stats.junk_bytes, 0);
}

static void half_a_checksum(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,120002.00,V,N*4\r\n$GPGLL,,,,,120001.00,V,N*\r\n");
	assert_int_equal(t.p.stats.no_checksum, 2);
	assert_int_equal(t.p.stats.sentences, 0);
}

static void checksum_is_two_hex_digits_and_line_end(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,120002.00,V,N*4G\r\n");
	raw("$GPGLL,,,,,120002.00,V,N*4B0\r\n");
	raw("$GPGLL,,,,,120002.00,V,N*4B \r\n");
	raw("$GPGLL,,,,,120002.00,V,N* 4B\r\n");
	raw("$GPGLL,,,,,120002.00,V,N**4B\r\n");
	assert_int_equal(t.p.stats.garbled, 5);
	assert_int_equal(t.p.stats.sentences, 0);
}

static void dollar_restarts(void **state)
{
	(void)state;
	raw("$GPGGA,030130$GPGLL,2638.1728,N,08011.3893,W,030131.000,A,A*41\r\n");
	assert_int_equal(t.p.stats.garbled, 1);
	assert_int_equal(t.p.stats.used, 1);
	assert_int_equal(the_fix()->tod_ms, TOD(3, 1, 31));
}

static void dollar_restarts_in_checksum(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,120001.00,V,N*$GPGLL,,,,,120002.00,V,N*4");
	raw("$GPGLL,,,,,120002.00,V,N*4B$GPGLL,,,,,120002.00,V,N*4B\r\n");
	assert_int_equal(t.p.stats.garbled, 3);
	assert_int_equal(t.p.stats.sentences, 1);
}

static void unprintable_byte_garbles(void **state)
{
	static const char bad[] = { 0, 1, '\t', 0x1b, 0x1f, 0x7f, (char)0x80,
				    (char)0xff };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad); i++) {
		raw("$GPGLL,,,,");
		bytes(&bad[i], 1);
		assert_int_equal(t.p.stats.garbled, i + 1);
		raw(",120002.00,V,N*4B\r\n");
	}
	assert_int_equal(t.p.stats.sentences, 0);
	/* back to hunting: the rest of the line is junk */
	assert_int_equal(t.p.stats.junk_bytes, sizeof(bad) * strlen(",120002.00,V,N*4B"));
}

static void space_is_printable(void **state)
{
	(void)state;
	raw("$GNTXT,01,01,02,HW UBX-M80xx 00080000 *43\r\n");
	assert_int_equal(t.p.stats.used, 1);
}

static void bad_byte_garbles(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,120002.00,V,");
	nmea_feed(&t.p, 'N', NMEA_BYTE_BAD, NULL, t.clock++);
	assert_int_equal(t.p.stats.garbled, 1);
	raw("*4B\r\n$GPGLL,,,,,120002.00,V,N*4B");
	nmea_feed(&t.p, '\r', NMEA_BYTE_BAD, NULL, t.clock++);
	assert_int_equal(t.p.stats.garbled, 2);
	assert_int_equal(t.p.stats.sentences, 0);
	assert_int_equal(t.p.stats.junk_bytes, 3);
}

static void bad_dollar_still_starts(void **state)
{
	(void)state;
	nmea_feed(&t.p, '$', NMEA_BYTE_BAD, NULL, t.clock++);
	raw("GPGLL,,,,,120002.00,V,N*4B\r\n");
	assert_int_equal(t.p.stats.sentences, 1);
	assert_int_equal(t.p.stats.garbled, 0);
}

static void junk_between_sentences(void **state)
{
	static const char ubx[] = "\xb5\x62\x01\x02\x03\x7f*41\xff";

	(void)state;
	raw("# Name: a log\r\n");
	raw("{\"class\":\"VERSION\",\"release\":\"3.23\"}\r\n");
	bytes(ubx, sizeof(ubx) - 1);
	say(RMC_1);
	raw("!AIVDM,1,1,,A,15,0*00\r\n");
	assert_int_equal(t.p.stats.used, 1);
	assert_int_equal(t.p.stats.junk_bytes, strlen("# Name: a log") +
			 strlen("{\"class\":\"VERSION\",\"release\":\"3.23\"}") +
			 sizeof(ubx) - 1 + strlen("!AIVDM,1,1,,A,15,0*00"));
	expect_position(the_fix());
}

/* A sentence of n bytes, '$' and checksum counted, of a type nobody knows. */
static void say_long(size_t n, char filler)
{
	char body[600];

	memset(body, filler, n - 4);
	memcpy(body, "GPXXX,", 6);
	body[n - 4] = '\0';
	say("%s", body);
}

static void longest_sentence(void **state)
{
	static const char fillers[] = "x, ";
	const char *c;

	(void)state;
	for (c = fillers; *c; c++) {
		begin();
		say_long(205, *c);
		say_long(NMEA_MAX_SENTENCE, *c);
		assert_int_equal(t.p.stats.ignored, 2);
		assert_int_equal(t.p.stats.too_long, 0);
		say_long(NMEA_MAX_SENTENCE + 1, *c);
		assert_int_equal(t.p.stats.ignored, 2);
		assert_int_equal(t.p.stats.too_long, 1);
		say(RMC_1);
		assert_int_equal(t.p.stats.used, 1);
		assert_int_equal(t.p.stats.garbled, 0);
	}
}

static void very_long_sentence_of_commas(void **state)
{
	int i;

	(void)state;
	raw("$GPRMC");
	for (i = 0; i < 2000; i++)
		raw(",");
	assert_int_equal(t.p.stats.too_long, 1);
	raw("\r\n");
	say(RMC_1);
	expect_position(the_fix());
}

static void truncated_end_is_dropped(void **state)
{
	static const char line[] = "$GPGLL,,,,,120002.00,V,N*4B";
	size_t n;

	(void)state;
	for (n = 1; n < sizeof(line); n++) {
		begin();
		bytes(line, n);
		nmea_flush(&t.p);
		assert_int_equal(t.p.stats.garbled, 1);
		assert_int_equal(t.p.stats.sentences, 0);
		assert_int_equal(t.n, 0);
	}
}

static void sentences_is_the_sum(void **state)
{
	(void)state;
	say(RMC_1);
	say("GPXXX,1");
	say("GPRMC,129901.00,A," POSITION ",1.0,90.0,010126,,,A");
	assert_int_equal(t.p.stats.used, 1);
	assert_int_equal(t.p.stats.ignored, 1);
	assert_int_equal(t.p.stats.malformed, 1);
	assert_int_equal(t.p.stats.sentences, 3);
}

/* ---- addresses ---- */

static void any_talker(void **state)
{
	static const char *const talkers[] = {
		"GP", "GN", "GL", "GA", "GB", "BD", "GQ", "GI", "II", "HC"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(talkers) / sizeof(talkers[0]); i++) {
		begin();
		say("%sRMC,120001.00,A," POSITION ",1.0,90.0,010126,,,A",
		    talkers[i]);
		expect_position(the_fix());
	}
}

static void proprietary_is_ignored(void **state)
{
	(void)state;
	say("PGRMC,A,,,,,,,,,,,,V");		/* Garmin: ends like RMC */
	say("PUBX,04,120001.00,010126,1,2,18,3,4,21");
	say("PGRMZ,48,f,3");
	assert_int_equal(t.p.stats.ignored, 3);
	assert_false(nmea_epoch_open(&t.p));
}

static void other_types_are_ignored(void **state)
{
	(void)state;
	say("GPRMB,A,,,,,,,,,,,,V");
	say("GPGRS,001901.00,1,,,,,,,,,,,,");
	say("GPRM,1");
	say("GPRMCX,1");
	say("gprmc,120001.00,A," POSITION ",1.0,90.0,010126,,,A");
	say("RMC");
	say("%s", "");
	assert_int_equal(t.p.stats.ignored, 7);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(line_ends_are_cr_lf_or_both),
		TEST(checksum_in_either_case),
		TEST(wrong_checksum),
		TEST(no_checksum),
		TEST(half_a_checksum),
		TEST(checksum_is_two_hex_digits_and_line_end),
		TEST(dollar_restarts),
		TEST(dollar_restarts_in_checksum),
		TEST(unprintable_byte_garbles),
		TEST(space_is_printable),
		TEST(bad_byte_garbles),
		TEST(bad_dollar_still_starts),
		TEST(junk_between_sentences),
		TEST(longest_sentence),
		TEST(very_long_sentence_of_commas),
		TEST(truncated_end_is_dropped),
		TEST(sentences_is_the_sum),
		TEST(any_talker),
		TEST(proprietary_is_ignored),
		TEST(other_types_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
