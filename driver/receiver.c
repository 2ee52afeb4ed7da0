// SPDX-License-Identifier: GPL-2.0-only
/*
 * A receiver: what it is made of, and the order in which that is set up, started,
 * stopped and taken away.
 */
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/pm_qos.h>

#include "gnss_gpio.h"

/*
 * While the line is received no processor sleeps so deeply that it takes longer than
 * this to wake up: a fifth of a bit at 9600 baud.  Idle states of boards that are
 * deeper than WFI take 50 us and more (exit-latency-us in their device trees).
 */
#define IDLE_LATENCY_US		20

static void receiver_start(struct gnss_gpio *gg)
{
	cpu_latency_qos_add_request(&gg->idle, IDLE_LATENCY_US);
	gnss_gpio_bh_start(gg);
	gnss_gpio_drain_start(gg);
	gnss_gpio_rx_start(gg);
}

/* First the producer, then the consumer; nothing runs or is queued after it. */
static void receiver_stop(struct gnss_gpio *gg)
{
	gnss_gpio_rx_stop(gg);
	gnss_gpio_bh_stop(gg);
	gnss_gpio_drain_stop(gg);
	cpu_latency_qos_remove_request(&gg->idle);
}

/* Runs while somebody reads, and nothing holds it. */
static void receiver_update(struct gnss_gpio *gg)
{
	bool run = gg->users && !gg->held;

	if (run == gg->running)
		return;
	if (run)
		receiver_start(gg);
	else
		receiver_stop(gg);
}

/**
 * gnss_gpio_receiver_init() - set a receiver up, stopped
 * @gg: the receiver, its line, interrupt and rate known
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno with a message.
 */
int gnss_gpio_receiver_init(struct gnss_gpio *gg)
{
	int ret;

	gnss_gpio_drain_init(gg);
	gnss_gpio_auto_init(gg);
	mutex_lock(&gg->lock);
	ret = gnss_gpio_bh_init(gg);
	if (ret)
		goto unlock;

	ret = gnss_gpio_rx_init(gg);
	if (ret) {
		dev_err_probe(gg->parent, ret,
			      "cannot get interrupt %d of rx-gpios\n", gg->irq);
		gnss_gpio_bh_exit(gg);
	}
unlock:
	mutex_unlock(&gg->lock);

	return ret;
}

/**
 * gnss_gpio_receiver_get() - one more reader; the first starts the receiver
 * @gg: the receiver
 *
 * Context: process, may sleep.
 * Return: 0, or -ENODEV when the device is unbound.
 */
int gnss_gpio_receiver_get(struct gnss_gpio *gg)
{
	int ret = -ENODEV;

	mutex_lock(&gg->lock);
	if (!gg->gone) {
		gg->users++;
		receiver_update(gg);
		ret = 0;
	}
	mutex_unlock(&gg->lock);

	return ret;
}

/**
 * gnss_gpio_receiver_put() - one reader less; the last stops the receiver
 * @gg: the receiver
 *
 * Context: process, may sleep.
 */
void gnss_gpio_receiver_put(struct gnss_gpio *gg)
{
	mutex_lock(&gg->lock);
	gg->users--;
	receiver_update(gg);
	mutex_unlock(&gg->lock);
}

/**
 * gnss_gpio_receiver_suspend() - the machine is about to sleep, or awake again
 * @gg: the receiver
 * @suspended: it is about to sleep
 *
 * What comes before and what comes after are two receptions: no byte is made of both,
 * and the open epoch is published with the time that it has.
 *
 * Context: process, may sleep; readers are frozen.
 */
void gnss_gpio_receiver_suspend(struct gnss_gpio *gg, bool suspended)
{
	gnss_gpio_tx_suspend(gg, suspended);
	mutex_lock(&gg->lock);
	gg->held = suspended;
	receiver_update(gg);
	mutex_unlock(&gg->lock);
}

/**
 * gnss_gpio_receiver_exit() - undo gnss_gpio_receiver_init(), readers or not
 * @gg: the receiver
 *
 * Readers drain what there is and then see the end of the file.
 *
 * Context: process, may sleep.
 */
void gnss_gpio_receiver_exit(struct gnss_gpio *gg)
{
	gnss_gpio_tx_exit(gg);
	mutex_lock(&gg->lock);
	gg->held = true;
	receiver_update(gg);
	/* Not before: readers get all that came until then. */
	WRITE_ONCE(gg->gone, true);
	gnss_gpio_bh_exit(gg);
	gnss_gpio_rx_exit(gg);
	gnss_gpio_baud_exit(gg);
	mutex_unlock(&gg->lock);
	gnss_gpio_auto_exit(gg);

	gnss_gpio_readers_hang_up(&gg->nmea);
	gnss_gpio_readers_hang_up(&gg->fix);
}
