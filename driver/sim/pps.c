// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PPS line of a simulated receiver: high for the first tenth of each second, or of
 * another period.
 *
 * The seconds are those of the machine's clock when the receiver was made.  The
 * receiver's own clock is right from then on: it takes no notice of it if the machine's
 * is set.
 */
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>

#include "../compat.h"
#include "sim.h"

#define PERIOD_US	USEC_PER_SEC

static u32 period_ns(const struct sim_pps *pps)
{
	return READ_ONCE(pps->period_us) * NSEC_PER_USEC;
}

static u32 pulse_ns(const struct sim_pps *pps)
{
	return period_ns(pps) / 10;
}

/* Time since the period began. */
static u32 phase_ns(const struct sim_pps *pps, u64 t_ns)
{
	u32 phase;

	div_u64_rem(t_ns + pps->utc_ns, period_ns(pps), &phase);

	return phase;
}

/**
 * sim_pps_level() - what the line shows
 * @pps: the pulse
 * @t_ns: when, ns of CLOCK_MONOTONIC
 *
 * Context: any.
 * Return: 0 or 1.
 */
int sim_pps_level(const struct sim_pps *pps, u64 t_ns)
{
	return phase_ns(pps, t_ns) < pulse_ns(pps);
}

/* The first edge after @t_ns that is to interrupt. */
static u64 pps_next_edge(const struct sim_pps *pps, u64 t_ns)
{
	u64 rise_ns = t_ns - phase_ns(pps, t_ns) + period_ns(pps);
	u64 fall_ns = rise_ns + pulse_ns(pps);

	if (fall_ns - period_ns(pps) > t_ns)
		fall_ns -= period_ns(pps);
	if (!(pps->trigger & WAVEFORM_RISING))
		return fall_ns;
	if (!(pps->trigger & WAVEFORM_FALLING))
		return rise_ns;

	return min(rise_ns, fall_ns);
}

static void pps_arm(struct sim_pps *pps)
{
	if (pps->trigger && pps->unmasked)
		hrtimer_start(&pps->timer, ns_to_ktime(pps->next_ns),
			      HRTIMER_MODE_ABS_PINNED_HARD);
}

/* What interrupts is another edge from now on.  pps->lock held. */
static void pps_rearm(struct sim_pps *pps)
{
	pps->next_ns = pps_next_edge(pps, ktime_to_ns(ktime_get()));
	pps_arm(pps);
}

/* Of the edges that come while the interrupt is masked the first stays in @next_ns. */
static enum hrtimer_restart pps_edge(struct hrtimer *timer)
{
	struct sim *sim = container_of(timer, struct sim, pps.timer);
	struct sim_pps *pps = &sim->pps;
	u64 now_ns = ktime_to_ns(ktime_get());
	bool raise;

	raw_spin_lock(&pps->lock);
	raise = pps->trigger && pps->unmasked && pps->next_ns <= now_ns;
	if (raise)
		pps->next_ns = pps_next_edge(pps, now_ns);
	pps_arm(pps);
	raw_spin_unlock(&pps->lock);

	if (raise)
		generic_handle_domain_irq(sim->gc.irq.domain, SIM_LINE_PPS);

	return HRTIMER_NORESTART;
}

/**
 * sim_pps_set_mask() - turn the line's interrupt on or off
 * @pps: the pulse
 * @unmasked: on; if there was an edge since it was turned off, it interrupts at once
 *
 * Context: any; on PREEMPT_RT too with a raw spinlock held.
 */
void sim_pps_set_mask(struct sim_pps *pps, bool unmasked)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pps->lock, flags);
	pps->unmasked = unmasked;
	pps_arm(pps);
	raw_spin_unlock_irqrestore(&pps->lock, flags);
}

/**
 * sim_pps_set_trigger() - choose the edges that interrupt, from now on
 * @pps: the pulse
 * @trigger: WAVEFORM_* edges, or 0
 *
 * Context: as above.
 */
void sim_pps_set_trigger(struct sim_pps *pps, unsigned int trigger)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pps->lock, flags);
	pps->trigger = trigger;
	pps_rearm(pps);
	raw_spin_unlock_irqrestore(&pps->lock, flags);
}

/**
 * sim_pps_changed() - the period is another one
 * @pps: the pulse
 *
 * Context: process.
 */
void sim_pps_changed(struct sim_pps *pps)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&pps->lock, flags);
	pps_rearm(pps);
	raw_spin_unlock_irqrestore(&pps->lock, flags);
}

/**
 * sim_pps_init() - a pulse at each second, by the machine's clock as it is now
 * @pps: the pulse
 *
 * Context: process.
 */
void sim_pps_init(struct sim_pps *pps)
{
	raw_spin_lock_init(&pps->lock);
	pps->period_us = PERIOD_US;
	pps->utc_ns = ktime_to_ns(ktime_mono_to_real(0));
	gnss_gpio_compat_hrtimer_setup(&pps->timer, pps_edge,
				       HRTIMER_MODE_ABS_PINNED_HARD);
}

/**
 * sim_pps_exit() - no edge interrupts from now on
 * @pps: the pulse
 *
 * Context: process, may sleep.
 */
void sim_pps_exit(struct sim_pps *pps)
{
	sim_pps_set_trigger(pps, 0);
	hrtimer_cancel(&pps->timer);
}
