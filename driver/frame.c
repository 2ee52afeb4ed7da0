// SPDX-License-Identifier: GPL-2.0-only
/*
 * UART frames (8N1): observations of the line -> a byte and its worth.
 */
#include "frame.h"

/*
 * Part of a bit after which it is to be sampled, in eighths.  An interrupt may
 * be late, never early, so the point lies before the middle.  With 3/8 the stop
 * bit is still hit when the sender is 4 % slow (9.375 bits > 9 * 1.04), and
 * when it is 4 % fast 0.22 bit are left for being late (10 * 0.96 - 9.375).
 */
#define SAMPLE_POINT_8THS	3

/*
 * Every interrupt takes some time, and both the start edge and the sample come
 * later by it.  At high rates that is a good part of a bit, so the sample is
 * asked for that much earlier, but never in the first eighth.
 */
#define SAMPLE_POINT_MIN_8THS	1

/* Part of the difference by which the latency rises with each sample. */
#define LATENCY_RISE		256

/* Frames in a row from which the sender's rate is learned. */
#define LEARN_FRAMES		64

/* How many frames on time it takes to believe that the next one is. */
#define TRUST_LEAST		4
#define TRUST_MAX		8

#define ALL_SAMPLES		((1U << FRAME_BITS) - 1)

/**
 * frame_bit_ns() - duration of a bit
 * @baud: bits per second, not 0
 *
 * Context: any.
 * Return: ns, rounded to nearest.
 */
u32 frame_bit_ns(u32 baud)
{
	return (1000000000U + baud / 2) / baud;
}

/*
 * Notes how late a sample was, and aims the ones to come accordingly.  The
 * latency is what every interrupt takes: the least lateness, which rises slowly
 * where it is not met any more.
 */
static void frame_aim(struct frame_sampler *s, s64 late_ns)
{
	u32 min_ns = s->bit_ns * SAMPLE_POINT_MIN_8THS / 8;
	u32 aim_ns = s->bit_ns * SAMPLE_POINT_8THS / 8;

	if (late_ns < 0)
		late_ns = 0;
	if (late_ns > s->bit_ns)
		late_ns = s->bit_ns;
	if (late_ns < s->latency_ns)
		s->latency_ns = late_ns;
	else
		s->latency_ns += ((u32)late_ns - s->latency_ns) / LATENCY_RISE;

	s->aim_ns = min_ns;
	if (aim_ns > min_ns + 2 * s->latency_ns)
		s->aim_ns = aim_ns - 2 * s->latency_ns;
}

/**
 * frame_sampler_init() - make a sampler idle and set its rate
 * @s: sampler
 * @baud: bits per second, not 0
 *
 * Context: any; nothing else may use @s meanwhile.
 */
void frame_sampler_init(struct frame_sampler *s, u32 baud)
{
	*s = (struct frame_sampler){ .bit_ns = frame_bit_ns(baud) };
	s->frame_ns = FRAME_BITS * s->bit_ns;
	frame_aim(s, 0);
}

/*
 * Learns how far apart the sender's frames are while they follow back to back.
 * The lateness of the edges cancels out but for that of the first and the last.
 */
static void frame_learn(struct frame_sampler *s, s64 edge_ns)
{
	s64 off_ns = edge_ns - s->base_ns - (s64)FRAME_BITS * s->bit_ns;
	bool follows = off_ns > -(s64)s->bit_ns * 3 / 4 &&
		       off_ns < s->bit_ns * 3 / 4;

	if (follows && ++s->chain < LEARN_FRAMES)
		return;

	if (follows)
		s->frame_ns = (u32)(edge_ns - s->chain_ns) / LEARN_FRAMES;
	s->chain_ns = edge_ns;
	s->chain = 0;
}

/*
 * How much later than the frame before allows was the start edge seen?  Up to a
 * quarter of a bit does no harm and may be the sender's clock.  Only senders
 * whose frames do follow back to back are believed in: one that pauses as it
 * likes shows edges that come later for other reasons.
 */
static s64 frame_start_late(struct frame_sampler *s, s64 edge_ns)
{
	s64 off_ns = edge_ns - s->base_ns - s->frame_ns;
	bool trusted = s->trust >= TRUST_LEAST;

	if (off_ns < -(s64)s->bit_ns / 4 || off_ns > s->bit_ns * 7 / 8)
		return 0;

	if (off_ns <= s->bit_ns / 4) {
		if (s->trust < TRUST_MAX)
			s->trust++;
		return 0;
	}
	s->trust -= s->trust > 1 ? 2 : s->trust;

	return trusted ? off_ns - s->bit_ns / 8 : 0;
}

/**
 * frame_start() - a falling edge begins a frame
 * @s: idle sampler
 * @edge_ns: when the edge was seen
 *
 * A receiver's sentences come back to back, so the frame before tells when
 * this one began at the latest.
 *
 * Context: hard IRQ or any other.
 */
void frame_start(struct frame_sampler *s, s64 edge_ns)
{
	s64 late_ns = frame_start_late(s, edge_ns);

	frame_learn(s, edge_ns);
	s->start_ns = edge_ns - late_ns;
	s->base_ns = s->start_ns;
	s->samples = 0;
	s->next = 0;
	s->busy = true;
	s->late = false;
}

