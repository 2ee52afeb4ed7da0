// SPDX-License-Identifier: GPL-2.0-only
/*
 * UART frames (8N1) from edges: what a frame tells of those that follow.
 *
 * How far apart frames are that follow back to back tells the sender's clock, and
 * where a start edge is expected that was late itself.  Where a frame begins at
 * all is told by a pause, or by the one bit at which the line falls each time.
 */
#include "frame_edge_chain.h"

/* How far a sender's clock may drift until it is measured again. */
#define DRIFT_PERMILLE		6

/* The same where nothing else than the baud rate tells of it. */
#define OFF_PERMILLE		15

/*
 * The prediction is wrong if that many start edges are late.  Where an interrupt
 * takes a good part of a bit some are by chance: one that is on time makes good
 * for a part of one that is late, otherwise for all of them.
 */
#define LATE_START		8
#define LATE_STARTS_MAX		(3 * LATE_START)

/* The latest lateness counts a quarter more, and fades with each frame. */
#define LIKELY_FADE		64
#define LIKELY_MIN_NS		2000

/* Frames in a row, and span in terms of lateness, that tell the clock. */
#define LEARN_FRAMES		8
#define LEARN_LATENESS		250

/* Frames back to back that show that a fast sender makes no pauses. */
#define TRUSTED_FAST		2
#define TRUST_MAX		12

/* Errors without frames that hold: the clock is looked for anew. */
#define ERRORS_MAX		16

/*
 * A start or stop bit amiss counts as so many; where bits are short each frame that
 * holds takes one off.  More is reason to look for another begin.
 */
#define MISFIT_COUNTS		8

static u8 trusted(const struct frame_edge *d)
{
	return frame_edge_is_fast(d) ? TRUSTED_FAST : FRAME_EDGE_TRUSTED;
}

static void forget_clock(struct frame_edge *d)
{
	bit_clock_init(&d->clock, d->nominal_ns);
	d->bit_ns = d->nominal_ns;
	d->learned = false;
	d->errors = 0;
}

/**
 * frame_edge_chain_init() - no frame was seen yet
 * @d: the decoder, @d->nominal_ns set, else nothing
 * @now_ns: now
 *
 * Context: any; nothing else may use @d meanwhile.
 */
void frame_edge_chain_init(struct frame_edge *d, s64 now_ns)
{
	d->likely_ns = LIKELY_MIN_NS;
	/* Nothing follows that; and after a frame's time there was a pause. */
	d->next_ns = now_ns - FRAME_LATE_NS;
	d->mark_ns = FRAME_LONG_AGO;
	forget_clock(d);
	/* What takes as long as an interrupt tells nothing of its own. */
	d->learned = frame_edge_is_fast(d);
	if (!frame_edge_can_prove(d))
		d->trust = trusted(d);
}

/**
 * frame_edge_chain_edge() - learn the sender's clock from an edge
 * @d: the decoder, the clock not learned yet
 * @now_ns: when it was seen
 *
 * Until the clock is known, what comes nearest to it so far is taken for it.
 *
 * Context: any, hard IRQ too.
 */
void frame_edge_chain_edge(struct frame_edge *d, s64 now_ns)
{
	bit_clock_edge(&d->clock, now_ns);
	d->learned = d->clock.known;
	/* Until now the begin of a frame was but guessed. */
	d->synced = false;
	d->excluded = 0;
	d->misfits = 0;
	if (d->clock.fine || d->nominal_ns >= BIT_CLOCK_FAST_NS)
		d->bit_ns = d->clock.best_ns;
}

/*
 * The sender's clock drifts.  How far apart the start edges of frames back to
 * back are tells, once it takes so long that being late does not matter.
 */
