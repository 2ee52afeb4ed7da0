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
#include "nmea_repair.h"
#include "nmea_sentence.h"

/* Where the address of a type that is decoded ends; $PUBX is shorter. */
#define ADDRESS_END	6
#define IN_ADDRESS	(NMEA_LETTER | NMEA_DIGIT)

/* Shortest text: "$*00". */
#define MIN_TEXT	(1 + NMEA_TAIL)

/* An entry of the heap: the cost above a bit for each value. */
#define COST_SHIFT	32

/* ---- what can have been sent ---- */

/* Is one of the margins so small that the bit may be wrong? */
static bool is_doubtful(const u8 *margin)
{
	const u64 ones = ~0ULL / 255;
	u64 all;

	memcpy(&all, margin, sizeof(all));
	return (all - ones * (NMEA_REPAIR_RIVAL + 1)) & ~all & ones << 7;
}

/* Is no byte before @end likely to be wrong? */
static bool is_sure(const struct nmea_line *line, u16 end)
{
	const struct nmea_unsure *unsure = line->unsure;
	u8 i;

	for (i = 0; i < line->kept && unsure->at < end; i++, unsure++)
		if (line->text[unsure->at] & 0x80 ||
		    is_doubtful(unsure->margin))
			return false;
	return true;
}

/*
 * Can the text have been sent?  An address that nobody knows is believed only in
 * a sentence that is right @as_received, if the address itself is sure.
 */
static bool is_plausible(const struct nmea_line *line, bool as_received)
{
	u16 end = line->fields > 1 ? line->start[1] : line->star;

	return line->star == line->len - NMEA_TAIL &&
	       nmea_is_plausible(line, as_received && is_sure(line, end));
}

/*
 * Can @byte stand there, whatever the others are?  A digit of the checksum is no
 * small letter if it can be a capital: those are what receivers send.
 */
