// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive engine 'timer': the falling edge of the start bit, then one sample a
 * bit by an hrtimer whose expiries are counted from that edge.
 */
#include <linux/gpio/consumer.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>

#include "compat.h"
#include "gnss_gpio.h"

/* Reads the line and moves the frame on.  Returns true if a byte came out. */
static bool rx_timer_advance(struct gnss_gpio *gg)
{
	struct frame_byte byte;
	s64 now_ns;
	int level;

	if (!gnss_gpio_rx_read(gg, &level)) {
		gg->sampler.busy = false;
		return false;
	}

	now_ns = ktime_to_ns(ktime_get());
	gnss_gpio_rx_note_lateness(gg, now_ns - frame_due(&gg->sampler));

	switch (frame_sample(&gg->sampler, level, now_ns, &byte)) {
	case FRAME_FALSE_START:
		gg->rx_stats.false_starts++;
		return false;
	case FRAME_COMPLETE:
		gnss_gpio_rx_deliver(gg, &byte);
		return true;
	case FRAME_MORE:
		break;
	}

	return false;
}

/* Hard IRQ on PREEMPT_RT too (HRTIMER_MODE_*_HARD). */
static enum hrtimer_restart rx_timer_expired(struct hrtimer *timer)
{
	struct gnss_gpio *gg = container_of(timer, struct gnss_gpio,
					    sample_timer);
	enum hrtimer_restart restart = HRTIMER_NORESTART;
	bool delivered = false;

	raw_spin_lock(&gg->rx_lock);
	/*
	 * Else another engine is at work, the rate has changed, or the edge
	 * handler on another CPU has begun the next frame.
	 */
	if (gg->engine == &gnss_gpio_rx_timer && gg->sampler.busy &&
	    !hrtimer_is_queued(timer)) {
		delivered = rx_timer_advance(gg);
		if (gg->sampler.busy) {
			hrtimer_set_expires(timer,
					    ns_to_ktime(frame_due(&gg->sampler)));
			restart = HRTIMER_RESTART;
		}
		gnss_gpio_rx_seen(gg);
	}
	raw_spin_unlock(&gg->rx_lock);

	if (delivered)
		gnss_gpio_bh_kick(gg);

	return restart;
}

/*
 * Most edges that come while a frame is under way are its data.  One past its
 * stop bit, with the line still low, begins the next frame: the sample of the
 * stop bit was held up.
 */
static bool rx_timer_edge_in_frame(struct gnss_gpio *gg, s64 now_ns,
				   bool *delivered)
{
	struct frame_byte byte;

	if (!frame_is_next_start(&gg->sampler, now_ns)) {
		frame_edge(&gg->sampler, now_ns);
		return true;
	}
	if (gpiod_get_value(gg->rx_gpiod) != 0)
		return true;

	frame_finish(&gg->sampler, now_ns, &byte);
	gnss_gpio_rx_deliver(gg, &byte);
	*delivered = true;

	return false;
}

static bool rx_timer_edge(struct gnss_gpio *gg, s64 now_ns)
{
	bool delivered = false;

	/* Rising edges come too while one engine takes over from another. */
	if (READ_ONCE(gg->triggers_both) && gpiod_get_value(gg->rx_gpiod) != 0)
		return false;

	if (!gg->sampler.busy ||
	    !rx_timer_edge_in_frame(gg, now_ns, &delivered)) {
		frame_start(&gg->sampler, now_ns);
		hrtimer_start(&gg->sample_timer,
			      ns_to_ktime(frame_due(&gg->sampler)),
			      HRTIMER_MODE_ABS_PINNED_HARD);
	}

	return delivered;
}

static void rx_timer_init(struct gnss_gpio *gg)
{
	gnss_gpio_compat_hrtimer_setup(&gg->sample_timer, rx_timer_expired,
				       HRTIMER_MODE_ABS_PINNED_HARD);
}

static void rx_timer_start(struct gnss_gpio *gg)
{
	frame_sampler_init(&gg->sampler, gg->baud);
}

static bool rx_timer_busy(const struct gnss_gpio *gg)
{
	return gg->sampler.busy;
}

static void rx_timer_stop(struct gnss_gpio *gg)
{
	hrtimer_cancel(&gg->sample_timer);
}

const struct gnss_gpio_rx_engine gnss_gpio_rx_timer = {
	.name	= "timer",
	.init	= rx_timer_init,
	.start	= rx_timer_start,
	.edge	= rx_timer_edge,
	.busy	= rx_timer_busy,
	.stop	= rx_timer_stop,
};
