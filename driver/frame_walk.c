// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the observations of a frame allow to be read from them.
 */
#include "frame_walk.h"

/* How far a sender's clock may be off from what its edges have told so far. */
#define CLOCK_PERMILLE		15
#define FAST_PERMILLE		12
#define DRIFT_PERMILLE		6

/* An edge that seems early by more than this part of a bit is not on time. */
#define EARLY_EDGE_PART		32

/* It takes so long at most until the line is read. */
#define READ_NS			3600

/* How far the sender's clock may be from what is known of it. */
static s32 clock_permille(const struct frame_edge *d)
{
	if (frame_edge_is_fast(d))
		return FAST_PERMILLE;

	return d->learned ? DRIFT_PERMILLE : CLOCK_PERMILLE;
}

/**
 * frame_walk_early_ns() - how much too early may an edge seem?
 * @d: the decoder
 * @at_ns: of the edge, from the begin of the frame
 *
 * Context: any.
 * Return: ns.
 */
s32 frame_walk_early_ns(const struct frame_edge *d, s32 at_ns)
{
	s32 bit_ns = d->bit_ns;
	s32 early = bit_ns / EARLY_PART;

	/* An edge that has to wait for the one before takes up the rest. */
	if (frame_edge_is_fast(d))
		return bit_ns / 8 + at_ns / 1000 * 8;
	/* Where no interrupt is so late, there is room for glitches. */
	if (bit_ns > FRAME_LATE_NS + bit_ns / 4)
		early = bit_ns / 8;
	if (early < EARLY_MIN_NS)
		early = EARLY_MIN_NS;
	/* Nor is it known yet when a frame that is on time begins. */
	if (!d->learned)
		early *= 2;

	return early + at_ns / 1000 * clock_permille(d);
}

/**
 * frame_walk_bit() - the bit that an edge began, if less than one late
 * @d: the decoder
 * @at_ns: when it was seen, from the begin of the frame
 *
 * Context: any.
 * Return: 0 is the start bit; more than FRAME_STOP_BIT is a frame that follows.
 */
s32 frame_walk_bit(const struct frame_edge *d, s32 at_ns)
{
	s32 ns = at_ns + frame_walk_early_ns(d, at_ns);

	return ns < 0 ? 0 : ns / (s32)d->bit_ns;
}

/* Where to note bits that rarely are wrong: only proofs hang on them. */
static u16 *rarely(const struct frame_edge *d, struct walk *w)
{
	return frame_edge_can_prove(d) ? &w->possible : &w->odd;
}

static u16 bit_range(s32 first, s32 last)
{
	if (last > FRAME_STOP_BIT)
		last = FRAME_STOP_BIT;
	if (first > last)
		return 0;

	return (2U << last) - (1U << first);
}

/* Bits before @bit that an interrupt at @at_ns, @late_ns late, leaves open. */
static u16 open_bits(const struct frame_edge *d, const struct walk *w,
		     s32 at_ns, s32 bit, s32 late_ns)
{
	s32 low_ns = at_ns - late_ns;
	s32 first = w->bit;

	if (low_ns > w->seen_ns && low_ns / (s32)d->bit_ns > first)
		first = low_ns / (s32)d->bit_ns;

	return bit_range(first + 1, bit - 1);
}

/*
 * The last bit that may have begun when the line was read for an edge, given that
 * the start edge was no more prompt than that.
 */
static s32 bit_read_for(const struct frame_edge *d, s32 at_ns)
{
	return (at_ns + 2 * READ_NS) / (s32)d->bit_ns;
}

static void walk_residual(struct walk *w, s32 late_ns)
{
	if (late_ns < w->least_ns)
		w->least_ns = late_ns;
	if (late_ns > w->most_ns)
		w->most_ns = late_ns;
	w->edges++;
}

/*
 * Bits before @bit that nothing tells of but that no interrupt is so late: too
 * little for them to be good beside what must then have been a glitch.
 */
