// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-selftest: plays known bytes on one line, and the driver receives them on
 * another one, to which a wire leads.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attribute.h"
#include "cli.h"
#include "clock.h"
#include "play.h"

const char cli_name[] = "gnss-selftest";

#define RECEIVERS	"/sys/class/gnss_gpio/gnss_gpio"
#define PRIORITY	40

/* What is played at each rate: the bytes of a second, and no more than this. */
#define BYTES_MAX	1024
#define LINE_BYTES	64

/* CPU time is measured from this rate on; below, a byte takes the same. */
#define CPU_BAUD_MIN	9600

/* To find the wire: so many pulses, all but a few of which must arrive. */
#define PULSES		20
#define PULSE_NS	(1 * NSEC_PER_MSEC)

/* The bottom half is through after this, and udev with a new device after that. */
#define SETTLE_NS	(300 * NSEC_PER_MSEC)
#define APPEAR_NS	(3000 * NSEC_PER_MSEC)

static const char help[] =
"Usage: gnss-selftest OUT [IN]\n"
"Tests the driver gnss-gpio on this machine: with a wire between two GPIO lines\n"
"it plays known bytes on one and receives them on the other, at all rates.\n"
"\n"
"  OUT      line to play on: OFFSET (of gpiochip0), CHIP:OFFSET or its name\n"
"  IN       line that the wire leads to; not needed if the driver has a\n"
"           receiver there, else one is made, on a Raspberry Pi\n"
"  --help   show this\n";

/* One rate. */
struct round {
	unsigned int baud;
	unsigned int sent;
	unsigned int wrong;
	unsigned long doubtful;
	u64 wait_p50, wait_p99;
	double cpu_ns;		/* a byte; below 0: not measured */
	bool played_late;
};

static struct {
	struct line *out;
	unsigned int number;
	bool found;
	bool made;		/* by us */
	int nmea, fix;
	char baud[16], stream[32];	/* as they were */
	bool changed;
	cpu_set_t cpus;
} test = { .nmea = -1, .fix = -1 };

/* ---- the driver's attributes ---- */

/* Where they are, valid until the next call. */
static const char *attributes_of(unsigned int number)
{
	static char dir[64];

	snprintf(dir, sizeof(dir), RECEIVERS "%u", number);
	return dir;
}

static unsigned long get_number(unsigned int number, const char *name)
{
	char text[32];

	return attribute_get(attributes_of(number), name, text, sizeof(text)) ?
	       strtoul(text, NULL, 10) : 0;
}

static void must_put(const char *name, const char *text)
{
	if (attribute_put(attributes_of(test.number), name, text))
		return;
	if (errno == EACCES)
		cli_die("no permission to set up the driver; run it as root");
	cli_die("the driver does not take '%s' for %s: %s", text, name,
		strerror(errno));
}

static int open_device(const char *kind, unsigned int number, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/gnss-%s%u", kind, number);
	return open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

/* ---- a receiver ---- */

/* Returns its exit status, or -1 if there is no such program. */
static int run(const char *const argv[])
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return -1;
	if (!pid) {
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 127)
		return -1;
	return WEXITSTATUS(status);
}

static size_t list_receivers(unsigned int *numbers, size_t most)
{
	size_t i, n = 0;
	glob_t names;

	if (glob(RECEIVERS "*", 0, NULL, &names))
		return 0;
	for (i = 0; i < names.gl_pathc && n < most; i++)
		numbers[n++] = strtoul(names.gl_pathv[i] + strlen(RECEIVERS),
				       NULL, 10);
	globfree(&names);
	return n;
}

static void __attribute__((noreturn)) no_wire(const char *where)
{
	cli_die("nothing arrives: no wire leads from %s to %s; connect both, and nothing else",
		line_name(test.out), where);
}

/* By the kernel's GPIO interface. */
static void check_wire(struct line *in)
{
	unsigned int i;

	for (i = 0; i < PULSES; i++) {
		line_set(test.out, i & 1);
		clock_sleep_until(clock_now_ns() + PULSE_NS);
		if (line_get(in) != (i & 1))
			no_wire(line_name(in));
	}
}

