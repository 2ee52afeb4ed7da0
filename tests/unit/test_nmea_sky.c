// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: the list of satellites, and what receivers tell besides fixes.
 */
#include "nmea_test.h"

static struct gnss_gpio_sky sky[8];
static struct gnss_gpio_fix fix[8];
static unsigned int n;

static void publish(void *ctx, const struct gnss_gpio_fix *f)
{
	(void)ctx;
	assert_true(n < 8);
	memset(&sky[n], 0x5a, sizeof(sky[n]));
	nmea_get_sky(&t.p, &sky[n]);
	fix[n++] = *f;
}

static int setup_sky(void **state)
{
	setup(state);
	nmea_init(&t.p, publish, NULL);
	n = 0;
	return 0;
}

static void anew(void)
{
	setup_sky(NULL);
	say(RMC_1);
}

static const struct gnss_gpio_sky *the_sky(void)
{
	nmea_flush(&t.p);
	assert_int_equal(n, 1);
	return &sky[0];
}

/* "svid/signal ..." of all that is listed. */
static void expect_list(const struct gnss_gpio_sky *s, const char *expected)
{
	char text[2000] = "";
	unsigned int i;
	int at = 0;

	for (i = 0; i < s->satellites; i++)
		at += snprintf(text + at, sizeof(text) - at, "%s%u:%u/%X",
			       i ? " " : "", s->satellite[i].system,
			       s->satellite[i].svid, s->satellite[i].signal);
	assert_string_equal(text, expected);
	assert_int_equal(s->size, 32 + 10 * s->satellites);
	assert_int_equal(s->satellite_size, 10);
}

static void layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct gnss_gpio_satellite), 10);
	assert_int_equal(offsetof(struct gnss_gpio_sky, satellite), 32);
	assert_int_equal(sizeof(struct gnss_gpio_sky), 1832);
	assert_true(sizeof(struct gnss_gpio_sky) <= GNSS_GPIO_RECORD_MAX);
	assert_int_equal(sizeof(struct gnss_gpio_fix), 152);
	assert_int_equal(offsetof(struct gnss_gpio_fix, heading_1e5), 104);
}

static void fields_of_a_satellite(void **state)
{
	const struct gnss_gpio_satellite *s;

	(void)state;
	anew();
	say("GPGSA,A,3,01,133,,,,,,,,,,,1,1,1");
	say("GPGSV,2,1,05,01,25,360,31,46,-3,070,,03,,,00,04,90,359,99,8");
	say("GPGSV,2,2,05,05,91,070,100,8");
	expect_list(the_sky(), "1:1/8 0:133/8 1:3/8 1:4/8 1:5/8");
	s = sky[0].satellite;
	assert_int_equal(sky[0].groups, 1);
	assert_int_equal(s[0].flags, 0xf);
	assert_int_equal(s[0].azimuth, 0);
	assert_int_equal(s[0].snr, 31);
	assert_int_equal(s[1].number, 46);
	assert_int_equal(s[1].elevation, -3);
	assert_int_equal(s[1].flags, GNSS_GPIO_SATELLITE_ELEVATION |
				     GNSS_GPIO_SATELLITE_AZIMUTH |
				     GNSS_GPIO_SATELLITE_USED);
	assert_int_equal(s[2].flags, GNSS_GPIO_SATELLITE_SNR);
	assert_int_equal(s[3].azimuth, 359);
	assert_int_equal(s[4].flags, GNSS_GPIO_SATELLITE_AZIMUTH);
	assert_int_equal(t.p.stats.unreadable, 2);
}

static void numbers_old_and_new(void **state)
{
	(void)state;
	anew();
	say("GNGSV,3,1,10,01,,,,33,,,,65,,,,120,,,");
	say("GNGSV,3,2,10,193,,,,201,,,,302,,,,403,,,");
	say("GNGSV,3,3,10,32,,,,64,,,");
	say("GLGSV,1,1,02,02,,,,67,,,");
	say("GAGSV,1,1,01,05,,,,7");
	say("GBGSV,1,1,01,06,,,,B");
	say("PQGSV,1,1,01,02,,,");
	expect_list(the_sky(), "1:1/0 0:120/0 2:1/0 5:1/0 4:1/0 3:2/0 4:3/0 1:32/0 0:151/0 "
			       "2:2/0 2:3/0 3:5/7 4:6/B 5:2/0");
}

