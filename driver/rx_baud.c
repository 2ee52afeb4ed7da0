// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rate of the line: as it was set, or as the search finds it.
 */
#include <linux/device.h>
#include <linux/ktime.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

/* Neither messages nor notices are for hard IRQ. */
static void baud_tell(struct work_struct *work)
{
	struct gnss_gpio *gg = container_of(work, struct gnss_gpio, baud_work);
	u32 told = gg->baud_told;
	bool automatic;
	u32 found;

	raw_spin_lock_irq(&gg->rx_lock);
	automatic = gg->baud_auto;
	found = automatic ? baud_found(&gg->baud_search) : 0;
	raw_spin_unlock_irq(&gg->rx_lock);

	if (automatic && told && told != found)
		dev_info_ratelimited(&gg->dev, "%u baud lost\n", told);
	if (found && told != found)
		dev_info_ratelimited(&gg->dev, "%u baud found\n", found);
	gg->baud_told = found;
	sysfs_notify(&gg->dev.kobj, NULL, "baud_used");
}

/*
 * The engine begins anew.  A timer that it has set finds nothing to do.
 * @gg->rx_lock held.
 */
static void baud_begin(struct gnss_gpio *gg, u32 baud)
{
	if (baud != gg->baud) {
		WRITE_ONCE(gg->baud, baud);
		gg->lost_before = true;
	}
	gg->engine->start(gg);
}

/**
 * gnss_gpio_baud_init() - set up the search
 * @gg: the receiver, its @baud and @baud_auto set
 *
 * Context: process.
 */
void gnss_gpio_baud_init(struct gnss_gpio *gg)
{
	INIT_WORK(&gg->baud_work, baud_tell);
	baud_init(&gg->baud_search, gg->baud, ktime_to_ns(ktime_get()));
}

/**
 * gnss_gpio_baud_exit() - tell nothing from now on
 * @gg: the receiver, stopped
 *
 * Context: process, may sleep.
 */
void gnss_gpio_baud_exit(struct gnss_gpio *gg)
{
	cancel_work_sync(&gg->baud_work);
}

/**
 * gnss_gpio_baud_edge() - an edge interrupted while the rate is found by itself
 * @gg: the receiver
 * @now_ns: when
 *
 * The engine may begin anew, with this edge.
 *
 * Context: hard IRQ, also on PREEMPT_RT, @gg->rx_lock held.
 */
void gnss_gpio_baud_edge(struct gnss_gpio *gg, s64 now_ns)
{
	bool was_found = baud_found(&gg->baud_search);

	if (baud_edge(&gg->baud_search, now_ns, gg->triggers_both))
		baud_begin(gg, baud_rate(&gg->baud_search));
	if (was_found && !baud_found(&gg->baud_search))
		schedule_work(&gg->baud_work);
}

/**
 * gnss_gpio_baud_sentence() - a sentence with the right checksum was received
 * @gg: the receiver
 * @sentence: the sentence
 *
 * Context: that of the bottom half.
 */
void gnss_gpio_baud_sentence(struct gnss_gpio *gg,
			     const struct nmea_sentence *sentence)
{
	bool sure = sentence->verdict == NMEA_USED && !sentence->repaired;
	bool found = false;
	unsigned long flags;

	if (!READ_ONCE(gg->baud_auto))
		return;

	raw_spin_lock_irqsave(&gg->rx_lock, flags);
	if (gg->baud_auto)
		found = baud_sentence(&gg->baud_search, sentence->start_ns,
				      sure);
	raw_spin_unlock_irqrestore(&gg->rx_lock, flags);

	if (found)
		schedule_work(&gg->baud_work);
}

/**
 * gnss_gpio_baud_set() - receive at another rate
 * @gg: the receiver
 * @baud: bits per second, GNSS_GPIO_BAUD_MIN..GNSS_GPIO_BAUD_MAX
 *
 * The frame under way is lost.
 *
 * Context: process, @gg->lock held.
 * Return: 0, or -ERANGE.
 */
int gnss_gpio_baud_set(struct gnss_gpio *gg, u32 baud)
{
	if (baud < GNSS_GPIO_BAUD_MIN || baud > GNSS_GPIO_BAUD_MAX)
		return -ERANGE;

	raw_spin_lock_irq(&gg->rx_lock);
	WRITE_ONCE(gg->baud_auto, false);
	if (baud != gg->baud)
		baud_begin(gg, baud);
	raw_spin_unlock_irq(&gg->rx_lock);
	schedule_work(&gg->baud_work);

	return 0;
}

/**
 * gnss_gpio_baud_set_auto() - find the rate, and follow it
 * @gg: the receiver
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_baud_set_auto(struct gnss_gpio *gg)
{
	raw_spin_lock_irq(&gg->rx_lock);
	if (!gg->baud_auto) {
		WRITE_ONCE(gg->baud_auto, true);
		baud_init(&gg->baud_search, gg->baud,
			  ktime_to_ns(ktime_get()));
		baud_begin(gg, baud_rate(&gg->baud_search));
	}
	raw_spin_unlock_irq(&gg->rx_lock);
	schedule_work(&gg->baud_work);
}

/**
 * gnss_gpio_baud_used() - the rate that bytes are received at
 * @gg: the receiver
 *
 * Context: process.
 * Return: bits per second; 0 while it is to be found and no sentence has
 * confirmed one.
 */
u32 gnss_gpio_baud_used(struct gnss_gpio *gg)
{
	u32 baud;

	raw_spin_lock_irq(&gg->rx_lock);
	baud = gg->baud_auto ? baud_found(&gg->baud_search) : gg->baud;
	raw_spin_unlock_irq(&gg->rx_lock);

	return baud;
}
