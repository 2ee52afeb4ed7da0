// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user who may open the devices, and means harm, or is many.  Runs in the lab until
 * it is killed.
 *
 *   hostile readers N    N processes that wait in read(), each with a file of its own
 *   hostile pollers N    N processes that wait in poll() for one and the same file
 *   hostile epoll N      one process that waits for N descriptors
 *   hostile exclusive N  one that says EPOLLEXCLUSIVE of each, and does not wait
 *   hostile opens        opens and closes, 8000 times and on
 *   hostile ioctls       random ioctls, from four processes
 *   hostile reads        random sizes, into memory that is there, or is not
 *   hostile races        threads that read, poll and close the same descriptor
 *
 * It gives up root and keeps the group of the devices; the file 'ready' tells that all
 * processes are at it.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

#define USER	1000
#define GROUP	20
#define THREADS	4

static const char *const device[] = { "/dev/gnss-nmea0", "/dev/gnss-fix0" };

static void ready(void)
{
	close(xopen("ready", O_WRONLY | O_CREAT));
}

/* Has @n processes run @work, and waits until this one is killed. */
static void crowd(unsigned int n, void (*work)(int fd), int fd)
{
	while (n--) {
		if (fork())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work(fd);
		_exit(1);
	}
	nap(200);
	ready();
	pause();
}

static void read_on(int fd)
{
	char buf[4096];

	fd = xopen(device[0], O_RDONLY);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
}

/* The file is full: wait a while, and try again. */
static void poll_on(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[4096];

	while (poll(&p, 1, -1) == 1)
		if (p.revents & POLLERR)
			nap(100);
		else if (read(fd, buf, sizeof(buf)) < 0 && errno != EAGAIN)
			break;
}

/* A descriptor of a file of its own while that is granted, then one more of the last. */
static int one_more(int last)
{
	int fd = open(device[0], O_RDONLY | O_NONBLOCK);

	if (fd < 0 && errno == EBUSY && last >= 0)
		fd = dup(last);
	if (fd < 0)
		die("one more descriptor");
	return fd;
}

static void epoll(unsigned int n, uint32_t flags)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET | flags };
	struct rlimit limit = { 4096, 4096 };
	int all = epoll_create1(0), fd = -1;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("RLIMIT_NOFILE");
	while (n--) {
		fd = one_more(fd);
		if (epoll_ctl(all, EPOLL_CTL_ADD, fd, &event))
			die("EPOLL_CTL_ADD");
	}
	ready();
	/* Where nobody waits for the epoll, each exclusive entry passes a wake-up on. */
	while (!(flags & EPOLLEXCLUSIVE))
		epoll_wait(all, &event, 1, -1);
	pause();
}

static void opens(int unused)
{
	int fd[200];
	unsigned int i, n;

	(void)unused;
	for (;;) {
		for (n = 0; n < 200; n++) {
			fd[n] = open(device[n & 1], O_RDWR);
			if (fd[n] < 0)
				break;
		}
		for (i = 0; i < n; i++)
			close(fd[i]);
	}
}

static void ioctls(int unused)
{
	static const unsigned long known[] = {
		GNSS_GPIO_GET_INFO, GNSS_GPIO_GET_LATENCY, GNSS_GPIO_RESET_LATENCY,
	};
	struct gnss_gpio_latency latency;
	int fd = xopen(device[getpid() & 1], O_RDWR);

	(void)unused;
	for (;;) {
		unsigned long cmd = draw(8) ? known[draw(3)] : draw(~0u);
		void *to = draw(4) ? &latency : (void *)(uintptr_t)draw(~0u);

		latency.index = draw(4) ? draw(16) : draw(~0u);
		ioctl(fd, cmd, to);
	}
}

static void reads(int unused)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, 64 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd[2];

	(void)unused;
	munmap(map + 32 * page, 32 * page);
	fd[0] = xopen(device[0], O_RDWR | O_NONBLOCK);
	fd[1] = xopen(device[1], O_RDWR | O_NONBLOCK);
	for (;;) {
		size_t n = draw(4) ? draw(300) : draw(1u << 30);

		if (read(fd[draw(2)], map + draw(40 * page), n) < 0 &&
		    errno == EAGAIN)
			nap(draw(100));
	}
}

static void *race(void *data)
{
	unsigned int me = (uintptr_t)data;
	char buf[256];

	for (;;) {
		struct pollfd p = { .fd = 100, .events = POLLIN };
		int fd;

		switch ((me + draw(2)) % THREADS) {
		case 0:
			fd = open(device[draw(2)], O_RDWR);
			if (fd >= 0) {
				dup2(fd, 100);
				close(fd);
			}
			break;
		case 1:
			read(100, buf, sizeof(buf));
			break;
		case 2:
			poll(&p, 1, draw(20));
			break;
		default:
			nap(draw(3));
			close(100);
		}
	}
	return NULL;
}

static void races(int unused)
{
	pthread_t thread;
	uintptr_t i;

	(void)unused;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&thread, NULL, race, (void *)i))
			die("pthread_create");
	pause();
}

static void become_a_user(void)
{
	gid_t group = GROUP;

	if (setgroups(1, &group) || setgid(USER) || setuid(USER))
		die("to give up root");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned int n = argc > 2 ? atoi(argv[2]) : 0;

	become_a_user();
	if (!strcmp(what, "readers"))
		crowd(n, read_on, -1);
	else if (!strcmp(what, "pollers"))
		crowd(n, poll_on, xopen(device[0], O_RDONLY | O_NONBLOCK));
	else if (!strcmp(what, "epoll"))
		epoll(n, 0);
	else if (!strcmp(what, "exclusive"))
		epoll(n, EPOLLEXCLUSIVE);
	else if (!strcmp(what, "opens"))
		crowd(1, opens, -1);
	else if (!strcmp(what, "ioctls"))
		crowd(4, ioctls, -1);
	else if (!strcmp(what, "reads"))
		crowd(2, reads, -1);
	else if (!strcmp(what, "races"))
		crowd(2, races, -1);
	return 2;
}
