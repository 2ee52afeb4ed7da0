// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many of the bytes that are called good are wrong, at all places of all bytes,
 * with either engine: none, when interrupts are off once, and few, when many
 * interrupts are late or the line has glitches.
 *
 *   test_good_bytes [all]     'all': each skew and length at each place; minutes
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "reception.h"

#define LATE_MAX_NS	90000

/* So many bytes teach a decoder the sender's clock. */
#define LEAD		500

/* The byte that counts is the first of the last three. */
#define TAIL		3

#define PAUSE_BITS	33

static const u32 rates[] = { 4800, 9600, 19200, 38400 };

static bool all;

/* ---- what is counted ---- */

struct worth {
	u32 cases;
	u32 bytes;
	u32 good;
	u32 wrong;		/* of the good ones */
	char first[200];	/* of the wrong ones */
};

/*
 * Of good bytes so few may be wrong, and a few more where few are good.  The bounds
 * are what was measured, with room.
 */
struct bound {
	u32 few;
	u32 of;		/* one of so many, 0: no more */
};

static const struct bound none = { 0, 0 };
static const struct bound glitch_bound = { 1, 300 };
/* As the share of interrupts that are late is more than 1 in 100 or not. */
static const struct bound lateness_bounds[] = { { 1, 10000 }, { 12, 300 } };

/* All that is played counts before a test fails. */
static u32 beyond_bounds;

/* Returns true if a byte is good and wrong, the first one of all. */
static bool weigh(struct worth *w)
{
	u32 i, before = w->wrong;

	w->cases++;
	for (i = 0; i < r.got; i++) {
		u32 n = byte_of(&r.bytes[i]);

		w->bytes++;
		if (r.bytes[i].flags)
			continue;
		w->good++;
		if (n < r.sent && r.bytes[i].value == r.value[n])
			continue;
		if (!w->wrong++)
			snprintf(w->first, sizeof(w->first),
				 "clock %+d ppm, byte %u of %u: a good %02x begins %lld ns after byte 0",
				 r.skew_ppm, n, r.sent, r.bytes[i].value,
				 (long long)(r.bytes[i].start_ns - r.start_ns[0]));
	}

	return !before && w->wrong;
}

static void report(const struct worth *w, const char *what, const char *detail,
		   const struct bound *bound)
{
	u32 most = bound->few + (bound->of ? w->good / bound->of : 0);

	printf("# engine %s, %u baud, %s%s: of %u bytes in %u cases %u %% good, %u of them wrong\n",
	       engine_names[r.engine], r.baud, what, detail, w->bytes, w->cases,
	       (u32)(w->good * 100ULL / w->bytes), w->wrong);
	if (w->wrong)
		printf("# the first: %s\n", w->first);
	if (w->wrong <= most)
		return;
	printf("# FAILED: %u may be wrong\n", most);
	beyond_bounds++;
}

static void assert_none_failed(void)
{
	u32 n = beyond_bounds;

	beyond_bounds = 0;
	assert_int_equal(n, 0);
}

/* ---- one byte, again and again ---- */

/* Of the sender's clock: -4 to 4 per cent. */
#define SKEWS		5

static s32 skew_ppm(u32 k)
{
	return ((s32)(k % SKEWS) - 2) * 20000;
}

/* All but the bytes that count, which may follow a pause. */
static void lead_in(struct moment *m, enum engine engine, u32 baud, u32 k,
		    u32 pause_bits)
{
	prepare(engine, baud, skew_ppm(k), 3);
	send_random(LEAD);
	send_idle_16ths(16 * pause_bits);
	receive_until(line_end_ns() - line_bit_ns() / 2);
	save(m);
}

/* The glitch that is on the line, and whether a look read it. */
static s64 glitch_ns, glitch_end_ns;
static bool misled;

static bool notice_misled(struct uart_obs *obs)
{
	s64 read_ns = obs->at_ns + r.cpu.m.read;

	if (obs->flags & UART_OBS_LOOK && read_ns >= glitch_ns && read_ns < glitch_end_ns)
		misled = true;

	return true;
}

/* What happens once, at some place of the twelve bits from @first_bit of the byte. */
struct event {
	const char *what;
	s32 first_bit;
	u32 lengths;
	/* Of length @i, from @at_ns on.  Returns the length in ns. */
	u32 (*set)(s64 at_ns, u32 i);
};

