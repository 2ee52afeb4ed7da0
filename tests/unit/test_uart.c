// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a line to bytes: recorder and decoder, for either engine the same tests.
 *
 *   test_uart [N]	with N: N runs of each cell of the lab, to look at
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reception.h"

#define FOR_ENGINES(engine)	for (engine = TIMER; engine < ENGINES; engine++)

/* Bytes that teach a decoder the sender's clock and where its frames begin. */
#define LEAD		600

/* "As many as there are" and "this engine is not asked for it" */
#define ANY		(~0U - 1)
#define NOT_ASKED	(~0U)

/* The rows of a table that failed: all are played, some are printed. */
static u32 failed[ENGINES];

#define FAILED_PRINTED	10

static void __attribute__((format(printf, 2, 3))) check(bool ok, const char *what, ...)
{
	va_list args;

	if (ok || failed[r.engine]++ >= FAILED_PRINTED)
		return;
	printf("# FAILED: engine %s, %u baud, clock %+d ppm: ", engine_names[r.engine],
	       r.baud, r.skew_ppm);
	va_start(args, what);
	vprintf(what, args);
	va_end(args);
	printf("\n");
}

static void assert_none_failed(void)
{
	u32 n = failed[TIMER] + failed[EDGE];

	memset(failed, 0, sizeof(failed));
	assert_int_equal(n, 0);
}

/* All bytes are right but @wrong of them; @doubtful may be doubtful. */
static void check_bytes(const char *what, u32 wrong, u32 doubtful)
{
	struct figures f = {};

	judge(&f);
	check(!f.wrong_good && f.wrong + f.lost + f.extra <= wrong && f.doubtful <= doubtful,
	      "%s: of %u bytes %u wrong, %u lost, %u more, %u doubtful, %u wrong ones good",
	      what, f.bytes, f.wrong, f.lost, f.extra, f.doubtful, f.wrong_good);
}

static u32 count_good(void)
{
	u32 i, good = 0;

	for (i = 0; i < r.got; i++)
		good += !r.bytes[i].flags;

	return good;
}

/* A decoder that knows the sender, which has paused since. */
static void prepare_taught(enum engine engine, u32 baud, s32 skew_ppm, u64 seed)
{
	prepare(engine, baud, skew_ppm, seed);
	send_random(LEAD);
	receive();
	new_line(r.now_ns + 100 * line_bit_ns());
}

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
	static const u32 pauses_16ths[] = { 1, 4, 12, 16, 20, 40, 48, 150, 175, 1600 };
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
	/* At 57600 baud half a bit is as long as an interrupt may be late. */
	static const struct rate half_bit[] = {
		{ 38400, 0, { 10, 0 }, { ANY, ANY } },
		{ 57600, 0, { 20, 400 }, { ANY, ANY } },
		{ 115200, 0, { NOT_ASKED, 40 }, { ANY, ANY } },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pauses_16ths); i++)
		play_values(rates, ARRAY_SIZE(rates), 512, pauses_16ths[i]);
	play_values(half_bit, ARRAY_SIZE(half_bit), 512, 8);
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
			check(r.u.false_starts > r.edges / 8,
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

/* ---- what is not seen ---- */

/* Bytes from number @first on are right but for @wrong of them; @proof: none is good. */
static void check_from(const char *what, u32 place, u32 first, u32 wrong, bool proof)
{
	u32 i, n, right = 0, wrong_good = 0;

	for (i = 0; i < r.got; i++) {
		bool is_right;

		n = byte_of(&r.bytes[i]);
		is_right = n < r.sent && r.bytes[i].value == r.value[n];
		right += is_right && n >= first;
		wrong_good += !is_right && !r.bytes[i].flags;
	}
	check(!(proof && wrong_good) && right + wrong >= r.sent - first,
	      "%s, place %u: of %u bytes %u right, %u wrong ones good",
	      what, place, r.sent - first, right, wrong_good);
}

#define JOIN_BYTES	60

/* Above 9600 baud, where an edge may be a bit late, some bytes are found later. */
#define JOIN_WRONG	20

/* Amid the data: which edge begins a frame is found out. */
static void frames_are_found_amid_the_data(void **state)
{
	static const u32 bauds[] = { 4800, 9600, 38400, 57600 };
	enum engine engine;
	u32 i, place;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(bauds); i++) {
			for (place = 0; place < 40; place++) {
				prepare(engine, bauds[i], 0, place);
				if (place & 1)
					send_nmea();
				else
					send_random(1000);
				cut_line(400);
				restart(bauds[i], r.start_ns[place] +
					place % 10 * line_bit_ns() + line_bit_ns() / 2);
				receive();
				check_from("begun amid the data", place, place + JOIN_BYTES,
					   bauds[i] > 9600 ? JOIN_WRONG : 0, true);
			}
		}
	}
	assert_none_failed();
}

