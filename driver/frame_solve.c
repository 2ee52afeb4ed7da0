// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can have been sent, given what was seen of a frame.
 */
#include "frame_solve.h"

#define START_BIT	0x001
#define STOP_BIT	0x200
#define ALL_BITS	0x3ff

/*
 * Where there is a glitch, the start edge is seen later by no more than that: a
 * part of a bit, or this.
 */
#define GLITCH_LATE_PART	4
#define GLITCH_LATE_NS		12000

/* How often what it takes to explain a glitch is narrowed down. */
#define DOUBT_PASSES		2

/**
 * struct rules - what looks and edges ask of the bits
 * @can: bits that can be space, and mark
 * @one_is_not: bits of which this one or the one before is not space, or mark
 * @fits: falling edges that can be the one that begins the bit; bit 1 is the
 *	  first one
 * @starts: those that can be the start edge
 */
struct rules {
	u16 can[2];
	u16 one_is_not[2];
	u8 fits[FRAME_BITS];
	u8 starts;
};

/* How many falling edges can be accounted for, a set for each bit and level. */
typedef u8 edge_counts[FRAME_BITS][2];

static s32 later(s32 a, s32 b)
{
	return a > b ? a : b;
}

static s32 earlier(s32 a, s32 b)
{
	return a < b ? a : b;
}

/* Bits do not last shorter or longer than they can. */
static void spread_forward(struct frame_solve *f, unsigned int from)
{
	unsigned int k;

	for (k = from + 1; k <= FRAME_BITS; k++) {
		f->first_ns[k] = later(f->first_ns[k],
				       f->first_ns[k - 1] + f->bit_min_ns);
		f->last_ns[k] = earlier(f->last_ns[k],
					f->last_ns[k - 1] + f->bit_max_ns);
	}
}

static void spread(struct frame_solve *f)
{
	unsigned int k;

	for (k = FRAME_BITS; k--;) {
		f->first_ns[k] = later(f->first_ns[k],
				       f->first_ns[k + 1] - f->bit_max_ns);
		f->last_ns[k] = earlier(f->last_ns[k],
					f->last_ns[k + 1] - f->bit_min_ns);
	}
	spread_forward(f, 0);
}

/**
 * frame_solve_begin() - nothing was seen yet
 * @f: the frame, its bit_min_ns, bit_max_ns and guard_ns set
 * @first_ns: it does not begin before this
 * @last_ns: it does not begin after this
 *
 * Context: any.
 */
void frame_solve_begin(struct frame_solve *f, s32 first_ns, s32 last_ns)
{
	unsigned int k;

	for (k = 0; k <= FRAME_BITS; k++) {
		f->first_ns[k] = first_ns + (s32)k * f->bit_min_ns;
		f->last_ns[k] = last_ns + (s32)k * f->bit_max_ns;
	}
	f->start_min_ns = later(first_ns, last_ns -
				later(f->bit_min_ns / GLITCH_LATE_PART,
				      GLITCH_LATE_NS));
	f->start_max_ns = last_ns;
	f->n_looks = 0;
	f->n_falls = 0;
	f->crowded = false;
	f->late = false;
	f->stop_low = false;
	f->pending = false;
	f->past_end = false;
	f->doubt = 0;
}

/* Looks come in order, so the next one is found from the last one. */
static struct frame_range range_from(const struct frame_solve *f,
				     struct frame_range range, s32 from_ns,
				     s32 to_ns)
{
	while (range.first && f->last_ns[range.first] + f->guard_ns > from_ns)
		range.first--;
	while (range.first < FRAME_BITS &&
	       f->last_ns[range.first + 1] + f->guard_ns <= from_ns)
		range.first++;

	if (range.last < range.first)
		range.last = range.first;
	while (range.last < FRAME_BITS &&
	       f->first_ns[range.last + 1] - f->guard_ns < to_ns)
		range.last++;
	while (range.last > range.first &&
	       f->first_ns[range.last] - f->guard_ns >= to_ns)
		range.last--;

	return range;
}

/**
 * frame_solve_look() - the line was read
 * @f: the frame
 * @level: what it showed, 0 or 1
 * @from_ns: not before this
 * @to_ns: not after this
 * @with_edge: a falling edge was seen just before
 *
 * Context: any.
 * Return: the bits that it may have been.
 */
