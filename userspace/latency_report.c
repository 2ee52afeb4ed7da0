// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-latency: tables and CSV.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "latency.h"

#define MODE_WIDTH	20
#define LINE_WIDTH	110

char *latency_us(char *text, u64 ns)
{
	unsigned long long tenths = (ns + 50) / 100;

	if (tenths < 10000)
		snprintf(text, LATENCY_TEXT, "%llu.%llu", tenths / 10,
			 tenths % 10);
	else
		snprintf(text, LATENCY_TEXT, "%llu",
			 (unsigned long long)(ns + 500) / 1000);
	return text;
}

static void show_stat(FILE *f, int width, const struct gnss_gpio_hist *h,
		      enum latency_stat stat)
{
	char text[LATENCY_TEXT];

	if (!h->count)
		fprintf(f, "%*s ", width - 1, "-");
	else
		fprintf(f, "%*s%c", width - 1,
			latency_us(text, latency_stat(h, stat)),
			latency_few(h, stat) ? '~' : ' ');
}

/* All of a measure, or what is chosen, in columns of nine. */
static void show_stats(FILE *f, const struct gnss_gpio_hist *h,
		       const enum latency_stat *stats, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		show_stat(f, 9, h, stats[i]);
}

static const enum latency_stat all_stats[] = {
	STAT_MIN, STAT_MEAN, STAT_P50, STAT_P90, STAT_P99, STAT_P99_9, STAT_MAX
};

static const enum latency_stat drain_stats[] = { STAT_P50, STAT_MAX };
static const enum latency_stat fix_stats[] = { STAT_P50, STAT_P99 };

#define SHOW(f, cell, measure, stats) \
	show_stats(f, &(cell)->hist[measure], stats, \
		   sizeof(stats) / sizeof(stats[0]))

/* Headings of columns of nine, whose last place is for the mark. */
static void show_heads(FILE *f, const enum latency_stat *stats, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fprintf(f, "%8s ", latency_stats[stats[i]]);
}

#define HEADS(f, stats) \
	show_heads(f, stats, sizeof(stats) / sizeof(stats[0]))

static void bottom_half_table(FILE *f, const struct latency_cell *const *cells)
{
	fprintf(f, "%-*s %8s      %s%*s%s\n", MODE_WIDTH, "", "",
		"kick -> drain entered, us", 36, "", "drain's length, us");
	fprintf(f, "%-*s %8s", MODE_WIDTH, "bottom half", "samples");
	HEADS(f, all_stats);
	fputc(' ', f);
	HEADS(f, drain_stats);
	fputc('\n', f);
	for (; *cells; cells++) {
		if (!latency_drained(*cells)) {
			fprintf(f, "%-*s not one drain done: %llu kicks, %llu overruns\n",
				MODE_WIDTH, (*cells)->mode,
				(unsigned long long)(*cells)->kicks,
				(unsigned long long)(*cells)->overruns);
			continue;
		}
		fprintf(f, "%-*s %8llu", MODE_WIDTH, (*cells)->mode,
			(unsigned long long)(*cells)->hist[MEASURE_START].count);
		SHOW(f, *cells, MEASURE_START, all_stats);
		fputc(' ', f);
		SHOW(f, *cells, MEASURE_DRAIN, drain_stats);
		fputc('\n', f);
	}
}

/* Per cent of the drains. */
static void show_share(FILE *f, u64 part, u64 whole)
{
	double percent = whole ? 100.0 * part / whole : 0;

	if (!part)
		fprintf(f, " %4s", ".");
	else if (percent < 0.5)
		fprintf(f, " %4s", "<1");
	else
		fprintf(f, " %4.0f", percent);
}

static void way_table(FILE *f, const struct latency_cell *const *cells)
{
	fprintf(f, "%-*s %5s %17s %17s  %5s %5s %5s %5s %19s %6s\n",
		MODE_WIDTH, "", "", "sentence->fix, us", "fix->read(), us",
		"found", "bytes", "fifo", "over-", "drains in, %", "CPU");
	fprintf(f, "%-*s %5s", MODE_WIDTH, "bottom half", "fixes");
	HEADS(f, fix_stats);
	HEADS(f, fix_stats);
	fprintf(f, "  %5s %5s %5s %5s %4s %4s %4s %4s %6s\n", "pend%", "max",
		"max", "runs", "hard", "soft", "ksof", "proc", "moves");
	for (; *cells; cells++) {
		const struct latency_cell *c = *cells;
		double pending = c->kicks ?
				 100.0 * c->kicks_pending / c->kicks : 0;

		fprintf(f, "%-*s %5llu", MODE_WIDTH, c->mode,
			(unsigned long long)c->hist[MEASURE_READ].count);
		SHOW(f, c, MEASURE_PUBLISH, fix_stats);
		SHOW(f, c, MEASURE_READ, fix_stats);
		fprintf(f, "  %5.1f %5llu %5llu %5llu", pending,
			(unsigned long long)c->bytes_max,
			(unsigned long long)c->fifo_max,
			(unsigned long long)c->overruns);
		show_share(f, c->hardirq, c->drains);
		show_share(f, c->softirq, c->drains);
		show_share(f, c->ksoftirqd, c->drains);
		show_share(f, c->process, c->drains);
		fprintf(f, " %6llu\n", (unsigned long long)c->cpu_changes);
	}
}

