// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines of a simulated receiver as a gpiochip.
 *
 * Reading a line computes its level from the clock.  A timer raises the edges;
 * when it runs late, all edges since the last one come as one interrupt, as
 * from a controller that latches one bit a line (PL061, BCM2835).  So does one
 * that comes while the interrupt is handled: it interrupts anew, and at once.
 */
#include <linux/gpio/driver.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

#include "../compat.h"
#include "sim.h"

static u64 now_ns(void)
{
	return ktime_to_ns(ktime_get());
}

/*
 * The first edge after @from_ns that is to interrupt.  A controller that knows
 * one kind of edge at a time is set to the other by each, and loses what comes
 * until it has been.
 */
static u64 line_next_edge(struct sim *sim, u64 from_ns)
{
	if (!sim->flip_ns || sim->trigger != (WAVEFORM_FALLING | WAVEFORM_RISING))
		return waveform_next_edge(&sim->wave, from_ns, sim->trigger);

	return waveform_next_edge(&sim->wave, max(from_ns, sim->flipped_ns),
				  sim->awaited);
}

/*
 * The first one after @sim->seen_ns.  To find it takes longer than all else here,
 * time that a line of hardware does not take.
 */
static u64 line_next(struct sim *sim)
{
	lockdep_assert_held(&sim->line_lock);

	if (!sim->next_known)
		sim->next_ns = line_next_edge(sim, sim->seen_ns);
	sim->next_known = true;

	return sim->next_ns;
}

static void line_see(struct sim *sim, u64 edge_ns)
{
	sim->seen_ns = edge_ns;
	sim->next_known = false;
	sim->awaited ^= WAVEFORM_FALLING | WAVEFORM_RISING;
	sim->flipped_ns = edge_ns + READ_ONCE(sim->flip_ns);
}

/* Of a line that chatters no more than these are counted for an interrupt. */
#define CAUGHT_MAX	4

/*
 * Does any edge that is to interrupt lie between @sim->seen_ns and @t_ns?  Of a
 * line that is held not all may be looked at; @sim->seen_ns is how far.
 */
static bool line_catch_up(struct sim *sim, u64 t_ns)
{
	unsigned int edges;

	for (edges = 0; edges < CAUGHT_MAX && line_next(sim) <= t_ns; edges++)
		line_see(sim, sim->next_ns);

	if (unlikely(sim->next_known && waveform_is_until(sim->next_ns))) {
		t_ns = min(t_ns, sim->next_ns - WAVEFORM_UNTIL);
		sim->next_known = false;
	}
	sim->seen_ns = t_ns;
	if (!edges)
		return false;
	sim->edges += edges;
	sim->merged_edges += edges - 1;

	return true;
}

/*
 * Has the next edge raised, if one comes, or looked on for it.  The second of
 * those that are due already is not left to the timer: hrtimers that are always
 * due are made to wait, which no controller does.  True if the timer is set and
 * to be started.
 */
static bool line_set_next(struct sim *sim)
{
	u64 edge_ns = line_next(sim);
	bool was_behind;

	sim->armed = sim->unmasked &&
		     (sim->latched || edge_ns != WAVEFORM_NEVER);
	if (!sim->armed)
		return false;
	edge_ns &= ~WAVEFORM_UNTIL;
	was_behind = sim->behind;
	sim->behind = edge_ns <= now_ns();
	if (sim->latched || (sim->behind && was_behind)) {
		irq_work_queue(&sim->due);
		return false;
	}
	hrtimer_set_expires(&sim->edge_timer, ns_to_ktime(edge_ns));

	return true;
}

static void line_start_timer(struct sim *sim)
{
	hrtimer_start_expires(&sim->edge_timer, HRTIMER_MODE_ABS_PINNED_HARD);
}

/* Hard IRQ on the line's CPU, also on PREEMPT_RT.  See line_set_next(). */
static bool line_raise(struct sim *sim)
{
	bool raise, start;

	raw_spin_lock(&sim->line_lock);
	raise = line_catch_up(sim, now_ns()) || sim->latched;
	sim->latched = raise && !sim->unmasked;
	raise &= sim->unmasked;
	raw_spin_unlock(&sim->line_lock);

	if (raise)
		generic_handle_domain_irq(sim->gc.irq.domain, SIM_LINE_TXD);

	raw_spin_lock(&sim->line_lock);
	start = line_set_next(sim);
	raw_spin_unlock(&sim->line_lock);

	return start;
}

