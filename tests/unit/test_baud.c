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

#include "../../driver/baud.h"
#include "reception.h"

#define S		1000000000LL
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

static const u32 standard[BAUD_RATES] = {
	4800, 9600, 19200, 38400, 57600, 115200, 230400,
};

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

/* Pulses of any length. */
static void make_noise(struct baud *b, s64 *now_ns, u32 edges)
{
	u32 i;

	for (i = 0; i < edges; i++) {
		*now_ns += draw(1000, 300000);
		baud_edge(b, *now_ns, true);
	}
}

static void noise_is_no_rate(void **state)
{
	s64 now_ns = FIRST_NS;
	u32 i;

	(void)state;
	begin(EDGE, &machine_lab, 9600, 1);
	assert_true(baud_sentence(&q.b, now_ns, true));
	/* For a while, and again and again. */
	for (i = 0; i < 20; i++) {
		make_noise(&q.b, &now_ns, 1200);
		assert_int_equal(baud_found(&q.b), 9600);
		baud_sentence(&q.b, now_ns, true);
	}
	/* For long. */
	make_noise(&q.b, &now_ns, 6000);
	assert_int_equal(baud_found(&q.b), 0);
}

/* ---- step by step ---- */

/* Pulses of one and two bits in turn, until the rate changes. */
static u32 edges_until_change(struct baud *b, s64 *now_ns, u32 bit_ns, bool both)
{
	u32 n, before = baud_rate(b);

	for (n = 1; n < 10000; n++) {
		*now_ns += bit_ns * (1 + n % 2);
		if (baud_edge(b, *now_ns, both) && baud_rate(b) != before)
			return n;
	}

	return 0;
}

static void it_begins_with_a_standard_rate(void **state)
{
	struct baud b;
	u32 i;

	(void)state;
	for (i = 0; i < BAUD_RATES; i++) {
		baud_init(&b, standard[i], 0);
		assert_int_equal(baud_rate(&b), standard[i]);
		assert_int_equal(baud_found(&b), 0);
	}
	baud_init(&b, 12345, 0);
	assert_int_equal(baud_rate(&b), 9600);
}

static void a_sentence_that_is_understood_is_proof(void **state)
{
	struct baud b;

	(void)state;
	baud_init(&b, 19200, 0);
	assert_true(baud_sentence(&b, 5, true));
	assert_int_equal(baud_found(&b), 19200);
	/* Told once. */
	assert_false(baud_sentence(&b, 6, true));
}

static void of_others_it_takes_two(void **state)
{
	struct baud b;

	(void)state;
	baud_init(&b, 19200, 0);
	assert_false(baud_sentence(&b, 5, false));
	assert_int_equal(baud_found(&b), 0);
	assert_true(baud_sentence(&b, 6, false));
	assert_int_equal(baud_found(&b), 19200);
}

static void a_sentence_confirms_the_rate_it_was_received_with(void **state)
{
	s64 now_ns = S;
	struct baud b;

	(void)state;
	baud_init(&b, 19200, 0);
	assert_int_not_equal(edges_until_change(&b, &now_ns, 104167, true), 0);
	assert_int_equal(baud_rate(&b), 9600);
	/* Drained late. */
	assert_false(baud_sentence(&b, now_ns - 1, true));
	assert_int_equal(baud_found(&b), 0);
	assert_true(baud_sentence(&b, now_ns + 1, true));
}

static void proof_is_of_one_rate(void **state)
{
	s64 now_ns = S;
	struct baud b;

	(void)state;
	baud_init(&b, 19200, 0);
	assert_false(baud_sentence(&b, now_ns, false));
	assert_int_not_equal(edges_until_change(&b, &now_ns, 104167, true), 0);
	assert_false(baud_sentence(&b, now_ns, false));
	assert_true(baud_sentence(&b, now_ns, false));
}

