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
#include <sys/ioctl.h>
#include <sys/stat.h>
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
	bool reader_gone;		/* of standard output */
	bool holds;			/* @held waits for its satellites */
	struct gnss_gpio_fix held;
};

static const char help[] =
"Usage: gnss-fix [--json] [--sky] [--count N] [DEVICE]\n"
"       gnss-fix [--json] [--sky] [--count N] [--stats] --file LOG\n"
"Shows the fixes of a GNSS receiver, one line for each epoch.\n"
"\n"
"  DEVICE       what to follow, default /dev/gnss-fix0\n"
"  --file LOG   decode a log of NMEA instead, '-' for standard input\n"
"  --json       JSON lines with gpsd's names: class TPV, and GST and ATT if told\n"
"  --sky        the satellites too: a table, or with --json lines of class SKY\n"
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

/* What is worth knowing and hardly ever so: nothing in most lines. */
static void show_receiver(const struct gnss_gpio_fix *fix)
{
	static const char *const antenna[] = {
		[GNSS_GPIO_ANTENNA_OPEN] = "open",
		[GNSS_GPIO_ANTENNA_SHORT] = "short",
	};
	char text[FIX_TEXT];

	if (fix->valid & GNSS_GPIO_VALID_HEADING)
		printf("  heading %s", fix_decimal(text, (fix->heading_1e5 + 500) / 1000, 2));
	if (fix->valid & GNSS_GPIO_VALID_DATUM &&
	    strcmp(fix_datum(text, fix), "WGS84"))
		printf("  datum %s", text);
	if (fix->antenna >= GNSS_GPIO_ANTENNA_OPEN &&
	    fix->antenna < sizeof(antenna) / sizeof(antenna[0]))
		printf("  antenna %s", antenna[fix->antenna]);
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
	show_receiver(fix);
	putchar('\n');
}

static const char *system_name(unsigned int system)
{
	static const char *const names[] = {
		"SBAS", "GPS", "GLONASS", "Galileo", "BeiDou", "QZSS", "NavIC"
	};

	return system < sizeof(names) / sizeof(names[0]) ? names[system] : "?";
}

static void show_if(const struct gnss_gpio_satellite *s, unsigned int flag,
		    int width, int value)
{
	if (s->flags & flag)
		printf("  %*d", width, value);
	else
		printf("  %*s", width, "-");
}

static void show_satellites(const struct gnss_gpio_sky *sky)
{
	const struct gnss_gpio_satellite *s = sky->satellite;
	unsigned int i;

	if (sky->satellites)
		printf("    %-8s  %3s  %4s  %6s  %9s  %7s  %3s  used\n", "system",
		       "no", "PRN", "signal", "elevation", "azimuth", "SNR");
	for (i = 0; i < sky->satellites; i++, s++) {
		printf("    %-8s  %3u  %4d  ", system_name(s->system), s->svid,
		       fix_prn(s));
		if (s->signal)
			printf("%6X", s->signal);
		else
			printf("%6s", "-");
		show_if(s, GNSS_GPIO_SATELLITE_ELEVATION, 9, s->elevation);
		show_if(s, GNSS_GPIO_SATELLITE_AZIMUTH, 7, s->azimuth);
		show_if(s, GNSS_GPIO_SATELLITE_SNR, 3, s->snr);
		printf("  %s\n",
		       s->flags & GNSS_GPIO_SATELLITE_USED ? "yes" : "no");
	}
	if (sky->incomplete)
		printf("    %u group%s of GSV not shown: not all of its sentences came\n",
		       sky->incomplete, sky->incomplete == 1 ? "" : "s");
	if (sky->omitted)
		printf("    %u more, for which a record has no room\n",
		       sky->omitted);
}

static bool enough(const struct show *show)
{
	return show->reader_gone ||
	       (show->options->count && show->shown >= show->options->count);
}