static u16 unseen_bits(const struct frame_edge *d, const struct walk *w, s32 bit)
{
	return frame_edge_is_fast(d) ? 0 : bit_range(w->bit + 1, bit - 1);
}

/* So long after a glitch was read its end has interrupted. */
static s32 glitch_known_ns(const struct frame_edge *d)
{
	return FRAME_LATE_NS + (s32)d->bit_ns / GLITCH_PART;
}

/*
 * Bits that a glitch leaves open if it was that what was read: one of which both
 * levels were seen, and those from the last observation on, if that may have been
 * of a glitch whose end is this edge.  One that is on time rather begins a bit.
 */
static void walk_glitch_read(const struct frame_edge *d, struct walk *w,
			     const struct frame_edge_seen *seen, s32 at_ns,
			     s32 bit)
{
	s32 bit_ns = d->bit_ns, late_ns = at_ns - bit * bit_ns;
	bool on_time = late_ns > -bit_ns / 32 && late_ns < bit_ns / 16;
	bool changed = seen->level != w->level;

	if (frame_edge_is_fast(d))
		return;
	if (seen->edge && changed && bit == w->bit)
		*rarely(d, w) |= bit_range(bit, bit);
	if (seen->edge && changed && w->vague && !on_time &&
	    at_ns - w->seen_ns < glitch_known_ns(d))
		w->odd |= bit_range(w->bit, bit - 1);
	/* Looks in each bit tell of an edge that was late. */
	if (changed)
		w->vague = bit > w->bit && late_ns > bit_ns / 4 &&
			   !(seen->edge && d->looks);
	else
		w->vague = bit > w->bit && seen->edge;
}

/*
 * An edge after which the line shows what it showed before: a pulse was lost, the
 * bit before, or the one that @begun says.
 */
static void walk_lost_pulse(const struct frame_edge *d, struct walk *w,
			    s32 at_ns, s32 bit, s32 begun)
{
	bool fast = frame_edge_is_fast(d);
	s32 end = bit_read_for(d, at_ns);
	u16 open, pulse;

	if (fast || end < bit)
		end = bit;
	if (begun == bit)
		begun = end - 1;
	open = open_bits(d, w, at_ns, end, FRAME_LATE_NS);
	pulse = bit_range(begun, begun) & open;
	/* A glitch, then; or that was what was read before, and a bit ended. */
	if (!open && fast)
		open = bit_range(w->bit, bit);
	else if (!open && at_ns - w->seen_ns < glitch_known_ns(d))
		open = bit_range(w->bit, bit - 1);
	w->levels ^= pulse;
	w->likely |= open;
	w->possible |= open;
	w->odd |= unseen_bits(d, w, bit);
}

/*
 * Where an interrupt takes half a bit, each is late; but one that had not to wait
 * for another, and is later than most, may be later by a bit more.  So is one that
 * seems too early: it takes no less than what began the frame.
 */
static void walk_fast_doubt(const struct frame_edge *d, struct walk *w,
			    s32 at_ns, s32 bit)
{
	s32 bit_ns = d->bit_ns, residual_ns = at_ns - bit * bit_ns;
	s32 since_ns = at_ns - w->seen_ns;

	if (residual_ns < -bit_ns / EARLY_PART && since_ns > bit_ns * 5 / 4)
		w->likely |= bit_range(bit - 1, bit - 1);
	else if ((residual_ns < -bit_ns / EARLY_EDGE_PART &&
		  since_ns > bit_ns * 5 / 4) ||
		 (residual_ns > bit_ns / 4 && since_ns > bit_ns * 3 / 2))
		w->remote |= bit_range(w->bit + 1, bit - 1);
}

/*
 * And one that the machine had other things to do than to take, or that comes long
 * after such a one, may be the last one of several.
 */
