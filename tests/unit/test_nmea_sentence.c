// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: each rule on each field.
 */
#include "nmea_test.h"

/* ---- RMC ---- */

static void rmc_with_all(void **state)
{
	const struct gnss_gpio_fix *f;
	s64 start;

	(void)state;
	raw("junk");
	start = say("GPRMC,123519.42,A," POSITION
		    ",022.4,084.4,010126,003.1,W,A");
	f = the_fix();
	expect_position(f);
	assert_int_equal(f->valid,
			 GNSS_GPIO_VALID_TIME | GNSS_GPIO_VALID_DATE |
			 GNSS_GPIO_VALID_POSITION | GNSS_GPIO_VALID_SPEED |
			 GNSS_GPIO_VALID_COURSE | GNSS_GPIO_VALID_QUALITY);
	assert_int_equal(f->mode, GNSS_GPIO_MODE_2D);
	assert_int_equal(f->tod_ms, TOD(12, 35, 19) + 420);
	assert_int_equal(f->utc_ms, DAY_MS + f->tod_ms);
	assert_int_equal(f->monotonic_ns, start);
	assert_int_equal(f->speed_mm_s, 11524);
	assert_int_equal(f->course_1e5, 8440000);
	assert_int_equal(f->sentences, 1);
}

static void rmc_field_counts(void **state)
{
	static const char *const tails[] = {
		"", ",,", ",,,A", ",,,A,V", ",003.1,W", ",003.1,W,A",
		",,,D,V", ",,,A,V,more,than,anyone,needs,x,x,x,x,x,x,x,x,x,x"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		begin();
		say("GPRMC,120001,A," POSITION ",1.0,90.0,010126%s", tails[i]);
		expect_position(the_fix());
		assert_true(has(&t.fix[0], GNSS_GPIO_VALID_DATE));
	}
	begin();
	say("GPRMC,120001,A," POSITION);
	expect_position(the_fix());
	expect_malformed("GPRMC,120001,A,4807.038,N,01131.000");
	expect_malformed("GPRMC,120001");
	expect_malformed("GPRMC");
}

static void rmc_v_with_stale_position(void **state)
{
	const struct gnss_gpio_fix *f;

	(void)state;
	say("GPRMC,012519.563,V,4131.7353,N,09336.8150,W,0.00,10.0,050405,,");
	f = the_fix();
	expect_no_position(f);
	assert_true(has(f, GNSS_GPIO_VALID_TIME | GNSS_GPIO_VALID_DATE));
	assert_int_equal(t.p.stats.epochs, 1);
	assert_int_equal(t.p.stats.fixes, 0);
}

static void rmc_v_with_made_up_position(void **state)
{
	(void)state;
	say("GPRMC,235946.005,V,8960.000000,N,00000.000000,E,0.000,0.00,050180,,,N");
	say("GPGGA,235946.005,8960.000000,N,00000.000000,E,0,0,,137.000,M,13.000,M,,");
	assert_int_equal(t.p.stats.malformed, 0);
	expect_no_position(the_fix());
}

static void rmc_mode_n_is_no_fix(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",1.0,90.0,010126,,,N");
	expect_no_position(the_fix());
}

static void rmc_nav_status_v_is_a_fix(void **state)
{
	(void)state;
	say("GNRMC,120001,A," POSITION ",1.0,90.0,010126,,,A,V");
	expect_position(the_fix());
}

static void rmc_mode_gives_quality(void **state)
{
	static const struct {
		char mode;
		u8 quality;
	} table[] = {
		{ 'A', 1 }, { 'D', 2 }, { 'P', 3 }, { 'R', 4 }, { 'F', 5 },
		{ 'E', 6 }, { 'M', 7 }, { 'S', 8 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin();
		say("GNRMC,120001,A," POSITION ",1.0,90.0,010126,,,%c",
		    table[i].mode);
		assert_int_equal(the_fix()->quality, table[i].quality);
		assert_true(has(&t.fix[0], GNSS_GPIO_VALID_QUALITY));
	}
	begin();
	say("GNRMC,120001,A," POSITION ",1.0,90.0,010126,,");
	assert_false(has(the_fix(), GNSS_GPIO_VALID_QUALITY));
}

static void rmc_blank_speed_and_course_are_absent(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	assert_int_equal(the_fix()->valid & (GNSS_GPIO_VALID_SPEED |
					     GNSS_GPIO_VALID_COURSE), 0);
}

static void rmc_zero_speed_and_course_are_present(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",000.0,000.0,010126,,,A");
	assert_true(has(the_fix(), GNSS_GPIO_VALID_SPEED |
				   GNSS_GPIO_VALID_COURSE));
	assert_int_equal(t.fix[0].speed_mm_s, 0);
	assert_int_equal(t.fix[0].course_1e5, 0);
}

