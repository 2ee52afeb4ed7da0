// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-rx: receives NMEA on a GPIO line in user space: edges, as the kernel's GPIO
 * interface records them, and the driver's decoder.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../driver/uart_nmea.h"
#include "cli.h"
#include "clock.h"
#include "line.h"
#include "play.h"

const char cli_name[] = "gnss-rx";

/* Below threads of interrupts (50), above gnss-play. */
#define PRIORITY	45

#define DEFAULT_BAUD	9600

/*
 * The line has rested when there is no edge for so many bits, and some time for
 * the edge to get here.
 */
#define REST_BITS	22
#define EDGE_TAKES_NS	(2 * NSEC_PER_MSEC)

static const char help[] =
"Usage: gnss-rx [--baud N] [--checked] [--pty] [--stats] LINE\n"
"Receives NMEA on a GPIO line, without the driver; Ctrl-C ends it.\n"
"\n"
"  LINE        OFFSET (of gpiochip0), CHIP:OFFSET or the name of the line, as\n"
"              gpioinfo shows them\n"
"  --baud N    rate, 300 to 230400; default 9600\n"
"  --checked   write only sentences with the right checksum, repaired ones too\n"
"  --pty       write to a new terminal, for gpsd, and its name to standard output\n"
"  --stats     at the end, tell on standard error what became of the edges\n"
"  --help      show this\n";

struct options {
	const char *line;
	unsigned int baud;
	bool checked;
	bool pty;
	bool stats;
};

static struct {
	const struct options *o;
	struct uart uart;
	struct nmea parser;
	int out;		/* of the terminal, or -1: standard output */
	int slave;		/* keeps the terminal when nobody else does */
	bool level;		/* after the last edge */
	bool begun;
	bool reader_gone;	/* of standard output */
	s64 edge_ns;
	u8 flags;		/* for the next observation */
	unsigned long edges, gaps, bytes, good, doubtful, bad, unread;
} rx = { .out = -1 };

/* ---- where it goes ---- */

static void write_out(const void *bytes, size_t n)
{
	ssize_t ret;

	if (rx.out < 0) {
		fwrite(bytes, 1, n, stdout);
		return;
	}
	ret = write(rx.out, bytes, n);
	/* Nobody reads, as with a UART that nobody has opened. */
	if (ret < (ssize_t)n)
		rx.unread += n - (ret > 0 ? ret : 0);
}

static void take_sentence(void *ctx, const struct nmea_sentence *sentence)
{
	(void)ctx;
	if (rx.o->checked && nmea_verified(sentence->verdict))
		write_out(sentence->text, sentence->len);
}

static void take_fix(void *ctx, const struct gnss_gpio_fix *fix)
{
	(void)ctx;
	(void)fix;
}

static void take_byte(void *ctx, const struct uart_byte *byte)
{
	(void)ctx;
	if (byte->flags & UART_BREAK)
		return;
	rx.bytes++;
	if (byte->flags & UART_FRAMING_ERROR)
		rx.bad++;
	else if (byte->flags & UART_DOUBTFUL)
		rx.doubtful++;
	else
		rx.good++;
	if (!rx.o->checked)
		write_out(&byte->value, 1);
	nmea_feed_frame(&rx.parser, byte);
}

/* A terminal that passes bytes as they are. */
static void open_terminal(void)
{
	struct termios raw;
	const char *name;

	rx.out = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (rx.out < 0 || grantpt(rx.out) || unlockpt(rx.out))
		cli_die("cannot make a terminal: %s", strerror(errno));
	name = ptsname(rx.out);
	rx.slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (rx.slave < 0 || tcgetattr(rx.slave, &raw))
		cli_die("cannot open %s: %s", name, strerror(errno));
	cfmakeraw(&raw);
	tcsetattr(rx.slave, TCSANOW, &raw);
	puts(name);
	cli_flush(stdout, "standard output");
}

/* What is written to the terminal would go to the receiver. */
static void discard_input(void)
{
	char bytes[256];

	while (read(rx.out, bytes, sizeof(bytes)) > 0)
		;
}

/* ---- the line ---- */

/*
 * Whatever makes an interrupt late here is not seen, so each counts as one that may
 * be.
 */
static void observe(s64 at_ns, bool level, u8 flags)
{
	struct uart_obs obs = {
		.at_ns = at_ns,
		.flags = flags | rx.flags | UART_OBS_RISES | UART_OBS_BUSY |
			 (level ? UART_OBS_LEVEL : 0),
	};

	uart_feed(&rx.uart, &obs);
	rx.flags = 0;
	rx.level = level;
}

