/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs have in common: messages, numbers in options, output.
 */
#ifndef GNSS_GPIO_CLI_H
#define GNSS_GPIO_CLI_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

/* Name in front of messages; each program defines it. */
extern const char cli_name[];

/* The line on standard error is to be overwritten by a message. */
extern bool cli_progress;

/* What is left to do when cli_die() has said why; it may use cli_die() too. */
extern void (*cli_last_words)(void);

/* Exit status: 1 for what went wrong, 2 for options that are wrong. */
void __attribute__((noreturn, format(printf, 1, 2)))
cli_die(const char *format, ...);
void __attribute__((noreturn, format(printf, 1, 2)))
cli_usage(const char *format, ...);

struct option;

/* The next option of the table, all long, or -1; a wrong one ends the program. */
int cli_option(int argc, char *const argv[], const struct option *table);

/* What --help does. */
void __attribute__((noreturn))
cli_help(const char *help);

/* Arguments from the first one on are too many. */
void cli_no_more(int first, int argc, char *const argv[]);

/* A decimal number from min to max, or the program ends. */
long long cli_number(const char *option, const char *text, long long min,
		     long long max);

/*
 * Makes sure that a file opened later does not become one of the standard
 * streams, and that a reader that went away shows as an error of a write.
 */
void cli_start(void);

/* A signal asks the program to end; 0: none has. */
extern volatile sig_atomic_t cli_stop;

/* From now on SIGINT, SIGTERM and SIGHUP ask so, and interrupt what waits. */
void cli_catch_signals(void);

/* Ends as the signal would have ended the program, so that the shell sees it. */
void __attribute__((noreturn))
cli_end_stopped(void);

/* Says why, by errno, a device of the driver could not be opened, and what to do. */
void __attribute__((noreturn))
cli_cannot_open(const char *name);

/*
 * False if the reader went away, as 'head' does. That is no error, but what else the
 * program owes is still to be done.
 */
bool cli_flush(FILE *f, const char *name);

/*
 * Ends the program if one of these files (NULL: none) cannot be written to, or if both
 * are the same file. They are as they were before.
 */
void cli_outputs(const char *a, const char *b);

/* Opens for writing, or the program ends. */
FILE *cli_create(const char *name);

#endif /* GNSS_GPIO_CLI_H */
