/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line that is played to a recorder and a decoder by a machine, and what came
 * of it.
 *
 * The recorder is a model of the driver's: an interrupt for each edge that the
 * engine asks for and for each look that is due, each as late as the machine makes
 * it.  Edges that come before the handler of the first one has begun are one
 * interrupt.
 */
#ifndef TESTS_UNIT_RECEPTION_H
#define TESTS_UNIT_RECEPTION_H

#include <stddef.h>

#include "../../driver/looks.h"
#include "../../driver/nmea.h"
#include "../../driver/uart.h"
#include "machine.h"

#define BYTES_MAX	8192
#define CHANGES_MAX	(12 * BYTES_MAX)
#define SENTENCES	60

/* Where the line of a run begins. */
#define RUN_START_NS	100000000

/* "All that there is" */
#define RUN_ALL		LOOKS_NEVER

enum engine { TIMER, EDGE, ENGINES };

extern const char *const engine_names[ENGINES];

/* All that a run changes comes before the arrays, which only grow. */
struct reception {
	enum engine engine;
	s64 rises_ns;		/* rising edges interrupt after that */
	u32 baud;
	s32 skew_ppm;		/* of the sender's clock */
	u32 bit_ps;		/* the sender's */
	u32 glitch_ppm;		/* of the bits that are sent have a glitch */
	u32 glitch_width_ns;
	u32 pause_16ths;	/* of a bit, up to that after each byte */
	u64 rng;		/* the sender's */
	u64 end_ps;		/* where the line ends so far */
	u32 changes;
	u32 sent;
	u32 next;		/* of the changes: the next edge, or one before it */
	s64 seen_ns;		/* edges up to then were seen */
	s64 now_ns;		/* the last interrupt was taken */
	struct cpu cpu;
	struct looks looks;
	u32 got;
	u32 edges;
	u32 looked;
	struct uart u;
	/* May change or drop (false) what the decoder is to see. */
	bool (*on_obs)(struct uart_obs *obs);
	uart_byte_fn on_byte;
	/* Times at which the level changes; it begins at 1. */
	s64 change_ns[CHANGES_MAX];
	u8 value[BYTES_MAX];
	s64 start_ns[BYTES_MAX];
	struct uart_byte bytes[BYTES_MAX + 64];
};

extern struct reception r;	/* large for a stack */

/* What became of bytes. */
struct figures {
	u32 bytes;
	u32 wrong;
	u32 lost;
	u32 extra;		/* none of those that were sent */
	u32 doubtful;
	u32 wrong_good;		/* wrong or extra, and not doubtful */
	u32 lines;		/* all of whose bytes are right */
	u32 repairable;		/* or wrong in bits that are not sure */
	u32 repaired;		/* as the parser made it */
	u32 altered;		/* by the parser into another sentence */
	u32 edges, looks;
	u64 margins[2];		/* sum over the bits: of wrong ones, of right ones */
	u32 bits[2];
};

/* A new recorder and decoder, a steady machine, and a line with nothing on it. */
void prepare(enum engine engine, u32 baud, s32 skew_ppm, u64 seed);

/* A new recorder and decoder, from @now_ns on. */
void restart(u32 baud, s64 now_ns);

/*
 * As the driver changes its engine: looks, and whether rises are expected; which
 * edges interrupt is changed while rises are not expected.
 */
void set_engine(enum engine engine, s64 now_ns);
void set_rises(bool rises, s64 now_ns);

/* As the driver sets its looks anew; interrupts are off for so long before. */
void retime(s64 now_ns, u32 off_ns);

/* The sender's clock. */
void set_sender(u32 baud, s32 skew_ppm);
u32 line_bit_ns(void);

/* Another line, which begins at @at_ns, after all that was. */
void new_line(s64 at_ns);

/* What is on the line: bytes, levels ("0110"), nothing, a sender's text. */
void send_byte(u8 value);
void send_levels(const char *levels);
void send_idle_16ths(u32 sixteenths_of_a_bit);
void send_text(const char *text);

/* All values once, then at random; a pause after each. */
void send_values(u32 n, u32 pause_16ths);
void send_random(u32 n);

/* Sentences of a receiver, 60 bytes or so each. */
void send_nmea(void);

/* No more than that, of more bytes. */
void cut_line(u32 bytes);

/* The line is inverted for a while. */
void add_glitch(s64 at_ns, u32 width_ns);

/* Interrupts are off once. */
void add_window(s64 at_ns, u32 off_ns);

s64 line_end_ns(void);

/* The byte that was sent when @byte was received, by the time it began. */
u32 byte_of(const struct uart_byte *byte);

/* Plays the line to the decoder: what comes before @t_ns; all. */
void receive_until(s64 t_ns);
void receive(void);

/* A run up to now, to be continued more than once; until the next prepare(). */
struct moment {
	_Alignas(struct reception) char state[offsetof(struct reception, change_ns)];
};

void save(struct moment *m);
void resume(const struct moment *m);

/* Adds to @f what became of the bytes that were sent. */
void judge(struct figures *f);

/* One line of what @f has on average of @runs. */
void print_figures(const struct figures *f, u32 runs);

/* And what a parser makes of the sentences; gives it one byte. */
void judge_sentences(struct figures *f);
void parse(struct nmea *p, const struct uart_byte *byte);

#endif /* TESTS_UNIT_RECEPTION_H */
