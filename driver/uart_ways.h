/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways on from a reading to the next observation.
 *
 * Pure, as uart.h.
 */
#ifndef GNSS_GPIO_UART_WAYS_H
#define GNSS_GPIO_UART_WAYS_H

#include "uart_reading.h"

void uart_ways(struct uart_frame *f, u8 low, u8 high, bool glitches);

#endif /* GNSS_GPIO_UART_WAYS_H */
