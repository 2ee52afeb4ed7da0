// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "cli.h"
#include "clock.h"
#include "play.h"

const unsigned int play_bauds[PLAY_BAUDS] = {
	1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400
};

/* Start bit, data, stop bit. */
#define FRAME_BITS	10

/*
 * Who sleeps within a frame wakes up too late where the kernel has something else to
 * do, such as decoding: up to some ms on one processor.  So frames are played awake.
 * The kernel would stop us for 50 ms of a second (sched_rt_runtime_us): there is a
 * rest after each line, or so much time, of this part of it.
 */
#define AWAKE_NS	400000000
#define REST_PART	8

/* A rest is no shorter: a receiver may take less for the time of a late edge. */
#define REST_FRAMES	2

/*
 * At the beginning: what it took to start the program goes on in the kernel for a
 * while, and a receiver is to see the line rest.
 */
#define BEGIN_NS	100000000

/* Before what does not follow back to back. */
#define LEAD_NS		100000

bool play_real_time(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	return !mlockall(MCL_CURRENT | MCL_FUTURE) &&
	       !sched_setscheduler(0, SCHED_FIFO, &param);
}

void play_init(struct play *p, struct line *line, unsigned int baud)
{
	memset(p, 0, sizeof(*p));
	p->line = line;
	p->baud = baud;
	p->level = true;
	line_set(line, true);
	p->begin_ns = clock_now_ns() + BEGIN_NS;
	clock_sleep_until(p->begin_ns);
}

static s64 due_ns(const struct play *p, unsigned int bit)
{
	return p->begin_ns +
	       (p->frames * FRAME_BITS + bit) * NSEC_PER_SEC / p->baud;
}

/* Returns the time, not before it is due. */
static s64 wait_until(struct play *p, s64 due)
{
	s64 begin = clock_now_ns(), now = begin;

	while (now < due) {
		now = clock_now_ns();
		p->looks++;
	}
	p->looked_ns += now - begin;
	return now;
}

/*
 * A receiver counts from the start edge: a late one makes the frame late, and does no
 * harm.
 */
static void note_lateness(struct play *p, s64 late, bool start)
{
	s64 bit_ns = NSEC_PER_SEC / p->baud;

	if (start && (!p->frames || late >= bit_ns / 8)) {
		p->begin_ns += late;
		return;
	}
	hist_add(&p->timing.lateness, late);
	p->timing.late += late >= bit_ns / 4;
	p->timing.too_late += late >= bit_ns / 2;
}

static void play_bit(struct play *p, unsigned int bit, bool level)
{
	s64 due = due_ns(p, bit);

	if (level == p->level)
		return;
	note_lateness(p, wait_until(p, due) - due, !bit);
	line_set(p->line, level);
	p->level = level;
}

/* What follows begins @pause_ns after what was played, but not in the past. */
static void begin_anew(struct play *p, s64 pause_ns)
{
	s64 begin_ns = due_ns(p, 0) + pause_ns, now = clock_now_ns();

	if (begin_ns < now + LEAD_NS)
		begin_ns = now + LEAD_NS;
	p->begin_ns = begin_ns;
	p->awake_ns = begin_ns;
	p->frames = 0;
	clock_sleep_until(begin_ns - LEAD_NS);
}

static void rest(struct play *p, s64 awake_ns)
{
	s64 least_ns = REST_FRAMES * FRAME_BITS * NSEC_PER_SEC / p->baud;
	s64 ns = awake_ns / REST_PART;

	begin_anew(p, ns > least_ns ? ns : least_ns);
}

static void play_byte(struct play *p, u8 byte)
{
	unsigned int bit;
	s64 awake_ns;

	play_bit(p, 0, false);
	for (bit = 0; bit < 8; bit++)
		play_bit(p, 1 + bit, byte >> bit & 1);
	play_bit(p, 9, true);
	p->frames++;
	p->timing.bytes++;
	awake_ns = due_ns(p, 0) - p->awake_ns;
	if (byte == '\n' || awake_ns > AWAKE_NS)
		rest(p, awake_ns);
}

void play_bytes(struct play *p, const void *bytes, size_t n)
{
	const u8 *byte = bytes;

	if (clock_now_ns() > due_ns(p, 0))
		begin_anew(p, 0);
	while (n-- && !cli_stop)
		play_byte(p, *byte++);
}

void play_end(struct play *p)
{
	clock_sleep_until(due_ns(p, 0));
}

unsigned int play_advice(const struct play_timing *timing)
{
	size_t i;

	for (i = PLAY_BAUDS; i; i--)
		if (timing->lateness.max_ns < NSEC_PER_SEC / play_bauds[i - 1] / 4)
			return play_bauds[i - 1];
	return 0;
}
