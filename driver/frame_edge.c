// SPDX-License-Identifier: GPL-2.0-only
/*
 * UART frames (8N1) from edges: when the line changed -> a byte and its worth.
 */
#include "frame_edge_chain.h"

/*
 * A look in each bit has to be affordable, and it is needed only where a bit is
 * shorter than an interrupt may be late.
 */
#define LOOKS_BIT_MIN_NS	17000
#define LOOKS_BIT_MAX_NS	95000

/* Nor may a look come before the interrupt of an edge, nor delay it. */
#define LOOK_MIN_NS		7000

/* Bits that interrupts may be later than most after the machine did other things. */
#define DISTURBED_BITS		6

/**
 * frame_edge_init() - a line of which nothing is known
 * @d: the decoder
 * @baud: bits per second, not 0
 * @now_ns: if something is sent just then, what begins next may be no start bit
 *
 * Context: any; nothing else may use @d meanwhile.
 */
void frame_edge_init(struct frame_edge *d, u32 baud, s64 now_ns)
{
	u32 bit_ns = frame_bit_ns(baud);

	*d = (struct frame_edge){
		.nominal_ns = bit_ns,
		.looks = bit_ns >= LOOKS_BIT_MIN_NS &&
			 bit_ns <= LOOKS_BIT_MAX_NS,
		.disturbed_ns = FRAME_LONG_AGO,
		.due_ns = FRAME_NEVER,
	};
	frame_edge_chain_init(d, now_ns);
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

/**
 * frame_edge_disturbed() - the machine does something else, too
 * @d: the decoder, frame_edge_is_fast()
 * @now_ns: since when it is known to
 *
 * What interrupts around then may have had to wait for it.
 *
 * Context: hard IRQ or any other.
 */
void frame_edge_disturbed(struct frame_edge *d, s64 now_ns)
{
	d->disturbed_ns = now_ns;
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

/* But if nothing else fits, they are the ones. */
static u8 remote_bits(const struct frame_edge *d, const struct walk *w)
{
	u16 bits = frame_edge_is_fast(d) ? w->remote : w->possible | w->odd;

	return bits >> 1 & ~unsure_bits(d, w);
}

/*
 * Is there no other reading, if none of the bits is open?  Then it is known when
 * the frame began: from those before it, or because no other begin explains its
 * edges.
 */
static bool is_proven(const struct frame_edge *d, const struct walk *w)
{
	if (!d->synced || !d->learned || !frame_edge_can_prove(d))
		return false;
	if (d->chained && d->trust >= FRAME_EDGE_TRUSTED)
		return true;

	return !d->chained && !w->other && w->edges &&
	       d->bit_ns > FRAME_LATE_NS;
}

static void decode(struct frame_edge *d, s64 now_ns, struct frame_byte *byte)
{
	struct walk w;
	s32 shift_ns = frame_walk(d, &w);

	if (shift_ns > (s32)d->bit_ns / 4 || -shift_ns > (s32)d->bit_ns / 4)
		d->trust = 0;
	if (!(w.levels & STOP_BIT))
		frame_edge_chain_misfit(d);
	/* A stop bit that cannot be seen is taken for one. */
	if ((w.possible | w.odd) & STOP_BIT && !d->low)
		w.levels |= STOP_BIT;

	*byte = (struct frame_byte){
		.start_ns = d->start_ns + shift_ns,
		.span_ns = now_ns - d->start_ns - shift_ns,
		.value = w.levels >> 1,
		.flags = frame_flags(&w, is_proven(d, &w)),
		.unsure = unsure_bits(d, &w),
		.remote = remote_bits(d, &w),
	};
	frame_edge_chain_walked(d, &w, shift_ns);
}

/* The change that the last look saw has interrupted: it was one to be seen then. */
static void saw_edge(struct frame_edge *d)
{
	struct frame_edge_seen *look = &d->seen[d->n - 1];

	d->pending = false;
	look->edge = true;
	look->late_ns = 0;
}

/* Was the line mark whenever it was looked at, from that observation on? */
static bool is_mark_from(const struct frame_edge *d, unsigned int first)
{
	unsigned int i;

	for (i = first; i < d->n; i++)
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
	if (frame_edge_can_prove(d))
		d->due_ns = d->next_ns + (s32)d->bit_ns / 4;
}

/* Was the line mark again too soon for a start bit, and for good? */
static bool was_spike(const struct frame_edge *d)
{
	return !frame_edge_is_fast(d) && d->n >= 2 &&
	       d->seen[1].at_ns < (s32)d->bit_ns * 3 / 4 && is_mark_from(d, 1);
}

static enum frame_verdict complete(struct frame_edge *d, s64 now_ns,
				   struct frame_byte *byte)
{
	d->busy = false;
	d->pending = false;
	d->due_ns = FRAME_NEVER;
	/* No start bit, but the late end of the stop bit before, or a glitch. */
	if (is_mark_from(d, 0) || was_spike(d))
		return FRAME_FALSE_START;

	decode(d, now_ns, byte);
	if (byte->flags & FRAME_FRAMING_ERROR)
		frame_edge_chain_broke(d, now_ns);
	else if (frame_edge_chain_held(d))
		watch_start(d);

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
		.disturbed = d->start_ns + at_ns - d->disturbed_ns <
			     DISTURBED_BITS * (s64)d->bit_ns,
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

static enum frame_verdict begin(struct frame_edge *d, int level, s64 now_ns)
{
	s64 late_ns = now_ns - d->next_ns;

	if (!frame_edge_chain_expect(d, now_ns))
		return FRAME_FALSE_START;
	/* An edge of a line that was mark: a start bit, be it over or not. */
	if (level && !frame_edge_is_fast(d) &&
	    !(d->chained && frame_edge_chain_trusted(d) &&
	      late_ns > (s32)d->bit_ns / 4)) {
		d->due_ns = FRAME_NEVER;
		return FRAME_FALSE_START;
	}

	frame_edge_chain_start(d, now_ns);
	d->busy = true;
	d->n = 0;
	/* The start edge is no edge within the frame. */
	late_ns = now_ns - d->start_ns;
	if (frame_edge_is_fast(d) && late_ns < d->bit_ns / 2)
		level = 0;
	/* What counts is when it was read, if it is not the edge that began. */
	if (level && frame_edge_is_fast(d) && d->chained) {
		/* It was one with the edge after the start bit. */
		see(d, 0, 0, 0, false);
		see(d, late_ns > d->bit_ns ? late_ns : d->bit_ns, 0, 1, true);
	} else if (level) {
		see(d, late_ns, 0, level, true);
	} else {
		see(d, late_ns + d->latency_ns, late_ns, level, false);
	}
	ask(d, d->seen[d->n - 1].at_ns);

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
		frame_edge_chain_edge(d, now_ns);
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
		d->held_up = !level && late_ns > (s32)d->bit_ns / 8;
		if (level)
			d->mark_ns = now_ns;
		return FRAME_MORE;
	}
	note_latency(d, late_ns);
	late_ns -= d->latency_ns;
	frame_edge_chain_late(d, late_ns);

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