struct frame_range frame_solve_look(struct frame_solve *f, int level,
				    s32 from_ns, s32 to_ns, bool with_edge)
{
	struct frame_range range = {};

	if (f->n_looks)
		range = f->looks[f->n_looks - 1].range;
	range = range_from(f, range, from_ns, to_ns);

	if (f->n_looks == FRAME_LOOKS_MAX)
		f->crowded = true;
	else
		f->looks[f->n_looks++] = (struct frame_look){
			.from_ns = from_ns,
			.to_ns = to_ns,
			.range = range,
			.level = level,
			.with_edge = with_edge,
		};

	return range;
}

/* Can the edge seen then be the one that begins the bit? */
static bool fall_fits(const struct frame_solve *f, s32 at_ns, unsigned int bit)
{
	return f->first_ns[bit] <= at_ns &&
	       f->last_ns[bit] + FRAME_LATE_NS >= at_ns;
}

/* Which is the first bit that it can have begun? */
static bool fall_began(const struct frame_solve *f, s32 at_ns,
		       unsigned int bit)
{
	if (f->rough)
		return f->last_ns[bit] + f->bit_min_ns / 2 > at_ns;

	return fall_fits(f, at_ns, bit);
}

/**
 * frame_solve_fall() - a falling edge was seen
 * @f: the frame
 * @at_ns: when; it was not later
 *
 * Context: any.
 */
void frame_solve_fall(struct frame_solve *f, s32 at_ns)
{
	unsigned int k;

	if (f->n_falls == FRAME_FALLS_MAX) {
		f->crowded = true;
		return;
	}
	f->falls[f->n_falls++] = at_ns;

	for (k = 0; k < FRAME_STOP_BIT && !fall_began(f, at_ns, k); k++)
		;
	if (k && k < FRAME_STOP_BIT && f->last_ns[k] > at_ns) {
		f->last_ns[k] = at_ns;
		spread_forward(f, k);
	}
}

/* More is known of when the bits begin than when the line was read. */
static void look_again(struct frame_solve *f)
{
	struct frame_range range = {};
	unsigned int i;

	for (i = 0; i < f->n_looks; i++) {
		struct frame_look *look = &f->looks[i];

		range = range_from(f, range, look->from_ns, look->to_ns);
		look->range = range;
	}
}

static void set_rules(const struct frame_solve *f, struct rules *r)
{
	unsigned int i;

	r->can[0] = ALL_BITS & ~(f->stop_low ? 0 : STOP_BIT);
	r->can[1] = ALL_BITS & ~(f->stop_low ? STOP_BIT : 0) & ~START_BIT;
	r->one_is_not[0] = 0;
	r->one_is_not[1] = 0;

	for (i = 0; i < f->n_looks; i++) {
		const struct frame_look *look = &f->looks[i];
		struct frame_range range = look->range;

		if (range.last >= FRAME_BITS)
			continue;
		if (range.first == range.last)
			r->can[!look->level] &= ~(1U << range.first);
		else if (range.first + 1 == range.last)
			r->one_is_not[!look->level] |= 1U << range.last;
	}
}

static void set_fits(const struct frame_solve *f, struct rules *r, s32 now_ns)
{
	unsigned int i, k;

	r->starts = f->foreign ? 6 : 2;
	for (k = 0; k < FRAME_BITS; k++) {
		r->fits[k] = 0;
		for (i = 0; i < f->n_falls; i++)
			if (fall_fits(f, f->falls[i], k))
				r->fits[k] |= 2U << i;
		/* One more may be seen in a moment. */
		if (k && f->last_ns[k] + FRAME_LATE_NS >= now_ns)
			r->fits[k] |= 2U << i;
	}
}

static bool can(const struct rules *r, unsigned int bit, int level)
{
	return r->can[level] >> bit & 1;
}

/* Can the bit have the same level as the one before? */
static bool can_stay(const struct rules *r, unsigned int bit, int level)
{
	return can(r, bit, level) && !(r->one_is_not[level] >> bit & 1);
}

/* From the start bit on: each falling edge is the one seen last or the next. */
static void count_forward(const struct rules *r, edge_counts counts)
{
	unsigned int k;

	memset(counts, 0, sizeof(edge_counts));
	if (can(r, 0, 0))
		counts[0][0] = r->fits[0] & r->starts;

	for (k = 1; k < FRAME_BITS; k++) {
		u8 space = counts[k - 1][0];
		u8 mark = counts[k - 1][1];

		if (can(r, k, 1))
			counts[k][1] = space | (can_stay(r, k, 1) ? mark : 0);
		if (can(r, k, 0))
			counts[k][0] = (can_stay(r, k, 0) ? space : 0) |
				       ((mark | mark << 1) & r->fits[k]);
	}
}

