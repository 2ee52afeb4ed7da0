// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-latency: what keeps the machine busy.
 *
 * The loads are loops of our own, one process for each CPU: stress-ng draws its
 * seeds from time and process numbers, its load control adapts itself, and it
 * takes long to start; figures of the lab would not repeat.  What it can do
 * besides is there as "stress-ng:STRESSOR".
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <time.h>
#include <unistd.h>

#include "attribute.h"
#include "cli.h"
#include "clock.h"
#include "latency.h"

#define MAX_CPUS	1024

/* A hog is busy for so much of its period. */
#define RT_PERCENT	80

/*
 * The period is no part of a receiver's 100 ms or 1 s, and differs from CPU to
 * CPU, so that in the end all phases have met.
 */
#define RT_PERIOD_NS		(9700 * NSEC_PER_USEC)
#define RT_PERIOD_STEP_NS	(610 * NSEC_PER_USEC)

/* Sockets that each datagram of the flood is delivered to. */
#define FLOOD_SOCKETS	200

/* Windows with interrupts off: this much of a bit, one to two ms apart. */
#define IRQOFF_PERCENT		28
#define IRQOFF_PERIOD_US	"1000"

/* That long a load may take to be seen running. */
#define START_TIMEOUT_NS	(20 * NSEC_PER_SEC)

#define STRESS_NG	"stress-ng:"

const char latency_load_names[] =
	"idle, cpu, rt, softirq, irqoff, stress-ng:STRESSOR";

/* Shared with the processes of the load. */
struct slot {
	volatile unsigned long rounds;
	volatile int error;
	pid_t pid;
};

/* A knob of the simulator that was changed. */
struct knob {
	const char *name;
	char old[32];
	bool changed;
};

static struct {
	const char *name;
	struct slot *slots;
	unsigned int n;
	pid_t stress_ng;
	const char *sim;
	struct knob us;
	struct knob period;
} load = {
	.us = { .name = "irqoff_us" },
	.period = { .name = "irqoff_period_us" },
};

/* ---- what the processes do; they never return ---- */

static void __attribute__((noreturn)) fail(struct slot *slot, int error)
{
	slot->error = error;
	_exit(1);
}

static void __attribute__((noreturn)) spin(struct slot *slot)
{
	for (;;)
		slot->rounds++;
}

/*
 * Below the throttle of SCHED_FIFO (95 % of a second), so that it does not come
 * in; and the rest of each period is for all others, so that they go on.
 */
static void __attribute__((noreturn))
hog(struct slot *slot, unsigned int cpu, int priority)
{
	long long period = RT_PERIOD_NS + cpu % 8 * RT_PERIOD_STEP_NS;
	struct sched_param param = { .sched_priority = priority };
	long long begin;

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		fail(slot, errno);
	for (begin = clock_now_ns(); ; begin += period) {
		while (clock_now_ns() < begin + period * RT_PERCENT / 100)
			;
		slot->rounds++;
		clock_sleep_until(begin + period);
	}
}

static void *woken(void *arg)
{
	int fd = *(int *)arg;
	char data[64];

	for (;;)
		recv(fd, data, sizeof(data), 0);
	return NULL;
}

/* A reader that wants to run at once whenever a datagram comes. */
static void start_reader(struct slot *slot, int *fd)
{
	struct sched_param param = { .sched_priority = 1 };
	pthread_t thread;
	int error;

	error = pthread_create(&thread, NULL, woken, fd);
	if (!error)
		error = pthread_setschedparam(thread, SCHED_FIFO, &param);
	if (error)
		fail(slot, error);
}

/* A socket on the address, or on a free port, which is put there. */
static int flood_socket(struct slot *slot, struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), one = 1;
	socklen_t size = sizeof(*to);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)to, sizeof(*to)) ||
	    getsockname(fd, (struct sockaddr *)to, &size))
		fail(slot, errno);
	return fd;
}

/*
 * Each datagram is handed to all sockets of its port within one softirq, which
 * takes long, and wakes a reader.  As somebody waits for the CPU, the kernel
 * leaves what interrupts raise meanwhile to ksoftirqd.  The other sockets are
 * not read: they drop, which needs no memory.
 */
static void __attribute__((noreturn)) flood(struct slot *slot)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	static char data[64];
	static int fd;
	int i;

	for (i = 0; i < FLOOD_SOCKETS; i++)
		fd = flood_socket(slot, &to);
	start_reader(slot, &fd);
	to.sin_addr.s_addr = htonl(0x7fffffff);		/* 127.255.255.255 */
	for (;;) {
		if (sendto(fd, data, sizeof(data), 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0 && errno != ENOBUFS)
			fail(slot, errno);
		slot->rounds++;
	}
}

