// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: what forms an epoch.
 */
#include "nmea_test.h"

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
