/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the bottom halves did, and how long it took them.
 */
#ifndef GNSS_GPIO_LATENCY_H
#define GNSS_GPIO_LATENCY_H

#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "uapi/gnss-gpio.h"

struct dentry;
struct gnss_gpio;

/**
 * struct gnss_gpio_latencies - the measurements of one receiver
 * @lock: protects all that follows against other writers; raw, as kicks come from
 *	  hard IRQ
 * @seq: tells those who copy a measurement that it has changed meanwhile
 * @bh: one for each bottom half, numbered as their table; the names never change
 * @n: how many
 * @current_bh: that of the bottom half at work
 * @kick_ns: of the first kick that no drain has answered yet; 0: none
 * @reset_ns: when the measurements began
 * @cpu: where the last drain ran
 * @dir: its folder in debugfs
 */
struct gnss_gpio_latencies {
	raw_spinlock_t lock;
	seqcount_raw_spinlock_t seq;
	struct gnss_gpio_latency *bh;
	unsigned int n;
	struct gnss_gpio_latency *current_bh;
	s64 kick_ns;
	s64 reset_ns;
	unsigned int cpu;
	struct dentry *dir;
};

/**
 * struct gnss_gpio_drain_run - one run of the bottom half
 * @entered_ns: when it began
 * @kick_ns: when it was asked for; 0: it was not
 * @observations: how many it took
 * @frames: bytes that came of them
 * @fifo_max: most observations that waited
 */
struct gnss_gpio_drain_run {
	s64 entered_ns;
	s64 kick_ns;
	unsigned int observations;
	unsigned int frames;
	unsigned int fifo_max;
};

void gnss_gpio_latency_module_init(void);
void gnss_gpio_latency_module_exit(void);
int gnss_gpio_latency_init(struct gnss_gpio *gg,
			   const char *(*name_of)(unsigned int index));
void gnss_gpio_latency_free(struct gnss_gpio *gg);
void gnss_gpio_latency_add_files(struct gnss_gpio *gg);
void gnss_gpio_latency_remove_files(struct gnss_gpio *gg);
void gnss_gpio_latency_select(struct gnss_gpio *gg, unsigned int index);
bool gnss_gpio_latency_kick(struct gnss_gpio *gg, s64 now_ns);
void gnss_gpio_latency_enter(struct gnss_gpio *gg,
			     struct gnss_gpio_drain_run *run);
void gnss_gpio_latency_leave(struct gnss_gpio *gg,
			     const struct gnss_gpio_drain_run *run);
void gnss_gpio_latency_publish(struct gnss_gpio *gg,
			       const struct gnss_gpio_fix *fix);
void gnss_gpio_latency_overrun(struct gnss_gpio *gg);
int gnss_gpio_latency_get(struct gnss_gpio *gg, unsigned int index,
			  struct gnss_gpio_latency *to);
void gnss_gpio_latency_reset(struct gnss_gpio *gg);

#endif /* GNSS_GPIO_LATENCY_H */
