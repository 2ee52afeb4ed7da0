// SPDX-License-Identifier: GPL-2.0-only
/*
 * The top half: a recorder.  Each edge that interrupts, and each look at the line
 * by a timer, is an observation for the bottom half, which makes bytes of them.
 *
 * The two engines differ in the edges that interrupt and in when the timer looks.
 */
#include <linux/errno.h>
#include <linux/gpio/consumer.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>

#include "compat.h"
#include "gnss_gpio.h"
#include "obs.h"
#include "trace.h"

/*
 * Reads the line and queues what it shows.  @late_ns and @flags: see struct
 * uart_obs.  Context: hard IRQ or interrupts off, rx->lock held: the kfifo has
 * one producer.
 */
static void rx_observe(struct gnss_gpio *gg, s64 now_ns, s64 late_ns, u8 flags)
{
	struct gnss_gpio_rx *rx = &gg->rx;
	unsigned long tick = jiffies;
	int level = gpiod_get_value(gg->rx_gpiod);

	if (level < 0) {
		rx->stats.line_errors++;
		rx->flags |= UART_OBS_LOST;
		return;
	}

	/* A tick, of whichever processor, may have delayed this interrupt. */
	if (rx->tick != tick)
		flags |= UART_OBS_BUSY;
	rx->tick = tick;
	flags |= rx->flags | (level ? UART_OBS_LEVEL : 0);
	if (kfifo_put(&gg->fifo, obs_pack(now_ns, late_ns, flags))) {
		rx->flags &= UART_OBS_RISES;
	} else {
		rx->flags |= UART_OBS_LOST;
		rx->stats.overruns++;
		gnss_gpio_latency_overrun(gg);
	}
}

/* The bottom half is to be kicked: returns true.  rx->lock held. */
static bool rx_kicks(struct gnss_gpio_rx *rx, s64 now_ns)
{
	rx->kick_ns = now_ns + rx->group_ns;
	/* Waking it delays the next interrupt. */
	rx->flags |= UART_OBS_BUSY;

	return true;
}

/* Returns true if the bottom half is to be kicked.  rx->lock held. */
static bool rx_take_edge(struct gnss_gpio *gg, s64 now_ns)
{
	struct gnss_gpio_rx *rx = &gg->rx;

	if (looks_rested(&rx->looks))
		rx->kick_ns = now_ns + rx->group_ns;
	rx_observe(gg, now_ns, max(now_ns - rx->looks.due_ns, 0), 0);
	if (looks_edge(&rx->looks, now_ns))
		gnss_gpio_rx_arm(rx);

	return now_ns >= rx->kick_ns && rx_kicks(rx, now_ns);
}

/* Returns true if the bottom half is to be kicked.  rx->lock held. */
static bool rx_take_look(struct gnss_gpio *gg, s64 now_ns)
{
	struct gnss_gpio_rx *rx = &gg->rx;
	s64 late_ns = now_ns - rx->looks.due_ns;

	if (late_ns > (s64)rx->stats.lateness_max_ns)
		rx->stats.lateness_max_ns = min_t(s64, late_ns, LONG_MAX);
	if (!looks_taken(&rx->looks, now_ns))
		return false;
	rx->stats.looks++;
	rx_observe(gg, now_ns, late_ns, UART_OBS_LOOK);

	return looks_rested(&rx->looks) && rx_kicks(rx, now_ns);
}

/* Context: hard IRQ, also on PREEMPT_RT. */
static irqreturn_t rx_irq(int irq, void *data)
{
	struct gnss_gpio *gg = data;
	struct gnss_gpio_rx *rx = &gg->rx;
	bool kick = false;
	s64 now_ns;

	raw_spin_lock(&rx->lock);
	/* With the lock held: observations are queued in order. */
	now_ns = ktime_to_ns(ktime_get());
	rx->stats.edges++;
	trace_gnss_gpio_edge(gg->id, now_ns);
	if (!gnss_gpio_mute_edge(gg, now_ns))
		kick = rx_take_edge(gg, now_ns);
	gnss_gpio_mute_done(gg, now_ns);
	raw_spin_unlock(&rx->lock);

	if (kick)
		gnss_gpio_bh_kick(gg);

	return IRQ_HANDLED;
}

