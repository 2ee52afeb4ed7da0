// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the receive engines share: the interrupt of the line, the way of a
 * frame into the kfifo, start and stop.
 */
#include <linux/interrupt.h>
#include <linux/ktime.h>

#include "gnss_gpio.h"
#include "trace.h"

/**
 * gnss_gpio_rx_irq() - an edge of the line
 * @irq: unused
 * @data: struct gnss_gpio
 *
 * Context: hard IRQ, also on PREEMPT_RT.
 * Return: IRQ_HANDLED.
 */
irqreturn_t gnss_gpio_rx_irq(int irq, void *data)
{
	ktime_t now = ktime_get();
	struct gnss_gpio *gg = data;

	gg->rx_stats.edges++;
	trace_gnss_gpio_edge(gg->id, ktime_to_ns(now));
	gg->engine->edge(gg, now);

	return IRQ_HANDLED;
}

/**
 * gnss_gpio_rx_deliver() - count a frame and queue it for the bottom half
 * @gg: the receiver
 * @byte: the frame
 *
 * The caller kicks the bottom half when it has dropped its lock.
 *
 * Context: hard IRQ, @gg->rx_lock held: the kfifo has one producer.
 */
void gnss_gpio_rx_deliver(struct gnss_gpio *gg, const struct frame_byte *byte)
{
	struct gnss_gpio_rx_stats *stats = &gg->rx_stats;
	struct frame_byte queued = *byte;

	lockdep_assert_held(&gg->rx_lock);

	trace_gnss_gpio_byte(gg->id, byte);
	if (queued.flags & FRAME_BREAK) {
		stats->breaks++;
		return;
	}
	if (queued.flags & FRAME_FRAMING_ERROR)
		stats->framing_errors++;
	if (queued.flags & FRAME_DOUBTFUL)
		stats->doubtful++;

	if (gg->lost_before)
		queued.flags |= FRAME_LOST_BEFORE;
	if (!kfifo_put(&gg->fifo, queued)) {
		stats->overruns++;
		gg->lost_before = true;
		gnss_gpio_latency_overrun(gg);
		return;
	}
	gg->lost_before = false;
	stats->bytes++;
}

/**
 * gnss_gpio_rx_init() - set up the receive side
 * @gg: the receiver, its line, rate and engine known
 *
 * Context: process.
 */
void gnss_gpio_rx_init(struct gnss_gpio *gg)
{
	raw_spin_lock_init(&gg->rx_lock);
	gg->engine->init(gg);
}

/**
 * gnss_gpio_rx_start() - receive from now on
 * @gg: the receiver, stopped
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_rx_start(struct gnss_gpio *gg)
{
	gg->lost_before = false;
	gg->engine->start(gg);
	enable_irq(gg->irq);
}

/**
 * gnss_gpio_rx_stop() - receive no more
 * @gg: the receiver, started
 *
 * No frame is delivered after it; what was delivered is still in the kfifo.
 *
 * Context: process, may sleep, @gg->lock held.
 */
void gnss_gpio_rx_stop(struct gnss_gpio *gg)
{
	disable_irq(gg->irq);
	gg->engine->stop(gg);
}
