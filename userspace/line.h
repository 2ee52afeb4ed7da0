/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A GPIO line, by libgpiod 1.6 or 2.x.
 */
#ifndef GNSS_GPIO_LINE_H
#define GNSS_GPIO_LINE_H

#include <stdbool.h>

#include "../driver/pure.h"

enum line_use {
	LINE_OUTPUT,		/* begins at 1 */
	LINE_INPUT,
	LINE_EDGES,		/* an input whose edges are recorded */
};

/* An edge, CLOCK_MONOTONIC of its interrupt, and the level after it. */
struct line_edge {
	s64 at_ns;
	bool level;
};

struct line;

/*
 * @word: OFFSET (of gpiochip0), CHIP:OFFSET or the line's own name; CHIP is a
 * number, a name such as gpiochip1, a path or a label.  Takes the line, or the
 * program ends with the reason.
 */
struct line *line_open(const char *word, enum line_use use);
void line_close(struct line *line);

/* For messages: "line 5 of gpiochip0". */
const char *line_name(const struct line *line);
unsigned int line_offset(const struct line *line);

bool line_get(struct line *line);
void line_set(struct line *line, bool level);

/* LINE_EDGES: to poll; and what it has, or NULL if it has none now. */
int line_fd(const struct line *line);
const struct line_edge *line_read(struct line *line);

/* "1.6.3" */
const char *line_library(void);

#endif /* GNSS_GPIO_LINE_H */
