// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the receive engines share: the interrupt of the line, the way of a
 * frame into the kfifo, start and stop, and the change from one engine to
 * another.
 */
#include <linux/delay.h>
#include <linux/gpio/consumer.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/ktime.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "gnss_gpio.h"
#include "trace.h"

/* A line that shows no end of a frame for so long is no longer waited for. */
#define SWITCH_FRAMES	4

/* What 'auto' prefers comes first. */
const struct gnss_gpio_rx_engine *const
gnss_gpio_rx_engines[GNSS_GPIO_RX_ENGINES] = {
	&gnss_gpio_rx_edge,
	&gnss_gpio_rx_timer,
};

#define RX_AUTO	"auto"

static void rx_set_next(struct gnss_gpio *gg)
{
	gg->engine = gg->next_engine;
	gg->next_engine = NULL;
	gg->engine->start(gg);
}

/* Between two frames. */
static void rx_take_over(struct gnss_gpio *gg)
{
	struct frame_handover handover;

	gg->engine->hand_over(gg, &handover);
	rx_set_next(gg);
	gg->engine->take_over(gg, &handover);
}

/**
 * gnss_gpio_rx_seen() - an engine has dealt with an edge or with its timer
 * @gg: the receiver
 *
 * If another engine waits and no frame is under way, it takes over.
 *
 * Context: hard IRQ, also on PREEMPT_RT, @gg->rx_lock held.
 */
void gnss_gpio_rx_seen(struct gnss_gpio *gg)
{
	if (gg->next_engine && !gg->engine->busy(gg))
		rx_take_over(gg);
}

/* Context: hard IRQ, also on PREEMPT_RT. */
static irqreturn_t rx_irq(int irq, void *data)
{
	s64 now_ns = ktime_to_ns(ktime_get());
	struct gnss_gpio *gg = data;
	bool kick = false;

	raw_spin_lock(&gg->rx_lock);
	gg->rx_stats.edges++;
	trace_gnss_gpio_edge(gg->id, now_ns);
	if (!gnss_gpio_mute_edge(gg, now_ns)) {
		if (gg->baud_auto)
			gnss_gpio_baud_edge(gg, now_ns);
		kick = gg->engine->edge(gg, now_ns);
	}
	gnss_gpio_rx_seen(gg);
	gnss_gpio_mute_spent(gg, ktime_to_ns(ktime_get()) - now_ns);
	raw_spin_unlock(&gg->rx_lock);

	if (kick)
		gnss_gpio_bh_kick(gg);

	return IRQ_HANDLED;
}

/**
 * gnss_gpio_rx_read() - what does the line show?
 * @gg: the receiver
 * @level: 1 for mark, 0 for space
 *
 * Context: hard IRQ, @gg->rx_lock held.
 * Return: false if it could not be read: what was under way is lost then.
 */
bool gnss_gpio_rx_read(struct gnss_gpio *gg, int *level)
{
	*level = gpiod_get_value(gg->rx_gpiod);
	if (*level >= 0)
		return true;

	gg->rx_stats.line_errors++;
	gg->lost_before = true;

	return false;
}

/**
 * gnss_gpio_rx_note_lateness() - a timer of the engine has expired
 * @gg: the receiver
 * @late_ns: how late, ns
 *
 * Context: hard IRQ, @gg->rx_lock held.
 */
void gnss_gpio_rx_note_lateness(struct gnss_gpio *gg, s64 late_ns)
{
	if (late_ns > (s64)gg->rx_stats.lateness_max_ns)
		gg->rx_stats.lateness_max_ns = late_ns;
}

static void rx_count(struct gnss_gpio_rx_stats *stats, u8 flags)
{
	stats->frames++;
	if (flags & FRAME_BREAK)
		stats->breaks++;
	else if (flags & FRAME_FRAMING_ERROR)
		stats->framing_errors++;
	else if (flags & FRAME_DOUBTFUL)
		stats->doubtful++;
	else
		stats->good++;
}

/*
 * Counts a frame and queues it for the bottom half.  @gg->rx_lock held: the kfifo
 * has one producer.
 */
