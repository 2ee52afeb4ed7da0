/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When to look at a line, as its last edge tells it.  Pure, as uart.h.
 *
 * A bit that is like the one before it has no edge.  Where an interrupt may be
 * late by more than a bit, only a look in such a bit shows that the line did not
 * change.  A look is due a quarter of a bit after each bit begins, counted from
 * the last edge: a late look does not shift the next one.  Where only falls interrupt,
 * one more look tells a bit of 0 from a glitch, which falls likewise.  When the line
 * has rested, one more look tells the bottom half that nothing follows.
 */
#ifndef GNSS_GPIO_LOOKS_H
#define GNSS_GPIO_LOOKS_H

#include "pure.h"

/* "No look is due." */
#define LOOKS_NEVER	((s64)(~0ULL >> 1))

/* A frame and one bit: no edge for so long, and no frame is under way. */
#define LOOKS_FRAME	11

/*
 * Parts of a bit from a fall to the look in the bit that it begins.  Sooner, or less than
 * half a bit before the next look, it is to the decoder as near to another observation as a
 * glitch is: with 4 / 16 or 12 / 16 a third of the bytes are doubtful (test_uart_lab).
 */
#define LOOKS_FALL(bit_ns)	((bit_ns) * 9 / 16)

/**
 * struct looks - when a line is to be looked at
 * @edge_ns: the last edge
 * @due_ns: the next look, or LOOKS_NEVER
 * @rest_ns: time after the last edge when the line has rested
 * @bit_ns: duration of a bit
 * @bits: looks at bits that are due at most after an edge, 0: none
 * @falls: edges are falls, and the bits that they begin are looked at, too
 * @n: number of the bit to look at, counted from the last edge
 */
struct looks {
	s64 edge_ns;
	s64 due_ns;
	u32 rest_ns;
	u32 bit_ns;
	u8 bits;
	bool falls;
	u8 n;
};

/* No look is due until there is an edge. */
static inline void looks_init(struct looks *l)
{
	*l = (struct looks){ .due_ns = LOOKS_NEVER };
}

/* Has the line rested: did the latest look find no edge for so long? */
static inline bool looks_rested(const struct looks *l)
{
	return l->due_ns == LOOKS_NEVER;
}

/* The next look that is not overdue, as the last edge tells it. */
static inline void looks_next(struct looks *l, s64 now_ns)
{
	do {
		l->due_ns = l->edge_ns + (++l->n <= l->bits ?
					  l->n * l->bit_ns + l->bit_ns / 4 : l->rest_ns);
	} while (l->due_ns <= now_ns && l->n <= l->bits);
}

/*
 * Look at other times, from @now_ns on: at each bit, with @falls also at those that an
 * edge begins; or only at a line that has rested, which is so after so many @frames
 * without an edge.  Returns true if @due_ns has
 * changed.  What is due sooner stays due: it may be overdue, and is not to be lost.
 */
static inline bool looks_set(struct looks *l, s64 now_ns, u32 bit_ns,
			     bool each_bit, bool falls, u32 frames)
{
	s64 due_ns = l->due_ns;

	l->bit_ns = bit_ns;
	l->rest_ns = frames * LOOKS_FRAME * bit_ns;
	l->bits = each_bit ? LOOKS_FRAME : 0;
	l->falls = falls;
	if (looks_rested(l))
		return false;

	l->n = 0;
	looks_next(l, now_ns);
	l->n = 0;
	l->due_ns = min(max(l->due_ns, now_ns), due_ns);

	return l->due_ns != due_ns;
}

/*
 * An edge was seen.  Returns true if @due_ns has changed.  Without looks at each bit,
 * what is due stays due: to find out then that the line has not rested yet costs less
 * than to set a timer anew with each edge.
 */
static inline bool looks_edge(struct looks *l, s64 at_ns)
{
	l->edge_ns = at_ns;
	if (!l->bits && !looks_rested(l))
		return false;
	l->n = 0;
	if (l->falls)
		l->due_ns = at_ns + LOOKS_FALL(l->bit_ns);
	else
		looks_next(l, at_ns);

	return true;
}

/*
 * The timer has expired, at @now_ns, not before @due_ns, which becomes that of the next
 * look; what is overdue already is left out.  Returns false if the line is not to be
 * read: an edge came meanwhile.
 */
static inline bool looks_taken(struct looks *l, s64 now_ns)
{
	s64 rest_ns = l->edge_ns + l->rest_ns;

	if (now_ns >= rest_ns) {
		l->due_ns = LOOKS_NEVER;
		return true;
	}
	if (!l->bits) {
		l->due_ns = rest_ns;
		return false;
	}
	looks_next(l, now_ns);

	return true;
}

#endif /* GNSS_GPIO_LOOKS_H */
