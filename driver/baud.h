/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rate of a sender of NMEA 0183, from its pulses and sentences.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 *
 * Times are ns on one monotonic clock.
 *
 * The time between two edges is a whole number of bits, but for how late each
 * was seen.  So the rate is the slowest one whose bits most of these times are
 * multiples of.  Where an interrupt takes longer than a bit they tell little;
 * that is why a rate counts as found only when a sentence was received with it,
 * and why others are tried when none is.
 */
#ifndef GNSS_GPIO_BAUD_H
#define GNSS_GPIO_BAUD_H

#include "pure.h"

/* 4800, 9600, 19200, 38400, 57600, 115200, 230400 */
#define BAUD_RATES	7

/**
 * struct baud_tally - how well a rate fits
 * @seen: times between edges that are short enough to tell
 * @fit: those that are a whole number of bits
 */
struct baud_tally {
	u8 seen;
	u8 fit;
};

/**
 * struct baud - a search for the rate
 * @rate: number of the rate in use
 * @found: a sentence has confirmed it
 * @tried: rates that were tried in vain, a bit each; the one in use is among them
 *	   unless no pulses were seen yet
 * @best: number of the rate that pulses speak for
 * @again: @best has had its second chance
 * @proof: of the rate in use, by sentences
 * @doubt: of the rate that was found, by lack of them
 * @pulses: times between edges in @tally
 * @edges: since the rate is in use or, if later, since the last sentence; stops
 *	   where patience ends
 * @since_ns: since when the rate is in use
 * @edge_ns: the last edge
 * @tally: of the latest pulses, for each rate
 */
struct baud {
	u8 rate;
	bool found;
	u8 tried;
	u8 best;
	bool again;
	u8 proof;
	u8 doubt;
	u8 pulses;
	u16 edges;
	s64 since_ns;
	s64 edge_ns;
	struct baud_tally tally[BAUD_RATES];
};

void baud_init(struct baud *b, u32 baud, s64 now_ns);
u32 baud_rate(const struct baud *b);
u32 baud_found(const struct baud *b);
bool baud_edge(struct baud *b, s64 now_ns, bool both);
bool baud_sentence(struct baud *b, s64 start_ns, bool sure);

#endif /* GNSS_GPIO_BAUD_H */
