// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from the sentences of an epoch to its record.
 *
 * The record does not depend on the order of the sentences.
 */
#include "nmea_epoch.h"

/* What only a fix can give. */
#define VALID_OF_FIX	(GNSS_GPIO_VALID_POSITION | \
			 GNSS_GPIO_VALID_ALTITUDE | \
			 GNSS_GPIO_VALID_GEOID_SEP | \
			 GNSS_GPIO_VALID_SPEED | \
			 GNSS_GPIO_VALID_COURSE | \
			 GNSS_GPIO_VALID_ALT_HAE | \
			 GNSS_GPIO_VALID_ERR_RMS | \
			 GNSS_GPIO_VALID_ERR_ELLIPSE | \
			 GNSS_GPIO_VALID_ERR_POSITION | \
			 GNSS_GPIO_VALID_ERR_ALTITUDE)

#define GGA_MOST_SATS	12

#define BIT_OF(value)	ilog2(GNSS_GPIO_VALID_##value)
#define AT(field)	offsetof(struct gnss_gpio_fix, field)

/* The values that a bit of a record's valid stands for; counts are not among them. */
static const struct {
	u8 at;
	u8 size;
} values[NMEA_VALUES] = {
	[BIT_OF(DATE)] = { AT(utc_ms), sizeof(s64) },
	[BIT_OF(POSITION)] = { AT(lat_nd), 2 * sizeof(s64) },
	[BIT_OF(ALTITUDE)] = { AT(alt_msl_mm), sizeof(s32) },
	[BIT_OF(GEOID_SEP)] = { AT(geoid_sep_mm), sizeof(s32) },
	[BIT_OF(SPEED)] = { AT(speed_mm_s), sizeof(u32) },
	[BIT_OF(COURSE)] = { AT(course_1e5), sizeof(u32) },
	[BIT_OF(PDOP)] = { AT(pdop_c), sizeof(u16) },
	[BIT_OF(HDOP)] = { AT(hdop_c), sizeof(u16) },
	[BIT_OF(VDOP)] = { AT(vdop_c), sizeof(u16) },
	[BIT_OF(QUALITY)] = { AT(quality), sizeof(u8) },
	[BIT_OF(HEADING)] = { AT(heading_1e5), sizeof(u32) },
	[BIT_OF(ALT_HAE)] = { AT(alt_hae_mm), sizeof(s32) },
	[BIT_OF(ERR_RMS)] = { AT(err_rms_mm), sizeof(u32) },
	[BIT_OF(ERR_ELLIPSE)] = { AT(err_major_mm), 3 * sizeof(u32) },
	[BIT_OF(ERR_POSITION)] = { AT(err_lat_mm), 2 * sizeof(u32) },
	[BIT_OF(ERR_ALTITUDE)] = { AT(err_alt_mm), sizeof(u32) },
};

/* ---- putting an epoch together ---- */

/**
 * nmea_epoch_reset() - an epoch of no sentences
 * @e: the epoch
 */
void nmea_epoch_reset(struct nmea_epoch *e)
{
	memset(e, 0, offsetof(struct nmea_epoch, sky.satellite));
	e->seen.tod = NMEA_NO_TIME;
}

/**
 * nmea_epoch_copy() - copy an epoch, but for satellites that there are not
 * @to: where to
 * @from: the epoch
 */
void nmea_epoch_copy(struct nmea_epoch *to, const struct nmea_epoch *from)
{
	const struct nmea_sky *sky = &from->sky;

	memcpy(to, from, offsetof(struct nmea_epoch, sky.satellite) +
	       (sky->listed + sky->group.listed) * sizeof(sky->satellite[0]));
}

/*
 * Each value is taken from the type that tells it best, see enum nmea_type, and of
 * those from one that speaks for all systems.  What one system alone says of its
 * having no fix is no value.
 */
static u8 rank_of(const struct nmea_msg *m)
{
	if (m->says_no_fix && m->system != NMEA_COMBINED)
		return 1;
	return 2 * m->type + (m->system == NMEA_COMBINED);
}

static void take_values(struct nmea_epoch *e, const struct nmea_msg *m)
{
	unsigned long left = m->v.valid;
	u8 rank = rank_of(m);
	unsigned int i;

	for (; left; left &= left - 1) {
		i = __ffs(left);
		if (rank < e->source[i])
			continue;
		e->source[i] = rank;
		memcpy((u8 *)&e->v + values[i].at, (u8 *)&m->v + values[i].at,
		       values[i].size);
	}
	/* some state what one system has, or no more than 12 */
	if (e->v.sats_used < m->v.sats_used)
		e->v.sats_used = m->v.sats_used;
	e->v.valid |= m->v.valid;
	e->says_fix |= m->says_fix << m->system;
	e->says_no_fix |= m->says_no_fix << m->system;
	e->bad_date |= m->bad_date;
}

