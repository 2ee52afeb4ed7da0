// SPDX-License-Identifier: GPL-2.0-only
/*
 * UART frames (8N1) from edges: when the line changed -> a byte and its worth.
 */
#include "frame_edge.h"

/* How far a sender's clock may be off: before it is known, and after. */
#define CLOCK_PERMILLE		42
#define DRIFT_PERMILLE		6

/*
 * Where an interrupt takes a good part of a bit, an edge that seems early is
 * rather a late one of the bit before.
 */
#define NOMINAL_BIT_NS		27000
#define FAST_PERMILLE		12

/* Where it takes half a bit, one interrupt less counts. */
#define FAST_BIT_NS		12000

/* So many late start edges in a row are on time: the prediction is wrong. */
#define LATE_STARTS_MAX		3

/*
 * Part of a bit that an edge may seem too early besides, as a divisor; and the
 * least, as an interrupt that waited for another one takes less time.
 */
#define EARLY_PART		16
#define EARLY_MIN_NS		1800

/* It takes so long at most until the line is read. */
#define READ_NS			3600

/*
 * A look in each bit has to be affordable, and it is needed only where a bit is
 * shorter than an interrupt may be late.
 */
#define LOOKS_BIT_MIN_NS	17000
#define LOOKS_BIT_MAX_NS	95000

/* Bits too short for the times of interrupts to prove anything. */
#define PROOF_BIT_MIN_NS	24000

/* The latest lateness counts a quarter more, and fades with each frame. */
#define LIKELY_FADE		64
#define LIKELY_MIN_NS		2000

/* Frames in a row, and span in terms of lateness, that tell the clock. */
#define LEARN_FRAMES		8
#define LEARN_LATENESS		250

/* Frames back to back that show that the sender makes no pauses. */
#define TRUSTED			4
#define TRUST_MAX		SYNCED_AFTER

/* Frames back to back after a framing error that show that it was but one. */
#define SYNCED_AFTER		12

/* Part of a bit from which on a pulse is no glitch, as a divisor. */
#define GLITCH_PART		4

#define DATA_BITS		0x1fe
#define STOP_BIT		0x200

/* A prediction that no edge can meet. */
#define LONG_AGO		(-((s64)1 << 62))

/**
 * struct walk - through the observations of a frame
 * @levels: of the bits, bit 0 is the start bit
 * @likely: bits that a likely lateness would make wrong
 * @possible: bits that a possible lateness would make wrong
 * @seen_ns: the last observation
 * @bit: which bit it was in
 * @level: what it showed
 * @edges: edges so far, the start edge not counted
 * @least_ns: the least lateness of an edge, below 0 if it seems too early
 * @most_ns: the greatest one
 */
struct walk {
	u16 levels;
	u16 likely;
	u16 possible;
	s32 seen_ns;
	s32 bit;
	u8 level;
	u8 edges;
	s32 least_ns;
	s32 most_ns;
};

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
		.bit_ns = bit_ns,
		.likely_ns = LIKELY_MIN_NS,
		.looks = bit_ns >= LOOKS_BIT_MIN_NS &&
			 bit_ns <= LOOKS_BIT_MAX_NS,
		.next_ns = LONG_AGO,
		.due_ns = FRAME_EDGE_NEVER,
	};
}

/**
 * frame_edge_due() - when frame_edge_look() is to be called
 * @d: the decoder
 *
 * To be asked after each observation.
 *
 * Context: any.
 * Return: ns, absolute, or FRAME_EDGE_NEVER.
 */
s64 frame_edge_due(const struct frame_edge *d)
{
	return d->due_ns;
}

/* Does an interrupt take a good part of a bit? */
static bool is_fast(const struct frame_edge *d)
{
	return d->bit_ns < FAST_BIT_NS;
}

/* Where an interrupt takes so long, the rate given is relied on. */
static bool knows_clock(const struct frame_edge *d)
{
	return d->learned || d->bit_ns < NOMINAL_BIT_NS;
}

/* How far the sender's clock may be from what is known of it. */
static s32 clock_permille(const struct frame_edge *d)
{
	if (d->learned)
		return DRIFT_PERMILLE;

	return knows_clock(d) ? FAST_PERMILLE : CLOCK_PERMILLE;
}

