// SPDX-License-Identifier: GPL-2.0-only
/*
 * A byte that is called good is right, whatever the machine does to interrupts
 * and whatever spikes the line has: one property, for either engine, all bytes
 * and all places.
 *
 *   test_good_bytes [all]     'all': each skew and length at each place; minutes
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reception.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define RATES	4

static const u32 rates[RATES] = { 4800, 9600, 19200, 38400 };

/* So many bytes teach a decoder the sender's clock. */
#define LEAD	1200

/* The byte that counts, and what follows it. */
#define TAIL	3

static bool all;

/* ---- what is counted ---- */

struct worth {
	u32 cases;
	u32 bytes;
	u32 good;
	u32 wrong;		/* of the good ones */
	char first[200];	/* of the wrong ones */
};

static const char *name_of(enum engine engine)
{
	return engine == EDGE ? "edge" : "timer";
}

/* What came of it: @what, as long as @length_ns, at @place_ns of the byte. */
static void weigh(struct worth *w, const char *what, s32 skew_ppm, s64 place_ns,
		  u32 length_ns)
{
	u32 i;

	w->cases++;
	for (i = 0; i < r.n_got; i++) {
		u32 n = byte_of(&r.got[i]);

		w->bytes++;
		if (r.got[i].flags)
			continue;
		w->good++;
		if (n < r.wave.count && r.got[i].value == r.sent[n])
			continue;
		if (!w->wrong++)
			snprintf(w->first, sizeof(w->first),
				 "%s: clock %+d ppm, %lld ns after the begin of byte %02x, then %02x: %s of %u ns: byte %d is a good %02x",
				 name_of(r.engine), skew_ppm, (long long)place_ns,
				 r.sent[r.wave.count - TAIL],
				 r.sent[r.wave.count - TAIL + 1], what, length_ns,
				 (int)n - (int)(r.wave.count - TAIL), r.got[i].value);
	}
}

/* ---- one byte, again and again ---- */

/* What a decoder has become when the byte that counts is to come. */
struct moment {
	s32 skew_ppm;
	struct waveform wave;
	struct frame_sampler s;
	struct frame_edge d;
	struct cpu cpu;
	u64 seen_ns;
};

/* All but the bytes that count, which may follow a pause. */
static struct moment lead_in(enum engine engine, u32 baud, s32 skew_ppm,
			     u32 pause_bits)
{
	struct moment m;

	prepare(engine, baud, skew_ppm, LEAD + TAIL, 3);
	fill_random();
	if (pause_bits) {
		r.wave.count = LEAD;
		receive();
		r.wave.start_ns += pause_bits * (r.wave.bit_ps / 1000);
		r.wave.count = LEAD + TAIL;
		/* What was sent before the pause is over. */
		r.seen_ns = byte_ns(LEAD) - 1;
	} else {
		receive_until(byte_ns(LEAD) - line_bit_ns() / 2);
	}
	m.skew_ppm = skew_ppm;
	m.wave = r.wave;
	m.s = r.s;
	m.d = r.d;
	m.cpu = r.cpu;
	m.seen_ns = r.seen_ns;

	return m;
}

static void play_byte(const struct moment *m, u8 value, u8 next)
{
	r.s = m->s;
	r.d = m->d;
	r.seen_ns = m->seen_ns;
	r.sent[LEAD] = value;
	r.sent[LEAD + 1] = next;
	r.sent[LEAD + 2] = '\n';
	r.n_got = 0;
	r.misled = 0;
	receive_on();
}

/* How far the sender's clock may be off, in per cent. */
static s32 skew_most(enum engine engine, u32 baud)
{
	return engine == TIMER && baud > 19200 ? 1 : 4;
}

#define SKEWS_MOST	9

/* What happens once, at some place of the twelve bits from @first_bit of the byte. */
struct event {
	const char *what;
	s32 first_bit;
	u32 lengths;
	/* Of length @i, from @at_ns on.  Returns the length in ns. */
	u32 (*set)(u64 at_ns, u32 i);
};

