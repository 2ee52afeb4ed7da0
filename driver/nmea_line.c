// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: from bytes to the text of a sentence.
 *
 * A sentence is '$', printable ASCII, '*', two hex digits of either case and
 * CR or LF; the checksum is the exclusive or of what is between '$' and '*'.
 *
 * An unsure byte can be another character than the one received.  Whether it
 * begins or ends a sentence is told from what each choice costs: the sum of the
 * margins of the bits to flip.
 */
#include "nmea_line.h"

/* What it costs to flip a sure bit: more than any sum of margins. */
#define NEVER	0x10000U

/* ---- what other readings of a byte cost ---- */

static u32 flip_cost(const u8 *margin, u8 flips)
{
	u32 cost = 0;

	for (; flips; flips >>= 1, margin++) {
		if (!(flips & 1))
			continue;
		if (*margin == NMEA_SURE)
			return NEVER;
		cost += *margin;
	}
	return cost;
}

static u32 eol_cost(const u8 *margin, u8 byte)
{
	return min(flip_cost(margin, byte ^ '\r'),
		     flip_cost(margin, byte ^ '\n'));
}

/* Of anything that may be between '$' and '*'. */
static u32 body_cost(const u8 *margin, u8 byte)
{
	u32 cost = flip_cost(margin, byte & 0x80), other = NEVER;
	u8 bit;

	byte &= 0x7f;
	if (nmea_is_body(byte))
		return cost;
	/* a control character: two bits tell them from all others */
	if (byte < 0x20)
		return cost + min(flip_cost(margin, 0x20),
				    flip_cost(margin, 0x40));
	for (bit = 1; bit < 0x80; bit <<= 1)
		if (nmea_is_body(byte ^ bit))
			other = min(other, flip_cost(margin, bit));
	return cost + other;
}

/*
 * The margins of one of the last bytes of the text.  Bytes that are not kept
 * count as sure.
 */
static const u8 *margins_at(const struct nmea_line *line, u16 at)
{
	static const u8 sure[8] = {
		NMEA_SURE, NMEA_SURE, NMEA_SURE, NMEA_SURE,
		NMEA_SURE, NMEA_SURE, NMEA_SURE, NMEA_SURE
	};
	u8 i;

	for (i = line->kept; i && line->unsure[i - 1].at >= at; i--)
		if (line->unsure[i - 1].at == at)
			return line->unsure[i - 1].margin;
	return sure;
}

static u32 cost_at(const struct nmea_line *line, u16 at, u8 byte)
{
	return flip_cost(margins_at(line, at), (u8)line->text[at] ^ byte);
}

/* ---- unsure bytes ---- */

/* No character has the top bit: where it is 0, it is right, where it is 1, wrong. */
static void put_unsure(struct nmea_line *line, u8 byte, const u8 *margin)
{
	struct nmea_unsure *unsure;

	line->repaired |= byte >> 7;
	if (line->kept < NMEA_MAX_UNSURE) {
		unsure = &line->unsure[line->kept++];
		unsure->at = line->len;
		memcpy(unsure->margin, margin, sizeof(unsure->margin));
		if (!(byte & 0x80))
			unsure->margin[7] = NMEA_SURE;
	} else {
		line->lost = true;
	}
	line->text[line->len++] = byte;
}

/* Are there two bytes after a '*', as where a sentence ends? */
static bool has_checksum(const struct nmea_line *line)
{
	const char *end = line->text + line->len;

	return line->len >= NMEA_MIN_SENTENCE && end[-NMEA_TAIL] == '*';
}

/**
 * nmea_line_put_unsure() - as nmea_line_put(), of a byte of which bits are unsure
 * @line: the line
 * @byte: as received
 * @margin: of each bit of @byte
 *
 * Where all bytes are unsure, most are taken here.
 *
 * Return: false if it may begin or end a sentence.
 */
bool nmea_line_put_unsure(struct nmea_line *line, u8 byte, const u8 *margin)
{
	if (byte < '*' || byte >= 0x7f || line->len >= line->limit ||
	    has_checksum(line))
		return false;
	line->doubtful++;
	put_unsure(line, byte, margin);
	return true;
}

/*
 * In the middle of a sentence, '$' is the rarest of characters: one that can be
 * another is that one.  But it begins a sentence after what reads as a line end.
 */
static bool is_begin(const struct nmea_line *line, u8 byte, u32 body)
{
	return byte == '$' &&
	       (body >= NEVER || nmea_is_eol(line->text[line->len - 1]));
}

/*
 * Is it part of the sentence, or its line end?  A line end comes after '*' and
 * two digits, of which the '*' may be misread; a '*' before them that is not
 * the end is misread, too.
 */
static enum nmea_event take_unsure(struct nmea_line *line, u8 byte,
				   const u8 *margin)
{
	u32 part = (byte & 0x7f) == '*' ? flip_cost(margin, byte & 0x80) :
					  body_cost(margin, byte);
	u32 eol = NEVER, star = NEVER;
	u16 at = line->len - NMEA_TAIL;

	if (is_begin(line, byte, part))
		return NMEA_BEGIN;
	line->doubtful++;
	if (has_checksum(line) || (part && line->len >= NMEA_MIN_SENTENCE)) {
		eol = eol_cost(margin, byte);
		star = cost_at(line, at, '*');
		if (!star && part < eol)
			part += body_cost(margins_at(line, at), '*');
	}
	if (eol + star < NEVER && eol + star <= part) {
		line->cost += eol;
		line->repaired |= !nmea_is_eol(byte);
		return nmea_line_end(line);
	}
	if (part >= NEVER)
		return nmea_is_eol(byte) ? nmea_line_end(line) :
					   nmea_line_cut(line, NMEA_CUT);
	if (line->len == line->limit)
		return nmea_line_cut(line, NMEA_FULL);
	put_unsure(line, byte, margin);
	return NMEA_PART;
}

