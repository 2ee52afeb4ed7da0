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
	line->fields = 1;
	line->len = 0;
	line->start[0] = 0;
}

/**
 * nmea_line_drop() - give up the sentence that is being received, if any
 * @line: the sentence
 * @stats: it is counted here, as garbled
 */
void nmea_line_drop(struct nmea_line *line, struct nmea_stats *stats)
{
	if (line->state == NMEA_LINE_HUNT)
		return;
	line->state = NMEA_LINE_HUNT;
	stats->garbled++;
}

static void line_put(struct nmea_line *line, u8 byte)
{
	line->checksum ^= byte;
	if (byte != ',') {
		line->body[line->len++] = byte;
		return;
	}
	line->body[line->len++] = '\0';
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
	    line->state != NMEA_LINE_BODY || line->len >= NMEA_MAX_BODY)
		return false;
	line_put(line, byte);
	return true;
}

static void line_body(struct nmea_line *line, struct nmea_stats *stats,
		      u8 byte)
{
	if (byte == '*') {
		line->body[line->len] = '\0';
		line->state = NMEA_LINE_DIGIT_1;
		return;
	}
	if (line->len >= NMEA_MAX_BODY) {
		line->state = NMEA_LINE_HUNT;
		stats->too_long++;
		return;
	}
	line_put(line, byte);
}

static int hex_digit(u8 byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return -1;
}

static void line_digit(struct nmea_line *line, struct nmea_stats *stats,
		       u8 byte)
{
	int digit = hex_digit(byte);

	if (digit < 0 || line->state == NMEA_LINE_END) {
		nmea_line_drop(line, stats);
		return;
	}
	line->given = line->given << 4 | digit;
	line->state++;
}

static bool line_end(struct nmea_line *line, struct nmea_stats *stats)
{
	bool complete = line->state == NMEA_LINE_END;

	line->state = NMEA_LINE_HUNT;
	if (!complete)
		stats->no_checksum++;
	else if (line->given != line->checksum)
		stats->checksum_errors++;
	else
		stats->sentences++;
	return complete && line->given == line->checksum;
}

/* Return: whether @line now holds a whole sentence with the right checksum. */
static bool line_other(struct nmea_line *line, struct nmea_stats *stats,
		       u8 byte, bool bad, s64 start_ns)
{
	bool eol = byte == '\r' || byte == '\n';

	if (byte == '$') {
		nmea_line_drop(line, stats);
		line_start(line, start_ns);
	} else if (line->state == NMEA_LINE_HUNT) {
		stats->junk_bytes += !eol || bad;
	} else if (bad || (byte < 0x20 && !eol) || byte >= 0x7f) {
		nmea_line_drop(line, stats);
	} else if (eol) {
		return line_end(line, stats);
	} else if (line->state == NMEA_LINE_BODY) {
		line_body(line, stats, byte);
	} else {
		line_digit(line, stats, byte);
	}
	return false;
}

/**
 * nmea_feed() - take one received byte
 * @p: the parser
 * @byte: as received
 * @flags: NMEA_BYTE_* bits
 * @start_ns: time of its start bit, CLOCK_MONOTONIC
 *
 * A sentence is '$', printable ASCII, '*', two hex digits of either case and
 * CR or LF; the checksum is the exclusive or of what is between '$' and '*'.
 * A '$' starts a sentence wherever it stands, even if it was received badly:
 * what follows is guarded by its checksum.
 *
 * Context: any, hard IRQ included; the caller sees to it that a parser is used
 * from one context at a time.  Does a bounded amount of work and publishes at
 * most two epochs: the one before the sentence, and the one that it ends.
 */
void nmea_feed(struct nmea *p, u8 byte, unsigned int flags, s64 start_ns)
{
	if (line_plain(&p->line, byte, flags))
		return;
	if (line_other(&p->line, &p->stats, byte, flags & NMEA_BYTE_BAD,
		       start_ns))
		nmea_take_line(p);
}