/* Observations that the decoder does not get, and the flag of the one after them. */
static u32 n_obs, lose_first, lose_n;

static bool lose_some(struct uart_obs *obs)
{
	u32 n = n_obs++;

	if (n >= lose_first && n < lose_first + lose_n)
		return false;
	if (n == lose_first + lose_n)
		obs->flags |= UART_OBS_LOST;

	return true;
}

static void lost_observations_are_told_of(void **state)
{
	static const u32 losses[] = { 1, 2, 5, 13, 40, 300 };
	struct moment taught;
	enum engine engine;
	u32 i, k, place, told;

	(void)state;
	FOR_ENGINES(engine) {
		prepare_taught(engine, 9600, 0, 3);
		save(&taught);
		for (i = 0; i < ARRAY_SIZE(losses); i++) {
			for (place = 100; place < 120; place++) {
				resume(&taught);
				r.on_obs = lose_some;
				n_obs = 0;
				lose_first = place;
				lose_n = losses[i];
				send_random(300);
				receive();
				for (k = 0, told = 0; k < r.got; k++)
					told += !!(r.bytes[k].flags & UART_LOST_BEFORE);
				check(told == 1, "%u observations lost from %u on: told %u times",
				      losses[i], place, told);
				/* A byte has two observations at least. */
				check_from("observations lost", place, 160 + 60, 0, true);
			}
		}
	}
	assert_none_failed();
}

/*
 * Edges that come as one interrupt spoil the bytes that they are of, and, if that is
 * more than one, some after them, until it is clear again where a frame begins.
 */
static const struct {
	u32 baud;
	u32 bits_8ths;		/* interrupts off, the more the later */
	u32 wrong[ENGINES];	/* bytes wrong at most */
} windows[] = {
	{ 9600, 6, { 1, 0 } },
	{ 9600, 12, { 2, 2 } },
	{ 19200, 12, { 2, 2 } },
	{ 38400, 12, { 2, 2 } },
	{ 38400, 26, { 5, 7 } },
	{ 38400, 60, { 8, 7 } },
	{ 57600, 12, { 2, 2 } },
	{ 57600, 40, { 8, 7 } },
	{ 115200, 12, { NOT_ASKED, 2 } },
	{ 115200, 40, { NOT_ASKED, 5 } },
};

#define WINDOW_BYTES	40

/* No byte is good because of what a later interrupt would contradict. */
#define PROOF_NS	80000

static void a_window_spoils_what_it_covers(void **state)
{
	enum engine engine;
	struct moment taught;
	char what[40];
	u32 i, place;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(windows); i++) {
			u32 off_ns = windows[i].bits_8ths * 125000000ULL / windows[i].baud;

			if (windows[i].wrong[engine] == NOT_ASKED)
				continue;
			prepare_taught(engine, windows[i].baud, 5000, 3);
			save(&taught);
			for (place = 0; place < 200; place++) {
				resume(&taught);
				r.rng += place;
				send_random(WINDOW_BYTES);
				add_window(r.start_ns[10] + place * (s64)line_bit_ns() / 16, off_ns);
				receive();
				sprintf(what, "off for %u/8 bits", windows[i].bits_8ths);
				check_from(what, place, 0, windows[i].wrong[engine],
					   off_ns < PROOF_NS);
			}
		}
	}
	assert_none_failed();
}

/*
 * The first bytes ever, when neither the sender's clock is known nor, if the start
 * edge came late, where the first frame begins: at most so many of 1000 runs have
 * a wrong byte.
 */
