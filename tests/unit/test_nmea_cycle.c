// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: epochs told apart by the pauses on the line.
 *
 * Each cycle of a receiver is a word: a letter is a sentence, a number a pause of
 * so many ms.  Sentences take their time on the line, and a cycle begins when its
 * time has come, or when the line is free.
 */
#include "nmea_test.h"

#define FIX_BITS	(GNSS_GPIO_VALID_SPEED | GNSS_GPIO_VALID_PDOP)

static struct {
	s64 byte_ns;
	s64 now_ns;
	bool joined;		/* the line is heard from the middle of a cycle on */
	bool lf_first;		/* LF comes before a sentence, not after it */
	u32 jitter_ns;		/* a sentence begins so much late, at most */
	s64 end_ns[MAX_FIXES];	/* of each burst */
	s64 told_ns[MAX_FIXES];	/* when each record came */
} line;

static void note_records(void)
{
	static unsigned int noted;

	if (noted > t.n)
		noted = 0;
	while (noted < t.n)
		line.told_ns[noted++] = line.now_ns;
}

/* The line is silent until then. */
static void rest_until(s64 ns)
{
	s64 due = nmea_silence_due_ns(&t.p);

	if (nmea_epoch_open(&t.p) && due < ns) {
		line.now_ns = due;
		nmea_silence(&t.p);
		note_records();
	}
	if (line.now_ns < ns)
		line.now_ns = ns;
}

static void send_text(const char *text)
{
	for (; *text; text++) {
		nmea_feed(&t.p, (u8)*text, 0, NULL, line.now_ns);
		line.now_ns += line.byte_ns;
	}
	note_records();
}

static void send(const char *body)
{
	char text[300];

	snprintf(text, sizeof(text), line.lf_first ? "\n$%s*%02X\r" : "$%s*%02X\r\n",
		 body, checksum(body));
	send_text(text);
}

/* All numbers of cycle i are its own. */
static void sentence(char letter, unsigned int i, unsigned int ms)
{
	char time[40], body[200];

	time_text(time, sizeof(time), ms);
	switch (letter) {
	case 'R':
		snprintf(body, sizeof(body),
			 "GNRMC,%s,A," POSITION ",,,010126,,,A", time);
		break;
	case 'A':
		snprintf(body, sizeof(body),
			 "GNGGA,%s," POSITION ",1,12,0.8,%u.0,M,46.0,M,,",
			 time, i);
		break;
	case 'V':
		snprintf(body, sizeof(body), "GNVTG,,T,,M,%u,N,,K,A", i);
		break;
	case 'S':
		snprintf(body, sizeof(body),
			 "GNGSA,A,3,01,02,03,,,,,,,,,,0.%02u,0.8,1.1", i + 10);
		break;
	case 'W':
		snprintf(body, sizeof(body),
			 "GPGSV,1,1,%02u,01,40,100,40,02,41,101,41", i);
		break;
	default:
		snprintf(body, sizeof(body), "GNGLL," POSITION ",%s,A,A", time);
	}
	send(body);
}

static void play_cycle(const char *cycle, unsigned int i, unsigned int ms)
{
	while (*cycle) {
		if (isdigit(*cycle)) {
			rest_until(line.now_ns +
				   strtol(cycle, (char **)&cycle, 10) * 1000000);
		} else {
			if (line.jitter_ns)
				rest_until(line.now_ns + dice(line.jitter_ns));
			sentence(*cycle++, i, ms);
		}
	}
	line.end_ns[i] = line.now_ns;
}

static void open_line(unsigned int baud)
{
	begin();
	line.byte_ns = 10000000000LL / baud;
	line.now_ns = 5000000000;
}

static void play(const char *cycle, unsigned int baud, unsigned int period_ms,
		 unsigned int cycles)
{
	unsigned int i;

	open_line(baud);
	if (line.joined)
		send_text("0,M,,*47\r\n");
	for (i = 0; i < cycles; i++) {
		rest_until(5000000000 + (i + line.joined) * period_ms * 1000000LL);
		play_cycle(cycle, i, 43200000 + i * period_ms);
	}
	rest_until(line.now_ns + 5000000000);
}

/* Each record has what its own cycle sent, all of it. */
static void expect_own_values(const char *cycle, unsigned int cycles)
{
	unsigned int i, sentences = 0;
	const char *c;

	for (c = cycle; *c; c++)
		sentences += !isdigit(*c);
	if (t.n != cycles)
		fail_msg("%s: %u records for %u cycles", cycle, t.n, cycles);
	/* who joins cannot know to which cycle the first sentences belong */
	for (i = line.joined; i < t.n; i++) {
		const struct gnss_gpio_fix *f = &t.fix[i];

		if (f->sentences != sentences ||
		    (strchr(cycle, 'V') && f->speed_mm_s != (i * 463000 + 450) / 900) ||
		    (strchr(cycle, 'S') && f->pdop_c != i + 10) ||
		    (strchr(cycle, 'W') && f->sats_in_view != (i < 2 ? 2 : i)) ||
		    (strchr(cycle, 'A') && f->alt_msl_mm != (s32)i * 1000))
			fail_msg("%s: record %u of %u sentences: speed %u, pdop %u, in view %u, altitude %d",
				 cycle, i, f->sentences, f->speed_mm_s,
				 f->pdop_c, f->sats_in_view, f->alt_msl_mm);
	}
	assert_int_equal(t.p.stats.late, 0);
}

