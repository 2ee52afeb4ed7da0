// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the bottom halves did, and how long it took them: counters and
 * histograms in memory allocated at probe.  Nothing runs while the line is
 * idle.
 */
#include <linux/debugfs.h>
#include <linux/hardirq.h>
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "gnss_gpio.h"
#include "hist.h"
#include "trace.h"

static struct dentry *latency_root;

/* Threads that run nothing but softirqs; PREEMPT_RT has one more kind. */
static bool latency_in_softirq_thread(void)
{
	return (current->flags & PF_KTHREAD) &&
	       (str_has_prefix(current->comm, "ksoftirqd/") ||
		str_has_prefix(current->comm, "ktimers/"));
}

/* The measurements are changed from here on, until latency_unlock(). */
static unsigned long latency_lock(struct gnss_gpio_latencies *l)
	__acquires(&l->lock)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&l->lock, flags);
	write_seqcount_begin(&l->seq);

	return flags;
}

static void latency_unlock(struct gnss_gpio_latencies *l, unsigned long flags)
	__releases(&l->lock)
{
	write_seqcount_end(&l->seq);
	raw_spin_unlock_irqrestore(&l->lock, flags);
}

static u64 *latency_context(struct gnss_gpio_latency *bh)
{
	if (in_hardirq())
		return &bh->hardirq;
	if (latency_in_softirq_thread())
		return &bh->ksoftirqd;
	if (in_serving_softirq())
		return &bh->softirq;

	return &bh->process;
}

/**
 * gnss_gpio_latency_kick() - the bottom half is asked for
 * @gg: the receiver
 * @now_ns: CLOCK_MONOTONIC
 *
 * Context: hard IRQ, also on PREEMPT_RT, or interrupts off.
 * Return: true if it had been asked for already and has not begun since.
 */
bool gnss_gpio_latency_kick(struct gnss_gpio *gg, s64 now_ns)
{
	struct gnss_gpio_latencies *l = &gg->latency;
	unsigned long flags;
	bool pending;

	flags = latency_lock(l);
	pending = l->kick_ns;
	l->current_bh->kicks++;
	if (pending)
		l->current_bh->kicks_pending++;
	else
		l->kick_ns = now_ns;
	latency_unlock(l, flags);

	return pending;
}

/**
 * gnss_gpio_latency_enter() - the drain begins
 * @gg: the receiver
 * @run: set up
 *
 * Context: that of the bottom half.
 */
void gnss_gpio_latency_enter(struct gnss_gpio *gg,
			     struct gnss_gpio_drain_run *run)
{
	struct gnss_gpio_latencies *l = &gg->latency;
	unsigned long flags;

	*run = (struct gnss_gpio_drain_run){};

	/* From here on a kick asks for another run; those before came before now. */
	raw_spin_lock_irqsave(&l->lock, flags);
	run->entered_ns = ktime_to_ns(ktime_get());
	run->kick_ns = l->kick_ns;
	l->kick_ns = 0;
	raw_spin_unlock_irqrestore(&l->lock, flags);
}

/**
 * gnss_gpio_latency_leave() - the drain ends
 * @gg: the receiver
 * @run: filled by the drain
 *
 * Context: that of the bottom half.
 */
void gnss_gpio_latency_leave(struct gnss_gpio *gg,
			     const struct gnss_gpio_drain_run *run)
{
	struct gnss_gpio_latencies *l = &gg->latency;
	s64 now_ns = ktime_to_ns(ktime_get());
	unsigned int cpu = raw_smp_processor_id();
	struct gnss_gpio_latency *bh;
	unsigned long flags;

	flags = latency_lock(l);
	bh = l->current_bh;
	/* The first run after a reset has no run before it. */
	if (bh->drains && cpu != l->cpu)
		bh->cpu_changes++;
	l->cpu = cpu;
	bh->drains++;
	bh->drains_empty += !run->observations;
	bh->bytes += run->frames;
	bh->bytes_max = max_t(u64, bh->bytes_max, run->frames);
	bh->fifo_max = max_t(u64, bh->fifo_max, run->fifo_max);
	(*latency_context(bh))++;
	if (run->kick_ns)
		hist_add(&bh->start, run->entered_ns - run->kick_ns);
	hist_add(&bh->drain, now_ns - run->entered_ns);
	latency_unlock(l, flags);

	trace_gnss_gpio_drain(gg->id, bh->name,
			      run->frames,
			      run->kick_ns ? run->entered_ns - run->kick_ns : 0,
			      now_ns - run->entered_ns);
}

