// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rate of the line: as it was asked for, or as the search finds it.  The search
 * and the decoder belong to the drain; users ask, and the drain sees to it.
 */
#include <linux/device.h>
#include <linux/ktime.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

/* Neither messages nor notices are for hard IRQ, where a bottom half may be. */
static void baud_tell(struct work_struct *work)
{
	struct gnss_gpio *gg = container_of(work, struct gnss_gpio, rate.work);
	struct gnss_gpio_rate *rate = &gg->rate;
	bool automatic;
	u32 found;

	raw_spin_lock_irq(&gg->rx.lock);
	automatic = !rate->asked;
	found = rate->found;
	raw_spin_unlock_irq(&gg->rx.lock);

	if (automatic && rate->told && rate->told != found)
		dev_info_ratelimited(&gg->dev, "%u baud lost\n", rate->told);
	if (found && rate->told != found)
		dev_info_ratelimited(&gg->dev, "%u baud found\n", found);
	rate->told = found;
	sysfs_notify(&gg->dev.kobj, NULL, "baud_used");
}

/* Context: process; gg->rate.asked is set. */
void gnss_gpio_baud_init(struct gnss_gpio *gg)
{
	INIT_WORK(&gg->rate.work, baud_tell);
	gg->rate.used = gg->rate.asked ?: GNSS_GPIO_BAUD_DEFAULT;
	gg->rate.is_new = true;
}

/* Context: process, may sleep; the receiver is stopped. */
void gnss_gpio_baud_exit(struct gnss_gpio *gg)
{
	cancel_work_sync(&gg->rate.work);
}

/* Asks for a rate, 0: any; the drain has to run.  Context: process, gg->lock held. */
void gnss_gpio_baud_ask(struct gnss_gpio *gg, u32 baud)
{
	struct gnss_gpio_rate *rate = &gg->rate;

	if (baud == rate->asked)
		return;
	raw_spin_lock_irq(&gg->rx.lock);
	WRITE_ONCE(rate->asked, baud);
	rate->found = 0;
	WRITE_ONCE(rate->is_new, true);
	raw_spin_unlock_irq(&gg->rx.lock);
	schedule_work(&rate->work);
}

/* For users: 0 while no sentence has confirmed a rate.  Context: process. */
u32 gnss_gpio_baud_shown(struct gnss_gpio *gg)
{
	u32 baud;

	raw_spin_lock_irq(&gg->rx.lock);
	baud = gg->rate.asked ?: gg->rate.found;
	raw_spin_unlock_irq(&gg->rx.lock);

	return baud;
}

/* Has recorder, decoder and users follow, unless another rate has been asked for. */
static void baud_use(struct gnss_gpio *gg, u32 baud, u32 found)
{
	struct gnss_gpio_rate *rate = &gg->rate;
	unsigned long flags;

	raw_spin_lock_irqsave(&gg->rx.lock, flags);
	if (baud != rate->used)
		gg->obs_flags |= UART_OBS_LOST;
	if (!rate->is_new && found != rate->found) {
		rate->found = found;
		schedule_work(&rate->work);
	}
	WRITE_ONCE(rate->used, baud);
	gnss_gpio_rx_retime(gg);
	raw_spin_unlock_irqrestore(&gg->rx.lock, flags);
}

/* Returns true if another rate was asked for: decode anew.  Context: the drain. */
bool gnss_gpio_baud_news(struct gnss_gpio *gg)
{
	struct gnss_gpio_rate *rate = &gg->rate;
	unsigned long flags;
	u32 baud;

	if (!READ_ONCE(rate->is_new))
		return false;
	raw_spin_lock_irqsave(&gg->rx.lock, flags);
	WRITE_ONCE(rate->is_new, false);
	baud = rate->asked;
	raw_spin_unlock_irqrestore(&gg->rx.lock, flags);

	rate->searched = !baud;
	baud_init(&rate->search, rate->used, ktime_to_ns(ktime_get()));
	baud_use(gg, baud ?: baud_rate(&rate->search), 0);

	return true;
}

/* Returns true if this edge is to be decoded anew.  Context: the drain. */
bool gnss_gpio_baud_edge(struct gnss_gpio *gg, const struct uart_obs *obs)
{
	struct baud *search = &gg->rate.search;
	u32 found = baud_found(search);
	bool anew;

	if (!gg->rate.searched)
		return false;
	anew = baud_edge(search, obs->at_ns, obs->flags & UART_OBS_RISES);
	if (anew || found != baud_found(search))
		baud_use(gg, baud_rate(search), baud_found(search));

	return anew;
}

/* A sentence had the right checksum.  Context: the drain. */
void gnss_gpio_baud_sentence(struct gnss_gpio *gg,
			     const struct nmea_sentence *sentence)
{
	struct baud *search = &gg->rate.search;
	bool sure = sentence->verdict == NMEA_USED && !sentence->repaired;

	if (gg->rate.searched && baud_sentence(search, sentence->start_ns, sure))
		baud_use(gg, baud_rate(search), baud_found(search));
}
