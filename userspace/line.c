// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <glob.h>
#include <gpiod.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "line.h"

/* libgpiod 1.6 reads up to 16 at once, which is what its kernel interface keeps. */
#define EDGES_AT_ONCE	16

/* libgpiod 2: so many the kernel keeps, those of a hundred bytes; it allows 1024. */
#define EDGES_KEPT	1024

struct line {
	struct gpiod_chip *chip;
	unsigned int offset;
	char chip_name[32];
	char label[64];
	char name[64];
	struct line_edge edge[EDGES_AT_ONCE];
	int edges, next;
#if GPIOD_MAJOR >= 2
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *buffer;
#else
	struct gpiod_line *line;
#endif
};

/* ---- what differs ---- */

#if GPIOD_MAJOR >= 2

static void chip_label(struct line *l)
{
	struct gpiod_chip_info *info = gpiod_chip_get_info(l->chip);

	if (!info)
		return;
	snprintf(l->label, sizeof(l->label), "%s",
		 gpiod_chip_info_get_label(info));
	gpiod_chip_info_free(info);
}

static int chip_find(struct line *l, const char *name)
{
	return gpiod_chip_get_line_offset_from_name(l->chip, name);
}

/* Returns false if there is no such line. */
static bool line_user(struct line *l, char *user, size_t size)
{
	struct gpiod_line_info *info =
		gpiod_chip_get_line_info(l->chip, l->offset);
	const char *name;

	if (!info)
		return false;
	name = gpiod_line_info_get_consumer(info);
	if (gpiod_line_info_is_used(info))
		snprintf(user, size, "%s", name ? name : "the kernel");
	gpiod_line_info_free(info);
	return true;
}

/* All of these fail for want of memory only. */
static bool line_request(struct line *l, enum line_use use)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *config = gpiod_request_config_new();

	if (!settings || !lines || !config)
		return false;
	gpiod_line_settings_set_direction(settings, use == LINE_OUTPUT ?
					  GPIOD_LINE_DIRECTION_OUTPUT :
					  GPIOD_LINE_DIRECTION_INPUT);
	gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_ACTIVE);
	if (use == LINE_EDGES)
		gpiod_line_settings_set_edge_detection(settings,
						       GPIOD_LINE_EDGE_BOTH);
	gpiod_line_config_add_line_settings(lines, &l->offset, 1, settings);
	gpiod_request_config_set_consumer(config, cli_name);
	gpiod_request_config_set_event_buffer_size(config, EDGES_KEPT);
	l->request = gpiod_chip_request_lines(l->chip, config, lines);
	l->buffer = gpiod_edge_event_buffer_new(EDGES_AT_ONCE);
	gpiod_request_config_free(config);
	gpiod_line_config_free(lines);
	gpiod_line_settings_free(settings);
	return l->request && l->buffer;
}

static void line_release(struct line *l)
{
	gpiod_edge_event_buffer_free(l->buffer);
	gpiod_line_request_release(l->request);
}

static int get_value(struct line *l)
{
	return gpiod_line_request_get_value(l->request, l->offset);
}

static int set_value(struct line *l, bool level)
{
	return gpiod_line_request_set_value(l->request, l->offset, level);
}

int line_fd(const struct line *l)
{
	return gpiod_line_request_get_fd(l->request);
}

static int read_edges(struct line *l)
{
	int i, n = gpiod_line_request_read_edge_events(l->request, l->buffer,
						       EDGES_AT_ONCE);
	struct gpiod_edge_event *e;

	for (i = 0; i < n; i++) {
		e = gpiod_edge_event_buffer_get_event(l->buffer, i);
		l->edge[i] = (struct line_edge){
			.at_ns = gpiod_edge_event_get_timestamp_ns(e),
			.level = gpiod_edge_event_get_event_type(e) ==
				 GPIOD_EDGE_EVENT_RISING_EDGE,
		};
	}
	return n;
}

const char *line_library(void)
{
	return gpiod_api_version();
}

#else

static void chip_label(struct line *l)
{
	snprintf(l->label, sizeof(l->label), "%s", gpiod_chip_label(l->chip));
}

static int chip_find(struct line *l, const char *name)
{
	struct gpiod_line *line = gpiod_chip_find_line(l->chip, name);

	return line ? (int)gpiod_line_offset(line) : -1;
}

static bool line_user(struct line *l, char *user, size_t size)
{
	const char *name;

	l->line = gpiod_chip_get_line(l->chip, l->offset);
	if (!l->line)
		return false;
	name = gpiod_line_consumer(l->line);
	if (gpiod_line_is_used(l->line))
		snprintf(user, size, "%s", name ? name : "the kernel");
	return true;
}

static bool line_request(struct line *l, enum line_use use)
{
	switch (use) {
	case LINE_OUTPUT:
		return !gpiod_line_request_output(l->line, cli_name, 1);
	case LINE_INPUT:
		return !gpiod_line_request_input(l->line, cli_name);
	default:
		return !gpiod_line_request_both_edges_events(l->line, cli_name);
	}
}

static void line_release(struct line *l)
{
	gpiod_line_release(l->line);
}

static int get_value(struct line *l)
{
	return gpiod_line_get_value(l->line);
}

static int set_value(struct line *l, bool level)
{
	return gpiod_line_set_value(l->line, level);
}

int line_fd(const struct line *l)
{
	return gpiod_line_event_get_fd(l->line);
}