static void rmc_without_status_or_position_is_malformed(void **state)
{
	(void)state;
	say("GPGGA,115959.00," POSITION ",1,08,1.0,10.0,M,1.0,M,,");
	expect_malformed("GPRMC,120001,X," POSITION ",1.0,90.0,010126,,,A");
	expect_malformed("GPRMC,120001,AA," POSITION ",1.0,90.0,010126,,,A");
	expect_malformed("GPRMC,120001,A,4807.038,X,01131.000,E,1.0,90.0,010126,,,A");
	expect_malformed("GPRMC,12000x,A," POSITION ",1.0,90.0,010126,,,A");
	assert_int_equal(the_fix()->tod_ms, TOD(11, 59, 59));
}

/* What can be read of a sentence counts, whatever the rest is. */
static void rmc_unreadable_fields_are_absent(void **state)
{
	static const struct {
		const char *tail;
		u32 absent;
	} table[] = {
		{ "-1.0,90.0,010126,,,A", GNSS_GPIO_VALID_SPEED },
		{ "1.0.0,90.0,010126,,,A", GNSS_GPIO_VALID_SPEED },
		{ "fast,90.0,010126,,,A", GNSS_GPIO_VALID_SPEED },
		{ "nan,90.0,010126,,,A", GNSS_GPIO_VALID_SPEED },
		{ ".,90.0,010126,,,A", GNSS_GPIO_VALID_SPEED },
		{ "99999999999.0,90.0,010126,,,A", GNSS_GPIO_VALID_SPEED },
		{ "50000.0,90.0,010126,,,A", GNSS_GPIO_VALID_SPEED },
		{ "1.0,north,010126,,,A", GNSS_GPIO_VALID_COURSE },
		{ "1.0,nan,010126,,,A", GNSS_GPIO_VALID_COURSE },
		{ "1.0,-1.0,010126,,,A", GNSS_GPIO_VALID_COURSE },
		{ "1.0,360.00001,010126,,,A", GNSS_GPIO_VALID_COURSE },
		{ "1.0,90.0 ,010126,,,A", GNSS_GPIO_VALID_COURSE },
		{ "1.0,90.0,0101-1,,,A", GNSS_GPIO_VALID_DATE },
		{ "1.0,90.0,010126,,,AA", GNSS_GPIO_VALID_QUALITY },
		{ "1.0,90.0,010126,,,1", GNSS_GPIO_VALID_QUALITY },
	};
	const u32 all = GNSS_GPIO_VALID_TIME | GNSS_GPIO_VALID_DATE |
			GNSS_GPIO_VALID_POSITION | GNSS_GPIO_VALID_SPEED |
			GNSS_GPIO_VALID_COURSE | GNSS_GPIO_VALID_QUALITY;
	char body[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin();
		snprintf(body, sizeof(body), "GPRMC,120001,A," POSITION ",%s",
			 table[i].tail);
		expect_unreadable(body);
		expect_position(the_fix());
		assert_int_equal(t.fix[0].valid, all & ~table[i].absent);
	}
}

static void minus_zero_is_zero(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",-0.00,-0.0,010126,,,A");
	assert_true(has(the_fix(), GNSS_GPIO_VALID_SPEED |
				   GNSS_GPIO_VALID_COURSE));
	assert_int_equal(t.fix[0].speed_mm_s, 0);
	assert_int_equal(t.fix[0].course_1e5, 0);
	assert_int_equal(t.p.stats.unreadable, 0);
}

