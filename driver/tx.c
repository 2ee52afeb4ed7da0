// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending: writers -> kfifo -> timer -> line.
 *
 * The timer is hard IRQ, on PREEMPT_RT too, and runs once for each edge of the line,
 * at a time that is counted from the start of the byte: errors do not add up.
 *
 * When an edge comes late by more than half a bit, the byte cannot be saved: the
 * receiver has taken the level before for the bit.  All that follows is moved by as
 * much, so that no bit is too short: of a frame that is too long the receiver sees
 * that it has no stop bit, while a wrong bit in a frame of the right length would look
 * like a good byte.  Then the line rests for a frame, so that the receiver finds the
 * next start bit, and for a millisecond at least: a machine that is too slow for the
 * rate has time for others.  A start bit may be late by any time: the line rests before
 * it.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/time64.h>

#include "compat.h"
#include "gnss_gpio.h"

/* Start bit, eight data bits, stop bit. */
#define FRAME_BITS	10
#define FRAME_STOP	BIT(9)

/* The least rest after a byte that was spoilt. */
#define REST_NS		NSEC_PER_MSEC

/* From a write to the first start bit: the timer is set in time. */
#define LEAD_NS		50000

/* So often those who wait are woken while bytes are sent; a power of two. */
#define WAKE_BYTES	64

/* The rate of the line, 0: it is to be found, and has not been. */
static u32 tx_known_baud(const struct gnss_gpio *gg)
{
	return READ_ONCE(gg->rate.asked) ?: READ_ONCE(gg->rate.found);
}

static s64 tx_bits_ns(const struct gnss_gpio_tx *tx, unsigned int bits)
{
	return div_u64((u64)bits * NSEC_PER_SEC + tx->baud / 2, tx->baud);
}

static s64 tx_due_ns(const struct gnss_gpio_tx *tx)
{
	return tx->start_ns + tx_bits_ns(tx, tx->bit);
}

/* Takes the next byte, whose start bit is due at @start_ns; false: there is none. */
static bool tx_begin(struct gnss_gpio *gg, s64 start_ns)
{
	struct gnss_gpio_tx *tx = &gg->tx;
	u8 byte;

	tx->busy = !tx->held && kfifo_get(&tx->fifo, &byte);
	if (!tx->busy)
		return false;
	tx->frame = FRAME_STOP | byte << 1;
	tx->bit = 0;
	/* While it is searched for again, what is queued goes with the last one. */
	tx->baud = tx_known_baud(gg) ?: tx->baud;
	tx->start_ns = start_ns;

	return true;
}

static bool tx_level(const struct gnss_gpio_tx *tx)
{
	return tx->frame >> tx->bit & 1;
}

static void tx_judge(struct gnss_gpio_tx *tx, s64 late_ns)
{
	s64 error_ns = abs(late_ns - tx->late_ns);
	bool late = late_ns > tx_bits_ns(tx, 1) / 2;

	if (late)
		tx->start_ns += late_ns;
	if (!tx->bit) {
		tx->late_ns = late ? 0 : late_ns;
		return;
	}
	if (error_ns > (s64)tx->stats.edge_error_max_ns)
		tx->stats.edge_error_max_ns = min_t(s64, error_ns, LONG_MAX);
	if (late) {
		tx->stats.late_bits++;
		tx->spoilt = true;
		tx->late_ns = 0;
	}
}

/* The line changes.  What is due next is the bit that differs from this one. */
static void tx_edge(struct gnss_gpio_tx *tx)
{
	bool level = tx_level(tx);

	gpiod_set_value(tx->gpiod, level);
	tx_judge(tx, ktime_to_ns(ktime_get()) - tx_due_ns(tx));
	do
		tx->bit++;
	while (tx->bit < FRAME_BITS && tx_level(tx) == level);
}