static void rx_deliver(struct gnss_gpio *gg, const struct frame_byte *byte)
{
	struct gnss_gpio_rx_stats *stats = &gg->rx_stats;
	struct frame_byte queued = *byte;

	lockdep_assert_held(&gg->rx_lock);

	trace_gnss_gpio_byte(gg->id, byte);
	rx_count(stats, byte->flags);
	if (byte->flags & FRAME_BREAK)
		return;

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
 * gnss_gpio_rx_take() - what an observation led to
 * @gg: the receiver
 * @verdict: the decoder's
 * @byte: the frame, with FRAME_COMPLETE
 *
 * Context: hard IRQ, @gg->rx_lock held.
 * Return: true if a frame was delivered.
 */
bool gnss_gpio_rx_take(struct gnss_gpio *gg, enum frame_verdict verdict,
		       const struct frame_byte *byte)
{
	switch (verdict) {
	case FRAME_FALSE_START:
		gg->rx_stats.false_starts++;
		return false;
	case FRAME_COMPLETE:
		rx_deliver(gg, byte);
		return true;
	case FRAME_MORE:
		break;
	}

	return false;
}

/**
 * gnss_gpio_rx_arm() - set the timer of an engine, from an edge
 * @timer: the timer
 * @due_ns: when it is to expire, or FRAME_NEVER: then it is left alone
 *
 * To set it costs less than an interrupt that finds nothing due.
 *
 * Context: hard IRQ, rx_lock held.
 */
void gnss_gpio_rx_arm(struct hrtimer *timer, s64 due_ns)
{
	if (due_ns != FRAME_NEVER &&
	    (!hrtimer_is_queued(timer) ||
	     due_ns != ktime_to_ns(hrtimer_get_expires(timer))))
		hrtimer_start(timer, ns_to_ktime(due_ns),
			      HRTIMER_MODE_ABS_PINNED_HARD);
}

/**
 * gnss_gpio_rx_again() - what the timer of an engine returns
 * @timer: the timer, expired
 * @due_ns: when it is to expire again, or FRAME_NEVER
 *
 * Context: its callback, rx_lock held.
 * Return: see enum hrtimer_restart.
 */
enum hrtimer_restart gnss_gpio_rx_again(struct hrtimer *timer, s64 due_ns)
{
	if (due_ns == FRAME_NEVER)
		return HRTIMER_NORESTART;
	hrtimer_set_expires(timer, ns_to_ktime(due_ns));

	return HRTIMER_RESTART;
}

/* gpiolib inverts levels for its consumers, but not the trigger. */
static unsigned int rx_trigger(const struct gnss_gpio *gg, bool both_edges)
{
	if (both_edges)
		return IRQ_TYPE_EDGE_BOTH;

	return gpiod_is_active_low(gg->rx_gpiod) ? IRQ_TYPE_EDGE_RISING :
						   IRQ_TYPE_EDGE_FALLING;
}

static int rx_set_trigger(struct gnss_gpio *gg, bool both_edges)
{
	int ret;

	if (gg->triggers_both == both_edges)
		return 0;

	ret = irq_set_irq_type(gg->irq, rx_trigger(gg, both_edges));
	if (!ret)
		WRITE_ONCE(gg->triggers_both, both_edges);
	if (both_edges)
		gg->both_refused = ret;

	return ret;
}

/*
 * The top half stays in hard IRQ with threadirqs and on PREEMPT_RT
 * (IRQF_NO_THREAD), and the line is not masked until the thread has run (no
 * IRQF_ONESHOT): start bits would be lost.  When it is disabled it is off at
 * once, not with the next edge: some controllers' flow handlers mask none.
 */
static int rx_request_irq(struct gnss_gpio *gg,
			  const struct gnss_gpio_rx_engine *engine)
{
	gg->engine = engine;
	gg->triggers_both = engine->both_edges;
	irq_set_status_flags(gg->irq, IRQ_DISABLE_UNLAZY);

	return request_threaded_irq(gg->irq, rx_irq, gnss_gpio_bh_irq_thread,
				    rx_trigger(gg, engine->both_edges) |
				    IRQF_NO_THREAD | IRQF_NO_AUTOEN,
				    dev_name(&gg->dev), gg);
}

/**
 * gnss_gpio_rx_init() - set up the receive side
 * @gg: the receiver, its line, interrupt and rate known
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int gnss_gpio_rx_init(struct gnss_gpio *gg)
{
	unsigned int i;
	int ret;

	raw_spin_lock_init(&gg->rx_lock);
	gnss_gpio_mute_init(gg);
	gnss_gpio_baud_init(gg);
	gnss_gpio_auto_init(gg);
	for (i = 0; i < GNSS_GPIO_RX_ENGINES; i++)
		gnss_gpio_rx_engines[i]->init(gg);

	/* A controller may know no interrupt on both edges. */
	for (i = 0; i < GNSS_GPIO_RX_ENGINES; i++) {
		ret = rx_request_irq(gg, gnss_gpio_rx_engines[i]);
		if (!ret)
			return 0;
		gg->both_refused |= gnss_gpio_rx_engines[i]->both_edges;
	}

	return ret;
}

/**
 * gnss_gpio_rx_exit() - undo gnss_gpio_rx_init()
 * @gg: the receiver, stopped
 *
 * Context: process, may sleep.
 */
