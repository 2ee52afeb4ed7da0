/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UART frames (8N1): observations of the line -> a byte and its worth.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 *
 * Times are ns on one monotonic clock, levels are logical: 1 is mark (idle,
 * stop bit), 0 is space (start bit, break).
 *
 * The sampler sees falling edges and asks for one look at the line a bit.  All of
 * them come late, never early, so each look is wanted as soon as the bit has
 * begun for certain; only that of the stop bit comes as late as it can, as mark
 * tells that the next frame has not begun.  What counts is when the line was
 * read.  Of each bit it is known between which instants it begins: from the
 * start edge, from the frame before, from edges and looks in the frame.
 *
 * A frame is good if there is no other reading of it, given that
 *  - no interrupt is later than FRAME_LATE_NS,
 *  - the sender's clock is off by 4.2 % at most, and once it is known to 0.6 %
 *    does not leave that,
 *  - a look shows the level of the bit, not that of a glitch, unless it is nearer
 *    than 1/32 of a bit to an edge,
 *  - a frame in which a glitch makes an edge has no look that waited for anything
 *    but interrupts of this line, and its start edge is no later than a quarter of
 *    a bit; where bits are shorter than half of FRAME_LATE_NS it may have, but it
 *    has no glitch that its looks do not contradict,
 *  - a sender does not pause for less than a quarter of a bit after each frame,
 *    which would seem to be a slow clock,
 *  - after some frames back to back, and where the line was not seen to be mark
 *    since, a start edge that is later than expected, but by less than
 *    FRAME_LATE_NS, is a late one,
 *  - where bits are shorter than half of FRAME_LATE_NS, a start edge that is
 *    expected and comes on time is no more than half a bit later than a timer's
 *    interrupt at least is.
 * Above 19200 baud none is good until the sender's clock is known, which takes
 * some 80 bytes; and none at all at more than 38400 baud: interrupts take a good
 * part of a bit.
 *
 * A start bit is known to be one after a pause as long as a frame, after a frame
 * of which that is known, or when nothing else could be the start bit of all
 * the frames that followed each other; until then frames are doubtful.  So is
 * one after a pause if a late edge and one on time make different bytes of it:
 * at 9600 baud and more hardly any is good whose sender pauses after each byte.
 *
 * A frame that is not good is doubtful.  Bits that may be wrong are told as
 * unsure; if there are none, any may be.
 */
#ifndef GNSS_GPIO_FRAME_H
#define GNSS_GPIO_FRAME_H

#include "bit_clock.h"
#include "frame_solve.h"
#include "pure.h"

/* "No look is wanted", and long before any instant. */
#define FRAME_NEVER		((s64)(~0ULL >> 1))
#define FRAME_LONG_AGO		(-((s64)1 << 62))

/* Bits too short for the times of interrupts to prove anything: none is good. */
#define FRAME_PROOF_BIT_NS	24000

/* struct frame_byte.flags */
#define FRAME_FRAMING_ERROR	0x01	/* the stop bit was not mark */
#define FRAME_BREAK		0x02	/* all ten bits were space */
#define FRAME_DOUBTFUL		0x04	/* another reading is possible */
#define FRAME_LOST_BEFORE	0x08	/* bytes before it were lost */

/**
 * struct frame_byte - one received frame
 * @start_ns: when its start bit was seen
 * @span_ns: from then until it was complete
 * @value: the data bits; best reading if @flags is not 0
 * @flags: FRAME_* flags; 0 for a good byte
 * @unsure: bits of @value that may be wrong; 0 also if it is not known which
 * @remote: other bits of @value that hardly are, but rather than those of most bytes
 */
struct frame_byte {
	s64 start_ns;
	u32 span_ns;
	u8 value;
	u8 flags;
	u8 unsure;
	u8 remote;
};

/**
 * enum frame_verdict - what an observation led to
 * @FRAME_MORE: the frame goes on
 * @FRAME_FALSE_START: no start bit after all; the sampler is idle
 * @FRAME_COMPLETE: a byte came out; the next frame may have begun
 */
