// SPDX-License-Identifier: GPL-2.0-only
/*
 * Distributions of durations.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../driver/hist.h"

/* Of AddressSanitizer; its header is not everywhere where it is. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define MAX_SAMPLES	5000
#define LAST		(GNSS_GPIO_HIST_BUCKETS - 1)

/* What the buckets tell apart ends here. */
#define BUCKETS_END	(1ULL << 35)

static struct gnss_gpio_hist h;
static u64 samples[MAX_SAMPLES];
static u64 seed;

/* Numbers that look random, the same ones in each run. */
static u64 dice(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static int setup(void **state)
{
	(void)state;
	seed = 0x9e3779b97f4a7c15ULL;
	memset(&h, 0, sizeof(h));
	return 0;
}

/* The one bucket that one duration goes to. */
static unsigned int bucket_of(u64 ns)
{
	struct gnss_gpio_hist one;
	unsigned int i, found = 0, n = 0;

	memset(&one, 0, sizeof(one));
	hist_add(&one, ns);
	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS; i++) {
		if (!one.bucket[i])
			continue;
		assert_int_equal(one.bucket[i], 1);
		found = i;
		n++;
	}
	assert_int_equal(n, 1);
	return found;
}

/* The formula of uapi/gnss-gpio.h, by its words. */
static unsigned int documented_bucket(u64 v)
{
	unsigned int n = 0;
	u64 bucket;

	while (n < 64 && v >> n)
		n++;
	if (n <= 4)
		return v;
	bucket = 16 * (n - 5) + (v >> (n - 5));
	return bucket < LAST ? bucket : LAST;
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The smallest sample that at least this part of all do not exceed. */
static u64 nearest_rank(const u64 *sorted, size_t n, u32 ppm)
{
	unsigned __int128 product = (unsigned __int128)n * ppm;
	size_t rank = (product + HIST_PPM - 1) / HIST_PPM;

	return sorted[rank ? rank - 1 : 0];
}

static void check_percentile(const u64 *sorted, size_t n, u32 ppm)
{
	u64 exact = nearest_rank(sorted, n, ppm);
	u64 got = hist_percentile(&h, ppm);

	assert_true(got >= exact);
	assert_true(got <= sorted[n - 1]);
	if (exact < BUCKETS_END - (BUCKETS_END >> 5))
		assert_true(got - exact <= exact / 16);
	else
		assert_int_equal(got, sorted[n - 1]);
}

/* All percentiles that anybody asks for, against the sorted samples. */
static void check_samples(size_t n)
{
	static const u32 ppm[] = {
		0, 1, 10000, 250000, 499999, 500000, 500001, 900000, 950000,
		990000, 999000, 999900, 999999, HIST_PPM
	};
	size_t i;

	memset(&h, 0, sizeof(h));
	for (i = 0; i < n; i++)
		hist_add(&h, samples[i]);
	qsort(samples, n, sizeof(samples[0]), by_value);
	for (i = 0; i < sizeof(ppm) / sizeof(ppm[0]); i++)
		check_percentile(samples, n, ppm[i]);
	for (i = 0; i < 20; i++)
		check_percentile(samples, n, dice() % (HIST_PPM + 1));
	assert_int_equal(h.count, n);
	assert_int_equal(h.min_ns, samples[0]);
	assert_int_equal(h.max_ns, samples[n - 1]);
}

/* As many bits as there are, or fewer, each equally often. */
static u64 any_size(unsigned int bits)
{
	return dice() >> (64 - bits) >> dice() % bits;
}

static u64 draw(unsigned int kind)
{
	switch (kind) {
	case 0:
		return dice() % 40;
	case 1:
		return 10000 + dice() % 200;
	case 2:
		/* a few that took ten thousand times as long */
		return (2000 + dice() % 500) * (dice() % 50 ? 1 : 10000);
	case 3:
		return any_size(35);
	case 4:
		return any_size(48);
	default:
		return 123456;
	}
}

static void percentiles_of_many(void **state)
{
	unsigned int round;
	size_t n, i;

	(void)state;
	for (round = 0; round < 600; round++) {
		n = round < 120 ? 1 + round / 6 : 1 + dice() % MAX_SAMPLES;
		for (i = 0; i < n; i++)
			samples[i] = draw(round % 6);
		check_samples(n);
	}
}

static void percentiles_of_none(void **state)
{
	(void)state;
	assert_int_equal(hist_percentile(&h, 0), 0);
	assert_int_equal(hist_percentile(&h, 500000), 0);
	assert_int_equal(hist_percentile(&h, HIST_PPM), 0);
	assert_int_equal(hist_mean(&h), 0);
}

static void percentiles_of_one_and_two(void **state)
{
	(void)state;
	hist_add(&h, 1000);
	assert_int_equal(hist_percentile(&h, 0), 1000);
	assert_int_equal(hist_percentile(&h, 1), 1000);
	assert_int_equal(hist_percentile(&h, HIST_PPM), 1000);
	hist_add(&h, 3);
	assert_int_equal(hist_percentile(&h, 0), 3);
	assert_int_equal(hist_percentile(&h, 500000), 3);
	assert_int_equal(hist_percentile(&h, 500001), 1000);
	assert_int_equal(hist_percentile(&h, HIST_PPM), 1000);
}

/* Counts that no run of a test reaches. */
static void percentiles_of_huge_counts(void **state)
{
	(void)state;
	h.bucket[10] = UINT_MAX;
	h.bucket[20] = UINT_MAX;
	h.count = 2ULL * UINT_MAX;
	h.min_ns = 10;
	h.max_ns = 20;
	assert_int_equal(hist_percentile(&h, 499999), 10);
	assert_int_equal(hist_percentile(&h, 500000), 10);
	assert_int_equal(hist_percentile(&h, 500001), 20);
	assert_int_equal(hist_percentile(&h, HIST_PPM), 20);
}

/* Below, on and above each power of two, and at the ends of all buckets. */
static void bucket_edges(void **state)
{
	unsigned int bit, i;
	u64 v;

	(void)state;
	for (bit = 0; bit < 64; bit++) {
		for (i = 0; i < 3; i++) {
			v = (1ULL << bit) - 1 + i;
			assert_int_equal(bucket_of(v), documented_bucket(v));
		}
	}
	assert_int_equal(bucket_of(~0ULL), LAST);
	for (i = 0; i < 10000; i++) {
		v = any_size(64);
		assert_int_equal(bucket_of(v), documented_bucket(v));
	}
}

static void buckets_meet(void **state)
{
	u64 max, before = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS; i++) {
		max = hist_bucket_max(i);
		assert_int_equal(bucket_of(max), i);
		assert_int_equal(bucket_of(max + 1), i < LAST ? i + 1 : LAST);
		if (i) {
			assert_true(max > before);
			assert_true(max - before == 1 ||
				    (max - before) * 16 <= before + 1);
		}
		before = max;
	}
	assert_int_equal(before, BUCKETS_END - 1);
}