/* Context: hard IRQ, also on PREEMPT_RT (HRTIMER_MODE_*_HARD). */
static enum hrtimer_restart rx_timer_expired(struct hrtimer *timer)
{
	struct gnss_gpio *gg = container_of(timer, struct gnss_gpio, rx.timer);
	enum hrtimer_restart restart = HRTIMER_NORESTART;
	struct gnss_gpio_rx *rx = &gg->rx;
	bool kick = false;

	raw_spin_lock(&rx->lock);
	/* Else reception has stopped, or somebody has set the timer meanwhile. */
	if (!looks_rested(&rx->looks) && !hrtimer_is_queued(timer)) {
		kick = rx_take_look(gg, ktime_to_ns(ktime_get()));
		if (!looks_rested(&rx->looks)) {
			hrtimer_set_expires(timer,
					    ns_to_ktime(rx->looks.due_ns));
			restart = HRTIMER_RESTART;
		}
	}
	raw_spin_unlock(&rx->lock);

	if (kick)
		gnss_gpio_bh_kick(gg);

	return restart;
}

/* gpiolib inverts levels for its consumers, but not the trigger. */
static unsigned int rx_trigger(const struct gnss_gpio *gg,
			       enum gnss_gpio_engine engine)
{
	if (engine == GNSS_GPIO_EDGE)
		return IRQ_TYPE_EDGE_BOTH;

	return gpiod_is_active_low(gg->rx_gpiod) ? IRQ_TYPE_EDGE_RISING :
						   IRQ_TYPE_EDGE_FALLING;
}

/*
 * The top half stays in hard IRQ with threadirqs and on PREEMPT_RT
 * (IRQF_NO_THREAD), and the line is not masked until the thread has run (no
 * IRQF_ONESHOT): edges would be lost.
 */
static int rx_request_irq(struct gnss_gpio *gg, enum gnss_gpio_engine engine)
{
	gg->rx.engine = engine;

	return request_threaded_irq(gg->irq, rx_irq, gnss_gpio_bh_irq_thread,
				    rx_trigger(gg, engine) | IRQF_NO_THREAD |
				    IRQF_NO_AUTOEN,
				    dev_name(&gg->dev), gg);
}

/**
 * gnss_gpio_rx_refuses() - does an error say that such edges cannot interrupt?
 * @err: what the interrupt controller said
 *
 * Return: true if the controller does not know them; false if something else failed.
 */
bool gnss_gpio_rx_refuses(int err)
{
	return err == -EINVAL || err == -EOPNOTSUPP || err == -ENOTSUPP;
}

/**
 * gnss_gpio_rx_init() - set up the recorder, with the first engine that can be had
 * @gg: the receiver; its line, interrupt and rate are known
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int gnss_gpio_rx_init(struct gnss_gpio *gg)
{
	struct gnss_gpio_rx *rx = &gg->rx;
	int ret;

	raw_spin_lock_init(&rx->lock);
	rx->trig_bytes = GNSS_GPIO_TRIG_DEFAULT;
	looks_init(&rx->looks);
	gnss_gpio_compat_hrtimer_setup(&rx->timer, rx_timer_expired,
				       HRTIMER_MODE_ABS_PINNED_HARD);
	gnss_gpio_mute_init(gg);

	ret = rx_request_irq(gg, GNSS_GPIO_EDGE);
	if (gnss_gpio_rx_refuses(ret))
		ret = rx_request_irq(gg, GNSS_GPIO_TIMER);
	/*
	 * When it is disabled it is off at once, not with the next edge: some
	 * controllers' flow handlers mask none.  free_irq() undoes that.  Not before:
	 * the interrupt may be another driver's.
	 */
	if (!ret)
		irq_set_status_flags(gg->irq, IRQ_DISABLE_UNLAZY);

	return ret;
}

