// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzing of the parser with libFuzzer: bytes, flags, margins and times.
 *
 * Most bytes of an input are bytes of the line.  The control characters below
 * stand for what else can happen.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../driver/nmea.h"

enum {
	OP_TIME = 1,	/* the next byte is the logarithm of a pause in ns */
	OP_BAD,		/* the next byte of the line is flagged */
	OP_DOUBT,	/* the next two are a bit of the next byte, and its margin */
	OP_SILENCE,
	OP_FLUSH,
	OP_END,		/* the right checksum and a line end */
	OP_RAW,		/* the next one is a byte of the line, whatever it is */
	OP_MOVE,	/* of two parsers one moves in memory */
	OPS
};

#define BYTE_NS	260417		/* at 38400 baud */

#define CHECK(what) do { \
	if (!(what)) { \
		fprintf(stderr, "not true: %s\n", #what); \
		abort(); \
	} \
} while (0)

/* What is told of a parser, and what must not change unless a sentence is used. */
struct run {
	struct nmea p;
	struct nmea kept;
	unsigned long long events;
	char sent[NMEA_MAX_SENTENCE + 8];	/* since the last '$' */
	size_t n;
	bool whole;				/* @sent is all, and sure */
	s64 now_ns;
	u8 sum;
};

static void note_event(struct run *r, const void *data, size_t n)
{
	const u8 *byte = data;

	for (; n; n--)
		r->events = (r->events ^ *byte++) * 0x100000001b3ULL;
}

static struct run *running;

static int order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gnss_gpio_satellite));
}

/* Each signal of each satellite once, and where a satellite can be. */
static void check_sky(const struct gnss_gpio_sky *sky)
{
	struct gnss_gpio_satellite s[GNSS_GPIO_SATELLITES_MAX];
	unsigned int i, n = sky->satellites;

	CHECK(n <= GNSS_GPIO_SATELLITES_MAX);
	CHECK(sky->size == offsetof(struct gnss_gpio_sky, satellite) + n * sizeof(s[0]));
	CHECK(sky->satellite_size == sizeof(s[0]));
	CHECK(sky->type == GNSS_GPIO_RECORD_SKY);
	CHECK(!n || sky->groups);
	CHECK(!sky->omitted || n == GNSS_GPIO_SATELLITES_MAX);
	for (i = 0; i < n; i++) {
		s[i] = sky->satellite[i];
		CHECK(s[i].system <= GNSS_GPIO_SYSTEM_NAVIC);
		CHECK(s[i].svid >= 1 && (s[i].svid >= 120) == !s[i].system);
		CHECK(s[i].number >= 1 && s[i].number <= 999);
		CHECK(s[i].signal <= 15);
		CHECK(s[i].elevation >= -90 && s[i].elevation <= 90);
		CHECK(s[i].azimuth < 360 && s[i].snr <= 99);
		CHECK(s[i].flags & GNSS_GPIO_SATELLITE_SNR || !s[i].snr);
		/* what makes it another one */
		s[i] = (struct gnss_gpio_satellite){
			.system = s[i].system,
			.svid = s[i].svid,
			.signal = s[i].signal,
		};
	}
	qsort(s, n, sizeof(s[0]), order);
	for (i = 1; i < n; i++)
		CHECK(order(&s[i - 1], &s[i]));
	note_event(running, sky, sky->size);
}

static void publish(void *ctx, const struct gnss_gpio_fix *f)
{
	const u32 of_fix = GNSS_GPIO_VALID_POSITION | GNSS_GPIO_VALID_ALTITUDE |
			   GNSS_GPIO_VALID_SPEED | GNSS_GPIO_VALID_COURSE |
			   GNSS_GPIO_VALID_ERR_ELLIPSE;
	struct gnss_gpio_sky sky;

	(void)ctx;
	CHECK(f->size == sizeof(*f));
	CHECK(f->sentences > 0);
	CHECK(f->mode <= GNSS_GPIO_MODE_3D);
	CHECK(!(f->valid & GNSS_GPIO_VALID_POSITION) == (f->mode < GNSS_GPIO_MODE_2D));
	CHECK(f->mode >= GNSS_GPIO_MODE_2D || !(f->valid & of_fix));
	CHECK(f->lat_nd >= -90000000000 && f->lat_nd <= 90000000000);
	CHECK(f->lon_nd >= -180000000000 && f->lon_nd <= 180000000000);
	CHECK(f->course_1e5 <= 36000000 && f->heading_1e5 <= 36000000);
	CHECK(f->err_orient_1e5 <= 36000000);
	CHECK(f->antenna <= GNSS_GPIO_ANTENNA_SHORT);
	CHECK(!(f->valid & GNSS_GPIO_VALID_DATUM) == !f->datum[0]);
	CHECK(!(f->valid & GNSS_GPIO_RECORD_OTHER));
	CHECK(f->tod_ms < 86401000);
	CHECK(!(f->valid & GNSS_GPIO_VALID_DATE) || f->valid & GNSS_GPIO_VALID_TIME);
	note_event(running, f, sizeof(*f));
	nmea_get_sky(&running->p, &sky);
	check_sky(&sky);
}

static bool is_right(const char *text, size_t n)
{
	u8 sum = 0;
	size_t i;

	for (i = 1; i < n && text[i] != '*'; i++)
		sum ^= text[i];
	return text[0] == '$' && i + 5 == n &&
	       (nmea_hex_digit(text[i + 1]) << 4 |
		nmea_hex_digit(text[i + 2])) == sum &&
	       text[n - 2] == '\r' && text[n - 1] == '\n';
}

