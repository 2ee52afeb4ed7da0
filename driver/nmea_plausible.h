/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: what receivers send.
 */
#ifndef GNSS_GPIO_NMEA_PLAUSIBLE_H
#define GNSS_GPIO_NMEA_PLAUSIBLE_H

#include "nmea_sentence.h"

/* Shortest address: $PUBX and the like; a talker and a type are longer. */
#define NMEA_MIN_ADDRESS	4

/**
 * enum nmea_kind - characters of a sentence
 * @NMEA_DIGIT: 0 to 9
 * @NMEA_POINT: of a number
 * @NMEA_SIGN: of a number
 * @NMEA_LETTER: A to Z
 * @NMEA_IN_FIELD: all that is in the fields of types that are decoded
 * @NMEA_COMMA: between two fields
 * @NMEA_OTHER: others that can be between '$' and '*'
 * @NMEA_STAR: '*'
 * @NMEA_HEX: digit of a checksum
 * @NMEA_SMALL_HEX: the same as a small letter
 */
enum nmea_kind {
	NMEA_DIGIT = 0x01,
	NMEA_POINT = 0x02,
	NMEA_SIGN = 0x04,
	NMEA_LETTER = 0x08,
	NMEA_IN_FIELD = 0x0f,
	NMEA_COMMA = 0x10,
	NMEA_OTHER = 0x20,
	NMEA_STAR = 0x40,
	NMEA_HEX = 0x80,
	NMEA_SMALL_HEX = 0x100,
};

extern const u16 nmea_kind[256];

bool nmea_is_plausible(const struct nmea_line *line, bool any_type);
bool nmea_is_consistent(const struct nmea_msg *m);

#endif /* GNSS_GPIO_NMEA_PLAUSIBLE_H */
