// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from the fields of a sentence to numbers.
 *
 * The rules are those of NMEA 0183 (field order and units as in 4.1) where
 * receivers follow it, and what receivers really send where they do not.
 */
#include "nmea_sentence.h"

#define DOP_UNKNOWN_C	5000		/* receivers say 50.0 or 99.99 */

/* Field @i, an empty one where the sentence has fewer. */
static const char *field(const struct nmea_line *line, unsigned int i)
{
	return i < line->fields ? line->field[i] : ",";
}

static bool is_blank(const char *s)
{
	return nmea_is_end(*s);
}

static bool is_letter(const char *s, char letter)
{
	return *s == letter && nmea_is_end(s[1]);
}

static bool is_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(s, word, n) && nmea_is_end(s[n]);
}

/*
 * ---- groups of fields ----
 *
 * A blank field says nothing.  One that breaks the format is absent, too, and
 * counted; only what a sentence is sent for, time, status and position, makes all
 * of it malformed.
 */

/* Notes what became of field @s: its value is set, or it is blank or breaks the format. */
static bool note(struct nmea_msg *m, const char *s, bool readable, u32 bit)
{
	if (readable)
		m->v.valid |= bit;
	else
		m->unreadable += !is_blank(s);
	return readable;
}

/* Latitude, N/S, longitude, E/W from field @i on. */
static bool take_position(const struct nmea_line *line, unsigned int i,
			  struct nmea_msg *m)
{
	const char *lat = field(line, i), *lon = field(line, i + 2);

	if (is_blank(lat) && is_blank(lon))
		return true;
	m->v.valid |= GNSS_GPIO_VALID_POSITION;
	return nmea_get_angle(lat, field(line, i + 1), "NS", 90, &m->v.lat_nd) &&
	       nmea_get_angle(lon, field(line, i + 3), "EW", 180, &m->v.lon_nd);
}

/* A unit may be blank, but must not be another one. */
static bool is_unit(const char *s, char unit)
{
	return is_blank(s) || is_letter(s, unit);
}

static void take_metres(const char *s, bool unit, struct nmea_msg *m, u32 bit,
			s32 *mm)
{
	note(m, s, unit && nmea_get_milli(s, mm), bit);
}

/*
 * A speed in 1e-5 of a unit of @num / @den mm/s.  1 knot is 1852 m / 3600 s,
 * 1 km/h is 1000 m / 3600 s.
 */
static void take_speed(const char *s, bool unit, u32 num, u32 den,
		       struct nmea_msg *m)
{
	u32 v;

	if (note(m, s, unit && nmea_get_positive(s, 5, &v), GNSS_GPIO_VALID_SPEED))
		m->v.speed_mm_s = v / den * num + (v % den * num + den / 2) / den;
}

static void take_knots(const char *s, bool unit, struct nmea_msg *m)
{
	take_speed(s, unit, 463, 90000, m);
}

static bool take_degrees(const char *s, bool unit, struct nmea_msg *m, u32 *val)
{
	return note(m, s, unit && nmea_get_positive(s, 5, val) && *val <= 36000000, 0);
}

static void take_course(const char *s, bool unit, struct nmea_msg *m)
{
	if (take_degrees(s, unit, m, &m->v.course_1e5))
		m->v.valid |= GNSS_GPIO_VALID_COURSE;
}

/* 0, 50.0, 99.99 and the like stand for "unknown". */
static void take_dop(const char *s, struct nmea_msg *m, u32 bit, u16 *dop)
{
	u32 v;

	if (note(m, s, nmea_get_positive(s, 2, &v), 0) && v && v < DOP_UNKNOWN_C) {
		*dop = v;
		m->v.valid |= bit;
	}
}

/* A whole number; -1 if it is blank, greater than @max or something else. */
static s32 take_uint(const char *s, u32 max, struct nmea_msg *m)
{
	u32 v;

	if (nmea_get_uint(s, max, &v))
		return v;
	m->unreadable += !is_blank(s);
	return -1;
}

static void take_sats(const char *s, struct nmea_msg *m, u32 bit, u8 *sats)
{
	s32 v = take_uint(s, 255, m);

	if (v < 0)
		return;
	*sats = v;
	m->v.valid |= bit;
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

	if (!is_blank(s))
		take_day(nmea_get_pair(s, &day) && nmea_get_pair(s + 2, &month) &&
			 nmea_get_pair(s + 4, &year) && nmea_is_end(s[6]) &&
			 nmea_get_day(year + (year < 69 ? 2000 : 1900), month,
				      day, &m->v.utc_ms), m);
}