static const struct {
	const char *cycle;
	unsigned int baud;
	unsigned int period_ms;
} receivers[] = {
	/* the cycle begins with sentences without a time */
	{ "VA", 38400, 100 },
	{ "VA", 9600, 200 },
	{ "SVA", 38400, 100 },
	{ "VSRA", 115200, 50 },
	{ "WSVAR", 38400, 200 },
	{ "WARVS", 9600, 1000 },
	{ "SA", 4800, 1000 },
	/* or ends with them, or both */
	{ "RAVS", 38400, 100 },
	{ "AS", 9600, 200 },
	{ "VAS", 38400, 100 },
	{ "WAV", 115200, 100 },
	/* it has pauses of its own */
	{ "R350A", 9600, 1000 },
	{ "R350A", 4800, 1000 },
	{ "R80A", 38400, 200 },
	{ "R700A", 9600, 1000 },
	{ "VR350A", 9600, 1000 },
	{ "V10A", 38400, 100 },
	{ "RA300SVW", 9600, 1000 },
	{ "RA8VS", 38400, 100 },
	{ "R250A100SV", 9600, 1000 },
	{ "SW200RA", 9600, 1000 },
};

static void each_record_has_its_own_values(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(receivers) / sizeof(receivers[0]); i++) {
		play(receivers[i].cycle, receivers[i].baud,
		     receivers[i].period_ms, 40);
		expect_own_values(receivers[i].cycle, 40);
		line.joined = true;
		play(receivers[i].cycle, receivers[i].baud,
		     receivers[i].period_ms, 40);
		expect_own_values(receivers[i].cycle, 40);
		line.joined = false;
	}
}

static void pause_before_a_line_feed(void **state)
{
	size_t i;

	(void)state;
	line.lf_first = true;
	line.joined = true;
	for (i = 0; i < sizeof(receivers) / sizeof(receivers[0]); i++) {
		play(receivers[i].cycle, receivers[i].baud,
		     receivers[i].period_ms, 40);
		expect_own_values(receivers[i].cycle, 40);
	}
	line.joined = false;
	line.lf_first = false;
}

/* The receiver is busy at times: a twentieth of its period, at most. */
static void sentences_are_late_at_times(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(receivers) / sizeof(receivers[0]); i++) {
		line.jitter_ns = receivers[i].period_ms * 50000;
		play(receivers[i].cycle, receivers[i].baud,
		     receivers[i].period_ms, 90);
		line.jitter_ns = 0;
		expect_own_values(receivers[i].cycle, 90);
	}
}

static void records_come_with_the_end_of_the_burst(void **state)
{
	unsigned int i, j;

	(void)state;
	for (i = 0; i < sizeof(receivers) / sizeof(receivers[0]); i++) {
		play(receivers[i].cycle, receivers[i].baud,
		     receivers[i].period_ms, 40);
		for (j = 4; j < 40; j++)
			if (line.told_ns[j] != line.end_ns[j])
				fail_msg("%s: record %u came %lld us late",
					 receivers[i].cycle, j,
					 (line.told_ns[j] - line.end_ns[j]) / 1000);
	}
}

/* No pause, but for the one before the first sentence. */
static void saturated_line(void **state)
{
	static const char *const cycles[] = {
		"RVASSWL", "VASW", "SWRAV", "VA", "WAVS"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++) {
		play(cycles[i], 9600, 10, 40);
		expect_own_values(cycles[i], 40);
	}
}

/* The order was learned while there were pauses. */
static void line_becomes_saturated(void **state)
{
	unsigned int i;

	(void)state;
	open_line(9600);
	send_text("0,M,,*47\r\n");		/* heard from the middle on */
	for (i = 0; i < 60; i++) {
		rest_until(5200000000 + i * 400000000LL);
		play_cycle(i < 20 ? "SVA" : "SVAWWWWWW", i, 43200000 + i * 400);
	}
	nmea_flush(&t.p);
	assert_int_equal(t.n, 60);
	for (i = 0; i < 60; i++)
		assert_int_equal(t.fix[i].pdop_c, i + 10);
}

