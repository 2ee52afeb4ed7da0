// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of /sys/class/gnss_gpio_sim/gnss-simN/, and the windows with
 * interrupts off.
 *
 * What concerns the waveform is taken over when the line is next idle.
 */
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/irqflags.h>
#include <linux/kstrtox.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/sysfs.h>

#include "sim.h"

#define IRQOFF_MAX_US		10000
#define PERIOD_MIN_US		100
#define PERIOD_MAX_US		1000000
#define FLIP_MAX_NS		1000000
#define PPS_PERIOD_MIN_US	10

static u32 below(struct rnd_state *rnd, u32 limit)
{
	return ((u64)prandom_u32_state(rnd) * limit) >> 32;
}

static void irqoff_sleep_until(u64 t_ns)
{
	ktime_t t = ns_to_ktime(t_ns);

	set_current_state(TASK_INTERRUPTIBLE);
	if (!kthread_should_stop())
		schedule_hrtimeout(&t, HRTIMER_MODE_ABS);
	__set_current_state(TASK_RUNNING);
}

static void irqoff_window(u64 ns)
{
	ktime_t end;

	local_irq_disable();
	end = ktime_add_ns(ktime_get(), ns);
	while (ktime_before(ktime_get(), end))
		cpu_relax();
	local_irq_enable();
}

static u64 run_start_ns(struct sim *sim)
{
	return sim_line_run(sim).start_ns;
}

/*
 * Each run has the same windows, from its first bit on, whatever came before: so
 * what receives it can be compared.
 */
static int irqoff_thread(void *data)
{
	u64 at_ns = ktime_to_ns(ktime_get());
	struct sim *sim = data;
	struct rnd_state rnd;
	u64 start_ns = 0;

	prandom_seed_state(&rnd, sim->knobs.seed);

	while (!kthread_should_stop()) {
		u64 period_ns = (u64)sim->irqoff.period_us * NSEC_PER_USEC;
		u32 max_ns = sim->irqoff.max_us * NSEC_PER_USEC;
		u64 run_ns = run_start_ns(sim);
		u32 window_ns;

		if (run_ns != start_ns) {
			prandom_seed_state(&rnd, sim->knobs.seed);
			start_ns = run_ns;
			at_ns = max_t(u64, run_ns, ktime_to_ns(ktime_get()));
		}
		at_ns += period_ns + below(&rnd, period_ns);
		window_ns = below(&rnd, max_ns + 1);
		/* Those that are overdue are left out: others want to run too. */
		if (at_ns <= ktime_to_ns(ktime_get()))
			continue;
		irqoff_sleep_until(at_ns);
		/* A run may have begun; it has none ahead of its own. */
		if (run_start_ns(sim) != start_ns)
			continue;
		irqoff_window(window_ns);
		sim->irqoff.windows++;
	}

	return 0;
}

/**
 * sim_irqoff_stop() - no window with interrupts off from now on
 * @sim: the receiver
 *
 * Context: process, @sim->lock held, may sleep.
 */
void sim_irqoff_stop(struct sim *sim)
{
	if (sim->irqoff.task)
		kthread_stop(sim->irqoff.task);
	sim->irqoff.task = NULL;
}

/* If the thread cannot be made, that of before goes on, as the knobs say then. */
static int irqoff_restart(struct sim *sim)
{
	struct task_struct *task = NULL;

	lockdep_assert_held(&sim->lock);

	if (sim->irqoff.max_us) {
		task = kthread_create(irqoff_thread, sim, "gnss-sim%d-irqoff",
				      sim->id);
		if (IS_ERR(task))
			return PTR_ERR(task);
		kthread_bind(task, sim->cpu);
		sched_set_fifo(task);
	}

	sim_irqoff_stop(sim);
	sim->irqoff.task = task;
	if (task)
		wake_up_process(task);

	return 0;
}

/**
 * struct knob - a number that may be set
 * @attr: the attribute
 * @offset: where it lies in struct sim
 * @min: least value
 * @max: greatest value; both fit into an s32
 * @changed: called after a change with @sim->lock held; may be NULL
 */
struct knob {
	struct device_attribute attr;
	size_t offset;
	s32 min;
	s32 max;
	int (*changed)(struct sim *sim);
};

#define to_knob(a)	container_of(a, struct knob, attr)

static s32 *knob_value(struct device *dev, const struct knob *knob)
{
	return (void *)to_sim(dev) + knob->offset;
}

static ssize_t knob_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(*knob_value(dev,
							     to_knob(attr))));
}

static ssize_t knob_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	struct knob *knob = to_knob(attr);
	struct sim *sim = to_sim(dev);
	s32 old, value;
	int ret;

	ret = kstrtos32(buf, 0, &value);
	if (ret)
		return ret;
	if (value < knob->min || value > knob->max)
		return -ERANGE;

	mutex_lock(&sim->lock);
	old = *knob_value(dev, knob);
	WRITE_ONCE(*knob_value(dev, knob), value);
	if (sim->gone)
		ret = -ENODEV;
	else if (knob->changed)
		ret = knob->changed(sim);
	if (ret)
		WRITE_ONCE(*knob_value(dev, knob), old);
	mutex_unlock(&sim->lock);

	return ret ?: count;
}

