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
 * Of 12000 sentences each in the host model of the lab (engine edge, 115200 baud, windows
 * of up to 30 / 80 us, with ticks), right and altered: with a rival of 40 10278 125 / 4771
 * 177, 56: 9729 82 / 4173 98, 64: 9447 60 / 3901 81, 72: 9135 44 / 3583 46.  Each sentence
 * less that is altered costs ten.  At most one in 100 that were sent may be, in a draw of
 * 300, too: that is 64.  A lower cost costs as many: with 56 and 200, 9399 80 / 3842 71.
 */
#define NMEA_REPAIR_COST	400
#define NMEA_REPAIR_RIVAL	64

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
 * @cost: what it costs more
 * @unsure: the byte: its number in nmea_line.unsure
 * @flips: the bits in which it differs from the cheapest one
 * @effect: what it does to the difference of the two checksums
 */
struct nmea_value {
	u16 cost;
	u8 unsure;
	u8 flips;
	u8 effect;
};

/**
 * struct nmea_node - an entry of a queue
 * @what: a set of values; or one value: its number in nmea_line.unsure, and the
 *	  bits in which it differs
 * @next: the next one of the same cost, 0: none
 * @effect: what the set does to the difference of the two checksums
 */
struct nmea_node {
	u32 what;
	u16 next;
	u8 effect;
};

/**
 * struct nmea_search - working memory of nmea_repair()
 * @line: the sentence; each byte has its cheapest value
 * @value: the cheapest other values, in order of their costs
 * @of: the set of the values of each unsure byte
 * @values: entries of @value that are in use
 * @decoded: the type is one that is decoded
 * @found: texts found that can have been sent
 * @texts: texts found with the right checksum
 * @malformed: the text is right as received, but breaks the format
 * @limit: highest cost of interest
 * @known: all texts of this cost and less are sets of @value
 * @most: highest cost of sets that are tried
 * @dearest: values are kept if they cost less
 * @ways: values looked at so far
 * @taken: the first text found that can have been sent
 * @way: other values of one byte: cost and flips
 * @nodes: entries of @node that are in use, from 1 on
 * @first: for each cost the first entry of the queue, 0: none
 * @node: first the values, then the sets to be tried; none is used twice
 */
struct nmea_search {
	struct nmea_line *line;
	struct nmea_value value[NMEA_REPAIR_VALUES];
	u32 of[NMEA_MAX_UNSURE];
	u8 values;
	bool decoded;
	u8 found;
	u8 texts;
	bool malformed;
	u16 limit;
	u16 known;
	u16 most;
	u16 dearest;
	u16 ways;
	u32 taken;
	u32 way[1 << NMEA_REPAIR_BITS];
	u16 nodes;
	u16 first[NMEA_REPAIR_COST + NMEA_REPAIR_RIVAL];
	struct nmea_node node[2 + 2 * NMEA_REPAIR_TRIES];
};

enum nmea_verdict nmea_repair(struct nmea_search *s, struct nmea_line *line,
			      enum nmea_verdict received);

#endif /* GNSS_GPIO_NMEA_REPAIR_H */
