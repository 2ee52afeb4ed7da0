// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a line to bytes: what is not seen of it, or late.
 */
#include "uart_test.h"

/* Bytes from number @first on are right but for @wrong of them; @proof: none is good. */
static void check_from(const char *what, u32 place, u32 first, u32 wrong, bool proof)
{
	u32 i, n, right = 0, wrong_good = 0;

	for (i = 0; i < r.got; i++) {
		bool is_right;

		n = byte_of(&r.bytes[i]);
		is_right = n < r.sent && r.bytes[i].value == r.value[n];
		right += is_right && n >= first;
		wrong_good += !is_right && !r.bytes[i].flags;
	}
	check(!(proof && wrong_good) && right + wrong >= r.sent - first,
	      "%s, place %u: of %u bytes %u right, %u wrong ones good",
	      what, place, r.sent - first, right, wrong_good);
}

#define JOIN_BYTES	60

/* Above 9600 baud, where an edge may be a bit late, some bytes are found later. */
#define JOIN_WRONG	20

/* Amid the data: which edge begins a frame is found out. */
static void frames_are_found_amid_the_data(void **state)
{
	static const u32 bauds[] = { 4800, 9600, 38400, 57600 };
	enum engine engine;
	u32 i, place;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(bauds); i++) {
			for (place = 0; place < 40; place++) {
				prepare(engine, bauds[i], 0, place);
				if (place & 1)
					send_nmea();
				else
					send_random(1000);
				cut_line(400);
				restart(bauds[i], r.start_ns[place] +
					place % 10 * line_bit_ns() + line_bit_ns() / 2);
				receive();
				check_from("begun amid the data", place, place + JOIN_BYTES,
					   bauds[i] > 9600 ? JOIN_WRONG : 0, true);
			}
		}
	}
	assert_none_failed();
}

/* Observations that the decoder does not get, and the flag of the one after them. */
static u32 n_obs, lose_first, lose_n;

static bool lose_some(struct uart_obs *obs)
{
	u32 n = n_obs++;

	if (n >= lose_first && n < lose_first + lose_n)
		return false;
	if (n == lose_first + lose_n)
		obs->flags |= UART_OBS_LOST;

	return true;
}

static void lost_observations_are_told_of(void **state)
{
	static const u32 losses[] = { 1, 2, 5, 13, 40, 300 };
	struct moment taught;
	enum engine engine;
	u32 i, k, place, told;

	(void)state;
	FOR_ENGINES(engine) {
		prepare_taught(engine, 9600, 0, 3);
		save(&taught);
		for (i = 0; i < ARRAY_SIZE(losses); i++) {
			for (place = 100; place < 120; place++) {
				resume(&taught);
				r.on_obs = lose_some;
				n_obs = 0;
				lose_first = place;
				lose_n = losses[i];
				send_random(300);
				receive();
				for (k = 0, told = 0; k < r.got; k++)
					told += !!(r.bytes[k].flags & UART_LOST_BEFORE);
				check(told == 1, "%u observations lost from %u on: told %u times",
				      losses[i], place, told);
				/* A byte has two observations at least. */
				check_from("observations lost", place, 160 + 60, 0, true);
			}
		}
	}
	assert_none_failed();
}

static bool lose_edges(struct uart_obs *obs)
{
	return uart_is_look(obs) || ++n_obs % 2;
}

/* As of a controller that detects one kind of edge at a time. */
static void frames_that_miss_an_edge_are_counted(void **state)
{
	u32 lose;

	(void)state;
	for (lose = 0; lose < 2; lose++) {
		prepare_taught(EDGE, 19200, 0, 3);
		r.u.lost_edges = 0;
		n_obs = 0;
		r.on_obs = lose ? lose_edges : NULL;
		send_random(300);
		receive();
		check(lose ? r.u.lost_edges > 300 / 4 : !r.u.lost_edges,
		      "%u edges lost: %u frames miss one", lose * n_obs / 2, r.u.lost_edges);
	}
	assert_none_failed();
}

/*
 * Edges that come as one interrupt spoil the bytes that they are of, and, if that is
 * more than one, some after them, until it is clear again where a frame begins.
 */
