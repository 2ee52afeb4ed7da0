// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every bottom half runs: kfifo -> byte stream -> parser -> fixes.
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/poll.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "gnss_gpio.h"
#include "trace.h"

/* Frames taken from the kfifo at a time: small, they lie on the stack. */
#define DRAIN_BATCH	16

/* Bit numbers in gg->draining, gg->silence and gg->wake. */
#define DRAIN_RUNS	0
#define SILENCE_SEEN	0
#define WAKE_NMEA	0
#define WAKE_FIX	1

static void drain_wake_node(struct gnss_gpio_node *node)
{
	wake_up_interruptible_poll(&node->wait, EPOLLIN | EPOLLRDNORM);
}

static void drain_wake_work(struct irq_work *work)
{
	struct gnss_gpio *gg = container_of(work, struct gnss_gpio, wake_work);

	if (test_and_clear_bit(WAKE_FIX, &gg->wake))
		drain_wake_node(&gg->fix);
	if (test_and_clear_bit(WAKE_NMEA, &gg->wake))
		drain_wake_node(&gg->nmea);
}

/* The lock of a wait queue sleeps on PREEMPT_RT: not in hard IRQ. */
static void drain_wake(struct gnss_gpio *gg, struct gnss_gpio_node *node,
		       int bit)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && irqs_disabled()) {
		set_bit(bit, &gg->wake);
		irq_work_queue(&gg->wake_work);
	} else {
		drain_wake_node(node);
	}
}

static void drain_publish(void *ctx, const struct gnss_gpio_fix *fix)
{
	struct gnss_gpio_fix record = *fix;
	struct gnss_gpio *gg = ctx;

	record.seq = gg->fix_seq++;
	record.realtime_ns =
		ktime_to_ns(ktime_mono_to_real(ns_to_ktime(fix->monotonic_ns)));
	if (nmea_published_at_end(&gg->parser))
		record.received_ns = gg->last_end_ns;
	record.published_ns = ktime_to_ns(ktime_get());
	gnss_gpio_ring_write(&gg->fix.ring, &record, 1);
	drain_wake(gg, &gg->fix, WAKE_FIX);

	gnss_gpio_latency_publish(gg, &record);
	trace_gnss_gpio_fix(gg->id, &record);
}

static void drain_stream(struct gnss_gpio *gg, const void *bytes,
			 unsigned int n)
{
	gnss_gpio_ring_write(&gg->nmea.ring, bytes, n);
	gg->grew = true;
}

static void drain_sentence(void *ctx, const struct nmea_sentence *sentence)
{
	struct gnss_gpio *gg = ctx;

	trace_gnss_gpio_sentence(gg->id, sentence);
	if (!nmea_verified(sentence->verdict))
		return;
	gnss_gpio_baud_sentence(gg, sentence);
	if (gg->checked)
		drain_stream(gg, sentence->text, sentence->len);
}

/* Between two lines, so that no reader gets a part of one, or one twice. */
static void drain_choose_stream(struct gnss_gpio *gg)
{
	if (gg->last_value == '\n' || !gg->last_value)
		gg->checked = READ_ONCE(gg->want_checked);
}

static unsigned int drain_byte_flags(const struct frame_byte *byte)
{
	unsigned int flags = 0;

	if (byte->flags & (FRAME_FRAMING_ERROR | FRAME_LOST_BEFORE))
		flags |= NMEA_BYTE_BAD;
	/* One without a likely other reading is left to the checksum. */
	if (byte->flags & FRAME_DOUBTFUL && byte->unsure)
		flags |= NMEA_BYTE_DOUBTFUL;

	return flags;
}

static void drain_batch(struct gnss_gpio *gg, const struct frame_byte *batch,
			unsigned int n)
{
	u8 bytes[DRAIN_BATCH];
	unsigned int i;

	drain_choose_stream(gg);
	for (i = 0; i < n; i++)
		bytes[i] = batch[i].value;
	if (!gg->checked)
		drain_stream(gg, bytes, n);

	for (i = 0; i < n; i++) {
		gg->last_end_ns = batch[i].start_ns + batch[i].span_ns;
		nmea_feed(&gg->parser, batch[i].value,
			  drain_byte_flags(&batch[i]), batch[i].unsure,
			  batch[i].remote, batch[i].start_ns);
	}
	gg->last_value = batch[n - 1].value;
	gg->last_frame_ns = batch[n - 1].start_ns;
}

