// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bottom halves: which of the kernel's mechanisms runs the drain.  Every
 * mechanism is a few lines in one table, and holds no parsing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

/* Room for all names in a message. */
#define BH_NAMES_SIZE	256

static char *bottom_half = "workqueue";
module_param(bottom_half, charp, 0444);
MODULE_PARM_DESC(bottom_half,
		 "Bottom half that a receiver starts with: workqueue (default) or threaded-irq");

/**
 * struct gnss_gpio_bh_ops - one mechanism
 * @name: word seen in sysfs
 * @init: allocate; may sleep; NULL if there is nothing to do
 * @kick: have the drain run soon; hard IRQ, also on PREEMPT_RT: no spinlock_t,
 *	  no wake_up(), no allocation
 * @flush: may sleep; when it returns, every kick that came before has been
 *	   drained, and nothing runs or is queued if no kick came since
 * @exit: undo @init; may sleep; NULL if there is nothing to do
 */
struct gnss_gpio_bh_ops {
	const char *name;
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
 * @work: what is queued there
 */
struct gnss_gpio_bh {
	const struct gnss_gpio_bh_ops *ops;
	struct gnss_gpio *gg;
	struct workqueue_struct *wq;
	struct work_struct work;
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

/* workqueue: a queue of its own, per CPU */

static void bh_work_fn(struct work_struct *work)
{
	gnss_gpio_drain(container_of(work, struct gnss_gpio_bh, work)->gg);
}

static int bh_work_init(struct gnss_gpio_bh *bh)
{
	bh->wq = alloc_workqueue("gnss_gpio%d", 0, 0, bh->gg->id);
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

static const struct gnss_gpio_bh_ops bh_table[] = {
	{
		.name	= "threaded-irq",
		.kick	= bh_irq_kick,
		.flush	= bh_irq_flush,
	}, {
		.name	= "workqueue",
		.init	= bh_work_init,
		.kick	= bh_work_kick,
		.flush	= bh_work_flush,
		.exit	= bh_work_exit,
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

/* What there is, each with a space before it. */
static void bh_names(char *buf, size_t size)
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bh_table); i++)
		len += scnprintf(buf + len, size - len, " %s",
				 bh_table[i].name);
}

/**
 * gnss_gpio_bh_check_default() - is the module parameter a bottom half?
 *
 * Context: process, module load.
 * Return: 0 or -EINVAL, with a message that names what there is.
 */
int gnss_gpio_bh_check_default(void)
{
	char names[BH_NAMES_SIZE];

	if (bh_find(bottom_half))
		return 0;

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
	rcu_assign_pointer(gg->bh, bh);

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

	rcu_read_lock();
	bh = rcu_dereference(gg->bh);
	if (bh)
		bh->ops->kick(bh);
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
 * Return: 0, -EINVAL with a message for an unknown name, or what the set-up gave.
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
	if (ops == bh_current(gg)->ops)
		return 0;

	bh = bh_create(gg, ops);
	if (IS_ERR(bh))
		return PTR_ERR(bh);

	bh_destroy(bh_detach(gg));
	rcu_assign_pointer(gg->bh, bh);

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
		len += sysfs_emit_at(buf, len,
				     &bh_table[i] == current_ops ? "[%s] " : "%s ",
				     bh_table[i].name);
	buf[len - 1] = '\n';

	return len;
}
