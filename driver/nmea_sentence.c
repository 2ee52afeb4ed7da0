// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from the fields of a sentence to numbers.
 *
 * The rules are those of NMEA 0183 (field order and units as in 4.1) where
 * receivers follow it, and what receivers really send where they do not.
 */
#include "nmea_sentence.h"

#define U32_TENTH	429496728U	/* * 10 + 9 + 1 fits in u32 */
#define ND_PER_DEGREE	1000000000LL
#define DOP_UNKNOWN_C	5000		/* receivers say 50.0 or 99.99 */

/* ---- fields: NUL-terminated text ---- */

/* Field @i, an empty one where the sentence has fewer. */
static const char *field(const struct nmea_line *line, unsigned int i)
{
	return i < line->fields ? line->text + line->start[i] : "";
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A whole number up to @max, digits only. */
static bool get_uint(const char *s, u32 max, u32 *val)
{
	u32 v = 0;

	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++) {
		v = v * 10 + (*s - '0');
		if (v > max)
			return false;
	}
	*val = v;
	return !*s;
}

/*
 * A number without sign, in units of 10^-@decimals, the digits beyond them
 * rounded half up.  A point without digits on one side of it is tolerated.
 */
static bool get_fixed(const char *s, unsigned int decimals, u32 *val)
{
	const char *from = s;
	bool point = false;
	u32 v = 0;

	for (; is_digit(*s) || (*s == '.' && !point); s++) {
		if (*s == '.') {
			point = true;
			continue;
		}
		if (point && !decimals)
			break;
		if (v > U32_TENTH)
			return false;
		v = v * 10 + (*s - '0');
		decimals -= point;
	}
	if (s - from - point < 1)
		return false;
	for (; decimals; decimals--) {
		if (v > U32_TENTH)
			return false;
		v *= 10;
	}
	*val = v + (*s >= '5' && *s <= '9');
	while (is_digit(*s))
		s++;
	return !*s;
}

static bool is_sign(char c)
{
	return c == '-' || c == '+';
}

/* The same with a sign, in thousandths. */
static bool get_milli(const char *s, s32 *val)
{
	u32 v;

	if (!get_fixed(s + is_sign(*s), 3, &v) || v > 0x7fffffff)
		return false;
	*val = *s == '-' ? -(s32)v : (s32)v;
	return true;
}

/* What is not less than 0; some receivers send -0.00. */
static bool get_positive(const char *s, unsigned int decimals, u32 *val)
{
	return get_fixed(s + is_sign(*s), decimals, val) &&
	       (*s != '-' || !*val);
}

/* Two digits. */
static bool get_pair(const char *s, u32 *val)
{
	if (!is_digit(s[0]) || !is_digit(s[1]))
		return false;
	*val = (s[0] - '0') * 10 + (s[1] - '0');
	return true;
}

/*
 * hhmmss[.s...], to ms.  Decimals beyond the third are cut off, so that one
 * instant written with more or fewer of them stays one epoch.  Second 60 is a
 * leap second.
 */
static bool get_time(const char *s, u32 *tod)
{
	u32 h, m, sec, ms = 0, unit = 100;

	*tod = NMEA_NO_TIME;
	if (!*s)
		return true;
	if (!get_pair(s, &h) || !get_pair(s + 2, &m) || !get_pair(s + 4, &sec))
		return false;
	if (h > 23 || m > 59 || sec > 60)
		return false;
	s += 6;
	if (*s == '.')
		for (s++; is_digit(*s); s++, unit /= 10)
			ms += (*s - '0') * unit;
	*tod = ((h * 60 + m) * 60 + sec) * 1000 + ms;
	return !*s;
}

/* A date of the Gregorian calendar, from 1601, to ms since 1970-01-01. */
static bool get_day(u32 year, u32 month, u32 day, s64 *ms)
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

/*
 * [d]ddmm[.m...] and a letter, to 1e-9 degree, rounded half away from zero;
 * leading zeros may be missing.  With whole minutes and seven decimals as e7,
 * and the eighth decimal as e8, the result is (e7 * 10 + e8) / 6.  What comes
 * after the eighth decimal cannot change the rounding.
 */
