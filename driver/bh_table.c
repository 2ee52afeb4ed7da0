// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mechanisms of the kernel that can run the drain.  None holds any parsing.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "bottom_half.h"
#include "compat.h"
#include "gnss_gpio.h"

/*
 * Called by one mechanism at a time.  The drain is to run again when the line has been
 * silent for a while, as then the last epoch of a burst is complete; or soon, if it has
 * left something in the kfifo.
 */
static void bh_run(struct gnss_gpio *gg)
{
	s64 again_ns = gnss_gpio_drain(gg);

	if (!again_ns || !READ_ONCE(gg->running))
		return;
	if (!hrtimer_is_queued(&gg->silence_timer) ||
	    again_ns < ktime_to_ns(hrtimer_get_expires(&gg->silence_timer)))
		hrtimer_start(&gg->silence_timer, ns_to_ktime(again_ns),
			      HRTIMER_MODE_ABS_HARD);
}

/* threaded-irq: the thread of the line's interrupt, SCHED_FIFO */

/**
 * gnss_gpio_bh_irq_thread() - thread function of the line's interrupt
 * @irq: unused
 * @data: struct gnss_gpio
 *
 * Woken by the kick of 'threaded-irq' alone, never by the interrupt's handler.
 *
 * Context: process, the IRQ thread.
 * Return: IRQ_HANDLED.
 */
irqreturn_t gnss_gpio_bh_irq_thread(int irq, void *data)
{
	bh_run(data);

	return IRQ_HANDLED;
}

static void bh_irq_kick(struct gnss_gpio_bh *bh)
{
	irq_wake_thread(bh->gg->irq, bh->gg);
}

static void bh_irq_flush(struct gnss_gpio_bh *bh)
{
	synchronize_irq(bh->gg->irq);
}

/* workqueue*, bh-workqueue*: a queue of its own */

static void bh_work_fn(struct work_struct *work)
{
	bh_run(container_of(work, struct gnss_gpio_bh, work)->gg);
}

static int bh_work_init(struct gnss_gpio_bh *bh)
{
	unsigned int flags = bh->ops->wq_flags;

	if (!(flags & WQ_UNBOUND))
		flags |= GNSS_GPIO_COMPAT_WQ_PERCPU;
	bh->wq = alloc_workqueue("gnss_gpio%d", flags, 0, bh->gg->id);
	if (!bh->wq)
		return -ENOMEM;
	/* Each has a lock class: one for softirqs, and one for processes. */
	if (flags & GNSS_GPIO_COMPAT_WQ_BH)
		INIT_WORK(&bh->work, bh_work_fn);
	else
		INIT_WORK(&bh->work, bh_work_fn);

	return 0;
}

static void bh_work_kick(struct gnss_gpio_bh *bh)
{
	queue_work(bh->wq, &bh->work);
}

static void bh_work_flush(struct gnss_gpio_bh *bh)
{
	flush_work(&bh->work);
}

static void bh_work_exit(struct gnss_gpio_bh *bh)
{
	destroy_workqueue(bh->wq);
}

/* workqueue-system: the queue that the kernel's parts share */

static int bh_system_init(struct gnss_gpio_bh *bh)
{
	INIT_WORK(&bh->work, bh_work_fn);

	return 0;
}

static void bh_system_kick(struct gnss_gpio_bh *bh)
{
	schedule_work(&bh->work);
}

/* tasklet, tasklet-hi: TASKLET_SOFTIRQ and HI_SOFTIRQ */

static void bh_tasklet_fn(struct tasklet_struct *tasklet)
{
	bh_run(container_of(tasklet, struct gnss_gpio_bh, tasklet)->gg);
}

static int bh_tasklet_init(struct gnss_gpio_bh *bh)
{
	tasklet_setup(&bh->tasklet, bh_tasklet_fn);

	return 0;
}

static void bh_tasklet_kick(struct gnss_gpio_bh *bh)
{
	tasklet_schedule(&bh->tasklet);
}

static void bh_tasklet_hi_kick(struct gnss_gpio_bh *bh)
{
	tasklet_hi_schedule(&bh->tasklet);
}

/* Waits for the run that is scheduled; a later kick schedules again. */
static void bh_tasklet_flush(struct gnss_gpio_bh *bh)
{
	tasklet_kill(&bh->tasklet);
}

/*
 * softirq: a module cannot have a softirq of its own.  The nearest is a timer
 * that is always due, in HRTIMER_SOFTIRQ.
 */

static enum hrtimer_restart bh_timer_fn(struct hrtimer *timer)
{
	bh_run(container_of(timer, struct gnss_gpio_bh, timer)->gg);

	return HRTIMER_NORESTART;
}

static int bh_timer_init(struct gnss_gpio_bh *bh)
{
	gnss_gpio_compat_hrtimer_setup(&bh->timer, bh_timer_fn,
				       HRTIMER_MODE_ABS_PINNED_SOFT);

	return 0;
}

