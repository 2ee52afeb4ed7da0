// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints what an attribute holds, and again whenever poll() tells of a change.
 *
 *   notice ATTRIBUTE
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "program.h"

int main(int argc, char **argv)
{
	struct pollfd pollfd = { .events = POLLPRI };
	char text[64];

	if (argc != 2)
		return 2;
	pollfd.fd = xopen(argv[1], O_RDONLY);
	do {
		ssize_t n = pread(pollfd.fd, text, sizeof(text), 0);

		if (n <= 0)
			die(argv[1]);
		fwrite(text, 1, n, stdout);
		fflush(stdout);
	} while (poll(&pollfd, 1, -1) == 1);

	die("poll");
}