/* How much too early an edge @at_ns into the frame may seem. */
static s32 early_ns(const struct frame_edge *d, s32 at_ns)
{
	s32 bit_ns = d->bit_ns;
	s32 early = bit_ns / EARLY_PART;

	/* Where no interrupt is so late, there is room for glitches. */
	if (bit_ns > FRAME_EDGE_LATE_NS + bit_ns / 4)
		early = bit_ns / 8;
	if (early < EARLY_MIN_NS)
		early = EARLY_MIN_NS;
	/* The start edge may have been a late one, too. */
	if (!knows_clock(d))
		early *= 2;

	return early + at_ns / 1000 * clock_permille(d);
}

/* The bit that an edge seen then began, if it was not late by more than one. */
static s32 bit_begun(const struct frame_edge *d, s32 at_ns)
{
	s32 ns = at_ns + early_ns(d, at_ns);

	return ns < 0 ? 0 : ns / (s32)d->bit_ns;
}

static u16 bit_range(s32 first, s32 last)
{
	if (last > FRAME_STOP_BIT)
		last = FRAME_STOP_BIT;
	if (first > last)
		return 0;

	return (2U << last) - (1U << first);
}

/* Bits before @bit that an interrupt at @at_ns, @late_ns late, leaves open. */
static u16 open_bits(const struct frame_edge *d, const struct walk *w,
		     s32 at_ns, s32 bit, s32 late_ns)
{
	s32 low_ns = at_ns - late_ns;
	s32 first = w->bit;

	if (low_ns > w->seen_ns && low_ns / (s32)d->bit_ns > first)
		first = low_ns / (s32)d->bit_ns;

	return bit_range(first + 1, bit - 1);
}

static void walk_residual(struct walk *w, s32 late_ns)
{
	if (late_ns < w->least_ns)
		w->least_ns = late_ns;
	if (late_ns > w->most_ns)
		w->most_ns = late_ns;
	w->edges++;
}

/* An edge after which the line shows what it showed before: a pulse was lost. */
static void walk_lost_pulse(const struct frame_edge *d, struct walk *w,
			    s32 at_ns, s32 bit)
{
	u16 open = open_bits(d, w, at_ns, bit, FRAME_EDGE_LATE_NS);
	u16 pulse = bit_range(bit - 1, bit - 1) & open;

	if (!open)
		open = bit_range(w->bit, bit);
	w->levels ^= pulse;
	w->likely |= open;
	w->possible |= open;
}

static void walk_to(const struct frame_edge *d, struct walk *w,
		    const struct frame_edge_seen *seen, s32 at_ns, u8 level)
{
	bool changed = level != w->level;
	s32 bit = bit_begun(d, at_ns);
	s32 late_ns = seen->edge ? FRAME_EDGE_LATE_NS : seen->late_ns;

	/*
	 * A bit has one level: early or not, this edge begins the next one, if
	 * it is not the end of a glitch.
	 */
	if (seen->edge && changed && bit == w->bit &&
	    at_ns - w->seen_ns >= (s32)d->bit_ns / GLITCH_PART &&
	    (bit + 1) * (s32)d->bit_ns - at_ns < (s32)d->bit_ns / 4)
		bit++;
	if (bit > FRAME_STOP_BIT)
		bit = FRAME_STOP_BIT;
	/* Within the same bit the latter tells. */
	w->levels &= ~bit_range(bit, FRAME_STOP_BIT);
	if (bit > w->bit && w->level)
		w->levels |= bit_range(w->bit + 1, bit - 1);
	if (level)
		w->levels |= bit_range(bit, FRAME_STOP_BIT);

	if (seen->edge && !changed && bit > w->bit) {
		walk_lost_pulse(d, w, at_ns, bit);
	} else if (seen->edge || late_ns > (s32)d->bit_ns / 8) {
		w->possible |= open_bits(d, w, at_ns, bit, FRAME_EDGE_LATE_NS);
		if (late_ns > (s32)d->likely_ns)
			late_ns = d->likely_ns;
		w->likely |= open_bits(d, w, at_ns, bit, late_ns);
	}
	/* Read so near to the end of a bit that it may be the next one's. */
	if (!seen->edge && (bit + 1) * (s32)d->bit_ns - at_ns < READ_NS)
		w->possible |= bit_range(bit, bit);
	if (seen->edge && changed) {
		s32 residual_ns = at_ns - bit * (s32)d->bit_ns;

		/* No bit of this sender begins there. */
		if (residual_ns > FRAME_EDGE_LATE_NS + EARLY_MIN_NS +
				  at_ns / 1000 * clock_permille(d))
			w->possible |= DATA_BITS;
		/* Late by so much, or early for a glitch beside it. */
		if (residual_ns > (s32)d->bit_ns - (s32)d->bit_ns / GLITCH_PART)
			w->possible |= bit_range(bit, bit);
		walk_residual(w, residual_ns);
	}

	w->seen_ns = at_ns;
	w->bit = bit;
	w->level = level;
}

