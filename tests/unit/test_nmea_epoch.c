// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: dates, what forms an epoch and when it is published.
 */
#include "nmea_test.h"

/* ---- dates ---- */

static void two_digit_years(void **state)
{
	static const struct {
		const char *text;
		s64 day;
	} table[] = {
		{ "220899", 10825 }, { "050180", 3656 }, { "010100", 10957 },
		{ "010126", DAY_MS / 86400000 }, { "311268", 36159 },
		{ "010169", -365 }, { "290204", 12477 }, { "290200", 11016 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin();
		say("GPRMC,000001,A," POSITION ",,,%s,,,A", table[i].text);
		assert_true(has(the_fix(), GNSS_GPIO_VALID_DATE));
		assert_int_equal(t.fix[0].utc_ms,
				 table[i].day * 86400000 + 1000);
	}
}

static void any_zda_date_is_exact(void **state)
{
	static const u8 length[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	struct tm tm;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memset(&tm, 0, sizeof(tm));
		tm.tm_year = dice(8398) + 1601 - 1900;
		tm.tm_mon = dice(12);
		tm.tm_mday = 1 + dice(length[tm.tm_mon]);
		begin();
		say("GPZDA,000000,%02d,%02d,%04d,00,00", tm.tm_mday,
		    tm.tm_mon + 1, tm.tm_year + 1900);
		assert_true(has(the_fix(), GNSS_GPIO_VALID_DATE));
		assert_int_equal(t.fix[0].utc_ms, timegm(&tm) * 1000LL);
	}
}

static void zda_gives_the_full_date(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPZDA,120001.00,01,01,2026,00,00");
	assert_int_equal(the_fix()->utc_ms, DAY_MS + TOD(12, 0, 1));
	begin();
	/* the century of RMC is a guess */
	say("GPZDA,120001.00,01,01,2070,00,00");
	say("GPRMC,120001,A," POSITION ",,,010170,,,A");
	assert_int_equal(the_fix()->utc_ms, 3155760000000LL + TOD(12, 0, 1));
}

static void zda_alone_is_no_fix(void **state)
{
	(void)state;
	say("GPZDA,120001.00,01,01,2026,00,00");
	expect_no_position(the_fix());
	assert_true(has(&t.fix[0], GNSS_GPIO_VALID_DATE));
}

static void zda_blank_or_broken(void **state)
{
	(void)state;
	say("GPRMC,120000,A," POSITION ",,,010126,,,A");
	expect_malformed("GPZDA,120001.00,32,01,2026,00,00");
	expect_malformed("GPZDA,120001.00,29,02,2026,00,00");
	expect_malformed("GPZDA,120001.00,31,04,2026,00,00");
	expect_malformed("GPZDA,120001.00,01,13,2026,00,00");
	expect_malformed("GPZDA,120001.00,00,01,2026,00,00");
	expect_malformed("GPZDA,120001.00,01,,2026,00,00");
	expect_malformed("GPZDA,120001.00,01,01,20x6,00,00");
	expect_malformed("GPZDA,120001.00,01,01");
	say("GPZDA,120000.00,,,,,");
	assert_int_equal(the_fix()->sentences, 2);
}

static void rmc_broken_date_keeps_the_position(void **state)
{
	static const char *const bad[] = {
		"2208-1", "320126", "290226", "001226", "010026", "011326",
		"01012", "0101261", "0101x6"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		say("GPRMC,000230,A," POSITION ",,,010126,,,A");
		say("GPRMC,000231,A," POSITION ",,,%s,,,A", bad[i]);
		say("GPGGA,000232," POSITION ",1,08,0.9,1,M,1,M,,");
		nmea_flush(&t.p);
		assert_int_equal(t.n, 3);
		expect_position(&t.fix[1]);
		assert_true(has(&t.fix[1], GNSS_GPIO_VALID_TIME));
		assert_false(has(&t.fix[1], GNSS_GPIO_VALID_DATE));
		assert_int_equal(t.fix[1].utc_ms, 0);
		/* and the date before is forgotten */
		assert_false(has(&t.fix[2], GNSS_GPIO_VALID_DATE));
	}
}

static void no_date_before_the_first(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,08,0.9,1,M,1,M,,");
	assert_false(has(the_fix(), GNSS_GPIO_VALID_DATE));
	assert_int_equal(t.fix[0].utc_ms, 0);
}

static void date_is_carried_over(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	say("GPGGA,120002," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPRMC,120003,A," POSITION ",,,,,,A");
	say("GPGGA,120002," POSITION ",1,08,0.9,1,M,1,M,,");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.fix[1].utc_ms, DAY_MS + TOD(12, 0, 2));
	assert_int_equal(t.fix[2].utc_ms, DAY_MS + TOD(12, 0, 3));
	/* a step back by a second is not a new day */
	assert_int_equal(t.fix[3].utc_ms, DAY_MS + TOD(12, 0, 2));
}

static void carried_date_passes_midnight(void **state)
{
	(void)state;
	say("GPRMC,235958,A," POSITION ",,,010126,,,A");
	say("GPGGA,235959," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPGGA,000000," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPGGA,000001," POSITION ",1,08,0.9,1,M,1,M,,");
	nmea_flush(&t.p);
	assert_int_equal(t.fix[1].utc_ms, DAY_MS + TOD(23, 59, 59));
	assert_int_equal(t.fix[2].utc_ms, DAY_MS + 86400000);
	assert_int_equal(t.fix[3].utc_ms, DAY_MS + 86400000 + 1000);
}

static void gga_before_rmc_at_midnight(void **state)
{
	(void)state;
	say("GPGGA,235959," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPRMC,235959,A," POSITION ",,,010126,,,A");
	say("GPGGA,000000," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPRMC,000000,A," POSITION ",,,020126,,,A");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.fix[0].utc_ms, DAY_MS + TOD(23, 59, 59));
	assert_int_equal(t.fix[1].utc_ms, DAY_MS + 86400000);
}

/* ---- epochs ---- */

static void one_time_is_one_epoch(void **state)
{
	s64 start;

	(void)state;
	start = say("GNRMC,091232.000,A,4813.0535,N,00824.8697,E,0.50,1.00,101015,,,A,V");
	say("GNVTG,0.00,T,,M,0.00,N,0.0,K,A");
	say("GNGGA,091232.000,4813.0535,N,00824.8697,E,1,12,0.7,765.8,M,47.4,M,,0000");
	say("GNGSA,A,3,18,21,26,27,16,20,22,29,,,,,1.3,0.7,1.1,1");
	say("GNGSA,A,3,76,87,86,77,70,85,71,75,,,,,1.3,0.7,1.1,2");
	say("GPGSV,1,1,12,07,06,336,17,08,05,281,25,10,51,291,39,16,70,279,37,0");
	say("GLGSV,1,1,11,69,10,015,28,70,32,068,44,71,21,124,43,75,06,190,38,0");
	say("GNGLL,4813.0535,N,00824.8697,E,091232.000,A,A");
	say("GNZDA,091232.000,10,10,2015,,");
	assert_true(nmea_epoch_open(&t.p));
	assert_int_equal(t.n, 0);
	say("GNRMC,091233.000,A,4813.0535,N,00824.8697,E,0.00,0.00,101015,,,A,V");
	assert_int_equal(t.n, 1);
	assert_int_equal(t.fix[0].sentences, 9);
	assert_int_equal(t.fix[0].monotonic_ns, start);
	assert_int_equal(t.fix[0].valid, 0x1fff);
	assert_int_equal(t.fix[0].sats_in_view, 23);
	assert_int_equal(t.fix[0].sats_used, 12);
	assert_int_equal(t.fix[0].speed_mm_s, 257);
	assert_int_equal(t.fix[0].course_1e5, 100000);
	assert_int_equal(t.fix[0].mode, GNSS_GPIO_MODE_3D);
}

static void nothing_is_published_twice(void **state)
{
	(void)state;
	say(RMC_1);
	nmea_silence(&t.p);
	nmea_silence(&t.p);
	nmea_flush(&t.p);
	nmea_flush(&t.p);
	assert_int_equal(t.n, 1);
	assert_false(nmea_epoch_open(&t.p));
	assert_int_equal(t.p.stats.epochs, 1);
	assert_int_equal(t.p.stats.fixes, 1);
}

static void gll_one_second_later_is_its_own_epoch(void **state)
{
	(void)state;
	say("GPRMC,225308,A," POSITION ",000.0,094.5,060601,024.1,E");
	say("GPGGA,225308," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	say("GPGLL," POSITION ",225309,A");
	say("GPRMC,225310,A," POSITION ",000.0,094.5,060601,024.1,E");
	say("GPGGA,225310," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	say("GPGLL," POSITION ",225311,A");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.p.stats.late, 0);
	assert_int_equal(t.fix[1].tod_ms, TOD(22, 53, 9));
	assert_true(has(&t.fix[1], GNSS_GPIO_VALID_DATE));
	assert_int_equal(t.fix[2].tod_ms, TOD(22, 53, 10));
}

static void trailing_gll_of_the_epoch_before_is_late(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	say("GPGGA,120002," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	say("GPGLL," POSITION ",120001,A,A");
	say("GPRMC,120002,A," POSITION ",,,010126,,,A");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.p.stats.late, 1);
	assert_int_equal(t.p.stats.used, 5);
	assert_int_equal(t.fix[1].tod_ms, TOD(12, 0, 2));
	assert_int_equal(t.fix[1].sentences, 2);
}

static void late_after_silence(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	nmea_silence(&t.p);
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	assert_false(nmea_epoch_open(&t.p));
	assert_int_equal(t.p.stats.late, 1);
	/* but its date serves the next epoch */
	say("GPGGA,120002," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	nmea_silence(&t.p);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.fix[1].utc_ms, DAY_MS + TOD(12, 0, 2));
}

static void late_twice_is_a_repeated_time(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	nmea_silence(&t.p);
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	assert_int_equal(t.p.stats.late, 1);
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	assert_int_equal(t.p.stats.late, 1);
	nmea_flush(&t.p);
	assert_int_equal(t.n, 2);
}

static void late_broken_date_forgets_the_date(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	say("GPGGA,120002," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	nmea_silence(&t.p);
	say("GPRMC,120002,A," POSITION ",,,0101-1,,,A");
	assert_int_equal(t.p.stats.late, 1);
	say("GPGGA,120003," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	nmea_flush(&t.p);
	assert_false(has(&t.fix[2], GNSS_GPIO_VALID_DATE));
}

static void repeated_time_is_an_epoch_of_its_own(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		say("GPRMC,120001,A," POSITION ",,,010126,,,A");
		say("GPGGA,120001," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	}
	nmea_flush(&t.p);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.p.stats.late, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(t.fix[i].sentences, 2);
}

static void talkers_are_told_apart(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	say("GNGGA,120001," POSITION ",1,05,2.1,14.7,M,1.1,M,,");
	assert_int_equal(the_fix()->sentences, 2);
}

static void frozen_clock_from_mid_cycle(void **state)
{
	int i;

	(void)state;
	/* the line falls silent after each GLL, and the first thing seen is one */
	say("GPGLL,,,,,000000.00,V,N");
	nmea_silence(&t.p);
	for (i = 0; i < 5; i++) {
		say("GPRMC,000000.00,V,,,,,,,010126,,,N");
		say("GPGGA,000000.00,,,,,0,00,99.99,,,,,,");
		say("GPGLL,,,,,000000.00,V,N");
		nmea_silence(&t.p);
	}
	/* the first cycle only tells that the clock stands still */
	assert_int_equal(t.p.stats.late, 2);
	assert_int_equal(t.n, 6);
	for (i = 2; i < 6; i++)
		assert_int_equal(t.fix[i].sentences, 3);
}

static void time_may_run_backwards(void **state)
{
	(void)state;
	say("GPRMC,120005,A," POSITION ",,,010126,,,A");
	say("GPRMC,120004,A," POSITION ",,,010126,,,A");
	say("GPRMC,120003,A," POSITION ",,,010126,,,A");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.fix[2].tod_ms, TOD(12, 0, 3));
}

static void cold_start_without_time(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		say("GPRMC,,V,,,,,,,,,,N");
		say("GPVTG,,,,,,,,,N");
		say("GPGGA,,,,,,0,00,99.99,,,,,,");
		say("GPGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99");
		say("GPGSV,1,1,00");
		say("GPGLL,,,,,,V,N");
	}
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 4);
	for (i = 0; i < 3; i++) {
		expect_no_position(&t.fix[i]);
		assert_int_equal(t.fix[i].valid & (GNSS_GPIO_VALID_TIME |
						   GNSS_GPIO_VALID_DATE), 0);
		assert_int_equal(t.fix[i].tod_ms, 0);
		assert_int_equal(t.fix[i].sentences, 6);
	}
	assert_true(has(&t.fix[3], GNSS_GPIO_VALID_TIME));
	assert_int_equal(t.p.stats.late, 0);
}

static void cold_start_from_mid_cycle(void **state)
{
	int i;

	(void)state;
	say("GPGLL,,,,,,V,N");
	nmea_silence(&t.p);
	for (i = 0; i < 3; i++) {
		say("GPRMC,,V,,,,,,,,,,N");
		say("GPGLL,,,,,,V,N");
		nmea_silence(&t.p);
	}
	assert_int_equal(t.p.stats.late, 0);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.fix[1].sentences, 2);
}

static void position_without_time(void **state)
{
	(void)state;
	say("GPGLL," POSITION ",,A,A");
	expect_position(the_fix());
	assert_false(has(&t.fix[0], GNSS_GPIO_VALID_TIME));
}

static void valid_without_position_is_no_fix(void **state)
{
	(void)state;
	say("GPRMC,120001,A,,,,,1.0,90.0,010126,,,A");
	expect_no_position(the_fix());
}

static void untimed_before_the_first_epoch_is_held(void **state)
{
	s64 start;

	(void)state;
	say("GPGSV,3,3,11,24,05,327,,28,84,072,33,32,23,078,26");
	say("GPGSA,A,3," GSA_SATS ",1.7,0.8,1.6");
	assert_false(nmea_epoch_open(&t.p));
	nmea_silence(&t.p);
	assert_int_equal(t.n, 0);
	start = say(RMC_1);
	assert_true(nmea_epoch_open(&t.p));
	assert_int_equal(the_fix()->sentences, 3);
	assert_int_equal(t.fix[0].sats_in_view, 11);
	assert_int_equal(t.fix[0].pdop_c, 170);
	assert_int_equal(t.fix[0].mode, GNSS_GPIO_MODE_3D);
	assert_int_equal(t.fix[0].monotonic_ns, start);
}

static void flush_forgets_what_was_held(void **state)
{
	(void)state;
	say("GPGSA,A,3," GSA_SATS ",1.7,0.8,1.6");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 0);
	say(RMC_1);
	assert_int_equal(the_fix()->sentences, 1);
}

static void silence_keeps_half_a_sentence(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,12000");
	nmea_silence(&t.p);
	raw("2.00,V,N*4B\r\n");
	assert_int_equal(t.p.stats.used, 1);
}

static void more_talkers_than_can_be_told_apart(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 60; i++)
		say("%c%cGGA,120001," POSITION ",1,05,2.1,14.7,M,1.1,M,,",
		    'A' + i / 26, 'A' + i % 26);
	assert_int_equal(the_fix()->sentences, 60);
	expect_position(&t.fix[0]);
}

