// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line that chatters must not take the machine down: when more edges come
 * than the rate of the line can have, its interrupt is off for a while.
 */
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

/* Edges are counted over this time. */
#define MUTE_WINDOWS	100	/* a second */
#define MUTE_WINDOW_NS	((s64)(NSEC_PER_SEC / MUTE_WINDOWS))

/* So many more than a sender makes whose bits all differ; some for glitches. */
#define MUTE_PART	4
#define MUTE_SPARE	32

/* NMEA at 230400 baud, and half as much again. */
#define MUTE_MOST	2000U

/* The line is tried again after this time. */
#define MUTE_MS		250

/* Where the rate is followed, any may be the sender's. */
static unsigned int mute_baud(const struct gnss_gpio *gg)
{
	return gg->baud_auto ? GNSS_GPIO_BAUD_MAX : gg->baud;
}

static unsigned int mute_limit(const struct gnss_gpio *gg)
{
	unsigned int bits = mute_baud(gg) / MUTE_WINDOWS;

	return min(bits + bits / MUTE_PART + MUTE_SPARE, MUTE_MOST);
}

static void mute_tell(struct gnss_gpio *gg)
{
	dev_warn(&gg->dev,
		 "the line chatters: more than %u edges in %u ms are too many at %u baud; it is tried again every %u ms; check the wiring and the baud rate\n",
		 mute_limit(gg), 1000 / MUTE_WINDOWS, mute_baud(gg), MUTE_MS);
}

/* One message for as long as it chatters. */
static void mute_end(struct work_struct *work)
{
	struct gnss_gpio *gg = container_of(to_delayed_work(work),
					    struct gnss_gpio, mute.work);

	if (!READ_ONCE(gg->mute.told))
		mute_tell(gg);
	WRITE_ONCE(gg->mute.told, true);
	enable_irq(gg->irq);
}

/**
 * gnss_gpio_mute_edge() - an edge has interrupted
 * @gg: the receiver
 * @now_ns: when
 *
 * Context: hard IRQ, also on PREEMPT_RT, @gg->rx_lock held.
 * Return: true if it is one too many, and the interrupt is off now.
 */
bool gnss_gpio_mute_edge(struct gnss_gpio *gg, s64 now_ns)
{
	struct gnss_gpio_mute *mute = &gg->mute;

	if (now_ns - mute->window_ns > MUTE_WINDOW_NS) {
		/* One that went by without. */
		if (mute->edges <= mute_limit(gg) &&
		    now_ns - mute->window_ns < 2 * MUTE_WINDOW_NS)
			WRITE_ONCE(mute->told, false);
		mute->window_ns = now_ns;
		mute->edges = 0;
	}
	if (++mute->edges <= mute_limit(gg))
		return false;

	/* Whatever is said of the window, the next edge begins a new one. */
	mute->window_ns = now_ns - 2 * MUTE_WINDOW_NS;
	gg->rx_stats.mutes++;
	gg->lost_before = true;
	disable_irq_nosync(gg->irq);
	schedule_delayed_work(&mute->work, msecs_to_jiffies(MUTE_MS));

	return true;
}

/**
 * gnss_gpio_mute_init() - set up
 * @gg: the receiver
 *
 * Context: process.
 */
void gnss_gpio_mute_init(struct gnss_gpio *gg)
{
	INIT_DELAYED_WORK(&gg->mute.work, mute_end);
}

/**
 * gnss_gpio_mute_stop() - end what is muted
 * @gg: the receiver, its interrupt disabled besides
 *
 * Context: process, may sleep.
 */
void gnss_gpio_mute_stop(struct gnss_gpio *gg)
{
	if (cancel_delayed_work_sync(&gg->mute.work))
		enable_irq(gg->irq);
	gg->mute.told = false;
}
