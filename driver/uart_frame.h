/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One frame: what a line was, bit by bit, as its observations tell.
 *
 * A reading says what the line was.  It costs what the observations are unlikely in
 * it: how late interrupts were, and glitches.  Costs are in eighths of a bit of
 * information: a reading that costs 8 more is half as likely.
 *
 * Times are ns from the begin of the start bit.  Pure, as uart.h.
 */
#ifndef GNSS_GPIO_UART_FRAME_H
#define GNSS_GPIO_UART_FRAME_H

#include "uart.h"

/* No interrupt is later than this: what needs one is not possible. */
#define UART_LATE_MAX_NS	90000

/* No reading fits. */
#define UART_COST_NEVER		1000000

/* An interrupt is later than UART_LATE_MAX_NS, or never came. */
#define UART_COST_LOST		300

/* A glitch. */
#define UART_COST_GLITCH	200

/* Readings that are kept at a time. */
#define UART_READINGS		8

/**
 * struct uart_reading - what the line was, up to an observation
 * @cost: what it costs
 * @due_ns: an interrupt has been due since then, with @due
 * @least_ns: least lateness of the edges that tell of the phase
 * @most_ns: most lateness of them
 * @glitch_ns: when the last glitch was seen first, with @glitches
 * @bits: bit i is the level of bit i of the frame
 * @last: the last bit that is known
 * @edges: edges that tell of the phase
 * @glitches: glitches in it
 * @due: a change was seen, and its interrupt has not come yet
 * @late: an interrupt was later than usual
 * @lost: an interrupt never came
 * @impossible: it needs an interrupt later than UART_LATE_MAX_NS, a long glitch, or
 *		a glitch and a late interrupt
 * @rival: another reading, of other data, is possible
 * @framing: the stop bit is 0
 * @next: the last interrupt told of the start bit of the next frame
 * @margin: for each bit, what the best reading with that bit otherwise costs more
 */
struct uart_reading {
	s32 cost;
	s32 due_ns;
	s32 least_ns;
	s32 most_ns;
	s32 glitch_ns;
	u16 bits;
	u8 last;
	u8 edges;
	u8 glitches;
	bool due;
	bool late;
	bool lost;
	bool impossible;
	bool rival;
	bool framing;
	bool next;
	u8 margin[UART_BIT_COUNT];
};

/**
 * struct uart_frame - a frame that is being read, and one of its observations
 * @t: its timing
 * @at_ns: time of the observation
 * @before_ns: time of the one before it
 * @after_ns: time of the one after it
 * @late_ns: how long a look was overdue by then
 * @read_cost: what it costs that the bit in question was read
 * @limit: readings that cost more than this are of no use
 * @level: the level that was read
 * @look: it was a look
 * @rises: rising edges interrupt
 * @busy: interrupts may be late for a known reason
 * @dropped: a reading that was possible is no longer followed
 * @work: grows with each reading that may be followed
 * @n: entries of @from in use
 * @n_to: entries of @to in use
 * @from: readings up to the observation before
 * @to: readings up to this one
 * @table: where they are
 */
struct uart_frame {
	const struct uart_timing *t;
	s32 at_ns;
	s32 before_ns;
	s32 after_ns;
	s32 late_ns;
	s32 read_cost;
	s32 limit;
	bool level;
	bool look;
	bool rises;
	bool busy;
	bool dropped;
	u32 *work;
	u8 n;
	u8 n_to;
	struct uart_reading *from;
	struct uart_reading *to;
	struct uart_reading table[2][UART_READINGS];
};

/**
 * struct uart_entry - how a frame begins
 * @base_ns: when its start bit begins, as an interrupt on time would see it
 * @due_ns: with @due, since when
 * @pause: what it costs that the next frame does not follow back to back
 * @limit: readings that cost more than this are of no use
 * @due: an interrupt of a change before its first observation is still due
 */
struct uart_entry {
	s64 base_ns;
	s32 due_ns;
	s32 pause;
	s32 limit;
	bool due;
};

static inline bool uart_level(const struct uart_reading *r, u8 bit)
{
	return r->bits >> bit & 1;
}

/* The level of the last bit that is known. */
static inline bool uart_last(const struct uart_reading *r)
{
	return uart_level(r, r->last);
}

/* A bit that begins later than this after an interrupt was not read by it. */
static inline s32 uart_latest_read(const struct uart_timing *t)
{
	return 2 * t->latency_ns + 3600;
}

/* uart_frame.c: from observation to observation */
u8 uart_frame_read(const struct uart_timing *t, const struct uart_entry *entry,
		   const struct uart_obs *obs, u16 n, struct uart_reading *best,
		   u32 *work);

/* uart_reading.c: what readings cost, and the few that are kept */
s32 uart_late_cost(const struct uart_frame *f, s32 late_ns);
s32 uart_read_cost(const struct uart_frame *f, u8 low, u8 n, u8 high);
void uart_charge(const struct uart_frame *f, struct uart_reading *r, s32 late_ns,
		 bool phase);
void uart_charge_more(const struct uart_frame *f, struct uart_reading *r, s32 more_ns);
void uart_charge_glitch(const struct uart_frame *f, struct uart_reading *r, bool again);
bool uart_extend(struct uart_reading *r, u8 first, u8 n, bool level);
void uart_merge(struct uart_reading *r, const struct uart_reading *other);
void uart_keep(struct uart_frame *f, const struct uart_reading *r);
void uart_turn(struct uart_frame *f);

#endif /* GNSS_GPIO_UART_FRAME_H */
