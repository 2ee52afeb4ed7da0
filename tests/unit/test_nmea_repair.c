// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: what is made of doubtful bytes.
 */
#include "nmea_test.h"

static const char *const bodies[] = {
	"GNRMC,092725.00,A,4717.11399,N,00833.91590,E,0.004,77.52,091226,,,A,V",
	"GPRMC,225446.000,A,4916.4500,N,12311.1200,W,000.5,054.7,191194,020.3,E",
	"GNGGA,092725.00,4717.11399,N,00833.91590,E,1,08,1.01,499.6,M,48.0,M,,",
	"GNGSA,A,3,23,29,07,08,09,18,26,28,,,,,1.94,1.18,1.54,1",
	"GPGSV,3,1,10,23,38,230,44,29,71,156,47,07,29,116,41,08,09,081,36",
	"GPVTG,77.52,T,,M,0.004,N,0.008,K,A",
	"GPGLL,4717.11364,N,00833.91565,E,092321.00,A,A",
	"GPZDA,082710.00,16,09,2002,00,00",
	"GNGNS,103600.01,5114.51176,N,00012.29380,W,ANNN,07,1.18,111.5,45.6,,,V",
	"GNGGA,120001.00,,,,,0,00,99.99,,,,,,",
	"GPGST,082356.00,1.8,,,,1.7,1.3,2.2",
	"GPTXT,01,01,02,u-blox ag - www.u-blox.com",
	"PUBX,00,081350.00,4717.113210,N,00833.915187,E,546.589,G3,2.1,2.0",
};

#define BODIES	(sizeof(bodies) / sizeof(bodies[0]))

/* What was told of the sentences, and one that is sent. */
static struct {
	unsigned int count;
	unsigned int verdict[NMEA_TOO_LONG + 1];
	unsigned int repaired;
	struct nmea_sentence last;
	char text[NMEA_MAX_SENTENCE + 3];
} told;

struct sent {
	char text[NMEA_MAX_SENTENCE + 8];
	u8 received[NMEA_MAX_SENTENCE + 8];
	u8 unsure[NMEA_MAX_SENTENCE + 8];
	bool doubtful[NMEA_MAX_SENTENCE + 8];
	size_t n;
};

static void watch(void *ctx, const struct nmea_sentence *sentence)
{
	size_t n = strlen(sentence->text);

	assert_ptr_equal(ctx, &t);
	assert_int_equal(sentence->len, n);
	assert_true(n < sizeof(told.text));
	assert_int_equal(sentence->text[0], '$');
	told.count++;
	told.verdict[sentence->verdict]++;
	told.repaired += sentence->repaired;
	told.last = *sentence;
	memcpy(told.text, sentence->text, n + 1);
	if (!nmea_verified(sentence->verdict))
		return;
	/* whole, and its checksum is right */
	assert_memory_equal(sentence->text + n - 2, "\r\n", 3);
	assert_int_equal(sentence->text[n - 5], '*');
	told.text[n - 5] = '\0';
	assert_int_equal(checksum(told.text + 1),
			 strtoul(told.text + n - 4, NULL, 16));
	told.text[n - 5] = '*';
}

static void expect_sums(void)
{
	const struct nmea_stats *s = &t.p.stats;

	assert_int_equal(s->sentences, s->used + s->ignored + s->malformed);
	assert_int_equal(s->used, told.verdict[NMEA_USED]);
	assert_int_equal(s->ignored, told.verdict[NMEA_IGNORED]);
	assert_int_equal(s->malformed, told.verdict[NMEA_MALFORMED]);
	assert_int_equal(s->repaired, told.repaired);
	assert_int_equal(s->checksum_errors, told.verdict[NMEA_CHECKSUM_ERROR]);
	assert_int_equal(s->ambiguous, told.verdict[NMEA_AMBIGUOUS]);
	assert_int_equal(s->no_checksum, told.verdict[NMEA_NO_CHECKSUM]);
	assert_int_equal(s->garbled, told.verdict[NMEA_GARBLED]);
	assert_int_equal(s->too_long, told.verdict[NMEA_TOO_LONG]);
}

