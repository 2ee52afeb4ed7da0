// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds the records of satellites against what their interface promises. Runs in the
 * lab, with the driver and the simulator loaded.
 *
 *   satellites EPOCH SHORT LARGE LONG
 *
 * All are NMEA: of one epoch, of some, of some with more satellites than a fix has room
 * for, and of more than what a reader may lag behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gnss-gpio.h"
#include "program.h"

#define NMEA	"/dev/gnss-nmea0"
#define FIX	"/dev/gnss-fix0"

/* What a slow reader may lag behind. */
#define FIX_RECORDS	64
#define SKY_RECORDS	32

#define RECORD		sizeof(struct gnss_gpio_fix)

/* What was read: fixes, satellites that belong to the fix before them, anything else. */
struct records {
	unsigned int fixes;
	unsigned int skies;
	unsigned int others;
	uint64_t first_sky;	/* its number */
	uint64_t last_fix;
};

static struct records records_in(const char *buf, size_t n)
{
	const struct gnss_gpio_record *record = NULL;
	struct records r = { 0 };
	size_t at;

	for (at = 0; at + sizeof(*record) <= n && !r.others; at += record->size) {
		record = (const void *)(buf + at);
		if (!(record->type & GNSS_GPIO_RECORD_OTHER) && record->size == RECORD) {
			r.fixes++;
			r.last_fix = record->seq;
		} else if (record->type == GNSS_GPIO_RECORD_SKY && r.fixes &&
			   record->seq == r.last_fix) {
			if (!r.skies++)
				r.first_sky = record->seq;
		} else {
			r.others++;
		}
	}
	r.others += at != n;
	return r;
}

static struct records drain_records(int fd)
{
	static char buf[1 << 18];

	return records_in(buf, drain(fd, buf, sizeof(buf)));
}

static bool expect(struct records r, unsigned int fixes, unsigned int skies, const char *name)
{
	return check(r.fixes == fixes && r.skies == skies && !r.others, name,
		     "%u fixes, %u with satellites, %u other records; not %u and %u",
		     r.fixes, r.skies, r.others, fixes, skies);
}

static void play_all(const struct text *text)
{
	play(text->bytes, text->n, true);
	nap(1200);
}

static uint64_t epochs_so_far(void)
{
	FILE *f = fopen("/sys/class/gnss_gpio/gnss_gpio0/stats/epochs", "r");
	unsigned long n;

	if (!f || fscanf(f, "%lu", &n) != 1)
		die("stats/epochs");
	fclose(f);
	return n;
}

static int ask(int fd, uint32_t records)
{
	return ioctl(fd, GNSS_GPIO_SET_RECORDS, &records);
}

/* Return: epochs of @text. */
static unsigned int ask_amiss(const struct text *text)
{
	int nmea = xopen(NMEA, O_RDONLY), fd = xopen(FIX, O_RDONLY | O_NONBLOCK);
	struct records r;

	refused(ask(nmea, GNSS_GPIO_WANT_SKY), ENOTTY, "satellites of the stream are ENOTTY");
	refused(ioctl(fd, GNSS_GPIO_SET_RECORDS, NULL), EFAULT,
		"a bad pointer to what is wanted is EFAULT");
	refused(ask(fd, GNSS_GPIO_WANT_SKY | 0x2), EINVAL, "records that there are not are EINVAL");
	refused(ask(fd, 0x80000000), EINVAL, "whichever they are");
	play_all(text);
	r = drain_records(fd);
	expect(r, r.fixes ? r.fixes : 1, 0, "who was refused gets fixes as before");
	close(nmea);
	close(fd);
	return r.fixes;
}

static void from_now_on(const struct text *text, unsigned int epochs)
{
	int plain = xopen(FIX, O_RDONLY | O_NONBLOCK), fd = xopen(FIX, O_RDONLY | O_NONBLOCK);
	char buf[GNSS_GPIO_RECORD_MAX];

	play_all(text);
	check(!ask(fd, GNSS_GPIO_WANT_SKY) && !ask(fd, GNSS_GPIO_WANT_SKY),
	      "satellites can be asked for, and again", "%s", strerror(errno));
	expect(drain_records(fd), epochs, 0, "fixes that came before have no satellites");
	play_all(text);
	refused(read(fd, buf, sizeof(buf) - 1), EINVAL,
		"who wants satellites needs a buffer for any record");
	expect(drain_records(fd), epochs, epochs, "then each fix has its satellites");
	expect(drain_records(plain), 2 * epochs, 0, "who did not ask gets fixes alone");
	play_all(text);
	check(!ask(fd, 0), "satellites can be refused", "%s", strerror(errno));
	expect(drain_records(fd), epochs, 0, "from then on there are none");
	close(plain);
	close(fd);
}

