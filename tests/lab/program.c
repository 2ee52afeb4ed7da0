// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the programs of the scenarios have in common.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

bool check(bool good, const char *name, const char *why, ...)
{
	va_list args;

	printf("%s - %s\n", good ? "ok" : "not ok", name);
	if (!good) {
		printf("    ");
		va_start(args, why);
		vprintf(why, args);
		va_end(args);
		putchar('\n');
	}
	fflush(stdout);
	return good;
}

void die(const char *what)
{
	printf("not ok - %s: %s\n", what, strerror(errno));
	exit(1);
}

void refused(long ret, int error, const char *name)
{
	int got = errno;

	check(ret == -1 && got == error, name, "returned %ld, %s", ret,
	      ret == -1 ? strerror(got) : "no error");
}

void nap(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

unsigned int draw(unsigned int n)
{
	return (unsigned int)random() % n;
}

int put(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY);
	int ret = 0;

	if (fd < 0)
		return -1;
	if (write(fd, word, strlen(word)) < 0)
		ret = -1;
	close(fd);
	return ret;
}

int xopen(const char *name, int flags)
{
	int fd = open(name, flags);

	if (fd < 0)
		die(name);
	return fd;
}

unsigned int reap(const pid_t *child, unsigned int n)
{
	unsigned int i, bad = 0;
	int status;

	for (i = 0; i < n; i++)
		if (waitpid(child[i], &status, 0) != child[i] || status)
			bad++;
	return bad;
}

pid_t spawn(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		alarm(PATIENCE_S);
	return pid;
}

struct text load(const char *name)
{
	int fd = open(name, O_RDONLY);
	struct text text;

	if (fd < 0)
		die(name);
	text.n = lseek(fd, 0, SEEK_END);
	text.bytes = malloc(text.n);
	if (!text.n || pread(fd, text.bytes, text.n, 0) != (ssize_t)text.n)
		die(name);
	close(fd);
	return text;
}

void play(const char *bytes, size_t n, bool to_the_end)
{
	int fd = xopen(SIM, O_WRONLY);
	size_t done = 0;

	while (done < n) {
		ssize_t ret = write(fd, bytes + done, n - done);

		if (ret <= 0)
			die("write to " SIM);
		done += ret;
	}
	if (to_the_end && fsync(fd))
		die("fsync of " SIM);
	close(fd);
}

size_t drain(int fd, void *to, size_t max)
{
	size_t n = 0;
	ssize_t ret;

	while (n < max) {
		ret = read(fd, (char *)to + n, max - n);
		if (ret <= 0)
			break;
		n += ret;
	}
	return n;
}

short poll_now(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) < 0 ? -1 : p.revents;
}
