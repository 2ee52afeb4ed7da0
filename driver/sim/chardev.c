// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/gnss-simN: what is written is played on TXD, what came on RXD is read.
 *
 * write() waits while the queue is full, fsync() until all has been played, read()
 * until a byte has come.
 */
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "sim.h"

/* Bytes copied from the writer at a time: small, they lie on the stack. */
#define CHUNK	256

static int sim_open(struct inode *inode, struct file *file)
{
	struct sim *sim = container_of(inode->i_cdev, struct sim, cdev);

	get_device(&sim->dev);
	file->private_data = sim;

	return stream_open(inode, file);
}

static int sim_release(struct inode *inode, struct file *file)
{
	struct sim *sim = file->private_data;

	put_device(&sim->dev);

	return 0;
}

/* Returns 0 when it is later than @t_ns, -ERESTARTSYS on a signal. */
static int sleep_until(u64 t_ns)
{
	ktime_t t = ns_to_ktime(t_ns);

	while (ktime_before(ktime_get(), t)) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_hrtimeout(&t, HRTIMER_MODE_ABS);
	}

	return 0;
}

/* Room grows with time alone: sleep a part of what is queued. */
static int wait_for_room(struct sim *sim)
{
	u64 now_ns = ktime_to_ns(ktime_get());
	u64 end_ns = sim_line_end_ns(sim);

	return sleep_until(end_ns > now_ns ? now_ns + (end_ns - now_ns) / 8 :
					     now_ns);
}

/* Returns the bytes queued, 0 if there is no room, or a negative errno. */
static ssize_t queue_chunk(struct sim *sim, const char __user *buf,
			   size_t count)
{
	u8 chunk[CHUNK];
	ssize_t n = -ENODEV;

	if (mutex_lock_interruptible(&sim->lock))
		return -ERESTARTSYS;
	if (!sim->gone) {
		n = min3(count, sizeof(chunk), (size_t)sim_line_room(sim));
		if (copy_from_user(chunk, buf, n))
			n = -EFAULT;
		else if (n)
			sim_line_play(sim, chunk, n);
	}
	mutex_unlock(&sim->lock);

	return n;
}

static ssize_t sim_write(struct file *file, const char __user *buf,
			 size_t count, loff_t *pos)
{
	struct sim *sim = file->private_data;
	size_t done = 0;
	ssize_t ret = 0;

	while (done < count) {
		ret = queue_chunk(sim, buf + done, count - done);
		if (ret < 0)
			break;
		done += ret;
		if (ret)
			continue;

		if (file->f_flags & O_NONBLOCK) {
			ret = -EAGAIN;
			break;
		}
		ret = wait_for_room(sim);
		if (ret)
			break;
	}

	return done ?: ret;
}

/* A byte is complete without an edge that tells: look when it may be. */
static ssize_t sim_read(struct file *file, char __user *buf, size_t count,
			loff_t *pos)
{
	struct sim *sim = file->private_data;
	u8 chunk[CHUNK];
	unsigned int n;
	int ret;

	while (!(n = sim_listen_read(sim, chunk, min(count, sizeof(chunk))))) {
		if (!count || READ_ONCE(sim->gone))
			return 0;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = sleep_until(ktime_get_ns() + NSEC_PER_MSEC);
		if (ret)
			return ret;
	}

	return copy_to_user(buf, chunk, n) ? -EFAULT : n;
}

static int sim_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	struct sim *sim = file->private_data;

	return sleep_until(sim_line_end_ns(sim));
}

const struct file_operations sim_fops = {
	.owner		= THIS_MODULE,
	.open		= sim_open,
	.release	= sim_release,
	.read		= sim_read,
	.write		= sim_write,
	.fsync		= sim_fsync,
};
