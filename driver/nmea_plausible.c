// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: what receivers send.
 */
#include "nmea_plausible.h"

/* dBHz; in logs there are up to 53. */
#define SNR_MAX		60

/* PDOP is off by this part of its square: up to an eighth in logs, of rounded numbers. */
#define DOP_PART	4

/* What each character can be: bits of enum nmea_kind, 0: none. */
const u16 nmea_kind[256] = {
	[' ' ... '#'] = NMEA_OTHER,
	['%' ... ')'] = NMEA_OTHER,
	['*'] = NMEA_STAR,
	['+'] = NMEA_SIGN,
	[','] = NMEA_COMMA,
	['-'] = NMEA_SIGN,
	['.'] = NMEA_POINT,
	['/'] = NMEA_OTHER,
	['0' ... '9'] = NMEA_DIGIT | NMEA_HEX,
	[':' ... '@'] = NMEA_OTHER,
	['A' ... 'F'] = NMEA_LETTER | NMEA_HEX,
	['G' ... 'Z'] = NMEA_LETTER,
	['[' ... '`'] = NMEA_OTHER,
	['a' ... 'f'] = NMEA_OTHER | NMEA_SMALL_HEX,
	['g' ... '~'] = NMEA_OTHER,
};

static bool address_is_plain(const char *address, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!(nmea_kind[(u8)address[i]] & (NMEA_LETTER | NMEA_DIGIT)))
			return false;
	return n >= NMEA_MIN_ADDRESS && nmea_kind[(u8)*address] & NMEA_LETTER;
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
static bool address_is_known(const char *address, size_t n)
{
	if (*address == 'P')
		return true;
	return n == 5 && is_one_of(address, "GPGNGLGAGBBDGQQZGI", 2) &&
	       (nmea_is_plain(address, n) ||
		is_one_of(address + 2, "GSTGBSGRSDTMTXTGFAALMHDTTHSROTVLW", 3));
}

/* Is each field a number or capital letters? */
static bool fields_are_plain(const char *c, const char *end)
{
	u16 kind, may_follow = NMEA_COMMA;

	for (; c < end; c++) {
		kind = nmea_kind[(u8)*c];
		if (!(kind & may_follow))
			return false;
		if (kind & NMEA_COMMA)
			may_follow = NMEA_IN_FIELD | NMEA_COMMA;
		else if (kind & NMEA_LETTER)
			may_follow = NMEA_LETTER | NMEA_COMMA;
		else if (kind & NMEA_POINT)
			may_follow = NMEA_DIGIT | NMEA_COMMA;
		else
			may_follow &= NMEA_DIGIT | NMEA_POINT | NMEA_COMMA;
	}
	return true;
}

/*
 * A GSV has four numbers of each satellite, whole ones of three digits at most,
 * and some have a signal at the end.
 */
static bool satellites_are_plain(const char *c, const char *end)
{
	u16 field = 0, length = 0;
	bool small = true;

	for (; c < end; c++) {
		if (*c != ',') {
			small = small && *c >= '0' && *c <= '9' && ++length <= 3;
			continue;
		}
		if (field >= 4 && !small)
			return false;
		field++;
		length = 0;
		small = true;
	}
	return field % 4 == 0 || (field % 4 == 3 && (small || field == 3));
}

/**
 * nmea_is_plausible() - can a receiver have sent it?
 * @line: a sentence with the right checksum and one '*'
 * @any_type: believe types that nobody knows, too
 *
 * Of the fields of types that are not decoded nothing is known.
 */
bool nmea_is_plausible(const struct nmea_line *line, bool any_type)
{
	const char *end = line->text + line->len - NMEA_TAIL;
	const char *address = line->text + 1;
	size_t n = strcspn(address, ",*");

	if (!address_is_plain(address, n) ||
	    !(any_type || address_is_known(address, n)))
		return false;
	if (!nmea_is_plain(address, n))
		return true;
	if (!memcmp(address + 2, "GSV", 3) &&
	    !satellites_are_plain(address + n, end))
		return false;
	return fields_are_plain(address + n, end);
}

/* Does it name a satellite twice? */
static bool is_repetitive(const struct nmea_msg *m)
{
	const struct gnss_gpio_satellite *viewed = m->view.satellite;
	const struct nmea_satellite *listed = m->satellite;
	u8 i, j;

	for (i = 1; i < m->listed; i++)
		for (j = 0; j < i; j++)
			if (!memcmp(&listed[i], &listed[j], sizeof(*listed)))
				return true;
	for (i = 1; i < m->view.n; i++)
		for (j = 0; j < i; j++)
			if (viewed[i].number == viewed[j].number)
				return true;
	return false;
}

/* The last part of a group has what is left of the satellites in view. */
static bool is_part(const struct nmea_view *view, int in_view)
{
	int parts = (in_view + NMEA_MAX_VIEWED - 1) / NMEA_MAX_VIEWED;

	return view->parts == max(parts, 1) && view->part >= 1 && view->part <= view->parts &&
	       view->n <= in_view - NMEA_MAX_VIEWED * (view->part - 1);
}

static bool are_dops(u32 pdop_c, u32 hdop_c, u32 vdop_c)
{
	u32 pdop = pdop_c * pdop_c, both = hdop_c * hdop_c + vdop_c * vdop_c;

	return max(pdop, both) - min(pdop, both) <= pdop / DOP_PART;
}

/**
 * nmea_is_consistent() - does what a sentence says agree with itself?
 * @m: the sentence
 *
 * It names no satellite twice, none is used without a fix, and a signal has no more than
 * SNR_MAX.  The parts of a GSV have four satellites each.  The square of PDOP is the sum of
 * those of HDOP and VDOP.
 *
 * It is so in all logs that were looked at, but nobody requires it.  In the lab 8 of 17
 * sentences that were altered at 115200 baud were against it.
 */
bool nmea_is_consistent(const struct nmea_msg *m)
{
	const u32 dops = GNSS_GPIO_VALID_PDOP | GNSS_GPIO_VALID_HDOP |
			 GNSS_GPIO_VALID_VDOP;
	const struct gnss_gpio_fix *v = &m->v;
	u8 i;

	if (is_repetitive(m) || (m->listed && !m->gsa_mode))
		return false;
	for (i = 0; i < m->view.n; i++)
		if (m->view.satellite[i].snr > SNR_MAX)
			return false;
	if ((v->valid & dops) == dops)
		return are_dops(v->pdop_c, v->hdop_c, v->vdop_c);
	if (v->valid & GNSS_GPIO_VALID_SATS_IN_VIEW && m->view.parts)
		return is_part(&m->view, v->sats_in_view);
	return true;
}