static void take_satellites(struct nmea_epoch *e, const struct nmea_msg *m)
{
	u8 *stated = &e->sky.stated[m->system];
	unsigned int i;

	for (i = 0; i < m->listed; i++)
		e->sky.used[m->satellite[i].system] |=
			1ULL << m->satellite[i].number;
	if (m->type == NMEA_GSV)
		nmea_sky_add(&e->sky, &m->view);
	if (*stated < m->v.sats_in_view)
		*stated = m->v.sats_in_view;
	if (e->gsa_mode < m->gsa_mode)
		e->gsa_mode = m->gsa_mode;
	e->gsa |= m->type == NMEA_GSA;
}

/**
 * nmea_epoch_add() - add a sentence
 * @e: the epoch
 * @m: one more
 */
void nmea_epoch_add(struct nmea_epoch *e, const struct nmea_msg *m)
{
	u8 *count = &e->seen.count[m->id];
	bool last_part = m->view.part == m->view.parts;

	take_values(e, m);
	take_satellites(e, m);
	if (!e->sentences)
		e->begin_id = m->id;
	if (e->sentences < 65535)
		e->sentences++;
	if (*count < 255)
		*count += last_part;
	e->end_id = last_part ? m->id << 8 | *count : 0;
}

/* ---- its record ---- */

/*
 * A fix is what at least one talker calls so and does not deny: a receiver that
 * does dead reckoning (GGA quality 6) says V in its RMC.  Who speaks for all
 * systems decides.
 */
static bool is_fix(const struct nmea_epoch *e)
{
	const u8 combined = 1 << NMEA_COMBINED;
	u8 fix = e->says_fix & ~e->says_no_fix;

	if ((e->says_fix | e->says_no_fix) & combined)
		fix &= combined;
	return fix && e->v.valid & GNSS_GPIO_VALID_POSITION;
}

static u8 fix_mode(const struct nmea_epoch *e)
{
	if (!(e->says_fix | e->says_no_fix))
		return GNSS_GPIO_MODE_UNKNOWN;
	if (!is_fix(e))
		return GNSS_GPIO_MODE_NO_FIX;
	if (e->gsa_mode)
		return e->gsa_mode;
	return e->v.valid & GNSS_GPIO_VALID_ALTITUDE ? GNSS_GPIO_MODE_3D :
						       GNSS_GPIO_MODE_2D;
}

/*
 * Satellites used, if a sentence states their number or lists them.  What is stated
 * counts, but where it is the most that a GGA states before NMEA 4.10: then it can
 * be more, as GSA tells.  Where GSV lists satellites of a system, GSA is believed for
 * those only.
 */
static u8 count_used(const struct nmea_epoch *e, const struct nmea_counts *counts)
{
	u8 stated = e->v.sats_used;

	if (!(e->v.valid & GNSS_GPIO_VALID_SATS_USED))
		return counts->used;
	return stated == GGA_MOST_SATS ? max(stated, counts->seen_used) : stated;
}

/**
 * nmea_epoch_record() - make a record of an epoch
 * @e: the epoch
 * @fix: all is set, but for time, date and what is of the receiver
 */
void nmea_epoch_record(const struct nmea_epoch *e, struct gnss_gpio_fix *fix)
{
	u32 no_values = GNSS_GPIO_VALID_DATE;
	struct nmea_counts counts;
	unsigned long left;
	unsigned int i;

	*fix = e->v;
	fix->size = sizeof(*fix);
	fix->monotonic_ns = e->start_ns;
	fix->mode = fix_mode(e);
	fix->sentences = e->sentences;
	if (fix->mode < GNSS_GPIO_MODE_2D)
		no_values |= VALID_OF_FIX;
	for (left = fix->valid & no_values; left; left &= left - 1) {
		i = __ffs(left);
		memset((u8 *)fix + values[i].at, 0, values[i].size);
	}
	fix->valid &= ~no_values;
	nmea_sky_count(&e->sky, &counts);
	fix->sats_in_view = counts.in_view;
	fix->sats_used = count_used(e, &counts);
	if (e->gsa)
		fix->valid |= GNSS_GPIO_VALID_SATS_USED;
}
