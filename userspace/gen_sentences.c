// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmea-gen: the sentences of a receiver.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fix_json.h"
#include "gen.h"

#define TEXT		64		/* room for one or a few fields */

bool full(const struct out *out)
{
	return out->o->count && out->sentences >= out->o->count;
}

/* Return: whether it was written. */
static bool __attribute__((format(printf, 3, 4)))
say(struct out *out, const char *talker, const char *format, ...)
{
	unsigned char sum = 0;
	char text[128];
	va_list args;
	int n, i;

	if (full(out))
		return false;
	n = snprintf(text, sizeof(text), "%s", talker);
	va_start(args, format);
	n += vsnprintf(text + n, sizeof(text) - n, format, args);
	va_end(args);
	for (i = 0; i < n; i++)
		sum ^= (unsigned char)text[i];
	fprintf(out->f, "$%s*%02X\r\n", text, sum);
	out->sentences++;
	return true;
}

static const char *talker(const struct model *m)
{
	return m->o->multi ? "GN" : "GP";
}

static struct tm date_of(const struct model *m)
{
	time_t t = m->utc_ms / 1000;
	struct tm tm;

	gmtime_r(&t, &tm);
	return tm;
}

static const char *time_text(const struct model *m, char *text)
{
	struct tm tm = date_of(m);

	text[0] = '\0';
	if (m->has_time)
		snprintf(text, TEXT, "%02d%02d%02d.%02d", tm.tm_hour,
			 tm.tm_min, tm.tm_sec, (int)(m->utc_ms % 1000 / 10));
	return text;
}

/* "5230.98000,N,01322.66000,E", or only the commas without a fix. */
static const char *position_text(const struct model *m, char *text)
{
	long long lat = llabs(m->lat), lon = llabs(m->lon);

	if (!m->fix)
		return ",,,";
	snprintf(text, TEXT, "%02lld%02lld.%05lld,%c,%03lld%02lld.%05lld,%c",
		 lat / DEGREE, lat % DEGREE / 100000, lat % 100000,
		 m->lat < 0 ? 'S' : 'N', lon / DEGREE,
		 lon % DEGREE / 100000, lon % 100000, m->lon < 0 ? 'W' : 'E');
	return text;
}

/* Below 0.5 knot the course is blank: there is none. */
static bool has_course(const struct model *m)
{
	return m->speed_mk >= 500;
}

static const char *course_text(const struct model *m, char *text)
{
	text[0] = '\0';
	if (has_course(m))
		snprintf(text, TEXT, "%u.%02u", m->course_c / 100,
			 m->course_c % 100);
	return text;
}

static void told_time(const struct model *m, struct out *out, bool date)
{
	out->said.tod_ms = m->utc_ms % MS_PER_DAY;
	out->said.utc_ms = m->utc_ms;
	if (m->has_time)
		out->said.valid |= GNSS_GPIO_VALID_TIME;
	out->date_told |= date && m->has_time;
}

static void told_position(const struct model *m, struct out *out)
{
	if (!m->fix)
		return;
	out->said.lat_nd = divide(m->lat * 500, 3);
	out->said.lon_nd = divide(m->lon * 500, 3);
	out->said.valid |= GNSS_GPIO_VALID_POSITION;
}

static void told_speed(const struct model *m, struct out *out)
{
	if (!m->fix)
		return;
	out->said.speed_mm_s = divide(m->speed_mk * 463LL, 900);
	out->said.valid |= GNSS_GPIO_VALID_SPEED;
	if (!has_course(m))
		return;
	out->said.course_1e5 = m->course_c * 1000;
	out->said.valid |= GNSS_GPIO_VALID_COURSE;
}

static void say_rmc(const struct model *m, struct out *out)
{
	char hms[TEXT], position[TEXT], course[TEXT];
	char speed[TEXT] = "", date[TEXT] = "";
	struct tm tm = date_of(m);

	if (m->fix)
		snprintf(speed, sizeof(speed), "%u.%03u", m->speed_mk / 1000,
			 m->speed_mk % 1000);
	if (m->has_time)
		snprintf(date, sizeof(date), "%02d%02d%02d", tm.tm_mday,
			 tm.tm_mon + 1, tm.tm_year % 100);
	if (!say(out, talker(m), "RMC,%s,%c,%s,%s,%s,%s,,,%c",
		 time_text(m, hms), m->fix ? 'A' : 'V',
		 position_text(m, position), speed,
		 m->fix ? course_text(m, course) : "", date,
		 m->fix ? 'A' : 'N'))
		return;
	told_time(m, out, true);
	told_position(m, out);
	told_speed(m, out);
}

static void say_vtg(const struct model *m, struct out *out)
{
	unsigned int kmh = (m->speed_mk * 463LL + 125) / 250;	/* 1/1000 */
	char course[TEXT];
	bool said;

	if (m->fix)
		said = say(out, talker(m), "VTG,%s,T,,M,%u.%03u,N,%u.%03u,K,A",
			   course_text(m, course),
			   m->speed_mk / 1000, m->speed_mk % 1000, kmh / 1000,
			   kmh % 1000);
	else
		said = say(out, talker(m), "VTG,,,,,,,,,N");
	if (said)
		told_speed(m, out);
}

/* "-12.3" */
static const char *decimetres(int dm, char *text)
{
	snprintf(text, TEXT, "%s%d.%d", dm < 0 ? "-" : "", abs(dm) / 10,
		 abs(dm) % 10);
	return text;
}

