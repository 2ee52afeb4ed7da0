// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds the character devices against what their interface promises: many
 * readers, slow ones, and all they may ask.  Runs in the lab, with the driver
 * and the simulator loaded.
 *
 *   readers SHORT LONG
 *
 * SHORT and LONG are NMEA; LONG is more than what a reader may lag behind, in
 * bytes and in epochs.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

#define NMEA	"/dev/gnss-nmea0"
#define FIX	"/dev/gnss-fix0"
#define STATS	"/sys/class/gnss_gpio/gnss_gpio0/stats/"

/* What a slow reader may lag behind. */
#define NMEA_BYTES	65536
#define FIX_RECORDS	64

#define RECORD		sizeof(struct gnss_gpio_fix)

/* The bottom half has run, and the silence that ends the last epoch is over. */
static void settle(void)
{
	nap(400);
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

static void play_all(const struct text *text)
{
	play(text->bytes, text->n, true);
	settle();
}

static uint64_t lost_of(int fd)
{
	struct gnss_gpio_info info;

	if (ioctl(fd, GNSS_GPIO_GET_INFO, &info))
		die("GNSS_GPIO_GET_INFO");
	return info.lost;
}

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
	void *volatile nowhere = NULL;
	char *got = malloc(text->n);
	int slow = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	int slow_fix = xopen(FIX, O_RDONLY | O_NONBLOCK);
	pid_t fast[2];
	unsigned int bad;
	size_t n, i;

	fast[0] = spawn_reader(text, O_RDONLY, 128);
	fast[1] = spawn_reader(text, O_RDWR, 4096);
	play_all(text);
	bad = reap(fast, 2);
	check(!bad, "beside a slow reader others lose nothing", "%u did", bad);

	for (i = 0; i < 3; i++)
		refused(read(slow, nowhere, 100), EFAULT, "a slow reader's bad buffer is EFAULT");
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
	ssize_t ret;
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
		snprintf(title, sizeof(title), "%s, opened so, %s", name[i],
			 i ? "says EOPNOTSUPP to a write" : "can be written");
		ret = write(fd, "$PUBX,40*00\r\n", 13);
		if (i)
			refused(ret, EOPNOTSUPP, title);
		else
			check(ret == 13, title, "returned %zd, %s", ret, strerror(errno));
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
	      "poll() of the stream wakes up with the first line", "%#x", after_n);
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

/* @text has more than six epochs. */
/* What an epoll says of the one file that it has. */
static uint32_t epoll_now(int epoll)
{
	struct epoll_event event = { 0 };

	return epoll_wait(epoll, &event, 1, 0) == 1 ? event.events : 0;
}

/* Of one open file, so many can wait. */
#define POLLS	4

static void too_many_polls(const struct text *text)
{
	int fd = xopen(NMEA, O_RDONLY | O_NONBLOCK), other = xopen(NMEA, O_RDONLY | O_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN };
	int epoll[POLLS + 1], of_other = epoll_create1(0);
	unsigned int i;

	for (i = 0; i <= POLLS; i++) {
		epoll[i] = epoll_create1(0);
		if (i < POLLS &&
		    (epoll_ctl(epoll[i], EPOLL_CTL_ADD, fd, &event) || epoll_now(epoll[i])))
			die("EPOLL_CTL_ADD");
	}
	if (epoll_ctl(of_other, EPOLL_CTL_ADD, other, &event))
		die("EPOLL_CTL_ADD");
	check(!epoll_ctl(epoll[POLLS], EPOLL_CTL_ADD, fd, &event) &&
	      epoll_now(epoll[POLLS]) & EPOLLERR,
	      "one epoll too many of a file is told so: EPOLLERR", "it is not");
	play_all(text);
	check(epoll_now(epoll[POLLS]) & EPOLLERR, "and again", "it is not");
	check(epoll_now(epoll[0]) & EPOLLIN, "the others are told of data", "they are not");
	check(epoll_now(of_other) == EPOLLIN, "and those of another file of nothing else",
	      "they are");
	for (i = 0; i <= POLLS; i++)
		close(epoll[i]);
	close(of_other);
	close(other);
	close(fd);
}

static void record_sizes(const struct text *text)
{
	int fd = xopen(FIX, O_RDONLY | O_NONBLOCK);
	struct gnss_gpio_fix fix[FIX_RECORDS];
	unsigned long epochs = stat_of("epochs");
	uint64_t seq;
	ssize_t n;
	size_t i, bad = 0;

	check(!(RECORD % 8), "a record has no hole at its end", "%zu bytes", RECORD);
	play_all(text);
	epochs = stat_of("epochs") - epochs;
	refused(read(fd, fix, 1), EINVAL, "with records waiting, a buffer too small is EINVAL still");
	refused(read(fd, fix, GNSS_GPIO_FIX_SIZE_V1 - 1), EINVAL,
		"nor does one less than a record of version 1 do");
	n = read(fd, fix, GNSS_GPIO_FIX_SIZE_V1);
	seq = fix[0].seq;
	check(n == GNSS_GPIO_FIX_SIZE_V1 && fix[0].size == GNSS_GPIO_FIX_SIZE_V1 &&
	      fix[0].valid & GNSS_GPIO_VALID_TIME && fix[0].published_ns > 0,
	      "a program that knows version 1 gets its record", "%zd bytes, %u by the record",
	      n, fix[0].size);
	n = read(fd, fix, RECORD);
	check(n == (ssize_t)RECORD && is_clean(fix, ++seq),
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
	check(n == (ssize_t)((epochs - 5) * RECORD) && !bad,
	      "a large buffer gets all that are left, without a gap",
	      "%zd bytes of %lu epochs, %zu records bad", n, epochs - 5, bad);
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

int main(int argc, char **argv)
{
	struct text text, long_text;

	if (argc != 3)
		return 2;
	text = load(argv[1]);
	long_text = load(argv[2]);
	if (long_text.n <= NMEA_BYTES)
		die("LONG is too short");
	many_readers(&text);
	own_positions(&text);
	slow_readers(&long_text);
	opens_and_writes();
	ask_amiss();
	polls(&text);
	too_many_polls(&text);
	record_sizes(&text);
	bad_buffers(&text);
	signals(&text);
	closed(&text);
	open_in_midstream(&text);
	shared_file(&text);
	return 0;
}
