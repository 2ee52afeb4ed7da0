// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bottom halves: switching, and what is measured of them.  Runs in the lab,
 * with the driver and the simulator loaded.
 *
 *   bottom-half switch MS [ATTRIBUTE]...
 *                            change to the next one every MS milliseconds, until
 *                            the file 'enough' is there; how often goes to the
 *                            file 'switches'; of each ATTRIBUTE if not of
 *                            bottom_half; never to SKIP of the environment
 *   bottom-half measured     print what each one did, once the line is quiet,
 *                            and hold the figures against each other
 *   bottom-half ioctls       what the ioctls promise
 *   bottom-half hog MS       keep this CPU from all that is not an interrupt or
 *                            a more urgent thread
 *   bottom-half no-threads FILE WORD
 *                            writes a word to a file while the kernel can make no thread
 *   bottom-half writers N    two who change it N times each, at once
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

#define FIX		"/dev/gnss-fix0"
#define BOTTOM_HALF	"/sys/class/gnss_gpio/gnss_gpio0/bottom_half"

#define RT_RUNTIME	"/proc/sys/kernel/sched_rt_runtime_us"
#define THREADS_MAX	"/proc/sys/kernel/threads-max"

#define NAMES_MAX	32
#define ATTRIBUTES_MAX	4

struct names {
	char text[512];
	char *name[NAMES_MAX];
	unsigned int n;
	unsigned int current;
};

/* The attribute: what there is, the current one in brackets. */
static void read_names(struct names *names, const char *attribute)
{
	int fd = xopen(attribute, O_RDONLY);
	ssize_t n = read(fd, names->text, sizeof(names->text) - 1);
	char *word;

	if (n <= 0)
		die(attribute);
	close(fd);
	names->text[n] = '\0';
	names->n = 0;
	for (word = strtok(names->text, " \n"); word && names->n < NAMES_MAX;
	     word = strtok(NULL, " \n")) {
		if (*word == '[') {
			names->current = names->n;
			*strchr(++word, ']') = '\0';
		}
		names->name[names->n++] = word;
	}
}

/* A process of its own for each switch would cost more than the switch. */
static void switch_all(unsigned int pause_ms, char **attribute, unsigned int attributes)
{
	const char *skip = getenv("SKIP");
	struct names names[ATTRIBUTES_MAX];
	unsigned int i, n = 0;
	FILE *f;

	for (i = 0; i < attributes; i++)
		read_names(&names[i], attribute[i]);
	while (access("enough", F_OK)) {
		n++;
		for (i = 0; i < attributes; i++) {
			const char *name = names[i].name[n % names[i].n];

			if ((!skip || strcmp(name, skip)) && put(attribute[i], name))
				die(name);
		}
		if (pause_ms)
			nap(pause_ms);
	}
	f = fopen("switches", "w");
	if (!f || fprintf(f, "%u\n", n) < 0 || fclose(f))
		die("switches");
}

/* ---- measurements ---- */

static const char *bad_hist(const struct gnss_gpio_hist *h)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < GNSS_GPIO_HIST_BUCKETS; i++)
		n += h->bucket[i];
	if (n != h->count)
		return "the buckets' sum is not the count";
	if (h->min_ns > h->max_ns || h->sum_ns > h->count * h->max_ns ||
	    h->sum_ns < h->count * h->min_ns)
		return "minimum, sum and maximum do not fit";
	return NULL;
}

static const char *bad_figures(const struct gnss_gpio_latency *l)
{
	const char *why;

	if (l->size != sizeof(*l))
		return "the size is wrong";
	/* The drain of the last kick may not have come yet, on another processor. */
	if (l->kicks - l->kicks_pending - l->start.count > 1)
		return "not each kick but the pending ones has its drain";
	if (l->drain.count != l->drains || l->start.count > l->drains)
		return "not each drain was measured";
	if (l->hardirq + l->softirq + l->ksoftirqd + l->process != l->drains)
		return "the contexts' sum is not that of the drains";
	if (l->bytes_max > l->bytes || l->drains_empty > l->drains ||
	    l->bytes > l->bytes_max * (l->drains - l->drains_empty) ||
	    !l->fifo_max != (l->drains == l->drains_empty))
		return "the bytes do not fit the drains";
	if (l->publish.count != l->fixes)
		return "not each fix was measured";
	why = bad_hist(&l->start);
	if (!why)
		why = bad_hist(&l->drain);
	if (!why)
		why = bad_hist(&l->publish);
	return why;
}

