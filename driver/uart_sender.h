/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of the sender: its clock and its phase; and how late interrupts are.
 *
 * Pure, as uart.h.
 */
#ifndef GNSS_GPIO_UART_SENDER_H
#define GNSS_GPIO_UART_SENDER_H

#include "uart_frame.h"

void uart_sender_init(struct uart *u, u32 baud);
void uart_note_edge(struct uart *u, const struct uart_obs *o);
void uart_distrust_clock(struct uart *u);
void uart_forget_clock(struct uart *u);
void uart_find_clock(struct uart *u);
void uart_follow_latency(struct uart_timing *t, const struct uart_obs *o);
void uart_follow(struct uart *u, const struct uart_reading *r, s64 base_ns, bool follow);

#endif /* GNSS_GPIO_UART_SENDER_H */
