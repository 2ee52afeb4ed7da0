// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds the character devices against what their interface promises.  Runs in
 * the lab, with the driver and the simulator loaded.
 *
 *   chardev records DEVICE   print the records of a fix device as they come:
 *                            number, time of day, latitude, longitude, ...
 *   chardev readers SHORT LONG   many readers, slow ones, and all they may ask
 *   chardev flows DEVICE     does a byte come within two seconds?
 *   chardev unbind LONG N    unbind and bind N times while LONG is played
 *
 * SHORT and LONG are NMEA; LONG is more than what a reader may lag behind, in
 * bytes and in epochs.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

/* Where the device of receiver 0 may be, if an old one is open still. */
#define CLASS	"/sys/bus/platform/devices/gnss-gpio.0/gnss_gpio/gnss_gpio"

#define NMEA	"/dev/gnss-nmea0"
#define FIX	"/dev/gnss-fix0"
#define SIM	"/dev/gnss-sim0"
#define STATS	"/sys/class/gnss_gpio/gnss_gpio0/stats/"
#define DRIVER	"/sys/bus/platform/drivers/gnss-gpio/"

/* What a slow reader may lag behind. */
#define NMEA_BYTES	65536
#define FIX_RECORDS	64

#define RECORD		sizeof(struct gnss_gpio_fix)

struct text {
	char *bytes;
	size_t n;
};

/* ---- small things ---- */

/* The bottom half has run, and the silence that ends the last epoch is over. */
static void settle(void)
{
	nap(400);
}

static struct text load(const char *name)
{
	int fd = open(name, O_RDONLY);
	struct text text;

	if (fd < 0)
		die(name);
	text.n = lseek(fd, 0, SEEK_END);
	text.bytes = malloc(text.n);
	if (!text.n || pread(fd, text.bytes, text.n, 0) != (ssize_t)text.n)
		die(name);
	close(fd);
	return text;
}

static unsigned long stat_of(const char *name)
{
	char path[128];
	unsigned long value;
	FILE *f;

	snprintf(path, sizeof(path), STATS "%s", name);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%lu", &value) != 1)
		die(path);
	fclose(f);
	return value;
}

/* Queues @n bytes; waits until they have been played, if @to_the_end. */
static void play(const char *bytes, size_t n, bool to_the_end)
{
	int fd = xopen(SIM, O_WRONLY);
	size_t done = 0;

	while (done < n) {
		ssize_t ret = write(fd, bytes + done, n - done);

		if (ret <= 0)
			die("write to " SIM);
		done += ret;
	}
	if (to_the_end && fsync(fd))
		die("fsync of " SIM);
	close(fd);
}

static void play_all(const struct text *text)
{
	play(text->bytes, text->n, true);
	settle();
}

/* What there is, up to @max bytes; @fd does not block. */
static size_t drain(int fd, void *to, size_t max)
{
	size_t n = 0;
	ssize_t ret;

	while (n < max) {
		ret = read(fd, (char *)to + n, max - n);
		if (ret <= 0)
			break;
		n += ret;
	}
	return n;
}

static uint64_t lost_of(int fd)
{
	struct gnss_gpio_info info;

	if (ioctl(fd, GNSS_GPIO_GET_INFO, &info))
		die("GNSS_GPIO_GET_INFO");
	return info.lost;
}

static short poll_now(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) < 0 ? -1 : p.revents;
}

/* ---- records ---- */

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
		for (i = 0; i < n / (ssize_t)RECORD; i++)
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

/* ---- readers ---- */

/* A child that reads all of @text, @chunk bytes at a time, and loses nothing. */
static pid_t spawn_reader(const struct text *text, int flags, size_t chunk)
{
	int fd = xopen(NMEA, flags);
	size_t n = 0;
	char *got;
	pid_t pid = spawn();

	if (pid) {
		close(fd);
		return pid;
	}
	got = malloc(text->n + chunk);
	while (n < text->n) {
		ssize_t ret = read(fd, got + n, chunk);

		if (ret <= 0)
			_exit(1);
		n += ret;
	}
	_exit(n != text->n || memcmp(got, text->bytes, n) || lost_of(fd));
}

