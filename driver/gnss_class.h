/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stream through the kernel's GNSS class: /dev/gnssN.
 */
#ifndef GNSS_GPIO_GNSS_CLASS_H
#define GNSS_GPIO_GNSS_CLASS_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct gnss_device;
struct gnss_gpio;

/**
 * struct gnss_gpio_class_device - the receiver as a device of the GNSS class
 * @gdev: the device; NULL: there is none
 * @work: passes on what is new in the stream
 * @open: somebody has it open
 * @pos: position in the stream; @work's own while @open
 * @lost: bytes that no reader came for in time
 */
struct gnss_gpio_class_device {
	struct gnss_device *gdev;
	struct work_struct work;
	bool open;
	u64 pos;
	unsigned long lost;
};

void gnss_gpio_class_init(struct gnss_gpio *gg);
void gnss_gpio_class_wake(struct gnss_gpio *gg);
void gnss_gpio_class_exit(struct gnss_gpio *gg);

#endif /* GNSS_GPIO_GNSS_CLASS_H */
