// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-play: plays NMEA on a GPIO line, as a receiver's TX pin would send it.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "clock.h"
#include "play.h"

const char cli_name[] = "gnss-play";

#define MS_PER_DAY	86400000LL

/* Below threads of interrupts (50) and below gnss-rx. */
#define PRIORITY	40

#define DEFAULT_BAUD	9600

static const char help[] =
"Usage: gnss-play [--baud N] [--realtime] [--loop] LINE [FILE]\n"
"Plays NMEA on a GPIO line, as a GNSS receiver would send it by its TX pin.\n"
"\n"
"  LINE        OFFSET (of gpiochip0), CHIP:OFFSET or the name of the line, as\n"
"              gpioinfo shows them\n"
"  FILE        what to play, default '-', standard input\n"
"  --baud N    rate, 300 to 230400; default 9600\n"
"  --realtime  begin each epoch when the times in the sentences say so; else\n"
"              pause only after lines, for an eighth of their time\n"
"  --loop      begin again at the end, until Ctrl-C\n"
"  --help      show this\n";

struct options {
	const char *line;
	const char *file;	/* for messages */
	unsigned int baud;
	bool realtime;
	bool loop;
};

/* ---- what to play ---- */

struct input {
	int fd;
	char bytes[4096];
	size_t from, n;
};

/*
 * Up to the end of a line, or what there is.  Returns how many bytes, 0 at the end.
 */
static size_t next_line(struct input *in, const struct options *o,
			const char **line)
{
	const char *end;
	ssize_t ret = 1;
	size_t n;

	memmove(in->bytes, in->bytes + in->from, in->n);
	in->from = 0;
	while (!(end = memchr(in->bytes, '\n', in->n)) && ret > 0 && !cli_stop &&
	       in->n < sizeof(in->bytes)) {
		ret = read(in->fd, in->bytes + in->n, sizeof(in->bytes) - in->n);
		if (ret < 0 && errno != EINTR)
			cli_die("cannot read %s: %s", o->file, strerror(errno));
		if (ret > 0)
			in->n += ret;
	}
	n = end ? (size_t)(end + 1 - in->bytes) : in->n;
	*line = in->bytes;
	in->from = n;
	in->n -= n;
	return n;
}

static void begin_again(struct input *in, const struct options *o)
{
	if (lseek(in->fd, 0, SEEK_SET) < 0)
		cli_die("%s cannot be played again, as it is a pipe or a terminal; --loop needs a file",
			o->file);
}

/* ---- when to play it ---- */

struct pace {
	s64 tod_ms;		/* of the epoch that is played, or -1 */
	s64 step_ms;		/* to it from the one before */
	s64 due_ns;		/* when it was due */
	s64 behind_ns;		/* at most */
};

/* Time of day in ms as a sentence tells it, or -1. */
static s64 time_of(const char *line, size_t n)
{
	static const struct {
		char type[4];
		int commas;
	} timed[] = {
		{ "RMC", 1 }, { "GGA", 1 }, { "GNS", 1 }, { "ZDA", 1 },
		{ "GLL", 5 },
	};
	unsigned int h, m, s, i, ms = 0;
	const char *end = line + n;
	int commas = 0;

	if (n < 7 || *line != '$')
		return -1;
	for (i = 0; i < ARRAY_SIZE(timed); i++)
		if (!memcmp(line + 3, timed[i].type, 3))
			commas = timed[i].commas;
	if (!commas)
		return -1;
	while (line < end && commas)
		commas -= *line++ == ',';
	if (end - line < 7 || sscanf(line, "%2u%2u%2u", &h, &m, &s) != 3 ||
	    h > 23 || m > 59 || s > 60)
		return -1;
	if (line[6] == '.')
		for (line += 7, i = 100; i && line < end && *line >= '0' &&
		     *line <= '9'; i /= 10)
			ms += (*line++ - '0') * i;
	return ((h * 60 + m) * 60 + s) * 1000LL + ms;
}

/* Where time jumps, as when a file begins again, epochs go on as they came. */
static void wait_for_epoch(struct pace *pace, s64 tod_ms)
{
	s64 now = clock_now_ns(), step;

	if (tod_ms < 0 || tod_ms == pace->tod_ms)
		return;
	if (pace->tod_ms < 0) {
		pace->due_ns = now;
	} else {
		step = tod_ms - pace->tod_ms;
		if (step < -MS_PER_DAY / 2)
			step += MS_PER_DAY;
		if (step > 0)
			pace->step_ms = step;
		pace->due_ns += pace->step_ms * NSEC_PER_MSEC;
	}
	pace->tod_ms = tod_ms;
	if (now - pace->due_ns > pace->behind_ns)
		pace->behind_ns = now - pace->due_ns;
	while (!cli_stop && clock_now_ns() < pace->due_ns)
		clock_sleep_until(pace->due_ns);
}

/* ---- what became of it ---- */

