// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmea-gen: makes the NMEA of a GNSS receiver on a trip.
 *
 * All arithmetic is on integers, so that a seed gives the same bytes on every
 * machine.  Positions are kept in 1e-5 minute, which is what the sentences
 * carry, so that what was meant is what can be read back.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "../driver/uapi/gnss-gpio.h"
#include "cli.h"
#include "fix_json.h"

const char cli_name[] = "nmea-gen";

#define MS_PER_DAY	86400000LL
#define DEGREE		6000000LL	/* in 1e-5 minute */
#define FINE		1000000LL	/* finer unit of the trip, in 1e-5 minute */
#define MAX_NOFIX	64
#define TEXT		64		/* room for one or a few fields */

enum sentence { RMC, VTG, GGA, GSA, GSV, GLL, ZDA, SENTENCES };

/* In the order of a u-blox receiver. */
static const char *const sentence_names[SENTENCES] = {
	"rmc", "vtg", "gga", "gsa", "gsv", "gll", "zda"
};

struct route {
	const char *name;
	long long lat, lon;		/* 1e-5 minute */
	unsigned int course_c;		/* 1/100 degree */
	unsigned int speed_mk;		/* 1/1000 knot */
	bool drive;			/* turns and stops */
	int alt_dm, geoid_dm;		/* 1/10 m */
};

static const struct route routes[] = {
	{ "city", 52 * DEGREE + 3098000, 13 * DEGREE + 2266000, 7000, 12000,
	  true, 341, 397 },
	{ "equator", -4000, 32 * DEGREE + 1500000, 1500, 40000, false, 11350,
	  -142 },
	{ "meridian", 51 * DEGREE + 2867300, -4000, 9000, 25000, false, 458,
	  456 },
	{ "dateline", -(16 * DEGREE + 4700000), 180 * DEGREE - 4000, 8700,
	  40000, false, 23, 545 },
	{ "pole", 90 * DEGREE - 4000, 30 * DEGREE, 0, 40000, false, -14, 149 },
};

struct period {
	long long from, to;
};

struct options {
	bool sentence[SENTENCES];
	bool multi;			/* talker GN: GPS and GLONASS */
	bool realtime;
	unsigned int rate;		/* Hz */
	long long epochs;
	long long count;		/* sentences, 0: no limit */
	long long start_ms;		/* since 1970-01-01 */
	long long cold;			/* first epochs without even a time */
	uint64_t seed;
	const struct route *route;
	struct period nofix[MAX_NOFIX];
	unsigned int nofixes;
	const char *output;
	const char *truth;
};

struct satellite {
	unsigned int id;
	int elevation_c, azimuth_c;	/* 1/100 degree */
	int snr;			/* dBHz, 0: not tracked */
	bool used;
};

#define MAX_SATS	12

struct sky {
	unsigned int n;
	struct satellite sat[MAX_SATS];
};

enum { GPS, GLONASS, SYSTEMS };

/* The receiver on its trip. */
struct model {
	const struct options *o;
	uint64_t random;
	long long epoch;		/* from 1 */
	long long utc_ms;
	long long lat_fine, lon_fine;	/* 1e-5 minute / FINE */
	long long lat, lon;		/* 1e-5 minute */
	unsigned int course_c, speed_mk;
	unsigned int target_mk;
	int turn_c;			/* left to turn, 1/100 degree */
	int alt_dm;
	unsigned int hdop_c, vdop_c, pdop_c;
	struct sky sky[SYSTEMS];
	bool fix, has_time;
};

/* What is written, and what it says. */
struct out {
	FILE *f, *truth;
	const struct options *o;
	long long sentences;
	bool date_told;
	struct gnss_gpio_fix said;
	unsigned int gsa;		/* how many of this epoch were written */
};