/* ---- publishing when the expected end arrives ---- */

static void say_rmc(unsigned int ms)
{
	char text[40];

	time_text(text, sizeof(text), ms);
	say("GPRMC,%s,A," POSITION ",,,010126,,,A", text);
}

static void say_gga(unsigned int ms)
{
	char text[40];

	time_text(text, sizeof(text), ms);
	say("GPGGA,%s," POSITION ",1,05,2.1,14.7,M,1.1,M,,", text);
}

static void say_gll(unsigned int ms)
{
	char text[40];

	time_text(text, sizeof(text), ms);
	say("GPGLL," POSITION ",%s,A,A", text);
}

static void say_vtg(void)
{
	say("GPVTG,171.5,T,,M,010.0,N,018.5,K,A");
}

static void prompt_after_four_epochs(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 4; i++) {
		say_rmc(i * 1000);
		say_gga(i * 1000);
		assert_int_equal(t.n, i - 1);
	}
	for (; i <= 10; i++) {
		say_rmc(i * 1000);
		assert_int_equal(t.n, i - 1);
		say_gga(i * 1000);
		assert_int_equal(t.n, i);
		assert_false(nmea_epoch_open(&t.p));
		assert_int_equal(t.fix[i - 1].sentences, 2);
	}
	assert_int_equal(t.p.stats.late, 0);
}

