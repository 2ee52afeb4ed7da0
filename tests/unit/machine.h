/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine whose interrupts take their time, wait for one another and for
 * windows with interrupts off.
 */
#ifndef TESTS_UNIT_MACHINE_H
#define TESTS_UNIT_MACHINE_H

#include "../../driver/pure.h"

/*
 * Which of two interrupts that are pending is taken first.  Interrupt controllers of
 * ARM and x86 take the timer's first.  The lab's line is made by a timer itself, and
 * what is due first comes first.
 */
enum order { TIMER_FIRST, DUE_FIRST, EDGE_FIRST };

/* What a machine does to interrupts, in ns. */
struct machine {
	enum order order;
	u32 latency_min;	/* from the edge or due time to the time stamp */
	u32 latency_max;
	u32 queued_min;		/* the same for one that waited for another */
	u32 queued_max;
	u32 look_sooner;	/* so much less for a look */
	u32 busy_min;		/* from the time stamp to the next interrupt */
	u32 busy_max;
	u32 read;		/* from the time stamp to reading the line */
	u32 hiccup_ppm;		/* chance that interrupts are held up for longer */
	u32 hiccup_min;
	u32 hiccup_max;
	u32 off_min;		/* windows with interrupts off */
	u32 off_max;
	u32 off_spacing;	/* 1 to 2 times this apart */
	u32 tick_spacing;	/* 0: no ticks */
	u32 tick_min;		/* how long one keeps others waiting */
	u32 tick_max;
};

/* As the lab's, 2 ns an instruction, by the traces of its recorder. */
extern const struct machine machine_lab;

/* Twice as fast. */
extern const struct machine machine_fast;

/* On time, each takes as long. */
extern const struct machine machine_steady;

struct cpu {
	struct machine m;
	u64 rng;
	u64 free_ns;		/* no interrupt before this */
	u64 off_ns;		/* the next window */
	u64 off_end_ns;
	u64 tick_ns;		/* the next tick */
	bool ticked;		/* set by a tick, reset by others */
};

u32 random_below(u64 *rng, u32 limit);

/*
 * An interrupt is pending from @t_ns on and the only one until then: when the CPU
 * accepts an interrupt.  What is pending by then is its choice.
 */
u64 cpu_accepts_ns(struct cpu *cpu, u64 t_ns);

/*
 * When the handler takes its time stamp: of an edge that was pending, or a look
 * that was due, from @t_ns on.
 */
u64 cpu_edge_ns(struct cpu *cpu, u64 t_ns, u64 accepted_ns);
u64 cpu_look_ns(struct cpu *cpu, u64 t_ns, u64 accepted_ns);

/* An interrupt was taken then. */
void cpu_busy(struct cpu *cpu, u64 now_ns);

#endif /* TESTS_UNIT_MACHINE_H */
