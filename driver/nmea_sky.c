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
	u32 first = 1;
	size_t i;

	if (system <= NMEA_GPS || number > OWN_NUMBERS) {
		for (i = 0; number < ranges[i].first; i++)
			;
		first = ranges[i].first;
		system = ranges[i].system;
	}
	return (struct nmea_satellite){ system, (number - first) % 64 };
}

static unsigned int count(u64 set)
{
	unsigned int n;

	for (n = 0; set; n++)
		set &= set - 1;
	return n;
}

static u8 at_most_255(unsigned int n)
{
	return n < 255 ? n : 255;
}

/**
 * nmea_sky_used() - count the satellites that GSA lists
 * @sky: the satellites of an epoch
 *
 * Return: how many there are, 255 stands for more too.
 */
u8 nmea_sky_used(const struct nmea_sky *sky)
{
	unsigned int n = 0, i;

	for (i = 0; i < NMEA_SYSTEMS; i++)
		n += count(sky->used[i]);
	return at_most_255(n);
}

/**
 * nmea_sky_in_view() - count the satellites of GSV
 * @sky: the satellites of an epoch
 *
 * Those that a talker states and does not list, as where a sentence was lost,
 * count too.
 *
 * Return: how many there are, 255 stands for more too.
 */
u8 nmea_sky_in_view(const struct nmea_sky *sky)
{
	unsigned int n = 0, talker, i, listed;
	u64 all[NMEA_SYSTEMS] = { 0 };

	for (talker = 0; talker < NMEA_SYSTEMS; talker++) {
		listed = 0;
		for (i = 0; i < NMEA_SYSTEMS; i++) {
			listed += count(sky->in_view[talker][i]);
			all[i] |= sky->in_view[talker][i];
		}
		if (sky->stated[talker] > listed)
			n += sky->stated[talker] - listed;
	}
	for (i = 0; i < NMEA_SYSTEMS; i++)
		n += count(all[i]);
	return at_most_255(n);
}
