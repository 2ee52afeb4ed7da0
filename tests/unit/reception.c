// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line that is played to a recorder and a decoder by a machine, and what came
 * of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../driver/uart_nmea.h"
#include "reception.h"

#define PS_PER_NS	1000

struct reception r;

const char *const engine_names[ENGINES] = { "timer", "edge" };

/* ---- the line ---- */

static u32 bit_ns(u32 baud)
{
	return (1000000000 + baud / 2) / baud;
}

void set_sender(u32 baud, s32 skew_ppm)
{
	r.skew_ppm = skew_ppm;
	r.bit_ps = (1000000000000ULL + baud / 2) / baud * 1000000 / (1000000 + skew_ppm);
}

u32 line_bit_ns(void)
{
	return r.bit_ps / PS_PER_NS;
}

s64 line_end_ns(void)
{
	return r.end_ps / PS_PER_NS;
}

void new_line(s64 at_ns)
{
	r.end_ps = at_ns * PS_PER_NS;
	r.changes = 0;
	r.sent = 0;
	r.next = 0;
	r.got = 0;
}

static void change(s64 at_ns)
{
	assert_in_range(r.changes, 0, CHANGES_MAX - 1);
	r.change_ns[r.changes++] = at_ns;
}

static void send_bit(int level)
{
	s64 at_ns = line_end_ns();

	if (level == (int)(r.changes & 1))
		change(at_ns);
	if (r.glitch_ppm && random_below(&r.rng, 1000000) < r.glitch_ppm) {
		at_ns += 1 + random_below(&r.rng, line_bit_ns() - r.glitch_width_ns - 1);
		change(at_ns);
		change(at_ns + r.glitch_width_ns);
	}
	r.end_ps += r.bit_ps;
}

void send_byte(u8 value)
{
	u32 i;

	assert_in_range(r.sent, 0, BYTES_MAX - 1);
	r.start_ns[r.sent] = line_end_ns();
	r.value[r.sent++] = value;
	send_bit(0);
	for (i = 0; i < 8; i++)
		send_bit(value >> i & 1);
	send_bit(1);
	if (r.pause_16ths)
		send_idle_16ths(random_below(&r.rng, r.pause_16ths + 1));
}

void send_levels(const char *levels)
{
	for (; *levels; levels++)
		send_bit(*levels == '1');
}

void send_idle_16ths(u32 sixteenths_of_a_bit)
{
	for (; sixteenths_of_a_bit >= 16; sixteenths_of_a_bit -= 16)
		send_bit(1);
	r.end_ps += sixteenths_of_a_bit * (u64)r.bit_ps / 16;
}

void send_text(const char *text)
{
	while (*text)
		send_byte(*text++);
}

void send_values(u32 n, u32 pause_16ths)
{
	u32 i;

	for (i = 0; i < n; i++) {
		send_byte(i < 256 ? i : random_below(&r.rng, 256));
		send_idle_16ths(pause_16ths);
	}
}

void send_random(u32 n)
{
	while (n--)
		send_byte(random_below(&r.rng, 256));
}

/* A '#' is any digit: what a receiver may send. */
static const char *const sentences[] = {
	"$GPGGA,1#2#4#.00,521#.#####,N,0132#.#####,E,1,0#,0.#,3#.#,M,4#.#,M,,",
	"$GPRMC,1#2#4#.00,A,521#.#####,N,0132#.#####,E,0##.#,084.4,2#0324,,,A",
	"$GPGSV,3,2,12,1#,5#,2##,4#,2#,3#,1##,3#,3#,0#,0##,2#,4#,1#,31#,1#",
	"$GPVTG,1##.#,T,,M,0##.#,N,0##.#,K,A",
};

static void send_sentence(const char *form)
{
	u8 sum = 0, c;
	char end[6];

	for (; *form; form++) {
		c = *form == '#' ? '0' + random_below(&r.rng, 10) : (u8)*form;
		sum ^= c == '$' ? 0 : c;
		send_byte(c);
	}
	sprintf(end, "*%02X\r\n", sum);
	send_text(end);
}