static s64 frame_due_bit(const struct frame_sampler *s, unsigned int bit)
{
	return s->start_ns + (s64)bit * s->bit_ns + s->aim_ns;
}

/**
 * frame_due() - when the next sample is to be taken
 * @s: busy sampler
 *
 * Counted from the start edge, so that lateness does not add up.
 *
 * Context: any.
 * Return: ns, absolute.
 */
s64 frame_due(const struct frame_sampler *s)
{
	return frame_due_bit(s, s->next);
}

static u8 frame_flags(const struct frame_sampler *s)
{
	u8 flags = s->late ? FRAME_DOUBTFUL : 0;

	if (!(s->samples & (1U << FRAME_STOP_BIT)))
		flags |= FRAME_FRAMING_ERROR;
	if (!(s->samples & ALL_SAMPLES))
		flags |= FRAME_BREAK;

	return flags;
}

static void frame_complete(struct frame_sampler *s, s64 now_ns,
			   struct frame_byte *byte)
{
	*byte = (struct frame_byte){
		.start_ns = s->start_ns,
		.span_ns = now_ns - s->start_ns,
		.value = s->samples >> 1,
		.flags = frame_flags(s),
	};
	s->busy = false;
}

/**
 * frame_sample() - take one sample
 * @s: busy sampler
 * @level: level of the line, 0 or 1
 * @now_ns: when it was read, not before frame_due()
 * @byte: set with FRAME_COMPLETE, otherwise left alone
 *
 * What counts is when the line was read, not when it should have been: a late
 * sample shows the bit of its own time.  The bits it missed are taken for
 * alike, and make the byte doubtful, as does a sample so near to the end of a
 * bit that it may show the next.  Where the stop bit is to be and the line is
 * low, the next start bit may have begun: then its edge comes at once, and
 * otherwise a last look tells.
 *
 * Context: hard IRQ or any other.
 * Return: the verdict.
 */
enum frame_verdict frame_sample(struct frame_sampler *s, int level, s64 now_ns,
				struct frame_byte *byte)
{
	u64 in_frame_ns = now_ns - s->start_ns + s->latency_ns;
	bool last_look = s->next == FRAME_BITS;
	u32 in_bit_ns;
	u64 bit = div_u64_rem(in_frame_ns, s->bit_ns, &in_bit_ns);

	if (bit > FRAME_STOP_BIT)
		bit = FRAME_STOP_BIT;
	frame_aim(s, now_ns - frame_due(s));

	if (bit == 0 && level) {
		s->busy = false;
		return FRAME_FALSE_START;
	}

	if (bit > s->next || in_bit_ns > s->bit_ns - s->bit_ns / 8)
		s->late = true;
	for (; s->next <= bit; s->next++)
		if (level)
			s->samples |= 1U << s->next;
	if (last_look && level)
		s->samples |= 1U << FRAME_STOP_BIT;

	if (s->next < FRAME_BITS || !(level || last_look))
		return FRAME_MORE;

	frame_complete(s, now_ns, byte);
	return FRAME_COMPLETE;
}

/**
 * frame_edge() - a falling edge within a frame
 * @s: busy sampler
 * @edge_ns: when the edge was seen
 *
 * An edge is seen late, never early.  One that comes before the bit it begins
 * is due shows that the start edge was seen later still, or that the sender is
 * fast: the samples that follow move forward.  One that is more than half a
 * bit early is taken for a late one of the bit before.
 *
 * Context: hard IRQ or any other.
 */
void frame_edge(struct frame_sampler *s, s64 edge_ns)
{
	u32 half_ns = s->bit_ns / 2;
	u32 in_bit_ns;

	div_u64_rem(edge_ns - s->start_ns + half_ns, s->bit_ns, &in_bit_ns);
	if (in_bit_ns < half_ns)
		s->start_ns -= half_ns - in_bit_ns;
}

/**
 * frame_is_next_start() - does a falling edge belong to the frame that follows?
 * @s: busy sampler
 * @edge_ns: when the edge was seen; the line must still have been low then
 *
 * When interrupts were off the start bit of the next frame can be seen before
 * the sample of this frame's stop bit.
 *
 * Context: hard IRQ or any other.
 * Return: true if the edge lies past the sample point of the stop bit.
 */
bool frame_is_next_start(const struct frame_sampler *s, s64 edge_ns)
{
	return edge_ns >= frame_due_bit(s, FRAME_STOP_BIT);
}

/**
 * frame_finish() - end a frame whose successor has begun
 * @s: busy sampler
 * @now_ns: when the edge was seen
 * @byte: set
 *
 * The next start edge proves the stop bit; data bits that were not sampled
 * any more read as 1 and make the byte doubtful.
 *
 * Context: hard IRQ or any other.
 */
void frame_finish(struct frame_sampler *s, s64 now_ns, struct frame_byte *byte)
{
	if (s->next < FRAME_STOP_BIT)
		s->late = true;
	s->samples |= ALL_SAMPLES & ~((1U << s->next) - 1);
	s->samples |= 1U << FRAME_STOP_BIT;
	frame_complete(s, now_ns, byte);
}
