/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of gnss-latency.
 */
#ifndef GNSS_GPIO_LATENCY_H
#define GNSS_GPIO_LATENCY_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../driver/hist.h"

#define LATENCY_NAME	32

/* The durations that are measured. */
enum latency_measure {
	MEASURE_START,		/* kick -> drain entered */
	MEASURE_DRAIN,		/* length of the drain */
	MEASURE_PUBLISH,	/* end of sentence -> fix published */
	MEASURE_READ,		/* fix published -> read() returned */
	MEASURE_WHOLE,		/* end of sentence -> read() returned */
	MEASURES
};

/* What is told of each. */
enum latency_stat {
	STAT_MIN,
	STAT_MEAN,
	STAT_P50,
	STAT_P90,
	STAT_P99,
	STAT_P99_9,
	STAT_MAX,
	STATS
};

/* One bottom half under one load. */
struct latency_cell {
	char mode[LATENCY_NAME];
	u64 measured_ns;
	u64 kicks;
	u64 kicks_pending;
	u64 drains;
	u64 drains_empty;
	u64 bytes;
	u64 bytes_max;
	u64 fifo_max;
	u64 overruns;
	u64 hardirq;
	u64 softirq;
	u64 ksoftirqd;
	u64 process;
	u64 cpu_changes;
	u64 fixes;
	u64 fixes_waited;
	u64 records_lost;
	u64 doubtful;
	u64 framing_errors;
	u64 checksum_errors;
	struct gnss_gpio_hist hist[MEASURES];
};

struct latency_load {
	char name[LATENCY_NAME];
	char what[160];
	unsigned int n;
	struct latency_cell *cells;
};

/* All of a run. */
struct latency_result {
	char kernel[72];
	char machine[72];
	bool preempt_rt;
	bool simulated;
	unsigned int cpus;
	unsigned int baud;
	unsigned int duration_ms;
	unsigned int settle_ms;
	unsigned int n;
	struct latency_load *loads;
};

/* By what the rows of a table are sorted. */
struct latency_sort {
	const char *key;
	bool by_stat;		/* else by the counter at @offset, or by name */
	enum latency_measure measure;
	enum latency_stat stat;
	size_t offset;
};

/* ---- the result: latency_result.c ---- */

/* "start", "drain", ...: as in --sort, JSON and CSV. */
extern const char *const latency_measures[MEASURES];

/* What it means, for people. */
extern const char *const latency_titles[MEASURES];

/* "min", "mean", "p50", ... */
extern const char *const latency_stats[STATS];

/* The counters of a cell, by name. */
struct latency_counter {
	const char *name;
	size_t offset;
};

extern const struct latency_counter latency_counters[];
extern const size_t latency_counters_n;

u64 latency_counter(const struct latency_cell *cell, size_t offset);

/* ns; 0 of a distribution that is empty */
u64 latency_stat(const struct gnss_gpio_hist *h, enum latency_stat stat);

/* So many samples a figure needs to be trusted: 10 / (1 - p). */
u64 latency_needs(enum latency_stat stat);

bool latency_few(const struct gnss_gpio_hist *h, enum latency_stat stat);

/* More than the width of a bucket. */
bool latency_differ(u64 a_ns, u64 b_ns);

struct latency_load *latency_add_load(struct latency_result *r,
				      const char *name);
struct latency_cell *latency_add_cell(struct latency_load *load,
				      const char *mode);
const struct latency_load *latency_find_load(const struct latency_result *r,
					     const char *name);
const struct latency_cell *latency_find_cell(const struct latency_load *load,
					     const char *mode);

/* False for a bottom half that was kept from running, or from getting done. */
bool latency_drained(const struct latency_cell *cell);
void latency_free(struct latency_result *r);

/* False if there is no such key. */
bool latency_sort_parse(struct latency_sort *sort, const char *key);

/* The cells in order; to be freed. */
const struct latency_cell **latency_sorted(const struct latency_load *load,
					   const struct latency_sort *sort);

/* "6.12.1-arm64 (PREEMPT_RT, aarch64, 2 CPUs), 38400 baud, simulated ..." */
void latency_headline(char *text, size_t size, const struct latency_result *r);

/* ---- tables and words: latency_report.c, latency_words.c ---- */

void latency_tables(FILE *f, const struct latency_result *r,
		    const struct latency_sort *sort);
void latency_baseline(FILE *f, const struct latency_result *r,
		      const struct latency_result *old,
		      const struct latency_sort *sort);
void latency_csv(FILE *f, const struct latency_result *r);

/* "12.3", microseconds. */
#define LATENCY_TEXT	24
char *latency_us(char *text, u64 ns);

/* One sentence: what won under this load and by how much. */
void latency_verdict(char *text, size_t size, const struct latency_load *load,
		     const struct latency_sort *sort);

/* ---- files: latency_json.c ---- */

void latency_save(const char *name, FILE *f, const struct latency_result *r);
void latency_read(const char *name, struct latency_result *r);

/* ---- pictures: latency_plot.c ---- */

/* Ends the program if there is no gnuplot. */
void latency_plot_check(void);
void latency_plot(const char *dir, const struct latency_result *r);

/* Is there such a program? */
bool latency_in_path(const char *program);

/* ---- loads: latency_load.c ---- */

struct latency_load_options {
	unsigned int rt_priority;
	unsigned int irqoff_us;		/* 0: by the baud rate */
	unsigned int baud;
	char sim[PATH_MAX];		/* its folder in sysfs; "": a real receiver */
};

/* The names for a message. */
extern const char latency_load_names[];

/* Is there such a load?  Ends the program if it lacks a program. */
bool latency_load_known(const char *name);
bool latency_load_needs_sim(const char *name);

/* How the load is made, for people. */
void latency_load_what(char *text, size_t size, const char *name,
		       const struct latency_load_options *o);

/* Returns when it is seen running; ends the program if it does not. */
void latency_load_start(const char *name, const struct latency_load_options *o);

/* Ends the program if a part of the load has ended. */
void latency_load_check(void);

/* Also puts the simulator's knobs back. */
void latency_load_stop(void);

/* ---- the run: latency_run.c, latency_device.c ---- */

struct latency_options {
	unsigned int device;
	unsigned int duration_ms;
	unsigned int settle_ms;
	char **modes;			/* NULL: all there are */
	char **loads;
	struct latency_load_options load;
};

/*
 * Fills in @r with each bottom half that is done, so that on Ctrl-C and on
 * errors, which end the program, it holds what was measured until then.  What
 * was changed is put back in any case.
 *
 * Return: the signal that interrupted it, or 0.
 */
int latency_run(struct latency_options *o, struct latency_result *r);

/* Ends the load, and puts back what was changed; also called at exit. */
void latency_run_stop(void);

#endif /* GNSS_GPIO_LATENCY_H */
