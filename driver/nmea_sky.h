/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: satellites by identity, so that each counts once.
 */
#ifndef GNSS_GPIO_NMEA_SKY_H
#define GNSS_GPIO_NMEA_SKY_H

#include "pure.h"
#include "uapi/gnss-gpio.h"

/* Numbered as in NMEA 4.11; a talker can speak for all systems together. */
enum nmea_system {
	NMEA_COMBINED,
	NMEA_SBAS = NMEA_COMBINED,
	NMEA_GPS,
	NMEA_GLONASS,
	NMEA_GALILEO,
	NMEA_BEIDOU,
	NMEA_QZSS,
	NMEA_NAVIC,
	NMEA_SYSTEMS,
};

/**
 * struct nmea_satellite - the identity of a satellite
 * @system: enum nmea_system
 * @number: in its system, 0 to 63
 */
struct nmea_satellite {
	u8 system;
	u8 number;
};

/* Satellites that a GSV lists. */
#define NMEA_MAX_VIEWED	4

/**
 * struct nmea_view - the satellites of a GSV, a part of a group
 * @talker: enum nmea_system, that of the talker
 * @signal: as the sentence tells, 0 if it does not
 * @part: which sentence of the group it is, from 1 on
 * @parts: how many the group has; 0 if not told
 * @n: entries of @satellite in use
 * @satellite: the satellites
 */
struct nmea_view {
	u8 talker;
	u8 signal;
	u8 part;
	u8 parts;
	u8 n;
	struct gnss_gpio_satellite satellite[NMEA_MAX_VIEWED];
};

/**
 * struct nmea_group - the group of GSV that is being put together
 * @talker: as of its last sentence; this and the next three
 * @signal: see there
 * @part: see there; 0: there is no group
 * @parts: see there
 * @whole: no part of it is missing so far
 * @listed: entries of nmea_sky.satellite, behind those of whole groups
 * @omitted: satellites for which there was no room
 */
struct nmea_group {
	u8 talker;
	u8 signal;
	u8 part;
	u8 parts;
	bool whole;
	u16 listed;
	u16 omitted;
};

/**
 * struct nmea_sky - the satellites of an epoch
 * @used: those in GSA, a bit for each number
 * @in_view: those in GSV
 * @named: those of them that each talker names
 * @names: how many these are
 * @stated: how many each talker states
 * @group: the group that the last GSV is of
 * @groups: groups that were whole
 * @incomplete: groups that were not, but for the one that may still become whole
 * @listed: entries of @satellite that are of whole groups
 * @omitted: satellites of whole groups for which there was no room
 * @satellite: each signal of each satellite; what is behind those listed is undefined
 */
struct nmea_sky {
	u64 used[NMEA_SYSTEMS];
	u64 in_view[NMEA_SYSTEMS];
	u64 named[NMEA_SYSTEMS][NMEA_SYSTEMS];
	u16 names[NMEA_SYSTEMS];
	u8 stated[NMEA_SYSTEMS];
	struct nmea_group group;
	u8 groups;
	u8 incomplete;
	u16 listed;
	u16 omitted;
	struct gnss_gpio_satellite satellite[GNSS_GPIO_SATELLITES_MAX];
};

/**
 * struct nmea_counts - counts of satellites, each once
 * @used: those that GSA lists
 * @seen_used: of these, those that GSV lists, and all of systems of which it lists none
 * @in_view: those of GSV, listed or only stated, as where a sentence was lost
 */
struct nmea_counts {
	u8 used;
	u8 seen_used;
	u8 in_view;
};

u8 nmea_talker_system(const char *talker);
struct nmea_satellite nmea_identify(u8 system, u32 number);
struct gnss_gpio_satellite nmea_viewed(u8 system, u32 number);
void nmea_sky_add(struct nmea_sky *sky, const struct nmea_view *view);
void nmea_sky_count(const struct nmea_sky *sky, struct nmea_counts *counts);
void nmea_sky_record(const struct nmea_sky *sky, struct gnss_gpio_sky *record);

#endif /* GNSS_GPIO_NMEA_SKY_H */