static enum hrtimer_restart line_edge(struct hrtimer *timer)
{
	struct sim *sim = container_of(timer, struct sim, edge_timer);

	return line_raise(sim) ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static void line_due(struct irq_work *due)
{
	struct sim *sim = container_of(due, struct sim, due);

	if (line_raise(sim))
		line_start_timer(sim);
}

static void line_arm(void *data)
{
	struct sim *sim = data;
	unsigned long flags;

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	if (!sim->armed) {
		hrtimer_try_to_cancel(&sim->edge_timer);
		if (line_set_next(sim))
			line_start_timer(sim);
	}
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);
}

/*
 * May be called with interrupts off.  A call that is still on its way will see
 * what this one wanted to show (-EBUSY); with the CPU gone any other will do.
 */
static void line_arm_on_cpu(struct sim *sim)
{
	if (smp_call_function_single_async(READ_ONCE(sim->cpu),
					   &sim->arm) == -ENXIO)
		line_arm(sim);
}

/**
 * sim_line_room() - bytes that can be queued now
 * @sim: the receiver
 *
 * Context: process.
 * Return: 0..SIM_QUEUE_BYTES.
 */
unsigned int sim_line_room(struct sim *sim)
{
	return SIM_QUEUE_BYTES - sim_line_queued(sim);
}

/**
 * sim_line_queued() - bytes that are not wholly played yet
 * @sim: the receiver
 *
 * Context: process.
 * Return: 0..SIM_QUEUE_BYTES.
 */
unsigned long sim_line_queued(struct sim *sim)
{
	unsigned long flags;
	unsigned long queued;

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	queued = sim->wave.count - waveform_bytes_sent(&sim->wave, now_ns());
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);

	return queued;
}

/**
 * sim_line_run() - the run that is played or was played last
 * @sim: the receiver
 *
 * Context: process.
 * Return: a copy.
 */
struct waveform sim_line_run(struct sim *sim)
{
	struct waveform wave;
	unsigned long flags;

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	wave = sim->wave;
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);

	return wave;
}

/**
 * sim_line_end_ns() - when all that is queued will have been played
 * @sim: the receiver
 *
 * Context: process.
 * Return: ns of CLOCK_MONOTONIC; may be in the past.
 */
u64 sim_line_end_ns(struct sim *sim)
{
	unsigned long flags;
	u64 end_ns;

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	end_ns = waveform_end_ns(&sim->wave);
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);

	return end_ns;
}

/*
 * A run begins this much after the write, so that the timer is armed in time:
 * the receiver's clock does not depend on how busy the writer's machine is.
 */
#define RUN_LEAD_NS	(2 * NSEC_PER_MSEC)

/* The line is idle: begin a new run, by today's knobs. */
static void line_begin_run(struct sim *sim, u64 t_ns)
{
	const struct sim_knobs *knobs = &sim->knobs;
	struct waveform *wave = &sim->wave;

	lockdep_assert_held(&sim->lock);
	lockdep_assert_held(&sim->line_lock);

	/* What was not raised yet belongs to the run that is over. */
	sim->latched |= line_catch_up(sim, t_ns);

	wave->bit_ps = waveform_bit_ps(knobs->baud, knobs->skew_ppm);
	wave->start_ns = t_ns + RUN_LEAD_NS;
	wave->first = (wave->first + wave->count) & wave->mask;
	wave->count = 0;
	wave->jitter_ns = min(knobs->jitter_ns, wave->bit_ps / 1000 / 2 - 1);
	wave->glitch_ppm = knobs->glitch_ppm;
	wave->glitch_ns = knobs->glitch_ns;
	wave->hold_bit = knobs->hold_bit;
	wave->hold_bits = knobs->hold_bits;
	wave->hold_level = knobs->hold_level;
	wave->seed = knobs->seed;
}

/**
 * sim_line_play() - queue bytes behind those that are being played
 * @sim: the receiver
 * @bytes: the bytes
 * @n: how many, not more than sim_line_room()
 *
 * Context: process, @sim->lock held.
 */
