// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line that chatters must not take the machine down: when more edges come
 * than the rate of the line can have, or than the machine can take, its
 * interrupt is off for a while.
 */
#include <linux/interrupt.h>
#include <linux/ktime.h>
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

/*
 * Of this time handlers may take an eighth.  An interrupt takes the machine up to eight
 * times as long as its handler runs, so more than that leaves no CPU.  It is longer than
 * what most receivers send once a second: a slow machine receives such a burst, and has
 * the rest of the second.
 */
#define LOAD_WINDOW_MS	250U
#define LOAD_WINDOW_NS	((s64)LOAD_WINDOW_MS * NSEC_PER_MSEC)
#define LOAD_NS		((u32)(LOAD_WINDOW_NS / 8))

/*
 * To time every handler costs too much.  This one of a window is timed: the
 * first one finds nothing in the caches.
 */
#define MUTE_TIMED	2U

/* The line is tried again after this time; the machine is to have most of its time. */
#define MUTE_MS		250
#define MUTE_SLOW_MS	2000

/*
 * One message for each rate, until there were edges, but not too many, that long.  Who
 * closes and opens the device gets no other one, or could fill the log.
 */
#define MUTE_CALM_NS	(5 * (s64)NSEC_PER_SEC)

/* Where the rate is followed, any may be the sender's. */
static unsigned int mute_baud(const struct gnss_gpio *gg)
{
	return gg->rate.asked ?: GNSS_GPIO_BAUD_MAX;
}

/* Edges in LOAD_WINDOW_NS that the machine can take. */
static unsigned int mute_capacity(const struct gnss_gpio_mute *mute)
{
	return LOAD_NS / max(min(mute->handler_ns[0], mute->handler_ns[1]), 1U);
}

static void mute_set_limit(struct gnss_gpio *gg)
{
	struct gnss_gpio_mute *mute = &gg->rx.mute;
	unsigned int bits = mute_baud(gg) / MUTE_WINDOWS;
	unsigned int of_rate = min(bits + bits / MUTE_PART + MUTE_SPARE, MUTE_MOST);
	unsigned int of_machine = mute_capacity(mute);

	of_machine -= min(of_machine, mute->load_edges);
	/* The edge that is timed has to come, or the time would never be taken again. */
	mute->limit = max(min(of_rate, of_machine), MUTE_TIMED);
	mute->slow = of_machine < of_rate;
}

static void mute_tell(struct gnss_gpio *gg)
{
	struct gnss_gpio_mute *mute = &gg->rx.mute;

	if (READ_ONCE(mute->slow))
		dev_warn(&gg->dev,
			 "the machine is too slow for this line: it can take %u edges in %u ms, and more came; the line is tried again every %u ms; use a lower baud rate, or check the wiring if the sender is not faster than %u baud\n",
			 mute_capacity(mute), LOAD_WINDOW_MS,
			 MUTE_SLOW_MS, mute_baud(gg));
	else
		dev_warn(&gg->dev,
			 "the line chatters: %u edges in %u ms are too many at %u baud; it is tried again every %u ms; check the wiring and the baud rate\n",
			 mute->edges, 1000 / MUTE_WINDOWS, mute_baud(gg), MUTE_MS);
}

static void mute_end(struct work_struct *work)
{
	struct gnss_gpio *gg = container_of(to_delayed_work(work),
					    struct gnss_gpio, rx.mute.work);
	struct gnss_gpio_mute *mute = &gg->rx.mute;

	if (READ_ONCE(mute->told) != mute_baud(gg))
		mute_tell(gg);
	WRITE_ONCE(mute->told, mute_baud(gg));

	/* A look while it was muted may have said so, but not of all the time. */
	raw_spin_lock_irq(&gg->rx.lock);
	gg->rx.flags |= UART_OBS_LOST;
	mute->tried_ns = ktime_to_ns(ktime_get());
	raw_spin_unlock_irq(&gg->rx.lock);
	enable_irq(gg->irq);
}

static void mute_begin_window(struct gnss_gpio *gg, s64 now_ns)
{
	struct gnss_gpio_mute *mute = &gg->rx.mute;

	if (now_ns - mute->tried_ns > MUTE_CALM_NS &&
	    now_ns - mute->window_ns < 2 * MUTE_WINDOW_NS)
		WRITE_ONCE(mute->told, 0);
	if (now_ns - mute->load_ns > LOAD_WINDOW_NS) {
		mute->load_ns = now_ns;
		mute->load_edges = 0;
	} else {
		mute->load_edges += mute->edges;
	}
	mute->window_ns = now_ns;
	mute->edges = 0;
	mute_set_limit(gg);
}

/**
 * gnss_gpio_mute_edge() - count an edge that has interrupted
 * @gg: the receiver
 * @now_ns: time of the edge, CLOCK_MONOTONIC
 *
 * Context: hard IRQ, also on PREEMPT_RT, @gg->rx.lock held.
 * Return: true if it is one too many, and the interrupt is off now.
 */
bool gnss_gpio_mute_edge(struct gnss_gpio *gg, s64 now_ns)
{
	struct gnss_gpio_mute *mute = &gg->rx.mute;

	if (now_ns - mute->window_ns > MUTE_WINDOW_NS)
		mute_begin_window(gg, now_ns);
	if (likely(++mute->edges <= mute->limit))
		return false;

	/* Whatever is said of the window, the next edge begins a new one. */
	mute->window_ns = now_ns - 2 * MUTE_WINDOW_NS;
	if (mute->slow)
		gg->rx.stats.slow_mutes++;
	else
		gg->rx.stats.mutes++;
	gg->rx.flags |= UART_OBS_LOST;
	disable_irq_nosync(gg->irq);
	schedule_delayed_work(&mute->work,
			      msecs_to_jiffies(mute->slow ? MUTE_SLOW_MS : MUTE_MS));

	return true;
}

/**
 * gnss_gpio_mute_done() - an edge has been dealt with: how long did that take?
 * @gg: the receiver
 * @now_ns: time of the edge, CLOCK_MONOTONIC
 *
 * Of two windows the shorter time counts, as one handler may have been held up.
 *
 * Context: hard IRQ, also on PREEMPT_RT, @gg->rx.lock held.
 */
void gnss_gpio_mute_done(struct gnss_gpio *gg, s64 now_ns)
{
	struct gnss_gpio_mute *mute = &gg->rx.mute;

	if (likely(mute->edges != MUTE_TIMED))
		return;
	mute->handler_ns[1] = mute->handler_ns[0];
	mute->handler_ns[0] = ktime_to_ns(ktime_get()) - now_ns;
	mute_set_limit(gg);
}

/**
 * gnss_gpio_mute_init() - the line is not muted
 * @gg: the receiver
 *
 * Context: process.
 */
void gnss_gpio_mute_init(struct gnss_gpio *gg)
{
	INIT_DELAYED_WORK(&gg->rx.mute.work, mute_end);
}

/**
 * gnss_gpio_mute_anew() - what came until now is no reason to mute the line
 * @gg: the receiver, which stops, or gets another rate
 *
 * A line that is muted is tried again at once.
 *
 * Context: process, may sleep.
 */
void gnss_gpio_mute_anew(struct gnss_gpio *gg)
{
	struct gnss_gpio_mute *mute = &gg->rx.mute;

	flush_delayed_work(&mute->work);

	raw_spin_lock_irq(&gg->rx.lock);
	mute->window_ns = 0;
	mute->load_ns = 0;
	raw_spin_unlock_irq(&gg->rx.lock);
}
