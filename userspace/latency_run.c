// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-latency: one bottom half after the other under one load after the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "attribute.h"
#include "cli.h"
#include "clock.h"
#include "latency.h"

#define SYSFS		"/sys/class/gnss_gpio/gnss_gpio"
#define MAX_MODES	32

/* A receiver of 1 Hz is heard within this. */
#define FIRST_BYTE_NS	(3 * NSEC_PER_SEC)

static struct {
	int fd;
	char dev[64];
	char sysfs[64];
	char modes[MAX_MODES][LATENCY_NAME];
	unsigned int modes_n;
	char before[LATENCY_NAME];	/* the bottom half that we found */
	bool switched;
	u64 next_seq;
} run = { .fd = -1 };

static volatile sig_atomic_t interrupted;
static sigset_t while_waiting;

/* ---- files ---- */

static u64 get_number(const char *name)
{
	char text[32];

	if (!attribute_get(run.sysfs, name, text, sizeof(text)))
		cli_die("cannot read %s/%s: %s", run.sysfs, name,
			strerror(errno));
	return strtoull(text, NULL, 10);
}

/* The counters are words of the kernel's machine, and wrap. */
static u64 grown_by(u64 before, u64 after)
{
	return after >= before ? after - before : (u32)(after - before);
}

/* ---- the device ---- */

static void __attribute__((noreturn)) is_gone(void)
{
	cli_die("%s is gone: the receiver was unbound or its module unloaded",
		run.dev);
}

static void __attribute__((noreturn)) is_old(void)
{
	cli_die("the driver of %s is too old to measure latencies; it and this program must be of one version",
		run.dev);
}

static void open_device(void)
{
	struct gnss_gpio_info info;

	run.fd = open(run.dev, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (run.fd < 0 && (errno == ENOENT || errno == ENODEV ||
			   errno == ENXIO))
		cli_die("there is no %s; load the driver and a receiver (without one: modprobe gnss_gpio; modprobe gnss_gpio_sim)",
			run.dev);
	if (run.fd < 0 && (errno == EACCES || errno == EPERM))
		cli_die("no permission to use %s; run as root", run.dev);
	if (run.fd < 0)
		cli_die("cannot open %s: %s", run.dev, strerror(errno));
	if (ioctl(run.fd, GNSS_GPIO_GET_INFO, &info)) {
		if (errno == ENODEV)
			is_gone();
		cli_die("%s is no gnss-fix device", run.dev);
	}
	if (info.abi_version < 2)
		is_old();
}

/* False if there is no bottom half with that number. */
static bool snapshot(struct gnss_gpio_latency *l, unsigned int index)
{
	memset(l, 0, sizeof(*l));
	l->size = sizeof(*l);
	l->index = index;
	if (!ioctl(run.fd, GNSS_GPIO_GET_LATENCY, l)) {
		if (l->size < sizeof(*l))
			is_old();
		l->name[sizeof(l->name) - 1] = '\0';
		return true;
	}
	if (errno == ENOENT)
		return false;
	if (errno == ENODEV)
		is_gone();
	if (errno == ENOTTY)
		is_old();
	cli_die("cannot get the latencies of %s: %s", run.dev,
		strerror(errno));
}

static void snapshot_of(struct gnss_gpio_latency *l, const char *mode)
{
	unsigned int i;

	for (i = 0; snapshot(l, i); i++)
		if (strcmp(l->name, mode) == 0)
			return;
	cli_die("the driver has no latencies of '%s'", mode);
}

static void reset(void)
{
	if (!ioctl(run.fd, GNSS_GPIO_RESET_LATENCY))
		return;
	if (errno == ENODEV)
		is_gone();
	if (errno == ENOTTY)
		is_old();
	cli_die("cannot reset the latencies of %s: %s", run.dev,
		strerror(errno));
}

/* ---- bottom halves ---- */

/* "[workqueue] threaded-irq ..." */
static void list_modes(void)
{
	char text[1024], *word, *rest = text;

	if (!attribute_get(run.sysfs, "bottom_half", text, sizeof(text)))
		cli_die("cannot read %s/bottom_half: %s", run.sysfs,
			strerror(errno));
	run.modes_n = 0;
	while ((word = strsep(&rest, " ")) && run.modes_n < MAX_MODES) {
		size_t length = strlen(word);
		bool current = word[0] == '[' && word[length - 1] == ']';

		if (!length || length >= LATENCY_NAME)
			continue;
		if (current) {
			word[length - 1] = '\0';
			word++;
			strcpy(run.before, word);
		}
		strcpy(run.modes[run.modes_n++], word);
	}
	if (!run.modes_n || !run.before[0])
		cli_die("%s/bottom_half holds no list of bottom halves",
			run.sysfs);
}

static void check_mode(const char *mode)
{
	char names[MAX_MODES * (LATENCY_NAME + 1)] = "";
	unsigned int i;

	for (i = 0; i < run.modes_n; i++) {
		if (strcmp(mode, run.modes[i]) == 0)
			return;
		strcat(names, " ");
		strcat(names, run.modes[i]);
	}
	cli_usage("this kernel has no bottom half '%s'; there are:%s", mode,
		  names);
}

static void switch_to(const char *mode)
{
	run.switched = true;
	if (attribute_put(run.sysfs, "bottom_half", mode))
		return;
	if (errno == ENOENT || errno == ENODEV)
		is_gone();
	if (errno == EBUSY)
		cli_die("another program is switching the bottom half of %s",
			run.sysfs);
	if (errno == EACCES || errno == EPERM)
		cli_die("no permission to switch the bottom half; run as root");
	cli_die("cannot switch to the bottom half '%s': %s", mode,
		strerror(errno));
}

void latency_run_stop(void)
{
	latency_load_stop();
	if (run.switched && access(run.sysfs, F_OK) == 0 &&
	    !attribute_put(run.sysfs, "bottom_half", run.before))
		fprintf(stderr, "%s: cannot switch back to '%s': %s\n",
			cli_name, run.before, strerror(errno));
	run.switched = false;
	if (run.fd >= 0)
		close(run.fd);
	run.fd = -1;
}

/* ---- waiting and reading ---- */

static void on_signal(int signal)
{
	interrupted = signal;
}

/* Signals come in while we wait, nowhere else. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction before;

		/* nohup means it */
		sigaction(signals[i], NULL, &before);
		if (before.sa_handler == SIG_IGN)
			continue;
		sigaction(signals[i], &action, NULL);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
}