/*
 * What is there now, and no more: each frame that comes meanwhile brings a kick
 * of its own.  Where parsing is slower than the line, as beside busy threads,
 * the drain would never end else, nor whoever flushes it.
 */
static void drain_fifo(struct gnss_gpio *gg, struct gnss_gpio_drain_run *run)
{
	struct frame_byte batch[DRAIN_BATCH];
	unsigned int left = kfifo_len(&gg->fifo);
	unsigned int n;

	/*
	 * Pairs with smp_wmb() in kfifo_put(): frames that came after the kick
	 * are read here without an ordering of its own.
	 */
	smp_rmb();
	run->frames = left;
	for (; left; left -= n) {
		run->fifo_max = max(run->fifo_max, kfifo_len(&gg->fifo));
		n = kfifo_out(&gg->fifo, batch, min(left, DRAIN_BATCH));
		drain_batch(gg, batch, n);
	}
}

/*
 * The last epoch of a burst is complete when the line has been silent for a
 * while.  Only the drain arms the timer, and only the drain looks at what it
 * said, so that the parser stays in one context.
 */
static void drain_watch_silence(struct gnss_gpio *gg)
{
	s64 due_ns = gg->last_frame_ns +
		     NMEA_EPOCH_SILENCE_MS * (s64)NSEC_PER_MSEC;

	if (test_and_clear_bit(SILENCE_SEEN, &gg->silence)) {
		gg->silence_armed = false;
		if (ktime_to_ns(ktime_get()) >= due_ns)
			nmea_silence(&gg->parser);
	}

	if (nmea_epoch_open(&gg->parser) && !gg->silence_armed &&
	    READ_ONCE(gg->running)) {
		gg->silence_armed = true;
		hrtimer_start(&gg->silence_timer, ns_to_ktime(due_ns),
			      HRTIMER_MODE_ABS_HARD);
	}
}

static enum hrtimer_restart drain_silence_expired(struct hrtimer *timer)
{
	struct gnss_gpio *gg = container_of(timer, struct gnss_gpio,
					    silence_timer);

	if (READ_ONCE(gg->running)) {
		set_bit(SILENCE_SEEN, &gg->silence);
		gnss_gpio_bh_kick(gg);
	}

	return HRTIMER_NORESTART;
}

/**
 * gnss_gpio_drain() - take what the top half received, up to the readers
 * @gg: the receiver
 *
 * Context: that of the bottom half; one at a time.
 */
void gnss_gpio_drain(struct gnss_gpio *gg)
{
	struct gnss_gpio_drain_run run;

	if (WARN_ON_ONCE(test_and_set_bit_lock(DRAIN_RUNS, &gg->draining)))
		return;

	gnss_gpio_latency_enter(gg, &run);
	gg->grew = false;
	drain_fifo(gg, &run);
	drain_watch_silence(gg);
	if (gg->grew)
		drain_wake(gg, &gg->nmea, WAKE_NMEA);
	gnss_gpio_latency_leave(gg, &run);

	clear_bit_unlock(DRAIN_RUNS, &gg->draining);
}

/**
 * gnss_gpio_drain_init() - set up parser and silence timer
 * @gg: the receiver
 *
 * Context: process.
 */
void gnss_gpio_drain_init(struct gnss_gpio *gg)
{
	nmea_init(&gg->parser, drain_publish, gg);
	nmea_set_sentence(&gg->parser, drain_sentence);
	init_irq_work(&gg->wake_work, drain_wake_work);
	gnss_gpio_compat_hrtimer_setup(&gg->silence_timer,
				       drain_silence_expired,
				       HRTIMER_MODE_ABS_HARD);
}

/**
 * gnss_gpio_drain_start() - let the drain watch for silence
 * @gg: the receiver, its receive side still stopped
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_drain_start(struct gnss_gpio *gg)
{
	gg->last_value = 0;
	gg->silence = 0;
	gg->silence_armed = false;
	WRITE_ONCE(gg->running, true);
}

/**
 * gnss_gpio_drain_stop() - drain what is left, publish the open epoch
 * @gg: the receiver, its receive side stopped
 *
 * Context: process, may sleep, @gg->lock held.
 */
void gnss_gpio_drain_stop(struct gnss_gpio *gg)
{
	WRITE_ONCE(gg->running, false);
	gnss_gpio_bh_flush(gg);
	/* A last kick may come from the timer until it is cancelled. */
	hrtimer_cancel(&gg->silence_timer);
	gnss_gpio_bh_flush(gg);

	nmea_flush(&gg->parser);
	irq_work_sync(&gg->wake_work);
}