static void many_readers(const struct text *text)
{
	static const size_t chunk[] = { 1, 2, 7, 64, 129, 256, 4096, 65536 };
	const unsigned int n = sizeof(chunk) / sizeof(chunk[0]);
	pid_t child[n];
	unsigned int i, bad;

	for (i = 0; i < n; i++)
		child[i] = spawn_reader(text, i & 1 ? O_RDWR : O_RDONLY,
					chunk[i]);
	play_all(text);
	bad = reap(child, n);
	check(!bad, "eight readers at once, reading in different steps, get all bytes",
	      "%u did not", bad);
}

static void own_positions(const struct text *text)
{
	size_t half = text->n / 2;
	char *got = malloc(text->n + 1);
	int a = xopen(NMEA, O_RDONLY | O_NONBLOCK), b;
	size_t n;

	play(text->bytes, half, true);
	nap(50);
	b = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	play(text->bytes + half, text->n - half, true);
	nap(50);
	n = drain(a, got, text->n + 1);
	check(n == text->n && !memcmp(got, text->bytes, n),
	      "a reader gets what came since it opened", "%zu of %zu bytes", n,
	      text->n);
	n = drain(b, got, text->n + 1);
	check(n == text->n - half && !memcmp(got, text->bytes + half, n),
	      "one that opened later gets what came since then, and no more",
	      "%zu of %zu bytes", n, text->n - half);
	close(a);
	close(b);
	free(got);
}

/* Reads the records that are left; says which number the first has. */
static unsigned int drain_records(int fd, uint64_t *first)
{
	struct gnss_gpio_fix fix[256];
	size_t n = drain(fd, fix, sizeof(fix)) / RECORD;
	size_t i;

	*first = n ? fix[0].seq : 0;
	for (i = 0; i < n; i++)
		if (fix[i].seq != *first + i)
			return 0;
	return n;
}

static void slow_fix_reader(int fd, uint64_t first, unsigned long records)
{
	unsigned long before = stat_of("reader_lost_fixes");
	unsigned long lost = records - FIX_RECORDS;
	unsigned int n;
	uint64_t seq;

	n = drain_records(fd, &seq);
	check(n == FIX_RECORDS && seq == first + lost,
	      "a slow reader of fixes loses the oldest, and their numbers tell",
	      "%u records from %" PRIu64 " on, of %lu from %" PRIu64 " on", n,
	      seq, records, first);
	check(lost_of(fd) == lost &&
	      stat_of("reader_lost_fixes") - before == lost,
	      "it is told how many, and stats/reader_lost_fixes tells too",
	      "%lu lost, told %" PRIu64 ", counted %lu", lost, lost_of(fd),
	      stat_of("reader_lost_fixes") - before);
}

static void slow_readers(const struct text *text)
{
	unsigned long before = stat_of("reader_lost_bytes");
	unsigned long fix_first = stat_of("epochs");
	uint64_t lost = text->n - NMEA_BYTES;
	char *got = malloc(text->n);
	int slow = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	int slow_fix = xopen(FIX, O_RDONLY | O_NONBLOCK);
	pid_t fast[2];
	unsigned int bad;
	size_t n;

	fast[0] = spawn_reader(text, O_RDONLY, 128);
	fast[1] = spawn_reader(text, O_RDWR, 4096);
	play_all(text);
	bad = reap(fast, 2);
	check(!bad, "beside a slow reader others lose nothing", "%u did", bad);

	n = drain(slow, got, text->n);
	check(n == NMEA_BYTES && !memcmp(got, text->bytes + lost, n),
	      "a slow reader loses the oldest bytes and gets the others",
	      "%zu bytes instead of %u", n, NMEA_BYTES);
	check(lost_of(slow) == lost &&
	      stat_of("reader_lost_bytes") - before == lost,
	      "it is told how many, and stats/reader_lost_bytes tells too",
	      "%" PRIu64 " lost, told %" PRIu64 ", counted %lu", lost,
	      lost_of(slow), stat_of("reader_lost_bytes") - before);
	slow_fix_reader(slow_fix, fix_first, stat_of("epochs") - fix_first);
	close(slow);
	close(slow_fix);
	free(got);
}

