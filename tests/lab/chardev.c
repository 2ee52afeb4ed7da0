// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the character devices.  Runs in the lab, with the driver loaded.
 *
 *   chardev records DEVICE   print the records of a fix device as they come:
 *                            number, time of day, latitude, longitude, ...
 *   chardev flows DEVICE     does a byte come within two seconds?
 */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

/* 1e-9 degree */
static void print_degrees(int64_t nd)
{
	uint64_t u = nd < 0 ? -nd : nd;

	printf(" %s%" PRIu64 ".%09" PRIu64, nd < 0 ? "-" : "", u / 1000000000,
	       u % 1000000000);
}

static void print_record(const struct gnss_gpio_fix *fix)
{
	printf("%" PRIu64 " %u", (uint64_t)fix->seq, fix->tod_ms);
	print_degrees(fix->lat_nd);
	print_degrees(fix->lon_nd);
	printf(" valid %#x utc_ms %" PRId64 " monotonic_ns %" PRId64
	       " mode %u sentences %u\n", fix->valid, (int64_t)fix->utc_ms,
	       (int64_t)fix->monotonic_ns, fix->mode, fix->sentences);
}

static int print_records(const char *device)
{
	struct gnss_gpio_fix fix[16];
	int fd = xopen(device, O_RDONLY);
	ssize_t n, i;

	while ((n = read(fd, fix, sizeof(fix))) > 0) {
		for (i = 0; i < n / (ssize_t)sizeof(fix[0]); i++)
			print_record(&fix[i]);
		fflush(stdout);
	}
	return n < 0;
}

static int flows(const char *device)
{
	int fd = xopen(device, O_RDONLY | O_NONBLOCK);
	char c;

	if (poll_now(fd, 2000) == POLLIN && read(fd, &c, 1) == 1)
		return 0;
	printf("nothing comes from %s\n", device);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "records"))
		return print_records(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "flows"))
		return flows(argv[2]);
	return 2;
}
