// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes to the receiver, and holds what it hears against that.  Runs in the lab, with
 * the driver and the simulator loaded; prints verdicts.
 *
 *   tx bytes               all values, at all rates
 *   tx writes              O_NONBLOCK, poll(), fsync(), signals, parallel writers
 *   tx late                what late interrupts spoil, with windows of the simulator
 *   tx commands N FILE     sends N commands, one each 150 ms, and writes them to FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

#define NMEA	"/dev/gnss-nmea0"
#define GG	"/sys/class/gnss_gpio/gnss_gpio0/"
#define KNOBS	"/sys/class/gnss_gpio_sim/gnss-sim0/"

/* As the driver has it. */
#define FIFO	1024
#define PART	512

static int sim;
static char heard[65536];

static long number(const char *path)
{
	char text[32] = "";
	int fd = xopen(path, O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) < 0)
		die(path);
	close(fd);
	return strtol(text, NULL, 10);
}

static void set_rate(unsigned int baud)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", baud);
	if (put(GG "baud", text) || put(KNOBS "baud", text))
		die("setting the rate");
}

/* Until nothing more comes. */
static size_t hear(void)
{
	size_t n = 0, more;

	do {
		nap(50);
		more = drain(sim, heard + n, sizeof(heard) - n);
		n += more;
	} while (more);
	return n;
}

static void is_heard(const char *bytes, size_t n, const char *name)
{
	size_t got = hear(), i;

	for (i = 0; i < n && i < got && bytes[i] == heard[i]; i++)
		;
	check(got == n && i == n, name, "%zu bytes instead of %zu, and number %zu is wrong",
	      got, n, i);
}

static void draw_bytes(char *bytes, size_t n)
{
	while (n--)
		bytes[n] = draw(256);
}

/*
 * Above 19200 baud half a bit is no longer than the lab's machine keeps interrupts off
 * now and then, as when it goes idle.
 */
static void all_rates(void)
{
	static const unsigned int rates[] = { 1200, 4800, 9600, 19200, 38400, 57600, 115200 };
	int fd = xopen(NMEA, O_RDWR);
	char bytes[512], name[64];
	unsigned int i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		set_rate(rates[i]);
		snprintf(name, sizeof(name), "%u baud: all values are heard", rates[i]);
		if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes) || fsync(fd))
			die("write");
		if (rates[i] <= 19200)
			is_heard(bytes, sizeof(bytes), name);
		else
			printf("# %u baud: %zu bytes of %zu are heard\n", rates[i], hear(),
			       sizeof(bytes));
		printf("# %u baud: edges are off by up to %ld ns by the driver, %ld ns at the receiver; %ld came too late\n",
		       rates[i], number(GG "stats/tx_edge_error_max_ns"),
		       number(KNOBS "rxd_edge_error_max_ns"), number(GG "stats/tx_late_bits"));
	}
	set_rate(9600);
	close(fd);
}

static void waits_for_the_end(int fd)
{
	char bytes[100];
	int64_t t_ns = now_ns(), ms;
	size_t n;

	draw_bytes(bytes, sizeof(bytes));
	if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes) || fsync(fd))
		die("fsync");
	ms = (now_ns() - t_ns) / 1000000;
	check(ms >= 104 && ms <= 108, "fsync() waits for the last stop bit",
	      "100 bytes of 9600 baud took %d ms", (int)ms);
	n = drain(sim, heard, sizeof(heard));
	check(n == sizeof(bytes) && !memcmp(heard, bytes, n), "and then all is heard",
	      "%zu bytes", n);

	if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes))
		die("write");
	t_ns = now_ns();
	close(fd);
	ms = (now_ns() - t_ns) / 1000000;
	check(ms >= 100 && ms <= 108, "close() waits for what the file wrote", "%d ms", (int)ms);
	is_heard(bytes, sizeof(bytes), "and all is heard");
}

static short writable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, timeout_ms) < 0 ? -1 : p.revents;
}

