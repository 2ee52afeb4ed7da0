// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much CPU time is left beside the reception of a file?
 *
 *   load rt|idle MS FILE DEVICE NAME...
 *
 * Writes FILE to DEVICE and then computes for MS ms, either as a real-time
 * program that nothing but interrupts can stop, or as one that all others can.
 * Prints for how long it had the processor, in ns, and for each NAME how many
 * interrupts came whose line in /proc/interrupts has that name.  For a machine
 * with one processor.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAMES_MAX	4
#define FILE_MAX	65536

/* Stretches in which it is seen how long a round takes. */
#define STRETCHES	40
#define STRETCH_NS	2000000

/* The kernel's tick, HZ=250. */
#define TICK_NS		4000000

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t ticks_now(void)
{
	uint64_t ticks;

	asm volatile("mrs %0, cntvct_el0" : "=r" (ticks));
	return ticks;
}

static uint64_t ticks_per_s(void)
{
	uint64_t hz;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (hz));
	return hz;
}

/*
 * Rounds of some work, always the same.  The one function for all: where it is
 * inlined it would not be the same.
 */
static uint64_t __attribute__((noinline)) work_until(uint64_t end)
{
	uint64_t rounds = 0;

	do {
		asm volatile(".rept 400\n\tnop\n\t.endr");
		rounds++;
	} while (ticks_now() < end);
	return rounds;
}

/* What a round takes in 1e-15 s, seen where nothing interrupts. */
static uint64_t round_fs(void)
{
	uint64_t hz = ticks_per_s(), least = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < STRETCHES; i++) {
		uint64_t begin = ticks_now();
		uint64_t rounds = work_until(begin + STRETCH_NS * hz / 1000000000);
		uint64_t fs = (ticks_now() - begin) * (1000000000000000 / hz) / rounds;

		if (fs < least)
			least = fs;
	}
	return least;
}

/* Interrupts of all lines that have @name in them. */
static uint64_t interrupts(const char *name)
{
	FILE *f = fopen("/proc/interrupts", "r");
	uint64_t sum = 0, n;
	char line[256];

	if (!f)
		die("/proc/interrupts");
	while (fgets(line, sizeof(line), f))
		if (strstr(line, name) &&
		    sscanf(line, "%*[^:]: %" SCNu64, &n) == 1)
			sum += n;
	fclose(f);
	return sum;
}

static size_t read_file(const char *name, char *bytes)
{
	int fd = open(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		die(name);
	n = read(fd, bytes, FILE_MAX);
	if (n < 0)
		die(name);
	close(fd);
	return n;
}

static void set_class(const char *class)
{
	int rt = !strcmp(class, "rt");
	struct sched_param param = { .sched_priority = rt ? 90 : 0 };

	if (sched_setscheduler(0, rt ? SCHED_FIFO : SCHED_IDLE, &param))
		die(class);
}

int main(int argc, char **argv)
{
	uint64_t begin, end, round, rounds, before[NAMES_MAX];
	uint64_t tick = TICK_NS * ticks_per_s() / 1000000000;
	static char bytes[FILE_MAX];
	int i, names = argc - 5, fd;
	size_t n;

	if (names < 0 || names > NAMES_MAX) {
		fprintf(stderr, "usage: load rt|idle MS FILE DEVICE NAME...\n");
		return 2;
	}
	n = read_file(argv[3], bytes);
	fd = open(argv[4], O_WRONLY);
	if (fd < 0)
		die(argv[4]);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	set_class(argv[1]);

	round = round_fs();
	for (i = 0; i < names; i++)
		before[i] = interrupts(argv[5 + i]);
	/* By the tick, so that it disturbs all spans in the same places. */
	begin = (ticks_now() / tick + 1) * tick;
	end = begin + strtoull(argv[2], NULL, 10) * ticks_per_s() / 1000;
	work_until(begin);
	if (write(fd, bytes, n) != (ssize_t)n)
		die(argv[4]);
	rounds = work_until(end);
	printf("%" PRIu64,
	       (uint64_t)((unsigned __int128)rounds * round / 1000000));
	for (i = 0; i < names; i++)
		printf(" %" PRIu64, interrupts(argv[5 + i]) - before[i]);
	putchar('\n');
	return 0;
}