static void course_360_is_taken(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",1.0,360.00,010126,,,A");
	assert_int_equal(the_fix()->course_1e5, 36000000);
}

/* ---- GGA ---- */

static void gga_with_all(void **state)
{
	const struct gnss_gpio_fix *f;

	(void)state;
	say("GPGGA,123519.00," POSITION ",2,08,0.95,545.4,M,46.9,M,1.0,0138");
	f = the_fix();
	expect_position(f);
	assert_int_equal(f->valid,
			 GNSS_GPIO_VALID_TIME | GNSS_GPIO_VALID_POSITION |
			 GNSS_GPIO_VALID_ALTITUDE | GNSS_GPIO_VALID_GEOID_SEP |
			 GNSS_GPIO_VALID_HDOP | GNSS_GPIO_VALID_QUALITY |
			 GNSS_GPIO_VALID_SATS_USED);
	assert_int_equal(f->mode, GNSS_GPIO_MODE_3D);
	assert_int_equal(f->quality, GNSS_GPIO_QUALITY_DGPS);
	assert_int_equal(f->sats_used, 8);
	assert_int_equal(f->hdop_c, 95);
	assert_int_equal(f->alt_msl_mm, 545400);
	assert_int_equal(f->geoid_sep_mm, 46900);
}

static void gga_field_counts(void **state)
{
	static const char *const tails[] = {
		"", ",08", ",08,0.9,545.4,M", ",08,0.9,545.4,M,46.9",
		",08,0.9,545.4,M,46.9,M", ",08,0.9,545.4,M,46.9,M,",
		",08,0.9,545.4,M,46.9,M,,", ",08,0.9,545.4,M,46.9,M,,0000,x"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		begin();
		say("GPGGA,123519," POSITION ",1%s", tails[i]);
		expect_position(the_fix());
	}
	expect_malformed("GPGGA,123519,4807.038,N,01131.000,E");
}

static void gga_quality_0_or_blank_is_no_fix(void **state)
{
	(void)state;
	say("GPGGA,012519.563,4131.7353,N,09336.8150,W,0,00,50.0,280.2,M,-31.6,M,0.0,0000");
	expect_no_position(the_fix());
	assert_true(has(&t.fix[0], GNSS_GPIO_VALID_SATS_USED));
	begin();
	say("GPGGA,005947.00,3715.6616,N,12157.6709,W,,11,0.8,86.0,M,-30.1,M,,");
	expect_nothing_said(the_fix());
	assert_false(has(&t.fix[0], GNSS_GPIO_VALID_QUALITY));
}

static void gga_altitudes(void **state)
{
	static const struct {
		const char *text;
		s32 mm;
	} table[] = {
		{ "00016", 16000 }, { "-0028", -28000 }, { "14.7", 14700 },
		{ "1129.913", 1129913 }, { "-0.5", -500 }, { "0", 0 },
		{ "-0.0005", -1 }, { "0.0004", 0 }, { "+12.5", 12500 },
		{ "-.5", -500 }, { "2147483.647", 2147483647 },
	};
	static const char *const bad[] = {
		"-", "--1", "1-", "12m", "2147483.648", "1e3", "99999999999",
		"-2147483.648", "0x10", "."
	};
	char body[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin();
		say("GPGGA,123519," POSITION ",1,08,0.9,%s,M,%s,M,,",
		    table[i].text, table[i].text);
		the_fix();
		assert_true(has(&t.fix[0], GNSS_GPIO_VALID_ALTITUDE |
					   GNSS_GPIO_VALID_GEOID_SEP));
		assert_int_equal(t.fix[0].alt_msl_mm, table[i].mm);
		assert_int_equal(t.fix[0].geoid_sep_mm, table[i].mm);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(body, sizeof(body), "GPGGA,123519," POSITION ",1,08,0.9,%s,M,,M,,",
			 bad[i]);
		begin();
		expect_unreadable(body);
		expect_position(the_fix());
		assert_false(has(&t.fix[0], GNSS_GPIO_VALID_ALTITUDE));
	}
}