static u32 set_window(s64 at_ns, u32 i)
{
	static const u32 off_ns[] = { 10000, 30000, 60000, 80000 };

	add_window(at_ns, off_ns[i]);

	return off_ns[i];
}

/* Up to the width that is no glitch any more. */
static u32 set_glitch(s64 at_ns, u32 i)
{
	u32 bit_ns = line_bit_ns();
	u32 width_ns = i ? bit_ns * i / 16 - 1 : bit_ns / 64;

	glitch_ns = at_ns;
	glitch_end_ns = at_ns + width_ns;
	add_glitch(at_ns, width_ns);

	return width_ns;
}

/* And each interrupt is later by a sixteenth of a bit at most. */
static u32 set_glitch_and_lateness(s64 at_ns, u32 i)
{
	r.cpu.m.latency_max = r.cpu.m.latency_min + line_bit_ns() / 16;

	return set_glitch(at_ns, i);
}

static const struct event window = { "interrupts off", -1, 4, set_window };
static const struct event window_after = {
	"interrupts off at the end", 10 * TAIL - 11, 4, set_window
};
static const struct event glitch = { "a glitch", -1, 3, set_glitch };
static const struct event glitch_ahead = { "a glitch ahead", -12, 3, set_glitch };
static const struct event glitch_after = { "a glitch after", 10 * TAIL, 3, set_glitch };
static const struct event glitch_and_lateness = {
	"a glitch, all late", -1, 3, set_glitch_and_lateness
};

static void play_event(struct worth *w, const struct moment *m,
		       const struct event *event, u8 value, u32 place, u32 i)
{
	s64 at_ns;
	u32 length_ns;

	resume(m);
	r.got = 0;
	r.on_obs = notice_misled;
	glitch_end_ns = 0;
	misled = false;
	at_ns = (16LL * event->first_bit + place) * r.bit_ps / 16000;
	send_byte(value);
	send_byte(value * 37 + 11 + i);
	send_byte('\n');
	length_ns = event->set(r.start_ns[r.sent - TAIL] + at_ns, i);
	receive();
	/* What a decoder is given to see is no matter of its own. */
	if (misled || !weigh(w))
		return;
	snprintf(w->first, sizeof(w->first),
		 "clock %+d ppm, %s of %u ns %lld ns after the begin of byte %02x, then %02x",
		 r.skew_ppm, event->what, length_ns, (long long)at_ns, value,
		 r.value[r.sent - TAIL + 1]);
}

/* Unless all are asked for, one in so many. */
#define SHARE		12

/*
 * Once, at each sixteenth of a bit of the twelve, for each byte; lengths and skews
 * in turn, or all of them.
 */
static void play_places(enum engine engine, u32 baud, u32 pause_bits,
			const struct event *event)
{
	struct worth w = {};
	struct moment m;
	u32 place, value, k, i;

	for (k = 0; k < SKEWS; k++) {
		lead_in(&m, engine, baud, k, pause_bits);
		for (place = 0; place < 12 * 16; place++) {
			for (value = 0; value < 256; value++) {
				u32 turn = value * 5 + place * 7;

				for (i = 0; all && i < event->lengths; i++)
					play_event(&w, &m, event, value, place, i);
				if (!all && turn % (SHARE * SKEWS) == SHARE * k)
					play_event(&w, &m, event, value, place,
						   (value / SHARE + place) % event->lengths);
			}
		}
	}
	report(&w, event->what, pause_bits ? " once, after a pause" : " once",
	       event->set == set_window ? &none : &glitch_bound);
}

static void play_everywhere(const struct event *event, bool pause)
{
	enum engine engine;
	u32 i;

	for (engine = TIMER; engine < ENGINES; engine++)
		for (i = 0; i < ARRAY_SIZE(rates); i++)
			play_places(engine, rates[i], pause ? PAUSE_BITS : 0, event);
}

static void no_window_makes_another_good_byte(void **state)
{
	(void)state;
	play_everywhere(&window, false);
	play_everywhere(&window, true);
	play_everywhere(&window_after, false);
	assert_none_failed();
}