static void opens_and_writes(void)
{
	static const char *const name[] = { NMEA, FIX };
	char title[128];
	unsigned int i;
	int fd;

	for (i = 0; i < 2; i++) {
		fd = open(name[i], O_RDONLY);
		snprintf(title, sizeof(title), "%s opens read-only", name[i]);
		check(fd >= 0, title, "%s", strerror(errno));
		snprintf(title, sizeof(title), "%s, opened so, cannot be written", name[i]);
		refused(write(fd, "x", 1), EBADF, title);
		close(fd);
		fd = open(name[i], O_RDWR);
		snprintf(title, sizeof(title), "%s opens read-write", name[i]);
		check(fd >= 0, title, "%s", strerror(errno));
		snprintf(title, sizeof(title), "%s, opened so, says EOPNOTSUPP to a write", name[i]);
		refused(write(fd, "$PUBX,40*00\r\n", 13), EOPNOTSUPP, title);
		close(fd);
	}
}

static void ask_amiss(void)
{
	struct gnss_gpio_info info = { 0 };
	char buf[256];
	int nmea = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	int fix = xopen(FIX, O_RDONLY | O_NONBLOCK);

	refused(read(nmea, buf, sizeof(buf)), EAGAIN, "O_NONBLOCK: no bytes are EAGAIN");
	refused(read(fix, buf, sizeof(buf)), EAGAIN, "O_NONBLOCK: no records are EAGAIN");
	refused(read(fix, buf, GNSS_GPIO_FIX_SIZE_V1 - 1), EINVAL,
		"a buffer too small for a record is EINVAL");
	check(read(nmea, buf, 0) == 0 && read(fix, buf, 0) == 0,
	      "a read of 0 bytes gives 0", "%s", strerror(errno));
	refused(ioctl(nmea, _IO('G', 0xff), &info), ENOTTY, "an unknown ioctl of the stream is ENOTTY");
	refused(ioctl(fix, TIOCSTI, &info), ENOTTY, "an unknown ioctl of the fixes is ENOTTY");
	refused(ioctl(fix, GNSS_GPIO_GET_INFO, NULL), EFAULT, "a bad pointer for GNSS_GPIO_GET_INFO is EFAULT");
	check(!ioctl(fix, GNSS_GPIO_GET_INFO, &info) &&
	      info.abi_version == GNSS_GPIO_ABI_VERSION &&
	      info.fix_size == RECORD && !info.lost,
	      "GNSS_GPIO_GET_INFO tells version and size",
	      "version %u, size %u, lost %llu", info.abi_version,
	      info.fix_size, (unsigned long long)info.lost);
	refused(lseek(nmea, 0, SEEK_SET), ESPIPE, "the stream cannot be sought");
	refused(lseek(fix, 0, SEEK_CUR), ESPIPE, "the fixes cannot be sought");
	refused(pread(nmea, buf, sizeof(buf), 0), ESPIPE, "the stream has no positions to read at");
	close(nmea);
	close(fix);
}

static void polls(const struct text *text)
{
	int nmea = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	int fix = xopen(FIX, O_RDONLY | O_NONBLOCK);
	static char buf[1 << 20];
	short before_n, before_f, after_n, after_f;
	pid_t child;

	before_n = poll_now(nmea, 20);
	before_f = poll_now(fix, 20);
	check(!before_n && !before_f, "poll() sees nothing before there is data",
	      "%#x, %#x", before_n, before_f);

	child = spawn();
	if (!child) {
		nap(100);
		play(text->bytes, text->n, true);
		_exit(0);
	}
	after_n = poll_now(nmea, PATIENCE_S * 1000);
	check(after_n == POLLIN && read(nmea, buf, 1) == 1 &&
	      buf[0] == text->bytes[0],
	      "poll() of the stream wakes up with the first byte", "%#x", after_n);
	after_f = poll_now(fix, PATIENCE_S * 1000);
	check(after_f == POLLIN && read(fix, buf, sizeof(buf)) == (ssize_t)RECORD,
	      "poll() of the fixes wakes up with the first epoch", "%#x", after_f);
	reap(&child, 1);
	settle();
	drain(nmea, buf, sizeof(buf));
	drain(fix, buf, sizeof(buf));
	after_n = poll_now(nmea, 20);
	after_f = poll_now(fix, 20);
	check(!after_n && !after_f, "poll() sees nothing when all has been read",
	      "%#x, %#x", after_n, after_f);
	close(nmea);
	close(fix);
}