static void begin_watched(void)
{
	begin();
	nmea_set_sentence(&t.p, watch);
	memset(&told, 0, sizeof(told));
}

static void compose(struct sent *s, const char *body)
{
	memset(s, 0, sizeof(*s));
	s->n = snprintf(s->text, sizeof(s->text), "$%s*%02X\r\n", body,
			checksum(body));
	memcpy(s->received, s->text, s->n);
}

/* A byte is received with wrong bits, and others are doubtful too. */
static void corrupt(struct sent *s, size_t at, u8 wrong, u8 unsure)
{
	s->received[at] ^= wrong;
	s->unsure[at] |= unsure;
	s->doubtful[at] = true;
}

static void corrupt_each(struct sent *s, u8 wrong, u8 unsure)
{
	size_t at;

	for (at = 10; at < 20; at++)
		corrupt(s, at, wrong, unsure);
}

static void deliver(const struct sent *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		nmea_feed(&t.p, s->received[i],
			  s->doubtful[i] ? NMEA_BYTE_DOUBTFUL : 0,
			  s->unsure[i], t.clock++);
}

/* Alone, to a new parser. */
static void transmit(const struct sent *s)
{
	begin_watched();
	deliver(s);
	nmea_flush(&t.p);
	expect_sums();
}

static bool taken(void)
{
	return t.p.stats.sentences == 1;
}

/* The case of a digit of the checksum may be doubtful, its value not. */
static bool is_sent(const struct sent *s)
{
	return told.last.len == s->n &&
	       !memcmp(told.text, s->text, s->n - 4) &&
	       !strncasecmp(told.text + s->n - 4, s->text + s->n - 4, 4);
}

static void expect_sent(const struct sent *s, bool repaired, size_t at)
{
	if (!taken() || !is_sent(s) || told.repaired != repaired)
		fail_msg("at %zu: verdict %u, repaired %u: %s%.*s", at,
			 told.last.verdict, told.repaired, told.text,
			 (int)s->n, s->received);
}

/* The last one of several. */
static void expect_sent_last(const struct sent *s, bool repaired)
{
	assert_int_equal(told.last.verdict, NMEA_USED);
	assert_true(is_sent(s));
	assert_int_equal(told.last.repaired, repaired);
}

/* ---- the text ---- */

static void text_is_as_sent(void **state)
{
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		transmit(&s);
		expect_sent(&s, false, 0);
		assert_string_equal(told.text, s.text);
		assert_int_equal(told.last.start_ns, 1000);
		assert_int_equal(told.last.doubtful, 0);
	}
	begin_watched();
	raw("$gPxxx,,*4f\n");
	assert_string_equal(told.text, "$gPxxx,,*4f\r\n");
}

static void every_end_is_told(void **state)
{
	(void)state;
	begin_watched();
	raw("$GPGLL,,,,,120001.00,V,N*49\r\n");
	assert_int_equal(told.last.verdict, NMEA_CHECKSUM_ERROR);
	assert_string_equal(told.text, "$GPGLL,,,,,120001.00,V,N*49");
	raw("$GPGLL,,,\r\n");
	assert_int_equal(told.last.verdict, NMEA_NO_CHECKSUM);
	assert_string_equal(told.text, "$GPGLL,,,");
	raw("$GPGLL,1*4$GPGLL");
	assert_int_equal(told.last.verdict, NMEA_GARBLED);
	assert_string_equal(told.text, "$GPGLL,1*4");
	nmea_flush(&t.p);
	assert_string_equal(told.text, "$GPGLL");
	say("GPGLL,,,,,x,V");
	assert_int_equal(told.last.verdict, NMEA_MALFORMED);
	assert_int_equal(told.count, 5);
	expect_sums();
}