static void prompt_by_silence_too(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 4; i++) {
		say_rmc(i * 1000);
		say_gga(i * 1000);
		nmea_silence(&t.p);
	}
	say_rmc(5000);
	say_gga(5000);
	assert_int_equal(t.n, 5);
}

static void prompt_can_be_switched_off(void **state)
{
	unsigned int i;

	(void)state;
	nmea_set_prompt(&t.p, false);
	for (i = 1; i <= 20; i++) {
		say_rmc(i * 1000);
		say_gga(i * 1000);
		assert_int_equal(t.n, i - 1);
	}
}

static void prompt_on_the_last_part_of_gsv(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 10; i++) {
		say_rmc(i * 1000);
		say_gga(i * 1000);
		/* as many parts as there are satellites */
		if (i % 2)
			say("GPGSV,2,1,08,01,25,070,31");
		say("GPGSV,%u,%u,08,01,25,070,31", 1 + i % 2, 1 + i % 2);
		assert_int_equal(t.n, i > 4 ? i : i - 1);
	}
	assert_int_equal(t.p.stats.late, 0);
}

static void prompt_counts_occurrences(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 10; i++) {
		say_rmc(i * 1000);
		say("GNGSA,A,3," GSA_SATS ",1.7,0.8,1.6,1");
		say("GNGSA,A,3," GSA_SATS ",1.7,0.8,1.6,2");
		assert_int_equal(t.n, i - 1);
		say("GNGSA,A,3," GSA_SATS ",1.7,0.8,1.6,3");
		assert_int_equal(t.n, i > 4 ? i : i - 1);
	}
}