/* That no sentence came for long is the sender's will, as far as pulses tell. */
static void what_was_lost_is_tried_first(void **state)
{
	s64 now_ns = S;
	struct baud b;
	u32 k;

	(void)state;
	baud_init(&b, 4800, 0);
	edges_until_change(&b, &now_ns, 104167, true);
	assert_true(baud_sentence(&b, now_ns, true));
	assert_int_equal(baud_found(&b), 9600);
	for (k = 0; k < 90000 && baud_found(&b); k++) {
		now_ns += 104167;
		assert_false(baud_edge(&b, now_ns, true));
	}
	assert_int_equal(baud_found(&b), 0);
	assert_int_equal(baud_rate(&b), 9600);
	assert_in_range(k, 60000, 80000);
	assert_in_range(edges_until_change(&b, &now_ns, 104167, true), 1000, 1100);
}

static void a_pause_is_no_matter_once_it_is_found(void **state)
{
	s64 now_ns = S;
	struct baud b;

	(void)state;
	baud_init(&b, 9600, 0);
	assert_true(baud_edge(&b, now_ns, true));
	assert_true(baud_sentence(&b, now_ns, true));
	now_ns += S;
	assert_false(baud_edge(&b, now_ns, true));
	/* Nor when no sentence came for long. */
	make_noise(&b, &now_ns, 1030);
	now_ns += S;
	assert_false(baud_edge(&b, now_ns, true));
	assert_int_equal(baud_found(&b), 9600);
}

/* The best guess every other time, and no rate is left out. */
static void in_vain_all_rates_are_tried(void **state)
{
	u32 trials[BAUD_RATES] = {};
	s64 now_ns = S;
	struct baud b;
	u32 i, k, n, other = 0;

	(void)state;
	baud_init(&b, 4800, 0);
	for (k = 0; k < 12; k++) {
		n = edges_until_change(&b, &now_ns, 52083, true);
		/* Bounded: the time that two sentences take. */
		assert_in_range(n, 1, 1100);
		for (i = 0; i < BAUD_RATES; i++)
			trials[i] += standard[i] == baud_rate(&b);
		if (k % 2 == 0)
			assert_int_equal(baud_rate(&b), 19200);
		else
			other += baud_rate(&b) != 19200;
	}
	assert_int_equal(other, 6);
	for (i = 0; i < BAUD_RATES; i++)
		assert_in_range(trials[i], 1, 6);
}

/* Patience is that of a sender's bytes: half of their edges are seen. */
static void falling_edges_alone_count_twice(void **state)
{
	s64 now_ns = S;
	struct baud b;
	u32 both, one;

	(void)state;
	baud_init(&b, 4800, 0);
	edges_until_change(&b, &now_ns, 52083, true);
	both = edges_until_change(&b, &now_ns, 52083, true);
	baud_init(&b, 4800, 0);
	edges_until_change(&b, &now_ns, 52083, false);
	one = edges_until_change(&b, &now_ns, 52083, false);
	assert_in_range(one, both / 2 - 64, both / 2 + 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins_with_a_standard_rate),
		cmocka_unit_test(a_sentence_that_is_understood_is_proof),
		cmocka_unit_test(of_others_it_takes_two),
		cmocka_unit_test(a_sentence_confirms_the_rate_it_was_received_with),
		cmocka_unit_test(proof_is_of_one_rate),
		cmocka_unit_test(what_was_lost_is_tried_first),
		cmocka_unit_test(a_pause_is_no_matter_once_it_is_found),
		cmocka_unit_test(in_vain_all_rates_are_tried),
		cmocka_unit_test(falling_edges_alone_count_twice),
		cmocka_unit_test(pulses_alone_tell_the_rate),
		cmocka_unit_test(each_rate_is_found_whatever_was_before),
		cmocka_unit_test(late_interrupts_do_not_mislead),
		cmocka_unit_test(a_wrong_guess_is_corrected),
		cmocka_unit_test(glitches_do_not_mislead),
		cmocka_unit_test(one_sentence_a_second_is_enough),
		cmocka_unit_test(a_receiver_that_changes_is_followed),
		cmocka_unit_test(a_rate_that_was_found_stays_while_sentences_come),
		cmocka_unit_test(other_bytes_at_the_same_rate_are_no_change),
		cmocka_unit_test(noise_is_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

