// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: dates.
 */
#include "nmea_test.h"

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

static void zda_alone_says_nothing_of_a_fix(void **state)
{
	(void)state;
	say("GPZDA,120001.00,01,01,2026,00,00");
	expect_nothing_said(the_fix());
	assert_true(has(&t.fix[0], GNSS_GPIO_VALID_DATE));
}

static void zda_blank_or_broken(void **state)
{
	static const char *const bad[] = {
		"32,01,2026", "29,02,2026", "31,04,2026", "01,13,2026",
		"00,01,2026", "01,,2026", "01,01,20x6", "-1,01,2026"
	};
	char body[60];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		say("GPRMC,120000,A," POSITION ",,,010126,,,A");
		snprintf(body, sizeof(body), "GPZDA,120001.00,%s,00,00", bad[i]);
		expect_unreadable(body);
		nmea_flush(&t.p);
		/* and the date before is forgotten */
		assert_int_equal(t.fix[1].valid, GNSS_GPIO_VALID_TIME);
	}
	begin();
	say("GPRMC,120000,A," POSITION ",,,010126,,,A");
	expect_malformed("GPZDA,120001.00,01,01");
	say("GPZDA,120000.00,,,,,");
	assert_int_equal(the_fix()->sentences, 2);
	assert_int_equal(t.p.stats.unreadable, 0);
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

/* A day back, too: a sentence may be late, or a clock be set. */
static void undated_is_within_twelve_hours(void **state)
{
	(void)state;
	say("GPRMC,000000,A," POSITION ",,,020126,,,A");
	say("GPGGA,235959.9," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPGGA,000000.1," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPGGA,115959," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPGGA,235958," POSITION ",1,08,0.9,1,M,1,M,,");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 5);
	assert_int_equal(t.fix[1].utc_ms, DAY_MS + TOD(23, 59, 59) + 900);
	assert_int_equal(t.fix[2].utc_ms, DAY_MS + 86400000 + 100);
	assert_int_equal(t.fix[4].utc_ms,
			 DAY_MS + 86400000 + TOD(23, 59, 58));
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(two_digit_years),
		TEST(any_zda_date_is_exact),
		TEST(zda_gives_the_full_date),
		TEST(zda_alone_says_nothing_of_a_fix),
		TEST(zda_blank_or_broken),
		TEST(rmc_broken_date_keeps_the_position),
		TEST(no_date_before_the_first),
		TEST(date_is_carried_over),
		TEST(carried_date_passes_midnight),
		TEST(undated_is_within_twelve_hours),
		TEST(gga_before_rmc_at_midnight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
