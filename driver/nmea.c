// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from bytes to checked sentences, and from those to epochs.
 *
 * All sentences with one UTC time form an epoch and give one record.  NMEA
 * 0183 does not mark the end of an epoch, so it is found in three ways: a
 * sentence with another time arrives, the line falls silent, or the sentence
 * arrives that was the last one of the epochs before.
 */
#include "nmea.h"

/* Of no epoch: no time of day, nor NMEA_NO_TIME. */
#define NEVER	(NMEA_NO_TIME - 1)

/* Epochs in a row that must end alike before such an end is trusted. */
#define TRUST_AFTER	4
#define TRUST_AFTER_MAX	255

/* What only a fix can give. */
#define VALID_OF_FIX	(GNSS_GPIO_VALID_POSITION | \
			 GNSS_GPIO_VALID_ALTITUDE | \
			 GNSS_GPIO_VALID_GEOID_SEP | \
			 GNSS_GPIO_VALID_SPEED | \
			 GNSS_GPIO_VALID_COURSE)

/* ---- the sentences seen in an epoch ---- */

static u32 msg_id(const struct nmea_msg *m)
{
	return (u32)m->type << 16 | m->talker;
}

static int seen_find(const struct nmea_seen *seen, u32 id)
{
	int i;

	for (i = 0; i < seen->n; i++)
		if (seen->entry[i].id == id)
			return i;
	return -1;
}

static bool seen_has(const struct nmea_seen *seen, const struct nmea_msg *m)
{
	return seen_find(seen, msg_id(m)) >= 0;
}

/* Return: index of the entry, -1 when there is no room for another one. */
static int seen_add(struct nmea_seen *seen, const struct nmea_msg *m)
{
	int i = seen_find(seen, msg_id(m));

	if (i < 0) {
		if (seen->n == NMEA_MAX_SEEN)
			return -1;
		i = seen->n++;
		seen->entry[i].id = msg_id(m);
		seen->entry[i].count = 0;
		seen->entry[i].sats = 0;
	}
	if (m->last_part && seen->entry[i].count < 255)
		seen->entry[i].count++;
	/* a talker with a GSV for each signal: the signal seen most */
	if (seen->entry[i].sats < m->v.sats_in_view)
		seen->entry[i].sats = m->v.sats_in_view;
	return i;
}

static u8 seen_sats_in_view(const struct nmea_seen *seen)
{
	unsigned int sum = 0;
	int i;

	for (i = 0; i < seen->n; i++)
		sum += seen->entry[i].sats;
	return sum < 255 ? sum : 255;
}

/* ---- putting an epoch together ---- */

static void epoch_reset(struct nmea_epoch *e)
{
	memset(e, 0, sizeof(*e));
	e->seen.tod = NMEA_NO_TIME;
}

#define AT(field)	offsetof(struct gnss_gpio_fix, field)

/* Values of a record, and the bits that call them valid. */
static const struct {
	u32 bit;
	u8 at;
	u8 size;
} values[NMEA_VALUES] = {
	{ GNSS_GPIO_VALID_DATE, AT(utc_ms), sizeof(s64) },
	{ GNSS_GPIO_VALID_POSITION, AT(lat_nd), sizeof(s64) },
	{ GNSS_GPIO_VALID_POSITION, AT(lon_nd), sizeof(s64) },
	{ GNSS_GPIO_VALID_ALTITUDE, AT(alt_msl_mm), sizeof(s32) },
	{ GNSS_GPIO_VALID_GEOID_SEP, AT(geoid_sep_mm), sizeof(s32) },
	{ GNSS_GPIO_VALID_SPEED, AT(speed_mm_s), sizeof(u32) },
	{ GNSS_GPIO_VALID_COURSE, AT(course_1e5), sizeof(u32) },
	{ GNSS_GPIO_VALID_PDOP, AT(pdop_c), sizeof(u16) },
	{ GNSS_GPIO_VALID_HDOP, AT(hdop_c), sizeof(u16) },
	{ GNSS_GPIO_VALID_VDOP, AT(vdop_c), sizeof(u16) },
	{ GNSS_GPIO_VALID_QUALITY, AT(quality), sizeof(u8) },
	{ GNSS_GPIO_VALID_SATS_USED, AT(sats_used), sizeof(u8) },
};

static void copy_value(struct gnss_gpio_fix *to,
		       const struct gnss_gpio_fix *from, unsigned int i)
{
	memcpy((u8 *)to + values[i].at, (const u8 *)from + values[i].at,
	       values[i].size);
}

