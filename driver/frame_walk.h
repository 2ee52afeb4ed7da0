/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the observations of a frame allow to be read from them.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 */
#ifndef GNSS_GPIO_FRAME_WALK_H
#define GNSS_GPIO_FRAME_WALK_H

#include "frame_edge.h"

/*
 * Part of a bit that an edge may seem too early besides, as a divisor; and the
 * least, as an interrupt that waited for another one takes less time.
 */
#define EARLY_PART		16
#define EARLY_MIN_NS		1800

/* Part of a bit from which on a pulse is no glitch, as a divisor. */
#define GLITCH_PART		4

#define DATA_BITS		0x1fe
#define STOP_BIT		0x200

/**
 * struct walk - through the observations of a frame
 * @levels: of the bits, bit 0 is the start bit
 * @likely: bits that a likely lateness would make wrong
 * @possible: bits that a possible lateness would make wrong
 * @odd: the same, if interrupts also came in an odd order
 * @remote: the same, where interrupts take half a bit, if one was later than most
 * @seen_ns: the last observation
 * @bit: which bit it was in
 * @level: what it showed
 * @vague: that may have been a glitch
 * @disturbed: its interrupt may have had to wait for something
 * @edges: edges so far, the start edge not counted
 * @least_ns: the least lateness of an edge, below 0 if it seems too early
 * @most_ns: the greatest one
 * @other: another phase of the frame explains its edges as well
 */
struct walk {
	u16 levels;
	u16 likely;
	u16 possible;
	u16 odd;
	u16 remote;
	s32 seen_ns;
	s32 bit;
	u8 level;
	bool vague;
	bool disturbed;
	u8 edges;
	s32 least_ns;
	s32 most_ns;
	bool other;
};

s32 frame_walk_early_ns(const struct frame_edge *d, s32 at_ns);
s32 frame_walk_bit(const struct frame_edge *d, s32 at_ns);
s32 frame_walk(const struct frame_edge *d, struct walk *w);

#endif /* GNSS_GPIO_FRAME_WALK_H */