void send_nmea(void)
{
	u32 i;

	for (i = 0; i < SENTENCES; i++)
		send_sentence(sentences[i % ARRAY_SIZE(sentences)]);
}

/* How many of @n ascending @times are not after @t_ns. */
static u32 count_until(const s64 *times, u32 n, s64 t_ns)
{
	u32 low = 0, middle;

	while (low < n) {
		middle = (low + n) / 2;
		if (times[middle] <= t_ns)
			low = middle + 1;
		else
			n = middle;
	}

	return low;
}

void cut_line(u32 bytes)
{
	r.changes = count_until(r.change_ns, r.changes, r.start_ns[bytes] - 1);
	r.end_ps = r.start_ns[bytes] * 1000;
	r.sent = bytes;
}

static void insert_change(s64 at_ns)
{
	u32 i = count_until(r.change_ns, r.changes, at_ns);

	change(0);
	memmove(&r.change_ns[i + 1], &r.change_ns[i],
		(r.changes - 1 - i) * sizeof(r.change_ns[0]));
	r.change_ns[i] = at_ns;
}

void add_glitch(s64 at_ns, u32 width_ns)
{
	insert_change(at_ns);
	insert_change(at_ns + width_ns);
}

void add_window(s64 at_ns, u32 off_ns)
{
	r.cpu.m.off_min = off_ns;
	r.cpu.m.off_max = off_ns;
	r.cpu.m.off_spacing = 2000000000;
	r.cpu.off_ns = at_ns;
	r.cpu.off_end_ns = 0;
}

static int level_at(s64 t_ns)
{
	return !(count_until(r.change_ns, r.changes, t_ns) & 1);
}

/* Has the change been seen, or is it a rise that does not interrupt? */
static bool is_past(u32 i)
{
	return r.change_ns[i] <= r.seen_ns || (i & 1 && r.change_ns[i] <= r.rises_ns);
}

/* From when on an edge interrupt is pending, as far as the line goes. */
static s64 edge_pending_ns(void)
{
	while (r.next < r.changes && is_past(r.next))
		r.next++;

	return r.next < r.changes ? r.change_ns[r.next] : LOOKS_NEVER;
}

/* ---- the recorder ---- */

static void keep(void *ctx, const struct uart_byte *byte)
{
	(void)ctx;
	assert_in_range(r.got, 0, ARRAY_SIZE(r.bytes) - 1);
	r.bytes[r.got++] = *byte;
}

/* Engine 'edge' needs looks where an interrupt may be late by more than a bit. */
static void set_looks(s64 now_ns)
{
	bool each_bit = r.engine == TIMER || (r.baud >= 19200 && r.baud <= 57600);

	looks_set(&r.looks, now_ns, bit_ns(r.baud), each_bit,
		  r.engine == TIMER && r.baud <= 38400, 4);
}

static void tell(s64 late_ns, u8 flags)
{
	struct uart_obs obs = {
		.at_ns = r.now_ns,
		.late_ns = late_ns > 0 ? late_ns : 0,
		.flags = flags,
	};

	if (level_at(r.now_ns + r.cpu.m.read))
		obs.flags |= UART_OBS_LEVEL;
	if (r.engine == EDGE)
		obs.flags |= UART_OBS_RISES;
	if (r.cpu.ticked)
		obs.flags |= UART_OBS_BUSY;
	r.cpu.ticked = false;
	if (!r.on_obs || r.on_obs(&obs))
		uart_feed(&r.u, &obs);
}

void set_rises(bool rises, s64 now_ns)
{
	r.rises_ns = rises ? now_ns : LOOKS_NEVER;
	r.next = count_until(r.change_ns, r.changes, r.seen_ns);
}

