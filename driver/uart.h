/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A UART in software: observations of a line -> bytes with margins.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 *
 * Times are ns on one monotonic clock.  A line is at 1 (mark) while it rests.  A
 * frame is a start bit of 0, eight data bits, least significant bit first, and a
 * stop bit of 1.
 */
#ifndef GNSS_GPIO_UART_H
#define GNSS_GPIO_UART_H

#include "pure.h"

/* Bits of a frame. */
#define UART_BITS		10

/* Edges that the sender's clock is found from. */
#define UART_CLOCK_EDGES	96

/* Its bits are in units of 1 / 256 ns. */
#define UART_CLOCK_UNIT		256

/* struct uart_obs.flags */
#define UART_OBS_LEVEL		0x01	/* the line was read as 1 */
#define UART_OBS_LOOK		0x02	/* a timer expired; else an edge interrupted */
#define UART_OBS_RISES		0x04	/* rising edges interrupt too */
#define UART_OBS_BUSY		0x08	/* a tick or a kick since the one before */
#define UART_OBS_LOST		0x10	/* observations before it were lost */

/**
 * struct uart_obs - what one interrupt saw
 * @at_ns: when it was taken
 * @late_ns: how long a look was overdue by then: this one, or the one that an edge
 *	     found pending; 0 if none was
 * @flags: UART_OBS_* bits
 */
struct uart_obs {
	s64 at_ns;
	u32 late_ns;
	u8 flags;
};

/*
 * struct uart_byte.flags; 0: no other reading is possible of interrupts that are no
 * later than 90 us, and of a line with a glitch now and then: the byte is good
 */
#define UART_FRAMING_ERROR	0x01	/* the stop bit was 0 */
#define UART_BREAK		0x02	/* so were all others */
#define UART_DOUBTFUL		0x04	/* another reading is possible */
#define UART_LOST_BEFORE	0x08	/* bytes before it were lost */

/* Margin of a bit that nothing speaks against. */
#define UART_SURE		255

/**
 * struct uart_byte - one received frame
 * @start_ns: when its start bit began, as an interrupt on time would see it
 * @span_ns: from then until the observation that completed it
 * @late_ns: how late its latest interrupt was, if that is less than 90 us
 * @value: the best reading of the data bits
 * @flags: UART_* bits above
 * @margin: for each data bit, how much less likely the best reading with that bit
 *	    otherwise is, in eighths of a bit of information, up to UART_SURE
 */
struct uart_byte {
	s64 start_ns;
	u32 span_ns;
	u32 late_ns;
	u8 value;
	u8 flags;
	u8 margin[8];
};

/**
 * typedef uart_byte_fn - takes one frame
 * @ctx: as given to uart_init()
 * @byte: the frame, valid during the call
 */
typedef void (*uart_byte_fn)(void *ctx, const struct uart_byte *byte);

/*
 * Bits are numbered from the stop bit of the frame before: 0 is that, 1 the start
 * bit, 2 to 9 are data, 10 is the stop bit, 11 is what follows.
 */
#define UART_BIT_START	1
#define UART_BIT_DATA	2
#define UART_BIT_STOP	10
#define UART_BIT_NEXT	11
#define UART_BIT_COUNT	12

/**
 * struct uart_timing - when bits begin, and how late interrupts are
 * @begin: when a bit begins, in ns from the begin of the start bit, as an interrupt
 *	   on time would see it
 * @bit_ns: duration of a bit
 * @jitter_ns: usual lateness of an interrupt
 * @latency_ns: how late a timer is at least
 * @order: what it costs that of two interrupts that waited the one that was due later
 *	   was taken first
 * @drift: parts in 1024 that the time since the begin may be off
 */
struct uart_timing {
	s32 begin[UART_BIT_COUNT + 1];
	s32 bit_ns;
	s32 jitter_ns;
	s32 latency_ns;
	s32 order;
	s32 drift;
};

/* Observations that wait for more; those of a frame are at most 40 or so. */
#define UART_QUEUE	512

/**
 * struct uart - a line that is being received; only the counters are for others
 * @byte: takes the frames
 * @ctx: goes with it
 * @false_starts: falls that no frame followed
 * @lost_edges: frames that need an edge that did not interrupt
 * @work_ns: until then the readings that were followed are paid for
 * @deaf_ns: observations before that are not read
 * @over_ns: the frame under way is not over before
 * @timing: bits and interrupts, as known so far
 * @bit: duration of a bit, in 1 / UART_CLOCK_UNIT ns
 * @nominal_ns: duration of a bit by the baud rate
 * @clock_known: @bit is the sender's
 * @gave_up: the clock could not be found from the first edges; frames do not wait
 * @trial: frames after a pause that may still make the clock distrusted
 * @tried: the clock was distrusted for the frame that comes next
 * @edges: entries of @edge_ns in use
 * @synced: frames need not wait to find out where they begin
 * @begin_known: where frames begin is certain
 * @steady: the sender does not pause for less than a frame
 * @edge_at_ns: the last edge in @queue
 * @quiet_ns: the line is at mark since then, as far as it is decoded
 * @begun: there was an observation
 * @before_ns: the observation before those of @queue
 * @lost: bytes were lost since the last one
 * @glitched: the frame before has a glitch
 * @broken: a break goes on
 * @chain: frames in a row that followed each other back to back
 * @misfits: grows with each frame that no reading fits
 * @next_ns: the next frame begins then if it follows back to back
 * @free_ns: no frame begins before
 * @due: an interrupt of a change in the frame before is still due
 * @due_ns: since then
 * @n: entries of @queue in use
 * @queue: observations that are not yet decoded
 * @edge_ns: edges that the clock is found from
 */
struct uart {
	uart_byte_fn byte;
	void *ctx;
	u32 false_starts;
	u32 lost_edges;
	s64 work_ns;
	s64 deaf_ns;
	s64 over_ns;
	struct uart_timing timing;
	u32 bit;
	u32 nominal_ns;
	bool clock_known;
	bool gave_up;
	u8 trial;
	bool tried;
	u8 edges;
	bool synced;
	bool begin_known;
	bool steady;
	s64 edge_at_ns;
	s64 quiet_ns;
	s64 before_ns;
	bool begun;
	bool lost;
	bool glitched;
	bool broken;
	u8 chain;
	u8 misfits;
	bool due;
	s64 due_ns;
	s64 next_ns;
	s64 free_ns;
	u16 n;
	struct uart_obs queue[UART_QUEUE];
	u32 edge_ns[UART_CLOCK_EDGES];
};

static inline bool uart_is_look(const struct uart_obs *o)
{
	return o->flags & UART_OBS_LOOK;
}

static inline bool uart_is_mark(const struct uart_obs *o)
{
	return o->flags & UART_OBS_LEVEL;
}

static inline bool uart_is_fall(const struct uart_obs *o)
{
	return !uart_is_look(o) && !uart_is_mark(o);
}

static inline s32 uart_frame_ns(const struct uart *u)
{
	return u->timing.begin[UART_BIT_NEXT];
}

void uart_init(struct uart *u, u32 baud, uart_byte_fn byte, void *ctx);
void uart_feed(struct uart *u, const struct uart_obs *obs);

#endif /* GNSS_GPIO_UART_H */
