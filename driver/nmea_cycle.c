// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from sentences to epochs.
 *
 * All sentences with one UTC time form an epoch and give one record.  NMEA
 * 0183 does not mark the end of an epoch, so it is found in three ways: a
 * sentence with another time arrives, the line falls silent, or the sentence
 * arrives that was the last one of the epochs before.
 *
 * Sentences without a time field, between two that have different times, belong to
 * the epoch before or to the one after: the longest pause on the line separates
 * them.  Where there is no pause, the next epoch begins with the sentence that
 * began those before.
 */
#include "nmea.h"

/* Of no epoch: no time of day, nor NMEA_NO_TIME. */
#define NEVER	(NMEA_NO_TIME - 1)

/* Of no sentence; no nmea_msg.id. */
#define NO_HEAD	1

/* Epochs in a row that must end alike before such an end is trusted. */
#define TRUST_AFTER	4
#define TRUST_AFTER_MAX	255U

/* Silence that ends an epoch of a receiver of which nothing is known. */
#define SILENCE_NS	1000000000

/* ---- the end of an epoch ---- */

/*
 * The sentence that ended enough epochs in a row is trusted to be the last
 * one of the receiver's cycle.  That it is missing once, or for good, does no
 * harm: such epochs end as they would without.
 */
static void learn_end(struct nmea *p, u16 end_id)
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
	p->needed = min(needed, TRUST_AFTER_MAX);
}

static void epoch_close(struct nmea *p, const struct nmea_epoch *e, bool prompt)
{
	learn_end(p, e->end_id);
	p->last_repeated = p->last.tod == e->seen.tod;
	p->last_prompt = prompt;
	p->last = e->seen;
	nmea_record_publish(p, e);
	if (e == &p->cut)
		nmea_epoch_copy(&p->now, &p->next);
	else
		nmea_epoch_reset(&p->now);
	p->split = false;
}

/* ---- pauses ---- */

/*
 * Is it one that can be between two cycles?  It is long for the receiver's period,
 * and not much shorter than others since the last sentence with a time field.
 */
static bool is_pause(const struct nmea *p, s64 gap)
{
	const struct nmea_rhythm *r = &p->rhythm;
	s64 least = r->period_ns ? r->period_ns >> 5 :
				   (p->line.start_ns - r->began_ns) >> 3;

	return gap > 0 && gap >= least && gap > r->pause_ns - (r->pause_ns >> 2);
}

/*
 * Silence is to be longer than any pause within an epoch, and about half as long as
 * the one between two.
 */
static void learn_silence(struct nmea_rhythm *r, s64 between)
{
	s64 within = r->inner_ns, wanted;

	between = min(between, r->period_ns);
	wanted = max((within + between) >> 1, within + (within >> 1));
	if (wanted < r->silence_ns)
		wanted = r->silence_ns - ((r->silence_ns - wanted) >> 4);
	r->silence_ns = wanted;
}

/* An epoch begins, with @m or with what is held; @p->rhythm.pause_ns is before it. */
static void learn_rhythm(struct nmea *p, const struct nmea_msg *m)
{
	struct nmea_rhythm *r = &p->rhythm;
	s64 period = p->line.start_ns - r->began_ns;

	if (r->epochs)
		r->period_ns = r->period_ns ? min(period, 2 * r->period_ns) : period;
	if (r->pause_ns > 0 && r->pause_ns >= r->period_ns >> 5) {
		r->head = p->now.sentences ? p->now.begin_id : m->id;
		if (r->epochs)
			learn_silence(r, r->pause_ns);
	}
	r->began_ns = p->line.start_ns;
	r->epochs = true;
	r->pause_ns = 0;
	r->inner_ns = 0;
}

/* ---- which epoch a sentence is of ---- */

/* What is held belongs to an epoch that was published. */
static void drop_held(struct nmea *p)
{
	p->stats.late += p->now.sentences;
	nmea_epoch_reset(&p->now);
}

/* A sentence came, after @pause, when its epoch was published. */
static void note_late(struct nmea *p, s64 pause)
{
	struct nmea_rhythm *r = &p->rhythm;

	if (r->period_ns)
		pause = min(pause, r->period_ns);
	r->silence_ns = max(r->silence_ns, pause + (pause >> 1));
	if (p->last_prompt)
		distrust_end(p);
}

/* All that came since the last sentence with a time field is of the epoch before. */
static void end_before(struct nmea *p, s64 pause)
{
	struct nmea_rhythm *r = &p->rhythm;

	if (p->now.open) {
		p->next.sentences = 0;
		p->split = true;
	} else if (p->now.sentences && p->last.tod != NEVER) {
		if (r->pause_ns < pause - (pause >> 2))
			note_late(p, r->pause_ns);
		drop_held(p);
	} else if (r->head == NO_HEAD) {
		nmea_epoch_reset(&p->now);
	}
	r->inner_ns = max(r->inner_ns, r->pause_ns);
	r->pause_ns = pause;
}

/* A sentence came that can be of the next epoch, after @gap. */
static void note_gap(struct nmea *p, s64 gap)
{
	if (is_pause(p, gap))
		end_before(p, gap);
	else
		p->rhythm.inner_ns = max(p->rhythm.inner_ns, gap);
}

static void take_untimed(struct nmea *p, const struct nmea_msg *m, s64 gap)
{
	note_gap(p, gap);
	if (p->now.open && !p->split && m->view.part <= 1 &&
	    m->id == p->rhythm.head)
		end_before(p, 0);
}

