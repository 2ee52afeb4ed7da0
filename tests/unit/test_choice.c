// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of two engines is chosen, by what each of them loses.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../driver/choice.h"

#define WINDOW_FRAMES		960
#define WINDOW_SENTENCES	16

/* Two engines, each of which loses so many of WINDOW_SENTENCES. */
static struct {
	struct choice c;
	struct choice_sums sums;
	u32 lost[2];
	unsigned int used;
} t;

static void begin_at(bool provable, u32 first, u32 second)
{
	/* Counters are as old as the machine is up. */
	t.sums = (struct choice_sums){
		.frames = ULONG_MAX - 5,
		.good = ULONG_MAX - 4,
		.framing_errors = ULONG_MAX,
		.sentences = ULONG_MAX - 2,
		.spoilt = ULONG_MAX - 1,
	};
	t.lost[0] = first;
	t.lost[1] = second;
	t.used = 0;
	choice_init(&t.c, provable, &t.sums);
}

static void begin(u32 first, u32 second)
{
	begin_at(true, first, second);
}

/* Frames, some of them not good, some of these framing errors; and what came of it. */
static void receive(u32 frames, u32 bad, u32 framing_errors, u32 sentences, u32 spoilt)
{
	t.sums.frames += frames;
	t.sums.good += frames - bad;
	t.sums.framing_errors += framing_errors;
	t.sums.sentences += sentences;
	t.sums.spoilt += spoilt;
}

static enum choice_verdict weigh(void)
{
	enum choice_verdict verdict = choice_weigh(&t.c, &t.sums);

	if (verdict != CHOICE_STAY)
		t.used = !t.used;

	return verdict;
}

/* The engine at work receives for a while. */
static enum choice_verdict window(void)
{
	u32 lost = t.lost[t.used];

	receive(WINDOW_FRAMES, WINDOW_FRAMES, 0, WINDOW_SENTENCES - lost, lost);

	return weigh();
}

/* Windows until something is done. */
static u32 windows_until(enum choice_verdict wanted)
{
	enum choice_verdict verdict;
	u32 n = 1;

	while ((verdict = window()) == CHOICE_STAY) {
		assert_in_range(n, 1, 1000);
		n++;
	}
	assert_int_equal(verdict, wanted);

	return n;
}

static void little_loss_is_no_reason_to_change(void **state)
{
	u32 lost, n;

	(void)state;
	for (lost = 0; lost <= WINDOW_SENTENCES / 4; lost++) {
		begin(lost, 0);
		for (n = 0; n < 100; n++)
			assert_int_equal(window(), CHOICE_STAY);
	}
}

/* Windows until an engine is taken, which is to be @used. */
static u32 windows_until_taken(unsigned int used)
{
	u32 n = windows_until(CHOICE_CHANGE);

	n += windows_until(CHOICE_CHANGE);
	n += windows_until(CHOICE_TAKE);
	assert_int_equal(t.used, used);

	return n;
}

static void after_much_loss_the_other_one_tries_and_is_taken(void **state)
{
	(void)state;
	begin(WINDOW_SENTENCES / 4 + 1, 1);
	assert_int_equal(windows_until_taken(1), 3);
	assert_int_equal(choice_percent(&t.c.loss), 31);
	assert_int_equal(choice_percent(&t.c.other), 6);
	assert_int_equal(window(), CHOICE_STAY);
}

/* And when the one that was taken does badly later, the first one is again. */
static void what_was_taken_may_be_left(void **state)
{
	(void)state;
	begin(WINDOW_SENTENCES, 1);
	assert_int_equal(windows_until_taken(1), 3);
	t.lost[0] = 1;
	t.lost[1] = WINDOW_SENTENCES;
	assert_int_equal(windows_until_taken(0), 3);
}

