// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the recorder looks at the line, and when it kicks the bottom half: by the
 * rate of the line and by the engine.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "gnss_gpio.h"

/*
 * Rates at which engine 'edge' looks at each bit too: where a bit may be shorter
 * than an interrupt is late, and not so short that looks cost too much.
 */
#define EACH_BIT_BAUD_MIN	19200
#define EACH_BIT_BAUD_MAX	57600

/*
 * Rates at which engine 'timer' looks at the bits that falls begin, too: above, no byte is
 * good anyway, and beside a sender that pauses for half a bit these looks come with edges,
 * which is too much work for the decoder.
 */
#define FALLS_BAUD_MAX		38400

/*
 * Above EACH_BIT_BAUD_MAX, where a kick takes some bits, the bottom half is kicked no
 * more often.  Beside windows of up to 30 us with interrupts off, of 60 sentences 41.8
 * arrive at 115200 baud with a kick for each 8 bytes, 44.3 with one each 5 ms, 47.2 so, and
 * 47.8 with one each 20 ms (lab, the mean of 12 plays).
 */
#define FAST_GROUP_NS		(10 * (u32)NSEC_PER_MSEC)

/* A 16550 takes four frames without a byte for the end of a burst. */
#define REST_FRAMES_MAX		4

/**
 * gnss_gpio_rx_arm() - set the timer to the next look, which is due
 * @rx: the recorder
 *
 * Context: any, @rx->lock held.
 */
void gnss_gpio_rx_arm(struct gnss_gpio_rx *rx)
{
	hrtimer_start(&rx->timer, ns_to_ktime(rx->looks.due_ns),
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

/**
 * gnss_gpio_rx_retime() - rate, engine, rx_trig_bytes or bottom half have changed
 * @gg: the receiver
 *
 * No observation is lost.
 *
 * Context: any, @gg->rx.lock held.
 */
void gnss_gpio_rx_retime(struct gnss_gpio *gg)
{
	u32 baud = READ_ONCE(gg->rate.used);
	u32 bit_ns = (NSEC_PER_SEC + baud / 2) / baud;
	struct gnss_gpio_rx *rx = &gg->rx;
	u32 least = rx->closely ? 0 : EACH_BIT_BAUD_MIN;
	bool each_bit = rx->engine == GNSS_GPIO_TIMER ||
			(baud >= least && baud <= EACH_BIT_BAUD_MAX);
	u32 frames = rx->trig_bytes;

	lockdep_assert_held(&rx->lock);

	/*
	 * Each sentence counts while the rate is to be found, and a drain within
	 * the kick makes the edges late that come meanwhile: it is to be short.
	 */
	if ((!gg->rate.asked && !gg->rate.found) ||
	    READ_ONCE(gg->drains_in_kick))
		frames = 1;
	rx->group_ns = frames * UART_BITS * bit_ns;
	if (baud > EACH_BIT_BAUD_MAX && frames >= GNSS_GPIO_TRIG_DEFAULT)
		rx->group_ns = max(rx->group_ns, FAST_GROUP_NS);
	if (looks_set(&rx->looks, ktime_to_ns(ktime_get()), bit_ns, each_bit,
		      rx->engine == GNSS_GPIO_TIMER && baud <= FALLS_BAUD_MAX,
		      min(frames, REST_FRAMES_MAX)))
		gnss_gpio_rx_arm(rx);
}

/**
 * gnss_gpio_rx_look_closely() - look at each bit at low rates, too, or no longer
 * @gg: the receiver
 * @closely: do so, as frames are bad, and it is not known why
 *
 * Where two edges in a row are lost only a look in between tells.
 *
 * Context: the drain.
 */
void gnss_gpio_rx_look_closely(struct gnss_gpio *gg, bool closely)
{
	struct gnss_gpio_rx *rx = &gg->rx;
	unsigned long flags;

	if (closely == rx->closely)
		return;
	raw_spin_lock_irqsave(&rx->lock, flags);
	rx->closely = closely;
	gnss_gpio_rx_retime(gg);
	raw_spin_unlock_irqrestore(&rx->lock, flags);
}