/* The line is looked at, with interrupts off. */
void set_engine(enum engine engine, s64 now_ns)
{
	r.now_ns = now_ns > (s64)r.cpu.free_ns ? now_ns : (s64)r.cpu.free_ns;
	cpu_busy(&r.cpu, r.now_ns);
	if (!looks_rested(&r.looks))
		tell(0, UART_OBS_LOOK);
	r.engine = engine;
	set_looks(r.now_ns);
}

void retime(s64 now_ns, u32 off_ns)
{
	r.cpu.free_ns = max(now_ns, (s64)r.cpu.free_ns) + off_ns;
	set_looks(r.cpu.free_ns);
}

void restart(u32 baud, s64 now_ns)
{
	if (r.seen_ns < now_ns)
		r.seen_ns = now_ns;
	r.next = count_until(r.change_ns, r.changes, r.seen_ns);
	r.baud = baud;
	set_looks(r.now_ns);
	uart_init(&r.u, baud, r.on_byte, NULL);
	/* As the driver: since when the line is at rest. */
	if (r.now_ns < r.seen_ns)
		r.now_ns = r.seen_ns;
	tell(0, UART_OBS_LOOK);
}

void prepare(enum engine engine, u32 baud, s32 skew_ppm, u64 seed)
{
	memset(&r, 0, offsetof(struct reception, change_ns));
	r.engine = engine;
	r.rises_ns = engine == EDGE ? 0 : LOOKS_NEVER;
	r.rng = seed * 2654435761U + 54321;
	r.cpu.m = machine_steady;
	r.cpu.rng = seed * 2654435761U + 12345;
	r.on_byte = keep;
	looks_init(&r.looks);
	set_sender(baud, skew_ppm);
	new_line(RUN_START_NS);
	restart(baud, 0);
}

static void take_edge(void)
{
	s64 late_ns = r.now_ns - r.looks.due_ns;

	r.edges++;
	r.seen_ns = r.now_ns;
	tell(late_ns, 0);
	looks_edge(&r.looks, r.now_ns);
}

static void take_look(void)
{
	s64 late_ns = r.now_ns - r.looks.due_ns;

	r.looked++;
	if (looks_taken(&r.looks, r.now_ns))
		tell(late_ns, UART_OBS_LOOK);
}

/* Both may be pending when the CPU accepts an interrupt, one of them is. */
static bool takes_edge(s64 edge_ns, s64 look_ns, s64 accepted_ns)
{
	if (edge_ns > accepted_ns || look_ns > accepted_ns)
		return edge_ns <= accepted_ns;

	return r.cpu.m.order == EDGE_FIRST ||
	       (r.cpu.m.order == DUE_FIRST && edge_ns < look_ns);
}

void receive_until(s64 t_ns)
{
	for (;;) {
		s64 edge_ns = edge_pending_ns();
		s64 look_ns = r.looks.due_ns;
		s64 first_ns = edge_ns < look_ns ? edge_ns : look_ns;
		s64 accepted_ns;

		if (first_ns >= t_ns)
			break;
		accepted_ns = cpu_accepts_ns(&r.cpu, first_ns);
		if (takes_edge(edge_ns, look_ns, accepted_ns)) {
			r.now_ns = cpu_edge_ns(&r.cpu, edge_ns, accepted_ns);
			take_edge();
		} else {
			r.now_ns = cpu_look_ns(&r.cpu, look_ns, accepted_ns);
			take_look();
		}
		cpu_busy(&r.cpu, r.now_ns);
	}
}

void receive(void)
{
	receive_until(RUN_ALL);
}

void save(struct moment *m)
{
	memcpy(m->state, &r, sizeof(m->state));
}

void resume(const struct moment *m)
{
	memcpy(&r, m->state, sizeof(m->state));
}

/* ---- what came of it ---- */

u32 byte_of(const struct uart_byte *byte)
{
	s64 half_ns = 5LL * line_bit_ns();
	u32 n = count_until(r.start_ns, r.sent, byte->start_ns + half_ns);

	return n && r.start_ns[n - 1] >= byte->start_ns - half_ns ? n - 1 : ~0U;
}

