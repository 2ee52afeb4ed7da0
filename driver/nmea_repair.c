// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMEA 0183: the most likely text of a sentence with unsure bytes.
 *
 * This is Chase decoding.  Each unsure byte has a cheapest value among those that
 * can stand at its place; the cost of a value is the sum of the margins of the
 * bits to flip.  Sets of other values are tried in order of their cost until one
 * gives a sentence that can have been sent: with the right checksum, a known
 * address and plausible fields.
 */
#include "nmea_plausible.h"
#include "nmea_repair.h"
#include "nmea_sentence.h"

/* Where the address of a type that is decoded ends; $PUBX is shorter. */
#define ADDRESS_END	6
#define IN_ADDRESS	(NMEA_LETTER | NMEA_DIGIT)

/* The bit in which a capital differs from the same small letter. */
#define CASE_BIT	5

/* ---- what can have been sent ---- */

/* Is one of the margins so small that the bit may be wrong? */
static bool is_doubtful(const u8 *margin)
{
	const u64 ones = ~0ULL / 255;
	u64 all;

	memcpy(&all, margin, sizeof(all));
	return (all - ones * (NMEA_REPAIR_RIVAL + 1)) & ~all & ones << 7;
}

/*
 * Is no byte before @end likely to be wrong?  Two errors can have the right checksum: so an
 * unsure byte that is no part of a field is, however small the doubt.
 */
static bool is_sure(const struct nmea_line *line, u16 end)
{
	const struct nmea_unsure *unsure = line->unsure;
	u16 kind;
	u8 i;

	for (i = 0; i < line->kept && unsure->at < end; i++, unsure++) {
		kind = nmea_kind[(u8)line->text[unsure->at]];
		if (!kind || kind & NMEA_OTHER || is_doubtful(unsure->margin))
			return false;
	}
	return true;
}

/* Return: the kinds of characters that can stand there, whatever the others are. */
static u16 kinds_at(const struct nmea_search *s,
		    const struct nmea_unsure *unsure)
{
	u16 at = unsure->at, star = s->line->len - NMEA_TAIL;

	if (at == star)
		return NMEA_STAR;
	if (at > star)
		return unsure->margin[CASE_BIT] == NMEA_SURE ? NMEA_HEX | NMEA_SMALL_HEX :
							       NMEA_HEX;
	if (at < ADDRESS_END)
		return at <= NMEA_MIN_ADDRESS ? IN_ADDRESS : IN_ADDRESS | NMEA_COMMA;
	return s->decoded ? NMEA_IN_FIELD | NMEA_COMMA :
			    NMEA_IN_FIELD | NMEA_COMMA | NMEA_OTHER;
}

/* ---- a queue ---- */

static void put(struct nmea_search *s, u16 cost, u32 what, u8 effect)
{
	s->node[++s->nodes] = (struct nmea_node){
		.what = what,
		.effect = effect,
		.next = s->first[cost],
	};
	s->first[cost] = s->nodes;
}

static const struct nmea_node *take(struct nmea_search *s, u16 cost)
{
	const struct nmea_node *node = &s->node[s->first[cost]];

	s->first[cost] = node->next;
	return node;
}

/* ---- the values of a byte ---- */

/* Of the seven bits of a character one is not combined with others. */
static u8 surest_bit(const u8 *margin)
{
	u8 bit, surest = 0;

	for (bit = 1; bit < 7; bit++)
		if (margin[bit] > margin[surest])
			surest = bit;
	return surest;
}

/* Lists all that cost less than @limit.  Return: how many. */
static u8 list_ways(struct nmea_search *s, const u8 *margin, u8 byte, u16 limit)
{
	u8 surest = surest_bit(margin), bit, ways = 1, i, n;
	u32 flip;

	s->way[0] = byte & 0x80 ? margin[7] << 8 | 0x80 : 0;
	for (bit = 0; bit < 7; bit++) {
		if (bit == surest || margin[bit] == NMEA_SURE)
			continue;
		flip = margin[bit] << 8 | 1 << bit;
		for (i = 0, n = ways; i < n; i++)
			if ((s->way[i] + flip) >> 8 < limit)
				s->way[ways++] = s->way[i] + flip;
	}
	return ways;
}

/* Only the cheapest are kept. */
static void keep_value(struct nmea_search *s, u16 unsure, u16 cost, u8 flips)
{
	if (cost >= s->dearest)
		return;
	put(s, cost, unsure << 8 | flips, 0);
	if (s->values == NMEA_REPAIR_VALUES)
		take(s, s->dearest);
	else if (++s->values < NMEA_REPAIR_VALUES)
		return;
	while (!s->first[s->dearest])
		s->dearest--;
}