/* Longer than the buckets tell apart: the longest is known nevertheless. */
static void last_bucket(void **state)
{
	(void)state;
	hist_add(&h, 5);
	hist_add(&h, BUCKETS_END + 12345);
	hist_add(&h, 3 * BUCKETS_END);
	assert_int_equal(h.bucket[LAST], 2);
	assert_int_equal(hist_percentile(&h, 300000), 5);
	assert_int_equal(hist_percentile(&h, 600000), 3 * BUCKETS_END);
	assert_int_equal(hist_percentile(&h, HIST_PPM), 3 * BUCKETS_END);
}

/* Wherever they fall: else what is added to others would shift the percentiles. */
static void full(void **state)
{
	struct gnss_gpio_hist before;

	(void)state;
	hist_add(&h, 9);
	h.bucket[12] = UINT_MAX - 2;
	h.count += UINT_MAX - 2;
	hist_add(&h, 12);
	assert_int_equal(h.bucket[12], UINT_MAX - 1);
	assert_int_equal(h.count, UINT_MAX);
	assert_int_equal(hist_percentile(&h, 500000), 12);
	before = h;
	hist_add(&h, 12);
	hist_add(&h, 77);
	assert_memory_equal(&h, &before, sizeof(h));
}

static void mean(void **state)
{
	u64 sum = 0, v;
	unsigned int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		v = any_size(40);
		sum += v;
		hist_add(&h, v);
		assert_int_equal(hist_mean(&h), sum / (i + 1));
	}
	/* More than a divisor of 32 bits: 2^32 times 1000 ns, and a half. */
	h.count = 1ULL << 32;
	h.sum_ns = 1000ULL << 32;
	assert_int_equal(hist_mean(&h), 1000);
	h.count = (1ULL << 33) + 1;
	h.sum_ns = h.count * 700;
	assert_in_range(hist_mean(&h), 699, 700);
}

/* Nothing is allocated, and nothing but its own structure is written. */
static void memory_is_constant(void **state)
{
	static struct {
		u8 before[4096];
		struct gnss_gpio_hist h;
		u8 after[4096];
	} m;
	static u8 guard[sizeof(m.before)];
	size_t allocated;
	unsigned int i;

	(void)state;
	assert_int_equal(sizeof(m.h), 4 * 8 + 4 * GNSS_GPIO_HIST_BUCKETS);
	memset(&m, 0xa5, sizeof(m));
	memset(guard, 0xa5, sizeof(guard));
	allocated = __sanitizer_get_current_allocated_bytes();
	memset(&m.h, 0, sizeof(m.h));
	for (i = 0; i < 1000000; i++)
		hist_add(&m.h, any_size(64));
	hist_percentile(&m.h, 999000);
	hist_mean(&m.h);
	assert_int_equal(__sanitizer_get_current_allocated_bytes(), allocated);
	assert_int_equal(m.h.count, 1000000);
	assert_memory_equal(m.before, guard, sizeof(guard));
	assert_memory_equal(m.after, guard, sizeof(guard));
}

/* Asking changes nothing. */
static void asking_is_const(void **state)
{
	struct gnss_gpio_hist before;
	unsigned int i;

	(void)state;
	for (i = 0; i < 100; i++)
		hist_add(&h, any_size(40));
	before = h;
	hist_percentile(&h, 990000);
	hist_mean(&h);
	assert_memory_equal(&h, &before, sizeof(h));
}

#define TEST(name)	cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(percentiles_of_many),
		TEST(percentiles_of_none),
		TEST(percentiles_of_one_and_two),
		TEST(percentiles_of_huge_counts),
		TEST(bucket_edges),
		TEST(buckets_meet),
		TEST(last_bucket),
		TEST(full),
		TEST(mean),
		TEST(memory_is_constant),
		TEST(asking_is_const),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
