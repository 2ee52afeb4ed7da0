// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-latency: a run as JSON, and back.
 *
 * No dates, no process numbers: where time is exact, two runs give the same
 * file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "cli.h"
#include "latency.h"

#define FORMAT		"gnss-latency"
#define FORMAT_VERSION	1

/* ---- writing ---- */

static void add(struct json_object *o, const char *key, struct json_object *v)
{
	if (!v || json_object_object_add(o, key, v))
		cli_die("out of memory");
}

static void add_number(struct json_object *o, const char *key, u64 value)
{
	add(o, key, json_object_new_uint64(value));
}

static void add_text(struct json_object *o, const char *key, const char *value)
{
	add(o, key, json_object_new_string(value));
}

static void append(struct json_object *array, struct json_object *v)
{
	if (!v || json_object_array_add(array, v))
		cli_die("out of memory");
}

static struct json_object *hist_buckets(const struct gnss_gpio_hist *h)
{
	struct json_object *buckets = json_object_new_array(), *pair;
	unsigned int i;

	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS; i++) {
		if (!h->bucket[i])
			continue;
		pair = json_object_new_array();
		append(pair, json_object_new_uint64(hist_bucket_max(i)));
		append(pair, json_object_new_uint64(h->bucket[i]));
		append(buckets, pair);
	}
	return buckets;
}

static struct json_object *hist_object(const struct gnss_gpio_hist *h)
{
	struct json_object *o = json_object_new_object();
	char key[32];
	unsigned int s;

	add_number(o, "count", h->count);
	add_number(o, "sum_ns", h->sum_ns);
	for (s = 0; s < STATS && h->count; s++) {
		snprintf(key, sizeof(key), "%s_ns", latency_stats[s]);
		add_number(o, key, latency_stat(h, s));
	}
	add(o, "buckets", hist_buckets(h));
	return o;
}

static struct json_object *cell_object(const struct latency_cell *c)
{
	struct json_object *o = json_object_new_object();
	unsigned int m;
	size_t i;

	add_text(o, "name", c->mode);
	add(o, "drained", json_object_new_boolean(latency_drained(c)));
	for (i = 0; i < latency_counters_n; i++)
		add_number(o, latency_counters[i].name,
			   latency_counter(c, latency_counters[i].offset));
	for (m = 0; m < MEASURES; m++)
		add(o, latency_measures[m], hist_object(&c->hist[m]));
	return o;
}

static struct json_object *load_object(const struct latency_load *load)
{
	struct json_object *o = json_object_new_object();
	struct json_object *modes = json_object_new_array();
	struct latency_sort sort;
	char words[1024];
	unsigned int i;

	latency_sort_parse(&sort, "start.p99");
	latency_verdict(words, sizeof(words), load, &sort);
	add_text(o, "name", load->name);
	add_text(o, "what", load->what);
	add_text(o, "verdict", words);
	for (i = 0; i < load->n; i++)
		append(modes, cell_object(&load->cells[i]));
	add(o, "bottom_halves", modes);
	return o;
}

void latency_save(const char *name, FILE *f, const struct latency_result *r)
{
	struct json_object *o = json_object_new_object();
	struct json_object *loads = json_object_new_array();
	const char *text;
	unsigned int i;

	add_text(o, "format", FORMAT);
	add_number(o, "version", FORMAT_VERSION);
	add_text(o, "kernel", r->kernel);
	add_text(o, "machine", r->machine);
	add(o, "preempt_rt", json_object_new_boolean(r->preempt_rt));
	add(o, "simulated", json_object_new_boolean(r->simulated));
	add_number(o, "cpus", r->cpus);
	add_number(o, "baud", r->baud);
	add_number(o, "duration_ms", r->duration_ms);
	add_number(o, "settle_ms", r->settle_ms);
	for (i = 0; i < r->n; i++)
		append(loads, load_object(&r->loads[i]));
	add(o, "loads", loads);
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	if (!text)
		cli_die("out of memory");
	fprintf(f, "%s\n", text);
	cli_flush(f, name);
	json_object_put(o);
}

/* ---- reading ---- */

/* The file that is read, for messages, and what it holds. */
static const char *source;
static struct json_object *root;

static void __attribute__((noreturn)) damaged(const char *what)
{
	cli_die("%s is damaged, or not made by gnss-latency: %s", source, what);
}

static struct json_object *get(struct json_object *o, const char *key,
			       enum json_type type)
{
	struct json_object *v;
	char text[64];

	if (json_object_object_get_ex(o, key, &v) &&
	    json_object_is_type(v, type))
		return v;
	snprintf(text, sizeof(text), "no good \"%s\"", key);
	damaged(text);
}

static u64 value_of(struct json_object *v)
{
	if (!json_object_is_type(v, json_type_int) ||
	    (json_object_get_int64(v) < 0))
		damaged("a number is none");
	return json_object_get_uint64(v);
}

static u64 get_number(struct json_object *o, const char *key)
{
	return value_of(get(o, key, json_type_int));
}

static unsigned int get_unsigned(struct json_object *o, const char *key)
{
	u64 value = get_number(o, key);

	if (value > UINT_MAX)
		damaged("a number is too large");
	return value;
}