static void bh_timer_kick(struct gnss_gpio_bh *bh)
{
	hrtimer_start(&bh->timer, 0, HRTIMER_MODE_ABS_PINNED_SOFT);
}

/* What was queued and is so no more is made up for here. */
static void bh_timer_flush(struct gnss_gpio_bh *bh)
{
	if (hrtimer_cancel(&bh->timer))
		bh_run(bh->gg);
}

/* kthread: a thread of its own, SCHED_FIFO */

static void bh_kthread_fn(struct kthread_work *kwork)
{
	bh_run(container_of(kwork, struct gnss_gpio_bh, kwork)->gg);
}

static int bh_kthread_init(struct gnss_gpio_bh *bh)
{
	bh->worker = gnss_gpio_compat_run_worker("gnss_gpio%d", bh->gg->id);
	if (IS_ERR(bh->worker))
		return PTR_ERR(bh->worker);
	sched_set_fifo(bh->worker->task);
	kthread_init_work(&bh->kwork, bh_kthread_fn);

	return 0;
}

static void bh_kthread_kick(struct gnss_gpio_bh *bh)
{
	kthread_queue_work(bh->worker, &bh->kwork);
}

static void bh_kthread_flush(struct gnss_gpio_bh *bh)
{
	kthread_flush_work(&bh->kwork);
}

static void bh_kthread_exit(struct gnss_gpio_bh *bh)
{
	kthread_destroy_worker(bh->worker);
}

/*
 * hardirq: the drain within the kick, as a baseline.  Of two kicks at once one
 * drains for both.
 */

#define HARDIRQ_WANTED	0
#define HARDIRQ_RUNS	1

static void bh_hardirq_kick(struct gnss_gpio_bh *bh)
{
	set_bit(HARDIRQ_WANTED, &bh->state);
	/* Of two who kick at once, one sees what the other wants. */
	smp_mb__after_atomic();

	while (test_bit(HARDIRQ_WANTED, &bh->state) &&
	       !test_and_set_bit(HARDIRQ_RUNS, &bh->state)) {
		clear_bit(HARDIRQ_WANTED, &bh->state);
		/* What comes from here on is wanted anew. */
		smp_mb__after_atomic();
		bh_run(bh->gg);
		clear_bit_unlock(HARDIRQ_RUNS, &bh->state);
		/* What was wanted meanwhile is seen. */
		smp_mb__after_atomic();
	}
}

/* A kick is an RCU reader until it has drained. */
static void bh_hardirq_flush(struct gnss_gpio_bh *bh)
{
	synchronize_rcu();
}

#define BH_WORKQUEUE(_name, _flags)					\
	.name		= (_name),					\
	.wq_flags	= (_flags),					\
	.init		= bh_work_init,					\
	.kick		= bh_work_kick,					\
	.flush		= bh_work_flush,				\
	.exit		= bh_work_exit

#define BH_TASKLET(_name, _kick)					\
	.name		= (_name),					\
	.init		= bh_tasklet_init,				\
	.kick		= (_kick),					\
	.flush		= bh_tasklet_flush

#define BH_MISSING_WQ_BH						\
	(GNSS_GPIO_COMPAT_WQ_BH ? NULL : "BH workqueues (Linux 6.9)")

const struct gnss_gpio_bh_ops gnss_gpio_bh_table[GNSS_GPIO_BOTTOM_HALVES] = {
	{
		.name	= "threaded-irq",
		.kick	= bh_irq_kick,
		.flush	= bh_irq_flush,
	}, {
		BH_WORKQUEUE("workqueue", 0),
	}, {
		.name	= "workqueue-system",
		.init	= bh_system_init,
		.kick	= bh_system_kick,
		.flush	= bh_work_flush,
	}, {
		BH_WORKQUEUE("workqueue-highpri", WQ_HIGHPRI),
	}, {
		BH_WORKQUEUE("workqueue-unbound", WQ_UNBOUND),
	}, {
		BH_WORKQUEUE("bh-workqueue", GNSS_GPIO_COMPAT_WQ_BH),
		.missing = BH_MISSING_WQ_BH,
	}, {
		BH_WORKQUEUE("bh-workqueue-highpri",
			     GNSS_GPIO_COMPAT_WQ_BH | WQ_HIGHPRI),
		.missing = BH_MISSING_WQ_BH,
	}, {
		BH_TASKLET("tasklet", bh_tasklet_kick),
	}, {
		BH_TASKLET("tasklet-hi", bh_tasklet_hi_kick),
	}, {
		.name	= "softirq",
		.init	= bh_timer_init,
		.kick	= bh_timer_kick,
		.flush	= bh_timer_flush,
	}, {
		.name	= "kthread",
		.init	= bh_kthread_init,
		.kick	= bh_kthread_kick,
		.flush	= bh_kthread_flush,
		.exit	= bh_kthread_exit,
	}, {
		.name	= "hardirq",
		.drains_in_kick = true,
		.kick	= bh_hardirq_kick,
		.flush	= bh_hardirq_flush,
	},
};