static void longest_sentence_is_told(void **state)
{
	char body[NMEA_MAX_SENTENCE];

	(void)state;
	begin_watched();
	memset(body, ',', sizeof(body));
	memcpy(body, "GPXXX", 5);
	body[NMEA_MAX_SENTENCE - 4] = '\0';
	say("%s", body);
	assert_int_equal(told.last.verdict, NMEA_IGNORED);
	assert_int_equal(told.last.len, NMEA_MAX_SENTENCE + 2);
	body[NMEA_MAX_SENTENCE - 4] = ',';
	body[NMEA_MAX_SENTENCE - 3] = '\0';
	say("%s", body);
	assert_int_equal(told.last.verdict, NMEA_TOO_LONG);
	expect_sums();
}

/* ---- one doubtful byte ---- */

static void any_single_bit_is_repaired(void **state)
{
	size_t i, at;
	struct sent s;
	int bit;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 0; at < s.n - 1; at++) {
			for (bit = 0; bit < 8; bit++) {
				compose(&s, bodies[i]);
				corrupt(&s, at, 1 << bit, 1 << bit);
				transmit(&s);
				if (at == s.n - 4 || at == s.n - 3)
					told.repaired |= bit == 5;
				expect_sent(&s, true, at);
			}
		}
	}
}

static void any_single_byte_is_repaired(void **state)
{
	size_t i, at;
	struct sent s;
	int wrong;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 1; at < s.n - 5; at++) {
			for (wrong = 1; wrong < 256; wrong += 2 + dice(5)) {
				compose(&s, bodies[i]);
				corrupt(&s, at, wrong, wrong | dice(256));
				transmit(&s);
				expect_sent(&s, true, at);
			}
		}
	}
}

static void doubt_that_is_wrong_is_no_harm(void **state)
{
	size_t i, at;
	struct sent s;
	int bit;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 0; at < s.n - 1; at++) {
			for (bit = 0; bit < 8; bit++) {
				compose(&s, bodies[i]);
				corrupt(&s, at, 0, 1 << bit);
				transmit(&s);
				expect_sent(&s, false, at);
				assert_int_equal(told.last.doubtful, 1);
			}
		}
	}
}

/* It may be any byte then, and is the one that the checksum says. */
static void one_byte_without_a_mask_is_repaired(void **state)
{
	size_t i, at;
	struct sent s;
	int wrong;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 1; at < s.n - 5; at++) {
			for (wrong = 1; wrong < 256; wrong += 1 + dice(5)) {
				compose(&s, bodies[i]);
				corrupt(&s, at, wrong, 0);
				/* what it reads best as is a new beginning */
				if (s.received[at] == '$')
					continue;
				transmit(&s);
				expect_sent(&s, true, at);
			}
		}
	}
}

static void two_bytes_without_masks_are_not_repaired(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0, 0);
	corrupt(&s, 20, 0, 0);
	transmit(&s);
	expect_sent(&s, false, 0);
	corrupt(&s, 20, 1, 0);
	transmit(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	/* nor is what cannot stand there replaced by a guess */
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0, 0);
	corrupt(&s, 20, 0x80, 0);
	transmit(&s);
	assert_false(taken());
}