static void prompt_survives_a_lost_end(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 6; i++) {
		say_rmc(i * 1000);
		say_gga(i * 1000);
	}
	assert_int_equal(t.n, 6);
	say_rmc(7000);				/* and the GGA is lost */
	say_rmc(8000);
	assert_int_equal(t.n, 7);
	say_gga(8000);
	assert_int_equal(t.n, 8);
	assert_int_equal(t.p.stats.late, 0);
}

static void untimed_after_the_end_is_held(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 6; i++) {
		say_rmc(i * 1000);
		say_gga(i * 1000);
	}
	say_vtg();
	say_rmc(7000);
	say_gga(7000);
	assert_int_equal(t.n, 7);
	assert_int_equal(t.p.stats.late, 0);
	assert_int_equal(t.fix[6].sentences, 3);
	assert_int_equal(t.fix[6].speed_mm_s, 5144);
}

static void held_sentence_ends_no_epoch(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 6; i++) {
		say_rmc(i * 1000);
		say_vtg();
	}
	assert_int_equal(t.n, 6);
	say_vtg();			/* as the end, but of nothing */
	assert_int_equal(t.n, 6);
	assert_false(nmea_epoch_open(&t.p));
	say_rmc(7000);
	nmea_flush(&t.p);
	assert_int_equal(t.n, 7);
	assert_int_equal(t.fix[6].sentences, 2);
}