static bool get_angle(const char *s, const char *letter, const char *letters,
		      u32 max_degrees, s64 *nd)
{
	u32 whole = 0, e7, e8 = 0, unit = 1000000, degrees, thirds;
	const char *from = s;

	for (; is_digit(*s); s++) {
		whole = whole * 10 + (*s - '0');
		if (whole > max_degrees * 100)
			return false;
	}
	degrees = whole / 100;
	e7 = whole % 100 * 10000000;
	if (s == from || e7 >= 600000000)
		return false;
	if (*s == '.')
		s++;
	for (; is_digit(*s) && unit; s++, unit /= 10)
		e7 += (*s - '0') * unit;
	if (is_digit(*s))
		e8 = *s - '0';
	while (is_digit(*s))
		s++;
	thirds = e7 * 5;
	*nd = degrees * ND_PER_DEGREE + thirds / 3 +
	      (thirds % 3 * 2 + e8 + 3) / 6;
	if (*s || *nd > max_degrees * ND_PER_DEGREE)
		return false;
	if (letter[0] == letters[1])
		*nd = -*nd;
	return (letter[0] == letters[0] || letter[0] == letters[1]) &&
	       !letter[1];
}

/*
 * ---- groups of fields ----
 *
 * A blank field says nothing.  One that breaks the format is absent, too, and
 * counted; only what a sentence is sent for, time, status and position, makes all
 * of it malformed.
 */

/* The value of field @s, which is not blank unless it was @readable, is set. */
static void note(struct nmea_msg *m, const char *s, bool readable, u32 bit)
{
	if (readable)
		m->v.valid |= bit;
	else
		m->unreadable += !!*s;
}

/* Latitude, N/S, longitude, E/W from field @i on. */
static bool take_position(const struct nmea_line *line, unsigned int i,
			  struct nmea_msg *m)
{
	const char *lat = field(line, i), *lon = field(line, i + 2);

	if (!*lat && !*lon)
		return true;
	m->v.valid |= GNSS_GPIO_VALID_POSITION;
	return get_angle(lat, field(line, i + 1), "NS", 90, &m->v.lat_nd) &&
	       get_angle(lon, field(line, i + 3), "EW", 180, &m->v.lon_nd);
}

/* A unit may be blank, but must not be another one. */
static bool is_unit(const char *s, char unit)
{
	return !*s || (*s == unit && !s[1]);
}

static void take_metres(const char *s, const char *unit, struct nmea_msg *m,
			u32 bit, s32 *mm)
{
	note(m, s, is_unit(unit, 'M') && get_milli(s, mm), bit);
}

/*
 * A speed in 1e-5 of a unit of @num / @den mm/s.  1 knot is 1852 m / 3600 s,
 * 1 km/h is 1000 m / 3600 s.
 */
static void take_speed(const char *s, bool unit, u32 num, u32 den,
		       struct nmea_msg *m)
{
	bool readable;
	u32 v;

	readable = unit && get_positive(s, 5, &v);
	if (readable)
		m->v.speed_mm_s = v / den * num + (v % den * num + den / 2) / den;
	note(m, s, readable, GNSS_GPIO_VALID_SPEED);
}

static void take_knots(const char *s, bool unit, struct nmea_msg *m)
{
	take_speed(s, unit, 463, 90000, m);
}

static void take_course(const char *s, bool unit, struct nmea_msg *m)
{
	note(m, s, unit && get_positive(s, 5, &m->v.course_1e5) &&
	     m->v.course_1e5 <= 36000000, GNSS_GPIO_VALID_COURSE);
}

/* 0, 50.0, 99.99 and the like stand for "unknown". */
static void take_dop(const char *s, struct nmea_msg *m, u32 bit, u16 *dop)
{
	bool readable;
	u32 v;

	readable = get_positive(s, 2, &v);
	note(m, s, readable, 0);
	if (readable && v && v < DOP_UNKNOWN_C) {
		*dop = v;
		m->v.valid |= bit;
	}
}

static void take_sats(const char *s, struct nmea_msg *m, u32 bit, u8 *sats)
{
	bool readable;
	u32 v;

	readable = get_uint(s, 255, &v);
	if (readable)
		*sats = v;
	note(m, s, readable, bit);
}

/* A date as it stands in RMC or ZDA: whole, or nothing is known. */
static void take_day(bool readable, struct nmea_msg *m)
{
	m->bad_date = !readable;
	note(m, "-", readable, GNSS_GPIO_VALID_DATE);
}

/* ddmmyy; receivers after a week rollover send years like -1 here. */
static void take_ddmmyy(const char *s, struct nmea_msg *m)
{
	u32 day, month, year;

	if (*s)
		take_day(get_pair(s, &day) && get_pair(s + 2, &month) &&
			 get_pair(s + 4, &year) && !s[6] &&
			 get_day(year + (year < 69 ? 2000 : 1900), month, day,
				 &m->v.utc_ms), m);
}

static void set_quality(struct nmea_msg *m, u8 quality)
{
	m->v.quality = quality;
	m->v.valid |= GNSS_GPIO_VALID_QUALITY;
}

/* A capital letter; 0 if it is blank or something else. */
static char take_mode(const char *s, struct nmea_msg *m)
{
	bool readable = *s >= 'A' && *s <= 'Z' && !s[1];

	note(m, s, readable, 0);
	return readable ? *s : 0;
}

