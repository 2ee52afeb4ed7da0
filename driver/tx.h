/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sending to the receiver on a GPIO line: a software UART, 8N1.
 */
#ifndef GNSS_GPIO_TX_H
#define GNSS_GPIO_TX_H

#include <linux/hrtimer.h>
#include <linux/kfifo.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct gnss_gpio;
struct gpio_desc;

/* Bytes that wait to be sent, a power of two. */
#define GNSS_GPIO_TX_FIFO	1024

/* Bytes of a write with which those of other writers never mix. */
#define GNSS_GPIO_TX_PART	512

/**
 * struct gnss_gpio_tx_stats - what the sender counts
 * @bytes: sent, to the end of the stop bit
 * @late_bits: edges within a byte that came too late: the byte arrives wrong
 * @edge_error_max_ns: how far an edge was at worst from its time in its byte
 */
struct gnss_gpio_tx_stats {
	unsigned long bytes;
	unsigned long late_bits;
	unsigned long edge_error_max_ns;
};

/**
 * struct gnss_gpio_tx - the sender
 * @gpiod: the line; NULL: there is none
 * @part: see there
 * @sync: see there
 * @wait: where the holders of @part and @sync wait
 * @wake_work: wakes them, which hard IRQ may not
 * @lock: protects all below; raw, as the timer is hard IRQ on PREEMPT_RT too
 * @fifo: bytes that wait
 * @queued: bytes that were ever queued; wraps
 * @done: of @queued, how many have been sent; wraps
 * @crowded: there was no room for a part; those who poll are to be told of it
 * @held: no byte is to begin: the machine is about to sleep
 * @gone: the device is unbound
 * @busy: @timer runs
 * @timer: makes the edges
 * @baud: rate of the byte under way
 * @start_ns: when its start bit begins
 * @late_ns: how late that was
 * @rest_ns: the line rests until then after the last byte
 * @frame: its start bit (bit 0), data and stop bit
 * @bit: the bit that begins next with an edge, or that after the stop bit
 * @spoilt: an edge of it came too late
 * @stats: see there
 */
struct gnss_gpio_tx {
	struct gpio_desc *gpiod;
	/* Held while a writer waits for room for a part, and queues it. */
	struct mutex part;
	/* Held while somebody waits for the end, so that one at most is to be woken. */
	struct mutex sync;
	wait_queue_head_t wait;
	struct work_struct wake_work;

	raw_spinlock_t lock;
	DECLARE_KFIFO(fifo, u8, GNSS_GPIO_TX_FIFO);
	unsigned int queued;
	unsigned int done;
	bool crowded;
	bool held;
	bool gone;
	bool busy;
	struct hrtimer timer;
	u32 baud;
	s64 start_ns;
	s64 late_ns;
	s64 rest_ns;
	u16 frame;
	u8 bit;
	bool spoilt;
	struct gnss_gpio_tx_stats stats;
};

int gnss_gpio_tx_init(struct gnss_gpio *gg);
int gnss_gpio_tx_write(struct gnss_gpio *gg, const u8 *bytes, unsigned int n,
		       bool nonblock);
bool gnss_gpio_tx_has_room(struct gnss_gpio *gg);
int gnss_gpio_tx_sync(struct gnss_gpio *gg);
void gnss_gpio_tx_suspend(struct gnss_gpio *gg, bool suspended);
void gnss_gpio_tx_exit(struct gnss_gpio *gg);

#endif /* GNSS_GPIO_TX_H */
