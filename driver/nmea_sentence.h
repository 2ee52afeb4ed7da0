/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: from the fields of a sentence to numbers.
 */
#ifndef GNSS_GPIO_NMEA_SENTENCE_H
#define GNSS_GPIO_NMEA_SENTENCE_H

#include "nmea_line.h"
#include "nmea_number.h"
#include "nmea_sky.h"
#include "uapi/gnss-gpio.h"

/*
 * Type of a sentence.  Where two give the same value, the higher type counts:
 * a GGA has the position with all its digits, a ZDA the year with all four.
 */
enum nmea_type {
	NMEA_NONE,
	NMEA_PUBX,
	NMEA_TXT,
	NMEA_DTM,
	NMEA_HDT,
	NMEA_THS,
	NMEA_GST,
	NMEA_GSV,
	NMEA_VTG,
	NMEA_GLL,
	NMEA_RMC,
	NMEA_GNS,
	NMEA_GGA,
	NMEA_ZDA,
	NMEA_GSA,
	NMEA_TYPES,
};

/* Values of nmea_msg.id. */
#define NMEA_IDS	(NMEA_TYPES * NMEA_SYSTEMS)

/* Satellites that a GSA lists. */
#define NMEA_MAX_LISTED	12

/**
 * struct nmea_msg - a decoded sentence
 * @v: its numbers; @v.utc_ms is the midnight that its date begins with
 * @tod: time of day in ms, or NMEA_NO_TIME
 * @type: enum nmea_type
 * @id: type and system of the talker; not 0
 * @system: enum nmea_system, that of the talker
 * @timed: it has a field for the time
 * @says_fix: it states a fix
 * @says_no_fix: it states that there is no fix
 * @bad_date: its date breaks the format
 * @says_antenna: it tells of the antenna, in @v.antenna
 * @gsa_mode: 2 or 3 as in GSA, 0 if not told
 * @unreadable: fields that break the format, and are absent
 * @listed: entries of @satellite in use
 * @view: those that GSV lists; 0 where @view.part and @view.parts are not told
 * @satellite: those that GSA lists
 */
struct nmea_msg {
	struct gnss_gpio_fix v;
	u32 tod;
	u8 type;
	u8 id;
	u8 system;
	u8 gsa_mode;
	u8 unreadable;
	u8 listed;
	bool timed;
	bool says_fix;
	bool says_no_fix;
	bool bad_date;
	bool says_antenna;
	struct nmea_view view;
	struct nmea_satellite satellite[NMEA_MAX_LISTED];
};

bool nmea_is_plain(const char *address, size_t n);
enum nmea_verdict nmea_decode(const struct nmea_line *line,
			      struct nmea_msg *m);

#endif /* GNSS_GPIO_NMEA_SENTENCE_H */
