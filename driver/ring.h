/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring with one writer and any number of readers, each with a position of
 * its own.  The writer never waits: a reader that is lapped loses the oldest
 * elements and is told how many.
 */
#ifndef GNSS_GPIO_RING_H
#define GNSS_GPIO_RING_H

#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct gnss_gpio_ring - the ring
 * @lock: protects @head and the elements; raw, as a bottom half may be a hard
 *	  IRQ.  It is held for the copy of 128 bytes, or of one record.
 * @data: the elements
 * @elements: how many there is room for, a power of two
 * @element_size: bytes of one
 * @head: elements written since the beginning
 */
struct gnss_gpio_ring {
	raw_spinlock_t lock;
	void *data;
	unsigned int elements;
	unsigned int element_size;
	u64 head;
};

int gnss_gpio_ring_init(struct gnss_gpio_ring *ring, unsigned int elements,
			unsigned int element_size);
void gnss_gpio_ring_free(struct gnss_gpio_ring *ring);
void gnss_gpio_ring_write(struct gnss_gpio_ring *ring, const void *from,
			  unsigned int n);
unsigned int gnss_gpio_ring_read(struct gnss_gpio_ring *ring, u64 *pos,
				 u64 *lost, void *to, unsigned int max);
u64 gnss_gpio_ring_head(struct gnss_gpio_ring *ring);

#endif /* GNSS_GPIO_RING_H */
