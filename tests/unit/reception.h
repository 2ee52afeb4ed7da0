/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line that is played to a decoder by a machine, and what came of it: an
 * interrupt for each edge that the engine asks for and for each look, each as
 * late as the machine makes it.
 */
#ifndef TESTS_UNIT_RECEPTION_H
#define TESTS_UNIT_RECEPTION_H

#include "../../driver/frame.h"
#include "../../driver/frame_edge.h"
#include "../../driver/sim/waveform.h"
#include "machine.h"

#define BYTES_MAX	8192
#define SENTENCES	60

/* When the line that prepare() makes begins. */
#define RUN_START_NS	100000000

enum engine { TIMER, EDGE };

struct reception {
	enum engine engine;
	struct waveform wave;
	const char *line;	/* instead: a level for each bit, '0' or '1' */
	u8 sent[BYTES_MAX];
	u64 gap_ns;		/* pause after each frame */
	u64 glitch_ns;		/* from then */
	u64 glitch_end_ns;	/* until then the line is inverted */
	struct cpu cpu;
	struct frame_sampler s;	/* of engine 'timer' */
	struct frame_edge d;	/* of engine 'edge' */
	s64 now_ns;		/* the last interrupt was taken */
	u64 seen_ns;		/* the last edge */
	u32 misled;		/* looks that a glitch answered */
	/* Of an edge, before the decoder sees it; of a byte. */
	void (*on_edge)(void);
	void (*on_byte)(const struct frame_byte *byte);
	u32 irqs;
	u32 looks;
	u32 noise;
	u32 n_got;
	struct frame_byte got[BYTES_MAX + 64];
};

struct figures {
	u32 sentences;		/* all bytes right */
	u32 repairable;		/* right after bits of unsure are flipped */
	u32 bytes;
	u32 wrong;
	u32 doubtful;
	u32 unsure_bits;
	u32 wrong_good;
	u32 lost;
	u32 irqs, looks;
};

/* Least figures: sentences of 60 intact, and so after repair. */
struct cell {
	u32 baud;
	u32 off_us;
	s32 percent;
	u32 intact;
	u32 repaired;
	u32 doubtful;	/* bytes at most */
};

/* Runs for which the figures of a cell are meant. */
#define CELL_SEEDS	3

extern struct reception r;	/* large for a stack */

/* A new decoder, a steady machine, and @count bytes to be sent. */
void prepare(enum engine engine, u32 baud, s32 skew_ppm, u32 count, u64 seed);

/* A new decoder, from now on. */
void restart(u32 baud);

u64 line_bit_ns(void);

/* Where byte @n begins. */
s64 byte_ns(u32 n);

/* The byte that was sent when @byte was received, by the time it began. */
u32 byte_of(const struct frame_byte *byte);

/* Plays the line, and what the decoder still wants after it. */
void receive(void);

/* The same, but for what has come by @t_ns; and what is left of it. */
void receive_until(u64 t_ns);
void receive_on(void);

/* At random, and a line end each 60 bytes. */
void fill_random(void);

/* Sentences of a receiver, 60 bytes or so each. */
void fill_nmea(u64 seed);

/* Adds to @f what became of the bytes that were sent. */
void judge(struct figures *f);

/* A run of random bytes; the first ones are all that there are. */
struct figures play_random(enum engine engine, u32 baud, s32 skew_ppm, u32 count,
			   const struct machine *m, u64 seed);

/*
 * What sentences come to in the lab.  More runs than CELL_SEEDS are for looking at
 * the figures.
 */
void play_cells(enum engine engine, const struct cell *cells, u32 n, u32 seeds);

#endif /* TESTS_UNIT_RECEPTION_H */
