// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where frames begin: after a pause, back to back, or amid the data.
 */
#include "uart_begin.h"

/* Falls by which the place of the start bit is clear; and so few that they say nothing. */
#define BEGIN_CLEAR		4
#define BEGIN_FALLS		8

/* Only if none costs less are those readings of a first frame followed that do. */
#define FIRST_LIMIT		100

/* Edges whose latenesses differ by less are equally late. */
#define PHASE_NS		2000

/**
 * uart_consume() - take observations from the queue
 * @u: the line
 * @n: how many, the oldest ones
 */
void uart_consume(struct uart *u, u16 n)
{
	u16 i;

	for (i = 0; i < n; i++) {
		if (!uart_is_look(&u->queue[i]) || !uart_is_mark(&u->queue[i]))
			u->quiet_ns = u->queue[i].at_ns;
		u->broken &= !uart_is_mark(&u->queue[i]);
	}
	if (n)
		u->before_ns = u->queue[n - 1].at_ns;
	u->n -= n;
	memmove(u->queue, u->queue + n, u->n * sizeof(u->queue[0]));
}

/* ---- pauses ---- */

/**
 * uart_has_paused() - was the line at mark for longer than a frame?
 * @u: the line
 * @o: before this observation of the queue
 */
bool uart_has_paused(const struct uart *u, const struct uart_obs *o)
{
	return o->at_ns - u->quiet_ns > uart_frame_ns(u) + u->timing.bit_ns / 2;
}

/**
 * uart_has_rested() - does the queue end with a line without an edge for a frame?
 * @u: the line; there is something in its queue
 */
bool uart_has_rested(const struct uart *u)
{
	const struct uart_obs *last = &u->queue[u->n - 1];

	return uart_is_look(last) && uart_is_mark(last) &&
	       last->at_ns - u->edge_at_ns > uart_frame_ns(u);
}

/**
 * uart_shows_pause() - does an observation prove that the sender pauses?
 * @u: the line
 * @o: the observation
 *
 * It does if the next frame would have begun, but a look on time finds the line at mark.
 * A look just after another interrupt proves nothing: the edge may be pending.
 */
bool uart_shows_pause(const struct uart *u, const struct uart_obs *o)
{
	s32 bit_ns = u->timing.bit_ns;

	return uart_is_look(o) && uart_is_mark(o) && o->at_ns - u->next_ns > bit_ns / 8 &&
	       (s32)o->late_ns - u->timing.latency_ns < bit_ns / 8 &&
	       o->at_ns - u->before_ns > bit_ns / 2;
}

/**
 * uart_is_chained() - is an observation of a frame that follows back to back?
 * @u: the line
 * @o: the observation
 */
bool uart_is_chained(const struct uart *u, const struct uart_obs *o)
{
	s64 late_ns = o->at_ns - u->next_ns;
	s32 bit_ns = u->timing.bit_ns;
	s32 max_ns = u->chain >= UART_CHAIN_SURE ? UART_LATE_MAX_NS : bit_ns / 2;

	/* A steady sender does not pause: whatever comes within the frame is of it. */
	if (u->steady)
		max_ns = max(max_ns, u->timing.begin[UART_BIT_STOP]);
	if (!u->chain || (uart_is_look(o) && uart_is_mark(o) && !u->due))
		return false;

	return late_ns >= -bit_ns / 8 && late_ns <= max_ns + (u->due ? bit_ns : 0);
}

/* ---- amid the data ---- */

/* So many edges in a row that are not near to where bits begin are right. */
#define BEGIN_ASTRAY		3

/*
 * The place in a frame, of ten, of an edge @ns after one at @place.  @near: it is
 * near to where a bit begins; else it is a glitch or late, or that one was.
 */
static u8 place_of(const struct uart *u, u8 place, s64 ns, bool *near)
{
	u32 beside, rest;
	u64 bits;

	bits = div_u64_rem(ns * UART_CLOCK_UNIT + u->bit / 2, u->bit, &beside);
	div_u64_rem(place + bits, UART_BITS, &rest);
	*near = beside >= u->bit / 4 && beside <= u->bit - u->bit / 4;

	return rest;
}

/**
 * uart_find_begin() - find out where frames begin, and drop what comes before
 * @u: the line; there is something in its queue
 *
 * Without a pause only the start bit tells: of the ten places of a frame it is the only
 * one where the line always falls. Digits and commas fall elsewhere, too: then it takes
 * a letter to tell. Takes 600 bytes of stack.
 */
