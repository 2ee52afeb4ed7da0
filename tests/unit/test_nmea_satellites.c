// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: each rule on each field of GSA and GSV.
 */
#include "nmea_test.h"

/* ---- GSA ---- */

static void gsa_field_counts(void **state)
{
	static const char *const tails[] = {
		"", ",1", ",0.9", ",", ",A,B,C,D"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		begin();
		say(RMC_1);
		say("GNGSA,A,3," GSA_SATS ",1.7,0.8,1.6%s", tails[i]);
		assert_true(has(the_fix(), GNSS_GPIO_VALID_PDOP |
					   GNSS_GPIO_VALID_HDOP |
					   GNSS_GPIO_VALID_VDOP));
		assert_int_equal(t.fix[0].pdop_c, 170);
		assert_int_equal(t.fix[0].hdop_c, 80);
		assert_int_equal(t.fix[0].vdop_c, 160);
		assert_int_equal(t.fix[0].mode, GNSS_GPIO_MODE_3D);
	}
}

static void gsa_unknown_dops(void **state)
{
	static const char *const unknown[] = {
		"50.0", "99.99", "0.0", "0", "", "50", "99.9", "0.004"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		begin();
		say(RMC_1);
		say("GPGGA,120001," POSITION ",1,08,%s,1,M,1,M,,", unknown[i]);
		say("GPGSA,A,3," GSA_SATS ",%s,%s,%s", unknown[i], unknown[i],
		    unknown[i]);
		the_fix();
		assert_int_equal(t.fix[0].valid & (GNSS_GPIO_VALID_PDOP |
						   GNSS_GPIO_VALID_HDOP |
						   GNSS_GPIO_VALID_VDOP), 0);
		assert_int_equal(t.fix[0].hdop_c, 0);
	}
	begin();
	say(RMC_1);
	say("GPGSA,A,3," GSA_SATS ",49.99,0.01,10.0");
	assert_int_equal(the_fix()->pdop_c, 4999);
	assert_int_equal(t.fix[0].hdop_c, 1);
	assert_int_equal(t.fix[0].vdop_c, 1000);
}

static void gsa_gives_the_mode(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,03,2.2,204.1,M,-33.7,M,,");
	say("GPGSA,A,2,31,23,16,,,,,,,,,,2.4,2.2,1.0");
	assert_int_equal(the_fix()->mode, GNSS_GPIO_MODE_2D);
	assert_true(has(&t.fix[0], GNSS_GPIO_VALID_ALTITUDE));
	begin();
	say("GNRMC,120001,A," POSITION ",,,010126,,,A");
	say("GNGSA,A,3," GSA_SATS ",1.7,0.8,1.6,1");
	say("GNGSA,A,1,,,,,,,,,,,,,1.7,0.8,1.6,2");
	assert_int_equal(the_fix()->mode, GNSS_GPIO_MODE_3D);
}

static void gsa_mode_1_denies_nothing(void **state)
{
	(void)state;
	say(RMC_1);
	say("GPGSA,A,1,,,,,,,,,,,,,,,");
	assert_int_equal(the_fix()->mode, GNSS_GPIO_MODE_2D);
}

static void gsa_mode_of_another_epoch_is_forgotten(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	say("GPGSA,A,3," GSA_SATS ",1.7,0.8,1.6");
	say("GPRMC,120002,A," POSITION ",,,010126,,,A");
	nmea_flush(&t.p);
	assert_int_equal(t.fix[0].mode, GNSS_GPIO_MODE_3D);
	assert_int_equal(t.fix[1].mode, GNSS_GPIO_MODE_2D);
	assert_false(has(&t.fix[1], GNSS_GPIO_VALID_PDOP));
}

static void gsa_counts_satellites_where_gga_does_not(void **state)
{
	(void)state;
	say(RMC_1);
	say("GNGSA,A,3," GSA_SATS ",1.7,0.8,1.6,1");
	say("GNGSA,A,3,74,00,,,,,,,,,,,1.7,0.8,1.6,2");
	assert_int_equal(the_fix()->sats_used, 5);
	assert_true(has(&t.fix[0], GNSS_GPIO_VALID_SATS_USED));
	begin();
	say(RMC_1);
	say("GNGSA,A,3," GSA_SATS ",1.7,0.8,1.6,1");
	say("GPGGA,120001," POSITION ",1,14,0.9,1,M,1,M,,");
	assert_int_equal(the_fix()->sats_used, 14);
}

