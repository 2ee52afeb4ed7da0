// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every bottom half runs: kfifo -> decoder -> byte stream, parser -> fixes.
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "gnss_gpio.h"
#include "obs.h"
#include "trace.h"
#include "uart_nmea.h"

/* Observations taken from the kfifo at a time: few, they lie on the stack. */
#define DRAIN_BATCH	16

/*
 * Observations taken in one run: those of some hundred bytes, 3 ms of a slow machine.
 * Others wait for a softirq, and an RCU grace period for a reader, until it ends.
 * If there are more, it runs again after a while.
 */
#define DRAIN_MOST	1024
#define DRAIN_GAP_NS	50000

/*
 * A controller loses edges if of so many frames more than this part miss one: a
 * quarter.
 */
#define LOST_FRAMES	256
#define LOST_PART	4

/* Bit number in gg->draining. */
#define DRAIN_RUNS	0

/*
 * Readers of the stream are woken for a line, for so many bytes, or when the line
 * rests: to wake them for each byte took what reception needs.
 */
#define WAKE_BYTES	256

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
	if (atomic_read(&gg->sky_readers)) {
		nmea_get_sky(&gg->parser, &gg->sky);
		gg->sky.seq = record.seq;
		gnss_gpio_ring_write(&gg->sky_ring, &gg->sky, 1);
	}
	gnss_gpio_readers_wake(&gg->fix);

	gnss_gpio_latency_publish(gg, &record);
	trace_gnss_gpio_fix(gg->id, &record);
}

static void drain_stream(struct gnss_gpio *gg, const void *bytes,
			 unsigned int n)
{
	gnss_gpio_ring_write(&gg->nmea.ring, bytes, n);
	gg->unseen += memchr(bytes, '\n', n) ? WAKE_BYTES : n;
}

static void drain_write_batch(struct gnss_gpio *gg)
{
	if (gg->batched)
		drain_stream(gg, gg->batch, gg->batched);
	gg->batched = 0;
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
	bool checked = READ_ONCE(gg->want_checked);

	if (checked == gg->checked || (gg->last_value && gg->last_value != '\n'))
		return;
	drain_write_batch(gg);
	gg->checked = checked;
}

static void drain_count(struct gnss_gpio_byte_stats *stats,
			const struct uart_byte *byte)
{
	u8 flags = byte->flags;

	stats->frames++;
	if (!(flags & UART_FRAMING_ERROR) &&
	    byte->late_ns > stats->edge_lateness_max_ns)
		stats->edge_lateness_max_ns = byte->late_ns;
	if (flags & UART_BREAK)
		stats->breaks++;
	else if (flags & UART_FRAMING_ERROR)
		stats->framing_errors++;
	else if (flags & UART_DOUBTFUL)
		stats->doubtful++;
	else
		stats->good++;
}

static void drain_parse(struct gnss_gpio *gg, const struct uart_byte *byte)
{
	gg->last_end_ns = byte->start_ns + byte->span_ns;
	nmea_feed_frame(&gg->parser, byte);
	gg->last_value = byte->value;
}

/* The decoder has completed a frame. */
static void drain_byte(void *ctx, const struct uart_byte *byte)
{
	struct gnss_gpio *gg = ctx;

	trace_gnss_gpio_byte(gg->id, byte);
	drain_count(&gg->byte_stats, byte);
	gg->lost_edges.frames++;
	gg->lost_edges.bad += !!(byte->flags & UART_FRAMING_ERROR);
	if (byte->flags & UART_BREAK)
		return;
	gg->byte_stats.bytes++;

	drain_choose_stream(gg);
	if (!gg->checked) {
		gg->batch[gg->batched++] = byte->value;
		if (gg->batched == GNSS_GPIO_BATCH)
			drain_write_batch(gg);
	}
	drain_parse(gg, byte);
}

/* The edges of a sender whose rate is the one in use are a bit apart. */
static void drain_watch_edge(struct gnss_gpio *gg, s64 at_ns)
{
	struct gnss_gpio_lost_edges *edges = &gg->lost_edges;

	if (at_ns - edges->edge_ns < NSEC_PER_SEC / gg->rate.used * 3 / 4)
		edges->close++;
	edges->edge_ns = at_ns;
}

/*
 * A controller that is to interrupt on both edges, and loses some, is used in another
 * way.  Where edges are too close the rate is a wrong one, or they are noise; that
 * proves nothing, nor does what is seen while the line's interrupt is off.
 */
static void drain_judge_edges(struct gnss_gpio *gg)
{
	struct gnss_gpio_lost_edges *edges = &gg->lost_edges;
	unsigned long mutes = READ_ONCE(gg->rx.stats.mutes) +
			      READ_ONCE(gg->rx.stats.slow_mutes);
	unsigned int most = edges->frames / LOST_PART;

	if (edges->frames < LOST_FRAMES)
		return;
	if (edges->lost > most && edges->close <= most && edges->mutes == mutes)
		queue_work(system_freezable_wq, &gg->auto_work);
	gnss_gpio_rx_look_closely(gg, edges->bad > most);
	*edges = (struct gnss_gpio_lost_edges){
		.edge_ns = edges->edge_ns,
		.mutes = mutes,
	};
}

/* What the decoder counts. */
static void drain_take_counts(struct gnss_gpio *gg)
{
	gg->byte_stats.false_starts += gg->uart.false_starts;
	gg->uart.false_starts = 0;
	gg->lost_edges.lost += gg->uart.lost_edges;
	gg->uart.lost_edges = 0;
	drain_judge_edges(gg);
}