static bool may_hide(const struct frame_edge *d, const struct walk *w,
		     const struct frame_edge_seen *seen, s32 at_ns)
{
	return seen->disturbed ||
	       (w->disturbed && at_ns - w->seen_ns > (s32)d->bit_ns * 3 / 2);
}

/* The bit that an edge probably began, which is seen in @bit. */
static s32 bit_begun(const struct frame_edge *d, const struct walk *w,
		     const struct frame_edge_seen *seen, s32 at_ns, s32 bit)
{
	s32 begun;

	if (!seen->edge || !seen->late_ns)
		return bit;
	begun = frame_walk_bit(d, at_ns - seen->late_ns);
	if (begun <= w->bit)
		begun = w->bit + 1;

	return begun < bit ? begun : bit;
}

/*
 * The edges of a pulse that a look missed interrupt until another edge does: how
 * long after the look that was.  A start edge that was late is one with them.
 */
static s32 until_edge_ns(const struct frame_edge *d, const struct walk *w,
			 const struct frame_edge_seen *look)
{
	const struct frame_edge_seen *seen = look;

	if (look == d->seen || look->level != w->level)
		return 0;
	while (++seen < d->seen + d->n - 1 && !seen->edge)
		;

	return seen < d->seen + d->n ? seen->at_ns - look->at_ns : 0;
}

/*
 * How late an observation may be: an edge that seems too early to be on time is
 * late by nearly a bit, if that is not much more than interrupts may be.
 */
static s32 most_late_ns(const struct frame_edge *d, const struct walk *w,
			const struct frame_edge_seen *seen, s32 at_ns, s32 bit)
{
	s32 bit_ns = d->bit_ns, early_ns = bit * bit_ns - at_ns;

	if (!seen->edge)
		return FRAME_LATE_NS - until_edge_ns(d, w, seen);
	if (early_ns > bit_ns / EARLY_EDGE_PART && bit_ns > FRAME_LATE_NS &&
	    bit_ns < FRAME_LATE_NS + FRAME_LATE_NS / 4)
		return bit_ns + early_ns;

	return FRAME_LATE_NS;
}

static void walk_to(const struct frame_edge *d, struct walk *w,
		    const struct frame_edge_seen *seen, s32 at_ns, u8 level)
{
	bool changed = level != w->level;
	s32 bit = frame_walk_bit(d, at_ns);
	s32 late_ns = seen->edge ? FRAME_LATE_NS : seen->late_ns;
	s32 begun;

	walk_glitch_read(d, w, seen, at_ns, bit);
	/*
	 * A bit has one level: early or not, this edge begins the next one, if
	 * it is not the end of a glitch.
	 */
	if (seen->edge && changed && bit == w->bit &&
	    at_ns - w->seen_ns >= (s32)d->bit_ns / GLITCH_PART &&
	    (bit + 1) * (s32)d->bit_ns - at_ns < (s32)d->bit_ns / 4)
		bit++;
	if (bit > FRAME_STOP_BIT)
		bit = FRAME_STOP_BIT;
	begun = bit_begun(d, w, seen, at_ns, bit);
	/* Within the same bit the latter tells. */
	w->levels &= ~bit_range(begun, FRAME_STOP_BIT);
	if (begun > w->bit && w->level)
		w->levels |= bit_range(w->bit + 1, begun - 1);
	if (level)
		w->levels |= bit_range(begun, FRAME_STOP_BIT);

	if (may_hide(d, w, seen, at_ns))
		w->remote |= bit_range(w->bit + 1, bit - 1);
	if (seen->edge && !changed && bit > w->bit) {
		walk_lost_pulse(d, w, at_ns, bit, begun);
	} else if (frame_edge_is_fast(d)) {
		walk_fast_doubt(d, w, at_ns, bit);
	} else if (begun < bit) {
		u16 open = open_bits(d, w, at_ns, bit, FRAME_LATE_NS);

		/* It began that one; others may have come back since. */
		w->odd |= open & bit_range(begun, begun);
		w->possible |= open & ~bit_range(begun, begun);
	} else if (seen->edge || late_ns > (s32)d->bit_ns / 8) {
		w->possible |= open_bits(d, w, at_ns, bit,
					 most_late_ns(d, w, seen, at_ns, bit));
		if (late_ns > (s32)d->likely_ns)
			late_ns = d->likely_ns;
		w->likely |= open_bits(d, w, at_ns, bit, late_ns);
	}
	/* Read so near to the end of a bit that it may be its neighbour's. */
	if (!seen->edge && bit &&
	    ((bit + 1) * (s32)d->bit_ns - at_ns < READ_NS ||
	     at_ns - bit * (s32)d->bit_ns < READ_NS))
		*rarely(d, w) |= bit_range(bit, bit);
	if (seen->edge && changed) {
		s32 residual_ns = at_ns - bit * (s32)d->bit_ns;

		/* No bit of this sender begins there. */
		if (residual_ns > FRAME_LATE_NS + EARLY_MIN_NS +
				  at_ns / 1000 * clock_permille(d))
			w->possible |= DATA_BITS;
		/* Late by so much, or early for a glitch beside it. */
		if (residual_ns > (s32)d->bit_ns - (s32)d->bit_ns / GLITCH_PART) {
			if (seen->late_ns)
				w->odd |= bit_range(bit, bit);
			else
				w->possible |= bit_range(bit, bit);
		}
		walk_residual(w, at_ns - begun * (s32)d->bit_ns);
	}

	w->seen_ns = at_ns;
	w->bit = bit;
	w->level = level;
	w->disturbed = seen->disturbed;
}

