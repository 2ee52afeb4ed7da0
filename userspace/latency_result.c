// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-latency: what was measured.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "latency.h"

const char *const latency_measures[MEASURES] = {
	[MEASURE_START] = "start",
	[MEASURE_DRAIN] = "drain",
	[MEASURE_PUBLISH] = "publish",
	[MEASURE_READ] = "read",
	[MEASURE_WHOLE] = "whole",
};

const char *const latency_titles[MEASURES] = {
	[MEASURE_START] = "kick -> drain",
	[MEASURE_DRAIN] = "length of the drain",
	[MEASURE_PUBLISH] = "end of sentence -> fix published",
	[MEASURE_READ] = "fix published -> read()",
	[MEASURE_WHOLE] = "end of sentence -> read()",
};

const char *const latency_stats[STATS] = {
	[STAT_MIN] = "min",
	[STAT_MEAN] = "mean",
	[STAT_P50] = "p50",
	[STAT_P90] = "p90",
	[STAT_P99] = "p99",
	[STAT_P99_9] = "p99.9",
	[STAT_MAX] = "max",
};

/* Percentiles in millionths. */
static const u32 stat_ppm[STATS] = {
	[STAT_P50] = 500000,
	[STAT_P90] = 900000,
	[STAT_P99] = 990000,
	[STAT_P99_9] = 999000,
};

#define COUNTER(name)	{ #name, offsetof(struct latency_cell, name) }

const struct latency_counter latency_counters[] = {
	COUNTER(measured_ns),
	COUNTER(kicks),
	COUNTER(kicks_pending),
	COUNTER(drains),
	COUNTER(drains_empty),
	COUNTER(bytes),
	COUNTER(bytes_max),
	COUNTER(fifo_max),
	COUNTER(overruns),
	COUNTER(hardirq),
	COUNTER(softirq),
	COUNTER(ksoftirqd),
	COUNTER(process),
	COUNTER(cpu_changes),
	COUNTER(fixes),
	COUNTER(fixes_waited),
	COUNTER(records_lost),
	COUNTER(doubtful),
	COUNTER(framing_errors),
	COUNTER(checksum_errors),
};

const size_t latency_counters_n =
	sizeof(latency_counters) / sizeof(latency_counters[0]);

u64 latency_counter(const struct latency_cell *cell, size_t offset)
{
	return *(const u64 *)((const char *)cell + offset);
}

u64 latency_stat(const struct gnss_gpio_hist *h, enum latency_stat stat)
{
	switch (stat) {
	case STAT_MIN:
		return h->min_ns;
	case STAT_MEAN:
		return hist_mean(h);
	case STAT_MAX:
		return h->max_ns;
	default:
		return hist_percentile(h, stat_ppm[stat]);
	}
}

u64 latency_needs(enum latency_stat stat)
{
	return stat_ppm[stat] ? 10ULL * HIST_PPM / (HIST_PPM - stat_ppm[stat]) :
				1;
}

bool latency_few(const struct gnss_gpio_hist *h, enum latency_stat stat)
{
	return h->count < latency_needs(stat);
}

bool latency_differ(u64 a_ns, u64 b_ns)
{
	u64 low = a_ns < b_ns ? a_ns : b_ns;
	u64 high = a_ns < b_ns ? b_ns : a_ns;

	return high > low + low / 16 + 1;
}

/* ---- memory ---- */

static void *grown(void *p, size_t n, size_t size)
{
	p = realloc(p, (n + 1) * size);
	if (!p)
		cli_die("out of memory");
	memset((char *)p + n * size, 0, size);
	return p;
}

struct latency_load *latency_add_load(struct latency_result *r,
				      const char *name)
{
	struct latency_load *load;

	r->loads = grown(r->loads, r->n, sizeof(*r->loads));
	load = &r->loads[r->n++];
	snprintf(load->name, sizeof(load->name), "%s", name);
	return load;
}