static const char help[] =
"Usage: nmea-gen [OPTION]...\n"
"Makes the NMEA of a GNSS receiver on a trip.\n"
"\n"
"  --sentences LIST  of rmc,vtg,gga,gsa,gsv,gll,zda; default all\n"
"  --talker GP|GN    GPS alone, or GPS and GLONASS; default GP\n"
"  --rate HZ         1, 2, 4, 5, 10 or 20 epochs a second; default 1\n"
"  --epochs N        how many epochs; default 10\n"
"  --duration S      the same, as seconds of the trip\n"
"  --count N         stop after N sentences\n"
"  --start TIME      UTC, default 2026-01-01T00:00:00Z\n"
"  --midnight        start 5 epochs before the next midnight\n"
"  --route NAME      city, equator, meridian, dateline or pole; default city\n"
"  --nofix FROM:TO[,FROM:TO]...  epochs without a fix, the first one is 1\n"
"  --cold N          the first N epochs without a fix and without a time\n"
"  --seed N          another trip; default 1\n"
"  --realtime        write each epoch when it is due\n"
"  --output FILE     default standard output\n"
"  --truth FILE      what was meant, as JSON lines (class TPV)\n"
"  --help            show this\n";

/* ---- numbers ---- */

/* xorshift64*: the same everywhere, good enough for a sky that looks alive */
static unsigned int dice(struct model *m, unsigned int sides)
{
	m->random ^= m->random >> 12;
	m->random ^= m->random << 25;
	m->random ^= m->random >> 27;
	return (uint32_t)(m->random * 0x2545f4914f6cdd1dULL >> 32) % sides;
}

/* 65536 * sine of whole degrees, first quarter */
static const int sine[91] = {
	0, 1144, 2287, 3430, 4572, 5712, 6850, 7987,
	9121, 10252, 11380, 12505, 13626, 14742, 15855, 16962,
	18064, 19161, 20252, 21336, 22415, 23486, 24550, 25607,
	26656, 27697, 28729, 29753, 30767, 31772, 32768, 33754,
	34729, 35693, 36647, 37590, 38521, 39441, 40348, 41243,
	42126, 42995, 43852, 44695, 45525, 46341, 47143, 47930,
	48703, 49461, 50203, 50931, 51643, 52339, 53020, 53684,
	54332, 54963, 55578, 56175, 56756, 57319, 57865, 58393,
	58903, 59396, 59870, 60326, 60764, 61183, 61584, 61966,
	62328, 62672, 62997, 63303, 63589, 63856, 64104, 64332,
	64540, 64729, 64898, 65048, 65177, 65287, 65376, 65446,
	65496, 65526, 65536
};

/* 65536 * sine of an angle in 1/100 degree */
static int sin_q16(long long angle_c)
{
	int a = (angle_c % 36000 + 36000) % 36000;
	int sign = a < 18000 ? 1 : -1;
	int d;

	a %= 18000;
	if (a > 9000)
		a = 18000 - a;
	d = a / 100;
	if (a % 100 == 0)
		return sign * sine[d];
	return sign * (sine[d] + (sine[d + 1] - sine[d]) * (a % 100) / 100);
}

static int cos_q16(long long angle_c)
{
	return sin_q16(angle_c + 9000);
}

/* Rounded half away from zero. */
static long long divide(long long a, long long b)
{
	return a < 0 ? -((-a + b / 2) / b) : (a + b / 2) / b;
}

/* ---- the trip ---- */

/* A slow walk between limits. */
static int walk(struct model *m, int value, int step, int min, int max)
{
	value += (int)dice(m, 2 * step + 1) - step;
	if (value < min)
		return min;
	return value > max ? max : value;
}

/* Over the pole and on, on the other side. */
static void cross_pole(struct model *m)
{
	long long pole = 90 * DEGREE * FINE;

	if (m->lat_fine <= pole)
		return;
	m->lat_fine = 2 * pole - m->lat_fine;
	m->lon_fine += 180 * DEGREE * FINE;
	m->course_c = (m->course_c + 18000) % 36000;
}

static void wrap_longitude(struct model *m)
{
	long long half = 180 * DEGREE * FINE;

	while (m->lon_fine >= half)
		m->lon_fine -= 2 * half;
	while (m->lon_fine < -half)
		m->lon_fine += 2 * half;
}

/* One knot is one minute of a great circle in an hour. */
static void move(struct model *m)
{
	/* 1e5 * 1e-5 minute, 3600 s, 1000 * 1/1000 knot: 1e5 / 3600 / 1000 */
	long long way = m->speed_mk * FINE / 36 / m->o->rate;
	int shrink = cos_q16(m->lat_fine / FINE * 100 / DEGREE);

	m->lat_fine += way * cos_q16(m->course_c) / 65536;
	if (shrink < 8)
		shrink = 8;
	m->lon_fine += way * sin_q16(m->course_c) / shrink;
	cross_pole(m);
	wrap_longitude(m);
	m->lat = divide(m->lat_fine, FINE);
	m->lon = divide(m->lon_fine, FINE);
}

