// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: satellites by identity, so that each counts once.
 */
#include "nmea_sky.h"

/* Numbers of a system in NMEA 4.11. */
#define OWN_NUMBERS	64

/**
 * nmea_talker_system() - whom a talker speaks for
 * @talker: its two characters
 *
 * Return: enum nmea_system, NMEA_COMBINED if it is not one system's own talker.
 */
u8 nmea_talker_system(const char *talker)
{
	static const struct {
		char talker[3];
		u8 system;
	} own[] = {
		{ "GP", NMEA_GPS }, { "GL", NMEA_GLONASS },
		{ "GA", NMEA_GALILEO }, { "GB", NMEA_BEIDOU },
		{ "BD", NMEA_BEIDOU }, { "GQ", NMEA_QZSS },
		{ "QZ", NMEA_QZSS }, { "PQ", NMEA_QZSS }, { "GI", NMEA_NAVIC },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		if (!memcmp(own[i].talker, talker, 2))
			return own[i].system;
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
		{ 401, NMEA_BEIDOU }, { 301, NMEA_GALILEO },
		{ 201, NMEA_BEIDOU }, { 193, NMEA_QZSS }, { 120, NMEA_SBAS },
		{ 65, NMEA_GLONASS }, { 33, NMEA_SBAS }, { 1, NMEA_GPS },
	};
	size_t i = ARRAY_SIZE(ranges) - 1;

	if (system <= NMEA_GPS || number > OWN_NUMBERS) {
		for (i = 0; number < ranges[i].first; i++)
			;
		system = ranges[i].system;
	}
	return (struct nmea_satellite){ system, (number - ranges[i].first) % 64 };
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
 * @used: those that GSA lists; 255 stands for more, too
 * @in_view: those of GSV, listed or only stated, as where a sentence was lost; 255
 *	     stands for more, too
 */
void nmea_sky_count(const struct nmea_sky *sky, u8 *used, u8 *in_view)
{
	unsigned int n = count(sky->used), talker, i, listed;
	u64 all[NMEA_SYSTEMS] = { 0 };

	*used = min(n, 255U);
	for (talker = 0, n = 0; talker < NMEA_SYSTEMS; talker++) {
		listed = count(sky->in_view[talker]);
		if (sky->stated[talker] > listed)
			n += sky->stated[talker] - listed;
		for (i = 0; i < NMEA_SYSTEMS; i++)
			all[i] |= sky->in_view[talker][i];
	}
	n += count(all);
	*in_view = min(n, 255U);
}
