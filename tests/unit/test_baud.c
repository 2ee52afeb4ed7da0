// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search for the rate, with everything that is pure around it: a line, the
 * recorder's model, the decoder, the parser.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "baud_test.h"
#include "reception.h"

#define MS		1000000LL
#define FIRST_NS	(5 * MS)

/* An epoch of a receiver on its way, once a second. */
static const char epoch[] =
	"$GPRMC,000013.00,A,5231.02089,N,01322.69015,E,9.886,340.00,010126,,,A*6F\r\n"
	"$GPVTG,340.00,T,,M,9.886,N,18.309,K,A*06\r\n"
	"$GPGGA,000013.00,5231.02089,N,01322.69015,E,1,10,1.42,34.0,M,39.7,M,,*6D\r\n"
	"$GPGSA,A,3,02,06,07,12,13,18,22,24,29,32,,,2.79,1.42,2.23*0D\r\n"
	"$GPGSV,3,1,11,02,56,229,38,06,70,169,42,07,26,071,25,12,29,132,40*7F\r\n"
	"$GPGSV,3,2,11,13,61,334,44,16,22,154,,18,76,180,41,22,41,059,32*72\r\n"
	"$GPGSV,3,3,11,24,10,205,20,29,25,240,27,32,40,231,31*43\r\n"
	"$GPGLL,5231.02089,N,01322.69015,E,000013.00,A,A*64\r\n"
	"$GPZDA,000013.00,01,01,2026,00,00*62\r\n";

#define EPOCH_BYTES	(sizeof(epoch) - 1)

/* The search, and what came of it. */
static struct {
	struct baud b;
	struct nmea parser;
	u32 rate;		/* the decoder's */
	s64 found_ns;		/* when, 0: not */
	u32 founds;
	u32 changes;
} q;

static u32 draw(u32 least, u32 most)
{
	return least + random_below(&r.rng, most - least + 1);
}

static void use_rate(void)
{
	q.rate = baud_rate(&q.b);
	restart(q.rate, r.now_ns);
}

static void on_sentence(void *ctx, const struct nmea_sentence *sentence)
{
	(void)ctx;
	if (!nmea_verified(sentence->verdict))
		return;
	if (baud_sentence(&q.b, sentence->start_ns,
			  sentence->verdict == NMEA_USED && !sentence->repaired)) {
		q.found_ns = r.now_ns;
		q.founds++;
	}
}

static void on_fix(void *ctx, const struct gnss_gpio_fix *fix)
{
	(void)ctx;
	(void)fix;
}

static bool on_obs(struct uart_obs *obs)
{
	if (obs->flags & UART_OBS_LOOK || !baud_edge(&q.b, obs->at_ns, r.engine == EDGE))
		return true;
	q.changes += q.rate != baud_rate(&q.b);
	use_rate();

	return true;
}

static void on_byte(void *ctx, const struct uart_byte *byte)
{
	(void)ctx;
	parse(&q.parser, byte);
}

static void begin(enum engine engine, const struct machine *m, u32 first,
		  u64 seed)
{
	prepare(engine, first, 0, seed);
	r.cpu.m = *m;
	r.cpu.m.hiccup_ppm = 0;
	r.on_obs = on_obs;
	r.on_byte = on_byte;
	memset(&q, 0, sizeof(q));
	nmea_init(&q.parser, on_fix, NULL);
	nmea_set_sentence(&q.parser, on_sentence);
	baud_init(&q.b, first, 0);
	use_rate();
}

/* @n bytes of epochs without a pause, the first one from byte @from on */
static void send(s64 at_ns, u32 baud, s32 skew_ppm, u32 from, u32 n)
{
	u32 i;

	set_sender(baud, skew_ppm);
	new_line(at_ns);
	for (i = 0; i < n; i++)
		send_byte(epoch[(from + i) % EPOCH_BYTES]);
	receive();
}

static void send_other(s64 at_ns, u32 baud, u32 n)
{
	set_sender(baud, 0);
	new_line(at_ns);
	send_random(n);
	receive();
}

/* A receiver of 1 Hz; returns when it was found, or 0. */
static s64 search(u32 baud, s32 skew_ppm, u32 bytes)
{
	u32 k;

	for (k = 0; k < 3 && !q.found_ns; k++)
		send(FIRST_NS + k * S, baud, skew_ppm, 0, bytes);

	return q.found_ns ? q.found_ns - FIRST_NS : 0;
}

static s64 bytes_ns(u32 baud, u32 n)
{
	return n * 10 * S / baud;
}

/* ---- what is found ---- */

/* What machine and decoder can receive, told in which time. */
struct trial {
	const struct machine *m;
	enum engine engine;
	u32 baud;
	s32 percent;		/* -percent..percent, the sender's clock */
	u32 off_us;
	u32 bytes;		/* found after as many, 0: within 2 s */
};

