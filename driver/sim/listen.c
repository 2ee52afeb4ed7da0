// SPDX-License-Identifier: GPL-2.0-only
/*
 * The receiver listens: what comes on RXD, at the rate at which it sends, can be read
 * from /dev/gnss-simN.
 */
#include <linux/kfifo.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>

#include "sim.h"

/* As a UART does, it drops what comes while its buffer is full. */
static void listen_catch_up(struct sim *sim, u64 t_ns)
{
	struct sim_listen *listen = &sim->listen;

	lockdep_assert_held(&sim->line_lock);

	if (!rxd_sample(&listen->rxd, t_ns))
		return;
	if (!rxd_has_stop(&listen->rxd))
		listen->framing_errors++;
	else if (kfifo_put(&listen->heard, rxd_byte(&listen->rxd)))
		listen->bytes++;
	else
		listen->lost++;
}

/**
 * sim_listen_init() - the line is at rest
 * @sim: the receiver
 *
 * Context: process.
 */
void sim_listen_init(struct sim *sim)
{
	rxd_init(&sim->listen.rxd);
	INIT_KFIFO(sim->listen.heard);
}

/**
 * sim_listen_set() - somebody sets RXD
 * @sim: the receiver
 * @level: the level
 *
 * Context: any.
 */
void sim_listen_set(struct sim *sim, bool level)
{
	u32 bit_ps = waveform_bit_ps(READ_ONCE(sim->knobs.baud),
				     READ_ONCE(sim->knobs.skew_ppm));
	unsigned long flags;
	u64 t_ns;

	raw_spin_lock_irqsave(&sim->line_lock, flags);
	t_ns = ktime_to_ns(ktime_get());
	listen_catch_up(sim, t_ns);
	rxd_edge(&sim->listen.rxd, t_ns, level, bit_ps);
	raw_spin_unlock_irqrestore(&sim->line_lock, flags);
}

/**
 * sim_listen_read() - what came
 * @sim: the receiver
 * @bytes: where to
 * @n: how many at most
 *
 * Context: process.
 * Return: how many.
 */
unsigned int sim_listen_read(struct sim *sim, u8 *bytes, unsigned int n)
{
	raw_spin_lock_irq(&sim->line_lock);
	listen_catch_up(sim, ktime_to_ns(ktime_get()));
	n = kfifo_out(&sim->listen.heard, bytes, n);
	raw_spin_unlock_irq(&sim->line_lock);

	return n;
}