static void sentence(void *ctx, const struct nmea_sentence *s)
{
	(void)ctx;
	CHECK(strlen(s->text) == s->len);
	note_event(running, s->text, s->len);
	note_event(running, &s->verdict, 1);
	if (!nmea_verified(s->verdict))
		return;
	CHECK(is_right(s->text, s->len));
	/* what was not sent whole is not taken */
	if (running->whole) {
		CHECK(s->len == running->n + 2);
		CHECK(!memcmp(s->text, running->sent, running->n));
	}
}

/* The parser but for the line, and what counts and measures it. */
static bool same_epochs(const struct nmea *a, const struct nmea *b)
{
	return !memcmp(&a->now, &b->now, sizeof(a->now)) &&
	       !memcmp(&a->next, &b->next, sizeof(a->next)) &&
	       !memcmp(&a->last, &b->last, sizeof(a->last)) &&
	       !memcmp(&a->group, &b->group, sizeof(a->group)) &&
	       a->split == b->split && a->last_prompt == b->last_prompt &&
	       a->last_repeated == b->last_repeated &&
	       a->trusted == b->trusted && a->candidate == b->candidate &&
	       a->run == b->run && a->needed == b->needed &&
	       a->date_known == b->date_known && a->date == b->date &&
	       a->date_tod == b->date_tod &&
	       !memcmp(a->datum, b->datum, sizeof(a->datum)) &&
	       a->antenna == b->antenna && !a->published && !b->published &&
	       a->rhythm.pause_ns == b->rhythm.pause_ns &&
	       a->rhythm.period_ns == b->rhythm.period_ns &&
	       a->rhythm.silence_ns == b->rhythm.silence_ns &&
	       a->rhythm.head == b->rhythm.head;
}

/* The line, and the memory of its repair, come first. */
static void keep(struct run *r)
{
	const size_t from = offsetof(struct nmea, rhythm);

	r->kept.stats = r->p.stats;
	memcpy((char *)&r->kept + from, (char *)&r->p + from,
	       sizeof(r->p) - from);
}

/* Each sentence that was ignored is counted by its name, once. */
static bool names_add_up(const struct nmea_names *names, unsigned long ignored)
{
	unsigned int i;

	for (i = 0; i < names->n; i++)
		ignored -= names->entry[i].count;
	return names->n <= NMEA_NAMES && ignored == names->other;
}

static void check_state(struct run *r)
{
	const struct nmea_stats *s = &r->p.stats;

	CHECK(s->sentences == s->used + s->ignored + s->malformed);
	CHECK(s->fixes <= s->epochs);
	CHECK(names_add_up(&r->p.names, s->ignored));
	CHECK(r->p.rhythm.silence_ns > 0);
	if (s->used == r->kept.stats.used && s->epochs == r->kept.stats.epochs)
		CHECK(same_epochs(&r->p, &r->kept));
	keep(r);
}

static void feed(struct run *r, u8 byte, unsigned int flags, const u8 *margin)
{
	bool end = byte == '\r' || byte == '\n' || byte == '$';

	if (byte == '$') {
		r->n = 0;
		r->sum = 0;
		r->whole = true;
	}
	if (flags || margin || r->n >= sizeof(r->sent))
		r->whole = false;
	else if (byte != '\r' && byte != '\n')
		r->sent[r->n++] = byte;
	r->sum ^= byte == '$' ? 0 : byte;
	nmea_feed(&r->p, byte, flags, margin, r->now_ns);
	r->now_ns += BYTE_NS;
	if (end)
		check_state(r);
}

static void feed_end(struct run *r)
{
	char text[8];
	int i;

	snprintf(text, sizeof(text), "*%02X\r\n", r->sum);
	for (i = 0; text[i]; i++)
		feed(r, text[i], 0, NULL);
}

static void move(struct run *r)
{
	static struct nmea elsewhere;

	memcpy(&elsewhere, &r->p, sizeof(elsewhere));
	memset(&r->p, 0xa5, sizeof(r->p));
	memcpy(&r->p, &elsewhere, sizeof(elsewhere));
}

static void play(struct run *r, const u8 *data, size_t size, bool moves)
{
	unsigned int flags = 0;
	u8 margin[8], op;
	bool unsure = false;

	running = r;
	r->events = 0;
	r->n = 0;
	r->sum = 0;
	r->whole = false;
	r->now_ns = 1000000000;
	nmea_init(&r->p, publish, r);
	nmea_set_sentence(&r->p, sentence);
	keep(r);
	memset(margin, NMEA_SURE, sizeof(margin));
	while (size--) {
		op = *data++;
		if (op == OP_TIME && size) {
			r->now_ns += 1LL << *data++ % 36;
			size--;
		} else if (op == OP_BAD) {
			flags = NMEA_BYTE_BAD;
		} else if (op == OP_DOUBT && size > 1) {
			margin[*data % 8] = data[1];
			unsure = true;
			data += 2;
			size -= 2;
		} else if (op == OP_SILENCE) {
			nmea_silence(&r->p);
			check_state(r);
		} else if (op == OP_FLUSH) {
			nmea_flush(&r->p);
			keep(r);
		} else if (op == OP_END) {
			feed_end(r);
		} else if (op == OP_MOVE) {
			if (moves)
				move(r);
		} else if (op >= OPS || (op == OP_RAW && size)) {
			if (op == OP_RAW) {
				op = *data++;
				size--;
			}
			feed(r, op, flags, unsure ? margin : NULL);
			flags = 0;
			unsure = false;
			memset(margin, NMEA_SURE, sizeof(margin));
		}
	}
	nmea_flush(&r->p);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct run one, two;

	play(&one, data, size, false);
	play(&two, data, size, true);
	CHECK(one.events == two.events);
	return 0;
}
