// SPDX-License-Identifier: GPL-2.0-only
#include "nmea_test.h"

struct nmea_test t;

static u32 random_state;

static void publish(void *ctx, const struct gnss_gpio_fix *fix)
{
	assert_ptr_equal(ctx, &t);
	assert_int_equal(fix->size, sizeof(*fix));
	assert_int_equal(fix->seq, 0);
	assert_true(t.n < MAX_FIXES);
	t.fix[t.n++] = *fix;
}

void begin(void)
{
	memset(&t, 0x5a, sizeof(t));
	t.n = 0;
	t.clock = 1000;
	nmea_init(&t.p, publish, &t);
}

int setup(void **state)
{
	(void)state;
	random_state = 12345;
	begin();
	return 0;
}

void bytes(const char *text, size_t n)
{
	while (n--)
		nmea_feed(&t.p, (u8)*text++, 0, NULL, t.clock++);
}

void raw(const char *text)
{
	bytes(text, strlen(text));
}

u8 checksum(const char *body)
{
	u8 sum = 0;

	while (*body)
		sum ^= (u8)*body++;
	return sum;
}

s64 say(const char *format, ...)
{
	char body[600], line[620];
	s64 start = t.clock;
	va_list args;

	va_start(args, format);
	vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	snprintf(line, sizeof(line), "$%s*%02X\r\n", body, checksum(body));
	raw(line);
	return start;
}

const struct gnss_gpio_fix *the_fix(void)
{
	nmea_flush(&t.p);
	assert_int_equal(t.n, 1);
	return &t.fix[0];
}

bool has(const struct gnss_gpio_fix *f, u32 bits)
{
	return (f->valid & bits) == bits;
}

void expect_position(const struct gnss_gpio_fix *f)
{
	assert_true(f->mode >= GNSS_GPIO_MODE_2D);
	assert_true(has(f, GNSS_GPIO_VALID_POSITION));
	assert_int_equal(f->lat_nd, LAT_ND);
	assert_int_equal(f->lon_nd, LON_ND);
}

static void expect_none_of_a_fix(const struct gnss_gpio_fix *f)
{
	assert_int_equal(f->valid & (GNSS_GPIO_VALID_POSITION |
				     GNSS_GPIO_VALID_ALTITUDE |
				     GNSS_GPIO_VALID_GEOID_SEP |
				     GNSS_GPIO_VALID_SPEED |
				     GNSS_GPIO_VALID_COURSE), 0);
	assert_int_equal(f->lat_nd, 0);
	assert_int_equal(f->lon_nd, 0);
	assert_int_equal(f->alt_msl_mm, 0);
	assert_int_equal(f->geoid_sep_mm, 0);
	assert_int_equal(f->speed_mm_s, 0);
	assert_int_equal(f->course_1e5, 0);
}

void expect_no_position(const struct gnss_gpio_fix *f)
{
	assert_int_equal(f->mode, GNSS_GPIO_MODE_NO_FIX);
	expect_none_of_a_fix(f);
}

void expect_nothing_said(const struct gnss_gpio_fix *f)
{
	assert_int_equal(f->mode, GNSS_GPIO_MODE_UNKNOWN);
	expect_none_of_a_fix(f);
}

bool same_state(const struct nmea *a, const struct nmea *b)
{
	return !memcmp(&a->now, &b->now, sizeof(a->now)) &&
	       !memcmp(&a->last, &b->last, sizeof(a->last)) &&
	       !memcmp(&a->next, &b->next, sizeof(a->next)) &&
	       a->split == b->split &&
	       a->last_prompt == b->last_prompt &&
	       a->last_repeated == b->last_repeated &&
	       a->trusted == b->trusted && a->candidate == b->candidate &&
	       a->run == b->run && a->needed == b->needed &&
	       a->date_known == b->date_known && a->date == b->date &&
	       a->date_tod == b->date_tod;
}

void expect_malformed(const char *body)
{
	struct nmea before = t.p;
	unsigned int n = t.n;

	say("%s", body);
	if (t.p.stats.malformed != before.stats.malformed + 1)
		fail_msg("taken: %s", body);
	assert_int_equal(t.p.stats.used, before.stats.used);
	assert_int_equal(t.n, n);
	assert_true(same_state(&t.p, &before));
}

void expect_unreadable(const char *body)
{
	struct nmea_stats before = t.p.stats;

	say("%s", body);
	if (t.p.stats.used != before.used + 1 ||
	    t.p.stats.unreadable != before.unreadable + 1)
		fail_msg("%lu fields unreadable: %s",
			 t.p.stats.unreadable - before.unreadable, body);
}

u32 dice(u32 sides)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % sides;
}

void time_text(char *text, size_t size, unsigned int ms)
{
	snprintf(text, size, "%02u%02u%02u.%02u", ms / 3600000,
		 ms / 60000 % 60, ms / 1000 % 60, ms % 1000 / 10);
}