static void gga_blank_altitude_is_absent(void **state)
{
	(void)state;
	say("GPGGA,123519," POSITION ",1,08,0.9,,M,,M,,");
	assert_int_equal(the_fix()->valid & (GNSS_GPIO_VALID_ALTITUDE |
					     GNSS_GPIO_VALID_GEOID_SEP), 0);
	assert_int_equal(t.fix[0].mode, GNSS_GPIO_MODE_2D);
}

static void gga_blank_geoid_without_unit(void **state)
{
	(void)state;
	say("GPGGA,204132.10," POSITION ",2,08,1.0,221.921,M,,,3,0138");
	assert_int_equal(the_fix()->alt_msl_mm, 221921);
	assert_false(has(&t.fix[0], GNSS_GPIO_VALID_GEOID_SEP));
}

static void gga_broken_fields(void **state)
{
	(void)state;
	say(RMC_1);
	expect_malformed("GPGGA,120001," POSITION ",x,08,0.9,1,M,1,M,,");
	expect_malformed("GPGGA,120001," POSITION ",10,08,0.9,1,M,1,M,,");
	expect_malformed("GPGGA,120001," POSITION ",-1,08,0.9,1,M,1,M,,");
	expect_unreadable("GPGGA,120001," POSITION ",1,eight,0.9,1,M,1,M,,");
	expect_unreadable("GPGGA,120001," POSITION ",1,256,0.9,1,M,1,M,,");
	expect_unreadable("GPGGA,120001," POSITION ",1,08,0.9.,1,M,1,M,,");
	expect_unreadable("GPGGA,120001," POSITION ",1,08,-0.9,1,M,1,M,,");
	expect_unreadable("GPGGA,120001," POSITION ",1,08,0.9,1,f,1,M,,");
	expect_unreadable("GPGGA,120001," POSITION ",1,08,0.9,1,M,1,f,,");
	expect_malformed("GPGGA,12000," POSITION ",0,08,0.9,1,M,1,M,,");
	nmea_flush(&t.p);
	while (t.n)
		expect_position(&t.fix[--t.n]);
}

static void gga_estimated_with_rmc_v_is_no_fix(void **state)
{
	(void)state;
	say("GPGGA,165010.000,4143.6057,N,08338.0788,W,6,00,50.0,203.8,M,-33.7,M,,0000");
	say("GPGSA,A,2,,,,,,,,,,,,,50.0,50.0,50.0");
	say("GPRMC,165010.000,V,4143.6057,N,08338.0788,W,0.60,231.03,180710,,,E");
	expect_no_position(the_fix());
	assert_int_equal(t.fix[0].quality, GNSS_GPIO_QUALITY_ESTIMATED);
}

/* ---- GNS ---- */

static void gns_with_all(void **state)
{
	const struct gnss_gpio_fix *f;

	(void)state;
	say("GNGNS,123519.00," POSITION ",RNNA,13,0.9,25.63,11.24,,,S");
	f = the_fix();
	expect_position(f);
	assert_int_equal(f->quality, GNSS_GPIO_QUALITY_RTK_FIXED);
	assert_int_equal(f->sats_used, 13);
	assert_int_equal(f->hdop_c, 90);
	assert_int_equal(f->alt_msl_mm, 25630);
	assert_int_equal(f->geoid_sep_mm, 11240);
	assert_int_equal(f->mode, GNSS_GPIO_MODE_3D);
}

static void gns_is_a_fix_if_any_mode_is(void **state)
{
	(void)state;
	say("GNGNS,123519.00," POSITION ",NNA,05,0.9,25.63,11.24,,");
	expect_position(the_fix());
	begin();
	say("GNGNS,123519.00," POSITION ",NNN,05,0.9,25.63,11.24,,");
	expect_no_position(the_fix());
	begin();
	say("GNGNS,123519.00," POSITION ",,05,0.9,25.63,11.24,,");
	expect_nothing_said(the_fix());
	expect_malformed("GNGNS,123520.00," POSITION ",A1,05,0.9,2.6,1.2,,");
}

static void gns_n_denies_a_fix(void **state)
{
	(void)state;
	say("GNRMC,123519.00,A," POSITION ",,,010126,,,A");
	say("GNGNS,123519.00," POSITION ",NN,05,0.9,25.63,11.24,,");
	expect_no_position(the_fix());
}

