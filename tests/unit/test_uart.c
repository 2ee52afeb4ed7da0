// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a line to bytes: recorder and decoder, for either engine the same tests.
 */
#include "uart_test.h"

/* ---- bytes of a machine on time ---- */

/* Bytes that may be wrong and doubtful until the clock and pauses are known. */
struct rate {
	u32 baud;
	s32 percent;		/* -percent..percent, the sender's clock */
	u32 wrong[ENGINES];
	u32 doubtful[ENGINES];
};

static void play_values(const struct rate *rates, u32 n, u32 count, u32 pause_16ths)
{
	enum engine engine;
	char what[40];
	s32 percent;
	u32 i;

	sprintf(what, "all values, pauses of %u/16 bits", pause_16ths);
	FOR_ENGINES(engine) {
		for (i = 0; i < n; i++) {
			if (rates[i].wrong[engine] == NOT_ASKED)
				continue;
			for (percent = -rates[i].percent; percent <= rates[i].percent; percent++) {
				prepare(engine, rates[i].baud, percent * 10000, percent + 10);
				send_values(count, pause_16ths);
				receive();
				check_bytes(what, rates[i].wrong[engine],
					    rates[i].doubtful[engine]);
			}
		}
	}
}

static void every_byte_at_every_rate_and_skew(void **state)
{
	/* Of 1024 bytes. */
	static const struct rate rates[] = {
		{ 300, 5, { 0, 0 }, { 100, 100 } },
		{ 4800, 5, { 0, 0 }, { 150, 100 } },
		{ 9600, 5, { 0, 0 }, { 150, 100 } },
		{ 19200, 5, { 0, 0 }, { 400, 150 } },
		{ 38400, 5, { 0, 0 }, { 400, 150 } },
		{ 57600, 1, { 5, 0 }, { ANY, ANY } },
		{ 115200, 1, { NOT_ASKED, 5 }, { ANY, ANY } },
	};

	(void)state;
	play_values(rates, ARRAY_SIZE(rates), 1024, 0);
	assert_none_failed();
}

/*
 * A pause that is no whole number of bits is not taken for lateness, nor a short
 * one that is always there for a slow clock.
 */
static void pauses_between_the_frames(void **state)
{
	static const u32 pauses_16ths[] = { 1, 4, 12, 16, 20, 48, 150, 175, 1600 };
	/*
	 * Of 512 bytes.  What may be a late start edge as well is doubtful.
	 */
	static const struct rate rates[] = {
		{ 4800, 0, { 0, 0 }, { ANY, ANY } },
		{ 9600, 0, { 0, 0 }, { ANY, ANY } },
		{ 19200, 0, { 0, 0 }, { ANY, ANY } },
		{ 38400, 0, { 10, 0 }, { ANY, ANY } },
		{ 57600, 0, { 20, 20 }, { ANY, ANY } },
		{ 115200, 0, { NOT_ASKED, 40 }, { ANY, ANY } },
	};
	/* At 57600 baud looks then come with the edges, and it takes too much work. */
	static const struct rate half_bit[] = {
		{ 38400, 0, { 10, 0 }, { ANY, ANY } },
		{ 57600, 0, { 300, 150 }, { ANY, ANY } },
		{ 115200, 0, { NOT_ASKED, 40 }, { ANY, ANY } },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pauses_16ths); i++)
		play_values(rates, ARRAY_SIZE(rates), 512, pauses_16ths[i]);
	play_values(half_bit, ARRAY_SIZE(half_bit), 512, 8);
	play_values(half_bit, ARRAY_SIZE(half_bit), 512, 40);
	assert_none_failed();
}

/* A sender that is a program: it pauses after each byte, but each time for another while. */
static void pauses_at_random(void **state)
{
	static const u32 pauses_16ths[] = { 2, 8, 16, 40, 160 };
	/* Of 3800 bytes. */
	static const struct rate rates[] = {
		{ 9600, 0, { 0, 0 }, { ANY, ANY } },
		{ 19200, 0, { 0, 0 }, { ANY, ANY } },
		{ 38400, 0, { 10, 20 }, { ANY, ANY } },
		{ 57600, 0, { 400, 50 }, { ANY, ANY } },
	};
	enum engine engine;
	char what[40];
	u32 i, k;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(rates); i++) {
			for (k = 0; k < ARRAY_SIZE(pauses_16ths); k++) {
				prepare(engine, rates[i].baud, 0, k + 1);
				r.cpu.m = machine_lab;
				r.pause_16ths = pauses_16ths[k];
				send_nmea();
				receive();
				sprintf(what, "pauses up to %u/16 bits", pauses_16ths[k]);
				check_bytes(what, rates[i].wrong[engine],
					    rates[i].doubtful[engine]);
			}
		}
	}
	assert_none_failed();
}