static void a_signal_is_listed_once(void **state)
{
	(void)state;
	anew();
	say("GPGSV,1,1,02,01,10,10,40,02,20,20,41,1");
	say("GPGSV,1,1,02,01,10,10,30,02,20,20,31,6");
	/* the same by another talker, and twice in a group */
	say("GNGSV,1,1,03,02,,,,03,,,,03,,,,1");
	expect_list(the_sky(), "1:1/1 1:2/1 1:1/6 1:2/6 1:3/1");
}

static void incomplete_groups_are_not_listed(void **state)
{
	static const char *const cut[][3] = {
		{ "GPGSV,3,1,09,01,,,", "GPGSV,3,2,09,05,,,", NULL },
		{ "GPGSV,3,1,09,01,,,", "GPGSV,3,3,09,09,,,", NULL },
		{ "GPGSV,3,2,09,05,,,", "GPGSV,3,3,09,09,,,", NULL },
		{ "GPGSV,3,3,09,09,,,", NULL },
		{ "GPGSV,2,1,09,01,,,,1", "GPGSV,2,2,09,05,,,,6", NULL },
		{ "GPGSV,2,1,09,01,,,", "GPGSV,3,2,09,05,,,", NULL },
	};
	static const u8 incomplete[] = { 1, 1, 1, 1, 2, 2 };
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		anew();
		say("GLGSV,1,1,01,65,,,");
		for (j = 0; j < 3 && cut[i][j]; j++)
			say("%s", cut[i][j]);
		say("GAGSV,2,1,02,01,,,");
		say("GAGSV,2,2,02,02,,,");
		expect_list(the_sky(), "2:1/0 3:1/0 3:2/0");
		assert_int_equal(sky[0].groups, 2);
		assert_int_equal(sky[0].incomplete, incomplete[i]);
	}
}

/* What a group that was cut listed may still come whole. */
static void a_group_that_comes_again(void **state)
{
	(void)state;
	anew();
	say("GPGSV,2,1,02,01,10,10,40");
	say("GPGSV,2,1,02,01,10,10,41");
	say("GPGSV,2,2,02,02,20,20,42");
	expect_list(the_sky(), "1:1/0 1:2/0");
	assert_int_equal(sky[0].satellite[0].snr, 41);
	assert_int_equal(sky[0].incomplete, 1);
}

static void abbreviated_parts(void **state)
{
	(void)state;
	anew();
	say("GPGSV,2,1,05,8,13,62,35,13,50,277,39,18,18,324,33,5,53,228,38,6");
	say("GPGSV,,2,,7,43,71,39");
	expect_list(the_sky(), "1:8/6 1:13/6 1:18/6 1:5/6 1:7/6");
}

static void each_epoch_has_its_own(void **state)
{
	(void)state;
	anew();
	say("GPGSV,1,1,01,01,,,");
	say("GPRMC,120002,A," POSITION ",,,010126,,,A");
	say("GPRMC,120003,A," POSITION ",,,010126,,,A");
	say("GPGSV,1,1,01,02,,,");
	nmea_flush(&t.p);
	assert_int_equal(n, 3);
	expect_list(&sky[0], "1:1/0");
	expect_list(&sky[1], "");
	assert_int_equal(sky[1].groups, 0);
	expect_list(&sky[2], "1:2/0");
}

/* 48 satellites on each of signals 1 to @signals */
static void say_signals(unsigned int signals)
{
	unsigned int signal, i;

	for (signal = 1; signal <= signals; signal++)
		for (i = 0; i < 12; i++)
			say("GPGSV,12,%u,48,%u,,,,%u,,,,%u,,,,%u,,,,%u", i + 1,
			    i * 4 + 1, i * 4 + 2, i * 4 + 3, i * 4 + 4, signal);
}

static void what_does_not_fit_is_counted(void **state)
{
	(void)state;
	anew();
	say_signals(4);
	the_sky();
	assert_int_equal(sky[0].satellites, GNSS_GPIO_SATELLITES_MAX);
	assert_int_equal(sky[0].omitted, 4 * 48 - GNSS_GPIO_SATELLITES_MAX);
}

