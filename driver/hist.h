/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Distributions of durations: log-linear buckets in fixed memory.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 */
#ifndef GNSS_GPIO_HIST_H
#define GNSS_GPIO_HIST_H

#include "pure.h"
#include "uapi/gnss-gpio.h"

/* Percentiles are given in millionths: p50 is 500000, p99.9 is 999000. */
#define HIST_PPM	1000000

void hist_add(struct gnss_gpio_hist *h, u64 ns);
u64 hist_percentile(const struct gnss_gpio_hist *h, u32 ppm);
u64 hist_mean(const struct gnss_gpio_hist *h);
u64 hist_bucket_max(unsigned int bucket);

#endif /* GNSS_GPIO_HIST_H */
