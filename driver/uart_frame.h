/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One frame: what a line was, bit by bit, as its observations tell.
 *
 * Pure, as uart.h.
 */
#ifndef GNSS_GPIO_UART_FRAME_H
#define GNSS_GPIO_UART_FRAME_H

#include "uart_reading.h"

/**
 * struct uart_entry - how a frame begins
 * @base_ns: when its start bit begins, as an interrupt on time would see it
 * @due_ns: with @due, since when, from @base_ns on
 * @pause: what it costs that the next frame does not follow back to back
 * @limit: readings that cost more than this are of no use
 * @due: an interrupt of a change before its first observation is still due
 */
struct uart_entry {
	s64 base_ns;
	s32 due_ns;
	s32 pause;
	s32 limit;
	bool due;
};

u8 uart_frame_read(const struct uart_timing *t, const struct uart_entry *entry,
		   const struct uart_obs *obs, u16 n, struct uart_reading *best,
		   u32 *work);

#endif /* GNSS_GPIO_UART_FRAME_H */
