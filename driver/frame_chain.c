// SPDX-License-Identifier: GPL-2.0-only
/*
 * UART frames (8N1): what a frame tells of those that follow.
 *
 * Where a start bit is known to be one, no frame begins before the one before it
 * is over.  How far apart frames are that follow back to back tells the sender's
 * clock, and where a start edge is expected that was late itself.
 */
#include "frame_chain.h"

/* How far a sender's clock may be off: before it is known, and after. */
#define CLOCK_PERMILLE		42
#define DRIFT_PERMILLE		6

/* Where it is guessed, frames are read as if the rate given were right. */
#define FAST_PERMILLE		12

/* Frames back to back that renew what is known of the clock. */
#define LEARN_FRAMES		32

/* How many frames on time it takes to believe that the next one is. */
#define TRUST_LEAST		4
#define TRUST_MAX		8

/*
 * A frame without a reading counts as so many, and each other one takes one off.
 * Until none is left no frame is good, and at so many nothing is known any more.
 */
#define MISFIT_COUNTS		4
#define MISFITS_MAX		10

/* What is done so long before an edge, and a bit more, does not hold it up. */
#define LEAD_PART		8
#define LEAD_NS			8000

/*
 * Where bits are short a start edge is taken for a late one, when it may as well be
 * on time, after a pause: if that is more than this part of a bit, this frame and
 * some more, whose begin hangs on it, are doubtful.
 */
#define PRESUMED_PART		4
#define PRESUMED_FRAMES		6

/* Bits of a frame that a falling edge can begin. */
#define FALL_BITS		0x1fe

static void set_clock(struct frame_sampler *s, u32 bit_ns, u32 off_permille)
{
	s32 off_ns = s->nominal_ns * off_permille / 1000;

	s->line.bit_min_ns = bit_ns - off_ns;
	s->line.bit_max_ns = bit_ns + off_ns;
}

/* Nothing is known of the sender's clock but the rate. */
static void forget_clock(struct frame_sampler *s)
{
	set_clock(s, s->nominal_ns, s->nominal_ns < FRAME_CHAIN_FAST_NS ?
				    FAST_PERMILLE : CLOCK_PERMILLE);
	if (s->learned)
		bit_clock_init(&s->clock, s->nominal_ns);
	s->learned = false;
	s->chain = 0;
}

static void know_clock(struct frame_sampler *s, u32 bit_ns)
{
	set_clock(s, bit_ns, DRIFT_PERMILLE);
	s->learned = true;
}

/**
 * frame_chain_lead_ns() - how far apart interrupts do not hold up each other
 * @s: sampler
 *
 * One that is later than that waited for something else.
 *
 * Context: any.
 * Return: ns
 */
s32 frame_chain_lead_ns(const struct frame_sampler *s)
{
	return frame_later(s->nominal_ns / LEAD_PART,
			   2 * s->latency_ns + LEAD_NS);
}

/**
 * frame_chain_unsync() - what seems a start edge may be any other one
 * @s: sampler
 *
 * Context: any.
 */
void frame_chain_unsync(struct frame_sampler *s)
{
	s->synced = false;
	s->other_starts = FALL_BITS;
	s->chain = 0;
}

/**
 * frame_chain_init() - nothing was seen yet
 * @s: sampler, its rate set
 * @now_ns: the line is watched from then on
 *
 * Context: any.
 */
void frame_chain_init(struct frame_sampler *s, s64 now_ns)
{
	s->fell_ns = now_ns;
	s->start_min_ns = FRAME_LONG_AGO;
	s->start_max_ns = FRAME_LONG_AGO;
	s->end_min_ns = FRAME_LONG_AGO;
	s->end_max_ns = FRAME_LONG_AGO;
	s->mark_ns = FRAME_LONG_AGO;
	s->mark_end_ns = FRAME_LONG_AGO;
	s->data_until_ns = FRAME_LONG_AGO;
	bit_clock_init(&s->clock, s->nominal_ns);
	forget_clock(s);
	frame_chain_unsync(s);
}

/**
 * frame_chain_edge() - a falling edge was seen
 * @s: sampler
 * @edge_ns: when
 *
 * Context: any.
 */