static void what_does_not_fit_adds_up(void **state)
{
	(void)state;
	anew();
	say_signals(5);
	assert_int_equal(the_sky()->omitted, 5 * 48 - GNSS_GPIO_SATELLITES_MAX);
	assert_int_equal(sky[0].groups, 5);
}

static void an_empty_group_is_whole(void **state)
{
	(void)state;
	anew();
	say("GPGSV,1,1,00");
	expect_list(the_sky(), "");
	assert_int_equal(sky[0].groups, 1);
	assert_int_equal(sky[0].incomplete, 0);
}

static void the_last_group_may_be_cut_off(void **state)
{
	(void)state;
	anew();
	say("GLGSV,1,1,01,65,,,");
	say("GPGSV,2,1,05,01,,,,02,,,,03,,,,04,,,");
	expect_list(the_sky(), "2:1/0");
	assert_int_equal(sky[0].groups, 1);
	assert_int_equal(sky[0].incomplete, 1);
}

/* What follows the pause is of the next epoch, as the time tells that comes then. */
static void a_group_begins_before_the_time_of_its_epoch(void **state)
{
	(void)state;
	anew();
	say("GPGSV,1,1,02,01,,,,02,,,");
	t.clock += 1000000;
	say("GLGSV,2,1,03,65,,,,66,,,");
	say("GPRMC,120002,A," POSITION ",,,010126,,,A");
	say("GLGSV,2,2,03,67,,,");
	nmea_flush(&t.p);
	assert_int_equal(n, 2);
	expect_list(&sky[0], "1:1/0 1:2/0");
	expect_list(&sky[1], "2:1/0 2:2/0 2:3/0");
}

static void gst_gives_errors(void **state)
{
	(void)state;
	anew();
	say("GNGST,120001.00,1.5,2.25,1.125,45.5,2.0,1.9,3.001");
	the_sky();
	assert_true(has(&fix[0], GNSS_GPIO_VALID_ERR_RMS |
				 GNSS_GPIO_VALID_ERR_ELLIPSE |
				 GNSS_GPIO_VALID_ERR_POSITION |
				 GNSS_GPIO_VALID_ERR_ALTITUDE));
	assert_int_equal(fix[0].err_rms_mm, 1500);
	assert_int_equal(fix[0].err_major_mm, 2250);
	assert_int_equal(fix[0].err_minor_mm, 1125);
	assert_int_equal(fix[0].err_orient_1e5, 4550000);
	assert_int_equal(fix[0].err_lat_mm, 2000);
	assert_int_equal(fix[0].err_lon_mm, 1900);
	assert_int_equal(fix[0].err_alt_mm, 3001);
	anew();
	say("GNGST,120001.00,,2.25,,45.5,2.0,x,3.001");
	the_sky();
	assert_int_equal(fix[0].valid & (GNSS_GPIO_VALID_ERR_RMS |
					 GNSS_GPIO_VALID_ERR_ELLIPSE |
					 GNSS_GPIO_VALID_ERR_POSITION), 0);
	assert_true(has(&fix[0], GNSS_GPIO_VALID_ERR_ALTITUDE));
	assert_int_equal(fix[0].err_major_mm, 0);
	assert_int_equal(t.p.stats.unreadable, 1);
	expect_malformed("GNGST,xx,,,,,,,");
}

static void headings(void **state)
{
	(void)state;
	anew();
	say("GNHDT,123.45,T");
	assert_int_equal(the_sky()->satellites, 0);
	assert_int_equal(fix[0].heading_1e5, 12345000);
	anew();
	say("GNTHS,5.00,A");
	the_sky();
	assert_int_equal(fix[0].heading_1e5, 500000);
	anew();
	say("GNTHS,5.00,V");
	say("GNHDT,360.5,T");
	say("GNHDT,,T");
	the_sky();
	assert_false(has(&fix[0], GNSS_GPIO_VALID_HEADING));
	assert_int_equal(t.p.stats.unreadable, 1);
}

