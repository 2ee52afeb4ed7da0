// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line that is played to a decoder by a machine, and what came of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reception.h"

struct reception r;

u64 line_bit_ns(void)
{
	return r.wave.bit_ps / 1000;
}

/* ---- the line ---- */

/* The line with the pauses put in: time of the waveform without them. */
static u64 wave_ns(u64 t_ns)
{
	u64 frame_ns, frame, in_frame;

	if (!r.gap_ns || t_ns < r.wave.start_ns)
		return t_ns;
	frame_ns = (waveform_end_ns(&r.wave) - r.wave.start_ns) / r.wave.count;
	frame = (t_ns - r.wave.start_ns) / (frame_ns + r.gap_ns);
	in_frame = (t_ns - r.wave.start_ns) % (frame_ns + r.gap_ns);
	if (in_frame > frame_ns - 1)
		in_frame = frame_ns - 1;

	return r.wave.start_ns + frame * frame_ns + in_frame;
}

static bool in_glitch(u64 t_ns)
{
	return t_ns >= r.glitch_ns && t_ns < r.glitch_end_ns;
}

static int line_level(u64 t_ns)
{
	u64 bit;

	if (!r.line)
		return waveform_level(&r.wave, wave_ns(t_ns));
	if (t_ns < r.wave.start_ns)
		return 1;
	bit = (t_ns - r.wave.start_ns) / line_bit_ns();

	return bit < strlen(r.line) ? r.line[bit] == '1' : 1;
}

static int level_at(u64 t_ns)
{
	return line_level(t_ns) ^ in_glitch(t_ns);
}

static u64 wave_edge_after(u64 t_ns, unsigned int edges)
{
	u64 edge_ns = waveform_next_edge(&r.wave, wave_ns(t_ns), edges);
	u64 frame_ns;

	if (!r.gap_ns || edge_ns == WAVEFORM_NEVER)
		return edge_ns;
	frame_ns = (waveform_end_ns(&r.wave) - r.wave.start_ns) / r.wave.count;

	return edge_ns + (edge_ns - r.wave.start_ns) / frame_ns * r.gap_ns;
}

/* When the line may change next: at an edge, between bits, at a glitch. */
static u64 change_after(u64 t_ns)
{
	u64 bit = 0, next_ns;

	if (r.line) {
		if (t_ns >= r.wave.start_ns)
			bit = (t_ns - r.wave.start_ns) / line_bit_ns() + 1;
		next_ns = bit > strlen(r.line) ? WAVEFORM_NEVER :
						 r.wave.start_ns + bit * line_bit_ns();
	} else {
		next_ns = wave_edge_after(t_ns, WAVEFORM_FALLING | WAVEFORM_RISING);
	}
	if (t_ns < r.glitch_ns && r.glitch_ns < next_ns)
		return r.glitch_ns;
	if (t_ns < r.glitch_end_ns && r.glitch_end_ns < next_ns)
		return r.glitch_end_ns;

	return next_ns;
}

/* The next edge of those that the engine asks for. */
static u64 edge_after(u64 t_ns)
{
	unsigned int edges = WAVEFORM_FALLING |
			     (r.engine == EDGE ? WAVEFORM_RISING : 0);
	int level;

	if (!r.line && !r.glitch_end_ns)
		return wave_edge_after(t_ns, edges);
	while ((t_ns = change_after(t_ns)) != WAVEFORM_NEVER) {
		level = level_at(t_ns);
		if (level != level_at(t_ns - 1) &&
		    edges & (level ? WAVEFORM_RISING : WAVEFORM_FALLING))
			break;
	}

	return t_ns;
}

/* ---- the decoder ---- */

static s64 due_ns(void)
{
	return r.engine == EDGE ? frame_edge_due(&r.d) : frame_due(&r.s);
}

/* The line was read between r.now_ns and then. */
static s64 read_ns(void)
{
	return r.now_ns + r.cpu.m.read + r.cpu.m.read / 4;
}

static enum frame_verdict edge(int level, struct frame_byte *byte)
{
	if (r.engine == EDGE)
		return frame_edge_irq(&r.d, level, r.now_ns, byte);

	return frame_fell(&r.s, level, r.now_ns, read_ns(), byte);
}

static enum frame_verdict look(int level, struct frame_byte *byte)
{
	if (r.engine == EDGE)
		return frame_edge_look(&r.d, level, r.now_ns, byte);

