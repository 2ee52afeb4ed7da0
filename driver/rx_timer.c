// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive engine 'timer': the falling edge of the start bit, then one sample a
 * bit by an hrtimer whose expiries are counted from that edge.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>

#include "compat.h"
#include "gnss_gpio.h"

static s64 rx_timer_now(void)
{
	return ktime_to_ns(ktime_get());
}

static void rx_timer_start(struct gnss_gpio *gg)
{
	frame_sampler_init(&gg->sampler, gg->baud, rx_timer_now());
}

/* Returns true if a frame was delivered. */
static bool rx_timer_sample(struct gnss_gpio *gg)
{
	struct frame_byte byte;
	s64 from_ns, to_ns;
	int level;

	/* Whatever holds this up, the line was read in between. */
	from_ns = rx_timer_now();
	if (!gnss_gpio_rx_read(gg, &level)) {
		rx_timer_start(gg);
		return false;
	}
	to_ns = rx_timer_now();
	gnss_gpio_rx_note_lateness(gg, from_ns - frame_due(&gg->sampler));

	return gnss_gpio_rx_take(gg, frame_sample(&gg->sampler, level, from_ns,
						  to_ns, &byte), &byte);
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
	 * Else another engine is at work, the rate has changed, or an edge has
	 * set it meanwhile.
	 */
	if (gg->engine == &gnss_gpio_rx_timer &&
	    frame_due(&gg->sampler) != FRAME_NEVER &&
	    !hrtimer_is_queued(timer)) {
		delivered = rx_timer_sample(gg);
		restart = gnss_gpio_rx_again(timer, frame_due(&gg->sampler));
		gnss_gpio_rx_seen(gg);
	}
	raw_spin_unlock(&gg->rx_lock);

	if (delivered)
		gnss_gpio_bh_kick(gg);

	return restart;
}

static bool rx_timer_edge(struct gnss_gpio *gg, s64 now_ns)
{
	struct frame_byte byte;
	bool delivered;
	int level;

	if (!gnss_gpio_rx_read(gg, &level))
		return false;

	/* For a moment, while one engine takes over from another. */
	frame_expect_rises(&gg->sampler, READ_ONCE(gg->triggers_both));
	delivered = gnss_gpio_rx_take(gg, frame_fell(&gg->sampler, level,
						     now_ns, rx_timer_now(),
						     &byte), &byte);
	gnss_gpio_rx_arm(&gg->sample_timer, frame_due(&gg->sampler));

	return delivered;
}

static void rx_timer_init(struct gnss_gpio *gg)
{
	gnss_gpio_compat_hrtimer_setup(&gg->sample_timer, rx_timer_expired,
				       HRTIMER_MODE_ABS_PINNED_HARD);
}

static void rx_timer_hand_over(const struct gnss_gpio *gg,
			       struct frame_handover *handover)
{
	frame_hand_over(&gg->sampler, handover);
}

static void rx_timer_take_over(struct gnss_gpio *gg,
			       const struct frame_handover *handover)
{
	frame_take_over(&gg->sampler, handover);
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
	.name		= "timer",
	/* A sample a bit: few machines take more. */
	.baud_max	= 57600,
	.init		= rx_timer_init,
	.start		= rx_timer_start,
	.hand_over	= rx_timer_hand_over,
	.take_over	= rx_timer_take_over,
	.edge		= rx_timer_edge,
	.busy		= rx_timer_busy,
	.stop		= rx_timer_stop,
};
