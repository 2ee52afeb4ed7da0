// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from bytes to records.
 *
 * Each step is a file: the text of a sentence (nmea_line.c), repaired if bits are unsure
 * (nmea_repair.c), its fields (nmea_sentence.c), the epoch that it belongs to
 * (nmea_cycle.c), the values of that (nmea_epoch.c, nmea_sky.c), and its record
 * (nmea_record.c).
 */
#include "nmea.h"

/* The counter of each verdict. */
static const u8 counter_at[] = {
	[NMEA_USED] = offsetof(struct nmea_stats, used),
	[NMEA_IGNORED] = offsetof(struct nmea_stats, ignored),
	[NMEA_MALFORMED] = offsetof(struct nmea_stats, malformed),
	[NMEA_CHECKSUM_ERROR] = offsetof(struct nmea_stats, checksum_errors),
	[NMEA_AMBIGUOUS] = offsetof(struct nmea_stats, ambiguous),
	[NMEA_NO_CHECKSUM] = offsetof(struct nmea_stats, no_checksum),
	[NMEA_GARBLED] = offsetof(struct nmea_stats, garbled),
	[NMEA_TOO_LONG] = offsetof(struct nmea_stats, too_long),
};

/* Counts the sentence, and tells of it. */
static void close_sentence(struct nmea *p, enum nmea_verdict verdict)
{
	bool verified = nmea_verified(verdict);
	bool repaired = p->line.repaired && verified;
	struct nmea_sentence sentence;

	++*(unsigned long *)((u8 *)&p->stats + counter_at[verdict]);
	p->stats.sentences += verified;
	p->stats.repaired += repaired;
	if (!p->sentence)
		return;
	sentence = (struct nmea_sentence){
		.start_ns = p->line.start_ns,
		.text = p->line.text,
		.len = nmea_line_finish(&p->line, verified),
		.verdict = verdict,
		.doubtful = min(p->line.doubtful, 255U),
		.repaired = repaired,
	};
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
	if (verdict == NMEA_IGNORED)
		nmea_names_count(&p->names, p->line.text + 1);
	close_sentence(p, verdict);
	if (verdict != NMEA_USED)
		return;
	p->stats.unreadable += m.unreadable;
	nmea_cycle_take(p, &m);
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
	struct nmea_rhythm *r = &p->rhythm;
	bool bad = flags & NMEA_BYTE_BAD;

	if (!r->last_ns)
		r->began_ns = start_ns;
	else
		r->gap_ns = max(r->gap_ns, start_ns - r->last_ns);
	if (!p->line.limit) {
		p->repairs = READ_ONCE(p->repair);
		margin = p->repairs ? margin : NULL;
	}
	switch (margin && !bad ? nmea_line_take_unsure(&p->line, byte, margin) :
				 nmea_line_take(&p->line, byte, bad)) {
	case NMEA_PART:
		break;
	case NMEA_JUNK:
		p->stats.junk_bytes++;
		break;
	case NMEA_BEGIN:
		if (p->line.limit)
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

/**
 * nmea_init() - set up a parser
 * @p: the parser, whatever is in it
 * @publish: takes each epoch
 * @ctx: given to @publish
 */
void nmea_init(struct nmea *p, nmea_publish_fn publish, void *ctx)
{
	memset(p, 0, sizeof(*p));
	nmea_cycle_init(p);
	p->repair = true;
	p->repairs = true;
	p->publish = publish;
	p->ctx = ctx;
}

/**
 * nmea_set_repair() - choose what is made of unsure bits
 * @p: the parser
 * @on: look for the most likely text, which is the default.  Off: each byte is
 *	taken as received, and the checksum decides.
 *
 * Holds from the next sentence on.
 *
 * Context: any, also while the parser is used.
 */
void nmea_set_repair(struct nmea *p, bool on)
{
	WRITE_ONCE(p->repair, on);
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
 * nmea_flush() - no byte will follow
 * @p: the parser
 *
 * Publishes the open epoch, if there is one, drops a sentence cut off and
 * what was held for an epoch to come.  Context: as nmea_feed().
 */
void nmea_flush(struct nmea *p)
{
	if (p->line.limit)
		close_sentence(p, NMEA_GARBLED);
	p->line.limit = 0;
	nmea_cycle_flush(p);
}
