// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulator's waveform: the level at an instant and the edges must tell the
 * same story, whatever jitter and glitches there are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../driver/sim/waveform.h"

#define START_NS	1000000

static const u8 hello[8] = { 'H', 0x00, 0xff, 0x55, 0xaa, 0x80, 0x01, '\n' };

static struct waveform make(u32 baud, s32 skew_ppm)
{
	return (struct waveform){
		.start_ns = START_NS,
		.bit_ps = waveform_bit_ps(baud, skew_ppm),
		.bytes = hello,
		.mask = sizeof(hello) - 1,
		.count = sizeof(hello),
	};
}

static void bit_duration(void **state)
{
	(void)state;
	assert_int_equal(waveform_bit_ps(9600, 0), 104166667);
	assert_int_equal(waveform_bit_ps(9600, 10000), 103135313);
	assert_int_equal(waveform_bit_ps(9600, -10000), 105218855);
	assert_int_equal(waveform_bit_ps(300, -100000), 3703703703U);
}

/* Each bit, read in its middle. */
static void levels_are_start_data_and_stop_bits(void **state)
{
	struct waveform w = make(38400, 0);
	unsigned int i, bit;

	(void)state;
	for (i = 0; i < sizeof(hello); i++) {
		for (bit = 0; bit < 10; bit++) {
			u64 t_ns = START_NS + (i * 10 + bit) * 26041667ULL / 1000 +
				   13000;
			int want = bit == 0 ? 0 : bit == 9 ? 1 :
				   hello[i] >> (bit - 1) & 1;

			assert_int_equal(waveform_level(&w, t_ns), want);
		}
	}
}

static void line_is_idle_before_and_after(void **state)
{
	struct waveform w = make(9600, 0);

	(void)state;
	assert_int_equal(waveform_level(&w, 0), 1);
	assert_int_equal(waveform_level(&w, START_NS - 1), 1);
	assert_int_equal(waveform_level(&w, START_NS), 0);
	assert_int_equal(waveform_level(&w, waveform_end_ns(&w)), 1);
	assert_int_equal(waveform_level(&w, ~0ULL / 2), 1);
	w.count = 0;
	assert_int_equal(waveform_level(&w, START_NS), 1);
	assert_true(waveform_next_edge(&w, 0, WAVEFORM_FALLING) ==
		    WAVEFORM_NEVER);
}

static void bytes_are_sent_when_their_stop_bit_ends(void **state)
{
	struct waveform w = make(9600, 0);
	u64 end_ns = waveform_end_ns(&w);

	(void)state;
	assert_true(end_ns == START_NS + 8333334);
	assert_int_equal(waveform_bytes_sent(&w, 0), 0);
	assert_int_equal(waveform_bytes_sent(&w, START_NS + 1041666), 0);
	assert_int_equal(waveform_bytes_sent(&w, START_NS + 1041667), 1);
	assert_int_equal(waveform_bytes_sent(&w, end_ns - 1), 7);
	assert_int_equal(waveform_bytes_sent(&w, end_ns), 8);
	assert_int_equal(waveform_bytes_sent(&w, end_ns * 1000), 8);
}

static void the_ring_wraps(void **state)
{
	struct waveform w = make(9600, 0);

	(void)state;
	w.first = 7;
	/* '\n' first, then 'H': start bit and bits of 0x0a */
	assert_int_equal(waveform_level(&w, START_NS + 104167 * 3 / 2), 0);
	assert_int_equal(waveform_level(&w, START_NS + 104167 * 5 / 2), 1);
	assert_int_equal(waveform_level(&w, START_NS + 104167 * 14), 1);
}

/* Looks on as often as it takes, some bits each time. */
static u64 next_edge(const struct waveform *w, u64 after_ns, unsigned int edges)
{
	u64 t_ns;

	for (;;) {
		t_ns = waveform_next_edge(w, after_ns, edges);
		if (!waveform_is_until(t_ns))
			return t_ns;
		t_ns -= WAVEFORM_UNTIL;
		assert_true(t_ns > after_ns);
		if (after_ns >= w->start_ns)
			assert_true(t_ns - after_ns < 53ULL * w->bit_ps / 1000);
		after_ns = t_ns;
	}
}

/*
 * Steps through the run ns by ns: every change of the level is an edge that
 * waveform_next_edge() foretold, and it foretells no other.
 */
static void edges_are_the_changes_of_level(struct waveform w)
{
	u64 end_ns = waveform_end_ns(&w) + 10;
	u64 falling_ns = next_edge(&w, START_NS - 5, WAVEFORM_FALLING);
	u64 rising_ns = next_edge(&w, START_NS - 5, WAVEFORM_RISING);
	int before = 1;
	u64 t_ns;

	for (t_ns = START_NS - 4; t_ns < end_ns; t_ns++) {
		int level = waveform_level(&w, t_ns);

		assert_int_equal(before && !level, falling_ns == t_ns);
		assert_int_equal(!before && level, rising_ns == t_ns);
		if (falling_ns == t_ns)
			falling_ns = next_edge(&w, t_ns, WAVEFORM_FALLING);
		if (rising_ns == t_ns)
			rising_ns = next_edge(&w, t_ns, WAVEFORM_RISING);
		before = level;
	}
	assert_true(falling_ns == WAVEFORM_NEVER);
	assert_true(rising_ns == WAVEFORM_NEVER);
}