void frame_chain_edge(struct frame_sampler *s, s64 edge_ns)
{
	bool guessed = frame_chain_is_guessed(s);

	if (s->learned || s->line.rough)
		return;
	bit_clock_edge(&s->clock, edge_ns);
	if (!s->clock.known)
		return;

	know_clock(s, s->clock.best_ns);
	if (!guessed)
		return;
	/* Until now frames were read as if they had another one. */
	s->vague = true;
	frame_chain_unsync(s);
	s->misfits = 0;
	s->trust = 0;
}

/**
 * frame_chain_is_fast() - can a late edge be that of any of three bits?
 * @s: sampler
 *
 * Context: any.
 * Return: true if bits are so short.
 */
bool frame_chain_is_fast(const struct frame_sampler *s)
{
	return s->nominal_ns < FRAME_LATE_NS / 2;
}

/**
 * frame_chain_trusted() - does the next frame follow back to back?
 * @s: sampler
 *
 * Context: any.
 * Return: true if so many did that this one is believed to.
 */
bool frame_chain_trusted(const struct frame_sampler *s)
{
	return s->trust >= TRUST_LEAST;
}

/*
 * How far apart frames back to back are tells how long a bit is.  It may change
 * afterwards.
 */
static void learn(struct frame_sampler *s, s64 first_ns, s64 last_ns)
{
	struct frame_solve *f = &s->line;
	s32 drift_ns = s->nominal_ns * DRIFT_PERMILLE / 1000;
	u32 bits = s->chain * FRAME_BITS;
	s32 min_ns, max_ns;

	if (f->rough || frame_chain_is_guessed(s))
		return;
	if (!s->prompt || !s->chain) {
		s->chain_first_ns = first_ns;
		s->chain_last_ns = last_ns;
		s->chain = 1;
		return;
	}

	min_ns = (u32)(first_ns - s->chain_last_ns) / bits;
	max_ns = (u32)(last_ns - s->chain_first_ns) / bits + 1;
	s->chain++;

	if (min_ns > f->bit_max_ns || max_ns < f->bit_min_ns) {
		forget_clock(s);
	} else if (!s->learned) {
		f->bit_min_ns = frame_later(f->bit_min_ns,
					    min_ns - drift_ns / 2);
		f->bit_max_ns = frame_earlier(f->bit_max_ns,
					      max_ns + drift_ns / 2);
		s->learned = f->bit_max_ns - f->bit_min_ns <= 2 * drift_ns;
	} else if (s->chain > LEARN_FRAMES && max_ns - min_ns <= drift_ns) {
		know_clock(s, (min_ns + max_ns) / 2);
	}
	if (s->chain > LEARN_FRAMES)
		s->chain = 0;
}

/**
 * frame_chain_mark() - the line was mark after a frame
 * @s: sampler
 * @from_ns: it was read after this
 * @to_ns: and before this
 *
 * Context: any.
 */
void frame_chain_mark(struct frame_sampler *s, s64 from_ns, s64 to_ns)
{
	const struct frame_solve *f = &s->line;

	if (from_ns < s->base_ns + f->last_ns[FRAME_STOP_BIT] + f->guard_ns)
		return;
	s->mark_ns = from_ns;
	s->mark_end_ns = to_ns;
}

/*
 * Has the frame begun after the line was seen to be mark?  Else that was after
 * its start bit.
 */
static bool after_mark(const struct frame_sampler *s, int level, s64 first_ns,
		       s64 edge_ns, s64 read_ns)
{
	s32 bit_ns = s->line.bit_min_ns - s->line.guard_ns;

	return s->mark_end_ns < first_ns + bit_ns ||
	       (!level && read_ns < edge_ns - FRAME_LATE_NS + 2 * bit_ns);
}

/*
 * Only senders whose frames do follow back to back are believed in: one that
 * pauses as it likes shows edges that come later for other reasons.
 */
static void note_start(struct frame_sampler *s, s64 off_ns)
{
	s->prompt = s->follows && !s->vague && off_ns <= s->nominal_ns / 4;
	if (s->prompt) {
		if (s->trust < TRUST_MAX)
			s->trust++;
	} else {
		s->trust -= s->trust > 1 ? 2 : s->trust;
	}
}

