// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frame sampler against the simulator's waveform.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reception.h"

static void bit_duration_is_rounded_to_nearest(void **state)
{
	(void)state;
	assert_int_equal(frame_bit_ns(9600), 104167);
	assert_int_equal(frame_bit_ns(38400), 26042);
	assert_int_equal(frame_bit_ns(115200), 8681);
	assert_int_equal(frame_bit_ns(300), 3333333);
}

static void every_byte_at_every_rate_and_skew(void **state)
{
	static const struct {
		u32 baud;
		s32 most;	/* per cent */
		u32 doubtful;
		u32 wrong;	/* of these, until the clock is known */
	} rates[] = {
		{ 300, 4, 0, 0 },
		{ 4800, 4, 10, 0 },
		{ 9600, 4, 20, 0 },
		{ 19200, 4, 25, 0 },
		{ 38400, 4, 150, 5 },
		{ 57600, 1, 1024, 0 },
	};
	struct figures f;
	s32 percent;
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		for (percent = -rates[i].most; percent <= rates[i].most; percent++) {
			f = play_random(TIMER, rates[i].baud, percent * 10000, 1024,
					&machine_steady, percent + 10);
			printf("# %u baud %+d %%: %u doubtful of 1024, %u wrong\n",
			       rates[i].baud, percent, f.doubtful, f.wrong);
			assert_in_range(f.wrong, 0, rates[i].wrong);
			assert_int_equal(f.wrong_good, 0);
			assert_in_range(f.lost, 0, rates[i].wrong);
			assert_in_range(f.doubtful, 0, rates[i].doubtful);
			assert_int_equal(r.noise, 0);
		}
	}
}

static void none_is_good_above_38400_baud(void **state)
{
	struct figures f = play_random(TIMER, 57600, 0, 512, &machine_steady, 1);

	(void)state;
	assert_int_equal(f.doubtful, 512);
}

static void start_times_are_those_of_the_start_bits(void **state)
{
	u64 frame_ns;
	u32 i;

	(void)state;
	play_random(TIMER, 9600, 0, 256, &machine_steady, 1);
	assert_int_equal(r.n_got, 256);
	frame_ns = (waveform_end_ns(&r.wave) - RUN_START_NS) / 256;
	for (i = 0; i < 256; i++) {
		s64 off_ns = r.got[i].start_ns - RUN_START_NS - (s64)(i * frame_ns);

		assert_in_range(off_ns + 6000, 0, 12000);
	}
}

/* Some to see that they are back to back, the one that counts, one more. */
#define WINDOW_BYTES	6
#define WINDOW_AT	(WINDOW_BYTES - 2)

struct windows {
	u32 good, all;
	u32 known;		/* right in the bits that are not unsure */
};

/*
 * A window with interrupts off: a byte may become doubtful, never another good
 * one.  What is said of its unsure bits is true.
 */
static void play_window(struct windows *w, const struct frame_sampler *learned,
			u8 value, u64 at_ns, u32 off_ns)
{
	u32 k;

	r.s = *learned;
	memset(r.sent, 0x35, WINDOW_BYTES);
	r.sent[WINDOW_AT] = value;
	r.cpu.m.off_max = off_ns;
	r.cpu.m.off_min = off_ns;
	r.cpu.m.off_spacing = 1000000000;
	r.cpu.off_ns = r.wave.start_ns + WINDOW_AT * 10 * line_bit_ns() + at_ns;
	r.cpu.off_end_ns = 0;
	r.cpu.free_ns = 0;
	r.n_got = 0;
	receive();
	for (k = 0; k < r.n_got; k++) {
		u32 n = byte_of(&r.got[k]);

		w->all++;
		if (n >= WINDOW_BYTES && r.got[k].flags)
			continue;
		assert_in_range(n, 0, WINDOW_BYTES - 1);
		w->good += !r.got[k].flags;
		w->known += !((r.got[k].value ^ r.sent[n]) & ~r.got[k].unsure);
		if (!r.got[k].flags)
			assert_int_equal(r.got[k].value, r.sent[n]);
		if (r.got[k].unsure)
			assert_false((r.got[k].value ^ r.sent[n]) &
				     ~r.got[k].unsure);
	}
}

