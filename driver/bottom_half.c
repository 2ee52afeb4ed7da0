// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bottom halves: which of the kernel's mechanisms runs the drain.  Every
 * mechanism is a few lines in one table, and holds no parsing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "gnss_gpio.h"
#include "trace.h"

/* Room for all names in a message. */
#define BH_NAMES_SIZE	256

static char *bottom_half = "workqueue";
module_param(bottom_half, charp, 0444);
MODULE_PARM_DESC(bottom_half,
		 "Bottom half that a receiver starts with: a name from its attribute bottom_half (default workqueue)");

/**
 * struct gnss_gpio_bh_ops - one mechanism
 * @name: word seen in sysfs
 * @missing: what this kernel lacks for it; NULL if it can be had
 * @wq_flags: of the mechanisms with a queue of their own
 * @in_kick: the drain runs within @kick
 * @init: allocate; may sleep; NULL if there is nothing to do
 * @kick: have the drain run soon; hard IRQ, also on PREEMPT_RT: no spinlock_t,
 *	  no wake_up(), no allocation.  Kicks may come on two CPUs at once.
 * @flush: may sleep; when it returns, every kick that came before has been
 *	   drained, and nothing runs or is queued if no kick came since
 * @exit: undo @init; may sleep; NULL if there is nothing to do
 */
struct gnss_gpio_bh_ops {
	const char *name;
	const char *missing;
	unsigned int wq_flags;
	bool in_kick;
	int (*init)(struct gnss_gpio_bh *bh);
	void (*kick)(struct gnss_gpio_bh *bh);
	void (*flush)(struct gnss_gpio_bh *bh);
	void (*exit)(struct gnss_gpio_bh *bh);
};

/**
 * struct gnss_gpio_bh - a mechanism at work for a receiver
 * @ops: the mechanism
 * @gg: the receiver
 * @wq: queue of its own, if it has one
 * @worker: thread of its own, if it has one
 * @state: HARDIRQ_* bits
 * @work: what is queued; each mechanism has one of these
 * @kwork: the same for a kthread_worker
 * @tasklet: the same for tasklets
 * @timer: the same for the softirq of timers
 */
struct gnss_gpio_bh {
	const struct gnss_gpio_bh_ops *ops;
	struct gnss_gpio *gg;
	union {
		struct workqueue_struct *wq;
		struct kthread_worker *worker;
		unsigned long state;
	};
	union {
		struct work_struct work;
		struct kthread_work kwork;
		struct tasklet_struct tasklet;
		struct hrtimer timer;
	};
};

/* threaded-irq: the thread of the line's interrupt, SCHED_FIFO */

/**
 * gnss_gpio_bh_irq_thread() - thread function of the line's interrupt
 * @irq: unused
 * @data: struct gnss_gpio
 *
 * Woken by the kick of 'threaded-irq' alone, never by gnss_gpio_rx_irq().
 *
 * Context: process, the IRQ thread.
 * Return: IRQ_HANDLED.
 */
irqreturn_t gnss_gpio_bh_irq_thread(int irq, void *data)
{
	gnss_gpio_drain(data);

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
	gnss_gpio_drain(container_of(work, struct gnss_gpio_bh, work)->gg);
}

static int bh_work_init(struct gnss_gpio_bh *bh)
{
	bh->wq = alloc_workqueue("gnss_gpio%d", bh->ops->wq_flags, 0,
				 bh->gg->id);
	if (!bh->wq)
		return -ENOMEM;
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
	gnss_gpio_drain(container_of(tasklet, struct gnss_gpio_bh,
				     tasklet)->gg);
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
	gnss_gpio_drain(container_of(timer, struct gnss_gpio_bh, timer)->gg);

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
		gnss_gpio_drain(bh->gg);
}

/* kthread: a thread of its own, SCHED_FIFO */

