// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does what no program in its right mind does, from several processes at once, for so
 * many seconds.  Runs in the lab, with the driver and the simulator loaded.
 *
 *   fuzz SECONDS [SEED]
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *draw_node(void)
{
	return draw(2) ? "/dev/gnss-nmea0" : "/dev/gnss-fix0";
}

/* Addresses good, bad and misaligned. */
static void *draw_buffer(void)
{
	static char bytes[1 << 16] __attribute__((aligned(4096)));
	static char *guarded;

	if (!guarded) {
		guarded = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(guarded + 4096, 4096);
	}
	switch (draw(6)) {
	case 0:
		return NULL;
	case 1:
		return (void *)(uintptr_t)-(long)draw(8192);
	case 2:
		return guarded + 4095 - draw(16);
	default:
		return bytes + draw(32);
	}
}

static size_t draw_size(void)
{
	static const size_t sizes[] = {
		0, 1, 7, 80, 103, 104, 160, 4095, 65536, 1 << 20, SSIZE_MAX, SIZE_MAX
	};

	return draw(2) ? sizes[draw(ARRAY_SIZE(sizes))] : draw(1024);
}

static unsigned long draw_command(void)
{
	static const unsigned long commands[] = {
		GNSS_GPIO_GET_INFO, GNSS_GPIO_GET_LATENCY, GNSS_GPIO_RESET_LATENCY
	};

	if (draw(4))
		return commands[draw(ARRAY_SIZE(commands))];
	return _IOC(draw(4), 'G', 0xe0 + draw(4), draw(1 << 14));
}

static void fuzz_ioctl(int fd)
{
	uint32_t *to = draw_buffer();

	if (to && (uintptr_t)to < (uintptr_t)-8192L && draw(2)) {
		/* One that is written before the end of its page. */
		char *byte = (char *)to;

		*byte = draw(256);
	}
	ioctl(fd, draw_command(), to);
}

/* All that can be asked of an open file. */
static void fuzz_file(void)
{
	int fd = open(draw_node(), (draw(2) ? O_RDWR : O_RDONLY) | O_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN };
	unsigned int i, n = draw(20);
	int epoll;

	if (fd < 0)
		return;
	epoll = epoll_create1(0);
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	for (i = 0; i < n; i++) {
		switch (draw(8)) {
		case 0:
			fuzz_ioctl(fd);
			break;
		case 1:
			if (write(fd, draw_buffer(), draw_size()) >= 0)
				die("a write that succeeds");
			break;
		case 2:
			poll_now(fd, draw(20));
			break;
		case 3:
			epoll_wait(epoll, &event, 1, draw(20));
			break;
		case 4:
			if (lseek(fd, draw(100), SEEK_SET) >= 0)
				die("a seek that succeeds");
			break;
		case 5:
			if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED)
				die("a map that succeeds");
			break;
		default:
			if (read(fd, draw_buffer(), draw_size()) < 0 && errno != EAGAIN &&
			    errno != EFAULT && errno != EINVAL)
				die("read");
		}
	}
	if (draw(2))
		close(epoll);
	close(fd);
	close(epoll);
}

static void *read_one(void *arg)
{
	char bytes[256];

	while (read(*(int *)arg, bytes, sizeof(bytes)) > 0)
		;
	return NULL;
}

static void wake(int signal)
{
	(void)signal;
}

/* Threads read a file that one of them closes. */
static void race_close(void)
{
	int fd = open(draw_node(), O_RDONLY);
	pthread_t thread[4];
	unsigned int i;

	if (fd < 0)
		return;
	for (i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_create(&thread[i], NULL, read_one, &fd);
	nap(draw(50));
	close(fd);
	nap(1);
	fd = -1;
	for (i = 0; i < ARRAY_SIZE(thread); i++) {
		while (pthread_kill(thread[i], SIGUSR1), pthread_tryjoin_np(thread[i], NULL))
			nap(1);
	}
}

static const char * const words[] = {
	"threaded-irq", "workqueue", "workqueue-system", "workqueue-highpri",
	"workqueue-unbound", "bh-workqueue", "bh-workqueue-highpri", "tasklet",
	"tasklet-hi", "softirq", "kthread", "hardirq", "auto", "edge", "timer", "raw",
	"checked", "0", "1", "8", "64", "65", "300", "9600", "115200", "230400", "-1",
	"4294967296", "0x10", "", "\n", " workqueue", "workqueue\n\n", "%s%n", "nonesuch",
};

static void fuzz_attribute(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDWR);

	if (fd < 0)
		fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	if (draw(2)) {
		pread(fd, draw(4) ? text : draw_buffer(), sizeof(text), draw(4) ? 0 : draw(5000));
	} else if (draw(8)) {
		const char *word = words[draw(ARRAY_SIZE(words))];

		pwrite(fd, word, strlen(word), 0);
	} else {
		memset(text, draw(256), sizeof(text));
		pwrite(fd, draw(2) ? text : draw_buffer(), draw(sizeof(text)), draw(2));
	}
	close(fd);
}

/* What a line plays at 300 baud, or holds, keeps the rest from being tried. */
static const char * const patterns[] = {
	"/sys/class/gnss_gpio/gnss_gpio0/[!up]*",
	"/sys/class/gnss_gpio/gnss_gpio0/stats/*",
	"/sys/class/gnss_gpio_sim/gnss-sim0/[cfgijs]*",
	"/sys/kernel/debug/gnss_gpio/gnss_gpio0/*",
};

static void fuzz_attributes(void)
{
	glob_t found = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found);
	for (i = 0; i < 100 && found.gl_pathc; i++)
		fuzz_attribute(found.gl_pathv[draw(found.gl_pathc)]);
	globfree(&found);
}

/* As many as one may have. */
static void storm_of_opens(void)
{
	int fds[1000];
	unsigned int i, n = 0;

	while (n < ARRAY_SIZE(fds) && (fds[n] = open(draw_node(), O_RDONLY)) >= 0)
		n++;
	for (i = 0; i < n; i++)
		close(fds[i]);
}

static void (* const deeds[])(void) = {
	fuzz_file, fuzz_file, race_close, fuzz_attributes, fuzz_attributes, storm_of_opens,
};

int main(int argc, char **argv)
{
	pid_t child[ARRAY_SIZE(deeds)];
	unsigned int i;
	int64_t end_ns;
	int status;

	if (argc < 2)
		return 2;
	/* Without SA_RESTART: a read ends. */
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = wake }, NULL);
	end_ns = now_ns() + atoi(argv[1]) * 1000000000LL;
	for (i = 0; i < ARRAY_SIZE(deeds); i++) {
		child[i] = spawn();
		if (child[i])
			continue;
		srandom((argc > 2 ? atoi(argv[2]) : 1) * 100 + i);
		while (now_ns() < end_ns)
			deeds[i]();
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(deeds); i++) {
		waitpid(child[i], &status, 0);
		printf("# deed %u\n", i);
		check(!status, "what was tried comes to its end", "status %#x", status);
	}
	return 0;
}