/* The other way, from the frames that end with all edges accounted for. */
static void count_backward(const struct rules *r, edge_counts counts, u8 all)
{
	unsigned int k;

	memset(counts, 0, sizeof(edge_counts));
	counts[FRAME_STOP_BIT][0] = can(r, FRAME_STOP_BIT, 0) ? all : 0;
	counts[FRAME_STOP_BIT][1] = can(r, FRAME_STOP_BIT, 1) ? all : 0;

	for (k = FRAME_STOP_BIT; k; k--) {
		u8 fall = counts[k][0] & r->fits[k];

		counts[k - 1][0] = counts[k][1] |
				   (can_stay(r, k, 0) ? counts[k][0] : 0);
		counts[k - 1][1] = (can_stay(r, k, 1) ? counts[k][1] : 0) |
				   fall | fall >> 1;
	}
}

/* May the last edge be that of the next frame? */
static bool may_be_past_end(const struct frame_solve *f)
{
	return f->n_falls > 1 &&
	       fall_fits(f, f->falls[f->n_falls - 1], FRAME_BITS);
}

/*
 * Sets what each bit can be.  Returns with which of the counts given a reading can
 * end; none if no reading is possible.
 */
static u8 count_readings(struct frame_solve *f, const struct rules *r, u8 ends)
{
	edge_counts before, after;
	unsigned int k;

	count_forward(r, before);
	count_backward(r, after, ends);

	f->can[0] = 0;
	f->can[1] = 0;
	for (k = 0; k < FRAME_BITS; k++) {
		if (before[k][0] & after[k][0])
			f->can[0] |= 1U << k;
		if (before[k][1] & after[k][1])
			f->can[1] |= 1U << k;
	}
	if ((f->can[0] | f->can[1]) != ALL_BITS)
		return 0;

	return (before[FRAME_STOP_BIT][0] | before[FRAME_STOP_BIT][1]) & ends;
}

/* Each edge seen is one of the reading.  False if none is possible. */
static bool account_for_edges(struct frame_solve *f, struct rules *r,
			      s32 now_ns)
{
	u8 not_yet = 2U << f->n_falls;
	u8 all = 1U << f->n_falls;
	u8 but_one = may_be_past_end(f) ? all >> 1 : 0;
	u8 end;

	set_fits(f, r, now_ns);
	end = count_readings(f, r, all | not_yet | but_one);
	f->pending = end & not_yet;
	f->past_end = end & but_one;

	return end;
}

/* A look that can be in one of two bits is in the one of its level. */
static void learn_from_looks(struct frame_solve *f)
{
	unsigned int i, k;

	for (i = 0; i < f->n_looks; i++) {
		const struct frame_look *look = &f->looks[i];
		u16 can = f->can[look->level];

		k = look->range.last;
		if (look->range.first != k - 1 || k >= FRAME_BITS)
			continue;
		if (!(can >> (k - 1) & 1))
			f->last_ns[k] = earlier(f->last_ns[k],
						look->to_ns + f->guard_ns);
		if (!(can >> k & 1))
			f->first_ns[k] = later(f->first_ns[k],
					       look->from_ns - f->guard_ns);
	}
}

static void learn_from_fall(struct frame_solve *f, s32 at_ns)
{
	unsigned int least = FRAME_BITS, most = 0, k;

	if (fall_fits(f, at_ns, FRAME_BITS))
		return;
	for (k = 1; k < FRAME_STOP_BIT; k++) {
		if (!(f->can[1] >> (k - 1) & 1) || !(f->can[0] >> k & 1) ||
		    !fall_fits(f, at_ns, k))
			continue;
		if (k < least)
			least = k;
		most = k;
	}
	if (!most)
		return;
	f->last_ns[least] = earlier(f->last_ns[least], at_ns);
	f->first_ns[most] = later(f->first_ns[most], at_ns - FRAME_LATE_NS);
}