static void set_quality(struct nmea_msg *m, u8 quality)
{
	m->v.quality = quality;
	m->v.valid |= GNSS_GPIO_VALID_QUALITY;
}

/* A capital letter; 0 if it is blank or something else. */
static char take_mode(const char *s, struct nmea_msg *m)
{
	return note(m, s, *s >= 'A' && *s <= 'Z' && nmea_is_end(s[1]), 0) ? *s : 0;
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
	return is_blank(status) ||
	       (strchr("ADV", *status) && nmea_is_end(status[1]));
}

/* Its number, where it is, and how well it is received. */
static void take_satellite(const char *const *fields, struct nmea_msg *m)
{
	struct gnss_gpio_satellite *sat = &m->view.satellite[m->view.n];
	bool below = *fields[1] == '-';
	s32 number, azimuth, snr;
	u32 elevation;

	number = take_uint(fields[0], 999, m);
	if (number <= 0)
		return;
	m->view.n++;
	*sat = nmea_viewed(m->system, number);
	if (note(m, fields[1], nmea_get_uint(fields[1] + below, 90, &elevation), 0)) {
		sat->elevation = below ? -(s32)elevation : (s32)elevation;
		sat->flags |= GNSS_GPIO_SATELLITE_ELEVATION;
	}
	azimuth = take_uint(fields[2], 360, m);
	if (azimuth >= 0) {
		sat->azimuth = azimuth % 360;
		sat->flags |= GNSS_GPIO_SATELLITE_AZIMUTH;
	}
	snr = take_uint(fields[3], 99, m);
	if (snr >= 0) {
		sat->snr = snr;
		sat->flags |= GNSS_GPIO_SATELLITE_SNR;
	}
}

static bool take_error(const char *s, struct nmea_msg *m, u32 *mm)
{
	return note(m, s, nmea_get_positive(s, 3, mm), 0);
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
	take_metres(field(line, 9), !units || is_unit(field(line, 10), 'M'), m,
		    GNSS_GPIO_VALID_ALTITUDE, &m->v.alt_msl_mm);
	take_metres(field(line, separation),
		    !units || is_unit(field(line, 12), 'M'), m,
		    GNSS_GPIO_VALID_GEOID_SEP, &m->v.geoid_sep_mm);
	return take_position(line, 2, m);
}

