/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: from the sentences of an epoch to its record.
 */
#ifndef GNSS_GPIO_NMEA_EPOCH_H
#define GNSS_GPIO_NMEA_EPOCH_H

#include "nmea_sentence.h"

/**
 * struct nmea_seen - the sentences that formed an epoch
 * @tod: its time of day in ms, or NMEA_NO_TIME
 * @count: how many there were of each nmea_msg.id; of GSV only the last parts count
 */
struct nmea_seen {
	u32 tod;
	u8 count[NMEA_IDS];
};

/* bits of gnss_gpio_fix.valid that a sentence can set */
#define NMEA_VALUES	20

/**
 * struct nmea_epoch - the epoch that is being put together
 * @v: its numbers so far, as in struct nmea_msg
 * @start_ns: time of the first '$' that had its time
 * @seen: the sentences so far
 * @begin_id: nmea_msg.id of the first of them
 * @end_id: that of the last of them, and its count; 0: none that could be the end
 *	    of a cycle
 * @source: rank of the sentence that the values of each bit of @v.valid are from
 * @sentences: how many there were
 * @gsa_mode: highest mode of the GSA sentences, 0: none
 * @gsa: there was a GSA
 * @open: there was a sentence with a time field; if not, all there is are
 *	  sentences held for the epoch to come
 * @says_fix: talkers that state a fix, a bit for each enum nmea_system
 * @says_no_fix: talkers that state that there is no fix
 * @bad_date: the date of a sentence breaks the format
 * @sky: its satellites so far; the last, as most of it need not be cleared
 */
struct nmea_epoch {
	struct gnss_gpio_fix v;
	s64 start_ns;
	struct nmea_seen seen;
	u16 end_id;
	u16 sentences;
	u8 begin_id;
	u8 source[NMEA_VALUES];
	u8 gsa_mode;
	bool gsa;
	bool open;
	u8 says_fix;
	u8 says_no_fix;
	bool bad_date;
	struct nmea_sky sky;
};

void nmea_epoch_reset(struct nmea_epoch *e);
void nmea_epoch_copy(struct nmea_epoch *to, const struct nmea_epoch *from);
void nmea_epoch_add(struct nmea_epoch *e, const struct nmea_msg *m);
void nmea_epoch_record(const struct nmea_epoch *e, struct gnss_gpio_fix *fix);

#endif /* GNSS_GPIO_NMEA_EPOCH_H */