/* ---- who says what of a fix ---- */

static int mode_of(const char *first, const char *second, const char *third)
{
	begin();
	say("%s", first);
	say("%s", second);
	if (third)
		say("%s", third);
	return the_fix()->mode;
}

#define GNS(talker, modes)	talker "GNS,120001," modes ",13,0.9,25.6,11.2,,"
#define WITH(mode)	POSITION "," mode
#define NULLS		",,,,"

static void one_system_denies_nothing_of_all(void **state)
{
	static const char gn_rmc[] = "GNRMC,120001,A," POSITION ",,,010126,,,A";
	static const char gp_rmc[] = "GPRMC,120001,A," POSITION ",,,010126,,,A";
	static const char gp_gga[] = "GPGGA,120001," POSITION ",1,05,0.9,1,M,1,M,,";
	static const char gl_gga[] = "GLGGA,120001,,,,,0,00,,,M,,M,,";

	(void)state;
	assert_int_equal(mode_of(gn_rmc, GNS("GN", WITH("RR")), GNS("GP", NULLS)), 3);
	assert_int_equal(mode_of(GNS("GL", NULLS "NN"), GNS("GN", WITH("AA")), gn_rmc), 3);
	assert_int_equal(t.fix[0].quality, GNSS_GPIO_QUALITY_GPS);
	assert_int_equal(mode_of(gn_rmc, gl_gga, NULL), 2);
	assert_int_equal(t.fix[0].quality, GNSS_GPIO_QUALITY_GPS);
	assert_int_equal(mode_of(gp_rmc, gl_gga, gp_gga), 3);
	/* but what all of them together deny, no one has */
	assert_int_equal(mode_of("GNRMC,120001,V,,,,,,,010126,,,N", gp_gga, NULL), 1);
	assert_int_equal(mode_of(gp_rmc, "GPGGA,120001,,,,,0,00,,,M,,M,,", gn_rmc), 2);
	assert_int_equal(mode_of(gp_rmc, "GPGGA,120001,,,,,0,00,,,M,,M,,", NULL), 1);
}

static void blank_says_nothing(void **state)
{
	static const char *const blank[] = {
		"GPRMC,120001,,,,,,,,010126,,,", "GPGGA,120001,,,,,,,,,M,,M,,",
		"GPGLL,,,,,120001,,", "GPGNS,120001,,,,,,,,,,,"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(blank) / sizeof(blank[0]); i++) {
		begin();
		say("%s", blank[i]);
		expect_nothing_said(the_fix());
		begin();
		say("GNRMC,120001,A," POSITION ",,,010126,,,A");
		say("%s", blank[i]);
		expect_position(the_fix());
		assert_int_equal(t.fix[0].sentences, 2);
	}
}

/* ---- GLL ---- */

static void gll_alone(void **state)
{
	(void)state;
	say("GPGLL," POSITION ",225309,A");
	expect_position(the_fix());
	assert_int_equal(t.fix[0].valid, GNSS_GPIO_VALID_TIME |
					 GNSS_GPIO_VALID_POSITION);
	begin();
	say("GPGLL," POSITION ",225309,A,A");
	expect_position(the_fix());
}

static void gll_v_or_n_is_no_fix(void **state)
{
	(void)state;
	say("GPGLL," POSITION ",225309,V,A");
	expect_no_position(the_fix());
	begin();
	say("GPGLL," POSITION ",225309,A,N");
	expect_no_position(the_fix());
	begin();
	say("GPRMC,225309,A," POSITION ",,,010126,,,A");
	say("GPGLL,,,,,225309,V,N");
	expect_no_position(the_fix());
	expect_malformed("GPGLL," POSITION ",225310");
}

/* ---- VTG ---- */

static void vtg_where_rmc_has_no_speed(void **state)
{
	(void)state;
	say("GPRMC,120001,A," POSITION ",,,010126,,,A");
	say("GPVTG,171.5,T,,M,010.0,N,018.5,K,D");
	assert_int_equal(the_fix()->speed_mm_s, 5144);
	assert_int_equal(t.fix[0].course_1e5, 17150000);
}