/* The first buffer ends behind a fix, at a page that is not there. */
static void bad_buffer(const struct text *epoch)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = xopen(FIX, O_RDONLY | O_NONBLOCK);
	struct gnss_gpio_fix fix;
	struct gnss_gpio_record *sky = (void *)map;
	ssize_t n;

	munmap(map + page, page);
	ask(fd, GNSS_GPIO_WANT_SKY);
	play_all(epoch);
	n = read(fd, map + page - RECORD, GNSS_GPIO_RECORD_MAX);
	memcpy(&fix, map + page - RECORD, RECORD);
	check(n == RECORD, "a buffer that is bad behind a fix gets the fix", "%zd", n);
	refused(read(fd, map + page - 1, GNSS_GPIO_RECORD_MAX), EFAULT, "what is bad gets EFAULT");
	check(poll_now(fd, 20) == POLLIN, "poll() sees satellites that are left", "it does not");
	n = read(fd, map, GNSS_GPIO_RECORD_MAX);
	check(n == (ssize_t)sky->size && sky->type == GNSS_GPIO_RECORD_SKY && sky->seq == fix.seq,
	      "and they are not lost", "%zd bytes", n);
	check(!poll_now(fd, 20), "then there is nothing", "there is");
	close(fd);
}

/* The first buffer has room for one more fix, but not for the satellites before it. */
static void never_late(const struct text *text)
{
	int first = xopen(FIX, O_RDONLY | O_NONBLOCK), fd = xopen(FIX, O_RDONLY | O_NONBLOCK);
	const struct gnss_gpio_record *record;
	static char buf[1 << 14];
	struct records r;
	size_t at, n;

	ask(first, GNSS_GPIO_WANT_SKY);
	ask(fd, GNSS_GPIO_WANT_SKY);
	play_all(text);
	n = drain(first, buf, sizeof(buf));
	r = records_in(buf, n);
	for (at = 0; at < n; at += record->size) {
		record = (const void *)(buf + at);
		if (at >= GNSS_GPIO_RECORD_MAX && record->type == GNSS_GPIO_RECORD_SKY)
			break;
	}
	if (at >= n || record->size <= RECORD)
		die("satellites are too few");
	n = read(fd, buf, at + RECORD);
	check(n == at, "a read ends where the next record does not fit", "%zu bytes, not %zu", n, at);
	n += drain(fd, buf + n, sizeof(buf) - n);
	expect(records_in(buf, n), r.fixes, r.fixes, "and satellites come right after their fix");
	close(first);
	close(fd);
}

static void slow(const struct text *text)
{
	int fd = xopen(FIX, O_RDONLY | O_NONBLOCK);
	struct gnss_gpio_info info;
	uint64_t epochs;
	struct records r;

	ask(fd, GNSS_GPIO_WANT_SKY);
	epochs = epochs_so_far();
	play_all(text);
	epochs = epochs_so_far() - epochs;
	r = drain_records(fd);
	expect(r, FIX_RECORDS, SKY_RECORDS, "a slow reader loses the oldest, fixes and satellites");
	check(r.last_fix - r.first_sky + 1 == SKY_RECORDS, "the satellites that are left are the newest",
	      "from %llu on, up to %llu", (unsigned long long)r.first_sky,
	      (unsigned long long)r.last_fix);
	if (ioctl(fd, GNSS_GPIO_GET_INFO, &info))
		die("GNSS_GPIO_GET_INFO");
	check(info.lost == 2 * epochs - FIX_RECORDS - SKY_RECORDS, "it is told how many",
	      "%llu of %llu", (unsigned long long)info.lost, (unsigned long long)epochs);
	close(fd);
}

int main(int argc, char **argv)
{
	struct text epoch, text, large, long_text;

	if (argc != 5)
		return 2;
	epoch = load(argv[1]);
	text = load(argv[2]);
	large = load(argv[3]);
	long_text = load(argv[4]);
	from_now_on(&text, ask_amiss(&text));
	bad_buffer(&epoch);
	never_late(&large);
	slow(&long_text);
	return 0;
}