static void take_gsa(struct nmea_epoch *e, const struct nmea_msg *m)
{
	u8 room = 255 - e->gsa_sats;

	e->gsa = true;
	e->gsa_sats += m->gsa_sats < room ? m->gsa_sats : room;
	if (e->gsa_mode < m->gsa_mode)
		e->gsa_mode = m->gsa_mode;
}

/*
 * The result must not depend on the order of the sentences, so each value is
 * taken from the type that tells it best: see enum nmea_type.
 */
static void take_values(struct nmea_epoch *e, const struct nmea_msg *m)
{
	unsigned int i;

	for (i = 0; i < NMEA_VALUES; i++) {
		if (!(m->v.valid & values[i].bit) || m->type < e->source[i])
			continue;
		e->source[i] = m->type;
		copy_value(&e->v, &m->v, i);
	}
	if (m->type == NMEA_GSA)
		take_gsa(e, m);
	e->v.valid |= m->v.valid;
	e->says_fix |= m->says_fix;
	e->says_no_fix |= m->says_no_fix;
	e->bad_date |= m->bad_date;
}

static void epoch_add(struct nmea_epoch *e, const struct nmea_msg *m)
{
	int i = seen_add(&e->seen, m);

	take_values(e, m);
	if (e->sentences < 65535)
		e->sentences++;
	e->end_id = 0;
	if (i >= 0 && m->last_part)
		e->end_id = msg_id(m) << 8 | e->seen.entry[i].count;
}

/* ---- dates ---- */

