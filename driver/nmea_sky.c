// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: satellites by identity, so that each counts once.
 */
#include "nmea_sky.h"

/* Numbers of a system in NMEA 4.11. */
#define OWN_NUMBERS	64

#define TALKER(a, b)	((a) << 8 | (b))

/**
 * nmea_talker_system() - whom a talker speaks for
 * @talker: its two characters
 *
 * Return: enum nmea_system, NMEA_COMBINED if it is not one system's own talker.
 */
u8 nmea_talker_system(const char *talker)
{
	switch (TALKER(talker[0], talker[1])) {
	case TALKER('G', 'P'):
		return NMEA_GPS;
	case TALKER('G', 'L'):
		return NMEA_GLONASS;
	case TALKER('G', 'A'):
		return NMEA_GALILEO;
	case TALKER('G', 'B'):
	case TALKER('B', 'D'):
		return NMEA_BEIDOU;
	case TALKER('G', 'Q'):
	case TALKER('Q', 'Z'):
	case TALKER('P', 'Q'):
		return NMEA_QZSS;
	case TALKER('G', 'I'):
		return NMEA_NAVIC;
	}
	return NMEA_COMBINED;
}

/**
 * nmea_identify() - which satellite a number stands for
 * @system: enum nmea_system, as told by the talker or the sentence
 * @number: as in the sentence, from 1 on
 *
 * In NMEA 4.11 it is one of the system.  Older receivers, and those who speak of
 * all systems together, give each a range.
 *
 * Return: the satellite.
 */
struct nmea_satellite nmea_identify(u8 system, u32 number)
{
	static const struct {
		u16 first;
		u8 system;
	} ranges[] = {
		{ 1, NMEA_GPS }, { 33, NMEA_SBAS }, { 65, NMEA_GLONASS },
		{ 120, NMEA_SBAS }, { 193, NMEA_QZSS }, { 201, NMEA_BEIDOU },
		{ 301, NMEA_GALILEO }, { 401, NMEA_BEIDOU },
	};
	size_t i = 0;

	if (system <= NMEA_GPS || number > OWN_NUMBERS) {
		while (i + 1 < ARRAY_SIZE(ranges) && number >= ranges[i + 1].first)
			i++;
		system = ranges[i].system;
	}
	return (struct nmea_satellite){ system, (number - ranges[i].first) % 64 };
}

/* ---- groups of GSV ---- */

/* The number that is the first of a system. */
static u8 first_svid(u8 system)
{
	return system == NMEA_SBAS ? 120 : 1;
}

/**
 * nmea_viewed() - a satellite as a GSV lists it
 * @system: enum nmea_system of the talker
 * @number: as in the sentence, from 1 on
 *
 * Return: its identity, and nothing of where it is.
 */
struct gnss_gpio_satellite nmea_viewed(u8 system, u32 number)
{
	struct nmea_satellite s = nmea_identify(system, number);

	return (struct gnss_gpio_satellite){
		.system = s.system,
		.svid = first_svid(s.system) + s.number,
		.number = number,
	};
}

static u64 bit_of(const struct gnss_gpio_satellite *s)
{
	return 1ULL << (s->svid - first_svid(s->system));
}

static bool is_listed(const struct nmea_sky *sky,
		      const struct gnss_gpio_satellite *s, u8 signal)
{
	unsigned int n = sky->listed + sky->group.listed;
	const struct gnss_gpio_satellite *l = sky->satellite;

	for (; n--; l++)
		if (l->svid == s->svid && l->system == s->system &&
		    l->signal == signal)
			return true;
	return false;
}

static void list_satellite(struct nmea_sky *sky,
			   const struct gnss_gpio_satellite *s)
{
	struct nmea_group *g = &sky->group;
	unsigned int n = sky->listed + g->listed;

	if (n == GNSS_GPIO_SATELLITES_MAX) {
		g->omitted++;
		return;
	}
	sky->satellite[n] = *s;
	sky->satellite[n].signal = g->signal;
	g->listed++;
}

