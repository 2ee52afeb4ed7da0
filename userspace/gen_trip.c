// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmea-gen: a receiver on its trip.
 */
#include <stdlib.h>
#include <string.h>

#include "gen.h"

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

long long divide(long long a, long long b)
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

/* So a satellite has to be received to be used. */
#define LEAST_SNR		20
#define LEAST_ELEVATION_C	500

/* What a fix in three dimensions needs; gpsd believes no fix of less than three. */
#define LEAST_USED		4

static void change_sky(struct model *m, struct sky *sky)
{
	struct satellite *s;

	for (s = sky->sat; s < sky->sat + sky->n; s++) {
		bool needed = s < sky->sat + LEAST_USED;

		if (m->epoch % m->o->rate == 0) {
			s->azimuth_c = (s->azimuth_c + 1) % 36000;
			s->elevation_c = walk(m, s->elevation_c, 1,
					      needed ? LEAST_ELEVATION_C : 100, 9000);
		}
		if (s->snr)
			s->snr = walk(m, s->snr, 1, needed ? LEAST_SNR : 12, 50);
		s->used = s->snr >= LEAST_SNR && s->elevation_c >= LEAST_ELEVATION_C;
	}
}

static void make_sky(struct model *m, struct sky *sky, unsigned int first,
		     unsigned int ids, unsigned int n)
{
	unsigned int i;

	sky->n = n;
	for (i = 0; i < n; i++) {
		unsigned int least = ids * i / n, next = ids * (i + 1) / n;
		struct satellite *s = &sky->sat[i];

		/* one of each n-th part of the ids: ascending, all different */
		s->id = first + least + dice(m, next - least);
		s->elevation_c = 300 + dice(m, 8500);
		s->azimuth_c = dice(m, 36000);
		s->snr = dice(m, 6) ? 18 + s->elevation_c / 300 : 0;
	}
	/* some more than a fix needs */
	for (i = 0; i < LEAST_USED + 1; i++) {
		sky->sat[i].snr = 30 + dice(m, 12);
		sky->sat[i].elevation_c = 2000 + dice(m, 6000);
	}
}

void model_init(struct model *m, const struct options *o)
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

void model_step(struct model *m)
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

unsigned int sats_used(const struct model *m)
{
	unsigned int n = 0, i, j;

	for (i = 0; i < SYSTEMS; i++)
		for (j = 0; j < m->sky[i].n; j++)
			n += m->sky[i].sat[j].used;
	return n;
}
