// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line of a receiver that sends bytes (8N1), as a function of time.
 */
#include "waveform.h"

#define PS_PER_NS	1000
#define PPM		1000000

/* So many bits of a held line are searched for a glitch in one go. */
#define HELD_LOOKS	32

/* What the random draws of one bit are for. */
#define DRAW_JITTER		1
#define DRAW_GLITCH		2
#define DRAW_GLITCH_PLACE	3

/**
 * waveform_bit_ps() - duration of a bit
 * @baud: nominal rate, at least 300
 * @skew_ppm: how much faster (positive) the sender's clock is, 1e-6,
 *	      -100000..100000
 *
 * Context: any.
 * Return: 1e-12 s.
 */
u32 waveform_bit_ps(u32 baud, s32 skew_ppm)
{
	u64 bit_ps = div_u64(1000000000000ULL + baud / 2, baud);

	return div_u64(bit_ps * PPM, PPM + skew_ppm);
}

static u64 bits(const struct waveform *w)
{
	return w->count * WAVEFORM_FRAME_BITS;
}

/* The first whole ns of bit @n. */
static u64 bit_start_ns(const struct waveform *w, u64 n)
{
	return w->start_ns + div_u64(n * w->bit_ps + PS_PER_NS - 1, PS_PER_NS);
}

/* The bit whose time it is at @t_ns, which lies in the run. */
static u64 bit_at(const struct waveform *w, u64 t_ns)
{
	return div_u64((t_ns - w->start_ns) * PS_PER_NS, w->bit_ps);
}

static bool is_held(const struct waveform *w, u64 n)
{
	return n >= w->hold_bit && n - w->hold_bit < w->hold_bits;
}

/* The level sent in bit @n; idle from the last stop bit on. */
static int bit_value(const struct waveform *w, u64 n)
{
	u32 bit;
	u64 frame;

	if (n + 1 >= bits(w))
		return 1;
	if (is_held(w, n))
		return w->hold_level;

	frame = div_u64_rem(n, WAVEFORM_FRAME_BITS, &bit);
	if (bit == 0)
		return 0;
	if (bit == WAVEFORM_FRAME_BITS - 1)
		return 1;

	return w->bytes[(w->first + (u32)frame) & w->mask] >> (bit - 1) & 1;
}

static int value_before(const struct waveform *w, u64 n)
{
	return n ? bit_value(w, n - 1) : 1;
}

/* A number that seed, run, bit and purpose determine (splitmix64). */
static u64 draw(const struct waveform *w, u64 n, unsigned int what)
{
	u64 x = w->seed + (w->first + n) * 0x9e3779b97f4a7c15ULL +
		what * 0xd1b54a32d192ed03ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;

	return x ^ x >> 31;
}

static u32 draw_below(const struct waveform *w, u64 n, unsigned int what,
		      u32 limit)
{
	return (draw(w, n, what) >> 32) * limit >> 32;
}

/* When the edge into bit @n comes, if there is one. */
static u64 edge_ns(const struct waveform *w, u64 n)
{
	u64 start_ns = bit_start_ns(w, n);

	if (!w->jitter_ns)
		return start_ns;

	return start_ns + draw_below(w, n, DRAW_JITTER, w->jitter_ns + 1);
}

/* Where the glitch of bit @n begins; false if it has none. */
static bool glitch_start(const struct waveform *w, u64 n, u64 *start_ns)
{
	u32 taken_ns = w->jitter_ns + w->glitch_ns + 2;
	u32 bit_ns = w->bit_ps / PS_PER_NS;

	if (!w->glitch_ppm || n >= bits(w) || taken_ns >= bit_ns ||
	    draw_below(w, n, DRAW_GLITCH, PPM) >= w->glitch_ppm)
		return false;

	*start_ns = bit_start_ns(w, n) + w->jitter_ns + 1 +
		    draw_below(w, n, DRAW_GLITCH_PLACE, bit_ns - taken_ns);

	return true;
}

/**
 * waveform_end_ns() - when the last stop bit ends
 * @w: the waveform
 *
 * Context: any.
 * Return: ns.
 */