static void drain_begin(struct gnss_gpio *gg)
{
	/* No line end may follow for long: readers get what came before. */
	if (gg->unseen)
		gg->unseen = WAKE_BYTES;
	drain_take_counts(gg);
	uart_init(&gg->uart, gg->rate.used, drain_byte, gg);
}

static void drain_observation(struct gnss_gpio *gg, struct uart_obs obs)
{
	if (!(obs.flags & UART_OBS_LOOK)) {
		drain_watch_edge(gg, obs.at_ns);
		if (gnss_gpio_baud_edge(gg, &obs))
			drain_begin(gg);
	}
	obs.flags |= gg->obs_flags;
	gg->obs_flags = 0;
	uart_feed(&gg->uart, &obs);
}

/*
 * Takes only what is queued on entry: where decoding is slower than the line, as
 * beside busy threads, the drain would never return otherwise.
 */
static void drain_fifo(struct gnss_gpio *gg, struct gnss_gpio_drain_run *run)
{
	unsigned int left = min(kfifo_len(&gg->fifo), DRAIN_MOST);
	u64 packed[DRAIN_BATCH];
	unsigned int i, n;
	s64 now_ns;

	/*
	 * Pairs with smp_wmb() in kfifo_put(): observations that came after the
	 * kick are read here without an ordering of its own.
	 */
	smp_rmb();
	/* Now all of them are in the past. */
	now_ns = ktime_to_ns(ktime_get());
	run->observations = left;
	for (; left; left -= n) {
		run->fifo_max = max(run->fifo_max, kfifo_len(&gg->fifo));
		n = kfifo_out(&gg->fifo, packed, min(left, DRAIN_BATCH));
		for (i = 0; i < n; i++)
			drain_observation(gg, obs_unpack(packed[i], now_ns));
	}
	drain_write_batch(gg);
}

/*
 * The last epoch of a burst is complete when the line has been silent for a
 * while; it has not where observations wait.  Returns when that will be, or 0.
 */
static s64 drain_watch_silence(struct gnss_gpio *gg)
{
	s64 due_ns = nmea_silence_due_ns(&gg->parser);

	if (!nmea_epoch_open(&gg->parser) || !kfifo_is_empty(&gg->fifo))
		return 0;
	if (ktime_to_ns(ktime_get()) < due_ns)
		return due_ns;
	nmea_silence(&gg->parser);

	return 0;
}

static void drain_wake(struct gnss_gpio *gg)
{
	s64 edge_ns = gg->lost_edges.edge_ns;

	if (!gg->unseen)
		return;
	if (gg->unseen < WAKE_BYTES &&
	    ktime_to_ns(ktime_get()) - edge_ns < READ_ONCE(gg->rx.looks.rest_ns))
		return;
	gg->unseen = 0;
	gnss_gpio_readers_wake(&gg->nmea);
	gnss_gpio_class_wake(gg);
}

/**
 * gnss_gpio_drain() - take what the top half recorded, up to the readers
 * @gg: the receiver
 *
 * Takes no more than DRAIN_MOST observations.
 *
 * Context: that of the bottom half, which may be hard IRQ; one at a time.
 * Return: when it is to run again if nothing comes before, ns of
 * CLOCK_MONOTONIC, or 0.
 */
s64 gnss_gpio_drain(struct gnss_gpio *gg)
{
	unsigned long bytes = gg->byte_stats.bytes;
	struct gnss_gpio_drain_run run;
	s64 again_ns;

	if (WARN_ON_ONCE(test_and_set_bit_lock(DRAIN_RUNS, &gg->draining)))
		return 0;

	gnss_gpio_latency_enter(gg, &run);
	drain_fifo(gg, &run);
	run.frames = gg->byte_stats.bytes - bytes;
	drain_take_counts(gg);
	if (gnss_gpio_baud_news(gg))
		drain_begin(gg);
	again_ns = drain_watch_silence(gg);
	drain_wake(gg);
	gnss_gpio_latency_leave(gg, &run);
	if (run.observations == DRAIN_MOST)
		again_ns = ktime_to_ns(ktime_get()) + DRAIN_GAP_NS;

	clear_bit_unlock(DRAIN_RUNS, &gg->draining);

	return again_ns;
}

/**
 * gnss_gpio_drain_init() - set up decoder and parser
 * @gg: the receiver, its rate asked for
 *
 * Context: process.
 */
void gnss_gpio_drain_init(struct gnss_gpio *gg)
{
	gnss_gpio_baud_init(gg);
	nmea_init(&gg->parser, drain_publish, gg);
	nmea_set_sentence(&gg->parser, drain_sentence);
}

/**
 * gnss_gpio_drain_start() - a line of which nothing is known
 * @gg: the receiver, stopped; no drain runs
 *
 * Context: process, @gg->lock held.
 */
void gnss_gpio_drain_start(struct gnss_gpio *gg)
{
	gnss_gpio_baud_news(gg);
	drain_begin(gg);
	gg->obs_flags = 0;
	gg->last_value = 0;
}

/**
 * gnss_gpio_drain_stop() - publish the open epoch
 * @gg: the receiver, stopped; no drain runs
 *
 * Context: process, may sleep, @gg->lock held.
 */
void gnss_gpio_drain_stop(struct gnss_gpio *gg)
{
	nmea_flush(&gg->parser);
	gnss_gpio_readers_flush(&gg->fix);
	gnss_gpio_readers_flush(&gg->nmea);
}
