// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of unsure bits have in common.
 */
#include "nmea_repair_test.h"

const char *const bodies[BODIES] = {
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
	"PUBX,03,081350.00,4717.113210,N,00833.915187,E,546.589,G3,2.1,2.0",
};

struct told told;

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

void expect_sums(void)
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

void begin_watched(void)
{
	begin();
	nmea_set_sentence(&t.p, watch);
	memset(&told, 0, sizeof(told));
}

void compose(struct sent *s, const char *body)
{
	memset(s, 0, sizeof(*s));
	s->n = snprintf(s->text, sizeof(s->text), "$%s*%02X\r\n", body,
			checksum(body));
	memcpy(s->received, s->text, s->n);
	memset(s->margin, NMEA_SURE, sizeof(s->margin));
}

void doubt(struct sent *s, size_t at, u8 bits, u8 margin)
{
	int bit;

	for (bit = 0; bit < 8; bit++)
		if (bits & 1 << bit)
			s->margin[at][bit] = margin;
}

void corrupt(struct sent *s, size_t at, u8 bits, u8 margin)
{
	s->received[at] ^= bits;
	doubt(s, at, bits, margin);
}

void deliver(const struct sent *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		nmea_feed(&t.p, s->received[i], 0, s->margin[i], t.clock++);
}

void transmit(const struct sent *s)
{
	begin_watched();
	deliver(s);
	nmea_flush(&t.p);
	expect_sums();
}

bool is_sent(const struct sent *s)
{
	return told.last.len == s->n && !memcmp(told.text, s->text, s->n);
}

void expect_sent(const struct sent *s, bool repaired, size_t at)
{
	if (!nmea_verified(told.last.verdict) || !is_sent(s) ||
	    told.last.repaired != repaired)
		fail_msg("at %zu: verdict %u, repaired %u: %s sent: %s", at,
			 told.last.verdict, told.last.repaired, told.text,
			 s->text);
}

void expect_verdict(enum nmea_verdict verdict)
{
	assert_int_equal(told.count, 1);
	assert_int_equal(told.last.verdict, verdict);
}

void play(const struct sentence *sentence, size_t n)
{
	const struct unsure *u;
	struct sent s;
	bool wrong;

	for (; n; n--, sentence++) {
		print_message("%s\n", sentence->why);
		compose(&s, sentence->body);
		wrong = false;
		for (u = sentence->unsure; u->bits; u++) {
			doubt(&s, u->at, u->bits, u->margin);
			s.received[u->at] ^= u->wrong ? u->bits : 0;
			wrong |= u->wrong;
		}
		transmit(&s);
		expect_verdict(sentence->verdict);
		if (nmea_verified(sentence->verdict))
			expect_sent(&s, wrong, n);
	}
}
