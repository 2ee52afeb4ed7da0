// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rate of a sender of NMEA 0183, from its pulses and sentences.
 */
#include "baud.h"

static const u32 rates[BAUD_RATES] = {
	4800, 9600, 19200, 38400, 57600, 115200, 230400,
};

#define RATE_DEFAULT	1

/* Longer than any pulse that tells; a pause before a burst, which is no pulse. */
#define PULSE_MAX_NS	1000000
#define SILENCE_NS	20000000

/* Pulses that are held against each other: those of some ten to thirty bytes. */
#define PULSES		64

/*
 * Times are counted in sixteenths of a bit.  Few bits, as the sender's clock may
 * be off by 4 %, and interrupts late, before it is too far from a whole number.
 */
#define PART		16
#define PARTS_MAX	(PART * 7 / 2)
#define PARTS_OFF	3

/*
 * A score is the share of pulses that fit.  Of few pulses it counts less; half of
 * it is what chance gives.  Of rates alike the slower one is the true one.
 */
#define SCORE_MAX	256
#define SCORE_PRIOR	8
#define SCORE_ALIKE	16
#define SCORE_LEAST	160

/* Edges of two sentences, the longest of the standard, and some more. */
#define PATIENCE	1024

/* A sentence that is understood cannot be by chance; a checksum alone could. */
#define PROOF		2

/*
 * A receiver may send something else than NMEA for a while.  Pulses that speak for
 * the rate that was found excuse that for longer than those that speak for none.
 */
#define DOUBT_MAX	64
#define DOUBT_NO_RATE	16

/**
 * baud_init() - begin a search
 * @b: the search
 * @baud: the rate to begin with; 9600 if it is none of those that are searched
 * @now_ns: time, CLOCK_MONOTONIC
 */
void baud_init(struct baud *b, u32 baud, s64 now_ns)
{
	u8 rate = BAUD_RATES;

	while (rate && rates[rate - 1] != baud)
		rate--;
	*b = (struct baud){
		.rate = rate ? rate - 1 : RATE_DEFAULT,
		.edges = PATIENCE,
		.since_ns = now_ns,
	};
}

/**
 * baud_rate() - what to receive at
 * @b: the search
 *
 * Return: bits per second.
 */
u32 baud_rate(const struct baud *b)
{
	return rates[b->rate];
}

/**
 * baud_found() - the rate that a sentence has confirmed
 * @b: the search
 *
 * Return: bits per second; 0: none yet.
 */
u32 baud_found(const struct baud *b)
{
	return b->found ? baud_rate(b) : 0;
}

static void forget_pulses(struct baud *b)
{
	b->pulses = 0;
	memset(b->seen, 0, sizeof(b->seen));
	memset(b->fit, 0, sizeof(b->fit));
}

/* What is too short for a bit speaks against the rate. */
static void take_pulse(struct baud *b, u32 ns)
{
	u8 rate;

	for (rate = 0; rate < BAUD_RATES; rate++) {
		u32 parts = div_u64((u64)ns * rates[rate] * PART, 1000000000);

		if (parts > PARTS_MAX)
			break;
		b->seen[rate]++;
		b->fit[rate] += parts >= PART / 2 &&
				((parts + PARTS_OFF) & (PART - 1)) <= 2 * PARTS_OFF;
	}
	b->pulses++;
}

static u32 score(const struct baud *b, u8 rate)
{
	return SCORE_MAX * b->fit[rate] / (b->seen[rate] + SCORE_PRIOR);
}

/* The slowest of the rates that fit best. */
static u8 best_rate(const struct baud *b)
{
	u8 rate, best = BAUD_RATES - 1;
	u32 most = 0;

	for (rate = 0; rate < BAUD_RATES; rate++)
		if (score(b, rate) > most)
			most = score(b, rate);
	for (rate = BAUD_RATES; rate--; )
		if (score(b, rate) + SCORE_ALIKE >= most)
			best = rate;

	return best;
}

/*
 * No sentence for long, but the sender may have other things to say.  Or do the
 * pulses say that it has another rate?
 */
static bool is_lost(struct baud *b, u8 best)
{
	bool any = score(b, best) >= SCORE_LEAST;

	b->doubt += any ? 1 : DOUBT_NO_RATE;

	return (any && best != b->rate) || b->doubt >= DOUBT_MAX;
}

/* Returns true if this is another rate than before. */
static bool use_rate(struct baud *b, u8 rate, s64 now_ns)
{
	if (rate == b->rate)
		return false;
	b->rate = rate;
	b->proof = 0;
	b->since_ns = now_ns;

	return true;
}

/*
 * The best rate gets every other trial: that it failed may be a disturbance, or
 * the fault of the pulses.  Returns true if another rate is tried.
 */
static bool try_next(struct baud *b, s64 now_ns)
{
	u8 next = best_rate(b);

	b->edges = 0;
	if (b->found) {
		if (!is_lost(b, next))
			return false;
		b->found = false;
		b->in_vain = false;
	}
	b->guessed = !b->in_vain || next != b->rate;
	if (!b->guessed) {
		b->other = (b->other + 1) % BAUD_RATES;
		if (b->other == next)
			b->other = (b->other + 1) % BAUD_RATES;
		next = b->other;
	}
	b->in_vain = true;

	return use_rate(b, next, now_ns);
}

/**
 * baud_edge() - an edge was seen
 * @b: the search
 * @now_ns: time of the edge, CLOCK_MONOTONIC
 * @both: both edges interrupt
 *
 * Return: true if what decodes is to begin anew, with this edge, at baud_rate().
 */
bool baud_edge(struct baud *b, s64 now_ns, bool both)
{
	s64 pulse_ns = now_ns - b->edge_ns;
	bool patient = b->edges < PATIENCE;
	bool anew = false;

	b->edge_ns = now_ns;
	if (patient)
		b->edges += both ? 1 : 2;
	if (patient && b->found)
		return false;

	if (pulse_ns < PULSE_MAX_NS)
		take_pulse(b, pulse_ns);
	else if (pulse_ns >= SILENCE_NS)
		/* What came before may have misled the decoder. */
		anew = !b->found;
	if (b->pulses < PULSES)
		return anew;
	b->pulses = 0;
	if (b->edges >= PATIENCE) {
		anew = try_next(b, now_ns);
		forget_pulses(b);
	} else if (b->guessed) {
		/* More pulses may tell that the first ones misled. */
		anew = use_rate(b, best_rate(b), now_ns);
	}

	return anew;
}

/**
 * baud_sentence() - a sentence with the right checksum was received
 * @b: the search
 * @start_ns: time of its start bit, CLOCK_MONOTONIC
 * @sure: it was understood, and received as it is
 *
 * Return: true if it confirms the rate.
 */
bool baud_sentence(struct baud *b, s64 start_ns, bool sure)
{
	/* Received with the rate before. */
	if (start_ns < b->since_ns)
		return false;

	b->edges = 0;
	b->doubt = 0;
	forget_pulses(b);
	if (b->found)
		return false;
	b->proof += sure ? PROOF : 1;
	b->found = b->proof >= PROOF;

	return b->found;
}
