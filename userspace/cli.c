// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

int cli_option(int argc, char *const argv[], const struct option *table)
{
	const char *word;
	int i, result;

	/* getopt_long() does not tell where a letter stands that is none. */
	for (i = optind; i < argc && (argv[i][0] != '-' || !argv[i][1]); i++)
		;
	if (i < argc && argv[i][1] != '-')
		cli_usage("there is no option '-%c', see --help", argv[i][1]);
	opterr = 0;
	result = getopt_long(argc, argv, ":", table, NULL);
	word = argv[optind - 1];
	if (result == ':')
		cli_usage("option '%s' needs a value", word);
	if (result == '?' && optopt)
		cli_usage("option '%s' takes no value", word);
	if (result == '?')
		cli_usage("there is no option '%s', see --help", word);
	return result;
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
	/* nohup ignores it, and so do we then. */
	if (signal(SIGHUP, SIG_IGN) != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
}

void cli_end_stopped(void)
{
	signal(cli_stop, SIG_DFL);
	raise(cli_stop);
	exit(1);
}

void cli_cannot_open(const char *name)
{
	if (errno == ENOENT)
		cli_die("there is no %s; is the driver loaded and a receiver bound to it? gnss-doctor tells",
			name);
	if (errno == EACCES)
		cli_die("no permission to open %s; root has it, and who is in its group: sudo usermod -aG dialout $USER, then log in again",
			name);
	cli_die("cannot open %s: %s", name, strerror(errno));
}

bool cli_flush(FILE *f, const char *name)
{
	if (!fflush(f) && !ferror(f))
		return true;
	if (errno == EPIPE)
		return false;
	cli_die("cannot write to %s: %s", name, strerror(errno));
}

/* Opens without emptying; @made: it was not there. */
static int open_output(const char *name, bool *made)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;
	int fd = open(name, flags | O_EXCL, 0666);

	*made = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(name, flags, 0666);
	return fd;
}

void cli_outputs(const char *a, const char *b)
{
	const char *const names[] = { a, b };
	bool made[2] = { false, false }, same = false;
	struct stat st[2] = { 0 };
	int i, fd, error = 0;

	for (i = 0; i < 2 && !error && !same; i++) {
		/* What is no file loses nothing, and may not like to be opened. */
		if (!names[i] || (!stat(names[i], &st[i]) && !S_ISREG(st[i].st_mode) &&
				  !S_ISDIR(st[i].st_mode)))
			continue;
		fd = open_output(names[i], &made[i]);
		if (fd < 0 || fstat(fd, &st[i]))
			error = errno;
		same = i && S_ISREG(st[0].st_mode) && st[0].st_dev == st[1].st_dev &&
		       st[0].st_ino == st[1].st_ino;
		if (fd >= 0)
			close(fd);
	}
	if (made[0])
		unlink(a);
	if (made[1])
		unlink(b);
	if (error)
		cli_die("cannot write to %s: %s", names[i - 1], strerror(error));
	if (same)
		cli_usage("%s and %s are the same file", a, b);
}

FILE *cli_create(const char *name)
{
	FILE *f = fopen(name, "we");

	if (!f)
		cli_die("cannot write to %s: %s", name, strerror(errno));
	return f;
}
