// SPDX-License-Identifier: GPL-2.0-only
/*
 * UART frames (8N1) from edges: when the line changed -> a byte and its worth.
 */
#include "frame_walk.h"

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

/*
 * A look in each bit has to be affordable, and it is needed only where a bit is
 * shorter than an interrupt may be late.
 */
#define LOOKS_BIT_MIN_NS	17000
#define LOOKS_BIT_MAX_NS	95000

/* Nor may a look come before the interrupt of an edge, nor delay it. */
#define LOOK_MIN_NS		7000

/* The latest lateness counts a quarter more, and fades with each frame. */
#define LIKELY_FADE		64
#define LIKELY_MIN_NS		2000

/* Frames in a row, and span in terms of lateness, that tell the clock. */
#define LEARN_FRAMES		8
#define LEARN_LATENESS		250

/* Frames back to back that show that the sender makes no pauses. */
#define TRUSTED			4
#define TRUSTED_FAST		2
#define TRUST_MAX		12

/* Errors without frames that hold: the clock is looked for anew. */
#define ERRORS_MAX		16

/* So many start and stop bits amiss are reason to look for another begin. */
#define MISFITS			2

static void forget_clock(struct frame_edge *d)
{
	bit_clock_init(&d->clock, d->nominal_ns);
	d->bit_ns = d->nominal_ns;
	d->learned = false;
	d->errors = 0;
}

/**
 * frame_edge_init() - a line that is idle
 * @d: the decoder
 * @baud: bits per second, not 0
 *
 * Context: any; nothing else may use @d meanwhile.
 */
void frame_edge_init(struct frame_edge *d, u32 baud)
{
	u32 bit_ns = frame_bit_ns(baud);

	*d = (struct frame_edge){
		.nominal_ns = bit_ns,
		.likely_ns = LIKELY_MIN_NS,
		.looks = bit_ns >= LOOKS_BIT_MIN_NS &&
			 bit_ns <= LOOKS_BIT_MAX_NS,
		.next_ns = FRAME_LONG_AGO,
		.mark_ns = FRAME_LONG_AGO,
		.due_ns = FRAME_NEVER,
	};
	forget_clock(d);
	/* What takes as long as an interrupt tells nothing of its own. */
	d->learned = frame_edge_is_fast(d);
}

/**
 * frame_edge_due() - when frame_edge_look() is to be called
 * @d: the decoder
 *
 * To be asked after each observation.
 *
 * Context: any.
 * Return: ns, absolute, or FRAME_NEVER.
 */
s64 frame_edge_due(const struct frame_edge *d)
{
	return d->due_ns;
}

