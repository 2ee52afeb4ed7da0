/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: from bytes to the text of a sentence.
 */
#ifndef GNSS_GPIO_NMEA_LINE_H
#define GNSS_GPIO_NMEA_LINE_H

#include "pure.h"

/*
 * Longest sentence taken, '$' to the last checksum digit.  NMEA 0183 says 82
 * with the line end, receivers send up to 205.
 */
#define NMEA_MAX_SENTENCE	512

/* What is needed of a sentence: address and 20 fields of a GSV, and that it has more. */
#define NMEA_MAX_FIELDS		22

/* Characters of the end of a sentence: '*' and two digits. */
#define NMEA_TAIL		3

/* Shortest sentence: "$*00". */
#define NMEA_MIN_SENTENCE	(1 + NMEA_TAIL)

/* Flags of a byte given to nmea_feed(). */
#define NMEA_BYTE_BAD		0x01	/* framing error or lost bytes before it */

/* Margin of a bit that has no other reading. */
#define NMEA_SURE		255

/*
 * Unsure bytes of a sentence that are kept: more than there are in a sentence of
 * 82, which is the longest that NMEA 0183 allows.
 */
#define NMEA_MAX_UNSURE		96

/**
 * enum nmea_verdict - what became of a sentence
 * @NMEA_USED: right checksum, went into an epoch
 * @NMEA_IGNORED: right checksum, of a type that is not decoded
 * @NMEA_MALFORMED: right checksum, but a field breaks the format
 * @NMEA_CHECKSUM_ERROR: wrong checksum, not to be repaired
 * @NMEA_AMBIGUOUS: more than one text is likely
 * @NMEA_NO_CHECKSUM: line end before the checksum
 * @NMEA_GARBLED: cut off
 * @NMEA_TOO_LONG: more than NMEA_MAX_SENTENCE bytes
 *
 * Each has its counter in struct nmea_stats, where more is said.
 */
enum nmea_verdict {
	NMEA_USED,
	NMEA_IGNORED,
	NMEA_MALFORMED,
	NMEA_CHECKSUM_ERROR,
	NMEA_AMBIGUOUS,
	NMEA_NO_CHECKSUM,
	NMEA_GARBLED,
	NMEA_TOO_LONG,
};

/* Is a sentence of this verdict what was sent, as far as a checksum tells? */
static inline bool nmea_verified(enum nmea_verdict verdict)
{
	return verdict <= NMEA_MALFORMED;
}

/**
 * enum nmea_event - what a byte is
 * @NMEA_PART: part of the sentence, or a line end between two sentences
 * @NMEA_JUNK: no part of any sentence
 * @NMEA_BEGIN: a '$'; what was received of the sentence before is cut off
 * @NMEA_END: the line end of the sentence
 * @NMEA_CUT: nothing that can be in a sentence; it is cut off
 * @NMEA_FULL: one byte more than fits in a sentence
 */
enum nmea_event {
	NMEA_PART,
	NMEA_JUNK,
	NMEA_BEGIN,
	NMEA_END,
	NMEA_CUT,
	NMEA_FULL,
};

/**
 * struct nmea_unsure - a byte of a sentence that may be wrong
 * @at: where it is in nmea_line.text
 * @margin: of each bit, what it costs to flip it, in eighths of a bit of
 *	    information; NMEA_SURE if it is not wrong
 */
struct nmea_unsure {
	u16 at;
	u8 margin[8];
};

/**
 * struct nmea_line - the sentence that is being received
 * @start_ns: time of its '$'
 * @len: bytes in @text
 * @limit: most bytes that @text may have; 0 while no sentence is being received
 * @junk: bytes that were no part of any sentence came since the last line end
 * @doubtful: bytes with an unsure bit, '$' and line end included
 * @kept: entries of @unsure that are in use
 * @lost: there was no room in @unsure for some byte
 * @repaired: '$', line end or @text are not as received, or cannot stay so
 * @cost: sum of the margins of the bits flipped so far
 * @unsure: the unsure bytes of @text, in its order
 * @wrong: exclusive or of the checksum and the right one, after nmea_line_check()
 * @fields: fields of @text, the address included, as nmea_line_split() found them
 * @field: where each of them starts, and what comes after their end
 * @text: '$' and all that follows up to the line end
 */