/* The stop bit is over, at the time that it was due. */
static void tx_end(struct gnss_gpio *gg)
{
	struct gnss_gpio_tx *tx = &gg->tx;
	s64 end_ns = tx_due_ns(tx);

	tx->stats.bytes++;
	WRITE_ONCE(tx->done, tx->done + 1);
	if (tx->spoilt)
		end_ns += max_t(s64, tx_bits_ns(tx, FRAME_BITS), REST_NS);
	tx->spoilt = false;
	tx->rest_ns = end_ns;
	if (!tx_begin(gg, end_ns) || tx->done % WAKE_BYTES == 0)
		queue_work(system_highpri_wq, &tx->wake_work);
}

/* Context: hard IRQ, also on PREEMPT_RT (HRTIMER_MODE_*_HARD). */
static enum hrtimer_restart tx_timer_expired(struct hrtimer *timer)
{
	struct gnss_gpio *gg = container_of(timer, struct gnss_gpio, tx.timer);
	enum hrtimer_restart restart = HRTIMER_NORESTART;
	struct gnss_gpio_tx *tx = &gg->tx;

	raw_spin_lock(&tx->lock);
	if (tx->bit == FRAME_BITS)
		tx_end(gg);
	if (tx->busy) {
		if (tx_due_ns(tx) <= ktime_to_ns(ktime_get()))
			tx_edge(tx);
		hrtimer_set_expires(timer, ns_to_ktime(tx_due_ns(tx)));
		restart = HRTIMER_RESTART;
	}
	raw_spin_unlock(&tx->lock);

	return restart;
}

/* Sends what waits.  tx->lock held. */
static void tx_start(struct gnss_gpio *gg)
{
	struct gnss_gpio_tx *tx = &gg->tx;

	lockdep_assert_held(&tx->lock);
	if (tx->busy ||
	    !tx_begin(gg, max(ktime_to_ns(ktime_get()) + LEAD_NS, tx->rest_ns)))
		return;
	hrtimer_start(&tx->timer, ns_to_ktime(tx->start_ns),
		      HRTIMER_MODE_ABS_HARD);
}

static void tx_wake_work(struct work_struct *work)
{
	struct gnss_gpio_tx *tx = container_of(work, struct gnss_gpio_tx,
					       wake_work);
	struct gnss_gpio *gg = container_of(tx, struct gnss_gpio, tx);
	bool roomy;

	raw_spin_lock_irq(&tx->lock);
	roomy = tx->crowded && kfifo_avail(&tx->fifo) >= GNSS_GPIO_TX_PART;
	if (roomy)
		tx->crowded = false;
	raw_spin_unlock_irq(&tx->lock);

	wake_up(&tx->wait);
	if (roomy)
		gnss_gpio_readers_wake_writers(&gg->nmea);
}

/* Setting such a line changes its direction, by what may take a mutex. */
static bool tx_changes_direction(struct gpio_desc *gpiod)
{
	struct gpio_chip *gc = gpiod_to_chip(gpiod);
	unsigned int offset = desc_to_gpio(gpiod) - gc->base;

	return gpiochip_line_is_open_drain(gc, offset) ||
	       gpiochip_line_is_open_source(gc, offset);
}

/**
 * gnss_gpio_tx_init() - take the line of tx-gpios, if there is one; it is at rest
 * @gg: the receiver, its rate asked for
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno with a message.
 */
int gnss_gpio_tx_init(struct gnss_gpio *gg)
{
	struct gnss_gpio_tx *tx = &gg->tx;

	mutex_init(&tx->part);
	mutex_init(&tx->sync);
	init_waitqueue_head(&tx->wait);
	INIT_WORK(&tx->wake_work, tx_wake_work);
	raw_spin_lock_init(&tx->lock);
	INIT_KFIFO(tx->fifo);
	gnss_gpio_compat_hrtimer_setup(&tx->timer, tx_timer_expired,
				       HRTIMER_MODE_ABS_HARD);

	tx->gpiod = devm_gpiod_get_optional(gg->parent, "tx", GPIOD_OUT_HIGH);
	if (IS_ERR(tx->gpiod))
		return dev_err_probe(gg->parent, PTR_ERR(tx->gpiod),
				     "cannot get the line of tx-gpios\n");
	if (tx->gpiod && gpiod_cansleep(tx->gpiod))
		return dev_err_probe(gg->parent, -EINVAL,
				     "setting the line of tx-gpios may sleep, too late to time bits; use one of the SoC's own GPIOs\n");
	if (tx->gpiod && tx_changes_direction(tx->gpiod))
		return dev_err_probe(gg->parent, -EINVAL,
				     "tx-gpios is open drain or open source, which may sleep; a receiver's RX wants a line that is driven both ways\n");

	return 0;
}