static bool can_stand(const struct nmea_search *s,
		      const struct nmea_unsure *unsure, u8 byte)
{
	u16 at = unsure->at, star = s->line->len - NMEA_TAIL;

	if (at == star)
		return byte == '*';
	if (at > star)
		return nmea_hex_digit(byte) >= 0 &&
		       (byte < 'a' || unsure->margin[5] == NMEA_SURE);
	if (!nmea_is_body(byte))
		return false;
	if (at < ADDRESS_END)
		return nmea_kind(byte) & (at <= NMEA_MIN_ADDRESS ? IN_ADDRESS :
					  IN_ADDRESS | NMEA_COMMA);
	return !s->decoded || nmea_kind(byte);
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

/* Lists all that cost less than @limit. */
static void list_ways(struct nmea_search *s, const u8 *margin, u8 byte,
		      u16 limit)
{
	u8 surest = surest_bit(margin), bit, i, n;

	s->flips[0] = byte & 0x80;
	s->cost[0] = byte & 0x80 ? margin[7] : 0;
	s->ways = 1;
	for (bit = 0; bit < 7; bit++) {
		if (bit == surest || margin[bit] == NMEA_SURE)
			continue;
		for (i = 0, n = s->ways; i < n; i++) {
			if (s->cost[i] + margin[bit] >= limit)
				continue;
			s->flips[s->ways] = s->flips[i] | 1 << bit;
			s->cost[s->ways++] = s->cost[i] + margin[bit];
		}
	}
}

/* Return: the cheapest that can stand, s->ways if none can. */
static u8 cheapest_way(const struct nmea_search *s,
		       const struct nmea_unsure *unsure, u8 byte)
{
	u8 i, best = s->ways;

	for (i = 0; i < s->ways; i++)
		if ((best == s->ways || s->cost[i] < s->cost[best]) &&
		    can_stand(s, unsure, byte ^ s->flips[i]))
			best = i;
	return best;
}

/* What flips of @byte do to the difference of the checksums. */
static u8 effect_of(const struct nmea_line *line, u16 at, u8 byte, u8 flips)
{
	u16 star = line->len - NMEA_TAIL;
	u8 effect;

	if (at < star)
		return flips;
	effect = nmea_hex_digit(byte) ^ nmea_hex_digit(byte ^ flips);
	return at == star + 1 ? effect << 4 : effect;
}

/* Return: the cost that other values are kept below. */
static u16 value_limit(const struct nmea_search *s)
{
	return s->values < NMEA_REPAIR_VALUES ? NMEA_REPAIR_COST :
						s->value[s->values - 1].cost;
}

static void add_value(struct nmea_search *s, u16 at, u8 flips, u16 cost)
{
	u8 i;

	if (s->values < NMEA_REPAIR_VALUES)
		s->values++;
	for (i = s->values - 1; i && s->value[i - 1].cost > cost; i--)
		s->value[i] = s->value[i - 1];
	s->value[i] = (struct nmea_value){
		.at = at,
		.cost = cost,
		.flips = flips,
		.effect = effect_of(s->line, at, s->line->text[at], flips),
	};
}

/* Return: false if nothing can stand there, or if it is too much work. */
static bool settle_byte(struct nmea_search *s, const struct nmea_unsure *unsure)
{
	struct nmea_line *line = s->line;
	u16 at = unsure->at;
	u8 byte = line->text[at], best, i;

	list_ways(s, unsure->margin, byte,
		  can_stand(s, unsure, byte) ? value_limit(s) : NMEA_REPAIR_COST);
	best = cheapest_way(s, unsure, byte);
	s->all_ways += s->ways;
	if (best == s->ways || s->all_ways > NMEA_REPAIR_WAYS)
		return false;
	line->text[at] ^= s->flips[best];
	line->repaired |= s->flips[best];
	line->cost += s->cost[best];
	for (i = 0; i < s->ways; i++)
		if (i != best && s->cost[i] - s->cost[best] < value_limit(s) &&
		    can_stand(s, unsure, byte ^ s->flips[i]))
			add_value(s, at, s->flips[best] ^ s->flips[i],
				  s->cost[i] - s->cost[best]);
	return true;
}

static bool type_is_decoded(struct nmea_line *line)
{
	char c = line->text[ADDRESS_END];
	bool decoded;

	line->text[ADDRESS_END] = '\0';
	decoded = nmea_is_decoded(line);
	line->text[ADDRESS_END] = c;
	return decoded;
}

/* Return: false if it fails at some place. */
static bool settle(struct nmea_search *s)
{
	const struct nmea_unsure *unsure = s->line->unsure;
	const struct nmea_unsure *end = unsure + s->line->kept;

	for (; unsure < end && unsure->at < ADDRESS_END; unsure++)
		if (!settle_byte(s, unsure))
			return false;
	s->decoded = type_is_decoded(s->line);
	for (; unsure < end; unsure++)
		if (!settle_byte(s, unsure))
			return false;
	return true;
}

static void find_clashes(struct nmea_search *s)
{
	u8 i, j;

	for (i = 0; i < s->values; i++) {
		s->clash[i] = 0;
		for (j = 0; j < s->values; j++)
			if (s->value[j].at == s->value[i].at)
				s->clash[i] |= 1U << j;
	}
}

/* ---- one set ---- */

static bool has_right_checksum(const struct nmea_search *s, u32 set)
{
	u8 effect = 0, i;

	for (; set; set ^= 1U << i) {
		i = fls(set) - 1;
		effect ^= s->value[i].effect;
	}
	return effect == s->wrong;
}

static void flip(const struct nmea_search *s, u32 set)
{
	u8 i;

	for (i = 0; set; i++, set >>= 1)
		if (set & 1)
			s->line->text[s->value[i].at] ^= s->value[i].flips;
}

/* The text with the right checksum is split. */
static void count_text(struct nmea_search *s, u32 set, u32 cost)
{
	bool received = !set && !s->line->repaired;
	struct nmea_msg m;

	s->texts++;
	if (!is_plausible(s->line, received))
		return;
	if (nmea_decode(s->line, &m) == NMEA_MALFORMED) {
		s->malformed |= received;
		return;
	}
	if (!s->found++) {
		s->taken = set;
		s->limit = cost + NMEA_REPAIR_RIVAL;
	}
}

static void try_set(struct nmea_search *s, u32 set, u32 cost)
{
	if (!has_right_checksum(s, set))
		return;
	flip(s, set);
	nmea_line_split(s->line);
	count_text(s, set, cost);
	nmea_line_join(s->line);
	flip(s, set);
}

/* ---- all sets in order of their cost ---- */

static void heap_up(struct nmea_search *s, u64 entry)
{
	u16 i = s->left++, parent;

	for (; i; i = parent) {
		parent = (i - 1) / 2;
		if (s->heap[parent] <= entry)
			break;
		s->heap[i] = s->heap[parent];
	}
	s->heap[i] = entry;
}

/* Replaces the top. */
static void heap_down(struct nmea_search *s, u64 entry)
{
	u16 i = 0, child;

	for (; (child = 2 * i + 1) < s->left; i = child) {
		if (child + 1 < s->left && s->heap[child + 1] < s->heap[child])
			child++;
		if (entry <= s->heap[child])
			break;
		s->heap[i] = s->heap[child];
	}
	s->heap[i] = entry;
}

/*
 * Return: the set with one more value, the first from @next on that does not
 * clash; 0 if there is none.
 */
static u64 add_to(const struct nmea_search *s, u32 set, u32 cost, u8 next)
{
	for (; next < s->values; next++)
		if (!(set & s->clash[next]))
			return (u64)(cost + s->value[next].cost) << COST_SHIFT |
			       set | 1U << next;
	return 0;
}

/*
 * Each set comes from one other: by adding a value after its last one, or by
 * moving its last one on.  So none is tried twice, and none is cheaper than where
 * it comes from.
 */
static void next_sets(struct nmea_search *s, u32 set, u32 cost)
{
	u8 next = fls(set), last = next - 1;
	u64 added = add_to(s, set, cost, next), moved = 0;

	if (set)
		moved = add_to(s, set ^ 1U << last, cost - s->value[last].cost,
			       next);
	heap_down(s, moved ? moved : s->heap[--s->left]);
	if (added)
		heap_up(s, added);
}

/* Return: whether all texts are tried that cost no more than the limit. */
static bool search(struct nmea_search *s)
{
	u32 tries, set, cost;

	heap_up(s, (u64)s->line->cost << COST_SHIFT);
	for (tries = NMEA_REPAIR_TRIES; tries && s->left && s->found < 2; tries--) {
		set = s->heap[0];
		cost = s->heap[0] >> COST_SHIFT;
		if (cost > s->limit)
			break;
		if (cost > s->known || s->texts == NMEA_REPAIR_TEXTS)
			return false;
		try_set(s, set, cost);
		next_sets(s, set, cost);
	}
	return tries && s->limit <= s->known;
}

/* Return: false if no text can have been sent. */
static bool search_start(struct nmea_search *s, struct nmea_line *line)
{
	const char *star = line->text + line->len - NMEA_TAIL, *c;
	int high, low;

	memset(s, 0, sizeof(*s));
	s->line = line;
	s->limit = NMEA_REPAIR_COST - 1;
	if (line->len < MIN_TEXT || line->lost || !settle(s) ||
	    line->cost > s->limit)
		return false;
	high = nmea_hex_digit(star[1]);
	low = nmea_hex_digit(star[2]);
	if (*star != '*' || high < 0 || low < 0)
		return false;
	s->wrong = high << 4 | low;
	for (c = line->text + 1; c < star; c++)
		s->wrong ^= *c;
	if (s->values == NMEA_REPAIR_VALUES)
		s->known = line->cost + value_limit(s);
	else
		s->known = NMEA_REPAIR_COST + NMEA_REPAIR_RIVAL;
	find_clashes(s);
	return true;
}

/**
 * nmea_repair() - find the most likely text of a sentence
 * @s: working memory
 * @line: a whole sentence with unsure bytes, split
 * @received: what nmea_line_check() said of it
 *
 * Context: any; does a bounded amount of work: up to some 130000 instructions
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

	if (received == NMEA_USED && !line->repaired && is_sure(line, line->len))
		return NMEA_USED;
	nmea_line_join(line);
	one = search_start(s, line) && search(s) && s->found == 1;
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
