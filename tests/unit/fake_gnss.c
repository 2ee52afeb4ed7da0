// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver for gnss-latency where there is none; to be preloaded.
 *
 * /dev/gnss-* and /sys/class/gnss_gpio* are looked for in the folder
 * $FAKE_GNSS, that fake-receiver keeps alive.  Writing to bottom_half switches.
 * Files there make things go wrong: 'errno' holds what the ioctls of latencies
 * fail with, 'busy' makes switching fail, 'empty' makes bytes stay away.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../../driver/hist.h"

#define REAL(name)	((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define KICKS		1500

static int bottom_half_fd = -1;
static s64 reset_ns;

static const char *mapped(const char *path, char *to)
{
	if (strncmp(path, "/dev/gnss-", 10) != 0 &&
	    strncmp(path, "/sys/class/gnss_gpio", 20) != 0)
		return path;
	snprintf(to, 4096, "%s%s", getenv("FAKE_GNSS"), path);
	return to;
}

static bool exists(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("FAKE_GNSS"), name);
	return REAL(access)(path, F_OK) == 0;
}

int open(const char *path, int flags, ...)
{
	char to[4096];
	va_list args;
	int fd, mode;

	va_start(args, flags);
	mode = va_arg(args, int);
	va_end(args);
	fd = REAL(open)(mapped(path, to), flags, mode);
	if (strstr(path, "/bottom_half") && (flags & O_ACCMODE) == O_WRONLY)
		bottom_half_fd = fd;
	return fd;
}

int open64(const char *path, int flags, ...)
{
	return open(path, flags, 0666);
}

int access(const char *path, int mode)
{
	char to[4096];

	return REAL(access)(mapped(path, to), mode);
}

int glob(const char *pattern, int flags, int (*error)(const char *, int),
	 glob_t *found)
{
	char to[4096];

	return REAL(glob)(mapped(pattern, to), flags, error, found);
}

/* "[a] b c" */
static void list(char *text, size_t size)
{
	char path[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path),
		 "%s/sys/class/gnss_gpio/gnss_gpio0/bottom_half",
		 getenv("FAKE_GNSS"));
	fd = REAL(open)(path, O_RDONLY);
	n = read(fd, text, size - 1);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	close(fd);
}

static int switch_to(int fd, const char *name)
{
	char text[1024], now[1024] = "", *word, *rest = text;
	ssize_t (*real)(int, const void *, size_t) = REAL(write);
	bool found = false;

	list(text, sizeof(text));
	while ((word = strsep(&rest, " "))) {
		if (word[0] == '[') {
			word++;
			word[strlen(word) - 1] = '\0';
		}
		found |= strcmp(word, name) == 0;
		sprintf(now + strlen(now), strcmp(word, name) == 0 ?
			"%s[%s]" : "%s%s", *now ? " " : "", word);
	}
	errno = exists("busy") ? EBUSY : EINVAL;
	if (!found || exists("busy") || ftruncate(fd, 0))
		return -1;
	return real(fd, now, strlen(now)) < 0 ? -1 : 0;
}

ssize_t write(int fd, const void *data, size_t size)
{
	char name[64];

	if (fd < 0 || fd != bottom_half_fd)
		return REAL(write)(fd, data, size);
	bottom_half_fd = -1;
	snprintf(name, sizeof(name), "%.*s", (int)size, (const char *)data);
	return switch_to(fd, name) ? -1 : (ssize_t)size;
}

static s64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void fill(struct gnss_gpio_latency *l)
{
	unsigned int i;

	l->size = sizeof(*l);
	l->baud = 38400;
	l->reset_ns = reset_ns;
	l->now_ns = now_ns();
	if (exists("empty"))
		return;
	if (exists("starved")) {
		l->kicks = KICKS;
		l->kicks_pending = KICKS - 1;
		l->overruns = 7;
		return;
	}
	l->kicks = l->drains = l->bytes = l->process = KICKS;
	for (i = 0; i < KICKS; i++) {
		hist_add(&l->start, 1000 * (l->index + 1) + i);
		hist_add(&l->drain, 2000 + i);
	}
	hist_add(&l->publish, 50000);
}

static int get_latency(struct gnss_gpio_latency *l)
{
	unsigned int index = l->index, i;
	char text[1024], *word = NULL, *rest = text;

	list(text, sizeof(text));
	for (i = 0; i <= index; i++)
		word = strsep(&rest, " ");
	errno = ENOENT;
	if (!word)
		return -1;
	memset(l, 0, sizeof(*l));
	l->index = index;
	if (word[0] == '[') {
		l->flags = GNSS_GPIO_LATENCY_CURRENT;
		word++;
		word[strlen(word) - 1] = '\0';
	}
	snprintf(l->name, sizeof(l->name), "%s", word);
	fill(l);
	return 0;
}

static int failing(void)
{
	char path[4096];
	int error = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/errno", getenv("FAKE_GNSS"));
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%d", &error) != 1)
		error = EIO;
	fclose(f);
	return error;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	switch (request) {
	case GNSS_GPIO_GET_INFO:
		*(struct gnss_gpio_info *)arg = (struct gnss_gpio_info){
			.abi_version = exists("old") ? 1 : 2
		};
		return 0;
	case GNSS_GPIO_RESET_LATENCY:
	case GNSS_GPIO_GET_LATENCY:
		errno = failing();
		if (errno)
			return -1;
		if (request == GNSS_GPIO_GET_LATENCY)
			return get_latency(arg);
		reset_ns = now_ns();
		return 0;
	}
	return REAL(ioctl)(fd, request, arg);
}
