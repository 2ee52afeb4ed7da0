// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive engine 'edge': both edges interrupt, and a frame is decoded from when
 * they were seen.  A timer ends the frame; where edges come too late to tell,
 * it looks at the line in between as well.
 */
#include <linux/hrtimer.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "compat.h"
#include "gnss_gpio.h"

/*
 * Frames that come too fast for the bottom half to be woken by each are told in
 * groups, as a UART with a FIFO does it: edges come as one while it is woken, and
 * with the next tick, which an idle processor has only if it was.  When the line
 * rests, as it does after a burst, all is told at once.
 */
#define RX_EDGE_GROUP_NS	(20 * NSEC_PER_MSEC)

/* While the rate is to be found: a sentence is to be known of soon. */
#define RX_EDGE_GROUP_AUTO_NS	(2750 * NSEC_PER_USEC)

/* Context: hard IRQ, rx_lock held; a frame was delivered. */
static bool rx_edge_kicks(struct gnss_gpio *gg)
{
	u32 group_ns = gg->baud_auto ? RX_EDGE_GROUP_AUTO_NS : RX_EDGE_GROUP_NS;
	struct frame_edge *decoder = &gg->edge_decoder;

	if (frame_edge_is_fast(decoder) && !READ_ONCE(gg->drains_in_kick) &&
	    ++gg->untold * FRAME_BITS * decoder->nominal_ns < group_ns)
		return false;
	gg->untold = 0;

	return true;
}

/*
 * Has a tick, of whichever processor, delayed this interrupt?  It has if there was
 * one since the edge before.
 */
static void rx_edge_see_tick(struct gnss_gpio *gg, s64 now_ns)
{
	unsigned long now = jiffies;

	if (gg->edge_jiffies != now)
		frame_edge_disturbed(&gg->edge_decoder, now_ns);
	gg->edge_jiffies = now;
}

/* No next frame completes the group.  Returns true if there is one to tell of. */
static bool rx_edge_ends_group(struct gnss_gpio *gg)
{
	bool kick = gg->untold;

	gg->untold = 0;

	return kick;
}

static bool rx_edge_take(struct gnss_gpio *gg, enum frame_verdict verdict,
			 const struct frame_byte *byte)
{
	return gnss_gpio_rx_take(gg, verdict, byte) && rx_edge_kicks(gg);
}

/* Returns true if the bottom half is to be kicked. */
static bool rx_edge_look_now(struct gnss_gpio *gg, s64 now_ns)
{
	struct frame_edge *decoder = &gg->edge_decoder;
	s64 due_ns = frame_edge_due(decoder);
	struct frame_byte byte;
	int level;

	/* An edge has moved what is due since the timer was set. */
	if (now_ns < due_ns)
		return false;
	gnss_gpio_rx_note_lateness(gg, now_ns - due_ns);

	if (!gnss_gpio_rx_read(gg, &level)) {
		frame_edge_init(decoder, gg->baud, now_ns);
		return false;
	}

	return rx_edge_take(gg, frame_edge_look(decoder, level, now_ns, &byte),
			    &byte);
}

/* Hard IRQ on PREEMPT_RT too (HRTIMER_MODE_*_HARD). */
static enum hrtimer_restart rx_edge_look(struct hrtimer *timer)
{
	struct gnss_gpio *gg = container_of(timer, struct gnss_gpio,
					    look_timer);
	s64 now_ns = ktime_to_ns(ktime_get());
	enum hrtimer_restart restart = HRTIMER_NORESTART;
	bool kick = false;

	raw_spin_lock(&gg->rx_lock);
	/* Else another engine is at work, or an edge has set it meanwhile. */
	if (gg->engine == &gnss_gpio_rx_edge && !hrtimer_is_queued(timer)) {
		kick = rx_edge_look_now(gg, now_ns);
		/* Also if the engine began anew since the timer was set. */
		if (!gg->edge_decoder.busy)
			kick |= rx_edge_ends_group(gg);
		restart = gnss_gpio_rx_again(timer,
					     frame_edge_due(&gg->edge_decoder));
		gnss_gpio_rx_seen(gg);
	}
	raw_spin_unlock(&gg->rx_lock);

	if (kick)
		gnss_gpio_bh_kick(gg);

	return restart;
}

static bool rx_edge_edge(struct gnss_gpio *gg, s64 now_ns)
{
	struct frame_edge *decoder = &gg->edge_decoder;
	bool fast = frame_edge_is_fast(decoder);
	struct frame_byte byte;
	int level;
	bool kick;

	if (!gnss_gpio_rx_read(gg, &level))
		return false;

	if (fast)
		rx_edge_see_tick(gg, now_ns);
	kick = rx_edge_take(gg, frame_edge_irq(decoder, level, now_ns, &byte),
			    &byte);

	/* Waking the bottom half delays the next edge. */
	if (fast && kick)
		frame_edge_disturbed(decoder, now_ns);
	gnss_gpio_rx_arm(&gg->look_timer, frame_edge_due(decoder));

	return kick;
}

static void rx_edge_init(struct gnss_gpio *gg)
{
	gnss_gpio_compat_hrtimer_setup(&gg->look_timer, rx_edge_look,
				       HRTIMER_MODE_ABS_PINNED_HARD);
}

static void rx_edge_start(struct gnss_gpio *gg)
{
	frame_edge_init(&gg->edge_decoder, gg->baud, ktime_to_ns(ktime_get()));
}

static void rx_edge_hand_over(const struct gnss_gpio *gg,
			      struct frame_handover *handover)
{
	frame_edge_hand_over(&gg->edge_decoder, handover);
}

static void rx_edge_take_over(struct gnss_gpio *gg,
			      const struct frame_handover *handover)
{
	frame_edge_take_over(&gg->edge_decoder, handover);
}

static bool rx_edge_busy(const struct gnss_gpio *gg)
{
	return gg->edge_decoder.busy;
}

static void rx_edge_stop(struct gnss_gpio *gg)
{
	unsigned long flags;

	hrtimer_cancel(&gg->look_timer);
	/* As from an interrupt: that is where kicks come from. */
	local_irq_save(flags);
	if (rx_edge_ends_group(gg))
		gnss_gpio_bh_kick(gg);
	local_irq_restore(flags);
}

const struct gnss_gpio_rx_engine gnss_gpio_rx_edge = {
	.name		= "edge",
	.both_edges	= true,
	.baud_max	= GNSS_GPIO_BAUD_MAX,
	.init		= rx_edge_init,
	.start		= rx_edge_start,
	.hand_over	= rx_edge_hand_over,
	.take_over	= rx_edge_take_over,
	.edge		= rx_edge_edge,
	.busy		= rx_edge_busy,
	.stop		= rx_edge_stop,
};