static void no_other_reading_is_malformed_or_wrong(void **state)
{
	struct sent s;

	(void)state;
	/* the mask does not hold the wrong bit */
	compose(&s, bodies[0]);
	corrupt(&s, 10, 1, 2);
	transmit(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	/* the reading with the right checksum has a hexadecimal minute */
	compose(&s, "GPGLL,47A7.1136,N,00833.9156,E,092321,A");
	corrupt(&s, 9, 0x70, 0x70);
	transmit(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	/* as received it is malformed, and there is nothing else */
	compose(&s, "GPGLL,4717.11364,X,00833.91565,E,092321.00,A,A");
	corrupt(&s, 10, 0, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.malformed, 1);
	assert_true(is_sent(&s));
	/* but what it is, is not known if there is */
	corrupt(&s, 7, 0, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
}

/* ---- more than one ---- */

static void two_wrong_bits_in_one_place_are_ambiguous(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, "GPGLL,4717.11364,N,00833.91565,E,092321.00,A,A");
	/* 47 or 56 minutes: the checksum is the same */
	corrupt(&s, 7, 0, 1);
	corrupt(&s, 8, 0, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
	/* one of the two is wrong: which? */
	corrupt(&s, 7, 1, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
	/* 1 and 5 may be '!' and '%' instead, which no sentence has there */
	compose(&s, "GPGLL,4717.11364,N,00833.91565,E,092321.00,A,A");
	corrupt(&s, 9, 0x10, 0x10);
	corrupt(&s, 25, 0x10, 0x10);
	transmit(&s);
	expect_sent(&s, true, 0);
	/* text may have anything */
	compose(&s, "GPTXT,01,01,02,u-blox ag - www.u-blox.com");
	corrupt(&s, 17, 0x10, 0x10);
	corrupt(&s, 27, 0, 0x10);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
}

/* A comma and a digit: the other reading has another number of fields. */
static void odd_fields_are_no_reading(void **state)
{
	static const struct {
		const char *body;
		size_t comma, digit;
		u8 bit;
	} cases[] = {
		/* "N-00833": neither a number nor letters */
		{ "GPGLL,4717.11364,N,00833.91565,E,092321.00,A,A", 19, 8, 1 },
		/* "38-230": a sign within a number, where nobody looks */
		{ "GPGSV,3,1,10,23,38,230,44,29,71,156,47", 19, 14, 1 },
		/* "191194.020.3": two points */
		{ "GPRMC,225446.000,A,4916.4500,N,12311.1200,W,000.5,054.7,191194,020.3,E",
		  63, 10, 2 },
	};
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		compose(&s, cases[i].body);
		assert_int_equal(s.text[cases[i].comma], ',');
		corrupt(&s, cases[i].comma, 0, cases[i].bit);
		corrupt(&s, cases[i].digit, 0, cases[i].bit);
		transmit(&s);
		expect_sent(&s, false, i);
		assert_int_equal(t.p.stats.used, 1);
		corrupt(&s, cases[i].comma, cases[i].bit, 0);
		transmit(&s);
		expect_sent(&s, true, i);
		assert_int_equal(t.p.stats.used, 1);
	}
}

static void nothing_is_left_for_the_next(void **state)
{
	struct sent s, next;
	unsigned int i;

	(void)state;
	begin_watched();
	compose(&next, bodies[0]);
	corrupt(&next, 20, 1, 1);
	for (i = 0; i < 4; i++) {
		compose(&s, bodies[0]);
		switch (i) {
		case 0:				/* too many */
			corrupt_each(&s, 1, 1);
			break;
		case 1:				/* of which nothing is known */
			corrupt_each(&s, 0x80, 0);
			break;
		case 2:				/* a line end that was none */
			corrupt(&s, s.n - 2, 0x40, 0x40);
			break;
		}
		deliver(&s);
		deliver(&next);
		expect_sent_last(&next, true);
		compose(&s, bodies[0]);
		corrupt(&s, 20, 0, 0);
		corrupt(&s, 30, 0, 0);
		deliver(&s);
		expect_sent_last(&s, false);
	}
	expect_sums();
}

static void decoded_type_counts_more_than_others(void **state)
{
	struct sent s;

	(void)state;
	/* $GNRMC and the digit, or $GNSMC and another digit */
	compose(&s, bodies[0]);
	corrupt(&s, 3, 1, 1);
	corrupt(&s, 8, 0, 1);
	transmit(&s);
	expect_sent(&s, true, 0);
	/* but not if the other type is what was received */
	compose(&s, bodies[0]);
	corrupt(&s, 3, 1, 1);
	corrupt(&s, 8, 1, 1);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
}

static void too_many_are_not_tried(void **state)
{
	struct sent s;
	size_t i;

	(void)state;
	/* eight bits, each in another place, can be told apart */
	compose(&s, bodies[0]);
	for (i = 0; i < NMEA_MAX_DOUBTS; i++)
		corrupt(&s, 20 + i, 1 << i, 1 << i);
	transmit(&s);
	expect_sent(&s, true, 0);
	/* a ninth byte is one too many, even if it is right */
	corrupt(&s, 40, 0, 0x80);
	transmit(&s);
	assert_false(taken());
	assert_int_equal(t.p.stats.checksum_errors, 1);
	compose(&s, bodies[0]);
	for (i = 0; i <= NMEA_MAX_DOUBTS; i++)
		corrupt(&s, 20 + i, 0, 0x80);
	/* but what fits as received is believed then */
	transmit(&s);
	expect_sent(&s, false, 0);
	/* 17 bits are too many too */
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0, 0xff);
	corrupt(&s, 11, 0, 0xff);
	corrupt(&s, 12, 1, 0x81);
	transmit(&s);
	assert_false(taken());
	assert_int_equal(t.p.stats.checksum_errors, 1);
}

static void costly_searches_are_given_up(void **state)
{
	struct sent s;
	size_t i;

	(void)state;
	compose(&s, "GPTXT,01,01,02,abcdefghijklmnopqrstuvwxyz,x");
	for (i = 0; i < NMEA_MAX_DOUBTS; i++)
		corrupt(&s, 16 + i, 3, 3);
	corrupt(&s, s.n - 7, 0x10, 0);
	transmit(&s);
	assert_int_equal(t.p.stats.sentences, 0);
}

static void masks_are_ignored_when_switched_off(void **state)
{
	struct sent s;

	(void)state;
	begin_watched();
	nmea_set_repair(&t.p, false);
	compose(&s, bodies[0]);
	corrupt(&s, 10, 1, 1);
	deliver(&s);
	assert_int_equal(t.p.stats.checksum_errors, 1);
	compose(&s, bodies[0]);
	corrupt(&s, 10, 0x80, 0x80);
	deliver(&s);
	assert_int_equal(t.p.stats.garbled, 1);
	compose(&s, "GPGLL,4717.11364,N,00833.91565,E,092321.00,A,A");
	corrupt(&s, 7, 0, 1);
	corrupt(&s, 8, 0, 1);
	deliver(&s);
	assert_int_equal(t.p.stats.used, 1);
	nmea_set_repair(&t.p, true);
	deliver(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
}

/* ---- '$', '*' and line ends ---- */

static void star_and_another_byte(void **state)
{
	struct sent s;
	size_t i, at;

	(void)state;
	for (i = 0; i < BODIES; i++) {
		compose(&s, bodies[i]);
		for (at = 1; at < s.n - 5; at++) {
			compose(&s, bodies[i]);
			corrupt(&s, s.n - 5, 4, 4);	/* '*' reads '.' */
			corrupt(&s, at, 2, 2);
			transmit(&s);
			expect_sent(&s, true, at);
		}
	}
}

static void points_that_read_as_stars(void **state)
{
	struct sent s;
	size_t at;

	(void)state;
	/* followed by two digits, by one, and by none */
	compose(&s, "GPVTG,77.52,T,,M,0.0,N,0.,K,A");
	for (at = 0; at < s.n; at++)
		if (s.text[at] == '.')
			corrupt(&s, at, 4, 4);
	transmit(&s);
	expect_sent(&s, true, 0);
}

/* A star that is none, and the right one, where a sentence becomes too long. */
static void star_at_the_end_of_the_room(void **state)
{
	char body[NMEA_MAX_SENTENCE + 8];
	size_t len, gap;
	struct sent s;

	(void)state;
	for (len = NMEA_MAX_SENTENCE - 8; len < NMEA_MAX_SENTENCE; len++) {
		for (gap = 1; gap < 8; gap++) {
			memset(body, 'A', len);
			memcpy(body, "GPXXX,", 6);
			body[len] = '\0';
			body[len - gap] = '.';
			compose(&s, body);
			corrupt(&s, 1 + len - gap, 4, 4);
			transmit(&s);
			assert_int_equal(told.count, 1);
			if (len + 4 <= NMEA_MAX_SENTENCE)
				expect_sent(&s, true, gap);
			else
				assert_false(taken());
		}
	}
}

static void doubtful_dollar(void **state)
{
	struct sent s;

	(void)state;
	/* '$' for '4' within a sentence starts no other one */
	compose(&s, bodies[0]);
	corrupt(&s, strcspn(s.text, "4"), 0x10, 0x10);
	transmit(&s);
	expect_sent(&s, true, 0);
	assert_int_equal(told.count, 1);
	/* what can be '!' is no '$' */
	compose(&s, bodies[0]);
	corrupt(&s, 0, 0, 5);
	transmit(&s);
	assert_int_equal(told.count, 0);
	corrupt(&s, 0, 5, 5);
	transmit(&s);
	assert_int_equal(told.count, 0);
	/* nor is what comes then: here a comma that reads as '$' */
	compose(&s, "GPGGA,092725,4717.113,N,00833.915,E,1,08,1.01,499,M,48,M,,");
	corrupt(&s, 0, 5, 5);
	corrupt(&s, 6, 8, 8);
	transmit(&s);
	assert_int_equal(told.count, 0);
	/* until the line end */
	deliver(&s);
	compose(&s, bodies[0]);
	corrupt(&s, 0, 8, 8);
	deliver(&s);
	expect_sent_last(&s, true);
	/* nor does one that can be a '$' cut a sentence off */
	compose(&s, bodies[0]);
	corrupt(&s, 12, 0, s.text[12] ^ '$');
	transmit(&s);
	expect_sent(&s, false, 0);
}

static void doubtful_line_end(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, bodies[0]);
	corrupt(&s, s.n - 2, 0x40, 0x40);	/* CR reads 'M' */
	transmit(&s);
	expect_sent(&s, true, 0);
	/* and M reads as CR */
	compose(&s, "GPGGA,092725,4717.113,N,00833.915,E,1,08,1.01,499.6,M,48.0,M,,");
	corrupt(&s, strcspn(s.text, "M"), 0x40, 0x40);
	transmit(&s);
	expect_sent(&s, true, 0);
	assert_int_equal(t.p.stats.no_checksum, 0);
}

/* A whole sentence, or the begin of one, as two doubtful bytes have it. */
static void star_and_line_end_that_may_be_none(void **state)
{
	struct sent s;

	(void)state;
	compose(&s, "PUBX,00,081");
	corrupt(&s, s.n - 5, 0, 4);
	transmit(&s);
	expect_sent(&s, false, 0);
	corrupt(&s, s.n - 2, 0, 0x40);
	transmit(&s);
	assert_int_equal(t.p.stats.ambiguous, 1);
	/* the next one has a line end that is none but a line end */
	compose(&s, "PUBX,00,081");
	corrupt(&s, s.n - 5, 0, 4);
	deliver(&s);
	assert_int_equal(t.p.stats.ignored, 1);
}

/* Amid a line, what can be anything but '$' is not one. */
static void where_a_doubtful_dollar_starts(void **state)
{
	struct sent s;

	(void)state;
	begin_watched();
	compose(&s, bodies[0]);
	corrupt(&s, 0, 8, 8);
	/* after a CR alone */
	raw("$GPGLL,,,,,120001.00,V,N*48\r");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 2);
	/* right after a byte that garbled a sentence */
	raw("$GPGLL,");
	nmea_feed(&t.p, ',', NMEA_BYTE_BAD, 0, t.clock++);
	deliver(&s);
	assert_int_equal(t.p.stats.used, 2);
	/* after junk, and after its end */
	raw("#");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 2);
	raw("#\n");
	deliver(&s);
	assert_int_equal(t.p.stats.used, 3);
}