/* How many epochs in a row it takes until one is published at its end. */
static unsigned int epochs_until_prompt(unsigned int *ms)
{
	unsigned int i, n;

	for (i = 1; i < 1000; i++) {
		*ms += 100;
		say_rmc(*ms);
		n = t.n;
		say_gga(*ms);
		if (t.n > n)
			return i - 1;
	}
	return 0;
}

static void each_strike_makes_trust_dearer(void **state)
{
	static const unsigned int expected[] = { 4, 16, 64, 255, 255 };
	unsigned int ms = 0, i;

	(void)state;
	for (i = 0; i < 5; i++) {
		assert_int_equal(epochs_until_prompt(&ms), expected[i]);
		say_gll(ms);				/* too late */
		assert_int_equal(t.p.stats.late, i + 1);
	}
	/* nothing was published twice or split */
	assert_int_equal(t.n, ms / 100);
}

static void one_strike_for_one_epoch(void **state)
{
	unsigned int ms = 0;
	char text[40];

	(void)state;
	epochs_until_prompt(&ms);
	say_gll(ms);
	time_text(text, sizeof(text), ms);
	say("GPZDA,%s,01,01,2026,00,00", text);
	assert_int_equal(t.p.stats.late, 2);
	assert_int_equal(epochs_until_prompt(&ms), 16);
}