static void say_gga(const struct model *m, struct out *out)
{
	char hms[TEXT], position[TEXT], alt[TEXT], geoid[TEXT];
	unsigned int used = sats_used(m);
	bool said;

	time_text(m, hms);
	if (m->fix)
		said = say(out, talker(m),
			   "GGA,%s,%s,1,%02u,%u.%02u,%s,M,%s,M,,", hms,
			   position_text(m, position),
			   used < 12 ? used : 12, m->hdop_c / 100,
			   m->hdop_c % 100,
			   decimetres(m->alt_dm, alt),
			   decimetres(m->o->route->geoid_dm, geoid));
	else
		said = say(out, talker(m), "GGA,%s,,,,,0,00,99.99,,,,,,", hms);
	if (!said)
		return;
	told_time(m, out, false);
	told_position(m, out);
	if (!m->fix)
		return;
	out->said.alt_msl_mm = m->alt_dm * 100;
	out->said.geoid_sep_mm = m->o->route->geoid_dm * 100;
	out->said.valid |= GNSS_GPIO_VALID_ALTITUDE |
			   GNSS_GPIO_VALID_GEOID_SEP;
}

static void say_gsa_system(const struct model *m, struct out *out,
			   const struct sky *sky)
{
	unsigned int i, slots = 0;
	char sats[64] = "";
	int n = 0;

	for (i = 0; i < sky->n; i++)
		if (sky->sat[i].used && slots++ < 12)
			n += snprintf(sats + n, sizeof(sats) - n, "%02u,",
				      sky->sat[i].id);
	for (; slots < 12; slots++)
		n += snprintf(sats + n, sizeof(sats) - n, ",");
	if (say(out, talker(m), "GSA,A,3,%s%u.%02u,%u.%02u,%u.%02u", sats,
		m->pdop_c / 100, m->pdop_c % 100, m->hdop_c / 100,
		m->hdop_c % 100, m->vdop_c / 100, m->vdop_c % 100))
		out->gsa++;
}

static void say_gsa(const struct model *m, struct out *out)
{
	unsigned int i;

	for (i = 0; i < (m->o->multi ? 2 : 1); i++) {
		if (m->fix)
			say_gsa_system(m, out, &m->sky[i]);
		else
			say(out, talker(m),
			    "GSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99");
	}
}

static int satellite_text(const struct satellite *s, char *text, size_t size)
{
	if (!s->snr)
		return snprintf(text, size, ",%02u,%02d,%03d,", s->id,
				s->elevation_c / 100, s->azimuth_c / 100);
	return snprintf(text, size, ",%02u,%02d,%03d,%02d", s->id,
			s->elevation_c / 100, s->azimuth_c / 100, s->snr);
}

static void say_gsv_system(struct out *out, const char *system,
			   const struct sky *sky)
{
	unsigned int parts = (sky->n + 3) / 4, part, i;
	char sats[80];
	int n;

	for (part = 1; part <= parts; part++) {
		n = 0;
		for (i = part * 4 - 4; i < sky->n && i < part * 4; i++)
			n += satellite_text(&sky->sat[i], sats + n,
					    sizeof(sats) - n);
		say(out, system, "GSV,%u,%u,%02u%s", parts, part, sky->n,
		    sats);
	}
}

static void say_gsv(const struct model *m, struct out *out)
{
	static const char *const systems[SYSTEMS] = { "GP", "GL" };
	unsigned int i;

	for (i = 0; i < (m->o->multi ? 2 : 1); i++) {
		if (m->fix)
			say_gsv_system(out, systems[i], &m->sky[i]);
		else
			say(out, systems[i], "GSV,1,1,00");
	}
}

static void say_gll(const struct model *m, struct out *out)
{
	char hms[TEXT], position[TEXT];

	if (!say(out, talker(m), "GLL,%s,%s,%c,%c",
		 position_text(m, position),
		 time_text(m, hms), m->fix ? 'A' : 'V',
		 m->fix ? 'A' : 'N'))
		return;
	told_time(m, out, false);
	told_position(m, out);
}

static void say_zda(const struct model *m, struct out *out)
{
	struct tm tm = date_of(m);
	char hms[TEXT];
	bool said;

	if (m->has_time)
		said = say(out, talker(m), "ZDA,%s,%02d,%02d,%04d,00,00",
			   time_text(m, hms), tm.tm_mday,
			   tm.tm_mon + 1, tm.tm_year + 1900);
	else
		said = say(out, talker(m), "ZDA,,,,,00,00");
	if (said)
		told_time(m, out, true);
}

/* Only what the sentences that were written tell: that can be read back. */
static void write_truth(struct out *out)
{
	struct gnss_gpio_fix *fix = &out->said;

	if (!out->truth || !(fix->valid & GNSS_GPIO_VALID_POSITION))
		return;
	fix->mode = out->gsa || fix->valid & GNSS_GPIO_VALID_ALTITUDE ?
		    GNSS_GPIO_MODE_3D : GNSS_GPIO_MODE_2D;
	if (out->date_told)
		fix->valid |= GNSS_GPIO_VALID_DATE;
	fix_json_tpv(out->truth, fix, NULL);
}

void say_epoch(const struct model *m, struct out *out)
{
	static void (*const says[SENTENCES])(const struct model *m,
					     struct out *out) = {
		say_rmc, say_vtg, say_gga, say_gsa, say_gsv, say_gll, say_zda
	};
	unsigned int i;

	memset(&out->said, 0, sizeof(out->said));
	out->gsa = 0;
	for (i = 0; i < SENTENCES; i++)
		if (m->o->sentence[i])
			says[i](m, out);
	write_truth(out);
}