static const struct {
	u32 baud;
	u32 late_ppm;
	u32 off_us;
	u32 flawed[ENGINES];
} starts[] = {
	{ 4800, 0, 0, { 0, 0 } },
	{ 4800, 50000, 0, { 2, 2 } },
	{ 9600, 0, 0, { 0, 0 } },
	{ 9600, 50000, 0, { 10, 10 } },
	{ 9600, 0, 75, { 60, 15 } },
	{ 19200, 0, 0, { 2, 2 } },
	{ 19200, 50000, 0, { 50, 30 } },
	{ 19200, 0, 30, { 10, 10 } },
	{ 38400, 0, 0, { 400, 40 } },
	{ 38400, 0, 30, { 600, 300 } },
};

#define START_BYTES	100

static void starts_are_soon_understood(void **state)
{
	struct figures f;
	enum engine engine;
	u32 i, k, flawed, runs;
	s32 percent;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(starts); i++) {
			flawed = 0;
			runs = 0;
			for (percent = -4; percent <= 4; percent += 2) {
				for (k = 1; k <= 40; k++, runs++) {
					prepare(engine, starts[i].baud, percent * 10000, k);
					send_nmea();
					r.cpu.m = machine_lab;
					r.cpu.m.hiccup_ppm = starts[i].late_ppm;
					r.cpu.m.off_max = starts[i].off_us * 1000;
					r.cpu.off_ns = RUN_START_NS - 100000 + k * 777;
					cut_line(START_BYTES);
					receive();
					f = (struct figures){};
					judge(&f);
					check(!f.wrong_good, "start %u: %u wrong ones good",
					      k, f.wrong_good);
					flawed += f.wrong + f.lost > 0;
				}
			}
			check(flawed * 1000 <= runs * starts[i].flawed[engine],
			      "1 of %u interrupts late, off <= %u us: %u starts of %u have a wrong byte",
			      starts[i].late_ppm ? 1000000 / starts[i].late_ppm : 0,
			      starts[i].off_us, flawed, runs);
		}
	}
	assert_none_failed();
}

/* ---- sentences in the lab ---- */

/* What is asked of CELL_SEEDS runs, on average. */
struct asked {
	u32 lines;		/* of 60 intact, at least */
	u32 repaired;		/* after repair */
	u32 doubtful;		/* bytes, at most */
};

/* Besides windows with interrupts off: */
#define TICKS		0x01	/* ticks */
#define GLITCHES	0x02	/* in one of 1000 bits, an eighth of a bit each */
#define HARDWARE	0x04	/* the order of an interrupt controller, not the lab's */

struct cell {
	u32 baud;
	u32 off_us;
	s32 percent;
	u8 besides;
	struct asked asked[ENGINES];
};

#define CELL_SEEDS	3

static const struct cell cells[] = {
	{ 4800, 0, 0, 0, { { 60, 60, 60 }, { 60, 60, 20 } } },
	{ 4800, 80, 0, 0, { { 60, 60, 150 }, { 60, 60, 20 } } },
	{ 9600, 0, 0, 0, { { 60, 60, 60 }, { 60, 60, 20 } } },
	{ 9600, 0, -5, 0, { { 60, 60, 200 }, { 60, 60, 20 } } },
	{ 9600, 0, 5, 0, { { 60, 60, 200 }, { 60, 60, 20 } } },
	{ 9600, 30, -4, 0, { { 60, 60, 600 }, { 60, 60, 20 } } },
	{ 9600, 80, 0, 0, { { 55, 60, 200 }, { 60, 60, 20 } } },
	{ 9600, 80, 4, 0, { { 45, 60, 300 }, { 60, 60, 20 } } },
	{ 19200, 0, 0, 0, { { 60, 60, 60 }, { 60, 60, 20 } } },
	{ 19200, 30, 0, TICKS, { { 59, 60, 300 }, { 60, 60, 200 } } },
	{ 19200, 80, 0, 0, { { 12, 55, 500 }, { 56, 59, 350 } } },
	{ 19200, 80, 0, HARDWARE, { { 4, 54, 900 }, { 6, 50, 900 } } },
	{ 38400, 0, 0, TICKS, { { 55, 60, 300 }, { 59, 60, 200 } } },
	{ 38400, 0, -4, 0, { { 55, 59, 300 }, { 60, 60, 150 } } },
	{ 38400, 0, 4, 0, { { 54, 59, 300 }, { 60, 60, 150 } } },
	{ 38400, 30, 0, 0, { { 35, 58, 300 }, { 58, 60, 200 } } },
	{ 38400, 30, 0, HARDWARE, { { 20, 57, 500 }, { 30, 57, 400 } } },
	{ 38400, 80, 0, 0, { { 0, 42, 900 }, { 15, 55, 600 } } },
	{ 57600, 0, 0, 0, { { 50, 60, ANY }, { 59, 60, ANY } } },
	{ 57600, 30, 0, 0, { { 15, 55, ANY }, { 57, 60, ANY } } },
	{ 57600, 80, 0, 0, { { 0, 35, ANY }, { 2, 48, ANY } } },
	{ 115200, 0, 0, 0, { { NOT_ASKED, 0, 0 }, { 50, 58, ANY } } },
	{ 4800, 0, 1, GLITCHES, { { 48, 56, ANY }, { 60, 60, 60 } } },
	{ 9600, 0, 1, GLITCHES, { { 48, 56, ANY }, { 60, 60, 60 } } },
	{ 19200, 0, 1, GLITCHES, { { 48, 56, ANY }, { 59, 60, 60 } } },
};

