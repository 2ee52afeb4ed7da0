// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readings of a frame: what they cost, and the few that are kept.
 */
#include "uart_frame.h"

/*
 * Lateness costs 2 x^2, where x is in usual latenesses, as if it were normally
 * distributed; but no more than COST_TAIL + 16 log2 x, as interrupts are off at
 * times.  After a tick or a kick they are off more often.
 */
#define COST_TAIL	44
#define COST_TAIL_BUSY	(-12)

/* A stop bit of 0. */
#define COST_FRAMING	256

/* The line is read a timer's latency sooner or later than most often. */
#define COST_READ	40

/* A reading that costs so much more than the cheapest is not followed. */
#define COST_FAR	600

/* Glitches that a proof reckons with are shorter than this part of a bit. */
#define GLITCH_PART	8

/*
 * A proof assumes that no frame has both a glitch and an interrupt that is this
 * part of a bit late.
 */
#define LATE_PART	4

/* No edge is earlier than this part of a bit, or this: interrupts are never early. */
#define EARLY_PART	16
#define EARLY_MIN_NS	1800

static s32 late_cost(const struct uart_frame *f, u32 late_ns)
{
	u32 x16, whole, square, tail;

	x16 = 16 * late_ns / f->t->jitter_ns;
	square = x16 * x16 / 128;
	if (x16 < 16 * 2)
		return square;
	/* log2 is linear between powers of two. */
	whole = fls(x16) - 5;
	tail = (f->busy ? COST_TAIL_BUSY : COST_TAIL) + 16 * whole + (x16 >> whole) - 16;

	return min(square, tail);
}

/**
 * uart_late_cost() - what it costs that an interrupt is late
 * @f: the frame, with the observation
 * @late_ns: how late it is; 0 and less costs nothing
 *
 * Return: the cost, in eighths of a bit of information, up to UART_COST_LOST.
 */
s32 uart_late_cost(const struct uart_frame *f, s32 late_ns)
{
	return late_ns > UART_LATE_MAX_NS ? UART_COST_LOST : late_cost(f, max(late_ns, 0));
}

static s32 early_cost(const struct uart_frame *f, s32 early_ns)
{
	s32 max_ns = max(f->t->bit_ns / EARLY_PART, EARLY_MIN_NS);
	s32 x16 = 16 * early_ns / f->t->jitter_ns;

	if (f->at_ns > 0)
		max_ns += f->at_ns / 1024 * f->t->drift;

	return early_ns > max_ns ? UART_COST_NEVER : x16 * x16 / 64;
}

/**
 * uart_read_cost() - what it costs that a certain bit was read
 * @f: the frame, with the observation
 * @low: the first bit that may have been read
 * @n: the bit in question
 * @high: the last bit that may have been read
 *
 * A handler reads the line some time after it was entered, which was some time after the
 * edge: a bit that begins within about twice a timer's latency after the time stamp, in
 * the time of interrupts, was read already.
 *
 * Return: the cost, in eighths of a bit of information.
 */
s32 uart_read_cost(const struct uart_frame *f, u8 low, u8 n, u8 high)
{
	s32 cost = 0, ns;
	u8 i;

	for (i = low + 1; i <= high; i++) {
		ns = f->t->begin[i] - f->at_ns - 2 * f->t->latency_ns;
		cost += max(i > n ? -ns : ns, 0) * COST_READ / f->t->latency_ns;
	}

	return cost;
}

static void note_late(const struct uart_frame *f, struct uart_reading *r, s32 late_ns)
{
	r->late |= late_ns > f->t->bit_ns / LATE_PART;
	r->lost |= late_ns > UART_LATE_MAX_NS;
	r->impossible |= r->lost || (r->late && r->glitches);
}

/**
 * uart_charge() - an interrupt told of a change
 * @f: the frame, with the observation
 * @r: the reading; its cost grows
 * @late_ns: how late it was; less than 0: early
 * @phase: its time tells when bits begin
 */
void uart_charge(const struct uart_frame *f, struct uart_reading *r, s32 late_ns,
		 bool phase)
{
	r->cost += late_ns < 0 ? early_cost(f, -late_ns) : uart_late_cost(f, late_ns);
	note_late(f, r, late_ns);
	if (!phase || late_ns > UART_LATE_MAX_NS)
		return;
	if (!r->edges++) {
		r->least_ns = late_ns;
		r->most_ns = late_ns;
	}
	r->least_ns = min(r->least_ns, late_ns);
	r->most_ns = max(r->most_ns, late_ns);
}

/**
 * uart_charge_more() - an interrupt was held up for longer than a look that is overdue
 * @f: the frame, with the observation and how late the look is
 * @r: the reading; its cost grows
 * @more_ns: how much longer
 *
 * One thing held up both, so what it costs is only that it was as long as that, given that
 * it was as long as the look is late.
 */
