// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: what is made of random unsure bits.
 */
#include <strings.h>

#include "nmea_repair_test.h"

#define MILLION	1000000

/* Of a million bits of this margin, so many are wrong: 1 / (1 + 2^(margin/8)). */
static u32 wrong_ppm(u8 margin)
{
	static const u32 eighths[] = { 1000, 1091, 1189, 1297, 1414, 1542, 1682, 1834 };
	u64 odds = (u64)eighths[margin % 8] << margin / 8;

	return 1000ULL * MILLION / (1000 + odds);
}

/* Return: how many of them are wrong. */
static unsigned int receive(struct sent *s, unsigned int n, u8 least, u8 most)
{
	unsigned int wrong = 0;
	u8 margin, bit;
	size_t at;

	while (n--) {
		at = dice(s->n - 1);
		bit = 1 << dice(8);
		margin = least + dice(most - least + 1);
		if (dice(MILLION) < wrong_ppm(margin)) {
			s->received[at] ^= bit;
			wrong++;
		}
		doubt(s, at, bit, margin);
	}
	return wrong;
}

struct share {
	unsigned int n, least, most;
	/* per mille of the sentences */
	unsigned int taken, altered;
};

/* Margins that are true: what is taken is as good as they promise. */
static void bits_are_wrong_as_their_margins_say(void **state)
{
	static const struct share shares[] = {
		{ 3, 20, 254, 999, 1 },
		{ 6, 20, 120, 980, 1 },
		{ 20, 20, 120, 865, 2 },
		{ 20, 8, 80, 560, 3 },
		{ 40, 8, 80, 210, 4 },
		{ 60, 60, 254, 985, 1 },
	};
	unsigned int i, sent, wrong, taken, altered, ambiguous;
	const struct share *share;
	struct sent s;

	(void)state;
	for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		share = &shares[i];
		wrong = 0;
		taken = 0;
		altered = 0;
		ambiguous = 0;
		for (sent = 0; sent < 4000; sent++) {
			compose(&s, bodies[dice(BODIES)]);
			wrong += !!receive(&s, share->n, share->least, share->most);
			transmit(&s);
			taken += t.p.stats.sentences;
			altered += t.p.stats.sentences && !is_sent(&s);
			ambiguous += t.p.stats.ambiguous;
		}
		print_message("# %u bits of margins %u to %u: of %u sentences %u received wrong, %u taken, %u of them altered, %u ambiguous\n",
			      share->n, share->least, share->most, sent, wrong,
			      taken, altered, ambiguous);
		assert_true(taken * 1000 >= share->taken * sent);
		assert_true(altered * 1000 <= share->altered * sent);
	}
}

/* Unsure bits of a test by brute force: all sets of them are tried. */
#define BITS	7

struct flip {
	size_t at;
	u8 bit, margin;
};

/* Some of the low bits of digits, so that only numbers change. */
static void choose_flips(struct sent *s, struct flip *flip)
{
	int i;

	for (i = 0; i < BITS; i++, flip++) {
		do {
			flip->at = 14 + dice(s->n - 20);
			flip->bit = 1 << dice(4);
		} while (!isdigit((u8)s->text[flip->at]) ||
			 !isdigit((u8)s->text[flip->at] ^ flip->bit) ||
			 s->margin[flip->at][ffs(flip->bit) - 1] != NMEA_SURE);
		flip->margin = 5 + dice(100);
		doubt(s, flip->at, flip->bit, flip->margin);
		if (dice(MILLION) < wrong_ppm(flip->margin))
			s->received[flip->at] ^= flip->bit;
	}
}

/* Is one of the numbers that are not 0 there twice? */
static bool has_twice(const int *number, int n)
{
	int i, j;

	for (i = 1; i < n; i++)
		for (j = 0; j < i; j++)
			if (number[i] && number[i] == number[j])
				return true;
	return false;
}

