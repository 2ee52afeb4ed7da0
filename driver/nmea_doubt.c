// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: doubtful bytes, while their sentence is received.
 *
 * A doubtful byte is one of several readings: the one received, with any of
 * its unsure bits flipped.  It is taken for a reading that can stand where it
 * is, and kept for nmea_repair.c, which looks at the whole sentence.
 *
 * A byte with bits that hardly are wrong is kept as well; one that cannot stand
 * where it does is doubtful in them at once.
 */
#include "nmea_doubt.h"

static bool can_be(u8 byte, u8 mask, u8 reading)
{
	return !((byte ^ reading) & ~mask);
}

static bool is_eol(u8 byte)
{
	return byte == '\r' || byte == '\n';
}

/* Return: a reading that is of a kind, the one received if it is; or -1. */
static int pick(u8 byte, u8 mask, bool (*is_kind)(u8 byte))
{
	u8 flip = 0;

	do {
		if (is_kind(byte ^ flip))
			return byte ^ flip;
		flip = nmea_next_flip(flip, mask);
	} while (flip);
	return -1;
}

/*
 * '!' starts sentences of another kind, which are not taken; and what stands
 * amid a line starts nothing if it can be anything else.
 */
static u8 hunt_reading(const struct nmea_line *line, u8 byte, u8 unsure)
{
	if (!unsure || !can_be(byte, unsure, '$'))
		return byte;
	return line->junk || can_be(byte, unsure, '!') ? '!' : '$';
}

/*
 * Most sentences are received from '$' to line end, so what is between them is
 * neither if it can be anything else.
 */
static u8 body_reading(u8 byte, u8 unsure)
{
	u8 mask = nmea_doubt_mask(unsure);
	int reading;

	if (byte == '*' || (byte == '$' && !unsure))
		return byte;
	reading = pick(byte, mask, nmea_is_body);
	if (reading >= 0)
		return reading;
	return can_be(byte, mask, '*') ? '*' : byte;
}

static u8 line_reading(const struct nmea_line *line, u8 byte, u8 unsure)
{
	u8 mask = nmea_doubt_mask(unsure);
	int reading = -1;

	if (line->state == NMEA_LINE_END)
		reading = pick(byte, mask, is_eol);
	else if (line->state != NMEA_LINE_BODY)
		reading = pick(byte, mask, nmea_is_digit);
	return reading >= 0 ? reading : body_reading(byte, unsure);
}

static u8 count_bits(u8 mask)
{
	u8 n = 0;

	for (; mask; mask &= mask - 1)
		n++;
	return n;
}

/* Where the byte that comes next stands in the text. */
static u16 line_at(const struct nmea_line *line)
{
	return line->len + line->state - NMEA_LINE_BODY;
}

static void keep_doubt(struct nmea_line *line, u8 byte, u8 unsure)
{
	u8 bits = line->unsure_bits + count_bits(unsure);
	struct nmea_doubt *doubt = &line->doubt[line->doubts];

	if (line->doubts == NMEA_MAX_DOUBTS || bits > NMEA_MAX_UNSURE_BITS) {
		line->crowded = true;
		return;
	}
	doubt->at = line_at(line);
	doubt->unsure = unsure;
	doubt->received = byte;
	line->unsure_bits = bits;
	line->doubts++;
}

/* Is it something that comes there? */
static bool can_stand(const struct nmea_line *line, u8 byte)
{
	switch (line->state) {
	case NMEA_LINE_HUNT:
		return line->junk || byte == '$' || is_eol(byte);
	case NMEA_LINE_BODY:
		return nmea_is_body(byte) || byte == '*';
	case NMEA_LINE_END:
		return is_eol(byte);
	default:
		return nmea_is_digit(byte);
	}
}

/**
 * nmea_keep_remote() - a byte is about to be taken that hardly is wrong
 * @line: the sentence that is being received, if any
 * @byte: best reading
 * @remote: bits that may be wrong
 *
 * Return: true if it is wrong, as nothing of the kind can stand there.
 */
bool nmea_keep_remote(struct nmea_line *line, u8 byte, u8 remote)
{
	if (!can_stand(line, byte))
		return true;
	/* What is not kept is as sure as the others. */
	if (line->state != NMEA_LINE_HUNT && line->state != NMEA_LINE_END &&
	    line->remotes < NMEA_MAX_REMOTES)
		line->remote[line->remotes++] = (struct nmea_doubt){
			.at = line_at(line),
			.unsure = remote,
			.received = byte,
		};

	return false;
}