/* False when the time is over or a signal came; else there is something. */
static bool wait_for_record(s64 deadline)
{
	struct pollfd pollfd = { .fd = run.fd, .events = POLLIN };
	s64 left = deadline - clock_now_ns();
	struct timespec ts = { left / NSEC_PER_SEC, left % NSEC_PER_SEC };
	int n;

	if (left <= 0 || interrupted)
		return false;
	n = ppoll(&pollfd, 1, &ts, &while_waiting);
	if (n < 0 && errno != EINTR)
		cli_die("cannot wait for %s: %s", run.dev, strerror(errno));
	return n > 0;
}

/* A record that came with the reset's last one is not of this cell. */
static void count_record(struct latency_cell *cell,
			 const struct gnss_gpio_fix *fix, s64 since, s64 now)
{
	if (!cell || fix->published_ns < since)
		return;
	if (run.next_seq && fix->seq > run.next_seq)
		cell->records_lost += fix->seq - run.next_seq;
	hist_add(&cell->hist[MEASURE_READ], now - fix->published_ns);
	/* Those that silence completed did not wait for the bottom half. */
	if (fix->received_ns)
		hist_add(&cell->hist[MEASURE_WHOLE], now - fix->received_ns);
}

static void read_records(struct latency_cell *cell, s64 since)
{
	static char buffer[65536];
	struct gnss_gpio_fix fix;
	ssize_t n, at;
	size_t left;
	s64 now;

	n = read(run.fd, buffer, sizeof(buffer));
	now = clock_now_ns();
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (!n || (n < 0 && errno == ENODEV))
		is_gone();
	if (n < 0)
		cli_die("cannot read %s: %s", run.dev, strerror(errno));
	for (at = 0; at < n; at += fix.size) {
		memset(&fix, 0, sizeof(fix));
		left = n - at;
		memcpy(&fix, buffer + at, left < sizeof(fix) ? left : sizeof(fix));
		if (fix.size < GNSS_GPIO_FIX_SIZE_V1 || fix.size > left)
			cli_die("%s gave a record of %u bytes; it is no gnss-fix device, or older than this program",
				run.dev, fix.size);
		count_record(cell, &fix, since, now);
		run.next_seq = fix.seq + 1;
	}
}

