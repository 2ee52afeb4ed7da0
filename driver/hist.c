// SPDX-License-Identifier: GPL-2.0-only
/*
 * Distributions of durations: log-linear buckets in fixed memory.
 */
#include "hist.h"

/* Buckets to each power of two, as a power of two. */
#define SUB_BITS	4

/* Durations of more bits share the last bucket. */
#define MAX_BITS	35

/* A bucket holds no more. */
#define HIST_FULL	0xffffffffU

static unsigned int hist_bits(u64 ns)
{
	return ns ? 64 - __builtin_clzll(ns) : 0;
}

static unsigned int hist_bucket(u64 ns)
{
	unsigned int bits = hist_bits(ns);
	unsigned int shift;

	if (bits > MAX_BITS)
		return GNSS_GPIO_HIST_BUCKETS - 1;
	if (bits <= SUB_BITS)
		return ns;
	shift = bits - SUB_BITS - 1;

	return (shift << SUB_BITS) + (unsigned int)(ns >> shift);
}

/**
 * hist_bucket_max() - the longest duration that falls into a bucket
 * @bucket: its number, below GNSS_GPIO_HIST_BUCKETS
 *
 * Context: any.
 * Return: ns; of the last bucket, the end of what it tells apart.
 */
u64 hist_bucket_max(unsigned int bucket)
{
	unsigned int shift;

	if (bucket < (2U << SUB_BITS))
		return bucket;
	shift = (bucket >> SUB_BITS) - 1;

	return ((u64)(bucket - (shift << SUB_BITS) + 1) << shift) - 1;
}

/**
 * hist_add() - add one duration
 * @h: the distribution
 * @ns: the duration, ns
 *
 * After 4294967295 of them, which takes 13 days of traffic at 38400 baud, nothing is added
 * any more, so that what the distribution tells stays right.
 *
 * Context: any, hard IRQ included; a few dozen instructions.
 */
void hist_add(struct gnss_gpio_hist *h, u64 ns)
{
	if (h->count >= HIST_FULL)
		return;
	h->bucket[hist_bucket(ns)]++;
	if (!h->count || ns < h->min_ns)
		h->min_ns = ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
	h->count++;
	h->sum_ns += ns;
}

/**
 * hist_percentile() - the duration that a part of them does not exceed
 * @h: the distribution
 * @ppm: the part, in millionths, 0..HIST_PPM
 *
 * Nearest rank: the smallest duration that at least that part of all do not
 * exceed, rounded up to the end of its bucket (1/16 at most), but never beyond
 * the longest.
 *
 * Context: any.
 * Return: ns; 0 if the distribution is empty.
 */
u64 hist_percentile(const struct gnss_gpio_hist *h, u32 ppm)
{
	/* In two parts, as the product of count and ppm may not fit. */
	u64 whole = div_u64(h->count, HIST_PPM);
	u64 rest = h->count - whole * HIST_PPM;
	u64 rank = whole * ppm + div_u64(rest * ppm + HIST_PPM - 1, HIST_PPM);
	u64 seen = 0;
	unsigned int i;

	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS - 1; i++) {
		seen += h->bucket[i];
		if (seen && seen >= rank) {
			u64 max = hist_bucket_max(i);

			return max < h->max_ns ? max : h->max_ns;
		}
	}

	return h->max_ns;
}

/**
 * hist_mean() - the mean duration
 * @h: the distribution
 *
 * Context: any.
 * Return: ns, rounded down; 0 if the distribution is empty.
 */
u64 hist_mean(const struct gnss_gpio_hist *h)
{
	u64 count = h->count;
	u64 sum = h->sum_ns;

	/* The divisor has 32 bits; what is cut off does not count then. */
	while (count > 0xffffffffU) {
		count >>= 1;
		sum >>= 1;
	}

	return count ? div_u64(sum, count) : 0;
}