static void bh_kthread_fn(struct kthread_work *kwork)
{
	gnss_gpio_drain(container_of(kwork, struct gnss_gpio_bh, kwork)->gg);
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
		gnss_gpio_drain(bh->gg);
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

static const struct gnss_gpio_bh_ops bh_table[] = {
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
		.in_kick = true,
		.kick	= bh_hardirq_kick,
		.flush	= bh_hardirq_flush,
	},
};

static const struct gnss_gpio_bh_ops *bh_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bh_table); i++)
		if (sysfs_streq(name, bh_table[i].name))
			return &bh_table[i];

	return NULL;
}

static unsigned int bh_index(const struct gnss_gpio_bh *bh)
{
	return bh->ops - bh_table;
}

/**
 * gnss_gpio_bh_name() - the bottom halves by number
 * @index: number, from 0 on
 *
 * Those that this kernel cannot offer have a number too.
 *
 * Context: any.
 * Return: the name, or NULL if there are not so many.
 */
const char *gnss_gpio_bh_name(unsigned int index)
{
	return index < ARRAY_SIZE(bh_table) ? bh_table[index].name : NULL;
}

static struct gnss_gpio_bh *bh_create(struct gnss_gpio *gg,
				      const struct gnss_gpio_bh_ops *ops)
{
	struct gnss_gpio_bh *bh;
	int ret;

	bh = kzalloc(sizeof(*bh), GFP_KERNEL);
	if (!bh)
		return ERR_PTR(-ENOMEM);

	bh->ops = ops;
	bh->gg = gg;
	ret = ops->init ? ops->init(bh) : 0;
	if (ret) {
		kfree(bh);
		return ERR_PTR(ret);
	}

	return bh;
}

static void bh_destroy(struct gnss_gpio_bh *bh)
{
	if (bh->ops->exit)
		bh->ops->exit(bh);
	kfree(bh);
}

static struct gnss_gpio_bh *bh_current(struct gnss_gpio *gg)
{
	return rcu_dereference_protected(gg->bh, lockdep_is_held(&gg->lock));
}

/* Takes the mechanism away from the kicks.  Frames gather in the kfifo. */
static struct gnss_gpio_bh *bh_detach(struct gnss_gpio *gg)
{
	struct gnss_gpio_bh *bh = bh_current(gg);

	RCU_INIT_POINTER(gg->bh, NULL);
	synchronize_rcu();
	bh->ops->flush(bh);

	return bh;
}

static void bh_attach(struct gnss_gpio *gg, struct gnss_gpio_bh *bh)
{
	gnss_gpio_latency_select(gg, bh_index(bh));
	WRITE_ONCE(gg->drains_in_kick, bh->ops->in_kick);
	rcu_assign_pointer(gg->bh, bh);
}

/* What there is, each with a space before it. */
static void bh_names(char *buf, size_t size)
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bh_table); i++)
		if (!bh_table[i].missing)
			len += scnprintf(buf + len, size - len, " %s",
					 bh_table[i].name);
}

/**
 * gnss_gpio_bh_check_default() - is the module parameter a bottom half?
 *
 * Context: process, module load.
 * Return: 0, -EINVAL or -EOPNOTSUPP, with a message that says what there is or
 * what is missing.
 */
int gnss_gpio_bh_check_default(void)
{
	const struct gnss_gpio_bh_ops *ops = bh_find(bottom_half);
	char names[BH_NAMES_SIZE];

	if (ops && !ops->missing)
		return 0;

	if (ops) {
		pr_err("bottom half %s needs what this kernel lacks: %s\n",
		       ops->name, ops->missing);
		return -EOPNOTSUPP;
	}

	bh_names(names, sizeof(names));
	pr_err("no bottom half is called \"%s\"; there are:%s\n", bottom_half,
	       names);

	return -EINVAL;
}

/**
 * gnss_gpio_bh_init() - give a receiver its first bottom half
 * @gg: the receiver
 *
 * Context: process, @gg->lock held, may sleep.
 * Return: 0 or a negative errno.
 */
