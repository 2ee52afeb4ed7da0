// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which engine: the one that was asked for, or 'auto': both edges are to interrupt,
 * unless the line's controller refuses that, or is seen to lose edges.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

#define AUTO_NAME	"auto"

static const char *const engine_names[] = {
	[GNSS_GPIO_EDGE] = "edge",
	[GNSS_GPIO_TIMER] = "timer",
};

/**
 * gnss_gpio_engine_name() - the engine at work
 * @gg: the receiver
 *
 * Context: process, @gg->lock held.
 * Return: its name as users know it.
 */
const char *gnss_gpio_engine_name(const struct gnss_gpio *gg)
{
	return engine_names[gg->rx.engine];
}

static int auto_change(struct gnss_gpio *gg, enum gnss_gpio_engine engine)
{
	int ret = gnss_gpio_rx_change(gg, engine);

	if (!ret)
		sysfs_notify(&gg->dev.kobj, NULL, "rx_engine_used");

	return ret;
}

/* The drain has seen that edges are lost. */
static void auto_work(struct work_struct *work)
{
	struct gnss_gpio *gg = container_of(work, struct gnss_gpio, auto_work);

	mutex_lock(&gg->lock);
	if (!gg->gone && gg->engine_auto && gg->rx.engine == GNSS_GPIO_EDGE &&
	    !auto_change(gg, GNSS_GPIO_TIMER))
		dev_warn(&gg->dev,
			 "receive engine timer: picked, as the line's controller loses edges when both interrupt\n");
	mutex_unlock(&gg->lock);
}

/**
 * gnss_gpio_auto_init() - the driver is to choose the engine
 * @gg: the receiver
 *
 * Context: process.
 */
void gnss_gpio_auto_init(struct gnss_gpio *gg)
{
	gg->engine_auto = true;
	INIT_WORK(&gg->auto_work, auto_work);
}

/**
 * gnss_gpio_auto_exit() - no change of the engine is under way any more
 * @gg: the receiver
 *
 * Context: process, may sleep; @gg->lock not held, as a change that is under way takes it.
 */
void gnss_gpio_auto_exit(struct gnss_gpio *gg)
{
	cancel_work_sync(&gg->auto_work);
}

/**
 * gnss_gpio_auto_switch() - change to another engine, traffic or not
 * @gg: the receiver
 * @name: of an engine, or 'auto'; a line end is fine
 * @why: GNSS_GPIO_WHY_SIZE bytes; if it cannot be had, the reason
 *
 * Context: process, may sleep, @gg->lock held.
 * Return: 0; -EINVAL for an unknown name, or what the interrupt controller said to
 * the edges that the engine needs: then nothing has changed.
 */
int gnss_gpio_auto_switch(struct gnss_gpio *gg, const char *name, char *why)
{
	int engine = __sysfs_match_string(engine_names,
					  ARRAY_SIZE(engine_names), name);
	bool automatic = sysfs_streq(name, AUTO_NAME);
	int ret;

	if (engine < 0 && !automatic) {
		scnprintf(why, GNSS_GPIO_WHY_SIZE,
			  "no such receive engine; there are: %s %s %s",
			  AUTO_NAME, engine_names[GNSS_GPIO_EDGE],
			  engine_names[GNSS_GPIO_TIMER]);
		return -EINVAL;
	}

	ret = auto_change(gg, automatic ? GNSS_GPIO_EDGE : engine);
	if (automatic && gnss_gpio_rx_refuses(ret))
		ret = auto_change(gg, GNSS_GPIO_TIMER);
	if (ret)
		scnprintf(why, GNSS_GPIO_WHY_SIZE,
			  "the line's controller refuses the edges that it needs");
	else
		gg->engine_auto = automatic;

	return ret;
}

/**
 * gnss_gpio_auto_show() - the names of the engines, the chosen one in brackets
 * @gg: the receiver
 * @buf: a page of sysfs
 *
 * Context: process, @gg->lock held.
 * Return: how many bytes of @buf are used.
 */
ssize_t gnss_gpio_auto_show(struct gnss_gpio *gg, char *buf)
{
	unsigned int i;
	int len;

	len = sysfs_emit(buf, gg->engine_auto ? "[%s]" : "%s", AUTO_NAME);
	for (i = 0; i < ARRAY_SIZE(engine_names); i++)
		len += sysfs_emit_at(buf, len,
				     !gg->engine_auto && gg->rx.engine == i ?
				     " [%s]" : " %s", engine_names[i]);

	return len + sysfs_emit_at(buf, len, "\n");
}
