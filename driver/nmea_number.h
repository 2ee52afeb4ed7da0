/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: from the text of a field to a number.
 */
#ifndef GNSS_GPIO_NMEA_NUMBER_H
#define GNSS_GPIO_NMEA_NUMBER_H

#include "pure.h"

#define NMEA_MS_PER_DAY	86400000U

/* "tod" of sentences and epochs whose time field is blank */
#define NMEA_NO_TIME	0xffffffffU

/* Does a field end there? */
static inline bool nmea_is_end(char c)
{
	return c == ',' || c == '*';
}

bool nmea_get_uint(const char *s, u32 max, u32 *val);
bool nmea_get_milli(const char *s, s32 *val);
bool nmea_get_positive(const char *s, unsigned int decimals, u32 *val);
bool nmea_get_pair(const char *s, u32 *val);
bool nmea_get_time(const char *s, u32 *tod);
bool nmea_get_day(u32 year, u32 month, u32 day, s64 *ms);
bool nmea_get_angle(const char *s, const char *letter, const char *letters,
		    u32 max_degrees, s64 *nd);

#endif /* GNSS_GPIO_NMEA_NUMBER_H */