static void gsa_unreadable_fields_are_absent(void **state)
{
	(void)state;
	say(RMC_1);
	expect_unreadable("GPGSA,A,4," GSA_SATS ",1.7,0.8,1.6");
	expect_unreadable("GPGSA,A,33," GSA_SATS ",1.7,0.8,1.6");
	expect_unreadable("GPGSA,A,1,x6,12,25,29,,,,,,,,,1.7,0.8,1.6");
	expect_unreadable("GPGSA,A,1,7x,12,25,29,,,,,,,,,1.7,0.8,1.6");
	expect_unreadable("GPGSA,A,1," GSA_SATS ",1.7,,1.9x");
	expect_malformed("GPGSA,A");
	assert_int_equal(the_fix()->mode, GNSS_GPIO_MODE_2D);
	assert_int_equal(t.fix[0].sats_used, 4);
	assert_int_equal(t.fix[0].vdop_c, 160);
}

/* ---- a satellite is a number of a system ---- */

static unsigned int used(const char *format, ...)
{
	char text[300], *body = text, *next;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	begin();
	say("GNRMC,120001,A," POSITION ",1.0,90.0,010126,,,A");
	for (; body; body = next) {
		next = strchr(body, ' ');
		if (next)
			*next++ = '\0';
		say("%s", body);
	}
	return the_fix()->sats_used;
}

#define NO_DOPS	",,,,,,,,,,,,,"

static void gsa_counts_a_satellite_once(void **state)
{
	(void)state;
	/* the same by two talkers, or twice */
	assert_int_equal(used("GPGSA,A,3,05,12" NO_DOPS " GNGSA,A,3,12,05,70" NO_DOPS), 3);
	assert_int_equal(used("GNGSA,A,3,05,5,005" NO_DOPS), 1);
	/* the same number in other systems, told by talker or field */
	assert_int_equal(used("GPGSA,A,3,05,12" NO_DOPS " GAGSA,A,3,05,12" NO_DOPS), 4);
	assert_int_equal(used("GNGSA,A,3,05,,,,,,,,,,,,1,1,1,1 GNGSA,A,3,05,,,,,,,,,,,,1,1,1,3"), 2);
	/* old numbers and new ones */
	assert_int_equal(used("GNGSA,A,3,301,201,401,193,120,65" NO_DOPS
			      " GAGSA,A,3,01" NO_DOPS " GBGSA,A,3,01" NO_DOPS
			      " PQGSA,A,3,01" NO_DOPS " GPGSA,A,3,33" NO_DOPS
			      " GLGSA,A,3,01" NO_DOPS), 5);
	assert_int_equal(used("QZGSA,A,3,193,01" NO_DOPS " GQGSA,A,3,01,02" NO_DOPS), 2);
	assert_int_equal(used("GIGSA,A,3,01" NO_DOPS " BDGSA,A,3,01,201" NO_DOPS), 2);
	assert_int_equal(used("GIGSA,A,3,01" NO_DOPS " GPGSA,A,3,01" NO_DOPS), 2);
}

static void capped_or_partial_counts_beat_no_better_one(void **state)
{
	static const char gns[] = "GNGNS,120001," POSITION ",AA,20,0.6,1,1,,";
	static const char gga[] = "GNGGA,120001," POSITION ",1,12,0.6,1,M,1,M,,";
	static const char own[] = "GLGNS,120001,,,,,,05,,,,1.0,23";

	(void)state;
	assert_int_equal(used("%s %s", gns, gga), 20);
	assert_int_equal(used("%s %s", gga, gns), 20);
	assert_int_equal(used("%s %s GAGNS,120001,,,,,,05,,,,1.0,23", own, gns), 20);
	assert_int_equal(used("%s %s", gga, own), 12);
}

/*
 * 12 is the most that some state.  Where GSV lists satellites of a system, GSA is believed
 * for those only.
 */