static u32 set_window(u64 at_ns, u32 i)
{
	static const u32 off_ns[] = { 10000, 30000, 60000, 80000 };

	r.cpu.m.off_min = off_ns[i];
	r.cpu.m.off_max = off_ns[i];
	r.cpu.m.off_spacing = 2000000000;
	r.cpu.off_ns = at_ns;
	r.cpu.off_end_ns = 0;

	return off_ns[i];
}

static const struct event window = { "interrupts off", -1, 4, set_window };

/* Up to the width that is no glitch any more. */
static u32 set_glitch(u64 at_ns, u32 i)
{
	u32 bit_ns = line_bit_ns();
	u32 width_ns = i ? bit_ns * i / 16 - 1 : bit_ns / 64;

	r.glitch_ns = at_ns;
	r.glitch_end_ns = at_ns + width_ns;

	return width_ns;
}

static const struct event glitch = { "a glitch", -1, 3, set_glitch };
static const struct event glitch_ahead = { "a glitch ahead", -12, 3, set_glitch };
static const struct event glitch_after = { "a glitch after", 10 * TAIL, 3, set_glitch };

/* And each interrupt is later by a sixteenth of a bit at most. */
static u32 set_glitch_and_lateness(u64 at_ns, u32 i)
{
	r.cpu.m.latency_max = r.cpu.m.latency_min + line_bit_ns() / 16;

	return set_glitch(at_ns, i);
}

static const struct event glitch_and_lateness = {
	"a glitch, all late", -1, 3, set_glitch_and_lateness
};

static void play_event(struct worth *w, const struct moment *m,
		       const struct event *event, u8 value, u32 place, u32 i)
{
	s64 at_ns = (16LL * event->first_bit + place) * m->wave.bit_ps / 16000;
	u32 length_ns;

	r.wave = m->wave;
	r.cpu = m->cpu;
	length_ns = event->set(byte_ns(LEAD) + at_ns, i);
	play_byte(m, value, value * 37 + 11 + i);
	r.glitch_end_ns = 0;
	/* What the sampler is given to see is no matter of its own. */
	if (r.engine == TIMER && r.misled)
		return;
	weigh(w, event->what, m->skew_ppm, at_ns, length_ns);
}

/*
 * Once, at each sixteenth of a bit of the twelve, for each byte; lengths and skews
 * in turn, or all of them.
 */
static struct worth play_places(enum engine engine, u32 baud, u32 pause_bits,
				const struct event *event)
{
	struct moment moments[SKEWS_MOST];
	s32 most = skew_most(engine, baud);
	u32 skews = 2 * most + 1;
	u32 value, place, i, k;
	struct worth w = {};

	for (k = 0; k < skews; k++)
		moments[k] = lead_in(engine, baud, ((s32)k - most) * 10000, pause_bits);
	for (value = 0; value < 256; value++) {
		for (place = 0; place < 12 * 16; place++) {
			for (i = 0; i < event->lengths; i++) {
				for (k = 0; k < skews; k++) {
					if (all || (i == (value + place) % event->lengths &&
						    k == (value * 5 + place) % skews))
						play_event(&w, &moments[k], event,
							   value, place, i);
				}
			}
		}
	}
	printf("# engine %s, %u baud, %s once%s: of %u bytes in %u cases %u %% good, %u of them wrong\n",
	       name_of(engine), baud, event->what, pause_bits ? ", after a pause" : "",
	       w.bytes, w.cases, (u32)(w.good * 100ULL / w.bytes), w.wrong);
	if (w.wrong)
		printf("# %s\n", w.first);

	return w;
}

#define PAUSE_BITS	33

static void no_window_makes_another_good_byte(void **state)
{
	enum engine engine;
	u32 i;

	(void)state;
	for (engine = TIMER; engine <= EDGE; engine++) {
		for (i = 0; i < RATES; i++) {
			assert_int_equal(play_places(engine, rates[i], 0, &window).wrong, 0);
			assert_int_equal(play_places(engine, rates[i], PAUSE_BITS,
						     &window).wrong, 0);
		}
	}
}

