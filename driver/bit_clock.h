/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a bit of the sender is, from the times of edges alone.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 */
#ifndef GNSS_GPIO_BIT_CLOCK_H
#define GNSS_GPIO_BIT_CLOCK_H

#include "pure.h"

/* Bits as short as an interrupt: it takes long until a clock tells itself. */
#define BIT_CLOCK_FAST_NS	20000

/* Clocks that are tried at a time, the nominal one in the middle. */
#define BIT_CLOCK_TRIED		19

/**
 * struct bit_clock - a sender's clock that is being found out
 * @nominal_ns: duration of a bit by the baud rate
 * @centre_ns: that of the clock in the middle
 * @step_ns: 1/1024 ns by which the clocks that are tried differ
 * @best_ns: the one that fits best so far
 * @fine: not the first pass, but one that looks nearer to it
 * @known: @best_ns is within 0.3 % of the sender's
 * @n: edges that were taken in this pass
 * @anchor_ns: the edge that the ones after it are counted from
 * @misfit_ns: of each clock: how far the edges are from where a bit begins
 */
struct bit_clock {
	u32 nominal_ns;
	u32 centre_ns;
	u32 step_ns;
	u32 best_ns;
	bool fine;
	bool known;
	u16 n;
	s64 anchor_ns;
	u32 misfit_ns[BIT_CLOCK_TRIED];
};

void bit_clock_init(struct bit_clock *c, u32 nominal_ns);
void bit_clock_edge(struct bit_clock *c, s64 now_ns);

#endif /* GNSS_GPIO_BIT_CLOCK_H */