static void address_that_is_none(void **state)
{
	static const char *const odd[] = { "", "GPG", "94", "9999", "GPRmC",
					   "GP-MC", "GP GGA" };
	char body[40];
	struct sent s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		snprintf(body, sizeof(body), "%s,1,2,3", odd[i]);
		compose(&s, body);
		transmit(&s);
		expect_sent(&s, false, i);
		corrupt(&s, strlen(odd[i]) + 2, 0, 1);
		transmit(&s);
		assert_int_equal(t.p.stats.ambiguous, 1);
		corrupt(&s, strlen(odd[i]) + 2, 1, 1);
		transmit(&s);
		assert_int_equal(t.p.stats.checksum_errors, 1);
	}
}

static void bad_and_doubtful_is_bad(void **state)
{
	(void)state;
	raw("$GPGLL,,,,,120002.00,V,");
	nmea_feed(&t.p, 'N', NMEA_BYTE_BAD | NMEA_BYTE_DOUBTFUL, 1, t.clock++);
	assert_int_equal(t.p.stats.garbled, 1);
}

/* ---- any input ---- */

/* Several bytes, some of them wrong, in bits that are called unsure. */
static void corrupt_some(struct sent *s, unsigned int n, unsigned int bits)
{
	unsigned int i;
	u8 unsure;

	while (n--) {
		for (unsure = 0, i = dice(bits) + 1; i; i--)
			unsure |= 1 << dice(8);
		corrupt(s, dice(s->n - 1), unsure & dice(256), unsure);
	}
}

