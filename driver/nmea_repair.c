// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: what is made of a sentence with doubtful bytes.
 *
 * At the line end all readings of the sentence that its doubtful bytes leave
 * (nmea_doubt.c) are told apart by its checksum and by the rules on its fields,
 * and it is taken only if exactly one is left.
 *
 * So a sentence that is taken is the one that was sent, if that is plausible
 * and all bits that are wrong are among those that are called unsure.  That goes
 * for a sentence whose bytes fit the checksum as received, too: two wrong bits
 * at the same place of two bytes do not show in it.
 *
 * Bits that hardly are wrong are asked if no reading is plausible: of one byte,
 * or of two that follow each other, besides the unsure ones.
 *
 * Of a byte without a mask it is not known how many bits may be wrong, so no
 * such promise holds.  It is taken as received if the checksum is right then.
 * If not, and it is the only one of its kind, any reading of it is tried.
 */
#include "nmea_doubt.h"

/*
 * What a search may cost: bytes that are tried, and readings of the whole
 * sentence, with the right checksum, whose fields are looked at.  That is up to
 * some 60000 instructions for a sentence of 80 bytes, a few thousand as a rule.
 */
#define MAX_TRIES	256
#define MAX_READINGS	16

/* $PUBX and the like; a talker and a type are longer. */
#define MIN_ADDRESS	4

/* Bytes in a row that hardly are wrong and may be so at once. */
#define REMOTE_ROW	2

/*
 * One doubtful byte of the text or of the checksum: which of its bits may be
 * flipped, and what the flips do to the difference of both checksums.
 */
struct step {
	const struct nmea_doubt *doubt;
	u8 base;	/* the reading that the search starts from */
	u8 mask;
	bool digit;
	u8 shift;	/* digit: place in the checksum */
	u8 rest;	/* bits of the difference that later steps can change */
	u8 left;	/* difference before this step */
	u8 free;	/* bits that may be flipped or not */
	u8 forced;	/* bits that must be flipped, since no later step can */
	u8 flip;	/* of the free bits, to be tried next */
	bool more;	/* there is one */
};

/*
 * Readings that have the right checksum are found as by solving equations: one
 * for each bit of the difference, and a byte that is the last to hold an unsure
 * bit of that place has no choice.
 */
struct search {
	struct nmea_line *line;
	struct step step[NMEA_MAX_DOUBTS + REMOTE_ROW];
	u8 n;
	u16 tries;		/* that are left */
	u16 readings;		/* that had the right checksum */
	bool plain;		/* of a type that is decoded, whichever reading */
	u8 used;		/* plausible readings that are decoded */
	u8 ignored;		/* plausible readings of other types */
	bool as_received;	/* one of @ignored is the one received */
	u8 kept[NMEA_MAX_DOUBTS + REMOTE_ROW];	/* the latest plausible reading */
};

