// SPDX-License-Identifier: GPL-2.0-only
/*
 * One frame: what a line was, bit by bit, as its observations tell.
 *
 * The frame is its cheapest reading, found observation by observation as in the
 * Viterbi algorithm: of readings for which what is to come is the same, only the
 * cheapest is followed.  What the best reading with a bit otherwise costs more is
 * the margin of that bit, as in the soft-output Viterbi algorithm (Hagenauer and
 * Hoeher, 1989).
 *
 * Between two observations the level at both is known, and the line can only have
 * changed where a bit begins.  All changes between them come as one interrupt,
 * which is late by what it comes after the first of them.
 */
#include "uart_frame.h"

/* An edge that is late by so many usual latenesses may be a glitch. */
#define ODD_LATE	4

/* Interrupts may be late for so many bits after a tick or a kick. */
#define BUSY_BITS	6

/* Times beyond that are as good as this. */
#define FAR_NS		1000000000LL

/* Does a change from the last known bit interrupt? */
static bool tells(const struct uart_frame *f, const struct uart_reading *r)
{
	return f->rises || uart_last(r);
}

/* ---- the ways on from a reading, if this observation read bit @n ---- */

/*
 * The change to the bit that was read may have come after the handler was entered:
 * then it interrupts again.  @first is the first change, @margin that of the bit
 * before the one that was read, which must differ from it.
 */
static void keep_open(struct uart_frame *f, struct uart_reading *r, u8 first, u8 margin)
{
	u8 n = r->last, before = n - 1;

	if (!n || f->t->begin[n] <= f->at_ns + f->t->latency_ns / 2 ||
	    !(f->rises || !uart_last(r)))
		return;
	if (uart_level(r, before) == uart_last(r)) {
		if (before <= first || before == UART_BIT_START || before == UART_BIT_STOP)
			return;
		r->bits ^= 1 << before;
		r->margin[before] = margin;
	}
	r->due = true;
	r->due_ns = f->t->begin[n];
	uart_keep(f, r);
}

/* Of two interrupts that waited the one was taken first that was due @ns after the other. */
static s32 order_cost(const struct uart_frame *f, s32 ns)
{
	return min(f->t->order, uart_late_cost(f, ns));
}

/*
 * A look was overdue when the edge came: then the edge was there before the look was due,
 * or the machine does not take first what is due first.
 */
static void charge_edge(const struct uart_frame *f, struct uart_reading *r, s32 late_ns)
{
	if (f->late_ns <= f->t->latency_ns) {
		uart_charge(f, r, late_ns, true);
	} else if (late_ns >= f->late_ns) {
		uart_charge_more(f, r, late_ns - f->late_ns);
	} else {
		r->cost += order_cost(f, f->late_ns - late_ns);
		uart_charge(f, r, min(late_ns, 0), false);
	}
}

/* The interrupt that is due came, or that of the first change, which is at @first. */
static void edge_from(struct uart_frame *f, const struct uart_reading *from, u8 first,
		      u8 n)
{
	struct uart_reading r = *from;

	if (!uart_extend(&r, first, n, f->level))
		return;
	r.cost += f->read_cost;
	if (from->due)
		uart_charge(f, &r, f->at_ns - from->due_ns, false);
	else if (first == UART_BIT_NEXT)
		r.next = true;	/* How late it is, is a matter of the next frame. */
	else
		charge_edge(f, &r, f->at_ns - f->t->begin[first]);
	r.due = false;
	uart_keep(f, &r);
	keep_open(f, &r, first, n ? from->margin[n - 1] : 0);
}

static void edge_to(struct uart_frame *f, const struct uart_reading *from, u8 n)
{
	struct uart_reading risen;
	u8 first;

	for (first = from->last + 1; first <= n; first++) {
		/* Only falls interrupt: the line has risen, at some bit, before it fell. */
		risen = *from;
		if (from->due || tells(f, from))
			edge_from(f, from, first, n);
		else if (first > from->last + 1 &&
			 uart_extend(&risen, from->last, first - 1, true))
			edge_from(f, &risen, first, n);
	}
	if (from->due)
		edge_from(f, from, UART_BIT_COUNT, n);
}

/*
 * The interrupt of the first change has not come yet.  How late it was when the look
 * was due is charged now; a change since then interrupts just after the look.
 */
static void look_from(struct uart_frame *f, const struct uart_reading *from, u8 first,
		      u8 n)
{
	s32 due_ns = f->at_ns - f->late_ns, begin_ns;
	struct uart_reading r = *from;
	bool interrupts = tells(f, from);

	if (!uart_extend(&r, first, n, f->level))
		return;
	r.cost += f->read_cost;
	/* A rise does not interrupt, but the fall after it does. */
	if (!interrupts && first < n && !f->level) {
		first++;
		interrupts = true;
	}
	if (!r.due && first <= n && interrupts) {
		begin_ns = f->t->begin[first];
		if (begin_ns < due_ns) {
			r.cost += order_cost(f, due_ns - begin_ns);
			uart_charge_more(f, &r, due_ns - begin_ns);
		}
		r.due = true;
		r.due_ns = max(begin_ns, f->at_ns);
		r.next = first == UART_BIT_NEXT;
	}
	uart_keep(f, &r);
}