static bool get(int fd, unsigned int index, struct gnss_gpio_latency *l)
{
	memset(l, 0xff, sizeof(*l));
	l->index = index;
	if (!ioctl(fd, GNSS_GPIO_GET_LATENCY, l))
		return true;
	if (errno != ENOENT)
		die("GNSS_GPIO_GET_LATENCY");
	return false;
}

/* The line must be quiet: a kick and its drain are not counted at once. */
static void measured(void)
{
	struct gnss_gpio_latency l;
	int fd = xopen(FIX, O_RDWR);
	unsigned int i;

	for (i = 0; get(fd, i, &l); i++) {
		const char *why = bad_figures(&l);
		char name[80];

		if (!l.drains)
			continue;
		snprintf(name, sizeof(name), "%s: the figures agree", l.name);
		check(!why, name, "%s", why);
		printf("# %s: kicks %" PRIu64 " pending %" PRIu64
		       " drains %" PRIu64 " empty %" PRIu64 " bytes %" PRIu64
		       " most %" PRIu64 " waited %" PRIu64 " overruns %" PRIu64
		       " hardirq %" PRIu64 " softirq %" PRIu64
		       " ksoftirqd %" PRIu64 " process %" PRIu64
		       " fixes %" PRIu64 " late %" PRIu64
		       " start_ns %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		       l.name, (uint64_t)l.kicks, (uint64_t)l.kicks_pending,
		       (uint64_t)l.drains, (uint64_t)l.drains_empty,
		       (uint64_t)l.bytes, (uint64_t)l.bytes_max,
		       (uint64_t)l.fifo_max, (uint64_t)l.overruns,
		       (uint64_t)l.hardirq, (uint64_t)l.softirq,
		       (uint64_t)l.ksoftirqd, (uint64_t)l.process,
		       (uint64_t)l.fixes, (uint64_t)l.fixes_waited,
		       (uint64_t)l.start.min_ns,
		       l.start.count ? (uint64_t)(l.start.sum_ns / l.start.count) : 0,
		       (uint64_t)l.start.max_ns);
	}
	close(fd);
}

static void ioctls(void)
{
	struct gnss_gpio_latency l;
	struct names names;
	int fd = xopen(FIX, O_RDWR), reader = xopen(FIX, O_RDONLY);
	unsigned int i, n, offered = 0, used = 0, marked = 0;
	bool current = false;

	read_names(&names, BOTTOM_HALF);
	for (n = 0; get(fd, n, &l); n++) {
		for (i = 0; i < names.n; i++)
			offered += !strcmp(l.name, names.name[i]);
		marked += l.flags & GNSS_GPIO_LATENCY_CURRENT;
		if (l.flags & GNSS_GPIO_LATENCY_CURRENT)
			current = !strcmp(l.name, names.name[names.current]);
		used += !!l.drains;
	}
	check(n == 12 && offered == names.n,
	      "the ioctl gives each bottom half that the attribute lists",
	      "%u, %u of %u listed", n, offered, names.n);
	check(marked == 1 && current, "and marks the current one",
	      "%u marked", marked);
	check(used, "there are measurements", "none");
	l.index = 0xffffffff;
	refused(ioctl(fd, GNSS_GPIO_GET_LATENCY, &l), ENOENT,
		"a number that is none is ENOENT");
	refused(ioctl(fd, GNSS_GPIO_GET_LATENCY, NULL), EFAULT,
		"a bad address is EFAULT");
	refused(ioctl(reader, GNSS_GPIO_RESET_LATENCY), EBADF,
		"who only reads cannot reset: EBADF");
	check(!ioctl(fd, GNSS_GPIO_RESET_LATENCY), "who writes can", "%s",
	      strerror(errno));
	for (n = 0, used = 0; get(fd, n, &l); n++)
		used += l.kicks || l.drains || l.start.count || l.drain.max_ns ||
			l.publish.sum_ns || l.now_ns < l.reset_ns;
	check(!used, "and nothing is left", "%u have something", used);
	close(reader);
	close(fd);
}

