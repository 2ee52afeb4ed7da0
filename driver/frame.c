// SPDX-License-Identifier: GPL-2.0-only
/*
 * UART frames (8N1): observations of the line -> a byte and its worth.
 */
#include "frame_chain.h"

/* So near to an edge a look may show either level, as a divisor of a bit. */
#define GUARD_PART		32

/*
 * Where in a bit, at the latest that it begins, it is to be sampled, in eighths:
 * as late as no interrupt makes it miss the bit, within these.
 */
#define POINT_MIN_8THS		1
#define POINT_MAX_8THS		3

/* Part of the difference by which the latency rises with each sample. */
#define LATENCY_RISE		256

/* Where more bits are unsure, all of them are. */
#define UNSURE_MAX		4

/**
 * frame_bit_ns() - duration of a bit
 * @baud: bits per second, not 0
 *
 * Context: any.
 * Return: ns, rounded to nearest.
 */
u32 frame_bit_ns(u32 baud)
{
	return (1000000000U + baud / 2) / baud;
}

/**
 * frame_sampler_init() - a line that is idle
 * @s: sampler
 * @baud: bits per second, not 0
 * @now_ns: it is watched from then on
 *
 * Context: any; nothing else may use @s meanwhile.
 */
void frame_sampler_init(struct frame_sampler *s, u32 baud, s64 now_ns)
{
	*s = (struct frame_sampler){
		.nominal_ns = frame_bit_ns(baud),
		.due_ns = FRAME_NEVER,
	};
	s->line.guard_ns = s->nominal_ns / GUARD_PART;
	s->line.rough = s->nominal_ns < FRAME_PROOF_BIT_NS;
	frame_chain_init(s, now_ns);
}

/**
 * frame_due() - when the next sample is to be taken
 * @s: sampler
 *
 * To be asked after each observation.
 *
 * Context: any.
 * Return: ns, absolute, or FRAME_NEVER.
 */
s64 frame_due(const struct frame_sampler *s)
{
	return s->due_ns;
}

/**
 * frame_expect_rises() - may what is taken for a falling edge be a rising one?
 * @s: sampler
 * @on: rising edges interrupt, too, and a falling one may come as one with them
 *
 * Frames are doubtful meanwhile.
 *
 * Context: hard IRQ or any other.
 */
void frame_expect_rises(struct frame_sampler *s, bool on)
{
	s->rises = on;
}

static void note_latency(struct frame_sampler *s, s64 late_ns)
{
	if (late_ns < 0)
		late_ns = 0;
	if (late_ns > s->nominal_ns)
		late_ns = s->nominal_ns;
	if (late_ns < s->latency_ns || !s->latency_ns)
		s->latency_ns = late_ns;
	else
		s->latency_ns += ((u32)late_ns - s->latency_ns) / LATENCY_RISE;
}

/*
 * Where to sample a bit, counted like its begin.  What is known may not do to
 * tell it from its neighbours; then its edges are taken to have been on time.
 */
static s32 sample_point(const struct frame_sampler *s, unsigned int bit)
{
	const struct frame_solve *f = &s->line;
	s32 least_ns = s->nominal_ns * POINT_MIN_8THS / 8;
	s32 room_ns = f->first_ns[bit + 1] - f->last_ns[bit];
	s32 point_ns = room_ns - FRAME_LATE_NS;

	/*
	 * Mark, as late in the stop bit as it can be seen without delaying what
	 * follows, tells that the next start bit has not begun.
	 */
	if (bit == FRAME_STOP_BIT)
		point_ns = frame_later(room_ns, f->bit_min_ns - FRAME_STOP_BIT *
				 (f->bit_max_ns - f->bit_min_ns)) -
			   frame_chain_lead_ns(s);
	else if (point_ns > (s32)s->nominal_ns * POINT_MAX_8THS / 8)
		point_ns = s->nominal_ns * POINT_MAX_8THS / 8;

	return f->last_ns[bit] + frame_later(point_ns, least_ns);
}

/* The next bit that is not over yet. */
static void ask_next(struct frame_sampler *s, s32 now_ns)
{
	while (s->next < FRAME_STOP_BIT &&
	       sample_point(s, s->next + 1) <= now_ns + (s32)s->latency_ns)
		s->next++;
	s->due_ns = s->base_ns + sample_point(s, s->next) - s->latency_ns;
}

/* @known: there is a reading, and no glitch makes another one */
static u8 frame_flags(const struct frame_sampler *s, u16 best, bool known)
{
	const struct frame_solve *f = &s->line;

	if (f->stop_low)
		return FRAME_FRAMING_ERROR | (best ? 0 : FRAME_BREAK);
	if (!known || f->can[0] & f->can[1] || f->doubt || !s->synced ||
	    s->vague || s->presumed || s->misfits || f->rough ||
	    frame_chain_is_guessed(s))
		return FRAME_DOUBTFUL;

	return 0;
}