/* In bursts: each is long enough to make a sender look steady, or not. */
static void pauses_between_bursts(void **state)
{
	static const struct rate rates[] = {
		{ 4800, 0, { 10, 0 }, { ANY, ANY } },
		{ 9600, 0, { 10, 0 }, { ANY, ANY } },
		{ 19200, 0, { 10, 5 }, { ANY, ANY } },
		{ 38400, 0, { 10, 5 }, { ANY, ANY } },
	};
	enum engine engine;
	u32 i, burst;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(rates); i++) {
			prepare(engine, rates[i].baud, 0, i + 1);
			r.cpu.m = machine_lab;
			for (burst = 0; burst < 100; burst++) {
				send_random(1 + random_below(&r.rng, 40));
				send_idle_16ths(random_below(&r.rng, 40 * 16));
			}
			receive();
			check_bytes("bursts", rates[i].wrong[engine], rates[i].doubtful[engine]);
		}
	}
	assert_none_failed();
}

static void none_is_good_above_38400_baud(void **state)
{
	enum engine engine;

	(void)state;
	FOR_ENGINES(engine) {
		prepare(engine, 57600, 0, 1);
		send_values(512, 0);
		receive();
		check(r.got > 500, "%u bytes", r.got);
		check(!count_good(), "%u good", count_good());
	}
	assert_none_failed();
}

static void start_times_are_those_of_the_start_bits(void **state)
{
	enum engine engine;
	u32 i;

	(void)state;
	FOR_ENGINES(engine) {
		prepare(engine, 9600, 0, 1);
		send_values(256, 0);
		receive();
		assert_int_equal(r.got, 256);
		for (i = 0; i < 256; i++) {
			s64 late_ns = r.bytes[i].start_ns - r.start_ns[i];

			check(late_ns >= -6000 && late_ns <= 6000, "byte %u begins %lld ns late",
			      i, (long long)late_ns);
			check(r.bytes[i].span_ns >= 9 * line_bit_ns() &&
			      (i < 200 || i == 255 || r.bytes[i].span_ns <= 20 * line_bit_ns()),
			      "byte %u spans %u ns", i, r.bytes[i].span_ns);
		}
	}
	assert_none_failed();
}

/* What was learned holds no more: it is learned anew. */
static void a_clock_that_changes_is_learned_anew(void **state)
{
	enum engine engine;
	s32 percent, run;

	(void)state;
	FOR_ENGINES(engine) {
		for (percent = -3; percent <= 3; percent += 2) {
			prepare_taught(engine, 9600, 0, percent + 10);
			set_sender(9600, percent * 10000);
			for (run = 0; run < 2; run++) {
				new_line(r.now_ns + 1000000000);
				send_random(400);
				receive();
				check_bytes("another clock", 2, run ? 20 : 300);
			}
		}
	}
	assert_none_failed();
}

/* ---- a line of levels ---- */

#define HELD	"00000000000000000000"
#define IDLE	"11111111111111111111"

/*
 * One byte a word: its value; '!': framing error; '?': may be doubtful, '~': with
 * engine 'timer', which cannot tell a late start edge after a pause; B: a break.
 */
static const struct {
	const char *what;
	const char *levels;
	const char *bytes;
} lines[] = {
	{ "two bytes", "0100000101" "0100001101", "41~ 61" },
	{ "a byte of zeros", "0000000001", "00~" },
	{ "a byte of ones", "0111111111", "ff~" },
	{ "a short break", "0000000000" "11" "0100000101", "B 41?" },
	{ "a break", HELD HELD HELD "11" "0100000101", "B 41?" },
	{ "a long break", HELD HELD HELD HELD HELD HELD HELD HELD HELD HELD
	  "11" "0100000101", "B 41?" },
	{ "a byte, a break", "0100000101" HELD "11" "0100000101", "41? B 41?" },
	{ "trust after a break", HELD "11" "0100000101" IDLE "0100001101", "B 41? 61~" },
	{ "a low stop bit", "0100000100" "01111", "41!" },
	{ "trust after a low stop bit", "0100000100" "01" IDLE "0100001101", "41! 61~" },
	{ "bytes after a low stop bit", "0100000100" "01" "0100000101" "0100000101"
	  IDLE "0100001101", "41! 41? 41? 61~" },
};

