// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-latency: compares the bottom halves of the driver in numbers.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "latency.h"

const char cli_name[] = "gnss-latency";

#define DEFAULT_LOADS		"idle,cpu,rt,softirq,irqoff"
#define DEFAULT_SORT		"start.p99"

/* Below the 50 of interrupt threads, as real-time programs should be. */
#define DEFAULT_RT_PRIORITY	40

struct files {
	const char *from;
	const char *json;
	const char *csv;
	const char *plot;
	const char *baseline;
};

static const char help[] =
"Usage: gnss-latency [--device N] [--modes A,B] [--loads A,B] [--duration S] ...\n"
"       gnss-latency --from FILE [--modes A,B] [--loads A,B] ...\n"
"Compares the bottom halves of the gnss-gpio driver, under load, in numbers.\n"
"\n"
"  --device N       measure on /dev/gnss-fixN, default 0\n"
"  --modes A,B      these bottom halves, default all that the kernel offers\n"
"  --loads A,B      idle, cpu, rt, softirq, irqoff (default: all these),\n"
"                   stress-ng:STRESSOR\n"
"  --duration S     seconds for each bottom half under each load, default 10\n"
"  --settle S       seconds between switching and measuring, default 0.3\n"
"  --rt-priority N  SCHED_FIFO priority of the load rt, default 40\n"
"  --irqoff-us N    longest window of the load irqoff, default 0.28 bit\n"
"  --from FILE      show an earlier run, measure nothing\n"
"  --sort KEY       order of the rows: start.p99 (default), drain.max,\n"
"                   publish.p50, read.mean, whole.p99.9, overruns, name, none ...\n"
"  --baseline FILE  compare with an earlier run\n"
"  --json FILE      write all of it as JSON, for --from and --baseline\n"
"  --csv FILE       write a table for other programs\n"
"  --plot DIR       draw percentile curves into DIR, by gnuplot\n"
"  --help           show this\n";

/* ---- options ---- */

/* "a,b" into a list that ends with NULL. */
static char **split(const char *option, char *text)
{
	char **list = calloc(strlen(text) + 2, sizeof(*list));
	size_t n = 0, i;
	char *word;

	if (!list)
		cli_die("out of memory");
	while ((word = strsep(&text, ","))) {
		if (!*word)
			cli_usage("%s has an empty name in its list", option);
		for (i = 0; i < n; i++)
			if (strcmp(list[i], word) == 0)
				cli_usage("%s names '%s' twice", option, word);
		list[n++] = word;
	}
	return list;
}

/* "0.3" seconds as ms */
static unsigned int seconds(const char *option, const char *text, double min,
			    double max)
{
	double value;
	char *end;

	errno = 0;
	value = strtod(text, &end);
	if (end == text || *end || errno || !(value >= min && value <= max))
		cli_usage("%s must be seconds from %g to %g, not '%s'", option,
			  min, max, text);
	return value * 1000 + 0.5;
}

static void check_loads(char **loads)
{
	for (; *loads; loads++)
		if (!latency_load_known(*loads))
			cli_usage("there is no load '%s'; there are: %s",
				  *loads, latency_load_names);
}

static void check_sort(struct latency_sort *sort, const char *key)
{
	if (!latency_sort_parse(sort, key))
		cli_usage("there is no sort key '%s'; there are start, drain, publish, read, whole with .min .mean .p50 .p90 .p99 .p99.9 .max, the counters of --json, name and none",
			  key);
}

enum {
	OPT_DEVICE = 1, OPT_MODES, OPT_LOADS, OPT_DURATION, OPT_SETTLE,
	OPT_RT_PRIORITY, OPT_IRQOFF_US, OPT_FROM, OPT_SORT, OPT_BASELINE,
	OPT_JSON, OPT_CSV, OPT_PLOT, OPT_HELP
};

static const struct option table[] = {
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "modes", required_argument, NULL, OPT_MODES },
	{ "loads", required_argument, NULL, OPT_LOADS },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "settle", required_argument, NULL, OPT_SETTLE },
	{ "rt-priority", required_argument, NULL, OPT_RT_PRIORITY },
	{ "irqoff-us", required_argument, NULL, OPT_IRQOFF_US },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "sort", required_argument, NULL, OPT_SORT },
	{ "baseline", required_argument, NULL, OPT_BASELINE },
	{ "json", required_argument, NULL, OPT_JSON },
	{ "csv", required_argument, NULL, OPT_CSV },
	{ "plot", required_argument, NULL, OPT_PLOT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 }
};

/* What says how to measure; true if the option was one of these. */
static bool measuring_option(int c, struct latency_options *o)
{
	switch (c) {
	case OPT_DEVICE:
		o->device = cli_number("--device", optarg, 0, 255);
		return true;
	case OPT_DURATION:
		o->duration_ms = seconds("--duration", optarg, 0.1, 1000000);
		return true;
	case OPT_SETTLE:
		o->settle_ms = seconds("--settle", optarg, 0, 1000);
		return true;
	case OPT_RT_PRIORITY:
		o->load.rt_priority = cli_number("--rt-priority", optarg, 1,
						 99);
		return true;
	case OPT_IRQOFF_US:
		o->load.irqoff_us = cli_number("--irqoff-us", optarg, 1,
					       10000);
		return true;
	}
	return false;
}

static void parse_options(int argc, char **argv, struct latency_options *o,
			  struct files *files, struct latency_sort *sort)
{
	const char *measuring = NULL;
	int c;