static void add_satellite(struct nmea_sky *sky, u8 talker,
			  const struct gnss_gpio_satellite *s)
{
	u64 *in_view = &sky->in_view[s->system], bit = bit_of(s);
	u64 *named = &sky->named[talker][s->system];

	if (!(*in_view & bit) || !is_listed(sky, s, sky->group.signal))
		list_satellite(sky, s);
	*in_view |= bit;
	sky->names[talker] += !(*named & bit);
	*named |= bit;
}

/* In the later parts of a group the signal may be blank. */
static bool goes_on(const struct nmea_group *g, const struct nmea_view *v)
{
	return g->part && v->talker == g->talker && v->part > g->part &&
	       v->parts == g->parts && (v->signal == g->signal || !v->signal);
}

/* The group that was under way has lost its end, if it is still there. */
static void begin_group(struct nmea_sky *sky, const struct nmea_view *v)
{
	sky->incomplete = min(sky->incomplete + !!sky->group.part, 255);
	sky->group = (struct nmea_group){
		.talker = v->talker,
		.signal = v->signal,
		.parts = v->parts,
		.whole = true,
	};
}

static void end_group(struct nmea_sky *sky)
{
	struct nmea_group *g = &sky->group;

	if (g->whole) {
		sky->groups = min(sky->groups + 1, 255);
		sky->listed += g->listed;
		sky->omitted = min(sky->omitted + g->omitted, 65535);
	} else {
		sky->incomplete = min(sky->incomplete + 1, 255);
	}
	*g = (struct nmea_group){ 0 };
}

/**
 * nmea_sky_add() - add what a GSV says
 * @sky: the satellites of an epoch
 * @view: those of the sentence
 *
 * A satellite that is already listed with the same signal is not listed again.
 */
void nmea_sky_add(struct nmea_sky *sky, const struct nmea_view *view)
{
	const struct gnss_gpio_satellite *s = view->satellite;
	struct nmea_group *g = &sky->group;
	unsigned int i;

	if (!goes_on(g, view))
		begin_group(sky, view);
	g->whole = g->whole && view->part == g->part + 1;
	g->part = view->part;
	for (i = 0; i < view->n; i++, s++)
		add_satellite(sky, view->talker, s);
	if (g->part == g->parts)
		end_group(sky);
}

/* ---- what is told of them ---- */

/**
 * nmea_sky_record() - make a record of them
 * @sky: the satellites of an epoch
 * @record: all is set but its number
 */
void nmea_sky_record(const struct nmea_sky *sky, struct gnss_gpio_sky *record)
{
	struct gnss_gpio_satellite *s = record->satellite;
	unsigned int i;

	*record = (struct gnss_gpio_sky){
		.size = offsetof(struct gnss_gpio_sky, satellite) +
			sky->listed * sizeof(*s),
		.type = GNSS_GPIO_RECORD_SKY,
		.satellites = sky->listed,
		.satellite_size = sizeof(*s),
		.omitted = sky->omitted,
		.groups = sky->groups,
		.incomplete = min(sky->incomplete + !!sky->group.part, 255),
	};
	for (i = 0; i < sky->listed; i++, s++) {
		*s = sky->satellite[i];
		if (sky->used[s->system] & bit_of(s))
			s->flags |= GNSS_GPIO_SATELLITE_USED;
	}
}

static unsigned int count(const u64 *set)
{
	unsigned int n = 0, i;
	u64 left;

	for (i = 0; i < NMEA_SYSTEMS; i++)
		for (left = set[i]; left; left &= left - 1)
			n++;
	return n;
}

/**
 * nmea_sky_count() - count satellites
 * @sky: the satellites of an epoch
 * @counts: the counts; 255 stands for more, too
 */
void nmea_sky_count(const struct nmea_sky *sky, struct nmea_counts *counts)
{
	unsigned int i, n = count(sky->in_view);
	u64 seen[NMEA_SYSTEMS];

	for (i = 0; i < NMEA_SYSTEMS; i++) {
		seen[i] = sky->used[i];
		if (sky->in_view[i])
			seen[i] &= sky->in_view[i];
		if (sky->stated[i] > sky->names[i])
			n += sky->stated[i] - sky->names[i];
	}
	counts->in_view = min(n, 255U);
	counts->used = min(count(sky->used), 255U);
	counts->seen_used = min(count(seen), 255U);
}