#define KNOB(_name, _member, _min, _max, _changed)			\
	static struct knob knob_##_name = {				\
		.attr = __ATTR(_name, 0644, knob_show, knob_store),	\
		.offset = offsetof(struct sim, _member),		\
		.min = _min,						\
		.max = _max,						\
		.changed = _changed,					\
	}

static int cpu_changed(struct sim *sim)
{
	if (sim->cpu >= nr_cpu_ids || !cpu_online(sim->cpu))
		return -ENXIO;

	return irqoff_restart(sim);
}

static int pps_changed(struct sim *sim)
{
	sim_pps_changed(&sim->pps);

	return 0;
}

KNOB(baud, knobs.baud, SIM_BAUD_MIN, SIM_BAUD_MAX, NULL);
KNOB(skew_ppm, knobs.skew_ppm, -100000, 100000, NULL);
KNOB(jitter_ns, knobs.jitter_ns, 0, 1000000, NULL);
KNOB(glitch_ppm, knobs.glitch_ppm, 0, 1000000, NULL);
KNOB(glitch_ns, knobs.glitch_ns, 1, 1000000, NULL);
KNOB(hold_bit, knobs.hold_bit, 0, S32_MAX, NULL);
KNOB(hold_bits, knobs.hold_bits, 0, S32_MAX, NULL);
KNOB(hold_level, knobs.hold_level, 0, 1, NULL);
KNOB(seed, knobs.seed, 0, S32_MAX, irqoff_restart);
KNOB(irqoff_us, irqoff.max_us, 0, IRQOFF_MAX_US, irqoff_restart);
KNOB(irqoff_period_us, irqoff.period_us, PERIOD_MIN_US, PERIOD_MAX_US, irqoff_restart);
KNOB(flip_ns, flip_ns, 0, FLIP_MAX_NS, NULL);
KNOB(cpu, cpu, 0, S32_MAX, cpu_changed);
KNOB(pps_period_us, pps.period_us, PPS_PERIOD_MIN_US, PERIOD_MAX_US, pps_changed);

static ssize_t queued_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%lu\n", sim_line_queued(to_sim(dev)));
}
static DEVICE_ATTR_RO(queued);

#define COUNTER(_name, _counter)					\
	static ssize_t _name##_show(struct device *dev,			\
				    struct device_attribute *attr,	\
				    char *buf)				\
	{								\
		const struct sim *sim = to_sim(dev);			\
									\
		return sysfs_emit(buf, "%lu\n",				\
				  (unsigned long)READ_ONCE(_counter));	\
	}								\
	static DEVICE_ATTR_RO(_name)

COUNTER(edges, sim->edges);
COUNTER(merged_edges, sim->merged_edges);
COUNTER(irqoff_windows, sim->irqoff.windows);
COUNTER(rxd_bytes, sim->listen.bytes);
COUNTER(rxd_framing_errors, sim->listen.framing_errors);
COUNTER(rxd_lost, sim->listen.lost);
COUNTER(rxd_edge_error_max_ns, sim->listen.rxd.edge_error_max_ns);

/* Of the latest run: what tells which byte was sent at which time. */
static ssize_t run_start_ns_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", sim_line_run(to_sim(dev)).start_ns);
}
static DEVICE_ATTR_RO(run_start_ns);

static ssize_t bit_ps_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%u\n", sim_line_run(to_sim(dev)).bit_ps);
}
static DEVICE_ATTR_RO(bit_ps);

static struct attribute *sim_attrs[] = {
	&knob_baud.attr.attr,
	&knob_skew_ppm.attr.attr,
	&knob_jitter_ns.attr.attr,
	&knob_glitch_ppm.attr.attr,
	&knob_glitch_ns.attr.attr,
	&knob_hold_bit.attr.attr,
	&knob_hold_bits.attr.attr,
	&knob_hold_level.attr.attr,
	&knob_seed.attr.attr,
	&knob_irqoff_us.attr.attr,
	&knob_irqoff_period_us.attr.attr,
	&knob_flip_ns.attr.attr,
	&knob_cpu.attr.attr,
	&knob_pps_period_us.attr.attr,
	&dev_attr_queued.attr,
	&dev_attr_run_start_ns.attr,
	&dev_attr_bit_ps.attr,
	&dev_attr_edges.attr,
	&dev_attr_merged_edges.attr,
	&dev_attr_irqoff_windows.attr,
	&dev_attr_rxd_bytes.attr,
	&dev_attr_rxd_framing_errors.attr,
	&dev_attr_rxd_lost.attr,
	&dev_attr_rxd_edge_error_max_ns.attr,
	NULL
};

static const struct attribute_group sim_group = {
	.attrs = sim_attrs,
};

const struct attribute_group *sim_groups[] = {
	&sim_group,
	NULL
};
