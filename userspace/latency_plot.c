// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-latency: percentile curves, drawn by gnuplot.
 *
 * The x axis is -log10(1 - p): each step to the right is ten times rarer.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "latency.h"

/* Small, so that letters can be read where two pictures share a page. */
#define WIDTH		990
#define HEIGHT		675

/* As far as there are samples, from 99 % to 99.99 %. */
#define X_MAX_LEAST	2.0
#define X_MAX		4.0

/* Between two labels, as a part of the graph's height. */
#define LABEL_GAP	0.047
#define LABEL_TOP	0.985

/* A bottom half looks the same in every picture. */
struct style {
	const char *mode;
	const char *colour;
	const char *dash;
	int point;
};

static const struct style styles[] = {
	{ "hardirq", "#000000", "1", 7 },
	{ "threaded-irq", "#d62728", "1", 9 },
	{ "kthread", "#8c564b", "'-'", 11 },
	{ "softirq", "#ff7f0e", "1", 5 },
	{ "tasklet", "#2ca02c", "1", 13 },
	{ "tasklet-hi", "#7fbf3f", "'-'", 12 },
	{ "workqueue", "#1f5fd0", "1", 6 },
	{ "workqueue-system", "#17a2c4", "'-'", 4 },
	{ "workqueue-highpri", "#0b2f80", "'.'", 8 },
	{ "workqueue-unbound", "#6fa8dc", "'-.'", 10 },
	{ "bh-workqueue", "#8e44ad", "1", 2 },
	{ "bh-workqueue-highpri", "#e15fb0", "'-'", 1 },
};

static const struct style other = { "", "#7f7f7f", "'_'", 3 };

static const struct {
	enum latency_measure measure;
	const char *what;
} pictures[] = {
	{ MEASURE_START, "How long the bottom half waits" },
	{ MEASURE_WHOLE, "How long a fix takes to the program" },
};

/* A curve's end and its label. */
struct label {
	const struct latency_cell *cell;
	const struct gnss_gpio_hist *h;
	unsigned int n;		/* of the curve */
	double x, y;		/* where the curve ends, us */
	double at;		/* height of the label, 0..1 */
};

struct picture {
	FILE *f;
	const struct latency_result *r;
	const struct latency_load *load;
	enum latency_measure measure;
	const char *what;
	double x_max, y_min, y_max;
	struct label *labels;
	unsigned int n;
};

static const struct style *style_of(const char *mode)
{
	size_t i;

	for (i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		if (strcmp(styles[i].mode, mode) == 0)
			return &styles[i];
	return &other;
}

/* Single quotes: nothing in it has a meaning for gnuplot but the quote. */
static void quoted(FILE *f, const char *text)
{
	fputc('\'', f);
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', f);
		fputc(*text, f);
	}
	fputc('\'', f);
}

/* ---- data ---- */

static double x_of(u64 seen, u64 count)
{
	return seen < count ? log10((double)count / (count - seen)) :
			      log10(count);
}

/* Of the curve, what lies between two percentiles. */
static void part_of_step(FILE *f, double from, double to, double low,
			 double high, double us)
{
	if (to < low || from > high)
		return;
	fprintf(f, "%.5f %.4f\n%.5f %.4f\n", from < low ? low : from, us,
		to > high ? high : to, us);
}

static double bucket_us(const struct gnss_gpio_hist *h, unsigned int i)
{
	u64 max = hist_bucket_max(i);

	if (i == GNSS_GPIO_HIST_BUCKETS - 1 || max > h->max_ns)
		max = h->max_ns;
	/* A log axis has no 0. */
	return (max ? max : 1) / 1000.0;
}

static void data_of_curve(FILE *f, const struct gnss_gpio_hist *h, double low,
			  double high)
{
	u64 seen = 0;
	unsigned int i;
	double from, to;

	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS; i++) {
		if (!h->bucket[i])
			continue;
		from = x_of(seen, h->count);
		seen += h->bucket[i];
		to = x_of(seen, h->count);
		part_of_step(f, from, to > from ? to : from, low, high,
			     bucket_us(h, i));
	}
}

/* Markers at the percentiles that the tables tell. */
static void data_of_markers(FILE *f, const struct gnss_gpio_hist *h)
{
	static const enum latency_stat stats[] = {
		STAT_P50, STAT_P90, STAT_P99, STAT_P99_9
	};
	static const double at[] = { 0.30103, 1, 2, 3 };
	size_t i;

	for (i = 0; i < 4; i++)
		if (log10(h->count) >= at[i])
			fprintf(f, "%.5f %.4f\n", at[i],
				latency_stat(h, stats[i]) / 1000.0);
}