enum frame_verdict {
	FRAME_MORE,
	FRAME_FALSE_START,
	FRAME_COMPLETE,
};

/**
 * struct frame_sampler - a line that is sampled bit by bit
 * @nominal_ns: duration of a bit by the baud rate
 * @latency_ns: what an interrupt takes at least
 * @line: what was seen of the frame under way, counted from @base_ns
 * @base_ns: start edge of this frame, as seen
 * @fell_ns: the last falling edge, as seen
 * @start_min_ns: not before this it fell, by its start edge alone
 * @start_max_ns: and not after this
 * @end_min_ns: no frame begins before this
 * @end_max_ns: the next one begins until then if it follows back to back
 * @mark_ns: the last frame was over, or in its stop bit, and the line was mark: it
 *	     was read after this
 * @mark_end_ns: and before this
 * @data_until_ns: an edge until then may be one of the frame before
 * @due_ns: when to sample, or FRAME_NEVER
 * @clock: finds out the sender's clock
 * @chain_first_ns: the first of the frames that the clock is learned from does
 *		    not begin before this
 * @chain_last_ns: and not after this
 * @chain: how many have followed it
 * @next: number of the bit to sample next
 * @trust: how sure it is that frames follow back to back
 * @misfits: grows with each frame of which no reading was possible
 * @other_starts: falling edges of the frame that may be the true start edge
 * @busy: a frame is under way
 * @follows: it may follow the one before back to back
 * @prompt: it does, as its start edge shows
 * @vague: its start edge may be none
 * @presumed: so many frames are doubtful, as a start edge was taken for a late one
 * @last_look: the stop bit was not to be seen: it is tried once more
 * @rises: rising edges interrupt, too
 * @synced: what begins after the frame before does so with a start bit
 * @learned: the sender's clock is known
 */
struct frame_sampler {
	u32 nominal_ns;
	u32 latency_ns;
	struct frame_solve line;
	s64 base_ns;
	s64 fell_ns;
	s64 start_min_ns;
	s64 start_max_ns;
	s64 end_min_ns;
	s64 end_max_ns;
	s64 mark_ns;
	s64 mark_end_ns;
	s64 data_until_ns;
	s64 due_ns;
	struct bit_clock clock;
	s64 chain_first_ns;
	s64 chain_last_ns;
	u8 chain;
	u8 next;
	u8 trust;
	u8 misfits;
	u16 other_starts;
	bool busy;
	bool follows;
	bool prompt;
	bool vague;
	u8 presumed;
	bool last_look;
	bool rises;
	bool synced;
	bool learned;
};

/**
 * struct frame_handover - what one decoder of a line tells the one after it
 * @clock: the sender's clock, known or being found out
 * @latency_ns: what an interrupt takes at least
 * @synced: what begins next does so with a start bit
 * @trust: how many frames in a row followed back to back, as far as it counts
 * @next_min_ns: no frame begins before this
 * @next_ns: the next one is seen to begin about then if it follows back to back
 */
struct frame_handover {
	struct bit_clock clock;
	u32 latency_ns;
	bool synced;
	u8 trust;
	s64 next_min_ns;
	s64 next_ns;
};

u32 frame_bit_ns(u32 baud);

void frame_sampler_init(struct frame_sampler *s, u32 baud, s64 now_ns);
s64 frame_due(const struct frame_sampler *s);
void frame_expect_rises(struct frame_sampler *s, bool on);
enum frame_verdict frame_sample(struct frame_sampler *s, int level,
				s64 from_ns, s64 to_ns,
				struct frame_byte *byte);
enum frame_verdict frame_fell(struct frame_sampler *s, int level, s64 edge_ns,
			      s64 read_ns, struct frame_byte *byte);
void frame_hand_over(const struct frame_sampler *s, struct frame_handover *h);
void frame_take_over(struct frame_sampler *s, const struct frame_handover *h);

#endif /* GNSS_GPIO_FRAME_H */