static u32 lab_seeds = CELL_SEEDS;

static void play_cell(enum engine engine, const struct cell *cell)
{
	const struct asked *asked = &cell->asked[engine];
	u32 k, n = lab_seeds;
	struct figures f = {};

	if (asked->lines == NOT_ASKED)
		return;
	for (k = 1; k <= n; k++) {
		prepare(engine, cell->baud, cell->percent * 10000, k);
		r.glitch_ppm = cell->besides & GLITCHES ? 1000 : 0;
		r.glitch_width_ns = line_bit_ns() / 8;
		send_nmea();
		r.cpu.m = machine_lab;
		r.cpu.m.off_max = cell->off_us * 1000;
		r.cpu.m.tick_spacing = cell->besides & TICKS ? 4000000 : 0;
		r.cpu.m.order = cell->besides & HARDWARE ? TIMER_FIRST : DUE_FIRST;
		receive();
		judge(&f);
		judge_sentences(&f);
	}
	printf("# engine %-5s %6u baud %+d %%, off <= %2u us%s%s%s: ",
	       engine_names[engine], cell->baud, cell->percent, cell->off_us,
	       cell->besides & TICKS ? ", ticks" : "",
	       cell->besides & GLITCHES ? ", glitches" : "",
	       cell->besides & HARDWARE ? ", timer first" : "");
	print_figures(&f, n);
	check(n > CELL_SEEDS ||
	      (!f.wrong_good && f.lines >= asked->lines * n &&
	       f.repaired >= asked->repaired * n && f.doubtful <= asked->doubtful * (u64)n),
	      "asked for %u sentences, %u after repair, %u doubtful bytes at most",
	      asked->lines, asked->repaired, asked->doubtful);
}

static void sentences_in_the_lab(void **state)
{
	enum engine engine;
	u32 i;

	(void)state;
	FOR_ENGINES(engine)
		for (i = 0; i < ARRAY_SIZE(cells); i++)
			play_cell(engine, &cells[i]);
	assert_none_failed();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_at_every_rate_and_skew),
		cmocka_unit_test(none_is_good_above_38400_baud),
		cmocka_unit_test(start_times_are_those_of_the_start_bits),
		cmocka_unit_test(pauses_between_the_frames),
		cmocka_unit_test(a_clock_that_changes_is_learned_anew),
		cmocka_unit_test(lines_of_levels),
		cmocka_unit_test(a_spike_on_an_idle_line_is_no_byte),
		cmocka_unit_test(bytes_after_chatter),
		cmocka_unit_test(frames_are_found_amid_the_data),
		cmocka_unit_test(lost_observations_are_told_of),
		cmocka_unit_test(a_window_spoils_what_it_covers),
		cmocka_unit_test(starts_are_soon_understood),
		cmocka_unit_test(sentences_in_the_lab),
	};

	if (argc > 1)
		lab_seeds = atoi(argv[1]);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