/* A sampler that has learned the clock, as it is when the last frame is over. */
static struct frame_sampler taught(u32 baud, s32 skew_ppm)
{
	play_random(TIMER, baud, skew_ppm, 400, &machine_steady, 3);
	assert_true(r.s.learned);
	/* It has looked at the line since, which was idle. */
	r.s.mark_ns = 0;
	r.s.mark_end_ns = 0;
	r.s.due_ns = FRAME_NEVER;

	return r.s;
}

/* Each byte, each place, windows so long that no interrupt is over 90 us late. */
static void play_windows(u32 baud, s32 skew_ppm, u32 steps, u32 step,
			 u32 percent)
{
	struct frame_sampler learned = taught(baud, skew_ppm);
	u64 bit_ns = line_bit_ns(), at_ns;
	struct windows w = {};
	u32 value, off_ns;

	r.wave.start_ns = waveform_end_ns(&r.wave);
	r.wave.count = WINDOW_BYTES;
	for (value = 0; value < 256; value += step)
		for (at_ns = 0; at_ns < 11 * bit_ns; at_ns += bit_ns / steps)
			for (off_ns = 20000; off_ns <= 86000; off_ns += 22000)
				play_window(&w, &learned, value, at_ns, off_ns);
	printf("# %u baud %+d ppm, one window of up to 86 us: %u of %u bytes good, %u known\n",
	       baud, skew_ppm, w.good, w.all, w.known);
	assert_true(w.good * 100ULL >= w.all * (u64)percent);
	assert_true(w.known * 100ULL >= w.all * 98ULL);
}

static void no_window_makes_another_good_byte(void **state)
{
	s32 percent;

	(void)state;
	for (percent = -4; percent <= 4; percent += 2) {
		play_windows(4800, percent * 10000, 3, 5, 99);
		play_windows(9600, percent * 10000, 3, 5, 80);
		play_windows(19200, percent * 10000, 3, 5, 70);
	}
	play_windows(9600, 5000, 7, 1, 80);
	play_windows(19200, -5000, 7, 1, 70);
	for (percent = -4; percent <= 4; percent += 2)
		play_windows(38400, percent * 10000, 3, 5, 50);
}

/*
 * The first frame after a pause, whose start edge nothing predicts, and those
 * that follow while nothing is known of the sender's clock.
 */
static void no_window_at_the_first_frames_makes_another_good_byte(void **state)
{
	static const u32 bauds[] = { 4800, 9600, 19200, 38400 };
	struct frame_sampler fresh;
	struct windows w = {};
	u32 i, value, off_ns, at;
	s32 percent;

	(void)state;
	for (i = 0; i < 4; i++) {
		for (percent = -4; percent <= 4; percent += 4) {
			prepare(TIMER, bauds[i], percent * 10000, WINDOW_BYTES, 1);
			fresh = r.s;
			for (value = 0; value < 256; value++) {
				for (at = 0; at < 40; at++) {
					off_ns = 20000 + at % 4 * 22000;
					play_window(&w, &fresh, value,
						    (at / 4 * 11 + at) * line_bit_ns() / 10 -
						    WINDOW_AT * 10 * line_bit_ns() * (at & 1),
						    off_ns);
				}
			}
		}
	}
	printf("# first frames: %u of %u good\n", w.good, w.all);
}

/*
 * Adding lateness to each interrupt by itself, all up to the limit.
 *
 * A known flaw: at 38400 baud, if one that waited for another takes 2 us less than
 * the others at least, and each is up to 20 us late, 1 of 120000 bytes is good and
 * wrong; 5 are if it takes 3.9 us less.
 */
