// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line whose decoder is changed amid the data, as the driver does when its
 * receive engine is: between two frames, and for a moment with an interrupt on
 * each edge though the new one wants falling ones only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../driver/frame.h"
#include "../../driver/frame_edge.h"
#include "../../driver/nmea.h"
#include "../../driver/sim/waveform.h"
#include "reception.h"

/* A change is asked for so often. */
#define CHANGE_MIN_NS	40000000
#define CHANGE_MORE_NS	10000000

/* How long the process sleeps that changes, in eighths of a bit. */
#define SLEEP_MIN_8THS	8
#define SLEEP_MORE_8THS	16

/* What changes the decoder of the line. */
static struct {
	u32 baud;
	bool both;		/* interrupts on both edges */
	bool waits;		/* the other one is to take over */
	u64 process_ns;		/* when the process that changes goes on */
	u32 changes;
} change;

static bool is_edge(void)
{
	return r.engine == EDGE;
}

static bool is_busy(void)
{
	return is_edge() ? r.d.busy : r.s.busy;
}

static void take_over(u64 now_ns)
{
	struct frame_handover h;

	if (is_edge())
		frame_edge_hand_over(&r.d, &h);
	else
		frame_hand_over(&r.s, &h);
	r.engine = is_edge() ? TIMER : EDGE;
	change.waits = false;
	change.changes++;
	r.now_ns = now_ns;
	restart(change.baud);
	if (is_edge())
		frame_edge_take_over(&r.d, &h);
	else
		frame_take_over(&r.s, &h);
}

static void seen(u64 now_ns)
{
	if (change.waits && !is_busy())
		take_over(now_ns);
}

/* The process that changes: asks, looks for the end of it, sets the trigger. */
static void go_on(u64 now_ns)
{
	u64 sleep_ns = line_bit_ns() * (SLEEP_MIN_8THS + random_below(&r.cpu.rng, SLEEP_MORE_8THS)) / 8;

	if (!change.waits && change.both == is_edge()) {
		change.waits = true;
		change.both = true;
		seen(now_ns);
	} else if (change.waits) {
		seen(now_ns);
	} else {
		change.both = is_edge();
		sleep_ns = CHANGE_MIN_NS + random_below(&r.cpu.rng, CHANGE_MORE_NS);
	}
	change.process_ns = now_ns + sleep_ns;
}

static enum frame_verdict fell(int level, u64 now_ns, u64 read_ns,
			       struct frame_byte *byte)
{
	if (is_edge())
		return frame_edge_irq(&r.d, level, now_ns, byte);
	frame_expect_rises(&r.s, change.both);

	return frame_fell(&r.s, level, now_ns, read_ns, byte);
}

static enum frame_verdict look(int level, u64 now_ns, u64 read_ns,
			       struct frame_byte *byte)
{
	if (is_edge())
		return frame_edge_look(&r.d, level, now_ns, byte);

	return frame_sample(&r.s, level, now_ns, read_ns, byte);
}

static void receive_changing(void)
{
	u64 end_ns = waveform_end_ns(&r.wave), seen_ns = 0;

	for (;;) {
		u64 edge_ns = waveform_next_edge(&r.wave, seen_ns,
						 WAVEFORM_FALLING |
						 (change.both ? WAVEFORM_RISING : 0));
		u64 due_ns = is_edge() ? frame_edge_due(&r.d) : frame_due(&r.s);
		u64 first_ns = edge_ns < due_ns ? edge_ns : due_ns;
		enum frame_verdict verdict;
		struct frame_byte byte;
		u64 now_ns, read_ns;
		int level;

		if (change.process_ns < first_ns && change.process_ns < end_ns) {
			go_on(change.process_ns);
			continue;
		}
		if (edge_ns == WAVEFORM_NEVER && due_ns == (u64)FRAME_NEVER)
			break;
		now_ns = cpu_taken_ns(&r.cpu, first_ns);
		level = waveform_level(&r.wave, now_ns + r.cpu.m.read);
		read_ns = now_ns + r.cpu.m.read + r.cpu.m.read / 4;
		if (edge_ns <= due_ns) {
			seen_ns = now_ns;
			verdict = fell(level, now_ns, read_ns, &byte);
		} else {
			verdict = look(level, now_ns, read_ns, &byte);
		}
		cpu_busy(&r.cpu, now_ns);
		if (verdict == FRAME_COMPLETE) {
			assert_in_range(r.n_got, 0, BYTES_MAX + 63);
			r.got[r.n_got++] = byte;
		}
		seen(now_ns);
	}
}

static void no_fix(void *ctx, const struct gnss_gpio_fix *fix)
{
	(void)ctx;
	(void)fix;
}

static void parse(struct nmea *p)
{
	u32 i;

	nmea_init(p, no_fix, NULL);
	for (i = 0; i < r.n_got; i++) {
		const struct frame_byte *b = &r.got[i];
		unsigned int flags = 0;

		if (b->flags & FRAME_BREAK)
			continue;
		if (b->flags & FRAME_DOUBTFUL)
			flags |= NMEA_BYTE_DOUBTFUL;
		if (b->flags & FRAME_FRAMING_ERROR)
			flags |= NMEA_BYTE_BAD;
		nmea_feed(p, b->value, flags, b->unsure, b->remote, b->start_ns);
	}
}

