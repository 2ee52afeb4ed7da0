// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays a receiver at its times, and looks at the records that the driver makes.
 * Runs in the lab, with the driver loaded.
 *
 *   epochs BAUD PERIOD_MS CYCLES WORD
 *
 * WORD is a cycle: V stands for VTG, R for RMC, A for GGA, a number for a pause of
 * so many ms.  Speed and altitude are the number of the cycle, in knots and metres.
 */
#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

#define FIX	"/dev/gnss-fix0"

#define MS		1000000LL
#define MAX_CYCLES	100

/* The longest way from the end of a burst to the reader. */
#define LATE_NS		(20 * MS)

/* Until its end is trusted, a cycle ends with the next one. */
#define LEARNED		5

/*
 * At 38400 baud the lab's interrupts are late by most of a bit now and then, more often
 * in some builds: one of so many cycles may lose a sentence.
 */
#define DAMAGED		10

/* The first cycle. */
#define NOON_MS		43200000

static void sleep_until(int64_t ns)
{
	struct timespec t = { ns / (1000 * MS), ns % (1000 * MS) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int compose(char *text, char letter, unsigned int i, unsigned int ms)
{
	char body[100];
	uint8_t sum = 0;
	char *c;

	if (letter == 'V')
		snprintf(body, sizeof(body), "GNVTG,,T,,M,%u.000,N,,K,A", i);
	else if (letter == 'R')
		snprintf(body, sizeof(body), "GNRMC,1200%02u.%02u,A,4807.038,N,01131.000,E,,,010126,,,A",
			 ms / 1000, ms % 1000 / 10);
	else
		snprintf(body, sizeof(body), "GNGGA,1200%02u.%02u,4807.038,N,01131.000,E,1,12,0.8,%u.0,M,46.0,M,,",
			 ms / 1000, ms % 1000 / 10, i);
	for (c = body; *c; c++)
		sum ^= *c;
	return sprintf(text, "$%s*%02X\r\n", body, sum);
}

/* Returns when the last stop bit is over. */
static void play_cycle(const char *cycle, unsigned int i, unsigned int ms)
{
	char text[1000];
	int n = 0;

	while (*cycle) {
		if (!isdigit(*cycle)) {
			n += compose(text + n, *cycle++, i, ms);
			continue;
		}
		play(text, n, true);
		n = 0;
		sleep_until(now_ns() + strtol(cycle, (char **)&cycle, 10) * MS);
	}
	play(text, n, true);
}

/* Whether a record has all values of its cycle. */
static bool is_whole(const struct gnss_gpio_fix *fix, const char *cycle)
{
	return fix->mode >= 2 && fix->valid & GNSS_GPIO_VALID_ALTITUDE &&
	       fix->sentences == !!strchr(cycle, 'V') + !!strchr(cycle, 'R') +
				 !!strchr(cycle, 'A');
}

/* Whether it has none of another one.  Only VTG has a speed. */
static bool is_own(const struct gnss_gpio_fix *fix, const char *cycle,
		   unsigned int i, unsigned int period_ms)
{
	return fix->tod_ms == NOON_MS + i * period_ms &&
	       (fix->valid & GNSS_GPIO_VALID_SPEED && strchr(cycle, 'V') ?
		fix->speed_mm_s == (i * 463000 + 450) / 900 : !fix->speed_mm_s) &&
	       (!(fix->valid & GNSS_GPIO_VALID_ALTITUDE) ||
		fix->alt_msl_mm == (int32_t)i * 1000);
}

int main(int argc, char **argv)
{
	static struct gnss_gpio_fix fix[MAX_CYCLES + 1];
	unsigned int period_ms, cycles, i, k, own = 0, whole = 0, least;
	int64_t end_ns[MAX_CYCLES], begin, late, latest = 0;
	const char *cycle;
	int dev;
	ssize_t n;

	if (argc != 5)
		return 2;
	period_ms = atoi(argv[2]);
	cycles = atoi(argv[3]);
	cycle = argv[4];
	if (cycles > MAX_CYCLES)
		return 2;
	dev = xopen(FIX, O_RDONLY | O_NONBLOCK);
	begin = now_ns();
	for (i = 0; i < cycles; i++) {
		sleep_until(begin + i * period_ms * MS);
		play_cycle(cycle, i, i * period_ms);
		end_ns[i] = now_ns();
	}
	nap(2000);
	n = read(dev, fix, sizeof(fix)) / (ssize_t)sizeof(fix[0]);
	for (k = 0; k < n; k++) {
		i = (fix[k].tod_ms - NOON_MS) / period_ms;
		if (i >= cycles || (k && fix[k].tod_ms <= fix[k - 1].tod_ms))
			continue;
		own += is_own(&fix[k], cycle, i, period_ms);
		whole += is_whole(&fix[k], cycle);
		late = fix[k].published_ns - end_ns[i];
		if (i >= LEARNED && late > latest)
			latest = late;
	}
	least = cycles - cycles / DAMAGED;
	check(n >= least && n <= cycles, "each cycle has its record",
	      "%zd records of %u cycles", n, cycles);
	check(own == n, "each record has the values of its cycle", "%u of %zd have", own, n);
	check(whole >= least, "and all of them", "%u of %zd have", whole, n);
	check(latest <= LATE_NS, "it comes within 20 ms of the end of its burst",
	      "%" PRId64 " us", latest / 1000);
	printf("# %s at %s baud, each %u ms: a record comes at most %" PRId64 " us after its burst\n",
	       cycle, argv[1], period_ms, latest / 1000);
	return 0;
}