/* False if there is a bit that can begin nowhere. */
static bool fit_times(struct frame_solve *f)
{
	unsigned int k;

	spread(f);
	for (k = 0; k <= FRAME_BITS; k++)
		if (f->first_ns[k] > f->last_ns[k])
			return false;

	return true;
}

static unsigned int count_bits(u16 bits)
{
	unsigned int n = 0;

	for (; bits; bits &= bits - 1)
		n++;

	return n;
}

/*
 * As a rule all bits were seen, and all of their edges.  False if not so, or if
 * there is more to it.
 */
static bool solve_plain(struct frame_solve *f, const struct rules *r)
{
	u16 falls = r->can[0] & (r->can[1] << 1 | 1);
	unsigned int i = 0, k;

	if (r->can[0] & r->can[1] || (r->can[0] | r->can[1]) != ALL_BITS ||
	    f->foreign || count_bits(falls) != f->n_falls)
		return false;

	for (k = 0; k < FRAME_BITS; k++)
		if (falls >> k & 1 && !fall_fits(f, f->falls[i++], k))
			return false;

	for (i = 0, k = 0; k < FRAME_BITS; k++) {
		if (!(falls >> k & 1))
			continue;
		f->last_ns[k] = earlier(f->last_ns[k], f->falls[i]);
		f->first_ns[k] = later(f->first_ns[k],
				       f->falls[i++] - FRAME_LATE_NS);
	}
	f->can[0] = r->can[0];
	f->can[1] = r->can[1];
	f->pending = false;
	f->past_end = false;

	return true;
}

/* So little is known of when it began that nothing else can be told. */
static bool is_hopeless(struct frame_solve *f)
{
	if (f->last_ns[0] - f->first_ns[0] < 2 * f->bit_min_ns)
		return false;

	f->can[0] = ALL_BITS & ~(f->stop_low ? 0 : STOP_BIT);
	f->can[1] = ALL_BITS & ~(f->stop_low ? STOP_BIT : 0) & ~START_BIT;
	f->pending = true;
	f->past_end = may_be_past_end(f);

	return true;
}

/**
 * frame_solve() - what can have been sent?
 * @f: the frame, all of it seen
 * @now_ns: edges that were not seen until then may still be
 *
 * Sets @f->can, and what is known of when its bits began.
 *
 * Context: hard IRQ or any other.
 * Return: false if no reading is possible: what is asked does not hold.
 */
bool frame_solve(struct frame_solve *f, s32 now_ns)
{
	struct rules r;
	unsigned int i;

	if (is_hopeless(f))
		return !f->crowded;

	set_rules(f, &r);
	if (!solve_plain(f, &r)) {
		look_again(f);
		set_rules(f, &r);
		if (!account_for_edges(f, &r, now_ns))
			return false;
		learn_from_looks(f);
		for (i = 1; i < f->n_falls; i++)
			learn_from_fall(f, f->falls[i]);
	}

	return fit_times(f) && !f->crowded;
}

/* The bit that was looked at if each begins as late as it can. */
static unsigned int likely_bit(const struct frame_solve *f,
			       const struct frame_look *look)
{
	unsigned int k = 0;

	while (k < FRAME_BITS &&
	       f->last_ns[k + 1] - f->guard_ns <= look->from_ns)
		k++;

	return k;
}

/**
 * frame_solve_best() - the most likely reading
 * @f: the frame, after frame_solve()
 *
 * Context: hard IRQ or any other.
 * Return: levels of the bits, bit 0 is the start bit; one that is possible, bit
 * by bit, if any was.
 */
u16 frame_solve_best(const struct frame_solve *f)
{
	u16 seen = 0, best = 0;
	unsigned int i, k;

	if (!f->rough && (f->can[0] ^ f->can[1]) == ALL_BITS)
		return f->can[1];

	for (i = 0; i < f->n_looks; i++) {
		k = likely_bit(f, &f->looks[i]);
		if (seen >> k & 1)
			continue;
		seen |= 1U << k;
		best |= (u16)f->looks[i].level << k;
	}
	/* What was not seen is as the bit before. */
	for (k = 1; k < FRAME_BITS; k++)
		if (!(seen >> k & 1))
			best |= (best >> (k - 1) & 1) << k;

	if (!f->rough && (f->can[0] | f->can[1]) == ALL_BITS)
		best = (best & f->can[1]) | (u16)~f->can[0];

	return best & ALL_BITS;
}