/* @sky: NULL if it is not known, or not to be shown. */
static void show_fix(struct show *show, const struct gnss_gpio_fix *fix,
		     const struct gnss_gpio_sky *sky)
{
	const struct options *o = show->options;

	if (enough(show))
		return;
	if (o->json) {
		fix_json_tpv(stdout, fix, o->device);
		fix_json_gst(stdout, fix, o->device);
		fix_json_att(stdout, fix, o->device);
		if (o->sky)
			fix_json_sky(stdout, fix, sky, o->device);
	} else {
		if (!show->shown)
			show_header(o);
		show_text(fix, o);
		if (sky)
			show_satellites(sky);
	}
	show->shown++;
	if (!o->file)
		show->reader_gone = !cli_flush(stdout, "standard output");
}

/* ---- records of the driver ---- */

static int open_device(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		cli_cannot_open(name);
	return fd;
}

/* The satellites of a fix come after it, if the driver knows of them. */
static bool ask_for_sky(int fd, const char *name)
{
	uint32_t records = GNSS_GPIO_WANT_SKY;
	struct stat st;

	if (!ioctl(fd, GNSS_GPIO_SET_RECORDS, &records))
		return true;
	if (fstat(fd, &st) || !S_ISCHR(st.st_mode))
		return true;	/* what was kept in a file */
	fprintf(stderr, "%s: the driver of %s is too old to tell of satellites\n",
		cli_name, name);
	return false;
}

/* Records that were kept are in a file too; what else is has another option. */
static void __attribute__((noreturn)) no_records(const char *name, uint32_t size, size_t have)
{
	struct stat st;

	if (!stat(name, &st) && S_ISREG(st.st_mode))
		cli_die("%s is a file, and no gnss-fix device; to decode a log say --file %s",
			name, name);
	cli_die("%s gave a record of %u bytes of which %zu are there; it is no gnss-fix device",
		name, size, have);
}

static struct gnss_gpio_record head_of(const char *buffer, size_t have,
				       const char *name)
{
	struct gnss_gpio_record head;

	if (have < sizeof(head))
		no_records(name, sizeof(head), have);
	memcpy(&head, buffer, sizeof(head));
	if (head.size < sizeof(head) || head.size > have ||
	    (!(head.type & GNSS_GPIO_RECORD_OTHER) &&
	     head.size < GNSS_GPIO_FIX_SIZE_V1))
		no_records(name, head.size, have);
	return head;
}

/* An older driver has shorter records, a newer one longer. */
static void read_fix(const char *buffer, uint32_t size,
		     struct gnss_gpio_fix *fix)
{
	memset(fix, 0, sizeof(*fix));
	memcpy(fix, buffer, size < sizeof(*fix) ? size : sizeof(*fix));
}

static void read_sky(const char *buffer, uint32_t size, const char *name,
		     struct gnss_gpio_sky *sky)
{
	const size_t head = offsetof(struct gnss_gpio_sky, satellite);
	const size_t known = sizeof(sky->satellite[0]);
	unsigned int i;