static void make_receiver(const char *word)
{
	struct line *in = line_open(word, LINE_INPUT);
	s64 until = clock_now_ns() + APPEAR_NS;
	unsigned int offset = line_offset(in), number;
	char pin[32];
	const char *const overlay[] = {
		"dtoverlay", "gnss-gpio", pin, NULL
	};
	int status;

	check_wire(in);
	line_close(in);
	snprintf(pin, sizeof(pin), "rx_pin=%u", offset);
	status = run(overlay);
	if (status < 0)
		cli_die("the driver has no receiver there, and there is no 'dtoverlay' to make one; add the node of README.md ('On a Raspberry Pi') or the overlay of dts/README to the device tree, with line %u, and boot",
			offset);
	if (status)
		cli_die("'dtoverlay gnss-gpio %s' failed; are you root, and is the driver installed (make install)? Else put 'dtoverlay=gnss-gpio,%s' into config.txt and boot",
			pin, pin);
	test.made = true;
	while (!list_receivers(&number, 1) && clock_now_ns() < until)
		clock_sleep_until(clock_now_ns() + 10 * NSEC_PER_MSEC);
	clock_sleep_until(clock_now_ns() + SETTLE_NS);
}

/* Which one has edges when the line has? */
static void find_receiver(void)
{
	unsigned int numbers[16], i;
	unsigned long before[16];
	size_t n, j;
	int fd[16];

	n = list_receivers(numbers, ARRAY_SIZE(numbers));
	for (j = 0; j < n; j++) {
		fd[j] = open_device("nmea", numbers[j], O_RDONLY);
		if (fd[j] < 0 && errno == EACCES)
			cli_die("no permission to open /dev/gnss-nmea%u; run it as root",
				numbers[j]);
		before[j] = get_number(numbers[j], "stats/edges");
	}
	for (i = 0; i < PULSES; i++) {
		line_set(test.out, i & 1);
		clock_sleep_until(clock_now_ns() + PULSE_NS);
	}
	for (j = 0; j < n; j++) {
		if (get_number(numbers[j], "stats/edges") - before[j] >=
		    PULSES / 2 - 2) {
			test.number = numbers[j];
			test.found = true;
		}
		if (fd[j] >= 0)
			close(fd[j]);
	}
}

static void set_up(const char *out, const char *in)
{
	unsigned int number;
	const char *dir;
	int fd;

	test.out = line_open(out, LINE_OUTPUT);
	if (!list_receivers(&number, 1) && !in)
		cli_die("the driver has no receiver; is it loaded (modprobe gnss_gpio)? Or say the line IN that the wire leads to");
	if (!list_receivers(&number, 1))
		make_receiver(in);
	find_receiver();
	if (!test.found)
		no_wire("a line on which the driver has a receiver");
	dir = attributes_of(test.number);
	if (!attribute_get(dir, "baud", test.baud, sizeof(test.baud)) ||
	    !attribute_get(dir, "stream", test.stream, sizeof(test.stream)))
		cli_die("the receiver is gone");
	fd = open_device("fix", test.number, O_RDWR);
	if (fd < 0)
		cli_die("cannot open /dev/gnss-fix%u: %s; run it as root",
			test.number, strerror(errno));
	close(fd);
	test.changed = true;
	must_put("stream", "raw");
}

static void put_back(void)
{
	const char *const remove[] = { "dtoverlay", "-r", "gnss-gpio", NULL };
	const char *dir = attributes_of(test.number);

	if (test.changed) {
		attribute_put(dir, "baud", test.baud);
		attribute_put(dir, "stream", *test.stream == '[' ? "raw" : "checked");
	}
	if (test.made)
		run(remove);
}

/* ---- one rate ---- */

static u8 known[BYTES_MAX], got[4 * BYTES_MAX];

/* All values, in lines. */
static void make_known(void)
{
	u32 seed = 1;
	size_t i;

	for (i = 0; i < BYTES_MAX; i++) {
		seed = seed * 1664525 + 1013904223;
		known[i] = seed >> 24;
		if (known[i] == '\n')
			known[i] = 'n';
		if (i % LINE_BYTES == LINE_BYTES - 1)
			known[i] = '\n';
	}
}

