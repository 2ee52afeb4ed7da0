// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive engine 'auto': the one that is preferred at the rate of the line, or
 * the other one where that is found to lose less.
 *
 * An engine may do badly for reasons that nobody can ask for: a controller that
 * says it interrupts on both edges, and loses some of them; one that takes too
 * long.
 */
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

/* What is lost is weighed so often: enough for some sentences at any rate. */
#define AUTO_MS	2000

/* About as many bytes are a sentence. */
#define AUTO_SENTENCE	64

/* One word each, written by the top half and by the bottom half. */
static void auto_sums(const struct gnss_gpio *gg, struct choice_sums *sums)
{
	const struct gnss_gpio_rx_stats *rx = &gg->rx_stats;
	const struct nmea_stats *nmea = &gg->parser.stats;

	*sums = (struct choice_sums){
		.frames = READ_ONCE(rx->frames),
		.good = READ_ONCE(rx->good),
		.framing_errors = READ_ONCE(rx->framing_errors),
		.sentences = READ_ONCE(nmea->sentences),
		.spoilt = READ_ONCE(nmea->checksum_errors) +
			  READ_ONCE(nmea->ambiguous) +
			  READ_ONCE(nmea->garbled) + READ_ONCE(nmea->too_long) +
			  READ_ONCE(nmea->junk_bytes) / AUTO_SENTENCE,
	};
}

/* Losses that no engine can help. */
static unsigned long auto_others(const struct gnss_gpio *gg)
{
	const struct gnss_gpio_rx_stats *rx = &gg->rx_stats;

	return READ_ONCE(rx->mutes) + READ_ONCE(rx->overruns) +
	       READ_ONCE(rx->line_errors);
}

static void auto_begin(struct gnss_gpio *gg)
{
	struct choice_sums sums;

	auto_sums(gg, &sums);
	choice_init(&gg->picker.choice,
		    frame_bit_ns(READ_ONCE(gg->baud)) >= FRAME_PROOF_BIT_NS,
		    &sums);
	gg->picker.others = auto_others(gg);
}

/* What came until now tells nothing of the engine at work. */
static void auto_skip(struct gnss_gpio *gg)
{
	struct choice_sums sums;

	auto_sums(gg, &sums);
	choice_skip(&gg->picker.choice, &sums);
	gg->picker.others = auto_others(gg);
}

static bool auto_can(const struct gnss_gpio *gg,
		     const struct gnss_gpio_rx_engine *engine)
{
	return READ_ONCE(gg->baud) <= engine->baud_max &&
	       !(engine->both_edges && gg->both_refused);
}

/* The one not at work, or NULL if it cannot do. */
static const struct gnss_gpio_rx_engine *auto_other(const struct gnss_gpio *gg)
{
	unsigned int i;

	for (i = 0; i < GNSS_GPIO_RX_ENGINES; i++)
		if (gnss_gpio_rx_engines[i] != gg->engine &&
		    auto_can(gg, gnss_gpio_rx_engines[i]))
			return gnss_gpio_rx_engines[i];

	return NULL;
}

static int auto_change(struct gnss_gpio *gg,
		       const struct gnss_gpio_rx_engine *engine)
{
	int ret = gnss_gpio_rx_change(gg, engine);

	if (!ret)
		sysfs_notify(&gg->dev.kobj, NULL, "rx_engine_used");

	return ret;
}

/* The first one that can do; if there is none, what is at work stays. */
static int auto_prefer(struct gnss_gpio *gg)
{
	const struct gnss_gpio_rx_engine *engine;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < GNSS_GPIO_RX_ENGINES; i++) {
		engine = gnss_gpio_rx_engines[i];
		if (!auto_can(gg, engine))
			continue;
		ret = auto_change(gg, engine);
		if (!ret)
			break;
	}
	gg->picker.baud = READ_ONCE(gg->baud);
	auto_begin(gg);

	return ret;
}

