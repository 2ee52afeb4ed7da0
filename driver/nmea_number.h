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

static inline bool nmea_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Takes digits up to @max, which must leave room for one more.  Return: what comes after
 * them, NULL if the number is greater.
 */
static inline const char *nmea_get_digits(const char *s, u32 max, u32 *val)
{
	u32 v = 0;

	for (; nmea_is_digit(*s); s++) {
		v = v * 10 + (*s - '0');
		if (v > max)
			return NULL;
	}
	*val = v;
	return s;
}

/**
 * nmea_get_uint() - a whole number, digits only
 * @s: the field
 * @max: the largest that is taken, up to 400000000
 * @val: its value
 *
 * Return: whether it is one; if not, @val is not to be used.  This goes for all
 * functions here.
 */
static inline bool nmea_get_uint(const char *s, u32 max, u32 *val)
{
	const char *end = nmea_get_digits(s, max, val);

	return end && end != s && nmea_is_end(*end);
}

bool nmea_get_milli(const char *s, s32 *val);
bool nmea_get_positive(const char *s, unsigned int decimals, u32 *val);
bool nmea_get_pair(const char *s, u32 *val);
bool nmea_get_time(const char *s, u32 *tod);
bool nmea_get_day(u32 year, u32 month, u32 day, s64 *ms);
bool nmea_get_angle(const char *s, const char *letter, const char *letters,
		    u32 max_degrees, s64 *nd);

#endif /* GNSS_GPIO_NMEA_NUMBER_H */
