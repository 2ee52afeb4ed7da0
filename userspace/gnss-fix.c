// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-fix: shows what a GNSS receiver says, from /dev/gnss-fixN or from a log.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../driver/nmea.h"
#include "cli.h"
#include "fix_json.h"

const char cli_name[] = "gnss-fix";

struct options {
	const char *device;
	bool file;		/* device is a log of NMEA, not records */
	bool json;
	bool sky;
	bool stats;
	long long count;	/* epochs to show, 0: all */
};

/* Where output goes and how much of it there was. */
struct show {
	const struct options *options;
	long long shown;
};

static const char help[] =
"Usage: gnss-fix [--json] [--sky] [--count N] [DEVICE]\n"
"       gnss-fix [--json] [--sky] [--count N] [--stats] --file LOG\n"
"Shows the fixes of a GNSS receiver, one line for each epoch.\n"
"\n"
"  DEVICE       what to follow, default /dev/gnss-fix0\n"
"  --file LOG   decode a log of NMEA instead, '-' for standard input\n"
"  --json       JSON lines with gpsd's names: class TPV\n"
"  --sky        with --json, lines of class SKY too; else more columns\n"
"  --count N    stop after N epochs\n"
"  --stats      with --file, tell at the end what became of the bytes\n"
"  --help       show this\n";

/* ---- text ---- */

static void show_header(const struct options *o)
{
	printf("%-24s  %-3s  %13s  %14s  %10s  %8s  %6s  %7s  %5s", "# UTC",
	       "fix", "latitude/deg", "longitude/deg", "altitude/m", "m/s",
	       "course", "sats", "hdop");
	if (o->sky)
		printf("  %5s  %5s", "pdop", "vdop");
	putchar('\n');
}

static void show_number(const struct gnss_gpio_fix *fix, unsigned int bit,
			int width, long long value, int decimals)
{
	char text[FIX_TEXT];

	printf("  %*s", width, fix->valid & bit ?
	       fix_decimal(text, value, decimals) : "-");
}

/* Used and in view. */
static void show_sats(const struct gnss_gpio_fix *fix)
{
	char text[16], used[8] = "-", view[8] = "-";

	if (fix->valid & GNSS_GPIO_VALID_SATS_USED)
		snprintf(used, sizeof(used), "%u", fix->sats_used);
	if (fix->valid & GNSS_GPIO_VALID_SATS_IN_VIEW)
		snprintf(view, sizeof(view), "%u", fix->sats_in_view);
	snprintf(text, sizeof(text), "%s/%s", used, view);
	printf("  %7s", text);
}

/* Where the date is not known, the time stands where it always does. */
static void show_time(const struct gnss_gpio_fix *fix)
{
	char text[FIX_TEXT];

	fix_time(text, fix);
	if (!(fix->valid & GNSS_GPIO_VALID_TIME))
		printf("%-24s", "-");
	else if (fix->valid & GNSS_GPIO_VALID_DATE)
		printf("%-24s", text);
	else
		printf("%11s%-13s", "", text);
}

static void show_text(const struct gnss_gpio_fix *fix,
		      const struct options *o)
{
	static const char *const modes[] = { "?", "-", "2D", "3D" };
	unsigned int course = (fix->course_1e5 + 500) / 1000;

	show_time(fix);
	printf("  %-3s", modes[fix->mode <= 3 ? fix->mode : 0]);
	show_number(fix, GNSS_GPIO_VALID_POSITION, 13, fix->lat_nd, 9);
	show_number(fix, GNSS_GPIO_VALID_POSITION, 14, fix->lon_nd, 9);
	show_number(fix, GNSS_GPIO_VALID_ALTITUDE, 10, fix->alt_msl_mm, 3);
	show_number(fix, GNSS_GPIO_VALID_SPEED, 8, fix->speed_mm_s, 3);
	show_number(fix, GNSS_GPIO_VALID_COURSE, 6, course, 2);
	show_sats(fix);
	show_number(fix, GNSS_GPIO_VALID_HDOP, 5, fix->hdop_c, 2);
	if (o->sky) {
		show_number(fix, GNSS_GPIO_VALID_PDOP, 5, fix->pdop_c, 2);
		show_number(fix, GNSS_GPIO_VALID_VDOP, 5, fix->vdop_c, 2);
	}
	putchar('\n');
}

static bool enough(const struct show *show)
{
	return show->options->count && show->shown >= show->options->count;
}

static void show_fix(struct show *show, const struct gnss_gpio_fix *fix)
{
	const struct options *o = show->options;

	if (enough(show))
		return;
	if (o->json) {
		fix_json_tpv(stdout, fix, o->device);
		if (o->sky)
			fix_json_sky(stdout, fix, o->device);
	} else {
		if (!show->shown)
			show_header(o);
		show_text(fix, o);
	}
	show->shown++;
	if (!o->file)
		cli_flush(stdout, "standard output");
}

/* ---- records of the driver ---- */

static int open_device(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		cli_die("there is no %s; is the driver loaded and a receiver bound to it?",
			name);
	if (errno == EACCES)
		cli_die("no permission to read %s", name);
	cli_die("cannot open %s: %s", name, strerror(errno));
}

/* An older driver has shorter records, a newer one longer: size tells. */
static size_t one_record(const char *buffer, size_t have, const char *name,
			 struct gnss_gpio_fix *fix)
{
	uint32_t size;