/* Return: false if nothing can stand there, or if it is too much work. */
static bool settle_byte(struct nmea_search *s, u8 unsure)
{
	const struct nmea_unsure *u = &s->line->unsure[unsure];
	u8 byte = s->line->text[u->at], ways, i, n = 0;
	u16 kinds = kinds_at(s, u);
	u32 best = ~0U;

	ways = list_ways(s, u->margin, byte, nmea_kind[byte] & kinds ?
					     s->dearest : NMEA_REPAIR_COST);
	for (i = 0; i < ways; i++) {
		if (!(nmea_kind[byte ^ (u8)s->way[i]] & kinds))
			continue;
		if (s->way[i] < best)
			best = s->way[i];
		s->way[n++] = s->way[i];
	}
	s->ways += ways;
	if (!n || s->ways > NMEA_REPAIR_WAYS)
		return false;
	s->line->text[u->at] ^= best;
	s->line->repaired |= (u8)best;
	s->line->cost += best >> 8;
	for (i = 0; i < n; i++)
		if (s->way[i] != best)
			keep_value(s, unsure, (s->way[i] >> 8) - (best >> 8),
				   s->way[i] ^ best);
	return true;
}

/* Return: false if it fails at some place. */
static bool settle(struct nmea_search *s)
{
	const struct nmea_line *line = s->line;
	u8 i = 0;

	for (; i < line->kept && line->unsure[i].at < ADDRESS_END; i++)
		if (!settle_byte(s, i))
			return false;
	s->decoded = nmea_is_plain(line->text + 1, ADDRESS_END - 1);
	for (; i < line->kept; i++)
		if (!settle_byte(s, i))
			return false;
	return true;
}

/* What flips of a byte do to the difference of the checksums. */
static u8 effect_of(const struct nmea_line *line, u16 at, u8 flips)
{
	u16 star = line->len - NMEA_TAIL;
	u8 byte = line->text[at], effect;

	if (at < star)
		return flips;
	effect = nmea_hex_digit(byte) ^ nmea_hex_digit(byte ^ flips);
	return at == star + 1 ? effect << 4 : effect;
}

/* Moves the values from the queue. */
static void sort_values(struct nmea_search *s)
{
	const struct nmea_node *node;
	struct nmea_value *v;
	u8 i = s->values;
	u16 cost;

	for (cost = NMEA_REPAIR_COST; cost--;) {
		while (s->first[cost]) {
			node = take(s, cost);
			v = &s->value[--i];
			v->cost = cost;
			v->unsure = node->what >> 8;
			v->flips = node->what;
			v->effect = effect_of(s->line, s->line->unsure[v->unsure].at,
					      v->flips);
			s->of[v->unsure] |= 1U << i;
		}
	}
	s->nodes = 0;
}

/* ---- one set ---- */

static void flip(const struct nmea_search *s, u32 set)
{
	const struct nmea_value *v = s->value;

	for (; set; v++, set >>= 1)
		if (set & 1)
			s->line->text[s->line->unsure[v->unsure].at] ^= v->flips;
}

/*
 * A text has the right checksum.  An address that nobody knows is believed only in
 * a sentence that is right as received, if the address itself is sure; so is what
 * contradicts itself, whatever is sure.
 */
static void count_text(struct nmea_search *s, u32 set, u16 cost)
{
	struct nmea_line *line = s->line;
	bool received = !set && !line->repaired;
	enum nmea_verdict verdict;
	struct nmea_msg m;

	if (!nmea_is_plausible(line, received &&
			       is_sure(line, strcspn(line->text, ",*") + 1)))
		return;
	nmea_line_split(line);
	verdict = nmea_decode(line, &m);
	if (verdict == NMEA_MALFORMED ||
	    (verdict == NMEA_USED && m.unreadable)) {
		s->malformed |= received;
	} else if (verdict == NMEA_USED && !received && !nmea_is_consistent(&m)) {
		return;
	} else if (!s->found++) {
		s->taken = set;
		s->limit = cost + NMEA_REPAIR_RIVAL;
		s->most = s->limit;
	}
}

static void try_set(struct nmea_search *s, u32 set, u16 cost)
{
	s->texts++;
	flip(s, set);
	count_text(s, set, cost);
	flip(s, set);
}

/* ---- all sets in order of their cost ---- */

