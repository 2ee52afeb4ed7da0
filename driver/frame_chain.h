/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UART frames (8N1): what a frame tells of those that follow.  For frame.c.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 */
#ifndef GNSS_GPIO_FRAME_CHAIN_H
#define GNSS_GPIO_FRAME_CHAIN_H

#include "frame.h"

static inline s64 frame_later(s64 a, s64 b)
{
	return a > b ? a : b;
}

static inline s64 frame_earlier(s64 a, s64 b)
{
	return a < b ? a : b;
}

/*
 * Where an interrupt takes a good part of a bit, nothing can be told of a frame
 * whose sender's clock may be any.
 */
#define FRAME_CHAIN_FAST_NS	50000

/* Is it read by a clock that may be wrong? */
static inline bool frame_chain_is_guessed(const struct frame_sampler *s)
{
	return s->nominal_ns < FRAME_CHAIN_FAST_NS && !s->learned;
}

bool frame_chain_is_fast(const struct frame_sampler *s);
s32 frame_chain_lead_ns(const struct frame_sampler *s);
void frame_chain_init(struct frame_sampler *s, s64 now_ns);
void frame_chain_edge(struct frame_sampler *s, s64 edge_ns);
bool frame_chain_trusted(const struct frame_sampler *s);
void frame_chain_unsync(struct frame_sampler *s);
void frame_chain_mark(struct frame_sampler *s, s64 from_ns, s64 to_ns);
void frame_chain_start(struct frame_sampler *s, int level, s64 edge_ns,
		       s64 read_ns);
void frame_chain_solved(struct frame_sampler *s);
void frame_chain_misfit(struct frame_sampler *s, s32 first_ns, s32 last_ns);

#endif /* GNSS_GPIO_FRAME_CHAIN_H */
