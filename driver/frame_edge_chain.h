/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UART frames (8N1) from edges: what a frame tells of those that follow.  For
 * frame_edge.c.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 */
#ifndef GNSS_GPIO_FRAME_EDGE_CHAIN_H
#define GNSS_GPIO_FRAME_EDGE_CHAIN_H

#include "frame_walk.h"

/* Frames back to back that show that the sender makes no pauses. */
#define FRAME_EDGE_TRUSTED	4

void frame_edge_chain_init(struct frame_edge *d, s64 now_ns);
void frame_edge_chain_edge(struct frame_edge *d, s64 now_ns);
void frame_edge_chain_late(struct frame_edge *d, s32 late_ns);
bool frame_edge_chain_trusted(const struct frame_edge *d);
bool frame_edge_chain_expect(struct frame_edge *d, s64 now_ns);
void frame_edge_chain_start(struct frame_edge *d, s64 now_ns);
void frame_edge_chain_misfit(struct frame_edge *d);
void frame_edge_chain_walked(struct frame_edge *d, const struct walk *w,
			     s32 shift_ns);
bool frame_edge_chain_held(struct frame_edge *d);
void frame_edge_chain_broke(struct frame_edge *d, s64 now_ns);

#endif /* GNSS_GPIO_FRAME_EDGE_CHAIN_H */
