// SPDX-License-Identifier: GPL-2.0-only
/*
 * Satellites, for the readers of /dev/gnss-fixN who ask for them.
 *
 * They have a ring of their own, so that who does not ask is not concerned.  The
 * number of a fix is its position in the ring of fixes: the satellites of an epoch are
 * given when the reader is past its fix.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "gnss_gpio.h"

/**
 * gnss_gpio_sky_waits() - is there something to read?
 * @reader: the open file
 *
 * Context: any.
 * Return: true if it asked for satellites, and there are some that it has not read.
 * Their fix is older: if no fix waits, they can be read.
 */
bool gnss_gpio_sky_waits(struct gnss_gpio_reader *reader)
{
	return READ_ONCE(reader->sky_wanted) &&
	       gnss_gpio_ring_head(&reader->node->gg->sky_ring) !=
	       READ_ONCE(reader->sky_pos);
}

/**
 * gnss_gpio_sky_read() - give a reader the next record, if it is due
 * @reader: the open file, its lock held
 * @buf: where to
 * @count: room there
 *
 * Context: process, may sleep.
 * Return: bytes given; 0 if no record is due; -EMSGSIZE if there is no room for it,
 * nor for the next fix, which comes after it; -EFAULT.
 */
ssize_t gnss_gpio_sky_read(struct gnss_gpio_reader *reader, char __user *buf,
			   size_t count)
{
	struct gnss_gpio_sky *sky = reader->sky;
	u64 pos = reader->sky_pos, lost = 0;

	BUILD_BUG_ON(sizeof(*sky) > GNSS_GPIO_RECORD_MAX);

	if (!reader->sky_wanted ||
	    !gnss_gpio_ring_read(&reader->node->gg->sky_ring, &pos, &lost, sky,
				 1) ||
	    sky->seq >= reader->pos)
		return 0;
	if (sky->size > count)
		return -EMSGSIZE;

	if (copy_to_user(buf, sky, sky->size))
		return -EFAULT;

	reader->sky_pos = pos;
	reader->lost += lost;
	atomic_long_add(lost, &reader->node->lost);

	return sky->size;
}

/**
 * gnss_gpio_sky_ask() - choose what a reader gets besides fixes
 * @reader: the open file, of fixes
 * @records: GNSS_GPIO_WANT_* bits
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL, -ENOMEM or -ERESTARTSYS.
 */
long gnss_gpio_sky_ask(struct gnss_gpio_reader *reader, u32 records)
{
	bool wanted = records & GNSS_GPIO_WANT_SKY;
	struct gnss_gpio *gg = reader->node->gg;
	long ret = 0;

	if (records & ~GNSS_GPIO_WANT_SKY)
		return -EINVAL;

	if (mutex_lock_interruptible(&reader->lock))
		return -ERESTARTSYS;

	if (wanted == reader->sky_wanted)
		goto unlock;

	if (!reader->sky)
		reader->sky = kmalloc(sizeof(*reader->sky), GFP_KERNEL);
	if (!reader->sky) {
		ret = -ENOMEM;
		goto unlock;
	}

	reader->sky_pos = gnss_gpio_ring_head(&gg->sky_ring);
	WRITE_ONCE(reader->sky_wanted, wanted);
	atomic_add(wanted ? 1 : -1, &gg->sky_readers);

unlock:
	mutex_unlock(&reader->lock);

	return ret;
}

/**
 * gnss_gpio_sky_close() - a reader is no more
 * @reader: the open file, which nobody reads
 *
 * Context: process.
 */
void gnss_gpio_sky_close(struct gnss_gpio_reader *reader)
{
	if (reader->sky_wanted)
		atomic_dec(&reader->node->gg->sky_readers);
	kfree(reader->sky);
}