static void read_until(struct latency_cell *cell, s64 since, s64 deadline)
{
	while (clock_now_ns() < deadline && !interrupted)
		if (wait_for_record(deadline))
			read_records(cell, since);
}

static void wait_for_data(void)
{
	u64 bytes = get_number("stats/bytes"), edges = get_number("stats/edges");
	s64 deadline = clock_now_ns() + FIRST_BYTE_NS;

	while (get_number("stats/bytes") == bytes && !interrupted) {
		if (clock_now_ns() >= deadline) {
			bool any = get_number("stats/edges") != edges;

			cli_die("nothing is received on %s: %s", run.dev, any ?
				"the line moves, but not as at its baud rate; see 'baud' in sysfs" :
				"the line is silent; see to the wiring, the pin and the receiver's power (a simulated one must be played something)");
		}
		read_until(NULL, 0, clock_now_ns() + 10 * NSEC_PER_MSEC);
	}
}

/* ---- a cell ---- */

struct line_stats {
	u64 doubtful;
	u64 framing_errors;
	u64 checksum_errors;
};

static struct line_stats get_line_stats(void)
{
	return (struct line_stats){
		.doubtful = get_number("stats/doubtful"),
		.framing_errors = get_number("stats/framing_errors"),
		.checksum_errors = get_number("stats/checksum_errors"),
	};
}

static void take_over(struct latency_cell *cell,
		      const struct gnss_gpio_latency *l)
{
	cell->measured_ns = l->now_ns - l->reset_ns;
	cell->kicks = l->kicks;
	cell->kicks_pending = l->kicks_pending;
	cell->drains = l->drains;
	cell->drains_empty = l->drains_empty;
	cell->bytes = l->bytes;
	cell->bytes_max = l->bytes_max;
	cell->fifo_max = l->fifo_max;
	cell->overruns = l->overruns;
	cell->hardirq = l->hardirq;
	cell->softirq = l->softirq;
	cell->ksoftirqd = l->ksoftirqd;
	cell->process = l->process;
	cell->cpu_changes = l->cpu_changes;
	cell->fixes = l->fixes;
	cell->fixes_waited = l->fixes_waited;
	cell->hist[MEASURE_START] = l->start;
	cell->hist[MEASURE_DRAIN] = l->drain;
	cell->hist[MEASURE_PUBLISH] = l->publish;
}

static void progress(unsigned int done, unsigned int all, const char *load,
		     const char *mode, const struct latency_options *o)
{
	unsigned int left = (u64)(all - done) *
			    (o->duration_ms + o->settle_ms) / 1000;

	cli_progress = isatty(2);
	if (cli_progress)
		fprintf(stderr, "\r\033[K%u/%u  %s, %s  (%u s left)", done + 1,
			all, load, mode, left);
	else
		fprintf(stderr, "%s: %u/%u %s, %s\n", cli_name, done + 1, all,
			load, mode);
}

static void progress_end(void)
{
	if (cli_progress)
		fputs("\r\033[K", stderr);
	cli_progress = false;
}

static void measure(struct latency_cell *cell, const char *load,
		    const char *mode, const struct latency_options *o)
{
	static struct gnss_gpio_latency l;
	struct line_stats before, after;
	s64 since;

	memset(cell, 0, sizeof(*cell));
	snprintf(cell->mode, sizeof(cell->mode), "%s", mode);
	latency_load_start(load, &o->load);
	switch_to(cell->mode);
	read_until(NULL, 0, clock_now_ns() + o->settle_ms * NSEC_PER_MSEC);
	before = get_line_stats();
	reset();
	since = clock_now_ns();
	read_until(cell, since, since + o->duration_ms * NSEC_PER_MSEC);
	snapshot_of(&l, cell->mode);
	after = get_line_stats();
	if (interrupted)
		return;
	latency_load_check();
	latency_load_stop();
	if (!(l.flags & GNSS_GPIO_LATENCY_CURRENT))
		cli_die("somebody switched the bottom half while '%s' was measured",
			cell->mode);
	take_over(cell, &l);
	cell->doubtful = grown_by(before.doubtful, after.doubtful);
	cell->framing_errors = grown_by(before.framing_errors,
					after.framing_errors);
	cell->checksum_errors = grown_by(before.checksum_errors,
					 after.checksum_errors);
	/* Kicks without bytes are a bottom half that was kept from running. */
	if (!cell->kicks)
		cli_die("nothing was received while '%s' was measured under the load '%s'; did the receiver stop?",
			cell->mode, load);
}