static void vtg_knots_before_kmh(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPVTG,,T,,M,1.000,N,100.0,K,A");
	assert_int_equal(the_fix()->speed_mm_s, 514);
	begin();
	say("GPGGA,120001," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPVTG,,T,,M,,N,36.0,K,A");
	assert_int_equal(the_fix()->speed_mm_s, 10000);
	assert_false(has(&t.fix[0], GNSS_GPIO_VALID_COURSE));
}

static void vtg_without_mode(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPVTG,171.0,T,,M,1.000,N,1.852,K");
	assert_true(has(the_fix(), GNSS_GPIO_VALID_SPEED |
				   GNSS_GPIO_VALID_COURSE));
}

static void vtg_mode_n_gives_nothing(void **state)
{
	(void)state;
	say("GPGGA,120001," POSITION ",1,08,0.9,1,M,1,M,,");
	say("GPVTG,0.00,T,,M,0.052,N,0.097,K,N");
	expect_position(the_fix());
	assert_int_equal(t.fix[0].valid & (GNSS_GPIO_VALID_SPEED |
					   GNSS_GPIO_VALID_COURSE), 0);
	begin();
	say("GPVTG,,,,,,,,,N");
	assert_int_equal(t.p.stats.used, 1);
}

static void vtg_of_no_fix_is_not_given(void **state)
{
	(void)state;
	say("GPRMC,120001,V,,,,,,,010126,,,N");
	say("GPVTG,171.0,T,,M,1.000,N,1.852,K");
	expect_no_position(the_fix());
}

static void vtg_unreadable_fields_are_absent(void **state)
{
	(void)state;
	say(RMC_1);
	expect_unreadable("GPVTG,171.0,M,,M,1.000,N,1.852,K,A");
	expect_unreadable("GPVTG,171.0,T,,M,1.000,K,1.852,K,A");
	expect_unreadable("GPVTG,171.0,T,,M,1.000,N,1.852,N,A");
	expect_unreadable("GPVTG,361.0,T,,M,1.000,N,1.852,K,A");
	expect_unreadable("GPVTG,171.0,T,,M,1.000,N,1.852,K,AA");
	expect_unreadable("GPVTG,171.0,T,,M,1.0x,N,1.852,K,A");
	expect_unreadable("GPVTG,171.0,T,,M,1.0,N,1.8x,K,A");
	expect_malformed("GPVTG,171.0");
	assert_int_equal(the_fix()->sentences, 8);
	assert_int_equal(t.fix[0].course_1e5, 9000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rmc_with_all),
		TEST(rmc_field_counts),
		TEST(rmc_v_with_stale_position),
		TEST(rmc_v_with_made_up_position),
		TEST(rmc_mode_n_is_no_fix),
		TEST(rmc_nav_status_v_is_a_fix),
		TEST(rmc_mode_gives_quality),
		TEST(rmc_blank_speed_and_course_are_absent),
		TEST(rmc_zero_speed_and_course_are_present),
		TEST(rmc_without_status_or_position_is_malformed),
		TEST(rmc_unreadable_fields_are_absent),
		TEST(minus_zero_is_zero),
		TEST(course_360_is_taken),
		TEST(gga_with_all),
		TEST(gga_field_counts),
		TEST(gga_quality_0_or_blank_is_no_fix),
		TEST(gga_altitudes),
		TEST(gga_blank_altitude_is_absent),
		TEST(gga_blank_geoid_without_unit),
		TEST(gga_broken_fields),
		TEST(gga_estimated_with_rmc_v_is_no_fix),
		TEST(gns_with_all),
		TEST(gns_is_a_fix_if_any_mode_is),
		TEST(gns_n_denies_a_fix),
		TEST(one_system_denies_nothing_of_all),
		TEST(blank_says_nothing),
		TEST(gll_alone),
		TEST(gll_v_or_n_is_no_fix),
		TEST(vtg_where_rmc_has_no_speed),
		TEST(vtg_knots_before_kmh),
		TEST(vtg_without_mode),
		TEST(vtg_mode_n_gives_nothing),
		TEST(vtg_of_no_fix_is_not_given),
		TEST(vtg_unreadable_fields_are_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
