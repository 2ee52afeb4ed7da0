/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of unsure bits have in common.
 */
#ifndef NMEA_REPAIR_TEST_H
#define NMEA_REPAIR_TEST_H

#include "nmea_test.h"

#define GLL	"GPGLL,4717.11364,N,00833.91565,E,092321.00,A,A"

/* Sentences of all kinds, without '$' and checksum. */
#define BODIES	13

/* The first of them are of types that are decoded. */
#define DECODED	10

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

/* One that is sent, and what is received of it. */
struct sent {
	char text[NMEA_MAX_SENTENCE + 8];
	u8 received[NMEA_MAX_SENTENCE + 8];
	u8 margin[NMEA_MAX_SENTENCE + 8][8];
	size_t n;
};

/* A new parser that tells of its sentences. */
void begin_watched(void);

/* All of it is received as sent, and sure. */
void compose(struct sent *s, const char *body);

/* Some bits of a byte are unsure. */
void doubt(struct sent *s, size_t at, u8 bits, u8 margin);

/* The same, and they are wrong. */
void corrupt(struct sent *s, size_t at, u8 bits, u8 margin);

void deliver(const struct sent *s);

/* Alone, to a new parser. */
void transmit(const struct sent *s);

/* What was told is what was counted. */
void expect_sums(void);

/* Was the last one told the one sent? */
bool is_sent(const struct sent *s);

/* It was taken, as it was sent. */
void expect_sent(const struct sent *s, bool repaired, size_t at);

/* One sentence was told in all. */
void expect_verdict(enum nmea_verdict verdict);

/* Sentences with unsure bits, and what is to be made of them. */
struct unsure {
	size_t at;
	u8 bits, margin;
	bool wrong;
};

struct sentence {
	const char *why;
	const char *body;
	enum nmea_verdict verdict;	/* of a right one it is as sent */
	struct unsure unsure[5];
};

void play(const struct sentence *sentence, size_t n);

#define PLAY(sentences)	play(sentences, sizeof(sentences) / sizeof((sentences)[0]))

#endif /* NMEA_REPAIR_TEST_H */
