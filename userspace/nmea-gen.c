// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmea-gen: makes the NMEA of a GNSS receiver on a trip.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli.h"
#include "gen.h"

const char cli_name[] = "nmea-gen";

/* In the order of a u-blox receiver. */
static const char *const sentence_names[SENTENCES] = {
	"rmc", "vtg", "gga", "gsa", "gsv", "gll", "zda"
};

static const struct route routes[] = {
	{ "city", 52 * DEGREE + 3098000, 13 * DEGREE + 2266000, 7000, 12000,
	  true, 341, 397 },
	{ "equator", -4000, 32 * DEGREE + 1500000, 1500, 40000, false, 11350,
	  -142 },
	{ "meridian", 51 * DEGREE + 2867300, -4000, 9000, 25000, false, 458,
	  456 },
	{ "dateline", -(16 * DEGREE + 4700000), 180 * DEGREE - 4000, 8700,
	  40000, false, 23, 545 },
	{ "pole", 90 * DEGREE - 4000, 30 * DEGREE, 0, 40000, false, -14, 149 },
};

static const char help[] =
"Usage: nmea-gen [OPTION]...\n"
"Makes the NMEA of a GNSS receiver on a trip.\n"
"\n"
"  --sentences LIST  of rmc,vtg,gga,gsa,gsv,gll,zda; default all\n"
"  --talker GP|GN    GPS alone, or GPS and GLONASS; default GP\n"
"  --rate HZ         1, 2, 4, 5, 10 or 20 epochs a second; default 1\n"
"  --epochs N        how many epochs; default 10\n"
"  --duration S      the same, as seconds of the trip\n"
"  --count N         stop after N sentences\n"
"  --start TIME      UTC, default 2026-01-01T00:00:00Z\n"
"  --midnight        start 5 epochs before the next midnight\n"
"  --route NAME      city, equator, meridian, dateline or pole; default city\n"
"  --nofix FROM:TO[,FROM:TO]...  epochs without a fix, the first one is 1\n"
"  --cold N          the first N epochs without a fix and without a time\n"
"  --seed N          another trip; default 1\n"
"  --realtime        write each epoch when it is due\n"
"  --output FILE     default standard output\n"
"  --truth FILE      what was meant, as JSON lines (class TPV)\n"
"  --help            show this\n";

/* ---- output ---- */

static void wait_until(const struct timespec *start, long long ms)
{
	struct timespec t = {
		.tv_sec = start->tv_sec + ms / 1000,
		.tv_nsec = start->tv_nsec + ms % 1000 * 1000000,
	};

	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	       EINTR)
		;
}

static void generate(const struct options *o)
{
	struct out out = { .f = stdout, .o = o };
	const char *name = o->output ? o->output : "standard output";
	struct timespec start;
	struct model m;

	cli_outputs(o->output, o->truth);
	if (o->output)
		out.f = cli_create(o->output);
	if (o->truth)
		out.truth = cli_create(o->truth);
	model_init(&m, o);
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (m.epoch < o->epochs && !full(&out)) {
		if (o->realtime)
			wait_until(&start, m.epoch * 1000 / o->rate);
		model_step(&m);
		say_epoch(&m, &out);
		if (o->realtime && !cli_flush(out.f, name))
			break;
	}
	cli_flush(out.f, name);
	if (o->truth)
		cli_flush(out.truth, o->truth);
}

/* ---- options ---- */

static void choose_sentences(struct options *o, char *list)
{
	char *word;
	int i;

	memset(o->sentence, 0, sizeof(o->sentence));
	while ((word = strsep(&list, ","))) {
		for (i = 0; i < SENTENCES; i++)
			if (strcasecmp(word, sentence_names[i]) == 0)
				break;
		if (i == SENTENCES)
			cli_usage("there is no sentence '%s'; --sentences is a list of rmc,vtg,gga,gsa,gsv,gll,zda",
				  word);
		o->sentence[i] = true;
	}
}

static void choose_talker(struct options *o, const char *text)
{
	o->multi = strcasecmp(text, "GN") == 0;
	if (!o->multi && strcasecmp(text, "GP") != 0)
		cli_usage("--talker must be GP or GN, not '%s'", text);
}

static void choose_rate(struct options *o, const char *text)
{
	o->rate = cli_number("--rate", text, 1, 20);
	if (1000 % o->rate || o->rate == 8)
		cli_usage("--rate must be 1, 2, 4, 5, 10 or 20, not %u",
			  o->rate);
}

static void choose_start(struct options *o, const char *text)
{
	struct tm tm = { .tm_isdst = 0 }, check;
	char tail = '\0', z = '\0';
	time_t t;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%c%c", &tm.tm_year,
		   &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		   &tm.tm_sec, &z, &tail) != 7 || z != 'Z')
		cli_usage("--start must look like 2026-01-01T00:00:00Z, not '%s'",
			  text);
	if (tm.tm_year < 1980 || tm.tm_year > 2067)
		cli_usage("--start must be a time from 1980 to 2067, not '%s'",
			  text);
	if (tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 || tm.tm_min > 59 ||
	    tm.tm_sec < 0 || tm.tm_sec > 59)
		cli_usage("--start: there is no such time of day: '%s'", text);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	check = tm;
	t = timegm(&check);
	if (check.tm_mon != tm.tm_mon || check.tm_mday != tm.tm_mday)
		cli_usage("--start: there is no such day: '%s'", text);
	o->start_ms = t * 1000LL;
}