/* In its place, around it, on the idle line before and after the bytes. */
static void a_glitch_makes_few_other_good_bytes(void **state)
{
	(void)state;
	play_everywhere(&glitch, false);
	play_everywhere(&glitch, true);
	play_everywhere(&glitch_ahead, true);
	play_everywhere(&glitch_after, false);
	assert_none_failed();
}

/* That the edge of a glitch may be a late one must not hide that it may be none. */
static void a_glitch_and_lateness_make_few_other_good_bytes(void **state)
{
	(void)state;
	play_everywhere(&glitch_and_lateness, false);
	play_everywhere(&glitch_and_lateness, true);
	assert_none_failed();
}

/* ---- much of it ---- */

#define BURSTS		20
#define BURST_BYTES	100
#define SEEDS		(all ? 60 : 6)

/* Between bursts: none, of more than a frame, of less than an interrupt may be late. */
enum pauses { NO_PAUSES, LONG_PAUSES, SHORT_PAUSES };

static const char *const pauses_names[] = {
	", no pauses", ", long pauses", ", short pauses"
};

static void send_pause(enum pauses pauses)
{
	u32 most_ns = pauses == LONG_PAUSES ? 30 * line_bit_ns() : LATE_MAX_NS;

	if (pauses == NO_PAUSES)
		return;
	if (pauses == LONG_PAUSES)
		r.end_ps += (11 * line_bit_ns() + LATE_MAX_NS) * 1000ULL;
	r.end_ps += random_below(&r.rng, most_ns) * 1000ULL;
}

/* Bursts of random length; one of @late_ppm / 1000000 interrupts is late. */
static void play_traffic(struct worth *w, enum engine engine, u32 baud,
			 enum pauses pauses, u32 late_ppm, u32 seed)
{
	u32 burst;

	prepare(engine, baud, skew_ppm(seed), seed);
	r.cpu.m.order = seed % 3;
	r.cpu.m.latency_max = 5500;
	r.cpu.m.queued_min = 2500;
	r.cpu.m.queued_max = 5000;
	r.cpu.m.hiccup_ppm = late_ppm;
	/* One that has to wait for such a one is later still. */
	r.cpu.m.hiccup_max = LATE_MAX_NS - r.cpu.m.latency_max - r.cpu.m.busy_max -
			     r.cpu.m.queued_max;
	for (burst = 0; burst < BURSTS; burst++) {
		send_random(1 + random_below(&r.rng, BURST_BYTES));
		send_pause(pauses);
	}
	receive();
	weigh(w);
}

/* What was good becomes doubtful at most. */
static void lateness_of_some_makes_few_other_good_bytes(void **state)
{
	static const u32 late_ppm[] = { 0, 1000, 10000, 100000, 300000, 1000000 };
	enum engine engine;
	enum pauses pauses;
	u32 i, k, seed;
	char what[50];

	(void)state;
	for (engine = TIMER; engine < ENGINES; engine++) {
		for (i = 0; i < ARRAY_SIZE(rates); i++) {
			for (pauses = NO_PAUSES; pauses <= SHORT_PAUSES; pauses++) {
				/* A short pause before a start edge that is late is none. */
				bool brief = pauses == SHORT_PAUSES;
				u32 shares = brief ? 1 : ARRAY_SIZE(late_ppm);
				u32 seeds = brief && !all ? 10 * SEEDS : SEEDS;

				for (k = 0; k < shares; k++) {
					struct worth w = {};

					for (seed = 1; seed <= seeds; seed++)
						play_traffic(&w, engine, rates[i], pauses,
							     late_ppm[k], seed);
					sprintf(what, "%u of 1000000 interrupts late", late_ppm[k]);
					report(&w, what, pauses_names[pauses],
					       &lateness_bounds[late_ppm[k] > 10000]);
				}
			}
		}
	}
	assert_none_failed();
}

/* Machines that read the line so long after the edge, and have windows. */
static const struct machine *const machines[] = {
	&machine_steady, &machine_fast, &machine_lab
};

static void set_machine(u32 i, u32 off_ns)
{
	r.cpu.m = *machines[i % ARRAY_SIZE(machines)];
	r.cpu.m.off_max = off_ns;
	r.cpu.m.off_spacing = 1000000;
}

/* Of a software sender, which pauses after each byte, few bytes are good then. */
static const struct bound paused_bound = { 5, 1000 };