/* Interrupts are off for so long at most; what is asked of the bytes. */
struct change_cell {
	u32 baud;
	u32 off_us;
	bool whole;		/* each byte is right, and no sentence ambiguous */
	u32 doubtful;		/* bytes that may be, for each change */
};

static const struct change_cell cells[] = {
	{ 4800, 0, true, 2 },
	{ 4800, 30, true, 2 },
	{ 4800, 80, false, 2 },
	{ 9600, 0, true, 2 },
	{ 9600, 30, false, 2 },
	{ 9600, 80, false, 2 },
	{ 19200, 0, false, 2 },
	{ 19200, 30, false, 2 },
	{ 19200, 80, false, ~0U },
	{ 38400, 0, false, ~0U },
	{ 38400, 30, false, ~0U },
	{ 38400, 80, false, ~0U },
};

/* Until the clock is known. */
#define LEARNING_BYTES	80

static u32 seeds = 2;

struct sums {
	struct figures f;
	u32 changes;
	u32 ambiguous;
};

static void play(u32 baud, s32 skew_ppm, u32 off_us, u64 seed,
		 struct sums *sums)
{
	struct nmea p;

	prepare(seed & 1 ? EDGE : TIMER, baud, skew_ppm, 0, seed);
	fill_nmea(seed);
	r.cpu.m = machine_lab;
	r.cpu.m.off_max = off_us * 1000;
	memset(&change, 0, sizeof(change));
	change.baud = baud;
	change.both = is_edge();
	change.process_ns = RUN_START_NS + 1000000;
	receive_changing();
	judge(&sums->f);
	parse(&p);
	sums->changes += change.changes;
	sums->ambiguous += p.stats.ambiguous;
}

static void play_cell(const struct change_cell *cell, s32 percent)
{
	struct sums s = {};
	u32 seed;

	for (seed = 1; seed <= seeds; seed++)
		play(cell->baud, percent * 10000, cell->off_us, seed, &s);
	printf("# %5u baud %+d %%, off <= %2u us, %.0f changes: %.1f of 60 sentences, %.1f ambiguous; of %u bytes %.1f wrong, %.1f lost, %.1f doubtful, %u wrong that were good\n",
	       cell->baud, percent, cell->off_us, 1.0 * s.changes / seeds,
	       1.0 * s.f.sentences / seeds, 1.0 * s.ambiguous / seeds,
	       s.f.bytes / seeds, 1.0 * s.f.wrong / seeds,
	       1.0 * s.f.lost / seeds, 1.0 * s.f.doubtful / seeds,
	       s.f.wrong_good);
	assert_int_equal(s.f.wrong_good, 0);
	if (cell->whole)
		assert_int_equal(s.f.wrong + s.f.lost + s.ambiguous, 0);
	if (cell->doubtful != ~0U)
		assert_in_range(s.f.doubtful, 0, cell->doubtful * s.changes +
						 LEARNING_BYTES * seeds);
}

static void changes_amid_the_data(void **state)
{
	s32 percent;
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		for (percent = -4; percent <= 4; percent += 2)
			play_cell(&cells[i], percent);
}

static void a_start_bit_that_is_over_is_not_lost(void **state)
{
	struct frame_handover h = {
		.latency_ns = 3000,
		.synced = true,
		.trust = 8,
		.next_min_ns = 1000000,
		.next_ns = 1020000,
	};
	struct frame_byte byte;

	(void)state;
	bit_clock_init(&h.clock, frame_bit_ns(19200));
	h.clock.known = true;
	frame_sampler_init(&r.s, 19200, 900000);
	frame_take_over(&r.s, &h);
	frame_expect_rises(&r.s, true);
	/* A late edge of the frame before; then both ends of a start bit. */
	frame_fell(&r.s, 1, 1030000, 1031000, &byte);
	assert_false(r.s.busy);
	frame_fell(&r.s, 1, 1078000, 1079000, &byte);
	assert_true(r.s.busy);
	/* The end of a bit is no edge of those that are wanted. */
	frame_fell(&r.s, 1, 1280000, 1281000, &byte);
	assert_int_equal(r.s.line.n_falls, 1);
}

static void what_is_not_known_is_not_handed_over(void **state)
{
	struct frame_handover h;

	(void)state;
	frame_edge_init(&r.d, 9600, 0);
	frame_edge_hand_over(&r.d, &h);
	assert_false(h.clock.known || h.synced || h.trust);
	frame_sampler_init(&r.s, 9600, 0);
	frame_take_over(&r.s, &h);
	assert_false(r.s.learned || r.s.synced || r.s.trust);
	frame_hand_over(&r.s, &h);
	assert_false(h.clock.known || h.synced || h.trust);
	frame_edge_take_over(&r.d, &h);
	assert_false(r.d.learned || r.d.synced || r.d.trust);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_amid_the_data),
		cmocka_unit_test(a_start_bit_that_is_over_is_not_lost),
		cmocka_unit_test(what_is_not_known_is_not_handed_over),
	};

	if (argc > 1)	/* more runs */
		seeds = atoi(argv[1]);

	return cmocka_run_group_tests(tests, NULL, NULL);
}