/* What became of a byte: bits of 'fate'. */
#define GOT		1
#define RIGHT		2
#define REPAIRABLE	4	/* right, or wrong in bits that are not sure */

static u8 judge_bits(struct figures *f, const struct uart_byte *byte, u8 wrong)
{
	u8 fate = GOT | REPAIRABLE;
	u32 i;

	for (i = 0; i < 8; i++) {
		bool right = !(wrong >> i & 1);

		f->bits[right]++;
		f->margins[right] += byte->margin[i];
		if (!right && byte->margin[i] == UART_SURE)
			fate &= ~REPAIRABLE;
	}

	return wrong ? fate : fate | RIGHT;
}

static void judge_byte(struct figures *f, const struct uart_byte *byte, u8 *fates)
{
	u32 n = byte_of(byte);
	bool right;

	f->doubtful += !!byte->flags;
	if (n >= r.sent || fates[n]) {
		f->extra++;
		f->wrong_good += !byte->flags;
		return;
	}
	right = byte->value == r.value[n];
	f->wrong += !right;
	f->wrong_good += !right && !byte->flags;
	fates[n] = judge_bits(f, byte, byte->value ^ r.value[n]);
}

void judge(struct figures *f)
{
	u8 *fates = calloc(r.sent + 1, 1);
	u8 line = RIGHT | REPAIRABLE;
	u32 i;

	for (i = 0; i < r.got; i++)
		judge_byte(f, &r.bytes[i], fates);
	for (i = 0; i < r.sent; i++) {
		f->lost += !fates[i];
		line &= fates[i];
		if (r.value[i] != '\n')
			continue;
		f->lines += !!(line & RIGHT);
		f->repairable += !!(line & REPAIRABLE);
		line = RIGHT | REPAIRABLE;
	}
	f->bytes += r.sent;
	f->edges += r.edges;
	f->looks += r.looked;
	free(fates);
}

void print_figures(const struct figures *f, u32 runs)
{
	double n = runs;

	printf("sentences %.1f intact, %.1f repairable, %.1f repaired, %u altered; bytes %.1f wrong, %.1f lost, %.1f doubtful, %u good but wrong; margins %.0f, of wrong bits %.0f; a byte %.1f edges, %.1f looks\n",
	       f->lines / n, f->repairable / n, f->repaired / n, f->altered,
	       f->wrong / n, f->lost / n, f->doubtful / n, f->wrong_good,
	       f->bits[1] ? 1.0 * f->margins[1] / f->bits[1] : 0,
	       f->bits[0] ? 1.0 * f->margins[0] / f->bits[0] : 0,
	       1.0 * f->edges / f->bytes, 1.0 * f->looks / f->bytes);
}

/* ---- sentences ---- */

/* As the driver's bottom half. */
void parse(struct nmea *p, const struct uart_byte *byte)
{
	if (!(byte->flags & UART_BREAK))
		nmea_feed_frame(p, byte);
}

static void judge_sentence(void *ctx, const struct nmea_sentence *sentence)
{
	struct uart_byte dollar = { .start_ns = sentence->start_ns };
	struct figures *f = ctx;
	u32 n = byte_of(&dollar);

	if (!nmea_verified(sentence->verdict))
		return;
	if (n + sentence->len <= r.sent &&
	    !memcmp(&r.value[n], sentence->text, sentence->len))
		f->repaired++;
	else
		f->altered++;
}

static void no_fix(void *ctx, const struct gnss_gpio_fix *fix)
{
	(void)ctx;
	(void)fix;
}

void judge_sentences(struct figures *f)
{
	struct nmea p;
	u32 i;

	nmea_init(&p, no_fix, f);
	nmea_set_sentence(&p, judge_sentence);
	for (i = 0; i < r.got; i++)
		parse(&p, &r.bytes[i]);
	nmea_flush(&p);
}