static void show_progress(const struct play *p, s64 begin_ns)
{
	static s64 shown_ns;
	s64 now = clock_now_ns();

	if (!cli_progress || now - shown_ns < NSEC_PER_SEC)
		return;
	shown_ns = now;
	fprintf(stderr, "\r\033[K%lld s: %lu bytes, edges late by up to %.1f us",
		(long long)((now - begin_ns) / NSEC_PER_SEC), p->timing.bytes,
		p->timing.lateness.max_ns / 1e3);
}

static void report(const struct play *p, s64 ns)
{
	const struct play_timing *t = &p->timing;
	double bit_us = 1e6 / p->baud;

	printf("%lu bytes at %u baud in %.3f s on %s\n", t->bytes, p->baud,
	       ns / 1e9, line_name(p->line));
	printf("%llu edges, late by %.1f us (p50), %.1f us (p99), %.1f us (worst)\n",
	       (unsigned long long)t->lateness.count,
	       hist_percentile(&t->lateness, 500000) / 1e3,
	       hist_percentile(&t->lateness, 990000) / 1e3,
	       t->lateness.max_ns / 1e3);
	printf("%lu edges late by a quarter of a bit (%.1f us) or more\n",
	       t->late, bit_us / 4);
	cli_flush(stdout, "standard output");
}

/* Returns the exit status. */
static int judge(const struct play *p, const struct pace *pace, bool real_time)
{
	unsigned int advice = play_advice(&p->timing);

	if (pace->behind_ns > NSEC_PER_SEC)
		fprintf(stderr, "%s: up to %.1f s behind the times in the sentences: they are more than %u baud carry\n",
			cli_name, pace->behind_ns / 1e9, p->baud);
	if (!p->timing.too_late)
		return 0;
	fprintf(stderr, "%s: too slow for %u baud: %lu edges came half a bit late or more, so bytes are wrong; ",
		cli_name, p->baud, p->timing.too_late);
	if (!real_time)
		fputs("run it as root, for real-time priority\n", stderr);
	else if (advice && advice < p->baud)
		fprintf(stderr, "try --baud %u\n", advice);
	else
		fputs("end what else runs, or try a lower --baud\n", stderr);
	return 1;
}

static int play_file(const struct options *o, struct line *line, int fd)
{
	struct input in = { .fd = fd };
	struct pace pace = { .tod_ms = -1, .step_ms = 1000 };
	bool real_time, any = false;
	static struct play p;
	const char *bytes;
	s64 begin_ns;
	size_t n;

	real_time = play_real_time(PRIORITY);
	if (!real_time)
		fprintf(stderr, "%s: no permission for real-time priority, so edges may be late; root has it\n",
			cli_name);
	play_init(&p, line, o->baud);
	begin_ns = clock_now_ns();
	while (!cli_stop) {
		n = next_line(&in, o, &bytes);
		if (!n && any && o->loop) {
			begin_again(&in, o);
			any = false;
			continue;
		}
		if (!n)
			break;
		any = true;
		if (o->realtime)
			wait_for_epoch(&pace, time_of(bytes, n));
		play_bytes(&p, bytes, n);
		show_progress(&p, begin_ns);
	}
	play_end(&p);
	if (cli_progress)
		fputs("\r\033[K", stderr);
	if (!p.timing.bytes && !cli_stop)
		cli_die("there is nothing to play in %s", o->file);
	report(&p, clock_now_ns() - begin_ns);
	return judge(&p, &pace, real_time);
}

/* ---- options ---- */

enum { OPT_BAUD, OPT_REALTIME, OPT_LOOP, OPT_HELP };

static const struct option option_table[] = {
	{ "baud", required_argument, NULL, OPT_BAUD },
	{ "realtime", no_argument, NULL, OPT_REALTIME },
	{ "loop", no_argument, NULL, OPT_LOOP },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 }
};

static void parse_options(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = cli_option(argc, argv, option_table)) != -1) {
		switch (c) {
		case OPT_BAUD:
			o->baud = cli_number("--baud", optarg, PLAY_BAUD_MIN,
					     PLAY_BAUD_MAX);
			break;
		case OPT_REALTIME:
			o->realtime = true;
			break;
		case OPT_LOOP:
			o->loop = true;
			break;
		case OPT_HELP:
			cli_help(help);
		}
	}
	if (optind == argc)
		cli_usage("the line is missing, see --help");
	o->line = argv[optind++];
	if (optind < argc)
		o->file = argv[optind++];
	cli_no_more(optind, argc, argv);
}

int main(int argc, char **argv)
{
	struct options o = { .baud = DEFAULT_BAUD, .file = "-" };
	struct line *line;
	int fd = 0, status;

	cli_start();
	parse_options(argc, argv, &o);
	if (strcmp(o.file, "-") != 0)
		fd = open(o.file, O_RDONLY | O_CLOEXEC);
	else
		o.file = "standard input";
	if (fd < 0)
		cli_die("cannot read %s: %s", o.file, strerror(errno));
	if (o.loop && lseek(fd, 0, SEEK_CUR) < 0)
		cli_die("--loop needs a file, not a pipe or a terminal");
	line = line_open(o.line, LINE_OUTPUT);
	cli_catch_signals();
	cli_progress = isatty(2);
	status = play_file(&o, line, fd);
	line_close(line);
	if (cli_stop)
		cli_end_stopped();
	return status;
}
