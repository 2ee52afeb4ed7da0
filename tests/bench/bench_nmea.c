// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the parser costs: a program for callgrind, see tests/bench-nmea.sh.
 *
 *   bench_nmea CYCLES [unsure]    prints how many sentences and bytes there were
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../driver/nmea.h"

static const char *const cycle[] = {
	"GNRMC,1200%02u.00,A,4807.03812,N,01131.00034,E,12.345,271.50,010126,,,A",
	"GNVTG,271.50,T,,M,12.345,N,22.863,K,A",
	"GNGGA,1200%02u.00,4807.03812,N,01131.00034,E,1,12,0.80,545.4,M,46.9,M,,",
	"GNGSA,A,3,05,12,13,15,17,18,19,20,24,28,30,,1.50,0.80,1.27",
	"GPGSV,2,1,08,05,40,100,40,12,41,101,41,13,42,102,42,15,43,103,43",
	"GPGSV,2,2,08,17,40,100,40,18,41,101,41,19,42,102,42,20,43,103,43",
	"GNGLL,4807.03812,N,01131.00034,E,1200%02u.00,A,A",
	"GNZDA,1200%02u.00,01,01,2026,00,00",
};

/* 10 bits at 9600 baud */
#define BYTE_NS		1041667

#define SENTENCES	(sizeof(cycle) / sizeof(cycle[0]))

static void publish(void *ctx, const struct gnss_gpio_fix *fix)
{
	(void)fix;
	++*(unsigned int *)ctx;
}

/* Counted are the instructions within. */
__attribute__((noinline)) static void parse(struct nmea *p, const char *text,
					    size_t n, s64 now_ns)
{
	for (; n; n--, now_ns += BYTE_NS)
		nmea_feed(p, *text++, 0, NULL, now_ns);
}

/* Of all bytes all bits are unsure, as from 57600 baud on. */
__attribute__((noinline)) static void parse_unsure(struct nmea *p, const char *text,
						   size_t n, s64 now_ns)
{
	static const u8 margin[8] = { 200, 200, 200, 200, 200, 200, 200, 200 };

	for (; n; n--, now_ns += BYTE_NS)
		nmea_feed(p, *text++, 0, margin, now_ns);
}

int main(int argc, char **argv)
{
	unsigned int cycles = argc > 1 ? atoi(argv[1]) : 100, i, j, records = 0;
	size_t bytes = 0, n;
	static struct nmea p;
	char text[200], *c;
	s64 now_ns = 1000000000;
	u8 sum;

	nmea_init(&p, publish, &records);
	for (i = 0; i < cycles; i++) {
		for (j = 0; j < SENTENCES; j++) {
			n = sprintf(text, "$");
			n += sprintf(text + n, cycle[j], i % 60);
			for (sum = 0, c = text + 1; *c; c++)
				sum ^= *c;
			n += sprintf(text + n, "*%02X\r\n", sum);
			(argc > 2 ? parse_unsure : parse)(&p, text, n, now_ns);
			now_ns += n * BYTE_NS;
			bytes += n;
		}
		now_ns += 400000000;
	}
	if (p.stats.used != cycles * SENTENCES || records < cycles - 1)
		return 1;
	printf("%lu %zu\n", p.stats.used, bytes);
	return 0;
}