/* A date that breaks the format discredits the one before too. */
static void note_date(struct nmea *p, const struct gnss_gpio_fix *v, bool bad,
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

/* ---- publishing ---- */

/*
 * The date of an epoch that has none is that of the one before, or the day
 * after if the time of day jumped back by more than half a day.
 */
static void fix_set_time(struct nmea *p, const struct nmea_epoch *e,
			 struct gnss_gpio_fix *fix)
{
	u32 tod = e->seen.tod;

	if (tod == NMEA_NO_TIME)
		return;
	fix->tod_ms = tod;
	fix->valid |= GNSS_GPIO_VALID_TIME;
	note_date(p, &e->v, e->bad_date, tod);
	if (!p->date_known)
		return;
	if (p->date_tod > tod && p->date_tod - tod > NMEA_MS_PER_DAY / 2)
		p->date += NMEA_MS_PER_DAY;
	p->date_tod = tod;
	fix->utc_ms = p->date + tod;
	fix->valid |= GNSS_GPIO_VALID_DATE;
}

/*
 * A fix is what at least one sentence calls so and none denies: a receiver
 * that does dead reckoning (GGA quality 6) says V in its RMC.
 */
static bool is_fix(const struct nmea_epoch *e)
{
	return e->says_fix && !e->says_no_fix &&
	       e->v.valid & GNSS_GPIO_VALID_POSITION;
}

static u8 fix_mode(const struct nmea_epoch *e)
{
	if (!is_fix(e))
		return GNSS_GPIO_MODE_NO_FIX;
	if (e->gsa_mode)
		return e->gsa_mode;
	return e->v.valid & GNSS_GPIO_VALID_ALTITUDE ? GNSS_GPIO_MODE_3D :
						       GNSS_GPIO_MODE_2D;
}

static void fix_set_values(const struct nmea_epoch *e,
			   struct gnss_gpio_fix *fix)
{
	u32 valid = e->v.valid & ~GNSS_GPIO_VALID_DATE;
	unsigned int i;

	if (!is_fix(e))
		valid &= ~VALID_OF_FIX;
	for (i = 0; i < NMEA_VALUES; i++)
		if (valid & values[i].bit)
			copy_value(fix, &e->v, i);
	fix->sats_in_view = seen_sats_in_view(&e->seen);
	if (e->gsa && !(valid & GNSS_GPIO_VALID_SATS_USED)) {
		valid |= GNSS_GPIO_VALID_SATS_USED;
		fix->sats_used = e->gsa_sats;
	}
	fix->valid |= valid;
}

static void epoch_publish(struct nmea *p)
{
	const struct nmea_epoch *e = &p->now;
	struct gnss_gpio_fix fix;

	memset(&fix, 0, sizeof(fix));
	fix.size = sizeof(fix);
	fix.monotonic_ns = e->start_ns;
	fix.mode = fix_mode(e);
	fix.sentences = e->sentences;
	fix_set_time(p, e, &fix);
	fix_set_values(e, &fix);
	p->stats.epochs++;
	if (fix.valid & GNSS_GPIO_VALID_POSITION)
		p->stats.fixes++;
	p->publish(p->ctx, &fix);
}

/* ---- the end of an epoch ---- */

/*
 * The sentence that ended enough epochs in a row is trusted to be the last
 * one of the receiver's cycle.  That it is missing once, or for good, does no
 * harm: such epochs end as they would without.
 */
static void learn_end(struct nmea *p, u32 end_id)
{
	if (end_id != p->candidate) {
		p->candidate = end_id;
		p->run = 0;
	}
	if (!end_id)
		return;
	if (p->run < 255)
		p->run++;
	if (p->run >= p->needed)
		p->trusted = p->candidate;
}

/*
 * The epoch was published too early: trust nothing for a longer time, so that
 * a receiver with an irregular cycle loses sentences only a few times.
 */
static void distrust_end(struct nmea *p)
{
	unsigned int needed = p->needed * 4;

	p->last_prompt = false;
	p->trusted = 0;
	p->run = 0;
	p->needed = needed < TRUST_AFTER_MAX ? needed : TRUST_AFTER_MAX;
}

static void epoch_close(struct nmea *p, bool prompt)
{
	struct nmea_epoch *e = &p->now;

	learn_end(p, e->end_id);
	p->last_repeated = p->last.tod == e->seen.tod;
	p->last_prompt = prompt;
	p->last = e->seen;
	epoch_publish(p);
	epoch_reset(e);
}

/*
 * Does @m belong to the epoch that was published last?  A blank time tells
 * nothing, nor does a clock that stands still; there only an epoch that was
 * published by guess can have been published too early.
 */
static bool is_late(const struct nmea *p, const struct nmea_msg *m)
{
	if (m->tod != p->last.tod || seen_has(&p->last, m))
		return false;
	return p->last_prompt ||
	       (m->tod != NMEA_NO_TIME && !p->last_repeated);
}

/* Too late for its fix, but not for the date of the fixes to come. */
static void take_late(struct nmea *p, const struct nmea_msg *m)
{
	p->stats.late++;
	if (p->last_prompt)
		distrust_end(p);
	seen_add(&p->last, m);
	if (m->tod != NMEA_NO_TIME)
		note_date(p, &m->v, m->bad_date, m->tod);
}

/* Return: false if @m is late. */
static bool take_timed(struct nmea *p, const struct nmea_line *line,
		       const struct nmea_msg *m)
{
	struct nmea_epoch *e = &p->now;
	bool same = e->open && e->seen.tod == m->tod;

	if (same && !seen_has(&e->seen, m))
		return true;
	if (!same && is_late(p, m)) {
		take_late(p, m);
		return false;
	}
	if (e->open)
		epoch_close(p, false);
	e->open = true;
	e->seen.tod = m->tod;
	e->start_ns = line->start_ns;
	return true;
}

static void take_message(struct nmea *p, const struct nmea_msg *m)
{
	if (m->timed && !take_timed(p, &p->line, m))
		return;
	epoch_add(&p->now, m);
	if (p->prompt && p->trusted && p->now.open &&
	    p->now.end_id == p->trusted)
		epoch_close(p, true);
}

/* ---- the end of a sentence ---- */

static void count_sentence(struct nmea_stats *stats, enum nmea_verdict verdict)
{
	unsigned long *const counter[] = {
		[NMEA_USED] = &stats->used,
		[NMEA_IGNORED] = &stats->ignored,
		[NMEA_MALFORMED] = &stats->malformed,
		[NMEA_CHECKSUM_ERROR] = &stats->checksum_errors,
		[NMEA_AMBIGUOUS] = &stats->ambiguous,
		[NMEA_NO_CHECKSUM] = &stats->no_checksum,
		[NMEA_GARBLED] = &stats->garbled,
		[NMEA_TOO_LONG] = &stats->too_long,
	};

	stats->sentences += nmea_verified(verdict);
	(*counter[verdict])++;
}

/* Counts the sentence, and tells of it. */
static void close_sentence(struct nmea *p, enum nmea_verdict verdict)
{
	const struct nmea_line *line = &p->line;
	struct nmea_sentence sentence = {
		.start_ns = line->start_ns,
		.text = line->text,
		.verdict = verdict,
		.doubtful = line->doubtful,
		.repaired = line->repaired && nmea_verified(verdict),
	};

	count_sentence(&p->stats, verdict);
	p->stats.repaired += sentence.repaired;
	if (!p->sentence)
		return;
	sentence.len = nmea_line_finish(&p->line, nmea_verified(verdict));
	p->sentence(p->ctx, &sentence);
}

static void take_sentence(struct nmea *p)
{
	enum nmea_verdict verdict = nmea_line_check(&p->line);
	struct nmea_msg m;

	if (p->line.doubtful)
		verdict = nmea_repair(&p->search, &p->line, verdict);
	if (verdict == NMEA_USED)
		verdict = nmea_decode(&p->line, &m);
	nmea_line_join(&p->line);
	close_sentence(p, verdict);
	if (verdict == NMEA_USED)
		take_message(p, &m);
}

/**
 * nmea_take_byte() - what nmea_feed() does with bytes of all kinds
 * @p: the parser
 * @byte: as there
 * @flags: as there
 * @margin: as there, but not of a byte that is sure
 * @start_ns: as there
 */
void nmea_take_byte(struct nmea *p, u8 byte, unsigned int flags,
		    const u8 *margin, s64 start_ns)
{
	bool inside = p->line.inside;

	switch (nmea_line_take(&p->line, byte, flags, margin)) {
	case NMEA_PART:
		break;
	case NMEA_JUNK:
		p->stats.junk_bytes++;
		break;
	case NMEA_BEGIN:
		if (inside)
			close_sentence(p, NMEA_GARBLED);
		nmea_line_begin(&p->line, byte, margin, start_ns);
		break;
	case NMEA_END:
		take_sentence(p);
		break;
	case NMEA_CUT:
		close_sentence(p, NMEA_GARBLED);
		break;
	case NMEA_FULL:
		close_sentence(p, NMEA_TOO_LONG);
		break;
	}
}

/* ---- for the outside ---- */

/**
 * nmea_init() - set up a parser
 * @p: the parser, whatever is in it
 * @publish: takes each epoch
 * @ctx: given to @publish
 */
void nmea_init(struct nmea *p, nmea_publish_fn publish, void *ctx)
{
	memset(p, 0, sizeof(*p));
	epoch_reset(&p->now);
	p->last.tod = NEVER;
	p->prompt = true;
	p->needed = TRUST_AFTER;
	p->repair = true;
	p->publish = publish;
	p->ctx = ctx;
}

/**
 * nmea_set_prompt() - choose how soon epochs are published
 * @p: the parser
 * @on: publish an epoch when the sentence arrives that ended the epochs
 *	before, which is the default.  Off: only when the next time arrives, or
 *	the line falls silent; no sentence can come too late then.
 */
void nmea_set_prompt(struct nmea *p, bool on)
{
	p->prompt = on;
}

/**
 * nmea_published_at_end() - what caused the latest record?
 * @p: the parser, also while it publishes
 *
 * Return: true if it was the sentence that completed the epoch, false if it was
 * silence, or a sentence of the next epoch.
 */
bool nmea_published_at_end(const struct nmea *p)
{
	return p->last_prompt;
}

/**
 * nmea_set_repair() - choose what is made of unsure bits
 * @p: the parser
 * @on: look for the most likely text, which is the default.  Off: each byte is
 *	taken as received, and the checksum decides.
 */
void nmea_set_repair(struct nmea *p, bool on)
{
	p->repair = on;
}

/**
 * nmea_set_sentence() - watch the sentences
 * @p: the parser
 * @sentence: is told of each sentence, NULL: nobody is, which is the default
 */
void nmea_set_sentence(struct nmea *p, nmea_sentence_fn sentence)
{
	p->sentence = sentence;
}

/**
 * nmea_epoch_open() - is an epoch waiting to be published?
 * @p: the parser
 *
 * Return: true if silence on the line must be watched for nmea_silence().
 */
bool nmea_epoch_open(const struct nmea *p)
{
	return p->now.open;
}

/**
 * nmea_silence() - no byte came for NMEA_EPOCH_SILENCE_MS
 * @p: the parser
 *
 * Publishes the open epoch, if there is one.  Context: as nmea_feed().
 */
void nmea_silence(struct nmea *p)
{
	if (p->now.open)
		epoch_close(p, false);
}

/**
 * nmea_flush() - no byte will follow
 * @p: the parser
 *
 * Publishes the open epoch, if there is one, drops a sentence cut off and
 * what was held for an epoch to come.  Context: as nmea_feed().
 */
void nmea_flush(struct nmea *p)
{
	if (p->line.inside)
		close_sentence(p, NMEA_GARBLED);
	p->line.inside = false;
	if (p->now.open)
		epoch_close(p, false);
	epoch_reset(&p->now);
}
