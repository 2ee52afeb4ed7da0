// SPDX-License-Identifier: GPL-2.0-only
/*
 * Observations that a recorder made in the lab, decoded again.
 *
 * The traces are those of the folder in the environment variable TRACES, or of
 * 'shared/traces' beside the project; its README tells the format.  They are too
 * large to be part of the project.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glob.h>

#include <cmocka.h>

#include "reception.h"

#define TRACES_DEFAULT	"../../../shared/traces"

/* As in the .rec files. */
struct record {
	s64 at_ns;
	u32 late_ns;
	u8 level;
	u8 look;
	u8 ticked;
	u8 kicked;
};

static char dir[] = "/tmp/test_trace.XXXXXX";

static void *read_file(const char *name, size_t *size)
{
	FILE *file = fopen(name, "rb");
	void *data;

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	*size = ftell(file);
	rewind(file);
	data = calloc(*size + 1, 1);
	assert_int_equal(fread(data, 1, *size, file), *size);
	fclose(file);

	return data;
}

/* The line of the trace, as the simulator played it. */
static void prepare_trace(const char *meta)
{
	bool edge = strrchr(meta, '/')[1] == 'e';
	char *text, *played = strdup(meta);
	long long start_ns;
	u32 baud, bit_ps;
	size_t size;
	s32 skew_ppm;

	text = read_file(meta, &size);
	assert_int_equal(sscanf(text, "%*s %u %d %*u %*u %*u %lld %u", &baud, &skew_ppm,
				&start_ns, &bit_ps), 4);
	free(text);
	prepare(edge ? EDGE : TIMER, baud, skew_ppm, 1);
	r.bit_ps = bit_ps;
	new_line(start_ns);
	strcpy(strrchr(played, '/'), "/played");
	text = read_file(played, &size);
	send_text(text);
	free(text);
	free(played);
}

static void feed_records(const char *meta)
{
	char *name = strdup(meta);
	struct record *records;
	size_t size, i;

	strcpy(strrchr(name, '.'), ".rec");
	records = read_file(name, &size);
	for (i = 0; i < size / sizeof(*records); i++) {
		const struct record *record = &records[i];
		struct uart_obs obs = {
			.at_ns = record->at_ns,
			.late_ns = record->late_ns,
		};

		obs.flags |= record->level ? UART_OBS_LEVEL : 0;
		obs.flags |= record->look ? UART_OBS_LOOK : 0;
		obs.flags |= r.engine == EDGE ? UART_OBS_RISES : 0;
		obs.flags |= record->ticked || record->kicked ? UART_OBS_BUSY : 0;
		uart_feed(&r.u, &obs);
		r.edges += !record->look;
		r.looked += record->look;
	}
	free(records);
	free(name);
}

/* The traces unpacked; NULL: there are none. */
static const char *unpack(void)
{
	const char *traces = getenv("TRACES");
	char command[500];

	if (!traces)
		traces = TRACES_DEFAULT;
	assert_non_null(mkdtemp(dir));
	snprintf(command, sizeof(command),
		 "for f in '%s'/*.tar.xz; do tar -xJf \"$f\" -C %s || exit 1; done 2>&1",
		 traces, dir);

	return system(command) ? NULL : dir;
}

static void a_good_byte_of_a_trace_is_right(void **state)
{
	u32 wrong_good = 0;
	char pattern[100];
	glob_t found;
	size_t i;

	(void)state;
	if (!unpack()) {
		printf("# SKIPPED: no traces; TRACES=DIR names the folder that has them\n");
		skip();
	}
	snprintf(pattern, sizeof(pattern), "%s/*.meta", dir);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (i = 0; i < found.gl_pathc; i++) {
		const char *meta = found.gl_pathv[i];
		struct figures f = {};

		prepare_trace(meta);
		feed_records(meta);
		judge(&f);
		judge_sentences(&f);
		printf("# %s: ", strrchr(meta, '/') + 1);
		print_figures(&f, 1);
		/* Glitches mislead looks, and with falling edges alone nothing tells. */
		if (r.engine == EDGE || !strstr(meta, "glitch"))
			wrong_good += f.wrong_good;
	}
	globfree(&found);
	assert_int_equal(wrong_good, 0);
}

static int clean_up(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);

	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_byte_of_a_trace_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, clean_up);
}