static void no_lateness_makes_another_good_byte(void **state)
{
	static const u32 bauds[] = { 4800, 9600, 19200, 38400 };
	struct machine m = machine_steady;
	struct figures f;
	u32 i, late, seed, bytes, good;

	(void)state;
	for (i = 0; i < 4; i++) {
		m.queued_min = bauds[i] > 19200 ? 2500 : 100;
		m.queued_max = bauds[i] > 19200 ? 2500 : 2000;
		for (late = 10000; late <= 80000; late += 10000) {
			bytes = 0;
			good = 0;
			m.latency_max = late;
			for (seed = 1; seed <= 3; seed++) {
				f = play_random(TIMER, bauds[i],
						((s32)seed - 2) * 9000, 2048,
						&m, seed);
				assert_int_equal(f.wrong_good, 0);
				bytes += f.bytes;
				good += f.bytes - f.doubtful;
			}
			printf("# %u baud, each up to %u us late: %u %% good\n",
			       bauds[i], late / 1000, good * 100 / bytes);
		}
	}
}

/* As an interrupt costs on a slow machine. */
static void steady_latency_of_a_quarter_bit(void **state)
{
	struct machine m = machine_steady;
	struct figures f;

	(void)state;
	m.latency_min = 6500;
	m.latency_max = 6500;
	f = play_random(TIMER, 38400, 0, 1024, &m, 1);
	assert_int_equal(f.wrong, 0);
	assert_int_equal(f.wrong_good, 0);
	assert_in_range(f.doubtful, 0, 400);
}

/*
 * A pause that is no whole number of bits must not be taken for lateness, and a
 * short one that is always there not for a slow clock.
 */
static void pauses_between_the_frames(void **state)
{
	static const u32 bauds[] = { 4800, 9600, 19200 };
	u32 i, sixteenths, k, doubtful, wrong;

	(void)state;
	for (i = 0; i < 3; i++) {
		doubtful = 0;
		wrong = 0;
		for (sixteenths = 1; sixteenths <= 48; sixteenths++) {
			prepare(TIMER, bauds[i], 0, 512, sixteenths);
			fill_random();
			r.gap_ns = line_bit_ns() * sixteenths / 16;
			receive();
			assert_int_equal(r.n_got, 512);
			for (k = 0; k < 512; k++) {
				doubtful += !!r.got[k].flags;
				wrong += r.got[k].value != r.sent[k];
			}
		}
		printf("# %u baud, pauses of 1/16 to 3 bits: %u %% doubtful\n",
		       bauds[i], doubtful * 100 / (48 * 512));
		assert_int_equal(wrong, 0);
	}
}

/* What was learned holds no more: after the next pause it is learned anew. */
static void a_clock_that_changes_is_learned_anew(void **state)
{
	struct frame_sampler before;
	struct figures f;
	s32 percent, run;

	(void)state;
	for (percent = -3; percent <= 3; percent += 6) {
		before = taught(9600, 0);
		for (run = 1; run <= 2; run++) {
			f = (struct figures){};
			prepare(TIMER, 9600, percent * 10000, 256, run);
			fill_random();
			r.s = before;
			r.wave.start_ns += run * 1000000000LL;
			receive();
			before = r.s;
			judge(&f);
			printf("# clock changed by %d %%: %u of 256 doubtful\n",
			       percent, f.doubtful);
			assert_int_equal(f.wrong_good, 0);
		}
		assert_int_equal(r.n_got, 256);
		assert_in_range(f.doubtful, 0, 20);
	}
}

