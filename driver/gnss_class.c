// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stream through the kernel's GNSS class: /dev/gnssN.
 *
 * To the stream's ring this is one more reader, with a position of its own.  It reads in
 * a work item: the GNSS core wakes its readers at once, which takes a lock that may
 * sleep on PREEMPT_RT, and walks over all of them with interrupts off.
 *
 * Where the kernel has no CONFIG_GNSS the compiler drops all of this.
 */
#include <linux/gnss.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>

#include "gnss_gpio.h"

/* Bytes copied with the ring's lock held; few, they lie on the stack. */
#define CHUNK	128

/*
 * Bytes that the core's buffer has no room for are lost, and so are those that would
 * wake too many at a time.
 */
static void class_pass_on(struct work_struct *work)
{
	struct gnss_gpio_class_device *cd =
		container_of(work, struct gnss_gpio_class_device, work);
	struct gnss_gpio *gg = container_of(cd, struct gnss_gpio, class_device);
	unsigned int n, taken;
	u8 bytes[CHUNK];
	u64 lost = 0;

	/* Pairs with class_open(): the position is of this session. */
	while (smp_load_acquire(&cd->open)) {
		n = gnss_gpio_ring_read(&gg->nmea.ring, &cd->pos, &lost, bytes,
					sizeof(bytes));
		if (!n)
			break;
		taken = 0;
		if (!gnss_gpio_readers_crowd(&cd->gdev->read_queue))
			taken = gnss_insert_raw(cd->gdev, bytes, n);
		lost += n - taken;
	}
	cd->lost += lost;
}

/* By the first reader; what comes from now on is for all readers together. */
static int class_open(struct gnss_device *gdev)
{
	struct gnss_gpio *gg = gnss_get_drvdata(gdev);
	struct gnss_gpio_class_device *cd = &gg->class_device;
	int ret;

	ret = gnss_gpio_receiver_get(gg);
	if (ret)
		return ret;
	cd->pos = gnss_gpio_ring_head(&gg->nmea.ring);
	/* Pairs with class_pass_on(). */
	smp_store_release(&cd->open, true);

	return 0;
}

/* By the last reader, or when the device is unbound; nothing is passed on after it. */
static void class_close(struct gnss_device *gdev)
{
	struct gnss_gpio *gg = gnss_get_drvdata(gdev);

	WRITE_ONCE(gg->class_device.open, false);
	cancel_work_sync(&gg->class_device.work);
	gnss_gpio_receiver_put(gg);
}

/*
 * As write() to /dev/gnss-nmeaN: in parts, each of which is sent as a whole.  The core
 * wants it to return when all has been sent; nor would the line be kept awake any longer
 * once the file is closed.
 */
static int class_write_raw(struct gnss_device *gdev, const unsigned char *bytes,
			   size_t count)
{
	struct gnss_gpio *gg = gnss_get_drvdata(gdev);
	size_t sent, n;
	int ret;

	for (sent = 0; sent < count; sent += n) {
		n = min(count - sent, (size_t)GNSS_GPIO_TX_PART);
		ret = gnss_gpio_tx_write(gg, bytes + sent, n, false);
		if (ret)
			return sent ? sent : ret;
	}
	gnss_gpio_tx_sync(gg);

	return count;
}

static const struct gnss_operations class_ops = {
	.open		= class_open,
	.close		= class_close,
	.write_raw	= class_write_raw,
};

/**
 * gnss_gpio_class_init() - make the receiver a device of the GNSS class, too
 * @gg: the receiver, its devices added
 *
 * If that fails a message tells; the receiver's own devices do without.
 *
 * Context: process, may sleep.
 */
void gnss_gpio_class_init(struct gnss_gpio *gg)
{
	struct gnss_gpio_class_device *cd = &gg->class_device;
	struct gnss_device *gdev;

	if (!IS_REACHABLE(CONFIG_GNSS))
		return;

	INIT_WORK(&cd->work, class_pass_on);
	gdev = gnss_allocate_device(&gg->dev);
	if (!gdev)
		goto without;

	gdev->type = GNSS_TYPE_NMEA;
	gdev->ops = &class_ops;
	gnss_set_drvdata(gdev, gg);
	cd->gdev = gdev;
	if (!gnss_register_device(gdev))
		return;

	cd->gdev = NULL;
	gnss_put_device(gdev);
without:
	dev_warn(gg->parent, "%s: it is no device of the GNSS class: there are too many, or no memory\n",
		 dev_name(&gg->dev));
}

/**
 * gnss_gpio_class_wake() - there is something new in the stream
 * @gg: the receiver
 *
 * Context: any.
 */
void gnss_gpio_class_wake(struct gnss_gpio *gg)
{
	if (READ_ONCE(gg->class_device.open))
		queue_work(system_highpri_wq, &gg->class_device.work);
}

/**
 * gnss_gpio_class_exit() - undo gnss_gpio_class_init(), readers or not
 * @gg: the receiver, which is gone: nothing is written to the stream any more
 *
 * Readers get what there is, and then see the end of the file.
 *
 * Context: process, may sleep.
 */
void gnss_gpio_class_exit(struct gnss_gpio *gg)
{
	struct gnss_gpio_class_device *cd = &gg->class_device;

	if (!IS_REACHABLE(CONFIG_GNSS) || !cd->gdev)
		return;

	gnss_gpio_class_wake(gg);
	flush_work(&cd->work);
	gnss_deregister_device(cd->gdev);
	gnss_put_device(cd->gdev);
	cd->gdev = NULL;
}