static void what_is_taken_was_sent(void **state)
{
	unsigned int n, i, used, repaired, ambiguous;
	struct sent s;

	(void)state;
	for (n = 1; n <= 6; n++) {
		used = 0;
		repaired = 0;
		ambiguous = 0;
		for (i = 0; i < 12000; i++) {
			compose(&s, bodies[dice(BODIES)]);
			corrupt_some(&s, n, 2);
			transmit(&s);
			if (t.p.stats.sentences && !is_sent(&s))
				fail_msg("taken: %s%.*ssent: %s", told.text,
					 (int)s.n, s.received, s.text);
			used += t.p.stats.sentences;
			repaired += t.p.stats.repaired;
			ambiguous += t.p.stats.ambiguous;
		}
		print_message("# %u doubtful bytes: of %u sentences %u taken, %u of them repaired, %u ambiguous\n",
			      n, i, used, repaired, ambiguous);
		/* but for a '$' that can be a '!' */
		assert_true(n > 1 || used > i - i / 1000);
		assert_true(n > 2 || used > i / 2);
		assert_true(repaired > 0);
	}
}

/* What was sent is none of the readings. */
static void no_mask_holds_what_was_sent(void **state)
{
	unsigned int i, wrong = 0;
	struct sent s;
	u8 unsure;
	size_t at;

	(void)state;
	for (i = 0; i < 12000; i++) {
		compose(&s, bodies[dice(BODIES)]);
		at = 1 + dice(s.n - 6);
		unsure = 1 + dice(254);
		corrupt(&s, at, ~unsure & (1 + dice(255)), unsure);
		if (s.received[at] == s.text[at])
			continue;
		transmit(&s);
		assert_false(taken());
		wrong++;
	}
	assert_true(wrong > i / 2);
}