static void does_not_block(void)
{
	int fd = xopen(NMEA, O_RDWR | O_NONBLOCK);
	char bytes[3 * PART];
	int64_t t_ns, ms;
	size_t sent;
	int ret;

	draw_bytes(bytes, sizeof(bytes));
	check(writable(fd, 0) == POLLOUT, "nothing queued: poll() says POLLOUT", "it does not");
	ret = write(fd, bytes, sizeof(bytes));
	check(ret == FIFO, "O_NONBLOCK: a long write is taken in parts", "returned %d", ret);
	sent = ret;
	refused(write(fd, bytes, PART), EAGAIN, "then there is no room: EAGAIN");
	check(writable(fd, 0) == 0, "and no POLLOUT", "there is");
	t_ns = now_ns();
	ret = writable(fd, 5000);
	ms = (now_ns() - t_ns) / 1000000;
	check(ret == POLLOUT && ms > 450 && ms < 700,
	      "poll() waits until there is room for a part", "%d after %d ms", ret, (int)ms);
	ret = write(fd, bytes + sent, PART);
	check(ret == PART, "which then is taken", "returned %d", ret);
	if (fsync(fd))
		die("fsync");
	is_heard(bytes, sizeof(bytes), "and all is heard, in order");
	close(fd);
}

/* While another writer waits for room, poll() and write() agree on who does not wait. */
static void waits_for_another(void)
{
	int fd = xopen(NMEA, O_RDWR | O_NONBLOCK), amiss = 0;
	char bytes[3 * PART];
	unsigned int i;
	pid_t child;

	draw_bytes(bytes, sizeof(bytes));
	/* So that the writer is not woken just when there is room. */
	if (write(fd, bytes, 10) != 10 || fsync(fd))
		die("write");
	child = spawn();
	if (!child) {
		int own = xopen(NMEA, O_RDWR);

		_exit(write(own, bytes, sizeof(bytes)) != sizeof(bytes));
	}
	nap(100);
	for (i = 0; i < 200; i++) {
		amiss += writable(fd, 0) == POLLOUT && write(fd, "x", 1) != 1;
		nap(5);
	}
	check(!amiss, "another writer waits: poll() says no POLLOUT where write() says EAGAIN",
	      "%d times", amiss);
	close(fd);
	reap(&child, 1);
	hear();
}

/* A thread in read() of the same file is no reason that an exclusive poll sleeps on. */
static void wakes_behind_a_reader(void)
{
	int fd = xopen(NMEA, O_RDWR), epoll = epoll_create1(0), n;
	struct epoll_event event = { .events = EPOLLOUT | EPOLLEXCLUSIVE };
	char bytes[FIFO], byte;
	pid_t child = spawn();

	if (!child)
		_exit(read(fd, &byte, 1) == 1);
	nap(100);
	draw_bytes(bytes, sizeof(bytes));
	if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		die("EPOLL_CTL_ADD");
	n = epoll_wait(epoll, &event, 1, 5000);
	check(n == 1 && event.events == EPOLLOUT,
	      "behind a thread in read() an exclusive poll is told that there is room",
	      "%d events, %#x", n, event.events);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(epoll);
	close(fd);
	hear();
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void signal_interrupts(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int fd = xopen(NMEA, O_RDWR);
	static char bytes[8 * PART];
	ssize_t n;

	draw_bytes(bytes, sizeof(bytes));
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	n = write(fd, bytes, sizeof(bytes));
	check(n > 0 && n < (ssize_t)sizeof(bytes) && n % PART == 0,
	      "a signal: write() says what was queued", "returned %zd, %s", n, strerror(errno));
	ualarm(200000, 0);
	refused(fsync(fd), EINTR, "a signal: fsync() is EINTR");
	close(fd);
	is_heard(bytes, n, "what was said to be queued is heard, and no more");
}

#define WRITERS	4
#define WRITES	12

/* Each write is a line of one letter, its length in front. */
static int write_lines(unsigned int me)
{
	int fd = xopen(NMEA, O_RDWR);
	char line[PART];
	unsigned int i;

	srandom(me);
	for (i = 0; i < WRITES; i++) {
		size_t n = i ? 8 + draw(PART - 8) : PART;

		memset(line, 'a' + me, n);
		memcpy(line + sprintf(line, "%zu", n), "-", 1);
		line[n - 1] = '\n';
		if (write(fd, line, n) != (ssize_t)n)
			return 1;
	}
	close(fd);
	return 0;
}

static void writers_do_not_mix(void)
{
	unsigned int i, lines = 0;
	pid_t child[WRITERS];
	char *line, *end;
	size_t n, at;

	for (i = 0; i < WRITERS; i++) {
		child[i] = spawn();
		if (!child[i])
			_exit(write_lines(i));
	}
	n = hear();
	i = reap(child, WRITERS);
	check(!i, "parallel writers come to their end", "%u failed", i);
	for (at = 0; at < n; at = end + 1 - heard, lines++) {
		line = heard + at;
		end = memchr(line, '\n', n - at);
		if (!end || end + 1 - line != strtol(line, NULL, 10))
			break;
		if (strspn(strchr(line, '-') + 1, (char[]){ end[-1], 0 }) !=
		    (size_t)(end - strchr(line, '-') - 1))
			break;
	}
	check(lines == WRITERS * WRITES, "and what they write does not mix",
	      "after %u lines: '%.70s'", lines, heard + at);
}

/* Another rate, of both sides, while bytes are sent. */
static void rate_changes(void)
{
	int fd = xopen(NMEA, O_RDWR);
	static char bytes[PART];
	unsigned int wrong = 0;
	size_t n, i;

	draw_bytes(bytes, sizeof(bytes));
	if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes))
		die("write");
	nap(100);
	set_rate(4800);
	fsync(fd);
	n = hear();
	for (i = 0; i < n && i < sizeof(bytes); i++)
		wrong += bytes[i] != heard[i];
	check(n == sizeof(bytes) && wrong <= 1,
	      "another rate while bytes are sent holds from the next byte on",
	      "%zu bytes of %zu, %u wrong", n, sizeof(bytes), wrong);
	set_rate(9600);
	close(fd);
}

