/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: from the fields of a sentence to numbers.
 */
#ifndef GNSS_GPIO_NMEA_SENTENCE_H
#define GNSS_GPIO_NMEA_SENTENCE_H

#include "nmea_line.h"
#include "uapi/gnss-gpio.h"

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

#define NMEA_MS_PER_DAY	86400000U

/* "tod" of sentences and epochs whose time field is blank */
#define NMEA_NO_TIME	0xffffffffU

/**
 * struct nmea_msg - a decoded sentence
 * @v: its numbers; @v.utc_ms is the midnight that its date begins with
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
	struct gnss_gpio_fix v;
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