static const struct trial trials[] = {
	{ &machine_lab, EDGE, 4800, 4, 0, 250 },
	{ &machine_lab, EDGE, 9600, 4, 0, 250 },
	{ &machine_lab, EDGE, 19200, 4, 0, 250 },
	{ &machine_lab, EDGE, 38400, 1, 0, 250 },
	{ &machine_lab, EDGE, 57600, 1, 0, 250 },
	{ &machine_fast, EDGE, 115200, 0, 0, 0 },
	{ &machine_lab, EDGE, 4800, 0, 80, 0 },
	{ &machine_lab, EDGE, 9600, 0, 80, 0 },
	{ &machine_lab, EDGE, 19200, 0, 30, 0 },
	{ &machine_lab, TIMER, 4800, 4, 0, 250 },
	{ &machine_lab, TIMER, 9600, 4, 0, 250 },
	{ &machine_lab, TIMER, 19200, 0, 0, 250 },
	{ &machine_lab, TIMER, 38400, 1, 0, 0 },
	{ &machine_lab, TIMER, 9600, 0, 30, 0 },
};

static void play_trial(const struct trial *trial, s32 percent)
{
	s64 worst_ns = 0;
	u32 seed;

	for (seed = 0; seed < 2 * BAUD_RATES; seed++) {
		s64 ns;

		begin(trial->engine, trial->m, standard[seed % BAUD_RATES], seed);
		r.cpu.m.off_max = trial->off_us * 1000;
		ns = search(trial->baud, percent * 10000, EPOCH_BYTES);
		assert_int_equal(baud_found(&q.b), trial->baud);
		assert_int_equal(q.founds, 1);
		if (ns > worst_ns)
			worst_ns = ns;
	}
	printf("# engine %s, %6u baud %+d %%, off <= %2u us: after %.1f ms at most\n",
	       engine_names[trial->engine], trial->baud, percent, trial->off_us,
	       worst_ns / 1e6);
	assert_true(worst_ns < (trial->bytes ?
				bytes_ns(trial->baud, trial->bytes) : 2 * S));
}

static void each_rate_is_found_whatever_was_before(void **state)
{
	s32 percent;
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		for (percent = -trials[i].percent; percent <= trials[i].percent;
		     percent++)
			play_trial(&trials[i], percent);
}

/* The first guess, from the first bytes, wherever they begin: how many are right? */
static u32 right_guesses(enum engine engine, const struct machine *m, u32 baud,
			 s32 skew_ppm)
{
	u32 seed, right = 0;

	for (seed = 0; seed < 50; seed++) {
		begin(engine, m, baud == 4800 ? 9600 : 4800, seed);
		send(FIRST_NS, baud, skew_ppm, draw(0, EPOCH_BYTES - 1), 45);
		assert_int_equal(q.changes, 1);
		right += baud_rate(&q.b) == baud;
	}
	printf("# %s edges, %6u baud %+d %%: %u of 50 first guesses are right\n",
	       engine == EDGE ? "both" : "falling", baud, skew_ppm / 10000, right);

	return right;
}

static void pulses_alone_tell_the_rate(void **state)
{
	s32 skew_ppm;
	u32 i;

	(void)state;
	for (skew_ppm = -40000; skew_ppm <= 40000; skew_ppm += 40000) {
		for (i = 0; i < 5; i++)
			assert_int_equal(right_guesses(EDGE, &machine_lab, standard[i],
						       skew_ppm), 50);
		/* The samples make edges late. */
		for (i = 0; i < 4; i++)
			assert_int_equal(right_guesses(TIMER, &machine_lab, standard[i],
						       skew_ppm), 50);
		assert_int_equal(right_guesses(EDGE, &machine_fast, 115200, skew_ppm),
				 50);
		/* An interrupt takes a bit and more. */
		assert_in_range(right_guesses(EDGE, &machine_lab, 115200, skew_ppm),
				35, 50);
		assert_in_range(right_guesses(EDGE, &machine_fast, 230400, skew_ppm),
				35, 50);
	}
}

/* Windows as long as bits, half a millisecond to one apart. */
static void late_interrupts_do_not_mislead(void **state)
{
	u32 i, seed, wrong = 0;

	(void)state;
	for (i = 0; i < 4; i++) {
		for (seed = 0; seed < 300; seed++) {
			begin(EDGE, &machine_lab, standard[i + 1], seed);
			r.cpu.m.off_max = 90000;
			r.cpu.m.off_spacing = 500000;
			send(FIRST_NS, standard[i], 0, draw(0, EPOCH_BYTES - 1), 45);
			wrong += baud_rate(&q.b) != standard[i];
		}
	}
	assert_in_range(wrong, 0, 4);
}