/*
 * Any edge seen may be that of a glitch; only those that the reading has must have
 * been seen.  False if none is possible.
 */
static bool ignore_edges(struct frame_solve *g, struct rules *r, s32 now_ns)
{
	const u8 some = 2;
	unsigned int k;

	set_fits(g, r, now_ns);
	for (k = 0; k < FRAME_BITS; k++)
		if (r->fits[k])
			r->fits[k] = some;

	return count_readings(g, r, some);
}

/* Where the line is sure to fall, it did so before the last edge that fits. */
static void learn_from_sure_falls(struct frame_solve *g)
{
	u16 falls = (g->can[0] ^ ALL_BITS) << 1 & ~g->can[1];
	unsigned int i, k;

	for (k = 1; k < FRAME_STOP_BIT; k++) {
		if (!(falls >> k & 1))
			continue;
		for (i = g->n_falls; i && !fall_fits(g, g->falls[i - 1], k); i--)
			;
		if (i)
			g->last_ns[k] = earlier(g->last_ns[k], g->falls[i - 1]);
	}
	spread(g);
}

/* Which bits differ if edges may be those of glitches? */
static u16 other_bits(const struct frame_solve *f, s32 now_ns)
{
	struct frame_solve g = *f;
	struct rules r;
	u16 others = 0;
	unsigned int i;

	frame_solve_begin(&g, f->start_min_ns, f->start_max_ns);
	g.n_falls = f->n_falls;
	g.stop_low = f->stop_low;
	for (i = 0; i < f->n_looks; i++) {
		const struct frame_look *look = &f->looks[i];

		if (!look->with_edge)
			frame_solve_look(&g, look->level, look->from_ns,
					 look->to_ns, false);
	}

	for (i = 0; i < DOUBT_PASSES; i++) {
		set_rules(&g, &r);
		/* It was mark again when there should be a start bit. */
		if (!can(&r, 0, 0))
			return ALL_BITS;
		if (!ignore_edges(&g, &r, now_ns))
			return 0;
		others = (f->can[0] & g.can[1]) | (f->can[1] & g.can[0]);
		if (!others)
			return 0;
		learn_from_sure_falls(&g);
		look_again(&g);
	}

	return others;
}

/**
 * frame_solve_looks_tell_all() - did looks alone show each bit, wherever edges are?
 * @f: the frame, all of it seen
 *
 * As a rule they did.  Then no glitch matters.
 *
 * Context: hard IRQ or any other.
 * Return: true if so.
 */
bool frame_solve_looks_tell_all(const struct frame_solve *f)
{
	u16 seen = STOP_BIT;
	unsigned int i;

	for (i = 0; i < f->n_looks; i++) {
		const struct frame_look *look = &f->looks[i];
		s32 k = look->range.first;

		if (!look->with_edge && look->range.last == k &&
		    look->from_ns >= f->start_max_ns + k * f->bit_max_ns +
				     f->guard_ns &&
		    look->to_ns <= f->start_min_ns + (k + 1) * f->bit_min_ns -
				   f->guard_ns)
			seen |= 1U << k;
	}

	return seen == ALL_BITS;
}

/**
 * frame_solve_doubt() - can something else have been sent if there was a glitch?
 * @f: the frame, after frame_solve() and frame_solve_best()
 * @now_ns: as for frame_solve()
 *
 * What frame_solve() takes for an edge that came late may be that of a glitch, which
 * no look saw, in a frame whose interrupts were on time.  Sets @f->doubt, and what
 * is known of when bits began so that it holds for both.
 *
 * Context: hard IRQ or any other.
 */
void frame_solve_doubt(struct frame_solve *f, s32 now_ns)
{
	unsigned int k;

	if (f->late || frame_solve_looks_tell_all(f))
		return;
	f->doubt = other_bits(f, now_ns);
	/* Where it is known well when it began, edges have added little. */
	if (!f->doubt || f->last_ns[0] - f->first_ns[0] < f->bit_min_ns)
		return;

	f->first_ns[0] = earlier(f->first_ns[0], f->start_min_ns);
	f->last_ns[0] = f->start_max_ns;
	for (k = 1; k <= FRAME_BITS; k++) {
		f->first_ns[k] = f->first_ns[k - 1] + f->bit_min_ns;
		f->last_ns[k] = f->last_ns[k - 1] + f->bit_max_ns;
	}
}
