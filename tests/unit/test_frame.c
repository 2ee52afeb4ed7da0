// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frame sampler against the simulator's waveform: both are pure, so this
 * plays the part of the kernel, an interrupt for each falling edge and a timer
 * for each sample, each as late as the test wants it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../driver/frame.h"
#include "../../driver/sim/waveform.h"

#define BYTES_MAX	4096
#define RUN_START_NS	1000000

/* Lateness of one interrupt: @edge tells an edge from a sample. */
typedef u64 (*lateness_fn)(bool edge, unsigned int n);

struct reception {
	struct waveform wave;
	u8 sent[BYTES_MAX];
	u64 gap_ns;		/* pause after each frame */
	struct frame_sampler sampler;
	lateness_fn lateness;
	unsigned int interrupts;
	struct frame_byte got[BYTES_MAX + 16];
	unsigned int n_got;
	unsigned int false_starts;
};

static u64 random_state;

static u32 random_below(u32 limit)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;

	return (random_state >> 33) * limit >> 31;
}

static u64 on_time(bool edge, unsigned int n)
{
	(void)edge;
	(void)n;

	return 0;
}

static u64 late;	/* parameter of those below */

static u64 always_late(bool edge, unsigned int n)
{
	(void)edge;
	(void)n;

	return late;
}

static u64 late_at_random(bool edge, unsigned int n)
{
	(void)edge;
	(void)n;

	return random_below(late + 1);
}

static void prepare(struct reception *r, u32 baud, s32 skew_ppm, u32 count)
{
	memset(r, 0, sizeof(*r));
	r->wave = (struct waveform){
		.start_ns = RUN_START_NS,
		.bit_ps = waveform_bit_ps(baud, skew_ppm),
		.bytes = r->sent,
		.mask = BYTES_MAX - 1,
		.count = count,
	};
	r->lateness = on_time;
	frame_sampler_init(&r->sampler, baud);
}

/* The line with the pauses put in: time of the waveform without them. */
static u64 wave_ns(const struct reception *r, u64 t_ns)
{
	u64 frame_ns = waveform_end_ns(&r->wave) - r->wave.start_ns;
	u64 frame, in_frame;

	if (!r->gap_ns || t_ns < r->wave.start_ns)
		return t_ns;
	frame_ns /= r->wave.count;
	frame = (t_ns - r->wave.start_ns) / (frame_ns + r->gap_ns);
	in_frame = (t_ns - r->wave.start_ns) % (frame_ns + r->gap_ns);
	if (in_frame > frame_ns - 1)
		in_frame = frame_ns - 1;

	return r->wave.start_ns + frame * frame_ns + in_frame;
}

static int level_at(const struct reception *r, u64 t_ns)
{
	return waveform_level(&r->wave, wave_ns(r, t_ns));
}

static u64 edge_after(const struct reception *r, u64 t_ns)
{
	u64 frame_ns = waveform_end_ns(&r->wave) - r->wave.start_ns;
	u64 edge_ns = waveform_next_edge(&r->wave, wave_ns(r, t_ns),
					 WAVEFORM_FALLING);

	if (!r->gap_ns || edge_ns == WAVEFORM_NEVER)
		return edge_ns;
	frame_ns /= r->wave.count;

	return edge_ns + (edge_ns - r->wave.start_ns) / frame_ns * r->gap_ns;
}

static void take(struct reception *r, const struct frame_byte *byte)
{
	assert_true(r->n_got < BYTES_MAX + 16);
	r->got[r->n_got++] = *byte;
}

static void on_edge(struct reception *r, u64 now_ns)
{
	struct frame_byte byte;

	if (r->sampler.busy) {
		if (!frame_is_next_start(&r->sampler, now_ns)) {
			frame_edge(&r->sampler, now_ns);
			return;
		}
		if (level_at(r, now_ns))
			return;
		frame_finish(&r->sampler, now_ns, &byte);
		take(r, &byte);
	}
	frame_start(&r->sampler, now_ns);
}

static void on_sample(struct reception *r, u64 now_ns)
{
	struct frame_byte byte;

	switch (frame_sample(&r->sampler, level_at(r, now_ns), now_ns, &byte)) {
	case FRAME_COMPLETE:
		take(r, &byte);
		break;
	case FRAME_FALSE_START:
		r->false_starts++;
		break;
	case FRAME_MORE:
		break;
	}
}

static u64 latest(u64 a, u64 b)
{
	return a > b ? a : b;
}

/* One interrupt at a time, as on one CPU; the edge first if both are due. */
static void receive(struct reception *r)
{
	u64 edge_ns = edge_after(r, 0);
	u64 now_ns = 0;

	while (edge_ns != WAVEFORM_NEVER || r->sampler.busy) {
		u64 due_ns = r->sampler.busy ? (u64)frame_due(&r->sampler) :
					       WAVEFORM_NEVER;
		bool edge = edge_ns <= due_ns;

		now_ns = latest(now_ns + 100, edge ? edge_ns : due_ns);
		now_ns += r->lateness(edge, r->interrupts++);
		if (edge) {
			on_edge(r, now_ns);
			edge_ns = edge_after(r, now_ns);
		} else {
			on_sample(r, now_ns);
		}
	}
}