/* ---- all of it ---- */

/*
 * The simulator is the parent of a device that it made itself; in a device tree
 * it is the supplier of its line.
 */
static void find_simulator(char *path, size_t size)
{
	static const char *const where[] = {
		"device/../gnss_gpio_sim/*", "device/supplier:*/supplier/gnss_gpio_sim/*"
	};
	char pattern[128];
	glob_t found;
	size_t i;

	path[0] = '\0';
	for (i = 0; i < sizeof(where) / sizeof(where[0]) && !path[0]; i++) {
		snprintf(pattern, sizeof(pattern), "%s/%s", run.sysfs,
			 where[i]);
		if (!glob(pattern, 0, NULL, &found))
			snprintf(path, size, "%s", found.gl_pathv[0]);
		globfree(&found);
	}
}

static void describe(const struct latency_options *o, struct latency_result *r)
{
	struct utsname uts;
	char text[8];

	uname(&uts);
	snprintf(r->kernel, sizeof(r->kernel), "%s", uts.release);
	snprintf(r->machine, sizeof(r->machine), "%s", uts.machine);
	r->preempt_rt = strstr(uts.version, "PREEMPT_RT") ||
			(attribute_get("/sys/kernel", "realtime", text,
				     sizeof(text)) && text[0] == '1');
	r->simulated = o->load.sim[0];
	r->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	r->baud = o->load.baud;
	r->duration_ms = o->duration_ms;
	r->settle_ms = o->settle_ms;
}

static void prepare(struct latency_options *o)
{
	unsigned int i;

	snprintf(run.dev, sizeof(run.dev), "/dev/gnss-fix%u", o->device);
	snprintf(run.sysfs, sizeof(run.sysfs), SYSFS "%u", o->device);
	open_device();
	list_modes();
	if (!o->modes) {
		o->modes = calloc(run.modes_n + 1, sizeof(*o->modes));
		if (!o->modes)
			cli_die("out of memory");
		for (i = 0; i < run.modes_n; i++)
			o->modes[i] = run.modes[i];
	}
	for (i = 0; o->modes[i]; i++)
		check_mode(o->modes[i]);
	snapshot_of(&(struct gnss_gpio_latency){ 0 }, run.before);
	o->load.baud = get_number("baud_used");
	if (!o->load.baud)
		cli_die("%s: the baud rate is not found yet; see 'baud' in sysfs",
			run.sysfs);
	find_simulator(o->load.sim, sizeof(o->load.sim));
}

/* Loads that need the simulator are left out where there is none. */
static unsigned int plan(struct latency_options *o)
{
	unsigned int i, n = 0, modes = 0;

	for (i = 0; o->loads[i]; i++) {
		if (!o->load.sim[0] && latency_load_needs_sim(o->loads[i])) {
			fprintf(stderr,
				"%s: load '%s' left out: it is made by the simulator, and %s is a real receiver\n",
				cli_name, o->loads[i], run.dev);
			continue;
		}
		o->loads[n++] = o->loads[i];
	}
	o->loads[n] = NULL;
	while (o->modes[modes])
		modes++;
	return n * modes;
}

/* Only what is done gets into the result. */
static void keep(struct latency_result *r, const struct latency_options *o,
		 const char *name, const struct latency_cell *cell)
{
	struct latency_load *load = r->n ? &r->loads[r->n - 1] : NULL;

	if (!load || strcmp(load->name, name) != 0) {
		load = latency_add_load(r, name);
		latency_load_what(load->what, sizeof(load->what), name,
				  &o->load);
	}
	*latency_add_cell(load, cell->mode) = *cell;
}

int latency_run(struct latency_options *o, struct latency_result *r)
{
	unsigned int all, done = 0, i, j;

	prepare(o);
	all = plan(o);
	describe(o, r);
	atexit(latency_run_stop);
	catch_signals();
	wait_for_data();
	for (i = 0; o->loads[i] && !interrupted; i++) {
		for (j = 0; o->modes[j]; j++, done++) {
			static struct latency_cell cell;

			progress(done, all, o->loads[i], o->modes[j], o);
			measure(&cell, o->loads[i], o->modes[j], o);
			if (interrupted)
				break;
			keep(r, o, o->loads[i], &cell);
		}
	}
	progress_end();
	latency_run_stop();
	return interrupted;
}