static void play_windows(enum engine engine, u32 baud, u32 off_ns, u32 pause_16ths)
{
	struct worth w = {};
	char what[50];
	u32 seed;

	for (seed = 1; seed <= 5 * SEEDS; seed++) {
		prepare(engine, baud, skew_ppm(seed), seed);
		set_machine(seed, off_ns);
		r.pause_16ths = pause_16ths;
		if (pause_16ths)
			send_nmea();
		else
			send_random(3000);
		receive();
		weigh(&w);
	}
	sprintf(what, "interrupts off for up to %u us", off_ns / 1000);
	report(&w, what, pause_16ths ? ", pauses" : "", pause_16ths ? &paused_bound : &none);
}

/* A window spoils a frame now and then; none that follows may be taken from another bit. */
static void windows_make_no_other_good_byte(void **state)
{
	static const u32 off_ns[] = { 30000, 80000 };
	enum engine engine;
	u32 i, k;

	(void)state;
	for (engine = TIMER; engine < ENGINES; engine++)
		for (i = 0; i < ARRAY_SIZE(rates); i++)
			for (k = 0; k < ARRAY_SIZE(off_ns); k++) {
				play_windows(engine, rates[i], off_ns[k], 0);
				play_windows(engine, rates[i], off_ns[k], 160);
			}
	assert_none_failed();
}

/* Widths, as parts of a bit. */
static const u32 glitch_parts[] = { 64, 24, 10, 9 };

/* So many make two in one frame, or one and a late interrupt: it takes more to see them. */
#define GLITCH_MANY	50000

/* In so many of a million bits. */
static const u32 glitch_ppm[] = { 1000, 10000, GLITCH_MANY };

/* ... and beside windows. */
static const u32 glitch_off_ns[] = { 0, 30000, 80000 };

/* What is asked: less than one good byte in 10000 is wrong. */
static const struct bound many_glitches_bound = { 0, 10000 };

/* Of 100 bytes so many are good then, at each rate: what is lost is soon found again. */
static const u32 many_glitches_good[ENGINES][ARRAY_SIZE(rates)] = {
	{ 53, 52, 46, 43 }, { 52, 50, 49, 48 },
};

static void play_glitches(enum engine engine, u32 i, u32 ppm)
{
	u32 seed, seeds = SEEDS * (ppm == GLITCH_MANY ? 8 : 1);
	struct worth w = {};
	char what[50];

	for (seed = 1; seed <= seeds; seed++) {
		prepare(engine, rates[i], skew_ppm(seed), seed);
		set_machine(seed, glitch_off_ns[seed / 3 % ARRAY_SIZE(glitch_off_ns)]);
		r.glitch_ppm = ppm;
		r.glitch_width_ns = line_bit_ns() /
				    glitch_parts[seed % ARRAY_SIZE(glitch_parts)];
		send_random(2000);
		receive();
		weigh(&w);
	}
	sprintf(what, "a glitch in one of %u bits", 1000000 / ppm);
	report(&w, what, "", &many_glitches_bound);
	if (ppm == GLITCH_MANY &&
	    w.good * 100ULL < w.bytes * (u64)many_glitches_good[engine][i])
		beyond_bounds++;
}

/*
 * Many of them, and beside real edges, too, so that edges of both are one
 * interrupt; what is read may be a glitch or what is behind it.
 */
static void glitches_in_many_bits_make_few_other_good_bytes(void **state)
{
	enum engine engine;
	u32 i, k;

	(void)state;
	for (engine = TIMER; engine < ENGINES; engine++)
		for (i = 0; i < ARRAY_SIZE(rates); i++)
			for (k = 0; k < ARRAY_SIZE(glitch_ppm); k++)
				play_glitches(engine, i, glitch_ppm[k]);
	assert_none_failed();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_window_makes_another_good_byte),
		cmocka_unit_test(a_glitch_makes_few_other_good_bytes),
		cmocka_unit_test(a_glitch_and_lateness_make_few_other_good_bytes),
		cmocka_unit_test(windows_make_no_other_good_byte),
		cmocka_unit_test(glitches_in_many_bits_make_few_other_good_bytes),
		cmocka_unit_test(lateness_of_some_makes_few_other_good_bytes),
	};

	all = argc > 1 && !strcmp(argv[1], "all");

	return cmocka_run_group_tests(tests, NULL, NULL);
}