static void follow_clock(struct frame_edge *d, s64 now_ns)
{
	s64 span_ns = now_ns - d->chain_ns;
	u32 bit_ns;

	if (!d->chained || !d->chain || !d->synced || !d->learned) {
		d->chain_ns = now_ns;
		d->chain = 1;
		return;
	}
	if (d->chain < LEARN_FRAMES ||
	    (span_ns < (s64)LEARN_LATENESS * d->likely_ns && d->chain < 255)) {
		d->chain++;
		return;
	}

	bit_ns = div_u64(span_ns, d->chain * FRAME_BITS);
	d->chain_ns = now_ns;
	d->chain = 1;
	if (d->bit_ns / 1000 * (frame_edge_is_fast(d) ? OFF_PERMILLE : DRIFT_PERMILLE) >=
	    (bit_ns > d->bit_ns ? bit_ns - d->bit_ns : d->bit_ns - bit_ns))
		d->bit_ns = (3 * d->bit_ns + bit_ns) / 4;
}

/**
 * frame_edge_chain_late() - what an interrupt was late tells how late one is likely
 * @d: the decoder
 * @late_ns: by how much, beyond what it takes at least; may be negative
 *
 * Context: any, hard IRQ too.
 */
void frame_edge_chain_late(struct frame_edge *d, s32 late_ns)
{
	u32 likely_ns = late_ns > 0 ? late_ns + late_ns / 4 : 0;

	if (likely_ns > FRAME_LATE_NS)
		likely_ns = FRAME_LATE_NS;
	if (d->likely_ns < likely_ns)
		d->likely_ns = likely_ns;
	if (d->likely_ns < LIKELY_MIN_NS)
		d->likely_ns = LIKELY_MIN_NS;
}

/* ---- a start edge ---- */

/**
 * frame_edge_chain_trusted() - is the sender known to make no pauses?
 * @d: the decoder
 *
 * Context: any.
 */
bool frame_edge_chain_trusted(const struct frame_edge *d)
{
	return d->trust >= trusted(d);
}

/*
 * As late as that a start edge may be seen every time, where the interrupt of the
 * stop bit is not over by then.
 */
static s32 on_time_ns(const struct frame_edge *d)
{
	return frame_edge_is_fast(d) ? d->bit_ns * 5 / 8 : d->bit_ns / 2;
}

/* Was the line mark when the next frame was to have begun? */
static bool was_mark(const struct frame_edge *d)
{
	return d->mark_ns > d->next_ns;
}

/* What follows a pause as long as a frame is a start bit. */
static bool has_paused(const struct frame_edge *d, s64 late_ns)
{
	return late_ns > FRAME_BITS * (s32)d->bit_ns + FRAME_LATE_NS;
}

/*
 * Were interrupts off when the line was to be looked at, after the next frame was
 * to begin?  The look has not come yet, or came late, and found space.
 */
static bool was_held_up(const struct frame_edge *d, s64 now_ns)
{
	return d->held_up || (d->due_ns != FRAME_NEVER &&
			      now_ns - d->due_ns > (s32)d->bit_ns / 8);
}

static bool follows(const struct frame_edge *d, s64 late_ns, bool held_up)
{
	s32 frame_ns = FRAME_BITS * (s32)d->bit_ns;

	if (was_mark(d))
		return false;
	if (late_ns < (frame_edge_is_fast(d) ? -(s32)d->bit_ns / 2 :
					       -frame_walk_early_ns(d, frame_ns)))
		return false;
	if (!frame_edge_chain_trusted(d))
		return late_ns < on_time_ns(d);

	/* Later than that is not likely, but it is known that they were off. */
	return late_ns < (held_up ? frame_ns / 2 : FRAME_LATE_NS);
}

static void count_late_start(struct frame_edge *d, s64 late_ns)
{
	if (!d->chained)
		d->late_starts = 0;
	else if (late_ns > on_time_ns(d))
		d->late_starts += LATE_START;
	else if (frame_edge_is_fast(d) && d->late_starts)
		d->late_starts--;
	else
		d->late_starts = 0;
	if (d->late_starts >= LATE_STARTS_MAX)
		d->chained = false;
}

/*
 * Frames do not hold, and all edges of some fell where one other bit begins: that
 * one is the start bit.  Nothing is taken for one before it comes next.
 */