/* Also goes into CSV and file names, so only what this program writes. */
static void get_text(struct json_object *o, const char *key, char *text,
		     size_t size)
{
	const char *value = json_object_get_string(get(o, key,
						       json_type_string));
	const char *p;

	for (p = value; *p; p++)
		if (*p < ' ' || *p > '~' || *p == '"' || *p == '\\')
			damaged("a text holds strange characters");
	if (strlen(value) >= size)
		damaged("a text is too long");
	strcpy(text, value);
}

static void get_name(struct json_object *o, const char *key, char *text,
		     size_t size)
{
	get_text(o, key, text, size);
	if (!*text || strpbrk(text, "/,'`$ ") || *text == '.')
		damaged("a name is none");
}

static void get_bucket(struct json_object *pair, struct gnss_gpio_hist *h)
{
	u64 max, count;
	unsigned int i;

	if (!json_object_is_type(pair, json_type_array) ||
	    json_object_array_length(pair) != 2)
		damaged("a bucket is none");
	max = value_of(json_object_array_get_idx(pair, 0));
	count = value_of(json_object_array_get_idx(pair, 1));
	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS; i++) {
		if (hist_bucket_max(i) != max)
			continue;
		if (count > UINT_MAX || h->bucket[i])
			damaged("a bucket is none");
		h->bucket[i] = count;
		return;
	}
	damaged("there is no such bucket");
}

static void get_hist(struct json_object *o, struct gnss_gpio_hist *h)
{
	struct json_object *buckets = get(o, "buckets", json_type_array);
	u64 seen = 0;
	size_t i;

	h->count = get_number(o, "count");
	h->sum_ns = get_number(o, "sum_ns");
	if (h->count) {
		h->min_ns = get_number(o, "min_ns");
		h->max_ns = get_number(o, "max_ns");
	}
	for (i = 0; i < json_object_array_length(buckets); i++)
		get_bucket(json_object_array_get_idx(buckets, i), h);
	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS; i++)
		seen += h->bucket[i];
	if (seen != h->count)
		damaged("buckets and count do not agree");
}

static void get_cell(struct json_object *o, struct latency_load *load)
{
	struct latency_cell *c;
	char name[LATENCY_NAME];
	unsigned int m;
	size_t i;

	get_name(o, "name", name, sizeof(name));
	if (latency_find_cell(load, name))
		damaged("a bottom half is there twice");
	c = latency_add_cell(load, name);
	for (i = 0; i < latency_counters_n; i++)
		*(u64 *)((char *)c + latency_counters[i].offset) =
			get_number(o, latency_counters[i].name);
	for (m = 0; m < MEASURES; m++)
		get_hist(get(o, latency_measures[m], json_type_object),
			 &c->hist[m]);
}

static void get_load(struct json_object *o, struct latency_result *r)
{
	struct json_object *modes = get(o, "bottom_halves", json_type_array);
	struct latency_load *load;
	char name[LATENCY_NAME];
	size_t i;

	get_name(o, "name", name, sizeof(name));
	if (latency_find_load(r, name))
		damaged("a load is there twice");
	load = latency_add_load(r, name);
	get_text(o, "what", load->what, sizeof(load->what));
	for (i = 0; i < json_object_array_length(modes); i++)
		get_cell(json_object_array_get_idx(modes, i), load);
}

static void check_format(struct json_object *o)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, "format", &v) ||
	    strcmp(json_object_get_string(v) ?: "", FORMAT) != 0)
		cli_die("%s is JSON, but not made by gnss-latency", source);
	if (get_number(o, "version") != FORMAT_VERSION)
		cli_die("%s is of version %llu; this program knows version %d",
			source, (unsigned long long)get_number(o, "version"),
			FORMAT_VERSION);
}

/* Read once, as a pipe can be. */
static struct json_object *parse(const char *name)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *o = NULL;
	bool empty = true;
	char bytes[65536];
	FILE *f;
	size_t n;

	if (!tokener)
		cli_die("out of memory");
	f = fopen(name, "re");
	while (f && !o && (n = fread(bytes, 1, sizeof(bytes), f)) > 0) {
		empty = false;
		o = json_tokener_parse_ex(tokener, bytes, n);
		if (json_tokener_get_error(tokener) != json_tokener_continue)
			break;
	}
	if (!f || ferror(f))
		cli_die("cannot read %s: %s", name, strerror(errno));
	if (empty)
		cli_die("%s is empty", name);
	if (!o)
		cli_die("%s is no JSON, or cut off", name);
	json_tokener_free(tokener);
	fclose(f);
	return o;
}

void latency_read(const char *name, struct latency_result *r)
{
	struct json_object *o, *loads;
	size_t i;

	source = name;
	root = parse(name);
	o = root;
	check_format(o);
	get_text(o, "kernel", r->kernel, sizeof(r->kernel));
	get_text(o, "machine", r->machine, sizeof(r->machine));
	r->preempt_rt = json_object_get_boolean(get(o, "preempt_rt",
						    json_type_boolean));
	r->simulated = json_object_get_boolean(get(o, "simulated",
						   json_type_boolean));
	r->cpus = get_unsigned(o, "cpus");
	r->baud = get_unsigned(o, "baud");
	r->duration_ms = get_unsigned(o, "duration_ms");
	r->settle_ms = get_unsigned(o, "settle_ms");
	loads = get(o, "loads", json_type_array);
	for (i = 0; i < json_object_array_length(loads); i++)
		get_load(json_object_array_get_idx(loads, i), r);
	json_object_put(root);
}
