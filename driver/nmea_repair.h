/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: the most likely text of a sentence with unsure bits.
 */
#ifndef GNSS_GPIO_NMEA_REPAIR_H
#define GNSS_GPIO_NMEA_REPAIR_H

#include "nmea_line.h"

/*
 * Costs are in eighths of a bit of information.  A text is taken if it costs less
 * than this, and if all others that cost up to so much more were tried, and none
 * of them can have been sent.
 *
 * Of 180 recorded sentences each, intact and altered: at 115200 baud and interrupts
 * up to 30 us late a rival of 32 gives 140 and 2, 40: 133 and 0, 48: 128 and 0; up
 * to 80 us late 68 and 6, 58 and 1, 54 and 1.  At 57600 baud and 80 us it is 160
 * and 0 with each of them.  Where what is not kept is no rival, 40 gives 136 and 1,
 * 67 and 1 at 115200 baud.
 */
#define NMEA_REPAIR_COST	400
#define NMEA_REPAIR_RIVAL	40

/*
 * Sets of other values that are tried, and texts with the right checksum whose
 * fields are looked at.  With 200, 300 and 400 tries 127, 131 and 131 sentences
 * are intact at 57600 baud, engine timer and 80 us.
 */
#define NMEA_REPAIR_TRIES	300
#define NMEA_REPAIR_TEXTS	12

/*
 * Other values that are kept: the cheapest of the sentence.  With 20 it is 130 and
 * 48 sentences at 115200 baud, with 28 133 and 58.
 */
#define NMEA_REPAIR_VALUES	28

/* Unsure bits of a byte that are combined: its least sure ones. */
#define NMEA_REPAIR_BITS	6

/*
 * Values of all unsure bytes that are looked at.  No sentence of the traces that
 * was repaired had more than 409.
 */
#define NMEA_REPAIR_WAYS	600

/**
 * struct nmea_value - a value of a byte that is not its cheapest one
 * @at: where the byte is in nmea_line.text
 * @cost: what it costs more
 * @flips: the bits in which it differs
 * @effect: what it does to the difference of the two checksums
 */
struct nmea_value {
	u16 at;
	u16 cost;
	u8 flips;
	u8 effect;
};

/**
 * struct nmea_search - working memory of nmea_repair()
 * @line: the sentence; each byte has its cheapest value
 * @value: the cheapest other values, in order of their costs
 * @clash: for each @value, the set of those of the same byte
 * @values: entries of @value that are in use
 * @decoded: the type is one that is decoded
 * @wrong: exclusive or of both checksums
 * @limit: highest cost of interest
 * @known: all texts of this cost and less are sets of @value
 * @taken: the first text found that can have been sent
 * @found: how many there are
 * @texts: how many had the right checksum
 * @malformed: the text is right as received, but breaks the format
 * @left: entries of @heap that are in use
 * @heap: sets to be tried, the cheapest on top: cost and set
 * @all_ways: sum of @ways of all bytes so far
 * @ways: entries of @flips and @cost that are in use
 * @flips: other values of one byte
 * @cost: what each of them costs
 */
struct nmea_search {
	struct nmea_line *line;
	struct nmea_value value[NMEA_REPAIR_VALUES];
	u32 clash[NMEA_REPAIR_VALUES];
	u8 values;
	bool decoded;
	u8 wrong;
	u16 limit;
	u16 known;
	u32 taken;
	u8 found;
	u8 texts;
	bool malformed;
	u16 left;
	u64 heap[NMEA_REPAIR_TRIES + 1];
	u16 all_ways;
	u8 ways;
	u8 flips[1 << NMEA_REPAIR_BITS];
	u16 cost[1 << NMEA_REPAIR_BITS];
};

enum nmea_verdict nmea_repair(struct nmea_search *s, struct nmea_line *line,
			      enum nmea_verdict received);

#endif /* GNSS_GPIO_NMEA_REPAIR_H */