struct latency_cell *latency_add_cell(struct latency_load *load,
				      const char *mode)
{
	struct latency_cell *cell;

	load->cells = grown(load->cells, load->n, sizeof(*load->cells));
	cell = &load->cells[load->n++];
	snprintf(cell->mode, sizeof(cell->mode), "%s", mode);
	return cell;
}

void latency_free(struct latency_result *r)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		free(r->loads[i].cells);
	free(r->loads);
	memset(r, 0, sizeof(*r));
}

const struct latency_load *latency_find_load(const struct latency_result *r,
					     const char *name)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (strcmp(r->loads[i].name, name) == 0)
			return &r->loads[i];
	return NULL;
}

const struct latency_cell *latency_find_cell(const struct latency_load *load,
					     const char *mode)
{
	unsigned int i;

	for (i = 0; i < load->n; i++)
		if (strcmp(load->cells[i].mode, mode) == 0)
			return &load->cells[i];
	return NULL;
}

bool latency_drained(const struct latency_cell *cell)
{
	return cell->drains;
}

/* ---- order ---- */

static bool parse_stat(struct latency_sort *sort, const char *key)
{
	unsigned int m, s;
	char text[32];

	for (m = 0; m < MEASURES; m++) {
		for (s = 0; s < STATS; s++) {
			snprintf(text, sizeof(text), "%s.%s",
				 latency_measures[m], latency_stats[s]);
			if (strcmp(text, key) != 0)
				continue;
			sort->by_stat = true;
			sort->measure = m;
			sort->stat = s;
			return true;
		}
	}
	return false;
}

bool latency_sort_parse(struct latency_sort *sort, const char *key)
{
	size_t i;

	*sort = (struct latency_sort){ .key = key };
	if (strcmp(key, "name") == 0 || strcmp(key, "none") == 0 ||
	    parse_stat(sort, key))
		return true;
	for (i = 0; i < latency_counters_n; i++) {
		sort->offset = latency_counters[i].offset;
		if (strcmp(latency_counters[i].name, key) == 0)
			return true;
	}
	return false;
}

static int compare(const struct latency_cell *a, const struct latency_cell *b,
		   const struct latency_sort *sort)
{
	u64 x, y;

	if (strcmp(sort->key, "none") == 0)
		return 0;
	if (strcmp(sort->key, "name") == 0)
		return strcmp(a->mode, b->mode);
	if (sort->by_stat) {
		const struct gnss_gpio_hist *h = &a->hist[sort->measure];
		const struct gnss_gpio_hist *g = &b->hist[sort->measure];

		/* What has no samples comes last. */
		if (!h->count || !g->count)
			return !h->count - !g->count;
		x = latency_stat(h, sort->stat);
		y = latency_stat(g, sort->stat);
	} else {
		x = latency_counter(a, sort->offset);
		y = latency_counter(b, sort->offset);
	}
	return x < y ? -1 : x > y;
}

/* By insertion: stable, and there are a dozen. */
const struct latency_cell **latency_sorted(const struct latency_load *load,
					   const struct latency_sort *sort)
{
	const struct latency_cell **cells;
	unsigned int i, j;

	cells = calloc(load->n + 1, sizeof(*cells));
	if (!cells)
		cli_die("out of memory");
	for (i = 0; i < load->n; i++) {
		for (j = i; j && compare(&load->cells[i], cells[j - 1],
					 sort) < 0; j--)
			cells[j] = cells[j - 1];
		cells[j] = &load->cells[i];
	}
	return cells;
}

void latency_headline(char *text, size_t size, const struct latency_result *r)
{
	snprintf(text, size, "%s (%s%s, %u CPU%s), %u baud, %s receiver",
		 r->kernel, r->preempt_rt ? "PREEMPT_RT, " : "", r->machine,
		 r->cpus, r->cpus == 1 ? "" : "s", r->baud,
		 r->simulated ? "simulated" : "real");
}
