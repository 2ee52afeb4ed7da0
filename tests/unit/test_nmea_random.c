// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser: properties that must hold for any input.
 */
#include "nmea_test.h"

/* A log of n epochs in the order and form of a u-blox M8. */
#define CYCLE	9
#define LINE	256

static void cycle(char (*body)[LINE], unsigned int i)
{
	char hms[40], position[80];

	time_text(hms, sizeof(hms), 86390000 + i * 1000 - (i > 9) * 86400000);
	snprintf(position, sizeof(position), "%02u%02u.%05u,S,%03u%02u.%05u,W",
		 i % 90, i % 60, i * 7919 % 100000, i, i % 60,
		 i * 104729 % 100000);
	snprintf(body[0], LINE, "GNRMC,%s,A,%s,%u.%03u,%u.25,%02u0126,,,A,V",
		 hms, position, i, i * 37 % 1000, i, 1 + i / 10);
	snprintf(body[1], LINE, "GNVTG,%u.5,T,,M,5.0,N,9.3,K,A", i);
	snprintf(body[2], LINE, "GNGGA,%s,%s,1,%02u,1.%02u,%u.%u,M,-3.4,M,,",
		 hms, position, i % 13, i % 100, i * 10, i % 10);
	snprintf(body[3], LINE, "GNGSA,A,3," GSA_SATS ",1.%02u,1.%02u,0.9,1",
		 i % 100, i % 100);
	snprintf(body[4], LINE, "GNGSA,A,2,70,,,,,,,,,,,,1.%02u,1.%02u,0.9,2",
		 i % 100, i % 100);
	snprintf(body[5], LINE, "GPGSV,1,1,%02u,18,39,130,36", i % 20);
	snprintf(body[6], LINE, "GLGSV,1,1,%02u,70,39,130,36", i % 7);
	snprintf(body[7], LINE, "GNGLL,%s,%s,%c,A", position, hms,
		 i % 8 ? 'A' : 'V');
	snprintf(body[8], LINE, "GNZDA,%s,%02u,01,2026,00,00", hms, 1 + i / 10);
}

/* All lines of 20 cycles, with CRLF. */
static size_t make_log(char *text)
{
	char body[CYCLE][LINE];
	size_t n = 0;
	unsigned int i, j;

	for (i = 0; i < 20; i++) {
		cycle(body, i);
		for (j = 0; j < CYCLE; j++)
			n += sprintf(text + n, "$%s*%02x\r\n", body[j],
				     checksum(body[j]));
	}
	return n;
}

static char log_text[65536], wrong_text[70000];

static struct gnss_gpio_fix kept[MAX_FIXES];
static unsigned int n_kept;

static void keep(void)
{
	memcpy(kept, t.fix, t.n * sizeof(t.fix[0]));
	n_kept = t.n;
}