void uart_charge_more(const struct uart_frame *f, struct uart_reading *r, s32 more_ns)
{
	r->cost += more_ns > UART_LATE_MAX_NS ? UART_COST_LOST :
		   late_cost(f, f->late_ns + more_ns) - late_cost(f, f->late_ns);
	note_late(f, r, more_ns);
}

/**
 * uart_charge_glitch() - what was observed is a glitch
 * @f: the frame, with the observation
 * @r: the reading; its cost grows
 * @again: it is the glitch of the observation before
 */
void uart_charge_glitch(const struct uart_frame *f, struct uart_reading *r, bool again)
{
	if (again) {
		r->impossible |= f->at_ns - r->glitch_ns >
				 f->t->bit_ns / GLITCH_PART + uart_latest_read(f->t);
		return;
	}
	r->cost += UART_COST_GLITCH;
	r->glitches++;
	r->glitch_ns = f->at_ns;
	r->impossible |= r->late || r->glitches > 1;
}

/**
 * uart_extend() - follow the line up to a bit that was read
 * @r: the reading
 * @first: the first bit after the last known one that differs from it; those between it
 *	and @n may be either.  UART_BIT_COUNT: none differs.
 * @n: the bit that was read
 * @level: its level
 *
 * Return: false if that cannot be; then @r is of no use.
 */
bool uart_extend(struct uart_reading *r, u8 first, u8 n, bool level)
{
	bool old = uart_last(r), is, known;
	u8 i;

	for (i = r->last + 1; i <= n; i++) {
		known = i <= first || i == n;
		is = i < first ? old : i == first ? !old : level;
		if (i == n && is != level)
			return false;
		if (!known && i != UART_BIT_START && i != UART_BIT_STOP) {
			r->margin[i] = 0;
			r->rival = true;
		}
		if (i == UART_BIT_START) {
			if (known && is)
				return false;
			is = false;
		} else if (i == UART_BIT_STOP) {
			is |= !known;
			r->framing = !is;
			r->cost += is ? 0 : COST_FRAMING;
		}
		r->bits = (r->bits & ~(1 << i)) | is << i;
	}
	r->last = n;

	return true;
}

/**
 * uart_merge() - two readings have become one: margins against both
 * @r: the cheaper one, which is followed
 * @other: the other one
 */
void uart_merge(struct uart_reading *r, const struct uart_reading *other)
{
	u32 more = other->cost - r->cost, differ = r->bits ^ other->bits, margin;
	u8 i;

	for (i = UART_BIT_DATA; i < UART_BIT_STOP; i++) {
		margin = differ >> i & 1 ? more : more + other->margin[i];
		if (margin < r->margin[i])
			r->margin[i] = margin;
	}
	differ &= (1 << UART_BIT_STOP) - (1 << UART_BIT_DATA);
	r->rival |= !other->impossible && (differ || other->rival);
}

/* Is what is to come the same for both? */
static bool is_same(const struct uart_reading *a, const struct uart_reading *b)
{
	return a->last == b->last && a->due == b->due && a->next == b->next &&
	       uart_last(a) == uart_last(b);
}

/**
 * uart_keep() - follow a reading beyond this observation
 * @f: the frame
 * @r: the reading
 *
 * Of those for which what is to come is the same, only the cheapest is followed; and the
 * cheapest UART_READINGS of all.
 */
void uart_keep(struct uart_frame *f, const struct uart_reading *r)
{
	struct uart_reading *to, *worst = f->to, old;

	++*f->work;
	if (r->cost >= UART_COST_NEVER)
		return;
	for (to = f->to; to < f->to + f->n_to; to++) {
		if (to->cost > worst->cost)
			worst = to;
		if (!is_same(to, r))
			continue;
		if (to->cost <= r->cost) {
			uart_merge(to, r);
		} else {
			old = *to;
			*to = *r;
			uart_merge(to, &old);
		}
		return;
	}
	if (f->n_to < UART_READINGS) {
		f->to[f->n_to++] = *r;
	} else if (worst->cost <= r->cost) {
		f->dropped |= !r->impossible;
	} else {
		f->dropped |= !worst->impossible;
		*worst = *r;
	}
}

/**
 * uart_turn() - on to the next observation
 * @f: the frame; only readings that are not much dearer than the cheapest are kept
 */
void uart_turn(struct uart_frame *f)
{
	struct uart_reading *from = f->from, *r;
	s32 least = UART_COST_NEVER;

	for (r = f->to; r < f->to + f->n_to; r++)
		least = min(least, r->cost);
	f->n = 0;
	for (r = f->to; least <= f->limit && r < f->to + f->n_to; r++) {
		if (r->cost <= least + COST_FAR)
			f->to[f->n++] = *r;
		else
			f->dropped |= !r->impossible;
	}
	f->from = f->to;
	f->to = from;
	f->n_to = 0;
}
