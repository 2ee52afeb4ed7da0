// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from the text of a field to a number.
 */
#include "nmea_number.h"

#define U32_TENTH	429496728U	/* * 10 + 9 fits in u32 */
#define ND_PER_DEGREE	1000000000LL

/*
 * Makes @val one in units of 10^-@decimals, with the decimals that follow.  Return: what
 * comes then, which is a digit if there are more.
 */
static const char *get_decimals(const char *s, unsigned int decimals, u64 *val)
{
	static const u32 power[] = {
		1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000
	};
	u64 v = *val;

	s += *s == '.';
	for (; decimals && nmea_is_digit(*s); decimals--)
		v = v * 10 + (*s++ - '0');
	*val = v * power[decimals];
	return s;
}

static const char *skip_digits(const char *s)
{
	while (nmea_is_digit(*s))
		s++;
	return s;
}

/*
 * A number without sign, in units of 10^-@decimals, the digits beyond them
 * rounded half up.  A point without digits on one side of it is tolerated.
 */
static bool get_fixed(const char *s, unsigned int decimals, u32 *val)
{
	u64 v;

	if (!nmea_is_digit(s[*s == '.']))
		return false;
	s = nmea_get_digits(s, U32_TENTH, val);
	if (!s)
		return false;
	v = *val;
	s = get_decimals(s, decimals, &v);
	v += *s >= '5' && *s <= '9';
	*val = v;
	return v == *val && nmea_is_end(*skip_digits(s));
}

static bool is_sign(char c)
{
	return c == '-' || c == '+';
}

/**
 * nmea_get_milli() - a number that may have a sign
 * @s: the field
 * @val: its value in thousandths
 *
 * Return: whether it is one.
 */
bool nmea_get_milli(const char *s, s32 *val)
{
	u32 v;

	if (!get_fixed(s + is_sign(*s), 3, &v) || v > 0x7fffffff)
		return false;
	*val = *s == '-' ? -(s32)v : (s32)v;
	return true;
}

/**
 * nmea_get_positive() - a number that is not less than 0; some receivers send -0.00
 * @s: the field
 * @decimals: the unit is 10^-@decimals; digits beyond are rounded half up
 * @val: its value
 *
 * Return: whether it is one.
 */
bool nmea_get_positive(const char *s, unsigned int decimals, u32 *val)
{
	return get_fixed(s + is_sign(*s), decimals, val) &&
	       (*s != '-' || !*val);
}

/**
 * nmea_get_pair() - two digits, whatever follows
 * @s: where they are
 * @val: their value
 *
 * Return: whether they are there.
 */
bool nmea_get_pair(const char *s, u32 *val)
{
	if (!nmea_is_digit(s[0]) || !nmea_is_digit(s[1]))
		return false;
	*val = (s[0] - '0') * 10 + (s[1] - '0');
	return true;
}

/**
 * nmea_get_time() - hhmmss[.s...]
 * @s: the field
 * @tod: time of day in ms, NMEA_NO_TIME if the field is blank
 *
 * Decimals beyond the third are cut off, so that one instant written with more or
 * fewer of them stays one epoch.  Second 60 is a leap second.
 *
 * Return: whether it is one, or blank.
 */
bool nmea_get_time(const char *s, u32 *tod)
{
	u32 h, m, sec;
	u64 ms = 0;

	*tod = NMEA_NO_TIME;
	if (nmea_is_end(*s))
		return true;
	if (!nmea_get_pair(s, &h) || !nmea_get_pair(s + 2, &m) ||
	    !nmea_get_pair(s + 4, &sec))
		return false;
	if (h > 23 || m > 59 || sec > 60 || !(s[6] == '.' || nmea_is_end(s[6])))
		return false;
	s = get_decimals(s + 6, 3, &ms);
	*tod = ((h * 60 + m) * 60 + sec) * 1000 + ms;
	return nmea_is_end(*skip_digits(s));
}

/**
 * nmea_get_day() - a date of the Gregorian calendar
 * @year: from 1601 on
 * @month: 1 to 12
 * @day: 1 to 31
 * @ms: its midnight, ms since 1970-01-01
 *
 * Return: whether there is such a day.
 */
bool nmea_get_day(u32 year, u32 month, u32 day, s64 *ms)
{
	static const u8 length[] = {
		31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	static const u16 before[] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334
	};
	bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
	u32 y = year - 1601;

	if (year < 1601 || month < 1 || month > 12 || day < 1 ||
	    day > length[month - 1] || (month == 2 && day == 29 && !leap))
		return false;
	y = y * 365 + y / 4 - y / 100 + y / 400 + before[month - 1] +
	    (leap && month > 2) + day - 1;
	*ms = ((s64)y - 134774) * NMEA_MS_PER_DAY;
	return true;
}

/**
 * nmea_get_angle() - latitude or longitude, [d]ddmm[.m...]
 * @s: the field; leading zeros may be missing
 * @letter: the field of its hemisphere
 * @letters: the two letters that it can be, the second one is negative
 * @max_degrees: the largest that is taken
 * @nd: its value, 1e-9 degree, rounded half away from zero
 *
 * What comes after the eighth decimal of a minute cannot change the rounding.
 *
 * Return: whether it is one.
 */
bool nmea_get_angle(const char *s, const char *letter, const char *letters,
		    u32 max_degrees, s64 *nd)
{
	u32 whole, degrees;
	u64 minutes_e8;

	if (!nmea_is_digit(*s))
		return false;
	s = nmea_get_digits(s, U32_TENTH, &whole);
	if (!s)
		return false;
	degrees = whole / 100;
	minutes_e8 = whole % 100;
	if (degrees > max_degrees || minutes_e8 >= 60)
		return false;
	s = get_decimals(s, 8, &minutes_e8);
	*nd = degrees * ND_PER_DEGREE + div_u64(minutes_e8 + 3, 6);
	if (!nmea_is_end(*skip_digits(s)) || *nd > max_degrees * ND_PER_DEGREE)
		return false;
	if (letter[0] == letters[1])
		*nd = -*nd;
	else if (letter[0] != letters[0])
		return false;
	return nmea_is_end(letter[1]);
}