static bool is_number(char c)
{
	return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Both cases of a digit are one reading: that of the case received. */
static bool is_twin(const struct nmea_doubt *doubt, u8 mask, u8 byte)
{
	bool lower = doubt->received >= 'a' && doubt->received <= 'f';

	return (mask & 0x20) && byte >= 'A' && !!(byte & 0x20) != lower;
}

/*
 * Sentences that are decoded have fields of digits or of capital letters.
 *
 * Return: whether a reading can stand there; @change: what it does to the
 * difference.
 */
static bool try_byte(const struct search *s, const struct step *step, u8 byte,
		     u8 *change)
{
	if (!step->digit) {
		*change = step->base ^ byte;
		return nmea_is_body(byte) &&
		       (!s->plain || byte == step->doubt->received ||
			byte == ',' || is_number(byte) || is_letter(byte));
	}
	if (!nmea_is_digit(byte) || is_twin(step->doubt, step->mask, byte))
		return false;
	*change = (nmea_hex_digit(step->base) ^ nmea_hex_digit(byte)) <<
		  step->shift;
	return true;
}

static void set_byte(struct nmea_line *line, u16 at, u8 byte)
{
	line->text[at] = byte == ',' ? '\0' : byte;
}

static void step_enter(struct step *step, u8 left)
{
	step->left = left;
	step->forced = step->digit ? 0 : left & step->mask & ~step->rest;
	step->free = step->digit ? step->mask : step->mask & step->rest;
	step->flip = 0;
	step->more = true;
}

/* Sets the next reading of a byte.  Return: the difference after it, or -1. */
static int step_next(struct search *s, struct step *step)
{
	u8 byte, change;

	while (step->more && s->tries) {
		s->tries--;
		byte = step->base ^ (step->flip | step->forced);
		step->flip = nmea_next_flip(step->flip, step->free);
		step->more = step->flip;
		if (!try_byte(s, step, byte, &change) ||
		    (step->left ^ change) & ~step->rest)
			continue;
		set_byte(s->line, step->doubt->at, byte);
		return step->left ^ change;
	}
	return -1;
}

static void split_fields(struct nmea_line *line)
{
	u16 i;

	line->fields = 1;
	for (i = 1; i < line->len && line->fields < NMEA_MAX_FIELDS; i++)
		if (!line->text[i])
			line->start[line->fields++] = i + 1;
}

/* Is each field a number or capital letters? */
static bool fields_are_plain(const struct nmea_line *line)
{
	const char *c = line->text + line->start[1], *from = c;
	const char *end = line->text + line->len;
	bool point = false;

	for (; c < end; c++) {
		if (!*c) {
			from = c + 1;
			point = false;
			continue;
		}
		if (is_letter(*c) != is_letter(*from) ||
		    !(is_letter(*c) || is_number(*c)) ||
		    ((*c == '-' || *c == '+') && c != from) ||
		    (*c == '.' && point))
			return false;
		point |= *c == '.';
	}
	return true;
}

static bool address_is_plain(const struct nmea_line *line)
{
	const char *address = line->text + line->start[0];
	const char *c;

	for (c = address; *c; c++)
		if (!is_letter(*c) && !(*c >= '0' && *c <= '9'))
			return false;
	return is_letter(*address) && c >= address + MIN_ADDRESS;
}

/* Is it one of @words, which are @length long each, in a row? */
static bool is_one_of(const char *word, const char *words, size_t length)
{
	for (; *words; words += length)
		if (!memcmp(word, words, length))
			return true;
	return false;
}

/*
 * Talkers that are satellite receivers, and what they send besides what is
 * decoded (NMEA 0183, 4.11).  What starts with P is a maker's own.
 */
static bool address_is_known(const struct nmea_line *line)
{
	const char *address = line->text + line->start[0];

	if (*address == 'P')
		return true;
	return is_one_of(address, "GPGNGLGAGBBDGQQZGI", 2) &&
	       (nmea_is_decoded(line) ||
		(strlen(address) == 5 &&
		 is_one_of(address + 2, "GSTGBSGRSDTMTXTGFAALMHDTTHSROTVLW", 3)));
}

/* Has it odd fields, of a type that no receiver sends with such? */
static bool is_odd(const struct nmea_line *line)
{
	return nmea_is_decoded(line) && line->fields > 1 &&
	       !fields_are_plain(line);
}

/*
 * Is a sentence with the right checksum one that can have been sent?  One that
 * is as received may be of any type.
 */
static enum nmea_verdict judge(const struct nmea_line *line, bool received)
{
	struct nmea_msg m;

	if (!address_is_plain(line) ||
	    (!received && !address_is_known(line)) || is_odd(line))
		return NMEA_MALFORMED;
	return nmea_decode(line, &m);
}

static void search_keep(struct search *s)
{
	u8 i;

	for (i = 0; i < s->n; i++)
		s->kept[i] = nmea_line_byte(s->line, s->step[i].doubt->at);
}

/* The reading that is set has the right checksum. */
static void search_found(struct search *s)
{
	bool received = !nmea_repaired(s->line);

	s->readings++;
	split_fields(s->line);
	switch (judge(s->line, received)) {
	case NMEA_USED:
		s->used++;
		search_keep(s);
		break;
	case NMEA_IGNORED:
		s->ignored++;
		s->as_received |= received;
		if (!s->used)
			search_keep(s);
		break;
	default:
		break;
	}
}

/* Return: false if it cost too much. */
static bool search_run(struct search *s, u8 difference)
{
	int depth = 0, left;

	if (!s->n) {
		if (!difference)
			search_found(s);
		return true;
	}
	step_enter(&s->step[0], difference);
	while (depth >= 0 && s->used < 2 && s->readings < MAX_READINGS) {
		left = step_next(s, &s->step[depth]);
		if (left < 0)
			depth--;
		else if (depth == s->n - 1)
			search_found(s);
		else
			step_enter(&s->step[++depth], left);
	}
	return s->tries && s->readings < MAX_READINGS;
}

static void search_add(struct search *s, const struct nmea_doubt *doubt,
		       u8 mask)
{
	struct step *step = &s->step[s->n++];
	u16 len = s->line->len;
	u8 i;

	step->doubt = doubt;
	step->base = nmea_line_byte(s->line, doubt->at);
	step->mask = mask;
	step->digit = doubt->at > len;
	step->shift = doubt->at == len + 1 ? 4 : 0;
	step->rest = 0;
	for (i = 0; i < s->n - 1; i++)
		s->step[i].rest |= step->digit ? 0x0f << step->shift : mask;
	if (s->line->fields == 1 || doubt->at < s->line->start[1])
		s->plain = false;
}

static bool search_has(const struct search *s, u16 at)
{
	u8 i;

	for (i = 0; i < s->n; i++)
		if (s->step[i].doubt->at == at)
			return true;
	return false;
}

/*
 * @all: a byte of which it is not known which bits are unsure can be any.
 * @remote: so many as @n says are taken for doubtful, too.
 */
static void search_init(struct search *s, struct nmea_line *line, bool all,
			const struct nmea_doubt *remote, u8 n)
{
	const struct nmea_doubt *doubt;
	u8 i;

	memset(s, 0, sizeof(*s));
	s->line = line;
	s->tries = MAX_TRIES;
	s->plain = nmea_is_decoded(line);
	for (i = 0; i < n; i++, remote++) {
		doubt = nmea_find_doubt(line, remote->at);
		if (remote->at != line->len)
			search_add(s, remote, remote->unsure |
					      (doubt ? doubt->unsure : 0));
	}
	for (i = 0, doubt = line->doubt; i < line->doubts; i++, doubt++)
		if (doubt->at != line->len && (doubt->unsure || all) &&
		    !search_has(s, doubt->at))
			search_add(s, doubt, nmea_doubt_mask(doubt->unsure));
	for (i = 0; i < s->n; i++)
		s->kept[i] = s->step[i].base;
}

/* Sets the latest plausible reading if there is one, and it is @taken. */
static void search_leave(struct search *s, bool taken)
{
	u8 i;

	for (i = 0; i < s->n; i++)
		set_byte(s->line, s->step[i].doubt->at,
			 taken ? s->kept[i] : s->step[i].base);
	split_fields(s->line);
}

/*
 * A reading that is decoded counts more than those that only have another
 * address, but not more than one of them that is as received.
 */
static enum nmea_verdict search_verdict(const struct search *s, bool right)
{
	if (s->used ? s->used == 1 && !s->as_received : s->ignored == 1)
		return NMEA_USED;
	if (s->used || s->ignored || s->readings > 1)
		return NMEA_AMBIGUOUS;
	if (!right)
		return NMEA_CHECKSUM_ERROR;
	return address_is_plain(s->line) && !is_odd(s->line) ? NMEA_USED :
							       NMEA_AMBIGUOUS;
}

/*
 * Nothing fits.  If @n bytes in a row are wrong that hardly are, is there just
 * one reading?
 */
static enum nmea_verdict repair_remote(struct nmea_line *line, u8 n)
{
	u8 difference = line->given ^ line->checksum;
	enum nmea_verdict verdict, found = NMEA_CHECKSUM_ERROR;
	u16 tries = MAX_TRIES;
	struct search s, taken;
	u8 i;

	for (i = 0; i + n <= line->remotes; i++) {
		if (line->remote[i].at + n - 1 != line->remote[i + n - 1].at)
			continue;
		search_init(&s, line, false, &line->remote[i], n);
		s.tries = tries;
		verdict = NMEA_AMBIGUOUS;
		if (search_run(&s, difference))
			verdict = search_verdict(&s, false);
		search_leave(&s, false);
		tries = s.tries;
		if (verdict == NMEA_CHECKSUM_ERROR)
			continue;
		if (verdict == NMEA_AMBIGUOUS || found == NMEA_USED)
			return NMEA_AMBIGUOUS;
		found = verdict;
		taken = s;
	}
	if (found == NMEA_USED)
		search_leave(&taken, true);
	return found;
}

/**
 * nmea_repair() - find the only plausible reading of a sentence
 * @line: a whole sentence with doubtful bytes
 *
 * At most MAX_TRIES bytes and MAX_READINGS sentences are tried, and as many
 * again for one byte that hardly is wrong, and for two of them.
 *
 * Return: NMEA_USED if it is to be taken as it now is, with the right checksum
 * and whatever the type; NMEA_CHECKSUM_ERROR or NMEA_AMBIGUOUS.
 */
enum nmea_verdict nmea_repair(struct nmea_line *line)
{
	bool right = line->given == line->checksum;
	bool open = line->unknown && (!right || line->guessed);
	enum nmea_verdict verdict;
	struct search s;
	u8 n;

	/* Too many to tell apart: so unlikely by chance that it is believed. */
	if (line->crowded && right)
		return NMEA_USED;
	if (line->crowded || (open && line->unknown > 1) ||
	    (line->open_end && nmea_find_doubt(line, line->len)))
		return right ? NMEA_AMBIGUOUS : NMEA_CHECKSUM_ERROR;

	search_init(&s, line, open, NULL, 0);
	if (!search_run(&s, line->given ^ line->checksum))
		return NMEA_AMBIGUOUS;
	search_leave(&s, true);
	verdict = search_verdict(&s, right);
	for (n = 1; n <= REMOTE_ROW && verdict == NMEA_CHECKSUM_ERROR; n++)
		verdict = repair_remote(line, n);
	return verdict;
}
