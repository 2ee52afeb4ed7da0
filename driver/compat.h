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
#include <linux/version.h>

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

/* The void form of platform_driver.remove was remove_new before 6.11. */
#if KERNEL_VERSION(6, 11, 0) <= LINUX_VERSION_CODE
#define GNSS_GPIO_COMPAT_REMOVE(fn)	.remove = (fn)
#else
#define GNSS_GPIO_COMPAT_REMOVE(fn)	.remove_new = (fn)
#endif

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
