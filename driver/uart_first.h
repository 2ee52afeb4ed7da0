/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first frame after a pause: where it begins, and what it is.
 *
 * Pure, as uart.h.
 */
#ifndef GNSS_GPIO_UART_FIRST_H
#define GNSS_GPIO_UART_FIRST_H

#include "uart_frame.h"

/* Readings that are followed at a time at most; see uart.c. */
#define UART_WORK_MAX		1500

/* A frame that costs no more than this for each edge was on time. */
#define UART_CLEAR		8

/**
 * struct uart_first - readings of a frame after a pause
 * @r: the cheapest one
 * @base_ns: its begin
 * @used: how many observations it takes
 * @sure: no other one is possible
 * @clear: the first edge and all others were on time
 * @more: more observations are needed
 * @work: what it took to find them
 */
struct uart_first {
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
	return r->cost <= UART_CLEAR * r->edges;
}

void uart_first_read(const struct uart *u, struct uart_first *first);

#endif /* GNSS_GPIO_UART_FIRST_H */