/**
 * gnss_gpio_latency_publish() - a fix is published
 * @gg: the receiver
 * @fix: the record, its times set
 *
 * Context: that of the bottom half, or process while it is stopped.
 */
void gnss_gpio_latency_publish(struct gnss_gpio *gg,
			       const struct gnss_gpio_fix *fix)
{
	struct gnss_gpio_latencies *l = &gg->latency;
	unsigned long flags;

	flags = latency_lock(l);
	if (fix->received_ns) {
		l->current_bh->fixes++;
		hist_add(&l->current_bh->publish,
			 fix->published_ns - fix->received_ns);
	} else {
		l->current_bh->fixes_waited++;
	}
	latency_unlock(l, flags);
}

/**
 * gnss_gpio_latency_overrun() - an observation is lost: the kfifo is full
 * @gg: the receiver
 *
 * Context: hard IRQ, also on PREEMPT_RT.
 */
void gnss_gpio_latency_overrun(struct gnss_gpio *gg)
{
	unsigned long flags = latency_lock(&gg->latency);

	gg->latency.current_bh->overruns++;
	latency_unlock(&gg->latency, flags);
}

/**
 * gnss_gpio_latency_select() - what follows is the work of another bottom half
 * @gg: the receiver, no bottom half at work
 * @index: its number in the table
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_latency_select(struct gnss_gpio *gg, unsigned int index)
{
	struct gnss_gpio_latencies *l = &gg->latency;
	unsigned long flags = latency_lock(l);

	l->current_bh = &l->bh[index];
	l->kick_ns = 0;
	latency_unlock(l, flags);
}

/**
 * gnss_gpio_latency_get() - the measurements of one bottom half
 * @gg: the receiver
 * @index: number of the bottom half
 * @to: filled, all of one instant
 *
 * Context: process.
 * Return: 0, or -ENOENT if there is no such bottom half.
 */
int gnss_gpio_latency_get(struct gnss_gpio *gg, unsigned int index,
			  struct gnss_gpio_latency *to)
{
	struct gnss_gpio_latencies *l = &gg->latency;
	unsigned int seq;

	if (index >= l->n)
		return -ENOENT;
	index = array_index_nospec(index, l->n);

	/* Without the lock: its copy would make kicks late. */
	do {
		seq = read_seqcount_begin(&l->seq);
		*to = l->bh[index];
		to->flags = l->current_bh == &l->bh[index] ?
			    GNSS_GPIO_LATENCY_CURRENT : 0;
		to->reset_ns = l->reset_ns;
		to->now_ns = ktime_to_ns(ktime_get());
	} while (read_seqcount_retry(&l->seq, seq));

	to->size = sizeof(*to);
	to->index = index;
	to->baud = READ_ONCE(gg->rate.used);

	return 0;
}

/**
 * gnss_gpio_latency_reset() - begin anew, for all bottom halves
 * @gg: the receiver
 *
 * A drain under way is counted when it ends.
 *
 * Context: process.
 */
void gnss_gpio_latency_reset(struct gnss_gpio *gg)
{
	struct gnss_gpio_latencies *l = &gg->latency;
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < l->n; i++) {
		flags = latency_lock(l);
		memset_after(&l->bh[i], 0, name);
		l->reset_ns = ktime_to_ns(ktime_get());
		latency_unlock(l, flags);
	}
}

static void latency_show_hist(struct seq_file *s, const char *what,
			      const struct gnss_gpio_hist *h)
{
	seq_printf(s, "  %-8s %9llu %9llu %9llu %9llu %9llu %9llu %9llu %9llu\n",
		   what, h->count, h->min_ns, hist_mean(h),
		   hist_percentile(h, 500000), hist_percentile(h, 900000),
		   hist_percentile(h, 990000), hist_percentile(h, 999000),
		   h->max_ns);
}

