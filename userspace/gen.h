/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nmea-gen: a receiver on its trip, and the sentences it says.
 *
 * All arithmetic is on integers, so that a seed gives the same bytes on every
 * machine.  Positions are kept in 1e-5 minute, which is what the sentences
 * carry, so that what was meant is what can be read back.
 */
#ifndef GNSS_GPIO_GEN_H
#define GNSS_GPIO_GEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../driver/uapi/gnss-gpio.h"

#define MS_PER_DAY	86400000LL
#define DEGREE		6000000LL	/* in 1e-5 minute */
#define FINE		1000000LL	/* finer unit of the trip, in 1e-5 minute */
#define MAX_NOFIX	64

enum sentence { RMC, VTG, GGA, GSA, GSV, GLL, ZDA, SENTENCES };

struct route {
	const char *name;
	long long lat, lon;		/* 1e-5 minute */
	unsigned int course_c;		/* 1/100 degree */
	unsigned int speed_mk;		/* 1/1000 knot */
	bool drive;			/* turns and stops */
	int alt_dm, geoid_dm;		/* 1/10 m */
};

struct period {
	long long from, to;
};

struct options {
	bool sentence[SENTENCES];
	bool multi;			/* talker GN: GPS and GLONASS */
	bool realtime;
	unsigned int rate;		/* Hz */
	long long epochs;
	long long count;		/* sentences, 0: no limit */
	long long start_ms;		/* since 1970-01-01 */
	long long cold;			/* first epochs without even a time */
	uint64_t seed;
	const struct route *route;
	struct period nofix[MAX_NOFIX];
	unsigned int nofixes;
	const char *output;
	const char *truth;
};

struct satellite {
	unsigned int id;
	int elevation_c, azimuth_c;	/* 1/100 degree */
	int snr;			/* dBHz, 0: not tracked */
	bool used;
};

#define MAX_SATS	12

struct sky {
	unsigned int n;
	struct satellite sat[MAX_SATS];
};

enum { GPS, GLONASS, SYSTEMS };

/* The receiver on its trip. */
struct model {
	const struct options *o;
	uint64_t random;
	long long epoch;		/* from 1 */
	long long utc_ms;
	long long lat_fine, lon_fine;	/* 1e-5 minute / FINE */
	long long lat, lon;		/* 1e-5 minute */
	unsigned int course_c, speed_mk;
	unsigned int target_mk;
	int turn_c;			/* left to turn, 1/100 degree */
	int alt_dm;
	unsigned int hdop_c, vdop_c, pdop_c;
	struct sky sky[SYSTEMS];
	bool fix, has_time;
};

/* What is written, and what it says. */
struct out {
	FILE *f, *truth;
	const struct options *o;
	long long sentences;
	bool date_told;
	struct gnss_gpio_fix said;
	unsigned int gsa;		/* how many of this epoch were written */
};

/* Rounded, half away from zero. */
long long divide(long long a, long long b);

/* At the start of the trip, and one epoch further. */
void model_init(struct model *m, const struct options *o);
void model_step(struct model *m);

unsigned int sats_used(const struct model *m);

/* Were as many sentences written as are wanted? */
bool full(const struct out *out);

/* The sentences of an epoch, and what they tell. */
void say_epoch(const struct model *m, struct out *out);

#endif /* GNSS_GPIO_GEN_H */
