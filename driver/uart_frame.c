// SPDX-License-Identifier: GPL-2.0-only
/*
 * One frame: what a line was, bit by bit, as its observations tell.
 *
 * The frame is its cheapest reading, found observation by observation as in the
 * Viterbi algorithm: of readings for which what is to come is the same, only the
 * cheapest is followed.  What the best reading with a bit otherwise costs more is
 * the margin of that bit, as in the soft-output Viterbi algorithm (Hagenauer and
 * Hoeher, 1989).
 */
#include "uart_frame.h"
#include "uart_ways.h"

/* Interrupts may be late for so many bits after a tick or a kick. */
#define BUSY_BITS	6

/* Times beyond that are as good as this. */
#define FAR_NS		1000000000

/* Is there a reason to think of a glitch? */
static bool is_odd(const struct uart_frame *f, u8 low)
{
	const struct uart_timing *t = f->t;
	const struct uart_reading *r;

	if (f->at_ns - f->before_ns < t->bit_ns / 2 ||
	    f->after_ns - f->at_ns < t->bit_ns / 2)
		return true;
	if (!f->look && !f->late_ns &&
	    f->at_ns - t->begin[low] > UART_ODD_LATE * t->jitter_ns)
		return true;
	for (r = f->from; r < f->from + f->n; r++)
		if (f->look ? r->due : !r->due && uart_level(r, r->last) == f->level)
			return true;

	return false;
}

/* If the change was at a bit before @n, its interrupt was the later. */
static void set_margins(const struct uart_frame *f, struct uart_reading *r, u8 n)
{
	s32 cost, late_ns;
	u8 i;

	for (i = n - 1; i > r->last && i >= UART_BIT_DATA; i--) {
		late_ns = f->at_ns - f->t->begin[i];
		cost = uart_late_cost(f, late_ns);
		r->rival |= late_ns <= UART_LATE_MAX_NS;
		if (cost < r->margin[i])
			r->margin[i] = cost;
	}
}

static bool plain_look(struct uart_reading *r, u8 n, bool level)
{
	return uart_level(r, r->last) == level && n <= r->last + 1 &&
	       uart_extend(r, UART_BIT_COUNT, n, level);
}

static bool plain_edge(const struct uart_frame *f, struct uart_reading *r, u8 n)
{
	s32 late_ns = f->at_ns - f->t->begin[n], jitter_ns = f->t->jitter_ns;
	bool old = uart_level(r, r->last);

	if (n <= r->last || n > UART_BIT_STOP || old == f->level || !(f->rises || old) ||
	    f->late_ns > f->t->bit_ns / 8 || late_ns < -jitter_ns ||
	    late_ns > UART_ODD_LATE * jitter_ns ||
	    f->after_ns - f->at_ns < f->t->bit_ns / 2)
		return false;
	set_margins(f, r, n);
	if (!uart_extend(r, n, n, f->level))
		return false;
	uart_charge(f, r, late_ns, true);

	return true;
}

/*
 * Most observations are plain: one reading, and one way on that is far cheaper than
 * all others.  It is extended in place, which takes a tenth of the time.
 */
static bool take_plain(struct uart_frame *f, u8 low, u8 high)
{
	struct uart_reading *r = f->from;

	if (f->n != 1 || r->due || low != high)
		return false;

	return f->look ? plain_look(r, low, f->level) : plain_edge(f, r, low);
}

/* The last bit that has begun by @at_ns. */
static u8 bit_at(const struct uart_timing *t, u8 from, s32 at_ns)
{
	while (from < UART_BIT_NEXT && t->begin[from + 1] <= at_ns)
		from++;

	return from;
}

/*
 * @low: the bit that was read at least, by the observation before and then by this
 * one; @thorough: any observation may be a glitch.
 *
 * Return: false if no reading fits.
 */
static bool take(struct uart_frame *f, u8 *low, bool thorough)
{
	const struct uart_timing *t = f->t;
	bool odd;
	u8 high;

	*low = bit_at(t, *low, f->at_ns + t->latency_ns / 2);
	high = bit_at(t, *low, f->at_ns + uart_latest_read(t));
	if (!thorough && take_plain(f, *low, high))
		return true;

	odd = thorough || is_odd(f, *low);
	uart_ways(f, *low, high, odd);
	if (!f->n_to && !odd)
		uart_ways(f, *low, high, true);
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
			r->cost += late < pause ? late : pause;
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
	s64 ns = obs->at_ns - entry->base_ns;

	return ns < FAR_NS ? ns : FAR_NS;
}

static void set_obs(struct uart_frame *f, const struct uart_entry *entry,
		    const struct uart_obs *obs, bool more)
{
	f->at_ns = since(entry, obs);
	f->after_ns = more ? since(entry, obs + 1) : f->at_ns + f->t->bit_ns;
	f->level = obs->flags & UART_OBS_LEVEL;
	f->look = obs->flags & UART_OBS_LOOK;
	f->rises = obs->flags & UART_OBS_RISES;
	f->late_ns = (s32)obs->late_ns - f->t->latency_ns;
	if (f->late_ns < 0)
		f->late_ns = 0;
}

static u8 read_frame(const struct uart_timing *t, const struct uart_entry *entry,
		     const struct uart_obs *obs, u16 n, bool thorough,
		     struct uart_reading *best, u32 *work)
{
	s32 busy_until_ns = 0;
	struct uart_frame f;
	u8 low = 0;
	u16 i;

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
 * observation may be the glitch instead.
 *
 * Context: any; takes 1200 bytes of stack.
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