/* Where interrupts are late at first, later pulses correct the guess. */
static void a_wrong_guess_is_corrected(void **state)
{
	u32 seed, wrong = 0;

	(void)state;
	for (seed = 0; seed < 200; seed++) {
		begin(EDGE, &machine_lab, 4800, seed);
		r.cpu.m.off_max = 60000;
		r.cpu.m.off_spacing = 100000;
		send(FIRST_NS, 38400, 0, 0, 15);
		wrong += baud_rate(&q.b) != 38400;
		r.cpu.m.off_max = 0;
		send(r.now_ns + MS, 38400, 0, 15, 135);
		assert_int_equal(baud_found(&q.b), 38400);
	}
	printf("# late at first: %u of %u first guesses are wrong\n", wrong, seed);
	assert_true(wrong > 10);
}

static void glitches_do_not_mislead(void **state)
{
	u32 i, seed;

	(void)state;
	for (i = 0; i < 3; i++) {
		for (seed = 0; seed < 10; seed++) {
			begin(EDGE, &machine_lab, 57600, seed);
			r.glitch_ppm = 5000;
			r.glitch_width_ns = 2000;
			assert_in_range(search(standard[i], 0, EPOCH_BYTES), 1,
					2 * S);
			assert_int_equal(baud_found(&q.b), standard[i]);
		}
	}
}

/* A sentence a second: one for the pulses, one that confirms. */
static void one_sentence_a_second_is_enough(void **state)
{
	u32 sentence = strchr(epoch, '\n') + 1 - epoch;
	u32 i;

	(void)state;
	for (i = 0; i < 4; i++) {
		begin(EDGE, &machine_lab, 230400, i);
		assert_in_range(search(standard[i], 0, sentence), 1, 2 * S);
		assert_int_equal(baud_found(&q.b), standard[i]);
	}
}

/* ---- what changes, what does not ---- */

static void a_receiver_that_changes_is_followed(void **state)
{
	static const u32 way[] = { 9600, 38400, 4800, 57600, 9600, 19200, 4800 };
	s64 at_ns = FIRST_NS;
	enum engine engine;
	u32 i;

	(void)state;
	for (engine = TIMER; engine <= EDGE; engine++) {
		begin(engine, &machine_lab, 9600, 1);
		for (i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
			if (engine == TIMER && way[i] > 38400)
				continue;
			q.found_ns = 0;
			/* From the midst of a sentence to that of another one. */
			send(at_ns, way[i], 0, 100, 1600);
			assert_int_equal(baud_found(&q.b), way[i]);
			assert_in_range(q.found_ns, at_ns, at_ns + 2 * S);
			at_ns = r.now_ns + MS;
		}
	}
}

static void a_rate_that_was_found_stays_while_sentences_come(void **state)
{
	u32 k;

	(void)state;
	begin(EDGE, &machine_lab, 4800, 1);
	assert_true(search(9600, 0, EPOCH_BYTES));
	q.changes = 0;
	for (k = 1; k < 20; k++)
		send(FIRST_NS + k * S, 9600, 0, 0, EPOCH_BYTES);
	assert_int_equal(q.changes, 0);
	assert_int_equal(q.founds, 1);
	/* It is not even looked at pulses. */
	assert_int_equal(q.b.pulses, 0);
}

/* As of a receiver that also speaks a binary protocol. */
static void other_bytes_at_the_same_rate_are_no_change(void **state)
{
	s64 at_ns = FIRST_NS + S;

	(void)state;
	begin(EDGE, &machine_lab, 4800, 1);
	assert_true(search(9600, 0, EPOCH_BYTES));
	q.changes = 0;
	send_other(at_ns, 9600, 6000);
	assert_int_equal(baud_found(&q.b), 9600);
	assert_int_equal(q.changes, 0);
	/* But not for ever. */
	send_other(r.now_ns + MS, 9600, 8000);
	send_other(r.now_ns + MS, 9600, 8000);
	assert_int_equal(baud_found(&q.b), 0);
	send(r.now_ns + MS, 9600, 0, 0, 3 * EPOCH_BYTES);
	assert_int_equal(baud_found(&q.b), 9600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pulses_alone_tell_the_rate),
		cmocka_unit_test(each_rate_is_found_whatever_was_before),
		cmocka_unit_test(late_interrupts_do_not_mislead),
		cmocka_unit_test(a_wrong_guess_is_corrected),
		cmocka_unit_test(glitches_do_not_mislead),
		cmocka_unit_test(one_sentence_a_second_is_enough),
		cmocka_unit_test(a_receiver_that_changes_is_followed),
		cmocka_unit_test(a_rate_that_was_found_stays_while_sentences_come),
		cmocka_unit_test(other_bytes_at_the_same_rate_are_no_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

