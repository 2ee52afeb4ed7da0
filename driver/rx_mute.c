// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line that chatters must not take the machine down: when more edges come
 * than the rate of the line can have, or than the machine can take, its
 * interrupt is off for a while.
 */
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

/* Edges are counted, and what they take is summed up, over this time. */
#define MUTE_WINDOWS	100	/* a second */
#define MUTE_WINDOW_NS	((s64)(NSEC_PER_SEC / MUTE_WINDOWS))

/* So many more than a sender makes whose bits all differ; some for glitches. */
#define MUTE_PART	4
#define MUTE_SPARE	32

/* NMEA at 230400 baud, and half as much again. */
#define MUTE_MOST	2000U

/*
 * Before and after its handler an interrupt takes the machine up to three times
 * as long as in it: handlers that take this part of the time leave hardly any.
 */
#define MUTE_SPENT_NS	(MUTE_WINDOW_NS / 4)

/* The line is tried again after this time. */
#define MUTE_MS		250

/* One message, until there were edges, but not too many, after this time. */
#define MUTE_CALM_NS	((s64)NSEC_PER_SEC)

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
		 "the line chatters: %u edges in %u ms are too many at %u baud, or for this machine; it is tried again every %u ms; check the wiring and the baud rate\n",
		 gg->mute.edges, 1000 / MUTE_WINDOWS, mute_baud(gg), MUTE_MS);
}

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
		if (now_ns - mute->muted_ns > MUTE_CALM_NS &&
		    now_ns - mute->window_ns < 2 * MUTE_WINDOW_NS)
			WRITE_ONCE(mute->told, false);
		mute->window_ns = now_ns;
		mute->edges = 0;
		mute->spent_ns = 0;
	}
	if (++mute->edges <= mute_limit(gg) && mute->spent_ns <= MUTE_SPENT_NS)
		return false;

	/* Whatever is said of the window, the next edge begins a new one. */
	mute->window_ns = now_ns - 2 * MUTE_WINDOW_NS;
	mute->muted_ns = now_ns;
	gg->rx_stats.mutes++;
	gg->lost_before = true;
	disable_irq_nosync(gg->irq);
	schedule_delayed_work(&mute->work, msecs_to_jiffies(MUTE_MS));

	return true;
}

/**
 * gnss_gpio_mute_spent() - an edge has been dealt with
 * @gg: the receiver
 * @ns: how long that took
 *
 * Context: hard IRQ, also on PREEMPT_RT, @gg->rx_lock held.
 */
void gnss_gpio_mute_spent(struct gnss_gpio *gg, s64 ns)
{
	gg->mute.spent_ns += ns;
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