/*
 * One byte more is wrong, and nobody knows: that is no promise kept, and each
 * bit that is called unsure is a chance for the checksum to fit.
 */
static void what_is_wrong_without_doubt(void **state)
{
	unsigned int n, i, at, wrong;
	struct sent s;

	(void)state;
	for (n = 0; n <= 4; n++) {
		wrong = 0;
		for (i = 0; i < 12000; i++) {
			compose(&s, bodies[dice(BODIES)]);
			corrupt_some(&s, n, 1);
			do {
				at = 1 + dice(s.n - 6);
			} while (s.doubtful[at]);
			s.received[at] ^= 1 + dice(255);
			transmit(&s);
			wrong += t.p.stats.sentences && !is_sent(&s);
		}
		print_message("# a wrong byte and %u doubtful ones: %u of %u sentences taken for others\n",
			      n, wrong, i);
		assert_true(n || !wrong);
		assert_true(wrong < i / 20);
	}
}

/* Nothing is sent as it should be: counters and limits hold. */
static void any_input_keeps_the_sums(void **state)
{
	static const u8 likely[] = "$*,.\r\nMA07";
	unsigned int i, n;
	struct sent s;
	size_t at;

	(void)state;
	begin_watched();
	for (i = 0; i < 60000; i++) {
		compose(&s, bodies[dice(BODIES)]);
		corrupt_some(&s, dice(12), 4);
		for (n = dice(4); n; n--) {
			at = dice(s.n);
			s.doubtful[at] = dice(2);
			s.received[at] = dice(2) ? dice(256) :
					 likely[dice(sizeof(likely) - 1)];
		}
		s.n = dice(3) ? s.n : dice(s.n);
		deliver(&s);
		if (!dice(100))
			nmea_feed(&t.p, dice(256), NMEA_BYTE_BAD, 0, t.clock++);
		t.n = 0;
	}
	expect_sums();
	for (n = 0; n < NMEA_TOO_LONG; n++)
		assert_true(told.verdict[n]);
}