/*
 * Does @m belong to the epoch that was published last?  A blank time tells
 * nothing, nor does a clock that stands still; there only an epoch that was
 * published by guess can have been published too early.
 */
static bool is_late(const struct nmea *p, const struct nmea_msg *m)
{
	if (m->tod != p->last.tod || p->last.count[m->id])
		return false;
	return p->last_prompt ||
	       (m->tod != NMEA_NO_TIME && !p->last_repeated);
}

/* Too late for its fix, but not for the date of the fixes to come. */
static void take_late(struct nmea *p, const struct nmea_msg *m, s64 gap)
{
	p->stats.late++;
	note_late(p, max(gap, p->rhythm.pause_ns));
	if (!p->now.open) {
		drop_held(p);
		p->rhythm.pause_ns = 0;
	}
	p->last.count[m->id] = 1;
	if (m->tod != NMEA_NO_TIME)
		nmea_record_date(p, &m->v, m->bad_date, m->tod);
}

static void begin_epoch(struct nmea *p, const struct nmea_msg *m, s64 gap)
{
	note_gap(p, gap);
	if (p->now.open)
		epoch_close(p, p->split && p->next.sentences ? &p->cut : &p->now,
			    false);
	learn_rhythm(p, m);
	p->now.open = true;
	p->now.seen.tod = m->tod;
	p->now.start_ns = p->line.start_ns;
}

/* Return: false if @m is late. */
static bool take_timed(struct nmea *p, const struct nmea_msg *m, s64 gap)
{
	bool same = p->now.open && p->now.seen.tod == m->tod;
	struct nmea_rhythm *r = &p->rhythm;

	if (!same && is_late(p, m)) {
		take_late(p, m, gap);
		return false;
	}
	if (!same || p->now.seen.count[m->id]) {
		begin_epoch(p, m, gap);
		return true;
	}
	/* whatever pause there was is within an epoch */
	r->inner_ns = max(r->inner_ns, max(r->pause_ns, gap));
	r->pause_ns = 0;
	p->split = false;
	return true;
}

/* In the later parts of a group all that the first one told may be blank. */
static void take_group(struct nmea *p, struct nmea_msg *m)
{
	struct nmea_view *v = &m->view;
	bool same = p->group.id == m->id;

	if (!v->part)
		v->part = same ? p->group.part + 1 : 1;
	if (!v->parts && same && v->part > 1)
		v->parts = p->group.parts;
	p->group.id = m->id;
	p->group.part = v->part;
	p->group.parts = v->parts;
}

/* What follows a pause can be of either epoch. */
static void add(struct nmea *p, const struct nmea_msg *m)
{
	if (p->split && !p->next.sentences) {
		nmea_epoch_copy(&p->cut, &p->now);
		nmea_epoch_reset(&p->next);
	}
	if (p->split)
		nmea_epoch_add(&p->next, m);
	nmea_epoch_add(&p->now, m);
}

/**
 * nmea_cycle_take() - take a sentence
 * @p: the parser
 * @m: what it says
 *
 * DTM and TXT come when the receiver likes, not once a cycle: they tell nothing of
 * where an epoch ends.
 */
void nmea_cycle_take(struct nmea *p, struct nmea_msg *m)
{
	s64 gap = p->rhythm.gap_ns;

	if (m->type == NMEA_DTM || m->type == NMEA_TXT) {
		nmea_record_receiver(p, m);
		return;
	}
	p->rhythm.gap_ns = 0;
	if (m->type == NMEA_GSV)
		take_group(p, m);
	if (!p->rhythm.head)
		p->rhythm.head = p->stats.junk_bytes || m->view.part > 1 ?
				 NO_HEAD : m->id;
	if (!m->timed)
		take_untimed(p, m, gap);
	else if (!take_timed(p, m, gap))
		return;
	add(p, m);
	if (p->prompt && p->trusted && p->now.open &&
	    p->now.end_id == p->trusted)
		epoch_close(p, &p->now, true);
}

/* ---- what goes on without a sentence ---- */

/**
 * nmea_cycle_init() - nothing is known of the receiver
 * @p: the parser, all 0
 */
void nmea_cycle_init(struct nmea *p)
{
	nmea_epoch_reset(&p->now);
	p->rhythm.silence_ns = SILENCE_NS;
	p->last.tod = NEVER;
	p->prompt = true;
	p->needed = TRUST_AFTER;
}

/**
 * nmea_cycle_flush() - no sentence will follow
 * @p: the parser
 *
 * Publishes the open epoch, if there is one, and drops what was held for an epoch to
 * come.
 */
void nmea_cycle_flush(struct nmea *p)
{
	nmea_silence(p);
	nmea_epoch_reset(&p->now);
	p->last_prompt = false;
	p->rhythm = (struct nmea_rhythm){
		.period_ns = p->rhythm.period_ns,
		.silence_ns = p->rhythm.silence_ns,
		.head = p->rhythm.head,
	};
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
 * nmea_silence_due_ns() - until when must the line be silent?
 * @p: the parser
 *
 * Return: when nmea_silence() is to be called if no byte comes before, by the clock of
 * nmea_feed().  How long that is after the last byte is learned from the receiver.
 */
s64 nmea_silence_due_ns(const struct nmea *p)
{
	return p->rhythm.last_ns + p->rhythm.silence_ns;
}

/**
 * nmea_silence() - no byte came until nmea_silence_due_ns()
 * @p: the parser
 *
 * Publishes the open epoch, if there is one.  Context: as nmea_feed().
 */
void nmea_silence(struct nmea *p)
{
	if (p->now.open)
		epoch_close(p, &p->now, false);
}