/* 8 of 16 lost: 6 is not clearly less, 5 is. */
static void only_a_clearly_better_one_is_taken(void **state)
{
	u32 lost;

	(void)state;
	for (lost = 0; lost <= WINDOW_SENTENCES; lost++) {
		begin(8, lost);
		assert_int_equal(window(), CHOICE_CHANGE);
		assert_int_equal(window(), CHOICE_CHANGE);
		assert_int_equal(window(), lost < 6 ? CHOICE_TAKE : CHOICE_STAY);
	}
}

/* While the other one had its try the trouble ended: it was not the engine's. */
static void trouble_that_ends_speaks_for_nobody(void **state)
{
	u32 n;

	(void)state;
	begin(WINDOW_SENTENCES, WINDOW_SENTENCES);
	assert_int_equal(window(), CHOICE_CHANGE);
	t.lost[0] = 0;
	t.lost[1] = 0;
	assert_int_equal(window(), CHOICE_CHANGE);
	for (n = 0; n < 100; n++) {
		assert_int_equal(window(), CHOICE_STAY);
		assert_int_equal(t.used, 0);
	}
}

/* So it did if the first one is not so bad any more: a little, or no worse. */
static void trouble_is_confirmed(void **state)
{
	static const u32 lost[][3] = {
		/* first, other, first again */
		{ 16, 0, 4 },
		{ 16, 7, 8 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin(lost[i][0], lost[i][1]);
		assert_int_equal(window(), CHOICE_CHANGE);
		assert_int_equal(window(), CHOICE_CHANGE);
		t.lost[0] = lost[i][2];
		assert_int_equal(window(), CHOICE_STAY);
	}
}

/* Some times, so that the next try is not soon. */
static void try_in_vain(void)
{
	u32 n;

	begin(WINDOW_SENTENCES, WINDOW_SENTENCES);
	for (n = 0; n < 4; n++) {
		windows_until(CHOICE_CHANGE);
		windows_until(CHOICE_CHANGE);
	}
}

static void expect_tries_as_at_first(void)
{
	assert_int_equal(windows_until(CHOICE_CHANGE), 1);
	assert_int_equal(windows_until(CHOICE_CHANGE), 1);
	assert_int_equal(windows_until(CHOICE_CHANGE), 2);
}

/* Once an engine was taken, those before it are forgotten. */
static void vain_tries_end_with_one_that_is_not(void **state)
{
	(void)state;
	try_in_vain();
	t.lost[1] = 0;
	windows_until_taken(1);
	t.lost[1] = WINDOW_SENTENCES;
	expect_tries_as_at_first();
}

static void tries_in_vain_become_rare(void **state)
{
	static const u32 waits[] = { 2, 4, 8, 16, 32, 64, 64, 64 };
	u32 i;

	(void)state;
	begin(WINDOW_SENTENCES, WINDOW_SENTENCES);
	assert_int_equal(windows_until(CHOICE_CHANGE), 1);
	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		assert_int_equal(windows_until(CHOICE_CHANGE), 1);
		assert_int_equal(t.used, 0);
		assert_int_equal(windows_until(CHOICE_CHANGE), waits[i]);
	}
}

/* A line that has been well for a while has its next try soon. */
static void good_times_are_remembered(void **state)
{
	u32 n;

	(void)state;
	try_in_vain();
	t.lost[0] = 0;
	for (n = 0; n < 16; n++)
		assert_int_equal(window(), CHOICE_STAY);
	t.lost[0] = WINDOW_SENTENCES;
	expect_tries_as_at_first();
}

static void a_few_frames_tell_nothing(void **state)
{
	(void)state;
	begin(0, 0);
	receive(255, 255, 0, 1, 10);
	assert_int_equal(weigh(), CHOICE_STAY);
	receive(1, 1, 0, 0, 0);
	assert_int_equal(weigh(), CHOICE_CHANGE);
}

/* Where bytes are doubted whatever they are, but sentences are intact, all is well. */
static void doubt_is_no_loss(void **state)
{
	(void)state;
	begin(0, 0);
	receive(1000, 1000, 0, 16, 0);
	assert_int_equal(weigh(), CHOICE_STAY);
}