/* One that begins amid the data finds where frames begin, and says when. */
static void framing_is_proven_before_a_byte_is_good(void **state)
{
	u32 k, n, good = 0;

	(void)state;
	for (k = 0; k < 40; k++) {
		prepare(TIMER, 9600, 0, 1200, k);
		for (n = 0; n < 1200; n++)
			r.sent[n] = n % 50 ? '0' + random_below(&r.cpu.rng, 10) :
					     'A' + random_below(&r.cpu.rng, 26);
		r.wave.start_ns = RUN_START_NS - (k * 10 + k % 10) * line_bit_ns();
		frame_sampler_init(&r.s, 9600, RUN_START_NS);
		r.cpu.m.off_min = RUN_START_NS;
		r.cpu.m.off_max = RUN_START_NS;
		r.cpu.m.off_spacing = 2000000000;
		receive();
		for (n = 0; n < r.n_got; n++) {
			u32 at = byte_of(&r.got[n]);

			if (r.got[n].flags)
				continue;
			good++;
			assert_in_range(at, 0, 1199);
			assert_int_equal(r.got[n].value, r.sent[at]);
		}
	}
	printf("# begun amid the data: %u of 48000 good\n", good);
	assert_true(good > 30000);
}

/* A sampler that knows the clock, and a line of single bits. */
static void play_line(const char *line)
{
	struct frame_sampler learned = taught(9600, 0);

	prepare(TIMER, 9600, 0, 0, 1);
	learned.fell_ns = 0;
	learned.end_min_ns = 0;
	learned.end_max_ns = 0;
	learned.data_until_ns = 0;
	learned.trust = 0;
	r.s = learned;
	r.line = line;
	receive();
}

static void line_held_low_is_one_break(void **state)
{
	(void)state;
	play_line("0000000000000000000000000000000000000000000000000000000011"
		  "0100000101");
	assert_int_equal(r.n_got, 2);
	assert_int_equal(r.got[0].flags, FRAME_FRAMING_ERROR | FRAME_BREAK);
	assert_int_equal(r.got[1].value, 0x41);
}

static void zero_byte_is_no_break(void **state)
{
	(void)state;
	play_line("0000000001");
	assert_int_equal(r.n_got, 1);
	assert_int_equal(r.got[0].value, 0);
	assert_false(r.got[0].flags & ~FRAME_DOUBTFUL);
}

static void low_stop_bit_is_a_framing_error(void **state)
{
	(void)state;
	play_line("01000001000111111111111111");
	assert_int_equal(r.n_got, 1);
	assert_int_equal(r.got[0].flags, FRAME_FRAMING_ERROR);
	assert_int_equal(r.got[0].value, 0x41);
}

static void after_a_framing_error_a_pause_restores_trust(void **state)
{
	(void)state;
	play_line("01000001001111" "0100000101" "0100000101"
		  "11111111111111" "0100000101" "0100001101");
	assert_int_equal(r.n_got, 5);
	assert_true(r.got[0].flags);
	assert_true(r.got[1].flags & FRAME_DOUBTFUL);
	assert_true(r.got[2].flags & FRAME_DOUBTFUL);
	assert_int_equal(r.got[4].flags, 0);
	assert_int_equal(r.got[4].value, 0x61);
}

static void a_spike_on_an_idle_line_is_noise(void **state)
{
	struct frame_byte byte;

	(void)state;
	play_line("1");
	assert_int_equal(r.n_got, 0);
	/* Over before the line was read; and read, but too short. */
	assert_int_equal(frame_fell(&r.s, 1, 20000000, 20001000, &byte),
			 FRAME_FALSE_START);
	assert_int_equal(frame_fell(&r.s, 0, 30000000, 30001000, &byte),
			 FRAME_MORE);
	assert_int_equal(frame_sample(&r.s, 1, frame_due(&r.s),
				      frame_due(&r.s) + 1000, &byte),
			 FRAME_FALSE_START);
	assert_true(frame_due(&r.s) == FRAME_NEVER);
}

