/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the decoder to the parser.  Pure, as uart.h.
 */
#ifndef GNSS_GPIO_UART_NMEA_H
#define GNSS_GPIO_UART_NMEA_H

#include "nmea.h"
#include "uart.h"

/**
 * nmea_feed_frame() - have the parser take what the decoder gave
 * @p: the parser
 * @byte: a frame that is no break
 *
 * Context: as nmea_feed().
 */
static inline void nmea_feed_frame(struct nmea *p, const struct uart_byte *byte)
{
	bool bad = byte->flags & (UART_FRAMING_ERROR | UART_LOST_BEFORE);
	bool unsure = byte->flags & (UART_FRAMING_ERROR | UART_DOUBTFUL);

	nmea_feed(p, byte->value, bad ? NMEA_BYTE_BAD : 0,
		  unsure ? byte->margin : NULL, byte->start_ns);
}

#endif /* GNSS_GPIO_UART_NMEA_H */