/* ---- a machine that is too busy ---- */

static void hog(unsigned int ms)
{
	struct sched_param param = { .sched_priority = 98 };
	struct timespec t;
	int64_t end;

	/* The kernel would let others run for a part of each second. */
	if (put(RT_RUNTIME, "-1"))
		die(RT_RUNTIME);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("sched_setscheduler");
	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec * 1000 + t.tv_nsec / 1000000 + ms;
	do
		clock_gettime(CLOCK_MONOTONIC, &t);
	while (t.tv_sec * 1000 + t.tv_nsec / 1000000 < end);
}

/* ---- a thread that cannot be had ---- */

/* Quick: nobody else can fork meanwhile. */
static void no_threads(const char *path, const char *word)
{
	char limit[32] = "";
	int fd = xopen(THREADS_MAX, O_RDWR);
	int ret, error;

	if (read(fd, limit, sizeof(limit) - 1) <= 0 ||
	    put(THREADS_MAX, "20"))	/* the least it takes */
		die(THREADS_MAX);
	ret = put(path, word);
	error = errno;
	if (put(THREADS_MAX, limit))
		die(THREADS_MAX);
	close(fd);
	errno = error;
	refused(ret, EAGAIN, "no thread to be had: EAGAIN");
}

/* ---- two at once ---- */

struct outcome {
	unsigned int done;
	unsigned int busy;
	unsigned int other;
};

static void write_often(unsigned int first, unsigned int times,
			struct outcome *outcome)
{
	struct names names;
	unsigned int i;

	read_names(&names, BOTTOM_HALF);
	for (i = 0; i < times; i++) {
		if (!put(BOTTOM_HALF, names.name[(first + i) % names.n]))
			outcome->done++;
		else if (errno == EBUSY)
			outcome->busy++;
		else
			outcome->other++;
		/* Else the one could be refused before the other has slept. */
		nap(1 + i % 3);
	}
}

static void writers(unsigned int times)
{
	struct outcome *o = mmap(NULL, 2 * sizeof(*o), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct names names;
	pid_t child[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		child[i] = spawn();
		if (!child[i]) {
			write_often(5 * i, times, &o[i]);
			_exit(0);
		}
	}
	check(!reap(child, 2), "two writers at once: both come to their end",
	      "one died");
	check(o[0].done && o[1].done && !o[0].other && !o[1].other &&
	      o[0].busy + o[1].busy,
	      "each write is done or refused with EBUSY",
	      "done %u and %u, refused %u and %u, other errors %u and %u",
	      o[0].done, o[1].done, o[0].busy, o[1].busy, o[0].other,
	      o[1].other);
	read_names(&names, BOTTOM_HALF);
	printf("# done %u and %u, EBUSY %u and %u, now %s\n", o[0].done,
	       o[1].done, o[0].busy, o[1].busy, names.name[names.current]);
}

int main(int argc, char **argv)
{
	char *bottom_half = BOTTOM_HALF;

	if (argc == 3 && !strcmp(argv[1], "switch"))
		switch_all(atoi(argv[2]), &bottom_half, 1);
	else if (argc > 3 && argc <= 3 + ATTRIBUTES_MAX && !strcmp(argv[1], "switch"))
		switch_all(atoi(argv[2]), argv + 3, argc - 3);
	else if (argc == 2 && !strcmp(argv[1], "measured"))
		measured();
	else if (argc == 2 && !strcmp(argv[1], "ioctls"))
		ioctls();
	else if (argc == 3 && !strcmp(argv[1], "hog"))
		hog(atoi(argv[2]));
	else if (argc == 4 && !strcmp(argv[1], "no-threads"))
		no_threads(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(argv[1], "writers"))
		writers(atoi(argv[2]));
	else
		return 2;
	return 0;
}