static bool is_clean(const struct gnss_gpio_fix *fix, uint64_t seq)
{
	static const struct gnss_gpio_fix zero;

	return fix->size == RECORD && fix->seq == seq &&
	       !memcmp(fix->reserved, zero.reserved, sizeof(zero.reserved)) &&
	       fix->valid & GNSS_GPIO_VALID_TIME &&
	       fix->monotonic_ns > 0 && fix->realtime_ns > 0;
}

/* @text has more than five epochs. */
static void record_sizes(const struct text *text)
{
	int fd = xopen(FIX, O_RDONLY | O_NONBLOCK);
	struct gnss_gpio_fix fix[FIX_RECORDS];
	unsigned long epochs = stat_of("epochs");
	uint64_t seq;
	ssize_t n;
	size_t i, bad = 0;

	check(RECORD == GNSS_GPIO_FIX_SIZE_V1 && !(RECORD % 8),
	      "a record of version 1 has 112 bytes", "%zu", RECORD);
	play_all(text);
	epochs = stat_of("epochs") - epochs;
	refused(read(fd, fix, 1), EINVAL, "with records waiting, a buffer too small is EINVAL still");
	n = read(fd, fix, RECORD);
	seq = fix[0].seq;
	check(n == (ssize_t)RECORD && is_clean(fix, seq),
	      "a buffer of one record gets one", "%zd bytes", n);
	n = read(fd, fix, RECORD + 1);
	check(n == (ssize_t)RECORD && is_clean(fix, seq + 1),
	      "a buffer of one record and a bit gets one", "%zd bytes", n);
	n = read(fd, fix, 3 * RECORD - 1);
	check(n == 2 * (ssize_t)RECORD && is_clean(fix, seq + 2) &&
	      is_clean(fix + 1, seq + 3),
	      "a buffer of nearly three records gets two", "%zd bytes", n);
	n = read(fd, fix, sizeof(fix));
	for (i = 0; n > 0 && i < n / RECORD; i++)
		bad += !is_clean(fix + i, seq + 4 + i);
	check(n == (ssize_t)((epochs - 4) * RECORD) && !bad,
	      "a large buffer gets all that are left, without a gap",
	      "%zd bytes of %lu epochs, %zu records bad", n, epochs - 4, bad);
	close(fd);
}

/* A buffer that ends in the middle of a chunk, at a page that is not there. */
static void bad_buffers(const struct text *text)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	int fix = xopen(FIX, O_RDONLY | O_NONBLOCK);
	char *got = malloc(text->n + 1);
	uint64_t seq;
	ssize_t n;

	munmap(map + page, page);
	play_all(text);
	refused(read(fd, map + page, 100), EFAULT, "a bad buffer is EFAULT");
	n = read(fd, map + page - 300, 1000);
	check(n > 0 && n <= 300 && !memcmp(map + page - 300, text->bytes, n),
	      "a buffer that is bad further on gets the bytes before", "%zd",
	      n);
	if (n < 0)
		n = 0;
	check(drain(fd, got, text->n + 1) == text->n - n &&
	      !memcmp(got, text->bytes + n, text->n - n),
	      "and nothing is lost by either", "%zd bytes came before", n);
	refused(read(fix, map + page - RECORD + 1, RECORD), EFAULT,
		"a bad buffer for a record is EFAULT");
	check(drain_records(fix, &seq) > 5 && lost_of(fix) == 0,
	      "and the record is not lost", "it is");
	close(fd);
	close(fix);
	free(got);
}

static void on_signal(int signal)
{
	(void)signal;
}

