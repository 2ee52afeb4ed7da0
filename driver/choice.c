// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which receive engine is the better one here, by what each of them makes of the
 * line.
 */
#include "choice.h"

/* Fewer frames tell nothing. */
#define FRAMES_MIN	256

/* More is too much: a quarter. */
#define LOSS_MAX_PART	4

/* The other one is clearly better if it loses less than this part. */
#define BETTER_NUM	3
#define BETTER_DEN	4

/* After so many tries in vain the next ones wait no longer. */
#define VAIN_MAX	6

/**
 * choice_init() - weigh from now on, with nothing known
 * @c: the choice
 * @provable: frames can be good, at the rate of the line
 * @sums: as they are now
 *
 * Context: any.
 */
void choice_init(struct choice *c, bool provable,
		 const struct choice_sums *sums)
{
	*c = (struct choice){ .provable = provable, .since = *sums };
}

/**
 * choice_skip() - what came since the last time tells nothing of the engine
 * @c: the choice
 * @sums: as they are now
 *
 * Context: any.
 */
void choice_skip(struct choice *c, const struct choice_sums *sums)
{
	c->since = *sums;
}

static bool is_much(const struct choice_loss *loss)
{
	return (u64)loss->lost * LOSS_MAX_PART > loss->of;
}

static bool is_less(const struct choice_loss *loss,
		    const struct choice_loss *than)
{
	return (u64)loss->lost * than->of < (u64)than->lost * loss->of;
}

static bool is_better(const struct choice_loss *loss,
		      const struct choice_loss *than)
{
	return (u64)loss->lost * than->of * BETTER_DEN <
	       (u64)than->lost * loss->of * BETTER_NUM;
}

/*
 * An engine does well if sentences are intact, be all their bytes doubtful, or if
 * bytes are good, be they none of NMEA.
 */
static struct choice_loss loss_of(const struct choice *c,
				  const struct choice_sums *sums)
{
	const struct choice_sums *since = &c->since;
	u32 sentences = sums->sentences - since->sentences;
	struct choice_loss of_sentences, of_frames;

	of_frames.of = sums->frames - since->frames;
	of_frames.lost = c->provable ?
			 of_frames.of - (u32)(sums->good - since->good) :
			 sums->framing_errors - since->framing_errors;
	of_sentences.lost = sums->spoilt - since->spoilt;
	of_sentences.of = of_sentences.lost + sentences;

	if (!sentences || (c->provable && is_less(&of_frames, &of_sentences)))
		return of_frames;

	return of_sentences;
}

static enum choice_verdict watch(struct choice *c)
{
	if (c->wait)
		c->wait--;
	if (!is_much(&c->loss)) {
		if (c->vain)
			c->vain--;
		return CHOICE_STAY;
	}
	if (c->wait)
		return CHOICE_STAY;

	c->stage = CHOICE_TRY;

	return CHOICE_CHANGE;
}

static void in_vain(struct choice *c)
{
	if (c->vain < VAIN_MAX)
		c->vain++;
	c->wait = 1 << c->vain;
	c->stage = CHOICE_WATCH;
}

static enum choice_verdict judge_try(struct choice *c)
{
	if (is_better(&c->other, &c->loss))
		c->stage = CHOICE_CONFIRM;
	else
		in_vain(c);

	return CHOICE_CHANGE;
}

static enum choice_verdict confirm(struct choice *c)
{
	if (!is_much(&c->loss) || !is_better(&c->other, &c->loss)) {
		in_vain(c);
		return CHOICE_STAY;
	}
	c->vain = 0;
	c->stage = CHOICE_WATCH;

	return CHOICE_TAKE;
}

/**
 * choice_weigh() - is the other engine to be used?
 * @c: the choice
 * @sums: as they are now
 *
 * To be called every now and then.
 *
 * Context: any.
 * Return: what is to be done.
 */
enum choice_verdict choice_weigh(struct choice *c,
				 const struct choice_sums *sums)
{
	struct choice_loss loss;

	if (sums->frames - c->since.frames < FRAMES_MIN)
		return CHOICE_STAY;

	loss = loss_of(c, sums);
	c->since = *sums;
	if (c->stage == CHOICE_TRY) {
		c->other = loss;
		return judge_try(c);
	}
	c->loss = loss;

	return c->stage == CHOICE_CONFIRM ? confirm(c) : watch(c);
}

/**
 * choice_percent() - a loss, to be shown
 * @loss: the loss
 *
 * Context: any.
 * Return: 0..100, rounded down.
 */
u32 choice_percent(const struct choice_loss *loss)
{
	return loss->of ? div_u64(100ULL * loss->lost, loss->of) : 0;
}
