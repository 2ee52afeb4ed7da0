// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of the sender's clock, and of how late interrupts are.
 *
 * The clock is found from the times of edges alone.  No frame has to be understood
 * for that: whatever is sent, edges are whole bits apart.  With a wrong clock they
 * are not, the less the farther apart they are.  So the first pass takes edges next
 * to each other, which no clock within 5.5 % can be wrong about by half a bit, and
 * each next pass those farther apart, and clocks nearer to the one that was best.
 */
#include "uart_sender.h"

/* ---- the duration of a bit, from edges ---- */

/* Clocks that are tried in a pass, to each side of the middle. */
#define TRIED		11

/* Distances that are taken in a pass, in bits, and its steps, in parts of a bit. */
struct pass {
	u16 bits;
	u16 step_part;
};

/* From edge to edge, then beyond frames, in case the sender does not pause. */
static const struct pass near_passes[] = { { 8, 200 }, { 9, 1600 } };
static const struct pass far_passes[] = { { 40, 800 }, { 160, 3200 } };

/*
 * Edges are nearer to where bits begin than this part of a bit, on average.  Of a sender
 * that pauses for half a bit, 6 takes a clock that is 5.5 % off, if only falls are seen;
 * so does half the prejudice below (test_uart).
 */
#define FIT_PART	7

/*
 * Beyond frames they fit by no more than this part of a bit worse, unless the sender pauses
 * for parts of a bit: 1 / 60 worse at most in traces of the lab without pauses, 1 / 45 and
 * more with pauses of up to 1 / 8 bit (test_uart).
 */
#define FAR_PART	48

/*
 * The same where a bit is so short that edges next to each other hold each other up, and
 * tell less than those farther apart: up to 1 % at 115200 baud (lab, 2 ns an instruction).
 */
#define SHORT_BIT_NS	10000
#define SHORT_FAR_PART	9

/* A part of a bit in favour of the middle, for each edge and step beside it. */
#define PREJUDICE_PART	1024

/*
 * How far an edge @ns after another is from whole bits.  Thousands of these are taken to
 * find a clock, so it is by @inverse, 2^32 by the ns of a bit: a 64-bit division takes a
 * 32-bit processor ten times as long.
 */
static u32 beside_bits(u32 ns, u32 bit, u32 inverse)
{
	/* At most one too many, as the ns are rounded down, and @inverse up. */
	u32 bits = (u64)ns * inverse >> 32;
	s32 beside = ns * UART_CLOCK_UNIT - bits * bit;

	if (beside < 0)
		beside += bit;

	return min((u32)beside, bit - beside);
}

/* How far edges up to @reach_ns apart are from whole bits, on average. */
static u32 misfit_of(const u32 *edge_ns, u32 n, u32 bit, u32 reach_ns)
{
	u32 bit_ns = bit / UART_CLOCK_UNIT, inverse = ~0U / bit_ns + 1;
	bool within_frames = reach_ns < bit_ns * UART_BITS;
	u32 anchor_ns = edge_ns[0], taken = 0, i;
	u64 sum = 0;

	for (i = 1; i < n; i++) {
		u32 distance_ns = edge_ns[i] - anchor_ns;

		if (distance_ns <= reach_ns) {
			sum += beside_bits(distance_ns, bit, inverse);
			taken++;
		}
		/* Within frames it is from edge to edge. */
		if (distance_ns > reach_ns || within_frames)
			anchor_ns = edge_ns[i];
	}

	return taken ? div_u64(sum, taken) : bit / 2;
}

static u32 run_pass(const struct pass *pass, const u32 *edge_ns, u32 n, u32 middle,
		    u32 *least)
{
	u32 reach_ns = ((u64)middle * pass->bits + middle / 2) / UART_CLOCK_UNIT;
	u32 step = middle / pass->step_part, best = middle, found;
	s32 i;

	*least = ~0U;
	for (i = -TRIED; i <= TRIED; i++) {
		found = misfit_of(edge_ns, n, middle + i * step, reach_ns) +
			max(i, -i) * (middle / PREJUDICE_PART);
		if (found < *least) {
			*least = found;
			best = middle + i * step;
		}
	}

	return best;
}

/* Returns false if edges are not so near to whole bits that @bit can be relied on. */
static bool find_bit_length(const u32 *edge_ns, u32 n, u32 nominal_ns, u32 *bit)
{
	u32 found, near, far, i;

	*bit = nominal_ns * UART_CLOCK_UNIT;
	for (i = 0; i < ARRAY_SIZE(near_passes); i++) {
		*bit = run_pass(&near_passes[i], edge_ns, n, *bit, &near);
		if (near > *bit / FIT_PART)
			return false;
	}
	found = *bit;
	for (i = 0; i < ARRAY_SIZE(far_passes); i++)
		found = run_pass(&far_passes[i], edge_ns, n, found, &far);
	if (far <= near + *bit / (nominal_ns < SHORT_BIT_NS ? SHORT_FAR_PART : FAR_PART))
		*bit = found;

	return true;
}

/* ---- the clock ---- */

/* Edges that the clock needs when the line rests before there are more. */
#define CLOCK_EDGES_MIN		24

/* Drift of the time since a frame's begin, in parts of 1024. */
#define DRIFT_KNOWN		6
#define DRIFT_UNKNOWN		15

