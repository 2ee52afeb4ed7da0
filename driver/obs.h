/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An observation of the line, packed into 8 bytes for the kfifo.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 *
 * From the top bit down: 40 bits of time in ns, which wrap after 18 minutes, 18
 * bits of lateness in ns, up to 262 us, and 6 bits of UART_OBS_* flags.
 */
#ifndef GNSS_GPIO_OBS_H
#define GNSS_GPIO_OBS_H

#include "pure.h"
#include "uart.h"

#define OBS_TIME_BITS	40
#define OBS_LATE_BITS	18
#define OBS_FLAG_BITS	6

#define OBS_TIME_MASK	((1ULL << OBS_TIME_BITS) - 1)
#define OBS_LATE_MAX	((1U << OBS_LATE_BITS) - 1)
#define OBS_FLAG_MASK	((1U << OBS_FLAG_BITS) - 1)

/**
 * obs_pack() - pack an observation
 * @at_ns: when it was taken, ns
 * @late_ns: see struct uart_obs; not negative, more than OBS_LATE_MAX counts as
 *	     that
 * @flags: UART_OBS_* bits
 *
 * Return: the packed observation.
 */
static inline u64 obs_pack(s64 at_ns, s64 late_ns, u8 flags)
{
	if (late_ns > OBS_LATE_MAX)
		late_ns = OBS_LATE_MAX;

	return (u64)at_ns << (OBS_LATE_BITS + OBS_FLAG_BITS) |
	       (u64)late_ns << OBS_FLAG_BITS | flags;
}

/**
 * obs_unpack() - unpack an observation
 * @packed: by obs_pack()
 * @now_ns: any time after it was taken, but not by 18 minutes
 *
 * Return: the observation.
 */
static inline struct uart_obs obs_unpack(u64 packed, s64 now_ns)
{
	u64 at_ns = packed >> (OBS_LATE_BITS + OBS_FLAG_BITS);

	return (struct uart_obs){
		.at_ns = now_ns - (s64)((now_ns - at_ns) & OBS_TIME_MASK),
		.late_ns = packed >> OBS_FLAG_BITS & OBS_LATE_MAX,
		.flags = packed & OBS_FLAG_MASK,
	};
}

#endif /* GNSS_GPIO_OBS_H */