/* Whatever holds up the reading: it was somewhere in between. */
static void a_sample_that_spans_two_bits_proves_neither(void **state)
{
	struct frame_byte byte;
	u32 k;

	(void)state;
	taught(9600, 0);
	frame_fell(&r.s, 0, 20000000000, 20000001000, &byte);
	for (k = 0; k < 4; k++)
		frame_sample(&r.s, 0, frame_due(&r.s), frame_due(&r.s) + 1000,
			     &byte);
	frame_sample(&r.s, 1, frame_due(&r.s), frame_due(&r.s) + 110000, &byte);
	while (frame_sample(&r.s, 1, frame_due(&r.s), frame_due(&r.s) + 1000,
			    &byte) != FRAME_COMPLETE)
		;
	assert_true(byte.flags & FRAME_DOUBTFUL);
	assert_int_equal(byte.unsure, 0x18);
}

static const struct cell cells[] = {
	{ 4800, 0, 0, 60, 60, 3 },
	{ 4800, 30, 0, 60, 60, 3 },
	{ 4800, 80, 0, 60, 60, 5 },
	{ 9600, 0, 0, 60, 60, 6 },
	{ 9600, 30, 0, 60, 60, 6 },
	{ 9600, 80, 0, 59, 60, 20 },
	{ 19200, 0, 0, 60, 60, 6 },
	{ 19200, 30, 0, 59, 60, 15 },
	{ 19200, 80, 0, 15, 59, 250 },
	{ 38400, 0, 0, 50, 59, 250 },
	{ 38400, 0, -4, 50, 59, 250 },
	{ 38400, 0, -2, 50, 59, 250 },
	{ 38400, 0, 2, 50, 59, 350 },
	{ 38400, 0, 4, 50, 55, 500 },
	{ 38400, 30, 0, 35, 58, 500 },
	{ 38400, 30, -2, 35, 58, 450 },
	{ 38400, 30, 2, 30, 57, 650 },
	{ 38400, 80, 0, 0, 54, 1100 },
	{ 57600, 0, 0, 50, 50, ~0U },
	{ 57600, 30, 0, 0, 0, ~0U },
	{ 9600, 0, -4, 60, 60, 6 },
	{ 9600, 30, -4, 60, 60, 6 },
	{ 9600, 80, -4, 58, 60, 20 },
	{ 9600, 0, -2, 60, 60, 6 },
	{ 9600, 30, -2, 60, 60, 6 },
	{ 9600, 0, 2, 60, 60, 6 },
	{ 9600, 30, 2, 60, 60, 6 },
	{ 9600, 0, 4, 60, 60, 6 },
	{ 9600, 30, 4, 60, 60, 6 },
	{ 9600, 80, 4, 58, 60, 20 },
};

static u32 lab_seeds = CELL_SEEDS;

static void sentences_in_the_lab(void **state)
{
	(void)state;
	play_cells(TIMER, cells, sizeof(cells) / sizeof(cells[0]), lab_seeds);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bit_duration_is_rounded_to_nearest),
		cmocka_unit_test(every_byte_at_every_rate_and_skew),
		cmocka_unit_test(none_is_good_above_38400_baud),
		cmocka_unit_test(start_times_are_those_of_the_start_bits),
		cmocka_unit_test(no_window_makes_another_good_byte),
		cmocka_unit_test(no_window_at_the_first_frames_makes_another_good_byte),
		cmocka_unit_test(no_lateness_makes_another_good_byte),
		cmocka_unit_test(steady_latency_of_a_quarter_bit),
		cmocka_unit_test(pauses_between_the_frames),
		cmocka_unit_test(a_clock_that_changes_is_learned_anew),
		cmocka_unit_test(framing_is_proven_before_a_byte_is_good),
		cmocka_unit_test(line_held_low_is_one_break),
		cmocka_unit_test(zero_byte_is_no_break),
		cmocka_unit_test(low_stop_bit_is_a_framing_error),
		cmocka_unit_test(after_a_framing_error_a_pause_restores_trust),
		cmocka_unit_test(a_spike_on_an_idle_line_is_noise),
		cmocka_unit_test(a_sample_that_spans_two_bits_proves_neither),
		cmocka_unit_test(sentences_in_the_lab),
	};

	if (argc > 1)	/* more runs of the lab */
		lab_seeds = atoi(argv[1]);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