/* ---- what is to be said of a table ---- */

/* Lines of the width of a table. */
static void show_wrapped(FILE *f, const char *text)
{
	int column = 0, length;

	for (; *text; text += length + !!text[length]) {
		length = strcspn(text, " ");
		if (column && column + 1 + length > LINE_WIDTH) {
			fputs("\n ", f);
			column = 1;
		}
		column += fprintf(f, "%s%.*s", column ? " " : "", length, text);
	}
	fputc('\n', f);
}

static bool any_few(const struct latency_load *load)
{
	unsigned int i, m;

	for (i = 0; i < load->n; i++) {
		const struct gnss_gpio_hist *h = load->cells[i].hist;

		if (latency_few(&h[MEASURE_START], STAT_P99_9))
			return true;
		for (m = MEASURE_PUBLISH; m <= MEASURE_READ; m++)
			if (latency_few(&h[m], STAT_P99))
				return true;
	}
	return false;
}

/* Seconds that give the samples for a figure, or 0 if none ever come. */
static u64 seconds_for(const struct latency_load *load,
		       enum latency_measure measure, enum latency_stat stat)
{
	u64 worst = 0;
	unsigned int i;

	for (i = 0; i < load->n; i++) {
		const struct latency_cell *c = &load->cells[i];
		u64 count = c->hist[measure].count;
		double s;

		if (!count)
			continue;
		s = (double)c->measured_ns * latency_needs(stat) / count / 1e9;
		if (ceil(s) > worst)
			worst = ceil(s);
	}
	return worst;
}

static void say_few(FILE *f, const struct latency_load *load)
{
	u64 start = seconds_for(load, MEASURE_START, STAT_P99_9);
	u64 read_p50 = seconds_for(load, MEASURE_READ, STAT_P50);
	u64 read_p99 = seconds_for(load, MEASURE_READ, STAT_P99);
	char text[256];

	snprintf(text, sizeof(text),
		 "~ too few samples to trust it: a percentile p needs 10/(1-p), that is p50 20, p90 100, p99 1000, p99.9 10000.");
	show_wrapped(f, text);
	snprintf(text, sizeof(text),
		 "  At this rate it takes --duration %llu for all of kick -> drain, %llu for a fix's p50 and %llu for its p99.",
		 (unsigned long long)start, (unsigned long long)read_p50,
		 (unsigned long long)read_p99);
	if (start && read_p99)
		show_wrapped(f, text);
	else
		fputs("  No fixes came; are the sentences whole?\n", f);
}

static void say_losses(FILE *f, const struct latency_load *load)
{
	unsigned int i;

	for (i = 0; i < load->n; i++) {
		const struct latency_cell *c = &load->cells[i];

		if (!c->doubtful && !c->framing_errors && !c->checksum_errors &&
		    !c->records_lost)
			continue;
		fprintf(f, "%s: %llu bytes doubtful, %llu framing errors, %llu checksum errors, %llu records not read in time\n",
			c->mode, (unsigned long long)c->doubtful,
			(unsigned long long)c->framing_errors,
			(unsigned long long)c->checksum_errors,
			(unsigned long long)c->records_lost);
	}
}

static void load_tables(FILE *f, const struct latency_load *load,
			const struct latency_sort *sort)
{
	const struct latency_cell **cells = latency_sorted(load, sort);
	char words[1024], line[1024 + LATENCY_NAME + 4];

	fprintf(f, "\nload %s: %s\n\n", load->name, load->what);
	bottom_half_table(f, cells);
	fputc('\n', f);
	way_table(f, cells);
	fputc('\n', f);
	if (any_few(load))
		say_few(f, load);
	say_losses(f, load);
	latency_verdict(words, sizeof(words), load, sort);
	snprintf(line, sizeof(line), "%s: %s", load->name, words);
	show_wrapped(f, line);
	free(cells);
}

void latency_tables(FILE *f, const struct latency_result *r,
		    const struct latency_sort *sort)
{
	char text[256];
	unsigned int i;

	latency_headline(text, sizeof(text), r);
	fprintf(f, "%s\n%g s for each figure, sorted by %s\n", text,
		r->duration_ms / 1000.0, sort->key);
	for (i = 0; i < r->n; i++)
		if (r->loads[i].n)
			load_tables(f, &r->loads[i], sort);
}

/* ---- against an earlier run ---- */

