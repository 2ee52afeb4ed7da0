/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: how often sentences came that are not decoded, by name.
 */
#ifndef GNSS_GPIO_NMEA_NAMES_H
#define GNSS_GPIO_NMEA_NAMES_H

#include "pure.h"

#define NMEA_NAMES	32

/* Of the name, and what ends it. */
#define NMEA_NAME_SIZE	12

/**
 * struct nmea_names - a count for each name
 * @n: entries of @entry in use; the others are 0
 * @other: sentences of names for which there was no room
 * @entry: in the order in which the names came first
 */
struct nmea_names {
	unsigned int n;
	unsigned long other;
	struct nmea_name {
		char name[NMEA_NAME_SIZE];
		unsigned long count;
	} entry[NMEA_NAMES];
};

void nmea_names_count(struct nmea_names *names, const char *name);

#endif /* GNSS_GPIO_NMEA_NAMES_H */
