// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ring with one writer and any number of readers.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ring.h"

/**
 * gnss_gpio_ring_init() - allocate an empty ring
 * @ring: the ring
 * @elements: how many it holds, a power of two
 * @element_size: bytes of one
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int gnss_gpio_ring_init(struct gnss_gpio_ring *ring, unsigned int elements,
			unsigned int element_size)
{
	raw_spin_lock_init(&ring->lock);
	ring->elements = elements;
	ring->element_size = element_size;
	ring->head = 0;
	ring->data = kvcalloc(elements, element_size, GFP_KERNEL);

	return ring->data ? 0 : -ENOMEM;
}

/**
 * gnss_gpio_ring_free() - free what gnss_gpio_ring_init() allocated
 * @ring: the ring; never initialised, but zeroed, is fine
 *
 * Context: process, may sleep.
 */
void gnss_gpio_ring_free(struct gnss_gpio_ring *ring)
{
	kvfree(ring->data);
	ring->data = NULL;
}

static void *ring_slot(struct gnss_gpio_ring *ring, u64 pos)
{
	unsigned int index = pos & (ring->elements - 1);

	return ring->data + (size_t)index * ring->element_size;
}

/* Elements from @pos to where the ring wraps. */
static unsigned int ring_run(struct gnss_gpio_ring *ring, u64 pos)
{
	return ring->elements - (pos & (ring->elements - 1));
}

/**
 * gnss_gpio_ring_write() - append elements, over the oldest if need be
 * @ring: the ring
 * @from: the elements
 * @n: how many, not more than the ring holds
 *
 * Context: any, hard IRQ on PREEMPT_RT too; one writer at a time.
 */
void gnss_gpio_ring_write(struct gnss_gpio_ring *ring, const void *from,
			  unsigned int n)
{
	unsigned long flags;
	unsigned int run;

	raw_spin_lock_irqsave(&ring->lock, flags);
	run = min(n, ring_run(ring, ring->head));
	memcpy(ring_slot(ring, ring->head), from, run * ring->element_size);
	memcpy(ring->data, from + run * ring->element_size,
	       (n - run) * ring->element_size);
	ring->head += n;
	raw_spin_unlock_irqrestore(&ring->lock, flags);
}

/**
 * gnss_gpio_ring_read() - copy the elements that follow a reader's position
 * @ring: the ring
 * @pos: the reader's position, moved past what was copied
 * @lost: grows by the elements that were overwritten before they were read
 * @to: where to
 * @max: how many at most; the lock is held for their copy, so keep it small
 *
 * Context: any.
 * Return: how many were copied, 0 if there is nothing new.
 */
unsigned int gnss_gpio_ring_read(struct gnss_gpio_ring *ring, u64 *pos,
				 u64 *lost, void *to, unsigned int max)
{
	unsigned long flags;
	u64 behind;
	unsigned int n;

	raw_spin_lock_irqsave(&ring->lock, flags);
	behind = ring->head - *pos;
	if (behind > ring->elements) {
		*lost += behind - ring->elements;
		*pos = ring->head - ring->elements;
		behind = ring->elements;
	}
	n = min3((unsigned int)behind, max, ring_run(ring, *pos));
	memcpy(to, ring_slot(ring, *pos), n * ring->element_size);
	*pos += n;
	raw_spin_unlock_irqrestore(&ring->lock, flags);

	return n;
}

/**
 * gnss_gpio_ring_head() - the position behind the newest element
 * @ring: the ring
 *
 * Context: any.
 * Return: elements written since the beginning.
 */
u64 gnss_gpio_ring_head(struct gnss_gpio_ring *ring)
{
	unsigned long flags;
	u64 head;

	raw_spin_lock_irqsave(&ring->lock, flags);
	head = ring->head;
	raw_spin_unlock_irqrestore(&ring->lock, flags);

	return head;
}
