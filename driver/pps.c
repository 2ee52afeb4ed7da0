// SPDX-License-Identifier: GPL-2.0-only
/*
 * The receiver's pulse a second, as a PPS source of the kernel: /dev/ppsN.
 *
 * Where the kernel has no CONFIG_PPS the compiler drops all of this.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/gpio/consumer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kconfig.h>
#include <linux/ktime.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

/*
 * Receivers send 20 pulses a second at most.  What comes sooner after the change
 * before is a line that bounces, or data.
 */
#define PULSE_GAP_NS	(45 * NSEC_PER_MSEC)

/*
 * A line that chatters must not take the machine down: after so many changes in a row
 * that were no pulse its interrupt is off for a while.
 */
#define CHATTER_EDGES	64
#define CHATTER_MUTE_MS	250

/* Bit number in gnss_gpio_pps.busy. */
#define STAMP_TAKEN	0

static void pps_ignore(struct gnss_gpio_pps *pps)
{
	pps->ignored++;
	if (++pps->in_a_row < CHATTER_EDGES)
		return;
	pps->in_a_row = 0;
	pps->mutes++;
	disable_irq_nosync(pps->irq);
	schedule_delayed_work(&pps->unmute, msecs_to_jiffies(CHATTER_MUTE_MS));
}

/* Hard IRQ, also on PREEMPT_RT, where pps_event() is not allowed: the thread calls it. */
static irqreturn_t pps_irq(int irq, void *data)
{
	struct gnss_gpio_pps *pps = data;
	struct pps_event_time now;
	s64 before_ns = pps->edge_ns;

	pps_get_ts(&now);
	pps->edge_ns = ktime_to_ns(ktime_get());
	if (pps->edge_ns - before_ns < PULSE_GAP_NS ||
	    test_and_set_bit_lock(STAMP_TAKEN, &pps->busy)) {
		pps_ignore(pps);
		return IRQ_HANDLED;
	}
	pps->in_a_row = 0;
	pps->stamp = now;
	pps->pulses++;

	return IRQ_WAKE_THREAD;
}

static irqreturn_t pps_irq_thread(int irq, void *data)
{
	struct gnss_gpio_pps *pps = data;

	pps_event(pps->source, &pps->stamp, PPS_CAPTUREASSERT, NULL);
	clear_bit_unlock(STAMP_TAKEN, &pps->busy);

	return IRQ_HANDLED;
}

/* A controller may interrupt at once for what the line did before: no pulse. */
static void pps_enable(struct gnss_gpio_pps *pps)
{
	pps->edge_ns = ktime_to_ns(ktime_get());
	enable_irq(pps->irq);
}

static void pps_unmute(struct work_struct *work)
{
	struct gnss_gpio_pps *pps = container_of(to_delayed_work(work),
						 struct gnss_gpio_pps, unmute);
	struct gnss_gpio *gg = container_of(pps, struct gnss_gpio, pps);

	if (!pps->told)
		dev_warn(&gg->dev,
			 "the line of pps-gpios chatters: %d changes came with less than %lld ms between them; it is tried again every %d ms, and stats/pps_mutes counts; check the wiring\n",
			 CHATTER_EDGES, (s64)(PULSE_GAP_NS / NSEC_PER_MSEC),
			 CHATTER_MUTE_MS);
	pps->told = true;
	pps_enable(pps);
}

/* No parent: gpsd and others look for sources in /sys/devices/virtual/pps. */
static struct pps_device *pps_register(struct gnss_gpio *gg)
{
	struct pps_source_info info = {
		.mode = PPS_CAPTUREASSERT | PPS_OFFSETASSERT | PPS_CANWAIT |
			PPS_TSFMT_TSPEC,
		.owner = THIS_MODULE,
	};

	strscpy(info.name, dev_name(&gg->dev), sizeof(info.name));
	snprintf(info.path, sizeof(info.path), "/dev/%s",
		 dev_name(&gg->nmea.dev));

	return pps_register_source(&info, PPS_CAPTUREASSERT | PPS_OFFSETASSERT);
}

/* gpiolib inverts levels for its consumers, but not the trigger. */
static int pps_request_irq(struct gnss_gpio *gg)
{
	struct gnss_gpio_pps *pps = &gg->pps;
	unsigned long trigger = gpiod_is_active_low(pps->gpiod) ?
				IRQF_TRIGGER_FALLING : IRQF_TRIGGER_RISING;
	int ret;

	snprintf(pps->name, sizeof(pps->name), "pps%u", pps->source->id);
	ret = request_threaded_irq(pps->irq, pps_irq, pps_irq_thread,
				   trigger | IRQF_NO_THREAD | IRQF_NO_AUTOEN,
				   pps->name, pps);
	if (ret)
		return ret;
	/* When it is disabled it is off at once, as that of the receiver's line is. */
	irq_set_status_flags(pps->irq, IRQ_DISABLE_UNLAZY);

	return 0;
}

/**
 * gnss_gpio_pps_init() - pulses are passed on from now on
 * @gg: the receiver, its nodes named, the line of the pulse known, if there is one
 *
 * Context: process, may sleep.
 * Return: 0, also if there is no such line or the kernel has no PPS; or a negative
 * errno with a message.
 */
int gnss_gpio_pps_init(struct gnss_gpio *gg)
{
	struct gnss_gpio_pps *pps = &gg->pps;
	struct pps_device *source;
	int ret;

	if (!pps->gpiod)
		return 0;
	if (!IS_REACHABLE(CONFIG_PPS)) {
		dev_warn(gg->parent, "pps-gpios is of no use: the kernel has no CONFIG_PPS\n");
		return 0;
	}

	source = pps_register(gg);
	if (IS_ERR(source))
		return dev_err_probe(gg->parent, PTR_ERR(source),
				     "cannot register the PPS source of pps-gpios\n");
	pps->source = source;
	INIT_DELAYED_WORK(&pps->unmute, pps_unmute);

	ret = pps_request_irq(gg);
	if (ret) {
		pps_unregister_source(source);
		pps->source = NULL;
		return dev_err_probe(gg->parent, ret,
				     "cannot get interrupt %d of pps-gpios\n",
				     pps->irq);
	}
	pps_enable(pps);
	dev_info(gg->parent, "%s: its pulse is /dev/%s, interrupt %d\n",
		 dev_name(&gg->dev), pps->name, pps->irq);

	return 0;
}

/**
 * gnss_gpio_pps_suspend() - the machine is about to sleep, or awake again
 * @gg: the receiver
 * @suspended: it is about to sleep
 *
 * A pulse that came meanwhile would get the time of waking up.
 *
 * Context: process, may sleep.
 */
void gnss_gpio_pps_suspend(struct gnss_gpio *gg, bool suspended)
{
	if (!gg->pps.source)
		return;
	if (suspended)
		disable_irq(gg->pps.irq);
	else
		pps_enable(&gg->pps);
}

/**
 * gnss_gpio_pps_exit() - undo gnss_gpio_pps_init(); no pulse from now on
 * @gg: the receiver
 *
 * Context: process, may sleep.
 */
void gnss_gpio_pps_exit(struct gnss_gpio *gg)
{
	struct gnss_gpio_pps *pps = &gg->pps;

	if (!IS_REACHABLE(CONFIG_PPS) || !pps->source)
		return;

	/* From here on nothing schedules the work. */
	disable_irq(pps->irq);
	cancel_delayed_work_sync(&pps->unmute);
	free_irq(pps->irq, pps);
	pps_unregister_source(pps->source);
	pps->source = NULL;
}