	while ((c = cli_option(argc, argv, table)) != -1) {
		if (measuring_option(c, o)) {
			measuring = table[c - 1].name;
			continue;
		}
		switch (c) {
		case OPT_MODES:
			o->modes = split("--modes", optarg);
			break;
		case OPT_LOADS:
			o->loads = split("--loads", optarg);
			break;
		case OPT_FROM:
			files->from = optarg;
			break;
		case OPT_SORT:
			check_sort(sort, optarg);
			break;
		case OPT_BASELINE:
			files->baseline = optarg;
			break;
		case OPT_JSON:
			files->json = optarg;
			break;
		case OPT_CSV:
			files->csv = optarg;
			break;
		case OPT_PLOT:
			files->plot = optarg;
			break;
		case OPT_HELP:
			cli_help(help);
		}
	}
	cli_no_more(optind, argc, argv);
	if (files->from && measuring)
		cli_usage("--from measures nothing, --%s does not go with it",
			  measuring);
}

/* ---- files ---- */

static void finish(FILE *f, const char *name)
{
	if (cli_flush(f, name) && fclose(f))
		cli_die("cannot write to %s: %s", name, strerror(errno));
}

static void write_files(const struct files *files,
			const struct latency_result *r)
{
	FILE *f;

	if (files->json) {
		f = cli_create(files->json);
		latency_save(files->json, f, r);
		finish(f, files->json);
	}
	if (files->csv) {
		f = cli_create(files->csv);
		latency_csv(f, r);
		finish(f, files->csv);
	}
	if (files->plot)
		latency_plot(files->plot, r);
}

/* ---- a part of an earlier run ---- */

static bool listed(char *const *list, const char *name)
{
	for (; *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

static void check_loads_of(const struct latency_result *r, char **loads)
{
	for (; *loads; loads++)
		if (!latency_find_load(r, *loads))
			cli_usage("that run has no load '%s'", *loads);
}

static void check_modes_of(const struct latency_result *r, char **modes)
{
	unsigned int i;
	bool found;

	for (; *modes; modes++) {
		for (i = 0, found = false; i < r->n; i++)
			found |= !!latency_find_cell(&r->loads[i], *modes);
		if (!found)
			cli_usage("that run has no bottom half '%s'", *modes);
	}
}

static void select_part(struct latency_result *r, char **loads, char **modes)
{
	struct latency_result part = *r;
	unsigned int i, j;

	part.n = 0;
	part.loads = NULL;
	for (i = 0; i < r->n; i++) {
		struct latency_load *load;

		if (loads && !listed(loads, r->loads[i].name))
			continue;
		load = latency_add_load(&part, r->loads[i].name);
		strcpy(load->what, r->loads[i].what);
		for (j = 0; j < r->loads[i].n; j++) {
			const struct latency_cell *c = &r->loads[i].cells[j];

			if (!modes || listed(modes, c->mode))
				*latency_add_cell(load, c->mode) = *c;
		}
	}
	latency_free(r);
	*r = part;
}

static void show_earlier(const struct latency_options *o, const char *from,
			 struct latency_result *r)
{
	latency_read(from, r);
	if (o->loads)
		check_loads_of(r, o->loads);
	if (o->modes)
		check_modes_of(r, o->modes);
	select_part(r, o->loads, o->modes);
}

/* ---- all of it ---- */

/* The shell shall see that a signal ended us. */
static void __attribute__((noreturn)) die_of(int signal_number)
{
	sigset_t set;

	fprintf(stderr, "%s: interrupted; all is as it was before, no files are written\n",
		cli_name);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	exit(1);
}

/* A run that an error ends. */
static struct {
	const struct files *files;
	const struct latency_result *result;
	const struct latency_sort *sort;
} broken_off;

static void keep_broken_off(void)
{
	latency_run_stop();
	if (!broken_off.result->n)
		return;
	fprintf(stderr, "%s: what was measured before that is kept\n",
		cli_name);
	write_files(broken_off.files, broken_off.result);
	latency_tables(stdout, broken_off.result, broken_off.sort);
	cli_flush(stdout, "standard output");
}

static void measure(struct latency_options *o, const struct files *files,
		    struct latency_result *r, const struct latency_sort *sort)
{
	static char default_loads[] = DEFAULT_LOADS;
	int interrupted;

	if (!o->loads)
		o->loads = split("--loads", default_loads);
	check_loads(o->loads);
	broken_off.files = files;
	broken_off.result = r;
	broken_off.sort = sort;
	cli_last_words = keep_broken_off;
	interrupted = latency_run(o, r);
	cli_last_words = NULL;
	if (!interrupted)
		return;
	if (r->n && r->loads[0].n)
		latency_tables(stdout, r, sort);
	fflush(stdout);
	die_of(interrupted);
}

int main(int argc, char **argv)
{
	struct latency_options options = {
		.duration_ms = 10000,
		.settle_ms = 300,
		.load.rt_priority = DEFAULT_RT_PRIORITY,
	};
	struct latency_result result = { 0 }, baseline = { 0 };
	struct latency_sort sort;
	struct files files = { 0 };

	cli_start();
	latency_sort_parse(&sort, DEFAULT_SORT);
	parse_options(argc, argv, &options, &files, &sort);
	if (files.plot)
		latency_plot_check();
	/* Before the measurement, which could not be kept. */
	cli_outputs(files.json, files.csv);
	if (files.baseline)
		latency_read(files.baseline, &baseline);
	if (files.from)
		show_earlier(&options, files.from, &result);
	else
		measure(&options, &files, &result, &sort);
	write_files(&files, &result);
	latency_tables(stdout, &result, &sort);
	if (files.baseline)
		latency_baseline(stdout, &result, &baseline, &sort);
	cli_flush(stdout, "standard output");
	latency_free(&result);
	latency_free(&baseline);
	free(options.modes);
	free(options.loads);
	return 0;
}