static void late_of_an_epoch_that_ended_by_time_is_no_strike(void **state)
{
	unsigned int i;

	(void)state;
	/* RMC of the next before GLL of this one: never published by guess */
	for (i = 1; i <= 4; i++) {
		say_rmc(i * 1000);
		if (i > 1)
			say_gll(i * 1000 - 1000);
		say_gga(i * 1000);
	}
	assert_int_equal(t.p.stats.late, 3);
	assert_int_equal(t.p.needed, 4);
}

static void ten_hz_gga_with_rmc_once_a_second(void **state)
{
	unsigned int i, ms = 0, complete = 0;

	(void)state;
	for (i = 0; i < 600; i++) {
		ms += 100;
		say_gga(ms);
		if (ms % 1000 == 0)
			say_rmc(ms);
	}
	nmea_flush(&t.p);
	assert_int_equal(t.n, 600);
	assert_int_equal(t.p.stats.late, 1);
	for (i = 0; i < t.n; i++)
		complete += t.fix[i].sentences == 2;
	assert_int_equal(complete, 59);
	assert_int_equal(t.p.stats.fixes, 600);
}

static void frozen_clock_is_published_promptly(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 1; i <= 10; i++) {
		say_rmc(1000);
		say_gga(1000);
		assert_int_equal(t.n, i > 4 ? i : i - 1);
	}
	assert_int_equal(t.p.stats.late, 0);
}

static void whole_second_times_at_5_hz(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 50; i++) {
		say_rmc(i / 5 * 1000);
		say_gga(i / 5 * 1000);
	}
	nmea_flush(&t.p);
	assert_int_equal(t.n, 50);
	assert_int_equal(t.p.stats.late, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(two_digit_years),
		TEST(any_zda_date_is_exact),
		TEST(zda_gives_the_full_date),
		TEST(zda_alone_is_no_fix),
		TEST(zda_blank_or_broken),
		TEST(rmc_broken_date_keeps_the_position),
		TEST(no_date_before_the_first),
		TEST(date_is_carried_over),
		TEST(carried_date_passes_midnight),
		TEST(gga_before_rmc_at_midnight),
		TEST(one_time_is_one_epoch),
		TEST(nothing_is_published_twice),
		TEST(gll_one_second_later_is_its_own_epoch),
		TEST(trailing_gll_of_the_epoch_before_is_late),
		TEST(late_after_silence),
		TEST(late_twice_is_a_repeated_time),
		TEST(late_broken_date_forgets_the_date),
		TEST(repeated_time_is_an_epoch_of_its_own),
		TEST(talkers_are_told_apart),
		TEST(frozen_clock_from_mid_cycle),
		TEST(time_may_run_backwards),
		TEST(cold_start_without_time),
		TEST(cold_start_from_mid_cycle),
		TEST(position_without_time),
		TEST(valid_without_position_is_no_fix),
		TEST(untimed_before_the_first_epoch_is_held),
		TEST(flush_forgets_what_was_held),
		TEST(silence_keeps_half_a_sentence),
		TEST(more_talkers_than_can_be_told_apart),
		TEST(prompt_after_four_epochs),
		TEST(prompt_by_silence_too),
		TEST(prompt_can_be_switched_off),
		TEST(prompt_on_the_last_part_of_gsv),
		TEST(prompt_counts_occurrences),
		TEST(prompt_survives_a_lost_end),
		TEST(untimed_after_the_end_is_held),
		TEST(held_sentence_ends_no_epoch),
		TEST(each_strike_makes_trust_dearer),
		TEST(one_strike_for_one_epoch),
		TEST(late_of_an_epoch_that_ended_by_time_is_no_strike),
		TEST(ten_hz_gga_with_rmc_once_a_second),
		TEST(frozen_clock_is_published_promptly),
		TEST(whole_second_times_at_5_hz),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
