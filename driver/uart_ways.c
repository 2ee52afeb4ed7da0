// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ways on from a reading to the next observation.
 *
 * Between two observations the level at both is known, and the line can only have
 * changed where a bit begins.  All changes between them come as one interrupt,
 * which is late by what it comes after the first of them.
 */
#include "uart_ways.h"

/* May bit @n have begun after the handler of this observation was entered? */
static bool is_open(const struct uart_frame *f, u8 n)
{
	return f->t->begin[n] > f->at_ns + f->t->latency_ns / 2;
}

/*
 * The change to the bit that was read may have come after the handler was entered:
 * then it interrupts again.  @first is the first change, @margin that of the bit
 * before the one that was read, which must differ from it.
 */
static void keep_open(struct uart_frame *f, struct uart_reading *r, u8 first, u8 margin)
{
	u8 n = r->last, before = n - 1;

	if (!n || !is_open(f, n) || !(f->rises || !uart_level(r, n)))
		return;
	if (uart_level(r, before) == uart_level(r, n)) {
		if (before <= first || before == UART_BIT_START || before == UART_BIT_STOP)
			return;
		r->bits ^= 1 << before;
		r->margin[before] = margin;
	}
	r->due = true;
	r->due_ns = f->t->begin[n];
	uart_keep(f, r);
}

/*
 * A look was overdue when the edge came.  Interrupt controllers (GIC, bcm283x, APIC)
 * take the timer first, so the edge was there before the look was due, and what held
 * up both is known.  The other order costs more.
 */
static void charge_edge(const struct uart_frame *f, struct uart_reading *r, s32 late_ns)
{
	if (f->late_ns <= f->t->bit_ns / 8) {
		uart_charge(f, r, late_ns, true);
	} else if (late_ns >= f->late_ns) {
		uart_charge(f, r, late_ns - f->late_ns, false);
	} else {
		r->cost += UART_COST_ORDER;
		uart_charge(f, r, late_ns, true);
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

/* Only falls interrupt: the line has risen, at some bit, before it fell at @first. */
static void fall_from(struct uart_frame *f, const struct uart_reading *from, u8 first,
		      u8 n)
{
	struct uart_reading r = *from;

	if (first - 1 == UART_BIT_START)
		return;
	while (r.last < first - 2) {
		r.margin[++r.last] = 0;
		r.rival = true;
	}
	r.last = first - 1;
	r.bits |= 1 << r.last;
	edge_from(f, &r, first, n);
}

static void edge_to(struct uart_frame *f, const struct uart_reading *from, u8 n)
{
	bool tells = f->rises || uart_level(from, from->last);
	u8 first;

	for (first = from->last + 1; first <= n; first++) {
		if (from->due || tells)
			edge_from(f, from, first, n);
		else if (first > from->last + 1)
			fall_from(f, from, first, n);
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
	bool tells = f->rises || uart_level(from, from->last);
	s32 due_ns = f->at_ns - f->late_ns, begin_ns;
	struct uart_reading r = *from;

	if (!uart_extend(&r, first, n, f->level))
		return;
	r.cost += f->read_cost;
	/* A rise does not interrupt, but the fall after it does. */
	if (!tells && first < n && !f->level) {
		first++;
		tells = true;
	}
	if (!r.due && first <= n && tells) {
		begin_ns = f->t->begin[first];
		if (begin_ns < due_ns)
			uart_charge(f, &r, due_ns - begin_ns, false);
		r.due = true;
		r.due_ns = begin_ns > f->at_ns ? begin_ns : f->at_ns;
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
	if (uart_level(from, from->last) == f->level)
		look_from(f, from, UART_BIT_COUNT, n);
	for (first = from->last + 1; first <= n; first++)
		look_from(f, from, first, n);
}

/* The line has risen, which did not interrupt, before the glitch. */
static void glitch_after_rise(struct uart_frame *f, const struct uart_reading *from, u8 n)
{
	struct uart_reading r;
	u8 first;

	for (first = from->last + 1; first <= n; first++) {
		r = *from;
		if (!uart_extend(&r, first, n, true))
			continue;
		uart_charge_glitch(f, &r, false);
		uart_keep(f, &r);
	}
}

/* The interrupt is that of bit @n, but a glitch hid its level. */
static void glitch_on_edge(struct uart_frame *f, const struct uart_reading *from, u8 n)
{
	bool old = uart_level(from, from->last);
	struct uart_reading r = *from;

	if (f->look || r.due || n == r.last || f->level != old || !(f->rises || old) ||
	    !uart_extend(&r, n, n, !old))
		return;
	uart_charge(f, &r, f->at_ns - f->t->begin[n], false);
	uart_charge_glitch(f, &r, false);
	r.next = n == UART_BIT_NEXT;
	uart_keep(f, &r);
}

/* What interrupted, or what a look saw, was a glitch. */
static void glitch_to(struct uart_frame *f, const struct uart_reading *from, u8 n)
{
	bool again = from->glitches && f->at_ns - from->glitch_ns < f->t->bit_ns / 2;
	bool old = uart_level(from, from->last);
	struct uart_reading r = *from;

	/* Where only falls interrupt, a line at 0 is at 0 again by then. */
	if ((f->look || f->rises || old || !f->level) &&
	    uart_extend(&r, UART_BIT_COUNT, n, old)) {
		uart_charge_glitch(f, &r, again);
		uart_keep(f, &r);
	}
	if (again)
		return;
	if (!f->rises && !old)
		glitch_after_rise(f, from, n);
	glitch_on_edge(f, from, n);
}

/**
 * uart_ways() - follow all readings to this observation
 * @f: the frame, with the observation
 * @low: the first bit that may have been read
 * @high: the last bit that may have been read
 * @glitches: try glitches, too
 *
 * Context: any.
 */
void uart_ways(struct uart_frame *f, u8 low, u8 high, bool glitches)
{
	const struct uart_reading *r;
	u8 n;

	for (r = f->from; r < f->from + f->n; r++) {
		for (n = low > r->last ? low : r->last; n <= high; n++) {
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