static bool gsv_contradicts_itself(const char *text)
{
	int parts, part, in_view, number[4], snr[4], n = 0, i;

	if (sscanf(text, "$GPGSV,%d,%d,%d,%d,%*d,%*d,%d,%d,%*d,%*d,%d,%d,%*d,%*d,%d,%d,%*d,%*d,%d",
		   &parts, &part, &in_view, number, snr, number + 1, snr + 1, number + 2,
		   snr + 2, number + 3, snr + 3) != 11)
		return false;
	for (i = 0; i < 4; i++) {
		if (number[i] && snr[i] > 60)
			return true;
		n += number[i] != 0;
	}
	return has_twice(number, 4) ||
	       (parts && (parts != (in_view ? (in_view + 3) / 4 : 1) || part < 1 ||
			  part > parts || in_view < 4 * (part - 1) + n));
}

static bool gsa_contradicts_itself(const char *text)
{
	const char *dops = strstr(text, ",,,,,");
	double pdop, hdop, vdop, both;
	int number[8], n;
	char mode;

	n = sscanf(text, "$GNGSA,A,%c,%d,%d,%d,%d,%d,%d,%d,%d", &mode, number, number + 1,
		   number + 2, number + 3, number + 4, number + 5, number + 6, number + 7);
	if (n < 1)
		return false;
	if (has_twice(number, n - 1) || (mode != '2' && mode != '3'))
		return true;
	if (!dops || sscanf(dops + 5, "%lf,%lf,%lf", &pdop, &hdop, &vdop) != 3 || !pdop ||
	    !hdop || !vdop)
		return false;
	both = hdop * hdop + vdop * vdop;
	return both < pdop * pdop * 0.75 || both > pdop * pdop * 1.25;
}

/* What no receiver says, whatever is true. */
static bool contradicts_itself(const char *text)
{
	return gsv_contradicts_itself(text) || gsa_contradicts_itself(text);
}

/* Return: what the text costs, ~0U if it is none; @s is received so, and sure. */
static u32 try_text(struct sent *s, const struct flip *flip, unsigned int set,
		    unsigned int *right)
{
	u32 cost = 0;
	size_t at;
	u8 sum;
	int i;

	for (i = 0; i < BITS; i++) {
		if (!(set & 1 << i))
			continue;
		s->received[flip[i].at] ^= flip[i].bit;
		cost += flip[i].margin;
	}
	memset(s->margin, NMEA_SURE, sizeof(s->margin));
	for (sum = 0, at = 1; at < s->n; at++) {
		sum ^= s->received[at] ^ (u8)s->text[at];
		if (isdigit((u8)s->text[at]) && at < s->n - 5 &&
		    !isdigit(s->received[at]))
			return ~0U;
	}
	if (sum)
		return ~0U;
	++*right;
	if (set && contradicts_itself((const char *)s->received))
		return ~0U;
	transmit(s);
	return told.last.verdict == NMEA_USED && !t.p.stats.unreadable ? cost :
									 ~0U;
}

static void the_cheapest_is_taken(void **state)
{
	unsigned int i, set, best_set, right, taken = 0, ambiguous = 0;
	struct flip flip[BITS];
	struct sent s, text;
	u32 best, next, cost;

	(void)state;
	for (i = 0; i < 8000; i++) {
		compose(&s, bodies[dice(5)]);
		choose_flips(&s, flip);
		best = ~0U;
		next = ~0U;
		right = 0;
		best_set = 0;
		for (set = 0; set < 1 << BITS; set++) {
			text = s;
			cost = try_text(&text, flip, set, &right);
			if (cost < best) {
				next = best;
				best = cost;
				best_set = set;
			} else if (cost < next) {
				next = cost;
			}
		}
		if (right >= NMEA_REPAIR_TEXTS || best == ~0U)
			continue;
		transmit(&s);
		if (next <= best + NMEA_REPAIR_RIVAL) {
			expect_verdict(NMEA_AMBIGUOUS);
			ambiguous++;
			continue;
		}
		expect_verdict(NMEA_USED);
		text = s;
		try_text(&text, flip, best_set, &right);
		transmit(&s);
		assert_memory_equal(told.text, text.received, s.n);
		taken++;
	}
	print_message("# the cheapest text of %u, %u of them ambiguous\n",
		      taken + ambiguous, ambiguous);
	assert_true(taken > 1500 && ambiguous > 500);
}