/* Return: the reading to go on with, the best one if none can stand there. */
static u8 note_doubt(struct nmea_line *line, u8 byte, u8 unsure)
{
	u8 reading;

	if (line->state == NMEA_LINE_HUNT)
		return hunt_reading(line, byte, unsure);

	reading = line_reading(line, byte, unsure);
	if (line->doubtful < 255)
		line->doubtful++;
	if (is_eol(reading)) {
		line->mended |= reading != byte;
		line->open_end = pick(byte, nmea_doubt_mask(unsure), nmea_is_body) >= 0;
		return reading;
	}
	if (!unsure) {
		line->guessed |= reading != byte;
		if (line->unknown < 255)
			line->unknown++;
		if (line->unknown > 1)
			return reading;
	}
	keep_doubt(line, byte, unsure);
	return reading;
}

/**
 * nmea_take_doubtful() - take a doubtful byte
 * @p: the parser
 * @received: best reading
 * @unsure: bits that may be wrong, 0: not known which
 * @start_ns: time of its start bit
 */
void nmea_take_doubtful(struct nmea *p, u8 received, u8 unsure, s64 start_ns)
{
	struct nmea_line *line = &p->line;
	u8 byte = note_doubt(line, received, unsure);

	nmea_line_take(p, byte, 0, 0, start_ns);
	if (byte == '$') {
		line->doubtful = 1;
		line->mended = byte != received;
	}
}

static const struct nmea_doubt *find(const struct nmea_doubt *doubt, u8 n,
				     u16 at)
{
	for (; n; n--, doubt++)
		if (doubt->at == at)
			return doubt;
	return NULL;
}

/**
 * nmea_find_doubt() - is a byte of the sentence doubtful?
 * @line: the sentence
 * @at: place in the text, the '*' and the checksum included
 *
 * Return: what is known of it, or NULL.
 */
const struct nmea_doubt *nmea_find_doubt(const struct nmea_line *line, u16 at)
{
	return find(line->doubt, line->doubts, at);
}

/* Where a '*' is amiss, what hardly is wrong must be. */
static const struct nmea_doubt *find_star(const struct nmea_line *line, u16 at)
{
	const struct nmea_doubt *star = nmea_find_doubt(line, at);

	return star ? star : find(line->remote, line->remotes, at);
}

/**
 * nmea_unstar() - what follows a '*' is no checksum
 * @line: the sentence that is being received
 *
 * Return: true if the '*' was doubtful, and now is another byte of the text, as
 * are the digits after it.
 */
bool nmea_unstar(struct nmea_line *line)
{
	const struct nmea_doubt *star = find_star(line, line->len);
	u16 from = line->len + 1, to = line_at(line);
	int reading = -1;

	if (star && to <= NMEA_MAX_LEN)
		reading = pick('*', nmea_doubt_mask(star->unsure), nmea_is_body);
	if (reading < 0)
		return false;
	line->guessed |= !star->unsure;
	line->state = NMEA_LINE_BODY;
	nmea_line_put(line, reading);
	for (; from < to; from++)
		nmea_line_put(line, line->text[from]);
	return true;
}

/* Return: the byte as it is or in another reading, or -1. */
static int digit_at(const struct nmea_line *line, u16 at)
{
	const struct nmea_doubt *doubt = nmea_find_doubt(line, at);

	return pick(nmea_line_byte(line, at),
		    doubt ? nmea_doubt_mask(doubt->unsure) : 0, nmea_is_digit);
}

/**
 * nmea_find_star() - the line ended before a '*'
 * @line: the sentence that is being received
 *
 * Return: true if a doubtful byte was it, and now is, with the checksum.
 */
bool nmea_find_star(struct nmea_line *line)
{
	u16 at = line->len - 3;
	const struct nmea_doubt *star;
	int high, low;

	if (line->state != NMEA_LINE_BODY || line->len < 4)
		return false;
	star = find_star(line, at);
	high = digit_at(line, at + 1);
	low = digit_at(line, at + 2);
	if (!star || high < 0 || low < 0 ||
	    !can_be(star->received, nmea_doubt_mask(star->unsure), '*'))
		return false;

	line->checksum ^= nmea_line_byte(line, at) ^ nmea_line_byte(line, at + 1) ^
			  nmea_line_byte(line, at + 2);
	line->guessed |= !star->unsure;
	line->len = at;
	line->text[at] = '\0';
	line->text[at + 1] = high;
	line->text[at + 2] = low;
	line->given = nmea_hex_digit(high) << 4 | nmea_hex_digit(low);
	line->state = NMEA_LINE_END;
	return true;
}

static bool differs(const struct nmea_line *line,
		    const struct nmea_doubt *doubt, u8 n)
{
	for (; n; n--, doubt++)
		if (nmea_line_byte(line, doubt->at) != doubt->received)
			return true;
	return false;
}

/**
 * nmea_repaired() - is the text another one than received?
 * @line: a whole sentence
 */
bool nmea_repaired(const struct nmea_line *line)
{
	return differs(line, line->doubt, line->doubts) ||
	       differs(line, line->remote, line->remotes) || line->mended;
}