/* Bytes that are lost, too many or others than @known: what no alignment helps. */
static unsigned int count_wrong(size_t n, size_t m)
{
	static unsigned int row[BYTES_MAX + 1];
	size_t i, j;

	memset(row, 0, sizeof(row));
	for (j = 0; j < m; j++) {
		unsigned int diagonal = 0, above;

		for (i = 0; i < n; i++) {
			above = row[i + 1];
			if (known[i] == got[j])
				row[i + 1] = diagonal + 1;
			else if (row[i] > above)
				row[i + 1] = row[i];
			diagonal = above;
		}
	}
	return (n > m ? n : m) - row[n];
}

static size_t read_all(void)
{
	size_t n = 0;
	ssize_t ret;

	while (n < sizeof(got) &&
	       (ret = read(test.nmea, got + n, sizeof(got) - n)) > 0)
		n += ret;
	return n;
}

static void snapshot(struct gnss_gpio_latency *l)
{
	unsigned int i;

	for (i = 0;; i++) {
		memset(l, 0, sizeof(*l));
		l->size = sizeof(*l);
		l->index = i;
		if (ioctl(test.fix, GNSS_GPIO_GET_LATENCY, l))
			cli_die("the driver does not tell latencies; it and this program must be of one version");
		if (l->flags & GNSS_GPIO_LATENCY_CURRENT)
			return;
	}
}

/* Where the line interrupts, or anywhere but there. */
static void choose_cpu(bool there)
{
	char pattern[64], text[32] = "0";
	cpu_set_t cpus = test.cpus, one;
	unsigned int cpu;
	glob_t irq;
	FILE *f;

	snprintf(pattern, sizeof(pattern), "/proc/irq/*/gnss_gpio%u",
		 test.number);
	if (!glob(pattern, 0, NULL, &irq)) {
		strcpy(strrchr(irq.gl_pathv[0], '/'), "/");
		snprintf(pattern, sizeof(pattern), "%seffective_affinity_list",
			 irq.gl_pathv[0]);
		f = fopen(pattern, "re");
		if (f && !fgets(text, sizeof(text), f))
			text[0] = '\0';
		if (f)
			fclose(f);
		globfree(&irq);
	}
	cpu = strtoul(text, NULL, 10);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CPU_CLR(cpu, &cpus);
	if (there || !CPU_COUNT(&cpus))
		sched_setaffinity(0, sizeof(one), &one);
	else
		sched_setaffinity(0, sizeof(cpus), &cpus);
}

static void play_known(struct play *p, unsigned int baud, unsigned int n)
{
	play_init(p, test.out, baud);
	play_bytes(p, known, n);
	play_end(p);
	clock_sleep_until(clock_now_ns() + SETTLE_NS);
}

/* The driver receives while the device is open. */
static void listen(bool on)
{
	if (!on) {
		close(test.nmea);
		close(test.fix);
		test.nmea = -1;
		test.fix = -1;
		return;
	}
	test.nmea = open_device("nmea", test.number, O_RDONLY);
	test.fix = open_device("fix", test.number, O_RDWR);
	if (test.nmea < 0 || test.fix < 0)
		cli_die("cannot open the receiver: %s", strerror(errno));
}

/*
 * Who looks at the clock all the time gets to look less often when interrupts take the
 * processor: that is what the top half takes.  The bottom half tells itself.
 */
static double cpu_ns(unsigned int baud, unsigned int n)
{
	static struct gnss_gpio_latency latency;
	static struct play with, without;
	double top_ns;

	choose_cpu(true);
	play_known(&without, baud, n);
	listen(true);
	ioctl(test.fix, GNSS_GPIO_RESET_LATENCY);
	play_known(&with, baud, n);
	snapshot(&latency);
	listen(false);
	top_ns = (1 - (double)with.looks / without.looks) * without.looked_ns;
	return (top_ns + latency.drain.sum_ns) / n;
}