static int towards(int value, int target, int step)
{
	if (abs(target - value) <= step)
		return target;
	return value + (target > value ? step : -step);
}

/* A town: streets at right angles, traffic lights, 50 km/h. */
static void drive(struct model *m)
{
	unsigned int rate = m->o->rate;
	int turn_c = m->turn_c;

	if (dice(m, 8 * rate) == 0)
		m->target_mk = dice(m, 4) ? 8000 + dice(m, 19000) : 0;
	if (dice(m, 15 * rate) == 0 && !turn_c && m->speed_mk)
		turn_c = dice(m, 2) ? 9000 : -9000;
	m->speed_mk = towards(m->speed_mk, m->target_mk,
			      2500 / rate + dice(m, 300));
	if (m->speed_mk > 1000)
		m->speed_mk = walk(m, m->speed_mk, 40, 1000, 30000);
	m->turn_c = towards(turn_c, 0, 3000 / rate);
	m->course_c = (m->course_c + 36000 + turn_c - m->turn_c) % 36000;
}

static void change_sky(struct model *m, struct sky *sky)
{
	struct satellite *s;

	for (s = sky->sat; s < sky->sat + sky->n; s++) {
		if (m->epoch % m->o->rate == 0) {
			s->azimuth_c = (s->azimuth_c + 1) % 36000;
			s->elevation_c = walk(m, s->elevation_c, 1, 100, 9000);
		}
		if (s->snr)
			s->snr = walk(m, s->snr, 1, 12, 50);
		s->used = s->snr >= 20 && s->elevation_c >= 500;
	}
}

static void make_sky(struct model *m, struct sky *sky, unsigned int first,
		     unsigned int ids, unsigned int n)
{
	unsigned int i;

	sky->n = n;
	for (i = 0; i < n; i++) {
		struct satellite *s = &sky->sat[i];

		/* one of each n-th part of the ids: ascending, all different */
		s->id = first + (ids * i + dice(m, ids)) / n;
		s->elevation_c = 300 + dice(m, 8500);
		s->azimuth_c = dice(m, 36000);
		s->snr = dice(m, 6) ? 18 + s->elevation_c / 300 : 0;
	}
	/* a receiver with a fix uses some in any case */
	for (i = 0; i < 5; i++) {
		sky->sat[i].snr = 30 + dice(m, 12);
		sky->sat[i].elevation_c = 2000 + dice(m, 6000);
	}
}

static void model_init(struct model *m, const struct options *o)
{
	memset(m, 0, sizeof(*m));
	m->o = o;
	m->random = (o->seed + 1) * 0x9e3779b97f4a7c15ULL | 1;
	m->lat_fine = o->route->lat * FINE;
	m->lon_fine = o->route->lon * FINE;
	m->course_c = o->route->course_c;
	m->speed_mk = o->route->speed_mk;
	m->target_mk = m->speed_mk;
	m->alt_dm = o->route->alt_dm;
	m->hdop_c = 90 + dice(m, 60);
	m->vdop_c = m->hdop_c + 20 + dice(m, 80);
	make_sky(m, &m->sky[GPS], 1, 32, 11);
	if (o->multi)
		make_sky(m, &m->sky[GLONASS], 65, 24, 8);
}

static bool has_fix(const struct model *m)
{
	unsigned int i;

	for (i = 0; i < m->o->nofixes; i++)
		if (m->epoch >= m->o->nofix[i].from &&
		    m->epoch <= m->o->nofix[i].to)
			return false;
	return m->epoch > m->o->cold;
}

static void model_step(struct model *m)
{
	m->utc_ms = m->o->start_ms + m->epoch * 1000 / m->o->rate;
	m->epoch++;
	if (m->o->route->drive)
		drive(m);
	move(m);
	if (m->epoch % m->o->rate == 0)
		m->alt_dm = walk(m, m->alt_dm, 2, -5000, 50000);
	change_sky(m, &m->sky[GPS]);
	change_sky(m, &m->sky[GLONASS]);
	m->hdop_c = walk(m, m->hdop_c, 1, 60, 300);
	m->vdop_c = walk(m, m->vdop_c, 1, 80, 400);
	m->pdop_c = m->vdop_c + m->hdop_c * 2 / 5;
	m->fix = has_fix(m);
	m->has_time = m->epoch > m->o->cold;
}

