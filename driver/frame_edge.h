/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UART frames (8N1) from edges: when the line changed -> a byte and its worth.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 *
 * Times are ns on one monotonic clock, levels are logical: 1 is mark (idle,
 * stop bit), 0 is space (start bit, break).
 *
 * An interrupt is late, never early.  So an edge that was seen within a bit
 * began that bit, or an earlier one that is not known to have passed without an
 * edge: what was seen before it tells, as interrupts were on then.  Where bits
 * are shorter than an interrupt may be late, the decoder asks to look at the
 * line in the middle of each bit that no edge begins.
 *
 * A frame is good if there is no other reading of it, given that
 *  - no interrupt is later than FRAME_LATE_NS,
 *  - each edge interrupts, be it as one with others,
 *  - the sender's clock, once it is known, keeps to that within 0.6 %,
 *  - a glitch is shorter than an eighth of a bit, and its end does not interrupt
 *    just when a later bit begins, nor that of another glitch in its place,
 *  - of the first frame after a pause, its start edge or any other one was seen
 *    on time.
 * Until the sender's clock is known, which takes some 25 bytes, and until it is
 * known which edge begins a frame, which a pause tells, none is good; nor is any
 * at more than 38400 baud, where interrupts take a good part of a bit.
 *
 * A frame that is not good is doubtful.  Bits that may be wrong are told as
 * unsure; if there are none, another reading is possible, but unlikely.  Those that
 * are wrong only if interrupts came in an odd order or, where they take half a bit,
 * if one was later than most, are told as remote.
 */
#ifndef GNSS_GPIO_FRAME_EDGE_H
#define GNSS_GPIO_FRAME_EDGE_H

#include "bit_clock.h"
#include "frame.h"

/* A look or an edge for each bit, and some glitches. */
#define FRAME_EDGE_SEEN_MAX	20

/**
 * struct frame_edge_seen - one observation
 * @at_ns: when, counted from the begin of the frame; what an interrupt takes at
 *	   least is subtracted
 * @late_ns: how late it came, beyond what it takes at least; of an edge, that it
 *	     probably was as late at least
 * @level: what the line showed then
 * @edge: an edge had it looked at
 * @disturbed: the machine had other things to do at that time
 */
struct frame_edge_seen {
	s32 at_ns;
	s32 late_ns;
	u8 level;
	bool edge;
	bool disturbed;
};

/**
 * struct frame_edge - a line that is decoded from its edges
 * @nominal_ns: duration of a bit by the baud rate
 * @bit_ns: duration of a bit as the sender has it
 * @latency_ns: what an interrupt takes at least
 * @likely_ns: lateness that is likely: the latest of late and some more
 * @looks: look at the line in each bit that no edge begins
 * @busy: a frame is under way
 * @low: break or framing error: wait for mark
 * @pending: a look saw a change whose edge has not interrupted yet
 * @chained: the frame follows the one before back to back
 * @synced: no other bit than the start bit can be it
 * @excluded: bits that cannot be the start bit, as the line did not fall there
 * @misfits: grows with each start or stop bit that was not where it should be
 * @trust: how many frames in a row did
 * @late_starts: grows with each start edge that was half a bit late and more
 * @learned: the sender's clock is known
 * @chain: frames in a row from which it is learned
 * @chain_ns: start edge of the first of them, as seen
 * @clock: finds it out
 * @errors: framing errors, or frames that parted, since frames held
 * @start_ns: begin of this frame
 * @next_ns: begin of the next one if it follows back to back
 * @hold_ns: no frame begins before this
 * @mark_ns: the line was mark then, with no frame under way
 * @held_up: interrupts were off when the next frame was to begin
 * @disturbed_ns: the machine was seen to do something else, where that matters
 * @due_ns: when to look, or FRAME_NEVER
 * @n: observations
 * @seen: the observations
 */
struct frame_edge {
	u32 nominal_ns;
	u32 bit_ns;
	u32 latency_ns;
	u32 likely_ns;
	bool looks;
	bool busy;
	bool low;
	bool pending;
	bool chained;
	bool synced;
	u16 excluded;
	u8 misfits;
	u8 trust;
	u8 late_starts;
	bool learned;
	u8 chain;
	s64 chain_ns;
	struct bit_clock clock;
	u8 errors;
	s64 start_ns;
	s64 next_ns;
	s64 hold_ns;
	s64 mark_ns;
	bool held_up;
	s64 disturbed_ns;
	s64 due_ns;
	u8 n;
	struct frame_edge_seen seen[FRAME_EDGE_SEEN_MAX];
};

/* Where an interrupt takes half a bit, one less counts. */
#define FRAME_EDGE_FAST_NS	12000

/* Does an interrupt take a good part of a bit? */
static inline bool frame_edge_is_fast(const struct frame_edge *d)
{
	return d->nominal_ns < FRAME_EDGE_FAST_NS;
}

/* Are bits long enough for the times of interrupts to prove anything? */
static inline bool frame_edge_can_prove(const struct frame_edge *d)
{
	return d->nominal_ns >= FRAME_PROOF_BIT_NS;
}

void frame_edge_init(struct frame_edge *d, u32 baud, s64 now_ns);
void frame_edge_disturbed(struct frame_edge *d, s64 now_ns);
s64 frame_edge_due(const struct frame_edge *d);
enum frame_verdict frame_edge_irq(struct frame_edge *d, int level, s64 now_ns,
				  struct frame_byte *byte);
enum frame_verdict frame_edge_look(struct frame_edge *d, int level, s64 now_ns,
				   struct frame_byte *byte);
void frame_edge_hand_over(const struct frame_edge *d,
			  struct frame_handover *h);
void frame_edge_take_over(struct frame_edge *d,
			  const struct frame_handover *h);

#endif /* GNSS_GPIO_FRAME_EDGE_H */