static void signals(const struct text *text)
{
	struct sigaction action = { .sa_handler = on_signal };
	int fd = xopen(NMEA, O_RDONLY);
	pid_t parent = getpid(), child;
	ssize_t n;
	char c;

	sigaction(SIGUSR1, &action, NULL);
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR2, &action, NULL);
	child = spawn();
	if (!child) {
		nap(100);
		kill(parent, SIGUSR1);
		nap(100);
		kill(parent, SIGUSR2);
		nap(100);
		play(text->bytes, 100, true);
		_exit(0);
	}
	refused(read(fd, &c, 1), EINTR, "a signal ends a read that waits");
	n = read(fd, &c, 1);
	check(n == 1 && c == text->bytes[0],
	      "with SA_RESTART it waits on and gets the first byte", "%zd, %s",
	      n, strerror(errno));
	reap(&child, 1);
	nap(50);
	close(fd);
}

/* Nobody has it open: the interrupt is off. */
static void closed(const struct text *text)
{
	unsigned long edges = stat_of("edges"), bytes = stat_of("bytes");
	unsigned long errors;
	char *got = malloc(text->n + 1);
	size_t n;
	int fd;

	play_all(text);
	check(stat_of("edges") == edges && stat_of("bytes") == bytes,
	      "while nobody has it open no edge is seen", "%lu edges, %lu bytes",
	      stat_of("edges") - edges, stat_of("bytes") - bytes);
	fd = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	nap(50);
	n = drain(fd, got, text->n);
	check(!n && stat_of("bytes") == bytes,
	      "the next open finds no stale byte", "%zu bytes", n);
	errors = stat_of("framing_errors") + stat_of("checksum_errors");
	play_all(text);
	n = drain(fd, got, text->n + 1);
	check(n == text->n && !memcmp(got, text->bytes, n) &&
	      stat_of("framing_errors") + stat_of("checksum_errors") == errors,
	      "and all that is sent from then on", "%zu bytes", n);
	close(fd);
	free(got);
}

/* Opened while the line is busy: from the next sentence on all is right. */
static void open_in_midstream(const struct text *text)
{
	char *got = malloc(text->n + 1), *begin;
	size_t n, left = 0;
	int fd;

	play(text->bytes, text->n, false);
	nap(250);
	fd = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	play("", 0, true);
	settle();
	n = drain(fd, got, text->n);
	got[n] = '\0';
	begin = strstr(got, "\r\n$");
	if (begin)
		left = n - (begin - got);
	check(left > text->n / 4 && left < text->n &&
	      !memcmp(begin, text->bytes + text->n - left, left),
	      "opened in mid-stream, from the next sentence on all is right",
	      "%zu bytes read, %zu after a line end", n, left);
	close(fd);
	free(got);
}

/* Two processes with one open file: what the one gets the other does not. */
static void shared_file(const struct text *text)
{
	int nmea = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	int fix = xopen(FIX, O_RDONLY | O_NONBLOCK);
	unsigned long epochs = stat_of("epochs");
	unsigned int *count = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct gnss_gpio_fix record;
	unsigned long i, bad = 0;
	pid_t child[2];
	char c;

	play_all(text);
	epochs = stat_of("epochs") - epochs;
	for (i = 0; i < 2; i++) {
		child[i] = spawn();
		if (child[i])
			continue;
		while (read(fix, &record, RECORD) == (ssize_t)RECORD)
			__atomic_add_fetch(&count[1 + record.seq % 1024], 1, __ATOMIC_RELAXED);
		while (read(nmea, &c, 1) == 1)
			__atomic_add_fetch(&count[0], 1, __ATOMIC_RELAXED);
		_exit(0);
	}
	reap(child, 2);
	check(count[0] == text->n,
	      "two processes that share a file share its bytes", "%u of %zu",
	      count[0], text->n);
	for (i = 1; i <= 1024; i++) {
		bad += count[i] > 1;
		epochs -= count[i] == 1;
	}
	check(!epochs && !bad, "and get each record once", "%lu missing, %lu twice",
	      epochs, bad);
	close(nmea);
	close(fix);
}

static void readers(const char *short_name, const char *long_name)
{
	struct text text = load(short_name), long_text = load(long_name);

	if (long_text.n <= NMEA_BYTES)
		die("LONG is too short");
	many_readers(&text);
	own_positions(&text);
	slow_readers(&long_text);
	opens_and_writes();
	ask_amiss();
	polls(&text);
	record_sizes(&text);
	bad_buffers(&text);
	signals(&text);
	closed(&text);
	open_in_midstream(&text);
	shared_file(&text);
}