static void look_to(struct uart_frame *f, const struct uart_reading *from, u8 n)
{
	struct uart_reading lost = *from;
	u8 first;

	/* A look on time, and still the interrupt has not come: it is lost. */
	if (from->due && f->late_ns < f->t->bit_ns / 8 &&
	    f->at_ns - from->due_ns > f->t->bit_ns / 2) {
		lost.due = false;
		lost.cost += UART_COST_LOST;
		lost.lost = true;
		lost.impossible = true;
		from = &lost;
	}
	if (uart_last(from) == f->level)
		look_from(f, from, UART_BIT_COUNT, n);
	for (first = from->last + 1; first <= n; first++)
		look_from(f, from, first, n);
}

/* What interrupted, or what a look saw, was a glitch. */
static void glitch_to(struct uart_frame *f, const struct uart_reading *from, u8 n)
{
	bool again = from->glitches && f->at_ns - from->glitch_ns < f->t->bit_ns / 2;
	struct uart_reading r = *from;
	bool old = uart_last(from);

	/* Where only falls interrupt, a line at 0 is at 0 again by then. */
	if ((f->look || tells(f, from) || !f->level) &&
	    uart_extend(&r, UART_BIT_COUNT, n, old)) {
		uart_charge_glitch(f, &r, again);
		uart_keep(f, &r);
	}
	if (again || n == from->last)
		return;
	r = *from;
	if (!tells(f, from)) {
		/* The line has risen, which did not interrupt, before the glitch. */
		if (!uart_extend(&r, from->last, n, true))
			return;
	} else {
		/* The interrupt is that of bit @n, but a glitch hid its level. */
		if (f->look || r.due || f->level != old || !uart_extend(&r, n, n, !old))
			return;
		uart_charge(f, &r, f->at_ns - f->t->begin[n], false);
	}
	uart_charge_glitch(f, &r, false);
	uart_keep(f, &r);
}

/* All readings, to each of the bits that may have been read. */
static void take_ways(struct uart_frame *f, u8 low, u8 high, bool glitches)
{
	const struct uart_reading *r;
	u8 n;

	for (r = f->from; r < f->from + f->n; r++) {
		for (n = max(low, r->last); n <= high; n++) {
			f->read_cost = uart_read_cost(f, low, n, high);
			if (f->look)
				look_to(f, r, n);
			else
				edge_to(f, r, n);
			if (glitches)
				glitch_to(f, r, n);
		}
	}
}

/* Is there a reason to think of a glitch? */
static bool is_odd(const struct uart_frame *f, u8 low)
{
	const struct uart_timing *t = f->t;
	const struct uart_reading *r;

	if (f->at_ns - f->before_ns < t->bit_ns / 2 ||
	    f->after_ns - f->at_ns < t->bit_ns / 2)
		return true;
	/* What made a look overdue held up the edge for as long. */
	if (!f->look && f->at_ns - f->late_ns - t->begin[low] > ODD_LATE * t->jitter_ns)
		return true;
	for (r = f->from; r < f->from + f->n; r++)
		if (f->look ? r->due : !r->due && uart_last(r) == f->level)
			return true;

	return false;
}

/* ---- the plain way ---- */

/* If the change was at a bit before @n, its interrupt was the later. */
static void set_margins(const struct uart_frame *f, struct uart_reading *r, u8 n)
{
	s32 late_ns, cost;
	u8 i;

	for (i = n - 1; i > r->last && i >= UART_BIT_DATA; i--) {
		late_ns = f->at_ns - f->t->begin[i];
		cost = uart_late_cost(f, late_ns);
		r->rival |= late_ns <= UART_LATE_MAX_NS;
		if (cost < r->margin[i])
			r->margin[i] = cost;
	}
}

/*
 * Most observations are plain: one reading, and one way on that is far cheaper than
 * all others.  It is extended in place, which takes a tenth of the time.
 */
static bool take_plain(struct uart_frame *f, u8 n)
{
	s32 late_ns = f->at_ns - f->t->begin[n], jitter_ns = f->t->jitter_ns;
	struct uart_reading *r = f->from;
	bool old = uart_last(r);

	if (f->n != 1 || r->due)
		return false;
	if (f->look)
		return old == f->level && n <= r->last + 1 &&
		       uart_extend(r, UART_BIT_COUNT, n, old);
	if (n <= r->last || n > UART_BIT_STOP || old == f->level || !tells(f, r) ||
	    f->late_ns > f->t->latency_ns || late_ns < -jitter_ns ||
	    late_ns > ODD_LATE * jitter_ns || f->after_ns - f->at_ns < f->t->bit_ns / 2)
		return false;
	set_margins(f, r, n);
	if (!uart_extend(r, n, n, f->level))
		return false;
	uart_charge(f, r, late_ns, true);

	return true;
}

/* ---- a frame ---- */

