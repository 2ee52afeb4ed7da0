// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: how often sentences came that are not decoded, by name.
 */
#include "nmea_names.h"

/**
 * nmea_names_count() - one more
 * @names: the counts
 * @name: up to a comma or star; what is longer than an entry is cut off
 *
 * Context: any.  Who reads meanwhile may miss the newest.
 */
void nmea_names_count(struct nmea_names *names, const char *name)
{
	size_t length = strcspn(name, ",*");
	struct nmea_name *entry = names->entry;
	unsigned int i;

	length = min(length, (size_t)NMEA_NAME_SIZE - 1);
	for (i = 0; i < names->n; i++, entry++) {
		if (memcmp(entry->name, name, length) || entry->name[length])
			continue;
		entry->count++;
		return;
	}
	if (names->n == NMEA_NAMES) {
		names->other++;
		return;
	}
	memcpy(entry->name, name, length);
	entry->count = 1;
	names->n++;
}