/* In its place, around it, on the idle line before and after the bytes. */
static void no_glitch_makes_another_good_byte(void **state)
{
	enum engine engine;
	u32 i;

	(void)state;
	for (engine = TIMER; engine <= EDGE; engine++) {
		for (i = 0; i < RATES; i++) {
			assert_int_equal(play_places(engine, rates[i], 0, &glitch).wrong, 0);
			assert_int_equal(play_places(engine, rates[i], PAUSE_BITS,
						     &glitch).wrong, 0);
			assert_int_equal(play_places(engine, rates[i], PAUSE_BITS,
						     &glitch_ahead).wrong, 0);
			assert_int_equal(play_places(engine, rates[i], 0,
						     &glitch_after).wrong, 0);
		}
	}
}

/* That the edge of a glitch may be a late one must not hide that it may be none. */
static void no_glitch_and_lateness_make_another_good_byte(void **state)
{
	enum engine engine;
	u32 i;

	(void)state;
	for (engine = TIMER; engine <= EDGE; engine++) {
		for (i = 0; i < RATES; i++) {
			assert_int_equal(play_places(engine, rates[i], 0,
						     &glitch_and_lateness).wrong, 0);
			assert_int_equal(play_places(engine, rates[i], PAUSE_BITS,
						     &glitch_and_lateness).wrong, 0);
		}
	}
}

#define IDLE_BITS	100

/* Each width up to an eighth of a bit, by a decoder that knows the clock or not. */
static void on_an_idle_line_a_glitch_begins_no_frame(void **state)
{
	enum engine engine;
	u32 i, taught, ns;

	(void)state;
	for (engine = TIMER; engine <= EDGE; engine++) {
		for (i = 0; i < RATES; i++) {
			for (taught = 0; taught < 2; taught++) {
				prepare(engine, rates[i], 10000, taught * LEAD, 3);
				fill_random();
				receive();
				assert_int_equal(r.n_got, r.wave.count);
				for (ns = 20; ns < line_bit_ns() / 8; ns += 20) {
					r.glitch_ns = r.now_ns + IDLE_BITS * line_bit_ns() + ns;
					r.glitch_end_ns = r.glitch_ns + ns;
					receive_on();
					assert_int_equal(r.n_got, r.wave.count);
				}
			}
		}
	}
}

/* ---- much of it ---- */

#define BURSTS		20
#define BURST_BYTES	100
#define TRAFFIC		(BURSTS * BURST_BYTES)

/* What was sent, and what was made of it: the byte if it is good. */
struct traffic {
	u32 n;
	u32 good;
	u32 strays;		/* good, and none that was sent */
	u8 sent[TRAFFIC];
	int got[TRAFFIC];
};

#define NOT_GOOD	(-1)

static void note_burst(struct traffic *t)
{
	u32 i;

	for (i = 0; i < r.wave.count; i++) {
		t->sent[t->n + i] = r.sent[i];
		t->got[t->n + i] = NOT_GOOD;
	}
	for (i = 0; i < r.n_got; i++) {
		u32 n = byte_of(&r.got[i]);

		if (r.got[i].flags)
			continue;
		t->good++;
		if (n >= r.wave.count || t->got[t->n + n] != NOT_GOOD)
			t->strays++;
		else
			t->got[t->n + n] = r.got[i].value;
	}
	t->n += r.wave.count;
	r.n_got = 0;
}

/* Between bursts: none, of more than a frame, and of less than FRAME_LATE_NS. */
enum pauses { NO_PAUSES, LONG_PAUSES, SHORT_PAUSES };

static const char *const pauses_names[] = {
	"no pauses", "long pauses", "short pauses"
};

