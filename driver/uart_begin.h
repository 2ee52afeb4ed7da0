/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where frames begin: after a pause, back to back, or amid the data.
 *
 * Pure, as uart.h.
 */
#ifndef GNSS_GPIO_UART_BEGIN_H
#define GNSS_GPIO_UART_BEGIN_H

#include "uart_frame.h"

/* Frames in a row after which a late start edge is likelier than a pause. */
#define UART_CHAIN_SURE		4

/* Frames that it takes to see where frames begin. */
#define UART_BEGIN_FRAMES	24

/* Readings that are followed at a time at most; see uart.c. */
#define UART_WORK_MAX		1500

/* A frame that costs less than this for each edge of its own was on time. */
#define UART_CLEAR		8

/**
 * struct uart_found - a frame that was read
 * @r: its cheapest reading
 * @base_ns: when it began
 * @used: how many observations it takes; 0: none was found
 * @sure: no other begin is possible
 * @clear: the first edge and all others were on time
 * @more: more observations are needed
 * @work: what it took to find it
 */
struct uart_found {
	struct uart_reading r;
	s64 base_ns;
	u8 used;
	bool sure;
	bool clear;
	bool more;
	u32 work;
};

static inline bool uart_is_clear(const struct uart_reading *r)
{
	return r->cost < UART_CLEAR * r->edges;
}

void uart_consume(struct uart *u, u16 n);
bool uart_has_paused(const struct uart *u, const struct uart_obs *o);
bool uart_has_rested(const struct uart *u);
bool uart_shows_pause(const struct uart *u, const struct uart_obs *o);
bool uart_is_chained(const struct uart *u, const struct uart_obs *o);
void uart_find_begin(struct uart *u);
void uart_read_first(const struct uart *u, struct uart_found *first);

#endif /* GNSS_GPIO_UART_BEGIN_H */
