// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: numbers and times.
 */
#include "nmea_test.h"

static void angles(void **state)
{
	static const struct {
		const char *lat, *ns, *lon, *ew;
		s64 lat_nd, lon_nd;
	} table[] = {
		{ "4829.0005", "N", "00022.0016", "E", 48483341667, 366693333 },
		{ "4829.0005", "S", "00022.0015", "W", -48483341667, -366691667 },
		{ "0000.0000", "N", "00000.0000", "E", 0, 0 },
		{ "0000.0000", "S", "00000.0000", "W", 0, 0 },
		{ "0000.00001", "S", "00000.00001", "W", -167, -167 },
		{ "0000", "N", "18000", "E", 0, 180000000000 },
		{ "9000.000", "S", "18000.000", "W", -90000000000, -180000000000 },
		{ "8959.99999", "N", "17959.99999", "W", 89999999833, -179999999833 },
		{ "4404.1306024", "N", "12118.8446777", "W", 44068843373, -121314077962 },
		/* 3 * 1e-8 min = 0.5 nd and 2.9999... of it: half away from zero */
		{ "0000.00000003", "N", "00000.00000003", "W", 1, -1 },
		{ "0000.00000002999999", "N", "00000.000000029", "W", 0, 0 },
		{ "0000.00000009", "N", "00000.000000089999", "E", 2, 1 },
		{ "807.038", "N", "831.5", "E", 8117300000, 8525000000 },
		{ "5959.", "N", "00000.5", "E", 59983333333, 8333333 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin();
		say("GPRMC,120001,A,%s,%s,%s,%s,,,010126,,,A", table[i].lat,
		    table[i].ns, table[i].lon, table[i].ew);
		the_fix();
		assert_int_equal(t.fix[0].lat_nd, table[i].lat_nd);
		assert_int_equal(t.fix[0].lon_nd, table[i].lon_nd);
	}
}

static void broken_angles_are_malformed(void **state)
{
	static const char *const table[] = {
		"4860.000,N,01131.000,E", "4807.038,N,01160.000,E",
		"4899.9,N,01131.000,E", "9100.000,N,01131.000,E",
		"9000.00001,N,01131.000,E", "4807.038,N,18000.00001,E",
		"4807.038,N,18100.000,E", "4807.038,,01131.000,E",
		"4807.038,N,01131.000,", "4807.038,E,01131.000,E",
		"4807.038,N,01131.000,N", "4807.038,n,01131.000,E",
		"4807.038,NN,01131.000,E", "-4807.038,N,01131.000,E",
		"4807.0.38,N,01131.000,E", "4807.038N,N,01131.000,E",
		"4807.03 8,N,01131.000,E", ".038,N,01131.000,E",
		",N,01131.000,E", "4807.038,N,,E",
		"99999999994807.038,N,01131.000,E",
		"4294967296,N,01131.000,E",
	};
	char body[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		snprintf(body, sizeof(body), "GPRMC,120001,A,%s,1,1,010126,,,A",
			 table[i]);
		expect_malformed(body);
	}
}

/* Rounded half away from zero, like the parser, but in 128 bits. */
static s64 exact_ratio(unsigned __int128 a, unsigned __int128 b)
{
	return (s64)((2 * a + b) / (2 * b));
}

/* Random digits; the value as an integer goes to *value. */
static void digits(char *text, int n, unsigned __int128 *value)
{
	int i;

	for (i = 0; i < n; i++) {
		text[i] = '0' + (dice(3) ? dice(10) : dice(2) * 9);
		*value = *value * 10 + (text[i] - '0');
	}
	text[n] = '\0';
}

static void any_angle_is_exact(void **state)
{
	unsigned __int128 value, scale;
	char fraction[20];
	u32 degrees, minutes;
	int i, j, n;

	(void)state;
	for (i = 0; i < 20000; i++) {
		begin();
		degrees = dice(90);
		minutes = dice(60);
		n = dice(14);
		value = degrees * 60 + minutes;
		digits(fraction, n, &value);
		for (scale = 60, j = 0; j < n; j++)
			scale *= 10;
		say("GPGLL,%02u%02u.%s,S,%03u%02u.%s,W,120001,A", degrees,
		    minutes, fraction, degrees, minutes, fraction);
		the_fix();
		assert_int_equal(t.fix[0].lat_nd,
				 -exact_ratio(value * 1000000000, scale));
		assert_int_equal(t.fix[0].lon_nd, t.fix[0].lat_nd);
	}
}

static void any_speed_is_exact(void **state)
{
	unsigned __int128 value, scale;
	char text[20], fraction[20];
	int i, j, n;

	(void)state;
	for (i = 0; i < 5000; i++) {
		begin();
		value = dice(4) ? dice(100) : dice(42949);
		snprintf(text, sizeof(text), "%u", (u32)value);
		n = dice(6);
		digits(fraction, n, &value);
		for (scale = 1, j = 0; j < n; j++)
			scale *= 10;
		say("GPRMC,120001,A," POSITION ",%s.%s,,010126,,,A", text,
		    fraction);
		assert_int_equal(the_fix()->speed_mm_s,
				 exact_ratio(value * 1852000, scale * 3600));
		begin();
		say("GPRMC,120001,A," POSITION ",,,010126,,,A");
		say("GPVTG,,T,,M,,N,%s.%s,K,A", text, fraction);
		assert_int_equal(the_fix()->speed_mm_s,
				 exact_ratio(value * 1000000, scale * 3600));
	}
}

static void times(void **state)
{
	static const struct {
		const char *text;
		u32 tod;
	} table[] = {
		{ "000000", 0 },
		{ "235959", TOD(23, 59, 59) },
		{ "225308", TOD(22, 53, 8) },
		{ "030129.0", TOD(3, 1, 29) },
		{ "000231.42", TOD(0, 2, 31) + 420 },
		{ "000231.099", TOD(0, 2, 31) + 99 },
		{ "000231.5", TOD(0, 2, 31) + 500 },
		{ "000231.0999", TOD(0, 2, 31) + 99 },	/* cut off */
		{ "000231.999999999", TOD(0, 2, 31) + 999 },
		{ "000231.", TOD(0, 2, 31) },
		{ "235960.25", 86400000 + 250 },	/* leap second */
	};
	static const char *const bad[] = {
		"1", "12000", "1200011", "240000", "126000", "120061",
		"12:00:01", "120001,5", "120001.x", "120001.5.5", "-20001",
		"+120001", "12000a", " 120001", "120001 ",
	};
	char body[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin();
		say("GPGLL," POSITION ",%s,A", table[i].text);
		assert_true(has(the_fix(), GNSS_GPIO_VALID_TIME));
		assert_int_equal(t.fix[0].tod_ms, table[i].tod);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(body, sizeof(body), "GPGLL," POSITION ",%s,A", bad[i]);
		expect_malformed(body);
	}
}

static void one_time_with_more_or_fewer_decimals_is_one_epoch(void **state)
{
	(void)state;
	say("GPGLL," POSITION ",030129.000,A,A");
	say("GPGGA,030129.00," POSITION ",1,06,1.5,00016,M,-0028,M,,");
	say("GPRMC,030129.0,A," POSITION ",0.00,219.6,010413,,");
	say("GPZDA,030129,01,04,2013,,");
	assert_int_equal(the_fix()->sentences, 4);
}

static void leap_second_is_an_epoch(void **state)
{
	(void)state;
	say("GPRMC,235959.00,A," POSITION ",,,311216,,,A");
	say("GPRMC,235960.00,A," POSITION ",,,311216,,,A");
	say("GPRMC,000000.00,A," POSITION ",,,010117,,,A");
	nmea_flush(&t.p);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.fix[1].tod_ms, 86400000);
	assert_int_equal(t.fix[1].utc_ms, t.fix[0].utc_ms + 1000);
	assert_int_equal(t.fix[2].utc_ms, t.fix[1].utc_ms);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(angles),
		TEST(broken_angles_are_malformed),
		TEST(any_angle_is_exact),
		TEST(any_speed_is_exact),
		TEST(times),
		TEST(one_time_with_more_or_fewer_decimals_is_one_epoch),
		TEST(leap_second_is_an_epoch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