/* Edges alternate; where they do not, the kernel had no place for some. */
static void take_edge(const struct line_edge *edge)
{
	rx.edges++;
	if (rx.begun && edge->level == rx.level) {
		rx.gaps++;
		rx.flags |= UART_OBS_LOST;
	}
	rx.begun = true;
	rx.edge_ns = edge->at_ns;
	observe(edge->at_ns, edge->level, 0);
}

static bool take_edges(struct line *line)
{
	const struct line_edge *edge;
	bool any = false;

	while ((edge = line_read(line))) {
		take_edge(edge);
		any = true;
	}
	return any;
}

static void look(struct line *line)
{
	s64 now = clock_now_ns();
	bool level = line_get(line);

	/* An edge meanwhile, and nobody knows which of both was first. */
	if (!take_edges(line))
		observe(now, level, UART_OBS_LOOK);
}

static void receive(struct line *line)
{
	s64 rest_ns = REST_BITS * NSEC_PER_SEC / rx.o->baud + EDGE_TAKES_NS;
	struct pollfd p[] = {
		{ .fd = line_fd(line), .events = POLLIN },
		{ .fd = rx.out, .events = POLLIN },
	};
	bool rested = true;
	int ret;

	look(line);
	while (!cli_stop && !rx.reader_gone) {
		ret = poll(p, 2, rested ? -1 : rest_ns / NSEC_PER_MSEC + 1);
		if (ret > 0 && p[1].revents)
			discard_input();
		if (ret > 0 && p[0].revents)
			rested = !take_edges(line) && rested;
		if (!rested && clock_now_ns() - rx.edge_ns > rest_ns) {
			look(line);
			rested = clock_now_ns() - rx.edge_ns > rest_ns;
			if (nmea_epoch_open(&rx.parser))
				nmea_silence(&rx.parser);
			if (rx.out < 0)
				rx.reader_gone = !cli_flush(stdout, "standard output");
		}
	}
}

static void show_stats(void)
{
	const struct nmea_stats *s = &rx.parser.stats;

	fprintf(stderr,
		"%lu edges, %lu gaps among them; libgpiod %s\n"
		"%lu bytes: %lu good, %lu doubtful, %lu framing errors\n"
		"%lu sentences with the right checksum, %lu of them repaired; %lu without\n",
		rx.edges, rx.gaps, line_library(), rx.bytes, rx.good,
		rx.doubtful, rx.bad, s->sentences, s->repaired,
		s->checksum_errors + s->no_checksum + s->garbled + s->too_long +
		s->ambiguous);
	if (rx.unread)
		fprintf(stderr, "%lu bytes that nobody read at the terminal\n",
			rx.unread);
}

/* ---- options ---- */

enum { OPT_BAUD, OPT_CHECKED, OPT_PTY, OPT_STATS, OPT_HELP };

static const struct option option_table[] = {
	{ "baud", required_argument, NULL, OPT_BAUD },
	{ "checked", no_argument, NULL, OPT_CHECKED },
	{ "pty", no_argument, NULL, OPT_PTY },
	{ "stats", no_argument, NULL, OPT_STATS },
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
		case OPT_CHECKED:
			o->checked = true;
			break;
		case OPT_PTY:
			o->pty = true;
			break;
		case OPT_STATS:
			o->stats = true;
			break;
		case OPT_HELP:
			cli_help(help);
		}
	}
	if (optind == argc)
		cli_usage("the line is missing, see --help");
	o->line = argv[optind++];
	cli_no_more(optind, argc, argv);
}

int main(int argc, char **argv)
{
	struct options o = { .baud = DEFAULT_BAUD };
	struct line *line;

	cli_start();
	parse_options(argc, argv, &o);
	rx.o = &o;
	line = line_open(o.line, LINE_EDGES);
	if (o.pty)
		open_terminal();
	cli_catch_signals();
	if (!play_real_time(PRIORITY))
		fprintf(stderr, "%s: no permission for real-time priority, so edges may be lost; root has it\n",
			cli_name);
	uart_init(&rx.uart, o.baud, take_byte, NULL);
	nmea_init(&rx.parser, take_fix, NULL);
	nmea_set_sentence(&rx.parser, take_sentence);
	receive(line);
	if (!o.pty)
		cli_flush(stdout, "standard output");
	if (o.stats)
		show_stats();
	line_close(line);
	if (cli_stop)
		cli_end_stopped();
	return 0;
}
