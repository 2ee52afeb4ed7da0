/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs of the scenarios have in common.
 */
#ifndef TESTS_LAB_PROGRAM_H
#define TESTS_LAB_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SIM	"/dev/gnss-sim0"

/* A child that takes longer than this hangs. */
#define PATIENCE_S	300

/* A verdict: 'ok - NAME', or 'not ok - NAME' and why. */
bool __attribute__((format(printf, 3, 4)))
check(bool good, const char *name, const char *why, ...);

/* Does a call that returned @ret give @error? */
void refused(long ret, int error, const char *name);

/* Ends the program with a verdict of failure; errno tells why. */
void __attribute__((noreturn)) die(const char *what);

void nap(unsigned int ms);

/* CLOCK_MONOTONIC, ns. */
int64_t now_ns(void);

/* A random number, 0 to @n - 1; by srandom(). */
unsigned int draw(unsigned int n);

/* open(), or the program ends. */
int xopen(const char *name, int flags);

/* Writes a word to a file, at once.  Return: 0, or -1 with errno set. */
int put(const char *path, const char *word);

/* Forks; a child that hangs is killed. */
pid_t spawn(void);

/* How many of the @n children failed. */
unsigned int reap(const pid_t *child, unsigned int n);

struct text {
	char *bytes;
	size_t n;
};

/* A file that is not empty, or the program ends. */
struct text load(const char *name);

/* Queues @n bytes; waits until they have been played, if @to_the_end. */
void play(const char *bytes, size_t n, bool to_the_end);

/* What there is, up to @max bytes; @fd does not block. */
size_t drain(int fd, void *to, size_t max);

/* What poll() says of data to read. */
short poll_now(int fd, int timeout_ms);

#endif /* TESTS_LAB_PROGRAM_H */