/* If they are many it is not known which. */
static u8 unsure_bits(const struct frame_solve *f)
{
	u8 bits = ((f->can[0] & f->can[1]) | f->doubt) >> 1;
	u8 left = bits;
	unsigned int n;

	for (n = 0; left; n++)
		left &= left - 1;

	return n > UNSURE_MAX ? 0 : bits;
}

static void complete(struct frame_sampler *s, s64 now_ns,
		     struct frame_byte *byte)
{
	struct frame_solve *f = &s->line;
	s32 first_ns = f->first_ns[0];
	s32 last_ns = f->last_ns[0];
	bool others = false, alone = true;
	bool known = f->rough || frame_solve(f, now_ns - s->base_ns);
	u16 best = frame_solve_best(f);

	if (known) {
		/* It may be that all bits are. */
		others = f->last_ns[0] - f->first_ns[0] > f->bit_min_ns;
		if (!frame_chain_is_fast(s))
			frame_solve_doubt(f, now_ns - s->base_ns);
		else
			/* No time for more, so what was late is doubtful. */
			alone = !f->late || frame_solve_looks_tell_all(f);
		frame_chain_solved(s);
		last_ns = f->last_ns[0];
	} else {
		frame_chain_misfit(s, first_ns, last_ns);
	}

	*byte = (struct frame_byte){
		.start_ns = s->base_ns + last_ns,
		.span_ns = now_ns - s->base_ns - last_ns,
		.value = best >> 1,
		.flags = frame_flags(s, best, known && alone),
		.unsure = known && !others && s->synced && !s->vague &&
			  !frame_chain_is_guessed(s) ? unsure_bits(f) : 0,
	};
	s->busy = false;
	s->due_ns = FRAME_NEVER;
}

/* Where frames follow back to back, what was not seen to begin is looked for. */
static void watch_start(struct frame_sampler *s)
{
	if (frame_chain_trusted(s) && !s->line.stop_low)
		s->due_ns = s->end_max_ns + frame_chain_lead_ns(s);
}

/* The stop bit was looked at, or what follows: does that end the frame? */
static bool is_over(struct frame_sampler *s, int level,
		    struct frame_range range, s64 to_ns)
{
	if (level) {
		/* It was low a moment ago, and no edge came of it. */
		if (s->last_look)
			frame_chain_unsync(s);
		return true;
	}

	/* The next start bit may have begun; then its edge comes at once. */
	if (!s->last_look && range.last > FRAME_STOP_BIT) {
		s->last_look = true;
		s->due_ns = to_ns + s->nominal_ns / 4;
		return false;
	}
	s->line.stop_low = true;

	return true;
}

/*
 * On an idle line an edge that no look found space after is that of a spike; or of
 * a byte of nothing but mark whose start bit was over when it was seen.
 */
static bool was_spike(const struct frame_sampler *s)
{
	const struct frame_solve *f = &s->line;
	unsigned int i;

	if (s->follows || f->late || f->rough || f->stop_low)
		return false;
	for (i = 0; i < f->n_looks; i++)
		if (!f->looks[i].level && !f->looks[i].with_edge)
			return false;

	return true;
}

static enum frame_verdict drop(struct frame_sampler *s)
{
	s->busy = false;
	s->due_ns = FRAME_NEVER;

	return FRAME_FALSE_START;
}

/**
 * frame_sample() - the line was read by timer
 * @s: sampler
 * @level: level of the line, 0 or 1
 * @from_ns: it was read after this, not before frame_due()
 * @to_ns: and before this
 * @byte: set with FRAME_COMPLETE, otherwise left alone
 *
 * What counts is when the line was read, not when it should have been: a late
 * sample shows the bit of its own time.
 *
 * Context: hard IRQ or any other.
 * Return: the verdict.
 */
enum frame_verdict frame_sample(struct frame_sampler *s, int level,
				s64 from_ns, s64 to_ns,
				struct frame_byte *byte)
{
	struct frame_solve *f = &s->line;
	s32 from = from_ns - s->base_ns, to = to_ns - s->base_ns;
	struct frame_range range;
	bool late;

	note_latency(s, from_ns - s->due_ns);
	late = from_ns > s->due_ns + frame_chain_lead_ns(s);
	if (!s->busy) {
		s->due_ns = FRAME_NEVER;
		if (level)
			frame_chain_mark(s, from_ns, to_ns);
		return FRAME_MORE;
	}