/* There is something to do for a writer of @n bytes: room, or an end. */
static bool tx_ready(struct gnss_gpio_tx *tx, unsigned int n)
{
	bool ready;

	raw_spin_lock_irq(&tx->lock);
	ready = tx->gone || kfifo_avail(&tx->fifo) >= n;
	raw_spin_unlock_irq(&tx->lock);

	return ready;
}

/* Returns 0 or a negative errno; -EAGAIN: there is no room.  tx->part held. */
static int tx_queue(struct gnss_gpio *gg, const u8 *bytes, unsigned int n)
{
	struct gnss_gpio_tx *tx = &gg->tx;
	u32 baud = tx_known_baud(gg);
	int ret = 0;

	raw_spin_lock_irq(&tx->lock);
	if (tx->gone) {
		ret = -ENODEV;
	} else if (!baud) {
		ret = -ENOTCONN;
	} else if (kfifo_avail(&tx->fifo) < n) {
		ret = -EAGAIN;
	} else {
		kfifo_in(&tx->fifo, bytes, n);
		WRITE_ONCE(tx->queued, tx->queued + n);
		tx->baud = tx->baud ?: baud;
		tx_start(gg);
	}
	tx->crowded |= kfifo_avail(&tx->fifo) < GNSS_GPIO_TX_PART;
	raw_spin_unlock_irq(&tx->lock);

	return ret;
}

/*
 * Returns 0, -EAGAIN or -ERESTARTSYS.  Whoever does not wait, and polls, is woken when the
 * one who holds tx->part has let it go.
 */
static int tx_lock_part(struct gnss_gpio *gg, bool nonblock)
{
	if (!nonblock)
		return mutex_lock_interruptible(&gg->tx.part) ? -ERESTARTSYS : 0;
	while (!mutex_trylock(&gg->tx.part))
		if (!gnss_gpio_tx_has_room(gg))
			return -EAGAIN;

	return 0;
}

static void tx_unlock_part(struct gnss_gpio_tx *tx)
{
	mutex_unlock(&tx->part);
	/* Pairs with gnss_gpio_tx_has_room(). */
	raw_spin_lock_irq(&tx->lock);
	/* gnss_gpio_tx_exit() has flushed the work for the last time. */
	if (tx->crowded && !tx->gone)
		queue_work(system_highpri_wq, &tx->wake_work);
	raw_spin_unlock_irq(&tx->lock);
}

/**
 * gnss_gpio_tx_write() - have bytes sent, one after the other
 * @gg: the receiver
 * @bytes: the bytes
 * @n: how many, GNSS_GPIO_TX_PART at most
 * @nonblock: do not wait for room, nor for a writer who waits for it
 *
 * All of them are queued, or none.  Of writers who wait for room one is served after
 * the other.
 *
 * Context: process, may sleep.
 * Return: 0; -EOPNOTSUPP: there is no line; -ENOTCONN: the rate is to be found, and
 * has not been; -EAGAIN: @nonblock and it would have to wait; -ERESTARTSYS: a
 * signal came meanwhile; -ENODEV: the device is unbound.
 */
int gnss_gpio_tx_write(struct gnss_gpio *gg, const u8 *bytes, unsigned int n,
		       bool nonblock)
{
	struct gnss_gpio_tx *tx = &gg->tx;
	int ret;

	if (!tx->gpiod)
		return -EOPNOTSUPP;
	ret = tx_lock_part(gg, nonblock);
	if (ret)
		return ret;

	while ((ret = tx_queue(gg, bytes, n)) == -EAGAIN && !nonblock) {
		ret = wait_event_interruptible(tx->wait, tx_ready(tx, n));
		if (ret)
			break;
	}
	tx_unlock_part(tx);

	return ret;
}

