/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the parser have in common.
 */
#ifndef NMEA_TEST_H
#define NMEA_TEST_H

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "../../driver/nmea.h"

#define POSITION	"4807.038,N,01131.000,E"
#define LAT_ND		48117300000LL
#define LON_ND		11516666667LL

/* 2026-01-01, and a time of day */
#define DAY_MS		1767225600000LL
#define TOD(h, m, s)	((((h) * 60 + (m)) * 60 + (s)) * 1000)

#define MAX_FIXES	4096

#define RMC_1	"GPRMC,120001.00,A," POSITION ",1.0,90.0,010126,,,A"

#define GSA_SATS	"05,12,25,29,,,,,,,,"

/* The parser under test, what it published, and the time of the next byte. */
struct nmea_test {
	struct nmea p;
	struct gnss_gpio_fix fix[MAX_FIXES];
	unsigned int n;
	s64 clock;		/* one for each byte */
};

extern struct nmea_test t;

/* A new parser. */
void begin(void);

/* Before each test: the same, and the dice anew. */
int setup(void **state);

/* Bytes as received, and text. */
void bytes(const char *text, size_t n);
void raw(const char *text);

u8 checksum(const char *body);

/* A sentence, with '$', checksum and line end.  Return: the time of its '$'. */
s64 __attribute__((format(printf, 1, 2))) say(const char *format, ...);

/* The only record so far; no input follows. */
const struct gnss_gpio_fix *the_fix(void);

bool has(const struct gnss_gpio_fix *f, u32 bits);
void expect_position(const struct gnss_gpio_fix *f);

/*
 * Nothing that only a fix can give, and the fields without a bit are 0; nor, of
 * the second, did anyone say that there is none.
 */
void expect_no_position(const struct gnss_gpio_fix *f);
void expect_nothing_said(const struct gnss_gpio_fix *f);

/* The whole state but for the counters and the line that is received. */
bool same_state(const struct nmea *a, const struct nmea *b);

/* Malformed: counted, and nothing else changes, whatever was before. */
void expect_malformed(const char *body);

/* Used, and just one field of it is not. */
void expect_unreadable(const char *body);

/* A number from 0 to sides - 1, the same ones in each run. */
u32 dice(u32 sides);

/* "hhmmss.ss" */
void time_text(char *text, size_t size, unsigned int ms);

#define TEST(name)	cmocka_unit_test_setup(name, setup)

#endif /* NMEA_TEST_H */
