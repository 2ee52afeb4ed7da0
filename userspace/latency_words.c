// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-latency: what won, in a sentence.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "latency.h"

/* Nobody should ship it, so it does not compete. */
#define REFERENCE	"hardirq"

struct text {
	char *at;
	size_t left;
};

static void __attribute__((format(printf, 2, 3)))
say(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->at, t->left, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= t->left)
		n = t->left ? t->left - 1 : 0;
	t->at += n;
	t->left -= n;
}

static u64 value(const struct latency_cell *c, const struct latency_sort *sort)
{
	return latency_stat(&c->hist[sort->measure], sort->stat);
}

static void say_us(struct text *t, u64 ns)
{
	char us[LATENCY_TEXT];

	say(t, "%s us", latency_us(us, ns));
}

/* "2.4 times", "31 times" */
static void say_times(struct text *t, u64 more, u64 less)
{
	double times = less ? (double)more / less : 0;

	if (!less)
		say(t, "much");
	else
		say(t, times < 9.95 ? "%.1f times" : "%.0f times", times);
}

/* "a", "a and b", "a, b and c" */
static void say_names(struct text *t, const struct latency_cell *const *cells,
		      unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		say(t, "%s%s", i == 0 ? "" : i == n - 1 ? " and " : ", ",
		    cells[i]->mode);
}

static void say_winners(struct text *t, const struct latency_cell *const *cells,
			unsigned int winners, unsigned int n,
			const struct latency_sort *sort)
{
	if (winners < n)
		say_names(t, cells, winners);
	else
		say(t, "none");
	say(t, " won%s (%s, %s: ", winners > 1 ? ", too close to tell apart" :
	    "", latency_titles[sort->measure], latency_stats[sort->stat]);
	say_us(t, value(cells[0], sort));
	if (winners == n) {
		say(t, " to ");
		say_us(t, value(cells[n - 1], sort));
	}
	say(t, ")");
}

static void say_rest(struct text *t, const struct latency_cell *const *cells,
		     unsigned int winners, unsigned int n,
		     const struct latency_sort *sort)
{
	u64 best = value(cells[0], sort);

	if (winners == n)
		return;
	say(t, ", ");
	say_times(t, value(cells[winners], sort), best);
	say(t, " shorter than %s, %s (",
	    winners + 1 == n ? "the other" : "the next", cells[winners]->mode);
	say_us(t, value(cells[winners], sort));
	say(t, ")");
	if (winners + 1 >= n)
		return;
	say(t, ", and ");
	say_times(t, value(cells[n - 1], sort), best);
	say(t, " shorter than the last, %s (", cells[n - 1]->mode);
	say_us(t, value(cells[n - 1], sort));
	say(t, ")");
}

static void say_reference(struct text *t, const struct latency_cell *reference,
			  const struct latency_sort *sort)
{
	if (!reference)
		return;
	say(t, "; %s, the yardstick that nobody should ship, has ",
	    reference->mode);
	say_us(t, value(reference, sort));
}

static void say_overruns(struct text *t,
			 const struct latency_cell *const *cells)
{
	const char *between = "; observations lost: ";

	for (; *cells; cells++) {
		if (!(*cells)->overruns)
			continue;
		say(t, "%s%s %llu", between, (*cells)->mode,
		    (unsigned long long)(*cells)->overruns);
		between = ", ";
	}
}

static void say_starved(struct text *t,
			const struct latency_cell *const *cells)
{
	const char *between = "; not one drain done: ";

	for (; *cells; cells++) {
		if (latency_drained(*cells))
			continue;
		say(t, "%s%s (%llu kicks)", between, (*cells)->mode,
		    (unsigned long long)(*cells)->kicks);
		between = ", ";
	}
}

/* Those that compete, the best first. */
static unsigned int competitors(const struct latency_cell **cells,
				const struct latency_sort *sort,
				const struct latency_cell **reference)
{
	const struct latency_cell **to = cells, **from;

	for (from = cells; *from; from++) {
		if (!(*from)->hist[sort->measure].count)
			continue;
		if (strcmp((*from)->mode, REFERENCE) == 0)
			*reference = *from;
		else
			*to++ = *from;
	}
	return to - cells;
}

static bool any_few(const struct latency_cell *const *cells, unsigned int n,
		    const struct latency_sort *sort)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (latency_few(&cells[i]->hist[sort->measure], sort->stat))
			return true;
	return false;
}

void latency_verdict(char *text, size_t size, const struct latency_load *load,
		     const struct latency_sort *sort)
{
	const struct latency_cell **all, **cells, *reference = NULL;
	struct text t = { text, size };
	struct latency_sort by = *sort;
	unsigned int n, winners = 1;

	if (!by.by_stat)
		latency_sort_parse(&by, "start.p99");
	all = latency_sorted(load, &by);
	cells = latency_sorted(load, &by);
	n = competitors(cells, &by, &reference);
	*text = '\0';
	if (n < 2) {
		say(&t, "nothing to compare");
		say_starved(&t, all);
		say_overruns(&t, all);
		goto out;
	}
	while (winners < n && !latency_differ(value(cells[0], &by),
					      value(cells[winners], &by)))
		winners++;
	say_winners(&t, cells, winners, n, &by);
	say_rest(&t, cells, winners, n, &by);
	say_reference(&t, reference, &by);
	say_starved(&t, all);
	say_overruns(&t, all);
	if (any_few(cells, n, &by))
		say(&t, "; too few samples to rely on that");
out:
	say(&t, ".");
	free(all);
	free(cells);
}