	f->late |= late;
	range = frame_solve_look(f, level, from, to, false);
	if (level && !range.last)
		return drop(s);

	if (s->next < FRAME_STOP_BIT) {
		s->next = frame_later(range.first, s->next) + 1;
		if (s->next <= FRAME_STOP_BIT) {
			ask_next(s, to);
			return FRAME_MORE;
		}
	}
	if (!is_over(s, level, range, to_ns))
		return FRAME_MORE;
	if (was_spike(s))
		return drop(s);

	complete(s, to_ns, byte);
	if (level)
		frame_chain_mark(s, from_ns, to_ns);
	watch_start(s);

	return FRAME_COMPLETE;
}

/* The line is mark already: was it low for as long as a start bit? */
static bool is_spike(struct frame_sampler *s, struct frame_range range)
{
	if (!range.last)
		return true;
	if (range.first)
		return false;
	if (s->follows && (frame_chain_trusted(s) || s->line.rough))
		return false;
	/* It may have been, and then the next edge is none of a start bit. */
	frame_chain_unsync(s);

	return true;
}

/* A falling edge of an idle line. */
static enum frame_verdict begin(struct frame_sampler *s, int level,
				s64 edge_ns, s64 read_ns)
{
	bool early = edge_ns < s->end_min_ns;
	bool of_data = edge_ns <= s->data_until_ns;
	s64 still_ns = edge_ns - FRAME_LATE_NS - s->fell_ns;
	struct frame_range range;

	s->fell_ns = edge_ns;
	/* The frame before has begun already: this is one of its edges. */
	if (early && level)
		return FRAME_MORE;
	if (early)
		frame_chain_unsync(s);
	/* No frame is so long without a falling edge. */
	if (still_ns > FRAME_BITS * (s64)s->line.bit_max_ns)
		s->synced = true;

	s->vague = early || (level && of_data);
	s->line.foreign = !level && of_data;
	frame_chain_start(s, level, edge_ns, read_ns);
	frame_solve_fall(&s->line, 0);
	range = frame_solve_look(&s->line, level, 0, read_ns - edge_ns, true);
	if (level && is_spike(s, range)) {
		s->due_ns = FRAME_NEVER;
		return FRAME_FALSE_START;
	}

	s->busy = true;
	s->vague |= s->rises;
	s->last_look = false;
	s->next = 0;
	ask_next(s, read_ns - edge_ns);

	return FRAME_MORE;
}

/*
 * A start bit that is over already is to be seen as one edge with its end, at the
 * earliest when that comes.
 */
static bool is_rise(const struct frame_sampler *s, int level, s64 edge_ns)
{
	const struct frame_solve *f = &s->line;
	s64 next_ns = s->busy ? s->base_ns + f->first_ns[FRAME_BITS] :
				s->end_min_ns;

	return s->rises && level &&
	       edge_ns < next_ns + f->bit_min_ns - f->guard_ns;
}

/**
 * frame_fell() - a falling edge interrupted
 * @s: sampler
 * @level: level of the line, read after @edge_ns
 * @edge_ns: when the interrupt was taken
 * @read_ns: the line had been read then
 * @byte: set with FRAME_COMPLETE, otherwise left alone
 *
 * Context: hard IRQ or any other.
 * Return: the verdict; FRAME_COMPLETE if a frame ended, another one may have
 * begun.
 */
enum frame_verdict frame_fell(struct frame_sampler *s, int level, s64 edge_ns,
			      s64 read_ns, struct frame_byte *byte)
{
	struct frame_solve *f = &s->line;
	s32 at_ns = edge_ns - s->base_ns;

	frame_chain_edge(s, edge_ns);
	s->vague |= s->rises;
	if (is_rise(s, level, edge_ns))
		return FRAME_MORE;
	if (!s->busy)
		return begin(s, level, edge_ns, read_ns);

	if (at_ns < f->first_ns[FRAME_BITS] - f->guard_ns ||
	    at_ns <= f->last_ns[FRAME_STOP_BIT] ||
	    (level && !frame_chain_trusted(s) && !f->rough)) {
		s->fell_ns = edge_ns;
		frame_solve_fall(f, at_ns);
		if (!f->rough)
			frame_solve_look(f, level, at_ns, read_ns - s->base_ns,
					 true);
		if (s->next < FRAME_STOP_BIT)
			ask_next(s, read_ns - s->base_ns);
		return FRAME_MORE;
	}

	if (was_spike(s)) {
		drop(s);
		return begin(s, level, edge_ns, read_ns);
	}

	complete(s, edge_ns, byte);
	begin(s, level, edge_ns, read_ns);

	return FRAME_COMPLETE;
}