static void fill_all(struct reception *r)
{
	unsigned int i;

	for (i = 0; i < r->wave.count; i++)
		r->sent[i] = i;
}

static void fill_random(struct reception *r)
{
	unsigned int i;

	for (i = 0; i < r->wave.count; i++)
		r->sent[i] = random_below(256);
}

static unsigned int wrong(const struct reception *r)
{
	unsigned int i, n = 0;

	if (r->n_got != r->wave.count)
		return r->wave.count;
	for (i = 0; i < r->n_got; i++)
		n += r->got[i].value != r->sent[i];

	return n;
}

static unsigned int flagged(const struct reception *r)
{
	unsigned int i, n = 0;

	for (i = 0; i < r->n_got; i++)
		n += !!r->got[i].flags;

	return n;
}

static struct reception r;	/* large for a stack */

static void bit_duration_is_rounded_to_nearest(void **state)
{
	(void)state;
	assert_int_equal(frame_bit_ns(9600), 104167);
	assert_int_equal(frame_bit_ns(38400), 26042);
	assert_int_equal(frame_bit_ns(115200), 8681);
	assert_int_equal(frame_bit_ns(300), 3333333);
}

static void every_byte_at_every_rate(void **state)
{
	static const u32 bauds[] = { 300, 4800, 9600, 38400, 115200 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bauds) / sizeof(bauds[0]); i++) {
		prepare(&r, bauds[i], 0, 256);
		fill_all(&r);
		receive(&r);
		assert_int_equal(wrong(&r), 0);
		assert_int_equal(flagged(&r), 0);
		assert_int_equal(r.false_starts, 0);
	}
}

static void every_byte_when_the_sender_is_off_by_4_percent(void **state)
{
	s32 percent;

	(void)state;
	for (percent = -4; percent <= 4; percent++) {
		prepare(&r, 9600, percent * 10000, 256);
		fill_all(&r);
		receive(&r);
		assert_int_equal(wrong(&r), 0);
		assert_int_equal(flagged(&r), 0);
	}
}

static void start_times_are_those_of_the_start_bits(void **state)
{
	u64 frame_ns;
	unsigned int i;

	(void)state;
	prepare(&r, 9600, 0, 256);
	fill_all(&r);
	receive(&r);
	frame_ns = (waveform_end_ns(&r.wave) - RUN_START_NS) / 256;
	for (i = 0; i < 256; i++) {
		s64 off_ns = r.got[i].start_ns - RUN_START_NS - (s64)(i * frame_ns);

		assert_in_range(off_ns + 2000, 0, 4000);
	}
}

/* As an interrupt costs on a slow machine. */
static void steady_latency_of_a_quarter_bit(void **state)
{
	(void)state;
	late = 6500;
	prepare(&r, 38400, 0, 256);
	fill_all(&r);
	r.lateness = always_late;
	receive(&r);
	assert_int_equal(wrong(&r), 0);
	assert_int_equal(flagged(&r), 0);
}

static void lateness_up_to_20_us_at_9600(void **state)
{
	s32 percent;

	(void)state;
	late = 20000;
	for (percent = -2; percent <= 2; percent++) {
		random_state = 1;
		prepare(&r, 9600, percent * 10000, 2048);
		fill_random(&r);
		r.lateness = late_at_random;
		receive(&r);
		assert_int_equal(wrong(&r), 0);
	}
}

/* Only the start edge of each 100th frame or so is late, by half a bit. */
static u64 start_edge_late(bool edge, unsigned int n)
{
	return edge && n > 1009 && n % 1009 == 0 ? late : 0;
}

static void late_start_edge_is_known_from_the_frame_before(void **state)
{
	(void)state;
	late = 65000;	/* 0.62 bit: alone it would be an error */
	prepare(&r, 9600, 15000, 2048);
	memset(r.sent, 0, sizeof(r.sent));	/* no edge inside the frame */
	r.lateness = start_edge_late;
	receive(&r);
	assert_true(r.interrupts > 10000);
	assert_int_equal(wrong(&r), 0);
}

/* A pause that is no whole number of bits must not be taken for lateness. */
static void pauses_between_the_frames(void **state)
{
	u64 bit_ns = frame_bit_ns(9600);
	unsigned int eighths;

	(void)state;
	for (eighths = 1; eighths <= 24; eighths++) {
		random_state = eighths;
		prepare(&r, 9600, 0, 512);
		fill_random(&r);
		r.gap_ns = bit_ns * eighths / 8;
		receive(&r);
		assert_int_equal(wrong(&r), 0);
		assert_int_equal(flagged(&r), 0);
	}
}