void gnss_gpio_rx_exit(struct gnss_gpio *gg)
{
	free_irq(gg->irq, gg);
	irq_clear_status_flags(gg->irq, IRQ_DISABLE_UNLAZY);
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
	raw_spin_lock_irq(&gg->rx_lock);
	gg->engine->start(gg);
	raw_spin_unlock_irq(&gg->rx_lock);
	enable_irq(gg->irq);
	gnss_gpio_auto_start(gg);
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
	gnss_gpio_auto_stop(gg);
	disable_irq(gg->irq);
	gnss_gpio_mute_stop(gg);
	gg->engine->stop(gg);
}

static bool rx_is_switched(struct gnss_gpio *gg)
{
	bool switched;

	raw_spin_lock_irq(&gg->rx_lock);
	gnss_gpio_rx_seen(gg);
	switched = !gg->next_engine;
	raw_spin_unlock_irq(&gg->rx_lock);

	return switched;
}

/* The line is that of a frame for longer than any frame lasts. */
static void rx_switch_now(struct gnss_gpio *gg)
{
	raw_spin_lock_irq(&gg->rx_lock);
	if (gg->next_engine) {
		gg->lost_before = true;
		rx_set_next(gg);
	}
	raw_spin_unlock_irq(&gg->rx_lock);
}

/**
 * gnss_gpio_rx_change() - have another engine receive, traffic or not
 * @gg: the receiver
 * @engine: the engine
 *
 * It takes over between two frames, so that none is lost.  Until then the old one
 * sees the edges that both want.
 *
 * Context: process, may sleep, @gg->lock held.
 * Return: 0, or what the line's interrupt controller said to the edges that the
 * engine needs; then the old one goes on.
 */
int gnss_gpio_rx_change(struct gnss_gpio *gg,
			const struct gnss_gpio_rx_engine *engine)
{
	const struct gnss_gpio_rx_engine *old = gg->engine;
	unsigned int bit_us = frame_bit_ns(READ_ONCE(gg->baud)) / NSEC_PER_USEC + 1;
	unsigned int tries = SWITCH_FRAMES * FRAME_BITS;
	int ret = 0;

	if (engine == old)
		return 0;
	if (engine->both_edges)
		ret = rx_set_trigger(gg, true);
	if (ret)
		return ret;

	raw_spin_lock_irq(&gg->rx_lock);
	gg->next_engine = engine;
	raw_spin_unlock_irq(&gg->rx_lock);

	while (!rx_is_switched(gg) && tries--)
		usleep_range(bit_us, 2 * bit_us);
	rx_switch_now(gg);
	old->stop(gg);

	return engine->both_edges ? 0 : rx_set_trigger(gg, false);
}

static const struct gnss_gpio_rx_engine *rx_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < GNSS_GPIO_RX_ENGINES; i++)
		if (sysfs_streq(name, gnss_gpio_rx_engines[i]->name))
			return gnss_gpio_rx_engines[i];

	return NULL;
}

/**
 * gnss_gpio_rx_switch() - change to another engine, traffic or not
 * @gg: the receiver
 * @name: of an engine, or 'auto'; a line end is fine
 *
 * Context: process, may sleep, @gg->lock held.
 * Return: 0, -EINVAL with a message for an unknown name, or what the line's
 * interrupt controller said to the edges that the engine needs; then the old
 * one goes on.
 */
int gnss_gpio_rx_switch(struct gnss_gpio *gg, const char *name)
{
	const struct gnss_gpio_rx_engine *engine = rx_find(name);
	bool automatic = sysfs_streq(name, RX_AUTO);
	int ret;

	if (!engine && !automatic) {
		dev_err_ratelimited(&gg->dev,
				    "no such receive engine; there are: %s %s %s\n",
				    RX_AUTO, gnss_gpio_rx_engines[0]->name,
				    gnss_gpio_rx_engines[1]->name);
		return -EINVAL;
	}

	if (automatic)
		return gnss_gpio_auto_pick(gg);

	ret = gnss_gpio_rx_change(gg, engine);
	if (!ret)
		gnss_gpio_auto_end(gg);

	return ret;
}

/**
 * gnss_gpio_rx_show() - list the engines, the chosen one in brackets
 * @gg: the receiver
 * @buf: a page
 *
 * Context: process, @gg->lock held.
 * Return: bytes put into @buf.
 */
ssize_t gnss_gpio_rx_show(struct gnss_gpio *gg, char *buf)
{
	const struct gnss_gpio_rx_engine *engine;
	unsigned int i;
	int len;

	len = sysfs_emit(buf, gg->engine_auto ? "[%s]" : "%s", RX_AUTO);
	for (i = 0; i < GNSS_GPIO_RX_ENGINES; i++) {
		engine = gnss_gpio_rx_engines[i];
		len += sysfs_emit_at(buf, len,
				     !gg->engine_auto && gg->engine == engine ?
				     " [%s]" : " %s", engine->name);
	}
	len += sysfs_emit_at(buf, len, "\n");

	return len;
}
