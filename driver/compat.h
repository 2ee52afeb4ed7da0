/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that knows kernel versions (6.1 and later).  Nothing of it is
 * needed in the kernel's own tree.
 */
#ifndef GNSS_GPIO_COMPAT_H
#define GNSS_GPIO_COMPAT_H

#include <linux/device.h>
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/version.h>
#include <linux/workqueue.h>

/* hrtimer_setup() came in 6.13, hrtimer_init() went in 6.15. */
static inline void
gnss_gpio_compat_hrtimer_setup(struct hrtimer *timer,
			       enum hrtimer_restart (*fn)(struct hrtimer *),
			       enum hrtimer_mode mode)
{
#if KERNEL_VERSION(6, 13, 0) <= LINUX_VERSION_CODE
	hrtimer_setup(timer, fn, CLOCK_MONOTONIC, mode);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, mode);
	timer->function = fn;
#endif
}

/* The worker runs from the start on; kthread_run_worker() came in 6.14. */
#if KERNEL_VERSION(6, 14, 0) <= LINUX_VERSION_CODE
#define gnss_gpio_compat_run_worker(...)	kthread_run_worker(0, __VA_ARGS__)
#else
#define gnss_gpio_compat_run_worker(...)	kthread_create_worker(0, __VA_ARGS__)
#endif

/* WQ_BH is an enumerator, which #ifdef does not see; it came in 6.9. */
#if KERNEL_VERSION(6, 9, 0) <= LINUX_VERSION_CODE
#define GNSS_GPIO_COMPAT_WQ_BH	WQ_BH
#else
#define GNSS_GPIO_COMPAT_WQ_BH	0
#endif

/* A queue says since 6.18 whether it is of each processor, BH queues too. */
#if KERNEL_VERSION(6, 18, 0) <= LINUX_VERSION_CODE
#define GNSS_GPIO_COMPAT_WQ_PERCPU	WQ_PERCPU
#else
#define GNSS_GPIO_COMPAT_WQ_PERCPU	0
#endif

/* __assign_str() takes one argument since 6.10. */
#if KERNEL_VERSION(6, 10, 0) <= LINUX_VERSION_CODE
#define gnss_gpio_compat_assign_str(dst, src)	__assign_str(dst)
#else
#define gnss_gpio_compat_assign_str(dst, src)	__assign_str(dst, src)
#endif

/* The void form of platform_driver.remove was remove_new before 6.11. */
#if KERNEL_VERSION(6, 11, 0) <= LINUX_VERSION_CODE
#define GNSS_GPIO_COMPAT_REMOVE(fn)	.remove = (fn)
#else
#define GNSS_GPIO_COMPAT_REMOVE(fn)	.remove_new = (fn)
#endif

/* poll_does_not_wait() went in 6.14, and what it looked at has no other name. */
static inline bool gnss_gpio_compat_poll_waits(const poll_table *wait)
{
	return wait && wait->_qproc;
}

/* class.devnode takes a const device since 6.2. */
#if KERNEL_VERSION(6, 2, 0) <= LINUX_VERSION_CODE
#define GNSS_GPIO_COMPAT_DEVNODE_CONST	const
#else
#define GNSS_GPIO_COMPAT_DEVNODE_CONST
#endif

/*
 * gpio_chip.set returns an int since 6.17.  For chips whose outputs are always
 * outputs, so that setting one is what direction_output does.
 */
#if KERNEL_VERSION(6, 17, 0) <= LINUX_VERSION_CODE
static inline int gnss_gpio_compat_set(struct gpio_chip *gc,
				       unsigned int offset, int value)
{
	return gc->direction_output(gc, offset, value);
}
#else
static inline void gnss_gpio_compat_set(struct gpio_chip *gc,
					unsigned int offset, int value)
{
	gc->direction_output(gc, offset, value);
}
#endif

#endif /* GNSS_GPIO_COMPAT_H */