static void latency_show_bh(struct seq_file *s,
			    const struct gnss_gpio_latency *bh)
{
	seq_printf(s, "%s%s\n", bh->name,
		   bh->flags & GNSS_GPIO_LATENCY_CURRENT ? " (current)" : "");
	seq_printf(s, "  kicks %llu pending %llu overruns %llu fixes %llu waited %llu\n",
		   bh->kicks, bh->kicks_pending, bh->overruns, bh->fixes,
		   bh->fixes_waited);
	seq_printf(s, "  drains %llu empty %llu bytes %llu bytes_max %llu fifo_max %llu\n",
		   bh->drains, bh->drains_empty, bh->bytes, bh->bytes_max,
		   bh->fifo_max);
	seq_printf(s, "  hardirq %llu softirq %llu ksoftirqd %llu process %llu cpu_changes %llu\n",
		   bh->hardirq, bh->softirq, bh->ksoftirqd, bh->process,
		   bh->cpu_changes);
	seq_printf(s, "  %-8s %9s %9s %9s %9s %9s %9s %9s %9s\n", "ns", "count",
		   "min", "mean", "p50", "p90", "p99", "p99.9", "max");
	latency_show_hist(s, "start", &bh->start);
	latency_show_hist(s, "drain", &bh->drain);
	latency_show_hist(s, "publish", &bh->publish);
}

/* Bottom halves that did nothing since the last reset are left out. */
static int latency_show(struct seq_file *s, void *unused)
{
	struct gnss_gpio *gg = s->private;
	struct gnss_gpio_latency *bh;
	unsigned int i;

	bh = kmalloc(sizeof(*bh), GFP_KERNEL);
	if (!bh)
		return -ENOMEM;

	for (i = 0; !gnss_gpio_latency_get(gg, i, bh); i++)
		if (bh->kicks || bh->drains ||
		    bh->flags & GNSS_GPIO_LATENCY_CURRENT)
			latency_show_bh(s, bh);
	kfree(bh);

	return 0;
}

static int latency_open(struct inode *inode, struct file *file)
{
	return single_open(file, latency_show, inode->i_private);
}

/* Whatever is written: as with tracefs, a write empties it. */
static ssize_t latency_write(struct file *file, const char __user *buf,
			     size_t count, loff_t *pos)
{
	struct seq_file *s = file->private_data;

	gnss_gpio_latency_reset(s->private);

	return count;
}

static const struct file_operations latency_fops = {
	.owner		= THIS_MODULE,
	.open		= latency_open,
	.read		= seq_read,
	.write		= latency_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

/**
 * gnss_gpio_latency_add_files() - show the measurements in debugfs
 * @gg: the receiver, its device added
 *
 * Context: process.
 */
void gnss_gpio_latency_add_files(struct gnss_gpio *gg)
{
	gg->latency.dir = debugfs_create_dir(dev_name(&gg->dev), latency_root);
	debugfs_create_file("latency", 0600, gg->latency.dir, gg,
			    &latency_fops);
}

/**
 * gnss_gpio_latency_remove_files() - undo gnss_gpio_latency_add_files()
 * @gg: the receiver
 *
 * Context: process, may sleep; nobody is within the files after it.
 */
void gnss_gpio_latency_remove_files(struct gnss_gpio *gg)
{
	debugfs_remove_recursive(gg->latency.dir);
}

/**
 * gnss_gpio_latency_init() - get the memory for the measurements
 * @gg: the receiver
 * @name_of: gives the name of a bottom half by its number, NULL if there are not
 *	     so many
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int gnss_gpio_latency_init(struct gnss_gpio *gg,
			   const char *(*name_of)(unsigned int index))
{
	struct gnss_gpio_latencies *l = &gg->latency;
	unsigned int i;

	while (name_of(l->n))
		l->n++;

	raw_spin_lock_init(&l->lock);
	seqcount_raw_spinlock_init(&l->seq, &l->lock);
	l->bh = kvcalloc(l->n, sizeof(*l->bh), GFP_KERNEL);
	if (!l->bh)
		return -ENOMEM;
	for (i = 0; i < l->n; i++)
		strscpy(l->bh[i].name, name_of(i), sizeof(l->bh[i].name));
	l->current_bh = l->bh;
	l->reset_ns = ktime_to_ns(ktime_get());

	return 0;
}

/**
 * gnss_gpio_latency_free() - undo gnss_gpio_latency_init()
 * @gg: the receiver
 *
 * Context: process.
 */
void gnss_gpio_latency_free(struct gnss_gpio *gg)
{
	kvfree(gg->latency.bh);
}

/**
 * gnss_gpio_latency_module_init() - make the driver's folder in debugfs
 *
 * Context: process, module load.
 */
void gnss_gpio_latency_module_init(void)
{
	latency_root = debugfs_create_dir("gnss_gpio", NULL);
}

/**
 * gnss_gpio_latency_module_exit() - remove it
 *
 * Context: process, module unload.
 */
void gnss_gpio_latency_module_exit(void)
{
	debugfs_remove_recursive(latency_root);
}