/* A wrong byte that is called sure: each unsure bit is a chance for an error. */
static void sure_bytes_that_are_wrong(void **state)
{
	unsigned int n, i, altered;
	struct sent s;

	(void)state;
	for (n = 0; n <= 20; n += 5) {
		altered = 0;
		for (i = 0; i < 4000; i++) {
			compose(&s, bodies[dice(BODIES)]);
			receive(&s, n, 30, 200);
			s.received[1 + dice(s.n - 6)] ^= 1 + dice(255);
			transmit(&s);
			altered += t.p.stats.sentences && !is_sent(&s);
		}
		print_message("# a wrong byte that is sure and %u unsure bits: %u of %u sentences altered\n",
			      n, altered, i);
		assert_true(n || !altered);
		assert_true(altered < i / 10);
	}
}

/* Nothing of it was sent. */
static void garbage(void **state)
{
	static const u8 likely[] = "$*,.\r\nMA07";
	unsigned int i, n, lines = 20000;
	u8 margin[8], byte;

	(void)state;
	begin_watched();
	for (i = 0; i < lines; i++) {
		nmea_feed(&t.p, '$', 0, NULL, t.clock++);
		for (n = dice(90); n; n--) {
			byte = dice(2) ? dice(256) : likely[dice(sizeof(likely) - 1)];
			memset(margin, NMEA_SURE, sizeof(margin));
			margin[dice(8)] = dice(256);
			margin[dice(8)] = dice(256);
			nmea_feed(&t.p, byte, 0, margin, t.clock++);
		}
		nmea_feed(&t.p, '\n', 0, NULL, t.clock++);
	}
	expect_sums();
	print_message("# of %u lines of garbage %lu are taken for sentences\n",
		      lines, t.p.stats.sentences);
	assert_true(t.p.stats.sentences < lines / 1000);
}

/* The same in sentences: counters and limits hold. */
static void any_input_keeps_the_sums(void **state)
{
	unsigned int i, n;
	struct sent s;
	size_t at;

	(void)state;
	begin_watched();
	for (i = 0; i < 40000; i++) {
		compose(&s, bodies[dice(BODIES)]);
		receive(&s, dice(30), 4, 254);
		for (n = dice(4); n; n--) {
			at = dice(s.n);
			s.received[at] = dice(256);
			s.margin[at][dice(8)] = dice(256);
		}
		s.n = dice(3) ? s.n : dice(s.n);
		deliver(&s);
		if (!dice(100))
			nmea_feed(&t.p, dice(256), NMEA_BYTE_BAD, NULL, t.clock++);
		for (n = dice(300) ? 0 : 600; n; n--)
			nmea_feed(&t.p, '0', 0, s.margin[0], t.clock++);
		t.n = 0;
	}
	expect_sums();
	for (n = 0; n <= NMEA_TOO_LONG; n++)
		assert_true(told.verdict[n] || n == NMEA_MALFORMED);
}

/* One after the other, so that one could run into the next. */
static void a_stream_is_what_was_sent(void **state)
{
	unsigned int i, altered = 0, n = 0;
	struct sent s;

	(void)state;
	begin_watched();
	for (i = 0; i < 8000; i++) {
		compose(&s, bodies[dice(BODIES)]);
		receive(&s, dice(8), 30, 200);
		deliver(&s);
		t.n = 0;
		assert_in_range(t.p.stats.sentences, n, n + 1);
		altered += t.p.stats.sentences > n && !is_sent(&s);
		n = t.p.stats.sentences;
	}
	expect_sums();
	assert_true(n > i - i / 100);
	assert_in_range(altered, 0, i / 1000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(bits_are_wrong_as_their_margins_say),
		TEST(the_cheapest_is_taken),
		TEST(sure_bytes_that_are_wrong),
		TEST(garbage),
		TEST(any_input_keeps_the_sums),
		TEST(a_stream_is_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