/* The same records as kept; the order of sentences may change monotonic_ns. */
static void expect_kept(bool but_monotonic)
{
	struct gnss_gpio_fix a, b;
	unsigned int i;

	assert_int_equal(t.n, n_kept);
	for (i = 0; i < t.n; i++) {
		a = t.fix[i];
		b = kept[i];
		if (but_monotonic)
			a.monotonic_ns = b.monotonic_ns = 0;
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

static void order_within_an_epoch_does_not_matter(void **state)
{
	char body[CYCLE][LINE], swap[LINE];
	unsigned int round, i, j, k;

	(void)state;
	for (round = 0; round < 200; round++) {
		begin();
		nmea_set_prompt(&t.p, false);
		for (i = 0; i < 20; i++) {
			cycle(body, i);
			for (j = CYCLE - 1; round && j; j--) {
				k = dice(j + 1);
				memcpy(swap, body[j], sizeof(swap));
				memcpy(body[j], body[k], sizeof(swap));
				memcpy(body[k], swap, sizeof(swap));
			}
			for (j = 0; j < CYCLE; j++)
				say("%s", body[j]);
			nmea_silence(&t.p);
		}
		assert_int_equal(t.n, 20);
		assert_int_equal(t.p.stats.late, 0);
		if (round)
			expect_kept(true);
		else
			keep();
	}
	assert_int_equal(kept[19].utc_ms, DAY_MS + 86400000 + 9000);
	assert_int_equal(kept[8].mode, GNSS_GPIO_MODE_NO_FIX);
	assert_int_equal(kept[9].mode, GNSS_GPIO_MODE_3D);
}

static void prompt_or_not_gives_the_same(void **state)
{
	size_t n = make_log(log_text);

	(void)state;
	nmea_set_prompt(&t.p, false);
	bytes(log_text, n);
	nmea_flush(&t.p);
	keep();
	begin();
	bytes(log_text, n);
	assert_int_equal(t.n, 20);		/* the last one without a flush */
	nmea_flush(&t.p);
	expect_kept(false);
}

/* The parser is its struct and nothing else: it may move at any byte. */
static void input_may_be_split_anywhere(void **state)
{
	size_t n = make_log(log_text), at;
	static struct nmea moved;

	(void)state;
	bytes(log_text, n);
	nmea_flush(&t.p);
	keep();
	for (at = 0; at < n; at += 1 + dice(7)) {
		begin();
		bytes(log_text, at);
		moved = t.p;
		memset(&t.p, 0xa5, sizeof(t.p));
		t.p = moved;
		bytes(log_text + at, n - at);
		nmea_flush(&t.p);
		expect_kept(false);
	}
}

static void random_bytes_change_nothing(void **state)
{
	static const char likely[] = "$*,.GPRMCA0123456789\r\n";
	unsigned int i;
	char c;

	(void)state;
	for (i = 0; i < 3000000; i++) {
		c = dice(2) ? likely[dice(sizeof(likely) - 1)] : (char)dice(256);
		bytes(&c, 1);
	}
	/* a sentence of noise now and then has its checksum, none has a type */
	assert_int_equal(t.p.stats.used, 0);
	assert_int_equal(t.p.stats.malformed, 0);
	nmea_flush(&t.p);
	assert_int_equal(t.n, 0);
	begin();
	assert_false(nmea_epoch_open(&t.p));
}

/*
 * What a whole text holds, worked out in another way than byte by byte: for
 * every '*' with two hex digits and a line end, the '$' before it.
 */
static unsigned int count_sentences(const char *text, size_t n)
{
	unsigned int count = 0, given;
	size_t star, at;
	char hex[3];
	u8 sum;

	for (star = 0; star + 3 < n; star++) {
		if (text[star] != '*' || !isxdigit((u8)text[star + 1]) ||
		    !isxdigit((u8)text[star + 2]) ||
		    (text[star + 3] != '\r' && text[star + 3] != '\n'))
			continue;
		memcpy(hex, text + star + 1, 2);
		hex[2] = '\0';
		given = strtoul(hex, NULL, 16);
		for (sum = 0, at = star; at > 0; at--) {
			if ((u8)text[at - 1] < 0x20 || (u8)text[at - 1] > 0x7e ||
			    text[at - 1] == '*' || text[at - 1] == '$')
				break;
			sum ^= (u8)text[at - 1];
		}
		if (at && text[at - 1] == '$' && sum == given &&
		    star - at <= NMEA_MAX_SENTENCE - NMEA_TAIL - 1)
			count++;
	}
	return count;
}

static size_t mutate(char *to, const char *from, size_t n, unsigned int times)
{
	size_t at;

	memcpy(to, from, n);
	while (times--) {
		at = dice(n);
		switch (dice(5)) {
		case 0:				/* a flipped bit */
			to[at] ^= 1 << dice(8);
			break;
		case 1:				/* any byte */
			to[at] = (char)dice(256);
			break;
		case 2:				/* a byte that means something */
			to[at] = "$*,\r\n"[dice(5)];
			break;
		case 3:				/* a lost byte */
			memmove(to + at, to + at + 1, --n - at);
			break;
		default:			/* one too many */
			memmove(to + at + 1, to + at, n++ - at);
			to[at] = (char)dice(256);
		}
	}
	return n;
}

static void corrupted_is_taken_only_with_a_right_checksum(void **state)
{
	unsigned int i, found = 0;
	size_t n = make_log(log_text), m;

	(void)state;
	assert_int_equal(count_sentences(log_text, n), 20 * CYCLE);
	for (i = 0; i < 3000; i++) {
		begin();
		m = mutate(wrong_text, log_text, n, 1 + dice(400));
		bytes(wrong_text, m);
		nmea_flush(&t.p);
		assert_int_equal(t.p.stats.sentences,
				 count_sentences(wrong_text, m));
		found += t.p.stats.sentences;
	}
	assert_true(found > 100000);
}

static void no_single_change_of_a_sentence_is_taken(void **state)
{
	static const char line[] =
		"$GPGGA,120001.00,4807.03800,N,01131.00000,E,1,08,0.95,545.4,M,46.9,M,,*";
	char text[100];
	size_t n, at;
	int byte;

	(void)state;
	n = snprintf(text, sizeof(text), "%s%02X\r\n", line, 0x53);
	assert_int_equal(count_sentences(text, n), 1);
	for (at = 0; at < n - 2; at++) {
		for (byte = 0; byte < 256; byte++) {
			memcpy(wrong_text, text, n);
			wrong_text[at] = (char)byte;
			if (wrong_text[at] == text[at])
				continue;
			begin();
			bytes(wrong_text, n);
			assert_int_equal(t.p.stats.sentences,
					 count_sentences(wrong_text, n));
			/* a '$' in front of the checksum: the rest is too short */
			assert_int_equal(t.p.stats.used, 0);
		}
	}
}

static void truncated_sentences_are_not_taken(void **state)
{
	char body[CYCLE][LINE], line[LINE + 8];
	unsigned int i, j;
	size_t n, at;

	(void)state;
	for (i = 0; i < 20; i++) {
		cycle(body, i);
		for (j = 0; j < CYCLE; j++) {
			n = sprintf(line, "$%s*%02X", body[j], checksum(body[j]));
			for (at = 1; at < n; at++) {
				begin();
				bytes(line, at);
				raw("\r\n");
				assert_int_equal(t.p.stats.sentences, 0);
				assert_int_equal(t.p.stats.no_checksum, 1);
			}
		}
	}
}

/* Broken contents under a right checksum: all or nothing. */
static void malformed_changes_nothing_at_all(void **state)
{
	unsigned int i, j, malformed = 0, used = 0;
	char body[CYCLE][LINE];
	struct nmea before;
	size_t at;
	char *s;

	(void)state;
	for (i = 0; i < 20; i++) {
		cycle(body, i);
		say("%s", body[0]);
		for (j = 0; j < CYCLE * 200; j++) {
			cycle(body, i);
			s = body[j % CYCLE];
			at = 6 + dice(strlen(s) - 6);
			s[at] = ",.-+0159AVNxE "[dice(14)];
			if (dice(2))
				s[6 + dice(strlen(s) - 6)] = '9';
			before = t.p;
			say("%s", s);
			if (t.p.stats.used != before.stats.used) {
				used++;
				t.p = before;
				continue;
			}
			malformed++;
			assert_true(same_state(&t.p, &before));
		}
	}
	assert_true(malformed > 5000 && used > 2000);
}

/* Whatever comes, records keep their promises. */
static void records_keep_their_promises(void **state)
{
	const struct gnss_gpio_fix *f;
	size_t n = make_log(log_text), m;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < 2000; i++) {
		begin();
		m = mutate(wrong_text, log_text, n, dice(60));
		for (j = 0; j < m; j++) {
			bytes(wrong_text + j, 1);
			if (!dice(300))
				nmea_silence(&t.p);
		}
		nmea_flush(&t.p);
		for (f = t.fix; f < t.fix + t.n; f++) {
			assert_true(f->mode <= 3);
			assert_int_equal(has(f, GNSS_GPIO_VALID_POSITION),
					 f->mode > 1);
			assert_true(llabs(f->lat_nd) <= 90000000000);
			assert_true(llabs(f->lon_nd) <= 180000000000);
			assert_true(f->course_1e5 <= 36000000);
			assert_true(f->tod_ms < 86401000);
			assert_true(f->sentences > 0);
			assert_true(!has(f, GNSS_GPIO_VALID_DATE) ||
				    has(f, GNSS_GPIO_VALID_TIME));
		}
		assert_int_equal(t.p.stats.epochs, t.n);
		assert_int_equal(t.p.stats.sentences, t.p.stats.used +
				 t.p.stats.ignored + t.p.stats.malformed);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(order_within_an_epoch_does_not_matter),
		TEST(prompt_or_not_gives_the_same),
		TEST(input_may_be_split_anywhere),
		TEST(random_bytes_change_nothing),
		TEST(corrupted_is_taken_only_with_a_right_checksum),
		TEST(no_single_change_of_a_sentence_is_taken),
		TEST(truncated_sentences_are_not_taken),
		TEST(malformed_changes_nothing_at_all),
		TEST(records_keep_their_promises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
