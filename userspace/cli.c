// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

bool cli_progress;
void (*cli_last_words)(void);
volatile sig_atomic_t cli_stop;

static void message(const char *format, va_list args)
{
	fflush(stdout);
	if (cli_progress)
		fputs("\r\033[K", stderr);
	fprintf(stderr, "%s: ", cli_name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void cli_die(const char *format, ...)
{
	void (*last_words)(void) = cli_last_words;
	va_list args;

	va_start(args, format);
	message(format, args);
	va_end(args);
	cli_progress = false;
	if (last_words) {
		cli_last_words = NULL;
		last_words();
	}
	exit(1);
}

void cli_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message(format, args);
	va_end(args);
	exit(2);
}

void cli_bad_option(int result, char *const argv[])
{
	const char *word = argv[optind - 1];

	if (result == ':')
		cli_usage("option '%s' needs a value", word);
	if (optopt && strncmp(word, "--", 2) != 0)
		cli_usage("there is no option '-%c', see --help", optopt);
	if (optopt)
		cli_usage("option '%s' takes no value", word);
	cli_usage("there is no option '%s', see --help", word);
}

void cli_help(const char *help)
{
	fputs(help, stdout);
	cli_flush(stdout, "standard output");
	exit(0);
}

void cli_no_more(int first, int argc, char *const argv[])
{
	if (first < argc)
		cli_usage("'%s' is one argument too many", argv[first]);
}

long long cli_number(const char *option, const char *text, long long min,
		     long long max)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || *end || errno || value < min || value > max)
		cli_usage("%s must be a number from %lld to %lld, not '%s'",
			  option, min, max, text);
	return value;
}

void cli_start(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			exit(1);
	signal(SIGPIPE, SIG_IGN);
}

static void on_signal(int number)
{
	cli_stop = number;
}

void cli_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

void cli_end_stopped(void)
{
	signal(cli_stop, SIG_DFL);
	raise(cli_stop);
	exit(1);
}

void cli_flush(FILE *f, const char *name)
{
	if (!fflush(f) && !ferror(f))
		return;
	if (errno == EPIPE)
		exit(0);
	cli_die("cannot write to %s: %s", name, strerror(errno));
}

FILE *cli_create(const char *name)
{
	FILE *f = fopen(name, "we");

	if (!f)
		cli_die("cannot write to %s: %s", name, strerror(errno));
	return f;
}