/*
 * An edge that shows no change, and another one at once that shows none either:
 * the line changed back before it was read for the first time.  That was a bit
 * only if one ended then, else it was a glitch.
 *
 * Return: the bit after it, or 0.
 */
static s32 unread_pulse_end(const struct frame_edge *d, const struct walk *w,
			    unsigned int i, s32 at_ns)
{
	const struct frame_edge_seen *seen = &d->seen[i];
	s32 end = bit_read_for(d, at_ns);

	if (frame_edge_is_fast(d) || i + 1 >= d->n ||
	    !seen[0].edge || seen[0].level != w->level ||
	    !seen[1].edge || seen[1].level != w->level ||
	    seen[1].at_ns - seen[0].at_ns > (s32)d->bit_ns ||
	    end * (s32)d->bit_ns < at_ns - frame_walk_early_ns(d, at_ns) ||
	    !open_bits(d, w, at_ns, end, FRAME_LATE_NS))
		return 0;

	return end;
}

static void walk_unread_pulse(const struct frame_edge *d, struct walk *w,
			      s32 at_ns, s32 end)
{
	u16 open = open_bits(d, w, at_ns, end, FRAME_LATE_NS);

	w->levels ^= open & bit_range(end - 1, end - 1);
	w->possible |= open;
	w->likely |= open;
	w->seen_ns = at_ns;
	w->bit = end < FRAME_STOP_BIT ? end : FRAME_STOP_BIT;
	w->edges += 2;
}

/*
 * Where an interrupt takes half a bit, the line may have changed back before it
 * was read for the first edge; the second one interrupts at once, and may be read
 * late as well.
 */
static bool changed_back(const struct frame_edge *d, const struct walk *w,
			 unsigned int i)
{
	const struct frame_edge_seen *seen = &d->seen[i];
	s32 near_ns = d->bit_ns * 3 / 2;

	if (!frame_edge_is_fast(d) || !seen->edge || seen->level != w->level ||
	    i + 1 >= d->n || !seen[1].edge ||
	    seen[1].at_ns - seen[0].at_ns > near_ns)
		return false;

	return seen[1].level == seen->level ||
	       (i + 2 < d->n && seen[2].edge &&
		seen[2].level == seen[1].level &&
		seen[2].at_ns - seen[1].at_ns <= near_ns);
}

