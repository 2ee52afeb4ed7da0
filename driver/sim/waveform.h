/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The line of a receiver that sends bytes (8N1), as a function of time.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  What the
 * line shows at an instant depends on that instant alone, never on who asked
 * before.
 */
#ifndef GNSS_GPIO_SIM_WAVEFORM_H
#define GNSS_GPIO_SIM_WAVEFORM_H

#include "../pure.h"

#define WAVEFORM_FRAME_BITS	10

/* Which edges: as levels they lead to. */
#define WAVEFORM_FALLING	0x01
#define WAVEFORM_RISING		0x02

/* "No edge will come" */
#define WAVEFORM_NEVER		(~0ULL)

/* "None up to here": the rest of the number */
#define WAVEFORM_UNTIL		0x8000000000000000ULL

/**
 * struct waveform - a run of frames that follow back to back
 * @start_ns: when the first start bit begins
 * @bit_ps: duration of a bit in 1e-12 s
 * @bytes: ring of the bytes to send, @mask + 1 of them
 * @mask: size of the ring less one, a power of two less one
 * @first: index of the run's first byte
 * @count: bytes of the run
 * @jitter_ns: each edge comes late by 0..jitter_ns, less than half a bit
 * @glitch_ppm: chance of a glitch in a bit, 1e-6
 * @glitch_ns: width of a glitch, which inverts the line
 * @seed: of jitter and glitches
 * @hold_bit: first bit of the run at which the line is held, whatever is sent
 * @hold_bits: for so many, stop bits included but for the last of the run
 * @hold_level: at this level: 0 is a break
 *
 * Before and after the run the line is idle (1).
 */
struct waveform {
	u64 start_ns;
	u32 bit_ps;
	const u8 *bytes;
	u32 mask;
	u32 first;
	u64 count;
	u32 jitter_ns;
	u32 glitch_ppm;
	u32 glitch_ns;
	u64 seed;
	u32 hold_bit;
	u32 hold_bits;
	u8 hold_level;
};

/**
 * waveform_is_until() - is this no edge, but how far was looked for one?
 * @next_ns: of waveform_next_edge()
 *
 * Context: any.
 * Return: the instant is then @next_ns less WAVEFORM_UNTIL.
 */
static inline bool waveform_is_until(u64 next_ns)
{
	return next_ns >= WAVEFORM_UNTIL && next_ns != WAVEFORM_NEVER;
}

u32 waveform_bit_ps(u32 baud, s32 skew_ppm);
u64 waveform_end_ns(const struct waveform *w);
u64 waveform_bytes_sent(const struct waveform *w, u64 t_ns);
int waveform_level(const struct waveform *w, u64 t_ns);
u64 waveform_next_edge(const struct waveform *w, u64 after_ns,
		       unsigned int edges);

#endif /* GNSS_GPIO_SIM_WAVEFORM_H */
