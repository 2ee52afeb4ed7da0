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

/**
 * gnss_gpio_baud_init() - begin with the rate that was asked for
 * @gg: the receiver; @gg->rate.asked is set
 *
 * Context: process.
 */
void gnss_gpio_baud_init(struct gnss_gpio *gg)
{
	INIT_WORK(&gg->rate.work, baud_tell);
	gg->rate.used = gg->rate.asked ?: GNSS_GPIO_BAUD_DEFAULT;
	gg->rate.is_new = true;
}

/**
 * gnss_gpio_baud_exit() - no message on the rate is under way any more
 * @gg: the receiver, stopped
 *
 * Context: process, may sleep.
 */
void gnss_gpio_baud_exit(struct gnss_gpio *gg)
{
	cancel_work_sync(&gg->rate.work);
}

/**
 * gnss_gpio_baud_ask() - ask for a rate
 * @gg: the receiver; its drain has to run for the rate to take effect
 * @baud: bits per second, 300 to 230400; 0: find it
 *
 * Context: process, may sleep, @gg->lock held.
 */
void gnss_gpio_baud_ask(struct gnss_gpio *gg, u32 baud)
{
	struct gnss_gpio_rate *rate = &gg->rate;

	if (baud == rate->asked)
		return;
	gnss_gpio_mute_anew(gg);
	raw_spin_lock_irq(&gg->rx.lock);
	WRITE_ONCE(rate->asked, baud);
	WRITE_ONCE(rate->found, 0);
	WRITE_ONCE(rate->is_new, true);
	raw_spin_unlock_irq(&gg->rx.lock);
	schedule_work(&rate->work);
}

/**
 * gnss_gpio_baud_shown() - the rate of the line, for users
 * @gg: the receiver
 *
 * Context: process.
 * Return: bits per second; 0 while it is to be found and no sentence has confirmed one.
 */
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
		WRITE_ONCE(rate->found, found);
		schedule_work(&rate->work);
	}
	WRITE_ONCE(rate->used, baud);
	gnss_gpio_rx_retime(gg);
	raw_spin_unlock_irqrestore(&gg->rx.lock, flags);
}

/**
 * gnss_gpio_baud_news() - has another rate been asked for?
 * @gg: the receiver
 *
 * Context: the drain.
 * Return: true if so; what follows is to be decoded anew.
 */
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

/**
 * gnss_gpio_baud_edge() - an edge, for the search
 * @gg: the receiver
 * @obs: the edge
 *
 * Context: the drain.
 * Return: true if this edge and what follows are to be decoded anew.
 */
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

/**
 * gnss_gpio_baud_sentence() - a sentence with the right checksum, for the search
 * @gg: the receiver
 * @sentence: the sentence
 *
 * Context: the drain.
 */
void gnss_gpio_baud_sentence(struct gnss_gpio *gg,
			     const struct nmea_sentence *sentence)
{
	struct baud *search = &gg->rate.search;
	bool sure = sentence->verdict == NMEA_USED && !sentence->repaired;

	if (gg->rate.searched && baud_sentence(search, sentence->start_ns, sure))
		baud_use(gg, baud_rate(search), baud_found(search));
}