void sim_line_play(struct sim *sim, const u8 *bytes, unsigned int n)
{
	unsigned long flags;
	unsigned int i;
	bool armed;
	u64 t_ns;

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	t_ns = now_ns();
	if (t_ns >= waveform_end_ns(&sim->wave))
		line_begin_run(sim, t_ns);
	for (i = 0; i < n; i++)
		sim->bytes[(sim->wave.first + sim->wave.count++) &
			   sim->wave.mask] = bytes[i];
	sim->next_known = false;
	armed = sim->armed;
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);

	if (!armed)
		line_arm_on_cpu(sim);
}

/*
 * Whoever uses a line keeps the module, but for the gnss-gpio device that the
 * module made itself: that one goes first when the module is to go.
 */
static bool line_is_own(struct sim *sim, unsigned int offset)
{
	return sim->bind && (offset == SIM_LINE_TXD ||
			     (offset == SIM_LINE_RXD && sim->bind_tx) ||
			     (offset == SIM_LINE_PPS && sim->pps.bind));
}

static int line_request(struct gpio_chip *gc, unsigned int offset)
{
	if (line_is_own(gpiochip_get_data(gc), offset))
		return 0;

	return try_module_get(THIS_MODULE) ? 0 : -ENODEV;
}

static void line_free(struct gpio_chip *gc, unsigned int offset)
{
	if (!line_is_own(gpiochip_get_data(gc), offset))
		module_put(THIS_MODULE);
}

static int line_get(struct gpio_chip *gc, unsigned int offset)
{
	struct sim *sim = gpiochip_get_data(gc);
	unsigned long flags;
	int level = 0;

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	if (offset == SIM_LINE_TXD)
		level = waveform_level(&sim->wave, now_ns());
	else if (offset == SIM_LINE_RXD)
		level = sim->listen.rxd.level;
	else if (offset == SIM_LINE_PPS)
		level = sim_pps_level(&sim->pps, now_ns());
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);

	return level;
}

static int line_get_direction(struct gpio_chip *gc, unsigned int offset)
{
	return offset == SIM_LINE_RXD ? GPIO_LINE_DIRECTION_OUT :
					GPIO_LINE_DIRECTION_IN;
}

static int line_direction_input(struct gpio_chip *gc, unsigned int offset)
{
	return offset == SIM_LINE_RXD ? -EINVAL : 0;
}

static int line_direction_output(struct gpio_chip *gc, unsigned int offset,
				 int value)
{
	struct sim *sim = gpiochip_get_data(gc);

	if (offset != SIM_LINE_RXD)
		return -EINVAL;
	sim_listen_set(sim, value);

	return 0;
}

static void line_irq_mask(struct irq_data *d)
{
	struct gpio_chip *gc = irq_data_get_irq_chip_data(d);
	struct sim *sim = gpiochip_get_data(gc);
	unsigned long flags;

	if (irqd_to_hwirq(d) == SIM_LINE_PPS) {
		sim_pps_set_mask(&sim->pps, false);
	} else {
		raw_spin_lock_irqsave(&sim->line_lock, flags);
		sim->unmasked = false;
		raw_spin_unlock_irqrestore(&sim->line_lock, flags);
	}

	gpiochip_disable_irq(gc, irqd_to_hwirq(d));
}

static void line_irq_unmask(struct irq_data *d)
{
	struct gpio_chip *gc = irq_data_get_irq_chip_data(d);
	struct sim *sim = gpiochip_get_data(gc);
	unsigned long flags;

	gpiochip_enable_irq(gc, irqd_to_hwirq(d));

	if (irqd_to_hwirq(d) == SIM_LINE_PPS) {
		sim_pps_set_mask(&sim->pps, true);
		return;
	}
	raw_spin_lock_irqsave(&sim->line_lock, flags);
	sim->unmasked = true;
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);

	line_arm_on_cpu(sim);
}

static int line_irq_set_type(struct irq_data *d, unsigned int type)
{
	struct sim *sim = gpiochip_get_data(irq_data_get_irq_chip_data(d));
	unsigned int trigger = 0;
	unsigned long flags;

	if (type & ~IRQ_TYPE_EDGE_BOTH)
		return -EINVAL;
	if (type & IRQ_TYPE_EDGE_FALLING)
		trigger |= WAVEFORM_FALLING;
	if (type & IRQ_TYPE_EDGE_RISING)
		trigger |= WAVEFORM_RISING;

	if (irqd_to_hwirq(d) == SIM_LINE_PPS) {
		sim_pps_set_trigger(&sim->pps, trigger);
		return 0;
	}

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	if (sim->unmasked) {
		sim->latched |= line_catch_up(sim, now_ns());
	} else {
		sim->seen_ns = now_ns();
		sim->latched = false;
	}
	sim->trigger = trigger;
	sim->next_known = false;
	sim->awaited = WAVEFORM_FALLING;
	/* The timer is set by the old type. */
	sim->armed = false;
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);

	line_arm_on_cpu(sim);

	return 0;
}

