// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first frame after a pause: where it begins, and what it is.
 */
#include "uart_first.h"
#include "uart_frame.h"

/* Only if none costs less are those readings of a first frame followed that do. */
#define FIRST_LIMIT		100

/* Edges whose latenesses differ by less are equally late. */
#define PHASE_NS		2000

/* Are interrupts so short of a bit that only one reading may be possible? */
static bool wants_proof(const struct uart *u)
{
	return u->timing.bit_ns > UART_LATE_MAX_NS;
}

static void try_begin(const struct uart *u, struct uart_first *first, s64 base_ns, s32 limit)
{
	struct uart_entry entry = { .base_ns = base_ns, .limit = limit };
	struct uart_reading r;
	u8 used;

	if (!wants_proof(u) && first->r.cost < limit)
		entry.limit = first->r.cost;
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
static bool is_enough(const struct uart *u, const struct uart_first *first)
{
	if (first->work >= UART_WORK_MAX)
		return true;

	return !wants_proof(u) && first->used && uart_is_clear(&first->r);
}

/* That the first edge was on time, and then for each other edge that it was. */
static void try_begins(const struct uart *u, struct uart_first *first, s32 limit)
{
	s64 begin_ns = u->queue[0].at_ns;
	u32 beside, back_ns;
	u64 tried = 0;
	u16 i;

	try_begin(u, first, begin_ns, limit);
	first->clear = first->used && uart_is_clear(&first->r) && first->r.edges > 1;
	if (first->clear)
		return;
	for (i = 1; i < u->n && u->queue[i].at_ns - begin_ns < uart_frame_ns(u); i++) {
		if (uart_is_look(&u->queue[i]))
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
 * uart_first_read() - read a frame after a pause
 * @u: the line, its queue not empty
 * @first: the cheapest reading, and what is known of others
 *
 * After a pause the start edge may have been late itself.  Most often some begin costs
 * little, and then it takes less work not to look for those that cost more.
 *
 * Context: any; takes 1300 bytes of stack.
 */
void uart_first_read(const struct uart *u, struct uart_first *first)
{
	first->used = 0;
	first->more = false;
	first->work = 0;
	first->r.cost = UART_COST_NEVER;
	first->sure = wants_proof(u);
	if (!wants_proof(u))
		try_begins(u, first, FIRST_LIMIT);
	if (!first->used && !first->more)
		try_begins(u, first, UART_COST_NEVER);
}