/* Ten samples lie beyond. */
static double trusted(const struct gnss_gpio_hist *h)
{
	return h->count > 10 ? log10(h->count / 10.0) : 0;
}

/* Thick as far as it is to be trusted. */
static void data(const struct picture *p)
{
	unsigned int i;

	for (i = 0; i < p->n; i++) {
		const struct gnss_gpio_hist *h = p->labels[i].h;
		double trust = trusted(h);

		fprintf(p->f, "$thick%u << END\n", i);
		data_of_curve(p->f, h, 0, fmin(trust, p->x_max));
		fprintf(p->f, "END\n$thin%u << END\n", i);
		if (trust < p->x_max)
			data_of_curve(p->f, h, trust, p->x_max);
		fprintf(p->f, "END\n$marks%u << END\n", i);
		data_of_markers(p->f, h);
		fputs("END\n", p->f);
	}
}

/* ---- layout ---- */

static double value_at(const struct gnss_gpio_hist *h, double x)
{
	double us = 0;
	u64 seen = 0;
	unsigned int i;

	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS; i++) {
		if (!h->bucket[i])
			continue;
		us = bucket_us(h, i);
		seen += h->bucket[i];
		if (x_of(seen, h->count) >= x)
			break;
	}
	return us;
}

static void find_range(struct picture *p)
{
	unsigned int i;

	p->x_max = X_MAX_LEAST;
	for (i = 0; i < p->n; i++)
		p->x_max = fmax(p->x_max, ceil(log10(p->labels[i].h->count)));
	p->x_max = fmin(p->x_max, X_MAX);
	p->y_min = INFINITY;
	p->y_max = 0;
	for (i = 0; i < p->n; i++) {
		struct label *l = &p->labels[i];

		l->x = fmin(log10(l->h->count), p->x_max);
		l->y = log10(l->h->count) <= p->x_max ?
		       l->h->max_ns / 1000.0 : value_at(l->h, l->x);
		p->y_min = fmin(p->y_min, value_at(l->h, 0));
		p->y_max = fmax(p->y_max, l->y);
	}
	/* Some air, and never less than a decade. */
	p->y_min /= 1.3;
	p->y_max *= 1.3;
	if (p->y_max < 10 * p->y_min) {
		double middle = sqrt(p->y_min * p->y_max);

		p->y_min = middle / sqrt(10);
		p->y_max = middle * sqrt(10);
	}
}

static int by_height(const void *a, const void *b)
{
	const struct label *x = a, *y = b;

	if (x->y != y->y)
		return x->y < y->y ? 1 : -1;
	if (x->h->max_ns != y->h->max_ns)
		return x->h->max_ns < y->h->max_ns ? 1 : -1;
	return strcmp(x->cell->mode, y->cell->mode);
}

/* From the top down, each beside its curve as far as the others leave room. */
static void place_labels(struct picture *p)
{
	double scale = log10(p->y_max / p->y_min), limit = LABEL_TOP;
	unsigned int i;

	qsort(p->labels, p->n, sizeof(*p->labels), by_height);
	for (i = 0; i < p->n; i++) {
		struct label *l = &p->labels[i];

		l->at = fmin(log10(l->y / p->y_min) / scale, limit);
		limit = l->at - LABEL_GAP;
	}
	limit = 1 - LABEL_TOP;
	for (i = p->n; i-- > 0; limit += LABEL_GAP) {
		if (p->labels[i].at >= limit)
			break;
		p->labels[i].at = limit;
	}
}

/* ---- gnuplot ---- */

static void heading(const struct picture *p)
{
	char text[512], machine[256];

	snprintf(text, sizeof(text), "%s: %s, load '%s'", p->what,
		 latency_titles[p->measure], p->load->name);
	fputs("set label 1 ", p->f);
	quoted(p->f, text);
	fputs(" at screen 0.02, 0.965 left font ',19' noenhanced\nset label 2 ",
	      p->f);
	latency_headline(machine, sizeof(machine), p->r);
	quoted(p->f, machine);
	fputs(" at screen 0.02, 0.925 left font ',13' tc rgb '#444444' noenhanced\nset label 3 ",
	      p->f);
	snprintf(text, sizeof(text), "load: %s", p->load->what);
	quoted(p->f, text);
	fputs(" at screen 0.02, 0.895 left font ',13' tc rgb '#444444' noenhanced\n",
	      p->f);
}

