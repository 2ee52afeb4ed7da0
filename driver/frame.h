/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UART frames (8N1): observations of the line -> a byte and its worth.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 *
 * Times are ns on one monotonic clock, levels are logical: 1 is mark (idle,
 * stop bit), 0 is space (start bit, break).
 */
#ifndef GNSS_GPIO_FRAME_H
#define GNSS_GPIO_FRAME_H

#include "pure.h"

/* One start bit, eight data bits, one stop bit. */
#define FRAME_BITS		10
#define FRAME_STOP_BIT		(FRAME_BITS - 1)

/* struct frame_byte.flags */
#define FRAME_FRAMING_ERROR	0x01	/* the stop bit was not mark */
#define FRAME_BREAK		0x02	/* all ten bits were space */
#define FRAME_DOUBTFUL		0x04	/* a bit was seen too late */
#define FRAME_LOST_BEFORE	0x08	/* bytes before it were lost */

/**
 * struct frame_byte - one received frame
 * @start_ns: when its start bit was seen
 * @span_ns: from then until it was complete
 * @value: the data bits; best reading if @flags is not 0
 * @flags: FRAME_* flags; 0 for a good byte
 * @unsure: bits of @value that may be wrong; 0 also if it is not known which
 */
struct frame_byte {
	s64 start_ns;
	u32 span_ns;
	u8 value;
	u8 flags;
	u8 unsure;
};

/**
 * enum frame_verdict - what an observation led to
 * @FRAME_MORE: the frame goes on
 * @FRAME_FALSE_START: no start bit after all; the sampler is idle
 * @FRAME_COMPLETE: a byte came out; the sampler is idle
 */
enum frame_verdict {
	FRAME_MORE,
	FRAME_FALSE_START,
	FRAME_COMPLETE,
};

/**
 * struct frame_sampler - a frame that is sampled bit by bit
 * @bit_ns: duration of a bit
 * @latency_ns: how late every interrupt is
 * @aim_ns: how long after a bit's begin its sample is asked for
 * @start_ns: when the start edge was seen, corrected by later edges
 * @base_ns: the same, not corrected: edges within a frame of a fast sender move
 *	     @start_ns too far for the frame that follows
 * @frame_ns: from one start bit to the next back to back, as learned
 * @chain_ns: start edge of the first of the frames that it is learned from
 * @chain: how many have followed it
 * @samples: the bits seen so far, bit 0 is the start bit
 * @trust: how sure it is that the next frame follows back to back
 * @next: number of the bit to sample next; FRAME_BITS for a last look
 * @busy: a frame is under way
 * @late: a sample came more than half a bit after it was due
 */
struct frame_sampler {
	u32 bit_ns;
	u32 latency_ns;
	u32 aim_ns;
	s64 start_ns;
	s64 base_ns;
	u32 frame_ns;
	s64 chain_ns;
	u8 chain;
	u8 trust;
	u16 samples;
	u8 next;
	bool busy;
	bool late;
};

u32 frame_bit_ns(u32 baud);

void frame_sampler_init(struct frame_sampler *s, u32 baud);
void frame_start(struct frame_sampler *s, s64 edge_ns);
s64 frame_due(const struct frame_sampler *s);
enum frame_verdict frame_sample(struct frame_sampler *s, int level, s64 now_ns,
				struct frame_byte *byte);
void frame_edge(struct frame_sampler *s, s64 edge_ns);
bool frame_is_next_start(const struct frame_sampler *s, s64 edge_ns);
void frame_finish(struct frame_sampler *s, s64 now_ns, struct frame_byte *byte);

#endif /* GNSS_GPIO_FRAME_H */