u64 waveform_end_ns(const struct waveform *w)
{
	return bit_start_ns(w, bits(w));
}

/**
 * waveform_bytes_sent() - bytes of the run that are wholly in the past
 * @w: the waveform
 * @t_ns: the instant
 *
 * Context: any.
 * Return: 0..count.
 */
u64 waveform_bytes_sent(const struct waveform *w, u64 t_ns)
{
	if (t_ns < w->start_ns)
		return 0;
	if (t_ns >= waveform_end_ns(w))
		return w->count;

	return div_u64(bit_at(w, t_ns), WAVEFORM_FRAME_BITS);
}

/**
 * waveform_level() - what the line shows
 * @w: the waveform
 * @t_ns: when
 *
 * Context: any.
 * Return: 0 or 1.
 */
int waveform_level(const struct waveform *w, u64 t_ns)
{
	u64 glitch_ns;
	int level;
	u64 n;

	if (t_ns < w->start_ns || t_ns >= waveform_end_ns(w))
		return 1;

	n = bit_at(w, t_ns);
	level = t_ns < edge_ns(w, n) ? value_before(w, n) : bit_value(w, n);

	if (glitch_start(w, n, &glitch_ns) && t_ns >= glitch_ns &&
	    t_ns < glitch_ns + w->glitch_ns)
		level = !level;

	return level;
}

static bool wanted(unsigned int edges, int level)
{
	return edges & (level ? WAVEFORM_RISING : WAVEFORM_FALLING);
}

/* The first wanted edge within bit @n and later than @after_ns. */
static u64 next_edge_in_bit(const struct waveform *w, u64 n, u64 after_ns,
			    unsigned int edges)
{
	int level = bit_value(w, n);
	u64 t_ns = edge_ns(w, n);

	if (t_ns > after_ns && level != value_before(w, n) &&
	    wanted(edges, level))
		return t_ns;

	if (!glitch_start(w, n, &t_ns))
		return WAVEFORM_NEVER;
	if (t_ns > after_ns && wanted(edges, !level))
		return t_ns;
	t_ns += w->glitch_ns;
	if (t_ns > after_ns && wanted(edges, level))
		return t_ns;

	return WAVEFORM_NEVER;
}

/* The first bit after @n, which is held, that need not be as @n is. */
static u64 after_hold(const struct waveform *w, u64 n)
{
	u64 last = (u64)w->hold_bit + w->hold_bits - 1;

	if (last >= bits(w))
		last = bits(w) - 1;

	return n < last ? last : n + 1;
}

/**
 * waveform_next_edge() - the next edge of the line
 * @w: the waveform
 * @after_ns: edges at this instant or before do not count
 * @edges: WAVEFORM_FALLING, WAVEFORM_RISING, both or 0
 *
 * A frame has an edge of each direction, so this looks at twenty bits at most.
 * A line that is held may have a glitch anywhere, or none: of its bits some are
 * looked at, and the answer may be to look on from there.
 *
 * Context: any.
 * Return: ns, or WAVEFORM_NEVER; WAVEFORM_UNTIL + ns: there is none up to then,
 * and to be asked anew, with this instant as @after_ns.
 */
u64 waveform_next_edge(const struct waveform *w, u64 after_ns,
		       unsigned int edges)
{
	unsigned int looks = HELD_LOOKS;
	u64 n = 0;

	if (!edges || after_ns >= waveform_end_ns(w))
		return WAVEFORM_NEVER;
	if (after_ns >= w->start_ns)
		n = bit_at(w, after_ns);

	while (n < bits(w)) {
		u64 t_ns = next_edge_in_bit(w, n, after_ns, edges);

		if (t_ns != WAVEFORM_NEVER)
			return t_ns;
		if (!is_held(w, n))
			n++;
		else if (!w->glitch_ppm)
			n = after_hold(w, n);
		else if (--looks)
			n++;
		else
			return WAVEFORM_UNTIL + bit_start_ns(w, n + 1) - 1;
	}

	return WAVEFORM_NEVER;
}
