// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bottom half of a receiver: which mechanism is at work, how it is kicked, and
 * how it is changed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "bottom_half.h"
#include "compat.h"
#include "gnss_gpio.h"
#include "trace.h"

static char *bottom_half = "workqueue";
module_param(bottom_half, charp, 0444);
MODULE_PARM_DESC(bottom_half,
		 "Bottom half that a receiver starts with: a name from its attribute bottom_half (default workqueue)");

/* -EINVAL for an unknown name, -EOPNOTSUPP for one that this kernel cannot offer. */
static const struct gnss_gpio_bh_ops *bh_find(const char *name, char *why)
{
	unsigned int i;
	size_t len;

	for (i = 0; i < GNSS_GPIO_BOTTOM_HALVES; i++) {
		const struct gnss_gpio_bh_ops *ops = &gnss_gpio_bh_table[i];

		if (!sysfs_streq(name, ops->name))
			continue;
		if (!ops->missing)
			return ops;
		scnprintf(why, GNSS_GPIO_WHY_SIZE,
			  "bottom half %s needs what this kernel lacks: %s",
			  ops->name, ops->missing);
		return ERR_PTR(-EOPNOTSUPP);
	}

	len = scnprintf(why, GNSS_GPIO_WHY_SIZE,
			"no such bottom half; there are:");
	for (i = 0; i < GNSS_GPIO_BOTTOM_HALVES; i++)
		if (!gnss_gpio_bh_table[i].missing)
			len += scnprintf(why + len, GNSS_GPIO_WHY_SIZE - len,
					 " %s", gnss_gpio_bh_table[i].name);

	return ERR_PTR(-EINVAL);
}

static unsigned int bh_index(const struct gnss_gpio_bh *bh)
{
	return bh->ops - gnss_gpio_bh_table;
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
	return index < GNSS_GPIO_BOTTOM_HALVES ? gnss_gpio_bh_table[index].name : NULL;
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

/* Takes the mechanism away from the kicks.  Observations gather in the kfifo. */
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
	WRITE_ONCE(gg->drains_in_kick, bh->ops->drains_in_kick);
	rcu_assign_pointer(gg->bh, bh);
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
	char why[GNSS_GPIO_WHY_SIZE];
	const struct gnss_gpio_bh_ops *ops = bh_find(bottom_half, why);

	if (!IS_ERR(ops))
		return 0;

	pr_err("bottom_half=%s: %s\n", bottom_half, why);

	return PTR_ERR(ops);
}

static enum hrtimer_restart bh_silence_expired(struct hrtimer *timer)
{
	struct gnss_gpio *gg = container_of(timer, struct gnss_gpio,
					    silence_timer);

	if (READ_ONCE(gg->running))
		gnss_gpio_bh_kick(gg);

	return HRTIMER_NORESTART;
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
	char why[GNSS_GPIO_WHY_SIZE];
	struct gnss_gpio_bh *bh = bh_create(gg, bh_find(bottom_half, why));

	if (IS_ERR(bh))
		return PTR_ERR(bh);
	gnss_gpio_compat_hrtimer_setup(&gg->silence_timer, bh_silence_expired,
				       HRTIMER_MODE_ABS_HARD);
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
 * gnss_gpio_bh_run_soon() - the same as gnss_gpio_bh_kick(), from a process
 * @gg: the receiver
 *
 * Context: process, no lock held that the drain takes.
 */
void gnss_gpio_bh_run_soon(struct gnss_gpio *gg)
{
	unsigned long flags;

	local_irq_save(flags);
	gnss_gpio_bh_kick(gg);
	local_irq_restore(flags);
}

/* Waits until every kick has been drained.  gg->lock held, nobody kicks. */
static void bh_flush(struct gnss_gpio *gg)
{
	struct gnss_gpio_bh *bh = bh_current(gg);

	bh->ops->flush(bh);
}

/**
 * gnss_gpio_bh_start() - a receiver is about to be started
 * @gg: the receiver
 *
 * No drain runs after it until there is a kick.
 *
 * Context: process, @gg->lock held, may sleep.
 */
void gnss_gpio_bh_start(struct gnss_gpio *gg)
{
	bh_flush(gg);
	WRITE_ONCE(gg->running, true);
}

/**
 * gnss_gpio_bh_stop() - wait until every kick has been drained
 * @gg: the receiver, its receive side stopped
 *
 * Context: process, @gg->lock held, may sleep.
 */
void gnss_gpio_bh_stop(struct gnss_gpio *gg)
{
	WRITE_ONCE(gg->running, false);
	/* Nobody kicks while it is flushed: that may drain here. */
	hrtimer_cancel(&gg->silence_timer);
	bh_flush(gg);
	/* A drain that had not seen the end may have set it. */
	hrtimer_cancel(&gg->silence_timer);
	/* One drain takes a part only. */
	while (!kfifo_is_empty(&gg->fifo))
		gnss_gpio_drain(gg);
}

/**
 * gnss_gpio_bh_switch() - change to another bottom half, traffic or not
 * @gg: the receiver
 * @name: as gnss_gpio_bh_show() lists it; a line end is fine
 * @why: GNSS_GPIO_WHY_SIZE bytes; if it cannot be had, the reason
 *
 * The new one is set up first: when that fails, the old one goes on.  While
 * there is none, observations wait in the kfifo: nothing is lost or reordered.
 *
 * Context: process, @gg->lock held, may sleep.
 * Return: 0, -EINVAL for an unknown name, -EOPNOTSUPP for one that this kernel
 * cannot offer, or what the set-up gave.
 */
int gnss_gpio_bh_switch(struct gnss_gpio *gg, const char *name, char *why)
{
	const struct gnss_gpio_bh_ops *ops = bh_find(name, why);
	struct gnss_gpio_bh *bh;

	if (IS_ERR(ops))
		return PTR_ERR(ops);
	if (ops == bh_current(gg)->ops)
		return 0;

	bh = bh_create(gg, ops);
	if (IS_ERR(bh)) {
		scnprintf(why, GNSS_GPIO_WHY_SIZE,
			  "bottom half %s cannot be set up", ops->name);
		return PTR_ERR(bh);
	}

	bh_destroy(bh_detach(gg));
	/* Here, where it makes no edge late; nobody else drains now. */
	gnss_gpio_drain(gg);
	bh_attach(gg, bh);
	raw_spin_lock_irq(&gg->rx.lock);
	gnss_gpio_rx_retime(gg);
	raw_spin_unlock_irq(&gg->rx.lock);
	/* For what came meanwhile. */
	gnss_gpio_bh_run_soon(gg);

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

	for (i = 0; i < GNSS_GPIO_BOTTOM_HALVES; i++)
		if (!gnss_gpio_bh_table[i].missing)
			len += sysfs_emit_at(buf, len,
					     &gnss_gpio_bh_table[i] == current_ops ?
					     "[%s] " : "%s ",
					     gnss_gpio_bh_table[i].name);
	buf[len - 1] = '\n';

	return len;
}