static void note_lateness(struct frame_edge *d, s32 late_ns)
{
	u32 likely_ns = late_ns > 0 ? late_ns + late_ns / 4 : 0;

	if (likely_ns > FRAME_LATE_NS)
		likely_ns = FRAME_LATE_NS;
	if (d->likely_ns < likely_ns)
		d->likely_ns = likely_ns;
	if (d->likely_ns < LIKELY_MIN_NS)
		d->likely_ns = LIKELY_MIN_NS;
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

static u8 frame_flags(const struct walk *w, bool proven)
{
	u8 flags = 0;

	if (!w->levels)
		flags = FRAME_FRAMING_ERROR | FRAME_BREAK;
	else if (!(w->levels & STOP_BIT))
		flags = FRAME_FRAMING_ERROR;
	else if (!proven || (w->possible | w->odd) & DATA_BITS)
		flags = FRAME_DOUBTFUL;

	return flags;
}

/* To try what takes an odd order would make more sentences ambiguous than whole. */
static u8 unsure_bits(const struct frame_edge *d, const struct walk *w)
{
	return (d->looks ? w->possible : w->likely) >> 1;
}

static void note_misfit(struct frame_edge *d)
{
	if (d->misfits < MISFITS)
		d->misfits++;
}

/*
 * Is there no other reading, if none of the bits is open?  Then it is known when
 * the frame began: from those before it, or because no other begin explains its
 * edges.
 */
static bool is_proven(const struct frame_edge *d, const struct walk *w)
{
	if (!d->synced || !d->learned || d->nominal_ns < FRAME_PROOF_BIT_NS)
		return false;
	if (d->chained && d->trust >= TRUSTED)
		return true;

	return !d->chained && !w->other && w->edges &&
	       d->bit_ns > FRAME_LATE_NS;
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

	if (!d->chained)
		d->excluded = 0;
	if (!(w->possible | w->odd) && w->most_ns < on_time)
		d->excluded |= (DATA_BITS | STOP_BIT) &
			       (w->levels | ~(w->levels << 1));
	if (d->excluded == (DATA_BITS | STOP_BIT))
		d->synced = true;
}

static void decode(struct frame_edge *d, s64 now_ns, struct frame_byte *byte)
{
	struct walk w;
	s32 shift_ns = frame_walk(d, &w);

	if (shift_ns > (s32)d->bit_ns / 4 || -shift_ns > (s32)d->bit_ns / 4)
		d->trust = 0;
	if (!(w.levels & STOP_BIT))
		note_misfit(d);
	/* A stop bit that cannot be seen is taken for one. */
	if ((w.possible | w.odd) & STOP_BIT && !d->low)
		w.levels |= STOP_BIT;

	*byte = (struct frame_byte){
		.start_ns = d->start_ns + shift_ns,
		.span_ns = now_ns - d->start_ns - shift_ns,
		.value = w.levels >> 1,
		.flags = frame_flags(&w, is_proven(d, &w)),
		.unsure = unsure_bits(d, &w),
	};
	exclude_others(d, &w);
	d->likely_ns -= d->likely_ns / LIKELY_FADE;
	note_lateness(d, w.most_ns);
	predict(d, &w, shift_ns);
}

/* The change that the last look saw has interrupted: it was one to be seen then. */
static void saw_edge(struct frame_edge *d)
{
	struct frame_edge_seen *look = &d->seen[d->n - 1];

	d->pending = false;
	look->edge = true;
	look->late_ns = 0;
}

/* Was the line mark whenever it was looked at? */
static bool never_low(const struct frame_edge *d)
{
	unsigned int i;

	for (i = 0; i < d->n; i++)
		if (!d->seen[i].level)
			return false;

	return true;
}

/*
 * Where frames follow back to back, a start edge that is late is taken for one that
 * was seen late, unless the line was seen to be mark still.
 */
static void watch_start(struct frame_edge *d)
{
	if (d->nominal_ns >= FRAME_PROOF_BIT_NS)
		d->due_ns = d->next_ns + (s32)d->bit_ns / 4;
}

static enum frame_verdict complete(struct frame_edge *d, s64 now_ns,
				   struct frame_byte *byte)
{
	d->busy = false;
	d->pending = false;
	d->due_ns = FRAME_NEVER;
	/* No start bit, but the late end of the stop bit before. */
	if (never_low(d))
		return FRAME_FALSE_START;

	decode(d, now_ns, byte);
	if (byte->flags & FRAME_FRAMING_ERROR) {
		/* The next one is known to begin where it is expected. */
		d->hold_ns = d->trust >= TRUSTED ?
			     d->next_ns - (s32)d->bit_ns / 2 : now_ns;
		d->synced = false;
		d->trust = 0;
		d->chain = 0;
		if (d->learned && ++d->errors == ERRORS_MAX)
			forget_clock(d);
	} else if (d->trust >= (frame_edge_is_fast(d) ? TRUST_MAX : TRUSTED)) {
		d->errors = 0;
		watch_start(d);
	}

	return FRAME_COMPLETE;
}

static void see(struct frame_edge *d, s32 at_ns, s32 late_ns, int level,
		bool edge)
{
	/* More than fit is chatter; the last one tells what it has come to. */
	if (d->n == FRAME_EDGE_SEEN_MAX)
		d->n--;
	d->seen[d->n++] = (struct frame_edge_seen){
		.at_ns = at_ns,
		.late_ns = late_ns,
		.level = level,
		.edge = edge,
	};
}

/*
 * Where in a bit to look at it: soon, so that a look that comes late still sees
 * it, but not before the edge that may begin it has interrupted.
 */
static s32 look_ns(const struct frame_edge *d)
{
	s32 half_ns = d->bit_ns / 2, early_ns = d->bit_ns / 4;

	if (!d->learned)
		return half_ns;
	if (early_ns < LOOK_MIN_NS)
		early_ns = LOOK_MIN_NS;

	return early_ns < half_ns ? early_ns : half_ns;
}

static void ask(struct frame_edge *d, s32 at_ns)
{
	s32 stop_ns = (s32)d->bit_ns * (2 * FRAME_STOP_BIT + 1) / 2;
	s32 next_ns;

	/* Rather by the next start edge: one interrupt less. */
	if (frame_edge_is_fast(d))
		stop_ns = (s32)d->bit_ns * (FRAME_BITS + 1);
	next_ns = stop_ns;
	if (d->looks)
		next_ns = (frame_walk_bit(d, at_ns) + 1) * (s32)d->bit_ns +
			  look_ns(d);
	if (next_ns > stop_ns)
		next_ns = stop_ns;
	d->due_ns = d->start_ns + next_ns - 2 * d->latency_ns;
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

/* Until it is known, what comes nearest to it so far is taken for the clock. */
static void learn_clock(struct frame_edge *d, s64 now_ns)
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

/* Is the sender known to make no pauses? */
static bool is_trusted(const struct frame_edge *d)
{
	return d->trust >= (frame_edge_is_fast(d) ? TRUSTED_FAST : TRUSTED);
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
static bool has_paused(const struct frame_edge *d)
{
	return d->mark_ns > d->next_ns;
}

static bool follows(const struct frame_edge *d, s64 late_ns)
{
	s32 frame_ns = FRAME_BITS * (s32)d->bit_ns;

	if (has_paused(d))
		return false;
	if (late_ns < (frame_edge_is_fast(d) ? -(s32)d->bit_ns / 2 :
					       -frame_walk_early_ns(d, frame_ns)))
		return false;
	if (!is_trusted(d))
		return late_ns < on_time_ns(d);

	return late_ns < FRAME_LATE_NS;
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

	if (!d->learned || d->misfits < MISFITS || !left || left & (left - 1))
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

static enum frame_verdict begin(struct frame_edge *d, int level, s64 now_ns)
{
	s32 frame_ns = FRAME_BITS * (s32)d->bit_ns;
	s64 late_ns = now_ns - d->next_ns;
	bool paused = late_ns > frame_ns + FRAME_LATE_NS;

	if (paused)
		d->misfits = 0;
	else if (late_ns > (s32)d->bit_ns / 2)
		note_misfit(d);
	if (!paused && other_begins(d, now_ns))
		return FRAME_FALSE_START;
	d->chained = follows(d, late_ns);
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
	/* An edge of a line that was mark: a start bit, be it over or not. */
	if (level && !frame_edge_is_fast(d) &&
	    !(d->chained && is_trusted(d) &&
	      late_ns > (s32)d->bit_ns / 4)) {
		d->due_ns = FRAME_NEVER;
		return FRAME_FALSE_START;
	}

	follow_clock(d, now_ns);
	if (!d->chained)
		d->trust = 0;
	else if (d->trust < TRUST_MAX)
		d->trust++;
	/* At such rates stop bits are not seen to be wrong, but frames part. */
	if (frame_edge_is_fast(d) && d->learned && !d->chained && !paused &&
	    ++d->errors == ERRORS_MAX)
		forget_clock(d);
	/* What follows a pause as long as a frame is a start bit. */
	if (paused)
		d->synced = true;
	else if (!d->chained && !has_paused(d))
		d->synced = false;
	d->start_ns = now_ns;
	if (d->chained && (late_ns > 0 || frame_edge_is_fast(d)))
		d->start_ns = d->next_ns;
	d->busy = true;
	d->n = 0;
	/* The start edge is no edge within the frame. */
	late_ns = now_ns - d->start_ns;
	if (frame_edge_is_fast(d) && late_ns < d->bit_ns)
		level = 0;
	/* What counts is when it was read, if it is not the edge that began. */
	if (level)
		see(d, late_ns, 0, level, true);
	else
		see(d, late_ns + d->latency_ns, late_ns, level, false);
	ask(d, d->seen[0].at_ns);

	return FRAME_MORE;
}

static u8 last_level(const struct frame_edge *d)
{
	return d->seen[d->n - 1].level;
}

/*
 * Where an interrupt takes half a bit, what comes when the next frame is to begin
 * may be the begin of the stop bit.
 */
static bool is_late_stop(const struct frame_edge *d, int level, s32 at_ns)
{
	return frame_edge_is_fast(d) && level && !last_level(d) &&
	       at_ns < (s32)d->bit_ns * (2 * FRAME_BITS + 1) / 2;
}

/* And what shows no change then was the stop bit, over before it was read. */
static bool is_lost_stop(const struct frame_edge *d, int level, s32 at_ns)
{
	return frame_edge_is_fast(d) && !level && !last_level(d) &&
	       at_ns > (s32)d->bit_ns * (2 * FRAME_STOP_BIT + 1) / 2;
}

/* An edge of the next frame, or of none. */
static enum frame_verdict edge_after(struct frame_edge *d, int level,
				     s64 now_ns, s32 at_ns,
				     struct frame_byte *byte)
{
	enum frame_verdict verdict;

	/* The line was mark before, if only for the stop bit. */
	see(d, at_ns, last_level(d) ? at_ns : 0, 1, !last_level(d));
	verdict = complete(d, now_ns, byte);
	if (verdict == FRAME_FALSE_START ||
	    !(byte->flags & FRAME_FRAMING_ERROR))
		begin(d, level, now_ns);

	return verdict;
}

/*
 * Where both had to wait, the interrupt of a timer is taken before that of a line
 * (GIC, bcm283x, APIC): an edge that comes while a look is overdue was there before
 * that was due.  Not so on every machine, hence a bit that hangs on it is doubtful.
 */
static s32 overdue_ns(const struct frame_edge *d, s64 now_ns)
{
	s64 overdue_ns = now_ns - d->due_ns;

	return d->looks && overdue_ns > (s32)d->bit_ns / 8 ? overdue_ns : 0;
}

/**
 * frame_edge_irq() - an edge interrupted
 * @d: the decoder
 * @level: level of the line, read after @now_ns
 * @now_ns: when the interrupt was taken
 * @byte: set with FRAME_COMPLETE
 *
 * Context: hard IRQ or any other.
 * Return: FRAME_COMPLETE if a frame has ended, FRAME_FALSE_START for noise.
 */
enum frame_verdict frame_edge_irq(struct frame_edge *d, int level, s64 now_ns,
				  struct frame_byte *byte)
{
	s32 frame_ns, at_ns;

	if (!d->learned)
		learn_clock(d, now_ns);
	frame_ns = FRAME_BITS * (s32)d->bit_ns;
	if (d->low && level) {
		d->low = false;
		return FRAME_MORE;
	}
	d->low = false;
	if (!d->busy && now_ns < d->hold_ns)
		return FRAME_MORE;
	/* The one of the stop bit, which a look saw before. */
	if (!d->busy && d->pending && level && now_ns < d->next_ns) {
		d->pending = false;
		return FRAME_MORE;
	}
	if (!d->busy) {
		d->pending = false;
		return begin(d, level, now_ns);
	}

	at_ns = now_ns - d->start_ns;
	if ((at_ns + frame_walk_early_ns(d, frame_ns) >= frame_ns &&
	     !is_late_stop(d, level, at_ns)) ||
	    is_lost_stop(d, level, at_ns))
		return edge_after(d, level, now_ns, at_ns, byte);

	if (d->pending && level == last_level(d)) {
		saw_edge(d);
		return FRAME_MORE;
	}
	d->pending = false;

	if (level && d->n == 1 && !d->chained &&
	    at_ns < (s32)d->bit_ns / GLITCH_PART) {
		d->busy = false;
		d->due_ns = FRAME_NEVER;
		return FRAME_FALSE_START;
	}
	see(d, at_ns, overdue_ns(d, now_ns), level, true);
	ask(d, at_ns);

	return FRAME_MORE;
}

static void note_latency(struct frame_edge *d, s32 late_ns)
{
	if (late_ns > (s32)d->bit_ns)
		late_ns = d->bit_ns;
	if (late_ns < (s32)d->latency_ns || !d->latency_ns)
		d->latency_ns = late_ns;
	else
		d->latency_ns += (late_ns - d->latency_ns) / 256;
}

/*
 * The line is low where the stop bit is to be, or so late that the next frame
 * has begun.  Then there is an edge that will interrupt at once, and tell.
 */
static enum frame_verdict low_stop(struct frame_edge *d, s64 now_ns, s32 at_ns,
				   s32 late_ns, struct frame_byte *byte)
{
	s32 bit_ns = d->bit_ns;
	s32 end_ns = FRAME_BITS * bit_ns - bit_ns / 8;

	if (at_ns < end_ns) {
		d->due_ns = d->start_ns + end_ns;
		return FRAME_MORE;
	}
	if (last_level(d) || late_ns > bit_ns / 4) {
		d->due_ns = now_ns + bit_ns / 4;
		return FRAME_MORE;
	}
	see(d, at_ns, late_ns, 0, false);
	d->low = true;
	complete(d, now_ns, byte);

	return FRAME_COMPLETE;
}

/**
 * frame_edge_look() - frame_edge_due() has come
 * @d: the decoder
 * @level: level of the line, read after @now_ns
 * @now_ns: when the interrupt was taken
 * @byte: set with FRAME_COMPLETE
 *
 * Context: hard IRQ or any other.
 * Return: FRAME_COMPLETE if a frame has ended.
 */
enum frame_verdict frame_edge_look(struct frame_edge *d, int level, s64 now_ns,
				   struct frame_byte *byte)
{
	s32 late_ns = now_ns - d->due_ns;
	s32 at_ns = now_ns - d->start_ns + d->latency_ns;
	enum frame_verdict verdict = FRAME_MORE;
	bool pending;

	if (!d->busy) {
		d->due_ns = FRAME_NEVER;
		if (level)
			d->mark_ns = now_ns;
		return FRAME_MORE;
	}
	note_latency(d, late_ns);
	late_ns -= d->latency_ns;
	note_lateness(d, late_ns);

	if (at_ns >= FRAME_STOP_BIT * (s32)d->bit_ns && !level)
		return low_stop(d, now_ns, at_ns, late_ns, byte);

	pending = level != last_level(d);
	see(d, at_ns, late_ns, level, false);
	ask(d, at_ns);
	if (at_ns >= FRAME_STOP_BIT * (s32)d->bit_ns)
		verdict = complete(d, now_ns, byte);
	d->pending = pending;

	return verdict;
}

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
