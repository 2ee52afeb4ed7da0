// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: an epoch is published when its expected end arrives.
 */
#include "nmea_test.h"

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