static u8 mode_quality(char letter)
{
	static const char letters[] = "NADPRFEMS";	/* in GGA's order */
	u8 i;

	for (i = 0; i < sizeof(letters) - 1; i++)
		if (letters[i] == letter)
			return i;
	return GNSS_GPIO_QUALITY_GPS;
}

/*
 * Status A or V (D: an old form of A) and the mode letter that newer receivers
 * add.  The letter N says "no fix" whatever the status.
 */
static bool take_status(const char *status, const char *letter,
			struct nmea_msg *m)
{
	char mode = take_mode(letter, m);

	m->says_no_fix = *status == 'V' || mode == 'N';
	m->says_fix = (*status == 'A' || *status == 'D') && !m->says_no_fix;
	if (m->says_fix && mode)
		set_quality(m, mode_quality(mode));
	return !*status || (strchr("ADV", *status) && !status[1]);
}

static void take_satellite(const char *s, u8 system, struct nmea_msg *m)
{
	u32 number = 0;

	note(m, s, get_uint(s, 999, &number), 0);
	if (number)
		m->satellite[m->listed++] = nmea_identify(system, number);
}

/* ---- types of sentences; field numbers as in NMEA 0183, address 0 ---- */

static bool decode_rmc(const struct nmea_line *line, struct nmea_msg *m)
{
	if (!take_status(field(line, 2), field(line, 12), m))
		return false;
	take_ddmmyy(field(line, 9), m);
	if (m->says_no_fix)
		return true;
	take_knots(field(line, 7), true, m);
	take_course(field(line, 8), true, m);
	return take_position(line, 3, m);
}

/* What GGA and GNS have in common; GGA gives units of altitude and separation. */
static bool take_fix(const struct nmea_line *line, bool units,
		     struct nmea_msg *m)
{
	unsigned int separation = units ? 11 : 10;

	take_sats(field(line, 7), m, GNSS_GPIO_VALID_SATS_USED,
		  &m->v.sats_used);
	take_dop(field(line, 8), m, GNSS_GPIO_VALID_HDOP, &m->v.hdop_c);
	if (m->says_no_fix)
		return true;
	take_metres(field(line, 9), units ? field(line, 10) : "", m,
		    GNSS_GPIO_VALID_ALTITUDE, &m->v.alt_msl_mm);
	take_metres(field(line, separation), units ? field(line, 12) : "", m,
		    GNSS_GPIO_VALID_GEOID_SEP, &m->v.geoid_sep_mm);
	return take_position(line, 2, m);
}

static bool decode_gga(const struct nmea_line *line, struct nmea_msg *m)
{
	const char *s = field(line, 6);
	u32 quality;

	if (*s) {
		if (!get_uint(s, 9, &quality))
			return false;
		set_quality(m, quality);
		m->says_fix = quality;
		m->says_no_fix = !quality;
	}
	return take_fix(line, true, m);
}

/* One mode letter for each constellation: a fix if any of them is not N. */
static bool decode_gns(const struct nmea_line *line, struct nmea_msg *m)
{
	const char *s = field(line, 6);

	if (*s)
		set_quality(m, GNSS_GPIO_QUALITY_INVALID);
	m->says_no_fix = *s;
	for (; *s; s++) {
		if (*s < 'A' || *s > 'Z')
			return false;
		if (*s == 'N' || m->says_fix)
			continue;
		m->says_fix = true;
		m->says_no_fix = false;
		set_quality(m, mode_quality(*s));
	}
	return take_fix(line, false, m);
}

static bool decode_gll(const struct nmea_line *line, struct nmea_msg *m)
{
	return take_status(field(line, 6), field(line, 7), m) &&
	       (m->says_no_fix || take_position(line, 1, m));
}

/*
 * Mode 1 is no statement on the epoch: a receiver with one GSA for each
 * constellation says it of those it has no satellites of.  E is what Antaris
 * chips say in dead reckoning.
 */
static bool decode_gsa(const struct nmea_line *line, struct nmea_msg *m)
{
	const char *mode = field(line, 2);
	u32 system = m->system, told;
	unsigned int i;

	if ((*mode == '2' || *mode == '3') && !mode[1])
		m->gsa_mode = *mode - '0';
	note(m, mode, m->gsa_mode || !strcmp(mode, "1") || !strcmp(mode, "E"),
	     0);
	if (get_uint(field(line, 18), NMEA_SYSTEMS - 1, &told) && told)
		system = told;
	for (i = 3; i < 15; i++)
		take_satellite(field(line, i), system, m);
	take_dop(field(line, 15), m, GNSS_GPIO_VALID_PDOP, &m->v.pdop_c);
	take_dop(field(line, 16), m, GNSS_GPIO_VALID_HDOP, &m->v.hdop_c);
	take_dop(field(line, 17), m, GNSS_GPIO_VALID_VDOP, &m->v.vdop_c);
	return true;
}

