/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: from the fields of a sentence to numbers.
 */
#ifndef GNSS_GPIO_NMEA_SENTENCE_H
#define GNSS_GPIO_NMEA_SENTENCE_H

#include "nmea_line.h"

/*
 * Type of a sentence.  Where two give the same value, the higher type counts:
 * a GGA has the position with all its digits, a ZDA the year with all four.
 */
enum nmea_type {
	NMEA_NONE,
	NMEA_GSV,
	NMEA_VTG,
	NMEA_GLL,
	NMEA_RMC,
	NMEA_GNS,
	NMEA_GGA,
	NMEA_ZDA,
	NMEA_GSA,
};

/* "tod" of sentences and epochs whose time field is blank */
#define NMEA_NO_TIME	0xffffffffU

/*
 * Numbers of a sentence or an epoch, named as in struct gnss_gpio_fix.  @has
 * are GNSS_GPIO_VALID_* bits; DATE tells of @day, days since 1970-01-01.
 */
struct nmea_values {
	s64 lat_nd;
	s64 lon_nd;
	u32 has;
	s32 day;
	s32 alt_msl_mm;
	s32 geoid_sep_mm;
	u32 speed_mm_s;
	u32 course_1e5;
	u16 pdop_c;
	u16 hdop_c;
	u16 vdop_c;
	u8 quality;
	u8 sats_used;
	u8 sats_in_view;
};

/**
 * struct nmea_msg - a decoded sentence
 * @v: its numbers
 * @tod: time of day in ms, or NMEA_NO_TIME
 * @type: enum nmea_type
 * @talker: its two characters
 * @timed: it has a field for the time
 * @says_fix: it states a fix
 * @says_no_fix: it states that there is no fix
 * @bad_date: its date breaks the format
 * @last_part: GSV: number and total are the same; true for all others
 * @gsa_mode: 2 or 3 as in GSA, 0 if not told
 * @gsa_sats: satellites listed in GSA
 */
struct nmea_msg {
	struct nmea_values v;
	u32 tod;
	u16 talker;
	u8 type;
	u8 gsa_mode;
	u8 gsa_sats;
	bool timed;
	bool says_fix;
	bool says_no_fix;
	bool bad_date;
	bool last_part;
};

bool nmea_is_decoded(const char *address, size_t n);
enum nmea_verdict nmea_decode(const struct nmea_line *line,
			      struct nmea_msg *m);

#endif /* GNSS_GPIO_NMEA_SENTENCE_H */
