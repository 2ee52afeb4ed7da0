// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of the sender's clock, and of how late interrupts are.
 */
#include "uart_sender.h"

/*
 * Usual lateness of an interrupt: half the spread of a frame's edges, averaged over
 * 16 frames, within these parts of a bit.
 */
#define JITTER_PART_MAX		16
#define JITTER_PART_MIN		128
#define JITTER_MIN_NS		100
#define JITTER_FRAMES		16

/* A frame whose spread is so many usual latenesses tells no more than that. */
#define JITTER_SPREAD_MAX	4

/* Latency of a timer: first guess, and by what part each look changes it. */
#define LATENCY_NS		2000
#define LATENCY_PART		16

/* Drift of the time since a frame's begin, in parts of 1024. */
#define DRIFT_KNOWN		6
#define DRIFT_UNKNOWN		15

/* The clock takes this part of each correction of the phase, per bit. */
#define CLOCK_PART		32

/* Edges that the clock needs when the line rests before there are more. */
#define CLOCK_EDGES_MIN		24

static void set_bit_length(struct uart *u, u32 bit)
{
	struct uart_timing *t = &u->timing;
	u8 i;

	u->bit = bit;
	t->bit_ns = bit / UART_CLOCK_UNIT;
	/* The stop bit of the frame before has begun, whenever that was. */
	t->begin[0] = -1000000000;
	for (i = UART_BIT_START; i < UART_BIT_COUNT; i++)
		t->begin[i] = (u64)bit * (i - UART_BIT_START) / UART_CLOCK_UNIT;
}

/**
 * uart_note_edge() - remember an edge to find the clock from
 * @u: the line, its clock not known
 * @o: an observation; looks are left out
 *
 * Context: any.
 */
void uart_note_edge(struct uart *u, const struct uart_obs *o)
{
	if (!uart_is_look(o) && u->edges < UART_CLOCK_EDGES)
		u->edge_ns[u->edges++] = o->at_ns;
}

/**
 * uart_distrust_clock() - the sender's clock may have changed
 * @u: the line
 *
 * What is in the queue waits until the clock is found from it and what follows.
 *
 * Context: any.
 */
void uart_distrust_clock(struct uart *u)
{
	u16 i;

	u->clock_known = false;
	u->gave_up = false;
	u->edges = 0;
	for (i = 0; i < u->n; i++)
		uart_note_edge(u, &u->queue[i]);
	u->timing.drift = DRIFT_UNKNOWN;
	u->trial = 0;
	u->tried = true;
	u->misfits = 0;
}

/**
 * uart_forget_clock() - nothing is known of the clock but the rate
 * @u: the line
 *
 * Context: any.
 */
void uart_forget_clock(struct uart *u)
{
	set_bit_length(u, u->nominal_ns * UART_CLOCK_UNIT);
	u->timing.jitter_ns = u->timing.bit_ns / JITTER_PART_MAX;
	uart_distrust_clock(u);
}

/**
 * uart_find_clock() - try to find the clock from the edges so far
 * @u: the line
 *
 * If it fails with as many edges as there may be, it is tried again with the next
 * ones, but frames wait no longer.
 *
 * Context: any; see uart_clock_find().
 */
void uart_find_clock(struct uart *u)
{
	u32 bit;

	if (u->edges < (u->gave_up ? UART_CLOCK_EDGES : CLOCK_EDGES_MIN))
		return;
	if (uart_clock_find(u->edge_ns, u->edges, u->nominal_ns, &bit)) {
		set_bit_length(u, bit);
		u->clock_known = true;
		u->timing.drift = DRIFT_KNOWN;
	} else if (u->edges == UART_CLOCK_EDGES) {
		/* Try again with the next ones, but let frames wait no longer. */
		u->gave_up = true;
		u->edges = 0;
	}
}

/**
 * uart_follow_latency() - a timer has expired: follow the median of its lateness
 * @t: the timing
 * @late_ns: how late it was
 *
 * Context: any.
 */
void uart_follow_latency(struct uart_timing *t, s32 late_ns)
{
	s32 step_ns = t->latency_ns / LATENCY_PART;

	t->latency_ns += late_ns > t->latency_ns ? step_ns : -step_ns;
}

/**
 * uart_follow_jitter() - a frame tells how late interrupts usually are
 * @t: the timing
 * @spread_ns: half the difference of its latest and its earliest edge
 *
 * Context: any.
 */
void uart_follow_jitter(struct uart_timing *t, s32 spread_ns)
{
	s32 least_ns = t->bit_ns / JITTER_PART_MIN, most_ns = t->bit_ns / JITTER_PART_MAX;

	if (least_ns < JITTER_MIN_NS)
		least_ns = JITTER_MIN_NS;
	if (spread_ns > JITTER_SPREAD_MAX * t->jitter_ns)
		spread_ns = JITTER_SPREAD_MAX * t->jitter_ns;
	t->jitter_ns += (spread_ns - t->jitter_ns) / JITTER_FRAMES;
	if (t->jitter_ns < least_ns)
		t->jitter_ns = least_ns;
	if (t->jitter_ns > most_ns)
		t->jitter_ns = most_ns;
}

/**
 * uart_follow_phase() - a frame tells when the next one begins
 * @u: the line
 * @r: the reading of the frame
 * @base_ns: when it was expected to begin
 * @follow: it came back to back, so that its phase tells of the clock, too
 *
 * Interrupts are late, not early: an edge that is early tells more of the phase than
 * those that are late, unless all of them are.
 *
 * Context: any.
 */
void uart_follow_phase(struct uart *u, const struct uart_reading *r, s64 base_ns,
		       bool follow)
{
	s32 bit_ns = u->timing.bit_ns, shift_ns = r->edges ? r->least_ns : 0;

	if (shift_ns < 0)
		shift_ns /= 2;
	else if (r->edges < 3 || shift_ns <= bit_ns / 4)
		shift_ns /= 8;
	u->next_ns = base_ns + uart_frame_ns(u) + shift_ns;
	if (follow && u->clock_known &&
	    shift_ns < bit_ns / 16 && shift_ns > -bit_ns / 16)
		set_bit_length(u, u->bit + shift_ns * UART_CLOCK_UNIT / UART_BITS / CLOCK_PART);
}

/**
 * uart_sender_init() - nothing is known but the rate
 * @u: the line
 * @baud: bits per second, 300..230400
 *
 * Context: any.
 */
void uart_sender_init(struct uart *u, u32 baud)
{
	u->nominal_ns = (1000000000 + baud / 2) / baud;
	u->timing.latency_ns = LATENCY_NS;
	uart_forget_clock(u);
}
