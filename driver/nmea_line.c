// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from bytes to a sentence with the right checksum.
 */
#include "nmea_sentence.h"

static void line_start(struct nmea_line *line, s64 start_ns)
{
	line->start_ns = start_ns;
	line->state = NMEA_LINE_BODY;
	line->checksum = 0;
	line->given = 0;
	line->fields = 1;
	line->text[0] = '$';
	line->len = 1;
	line->start[0] = 1;
	line->doubtful = 0;
	line->unknown = 0;
	line->unsure_bits = 0;
	line->doubts = 0;
	line->crowded = false;
	line->guessed = false;
	line->mended = false;
	line->open_end = false;
	line->remotes = 0;
}

/* ---- the end of a sentence ---- */

static void line_count(struct nmea_stats *stats, enum nmea_verdict verdict,
		       bool repaired)
{
	stats->sentences += nmea_verified(verdict);
	stats->repaired += repaired;
	switch (verdict) {
	case NMEA_USED:
		stats->used++;
		break;
	case NMEA_IGNORED:
		stats->ignored++;
		break;
	case NMEA_MALFORMED:
		stats->malformed++;
		break;
	case NMEA_CHECKSUM_ERROR:
		stats->checksum_errors++;
		break;
	case NMEA_AMBIGUOUS:
		stats->ambiguous++;
		break;
	case NMEA_NO_CHECKSUM:
		stats->no_checksum++;
		break;
	case NMEA_GARBLED:
		stats->garbled++;
		break;
	case NMEA_TOO_LONG:
		stats->too_long++;
		break;
	}
}

/* Makes text of it again.  Return: its length. */
static u16 line_text(struct nmea_line *line, bool whole)
{
	u16 i, len = line->len;

	for (i = 1; i < len; i++)
		if (!line->text[i])
			line->text[i] = ',';
	if (line->state != NMEA_LINE_BODY) {
		line->text[len] = '*';
		len += 1 + line->state - NMEA_LINE_DIGIT_1;
	}
	if (whole) {
		line->text[len++] = '\r';
		line->text[len++] = '\n';
	}
	line->text[len] = '\0';
	return len;
}

/**
 * nmea_line_close() - the sentence that is being received has ended
 * @p: the parser
 * @verdict: what became of it; it is counted and told
 *
 * Of the sentence, only its start_ns is left then.
 */
void nmea_line_close(struct nmea *p, enum nmea_verdict verdict)
{
	struct nmea_line *line = &p->line;
	bool repaired = (line->doubtful || line->remotes) &&
			nmea_verified(verdict) && nmea_repaired(line);
	struct nmea_sentence sentence;

	line_count(&p->stats, verdict, repaired);
	if (p->sentence) {
		sentence.start_ns = line->start_ns;
		sentence.text = line->text;
		sentence.len = line_text(line, nmea_verified(verdict));
		sentence.verdict = verdict;
		sentence.doubtful = line->doubtful;
		sentence.repaired = repaired;
		p->sentence(p->ctx, &sentence);
	}
	line->state = NMEA_LINE_HUNT;
	line->junk = true;
}

/**
 * nmea_line_drop() - give up the sentence that is being received, if any
 * @p: the parser; the sentence is counted as garbled
 */
void nmea_line_drop(struct nmea *p)
{
	if (p->line.state != NMEA_LINE_HUNT)
		nmea_line_close(p, NMEA_GARBLED);
}

/* ---- byte by byte ---- */

/**
 * nmea_line_put() - add a byte to what is between '$' and '*'
 * @line: the sentence, with room for it
 * @byte: the byte
 */
void nmea_line_put(struct nmea_line *line, u8 byte)
{
	line->checksum ^= byte;
	if (byte != ',') {
		line->text[line->len++] = byte;
		return;
	}
	line->text[line->len++] = '\0';
	if (line->fields < NMEA_MAX_FIELDS)
		line->start[line->fields++] = line->len;
}

/*
 * Most bytes are digits, letters, points and commas within a sentence: those
 * are taken here, with as little as can be.  Return: whether @byte was one.
 */
static bool line_plain(struct nmea_line *line, u8 byte, unsigned int flags)
{
	if (byte <= '*' || byte >= 0x7f || flags ||
	    line->state != NMEA_LINE_BODY || line->len >= NMEA_MAX_LEN)
		return false;
	nmea_line_put(line, byte);
	return true;
}

