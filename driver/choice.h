/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which receive engine is the better one here, by what each of them makes of the
 * line.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 *
 * What the engine at work loses is weighed again and again.  As long as it is
 * little all is well.  If it is much the other one has a try.  If that loses
 * clearly less, and the first one much once more, so that it was not the line
 * that changed, the other one is taken.  If not, the trouble is with the line,
 * and the next try comes later, and later still.
 */
#ifndef GNSS_GPIO_CHOICE_H
#define GNSS_GPIO_CHOICE_H

#include "pure.h"

/**
 * struct choice_sums - what was made of the line, counted from any moment on
 * @frames: frames seen
 * @good: those that allow no other reading
 * @framing_errors: those without a stop bit
 * @sentences: sentences with the right checksum
 * @spoilt: what should have been one, as far as can be told
 */
struct choice_sums {
	unsigned long frames;
	unsigned long good;
	unsigned long framing_errors;
	unsigned long sentences;
	unsigned long spoilt;
};

/**
 * struct choice_loss - how much was lost
 * @lost: sentences or frames
 * @of: so many
 */
struct choice_loss {
	u32 lost;
	u32 of;
};

/**
 * enum choice_verdict - what is to be done
 * @CHOICE_STAY: nothing
 * @CHOICE_CHANGE: change the engine, for a while
 * @CHOICE_TAKE: change the engine, for good
 */
enum choice_verdict {
	CHOICE_STAY,
	CHOICE_CHANGE,
	CHOICE_TAKE,
};

/**
 * enum choice_stage - what is being found out
 * @CHOICE_WATCH: is the engine good enough?
 * @CHOICE_TRY: is the other one better?
 * @CHOICE_CONFIRM: is the first one still as bad?
 */
enum choice_stage {
	CHOICE_WATCH,
	CHOICE_TRY,
	CHOICE_CONFIRM,
};

/**
 * struct choice - which of two engines is better
 * @provable: frames can be good, at the rate of the line
 * @since: the sums when what is weighed next began
 * @stage: see there
 * @loss: of the engine that was tried first
 * @other: of the other one
 * @wait: weigh so many times before the next try
 * @vain: tries in vain, lately
 */
struct choice {
	bool provable;
	struct choice_sums since;
	enum choice_stage stage;
	struct choice_loss loss;
	struct choice_loss other;
	u16 wait;
	u8 vain;
};

void choice_init(struct choice *c, bool provable,
		 const struct choice_sums *sums);
void choice_skip(struct choice *c, const struct choice_sums *sums);
enum choice_verdict choice_weigh(struct choice *c,
				 const struct choice_sums *sums);
u32 choice_percent(const struct choice_loss *loss);

#endif /* GNSS_GPIO_CHOICE_H */
