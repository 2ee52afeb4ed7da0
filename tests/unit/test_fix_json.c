// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records as JSON and as text: names, order and every digit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/fix_json.h"

const char cli_name[] = "test_fix_json";

typedef void (*report_fn)(FILE *f, const struct gnss_gpio_fix *fix,
			  const char *device);

static const struct gnss_gpio_sky *the_sky;

static void sky(FILE *f, const struct gnss_gpio_fix *fix, const char *device)
{
	fix_json_sky(f, fix, the_sky, device);
}

static void expect_line(report_fn report, const struct gnss_gpio_fix *fix,
			const char *device, const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	report(f, fix, device);
	fclose(f);
	assert_string_equal(text, expected);
	free(text);
}

static void tpv_with_all(void **state)
{
	static const struct gnss_gpio_fix fix = {
		.valid = 0x1fff,
		.mode = GNSS_GPIO_MODE_3D,
		.quality = GNSS_GPIO_QUALITY_RTK_FIXED,
		.utc_ms = 1767225600000 + 1042,
		.tod_ms = 1042,
		.lat_nd = -366691667,
		.lon_nd = -179999999999,
		.alt_msl_mm = -7,
		.geoid_sep_mm = 47400,
		.speed_mm_s = 40009,
		.course_1e5 = 35999999,
	};

	(void)state;
	expect_line(fix_json_tpv, &fix, "/dev/gnss-fix0",
		    "{\"class\":\"TPV\",\"device\":\"/dev/gnss-fix0\",\"mode\":3,\"status\":3,"
		    "\"time\":\"2026-01-01T00:00:01.042Z\",\"lat\":-0.366691667,"
		    "\"lon\":-179.999999999,\"altMSL\":-0.007,\"geoidSep\":47.400,"
		    "\"speed\":40.009,\"track\":359.99999}\n");
}

static void tpv_with_nothing(void **state)
{
	static const struct gnss_gpio_fix fix = {
		.mode = GNSS_GPIO_MODE_NO_FIX,
	};

	(void)state;
	expect_line(fix_json_tpv, &fix, NULL, "{\"class\":\"TPV\",\"mode\":1}\n");
}

static void tpv_without_date_has_no_time(void **state)
{
	static const struct gnss_gpio_fix fix = {
		.valid = GNSS_GPIO_VALID_TIME | GNSS_GPIO_VALID_POSITION,
		.mode = GNSS_GPIO_MODE_2D,
		.tod_ms = 1042,
	};

	(void)state;
	expect_line(fix_json_tpv, &fix, NULL,
		    "{\"class\":\"TPV\",\"mode\":2,\"lat\":0.000000000,\"lon\":0.000000000}\n");
}

static void status_is_numbered_as_in_gpsd(void **state)
{
	static const int expected[] = { 0, 0, 2, 9, 3, 4, 5, 7, 8, 0 };
	struct gnss_gpio_fix fix = {
		.valid = GNSS_GPIO_VALID_QUALITY,
		.mode = GNSS_GPIO_MODE_2D,
	};
	char text[80];

	(void)state;
	for (fix.quality = 0; fix.quality < 10; fix.quality++) {
		snprintf(text, sizeof(text),
			 expected[fix.quality] ?
			 "{\"class\":\"TPV\",\"mode\":2,\"status\":%d}\n" :
			 "{\"class\":\"TPV\",\"mode\":2}\n",
			 expected[fix.quality]);
		expect_line(fix_json_tpv, &fix, NULL, text);
	}
	fix.quality = GNSS_GPIO_QUALITY_ESTIMATED;
	fix.mode = GNSS_GPIO_MODE_NO_FIX;
	expect_line(fix_json_tpv, &fix, NULL, "{\"class\":\"TPV\",\"mode\":1}\n");
}