static const struct irq_chip line_irq_chip = {
	.name		= "gnss-gpio-sim",
	.irq_mask	= line_irq_mask,
	.irq_unmask	= line_irq_unmask,
	.irq_set_type	= line_irq_set_type,
	.flags		= IRQCHIP_IMMUTABLE,
	GPIOCHIP_IRQ_RESOURCE_HELPERS,
};

/* RXD does not interrupt. */
static void line_irq_valid_mask(struct gpio_chip *gc, unsigned long *valid,
				unsigned int lines)
{
	bitmap_zero(valid, lines);
	__set_bit(SIM_LINE_TXD, valid);
	__set_bit(SIM_LINE_PPS, valid);
}

static const char *const line_names[SIM_LINES] = {
	[SIM_LINE_TXD] = "TXD",
	[SIM_LINE_RXD] = "RXD",
	[SIM_LINE_PPS] = "PPS",
};

/**
 * sim_line_init() - an idle line
 * @sim: the receiver, its queue allocated
 *
 * Context: process.
 */
void sim_line_init(struct sim *sim)
{
	raw_spin_lock_init(&sim->line_lock);
	sim_listen_init(sim);
	sim_pps_init(&sim->pps);
	sim->wave = (struct waveform){
		.bit_ps = waveform_bit_ps(sim->knobs.baud, 0),
		.bytes = sim->bytes,
		.mask = SIM_QUEUE_BYTES - 1,
	};
	INIT_CSD(&sim->arm, line_arm, sim);
	sim->due = IRQ_WORK_INIT_HARD(line_due);
	gnss_gpio_compat_hrtimer_setup(&sim->edge_timer, line_edge,
				       HRTIMER_MODE_ABS_PINNED_HARD);
}

/**
 * sim_line_add() - register the gpiochip
 * @sim: the receiver
 * @can_sleep: say that reading a line may sleep, to see drivers refuse it
 * @no_irq: have no interrupts, to see drivers refuse it
 * @nested_irq: have interrupts that are handled in a thread, to see drivers refuse it
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int sim_line_add(struct sim *sim, bool can_sleep, bool no_irq, bool nested_irq)
{
	struct gpio_chip *gc = &sim->gc;

	gc->label = dev_name(sim->parent);
	/* Not the platform device: gpiolib would hold the module for any user. */
	gc->parent = &sim->dev;
	gc->fwnode = dev_fwnode(sim->parent);
	gc->request = line_request;
	gc->free = line_free;
	gc->base = -1;
	gc->ngpio = SIM_LINES;
	gc->names = line_names;
	gc->can_sleep = can_sleep;
	gc->get = line_get;
	gc->set = gnss_gpio_compat_set;
	gc->get_direction = line_get_direction;
	gc->direction_input = line_direction_input;
	gc->direction_output = line_direction_output;

	if (!no_irq) {
		gpio_irq_chip_set_chip(&gc->irq, &line_irq_chip);
		gc->irq.handler = handle_simple_irq;
		gc->irq.default_type = IRQ_TYPE_NONE;
		gc->irq.init_valid_mask = line_irq_valid_mask;
		gc->irq.threaded = nested_irq;
	}

	return gpiochip_add_data(gc, sim);
}

/**
 * sim_line_remove() - remove the gpiochip; no edge from now on
 * @sim: the receiver
 *
 * Context: process, may sleep.
 */
void sim_line_remove(struct sim *sim)
{
	unsigned long flags;

	gpiochip_remove(&sim->gc);
	sim_pps_exit(&sim->pps);

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	sim->trigger = 0;
	sim->next_known = false;
	sim->unmasked = false;
	sim->latched = false;
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);

	/*
	 * A call to line_arm() that is on its way finds nothing to arm.  It
	 * has begun when these have, and ended when RCU says so.
	 */
	on_each_cpu(line_arm, sim, 1);
	synchronize_rcu();
	hrtimer_cancel(&sim->edge_timer);
	irq_work_sync(&sim->due);
}