	memset(sky, 0, sizeof(*sky));
	memcpy(sky, buffer, size < head ? size : head);
	if (size < head || sky->satellite_size < known ||
	    sky->satellites > GNSS_GPIO_SATELLITES_MAX ||
	    head + sky->satellites * sky->satellite_size > size)
		cli_die("%s gave satellites that are cut off", name);
	for (i = 0; i < sky->satellites; i++)
		memcpy(&sky->satellite[i],
		       buffer + head + i * sky->satellite_size, known);
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

/* Shows what was held, with its satellites if it is known of them. */
static void release(struct show *show, const struct gnss_gpio_sky *sky)
{
	if (show->holds)
		show_fix(show, &show->held, sky);
	show->holds = false;
}

/* @expected: the number of the next fix; returns that of the one after. */
static uint64_t take_fix(struct show *show, const struct gnss_gpio_fix *fix,
			 uint64_t expected, bool hold)
{
	release(show, NULL);
	report_gap(fix, expected);
	show->held = *fix;
	show->holds = true;
	if (!hold)
		release(show, NULL);
	return fix->seq + 1;
}

static int follow_device(struct show *show)
{
	static char buffer[65536];
	const char *name = show->options->device;
	int fd = open_device(name);
	bool hold = show->options->sky && ask_for_sky(fd, name);
	struct gnss_gpio_record head;
	struct gnss_gpio_sky sky;
	struct gnss_gpio_fix fix;
	uint64_t expected = UINT64_MAX;
	ssize_t n, at;

	while (!enough(show)) {
		n = read(fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			cli_die("cannot read %s: %s", name, strerror(errno));
		if (!n)
			break;
		for (at = 0; at < n && !enough(show); at += head.size) {
			head = head_of(buffer + at, n - at, name);
			if (!(head.type & GNSS_GPIO_RECORD_OTHER)) {
				read_fix(buffer + at, head.size, &fix);
				expected = take_fix(show, &fix, expected, hold);
			} else if (head.type == GNSS_GPIO_RECORD_SKY) {
				read_sky(buffer + at, head.size, name, &sky);
				if (show->holds && head.seq == show->held.seq)
					release(show, &sky);
			}
		}
	}
	release(show, NULL);
	close(fd);
	if (enough(show))
		return 0;
	fprintf(stderr, "%s: end of %s: the receiver is gone\n", cli_name,
		name);
	return show->options->count != 0;
}

/* ---- a log ---- */

static struct nmea nmea;

static void publish(void *ctx, const struct gnss_gpio_fix *fix)
{
	struct gnss_gpio_sky sky;
	struct show *show = ctx;

	if (show->options->sky)
		nmea_get_sky(&nmea, &sky);
	show_fix(show, fix, show->options->sky ? &sky : NULL);
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

/* Which sentences were ignored. */
static void show_names(const struct nmea_names *names)
{
	unsigned int i;

	for (i = 0; i < names->n; i++)
		fprintf(stderr, "ignored %-7s %lu\n", names->entry[i].name,
			names->entry[i].count);
	if (names->other)
		fprintf(stderr, "ignored others  %lu\n", names->other);
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

/* @head: how it begins, @n bytes of it. */
static void tell_no_sentences(const char *name, const char *head, size_t n)
{
	static const struct {
		const char *head, *what, *reader;
	} others[] = {
		{ "\x1f\x8b", "compressed", "zcat" },
		{ "BZh", "compressed", "bzcat" },
		{ "\xfd" "7zXZ", "compressed", "xzcat" },
		{ "(\xb5/\xfd", "compressed", "zstdcat" },
		{ "PK\x03\x04", "compressed", "unzip -p" },
		{ "\xff\xfe", "UTF-16", "iconv -f UTF-16 -t UTF-8" },
		{ "\xfe\xff", "UTF-16", "iconv -f UTF-16 -t UTF-8" },
	};
	size_t i;

	if (!n)
		cli_die("%s is empty", name);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strncmp(head, others[i].head, strlen(others[i].head)))
			cli_die("%s is %s; say: %s %s | gnss-fix --file -", name,
				others[i].what, others[i].reader, name);
	cli_die("no sentence with the right checksum in %s", name);
}

/*
 * A log holds no times between its sentences, and completeness counts more
 * than promptness: an epoch ends where the next one starts.
 */
static int decode_log(struct show *show)
{
	const char *name = show->options->device;
	FILE *f = open_log(name);
	char head[8] = "";
	size_t n = 0;
	int c;

	nmea_init(&nmea, publish, show);
	nmea_set_prompt(&nmea, false);
	skip_comments(f);
	while (!enough(show) && (c = getc_unlocked(f)) != EOF) {
		if (n < sizeof(head) - 1)
			head[n++] = c;
		nmea_feed(&nmea, c, 0, NULL, 0);
	}
	if (ferror(f))
		cli_die("cannot read %s: %s", name, strerror(errno));
	/* a last sentence may be whole but for its line end */
	nmea_feed(&nmea, '\n', 0, NULL, 0);
	nmea_flush(&nmea);
	cli_flush(stdout, "standard output");
	if (show->options->stats) {
		show_stats(&nmea.stats);
		show_names(&nmea.names);
	}
	if (f != stdin)
		fclose(f);
	if (!nmea.stats.sentences)
		tell_no_sentences(name, head, n);
	return 0;
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

	while ((c = cli_option(argc, argv, table)) != -1) {
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
