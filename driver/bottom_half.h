/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bottom halves: each of the kernel's mechanisms is a few lines in one table.
 */
#ifndef GNSS_GPIO_BOTTOM_HALF_H
#define GNSS_GPIO_BOTTOM_HALF_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct gnss_gpio;
struct gnss_gpio_bh;

/**
 * struct gnss_gpio_bh_ops - one mechanism
 * @name: word seen in sysfs
 * @missing: what this kernel lacks for it; NULL if it can be had
 * @drains_in_kick: the drain is done when @kick returns
 * @wq_flags: of the mechanisms with a queue of their own
 * @init: allocate; may sleep; NULL if there is nothing to do
 * @kick: have the drain run soon; hard IRQ, also on PREEMPT_RT: no spinlock_t,
 *	  no wake_up(), no allocation.  Kicks may come on two CPUs at once.
 * @flush: may sleep; when it returns, every kick that came before has been
 *	   drained, and nothing runs or is queued if no kick came since
 * @exit: undo @init; may sleep; NULL if there is nothing to do
 */
struct gnss_gpio_bh_ops {
	const char *name;
	const char *missing;
	bool drains_in_kick;
	unsigned int wq_flags;
	int (*init)(struct gnss_gpio_bh *bh);
	void (*kick)(struct gnss_gpio_bh *bh);
	void (*flush)(struct gnss_gpio_bh *bh);
	void (*exit)(struct gnss_gpio_bh *bh);
};

/**
 * struct gnss_gpio_bh - a mechanism at work for a receiver
 * @ops: the mechanism
 * @gg: the receiver
 * @wq: queue of its own, if it has one
 * @worker: thread of its own, if it has one
 * @state: HARDIRQ_* bits
 * @work: what is queued; each mechanism has one of these
 * @kwork: the same for a kthread_worker
 * @tasklet: the same for tasklets
 * @timer: the same for the softirq of timers
 */
struct gnss_gpio_bh {
	const struct gnss_gpio_bh_ops *ops;
	struct gnss_gpio *gg;
	union {
		struct workqueue_struct *wq;
		struct kthread_worker *worker;
		unsigned long state;
	};
	union {
		struct work_struct work;
		struct kthread_work kwork;
		struct tasklet_struct tasklet;
		struct hrtimer timer;
	};
};

#define GNSS_GPIO_BOTTOM_HALVES	12

extern const struct gnss_gpio_bh_ops gnss_gpio_bh_table[GNSS_GPIO_BOTTOM_HALVES];

#endif /* GNSS_GPIO_BOTTOM_HALF_H */
