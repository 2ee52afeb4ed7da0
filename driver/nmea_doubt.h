/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: the readings of a doubtful byte.
 */
#ifndef GNSS_GPIO_NMEA_DOUBT_H
#define GNSS_GPIO_NMEA_DOUBT_H

#include "nmea_sentence.h"

#define NMEA_ANY_BIT	0xff

/* Which bits may be wrong; all, if it is not known which. */
static inline u8 nmea_doubt_mask(u8 unsure)
{
	return unsure ? unsure : NMEA_ANY_BIT;
}

/* Flipped bits in rising order, from 0 on; after the last one 0 again. */
static inline u8 nmea_next_flip(u8 flip, u8 mask)
{
	return (flip - mask) & mask;
}

/* May it stand between '$' and '*'? */
static inline bool nmea_is_body(u8 byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '$' && byte != '*';
}

static inline bool nmea_is_digit(u8 byte)
{
	return nmea_hex_digit(byte) >= 0;
}

/* A byte of the text, or the '*' after it. */
static inline u8 nmea_line_byte(const struct nmea_line *line, u16 at)
{
	if (at == line->len)
		return '*';
	return line->text[at] ? line->text[at] : ',';
}

const struct nmea_doubt *nmea_find_doubt(const struct nmea_line *line, u16 at);

#endif /* GNSS_GPIO_NMEA_DOUBT_H */