/*
 * 16 instead, and more of the first bytes ever are wrong where interrupts are late; 8, and
 * bytes of senders that pause for less than that are (test_uart, test_uart_faults).
 */
#define PAUSE_PART		12

/* The clock takes this part of each correction of the phase, per bit. */
#define CLOCK_PART		32

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

/*
 * Which of two interrupts that wait is taken first?  Controllers of interrupts (GIC, bcm283x,
 * APIC) take the timer's, whichever was due first; then that a look comes before an edge
 * tells nothing.  But an edge that comes before a look that is overdue tells that this
 * machine takes what is due first, as the lab's does: another order costs this much then, 1
 * less with each late look.
 *
 * Of 6000 sentences each in the host model (engine edge, 38400 baud, windows of up to 80 us),
 * timer first, in 100 right and altered: 75.0 3.1 if it always costs 120, 86.3 0.05 so.  The
 * lab's order: 86.9 0.02 if it costs 0, 92.5 0 with 60, 97.6 0.02 with 120 and with 250.
 */
#define ORDER_COST		120

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
 * uart_note_edge() - while the clock is not known: an edge to find it from
 * @u: the line
 * @o: an observation; looks are left out
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
 */
void uart_forget_clock(struct uart *u)
{
	set_bit_length(u, u->nominal_ns * UART_CLOCK_UNIT);
	u->timing.jitter_ns = u->timing.bit_ns / JITTER_PART_MAX;
	uart_distrust_clock(u);
}

/**
 * uart_find_clock() - try to find the clock from the edges so far
 * @u: the line; @u->clock_known tells whether it was found
 *
 * Takes some 9000 divisions for 96 edges. If it fails with as many edges as there may be,
 * it is tried again with the next ones, but frames wait no longer.
 */
void uart_find_clock(struct uart *u)
{
	u32 bit;

	if (u->edges < (u->gave_up ? UART_CLOCK_EDGES : CLOCK_EDGES_MIN))
		return;
	if (find_bit_length(u->edge_ns, u->edges, u->nominal_ns, &bit)) {
		set_bit_length(u, bit);
		u->clock_known = true;
		u->timing.drift = DRIFT_KNOWN;
	} else if (u->edges == UART_CLOCK_EDGES) {
		u->gave_up = true;
		u->edges = 0;
	}
}

/* ---- how late interrupts are, and the phase ---- */

/**
 * uart_follow_latency() - a look was overdue: follow the median of its lateness, and the
 *			   order in which interrupts are taken
 * @t: what is known of interrupts
 * @o: that look, or an edge that came before it
 */
void uart_follow_latency(struct uart_timing *t, const struct uart_obs *o)
{
	s32 late_ns = o->late_ns, step_ns = t->latency_ns / LATENCY_PART;
	bool late = late_ns > 2 * t->latency_ns;

	if (uart_is_look(o)) {
		t->latency_ns += late_ns > t->latency_ns ? step_ns : -step_ns;
		t->order -= late && t->order;
	} else if (late) {
		t->order = ORDER_COST;
	}
}

/* A frame tells how late interrupts usually are. */
static void follow_jitter(struct uart_timing *t, const struct uart_reading *r)
{
	s32 spread_ns = min((r->most_ns - r->least_ns) / 2, JITTER_SPREAD_MAX * t->jitter_ns);
	s32 least_ns = max(t->bit_ns / JITTER_PART_MIN, JITTER_MIN_NS);

	t->jitter_ns += (spread_ns - t->jitter_ns) / JITTER_FRAMES;
	t->jitter_ns = min(max(t->jitter_ns, least_ns), t->bit_ns / JITTER_PART_MAX);
}

/**
 * uart_follow() - a frame tells when the next one begins
 * @u: the line
 * @r: the frame
 * @base_ns: when it was expected
 * @follow: it came back to back, so it tells of the clock, too
 *
 * Interrupts are late, not early: an edge that is early tells more of the phase than those
 * that are late.  If all edges of a frame are late by PAUSE_PART of a bit, the sender has
 * paused.
 */
void uart_follow(struct uart *u, const struct uart_reading *r, s64 base_ns, bool follow)
{
	s32 bit_ns = u->timing.bit_ns, shift_ns = r->edges ? r->least_ns : 0;

	if (shift_ns < 0)
		shift_ns /= 2;
	else if (r->edges < 3 || shift_ns <= bit_ns / PAUSE_PART)
		shift_ns = min(shift_ns, bit_ns / PAUSE_PART) / 8;
	u->next_ns = base_ns + uart_frame_ns(u) + shift_ns;
	if (follow && u->clock_known &&
	    shift_ns < bit_ns / 16 && shift_ns > -bit_ns / 16)
		set_bit_length(u, u->bit + shift_ns * UART_CLOCK_UNIT / UART_BITS / CLOCK_PART);
	if (r->edges > 1)
		follow_jitter(&u->timing, r);
}

/**
 * uart_sender_init() - nothing is known but the rate
 * @u: the line
 * @baud: bits per second, 300..230400
 */
void uart_sender_init(struct uart *u, u32 baud)
{
	u->nominal_ns = (1000000000 + baud / 2) / baud;
	u->timing.latency_ns = LATENCY_NS;
	uart_forget_clock(u);
}