static void edges_of_a_clean_line(void **state)
{
	(void)state;
	edges_are_the_changes_of_level(make(115200, 0));
	edges_are_the_changes_of_level(make(115200, 37000));
}

static void edges_of_a_jittery_line(void **state)
{
	struct waveform w = make(115200, -20000);

	(void)state;
	w.jitter_ns = 4000;
	w.seed = 7;
	edges_are_the_changes_of_level(w);
}

static void edges_of_a_line_with_glitches(void **state)
{
	struct waveform w = make(38400, 0);

	(void)state;
	w.glitch_ppm = 400000;
	w.glitch_ns = 900;
	for (w.seed = 1; w.seed < 6; w.seed++)
		edges_are_the_changes_of_level(w);
	w.jitter_ns = 5000;
	edges_are_the_changes_of_level(w);
}

static void held_line_shows_its_level(void **state)
{
	struct waveform w = make(38400, 0);
	unsigned int n;

	(void)state;
	w.hold_bit = 13;
	w.hold_bits = 30;
	for (w.hold_level = 0; w.hold_level < 2; w.hold_level++) {
		for (n = 13; n < 43; n++)
			assert_int_equal(waveform_level(&w, START_NS + n * 26041667ULL / 1000 + 13000),
					 w.hold_level);
	}
}

static void edges_of_a_held_line(void **state)
{
	struct waveform w = make(115200, 0);

	(void)state;
	for (w.hold_bit = 0; w.hold_bit < 85; w.hold_bit += 14) {
		for (w.hold_level = 0; w.hold_level < 2; w.hold_level++) {
			for (w.hold_bits = 1; w.hold_bits < 100; w.hold_bits += 33)
				edges_are_the_changes_of_level(w);
		}
	}
	w.hold_bit = 13;
	w.hold_bits = 30;
	w.glitch_ppm = 200000;
	w.glitch_ns = 900;
	edges_are_the_changes_of_level(w);
	w.hold_level = 0;
	edges_are_the_changes_of_level(w);
}

static unsigned int count_edges(const struct waveform *w)
{
	unsigned int n = 0;
	u64 t_ns = 0;

	while ((t_ns = next_edge(w, t_ns, WAVEFORM_FALLING |
				 WAVEFORM_RISING)) != WAVEFORM_NEVER)
		n++;

	return n;
}

static void a_long_hold_is_looked_at_in_parts(void **state)
{
	struct waveform w = make(921600, 0);
	u64 hold_ns = START_NS + 30 * 1085;

	(void)state;
	w.count = 200;
	w.hold_bit = 25;
	w.hold_bits = 0x7fffffff;
	w.glitch_ns = 200;
	for (w.hold_level = 0; w.hold_level < 2; w.hold_level++) {
		/* Where no glitch can be, all of it is one part. */
		w.glitch_ppm = 0;
		edges_are_the_changes_of_level(w);
		assert_false(waveform_is_until(waveform_next_edge(&w, hold_ns,
								  WAVEFORM_RISING)));
		w.glitch_ppm = 1;
		assert_true(waveform_is_until(waveform_next_edge(&w, hold_ns,
								 WAVEFORM_RISING)));
		w.glitch_ppm = 20000;
		for (w.seed = 1; w.seed < 4; w.seed++)
			edges_are_the_changes_of_level(w);
	}
}

static void glitches_are_as_frequent_as_asked_for(void **state)
{
	static u8 zeros[4096];
	struct waveform w = make(9600, 0);

	(void)state;
	w.bytes = zeros;
	w.mask = sizeof(zeros) - 1;
	w.count = sizeof(zeros);
	w.glitch_ppm = 100000;
	w.glitch_ns = 1000;
	/* 2 edges a frame, and 2 a glitch: a tenth of 40960 bits, 3 sigma */
	assert_in_range(count_edges(&w) - 2 * 4096, 2 * 3914, 2 * 4278);
}

static void seed_decides(void **state)
{
	struct waveform w = make(9600, 0);
	struct waveform v = w;

	(void)state;
	w.jitter_ns = 40000;
	v.jitter_ns = 40000;
	assert_true(waveform_next_edge(&w, START_NS + 500000, WAVEFORM_FALLING) ==
		    waveform_next_edge(&v, START_NS + 500000, WAVEFORM_FALLING));
	v.seed = 1;
	assert_false(waveform_next_edge(&w, START_NS + 500000, WAVEFORM_FALLING) ==
		     waveform_next_edge(&v, START_NS + 500000, WAVEFORM_FALLING));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bit_duration),
		cmocka_unit_test(levels_are_start_data_and_stop_bits),
		cmocka_unit_test(line_is_idle_before_and_after),
		cmocka_unit_test(bytes_are_sent_when_their_stop_bit_ends),
		cmocka_unit_test(the_ring_wraps),
		cmocka_unit_test(edges_of_a_clean_line),
		cmocka_unit_test(edges_of_a_jittery_line),
		cmocka_unit_test(edges_of_a_line_with_glitches),
		cmocka_unit_test(held_line_shows_its_level),
		cmocka_unit_test(edges_of_a_held_line),
		cmocka_unit_test(a_long_hold_is_looked_at_in_parts),
		cmocka_unit_test(glitches_are_as_frequent_as_asked_for),
		cmocka_unit_test(seed_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