	return frame_sample(&r.s, level, r.now_ns, read_ns(), byte);
}

static void keep(const struct frame_byte *byte)
{
	assert_in_range(r.n_got, 0, sizeof(r.got) / sizeof(r.got[0]) - 1);
	r.got[r.n_got++] = *byte;
}

void restart(u32 baud)
{
	frame_edge_init(&r.d, baud, r.now_ns);
	frame_sampler_init(&r.s, baud, r.now_ns);
}

void prepare(enum engine engine, u32 baud, s32 skew_ppm, u32 count, u64 seed)
{
	memset(&r, 0, sizeof(r));
	r.engine = engine;
	r.wave = (struct waveform){
		.start_ns = RUN_START_NS,
		.bit_ps = waveform_bit_ps(baud, skew_ppm),
		.bytes = r.sent,
		.mask = BYTES_MAX - 1,
		.count = count,
		.seed = seed,
	};
	r.cpu.m = machine_steady;
	r.cpu.rng = seed * 2654435761U + 12345;
	r.on_byte = keep;
	restart(baud);
}

static void run(u64 until_ns)
{
	for (;;) {
		u64 edge_ns = edge_after(r.seen_ns);
		u64 look_ns = due_ns();
		bool is_edge = edge_ns <= look_ns;
		enum frame_verdict verdict;
		struct frame_byte byte;
		int level;

		if ((is_edge ? edge_ns : look_ns) >= until_ns)
			break;
		r.now_ns = cpu_taken_ns(&r.cpu, is_edge ? edge_ns : look_ns);
		level = level_at(r.now_ns + r.cpu.m.read);
		if (is_edge) {
			r.seen_ns = r.now_ns;
			r.irqs++;
			if (r.on_edge)
				r.on_edge();
			verdict = edge(level, &byte);
		} else {
			r.looks++;
			r.misled += in_glitch(r.now_ns + r.cpu.m.read);
			verdict = look(level, &byte);
		}
		cpu_busy(&r.cpu, r.now_ns);
		if (verdict == FRAME_COMPLETE)
			r.on_byte(&byte);
		else if (verdict == FRAME_FALSE_START)
			r.noise++;
	}
}

void receive_until(u64 t_ns)
{
	r.seen_ns = 0;
	run(t_ns);
}

void receive_on(void)
{
	run(FRAME_NEVER);
}

void receive(void)
{
	receive_until(FRAME_NEVER);
}

/* ---- what is sent ---- */

void fill_random(void)
{
	u32 i;

	for (i = 0; i < r.wave.count; i++)
		r.sent[i] = i % 60 ? random_below(&r.cpu.rng, 256) : '\n';
}

void fill_nmea(u64 seed)
{
	char *sent = (char *)r.sent;
	u64 rng = seed + 77;
	u32 n = 0, i, k;

	for (i = 0; i < SENTENCES; i++) {
		u32 first = n;
		u8 sum = 0;

		switch (i % 4) {
		case 0:
			n += sprintf(sent + n, "$GPGGA,%06u.00,%04u.%05u,N,%05u.%05u,E,1,08,0.%u,%u.%u,M,48.0,M,,",
				     random_below(&rng, 240000), random_below(&rng, 9000),
				     random_below(&rng, 100000), random_below(&rng, 18000),
				     random_below(&rng, 100000), random_below(&rng, 10),
				     random_below(&rng, 900), random_below(&rng, 10));
			break;
		case 1:
			n += sprintf(sent + n, "$GPRMC,%06u.00,A,%04u.%05u,N,%05u.%05u,E,%03u.%u,084.4,230394,,,A",
				     random_below(&rng, 240000), random_below(&rng, 9000),
				     random_below(&rng, 100000), random_below(&rng, 18000),
				     random_below(&rng, 100000), random_below(&rng, 300),
				     random_below(&rng, 10));
			break;
		case 2:
			n += sprintf(sent + n, "$GPGSV,3,%u", 1 + random_below(&rng, 3));
			for (k = 0; k < 4; k++)
				n += sprintf(sent + n, ",%02u,%02u,%03u,%02u",
					     random_below(&rng, 32), random_below(&rng, 90),
					     random_below(&rng, 360), random_below(&rng, 50));
			break;
		default:
			n += sprintf(sent + n, "$GPVTG,%03u.%u,T,,M,%03u.%u,N,%03u.%u,K,A",
				     random_below(&rng, 360), random_below(&rng, 10),
				     random_below(&rng, 100), random_below(&rng, 10),
				     random_below(&rng, 100), random_below(&rng, 10));
			break;
		}
		for (k = first + 1; k < n; k++)
			sum ^= r.sent[k];
		n += sprintf(sent + n, "*%02X\r\n", sum);
	}
	r.wave.count = n;
}

