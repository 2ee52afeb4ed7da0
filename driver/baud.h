/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rate of a sender of NMEA 0183, from its pulses and sentences.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
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
 * struct baud - a search for the rate
 * @rate: number of the rate in use
 * @other: number of the rate that was tried last although pulses spoke for another
 * @found: a sentence has confirmed @rate
 * @in_vain: @rate was tried
 * @guessed: @rate is what pulses spoke for
 * @proof: of @rate, by sentences
 * @doubt: of @rate once it was found, by lack of sentences
 * @pulses: times between edges since @seen and @fit were looked at
 * @seen: for each rate, how many of these times were short enough to tell
 * @fit: of @seen, how many are a whole number of bits
 * @edges: with @rate since the last sentence; stops where patience ends
 * @since_ns: since when @rate is in use
 * @edge_ns: the last edge
 */
struct baud {
	u8 rate, other;
	bool found, in_vain, guessed;
	u8 proof, doubt;
	u8 pulses;
	u16 seen[BAUD_RATES], fit[BAUD_RATES];
	u16 edges;
	s64 since_ns, edge_ns;
};

void baud_init(struct baud *b, u32 baud, s64 now_ns);
u32 baud_rate(const struct baud *b);
u32 baud_found(const struct baud *b);
bool baud_edge(struct baud *b, s64 now_ns, bool both);
bool baud_sentence(struct baud *b, s64 start_ns, bool sure);

#endif /* GNSS_GPIO_BAUD_H */