/*
 * Puts the set with one more value into the queue: the first from @next on that is
 * of another byte than those of the set.
 */
static void add_to(struct nmea_search *s, u32 set, u8 effect, u16 cost, u8 next)
{
	const struct nmea_value *v = s->value + next;

	while (next < s->values && set & s->of[v->unsure]) {
		next++;
		v++;
	}
	if (next < s->values && cost + v->cost <= s->most)
		put(s, cost + v->cost, set | 1U << next, effect ^ v->effect);
}

/*
 * Each set comes from one other: by adding a value after its last one, or by
 * moving its last one on.  So none is tried twice, and none is cheaper than where
 * it comes from.
 */
static void next_sets(struct nmea_search *s, u32 set, u8 effect, u16 cost)
{
	const struct nmea_value *last;
	u8 next = fls(set);

	add_to(s, set, effect, cost, next);
	if (!next)
		return;
	last = &s->value[next - 1];
	add_to(s, set ^ 1U << (next - 1), effect ^ last->effect,
	       cost - last->cost, next);
}

/* Return: whether one text can have been sent, and no other one about as likely. */
static bool search(struct nmea_search *s)
{
	u16 cost = s->line->cost, tries = 0;
	const struct nmea_node *node;

	put(s, cost, 0, 0);
	while (cost <= s->limit && s->found < 2) {
		if (!s->first[cost]) {
			cost++;
			continue;
		}
		if (++tries > NMEA_REPAIR_TRIES || s->texts == NMEA_REPAIR_TEXTS)
			return false;
		node = take(s, cost);
		if (node->effect == s->line->wrong)
			try_set(s, node->what, cost);
		next_sets(s, node->what, node->effect, cost);
	}
	return s->found == 1 && s->limit <= s->known;
}

/* Return: false if no text can have been sent. */
static bool search_start(struct nmea_search *s, struct nmea_line *line)
{
	enum nmea_verdict verdict;

	memset(s, 0, sizeof(*s));
	s->line = line;
	s->limit = NMEA_REPAIR_COST - 1;
	s->most = s->limit + NMEA_REPAIR_RIVAL;
	s->known = s->most;
	s->dearest = NMEA_REPAIR_COST;
	if (line->len < NMEA_MIN_SENTENCE || line->lost || !settle(s) ||
	    line->cost > s->limit)
		return false;
	verdict = nmea_line_check(line);
	if (verdict != NMEA_USED && verdict != NMEA_CHECKSUM_ERROR)
		return false;
	if (s->values == NMEA_REPAIR_VALUES)
		s->known = line->cost + s->dearest;
	if (s->most > s->known)
		s->most = s->known;
	sort_values(s);
	return true;
}

/*
 * The checksum is right whatever the case of its second digit; the first one is no
 * letter.  Most receivers send capitals, so what can be a capital is one.
 */
static void raise_digit(struct nmea_line *line)
{
	const struct nmea_unsure *last = &line->unsure[line->kept ?
						       line->kept - 1 : 0];

	if (!line->kept || last->at != line->len - 1 ||
	    last->margin[CASE_BIT] == NMEA_SURE || line->text[last->at] < 'a')
		return;
	line->text[last->at] ^= 1 << CASE_BIT;
	line->repaired = true;
}

/**
 * nmea_repair() - find the most likely text of a sentence
 * @s: working memory
 * @line: a whole sentence with unsure bytes, split
 * @received: what nmea_line_check() said of it
 *
 * Context: any; does a bounded amount of work: up to some 80000 instructions
 * for a sentence of 80 bytes, 1100 if it is right as received and no bit is likely
 * to be wrong.
 *
 * Return: NMEA_USED if it is to be taken as it is now, with the right checksum
 * and whatever the type; NMEA_AMBIGUOUS if there are others about as likely;
 * else what is wrong.  @line is split again.
 */
enum nmea_verdict nmea_repair(struct nmea_search *s, struct nmea_line *line,
			      enum nmea_verdict received)
{
	bool one;

	if (received == NMEA_USED && !line->repaired && is_sure(line, line->len)) {
		raise_digit(line);
		return NMEA_USED;
	}
	one = search_start(s, line) && search(s);
	if (one) {
		flip(s, s->taken);
		line->repaired |= s->taken;
	}
	nmea_line_split(line);
	if (one || (s->malformed && !s->found))
		return NMEA_USED;
	if (s->found || received == NMEA_USED)
		return NMEA_AMBIGUOUS;
	return received;
}
