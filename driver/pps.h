/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The receiver's pulse a second, as a PPS source of the kernel: /dev/ppsN.
 */
#ifndef GNSS_GPIO_PPS_H
#define GNSS_GPIO_PPS_H

#include <linux/pps_kernel.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct gnss_gpio;
struct gpio_desc;

/**
 * struct gnss_gpio_pps - the pulse
 * @gpiod: its line; NULL: there is none
 * @irq: the line's interrupt
 * @source: the kernel's PPS source; NULL: there is none
 * @name: of the source and of the interrupt
 * @busy: bit 0: @stamp belongs to the thread of the interrupt; else to its handler
 * @stamp: when the latest pulse came
 * @edge_ns: when the line changed last, or the interrupt was turned on
 * @pulses: counted by the handler
 * @ignored: changes of the line that were no pulse of their own; counted likewise
 * @in_a_row: those since the latest pulse, or since the line was muted
 * @mutes: how often the interrupt was turned off, as the line chatters
 * @unmute: turns it on again
 * @told: a message has said so
 */
struct gnss_gpio_pps {
	struct gpio_desc *gpiod;
	int irq;
	struct pps_device *source;
	char name[16];
	unsigned long busy;
	struct pps_event_time stamp;
	s64 edge_ns;
	unsigned long pulses;
	unsigned long ignored;
	unsigned int in_a_row;
	unsigned long mutes;
	struct delayed_work unmute;
	bool told;
};

int gnss_gpio_pps_init(struct gnss_gpio *gg);
void gnss_gpio_pps_suspend(struct gnss_gpio *gg, bool suspended);
void gnss_gpio_pps_exit(struct gnss_gpio *gg);

#endif /* GNSS_GPIO_PPS_H */