static void sky_with_all(void **state)
{
	static const struct gnss_gpio_fix fix = {
		.valid = 0x1fff,
		.utc_ms = 1767225600000,
		.pdop_c = 294,
		.hdop_c = 5,
		.vdop_c = 4999,
		.sats_used = 0,
		.sats_in_view = 23,
	};

	(void)state;
	expect_line(sky, &fix, "x\"y",
		    "{\"class\":\"SKY\",\"device\":\"x\\\"y\",\"time\":\"2026-01-01T00:00:00.000Z\","
		    "\"pdop\":2.94,\"hdop\":0.05,\"vdop\":49.99,\"uSat\":0,\"nSat\":23}\n");
}

static void empty_sky_is_not_written(void **state)
{
	static const struct gnss_gpio_fix fix = {
		.valid = GNSS_GPIO_VALID_TIME | GNSS_GPIO_VALID_DATE,
	};

	(void)state;
	expect_line(sky, &fix, NULL, "");
}

static void sky_with_satellites(void **state)
{
	static const struct gnss_gpio_fix fix = { .mode = GNSS_GPIO_MODE_3D };
	static const struct gnss_gpio_sky two = {
		.satellites = 2,
		.satellite = {
			{ GNSS_GPIO_SYSTEM_SBAS, 133, 46, 1, 0, -3, 3, 0 },
			{ GNSS_GPIO_SYSTEM_GALILEO, 11, 11, 2, 41, 62, 15, 45 },
		},
	};

	(void)state;
	the_sky = &two;
	expect_line(sky, &fix, NULL,
		    "{\"class\":\"SKY\",\"satellites\":["
		    "{\"PRN\":46,\"gnssid\":1,\"svid\":133,\"az\":0.0,\"el\":-3.0,\"used\":false},"
		    "{\"PRN\":311,\"gnssid\":2,\"svid\":11,\"sigid\":5,\"az\":45.0,\"el\":62.0,"
		    "\"ss\":41.0,\"used\":true}]}\n");
	the_sky = NULL;
}