static bool decode_gga(const struct nmea_line *line, struct nmea_msg *m)
{
	const char *s = field(line, 6);
	u32 quality;

	if (!is_blank(s)) {
		if (!nmea_get_uint(s, 9, &quality))
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

	m->says_no_fix = !is_blank(s);
	if (m->says_no_fix)
		set_quality(m, GNSS_GPIO_QUALITY_INVALID);
	for (; !nmea_is_end(*s); s++) {
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
	s32 number;

	if (is_letter(mode, '2') || is_letter(mode, '3'))
		m->gsa_mode = *mode - '0';
	note(m, mode, m->gsa_mode || is_letter(mode, '1') || is_letter(mode, 'E'), 0);
	if (nmea_get_uint(field(line, 18), NMEA_SYSTEMS - 1, &told) && told)
		system = told;
	for (i = 3; i < 15; i++) {
		number = take_uint(field(line, i), 999, m);
		if (number > 0)
			m->satellite[m->listed++] = nmea_identify(system, number);
	}
	take_dop(field(line, 15), m, GNSS_GPIO_VALID_PDOP, &m->v.pdop_c);
	take_dop(field(line, 16), m, GNSS_GPIO_VALID_HDOP, &m->v.hdop_c);
	take_dop(field(line, 17), m, GNSS_GPIO_VALID_VDOP, &m->v.vdop_c);
	return true;
}

/* Where four fields of a satellite are not there, the last one is a signal. */
static bool decode_gsv(const struct nmea_line *line, struct nmea_msg *m)
{
	const char *signal = field(line, line->fields - 1);
	struct nmea_view *view = &m->view;
	unsigned int i;

	view->talker = m->system;
	take_sats(field(line, 1), m, 0, &view->parts);
	take_sats(field(line, 2), m, 0, &view->part);
	take_sats(field(line, 3), m, GNSS_GPIO_VALID_SATS_IN_VIEW,
		  &m->v.sats_in_view);
	for (i = 4; i + 3 < line->fields; i += 4)
		take_satellite(&line->field[i], m);
	if (i + 1 == line->fields && nmea_hex_digit(*signal) >= 0 &&
	    nmea_is_end(signal[1]))
		view->signal = nmea_hex_digit(*signal);
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

	if (!is_blank(day) || !is_blank(month) || !is_blank(year))
		take_day(nmea_get_uint(day, 31, &d) && nmea_get_uint(month, 12, &mo) &&
			 nmea_get_uint(year, 9999, &y) &&
			 nmea_get_day(y, mo, d, &m->v.utc_ms), m);
	return true;
}

/* Of the ellipse all is told or nothing, and so of the position. */
static bool decode_gst(const struct nmea_line *line, struct nmea_msg *m)
{
	struct gnss_gpio_fix *v = &m->v;

	if (take_error(field(line, 2), m, &v->err_rms_mm))
		v->valid |= GNSS_GPIO_VALID_ERR_RMS;
	if (take_error(field(line, 3), m, &v->err_major_mm) &&
	    take_error(field(line, 4), m, &v->err_minor_mm) &&
	    take_degrees(field(line, 5), true, m, &v->err_orient_1e5))
		v->valid |= GNSS_GPIO_VALID_ERR_ELLIPSE;
	if (take_error(field(line, 6), m, &v->err_lat_mm) &&
	    take_error(field(line, 7), m, &v->err_lon_mm))
		v->valid |= GNSS_GPIO_VALID_ERR_POSITION;
	if (take_error(field(line, 8), m, &v->err_alt_mm))
		v->valid |= GNSS_GPIO_VALID_ERR_ALTITUDE;
	return true;
}

static void take_heading(const char *s, bool unit, struct nmea_msg *m)
{
	if (take_degrees(s, unit, m, &m->v.heading_1e5))
		m->v.valid |= GNSS_GPIO_VALID_HEADING;
}

static bool decode_hdt(const struct nmea_line *line, struct nmea_msg *m)
{
	take_heading(field(line, 1), is_unit(field(line, 2), 'T'), m);
	return true;
}

/* Mode V: not valid. */
static bool decode_ths(const struct nmea_line *line, struct nmea_msg *m)
{
	if (take_mode(field(line, 2), m) != 'V')
		take_heading(field(line, 1), true, m);
	return true;
}

static bool decode_dtm(const struct nmea_line *line, struct nmea_msg *m)
{
	const char *code = field(line, 1);
	size_t n = strcspn(code, ",*");

	note(m, code, n && n <= sizeof(m->v.datum), 0);
	if (n <= sizeof(m->v.datum))
		memcpy(m->v.datum, code, n);
	return true;
}

/* "ANTSTATUS=OPEN" of u-blox, "ANTENNA OPEN" of MTK, Quectel, CASIC and others. */
static bool decode_txt(const struct nmea_line *line, struct nmea_msg *m)
{
	static const char *const status[] = {
		[GNSS_GPIO_ANTENNA_OK] = "OK",
		[GNSS_GPIO_ANTENNA_OPEN] = "OPEN",
		[GNSS_GPIO_ANTENNA_SHORT] = "SHORT",
	};
	const char *text = field(line, 4), *word;
	u8 i;

	if (strncmp(text, "ANTSTATUS=", 10) && strncmp(text, "ANTENNA ", 8))
		return true;
	m->says_antenna = true;
	word = text + strcspn(text, "= ") + 1;
	for (i = GNSS_GPIO_ANTENNA_OK; i < ARRAY_SIZE(status); i++)
		if (!strncmp(word, status[i], strlen(status[i])))
			m->v.antenna = i;
	return true;
}

/* What u-blox calls navigation status: from "no fix" to "time only". */
static bool take_nav_status(const char *s, struct nmea_msg *m)
{
	if (is_blank(s))
		return true;
	if (is_word(s, "NF") || is_word(s, "TT")) {
		m->says_no_fix = true;
		set_quality(m, GNSS_GPIO_QUALITY_INVALID);
		return true;
	}
	if (is_word(s, "DR") || is_word(s, "RK"))
		set_quality(m, GNSS_GPIO_QUALITY_ESTIMATED);
	else if ((*s == 'G' || *s == 'D') && (s[1] == '2' || s[1] == '3') &&
		 nmea_is_end(s[2]))
		set_quality(m, *s == 'D' ? GNSS_GPIO_QUALITY_DGPS :
					   GNSS_GPIO_QUALITY_GPS);
	else
		return false;
	if (*s != 'R' && s[1] != 'R')
		m->gsa_mode = s[1] - '0';
	m->says_fix = true;
	return true;
}

/* PUBX,00: the altitude is above the ellipsoid, the speed in km/h. */
static bool decode_pubx(const struct nmea_line *line, struct nmea_msg *m)
{
	if (!take_nav_status(field(line, 8), m))
		return false;
	take_sats(field(line, 18), m, GNSS_GPIO_VALID_SATS_USED,
		  &m->v.sats_used);
	take_dop(field(line, 15), m, GNSS_GPIO_VALID_HDOP, &m->v.hdop_c);
	take_dop(field(line, 16), m, GNSS_GPIO_VALID_VDOP, &m->v.vdop_c);
	if (m->says_no_fix)
		return true;
	take_metres(field(line, 7), true, m, GNSS_GPIO_VALID_ALT_HAE,
		    &m->v.alt_hae_mm);
	take_speed(field(line, 11), true, 1, 360, m);
	take_course(field(line, 12), true, m);
	return take_position(line, 3, m);
}

/*
 * The time is in field @time, if not 0.  The fields of a @plain one are numbers and
 * capital letters.
 */
static const struct nmea_decoder {
	char name[4];
	u8 type;
	u8 least_fields;
	u8 time;
	bool plain;
	bool (*decode)(const struct nmea_line *line, struct nmea_msg *m);
} decoders[] = {
	{ "GSV", NMEA_GSV, 4, 0, true, decode_gsv },
	{ "GSA", NMEA_GSA, 3, 0, true, decode_gsa },
	{ "RMC", NMEA_RMC, 7, 1, true, decode_rmc },
	{ "GGA", NMEA_GGA, 7, 1, true, decode_gga },
	{ "VTG", NMEA_VTG, 7, 0, true, decode_vtg },
	{ "GLL", NMEA_GLL, 7, 5, true, decode_gll },
	{ "ZDA", NMEA_ZDA, 5, 1, true, decode_zda },
	{ "GNS", NMEA_GNS, 7, 1, true, decode_gns },
	{ "GST", NMEA_GST, 9, 1, true, decode_gst },
	{ "HDT", NMEA_HDT, 2, 0, true, decode_hdt },
	{ "THS", NMEA_THS, 3, 0, true, decode_ths },
	{ "DTM", NMEA_DTM, 2, 0, false, decode_dtm },
	{ "TXT", NMEA_TXT, 5, 0, false, decode_txt },
	{ }
};

static const struct nmea_decoder decoder_of_pubx = {
	"00", NMEA_PUBX, 19, 2, false, decode_pubx
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
 * nmea_is_plain() - is a sentence of this type decoded, and made of plain fields?
 * @address: two characters of talker and three of type.  What starts with P is a
 *	     maker's own, even if it ends like a type we know ($PGRMC); but PQ is
 *	     a talker, too.
 * @n: how many characters it has
 *
 * Return: true if each of its fields is a number or capital letters.
 */
bool nmea_is_plain(const char *address, size_t n)
{
	const struct nmea_decoder *d = find_decoder(address, n);

	return d && d->plain;
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

	decoder = find_decoder(address, line->field[1] - address - 1);
	if (!decoder && is_word(address, "PUBX") && is_word(field(line, 1), "00"))
		decoder = &decoder_of_pubx;
	if (!decoder)
		return NMEA_IGNORED;
	memset(m, 0, offsetof(struct nmea_msg, view.satellite));
	m->type = decoder->type;
	m->tod = NMEA_NO_TIME;
	m->system = nmea_talker_system(address);
	m->id = m->type * NMEA_SYSTEMS + m->system;
	m->timed = decoder->time;
	if (line->fields < decoder->least_fields ||
	    (m->timed && !nmea_get_time(field(line, decoder->time), &m->tod)) ||
	    !decoder->decode(line, m))
		return NMEA_MALFORMED;
	return NMEA_USED;
}
