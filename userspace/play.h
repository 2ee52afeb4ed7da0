/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plays bytes on an output line as a UART sends them: 8N1, least significant bit
 * first.
 */
#ifndef GNSS_GPIO_PLAY_H
#define GNSS_GPIO_PLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "../driver/hist.h"
#include "line.h"

#define PLAY_BAUD_MIN	300
#define PLAY_BAUD_MAX	230400

/* The usual rates, from the lowest on. */
#define PLAY_BAUDS	9
extern const unsigned int play_bauds[PLAY_BAUDS];

/* How an edge came that was due. */
struct play_timing {
	unsigned long bytes;
	unsigned long late;	/* edges late by a quarter of a bit or more */
	unsigned long too_late;	/* by half a bit: bits are read wrong */
	struct gnss_gpio_hist lateness;
};

struct play {
	struct line *line;
	unsigned int baud;
	bool level;
	s64 begin_ns;		/* frames are counted from then */
	s64 awake_ns;		/* since then */
	u64 frames;
	u64 looks;		/* at the clock, while waiting */
	s64 looked_ns;
	struct play_timing timing;
};

/*
 * SCHED_FIFO, below interrupts' threads, and no page faults.  Returns false where
 * it is not permitted.
 */
bool play_real_time(int priority);

void play_init(struct play *p, struct line *line, unsigned int baud);

/*
 * Returns when the last stop bit has begun, so that more can follow back to back, or
 * after the byte in which cli_stop was set.  After a line end there is a rest.
 */
void play_bytes(struct play *p, const void *bytes, size_t n);

/* Returns when the last stop bit is over. */
void play_end(struct play *p);

/* The fastest usual rate at which such edges do not matter, or 0. */
unsigned int play_advice(const struct play_timing *timing);

#endif /* GNSS_GPIO_PLAY_H */