static unsigned int sats_used(const struct model *m)
{
	unsigned int n = 0, i, j;

	for (i = 0; i < SYSTEMS; i++)
		for (j = 0; j < m->sky[i].n; j++)
			n += m->sky[i].sat[j].used;
	return n;
}

/* ---- sentences ---- */

static bool full(const struct out *out)
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

/* ---- output ---- */

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

static void say_epoch(const struct model *m, struct out *out)
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

static void wait_until(const struct timespec *start, long long ms)
{
	struct timespec t = {
		.tv_sec = start->tv_sec + ms / 1000,
		.tv_nsec = start->tv_nsec + ms % 1000 * 1000000,
	};

	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	       EINTR)
		;
}

static FILE *open_output(const char *name)
{
	FILE *f = fopen(name, "w");

	if (!f)
		cli_die("cannot write to %s: %s", name, strerror(errno));
	return f;
}

static void generate(const struct options *o)
{
	struct out out = { .f = stdout, .o = o };
	const char *name = o->output ? o->output : "standard output";
	struct timespec start;
	struct model m;

	if (o->output)
		out.f = open_output(o->output);
	if (o->truth)
		out.truth = open_output(o->truth);
	model_init(&m, o);
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (m.epoch < o->epochs && !full(&out)) {
		if (o->realtime)
			wait_until(&start, m.epoch * 1000 / o->rate);
		model_step(&m);
		say_epoch(&m, &out);
		if (o->realtime)
			cli_flush(out.f, name);
	}
	cli_flush(out.f, name);
	if (o->truth)
		cli_flush(out.truth, o->truth);
}

/* ---- options ---- */

static void choose_sentences(struct options *o, char *list)
{
	char *word;
	int i;

	memset(o->sentence, 0, sizeof(o->sentence));
	while ((word = strsep(&list, ","))) {
		for (i = 0; i < SENTENCES; i++)
			if (strcasecmp(word, sentence_names[i]) == 0)
				break;
		if (i == SENTENCES)
			cli_usage("there is no sentence '%s'; --sentences is a list of rmc,vtg,gga,gsa,gsv,gll,zda",
				  word);
		o->sentence[i] = true;
	}
}

static void choose_talker(struct options *o, const char *text)
{
	o->multi = strcasecmp(text, "GN") == 0;
	if (!o->multi && strcasecmp(text, "GP") != 0)
		cli_usage("--talker must be GP or GN, not '%s'", text);
}

static void choose_rate(struct options *o, const char *text)
{
	o->rate = cli_number("--rate", text, 1, 20);
	if (1000 % o->rate || o->rate == 8)
		cli_usage("--rate must be 1, 2, 4, 5, 10 or 20, not %u",
			  o->rate);
}

static void choose_start(struct options *o, const char *text)
{
	struct tm tm = { .tm_isdst = 0 }, check;
	char tail = '\0', z = '\0';
	time_t t;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%c%c", &tm.tm_year,
		   &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		   &tm.tm_sec, &z, &tail) != 7 || z != 'Z')
		cli_usage("--start must look like 2026-01-01T00:00:00Z, not '%s'",
			  text);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	check = tm;
	t = timegm(&check);
	if (check.tm_mon != tm.tm_mon || check.tm_mday != tm.tm_mday ||
	    check.tm_hour != tm.tm_hour || check.tm_min != tm.tm_min ||
	    check.tm_sec != tm.tm_sec || check.tm_year < 80 ||
	    check.tm_year >= 168)
		cli_usage("--start must be a time from 1980 to 2067, not '%s'",
			  text);
	o->start_ms = t * 1000LL;
}

static void choose_route(struct options *o, const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strcmp(routes[i].name, text) == 0)
			o->route = &routes[i];
	if (strcmp(o->route->name, text) != 0)
		cli_usage("there is no route '%s'; --route is city, equator, meridian, dateline or pole",
			  text);
}