struct nmea_line {
	s64 start_ns;
	u16 len;
	u16 limit;
	bool junk;
	u32 doubtful;
	u8 kept;
	bool lost;
	bool repaired;
	u8 wrong;
	u8 fields;
	u16 cost;
	struct nmea_unsure unsure[NMEA_MAX_UNSURE];
	const char *field[NMEA_MAX_FIELDS + 1];
	char text[NMEA_MAX_SENTENCE + sizeof("\r\n")];
};

/* May it be between '$' and '*'? */
static inline bool nmea_is_body(u8 byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '$' && byte != '*';
}

static inline bool nmea_is_eol(u8 byte)
{
	return byte == '\r' || byte == '\n';
}

/**
 * nmea_line_put() - take a byte that is part of a sentence in any case
 * @line: the line
 * @byte: as received, all of its bits sure
 *
 * Most bytes are digits, letters, points and commas within a sentence: those
 * are taken here, at the least cost.
 *
 * Return: false if it is another one, or there is no sentence.
 */
static inline bool nmea_line_put(struct nmea_line *line, u8 byte)
{
	if (byte < '*' || byte >= 0x7f || line->len >= line->limit)
		return false;
	line->text[line->len++] = byte;
	return true;
}

/* A line end can follow another one. */
static inline enum nmea_event nmea_line_end(struct nmea_line *line)
{
	enum nmea_event event = line->limit ? NMEA_END : NMEA_PART;

	line->limit = 0;
	line->junk = false;
	return event;
}

static inline enum nmea_event nmea_line_cut(struct nmea_line *line,
					    enum nmea_event event)
{
	line->limit = 0;
	line->junk = true;
	return event;
}

void nmea_line_drop_cr(struct nmea_line *line);

/**
 * nmea_line_take() - take a byte, whatever it is
 * @line: the line
 * @byte: as received, all of its bits sure
 * @bad: NMEA_BYTE_BAD goes with it
 *
 * A '$' starts a sentence wherever it is: what follows is guarded by its checksum.
 * On NMEA_BEGIN it is not taken: nmea_line_begin() does that, after the caller
 * has dealt with the sentence before.  After other events than NMEA_PART no
 * sentence is being received, but its text is still there.
 *
 * Inline, as each sentence has three such bytes: '$', CR and LF.
 *
 * Context: any; does a bounded amount of work.
 * Return: what it is.
 */
static inline enum nmea_event nmea_line_take(struct nmea_line *line, u8 byte,
					     bool bad)
{
	if (byte == '$')
		return NMEA_BEGIN;
	if (!bad && nmea_is_eol(byte)) {
		if (line->limit && line->doubtful)
			nmea_line_drop_cr(line);
		return nmea_line_end(line);
	}
	if (!line->limit)
		return nmea_line_cut(line, NMEA_JUNK);
	if (bad || byte < 0x20 || byte >= 0x7f)
		return nmea_line_cut(line, NMEA_CUT);
	if (line->len == line->limit)
		return nmea_line_cut(line, NMEA_FULL);
	line->text[line->len++] = byte;
	return NMEA_PART;
}

int nmea_hex_digit(u8 byte);
bool nmea_line_put_unsure(struct nmea_line *line, u8 byte, const u8 *margin);
void nmea_line_begin(struct nmea_line *line, u8 byte, const u8 *margin,
		     s64 start_ns);
enum nmea_event nmea_line_take_unsure(struct nmea_line *line, u8 byte,
				      const u8 *margin);
u8 nmea_line_split(struct nmea_line *line);
enum nmea_verdict nmea_line_check(struct nmea_line *line);
u16 nmea_line_finish(struct nmea_line *line, bool whole);

#endif /* GNSS_GPIO_NMEA_LINE_H */
