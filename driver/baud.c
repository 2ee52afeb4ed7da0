// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rate of a sender of NMEA 0183, from its pulses and sentences.
 */
#include "baud.h"

/* Where the search begins if nothing better is known: what most send at. */
#define RATE_DEFAULT	1

#define ALL_RATES	((1U << BAUD_RATES) - 1)

/* Longer than the longest pulse that tells anything at the lowest rate. */
#define PULSE_MAX_NS	1000000

/* No pulse, nor a sender that is slow to go on: the pause before a burst. */
#define SILENCE_NS	20000000

/* Pulses that are held against each other: those of some ten to thirty bytes. */
#define PULSES		64

/*
 * Times are counted in sixteenths of a bit.  Few bits, as the sender's clock may
 * be off by 4 %, and interrupts late, before it is too far from a whole number.
 */
#define PART_BITS	4
#define PART		16
#define PARTS_MAX	(PART * 7 / 2)
#define PARTS_OFF	3

/* The same share of few pulses counts less; half of it is what chance gives. */
#define SCORE_MAX	256
#define SCORE_PRIOR	8

/* As good as the best: then the slower rate is the true one. */
#define SCORE_ALIKE	16

/* What a rate has at least if pulses can tell it. */
#define SCORE_LEAST	160

/*
 * Edges without a sentence after which another rate is looked for.  A byte has
 * five of them, so these are twice the longest sentence of the standard and some
 * more, as a trial begins anywhere in one.
 */
#define PATIENCE	1024

/*
 * A sentence that is understood cannot be by chance; a checksum alone could.
 */
#define PROOF		2

/*
 * A receiver may send something else than NMEA for a while.  Pulses that speak
 * for the rate that was found excuse that for longer than pulses that speak for
 * none.
 */
#define DOUBT_MAX	64
#define DOUBT_NO_RATE	16

#define BITS(_baud)	(((u64)(_baud) << 32) / 1000000000U)

/**
 * struct rate - one of the standard rates
 * @baud: bits per second
 * @bits: in a ns, in 2^-32
 */
struct rate {
	u32 baud;
	u32 bits;
};

static const struct rate rates[BAUD_RATES] = {
	{ 4800, BITS(4800) },
	{ 9600, BITS(9600) },
	{ 19200, BITS(19200) },
	{ 38400, BITS(38400) },
	{ 57600, BITS(57600) },
	{ 115200, BITS(115200) },
	{ 230400, BITS(230400) },
};

/**
 * baud_init() - begin a search
 * @b: the search
 * @baud: bits per second, to begin with; if it is none of the standard rates,
 *	  that is 9600
 * @now_ns: sentences that began before do not count
 *
 * Context: any; nothing else may use @b meanwhile.
 */
void baud_init(struct baud *b, u32 baud, s64 now_ns)
{
	u8 rate = BAUD_RATES;

	while (rate && rates[rate - 1].baud != baud)
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
 * Context: any.
 * Return: bits per second.
 */
u32 baud_rate(const struct baud *b)
{
	return rates[b->rate].baud;
}

/**
 * baud_found() - the rate that sentences have confirmed
 * @b: the search
 *
 * Context: any.
 * Return: bits per second, 0 while there is none.
 */
u32 baud_found(const struct baud *b)
{
	return b->found ? baud_rate(b) : 0;
}

static void forget_pulses(struct baud *b)
{
	b->pulses = 0;
	memset(b->tally, 0, sizeof(b->tally));
}

/* What is too short for a bit speaks against the rate. */
static void take_pulse(struct baud *b, u32 ns)
{
	u8 rate;

	for (rate = 0; rate < BAUD_RATES; rate++) {
		u32 parts = (u64)ns * rates[rate].bits >> (32 - PART_BITS);

		if (parts > PARTS_MAX)
			break;
		b->tally[rate].seen++;
		if (parts >= PART / 2 &&
		    ((parts + PARTS_OFF) & (PART - 1)) <= 2 * PARTS_OFF)
			b->tally[rate].fit++;
	}
	b->pulses++;
}

static u32 score(const struct baud *b, u8 rate)
{
	const struct baud_tally *tally = &b->tally[rate];

	return SCORE_MAX * tally->fit / (tally->seen + SCORE_PRIOR);
}

/* The rate that fits best, of those that are not to be left out. */
static u8 best_rate(const struct baud *b, u8 left_out)
{
	u8 rate, best = BAUD_RATES;
	u32 most = 0;

	for (rate = 0; rate < BAUD_RATES; rate++)
		if (!(left_out & (1U << rate)) && score(b, rate) > most)
			most = score(b, rate);
	for (rate = BAUD_RATES; rate; rate--)
		if (!(left_out & (1U << (rate - 1))) &&
		    score(b, rate - 1) + SCORE_ALIKE >= most)
			best = rate - 1;

	return best;
}

/*
 * The best one gets every other trial: that it failed may be a disturbance, or
 * the fault of the pulses.
 */
static u8 next_rate(struct baud *b)
{
	u8 next = best_rate(b, 0);

	b->best = next;
	if (b->rate == b->best && b->tried) {
		if (b->tried == ALL_RATES)
			b->tried = 1U << b->best;
		next = best_rate(b, b->tried);
	}
	b->tried |= 1U << next;

	return next;
}

static bool try_rate(struct baud *b, u8 rate, s64 now_ns)
{
	bool changes = rate != b->rate;

	b->edges = 0;
	if (changes)
		b->proof = 0;
	b->rate = rate;
	if (changes)
		b->since_ns = now_ns;

	return changes;
}

/*
 * A decoder does best from the first byte of a burst on, and so the rate that fits
 * best has its chance there; once, lest no other one ever gets its own.
 */
static void begin_burst(struct baud *b, s64 now_ns)
{
	if (!b->tried || b->again || b->edges < PATIENCE / 2)
		return;
	b->again = true;
	try_rate(b, b->best, now_ns);
}

/* No sentence for long.  Do the pulses say that the sender has another rate? */
static bool is_lost(struct baud *b)
{
	u8 best = best_rate(b, 0);
	bool any = score(b, best) >= SCORE_LEAST;

	if (any && best != b->rate)
		return true;
	b->doubt += any ? 1 : DOUBT_NO_RATE;

	return b->doubt >= DOUBT_MAX;
}

static bool decide(struct baud *b, s64 now_ns)
{
	if (b->found && !is_lost(b)) {
		b->edges = 0;
		return false;
	}
	if (b->found) {
		b->found = false;
		b->tried = 0;
	}
	b->again = false;

	return try_rate(b, next_rate(b), now_ns);
}

/**
 * baud_edge() - an edge interrupted
 * @b: the search
 * @now_ns: when
 * @both: both edges interrupt; the falling one only if false
 *
 * While sentences come at the rate that was found this only counts.
 *
 * Context: hard IRQ or any other.
 * Return: true if what decodes is to begin anew, with this edge, at baud_rate():
 * with another rate or, as what was received before may have misled it, after a
 * pause.
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
	if (b->pulses == PULSES) {
		if (b->edges >= PATIENCE)
			anew = decide(b, now_ns);
		forget_pulses(b);
	} else if (pulse_ns >= SILENCE_NS && !b->found) {
		begin_burst(b, now_ns);
		anew = true;
	}

	return anew;
}

/**
 * baud_sentence() - a sentence with the right checksum was received
 * @b: the search
 * @start_ns: when it began
 * @sure: it was understood, and received as it is
 *
 * Context: any.
 * Return: true if it confirms the rate, which was not found before.
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
