// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds each received frame against the byte that was sent at its time.  Runs in
 * the lab, with the driver's tracepoint gnss_gpio_byte recorded.
 *
 *   frames SENT RECEIVED [START_NS BIT_PS]
 *
 * SENT was played from START_NS on (CLOCK_MONOTONIC), a bit each BIT_PS;
 * RECEIVED is what /dev/gnss-nmeaN gave.  Says on stderr which good frames and which
 * sentences are not what was sent.  Prints one line:
 *
 *   sentences  of SENT that are in RECEIVED, whole and in order
 *   altered    lines of RECEIVED that are none of them
 *   traced     frames; this and what follows only if it is said when SENT was played
 *   wrong      good frames that are not what was sent: there must be none
 *   mistaken   doubtful frames whose best reading is not what was sent
 *   missing    bytes without a frame
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRACE	"/sys/kernel/tracing/trace"

struct text {
	char *bytes;
	size_t n;
};

struct counts {
	unsigned int traced, wrong, mistaken, missing;
};

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "frames: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct text load(const char *name)
{
	FILE *f = fopen(name, "r");
	struct text text = { NULL, 0 };
	size_t size = 0, n;

	if (!f)
		die(name);
	do {
		if (text.n + 4096 > size) {
			size = 2 * size + 8192;
			text.bytes = realloc(text.bytes, size);
		}
		n = fread(text.bytes + text.n, 1, 4096, f);
		text.n += n;
	} while (n);
	fclose(f);
	return text;
}

/* The sentence at @at, line end included; 0 bytes at the end. */
static struct text line_at(const struct text *text, size_t at)
{
	struct text line = { text->bytes + at, 0 };
	char *end;

	if (at >= text->n)
		return line;
	end = memchr(line.bytes, '\n', text->n - at);
	line.n = end ? (size_t)(end - line.bytes) + 1 : text->n - at;
	return line;
}

/* How many there are; where they are comes back in @lines if it is not NULL. */
static size_t split(const struct text *text, struct text *lines)
{
	struct text line;
	size_t at, n = 0;

	for (at = 0; (line = line_at(text, at)).n; at += line.n, n++)
		if (lines)
			lines[n] = line;
	return n;
}

static struct text *lines_of(const struct text *text, size_t *n)
{
	struct text *lines;

	*n = split(text, NULL);
	lines = calloc(*n + 1, sizeof(*lines));
	if (!lines)
		die("lines");
	split(text, lines);
	return lines;
}

static bool same(const struct text *a, const struct text *b)
{
	return a->n == b->n && !memcmp(a->bytes, b->bytes, a->n);
}

/* Bytes in which they differ. */
static size_t distance(const struct text *a, const struct text *b)
{
	const struct text *shorter = a->n < b->n ? a : b;
	size_t i, n = a->n + b->n - 2 * shorter->n;

	for (i = 0; i < shorter->n; i++)
		n += a->bytes[i] != b->bytes[i];
	return n;
}

static int shown(const struct text *line)
{
	return line->n - (line->n > 1 && line->bytes[line->n - 2] == '\r') -
	       (line->bytes[line->n - 1] == '\n');
}

/* The sentence that a received line is most like tells what became of it. */
static void say_altered(const struct text *from, size_t n, const struct text *line)
{
	const struct text *best = from;
	size_t i;

	for (i = 1; i < n; i++)
		if (distance(&from[i], line) < distance(best, line))
			best = &from[i];
	if (!n || same(best, line))
		return;
	fprintf(stderr, "sentence received: %.*s\n", shown(line), line->bytes);
	fprintf(stderr, "sentence sent:     %.*s\n", shown(best), best->bytes);
}

/*
 * The most sentences that both have in the same order: some of a receiver's are
 * sent again and again, so the first one that is like it may be another one.
 */