/* The last bit that has begun by @at_ns. */
static u8 bit_at(const struct uart_timing *t, u8 from, s32 at_ns)
{
	while (from < UART_BIT_NEXT && t->begin[from + 1] <= at_ns)
		from++;

	return from;
}

/*
 * @low: the bit that was read at least, by the observation before and then by this
 * one; @thorough: any observation may be a glitch.  Returns false if no reading fits.
 */
static bool take(struct uart_frame *f, u8 *low, bool thorough)
{
	const struct uart_timing *t = f->t;
	u8 high;

	*low = bit_at(t, *low, f->at_ns + t->latency_ns / 2);
	high = bit_at(t, *low, f->at_ns + uart_latest_read(t));
	if (!thorough && *low == high && take_plain(f, high))
		return true;

	take_ways(f, *low, high, thorough || is_odd(f, *low));
	uart_turn(f);

	return f->n;
}

static bool is_complete(const struct uart_frame *f)
{
	u8 i;

	for (i = 0; i < f->n; i++)
		if (f->from[i].last < UART_BIT_STOP)
			return false;

	return true;
}

/* The cheapest reading, its margins against all others. */
static void conclude(struct uart_frame *f, s32 pause, struct uart_reading *best)
{
	s32 late = uart_late_cost(f, f->at_ns - f->t->begin[UART_BIT_NEXT]);
	struct uart_reading old, *r;

	for (r = f->from; r < f->from + f->n; r++) {
		/* The start edge of the next frame is late, or the sender pauses. */
		if (r->next && !f->look && !f->level)
			r->cost += min(late, pause);
		if (r == f->from) {
			*best = *r;
		} else if (r->cost < best->cost) {
			old = *best;
			*best = *r;
			uart_merge(best, &old);
		} else {
			uart_merge(best, r);
		}
	}
	best->rival |= f->dropped;
}

static s32 since(const struct uart_entry *entry, const struct uart_obs *obs)
{
	return min(obs->at_ns - entry->base_ns, FAR_NS);
}

static void set_obs(struct uart_frame *f, const struct uart_entry *entry,
		    const struct uart_obs *obs, bool more)
{
	f->at_ns = since(entry, obs);
	f->after_ns = more ? since(entry, obs + 1) : f->at_ns + f->t->bit_ns;
	f->level = uart_is_mark(obs);
	f->look = uart_is_look(obs);
	f->rises = obs->flags & UART_OBS_RISES;
	f->late_ns = max((s32)obs->late_ns - f->t->latency_ns, 0);
}

static u8 read_frame(const struct uart_timing *t, const struct uart_entry *entry,
		     const struct uart_obs *obs, u16 n, bool thorough,
		     struct uart_reading *best, u32 *work)
{
	s32 busy_until_ns = 0;
	struct uart_frame f;
	u8 low = 0;
	u16 i;

	/* The tables need not be cleared, which takes long. */
	f.t = t;
	f.dropped = false;
	f.work = work;
	f.limit = entry->limit;
	f.before_ns = -UART_LATE_MAX_NS;
	f.from = f.table[0];
	f.to = f.table[1];
	f.n = 1;
	f.n_to = 0;
	f.from[0] = (struct uart_reading){
		.bits = 1,
		.due = entry->due,
		.due_ns = entry->due_ns,
	};
	memset(f.from[0].margin, UART_SURE, sizeof(f.from[0].margin));

	for (i = 0; i < n; i++) {
		set_obs(&f, entry, &obs[i], i + 1 < n);
		if (obs[i].flags & UART_OBS_BUSY)
			busy_until_ns = f.at_ns + BUSY_BITS * t->bit_ns;
		f.busy = f.at_ns < busy_until_ns;
		if (!take(&f, &low, thorough)) {
			*best = (struct uart_reading){ .cost = UART_COST_NEVER };
			return i + 1;
		}
		if (is_complete(&f)) {
			conclude(&f, entry->pause, best);
			return i + 1;
		}
		f.before_ns = f.at_ns;
	}

	return 0;
}

/**
 * uart_frame_read() - find the cheapest reading of a frame
 * @t: its timing
 * @entry: how it begins
 * @obs: observations from the first one of the frame on
 * @n: how many
 * @best: the cheapest reading; its cost is UART_COST_NEVER if none fits
 * @work: grows with each reading that may be followed, but for those of plain
 *	  observations
 *
 * If a glitch is found where there is reason to think of one, each other
 * observation may be the glitch instead.  Takes 1200 bytes of stack.
 *
 * Return: how many observations are of the frame; 0: more are needed.
 */
u8 uart_frame_read(const struct uart_timing *t, const struct uart_entry *entry,
		   const struct uart_obs *obs, u16 n, struct uart_reading *best,
		   u32 *work)
{
	u8 used = read_frame(t, entry, obs, n, false, best, work);

	if (used && entry->limit > UART_COST_GLITCH &&
	    (best->glitches || best->cost >= UART_COST_NEVER))
		used = read_frame(t, entry, obs, n, true, best, work);

	return used;
}
