// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/gnss-nmeaN and /dev/gnss-fixN.
 *
 * The two differ in what an element is: a byte, or a struct gnss_gpio_fix.
 * File operations go on after the platform device is unbound, so they touch
 * nothing that belongs to it but behind gnss_gpio_receiver_get()'s gate.
 */
#include <linux/build_bug.h>
#include <linux/compat.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "compat.h"
#include "gnss_gpio.h"

/* Bytes of the stream copied with the ring's lock held. */
#define NMEA_CHUNK	128

static bool reader_has_data(struct gnss_gpio_reader *reader)
{
	return gnss_gpio_ring_head(&reader->node->ring) !=
	       READ_ONCE(reader->pos) || gnss_gpio_sky_waits(reader);
}

static bool reader_hung_up(struct gnss_gpio_reader *reader)
{
	return READ_ONCE(reader->node->gg->gone);
}

/* Takes up to @max elements, and accounts for those that were lost. */
static unsigned int reader_take(struct gnss_gpio_reader *reader, void *to,
				unsigned int max)
{
	u64 lost = reader->lost;
	unsigned int n;

	n = gnss_gpio_ring_read(&reader->node->ring, &reader->pos,
				&reader->lost, to, max);
	if (reader->lost != lost)
		atomic_long_add(reader->lost - lost, &reader->node->lost);

	return n;
}

static bool reader_is_fix(struct gnss_gpio_reader *reader)
{
	return reader->node == &reader->node->gg->fix;
}

/*
 * Whole records; to a program that knows a shorter record, one a read, cut to
 * what it knows.
 */
static ssize_t reader_copy(struct gnss_gpio_reader *reader, char __user *buf,
			   size_t count)
{
	bool is_fix = reader_is_fix(reader);
	union {
		struct gnss_gpio_fix fix;
		u8 bytes[NMEA_CHUNK];
	} chunk;
	size_t size = is_fix ? min(count, sizeof(chunk.fix)) : 1;
	size_t done = 0;

	BUILD_BUG_ON(sizeof(chunk.fix) < GNSS_GPIO_FIX_SIZE_V1);

	if (reader->sky_wanted && count < GNSS_GPIO_RECORD_MAX)
		return -EINVAL;

	while (count - done >= size) {
		unsigned int n;
		ssize_t sky;

		sky = gnss_gpio_sky_read(reader, buf + done, count - done);
		if (sky < 0)
			return done ?: sky;
		done += sky;
		if (sky)
			continue;
		n = reader_take(reader, &chunk, is_fix ? 1 :
				min_t(size_t, count - done, NMEA_CHUNK));
		if (!n)
			break;
		if (is_fix)
			chunk.fix.size = size;
		if (copy_to_user(buf + done, &chunk, n * size)) {
			/* What was lost before them is counted by now. */
			reader->pos -= n;
			return done ?: -EFAULT;
		}
		done += n * size;
	}

	return done;
}

static ssize_t gnss_gpio_read(struct file *file, char __user *buf, size_t count,
			      loff_t *pos)
{
	struct gnss_gpio_reader *reader = file->private_data;
	ssize_t ret;

	if (!count)
		return 0;
	if (reader_is_fix(reader) && count < GNSS_GPIO_FIX_SIZE_V1)
		return -EINVAL;

	for (;;) {
		/* Looked at first: what came before it is still delivered. */
		bool hung_up = reader_hung_up(reader);

		if (mutex_lock_interruptible(&reader->lock))
			return -ERESTARTSYS;
		ret = reader_copy(reader, buf, count);
		mutex_unlock(&reader->lock);
		if (ret || hung_up) {
			/* Of the threads that share a file one is woken. */
			if (wq_has_sleeper(&reader->wait) &&
			    (reader_hung_up(reader) || reader_has_data(reader)))
				wake_up_interruptible(&reader->wait);
			return ret;
		}

		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;

		ret = wait_event_interruptible_exclusive(reader->wait,
							 reader_has_data(reader) ||
							 reader_hung_up(reader));
		if (ret)
			return ret;
	}
}

/* A part is queued as a whole; between two of them others may queue theirs. */
static ssize_t gnss_gpio_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos)
{
	struct gnss_gpio_reader *reader = file->private_data;
	struct gnss_gpio *gg = reader->node->gg;
	u8 part[GNSS_GPIO_TX_PART];
	size_t done = 0;
	int ret = 0;

	if (reader_is_fix(reader) || !gg->tx.gpiod)
		return -EOPNOTSUPP;

	while (done < count && !ret) {
		size_t n = min(count - done, sizeof(part));

		if (copy_from_user(part, buf + done, n))
			ret = -EFAULT;
		else
			ret = gnss_gpio_tx_write(gg, part, n,
						 file->f_flags & O_NONBLOCK);
		if (!ret)
			done += n;
	}
	if (done)
		WRITE_ONCE(reader->wrote, true);

	return done ?: ret;
}

static int gnss_gpio_fsync(struct file *file, loff_t start, loff_t end,
			   int datasync)
{
	struct gnss_gpio_reader *reader = file->private_data;

	return reader_is_fix(reader) ? -EINVAL :
				       gnss_gpio_tx_sync(reader->node->gg);
}

static __poll_t gnss_gpio_poll(struct file *file, poll_table *wait)
{
	struct gnss_gpio_reader *reader = file->private_data;
	__poll_t mask = 0;

	if (gnss_gpio_compat_poll_waits(wait)) {
		bool crowd = gnss_gpio_readers_crowd(&reader->polls);

		WRITE_ONCE(reader->refused, crowd);
		if (!crowd)
			poll_wait(file, &reader->polls, wait);
	}

	/* To all: an epoll asks again before it tells, and then nobody knows who asks. */
	if (READ_ONCE(reader->refused))
		mask |= EPOLLERR;
	/* With EPOLLERR select() has it, too. */
	if (reader_hung_up(reader))
		mask |= EPOLLHUP | EPOLLERR;
	if (reader_has_data(reader))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!reader_is_fix(reader) && !(mask & EPOLLHUP) &&
	    gnss_gpio_tx_has_room(reader->node->gg))
		mask |= EPOLLOUT | EPOLLWRNORM;

	return mask;
}