static u64 pause_ns(enum pauses pauses, u64 *rng)
{
	if (pauses == SHORT_PAUSES)
		return random_below(rng, FRAME_LATE_NS);

	return 11 * line_bit_ns() + FRAME_LATE_NS + random_below(rng, 30 * line_bit_ns());
}

/*
 * Bursts of random length: what is sent depends on @seed alone.  One of @late_ppm / 1000000 interrupts is late,
 * by 90 us at most.
 */
static void play_traffic(struct traffic *t, enum engine engine, u32 baud,
			 enum pauses pauses, u32 late_ppm, u32 seed)
{
	s32 most = skew_most(engine, baud);
	u64 rng = seed * 77777;
	u32 burst, i;

	memset(t, 0, sizeof(*t));
	prepare(engine, baud, ((s32)(seed % (2 * most + 1)) - most) * 10000, 0, seed);
	r.cpu.m.latency_max = 5500;
	r.cpu.m.queued_min = 2500;
	r.cpu.m.queued_max = 5000;
	r.cpu.m.hiccup_ppm = late_ppm;
	/* One that has to wait for such a one is later still. */
	r.cpu.m.hiccup_max = FRAME_LATE_NS - r.cpu.m.latency_max -
			     r.cpu.m.busy_max - r.cpu.m.queued_max;
	for (burst = 0; burst < BURSTS; burst++) {
		r.wave.count = pauses ? 1 + random_below(&rng, BURST_BYTES) : TRAFFIC;
		for (i = 0; i < r.wave.count; i++)
			r.sent[i] = random_below(&rng, 256);
		receive();
		note_burst(t);
		if (!pauses)
			break;
		r.wave.start_ns = waveform_end_ns(&r.wave) + pause_ns(pauses, &rng);
	}
}

/* What came of it, added up. */
struct sums {
	u32 bytes;
	u32 good;
	u32 wrong;		/* of the good ones */
	u32 changed;		/* of these, good when interrupts were on time */
};

static void add_up(struct sums *sums, const struct traffic *on_time,
		   const struct traffic *late)
{
	u32 n;

	sums->bytes += late->n;
	sums->good += late->good;
	sums->wrong += late->strays;
	for (n = 0; n < late->n; n++) {
		if (late->got[n] == NOT_GOOD || late->got[n] == late->sent[n])
			continue;
		sums->wrong++;
		sums->changed += on_time->got[n] != NOT_GOOD;
	}
}

static void expect_right(const struct traffic *t)
{
	u32 n;

	assert_int_equal(t->strays, 0);
	for (n = 0; n < t->n; n++)
		if (t->got[n] != NOT_GOOD)
			assert_int_equal(t->got[n], t->sent[n]);
}

#define SHARES	5

static const u32 late_ppm[SHARES] = { 1000, 10000, 100000, 300000, 1000000 };

static void play_shares(enum engine engine, u32 baud, enum pauses pauses)
{
	static struct traffic on_time, late;
	struct sums sums[SHARES] = {};
	u32 k, seed;

	for (seed = 1; seed <= SKEWS_MOST; seed++) {
		play_traffic(&on_time, engine, baud, pauses, 0, seed);
		expect_right(&on_time);
		for (k = 0; k < SHARES; k++) {
			play_traffic(&late, engine, baud, pauses, late_ppm[k], seed);
			add_up(&sums[k], &on_time, &late);
		}
	}
	for (k = 0; k < SHARES; k++) {
		printf("# engine %s, %u baud, %s, 1 of %u interrupts late: of %u bytes %u good, %u of them wrong, %u of those good before\n",
		       name_of(engine), baud, pauses_names[pauses],
		       1000000 / late_ppm[k], sums[k].bytes, sums[k].good,
		       sums[k].wrong, sums[k].changed);
		assert_int_equal(sums[k].wrong, 0);
	}
}