/* What a line begins with in mid-cycle is of no epoch that was seen. */
static void heard_from_mid_cycle_on(void **state)
{
	(void)state;
	open_line(9600);
	send_text("0,M,,*47\r\n");
	sentence('S', 50, 0);
	sentence('V', 50, 0);
	rest_until(line.now_ns + 600000000);
	sentence('R', 1, 1000);
	nmea_flush(&t.p);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.fix[0].valid & FIX_BITS, 0);
	assert_int_equal(t.p.stats.late, 0);
}

/* What was learned is of use when the line is opened again, in mid-cycle. */
static void line_is_opened_again(void **state)
{
	unsigned int i;

	(void)state;
	play("RAVS", 9600, 1000, 20);
	nmea_flush(&t.p);
	line.now_ns += 3600000000000;
	send_text("0,M,,*47\r\n");
	sentence('S', 70, 0);
	for (i = 20; i < 24; i++) {
		rest_until(line.now_ns + 600000000);
		play_cycle("RAVS", i, 43200000 + i * 1000);
		assert_int_equal(t.n, i + 1);
		assert_int_equal(t.fix[i].sentences, 4);
		assert_int_equal(t.fix[i].pdop_c, i + 10);
	}
}

/* A sentence that is lost costs its own epoch, no other. */
static void lost_end_of_a_cycle(void **state)
{
	unsigned int i, j;

	(void)state;
	open_line(38400);
	for (i = 0; i < 40; i++) {
		rest_until(5000000000 + i * 100000000LL);
		play_cycle(i % 10 == 7 ? "V" : "VA", i, i * 100);
	}
	nmea_flush(&t.p);
	assert_int_equal(t.n, 36);
	for (i = 0, j = 0; i < 40; i++)
		if (i % 10 != 7)
			assert_int_equal(t.fix[j++].speed_mm_s,
					 (i * 463000 + 450) / 900);
}

/* Once a second a sentence more, after the one that ends the other cycles. */
static void irregular_end(void **state)
{
	unsigned int i, late;

	(void)state;
	open_line(38400);
	for (i = 0; i < 200; i++) {
		rest_until(5000000000 + i * 100000000LL);
		play_cycle(i % 10 ? "A" : "AS", i % 90, i * 100);
		if (i == 100)
			late = t.p.stats.late;
	}
	nmea_flush(&t.p);
	assert_int_equal(t.n, 200);
	assert_in_range(late, 1, 3);
	assert_int_equal(t.p.stats.late, late);
	/* that there is no end to be trusted makes records late by little */
	for (i = 150; i < 199; i++)
		assert_in_range(line.told_ns[i] - (5000000000 + i * 100000000LL),
				0, 80000000);
	for (i = 0; i < 200; i++)
		assert_false(i % 10 && has(&t.fix[i], GNSS_GPIO_VALID_PDOP));
}

static void receiver_changes_its_rate(void **state)
{
	unsigned int i, at = 0, ms = 0;

	(void)state;
	open_line(38400);
	for (i = 0; i < 90; i++) {
		rest_until(5000000000 + at * 1000000LL);
		play_cycle("VA", i, ms);
		at += i < 30 ? 1000 : i < 60 ? 100 : 500;
		ms += i < 30 ? 1000 : i < 60 ? 100 : 500;
	}
	nmea_flush(&t.p);
	expect_own_values("VA", 90);
}

static void sentence_after_the_silence_teaches(void **state)
{
	unsigned int i;

	(void)state;
	/* silences of 1.3 s after 1 s ended the epoch */
	play("R1300A", 9600, 4000, 10);
	assert_int_equal(t.p.stats.late, 1);
	assert_int_equal(t.n, 10);
	for (i = 1; i < 10; i++)
		assert_int_equal(t.fix[i].alt_msl_mm, i * 1000);
}

/* A log has no times: it begins with what begins a cycle. */
static void log_without_times(void **state)
{
	static const char *const cycles[] = { "VA", "SVRA", "RAVS", "VAS" };
	unsigned int i, j;

	(void)state;
	for (i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++) {
		open_line(9600);
		nmea_set_prompt(&t.p, false);
		line.byte_ns = 0;
		line.now_ns = 0;
		for (j = 0; j < 20; j++)
			play_cycle(cycles[i], j, j * 1000);
		nmea_flush(&t.p);
		expect_own_values(cycles[i], 20);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(each_record_has_its_own_values),
		TEST(pause_before_a_line_feed),
		TEST(sentences_are_late_at_times),
		TEST(records_come_with_the_end_of_the_burst),
		TEST(saturated_line),
		TEST(line_becomes_saturated),
		TEST(heard_from_mid_cycle_on),
		TEST(line_is_opened_again),
		TEST(lost_end_of_a_cycle),
		TEST(irregular_end),
		TEST(receiver_changes_its_rate),
		TEST(sentence_after_the_silence_teaches),
		TEST(log_without_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