/* No bits have begun but the two that the edges of a pulse begin. */
static bool is_next_bit(const struct frame_edge *d, const struct walk *w,
			s32 at_ns, s32 next_ns)
{
	return frame_walk_bit(d, at_ns) <= w->bit + 1 &&
	       frame_walk_bit(d, next_ns) <= w->bit + 2;
}

/* The bit that was read; it is one that the second edge of a pulse may begin. */
static s32 bit_read(const struct frame_edge *d, const struct walk *w, s32 at_ns)
{
	s32 read_ns = at_ns + d->latency_ns + d->latency_ns / 4;
	s32 bit = read_ns / (s32)d->bit_ns;

	if (bit > FRAME_STOP_BIT)
		bit = FRAME_STOP_BIT;

	return bit < w->bit + 2 ? w->bit + 2 : bit;
}

/* Where the pulse before @end may be: there, or at one place beside it. */
static u16 pulse_places(const struct frame_edge *d, const struct walk *w,
			s32 end)
{
	u16 places = bit_range(end - 1, end - 1);

	/* Later, while it is not known what an interrupt takes. */
	if (!d->latency_ns)
		places |= bit_range(end, end);
	else if (end - 2 > w->bit)
		places |= bit_range(end - 2, end - 2);

	return places;
}

/*
 * The second edge came just before the line was read, the first a bit earlier; at
 * @next_ns it interrupted.
 */
static void walk_pulse(const struct frame_edge *d, struct walk *w, s32 at_ns,
		       s32 next_ns)
{
	bool sure = is_next_bit(d, w, at_ns, next_ns);
	s32 end = sure ? w->bit + 2 : bit_read(d, w, at_ns);
	u16 pulse = bit_range(end - 1, end - 1);

	if (w->level)
		w->levels &= ~pulse;
	else
		w->levels |= pulse;
	if (!sure)
		w->likely |= pulse_places(d, w, end);
	w->seen_ns = at_ns;
	w->bit = end;
	w->edges += 2;
}

/* Two edges that are too near to each other, and leave the line as it was. */
static bool is_spike(const struct frame_edge *d, const struct walk *w,
		     unsigned int i)
{
	const struct frame_edge_seen *seen = &d->seen[i];

	return !frame_edge_is_fast(d) && i && i + 1 < d->n &&
	       seen[0].edge && seen[1].edge &&
	       seen[0].level != w->level && seen[1].level == w->level &&
	       seen[1].at_ns - seen[0].at_ns < (s32)d->bit_ns / GLITCH_PART;
}

/*
 * That was a glitch, unless it is a bit, of which both edges came late.  Where
 * bits are short that is the likelier.
 *
 * Return: whether it is taken for a glitch.
 */
static bool walk_spike(const struct frame_edge *d, struct walk *w, s32 at_ns,
		       s32 next_ns)
{
	s32 end = frame_walk_bit(d, next_ns + READ_NS);
	u16 open = open_bits(d, w, at_ns, end, FRAME_LATE_NS);

	w->odd |= open | unseen_bits(d, w, frame_walk_bit(d, at_ns));
	if (w->vague)
		w->odd |= bit_range(w->bit, frame_walk_bit(d, next_ns));

	return !open || d->bit_ns > FRAME_LATE_NS;
}

