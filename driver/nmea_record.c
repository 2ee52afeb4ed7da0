// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from an epoch to the record that is published.
 *
 * What is added to an epoch is what the receiver told before: day, datum and antenna.
 */
#include "nmea.h"

/**
 * nmea_record_date() - take the date of a sentence or an epoch
 * @p: the parser
 * @v: its values
 * @bad: a date of it breaks the format; that discredits the one before too
 * @tod: its time of day in ms
 */
void nmea_record_date(struct nmea *p, const struct gnss_gpio_fix *v, bool bad,
		      u32 tod)
{
	if (v->valid & GNSS_GPIO_VALID_DATE) {
		p->date_known = true;
		p->date = v->utc_ms;
		p->date_tod = tod;
	} else if (bad) {
		p->date_known = false;
	}
}

/**
 * nmea_record_receiver() - take what is of the receiver, and not of one epoch
 * @p: the parser
 * @m: a DTM or TXT
 */
void nmea_record_receiver(struct nmea *p, const struct nmea_msg *m)
{
	if (*m->v.datum)
		memcpy(p->datum, m->v.datum, sizeof(p->datum));
	if (m->says_antenna)
		p->antenna = m->v.antenna;
}

/* The date of an epoch that has none is the one nearest to that of the one before. */
static void fix_set_time(struct nmea *p, const struct nmea_epoch *e,
			 struct gnss_gpio_fix *fix)
{
	u32 tod = e->seen.tod;

	if (tod == NMEA_NO_TIME)
		return;
	fix->tod_ms = tod;
	fix->valid |= GNSS_GPIO_VALID_TIME;
	nmea_record_date(p, &e->v, e->bad_date, tod);
	if (!p->date_known)
		return;
	if (tod + NMEA_MS_PER_DAY / 2 < p->date_tod)
		p->date += NMEA_MS_PER_DAY;
	else if (tod > p->date_tod + NMEA_MS_PER_DAY / 2)
		p->date -= NMEA_MS_PER_DAY;
	p->date_tod = tod;
	fix->utc_ms = p->date + tod;
	fix->valid |= GNSS_GPIO_VALID_DATE;
}

static void fix_set_receiver(const struct nmea *p, struct gnss_gpio_fix *fix)
{
	if (*p->datum)
		fix->valid |= GNSS_GPIO_VALID_DATUM;
	memcpy(fix->datum, p->datum, sizeof(fix->datum));
	fix->antenna = p->antenna;
}

/**
 * nmea_record_publish() - publish an epoch
 * @p: the parser
 * @e: the epoch
 */
void nmea_record_publish(struct nmea *p, const struct nmea_epoch *e)
{
	struct gnss_gpio_fix fix;

	nmea_epoch_record(e, &fix);
	fix_set_time(p, e, &fix);
	fix_set_receiver(p, &fix);
	p->stats.epochs++;
	if (fix.valid & GNSS_GPIO_VALID_POSITION)
		p->stats.fixes++;
	p->published = &e->sky;
	p->publish(p->ctx, &fix);
	p->published = NULL;
}

/**
 * nmea_get_sky() - the satellites of the epoch that is being published
 * @p: the parser, while it publishes
 * @record: all is set but its number
 *
 * Context: that of the publication; does a bounded amount of work.
 */
void nmea_get_sky(const struct nmea *p, struct gnss_gpio_sky *record)
{
	nmea_sky_record(p->published, record);
}