/* One after the other, so that one could run into the next. */
static void a_stream_is_what_was_sent(void **state)
{
	unsigned int i, n = 0;
	struct sent s;

	(void)state;
	begin_watched();
	for (i = 0; i < 20000; i++) {
		compose(&s, bodies[dice(BODIES)]);
		corrupt_some(&s, dice(4), 2);
		deliver(&s);
		t.n = 0;
		if (t.p.stats.sentences == n)
			continue;
		assert_int_equal(t.p.stats.sentences, ++n);
		assert_true(is_sent(&s));
	}
	expect_sums();
	assert_true(n > i / 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(text_is_as_sent),
		TEST(every_end_is_told),
		TEST(longest_sentence_is_told),
		TEST(any_single_bit_is_repaired),
		TEST(any_single_byte_is_repaired),
		TEST(doubt_that_is_wrong_is_no_harm),
		TEST(one_byte_without_a_mask_is_repaired),
		TEST(two_bytes_without_masks_are_not_repaired),
		TEST(no_other_reading_is_malformed_or_wrong),
		TEST(two_wrong_bits_in_one_place_are_ambiguous),
		TEST(odd_fields_are_no_reading),
		TEST(nothing_is_left_for_the_next),
		TEST(decoded_type_counts_more_than_others),
		TEST(too_many_are_not_tried),
		TEST(costly_searches_are_given_up),
		TEST(masks_are_ignored_when_switched_off),
		TEST(star_and_another_byte),
		TEST(points_that_read_as_stars),
		TEST(star_at_the_end_of_the_room),
		TEST(doubtful_dollar),
		TEST(doubtful_line_end),
		TEST(star_and_line_end_that_may_be_none),
		TEST(where_a_doubtful_dollar_starts),
		TEST(address_that_is_none),
		TEST(bad_and_doubtful_is_bad),
		TEST(what_is_taken_was_sent),
		TEST(what_is_wrong_without_doubt),
		TEST(no_mask_holds_what_was_sent),
		TEST(any_input_keeps_the_sums),
		TEST(a_stream_is_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