static void capped_count_gives_way_to_what_gsa_lists(void **state)
{
	static const char gga[] = "GNGGA,120001," POSITION ",1,12,0.6,1,M,1,M,,";
	static const char gps[] = "GNGSA,A,3,01,02,03,04,05,06,07,08,09,10,11,12,1.2,0.6,1.0";
	static const char glonass[] = "GNGSA,A,3,65,66,67,68,69,70,71,72,,,,,1.2,0.6,1.0";
	static const char view[] = "GLGSV,1,1,04,65,40,100,40,66,41,101,41,67,42,102,42,68,43,103,43";

	(void)state;
	assert_int_equal(used("%s %s %s", gga, gps, glonass), 20);
	assert_int_equal(used("%s %s %s", gps, glonass, gga), 20);
	assert_int_equal(used("%s %s %s %s", gga, gps, gps, glonass), 20);
	assert_int_equal(used("%s %s", gga, glonass), 12);
	assert_int_equal(used("%s %s %s %s", gga, gps, glonass, view), 12 + 4);
	/* of both systems a GSV lists four, as in every part of its group */
	assert_int_equal(used("%s %s %s %s %s", gga, gps, glonass, view,
			      "GPGSV,1,1,16,01,40,100,40,02,41,101,41,03,42,102,42,04,43,103,43"), 12);
	assert_int_equal(used("%s GNGSA,A,3,01,02,03,04,05,06,07,08,09,10,,,1,1,1 %s %s", gga,
			      "GPGSV,3,1,10,01,,,,02,,,,03,,,,04,,, GPGSV,3,2,10,05,,,,06,,,,07,,,,08,,,"
			      " GPGSV,3,3,10,09,,,,10,,,", view), 12);
	assert_int_equal(used("%s GNGSA,A,3,01,02,03,04,05,06,07,08,09,10,,,1,1,1 %s %s %s", gga,
			      "GPGSV,3,1,10,01,,,,02,,,,03,,,,04,,, GPGSV,3,2,10,05,,,,06,,,,07,,,,08,,,"
			      " GPGSV,3,3,10,09,,,,10,,,", view, glonass), 14);
	/* no cap */
	assert_int_equal(used("GNGGA,120001," POSITION ",1,11,0.6,1,M,1,M,, %s %s", gps, glonass), 11);
	assert_int_equal(used("GNGNS,120001," POSITION ",AA,13,0.6,1,1,, %s %s", gps, glonass), 13);
}

/* ---- GSV ---- */

static void gsv_totals_are_summed_over_talkers(void **state)
{
	(void)state;
	say(RMC_1);
	say("GPGSV,3,1,12,07,06,336,17,08,05,281,25,10,51,291,39,16,70,279,37,0");
	say("GPGSV,3,2,12,18,39,130,36,20,28,055,33,21,66,068,39,22,17,168,38,0");
	say("GPGSV,3,3,12,26,65,188,41,27,39,287,40,29,15,092,31,31,01,199,39,0");
	say("GLGSV,1,1,03,69,10,015,28,70,32,068,44,71,21,124,,0");
	assert_int_equal(the_fix()->sats_in_view, 15);
	assert_true(has(&t.fix[0], GNSS_GPIO_VALID_SATS_IN_VIEW));
}

static void gsv_of_two_signals_count_once(void **state)
{
	(void)state;
	say(RMC_1);
	say("GPGSV,1,1,13,01,25,070,31,1");
	say("GPGSV,1,1,06,01,25,070,37,6");
	say("GAGSV,1,1,02,11,62,045,41,7");
	say("GAGSV,1,1,04,11,62,045,41,2");
	assert_int_equal(the_fix()->sats_in_view, 17);
}

static void gsv_none_in_view(void **state)
{
	(void)state;
	say(RMC_1);
	say("GPGSV,1,1,00");
	assert_int_equal(the_fix()->sats_in_view, 0);
	assert_true(has(&t.fix[0], GNSS_GPIO_VALID_SATS_IN_VIEW));
}

static void gsv_of_another_epoch_is_forgotten(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	say("GPGSV,1,1,09,01,25,070,31");
	say("GPRMC,120002,A," POSITION ",,,010126,,,A");
	nmea_flush(&t.p);
	assert_int_equal(t.fix[0].sats_in_view, 9);
	assert_false(has(&t.fix[1], GNSS_GPIO_VALID_SATS_IN_VIEW));
	assert_int_equal(t.fix[1].sats_in_view, 0);
}