/* What was found at another rate does not count at this one. */
static void auto_follow(struct gnss_gpio *gg)
{
	const struct gnss_gpio_rx_engine *old = gg->engine;

	auto_prefer(gg);
	if (gg->engine != old)
		dev_info_ratelimited(&gg->dev,
				     "receive engine %s: picked for %u baud\n",
				     gg->engine->name, gg->picker.baud);
}

/* Returns false if there is no other one. */
static bool auto_turn(struct gnss_gpio *gg)
{
	const struct gnss_gpio_rx_engine *other = auto_other(gg);

	if (!other || auto_change(gg, other)) {
		auto_begin(gg);
		return false;
	}
	dev_dbg(&gg->dev, "receive engine %s has its turn\n", other->name);
	auto_skip(gg);

	return true;
}

static void auto_tell(struct gnss_gpio *gg)
{
	const struct choice *choice = &gg->picker.choice;

	dev_info_ratelimited(&gg->dev,
			     "receive engine %s: picked, as it loses %u %% and the other one %u %%\n",
			     gg->engine->name, choice_percent(&choice->other),
			     choice_percent(&choice->loss));
}

static void auto_weigh(struct gnss_gpio *gg)
{
	struct gnss_gpio_auto *picker = &gg->picker;
	u32 baud = gnss_gpio_baud_used(gg);
	struct choice_sums sums;

	if (baud && baud != picker->baud) {
		auto_follow(gg);
		return;
	}
	/* Nor is it the engine's fault that the rate is not known. */
	if (!baud || auto_others(gg) != picker->others) {
		auto_skip(gg);
		return;
	}

	auto_sums(gg, &sums);
	switch (choice_weigh(&picker->choice, &sums)) {
	case CHOICE_CHANGE:
		auto_turn(gg);
		break;
	case CHOICE_TAKE:
		if (auto_turn(gg))
			auto_tell(gg);
		break;
	case CHOICE_STAY:
		break;
	}
}

static void auto_rearm(struct gnss_gpio *gg)
{
	schedule_delayed_work(&gg->picker.work, msecs_to_jiffies(AUTO_MS));
}

static void auto_work(struct work_struct *work)
{
	struct gnss_gpio *gg = container_of(to_delayed_work(work),
					    struct gnss_gpio, picker.work);

	mutex_lock(&gg->lock);
	if (gg->running && gg->engine_auto) {
		auto_weigh(gg);
		auto_rearm(gg);
	}
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
	/* A line that is silent wakes nobody. */
	INIT_DEFERRABLE_WORK(&gg->picker.work, auto_work);
}

/**
 * gnss_gpio_auto_exit() - choose none from now on
 * @gg: the receiver, stopped for good
 *
 * Context: process, may sleep, @gg->lock not held: what is under way takes it.
 */
void gnss_gpio_auto_exit(struct gnss_gpio *gg)
{
	cancel_delayed_work_sync(&gg->picker.work);
}

/**
 * gnss_gpio_auto_start() - weigh what is received from now on
 * @gg: the receiver, started
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_auto_start(struct gnss_gpio *gg)
{
	if (!gg->engine_auto)
		return;
	auto_skip(gg);
	auto_rearm(gg);
}

/**
 * gnss_gpio_auto_stop() - weigh no more
 * @gg: the receiver, about to be stopped
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_auto_stop(struct gnss_gpio *gg)
{
	cancel_delayed_work(&gg->picker.work);
}

/**
 * gnss_gpio_auto_pick() - have the driver choose from now on, and anew
 * @gg: the receiver
 *
 * Context: process, may sleep, @gg->lock held.
 * Return: 0, or what the line's interrupt controller said.
 */
int gnss_gpio_auto_pick(struct gnss_gpio *gg)
{
	int ret = auto_prefer(gg);

	if (ret)
		return ret;
	gg->engine_auto = true;
	if (gg->running)
		auto_rearm(gg);

	return 0;
}

/**
 * gnss_gpio_auto_end() - somebody else has chosen
 * @gg: the receiver
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_auto_end(struct gnss_gpio *gg)
{
	gg->engine_auto = false;
	gnss_gpio_auto_stop(gg);
}
