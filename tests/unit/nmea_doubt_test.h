/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of doubtful bytes have in common.
 */
#ifndef NMEA_DOUBT_TEST_H
#define NMEA_DOUBT_TEST_H

#include "nmea_test.h"

/* Sentences of all kinds, without '$' and checksum. */
#define BODIES	13

extern const char *const bodies[BODIES];

/* What was told of the sentences. */
struct told {
	unsigned int count;
	unsigned int verdict[NMEA_TOO_LONG + 1];
	unsigned int repaired;
	struct nmea_sentence last;
	char text[NMEA_MAX_SENTENCE + 3];
};

extern struct told told;

/* One that is sent. */
struct sent {
	char text[NMEA_MAX_SENTENCE + 8];
	u8 received[NMEA_MAX_SENTENCE + 8];
	u8 unsure[NMEA_MAX_SENTENCE + 8];
	u8 remote[NMEA_MAX_SENTENCE + 8];
	bool doubtful[NMEA_MAX_SENTENCE + 8];
	size_t n;
};

/* A new parser that tells of its sentences. */
void begin_watched(void);

void compose(struct sent *s, const char *body);

/* A byte is received with wrong bits, and others are doubtful too. */
void corrupt(struct sent *s, size_t at, u8 wrong, u8 unsure);

/* The same with a byte that hardly is wrong. */
void corrupt_hardly(struct sent *s, size_t at, u8 wrong, u8 remote);

void deliver(const struct sent *s);

/* Alone, to a new parser. */
void transmit(const struct sent *s);

/* What was told is what was counted. */
void expect_sums(void);

/* Was it a sentence? */
bool taken(void);

/* The case of a digit of the checksum may be doubtful, its value not. */
bool is_sent(const struct sent *s);

void expect_sent(const struct sent *s, bool repaired, size_t at);

/* The last one of several. */
void expect_sent_last(const struct sent *s, bool repaired);

#endif /* NMEA_DOUBT_TEST_H */