static const struct {
	enum latency_measure measure;
	enum latency_stat stat;
} compared[] = {
	{ MEASURE_START, STAT_P50 },
	{ MEASURE_START, STAT_P99 },
	{ MEASURE_START, STAT_MAX },
	{ MEASURE_PUBLISH, STAT_P99 },
	{ MEASURE_WHOLE, STAT_P99 },
};

#define COMPARED	(sizeof(compared) / sizeof(compared[0]))

static void show_change(FILE *f, const struct latency_cell *c,
			const struct latency_cell *old, size_t i)
{
	const struct gnss_gpio_hist *new_h = &c->hist[compared[i].measure];
	const struct gnss_gpio_hist *old_h;
	char now[LATENCY_TEXT];
	u64 a, b;

	if (!old || !new_h->count ||
	    !(old_h = &old->hist[compared[i].measure])->count) {
		fprintf(f, " %8s %7s ", "-", "-");
		return;
	}
	a = latency_stat(old_h, compared[i].stat);
	b = latency_stat(new_h, compared[i].stat);
	fprintf(f, " %8s", latency_us(now, b));
	if (!a)
		fprintf(f, " %7s", "-");
	else
		fprintf(f, " %+6.0f%%", 100.0 * b / a - 100);
	fputc(latency_differ(a, b) ? '!' : ' ', f);
}

static void baseline_table(FILE *f, const struct latency_load *load,
			   const struct latency_load *old,
			   const struct latency_sort *sort)
{
	const struct latency_cell **cells = latency_sorted(load, sort), **c;
	char head[32];
	size_t i;

	fprintf(f, "\n%-*s", MODE_WIDTH, load->name);
	for (i = 0; i < COMPARED; i++) {
		snprintf(head, sizeof(head), "%s %s",
			 latency_measures[compared[i].measure],
			 latency_stats[compared[i].stat]);
		fprintf(f, " %16s ", head);
	}
	fputc('\n', f);
	for (c = cells; *c; c++) {
		fprintf(f, "%-*s", MODE_WIDTH, (*c)->mode);
		for (i = 0; i < COMPARED; i++)
			show_change(f, *c, latency_find_cell(old, (*c)->mode),
				    i);
		fputc('\n', f);
	}
	free(cells);
}

void latency_baseline(FILE *f, const struct latency_result *r,
		      const struct latency_result *old,
		      const struct latency_sort *sort)
{
	char now[256], then[256];
	unsigned int i;

	latency_headline(now, sizeof(now), r);
	latency_headline(then, sizeof(then), old);
	fprintf(f, "\nagainst the baseline, us and change; ! more than the 1/16 that a bucket is wide\n");
	if (strcmp(now, then) != 0)
		fprintf(f, "the baseline is of another machine: %s\n", then);
	for (i = 0; i < r->n; i++) {
		const struct latency_load *load = &r->loads[i];
		const struct latency_load *before;

		before = latency_find_load(old, load->name);
		if (before)
			baseline_table(f, load, before, sort);
		else
			fprintf(f, "\n%s: not in the baseline\n", load->name);
	}
}

/* ---- CSV ---- */

static void csv_header(FILE *f)
{
	unsigned int m, s;
	size_t i;

	fputs("kernel,preempt_rt,machine,cpus,baud,load,bottom_half", f);
	for (i = 0; i < latency_counters_n; i++)
		fprintf(f, ",%s", latency_counters[i].name);
	for (m = 0; m < MEASURES; m++) {
		fprintf(f, ",%s_count", latency_measures[m]);
		for (s = 0; s < STATS; s++)
			fprintf(f, ",%s_%s_ns", latency_measures[m],
				latency_stats[s]);
	}
	fputc('\n', f);
}

static void csv_row(FILE *f, const struct latency_result *r,
		    const struct latency_load *load,
		    const struct latency_cell *c)
{
	unsigned int m, s;
	size_t i;

	fprintf(f, "%s,%d,%s,%u,%u,%s,%s", r->kernel, r->preempt_rt,
		r->machine, r->cpus, r->baud, load->name, c->mode);
	for (i = 0; i < latency_counters_n; i++)
		fprintf(f, ",%llu", (unsigned long long)
			latency_counter(c, latency_counters[i].offset));
	for (m = 0; m < MEASURES; m++) {
		fprintf(f, ",%llu", (unsigned long long)c->hist[m].count);
		for (s = 0; s < STATS; s++)
			fprintf(f, c->hist[m].count ? ",%llu" : ",",
				(unsigned long long)
				latency_stat(&c->hist[m], s));
	}
	fputc('\n', f);
}

void latency_csv(FILE *f, const struct latency_result *r)
{
	unsigned int i, j;

	csv_header(f);
	for (i = 0; i < r->n; i++)
		for (j = 0; j < r->loads[i].n; j++)
			csv_row(f, r, &r->loads[i], &r->loads[i].cells[j]);
}