/* ---- unbind ---- */

#define UNBIND_BYTES	16384

/* What readers of one round saw; shared with the children. */
struct seen {
	unsigned long fixes;
	bool fix_gap;
	size_t n;
	char bytes[UNBIND_BYTES];
};

enum property {
	BLOCKED, POLLING, FIXES, HELD, HELD_POLL, HELD_ASK, SAME, SENT, GONE,
	AGAIN, PROPERTIES
};

static const char *const property_names[PROPERTIES] = {
	[BLOCKED]	= "a reader that waits gets the rest, then the end",
	[POLLING]	= "one that polls gets the rest, then POLLHUP and the end",
	[FIXES]		= "a reader of fixes gets the rest without a gap, then the end",
	[HELD]		= "a file held open gives what had come, then the end",
	[HELD_POLL]	= "poll() of it says POLLIN and POLLHUP, then POLLHUP alone",
	[HELD_ASK]	= "its ioctl still works, a write is EOPNOTSUPP",
	[SAME]		= "all got the same bytes",
	[SENT]		= "and what was sent",
	[GONE]		= "the nodes are gone",
	[AGAIN]		= "bound again, data flows",
};

static unsigned int failures[PROPERTIES];
static int first_failure[PROPERTIES];

static void property(enum property which, bool good, int value)
{
	if (good)
		return;
	if (!failures[which]++)
		first_failure[which] = value;
}

static char nmea_node[64], fix_node[64];

/* While a racer has an old file open, a new device has another number. */
static void find_nodes(void)
{
	unsigned int i;
	char path[128];

	for (i = 0; i < 32; i++) {
		snprintf(path, sizeof(path), CLASS "%u", i);
		if (!access(path, F_OK))
			break;
	}
	snprintf(nmea_node, sizeof(nmea_node), "/dev/gnss-nmea%u", i);
	snprintf(fix_node, sizeof(fix_node), "/dev/gnss-fix%u", i);
}

static pid_t spawn_blocked(struct seen *seen)
{
	int fd = xopen(nmea_node, O_RDONLY);
	pid_t pid = spawn();
	ssize_t n;

	if (pid) {
		close(fd);
		return pid;
	}
	while ((n = read(fd, seen->bytes + seen->n, 1000)) > 0)
		seen->n += n;
	_exit(n || read(fd, seen->bytes, 1));
}

static pid_t spawn_polling(struct seen *seen)
{
	int fd = xopen(nmea_node, O_RDWR | O_NONBLOCK);
	pid_t pid = spawn();
	short events;
	ssize_t n;

	if (pid) {
		close(fd);
		return pid;
	}
	do {
		events = poll_now(fd, -1);
		n = read(fd, seen->bytes + seen->n, 1000);
		if (n > 0)
			seen->n += n;
	} while (!(events & POLLHUP) || n > 0);
	_exit(n || poll_now(fd, -1) != POLLHUP);
}

static pid_t spawn_fixes(struct seen *seen)
{
	int fd = xopen(fix_node, O_RDONLY);
	pid_t pid = spawn();
	struct gnss_gpio_fix fix;
	uint64_t next = 0;
	ssize_t n;

	if (pid) {
		close(fd);
		return pid;
	}
	while ((n = read(fd, &fix, RECORD)) == (ssize_t)RECORD) {
		seen->fix_gap |= seen->fixes++ && fix.seq != next;
		next = fix.seq + 1;
	}
	_exit(n != 0);
}

static bool is_gone(const char *name)
{
	int fd = open(name, O_RDONLY);

	if (fd >= 0)
		close(fd);
	return fd < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO);
}

static size_t read_held(int fd, struct seen *seen)
{
	struct gnss_gpio_info info;
	char c;

	property(HELD_POLL, poll_now(fd, 0) == (POLLIN | POLLHUP), poll_now(fd, 0));
	seen->n = drain(fd, seen->bytes, sizeof(seen->bytes));
	property(HELD, seen->n > 0 && read(fd, &c, 1) == 0, seen->n);
	property(HELD_POLL, poll_now(fd, 0) == POLLHUP, poll_now(fd, 0));
	property(HELD_ASK, !ioctl(fd, GNSS_GPIO_GET_INFO, &info) &&
		 !info.lost && write(fd, "x", 1) == -1 && errno == EOPNOTSUPP,
		 errno);
	return seen->n;
}