static void writes(void)
{
	waits_for_the_end(xopen(NMEA, O_RDWR));
	does_not_block();
	waits_for_another();
	wakes_behind_a_reader();
	signal_interrupts();
	writers_do_not_mix();
	rate_changes();
}

/* Bytes of @n that are not among the @m heard, in order: what no alignment helps. */
static size_t missing(const char *sent, size_t n, size_t m)
{
	static unsigned short row[4096];
	size_t i, j;

	memset(row, 0, sizeof(row));
	for (j = 0; j < m; j++) {
		unsigned short diagonal = 0, above;

		for (i = 0; i < n; i++) {
			above = row[i + 1];
			if (sent[i] == heard[j])
				row[i + 1] = diagonal + 1;
			else if (row[i] > above)
				row[i + 1] = row[i];
			diagonal = above;
		}
	}
	return n - row[n];
}

static void late(void)
{
	int fd = xopen(NMEA, O_RDWR);
	static char bytes[2048];
	long late_bits;
	size_t lost;

	draw_bytes(bytes, sizeof(bytes));
	if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes) || fsync(fd))
		die("write");
	lost = missing(bytes, sizeof(bytes), hear());
	late_bits = number(GG "stats/tx_late_bits");
	check(late_bits > 0, "edges that come too late are counted", "there are none");
	check(lost > 0 && lost <= (size_t)late_bits,
	      "each spoils its byte at most, and none that follows",
	      "%zu bytes are wrong, and %ld edges were late", lost, late_bits);
	printf("# of %zu bytes %zu are wrong, with %ld edges that came too late; %ld without a stop bit\n",
	       sizeof(bytes), lost, late_bits, number(KNOBS "rxd_framing_errors"));
	close(fd);
}

static int commands(unsigned int n, const char *name)
{
	int fd = xopen(NMEA, O_RDWR);
	FILE *f = fopen(name, "w");
	char command[64];
	unsigned int i;

	if (!f)
		die(name);
	for (i = 0; i < n; i++) {
		int len = sprintf(command, "$PMTK300,%u,0,0,0,0*%02X\r\n", i, i % 256);

		if (write(fd, command, len) != len)
			die("write");
		fputs(command, f);
		nap(150);
	}
	fclose(f);
	return fsync(fd);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 4 && !strcmp(argv[1], "commands"))
		return commands(atoi(argv[2]), argv[3]);
	sim = xopen(SIM, O_RDONLY | O_NONBLOCK);
	srandom(1);
	if (argc == 2 && !strcmp(argv[1], "bytes"))
		all_rates();
	else if (argc == 2 && !strcmp(argv[1], "writes"))
		writes();
	else if (argc == 2 && !strcmp(argv[1], "late"))
		late();
	else
		return 2;
	return 0;
}