static void print_bytes(char *text, size_t size)
{
	size_t n = 0;
	u32 i;

	*text = 0;
	for (i = 0; i < r.got && n < size; i++) {
		const struct uart_byte *b = &r.bytes[i];

		if (i)
			n += snprintf(text + n, size - n, " ");
		if (b->flags & UART_BREAK)
			n += snprintf(text + n, size - n, "B");
		else
			n += snprintf(text + n, size - n, "%02x%s", b->value,
				      b->flags & UART_FRAMING_ERROR ? "!" :
				      b->flags & UART_DOUBTFUL ? "?" : "");
	}
}

static bool is_as_expected(const char *got, const char *expected)
{
	for (; *expected; expected++) {
		bool may_be = *expected == '?' || (*expected == '~' && r.engine == TIMER);

		if (*got == (may_be ? '?' : *expected))
			got++;
		else if (!may_be && *expected != '~')
			return false;
	}

	return !*got;
}

static void lines_of_levels(void **state)
{
	enum engine engine;
	char text[200];
	u32 i;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(lines); i++) {
			prepare_taught(engine, 9600, 0, 3);
			send_levels(lines[i].levels);
			receive();
			print_bytes(text, sizeof(text));
			check(is_as_expected(text, lines[i].bytes), "%s: \"%s\", not \"%s\"",
			      lines[i].what, text, lines[i].bytes);
		}
	}
	assert_none_failed();
}

/*
 * Up to an eighth of a bit, by a decoder that knows the clock or not.  With falling
 * edges alone a spike that is read is as a byte of ones: never a good one.
 */
static void a_spike_on_an_idle_line_is_no_byte(void **state)
{
	static const u32 bauds[] = { 4800, 9600, 19200, 38400 };
	enum engine engine;
	u32 i, taught, ns;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(bauds); i++) {
			for (taught = 0; taught < 2; taught++) {
				prepare(engine, bauds[i], 10000, 3);
				send_random(taught * LEAD);
				receive();
				for (ns = 20; ns < line_bit_ns() / 8; ns += line_bit_ns() / 300) {
					new_line(r.now_ns + 100 * line_bit_ns() + ns);
					add_glitch(line_end_ns(), ns);
					receive();
					check(!(engine == EDGE ? r.got : count_good()),
					      "%s, spike of %u ns: %u bytes, %u good",
					      taught ? "clock known" : "new", ns,
					      r.got, count_good());
				}
			}
		}
	}
	assert_none_failed();
}

/*
 * A line that chatters is no longer read when that takes too much work; after a pause
 * of 10 ms and two frames bytes are received as ever.
 */
static void bytes_after_chatter(void **state)
{
	static const u32 bauds[] = { 1200, 4800, 9600, 38400 };
	enum engine engine;
	u32 i;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(bauds); i++) {
			prepare(engine, bauds[i], 0, 5);
			set_sender(230400, 0);
			send_random(8000);
			receive();
			check(r.u.false_starts > r.edges / 10,
			      "%u baud: %u of %u edges are false starts", bauds[i],
			      r.u.false_starts, r.edges);
			set_sender(bauds[i], 0);
			new_line(r.now_ns + 10000000 + 20 * line_bit_ns());
			send_values(512, 0);
			receive();
			check_bytes("after chatter", 0, ANY);
		}
	}
	assert_none_failed();
}

static u32 got_before, most_at_once;

static bool note_bytes(struct uart_obs *obs)
{
	(void)obs;
	most_at_once = max(most_at_once, r.got - got_before);
	got_before = r.got;

	return true;
}

/* What had to wait comes a little at a time, so that interrupts do not wait for it. */
static void two_bytes_at_a_time(void **state)
{
	enum engine engine;

	(void)state;
	FOR_ENGINES(engine) {
		prepare(engine, 9600, 0, 1);
		got_before = 0;
		most_at_once = 0;
		r.on_obs = note_bytes;
		send_values(400, 0);
		receive();
		check(most_at_once == 2, "%u bytes at once", most_at_once);
	}
	assert_none_failed();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_at_every_rate_and_skew),
		cmocka_unit_test(none_is_good_above_38400_baud),
		cmocka_unit_test(start_times_are_those_of_the_start_bits),
		cmocka_unit_test(pauses_between_the_frames),
		cmocka_unit_test(pauses_at_random),
		cmocka_unit_test(pauses_between_bursts),
		cmocka_unit_test(a_clock_that_changes_is_learned_anew),
		cmocka_unit_test(lines_of_levels),
		cmocka_unit_test(a_spike_on_an_idle_line_is_no_byte),
		cmocka_unit_test(bytes_after_chatter),
		cmocka_unit_test(two_bytes_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
