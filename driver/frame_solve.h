/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can have been sent, given what was seen of a frame.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 *
 * Of each bit it is known between which instants it began; of each look at the
 * line, between which instants it was; of each falling edge, that it was seen at
 * most FRAME_LATE_NS late and never early.  A reading of the frame is possible if
 * no look contradicts it, if each falling edge that it has was seen, and if
 * each that was seen is one of its own, where several that had to wait are seen
 * as one.
 *
 * Beyond that, edges of glitches that no look saw may be among those seen; see
 * frame_solve_doubt().
 */
#ifndef GNSS_GPIO_FRAME_SOLVE_H
#define GNSS_GPIO_FRAME_SOLVE_H

#include "pure.h"

/* One start bit, eight data bits, one stop bit. */
#define FRAME_BITS		10
#define FRAME_STOP_BIT		(FRAME_BITS - 1)

/* No interrupt is later. */
#define FRAME_LATE_NS		90000

/* A look for each bit, two at the end, and one with each edge. */
#define FRAME_LOOKS_MAX		20

/* A frame has five. */
#define FRAME_FALLS_MAX		6

/**
 * struct frame_range - bits that a look may have been in
 * @first: the first one
 * @last: the last one; FRAME_BITS stands for all that follows the frame
 */
struct frame_range {
	u8 first;
	u8 last;
};

/**
 * struct frame_look - the line was read
 * @from_ns: not before this
 * @to_ns: not after this
 * @range: which bits that may have been, by what was known then
 * @level: what it showed
 * @with_edge: right after a falling edge, so that it may be that of a glitch
 */
struct frame_look {
	s32 from_ns;
	s32 to_ns;
	struct frame_range range;
	u8 level;
	bool with_edge;
};

/**
 * struct frame_solve - what is known of a frame; all times are ns from any one
 *			instant
 * @bit_min_ns: least duration of a bit
 * @bit_max_ns: greatest duration of a bit
 * @rough: bits are too short for that: edges are taken to be on time
 * @guard_ns: a look so near to an edge may show either level
 * @start_min_ns: the frame does not begin before this if one of its edges is
 *		  that of a glitch
 * @start_max_ns: and not after this
 * @first_ns: the bit does not begin before this; the last one is the next frame
 * @last_ns: the bit does not begin after this
 * @looks: the looks
 * @falls: when falling edges were seen, the start edge first
 * @n_looks: of @looks
 * @n_falls: of @falls
 * @crowded: there were more
 * @late: a look was later than where there are glitches
 * @stop_low: the stop bit is known to be space
 * @foreign: the first edge may be none of the frame
 * @pending: an edge of the frame may not have been seen yet
 * @past_end: the last edge may be that of the next frame
 * @can: bits that can be space, and bits that can be mark
 * @doubt: bits that are not as @can says if an edge is that of a glitch
 */
struct frame_solve {
	s32 bit_min_ns;
	s32 bit_max_ns;
	bool rough;
	s32 guard_ns;
	s32 start_min_ns;
	s32 start_max_ns;
	s32 first_ns[FRAME_BITS + 1];
	s32 last_ns[FRAME_BITS + 1];
	struct frame_look looks[FRAME_LOOKS_MAX];
	s32 falls[FRAME_FALLS_MAX];
	u8 n_looks;
	u8 n_falls;
	bool crowded;
	bool late;
	bool stop_low;
	bool foreign;
	bool pending;
	bool past_end;
	u16 can[2];
	u16 doubt;
};

void frame_solve_begin(struct frame_solve *f, s32 first_ns, s32 last_ns);
struct frame_range frame_solve_look(struct frame_solve *f, int level,
				    s32 from_ns, s32 to_ns, bool with_edge);
void frame_solve_fall(struct frame_solve *f, s32 at_ns);
bool frame_solve(struct frame_solve *f, s32 now_ns);
u16 frame_solve_best(const struct frame_solve *f);
bool frame_solve_looks_tell_all(const struct frame_solve *f);
void frame_solve_doubt(struct frame_solve *f, s32 now_ns);

#endif /* GNSS_GPIO_FRAME_SOLVE_H */
