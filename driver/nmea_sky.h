/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: satellites by identity, so that each counts once.
 */
#ifndef GNSS_GPIO_NMEA_SKY_H
#define GNSS_GPIO_NMEA_SKY_H

#include "pure.h"

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

/**
 * struct nmea_sky - the satellites of an epoch
 * @used: those in GSA, a bit for each number
 * @in_view: those in GSV, of each talker's system
 * @stated: satellites in view as GSV states them, of each talker's system
 */
struct nmea_sky {
	u64 used[NMEA_SYSTEMS];
	u64 in_view[NMEA_SYSTEMS][NMEA_SYSTEMS];
	u8 stated[NMEA_SYSTEMS];
};

u8 nmea_talker_system(const char *talker);
struct nmea_satellite nmea_identify(u8 system, u32 number);
void nmea_sky_count(const struct nmea_sky *sky, u8 *used, u8 *in_view);

#endif /* GNSS_GPIO_NMEA_SKY_H */