static unsigned int whole_sentences(const struct text *sent,
				    const struct text *received,
				    unsigned int *altered)
{
	size_t n_sent, n_received, i, k;
	struct text *from = lines_of(sent, &n_sent);
	struct text *to = lines_of(received, &n_received);
	unsigned int *most = calloc(n_received + 1, sizeof(*most));
	unsigned int before, above;

	if (!most)
		die("sentences");
	for (i = 0; i < n_sent; i++) {
		before = 0;
		for (k = 1; k <= n_received; k++) {
			above = most[k];
			if (same(&from[i], &to[k - 1]))
				most[k] = before + 1;
			else if (most[k] < most[k - 1])
				most[k] = most[k - 1];
			before = above;
		}
	}
	*altered = n_received - most[n_received];
	for (k = 0; k < n_received; k++)
		say_altered(from, n_sent, &to[k]);
	return most[n_received];
}

/* A frame that began late may be that of the byte before. */
static long byte_of(const struct text *sent, const bool *seen, long at,
		    unsigned int value)
{
	if (at > 0 && at <= (long)sent->n && !seen[at - 1] &&
	    (at == (long)sent->n || seen[at] ||
	     (unsigned char)sent->bytes[at] != value) &&
	    (unsigned char)sent->bytes[at - 1] == value)
		return at - 1;
	return at;
}

static void judge(struct counts *c, const struct text *sent, bool *seen,
		  long at, unsigned int value, const char *flags)
{
	bool right;

	c->traced++;
	at = byte_of(sent, seen, at, value);
	if (strstr(flags, "break"))
		return;
	right = at >= 0 && at < (long)sent->n && !seen[at] &&
		(unsigned char)sent->bytes[at] == value;
	if (at >= 0 && at < (long)sent->n)
		seen[at] = true;
	if (right || strstr(flags, "framing_error"))
		return;
	if (strstr(flags, "doubtful")) {
		c->mistaken++;
		return;
	}
	c->wrong++;
	fprintf(stderr, "byte %ld: 0x%02x called good, 0x%02x was sent\n", at,
		value, at >= 0 && at < (long)sent->n ?
		(unsigned char)sent->bytes[at] : 0);
}

static struct counts read_trace(const struct text *sent, int64_t start_ns,
				int64_t bit_ps)
{
	bool *seen = calloc(sent->n + 1, sizeof(*seen));
	FILE *f = fopen(TRACE, "r");
	struct counts c = { 0 };
	char line[512];
	size_t i;

	if (!f || !seen)
		die(TRACE);
	while (fgets(line, sizeof(line), f)) {
		char *event = strstr(line, "gnss_gpio_byte: ");
		unsigned int value;
		int64_t at_ns;
		int n = 0;

		if (!event ||
		    sscanf(event, "gnss_gpio_byte: %*s value=%x margin=%*s start_ns=%" SCNd64
			   " span_ns=%*u%n", &value, &at_ns, &n) != 2)
			continue;
		at_ns -= start_ns;
		/* a start bit is rather late than early */
		judge(&c, sent, seen,
		      (at_ns * 1000 + bit_ps * 4 / 10) / (bit_ps * 10), value,
		      event + n);
	}
	fclose(f);
	for (i = 0; i < sent->n; i++)
		c.missing += !seen[i];
	free(seen);
	return c;
}

int main(int argc, char **argv)
{
	struct text sent, received;
	unsigned int whole, altered;
	struct counts c;

	if (argc != 3 && argc != 5) {
		fprintf(stderr, "usage: frames SENT RECEIVED [START_NS BIT_PS]\n");
		return 2;
	}
	sent = load(argv[1]);
	received = load(argv[2]);
	whole = whole_sentences(&sent, &received, &altered);
	printf("sentences %u altered %u", whole, altered);
	if (argc == 5) {
		c = read_trace(&sent, strtoll(argv[3], NULL, 10),
			       strtoll(argv[4], NULL, 10));
		printf(" traced %u wrong %u mistaken %u missing %u", c.traced,
		       c.wrong, c.mistaken, c.missing);
	}
	putchar('\n');
	return 0;
}
