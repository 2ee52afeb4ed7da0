/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine whose interrupts take their time, wait for one another and for
 * windows with interrupts off; what is played to it, and what came of it.
 */
#ifndef TESTS_UNIT_MACHINE_H
#define TESTS_UNIT_MACHINE_H

#include "../../driver/frame.h"
#include "../../driver/sim/waveform.h"

#define SENTENCES	60

/* What a machine does to interrupts, in ns. */
struct machine {
	u32 latency_min;	/* from the edge or due time to the time stamp */
	u32 latency_max;
	u32 queued_min;		/* the same for one that waited for another */
	u32 queued_max;
	u32 busy_min;		/* from the time stamp to the next interrupt */
	u32 busy_max;
	u32 read;		/* from the time stamp to reading the line */
	u32 hiccup_ppm;		/* chance of 10..20 us without a reason */
	u32 off_min;		/* windows with interrupts off */
	u32 off_max;
	u32 off_spacing;	/* 1 to 2 times this apart */
};

/* As the lab's, 2 ns an instruction. */
extern const struct machine machine_lab;

/* On time, each takes as long. */
extern const struct machine machine_steady;

struct cpu {
	struct machine m;
	u64 rng;
	u64 free_ns;		/* no interrupt before this */
	u64 off_ns;		/* the next window */
	u64 off_end_ns;
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

u32 random_below(u64 *rng, u32 limit);

/* When an interrupt that is pending from @t_ns is taken. */
u64 cpu_taken_ns(struct cpu *cpu, u64 t_ns);

/* An interrupt was taken then. */
void cpu_busy(struct cpu *cpu, u64 now_ns);

/* Sentences of a receiver, 60 bytes or so each. Returns the bytes. */
u32 fill_nmea(u8 *sent, u64 seed);

/*
 * Adds to @f what became of the first @count bytes of @wave. Frames are matched
 * with them by the time they began.
 */
void judge(struct figures *f, const struct waveform *wave, u32 count,
	   const struct frame_byte *got, u32 n_got);

#endif /* TESTS_UNIT_MACHINE_H */