/* Told now and then: of all fixes since. */
static void datum_and_antenna_stay(void **state)
{
	(void)state;
	anew();
	say("GPTXT,01,01,02,ANTSTATUS=OPEN");
	say("GPDTM,P90,,0.0,N,0.0,E,0.0,W84");
	say("GPDTM,,,0.0,N,0.0,E,0.0,W84");
	say("GPTXT,01,01,02,u-blox AG");
	say("GPRMC,120002,A," POSITION ",,,010126,,,A");
	say("GPTXT,01,01,01,ANTENNA SHORT");
	say("GPRMC,120003,A," POSITION ",,,010126,,,A");
	say("GPTXT,01,01,02,ANTSTATUS=INIT");
	expect_unreadable("GPDTM,TOOLONG,,0.0,N,0.0,E,0.0,W84");
	nmea_flush(&t.p);
	assert_int_equal(n, 3);
	assert_memory_equal(fix[1].datum, "P90", 4);
	assert_true(has(&fix[1], GNSS_GPIO_VALID_DATUM));
	assert_int_equal(fix[0].antenna, GNSS_GPIO_ANTENNA_OPEN);
	assert_int_equal(fix[1].antenna, GNSS_GPIO_ANTENNA_SHORT);
	assert_int_equal(fix[2].antenna, GNSS_GPIO_ANTENNA_UNKNOWN);
	/* they are of no epoch */
	assert_int_equal(fix[0].sentences, 1);
	assert_int_equal(t.p.stats.late, 0);
}

static void pubx_gives_a_position(void **state)
{
	(void)state;
	say("PUBX,00,120001.00,%s,46.5,G3,2.1,2.0,3.6,77.5,0.007,,0.92,1.19,0.77,9,0,0",
	    POSITION);
	the_sky();
	expect_position(&fix[0]);
	assert_int_equal(fix[0].mode, GNSS_GPIO_MODE_3D);
	assert_int_equal(fix[0].alt_hae_mm, 46500);
	assert_false(has(&fix[0], GNSS_GPIO_VALID_ALTITUDE));
	assert_int_equal(fix[0].speed_mm_s, 1000);
	assert_int_equal(fix[0].course_1e5, 7750000);
	assert_int_equal(fix[0].hdop_c, 92);
	assert_int_equal(fix[0].vdop_c, 119);
	assert_int_equal(fix[0].sats_used, 9);
	setup_sky(state);
	say("PUBX,00,120001.00,%s,46.5,NF,2.1,2.0,3.6,77.5,0.007,,99.99,99.99,99.99,0,0,0",
	    POSITION);
	the_sky();
	expect_no_position(&fix[0]);
	expect_malformed("PUBX,00,120001.00," POSITION ",46.5,Q9,2,2,3,7,0,,9,1,0,9,0,0");
	/* others of u-blox are not decoded */
	say("PUBX,03,00");
	assert_int_equal(t.p.stats.ignored, 1);
}

static void ignored_sentences_have_names(void **state)
{
	unsigned int i;

	(void)state;
	say("PUBX,03,00");
	say("GPBOD,1");
	say("PMTKCHANNELS,1");
	say("GPBOD,2");
	say("GPBO,1");
	assert_int_equal(t.p.names.n, 4);
	assert_string_equal(t.p.names.entry[1].name, "GPBOD");
	assert_int_equal(t.p.names.entry[1].count, 2);
	assert_string_equal(t.p.names.entry[2].name, "PMTKCHANNEL");
	for (i = 0; i < 40; i++)
		say("PX%02u,1", i);
	assert_int_equal(t.p.names.n, NMEA_NAMES);
	assert_int_equal(t.p.names.other, 12);
	assert_int_equal(t.p.stats.ignored, 45);
}

#define SKY(name)	cmocka_unit_test_setup(name, setup_sky)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SKY(layout),
		SKY(fields_of_a_satellite),
		SKY(numbers_old_and_new),
		SKY(a_signal_is_listed_once),
		SKY(incomplete_groups_are_not_listed),
		SKY(a_group_that_comes_again),
		SKY(abbreviated_parts),
		SKY(each_epoch_has_its_own),
		SKY(what_does_not_fit_is_counted),
		SKY(what_does_not_fit_adds_up),
		SKY(an_empty_group_is_whole),
		SKY(the_last_group_may_be_cut_off),
		SKY(a_group_begins_before_the_time_of_its_epoch),
		SKY(gst_gives_errors),
		SKY(headings),
		SKY(datum_and_antenna_stay),
		SKY(pubx_gives_a_position),
		SKY(ignored_sentences_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