/**
 * gnss_gpio_rx_exit() - give the interrupt back
 * @gg: the receiver, stopped
 *
 * Context: process, may sleep.
 */
void gnss_gpio_rx_exit(struct gnss_gpio *gg)
{
	free_irq(gg->irq, gg);
}

static void rx_expect_rises(struct gnss_gpio_rx *rx)
{
	rx->flags &= ~UART_OBS_RISES;
	if (rx->engine == GNSS_GPIO_EDGE)
		rx->flags |= UART_OBS_RISES;
}

/**
 * gnss_gpio_rx_start() - record from now on
 * @gg: the receiver, stopped
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_rx_start(struct gnss_gpio *gg)
{
	struct gnss_gpio_rx *rx = &gg->rx;

	raw_spin_lock_irq(&rx->lock);
	rx->flags = 0;
	rx_expect_rises(rx);
	gnss_gpio_rx_retime(gg);
	/* Since when the line is at rest, for the decoder. */
	rx_observe(gg, ktime_to_ns(ktime_get()), 0, UART_OBS_LOOK);
	raw_spin_unlock_irq(&rx->lock);
	enable_irq(gg->irq);
	/* The look is not to wait: its time is known for 18 minutes only. */
	gnss_gpio_bh_run_soon(gg);
}

/**
 * gnss_gpio_rx_stop() - record no longer
 * @gg: the receiver, started
 *
 * No observation is queued after it, and the bottom half has been kicked for what is in
 * the kfifo.
 *
 * Context: process, may sleep, @gg->lock held.
 */
void gnss_gpio_rx_stop(struct gnss_gpio *gg)
{
	struct gnss_gpio_rx *rx = &gg->rx;

	disable_irq(gg->irq);
	gnss_gpio_mute_anew(gg);
	/* From here on nobody sets the timer. */
	raw_spin_lock_irq(&rx->lock);
	looks_init(&rx->looks);
	raw_spin_unlock_irq(&rx->lock);
	hrtimer_cancel(&rx->timer);
	gnss_gpio_bh_run_soon(gg);
}

/*
 * What came before is observed as it was expected then.  A line that has rested
 * has nothing to show.
 */
static void rx_set_engine(struct gnss_gpio *gg, enum gnss_gpio_engine engine)
{
	struct gnss_gpio_rx *rx = &gg->rx;

	if (engine == rx->engine)
		return;

	raw_spin_lock_irq(&rx->lock);
	if (!looks_rested(&rx->looks))
		rx_observe(gg, ktime_to_ns(ktime_get()), 0, UART_OBS_LOOK);
	rx->engine = engine;
	rx_expect_rises(rx);
	gnss_gpio_rx_retime(gg);
	raw_spin_unlock_irq(&rx->lock);
}

/**
 * gnss_gpio_rx_change() - change the engine, traffic or not; nothing is lost
 * @gg: the receiver
 * @engine: the new one
 *
 * Context: process, may sleep, @gg->lock held.
 * Return: 0, or what the interrupt controller said to the edges that the engine needs:
 * then the old one goes on.
 */
int gnss_gpio_rx_change(struct gnss_gpio *gg, enum gnss_gpio_engine engine)
{
	enum gnss_gpio_engine old = gg->rx.engine;
	int ret;

	if (engine == old)
		return 0;

	/* Rises are expected only while they are sure to interrupt. */
	rx_set_engine(gg, GNSS_GPIO_TIMER);
	ret = irq_set_irq_type(gg->irq, rx_trigger(gg, engine));
	rx_set_engine(gg, ret ? old : engine);

	return ret;
}
