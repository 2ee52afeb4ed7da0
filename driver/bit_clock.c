// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a bit of the sender is, from the times of edges alone.
 *
 * No frame has to be understood for that: whatever is sent, edges are whole bits
 * apart.  A clock that is wrong puts them beside, the more the farther apart
 * they are, so the first pass takes neighbours, which no clock within 4.5 % can
 * be wrong about by half a bit, and the next ones those up to 40 bits apart.
 */
#include "bit_clock.h"

#define MIDDLE			(BIT_CLOCK_TRIED / 2)

/* Steps of the clocks that are tried, in parts of a bit. */
#define ROUGH_STEP_PART		200
#define FINE_STEP_PART		800

/* Bits from the anchor that an edge may be away. */
#define ROUGH_BITS		9
#define FINE_BITS		40

/* Edges that a pass takes. */
#define ROUGH_EDGES		48
#define ROUGH_EDGES_FAST	192
#define FINE_EDGES		96

/* Edges are nearer to where bits begin than this part of a bit, on average. */
#define FIT_PART		6

/* No sender is farther from the nominal clock, as a part of it. */
#define OFF_PART		22

/* Two passes in a row that agree within so small a part have found it. */
#define AGREED_PART		256

/* A bit's part in favour of the nominal clock, for each step beside it. */
#define PREJUDICE_PART		64

static u32 clock_ns(const struct bit_clock *c, unsigned int i)
{
	return c->centre_ns +
	       ((s32)i - MIDDLE) * (s32)c->step_ns / 1024;
}

static bool agree(u32 a_ns, u32 b_ns, u32 part)
{
	return (a_ns < b_ns ? b_ns - a_ns : a_ns - b_ns) <= a_ns / part;
}

static u32 edges_of_pass(const struct bit_clock *c)
{
	if (c->fine)
		return FINE_EDGES;

	return c->nominal_ns < BIT_CLOCK_FAST_NS ? ROUGH_EDGES_FAST : ROUGH_EDGES;
}

static void start_pass(struct bit_clock *c, u32 centre_ns, bool fine)
{
	u32 part = fine ? FINE_STEP_PART : ROUGH_STEP_PART;
	unsigned int i;

	c->centre_ns = centre_ns;
	c->step_ns = centre_ns * 8 / part * 128;
	c->fine = fine;
	c->n = 0;
	c->anchor_ns = 0;
	for (i = 0; i < BIT_CLOCK_TRIED; i++)
		c->misfit_ns[i] = fine ? 0 : centre_ns / PREJUDICE_PART *
			(i < MIDDLE ? MIDDLE - i : i - MIDDLE);
}

/**
 * bit_clock_init() - nothing is known but what the rate says
 * @c: the clock
 * @nominal_ns: duration of a bit by the baud rate, 1000..10000000 ns
 *
 * Context: any; nothing else may use @c meanwhile.
 */
void bit_clock_init(struct bit_clock *c, u32 nominal_ns)
{
	c->nominal_ns = nominal_ns;
	c->best_ns = nominal_ns;
	c->known = false;
	start_pass(c, nominal_ns, false);
}

static u32 misfit(u32 distance_ns, u32 bit_ns)
{
	u32 beside_ns = distance_ns % bit_ns;

	return beside_ns < bit_ns - beside_ns ? beside_ns : bit_ns - beside_ns;
}

/* @part_ns of twice @whole_ns. */
static u32 part_of_step(const struct bit_clock *c, u32 part_ns, u32 whole_ns)
{
	return div_u64((u64)(c->step_ns / 1024) * part_ns, 2 * whole_ns);
}

static u32 least_misfit(const struct bit_clock *c)
{
	u32 least_ns = c->misfit_ns[0];
	unsigned int i;

	for (i = 1; i < BIT_CLOCK_TRIED; i++)
		if (c->misfit_ns[i] < least_ns)
			least_ns = c->misfit_ns[i];

	return least_ns;
}

/* Between the best one and the better of its neighbours, as in a parabola. */
static u32 best_clock(const struct bit_clock *c)
{
	const u32 *m = c->misfit_ns;
	unsigned int best = MIDDLE, i;
	u32 left_ns, right_ns;

	for (i = 0; i < BIT_CLOCK_TRIED; i++)
		if (m[i] < m[best])
			best = i;
	if (!best || best == BIT_CLOCK_TRIED - 1)
		return clock_ns(c, best);

	left_ns = m[best - 1] - m[best];
	right_ns = m[best + 1] - m[best];
	/* At a V, as misfits make it, the bottom is nearer to the lower arm. */
	if (left_ns < right_ns)
		return clock_ns(c, best) - part_of_step(c, right_ns - left_ns,
							right_ns);
	if (right_ns < left_ns)
		return clock_ns(c, best) + part_of_step(c, left_ns - right_ns,
							left_ns);

	return clock_ns(c, best);
}

/**
 * bit_clock_edge() - an edge was seen
 * @c: the clock, not yet known
 * @now_ns: when
 *
 * Context: any, hard IRQ too: some twenty divisions of 32 bits.
 */
void bit_clock_edge(struct bit_clock *c, s64 now_ns)
{
	u32 reach_ns = (c->fine ? FINE_BITS : ROUGH_BITS) * c->centre_ns +
		       c->centre_ns / 2;
	s64 distance_ns = now_ns - c->anchor_ns;
	unsigned int i;

	if (distance_ns > reach_ns) {
		c->anchor_ns = now_ns;
		return;
	}
	for (i = 0; i < BIT_CLOCK_TRIED; i++)
		c->misfit_ns[i] += misfit(distance_ns, clock_ns(c, i));
	if (!c->fine)
		c->anchor_ns = now_ns;
	c->best_ns = best_clock(c);
	if (++c->n < edges_of_pass(c))
		return;

	if (!agree(c->nominal_ns, c->best_ns, OFF_PART)) {
		bit_clock_init(c, c->nominal_ns);
		return;
	}
	c->known = c->fine && agree(c->centre_ns, c->best_ns, AGREED_PART) &&
		   least_misfit(c) < c->n * (c->best_ns / FIT_PART);
	start_pass(c, c->best_ns, true);
}