static void tick(FILE *f, double us)
{
	static const char * const units[] = { "ns", "us", "ms", "s" };
	double in_unit = us * 1000;
	unsigned int unit = 0;

	while (in_unit > 999 && unit < 3) {
		in_unit /= 1000;
		unit++;
	}
	fprintf(f, "'%g %s' %g", in_unit, units[unit], us);
}

/* Each decade has its label, and where there are but a few, two between. */
static void y_ticks(const struct picture *p)
{
	bool few = p->y_max < 300 * p->y_min;
	int decade, digit;

	fputs("set ytics (", p->f);
	for (decade = -3; decade <= 7; decade++) {
		for (digit = 1; digit < 10; digit++) {
			double us = digit * pow(10, decade);

			fputs(decade == -3 && digit == 1 ? "" : ", ", p->f);
			if (digit == 1 || (few && (digit == 2 || digit == 5)))
				tick(p->f, us);
			else
				fprintf(p->f, "'' %g 1", us);
		}
	}
	fputs(")\n", p->f);
}

static void axes(const struct picture *p)
{
	fprintf(p->f,
		"set lmargin at screen 0.095\n"
		"set rmargin at screen 0.705\n"
		"set tmargin at screen 0.865\n"
		"set bmargin at screen 0.105\n"
		"set logscale y\n"
		"set xrange [0:%g]\n"
		"set yrange [%.6g:%.6g]\n"
		"set xtics ('0 %%%%' 0, '50 %%%%' 0.30103, '90 %%%%' 1, '99 %%%%' 2, '99.9 %%%%' 3, '99.99 %%%%' 4)\n"
		"set grid xtics ytics mytics lt 1 lc rgb '#c8c8c8' lw 1, lt 1 lc rgb '#ececec' lw 1\n"
		"set border 3 lc rgb '#444444'\n"
		"set tics nomirror\n"
		"set xlabel 'percentile: so many are not slower (thin: fewer than 10 samples lie beyond)'\n"
		"set ylabel 'latency (log scale)' offset 0.5\n"
		"unset key\n", p->x_max, p->y_min,
		p->y_max);
	y_ticks(p);
}

/* "12.3 us", "1.2 ms" */
static void duration(char *text, size_t size, u64 ns)
{
	double us = ns / 1000.0;

	if (us < 1000)
		snprintf(text, size, us < 9.95 ? "%.1f us" : "%.0f us", us);
	else
		snprintf(text, size, us < 9950 ? "%.1f ms" : "%.0f ms",
			 us / 1000);
}

/* "tasklet  12.3 us", led to its curve by a line of the curve's kind. */
static void one_label(const struct picture *p, const struct label *l,
		      unsigned int i)
{
	const struct style *s = style_of(l->cell->mode);
	char text[LATENCY_NAME + LATENCY_TEXT + 16], longest[LATENCY_TEXT];

	duration(longest, sizeof(longest), l->h->max_ns);
	snprintf(text, sizeof(text), "%s  %s", l->cell->mode, longest);
	fprintf(p->f,
		"set arrow from first %.5f, first %.5g to graph 1.025, graph %.4f nohead lw 0.8 dt 3 lc rgb '%s'\n"
		"set arrow from graph 1.025, graph %.4f to graph 1.065, graph %.4f nohead lw 2.5 dt %s lc rgb '%s'\n",
		l->x, l->y, l->at, s->colour, l->at, l->at, s->dash,
		s->colour);
	fprintf(p->f, "set label %u ", 10 + i);
	quoted(p->f, text);
	fprintf(p->f,
		" at graph 1.045, graph %.4f left offset 2.2, 0 point pt %d ps 1 lc rgb '%s' tc rgb '%s' font ',13' noenhanced\n",
		l->at, s->point, s->colour, s->colour);
}

static void labels(const struct picture *p)
{
	unsigned int i;

	for (i = 0; i < p->n; i++)
		one_label(p, &p->labels[i], i);
	fputs("set label 4 'bottom half, its longest' at graph 1.025, graph 1.03 left font ',12' tc rgb '#444444'\n",
	      p->f);
}