static void choose_nofix(struct options *o, char *list)
{
	struct period *p;
	char *word, tail;

	while ((word = strsep(&list, ","))) {
		if (o->nofixes == MAX_NOFIX)
			cli_usage("--nofix takes up to %d periods", MAX_NOFIX);
		p = &o->nofix[o->nofixes++];
		if (sscanf(word, "%lld:%lld%c", &p->from, &p->to, &tail) != 2 ||
		    p->from < 1 || p->to < p->from)
			cli_usage("--nofix needs periods of epochs FROM:TO with 1 <= FROM <= TO, not '%s'",
				  word);
	}
}

enum {
	OPT_SENTENCES, OPT_TALKER, OPT_RATE, OPT_EPOCHS, OPT_DURATION,
	OPT_COUNT, OPT_START, OPT_MIDNIGHT, OPT_ROUTE, OPT_NOFIX, OPT_COLD,
	OPT_SEED, OPT_REALTIME, OPT_OUTPUT, OPT_TRUTH, OPT_HELP
};

static const struct option option_table[] = {
	{ "sentences", required_argument, NULL, OPT_SENTENCES },
	{ "talker", required_argument, NULL, OPT_TALKER },
	{ "rate", required_argument, NULL, OPT_RATE },
	{ "epochs", required_argument, NULL, OPT_EPOCHS },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "start", required_argument, NULL, OPT_START },
	{ "midnight", no_argument, NULL, OPT_MIDNIGHT },
	{ "route", required_argument, NULL, OPT_ROUTE },
	{ "nofix", required_argument, NULL, OPT_NOFIX },
	{ "cold", required_argument, NULL, OPT_COLD },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "realtime", no_argument, NULL, OPT_REALTIME },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "truth", required_argument, NULL, OPT_TRUTH },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 }
};

#define MANY	1000000000LL

/* What goes together is worked out once all options are known. */
static void finish_options(struct options *o, long long epochs,
			   long long duration, bool midnight)
{
	bool gave_length = epochs || duration;

	if (epochs && duration)
		cli_usage("--epochs and --duration exclude each other");
	if (duration)
		epochs = duration * o->rate;
	if (gave_length)
		o->epochs = epochs;
	else
		o->epochs = o->count ? MANY : 10;
	if (midnight)
		o->start_ms += MS_PER_DAY - o->start_ms % MS_PER_DAY -
			       5000 / o->rate;
}

static void parse_options(int argc, char **argv, struct options *o)
{
	long long epochs = 0, duration = 0;
	bool midnight = false;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", option_table, NULL)) != -1) {
		switch (c) {
		case OPT_SENTENCES:
			choose_sentences(o, optarg);
			break;
		case OPT_TALKER:
			choose_talker(o, optarg);
			break;
		case OPT_RATE:
			choose_rate(o, optarg);
			break;
		case OPT_EPOCHS:
			epochs = cli_number("--epochs", optarg, 1, MANY);
			break;
		case OPT_DURATION:
			duration = cli_number("--duration", optarg, 1,
					      MANY / 20);
			break;
		case OPT_COUNT:
			o->count = cli_number("--count", optarg, 1, MANY);
			break;
		case OPT_START:
			choose_start(o, optarg);
			break;
		case OPT_MIDNIGHT:
			midnight = true;
			break;
		case OPT_ROUTE:
			choose_route(o, optarg);
			break;
		case OPT_NOFIX:
			choose_nofix(o, optarg);
			break;
		case OPT_COLD:
			o->cold = cli_number("--cold", optarg, 0, MANY);
			break;
		case OPT_SEED:
			o->seed = cli_number("--seed", optarg, 0, INT64_MAX);
			break;
		case OPT_REALTIME:
			o->realtime = true;
			break;
		case OPT_OUTPUT:
			o->output = optarg;
			break;
		case OPT_TRUTH:
			o->truth = optarg;
			break;
		case OPT_HELP:
			fputs(help, stdout);
			cli_flush(stdout, "standard output");
			exit(0);
		default:
			cli_bad_option(c, argv);
		}
	}
	if (optind < argc)
		cli_usage("'%s' is one argument too many", argv[optind]);
	finish_options(o, epochs, duration, midnight);
}

int main(int argc, char **argv)
{
	struct options options = {
		.sentence = { true, true, true, true, true, true, true },
		.rate = 1,
		.start_ms = 1767225600000LL,	/* 2026-01-01T00:00:00Z */
		.seed = 1,
		.route = &routes[0],
	};

	cli_start();
	parse_options(argc, argv, &options);
	generate(&options);
	return 0;
}