static void __attribute__((noreturn))
child(struct slot *slot, unsigned int cpu,
      const struct latency_load_options *o)
{
	cpu_set_t set;

	/* Whatever becomes of us, it shall not go on. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		fail(slot, errno);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail(slot, errno);
	if (strcmp(load.name, "rt") == 0)
		hog(slot, cpu, o->rt_priority);
	if (strcmp(load.name, "softirq") == 0)
		flood(slot);
	spin(slot);
}

/* ---- starting ---- */

static void check_slot(const struct slot *slot)
{
	int error = slot->error;

	if (error == EPERM)
		cli_die("no permission for the load '%s'; run as root",
			load.name);
	if (error == ENETUNREACH)
		cli_die("the load '%s' needs the loopback network; type: ip link set lo up",
			load.name);
	if (error)
		cli_die("the load '%s' cannot run: %s", load.name,
			strerror(error));
}

static void wait_for_processes(void)
{
	long long deadline = clock_now_ns() + START_TIMEOUT_NS;
	unsigned int i;

	for (i = 0; i < load.n; i++) {
		while (!load.slots[i].rounds) {
			check_slot(&load.slots[i]);
			latency_load_check();
			if (clock_now_ns() > deadline)
				cli_die("the load '%s' does not get to run",
					load.name);
			clock_sleep_until(clock_now_ns() + NSEC_PER_MSEC);
		}
	}
}

/* Interrupt threads and the like count too: they get a tenth. */
static void check_throttle(void)
{
	static bool said;
	char runtime[24], period[24];

	if (said || !attribute_get("/proc/sys/kernel", "sched_rt_runtime_us",
				 runtime, sizeof(runtime)) ||
	    !attribute_get("/proc/sys/kernel", "sched_rt_period_us", period,
			 sizeof(period)) || atoll(runtime) < 0)
		return;
	if (atoll(runtime) * 100 >= atoll(period) * (RT_PERCENT + 10))
		return;
	said = true;
	fprintf(stderr,
		"%s: the kernel throttles SCHED_FIFO at %s of %s us, so the load 'rt' is less than %d %%\n",
		cli_name, runtime, period, RT_PERCENT);
}

static void start_processes(const struct latency_load_options *o)
{
	cpu_set_t online;
	unsigned int cpu;
	pid_t pid;

	if (strcmp(load.name, "rt") == 0)
		check_throttle();
	if (!load.slots) {
		load.slots = mmap(NULL, MAX_CPUS * sizeof(*load.slots),
				  PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (load.slots == MAP_FAILED)
			cli_die("out of memory");
	}
	if (sched_getaffinity(0, sizeof(online), &online))
		cli_die("cannot tell which CPUs there are: %s",
			strerror(errno));
	for (cpu = 0; cpu < CPU_SETSIZE && load.n < MAX_CPUS; cpu++) {
		if (!CPU_ISSET(cpu, &online))
			continue;
		load.slots[load.n] = (struct slot){ 0 };
		pid = fork();
		if (pid < 0)
			cli_die("cannot start the load '%s': %s", load.name,
				strerror(errno));
		if (!pid)
			child(&load.slots[load.n], cpu, o);
		load.slots[load.n++].pid = pid;
	}
	wait_for_processes();
}

static void set_knob(struct knob *knob, const char *value)
{
	if (!attribute_get(load.sim, knob->name, knob->old, sizeof(knob->old)))
		cli_die("cannot read %s/%s: %s", load.sim, knob->name,
			strerror(errno));
	knob->changed = true;
	if (!attribute_put(load.sim, knob->name, value))
		cli_die("cannot write %s to %s/%s: %s", value, load.sim,
			knob->name, strerror(errno));
}

static unsigned int irqoff_us(const struct latency_load_options *o)
{
	unsigned int us = IRQOFF_PERCENT * 10000 / o->baud;

	return o->irqoff_us ? o->irqoff_us : us ? us : 1;
}

static void start_irqoff(const struct latency_load_options *o)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", irqoff_us(o));
	set_knob(&load.period, IRQOFF_PERIOD_US);
	set_knob(&load.us, text);
}

static void start_stress_ng(void)
{
	char option[LATENCY_NAME + 2];
	sigset_t none;

	snprintf(option, sizeof(option), "--%s",
		 load.name + strlen(STRESS_NG));
	load.stress_ng = fork();
	if (load.stress_ng < 0) {
		load.stress_ng = 0;
		cli_die("cannot start stress-ng: %s", strerror(errno));
	}
	if (load.stress_ng)
		return;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execlp("stress-ng", "stress-ng", "--quiet", option, "0", "--temp-path",
	       "/tmp", NULL);
	_exit(127);
}

void latency_load_start(const char *name, const struct latency_load_options *o)
{
	load.name = name;
	if (strcmp(name, "idle") == 0)
		return;
	if (strcmp(name, "irqoff") == 0) {
		load.sim = o->sim;
		start_irqoff(o);
	} else if (strncmp(name, STRESS_NG, strlen(STRESS_NG)) == 0) {
		start_stress_ng();
		/* It forks its workers and does not tell when they run. */
		clock_sleep_until(clock_now_ns() + NSEC_PER_SEC);
		latency_load_check();
	} else {
		start_processes(o);
	}
}

/* ---- while it runs, and stopping ---- */

void latency_load_check(void)
{
	unsigned int i;
	int status;

	for (i = 0; i < load.n; i++) {
		struct slot *slot = &load.slots[i];

		if (!slot->pid || waitpid(slot->pid, &status, WNOHANG) <= 0)
			continue;
		slot->pid = 0;
		check_slot(slot);
		cli_die("a process of the load '%s' has ended", load.name);
	}
	if (load.stress_ng &&
	    waitpid(load.stress_ng, &status, WNOHANG) > 0) {
		load.stress_ng = 0;
		cli_die("'%s' has ended; is there such a stressor (stress-ng --help)?",
			load.name);
	}
}

static void stop_stress_ng(void)
{
	long long deadline = clock_now_ns() + 2 * NSEC_PER_SEC;
	pid_t pid = load.stress_ng;

	load.stress_ng = 0;
	if (!pid)
		return;
	kill(pid, SIGTERM);
	while (!waitpid(pid, NULL, WNOHANG) && clock_now_ns() < deadline)
		clock_sleep_until(clock_now_ns() + 10 * NSEC_PER_MSEC);
	/* What it left; the number is not given anew while the group lives. */
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void restore_knob(struct knob *knob)
{
	if (!knob->changed)
		return;
	knob->changed = false;
	if (!attribute_put(load.sim, knob->name, knob->old))
		fprintf(stderr, "%s: cannot put %s/%s back to %s: %s\n",
			cli_name, load.sim, knob->name, knob->old,
			strerror(errno));
}

void latency_load_stop(void)
{
	unsigned int i;

	for (i = 0; i < load.n; i++)
		if (load.slots[i].pid > 0)
			kill(load.slots[i].pid, SIGKILL);
	for (i = 0; i < load.n; i++)
		if (load.slots[i].pid > 0)
			waitpid(load.slots[i].pid, NULL, 0);
	load.n = 0;
	stop_stress_ng();
	restore_knob(&load.us);
	restore_knob(&load.period);
}

/* ---- names ---- */

bool latency_load_known(const char *name)
{
	static const char *const names[] = {
		"idle", "cpu", "rt", "softirq", "irqoff"
	};
	const char *stressor = name + strlen(STRESS_NG);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	if (strncmp(name, STRESS_NG, strlen(STRESS_NG)) != 0 || !*stressor ||
	    strlen(name) >= LATENCY_NAME ||
	    strspn(stressor, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
	    strlen(stressor))
		return false;
	if (!latency_in_path("stress-ng"))
		cli_die("the load '%s' needs stress-ng; type: apt-get install stress-ng",
			name);
	return true;
}

bool latency_load_needs_sim(const char *name)
{
	return strcmp(name, "irqoff") == 0;
}

void latency_load_what(char *text, size_t size, const char *name,
		       const struct latency_load_options *o)
{
	if (strcmp(name, "idle") == 0)
		snprintf(text, size, "nothing else runs");
	else if (strcmp(name, "cpu") == 0)
		snprintf(text, size, "an endless loop on every CPU, SCHED_OTHER");
	else if (strcmp(name, "rt") == 0)
		snprintf(text, size,
			 "a loop on every CPU, SCHED_FIFO priority %u, busy %d %% of every 10 ms or so",
			 o->rt_priority, RT_PERCENT);
	else if (strcmp(name, "softirq") == 0)
		snprintf(text, size,
			 "on every CPU a flood of UDP over loopback, each datagram to %d sockets",
			 FLOOD_SOCKETS);
	else if (strcmp(name, "irqoff") == 0)
		snprintf(text, size,
			 "interrupts off on the line's CPU for up to %u us, 1 to 2 ms apart",
			 irqoff_us(o));
	else
		snprintf(text, size, "stress-ng --%s 0",
			 name + strlen(STRESS_NG));
}