/*
 * An edge that shows no change, and another one at once that shows none either:
 * the line changed back before it was read for the first time.
 */
static u8 level_then(const struct frame_edge *d, const struct walk *w,
		     unsigned int i)
{
	const struct frame_edge_seen *seen = &d->seen[i];

	if (seen->edge && seen->level == w->level && i + 1 < d->n &&
	    seen[1].edge && seen[1].level == seen->level &&
	    seen[1].at_ns - seen->at_ns < (s32)d->bit_ns * 3 / 2)
		return !seen->level;

	return seen->level;
}

/*
 * Two edges that are too near to each other, and leave the line as it was.  Where
 * bits are short, they are rather those of a bit that came late.
 */
static bool is_glitch(const struct frame_edge *d, const struct walk *w,
		      unsigned int i)
{
	const struct frame_edge_seen *seen = &d->seen[i];

	return d->bit_ns > FRAME_EDGE_LATE_NS && i && i + 1 < d->n &&
	       seen[0].edge && seen[1].edge &&
	       seen[0].level != w->level && seen[1].level == w->level &&
	       seen[1].at_ns - seen[0].at_ns < (s32)d->bit_ns / GLITCH_PART;
}

static void walk_all(const struct frame_edge *d, struct walk *w, s32 shift_ns)
{
	unsigned int i;

	*w = (struct walk){ .least_ns = d->bit_ns };
	for (i = 0; i < d->n; i++) {
		s32 at_ns = d->seen[i].at_ns - shift_ns;

		if (is_glitch(d, w, i)) {
			/* Unless it is a bit, of which both ends came late. */
			w->possible |= open_bits(d, w, at_ns,
						 bit_begun(d, at_ns) + 1,
						 FRAME_EDGE_LATE_NS);
			i++;
			continue;
		}
		walk_to(d, w, &d->seen[i], at_ns, level_then(d, w, i));
	}
}

/*
 * By how much does the frame begin later than was assumed?  One of its edges was
 * on time, unless they are few.  After a pause it may be that the start edge was
 * the late one; then all others seem to be late by the rest of a bit.
 */
static s32 phase_ns(const struct frame_edge *d, const struct walk *w)
{
	if (d->chained && knows_clock(d))
		return w->edges >= 3 && w->least_ns > (s32)d->bit_ns / 4 ?
		       w->least_ns : 0;

	return w->edges >= 2 && w->least_ns > (s32)d->bit_ns / 2 ?
	       w->least_ns - (s32)d->bit_ns : 0;
}

static void note_lateness(struct frame_edge *d, s32 late_ns)
{
	u32 likely_ns = late_ns > 0 ? late_ns + late_ns / 4 : 0;

	if (likely_ns > FRAME_EDGE_LATE_NS)
		likely_ns = FRAME_EDGE_LATE_NS;
	if (d->likely_ns < likely_ns)
		d->likely_ns = likely_ns;
	if (d->likely_ns < LIKELY_MIN_NS)
		d->likely_ns = LIKELY_MIN_NS;
}

/* Where the next frame begins: this one's phase moves fast ahead, slowly back. */
static void predict(struct frame_edge *d, const struct walk *w, s32 shift_ns)
{
	s64 next_ns = d->start_ns + shift_ns + (s64)FRAME_BITS * d->bit_ns;

	if (w->edges && w->least_ns < 0)
		next_ns += w->least_ns / 2;
	else if (w->edges >= 2)
		next_ns += w->least_ns / 8;
	d->next_ns = next_ns;
}