static bool other_begins(struct frame_edge *d, s64 now_ns)
{
	u16 left = (DATA_BITS | STOP_BIT) & ~d->excluded;
	s32 bit_ns = d->bit_ns;
	unsigned int bit;

	if (!d->learned || d->misfits <= MISFIT_COUNTS || !left || left & (left - 1))
		return false;

	for (bit = 1; !(left >> bit & 1); bit++)
		;
	d->next_ns -= (FRAME_BITS - (s32)bit) * bit_ns;
	while (d->next_ns < now_ns + bit_ns / 2)
		d->next_ns += FRAME_BITS * bit_ns;
	d->hold_ns = d->next_ns - bit_ns / 2;
	d->due_ns = FRAME_NEVER;
	d->excluded = 0;
	d->misfits = 0;
	d->trust = 0;
	d->synced = false;

	return true;
}

/**
 * frame_edge_chain_expect() - an edge came with no frame under way
 * @d: the decoder; @d->chained says afterwards whether it follows the frame before
 * @now_ns: when it was seen
 *
 * Context: any, hard IRQ too.
 * Return: false if it cannot begin a frame, since another edge is known to.
 */
bool frame_edge_chain_expect(struct frame_edge *d, s64 now_ns)
{
	s64 late_ns = now_ns - d->next_ns;

	if (has_paused(d, late_ns)) {
		d->misfits = 0;
	} else {
		if (late_ns > (s32)d->bit_ns / 2)
			frame_edge_chain_misfit(d);
		if (other_begins(d, now_ns))
			return false;
	}
	d->chained = follows(d, late_ns, was_held_up(d, now_ns));
	d->held_up = false;
	count_late_start(d, late_ns);

	return true;
}

/**
 * frame_edge_chain_start() - that edge begins a frame
 * @d: the decoder; @d->start_ns is set
 * @now_ns: when it was seen
 *
 * Context: any, hard IRQ too.
 */
void frame_edge_chain_start(struct frame_edge *d, s64 now_ns)
{
	s64 late_ns = now_ns - d->next_ns;
	bool paused = has_paused(d, late_ns);

	follow_clock(d, now_ns);
	/*
	 * So late that it may be on time after all: nothing is good for a while.
	 * Where nothing ever is, a sender that made none but long pauses before
	 * goes on like that.
	 */
	if (!d->chained || late_ns >= FRAME_LATE_NS)
		d->trust = paused && !frame_edge_can_prove(d) &&
			   frame_edge_chain_trusted(d) ? trusted(d) : 0;
	else if (d->trust < TRUST_MAX)
		d->trust++;
	/* At such rates stop bits are not seen to be wrong, but frames part. */
	if (frame_edge_is_fast(d) && d->learned && !d->chained && !paused &&
	    ++d->errors == ERRORS_MAX)
		forget_clock(d);
	if (paused)
		d->synced = true;
	else if (!d->chained && !was_mark(d))
		d->synced = false;
	d->start_ns = now_ns;
	if (d->chained && (late_ns > 0 || frame_edge_is_fast(d)))
		d->start_ns = d->next_ns;
}

/* ---- a frame that has ended ---- */

/**
 * frame_edge_chain_misfit() - a start or a stop bit is not where it should be
 * @d: the decoder
 *
 * Context: any, hard IRQ too.
 */
void frame_edge_chain_misfit(struct frame_edge *d)
{
	if (d->misfits <= MISFIT_COUNTS)
		d->misfits += MISFIT_COUNTS;
}

/*
 * Where frames follow back to back, the line falls where a frame begins, each
 * time.  Once it has failed to fall at each other place, none of them can be the
 * begin.  Only frames count whose edges were all on time.
 */
static void exclude_others(struct frame_edge *d, const struct walk *w)
{
	/* As interrupts are, where they take a good part of a bit. */
	s32 on_time = d->nominal_ns < BIT_CLOCK_FAST_NS ? d->bit_ns * 5 / 8 :
							  d->bit_ns / 4;

	if (!d->chained) {
		d->excluded = 0;
		return;
	}
	if (!(w->possible | w->odd) && w->most_ns < on_time)
		d->excluded |= (DATA_BITS | STOP_BIT) &
			       (w->levels | ~(w->levels << 1));
	if (d->excluded == (DATA_BITS | STOP_BIT))
		d->synced = true;
}

