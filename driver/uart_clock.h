/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a bit of the sender is, and where its frames begin, from the times of
 * edges alone.
 *
 * Pure, as uart.h.
 */
#ifndef GNSS_GPIO_UART_CLOCK_H
#define GNSS_GPIO_UART_CLOCK_H

#include "pure.h"

/* A sender's clock is within 1 / 18, 5.5 %, of its nominal rate. */
#define UART_CLOCK_OFF_PART	18

/* Edges that a clock is found from. */
#define UART_CLOCK_EDGES	96

/* Durations of bits are in units of 1 / 256 ns. */
#define UART_CLOCK_UNIT		256

bool uart_clock_find(const u32 *edge_ns, u32 n, u32 nominal_ns, u32 *bit);

#endif /* GNSS_GPIO_UART_CLOCK_H */