/* Where four fields of a satellite are not there, the last one is a signal. */
static bool decode_gsv(const struct nmea_line *line, struct nmea_msg *m)
{
	unsigned int i;

	take_sats(field(line, 1), m, 0, &m->parts);
	take_sats(field(line, 2), m, 0, &m->part);
	take_sats(field(line, 3), m, GNSS_GPIO_VALID_SATS_IN_VIEW,
		  &m->v.sats_in_view);
	for (i = 4; i + 3 < line->fields; i += 4)
		take_satellite(field(line, i), m->system, m);
	return true;
}

/* Speed from the knots, from the km/h only where they are blank. */
static bool decode_vtg(const struct nmea_line *line, struct nmea_msg *m)
{
	if (take_mode(field(line, 9), m) == 'N')
		return true;
	take_course(field(line, 1), is_unit(field(line, 2), 'T'), m);
	take_speed(field(line, 7), is_unit(field(line, 8), 'K'), 1, 360, m);
	take_knots(field(line, 5), is_unit(field(line, 6), 'N'), m);
	return true;
}

static bool decode_zda(const struct nmea_line *line, struct nmea_msg *m)
{
	const char *day = field(line, 2), *month = field(line, 3);
	const char *year = field(line, 4);
	u32 d, mo, y;

	if (*day || *month || *year)
		take_day(get_uint(day, 31, &d) && get_uint(month, 12, &mo) &&
			 get_uint(year, 9999, &y) &&
			 get_day(y, mo, d, &m->v.utc_ms), m);
	return true;
}

/* The time is in field @time, if not 0. */
static const struct nmea_decoder {
	char name[4];
	u8 type;
	u8 least_fields;
	u8 time;
	bool (*decode)(const struct nmea_line *line, struct nmea_msg *m);
} decoders[] = {
	{ "GSV", NMEA_GSV, 4, 0, decode_gsv },
	{ "GSA", NMEA_GSA, 3, 0, decode_gsa },
	{ "RMC", NMEA_RMC, 7, 1, decode_rmc },
	{ "GGA", NMEA_GGA, 7, 1, decode_gga },
	{ "VTG", NMEA_VTG, 7, 0, decode_vtg },
	{ "GLL", NMEA_GLL, 7, 5, decode_gll },
	{ "ZDA", NMEA_ZDA, 5, 1, decode_zda },
	{ "GNS", NMEA_GNS, 7, 1, decode_gns },
	{ }
};

static const struct nmea_decoder *find_decoder(const char *address, size_t n)
{
	const struct nmea_decoder *d;

	if (n != 5 || (address[0] == 'P' && address[1] != 'Q'))
		return NULL;
	for (d = decoders; d->decode; d++)
		if (!memcmp(d->name, address + 2, 3))
			return d;
	return NULL;
}

/**
 * nmea_is_decoded() - is a sentence of this type decoded?
 * @address: two characters of talker and three of type.  What starts with P is a
 *	     maker's own, even if it ends like a type we know ($PGRMC); but PQ is
 *	     a talker, too.
 * @n: how many characters it has
 */
bool nmea_is_decoded(const char *address, size_t n)
{
	return find_decoder(address, n);
}

/**
 * nmea_decode() - fields to numbers
 * @line: a sentence with the right checksum
 * @m: filled in; undefined unless the result is NMEA_USED
 *
 * Of a sentence that states that there is no fix, position, altitude, speed
 * and course are not looked at: they are stale or made up.
 *
 * Context: any; does a bounded amount of work.
 * Return: NMEA_USED, NMEA_IGNORED or NMEA_MALFORMED.
 */
enum nmea_verdict nmea_decode(const struct nmea_line *line,
			      struct nmea_msg *m)
{
	const char *address = field(line, 0);
	const struct nmea_decoder *decoder;

	decoder = find_decoder(address, strlen(address));
	if (!decoder)
		return NMEA_IGNORED;
	memset(m, 0, sizeof(*m));
	m->type = decoder->type;
	m->tod = NMEA_NO_TIME;
	m->system = nmea_talker_system(address);
	m->id = m->type * NMEA_SYSTEMS + m->system;
	m->timed = decoder->time;
	if (line->fields < decoder->least_fields ||
	    (m->timed && !get_time(field(line, decoder->time), &m->tod)) ||
	    !decoder->decode(line, m))
		return NMEA_MALFORMED;
	return NMEA_USED;
}
