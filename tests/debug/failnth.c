// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fails each allocation, and each copy from and to user space, of what a user may do,
 * one at a time.  Runs in the lab, in a kernel that injects faults, with the driver and
 * the simulator loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

#define NMEA		"/dev/gnss-nmea0"
#define FIX		"/dev/gnss-fix0"
#define GG		"/sys/class/gnss_gpio/gnss_gpio0/"
#define SIM_KNOBS	"/sys/class/gnss_gpio_sim/gnss-sim0/"
#define DRIVER		"/sys/bus/platform/drivers/gnss-gpio/"
#define DEVICE		"gnss-gpio.0"

/* More than any action here has; then it never ends. */
#define FAULTS_MAX	2000

static int fail_nth;

/* The @n-th that this thread asks for from now on fails; 0: none. */
static void arm(unsigned int n)
{
	char word[16];

	sprintf(word, "%u", n);
	/* It may be this copy that fails; then none is armed any more. */
	while (pwrite(fail_nth, word, strlen(word), 0) < 0)
		if (errno != EFAULT)
			die("/proc/self/fail-nth");
}

static bool has_failed(void)
{
	char word[16] = "";

	/* If it is this copy that fails, no other has. */
	return pread(fail_nth, word, sizeof(word) - 1, 0) > 0 && !strtoul(word, NULL, 10);
}

/* What is done with a file; before it, the undo word is written to another. */
struct action {
	const char *name;
	const char *path;
	const char *word;
	int (*act)(const struct action *action);
	const char *undo;
	const char *undo_word;
};

static int act_open(const struct action *a)
{
	int fd = open(a->path, O_RDWR | O_NONBLOCK);

	if (fd < 0)
		return -1;
	return close(fd);
}

/* From then on data flows. */
static int act_hold(const struct action *a)
{
	return open(a->path, O_RDONLY) < 0 ? -1 : 0;
}

static int act_write(const struct action *a)
{
	return put(a->path, a->word);
}

static int act_show(const struct action *a)
{
	char text[4096];
	int fd = open(a->path, O_RDONLY);
	int ret;

	if (fd < 0)
		return -1;
	ret = read(fd, text, sizeof(text)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

static int act_read(const struct action *a)
{
	char bytes[4096];
	int fd = open(a->path, O_RDONLY | O_NONBLOCK);
	int ret;

	if (fd < 0)
		return -1;
	poll_now(fd, 100);
	ret = read(fd, bytes, sizeof(bytes)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

static int act_ioctls(const struct action *a)
{
	struct gnss_gpio_latency latency = { .index = 0 };
	struct gnss_gpio_info info;
	int fd = open(a->path, O_RDWR);
	int ret;

	if (fd < 0)
		return -1;
	ret = ioctl(fd, GNSS_GPIO_GET_INFO, &info);
	ret |= ioctl(fd, GNSS_GPIO_GET_LATENCY, &latency);
	ret |= ioctl(fd, GNSS_GPIO_RESET_LATENCY);
	close(fd);
	return ret;
}

#define SWITCH(bh)	{ "switch to " bh, GG "bottom_half", bh, act_write, \
			  GG "bottom_half", "workqueue-unbound" }
#define ATTR(n, w, u)	{ "write " n, GG n, w, act_write, GG n, u }
#define KNOB(n, w, u)	{ "write " n " of the simulator", SIM_KNOBS n, w, act_write, \
			  SIM_KNOBS n, u }

static const struct action actions[] = {
	{ "probe", DRIVER "bind", DEVICE, act_write, DRIVER "unbind", DEVICE },
	{ "open " NMEA, NMEA, NULL, act_open, NULL, NULL },
	{ "open " FIX, FIX, NULL, act_open, NULL, NULL },
	{ "hold " NMEA, NMEA, NULL, act_hold, NULL, NULL },
	{ "read " NMEA, NMEA, NULL, act_read, NULL, NULL },
	{ "read " FIX, FIX, NULL, act_read, NULL, NULL },
	{ "ioctls", NMEA, NULL, act_ioctls, NULL, NULL },
	SWITCH("threaded-irq"),
	SWITCH("workqueue"),
	SWITCH("workqueue-system"),
	SWITCH("workqueue-highpri"),
	SWITCH("bh-workqueue"),
	SWITCH("tasklet"),
	SWITCH("softirq"),
	SWITCH("kthread"),
	SWITCH("hardirq"),
	ATTR("rx_engine", "timer", "auto"),
	ATTR("rx_engine", "edge", "auto"),
	ATTR("rx_trig_bytes", "1", "8"),
	ATTR("baud", "auto", "9600"),
	ATTR("stream", "checked", "raw"),
	{ "show bottom_half", GG "bottom_half", NULL, act_show, NULL, NULL },
	{ "show rx_engine", GG "rx_engine", NULL, act_show, NULL, NULL },
	{ "show stats/bytes", GG "stats/bytes", NULL, act_show, NULL, NULL },
	KNOB("irqoff_us", "20", "0"),
	KNOB("cpu", "1", "0"),
	KNOB("jitter_ns", "100", "0"),
	{ "open " SIM, SIM, NULL, act_open, NULL, NULL },
	{ "write to " SIM, SIM, "x", act_write, NULL, NULL },
};

static void undo(const struct action *a)
{
	if (a->undo)
		put(a->undo, a->undo_word);
}

/*
 * An error is to be that of an allocation or of a copy, and nothing else.  A fork in
 * which an allocation fails gives EAGAIN, and so does a read if nothing has come yet.
 */
static bool expected(int error)
{
	return error == ENOMEM || error == EFAULT || error == EAGAIN;
}

static void try(const struct action *a)
{
	unsigned int n, errors = 0;
	int wrong = 0;

	for (n = 1; n <= FAULTS_MAX; n++) {
		bool failed;
		int ret, error;

		undo(a);
		arm(n);
		ret = a->act(a);
		error = errno;
		failed = has_failed();
		arm(0);
		if (!failed)
			break;
		if (ret && !expected(error))
			wrong = error;
		errors += ret != 0;
	}
	undo(a);
	check(n > 1 && n <= FAULTS_MAX && !wrong, a->name, "%u faults, %s", n - 1,
	      wrong ? strerror(wrong) : "which is none, or does not end");
	printf("# %s: %u faults, %u errors\n", a->name, n - 1, errors);
	fflush(stdout);
}

int main(void)
{
	unsigned int i;

	fail_nth = xopen("/proc/self/fail-nth", O_RDWR);
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		try(&actions[i]);
		if (!i && put(DRIVER "bind", DEVICE))
			die("bind after the faults");
	}
	return 0;
}
