// SPDX-License-Identifier: GPL-2.0-only
/*
 * The UART of the simulated receiver hears what the waveform plays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../driver/sim/rxd.h"
#include "../../driver/sim/waveform.h"

#define BAUD		9600
#define BIT_NS		104167
#define START_NS	1000000

static const u8 sent[8] = { 'H', 0x00, 0xff, 0x55, 0xaa, 0x80, 0x01, '\n' };

static u8 heard[2 * sizeof(sent)];
static unsigned int bytes, unstopped;

static void take(struct rxd *rxd, u64 t_ns)
{
	if (!rxd_sample(rxd, t_ns))
		return;
	if (!rxd_has_stop(rxd))
		unstopped++;
	else if (bytes < sizeof(heard))
		heard[bytes++] = rxd_byte(rxd);
}

/* Plays @sent with a clock that is so much faster, and edges that come so late. */
static void play(struct rxd *rxd, s32 skew_ppm, u32 jitter_ns)
{
	const struct waveform wave = {
		.start_ns = START_NS,
		.bit_ps = waveform_bit_ps(BAUD, skew_ppm),
		.bytes = sent,
		.mask = sizeof(sent) - 1,
		.count = sizeof(sent),
		.jitter_ns = jitter_ns,
		.seed = 1,
	};
	u64 t_ns = 0;

	bytes = 0;
	unstopped = 0;
	rxd_init(rxd);
	for (;;) {
		t_ns = waveform_next_edge(&wave, t_ns,
					  WAVEFORM_FALLING | WAVEFORM_RISING);
		if (t_ns == WAVEFORM_NEVER)
			break;
		take(rxd, t_ns);
		rxd_edge(rxd, t_ns, waveform_level(&wave, t_ns),
			 waveform_bit_ps(BAUD, 0));
	}
	take(rxd, waveform_end_ns(&wave));
}

static void hears_what_is_sent(void **state)
{
	static const s32 skews[] = { 0, 30000, -30000 };
	struct rxd rxd;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(skews); i++) {
		play(&rxd, skews[i], BIT_NS / 10);
		assert_int_equal(bytes, sizeof(sent));
		assert_memory_equal(heard, sent, sizeof(sent));
		assert_int_equal(unstopped, 0);
	}
}

static void tells_how_far_edges_are_off(void **state)
{
	struct rxd rxd;

	(void)state;
	play(&rxd, 0, 0);
	assert_in_range(rxd.edge_error_max_ns, 0, 2);
	play(&rxd, 0, 10000);
	assert_in_range(rxd.edge_error_max_ns, 5000, 10002);
}

static void another_rate_is_heard_as_rubbish(void **state)
{
	struct rxd rxd;

	(void)state;
	play(&rxd, 100000, 0);
	assert_true(unstopped || bytes != sizeof(sent) ||
		    memcmp(heard, sent, sizeof(sent)));
}

static void a_short_pulse_starts_nothing(void **state)
{
	struct rxd rxd;

	(void)state;
	rxd_init(&rxd);
	rxd_edge(&rxd, START_NS, false, waveform_bit_ps(BAUD, 0));
	assert_false(rxd_sample(&rxd, START_NS + BIT_NS / 3));
	rxd_edge(&rxd, START_NS + BIT_NS / 3, true, waveform_bit_ps(BAUD, 0));
	assert_false(rxd_sample(&rxd, START_NS + 20 * BIT_NS));
	assert_false(rxd.active);
}

static void a_break_has_no_stop_bit(void **state)
{
	struct rxd rxd;

	(void)state;
	rxd_init(&rxd);
	rxd_edge(&rxd, START_NS, false, waveform_bit_ps(BAUD, 0));
	assert_true(rxd_sample(&rxd, START_NS + 20 * BIT_NS));
	assert_false(rxd_has_stop(&rxd));
	assert_false(rxd_sample(&rxd, START_NS + 40 * BIT_NS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hears_what_is_sent),
		cmocka_unit_test(tells_how_far_edges_are_off),
		cmocka_unit_test(another_rate_is_heard_as_rubbish),
		cmocka_unit_test(a_short_pulse_starts_nothing),
		cmocka_unit_test(a_break_has_no_stop_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