static void line_body(struct nmea *p, u8 byte)
{
	struct nmea_line *line = &p->line;

	if (byte == '*') {
		line->text[line->len] = '\0';
		line->state = NMEA_LINE_DIGIT_1;
		return;
	}
	if (line->len >= NMEA_MAX_LEN)
		nmea_line_close(p, NMEA_TOO_LONG);
	else
		nmea_line_put(line, byte);
}

/**
 * nmea_hex_digit() - value of a digit of the checksum
 * @byte: the digit, of either case
 *
 * Return: 0 to 15, -1 if it is none.
 */
int nmea_hex_digit(u8 byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return -1;
}

static void line_digit(struct nmea *p, u8 byte)
{
	struct nmea_line *line = &p->line;
	int digit = nmea_hex_digit(byte);

	if (digit >= 0 && line->state != NMEA_LINE_END) {
		line->given = line->given << 4 | digit;
		line->state++;
		line->text[line->len + line->state - NMEA_LINE_DIGIT_1] = byte;
	} else if (nmea_unstar(line)) {
		line_body(p, byte);
	} else {
		nmea_line_drop(p);
	}
}

static void line_end(struct nmea *p)
{
	struct nmea_line *line = &p->line;
	enum nmea_verdict verdict = NMEA_USED;

	if (line->state != NMEA_LINE_END && !nmea_find_star(line))
		verdict = NMEA_NO_CHECKSUM;
	else if (line->doubtful || line->remotes)
		verdict = nmea_repair(line);
	else if (line->given != line->checksum)
		verdict = NMEA_CHECKSUM_ERROR;

	if (verdict == NMEA_USED)
		nmea_take_line(p);
	else
		nmea_line_close(p, verdict);
	line->junk = false;
}

static void line_begin(struct nmea *p, s64 start_ns)
{
	nmea_line_drop(p);
	line_start(&p->line, start_ns);
}

static void line_junk(struct nmea *p, bool junk)
{
	p->stats.junk_bytes += junk;
	p->line.junk = junk;
}

/**
 * nmea_line_take() - take a byte, whatever it is
 * @p: the parser
 * @byte: as received
 * @flags: NMEA_BYTE_* bits
 * @unsure: bits that may be wrong
 * @start_ns: time of its start bit
 */
void nmea_line_take(struct nmea *p, u8 byte, unsigned int flags, u8 unsure,
		    s64 start_ns)
{
	bool eol = byte == '\r' || byte == '\n';
	struct nmea_line *line = &p->line;
	bool bad = flags & NMEA_BYTE_BAD;

	if (flags == NMEA_BYTE_DOUBTFUL && p->repair) {
		nmea_take_doubtful(p, byte, unsure, start_ns);
		return;
	}
	if (byte == '$')
		line_begin(p, start_ns);
	else if (line->state == NMEA_LINE_HUNT)
		line_junk(p, !eol || bad);
	else if (bad || (byte < 0x20 && !eol) || byte >= 0x7f)
		nmea_line_drop(p);
	else if (eol)
		line_end(p);
	else if (line->state == NMEA_LINE_BODY)
		line_body(p, byte);
	else
		line_digit(p, byte);
}

/**
 * nmea_feed() - take one received byte
 * @p: the parser
 * @byte: as received
 * @flags: NMEA_BYTE_* bits
 * @unsure: with NMEA_BYTE_DOUBTFUL, the bits of @byte that may be wrong; 0 if
 *	    it is not known which
 * @remote: other bits that hardly are wrong, but rather than any without a mark
 * @start_ns: time of its start bit, CLOCK_MONOTONIC
 *
 * A sentence is '$', printable ASCII, '*', two hex digits of either case and
 * CR or LF; the checksum is the exclusive or of what is between '$' and '*'.
 * A '$' starts a sentence wherever it stands, even if it was received badly:
 * what follows is guarded by its checksum.  nmea_doubt.c and nmea_repair.c tell
 * what is made of doubtful bytes.
 *
 * Context: any, hard IRQ included; the caller sees to it that a parser is used
 * from one context at a time.  Does a bounded amount of work and publishes at
 * most two epochs: the one before the sentence, and the one that it ends.
 */
void nmea_feed(struct nmea *p, u8 byte, unsigned int flags, u8 unsure,
	       u8 remote, s64 start_ns)
{
	if (remote && p->repair && nmea_keep_remote(&p->line, byte, remote)) {
		flags |= NMEA_BYTE_DOUBTFUL;
		unsure |= remote;
	}
	if (!line_plain(&p->line, byte, flags))
		nmea_line_take(p, byte, flags, unsure, start_ns);
}
