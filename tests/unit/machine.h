/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine whose interrupts take their time, wait for one another and for
 * windows with interrupts off.
 */
#ifndef TESTS_UNIT_MACHINE_H
#define TESTS_UNIT_MACHINE_H

#include "../../driver/pure.h"

/* What a machine does to interrupts, in ns. */
struct machine {
	u32 latency_min;	/* from the edge or due time to the time stamp */
	u32 latency_max;
	u32 queued_min;		/* the same for one that waited for another */
	u32 queued_max;
	u32 busy_min;		/* from the time stamp to the next interrupt */
	u32 busy_max;
	u32 read;		/* from the time stamp to reading the line */
	u32 hiccup_ppm;		/* chance of some more without a reason */
	u32 hiccup_min;
	u32 hiccup_max;
	u32 off_min;		/* windows with interrupts off */
	u32 off_max;
	u32 off_spacing;	/* 1 to 2 times this apart */
};

/* As the lab's, 2 ns an instruction. */
extern const struct machine machine_lab;

/* 1 ns an instruction. */
extern const struct machine machine_fast;

/* On time, each takes as long. */
extern const struct machine machine_steady;

struct cpu {
	struct machine m;
	u64 rng;
	u64 free_ns;		/* no interrupt before this */
	u64 off_ns;		/* the next window */
	u64 off_end_ns;
};

u32 random_below(u64 *rng, u32 limit);

/* When an interrupt that is pending from @t_ns is taken. */
u64 cpu_taken_ns(struct cpu *cpu, u64 t_ns);

/* An interrupt was taken then. */
void cpu_busy(struct cpu *cpu, u64 now_ns);

#endif /* TESTS_UNIT_MACHINE_H */