static void play_round(struct round *r)
{
	static struct gnss_gpio_latency latency;
	static struct play p;
	unsigned long doubtful;
	char text[16];

	r->sent = r->baud / 10 < BYTES_MAX ? r->baud / 10 : BYTES_MAX;
	snprintf(text, sizeof(text), "%u", r->baud);
	must_put("baud", text);
	choose_cpu(false);
	listen(true);
	ioctl(test.fix, GNSS_GPIO_RESET_LATENCY);
	doubtful = get_number(test.number, "stats/doubtful");
	play_known(&p, r->baud, r->sent);
	snapshot(&latency);
	r->doubtful = get_number(test.number, "stats/doubtful") - doubtful;
	r->wrong = count_wrong(r->sent, read_all());
	r->wait_p50 = hist_percentile(&latency.start, 500000);
	r->wait_p99 = hist_percentile(&latency.start, 990000);
	r->played_late = p.timing.too_late;
	listen(false);
	r->cpu_ns = -1;
	if (r->baud >= CPU_BAUD_MIN && !cli_stop)
		r->cpu_ns = cpu_ns(r->baud, r->sent);
}

/* ---- what to say ---- */

static void flush_table(void)
{
	if (!cli_flush(stdout, "standard output"))
		cli_die("nobody reads the table any more, so the test is broken off");
}

static void show_header(void)
{
	printf("%6s  %6s  %6s  %8s  %10s  %10s  %8s\n", "baud", "bytes",
	       "wrong", "doubtful", "p50/us", "p99/us", "CPU/us");
	flush_table();
}

static void show_round(const struct round *r)
{
	char cpu[16] = "-";

	if (r->cpu_ns >= 0)
		snprintf(cpu, sizeof(cpu), "%.1f", r->cpu_ns / 1e3);
	printf("%6u  %6u  %6u  %8lu  %10.1f  %10.1f  %8s%s\n", r->baud,
	       r->sent, r->wrong, r->doubtful, r->wait_p50 / 1e3,
	       r->wait_p99 / 1e3, cpu,
	       r->played_late ? "  played too late" : "");
	flush_table();
}

/* Returns the exit status. */
static int verdict(const struct round *rounds, size_t n)
{
	unsigned int clean = 0;
	size_t i;

	for (i = 0; i < n && !rounds[i].wrong; i++)
		clean = rounds[i].baud;
	printf("\np50, p99: from the kick of the bottom half to its run; CPU: time a byte takes\n");
	printf("highest rate with no byte wrong: ");
	if (clean)
		printf("%u baud\n", clean);
	else
		printf("none\n");
	if (i < n && rounds[i].played_late)
		printf("At %u baud this program was too slow to play, so what the driver can do is not known from there on.\n",
		       rounds[i].baud);
	if (clean >= 9600)
		printf("PASSED: a receiver at up to %u baud can be used here; most send at 9600.\n",
		       clean);
	else if (clean)
		printf("FAILED: set the receiver to %u baud or less, or end what loads this machine, and try again.\n",
		       clean);
	else
		printf("FAILED: check that the wire sits tight and is short, that both lines have the same ground and voltage, and nothing else is connected.\n");
	cli_flush(stdout, "standard output");
	return clean >= 9600 ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const struct option option_table[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	static struct round rounds[PLAY_BAUDS];
	int c;
	size_t i;

	cli_start();
	while ((c = cli_option(argc, argv, option_table)) != -1) {
		if (c == 'h')
			cli_help(help);
	}
	if (optind == argc)
		cli_usage("the line OUT is missing, see --help");
	cli_no_more(optind + 2, argc, argv);
	if (optind + 1 < argc && !strcmp(argv[optind], argv[optind + 1]))
		cli_usage("OUT and IN are the same line; a wire needs two");

	cli_catch_signals();
	cli_last_words = put_back;
	sched_getaffinity(0, sizeof(test.cpus), &test.cpus);
	if (!play_real_time(PRIORITY))
		cli_die("no permission for real-time priority; run it as root");
	set_up(argv[optind], optind + 1 < argc ? argv[optind + 1] : NULL);
	make_known();
	show_header();
	for (i = 0; i < PLAY_BAUDS && !cli_stop; i++) {
		rounds[i].baud = play_bauds[i];
		play_round(&rounds[i]);
		if (!cli_stop)
			show_round(&rounds[i]);
	}
	cli_last_words = NULL;
	put_back();
	line_close(test.out);
	if (cli_stop)
		cli_end_stopped();
	return verdict(rounds, PLAY_BAUDS);
}