/**
 * gnss_gpio_tx_has_room() - would a write of GNSS_GPIO_TX_PART bytes not wait?
 * @gg: the receiver
 *
 * If not, those who poll are woken when it would.
 *
 * Context: process.
 * Return: false also if nothing can be sent.
 */
bool gnss_gpio_tx_has_room(struct gnss_gpio *gg)
{
	struct gnss_gpio_tx *tx = &gg->tx;
	bool room;

	if (!tx->gpiod)
		return false;
	raw_spin_lock_irq(&tx->lock);
	/* Who waits for room goes first. */
	room = kfifo_avail(&tx->fifo) >= GNSS_GPIO_TX_PART &&
	       !mutex_is_locked(&tx->part);
	tx->crowded |= !room;
	raw_spin_unlock_irq(&tx->lock);

	return room;
}

static bool tx_is_done(struct gnss_gpio_tx *tx, unsigned int queued)
{
	return READ_ONCE(tx->gone) || (int)(READ_ONCE(tx->done) - queued) >= 0;
}

/**
 * gnss_gpio_tx_sync() - wait until all that was queued before has been sent
 * @gg: the receiver
 *
 * Context: process, may sleep.
 * Return: 0: the last stop bit is over; -ERESTARTSYS: a signal came meanwhile;
 * -ENODEV: the device was unbound before the end.
 */
int gnss_gpio_tx_sync(struct gnss_gpio *gg)
{
	struct gnss_gpio_tx *tx = &gg->tx;
	unsigned int queued = READ_ONCE(tx->queued);
	int ret;

	if (mutex_lock_interruptible(&tx->sync))
		return -ERESTARTSYS;
	ret = wait_event_interruptible(tx->wait, tx_is_done(tx, queued));
	mutex_unlock(&tx->sync);

	if (!ret && (int)(READ_ONCE(tx->done) - queued) < 0)
		ret = -ENODEV;

	return ret;
}

/* The byte under way is sent to its end, and no other one. */
static void tx_stop(struct gnss_gpio_tx *tx)
{
	raw_spin_lock_irq(&tx->lock);
	tx->held = true;
	raw_spin_unlock_irq(&tx->lock);
	wait_event(tx->wait, !READ_ONCE(tx->busy));
	hrtimer_cancel(&tx->timer);
}

/**
 * gnss_gpio_tx_suspend() - the machine is about to sleep, or awake again
 * @gg: the receiver
 * @suspended: it is about to sleep
 *
 * What waits is sent when it is awake again.
 *
 * Context: process, may sleep; writers are frozen.
 */
void gnss_gpio_tx_suspend(struct gnss_gpio *gg, bool suspended)
{
	struct gnss_gpio_tx *tx = &gg->tx;

	if (suspended) {
		tx_stop(tx);
		return;
	}
	raw_spin_lock_irq(&tx->lock);
	tx->held = false;
	tx_start(gg);
	raw_spin_unlock_irq(&tx->lock);
}

/**
 * gnss_gpio_tx_exit() - send no more; what waits is dropped, with a message
 * @gg: the receiver
 *
 * Context: process, may sleep; writers may wait.
 */
void gnss_gpio_tx_exit(struct gnss_gpio *gg)
{
	struct gnss_gpio_tx *tx = &gg->tx;
	unsigned int left;

	raw_spin_lock_irq(&tx->lock);
	WRITE_ONCE(tx->gone, true);
	raw_spin_unlock_irq(&tx->lock);
	tx_stop(tx);
	wake_up(&tx->wait);
	flush_work(&tx->wake_work);

	left = kfifo_len(&tx->fifo);
	if (left)
		dev_warn(&gg->dev, "%u bytes were not sent\n", left);
}