static void walk_all(const struct frame_edge *d, struct walk *w, s32 shift_ns)
{
	unsigned int i;

	*w = (struct walk){ .least_ns = d->bit_ns };
	for (i = 0; i < d->n; i++) {
		s32 at_ns = d->seen[i].at_ns - shift_ns;
		s32 begun, end = unread_pulse_end(d, w, i, at_ns);

		if (is_spike(d, w, i) &&
		    walk_spike(d, w, at_ns, d->seen[i + 1].at_ns - shift_ns)) {
			i++;
			continue;
		}
		if (changed_back(d, w, i)) {
			begun = w->bit + 1;
			walk_pulse(d, w, at_ns,
				   d->seen[i + 1].at_ns - shift_ns);
			if (d->seen[i].disturbed || w->disturbed)
				w->remote |= bit_range(begun, w->bit);
			i++;
			continue;
		}
		if (end) {
			walk_unread_pulse(d, w, at_ns, end);
			i++;
			continue;
		}
		walk_to(d, w, &d->seen[i], at_ns, d->seen[i].level);
	}
}

/* What an interrupt takes longer now and then is no lateness. */
static u32 noticeable(const struct frame_edge *d, s32 late_ns)
{
	return late_ns > (s32)d->bit_ns / 4 ? late_ns : 0;
}

/*
 * Lateness of all edges together if the start edge was late by @late_ns; the
 * latest of them in @most_ns.
 */
static u32 total_lateness(const struct frame_edge *d, s32 late_ns, s32 *most_ns)
{
	u32 total_ns = noticeable(d, late_ns);
	unsigned int i;

	*most_ns = late_ns;
	for (i = 0; i < d->n; i++) {
		s32 early_ns, rest_ns, at_ns = d->seen[i].at_ns + late_ns;

		if (!d->seen[i].edge)
			continue;
		early_ns = frame_walk_early_ns(d, at_ns);
		rest_ns = (at_ns + early_ns) % (s32)d->bit_ns - early_ns;
		total_ns += noticeable(d, rest_ns);
		if (rest_ns > *most_ns)
			*most_ns = rest_ns;
	}

	return total_ns;
}

/*
 * How late was the start edge?  Of a frame whose begin is not known it or
 * another edge was on time, and what makes all of them least late is likeliest.
 */
static s32 start_late_ns(const struct frame_edge *d, const struct walk *w,
			 bool *other)
{
	s32 most_ns, best_ns = 0;
	u32 least_total = total_lateness(d, 0, &most_ns);
	unsigned int i;

	*other = false;
	if (w->most_ns < (s32)d->bit_ns - FRAME_LATE_NS)
		return 0;
	for (i = 0; i < d->n; i++) {
		s32 at_ns = d->seen[i].at_ns;
		s32 late_ns, early_ns;
		u32 total_ns;

		if (!d->seen[i].edge || at_ns < 0)
			continue;
		early_ns = frame_walk_early_ns(d, at_ns);
		late_ns = (s32)d->bit_ns + early_ns -
			  (at_ns + early_ns) % (s32)d->bit_ns;
		if (late_ns > FRAME_LATE_NS || late_ns >= (s32)d->bit_ns)
			continue;
		total_ns = total_lateness(d, late_ns, &most_ns);
		if (most_ns < FRAME_LATE_NS)
			*other = true;
		if (total_ns >= least_total)
			continue;
		least_total = total_ns;
		best_ns = late_ns;
	}

	return best_ns;
}

/**
 * frame_walk() - read a frame from its observations
 * @d: the decoder, a frame seen to its end
 * @w: set
 *
 * Context: any, hard IRQ too.
 * Return: by how much the frame began later than d->start_ns, ns.
 */
s32 frame_walk(const struct frame_edge *d, struct walk *w)
{
	bool other = false;
	s32 shift_ns;

	walk_all(d, w, 0);
	if (d->chained)
		/*
		 * One of its edges was on time, unless they are few, or each has
		 * to wait for the one before.
		 */
		shift_ns = w->edges >= 3 && !frame_edge_is_fast(d) &&
			   w->least_ns > (s32)d->bit_ns / 4 ? w->least_ns : 0;
	else
		shift_ns = -start_late_ns(d, w, &other);
	if (shift_ns)
		walk_all(d, w, shift_ns);
	w->other = other;

	return shift_ns;
}