static u8 frame_flags(const struct walk *w, bool proven)
{
	u8 flags = 0;

	if (!w->levels)
		flags = FRAME_FRAMING_ERROR | FRAME_BREAK;
	else if (!(w->levels & STOP_BIT))
		flags = FRAME_FRAMING_ERROR;
	else if (!proven || w->possible & DATA_BITS)
		flags = FRAME_DOUBTFUL;

	return flags;
}

/* Where all of them may be wrong, none is told apart. */
static u8 unsure_bits(const struct frame_edge *d, const struct walk *w)
{
	if (is_fast(d))
		return 0;

	return (d->looks ? w->possible : w->likely) >> 1;
}

static void decode(struct frame_edge *d, s64 now_ns, struct frame_byte *byte)
{
	struct walk w;
	s32 shift_ns;
	bool proven;

	walk_all(d, &w, 0);
	shift_ns = phase_ns(d, &w);
	if (shift_ns) {
		walk_all(d, &w, shift_ns);
		d->trust = 0;
	}

	/* A stop bit that cannot be seen is taken for one. */
	if (w.possible & STOP_BIT)
		w.levels |= STOP_BIT;
	proven = d->synced && d->nominal_ns >= PROOF_BIT_MIN_NS &&
		 (d->learned || (!shift_ns && d->bit_ns > LOOKS_BIT_MAX_NS)) &&
		 ((d->learned && d->trust >= TRUSTED) ||
		  (d->bit_ns > FRAME_EDGE_LATE_NS && w.edges &&
		   w.least_ns < (s32)d->bit_ns / 4));

	*byte = (struct frame_byte){
		.start_ns = d->start_ns + shift_ns,
		.span_ns = now_ns - d->start_ns - shift_ns,
		.value = w.levels >> 1,
		.flags = frame_flags(&w, proven),
		.unsure = unsure_bits(d, &w),
	};
	d->likely_ns -= d->likely_ns / LIKELY_FADE;
	note_lateness(d, w.most_ns);
	predict(d, &w, shift_ns);
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

static enum frame_verdict complete(struct frame_edge *d, s64 now_ns,
				   struct frame_byte *byte)
{
	d->busy = false;
	d->pending = false;
	d->due_ns = FRAME_EDGE_NEVER;
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

static void ask(struct frame_edge *d, s32 at_ns)
{
	s32 stop_ns = (s32)d->bit_ns * (2 * FRAME_STOP_BIT + 1) / 2;
	s32 next_ns;

	/* Rather by the next start edge: one interrupt less. */
	if (is_fast(d))
		stop_ns = (s32)d->bit_ns * (FRAME_BITS + 1);
	next_ns = stop_ns;
	if (d->looks)
		next_ns = bit_begun(d, at_ns) * (s32)d->bit_ns +
			  (s32)d->bit_ns * 3 / 2;
	if (next_ns > stop_ns)
		next_ns = stop_ns;
	d->due_ns = d->start_ns + next_ns - 2 * d->latency_ns;
}

/*
 * How far apart the start edges of frames back to back are tells the clock, once
 * it takes so long that being late does not matter.
 */
static void learn(struct frame_edge *d, s64 now_ns)
{
	s64 span_ns = now_ns - d->chain_ns;
	u32 bit_ns;

	if (!d->chained || !d->chain || !d->synced) {
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
	if (bit_ns > d->nominal_ns + d->nominal_ns / 1000 * CLOCK_PERMILLE ||
	    bit_ns < d->nominal_ns - d->nominal_ns / 1000 * CLOCK_PERMILLE)
		return;
	/* The first one is believed when another one says the same. */
	if (bit_ns * DRIFT_PERMILLE / 1000 >=
	    (bit_ns > d->bit_ns ? bit_ns - d->bit_ns : d->bit_ns - bit_ns))
		d->learned = true;
	d->bit_ns = d->learned ? (3 * d->bit_ns + bit_ns) / 4 : bit_ns;
}

static bool follows(const struct frame_edge *d, s64 late_ns)
{
	s32 frame_ns = FRAME_BITS * (s32)d->bit_ns;

	if (!d->learned)
		return late_ns > -(s32)d->bit_ns / 2 &&
		       late_ns < (s32)d->bit_ns * 3 / 4;
	if (late_ns < -early_ns(d, frame_ns))
		return false;
	if (d->trust < TRUSTED)
		return late_ns < (s32)d->bit_ns / 2;

	return late_ns < FRAME_EDGE_LATE_NS;
}

static enum frame_verdict begin(struct frame_edge *d, int level, s64 now_ns)
{
	s64 late_ns = now_ns - d->next_ns;

	d->chained = follows(d, late_ns);
	if (!d->chained || late_ns <= (s32)d->bit_ns / 2)
		d->late_starts = 0;
	else if (++d->late_starts == LATE_STARTS_MAX)
		d->chained = false;
	/* An edge of a line that was mark: a start bit, be it over or not. */
	if (level && !is_fast(d) &&
	    !(d->chained && d->trust >= TRUSTED &&
	      late_ns > (s32)d->bit_ns / 4)) {
		d->due_ns = FRAME_EDGE_NEVER;
		return FRAME_FALSE_START;
	}

	learn(d, now_ns);
	if (!d->chained)
		d->trust = 0;
	else if (d->trust < TRUST_MAX)
		d->trust++;
	/* What follows a pause as long as a frame is a start bit. */
	if (d->trust == SYNCED_AFTER ||
	    late_ns > FRAME_BITS * (s64)d->bit_ns + FRAME_EDGE_LATE_NS)
		d->synced = true;
	d->start_ns = now_ns;
	if (d->chained && knows_clock(d) && late_ns > 0)
		d->start_ns = d->next_ns;
	d->busy = true;
	d->n = 0;
	/* The start edge is no edge within the frame. */
	late_ns = now_ns - d->start_ns;
	if (is_fast(d) && late_ns < d->bit_ns)
		level = 0;
	/* What counts is when it was read, if it is not the edge that began. */
	see(d, late_ns + (level ? 0 : d->latency_ns), late_ns, level, level);
	ask(d, d->seen[0].at_ns);

	return FRAME_MORE;
}

static u8 last_level(const struct frame_edge *d)
{
	return d->seen[d->n - 1].level;
}

/* An edge of the next frame, or of none. */
static enum frame_verdict edge_after(struct frame_edge *d, int level,
				     s64 now_ns, s32 at_ns,
				     struct frame_byte *byte)
{
	enum frame_verdict verdict;

	/* The line was mark before, if only for the stop bit. */
	see(d, at_ns, at_ns, 1, !last_level(d));
	verdict = complete(d, now_ns, byte);
	if (verdict == FRAME_FALSE_START ||
	    !(byte->flags & FRAME_FRAMING_ERROR))
		begin(d, level, now_ns);

	return verdict;
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
	s32 frame_ns = FRAME_BITS * (s32)d->bit_ns;
	s32 at_ns;

	if (d->low && level) {
		d->low = false;
		return FRAME_MORE;
	}
	d->low = false;
	if (!d->busy && now_ns < d->hold_ns)
		return FRAME_MORE;
	if (!d->busy)
		return begin(d, level, now_ns);

	at_ns = now_ns - d->start_ns;
	if (at_ns + early_ns(d, frame_ns) >= frame_ns)
		return edge_after(d, level, now_ns, at_ns, byte);

	if (d->pending && level == last_level(d)) {
		d->pending = false;
		return FRAME_MORE;
	}
	d->pending = false;

	if (level && d->n == 1 && !d->chained &&
	    at_ns < (s32)d->bit_ns / GLITCH_PART) {
		d->busy = false;
		d->due_ns = FRAME_EDGE_NEVER;
		return FRAME_FALSE_START;
	}
	see(d, at_ns, 0, level, true);
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
	complete(d, now_ns, byte);
	d->low = true;

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

	if (!d->busy) {
		d->due_ns = FRAME_EDGE_NEVER;
		return FRAME_MORE;
	}
	note_latency(d, late_ns);
	late_ns -= d->latency_ns;
	note_lateness(d, late_ns);

	if (at_ns < FRAME_STOP_BIT * (s32)d->bit_ns || level) {
		d->pending = level != last_level(d);
		see(d, at_ns, late_ns, level, false);
		ask(d, at_ns);
		return at_ns < FRAME_STOP_BIT * (s32)d->bit_ns ?
		       FRAME_MORE : complete(d, now_ns, byte);
	}

	return low_stop(d, now_ns, at_ns, late_ns, byte);
}
