// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readings of a frame, what they cost, and the few that are kept.
 */
#include "uart_reading.h"

/*
 * Lateness costs 2 x^2, where x is in usual latenesses, as if it were normally
 * distributed; but no more than COST_TAIL + 16 log2 x, as interrupts are off at
 * times.  After a tick or a kick they are off more often.
 */
#define COST_TAIL	44
#define COST_TAIL_BUSY	(-12)

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

/* A reading that costs so much more than the cheapest is not followed. */
#define COST_FAR	600

/* 16 log2 of @x16 / 16, for @x16 >= 16. */
static s32 log_cost(u32 x16)
{
	u32 whole = fls(x16) - 1;

	return 16 * (whole - 4) + (x16 >> (whole - 4)) - 16;
}

/**
 * uart_late_cost() - what it costs that an interrupt is late
 * @f: the frame, with the observation
 * @late_ns: how late
 *
 * Context: any.
 * Return: the cost.
 */
s32 uart_late_cost(const struct uart_frame *f, s32 late_ns)
{
	s32 square, tail;
	u32 x16;

	if (late_ns <= 0)
		return 0;
	if (late_ns > UART_LATE_MAX_NS)
		return UART_COST_LOST;
	x16 = 16 * late_ns / f->t->jitter_ns;
	if (x16 >= 16 * 64)
		x16 = x16 < 65536 ? x16 : 65536;
	square = x16 < 16 * 64 ? x16 * x16 / 128 : UART_COST_NEVER;
	if (x16 < 16 * 2)
		return square;
	tail = (f->busy ? COST_TAIL_BUSY : COST_TAIL) + log_cost(x16);

	return square < tail ? square : tail;
}

static s32 early_cost(const struct uart_frame *f, s32 early_ns)
{
	s32 max_ns = f->t->bit_ns / EARLY_PART, x16;

	if (max_ns < EARLY_MIN_NS)
		max_ns = EARLY_MIN_NS;
	if (f->at_ns > 0)
		max_ns += f->at_ns / 1024 * f->t->drift;
	if (early_ns > max_ns)
		return UART_COST_NEVER;
	x16 = 16 * early_ns / f->t->jitter_ns;

	return x16 < 16 * 16 ? x16 * x16 / 64 : 1024;
}

/**
 * uart_read_cost() - what it costs that a bit was read
 * @f: the frame, with the observation
 * @low: the first bit that may have been read
 * @n: the bit
 * @high: the last bit that may have been read
 *
 * A handler reads the line some time after it was entered, which was some time
 * after the edge: a bit that begins within about twice a timer's latency after the
 * time stamp, in the time of interrupts, was read already.
 *
 * Context: any.
 * Return: the cost.
 */
s32 uart_read_cost(const struct uart_frame *f, u8 low, u8 n, u8 high)
{
	s32 cost = 0, ns;
	u8 i;

	for (i = low + 1; i <= high; i++) {
		ns = f->t->begin[i] - f->at_ns - 2 * f->t->latency_ns;
		if (i > n)
			ns = -ns;
		if (ns > 0)
			cost += UART_COST_READ * ns / f->t->latency_ns;
	}

	return cost;
}

/**
 * uart_charge() - an interrupt told of a change
 * @f: the frame, with the observation
 * @r: the reading
 * @late_ns: how late it was; less than 0: early
 * @phase: its time tells when bits begin
 *
 * Context: any.
 */
void uart_charge(const struct uart_frame *f, struct uart_reading *r, s32 late_ns,
		 bool phase)
{
	r->cost += late_ns < 0 ? early_cost(f, -late_ns) : uart_late_cost(f, late_ns);
	r->late |= late_ns > f->t->bit_ns / LATE_PART;
	r->lost |= late_ns > UART_LATE_MAX_NS;
	r->impossible |= r->lost || (r->late && r->glitches);
	if (!phase || late_ns > UART_LATE_MAX_NS)
		return;
	if (!r->edges || late_ns < r->least_ns)
		r->least_ns = late_ns;
	if (!r->edges || late_ns > r->most_ns)
		r->most_ns = late_ns;
	r->edges++;
}

/**
 * uart_charge_glitch() - what was observed is a glitch
 * @f: the frame, with the observation
 * @r: the reading
 * @again: it is that of the observation before
 *
 * Context: any.
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
 * uart_extend() - what the line was up to a bit that was read
 * @r: the reading
 * @first: the first bit after @r->last that differs from it; UART_BIT_COUNT: none.
 *	   Those between @first and @n may be either.
 * @n: the bit, not before @r->last
 * @level: its level
 *
 * Context: any.
 * Return: false if that cannot be; @r is of no use then.
 */
bool uart_extend(struct uart_reading *r, u8 first, u8 n, bool level)
{
	bool old = uart_level(r, r->last), is, known;
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
			r->cost += is ? 0 : UART_COST_FRAMING;
		}
		r->bits = (r->bits & ~(1 << i)) | is << i;
	}
	r->last = n;

	return true;
}

/**
 * uart_merge() - two readings have become one
 * @a: the cheaper one; its margins become those against all others
 * @b: the other one
 *
 * Context: any.
 */
void uart_merge(struct uart_reading *a, const struct uart_reading *b)
{
	u32 more = b->cost - a->cost, differ = a->bits ^ b->bits, margin;
	u8 i;

	for (i = UART_BIT_DATA; i < UART_BIT_STOP; i++) {
		margin = differ >> i & 1 ? more : more + b->margin[i];
		if (margin < a->margin[i])
			a->margin[i] = margin;
	}
	differ &= (1 << UART_BIT_STOP) - (1 << UART_BIT_DATA);
	if (!b->impossible && (differ || b->rival))
		a->rival = true;
}

/* Is what is to come the same for both? */
static bool is_same(const struct uart_reading *a, const struct uart_reading *b)
{
	return a->last == b->last && a->due == b->due && a->next == b->next &&
	       uart_level(a, a->last) == uart_level(b, b->last);
}

/**
 * uart_keep() - follow a reading beyond this observation
 * @f: the frame
 * @r: the reading
 *
 * Of those for which what is to come is the same, only the cheapest is followed.
 *
 * Context: any.
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
		return;
	}
	if (worst->cost <= r->cost) {
		f->dropped |= !r->impossible;
		return;
	}
	f->dropped |= !worst->impossible;
	*worst = *r;
}

/**
 * uart_turn() - the readings up to this observation are those up to the one before
 * @f: the frame
 *
 * Context: any.
 */
void uart_turn(struct uart_frame *f)
{
	struct uart_reading *from = f->from;
	s32 least = UART_COST_NEVER;
	u8 i;

	for (i = 0; i < f->n_to; i++)
		if (f->to[i].cost < least)
			least = f->to[i].cost;
	f->from = f->to;
	f->to = from;
	f->n = 0;
	for (i = 0; least <= f->limit && i < f->n_to; i++) {
		if (f->from[i].cost > least + COST_FAR)
			f->dropped |= !f->from[i].impossible;
		else if (f->n++ != i)
			f->from[f->n - 1] = f->from[i];
	}
	f->n_to = 0;
}
