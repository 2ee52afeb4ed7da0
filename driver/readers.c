// SPDX-License-Identifier: GPL-2.0-only
/*
 * The open files of a character device.  Each has wait queues of its own: a wake-up
 * walks over a queue with interrupts off, which makes edges late.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"

/* Open files of a device, and those of one user, who so leaves some to others. */
#define FILES_MAX	256
#define FILES_OF_USER	128

/*
 * Polls of a file: interrupts are off while they are woken, which takes the lab
 * 3 us each.  With 16 of them three bytes of 1462 were wrong at 38400 baud, with 8 of
 * them two in one of two builds.
 */
#define POLLS_MAX	4

/* Of threads in read(), and of exclusive polls, @exclusive of a file are woken; 0: all. */
static void readers_wake(struct gnss_gpio_node *node, int exclusive,
			 __poll_t events)
{
	struct gnss_gpio_reader *reader;

	rcu_read_lock();
	list_for_each_entry_rcu(reader, &node->readers, list) {
		if (events & EPOLLIN)
			__wake_up(&reader->wait, TASK_INTERRUPTIBLE, exclusive, NULL);
		__wake_up(&reader->polls, TASK_INTERRUPTIBLE, exclusive,
			  poll_to_key(events));
	}
	rcu_read_unlock();
}

static void readers_wake_work(struct work_struct *work)
{
	readers_wake(container_of(work, struct gnss_gpio_node, wake_work), 1,
		     EPOLLIN | EPOLLRDNORM);
}

/**
 * gnss_gpio_readers_init() - a device that nobody has open
 * @node: the device
 *
 * Context: process.
 */
void gnss_gpio_readers_init(struct gnss_gpio_node *node)
{
	INIT_LIST_HEAD(&node->readers);
	mutex_init(&node->readers_lock);
	INIT_WORK(&node->wake_work, readers_wake_work);
}

/**
 * gnss_gpio_readers_wake() - there is something to read
 * @node: the device
 *
 * Context: any.  With interrupts off, or in hard IRQ, where the lock of a wait queue
 * is not to be taken on PREEMPT_RT, a workqueue does it.
 */
void gnss_gpio_readers_wake(struct gnss_gpio_node *node)
{
	if (irqs_disabled())
		queue_work(system_highpri_wq, &node->wake_work);
	else
		readers_wake(node, 1, EPOLLIN | EPOLLRDNORM);
}

/**
 * gnss_gpio_readers_wake_writers() - there is room for what they write
 * @node: the device
 *
 * Context: process.
 */
void gnss_gpio_readers_wake_writers(struct gnss_gpio_node *node)
{
	readers_wake(node, 1, EPOLLOUT | EPOLLWRNORM);
}

/**
 * gnss_gpio_readers_flush() - wait until all are woken
 * @node: the device, of which there is nothing new to read
 *
 * Context: process, may sleep.
 */
void gnss_gpio_readers_flush(struct gnss_gpio_node *node)
{
	flush_work(&node->wake_work);
}

/**
 * gnss_gpio_readers_hang_up() - there will never be anything more to read
 * @node: the device, its receiver gone
 *
 * Context: process.
 */
void gnss_gpio_readers_hang_up(struct gnss_gpio_node *node)
{
	readers_wake(node, 0, EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM |
			      EPOLLERR | EPOLLHUP);
}

/**
 * gnss_gpio_readers_crowd() - do all wait in a queue that may?
 * @queue: the queue, of which one wake-up can wake all
 *
 * Exclusive entries of an epoll count, too: where nobody waits for the epoll, a wake-up
 * passes on to the next one.  Those who ask at the same time may all be told that there
 * is room.
 *
 * Context: process, interrupts on.
 * Return: whether it has POLLS_MAX others.
 */
bool gnss_gpio_readers_crowd(wait_queue_head_t *queue)
{
	wait_queue_entry_t *entry;
	unsigned int polls = 0;

	spin_lock_irq(&queue->lock);
	list_for_each_entry(entry, &queue->head, entry)
		if (++polls == POLLS_MAX)
			break;
	spin_unlock_irq(&queue->lock);

	return polls == POLLS_MAX;
}

static int readers_admit(struct gnss_gpio_node *node, kuid_t uid)
{
	unsigned int files = 0, of_user = 0;
	struct gnss_gpio_reader *reader;

	list_for_each_entry(reader, &node->readers, list) {
		files++;
		of_user += uid_eq(reader->uid, uid);
	}

	return files < FILES_MAX && of_user < FILES_OF_USER ? 0 : -EBUSY;
}

/**
 * gnss_gpio_reader_add() - one more open file, which reads what comes from now on
 * @node: the device
 *
 * Context: process, may sleep.
 * Return: the file; or an error pointer: -ENOMEM, or -EBUSY if too many are open.
 */
struct gnss_gpio_reader *gnss_gpio_reader_add(struct gnss_gpio_node *node)
{
	struct gnss_gpio_reader *reader;
	int ret;

	reader = kzalloc(sizeof(*reader), GFP_KERNEL);
	if (!reader)
		return ERR_PTR(-ENOMEM);

	reader->node = node;
	reader->uid = current_fsuid();
	mutex_init(&reader->lock);
	init_waitqueue_head(&reader->wait);
	init_waitqueue_head(&reader->polls);
	reader->pos = gnss_gpio_ring_head(&node->ring);

	mutex_lock(&node->readers_lock);
	ret = readers_admit(node, reader->uid);
	if (!ret)
		list_add_rcu(&reader->list, &node->readers);
	mutex_unlock(&node->readers_lock);
	if (ret) {
		kfree(reader);
		return ERR_PTR(ret);
	}

	return reader;
}

/**
 * gnss_gpio_reader_remove() - an open file is closed
 * @reader: the file; freed
 *
 * Context: process, may sleep.
 */
void gnss_gpio_reader_remove(struct gnss_gpio_reader *reader)
{
	mutex_lock(&reader->node->readers_lock);
	list_del_rcu(&reader->list);
	mutex_unlock(&reader->node->readers_lock);
	kfree_rcu(reader, rcu);
}