/*
 * Does it begin exactly one frame after the one before?  Then, where what seems
 * to be the start bit is any other bit, it is that one again.
 */
static bool is_same_place(const struct frame_sampler *s, s64 first_ns,
			  s64 last_ns)
{
	s64 more_ns = (FRAME_BITS + 1) * (s64)s->line.bit_min_ns;
	s64 less_ns = (FRAME_BITS - 1) * (s64)s->line.bit_max_ns;

	return last_ns - s->start_min_ns < more_ns &&
	       first_ns - s->start_max_ns > less_ns;
}

/*
 * What began is not known to be a frame.  It was one if no other edge can be the
 * start edge of all those that followed each other at the same place.
 */
static void try_sync(struct frame_sampler *s, int level, s64 edge_ns,
		     s64 read_ns, s64 *first_ns, s64 *last_ns)
{
	const struct frame_solve *f = &s->line;

	if (!is_same_place(s, *first_ns, *last_ns)) {
		frame_chain_unsync(s);
		return;
	}

	*first_ns = frame_later(*first_ns, s->start_min_ns +
				FRAME_BITS * (s64)f->bit_min_ns);
	*last_ns = frame_earlier(*last_ns, s->start_max_ns +
				 FRAME_BITS * (s64)f->bit_max_ns);
	if (!s->vague && after_mark(s, level, *first_ns, edge_ns, read_ns))
		*first_ns = frame_later(*first_ns, s->mark_ns);
	s->synced = !s->other_starts;
	/* Else it is when the frame is over. */
	if (!s->synced)
		learn(s, *first_ns, *last_ns);
}

/*
 * A start edge that is expected but comes later is a late one, not one after a
 * pause, if interrupts were held up: else a look would have shown the pause.  If
 * bits are short it is always taken to be one.
 */
static s64 expected_start(const struct frame_sampler *s, s64 edge_ns,
			  s64 first_ns, s64 last_ns)
{
	s32 spare_ns = s->nominal_ns / 4;

	if (frame_chain_is_fast(s))
		spare_ns = 0;
	else if (s->due_ns != FRAME_NEVER &&
		 edge_ns < s->due_ns + frame_chain_lead_ns(s))
		return last_ns;

	return frame_later(first_ns, frame_earlier(last_ns, s->end_max_ns +
							    spare_ns));
}

/**
 * frame_chain_start() - between which instants did a frame begin?
 * @s: sampler
 * @level: level of the line, read after @edge_ns
 * @edge_ns: when its start edge was seen
 * @read_ns: the line had been read then
 *
 * Where the edge is not known to be that of a start bit, nothing that was made
 * of the frame before counts.
 *
 * Context: any.
 */
void frame_chain_start(struct frame_sampler *s, int level, s64 edge_ns,
		       s64 read_ns)
{
	const struct frame_solve *f = &s->line;
	s64 first_ns = edge_ns - FRAME_LATE_NS;
	s64 last_ns = f->foreign ? read_ns : edge_ns;

	if (s->synced)
		first_ns = frame_later(first_ns, s->end_min_ns);
	if (!s->vague && after_mark(s, level, first_ns, edge_ns, read_ns))
		first_ns = frame_later(first_ns, s->mark_ns);
	s->follows = first_ns <= s->end_max_ns;
	note_start(s, edge_ns - s->end_max_ns);

	if (frame_chain_is_fast(s) && s->prompt && s->trust == TRUST_MAX)
		first_ns = frame_later(first_ns,
				       frame_earlier(last_ns, s->end_max_ns) -
				       s->nominal_ns / 2 - s->latency_ns);
	if (!s->synced && !f->rough)
		try_sync(s, level, edge_ns, read_ns, &first_ns, &last_ns);
	s->start_min_ns = first_ns;
	s->start_max_ns = last_ns;
	if (s->presumed)
		s->presumed--;
	if (s->synced && s->follows && frame_chain_trusted(s)) {
		last_ns = expected_start(s, edge_ns, first_ns, last_ns);
		if (frame_chain_is_fast(s) && s->start_max_ns - last_ns >
					      s->nominal_ns / PRESUMED_PART)
			s->presumed = PRESUMED_FRAMES;
	}

	s->base_ns = edge_ns;
	frame_solve_begin(&s->line, frame_earlier(first_ns, last_ns) - edge_ns,
			  last_ns - edge_ns);
}