static long reader_get_info(struct gnss_gpio_reader *reader,
			    struct gnss_gpio_info __user *to)
{
	struct gnss_gpio_info info = {
		.abi_version = GNSS_GPIO_ABI_VERSION,
		.fix_size = sizeof(struct gnss_gpio_fix),
	};

	if (mutex_lock_interruptible(&reader->lock))
		return -ERESTARTSYS;
	info.lost = reader->lost;
	mutex_unlock(&reader->lock);

	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : 0;
}

static long reader_get_latency(struct gnss_gpio_reader *reader,
			       struct gnss_gpio_latency __user *to)
{
	struct gnss_gpio_latency *latency;
	long ret;
	u32 index;

	if (get_user(index, &to->index))
		return -EFAULT;

	latency = kmalloc(sizeof(*latency), GFP_KERNEL);
	if (!latency)
		return -ENOMEM;

	ret = gnss_gpio_latency_get(reader->node->gg, index, latency);
	if (!ret && copy_to_user(to, latency, sizeof(*latency)))
		ret = -EFAULT;
	kfree(latency);

	return ret;
}

static long reader_set_records(struct gnss_gpio_reader *reader,
			       const u32 __user *from)
{
	u32 records;

	if (!reader_is_fix(reader))
		return -ENOTTY;
	if (get_user(records, from))
		return -EFAULT;

	return gnss_gpio_sky_ask(reader, records);
}

static long gnss_gpio_ioctl(struct file *file, unsigned int cmd,
			    unsigned long arg)
{
	struct gnss_gpio_reader *reader = file->private_data;
	void __user *to = (void __user *)arg;

	if (reader_hung_up(reader))
		return -ENODEV;

	switch (cmd) {
	case GNSS_GPIO_GET_INFO:
		return reader_get_info(reader, to);
	case GNSS_GPIO_GET_LATENCY:
		return reader_get_latency(reader, to);
	case GNSS_GPIO_RESET_LATENCY:
		if (!(file->f_mode & FMODE_WRITE))
			return -EBADF;
		gnss_gpio_latency_reset(reader->node->gg);
		return 0;
	case GNSS_GPIO_SET_RECORDS:
		return reader_set_records(reader, to);
	default:
		return -ENOTTY;
	}
}

static int gnss_gpio_chardev_open(struct inode *inode, struct file *file)
{
	struct gnss_gpio_node *node = container_of(inode->i_cdev,
						   struct gnss_gpio_node, cdev);
	struct gnss_gpio_reader *reader;
	int ret;

	reader = gnss_gpio_reader_add(node);
	if (IS_ERR(reader))
		return PTR_ERR(reader);

	ret = gnss_gpio_receiver_get(node->gg);
	if (ret) {
		gnss_gpio_reader_remove(reader);
		return ret;
	}

	get_device(&node->dev);
	file->private_data = reader;

	return stream_open(inode, file);
}

static int gnss_gpio_chardev_release(struct inode *inode, struct file *file)
{
	struct gnss_gpio_reader *reader = file->private_data;
	struct gnss_gpio_node *node = reader->node;

	/* As with a serial port.  If a signal ends it they are sent nevertheless. */
	if (reader->wrote)
		gnss_gpio_tx_sync(node->gg);

	gnss_gpio_sky_close(reader);
	gnss_gpio_reader_remove(reader);
	gnss_gpio_receiver_put(node->gg);
	put_device(&node->dev);

	return 0;
}

static const struct file_operations gnss_gpio_fops = {
	.owner		= THIS_MODULE,
	.open		= gnss_gpio_chardev_open,
	.release	= gnss_gpio_chardev_release,
	.read		= gnss_gpio_read,
	.write		= gnss_gpio_write,
	.fsync		= gnss_gpio_fsync,
	.poll		= gnss_gpio_poll,
	.unlocked_ioctl	= gnss_gpio_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static void node_release(struct device *dev)
{
	struct gnss_gpio_node *node = container_of(dev, struct gnss_gpio_node,
						   dev);

	gnss_gpio_ring_free(&node->ring);
	put_device(&node->gg->dev);
}

/**
 * gnss_gpio_node_init() - make a character device, not yet visible
 * @gg: the receiver, its device initialised
 * @node: the node, zeroed
 * @name: format of the device's name, with one %d for the receiver's number
 * @devt: its device number
 * @elements: what a slow reader may lag behind, a power of two
 * @element_size: bytes of an element
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM; in both cases put_device(&node->dev) undoes it.
 */
int gnss_gpio_node_init(struct gnss_gpio *gg, struct gnss_gpio_node *node,
			const char *name, dev_t devt, unsigned int elements,
			unsigned int element_size)
{
	int ret;

	node->gg = gg;
	gnss_gpio_readers_init(node);

	device_initialize(&node->dev);
	node->dev.class = gg->dev.class;
	node->dev.parent = &gg->dev;
	node->dev.devt = devt;
	node->dev.release = node_release;
	get_device(&gg->dev);

	ret = dev_set_name(&node->dev, name, gg->id);
	if (ret)
		return ret;

	cdev_init(&node->cdev, &gnss_gpio_fops);
	node->cdev.owner = THIS_MODULE;

	return gnss_gpio_ring_init(&node->ring, elements, element_size);
}