static u64 one_sample_late(bool edge, unsigned int n)
{
	return !edge && n == 40 ? late : 0;
}

static void sample_later_than_a_bit_makes_the_byte_doubtful(void **state)
{
	unsigned int i, n = 0;

	(void)state;
	late = 130000;	/* 1.25 bit */
	prepare(&r, 9600, 0, 64);
	fill_all(&r);
	r.lateness = one_sample_late;
	receive(&r);
	assert_int_equal(r.n_got, 64);
	for (i = 0; i < 64; i++) {
		n += !!(r.got[i].flags & FRAME_DOUBTFUL);
		if (!r.got[i].flags)
			assert_int_equal(r.got[i].value, r.sent[i]);
	}
	assert_int_equal(n, 1);
}

/* Samples by hand: the line shows @levels, one a bit, from the start bit on. */
static enum frame_verdict sample_levels(struct frame_sampler *s,
					const char *levels,
					struct frame_byte *byte)
{
	enum frame_verdict verdict = FRAME_MORE;

	frame_sampler_init(s, 9600);
	frame_start(s, 1000000);
	for (; *levels && verdict == FRAME_MORE; levels++)
		verdict = frame_sample(s, *levels == '1', frame_due(s), byte);

	return verdict;
}

static void false_start_leaves_no_byte(void **state)
{
	struct frame_sampler s;
	struct frame_byte byte;

	(void)state;
	assert_int_equal(sample_levels(&s, "1", &byte), FRAME_FALSE_START);
	assert_false(s.busy);
}

static void low_stop_bit_is_a_framing_error(void **state)
{
	struct frame_sampler s;
	struct frame_byte byte;

	(void)state;
	assert_int_equal(sample_levels(&s, "01000001000", &byte), FRAME_COMPLETE);
	assert_int_equal(byte.value, 0x41);
	assert_int_equal(byte.flags, FRAME_FRAMING_ERROR);
}

static void line_held_low_is_a_break(void **state)
{
	struct frame_sampler s;
	struct frame_byte byte;

	(void)state;
	assert_int_equal(sample_levels(&s, "00000000000", &byte), FRAME_COMPLETE);
	assert_int_equal(byte.flags, FRAME_FRAMING_ERROR | FRAME_BREAK);
}

static void zero_byte_is_no_break(void **state)
{
	struct frame_sampler s;
	struct frame_byte byte;

	(void)state;
	assert_int_equal(sample_levels(&s, "0000000001", &byte), FRAME_COMPLETE);
	assert_int_equal(byte.value, 0);
	assert_int_equal(byte.flags, 0);
}

/* The next start bit has begun before the stop bit could be sampled. */
static void next_start_edge_proves_the_stop_bit(void **state)
{
	struct frame_sampler s;
	struct frame_byte byte;

	(void)state;
	assert_int_equal(sample_levels(&s, "010000010", &byte), FRAME_MORE);
	assert_false(frame_is_next_start(&s, 1000000 + 9 * 104167));
	assert_true(frame_is_next_start(&s, 1000000 + 10 * 104167));
	frame_finish(&s, s.start_ns + FRAME_BITS * s.bit_ns, &byte);
	assert_int_equal(byte.value, 0x41);
	assert_int_equal(byte.flags, 0);
}

static void next_start_edge_with_bits_missing_is_doubtful(void **state)
{
	struct frame_sampler s;
	struct frame_byte byte;

	(void)state;
	assert_int_equal(sample_levels(&s, "0100000", &byte), FRAME_MORE);
	frame_finish(&s, s.start_ns + FRAME_BITS * s.bit_ns, &byte);
	assert_int_equal(byte.flags, FRAME_DOUBTFUL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bit_duration_is_rounded_to_nearest),
		cmocka_unit_test(every_byte_at_every_rate),
		cmocka_unit_test(every_byte_when_the_sender_is_off_by_4_percent),
		cmocka_unit_test(start_times_are_those_of_the_start_bits),
		cmocka_unit_test(steady_latency_of_a_quarter_bit),
		cmocka_unit_test(lateness_up_to_20_us_at_9600),
		cmocka_unit_test(late_start_edge_is_known_from_the_frame_before),
		cmocka_unit_test(pauses_between_the_frames),
		cmocka_unit_test(sample_later_than_a_bit_makes_the_byte_doubtful),
		cmocka_unit_test(false_start_leaves_no_byte),
		cmocka_unit_test(low_stop_bit_is_a_framing_error),
		cmocka_unit_test(line_held_low_is_a_break),
		cmocka_unit_test(zero_byte_is_no_break),
		cmocka_unit_test(next_start_edge_proves_the_stop_bit),
		cmocka_unit_test(next_start_edge_with_bits_missing_is_doubtful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