static void gsv_sum_is_limited(void **state)
{
	(void)state;
	say(RMC_1);
	say("GPGSV,1,1,200");
	say("GLGSV,1,1,200");
	assert_int_equal(the_fix()->sats_in_view, 255);
}

/* Groups of several signals list some satellites that others do not. */
static void gsv_of_signals_with_other_satellites(void **state)
{
	(void)state;
	say(RMC_1);
	say("GLGSV,1,1,02,65,58,275,32,66,23,331,33,1");
	say("GLGSV,1,1,03,66,23,331,30,73,12,066,,76,07,251,,0");
	say("GNGSV,1,1,02,01,23,331,30,65,12,066,");
	assert_int_equal(the_fix()->sats_in_view, 5);
}

static void gsv_lost_part_is_counted(void **state)
{
	(void)state;
	say(RMC_1);
	say("GPGSV,3,1,10,07,06,336,17,08,05,281,25,10,51,291,39,16,70,279,37");
	say("GPGSV,3,3,10,18,39,130,36,20,28,055,33");
	assert_int_equal(the_fix()->sats_in_view, 10);
}

/* NMEA 4.11: later parts need not repeat what the first one told. */
static void gsv_abbreviated(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 10; i++) {
		say("GPRMC,1200%02u,A," POSITION ",,,010126,,,A", i);
		say("GPGSV,3,1,09,8,13,62,35,13,50,277,39,18,18,324,33,5,53,228,38");
		say("GPGSV,,2,,7,43,71,39,30,73,107,38,27,13,26,34,15,14,289,37");
		assert_int_equal(t.n, i - 1);
		say("GPGSV,,%s,,14,33,150,40", i % 2 ? "3" : "");
		/* it is the end of the cycle */
		assert_int_equal(t.n, i > 4 ? i : i - 1);
	}
	nmea_flush(&t.p);
	for (i = 0; i < 10; i++) {
		assert_int_equal(t.fix[i].sats_in_view, 9);
		assert_int_equal(t.fix[i].sentences, 4);
	}
	assert_int_equal(t.p.stats.unreadable, 0);
}

static void gsv_unreadable_fields_are_absent(void **state)
{
	(void)state;
	say(RMC_1);
	expect_unreadable("GPGSV,one,1,03,01,25,070,31");
	expect_unreadable("GPGSV,1,one,03,02,25,070,31");
	expect_unreadable("GPGSV,1,1,many,03,25,070,31");
	expect_unreadable("GPGSV,1,1,03,x4,25,070,31,04,25,070,31");
	expect_unreadable("GPGSV,1,1,03,5x,25,070,31,04,25,070,31");
	expect_malformed("GPGSV,1,1");
	assert_int_equal(the_fix()->sats_in_view, 4);
	expect_position(&t.fix[0]);
}

static void qzss_talks_as_pq(void **state)
{
	(void)state;
	say(RMC_1);
	say("PQGSV,1,1,02,01,25,070,31,03,25,070,31,1");
	say("GQGSV,1,1,01,03,25,070,31,8");
	assert_int_equal(the_fix()->sats_in_view, 2);
	assert_int_equal(t.p.stats.ignored, 0);
	/* a maker's own, although it begins so */
	say("PQTMGSV,1,1,02,01,25,070,31,03,25,070,31");
	assert_int_equal(t.p.stats.ignored, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(gsa_field_counts),
		TEST(gsa_unknown_dops),
		TEST(gsa_gives_the_mode),
		TEST(gsa_mode_1_denies_nothing),
		TEST(gsa_mode_of_another_epoch_is_forgotten),
		TEST(gsa_counts_satellites_where_gga_does_not),
		TEST(gsa_unreadable_fields_are_absent),
		TEST(gsa_counts_a_satellite_once),
		TEST(capped_or_partial_counts_beat_no_better_one),
		TEST(capped_count_gives_way_to_what_gsa_lists),
		TEST(gsv_totals_are_summed_over_talkers),
		TEST(gsv_of_two_signals_count_once),
		TEST(gsv_none_in_view),
		TEST(gsv_of_another_epoch_is_forgotten),
		TEST(gsv_sum_is_limited),
		TEST(gsv_of_signals_with_other_satellites),
		TEST(gsv_lost_part_is_counted),
		TEST(gsv_abbreviated),
		TEST(gsv_unreadable_fields_are_absent),
		TEST(qzss_talks_as_pq),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