/* ---- what came of it ---- */

s64 byte_ns(u32 n)
{
	return r.wave.start_ns + 10LL * n * r.wave.bit_ps / 1000;
}

u32 byte_of(const struct frame_byte *byte)
{
	s64 frame_ps = 10LL * r.wave.bit_ps;
	s64 at_ps = (byte->start_ns - (s64)r.wave.start_ns) * 1000 + frame_ps / 2;

	return at_ps < 0 ? ~0U : at_ps / frame_ps;
}

void judge(struct figures *f)
{
	u32 count = r.wave.count;
	u8 *state = calloc(count + 1, 1);	/* 1 got, 2 right, 4 right in unsure */
	u32 i, k;

	for (i = 0; i < r.n_got; i++) {
		const struct frame_byte *got = &r.got[i];
		u32 n = byte_of(got);
		bool good = !got->flags;

		f->doubtful += !!(got->flags & FRAME_DOUBTFUL);
		f->unsure_bits += __builtin_popcount(got->unsure);
		if (n >= count || state[n]) {
			f->wrong_good += good;
			continue;
		}
		state[n] = 1;
		if (got->value == r.sent[n]) {
			state[n] |= 6;
		} else {
			f->wrong++;
			f->wrong_good += good;
			if (!((got->value ^ r.sent[n]) & ~got->unsure))
				state[n] |= 4;
		}
	}
	for (i = 0; i < count; i = k) {
		u8 all = 7;

		for (k = i; k < count; k++) {
			all &= state[k];
			f->lost += !state[k];
			if (r.sent[k] == '\n')
				break;
		}
		k++;
		f->sentences += !!(all & 2);
		f->repairable += !!(all & 4);
	}
	f->bytes += count;
	f->irqs += r.irqs;
	f->looks += r.looks;
	free(state);
}

struct figures play_random(enum engine engine, u32 baud, s32 skew_ppm, u32 count,
			   const struct machine *m, u64 seed)
{
	struct figures f = {};
	u32 i;

	prepare(engine, baud, skew_ppm, count, seed);
	fill_random();
	for (i = 0; i < 256 && i < count; i++)
		r.sent[i] = i;
	r.cpu.m = *m;
	receive();
	judge(&f);

	return f;
}

static struct figures play_cell(enum engine engine, const struct cell *cell,
				u32 seeds)
{
	struct figures f = {};
	u32 k;

	for (k = 0; k < seeds; k++) {
		prepare(engine, cell->baud, cell->percent * 10000, 0, k + 1);
		fill_nmea(k);
		r.cpu.m = machine_lab;
		r.cpu.m.off_max = cell->off_us * 1000;
		receive();
		judge(&f);
	}
	printf("# %6u baud %+d %%, off <= %2u us: %4.1f of 60 sentences, %4.1f after repair; of %u bytes %.1f wrong, %.1f doubtful (%.1f bits), %u wrong that were good; a byte: %.1f edges, %.1f looks\n",
	       cell->baud, cell->percent, cell->off_us, 1.0 * f.sentences / seeds,
	       1.0 * f.repairable / seeds, f.bytes / seeds, 1.0 * f.wrong / seeds,
	       1.0 * f.doubtful / seeds, 1.0 * f.unsure_bits / seeds, f.wrong_good,
	       1.0 * f.irqs / f.bytes, 1.0 * f.looks / f.bytes);

	return f;
}

void play_cells(enum engine engine, const struct cell *cells, u32 n, u32 seeds)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct figures f = play_cell(engine, &cells[i], seeds);

		assert_int_equal(f.wrong_good, 0);
		if (seeds > CELL_SEEDS)
			continue;
		assert_true(f.sentences >= cells[i].intact * seeds);
		assert_true(f.repairable >= cells[i].repaired * seeds);
		assert_true(f.doubtful / seeds <= cells[i].doubtful);
	}
}