	if (have < sizeof(size))
		cli_die("%s gave part of a record", name);
	memcpy(&size, buffer, sizeof(size));
	if (size < GNSS_GPIO_FIX_SIZE_V1 || size > have)
		cli_die("%s gave a record of %u bytes of which %zu are there; it is no gnss-fix device",
			name, size, have);
	memset(fix, 0, sizeof(*fix));
	memcpy(fix, buffer, size < sizeof(*fix) ? size : sizeof(*fix));
	return size;
}

static void report_gap(const struct gnss_gpio_fix *fix, uint64_t expected)
{
	unsigned long long lost = fix->seq - expected;

	if (fix->seq <= expected)
		return;
	fflush(stdout);
	fprintf(stderr, "%s: %llu record%s lost\n", cli_name, lost,
		lost == 1 ? "" : "s");
}

static int follow_device(struct show *show)
{
	static char buffer[65536];
	const char *name = show->options->device;
	int fd = open_device(name);
	struct gnss_gpio_fix fix;
	uint64_t expected = 0;
	bool first = true;
	ssize_t n, at;

	while (!enough(show)) {
		n = read(fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			cli_die("cannot read %s: %s", name, strerror(errno));
		if (!n)
			break;
		for (at = 0; at < n && !enough(show); first = false) {
			at += one_record(buffer + at, n - at, name, &fix);
			if (!first)
				report_gap(&fix, expected);
			expected = fix.seq + 1;
			show_fix(show, &fix);
		}
	}
	close(fd);
	if (enough(show))
		return 0;
	fprintf(stderr, "%s: end of %s: the receiver is gone\n", cli_name,
		name);
	return show->options->count != 0;
}

/* ---- a log ---- */

static void publish(void *ctx, const struct gnss_gpio_fix *fix)
{
	show_fix(ctx, fix);
}

static void show_stats(const struct nmea_stats *s)
{
	const struct {
		const char *name;
		unsigned long value;
	} rows[] = {
		{ "sentences", s->sentences },
		{ "used", s->used },
		{ "ignored", s->ignored },
		{ "malformed", s->malformed },
		{ "unreadable", s->unreadable },
		{ "repaired", s->repaired },
		{ "checksum_errors", s->checksum_errors },
		{ "ambiguous", s->ambiguous },
		{ "no_checksum", s->no_checksum },
		{ "garbled", s->garbled },
		{ "too_long", s->too_long },
		{ "late", s->late },
		{ "junk_bytes", s->junk_bytes },
		{ "epochs", s->epochs },
		{ "fixes", s->fixes },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fprintf(stderr, "%-15s %lu\n", rows[i].name, rows[i].value);
}

static FILE *open_log(const char *name)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");

	if (!f)
		cli_die("cannot open %s: %s", name, strerror(errno));
	return f;
}

/* A log may begin with lines of comment; what follows is as if they were not there. */
static void skip_comments(FILE *f)
{
	int c;

	while ((c = getc_unlocked(f)) == '#')
		while (c != '\n' && c != EOF)
			c = getc_unlocked(f);
	if (c != EOF)
		ungetc(c, f);
}

/*
 * A log holds no times between its sentences, and completeness counts more
 * than promptness: an epoch ends where the next one starts.
 */
static int decode_log(struct show *show)
{
	const char *name = show->options->device;
	FILE *f = open_log(name);
	static struct nmea nmea;
	int c;

	nmea_init(&nmea, publish, show);
	nmea_set_prompt(&nmea, false);
	skip_comments(f);
	while (!enough(show) && (c = getc_unlocked(f)) != EOF)
		nmea_feed(&nmea, c, 0, NULL, 0);
	if (ferror(f))
		cli_die("cannot read %s: %s", name, strerror(errno));
	/* a last sentence may be whole but for its line end */
	nmea_feed(&nmea, '\n', 0, NULL, 0);
	nmea_flush(&nmea);
	cli_flush(stdout, "standard output");
	if (show->options->stats)
		show_stats(&nmea.stats);
	if (f != stdin)
		fclose(f);
	if (nmea.stats.sentences)
		return 0;
	fprintf(stderr, "%s: no sentence with the right checksum in %s\n",
		cli_name, name);
	return 1;
}

/* ---- options ---- */

static void parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "sky", no_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'n' },
		{ "file", required_argument, NULL, 'f' },
		{ "stats", no_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", table, NULL)) != -1) {
		switch (c) {
		case 'j':
			o->json = true;
			break;
		case 's':
			o->sky = true;
			break;
		case 'n':
			o->count = cli_number("--count", optarg, 1, INT64_MAX);
			break;
		case 'f':
			o->file = true;
			o->device = optarg;
			break;
		case 'S':
			o->stats = true;
			break;
		case 'h':
			cli_help(help);
		default:
			cli_bad_option(c, argv);
		}
	}
	if (o->stats && !o->file)
		cli_usage("--stats goes with --file; the driver's counters are in sysfs");
	cli_no_more(optind + !o->file, argc, argv);
	if (optind < argc)
		o->device = argv[optind];
}

int main(int argc, char **argv)
{
	struct options options = { .device = "/dev/gnss-fix0" };
	struct show show = { .options = &options };

	cli_start();
	parse_options(argc, argv, &options);
	return options.file ? decode_log(&show) : follow_device(&show);
}