static void choose_route(struct options *o, const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strcmp(routes[i].name, text) == 0)
			o->route = &routes[i];
	if (strcmp(o->route->name, text) != 0)
		cli_usage("there is no route '%s'; --route is city, equator, meridian, dateline or pole",
			  text);
}

static void choose_nofix(struct options *o, char *list)
{
	struct period *p;
	char *word, tail;

	while ((word = strsep(&list, ","))) {
		if (o->nofixes == MAX_NOFIX)
			cli_usage("--nofix takes up to %d periods", MAX_NOFIX);
		p = &o->nofix[o->nofixes++];
		if (sscanf(word, "%lld:%lld%c", &p->from, &p->to, &tail) != 2 ||
		    p->from < 1 || p->to < p->from)
			cli_usage("--nofix needs periods of epochs FROM:TO with 1 <= FROM <= TO, not '%s'",
				  word);
	}
}

enum {
	OPT_SENTENCES, OPT_TALKER, OPT_RATE, OPT_EPOCHS, OPT_DURATION,
	OPT_COUNT, OPT_START, OPT_MIDNIGHT, OPT_ROUTE, OPT_NOFIX, OPT_COLD,
	OPT_SEED, OPT_REALTIME, OPT_OUTPUT, OPT_TRUTH, OPT_HELP
};

static const struct option option_table[] = {
	{ "sentences", required_argument, NULL, OPT_SENTENCES },
	{ "talker", required_argument, NULL, OPT_TALKER },
	{ "rate", required_argument, NULL, OPT_RATE },
	{ "epochs", required_argument, NULL, OPT_EPOCHS },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "start", required_argument, NULL, OPT_START },
	{ "midnight", no_argument, NULL, OPT_MIDNIGHT },
	{ "route", required_argument, NULL, OPT_ROUTE },
	{ "nofix", required_argument, NULL, OPT_NOFIX },
	{ "cold", required_argument, NULL, OPT_COLD },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "realtime", no_argument, NULL, OPT_REALTIME },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "truth", required_argument, NULL, OPT_TRUTH },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 }
};

#define MANY	1000000000LL

/* What goes together is worked out once all options are known. */
static void finish_options(struct options *o, long long epochs,
			   long long duration, bool midnight)
{
	bool gave_length = epochs || duration;

	if (epochs && duration)
		cli_usage("--epochs and --duration exclude each other");
	if (duration)
		epochs = duration * o->rate;
	if (gave_length)
		o->epochs = epochs;
	else
		o->epochs = o->count ? MANY : 10;
	if (midnight)
		o->start_ms += MS_PER_DAY - o->start_ms % MS_PER_DAY -
			       5000 / o->rate;
}

static void parse_options(int argc, char **argv, struct options *o)
{
	long long epochs = 0, duration = 0;
	bool midnight = false;
	int c;

	while ((c = cli_option(argc, argv, option_table)) != -1) {
		switch (c) {
		case OPT_SENTENCES:
			choose_sentences(o, optarg);
			break;
		case OPT_TALKER:
			choose_talker(o, optarg);
			break;
		case OPT_RATE:
			choose_rate(o, optarg);
			break;
		case OPT_EPOCHS:
			epochs = cli_number("--epochs", optarg, 1, MANY);
			break;
		case OPT_DURATION:
			duration = cli_number("--duration", optarg, 1,
					      MANY / 20);
			break;
		case OPT_COUNT:
			o->count = cli_number("--count", optarg, 1, MANY);
			break;
		case OPT_START:
			choose_start(o, optarg);
			break;
		case OPT_MIDNIGHT:
			midnight = true;
			break;
		case OPT_ROUTE:
			choose_route(o, optarg);
			break;
		case OPT_NOFIX:
			choose_nofix(o, optarg);
			break;
		case OPT_COLD:
			o->cold = cli_number("--cold", optarg, 0, MANY);
			break;
		case OPT_SEED:
			o->seed = cli_number("--seed", optarg, 0, INT64_MAX);
			break;
		case OPT_REALTIME:
			o->realtime = true;
			break;
		case OPT_OUTPUT:
			o->output = optarg;
			break;
		case OPT_TRUTH:
			o->truth = optarg;
			break;
		case OPT_HELP:
			cli_help(help);
		}
	}
	cli_no_more(optind, argc, argv);
	finish_options(o, epochs, duration, midnight);
}

int main(int argc, char **argv)
{
	struct options options = {
		.sentence = { true, true, true, true, true, true, true },
		.rate = 1,
		.start_ms = 1767225600000LL,	/* 2026-01-01T00:00:00Z */
		.seed = 1,
		.route = &routes[0],
	};

	cli_start();
	parse_options(argc, argv, &options);
	generate(&options);
	return 0;
}