/* Edges of its data may still come. */
static void note_pending(struct frame_sampler *s)
{
	s->data_until_ns = s->base_ns + FRAME_LATE_NS +
			   s->line.last_ns[FRAME_STOP_BIT - 1];
}

/**
 * frame_chain_solved() - a frame is over
 * @s: sampler, what can have been sent is known
 *
 * Context: any.
 */
void frame_chain_solved(struct frame_sampler *s)
{
	struct frame_solve *f = &s->line;

	s->end_min_ns = s->base_ns + f->first_ns[FRAME_BITS];
	s->end_max_ns = s->base_ns + f->last_ns[FRAME_BITS];
	s->data_until_ns = FRAME_LONG_AGO;
	if (s->misfits)
		s->misfits--;
	if (f->rough)
		return;

	if (f->pending)
		note_pending(s);
	if (f->stop_low || f->past_end) {
		frame_chain_unsync(s);
	} else {
		s->other_starts &= (f->can[0] | f->doubt) &
				   (f->can[1] | f->doubt) << 1;
		if (s->synced)
			learn(s, s->base_ns + f->first_ns[0],
			      s->base_ns + f->last_ns[0]);
	}
	if (f->stop_low)
		s->trust = 0;
}

/**
 * frame_chain_misfit() - a frame is over that nothing can have been sent for
 * @s: sampler
 * @first_ns: it did not begin before this, counted from its start edge
 * @last_ns: and not after this
 *
 * Context: any.
 */
void frame_chain_misfit(struct frame_sampler *s, s32 first_ns, s32 last_ns)
{
	struct frame_solve *f = &s->line;

	s->end_min_ns = s->base_ns + first_ns + FRAME_BITS * f->bit_min_ns;
	s->end_max_ns = s->base_ns + last_ns + FRAME_BITS * f->bit_max_ns;
	note_pending(s);
	s->chain = 0;
	s->trust = 0;
	s->misfits += MISFIT_COUNTS;
	if (f->stop_low || s->misfits >= MISFITS_MAX)
		frame_chain_unsync(s);
	if (s->misfits >= MISFITS_MAX) {
		s->misfits = 0;
		forget_clock(s);
	}
}

/**
 * frame_hand_over() - what is to be known by another decoder of the line
 * @s: sampler, between two frames
 * @h: set
 *
 * Context: any.
 */
void frame_hand_over(const struct frame_sampler *s, struct frame_handover *h)
{
	const struct frame_solve *f = &s->line;

	*h = (struct frame_handover){
		.clock = s->clock,
		.latency_ns = s->latency_ns,
		.synced = s->synced && !s->misfits,
		.trust = s->trust,
		.next_min_ns = frame_later(s->end_min_ns, s->mark_ns),
		.next_ns = s->end_max_ns -
			   FRAME_BITS * (f->bit_max_ns - f->bit_min_ns) / 2,
	};
	if (!s->learned)
		return;
	h->clock.known = true;
	h->clock.best_ns = (f->bit_min_ns + f->bit_max_ns) / 2;
}

/**
 * frame_take_over() - go on where another decoder of the line has left off
 * @s: sampler, just set up
 * @h: what that one knows
 *
 * Context: any; nothing else may use @s meanwhile.
 */
void frame_take_over(struct frame_sampler *s, const struct frame_handover *h)
{
	s->clock = h->clock;
	s->latency_ns = h->latency_ns;
	if (h->clock.known && !s->line.rough)
		know_clock(s, h->clock.best_ns);
	s->end_min_ns = h->next_min_ns;
	s->end_max_ns = h->next_ns;
	s->trust = frame_earlier(h->trust, TRUST_MAX);
	s->synced = h->synced;
}