/* A receiver may speak a language of its own, or that too. */
static void good_bytes_are_no_loss(void **state)
{
	u32 sentences;

	(void)state;
	for (sentences = 0; sentences < 3; sentences++) {
		begin(0, 0);
		receive(1000, 250, 200, sentences, 16);
		assert_int_equal(weigh(), CHOICE_STAY);
		receive(1000, 251, 0, sentences, 16);
		assert_int_equal(weigh(), CHOICE_CHANGE);
		receive(1000, 100, 0, sentences, 16);
		assert_int_equal(weigh(), CHOICE_CHANGE);
		receive(1000, 299, 0, sentences, 16);
		assert_int_equal(weigh(), CHOICE_TAKE);
		assert_int_equal(choice_percent(&t.c.loss), 29);
		assert_int_equal(choice_percent(&t.c.other), 10);
	}
}

/* At such rates no byte is good: of a language of its own stop bits tell. */
static void where_no_byte_is_good_sentences_tell(void **state)
{
	(void)state;
	begin_at(false, 0, 0);
	receive(1000, 1000, 0, 3, 1);
	assert_int_equal(weigh(), CHOICE_STAY);
	receive(1000, 1000, 0, 3, 2);
	assert_int_equal(weigh(), CHOICE_CHANGE);

	begin_at(false, 0, 0);
	receive(1000, 1000, 250, 0, 16);
	assert_int_equal(weigh(), CHOICE_STAY);
	receive(1000, 1000, 251, 0, 16);
	assert_int_equal(weigh(), CHOICE_CHANGE);
}

static void what_is_skipped_does_not_count(void **state)
{
	(void)state;
	begin(0, 0);
	receive(1000, 1000, 0, 1, 100);
	choice_skip(&t.c, &t.sums);
	assert_int_equal(window(), CHOICE_STAY);
	receive(1000, 1000, 0, 1, 100);
	assert_int_equal(weigh(), CHOICE_CHANGE);
	/* Nor does it end a try. */
	receive(1000, 1000, 0, 1, 100);
	choice_skip(&t.c, &t.sums);
	assert_int_equal(window(), CHOICE_CHANGE);
	receive(1000, 1000, 0, 1, 100);
	assert_int_equal(weigh(), CHOICE_TAKE);
}

static void nothing_lost_of_nothing(void **state)
{
	struct choice_loss none = {};

	(void)state;
	assert_int_equal(choice_percent(&none), 0);
}

/* Whatever they lose, the worse one is not at work for long. */
static void the_better_one_has_most_of_the_time(void **state)
{
	u32 first, second, n, better;

	(void)state;
	for (first = 0; first <= WINDOW_SENTENCES; first++) {
		for (second = 0; second <= WINDOW_SENTENCES; second++) {
			u32 worse_at_work = 0;

			begin(first, second);
			better = first * 4 > WINDOW_SENTENCES && second * 4 < first * 3;
			for (n = 0; n < 200; n++) {
				worse_at_work += t.used != better;
				window();
			}
			assert_in_range(worse_at_work, 0, 10);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(little_loss_is_no_reason_to_change),
		cmocka_unit_test(after_much_loss_the_other_one_tries_and_is_taken),
		cmocka_unit_test(what_was_taken_may_be_left),
		cmocka_unit_test(only_a_clearly_better_one_is_taken),
		cmocka_unit_test(trouble_that_ends_speaks_for_nobody),
		cmocka_unit_test(trouble_is_confirmed),
		cmocka_unit_test(vain_tries_end_with_one_that_is_not),
		cmocka_unit_test(tries_in_vain_become_rare),
		cmocka_unit_test(good_times_are_remembered),
		cmocka_unit_test(a_few_frames_tell_nothing),
		cmocka_unit_test(doubt_is_no_loss),
		cmocka_unit_test(good_bytes_are_no_loss),
		cmocka_unit_test(where_no_byte_is_good_sentences_tell),
		cmocka_unit_test(what_is_skipped_does_not_count),
		cmocka_unit_test(nothing_lost_of_nothing),
		cmocka_unit_test(the_better_one_has_most_of_the_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