void uart_find_begin(struct uart *u)
{
	u8 falls[UART_BITS] = {}, places[UART_QUEUE], place, last = 0, astray = 0;
	u8 best = 0, second = 0, i;
	bool near;
	s64 first_ns = u->queue[0].at_ns, last_ns = first_ns;
	u16 k;

	for (k = 0; k < u->n && uart_is_look(&u->queue[k]); k++)
		;
	if (k < u->n && uart_has_paused(u, &u->queue[k])) {
		uart_consume(u, k);
		return;
	}
	for (k = 0; k < u->n; k++) {
		const struct uart_obs *o = &u->queue[k];

		places[k] = UART_BITS;
		if (uart_is_look(o))
			continue;
		place = place_of(u, last, o->at_ns - last_ns, &near);
		if (!near && ++astray < BEGIN_ASTRAY)
			continue;
		astray = 0;
		last = place;
		last_ns = o->at_ns;
		if (uart_is_mark(o))
			continue;
		places[k] = place;
		falls[place]++;
	}
	for (i = 1; i < UART_BITS; i++)
		if (falls[i] > falls[best])
			best = i;
	for (i = 0; i < UART_BITS; i++)
		if (i != best)
			second = max(second, falls[i]);
	/* Three of four frames, and none of its rivals as often. */
	u->begin_known = 4LL * falls[best] * uart_frame_ns(u) >
			 3 * (u->queue[u->n - 1].at_ns - first_ns) &&
			 falls[best] > second + BEGIN_CLEAR;
	for (k = 0; k < u->n; k++) {
		/* So few say nothing: then the first fall is as good as any. */
		if (falls[best] < BEGIN_FALLS ? uart_is_fall(&u->queue[k]) : places[k] == best)
			break;
	}
	uart_consume(u, k);
}

/* ---- the first frame after a pause ---- */

/* Are interrupts so short of a bit that only one reading may be possible? */
static bool wants_proof(const struct uart *u)
{
	return u->timing.bit_ns > UART_LATE_MAX_NS;
}

static void try_begin(const struct uart *u, struct uart_found *first, s64 base_ns, s32 limit)
{
	struct uart_entry entry = { .base_ns = base_ns, .limit = limit };
	struct uart_reading r;
	u8 used;

	if (base_ns < u->free_ns)
		return;
	if (!wants_proof(u))
		entry.limit = min(limit, first->r.cost);
	used = uart_frame_read(&u->timing, &entry, u->queue, u->n, &r, &first->work);
	first->more |= !used;
	if (!used || r.cost >= UART_COST_NEVER)
		return;
	if (first->used && !r.impossible && r.bits != first->r.bits)
		first->sure = false;
	if (!first->used || r.cost < first->r.cost) {
		first->r = r;
		first->base_ns = base_ns;
		first->used = used;
	}
}

/* A clear reading is as good as any, unless others matter, too. */
static bool is_enough(const struct uart *u, const struct uart_found *first)
{
	return first->work >= UART_WORK_MAX ||
	       (!wants_proof(u) && first->used && uart_is_clear(&first->r));
}

/*
 * When the first edge interrupted.  A look reads the line a little later than it is taken,
 * and then sees an edge that interrupts just after it.
 */
static s64 first_edge_ns(const struct uart *u)
{
	const struct uart_obs *o = u->queue;

	if (uart_is_look(o) && u->n > 1 && uart_is_fall(o + 1) &&
	    o[1].at_ns - o->at_ns < uart_latest_read(&u->timing))
		o++;

	return o->at_ns;
}

/* That the first edge was on time, and then for each other edge that it was. */
static void try_begins(const struct uart *u, struct uart_found *first, s32 limit)
{
	s64 begin_ns = first_edge_ns(u);
	u32 beside, back_ns;
	u64 tried = 0;
	u16 i;

	try_begin(u, first, begin_ns, limit);
	first->clear = first->used && uart_is_clear(&first->r) && first->r.edges > 1;
	if (first->clear)
		return;
	for (i = 1; i < u->n && u->queue[i].at_ns - begin_ns < uart_frame_ns(u); i++) {
		if (uart_is_look(&u->queue[i]) || u->queue[i].at_ns <= begin_ns)
			continue;
		div_u64_rem((u->queue[i].at_ns - begin_ns) * UART_CLOCK_UNIT, u->bit, &beside);
		back_ns = (u->bit - beside) / UART_CLOCK_UNIT;
		/* Once for all edges that are equally late. */
		if (back_ns > UART_LATE_MAX_NS || tried >> back_ns / PHASE_NS & 1)
			continue;
		tried |= 1ULL << back_ns / PHASE_NS;
		for (; back_ns <= UART_LATE_MAX_NS && !is_enough(u, first);
		     back_ns += u->timing.bit_ns)
			try_begin(u, first, begin_ns - back_ns, limit);
	}
}

/**
 * uart_read_first() - read the frame that begins with the queue
 * @u: the line
 * @first: what was found
 *
 * After a pause the start edge may have been late itself. Most often some begin costs
 * little, and then it takes less work not to look for those that cost more. Takes 1300
 * bytes of stack.
 */
void uart_read_first(const struct uart *u, struct uart_found *first)
{
	*first = (struct uart_found){
		.r.cost = UART_COST_NEVER,
		.sure = wants_proof(u),
	};
	if (!wants_proof(u))
		try_begins(u, first, FIRST_LIMIT);
	if (!first->used && !first->more)
		try_begins(u, first, UART_COST_NEVER);
}