/*
 * Where the next frame begins: this one's phase moves fast ahead, and back slowly
 * once the clock is known.
 */
static void predict(struct frame_edge *d, const struct walk *w, s32 shift_ns)
{
	s64 next_ns = d->start_ns + shift_ns + (s64)FRAME_BITS * d->bit_ns;

	/* An interrupt that waited for another one takes a little less time. */
	if (frame_edge_is_fast(d) && w->least_ns > -(s32)d->bit_ns / 8 &&
	    w->least_ns < 0)
		next_ns += w->least_ns / 8;
	else if (w->edges && w->least_ns < 0)
		next_ns += w->least_ns / 2;
	else if (w->edges >= 2)
		next_ns += d->learned ? w->least_ns / 8 : w->least_ns;
	d->next_ns = next_ns;
}

/**
 * frame_edge_chain_walked() - what the edges of a frame tell of the next one
 * @d: the decoder
 * @w: how they were read
 * @shift_ns: by how much the frame began later than @d->start_ns
 *
 * Context: any, hard IRQ too.
 */
void frame_edge_chain_walked(struct frame_edge *d, const struct walk *w,
			     s32 shift_ns)
{
	exclude_others(d, w);
	d->likely_ns -= d->likely_ns / LIKELY_FADE;
	frame_edge_chain_late(d, w->most_ns);
	predict(d, w, shift_ns);
}

/**
 * frame_edge_chain_held() - a frame had its stop bit
 * @d: the decoder
 *
 * Context: any, hard IRQ too.
 * Return: whether so many have followed back to back that the next one is due.
 */
bool frame_edge_chain_held(struct frame_edge *d)
{
	/* Where an interrupt takes half a bit some are late by chance. */
	if (d->misfits && frame_edge_is_fast(d))
		d->misfits--;
	if (d->trust < (frame_edge_is_fast(d) ? TRUST_MAX : FRAME_EDGE_TRUSTED))
		return false;
	d->errors = 0;

	return true;
}

/**
 * frame_edge_chain_broke() - a frame had none
 * @d: the decoder
 * @now_ns: when that was seen
 *
 * Context: any, hard IRQ too.
 */
void frame_edge_chain_broke(struct frame_edge *d, s64 now_ns)
{
	/* The next one is known to begin where it is expected. */
	d->hold_ns = d->trust >= FRAME_EDGE_TRUSTED ?
		     d->next_ns - (s32)d->bit_ns / 2 : now_ns;
	d->synced = false;
	d->trust = 0;
	d->chain = 0;
	if (d->learned && ++d->errors == ERRORS_MAX)
		forget_clock(d);
}

/* ---- another decoder of the same line ---- */

/**
 * frame_edge_hand_over() - what is to be known by another decoder of the line
 * @d: the decoder, between two frames
 * @h: set
 *
 * Context: any.
 */
void frame_edge_hand_over(const struct frame_edge *d,
			  struct frame_handover *h)
{
	s32 early_ns = frame_walk_early_ns(d, FRAME_BITS * (s32)d->bit_ns);

	*h = (struct frame_handover){
		.clock = d->clock,
		.latency_ns = d->latency_ns,
		.synced = d->synced,
		.trust = d->trust,
		/* What seems that much too early is late itself, if little. */
		.next_min_ns = d->next_ns - 2 * early_ns,
		.next_ns = d->next_ns,
	};
	if (!d->learned)
		return;
	h->clock.known = true;
	h->clock.best_ns = d->bit_ns;
}

/**
 * frame_edge_take_over() - go on where another decoder of the line has left off
 * @d: the decoder, just set up
 * @h: what that one knows
 *
 * Context: any; nothing else may use @d meanwhile.
 */
void frame_edge_take_over(struct frame_edge *d,
			  const struct frame_handover *h)
{
	d->clock = h->clock;
	d->latency_ns = h->latency_ns;
	if (h->clock.known) {
		d->bit_ns = h->clock.best_ns;
		d->learned = true;
	}
	d->next_ns = h->next_ns;
	d->trust = h->trust;
	d->synced = h->synced;
}
