// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints, byte for byte, what a program gets of the driver.  Runs in the lab, with the
 * driver loaded, once built for 32 bit and once for 64 bit.
 *
 *   abi records DEVICE   the records of a fix device, satellites too, as they come
 *   abi ask DEVICE       what the ioctls answer while no data comes
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

static void print_bytes(const char *what, const void *bytes, size_t n)
{
	const unsigned char *byte = bytes;
	size_t i;

	printf("%s of %zu bytes: ", what, n);
	for (i = 0; i < n; i++)
		printf("%02x", byte[i]);
	putchar('\n');
	fflush(stdout);
}

static int print_records(int fd)
{
	static char buffer[4 * GNSS_GPIO_RECORD_MAX];
	struct gnss_gpio_record record;
	__u32 want = GNSS_GPIO_WANT_SKY;
	ssize_t n, at;

	if (ioctl(fd, GNSS_GPIO_SET_RECORDS, &want))
		die("GNSS_GPIO_SET_RECORDS");
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		for (at = 0; at < n; at += record.size) {
			memcpy(&record, buffer + at, sizeof(record));
			print_bytes(record.type & GNSS_GPIO_RECORD_OTHER ? "sky" : "fix",
				    buffer + at, record.size);
		}
	}
	die("read");
}

static int ask(int fd)
{
	struct gnss_gpio_latency l = { .index = 0 };
	struct gnss_gpio_info info;

	if (ioctl(fd, GNSS_GPIO_GET_INFO, &info))
		die("GNSS_GPIO_GET_INFO");
	print_bytes("info", &info, sizeof(info));
	for (; !ioctl(fd, GNSS_GPIO_GET_LATENCY, &l); l.index++) {
		/* All else is as it was. */
		l.now_ns = 0;
		print_bytes(l.name, &l, sizeof(l));
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "records"))
		return print_records(xopen(argv[2], O_RDONLY));
	if (argc == 3 && !strcmp(argv[1], "ask"))
		return ask(xopen(argv[2], O_RDONLY));
	return 2;
}