static const struct {
	u32 baud;
	u32 bits_8ths;		/* interrupts off, the more the later */
	u32 wrong[ENGINES];	/* bytes wrong at most */
} windows[] = {
	{ 9600, 6, { 1, 0 } },
	{ 9600, 12, { 2, 2 } },
	{ 19200, 12, { 2, 2 } },
	{ 38400, 12, { 2, 2 } },
	{ 38400, 26, { 5, 7 } },
	{ 38400, 60, { 8, 7 } },
	{ 57600, 12, { 2, 2 } },
	{ 57600, 40, { 8, 7 } },
	{ 115200, 12, { NOT_ASKED, 2 } },
	{ 115200, 40, { NOT_ASKED, 5 } },
};

#define WINDOW_BYTES	40

/* No byte is good because of what a later interrupt would contradict. */
#define PROOF_NS	80000

static void a_window_spoils_what_it_covers(void **state)
{
	enum engine engine;
	struct moment taught;
	char what[40];
	u32 i, place;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(windows); i++) {
			u32 off_ns = windows[i].bits_8ths * 125000000ULL / windows[i].baud;

			if (windows[i].wrong[engine] == NOT_ASKED)
				continue;
			prepare_taught(engine, windows[i].baud, 5000, 3);
			save(&taught);
			for (place = 0; place < 200; place++) {
				resume(&taught);
				r.rng += place;
				send_random(WINDOW_BYTES);
				add_window(r.start_ns[10] + place * (s64)line_bit_ns() / 16, off_ns);
				receive();
				sprintf(what, "off for %u/8 bits", windows[i].bits_8ths);
				check_from(what, place, 0, windows[i].wrong[engine],
					   off_ns < PROOF_NS);
			}
		}
	}
	assert_none_failed();
}

/*
 * The first bytes ever, when neither the sender's clock is known nor, if the start
 * edge came late, where the first frame begins: at most so many of 1000 runs have
 * a wrong byte.
 */
static const struct {
	u32 baud;
	u32 late_ppm;
	u32 off_us;
	u32 flawed[ENGINES];
} starts[] = {
	{ 4800, 0, 0, { 0, 0 } },
	{ 4800, 50000, 0, { 2, 2 } },
	{ 9600, 0, 0, { 0, 0 } },
	{ 9600, 50000, 0, { 10, 10 } },
	{ 9600, 0, 75, { 60, 15 } },
	{ 19200, 0, 0, { 2, 2 } },
	{ 19200, 50000, 0, { 60, 30 } },
	{ 19200, 0, 30, { 10, 10 } },
	{ 38400, 0, 0, { 400, 40 } },
	{ 38400, 0, 30, { 600, 300 } },
};

#define START_BYTES	100

static void starts_are_soon_understood(void **state)
{
	struct figures f;
	enum engine engine;
	u32 i, k, flawed, runs;
	s32 percent;

	(void)state;
	FOR_ENGINES(engine) {
		for (i = 0; i < ARRAY_SIZE(starts); i++) {
			flawed = 0;
			runs = 0;
			for (percent = -4; percent <= 4; percent += 2) {
				for (k = 1; k <= 40; k++, runs++) {
					prepare(engine, starts[i].baud, percent * 10000, k);
					send_nmea();
					r.cpu.m = machine_lab;
					r.cpu.m.hiccup_ppm = starts[i].late_ppm;
					r.cpu.m.off_max = starts[i].off_us * 1000;
					r.cpu.off_ns = RUN_START_NS - 100000 + k * 777;
					cut_line(START_BYTES);
					receive();
					f = (struct figures){};
					judge(&f);
					check(!f.wrong_good, "start %u: %u wrong ones good",
					      k, f.wrong_good);
					flawed += f.wrong + f.lost > 0;
				}
			}
			check(flawed * 1000 <= runs * starts[i].flawed[engine],
			      "1 of %u interrupts late, off <= %u us: %u starts of %u have a wrong byte",
			      starts[i].late_ppm ? 1000000 / starts[i].late_ppm : 0,
			      starts[i].off_us, flawed, runs);
		}
	}
	assert_none_failed();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_found_amid_the_data),
		cmocka_unit_test(lost_observations_are_told_of),
		cmocka_unit_test(frames_that_miss_an_edge_are_counted),
		cmocka_unit_test(a_window_spoils_what_it_covers),
		cmocka_unit_test(starts_are_soon_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