static void curves(const struct picture *p)
{
	unsigned int i;

	/* Something to begin the list with, beyond the axis. */
	fputs("plot -1 notitle with lines", p->f);
	for (i = 0; i < p->n; i++) {
		const struct gnss_gpio_hist *h = p->labels[i].h;
		const struct style *s = style_of(p->labels[i].cell->mode);

		if (trusted(h) > 0)
			fprintf(p->f, ", $thick%u with lines lw 2.5 dt %s lc rgb '%s'",
				i, s->dash, s->colour);
		if (trusted(h) < p->x_max)
			fprintf(p->f, ", $thin%u with lines lw 1 dt %s lc rgb '%s'",
				i, s->dash, s->colour);
		if (h->count > 1)
			fprintf(p->f, ", $marks%u with points pt %d ps 1 lw 1.5 lc rgb '%s'",
				i, s->point, s->colour);
	}
	fputc('\n', p->f);
}

/* A letter of pngcairo is a third larger than the same one of svg. */
static void output(FILE *f, const char *terminal, int width, int height,
		   const char *path)
{
	fprintf(f,
		"set terminal %s size %d,%d font 'Sans,13' background '#ffffff'\nset output ",
		terminal, width, height);
	quoted(f, path);
	fputc('\n', f);
}

static void draw(struct picture *p, const char *png, const char *svg)
{
	find_range(p);
	place_labels(p);
	data(p);
	heading(p);
	axes(p);
	labels(p);
	output(p->f, "pngcairo", WIDTH * 4 / 3, HEIGHT * 4 / 3, png);
	curves(p);
	output(p->f, "svg", WIDTH, HEIGHT, svg);
	curves(p);
	fputs("unset output\n", p->f);
}

static unsigned int with_samples(struct picture *p)
{
	unsigned int i;

	p->labels = calloc(p->load->n + 1, sizeof(*p->labels));
	if (!p->labels)
		cli_die("out of memory");
	for (i = 0; i < p->load->n; i++) {
		const struct latency_cell *c = &p->load->cells[i];

		if (!c->hist[p->measure].count)
			continue;
		p->labels[p->n].cell = c;
		p->labels[p->n++].h = &c->hist[p->measure];
	}
	return p->n;
}

static void check_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) || !st.st_size)
		cli_die("gnuplot made no %s; is the disk full?", path);
}

static void one_picture(const char *dir, struct picture *p)
{
	char png[PATH_MAX], svg[PATH_MAX];
	int status;

	snprintf(png, sizeof(png), "%s/%s-%s.png", dir, p->load->name,
		 latency_measures[p->measure]);
	snprintf(svg, sizeof(svg), "%s/%s-%s.svg", dir, p->load->name,
		 latency_measures[p->measure]);
	/* Of an earlier run; gnuplot that fails shall not leave them. */
	unlink(png);
	unlink(svg);
	fflush(NULL);
	p->f = popen("gnuplot -d", "w");
	if (!p->f)
		cli_die("cannot start gnuplot: %s", strerror(errno));
	draw(p, png, svg);
	status = pclose(p->f);
	if (status)
		cli_die("gnuplot failed to draw %s", png);
	check_file(png);
	check_file(svg);
}

bool latency_in_path(const char *program)
{
	const char *path = getenv("PATH") ?: "/usr/bin:/bin";
	char file[PATH_MAX];
	size_t length;

	for (; ; path += length + 1) {
		length = strcspn(path, ":");
		snprintf(file, sizeof(file), "%.*s/%s", (int)length, path,
			 program);
		if (access(file, X_OK) == 0)
			return true;
		if (!path[length])
			return false;
	}
}

void latency_plot_check(void)
{
	if (!latency_in_path("gnuplot"))
		cli_die("--plot needs gnuplot; type: apt-get install gnuplot-nox");
}

void latency_plot(const char *dir, const struct latency_result *r)
{
	unsigned int i, j;

	if (mkdir(dir, 0777) && errno != EEXIST)
		cli_die("cannot make the folder %s: %s", dir, strerror(errno));
	for (i = 0; i < r->n; i++) {
		for (j = 0; j < sizeof(pictures) / sizeof(pictures[0]); j++) {
			struct picture p = {
				.r = r,
				.load = &r->loads[i],
				.measure = pictures[j].measure,
				.what = pictures[j].what,
			};

			if (with_samples(&p))
				one_picture(dir, &p);
			free(p.labels);
		}
	}
}