/* As gpsd has them, whatever the receiver calls the satellite. */
static void numbers_of_gpsd(void **state)
{
	static const struct {
		struct gnss_gpio_satellite s;
		int prn, gnssid;
	} table[] = {
		{ { GNSS_GPIO_SYSTEM_GPS, 7, 7, 0, 0, 0, 0, 0 }, 7, 0 },
		{ { GNSS_GPIO_SYSTEM_SBAS, 133, 133, 0, 0, 0, 0, 0 }, 133, 1 },
		{ { GNSS_GPIO_SYSTEM_GLONASS, 5, 5, 0, 0, 0, 0, 0 }, 69, 6 },
		{ { GNSS_GPIO_SYSTEM_GLONASS, 5, 69, 0, 0, 0, 0, 0 }, 69, 6 },
		{ { GNSS_GPIO_SYSTEM_GALILEO, 11, 311, 0, 0, 0, 0, 0 }, 311, 2 },
		{ { GNSS_GPIO_SYSTEM_BEIDOU, 9, 209, 0, 0, 0, 0, 0 }, 409, 3 },
		{ { GNSS_GPIO_SYSTEM_QZSS, 2, 2, 0, 0, 0, 0, 0 }, 194, 5 },
		{ { GNSS_GPIO_SYSTEM_NAVIC, 3, 3, 0, 0, 0, 0, 0 }, 503, 7 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(fix_prn(&table[i].s), table[i].prn);
		assert_int_equal(fix_gnssid(&table[i].s), table[i].gnssid);
	}
}

static void what_else_is_told(void **state)
{
	static const struct gnss_gpio_fix fix = {
		.valid = GNSS_GPIO_VALID_ERR_RMS | GNSS_GPIO_VALID_ERR_ELLIPSE |
			 GNSS_GPIO_VALID_ERR_POSITION |
			 GNSS_GPIO_VALID_ERR_ALTITUDE | GNSS_GPIO_VALID_HEADING |
			 GNSS_GPIO_VALID_ALT_HAE | GNSS_GPIO_VALID_DATUM,
		.err_rms_mm = 1, .err_major_mm = 2000, .err_minor_mm = 1500,
		.err_orient_1e5 = 4512345, .err_lat_mm = 3, .err_lon_mm = 4,
		.err_alt_mm = 304885000, .heading_1e5 = 2550000,
		.alt_hae_mm = -5, .datum = "P90", .antenna = GNSS_GPIO_ANTENNA_OPEN,
	};
	static const struct gnss_gpio_fix none;

	(void)state;
	expect_line(fix_json_gst, &fix, NULL,
		    "{\"class\":\"GST\",\"rms\":0.001,\"major\":2.000,\"minor\":1.500,\"orient\":45.12345,"
		    "\"lat\":0.003,\"lon\":0.004,\"alt\":304885.000}\n");
	expect_line(fix_json_att, &fix, NULL,
		    "{\"class\":\"ATT\",\"heading\":25.50000}\n");
	expect_line(fix_json_tpv, &fix, NULL,
		    "{\"class\":\"TPV\",\"mode\":0,\"altHAE\":-0.005,\"datum\":\"P90\",\"ant\":2}\n");
	expect_line(fix_json_gst, &none, NULL, "");
	expect_line(fix_json_att, &none, NULL, "");
}

static void decimals(void **state)
{
	static const struct {
		long long value;
		int decimals;
		const char *text;
	} table[] = {
		{ 0, 9, "0.000000000" },
		{ -1, 9, "-0.000000001" },
		{ 1, 9, "0.000000001" },
		{ -999999999, 9, "-0.999999999" },
		{ -1000000000, 9, "-1.000000000" },
		{ 180000000000, 9, "180.000000000" },
		{ -2147483648LL, 3, "-2147483.648" },
		{ INT64_MIN, 9, "-9223372036.854775808" },
		{ INT64_MAX, 9, "9223372036.854775807" },
	};
	char text[FIX_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_string_equal(fix_decimal(text, table[i].value,
						table[i].decimals),
				    table[i].text);
}

static void times(void **state)
{
	static const struct {
		long long utc_ms;
		unsigned int tod_ms;
		const char *text;
	} table[] = {
		{ 0, 0, "1970-01-01T00:00:00.000Z" },
		{ -86400000, 0, "1969-12-31T00:00:00.000Z" },
		{ 1709164800000 + 86399999, 86399999, "2024-02-29T23:59:59.999Z" },
		{ 1709251200000, 0, "2024-03-01T00:00:00.000Z" },
		{ 951782400000, 0, "2000-02-29T00:00:00.000Z" },
		{ 4107542400000, 0, "2100-03-01T00:00:00.000Z" },
		/* a leap second */
		{ 1483228800250, 86400250, "2016-12-31T23:59:60.250Z" },
		{ 1483228800250, 250, "2017-01-01T00:00:00.250Z" },
	};
	struct gnss_gpio_fix fix = { 0 };
	char text[FIX_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		fix.valid = GNSS_GPIO_VALID_TIME | GNSS_GPIO_VALID_DATE;
		fix.utc_ms = table[i].utc_ms;
		fix.tod_ms = table[i].tod_ms;
		assert_string_equal(fix_time(text, &fix), table[i].text);
	}
	fix.valid = GNSS_GPIO_VALID_TIME;
	fix.tod_ms = 3723004;
	assert_string_equal(fix_time(text, &fix), "01:02:03.004");
	fix.valid = 0;
	assert_string_equal(fix_time(text, &fix), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tpv_with_all),
		cmocka_unit_test(tpv_with_nothing),
		cmocka_unit_test(tpv_without_date_has_no_time),
		cmocka_unit_test(status_is_numbered_as_in_gpsd),
		cmocka_unit_test(sky_with_all),
		cmocka_unit_test(empty_sky_is_not_written),
		cmocka_unit_test(sky_with_satellites),
		cmocka_unit_test(numbers_of_gpsd),
		cmocka_unit_test(what_else_is_told),
		cmocka_unit_test(decimals),
		cmocka_unit_test(times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