/* The held file was opened first and has what the others have, and more. */
static bool ends_with(const struct seen *held, const struct seen *other)
{
	return other->n && other->n <= held->n &&
	       !memcmp(held->bytes + held->n - other->n, other->bytes,
		       other->n);
}

/*
 * Are the lines those that were sent?  Not the first, which may come from an
 * open in mid-byte, and but for one in four: processes that end keep interrupts
 * off for longer than a bit, where the kernel frees their pages.
 */
static bool was_sent(const struct text *sent, const struct seen *held)
{
	const char *end = held->bytes + held->n;
	const char *line = memchr(held->bytes, '\n', held->n);
	unsigned int lines = 0, bad = 0;
	const char *next;

	while (line && (next = memchr(line + 1, '\n', end - line - 1))) {
		lines++;
		bad += !memmem(sent->bytes, sent->n, line, next - line + 1);
		line = next;
	}
	return lines >= 4 && bad <= lines / 4;
}

static void one_unbind(const struct text *sent, struct seen *seen)
{
	int held = xopen(nmea_node, O_RDWR);
	pid_t blocked = spawn_blocked(&seen[1]);
	pid_t polling = spawn_polling(&seen[2]);
	pid_t fixes = spawn_fixes(&seen[3]);

	nap(1200);
	if (put(DRIVER "unbind", "gnss-gpio.0"))
		die(DRIVER "unbind");
	property(GONE, is_gone(nmea_node) && is_gone(fix_node), errno);
	property(BLOCKED, !reap(&blocked, 1), 0);
	property(POLLING, !reap(&polling, 1), 0);
	property(FIXES, !reap(&fixes, 1) && seen[3].fixes && !seen[3].fix_gap,
		 seen[3].fixes);
	read_held(held, &seen[0]);
	property(SAME, ends_with(&seen[0], &seen[1]) &&
		 ends_with(&seen[0], &seen[2]), seen[0].n);
	property(SENT, was_sent(sent, &seen[0]), seen[0].n);
	close(held);
}

static void bind_again(void)
{
	char buf[64];
	int fd;

	property(AGAIN, !put(DRIVER "bind", "gnss-gpio.0"), errno);
	find_nodes();
	fd = open(nmea_node, O_RDONLY | O_NONBLOCK);
	property(AGAIN, fd >= 0 && poll_now(fd, 1000) == POLLIN &&
		 read(fd, buf, sizeof(buf)) > 0, errno);
	close(fd);
}

/* What the player sends: the same over and over. */
static struct text twice(const struct text *text)
{
	struct text sent = { malloc(2 * text->n), 2 * text->n };

	memcpy(sent.bytes, text->bytes, text->n);
	memcpy(sent.bytes + text->n, text->bytes, text->n);
	return sent;
}

/* Keeps the line busy all the time. */
static pid_t spawn_player(const struct text *text)
{
	pid_t pid = spawn();

	if (pid)
		return pid;
	for (;;)
		play(text->bytes, text->n, true);
}

static void unbind(const char *long_name, unsigned int rounds)
{
	struct text text = load(long_name), sent = twice(&text);
	size_t size = 4 * sizeof(struct seen);
	struct seen *seen = mmap(NULL, size, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t player = spawn_player(&text);
	unsigned int i;

	find_nodes();
	for (i = 0; i < rounds; i++) {
		memset(seen, 0, size);
		one_unbind(&sent, seen);
		bind_again();
	}
	kill(player, SIGKILL);
	reap(&player, 1);
	for (i = 0; i < PROPERTIES; i++) {
		char name[160];

		snprintf(name, sizeof(name), "%u unbinds: %s", rounds,
			 property_names[i]);
		check(!failures[i], name, "failed %u times, first with %d",
		      failures[i], first_failure[i]);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "records"))
		return print_records(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "flows"))
		return flows(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "readers"))
		readers(argv[2], argv[3]);
	else if (argc == 4 && !strcmp(argv[1], "unbind"))
		unbind(argv[2], atoi(argv[3]));
	else
		return 2;
	return 0;
}
