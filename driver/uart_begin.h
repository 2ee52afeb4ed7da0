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

void uart_consume(struct uart *u, u16 n);
bool uart_has_paused(const struct uart *u, const struct uart_obs *o);
bool uart_has_rested(const struct uart *u);
bool uart_shows_pause(const struct uart *u, const struct uart_obs *o);
bool uart_find_begin(struct uart *u, bool enough);
bool uart_goes_on(const struct uart *u, s64 begin_ns, bool *wait);
bool uart_is_chained(const struct uart *u, const struct uart_obs *o, bool *wait);
void uart_lose_chain(struct uart *u, s64 now_ns);

#endif /* GNSS_GPIO_UART_BEGIN_H */