/* What can be a '$' is one only after a line end, where one is due. */
static enum nmea_event hunt(struct nmea_line *line, u8 byte, const u8 *margin)
{
	u32 eol, begin;

	if (byte == '$' || nmea_is_eol(byte) || line->junk)
		return nmea_line_take(line, byte, false);
	eol = eol_cost(margin, byte);
	begin = flip_cost(margin, byte ^ '$');
	if (begin < eol)
		return NMEA_BEGIN;
	return eol < NEVER ? NMEA_PART : nmea_line_cut(line, NMEA_JUNK);
}

/**
 * nmea_line_take_unsure() - as nmea_line_take(), of a byte of which bits are unsure
 * @line: the line
 * @byte: as received
 * @margin: of each bit of @byte
 *
 * Context: any; does a bounded amount of work.
 * Return: what it is.
 */
enum nmea_event nmea_line_take_unsure(struct nmea_line *line, u8 byte,
				      const u8 *margin)
{
	return line->limit ? take_unsure(line, byte, margin) :
			     hunt(line, byte, margin);
}

/**
 * nmea_line_drop_cr() - drop a CR that was taken for text
 * @line: a line with unsure bytes, of which a line end came
 *
 * It was, since it or the '*' was misread.
 */
void nmea_line_drop_cr(struct nmea_line *line)
{
	u16 last = line->len - 1;
	u32 cost;

	if (line->len <= NMEA_MIN_SENTENCE)
		return;
	cost = cost_at(line, last, '\r');
	if (cost + cost_at(line, last - NMEA_TAIL, '*') >=
	    cost_at(line, line->len - NMEA_TAIL, '*'))
		return;
	line->len = last;
	if (line->kept && line->unsure[line->kept - 1].at == last)
		line->kept--;
	line->cost += cost;
	line->repaired |= line->text[last] != '\r';
}

/**
 * nmea_line_begin() - begin a sentence
 * @line: the line
 * @byte: its '$' as received
 * @margin: of each bit of @byte, NULL if all are sure
 * @start_ns: time of its start bit
 */
void nmea_line_begin(struct nmea_line *line, u8 byte, const u8 *margin,
		     s64 start_ns)
{
	line->start_ns = start_ns;
	line->limit = NMEA_MAX_SENTENCE;
	line->doubtful = margin ? 1 : 0;
	line->kept = 0;
	line->lost = false;
	line->cost = margin ? flip_cost(margin, byte ^ '$') : 0;
	line->repaired = byte != '$';
	line->text[0] = '$';
	line->len = 1;
}

/* ---- the text ---- */

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

/**
 * nmea_line_split() - find the fields of a text
 * @line: the line
 *
 * Return: exclusive or of all up to the first '*'.
 */
u8 nmea_line_split(struct nmea_line *line)
{
	const char **field = line->field, *c = line->text + 1;
	u8 sum = 0;

	*field++ = c;
	line->text[line->len] = '*';
	for (; ; c++) {
		sum ^= *c;
		if ((u8)*c > ',')
			continue;
		if (*c == ',' && field < line->field + NMEA_MAX_FIELDS)
			*field++ = c + 1;
		else if (*c == '*')
			break;
	}
	*field = c + 1;
	line->fields = field - line->field;
	return sum ^ '*';
}

/**
 * nmea_line_check() - check a whole sentence
 * @line: the line; it is split then
 *
 * Return: NMEA_USED if the checksum is right, else what is wrong.
 */
enum nmea_verdict nmea_line_check(struct nmea_line *line)
{
	u8 sum = nmea_line_split(line);
	const char *digit = line->field[line->fields];
	int tail = line->text + line->len - digit + 1;
	int high = 0, low = 0;

	if (tail > 1)
		high = nmea_hex_digit(digit[0]);
	if (tail > 2)
		low = nmea_hex_digit(digit[1]);
	if (high < 0 || low < 0 || tail > NMEA_TAIL)
		return NMEA_GARBLED;
	if (tail < NMEA_TAIL)
		return NMEA_NO_CHECKSUM;
	line->wrong = sum ^ (high << 4 | low);
	return line->wrong ? NMEA_CHECKSUM_ERROR : NMEA_USED;
}

/**
 * nmea_line_finish() - make the text fit to be shown
 * @line: the line
 * @whole: end it with CR and LF
 *
 * What is not printable is a '?' then.  There is no such byte but in a sentence
 * that could not be repaired.
 *
 * Return: its length.
 */
u16 nmea_line_finish(struct nmea_line *line, bool whole)
{
	u16 i, len = line->len;

	for (i = 1; i < len && line->kept && !whole; i++)
		if (line->text[i] < 0x20 || line->text[i] >= 0x7f)
			line->text[i] = '?';
	if (whole) {
		line->text[len++] = '\r';
		line->text[len++] = '\n';
	}
	line->text[len] = '\0';
	return len;
}