/* What was good becomes doubtful at most. */
static void lateness_of_some_makes_no_other_good_byte(void **state)
{
	enum engine engine;
	u32 i;

	(void)state;
	for (engine = TIMER; engine <= EDGE; engine++) {
		for (i = 0; i < RATES; i++) {
			play_shares(engine, rates[i], NO_PAUSES);
			play_shares(engine, rates[i], LONG_PAUSES);
		}
	}
}

/* Widths, as parts of a bit; in one of so many bits. */
static const u32 glitch_parts[] = { 64, 24, 10, 9 };
static const u32 glitch_ppm[] = { 1000, 10000, 50000 };

/* ... and on machines that read the line so long after the edge. */
static const struct machine *const glitch_machines[] = {
	&machine_steady, &machine_fast, &machine_lab
};

static void play_glitches(struct sums *sums, u32 baud, u32 part, u32 ppm, u32 seed)
{
	static struct traffic t;
	u32 i;

	memset(&t, 0, sizeof(t));
	prepare(EDGE, baud, ((s32)(seed % SKEWS_MOST) - 4) * 10000, TRAFFIC, seed);
	r.cpu.m = *glitch_machines[seed % ARRAY_SIZE(glitch_machines)];
	for (i = 0; i < TRAFFIC; i++)
		r.sent[i] = random_below(&r.cpu.rng, 256);
	r.wave.glitch_ppm = ppm;
	r.wave.glitch_ns = line_bit_ns() / part;
	receive();
	note_burst(&t);
	add_up(sums, &t, &t);
}

/*
 * Many of them, and beside real edges, too, so that edges of both are one
 * interrupt; what is read may be a glitch or what is behind it.
 *
 * Engine 'timer' trusts that no look is misled, and many glitches make some be.
 */
static void glitches_in_many_bits_make_no_other_good_byte(void **state)
{
	u32 i, k, part, seed;

	(void)state;
	for (i = 0; i < RATES; i++) {
		for (k = 0; k < ARRAY_SIZE(glitch_ppm); k++) {
			struct sums sums = {};

			for (part = 0; part < ARRAY_SIZE(glitch_parts); part++)
				for (seed = 1; seed <= 2 * SKEWS_MOST; seed++)
					play_glitches(&sums, rates[i], glitch_parts[part],
						      glitch_ppm[k], seed + part);
			printf("# engine edge, %u baud, a glitch in one of %u bits: of %u bytes %u good, %u of them wrong\n",
			       rates[i], 1000000 / glitch_ppm[k], sums.bytes, sums.good,
			       sums.wrong);
			assert_int_equal(sums.wrong, 0);
		}
	}
}

/*
 * A start edge after a short pause is none that came late.
 */
static void short_pauses_make_no_other_good_byte(void **state)
{
	static struct traffic on_time;
	enum engine engine;
	u32 i, seed;

	(void)state;
	for (engine = TIMER; engine <= EDGE; engine++) {
		for (i = 0; i < RATES; i++) {
			struct sums sums = {};

			for (seed = 1; seed <= SKEWS_MOST; seed++) {
				play_traffic(&on_time, engine, rates[i], SHORT_PAUSES,
					     0, seed);
				add_up(&sums, &on_time, &on_time);
			}
			printf("# engine %s, %u baud, short pauses: of %u bytes %u good, %u of them wrong\n",
			       name_of(engine), rates[i], sums.bytes, sums.good, sums.wrong);
			assert_int_equal(sums.wrong, 0);
		}
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_window_makes_another_good_byte),
		cmocka_unit_test(no_glitch_makes_another_good_byte),
		cmocka_unit_test(no_glitch_and_lateness_make_another_good_byte),
		cmocka_unit_test(on_an_idle_line_a_glitch_begins_no_frame),
		cmocka_unit_test(glitches_in_many_bits_make_no_other_good_byte),
		cmocka_unit_test(short_pauses_make_no_other_good_byte),
		cmocka_unit_test(lateness_of_some_makes_no_other_good_byte),
	};

	all = argc > 1 && !strcmp(argv[1], "all");

	return cmocka_run_group_tests(tests, NULL, NULL);
}