int gnss_gpio_bh_init(struct gnss_gpio *gg)
{
	struct gnss_gpio_bh *bh = bh_create(gg, bh_find(bottom_half));

	if (IS_ERR(bh))
		return PTR_ERR(bh);
	bh_attach(gg, bh);

	return 0;
}

/**
 * gnss_gpio_bh_exit() - take a receiver's bottom half away
 * @gg: the receiver, stopped
 *
 * Context: process, @gg->lock held, may sleep.
 */
void gnss_gpio_bh_exit(struct gnss_gpio *gg)
{
	bh_destroy(bh_detach(gg));
}

/**
 * gnss_gpio_bh_kick() - have the drain run soon
 * @gg: the receiver
 *
 * Context: hard IRQ, also on PREEMPT_RT, or interrupts off; no lock held.
 */
void gnss_gpio_bh_kick(struct gnss_gpio *gg)
{
	struct gnss_gpio_bh *bh;
	bool pending;

	rcu_read_lock();
	bh = rcu_dereference(gg->bh);
	if (bh) {
		pending = gnss_gpio_latency_kick(gg, ktime_to_ns(ktime_get()));
		trace_gnss_gpio_kick(gg->id, bh->ops->name, pending);
		bh->ops->kick(bh);
	}
	rcu_read_unlock();
}

/**
 * gnss_gpio_bh_flush() - wait until every kick has been drained
 * @gg: the receiver, its receive side stopped
 *
 * Context: process, @gg->lock held, may sleep.
 */
void gnss_gpio_bh_flush(struct gnss_gpio *gg)
{
	struct gnss_gpio_bh *bh = bh_current(gg);

	bh->ops->flush(bh);
}

/**
 * gnss_gpio_bh_switch() - change to another bottom half, traffic or not
 * @gg: the receiver
 * @name: as gnss_gpio_bh_show() lists it; a line end is fine
 *
 * The new one is set up first: when that fails, the old one goes on.  While
 * there is none, frames wait in the kfifo, so nothing is lost or reordered.
 *
 * Context: process, @gg->lock held, may sleep.
 * Return: 0, -EINVAL with a message for an unknown name, -EOPNOTSUPP with a
 * message for one that this kernel cannot offer, or what the set-up gave.
 */
int gnss_gpio_bh_switch(struct gnss_gpio *gg, const char *name)
{
	const struct gnss_gpio_bh_ops *ops = bh_find(name);
	char names[BH_NAMES_SIZE];
	struct gnss_gpio_bh *bh;
	unsigned long flags;

	if (!ops) {
		bh_names(names, sizeof(names));
		dev_err_ratelimited(&gg->dev,
				    "no such bottom half; there are:%s\n",
				    names);
		return -EINVAL;
	}
	if (ops->missing) {
		dev_err_ratelimited(&gg->dev,
				    "bottom half %s needs what this kernel lacks: %s\n",
				    ops->name, ops->missing);
		return -EOPNOTSUPP;
	}
	if (ops == bh_current(gg)->ops)
		return 0;

	bh = bh_create(gg, ops);
	if (IS_ERR(bh))
		return PTR_ERR(bh);

	bh_destroy(bh_detach(gg));
	bh_attach(gg, bh);

	/* For what came meanwhile; a kick has interrupts off. */
	local_irq_save(flags);
	gnss_gpio_bh_kick(gg);
	local_irq_restore(flags);

	return 0;
}

/**
 * gnss_gpio_bh_show() - list the bottom halves, the current one in brackets
 * @gg: the receiver
 * @buf: a page
 *
 * Context: process, @gg->lock held.
 * Return: bytes put into @buf.
 */
ssize_t gnss_gpio_bh_show(struct gnss_gpio *gg, char *buf)
{
	const struct gnss_gpio_bh_ops *current_ops = bh_current(gg)->ops;
	unsigned int i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(bh_table); i++)
		if (!bh_table[i].missing)
			len += sysfs_emit_at(buf, len,
					     &bh_table[i] == current_ops ?
					     "[%s] " : "%s ",
					     bh_table[i].name);
	buf[len - 1] = '\n';

	return len;
}