static int read_edges(struct line *l)
{
	struct gpiod_line_event event[EDGES_AT_ONCE];
	int i, n = gpiod_line_event_read_multiple(l->line, event,
						  EDGES_AT_ONCE);

	for (i = 0; i < n; i++)
		l->edge[i] = (struct line_edge){
			.at_ns = event[i].ts.tv_sec * NSEC_PER_SEC +
				 event[i].ts.tv_nsec,
			.level = event[i].event_type ==
				 GPIOD_LINE_EVENT_RISING_EDGE,
		};
	return n;
}

const char *line_library(void)
{
	return gpiod_version_string();
}

#endif

/* ---- which line ---- */

/* 0, or an errno. */
static int open_chip(struct line *l, const char *path)
{
	l->chip = gpiod_chip_open(path);
	if (!l->chip)
		return errno;
	snprintf(l->chip_name, sizeof(l->chip_name), "%s",
		 strrchr(path, '/') + 1);
	chip_label(l);
	return 0;
}

static bool is_chip(const struct line *l, const char *path, const char *word)
{
	return strcmp(word, path) == 0 || strcmp(word, l->chip_name) == 0 ||
	       strcmp(word, l->label) == 0 ||
	       strcmp(word, l->chip_name + strlen("gpiochip")) == 0;
}

/* Is it a whole number? */
static bool parse_offset(const char *text, unsigned int *offset)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || n > UINT_MAX)
		return false;
	*offset = n;
	return true;
}

static void __attribute__((noreturn))
no_such_line(const char *word, const char *chip, const char *chips, int error)
{
	if (error == EACCES || error == EPERM)
		cli_die("no permission to open GPIO controllers; be root, or of the group that /dev/gpiochip* belong to (gpio)");
	if (!*chips)
		cli_die("there is no GPIO controller: no /dev/gpiochip*%s%s",
			error ? " that opens: " : "",
			error ? strerror(error) : "");
	if (chip)
		cli_die("there is no GPIO controller '%s'; there are:%s", chip,
			chips);
	cli_die("no GPIO line is called '%s'; say OFFSET, CHIP:OFFSET or a name, as gpioinfo shows them",
		word);
}

/* Opens the chip; sets the offset. */
static void find_line(struct line *l, const char *word)
{
	const char *colon = strrchr(word, ':');
	char chip[PATH_MAX] = "0", chips[1024] = "";
	bool by_name = false;
	int error = 0, found;
	size_t i, n = 0;
	glob_t names;

	if (colon && parse_offset(colon + 1, &l->offset))
		snprintf(chip, sizeof(chip), "%.*s", (int)(colon - word), word);
	else
		by_name = !parse_offset(word, &l->offset);

	if (glob("/dev/gpiochip*", 0, NULL, &names) == 0)
		n = names.gl_pathc;
	for (i = 0; i < n; i++) {
		const char *path = names.gl_pathv[i];
		int ret = open_chip(l, path);

		if (ret) {
			error = ret;
			continue;
		}
		found = by_name ? chip_find(l, word) : 0;
		if (by_name && found >= 0)
			l->offset = found;
		if (by_name ? found >= 0 : is_chip(l, path, chip)) {
			globfree(&names);
			return;
		}
		snprintf(chips + strlen(chips), sizeof(chips) - strlen(chips),
			 " %s (%s)", l->chip_name, l->label);
		gpiod_chip_close(l->chip);
	}
	no_such_line(word, by_name ? NULL : chip, chips, error);
}

static void __attribute__((noreturn))
cannot_take(const struct line *l, enum line_use use, const char *user, int error)
{
	if (*user || error == EBUSY)
		cli_die("%s is used by '%s'; use another line, or end what uses it",
			l->name, *user ? user : "the kernel");
	if (use == LINE_EDGES && (error == ENXIO || error == EINVAL ||
				  error == ENODEV || error == ENOTSUP))
		cli_die("%s cannot interrupt on both edges (%s); use another line",
			l->name, strerror(error));
	if (use == LINE_OUTPUT && (error == EIO || error == EINVAL ||
				   error == ENOTSUP))
		cli_die("%s cannot be an output (%s); use another line",
			l->name, strerror(error));
	cli_die("cannot take %s: %s", l->name, strerror(error));
}

struct line *line_open(const char *word, enum line_use use)
{
	struct line *l = calloc(1, sizeof(*l));
	char user[64] = "";

	if (!l)
		cli_die("no memory");
	find_line(l, word);
	snprintf(l->name, sizeof(l->name), "line %u of %s", l->offset,
		 l->chip_name);
	if (!line_user(l, user, sizeof(user)))
		cli_die("there is no %s (%s); gpioinfo shows its lines",
			l->name, l->label);
	if (!line_request(l, use))
		cannot_take(l, use, user, errno);
	return l;
}

void line_close(struct line *l)
{
	line_release(l);
	gpiod_chip_close(l->chip);
	free(l);
}

const char *line_name(const struct line *l)
{
	return l->name;
}

unsigned int line_offset(const struct line *l)
{
	return l->offset;
}

bool line_get(struct line *l)
{
	int level = get_value(l);

	if (level < 0)
		cli_die("cannot read %s: %s", l->name, strerror(errno));
	return level;
}

void line_set(struct line *l, bool level)
{
	if (set_value(l, level) < 0)
		cli_die("cannot set %s: %s", l->name, strerror(errno));
}

const struct line_edge *line_read(struct line *l)
{
	struct pollfd p = { .fd = line_fd(l), .events = POLLIN };

	if (l->next == l->edges) {
		if (poll(&p, 1, 0) <= 0)
			return NULL;
		l->next = 0;
		l->edges = read_edges(l);
		if (l->edges < 0)
			cli_die("cannot read edges of %s: %s", l->name,
				strerror(errno));
	}
	return l->next < l->edges ? &l->edge[l->next++] : NULL;
}
