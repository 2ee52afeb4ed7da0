// SPDX-License-Identifier: GPL-2.0-only
/*
 * A UART in software: observations of a line -> bytes with margins.
 *
 * Observations wait in a queue until the frame that they belong to is complete;
 * then uart_frame.c reads it, after a pause through uart_begin.c.  At first they wait
 * for longer: until the sender's clock is known (uart_sender.c), and which of the edges
 * begin frames (uart_begin.c).
 */
#include "uart_begin.h"
#include "uart_sender.h"

/* A sender that has sent so many frames in a row is steady. */
#define CHAIN_STEADY		16

/*
 * Frames in a row, with a stop bit each, that prove their begin: more than there are
 * digits and commas in a row in a sentence, whose bit 5 looks like a stop bit.
 */
#define CHAIN_PROOF		128
#define CHAIN_MAX		255

/* Shorter bits prove nothing. */
#define PROOF_BIT_NS		24000

/*
 * Nor is a byte good if another reading costs so little more, even one that is taken to be
 * impossible: with many glitches two are in one frame, or one and a late interrupt.  Of a
 * million good bytes each up to 2.6 in 10000 are wrong without this (host model, edge, 4800
 * to 38400 baud, glitches up to 1/9 bit in one of 20 bits, windows of 0, 30 and 80 us),
 * 1.0 with 120, 0.5 with 150.  Without glitches 150 costs 0.7 of 100 good bytes at 80 us,
 * 0.15 else; 200 costs 4.
 */
#define PROOF_MARGIN		150

/* A sender pauses that has sent some frames in a row. */
#define COST_PAUSE		64

/*
 * A steady sender does: more than a late interrupt costs, less than one that never came.  Of
 * 48000 bytes in bursts that are up to 40 bits apart 750 are wrong with UART_COST_LOST, none
 * with 160 and 200 (host model, engine edge, 4800 and 9600 baud).
 */
#define COST_PAUSE_STEADY	200

/*
 * If one of the first frames after a pause costs more, the sender's clock may have
 * changed: it is found anew, once, and from these frames on.
 */
#define TRIAL_FRAMES		8
#define TRIAL_COST		48

/* Frames that make no sense, in excess of those that do, until all is forgotten. */
#define MISFITS_MAX		16

/* So many, and it is not known where frames begin. */
#define MISFITS_SYNC		4

/*
 * A reading that may be followed takes some 500 instructions.  Noise has so many that
 * a slow machine would do nothing else.  So there may be one each WORK_NS, and
 * UART_WORK_MAX more at a time; a line that needs more is noise, and is not read until
 * they are paid for.  The most that any trace of the lab needed was 475.
 *
 * At 230400 baud a byte takes some 200: that rate is for fast machines only.
 */
#define WORK_NS			2000
#define WORK_FAST_NS		200

/* Bits that are shorter than those of 115200 baud. */
#define FAST_BIT_NS		8000

/* Frames that are decoded for each observation, while more of them are in the queue. */
#define STEPS			2

/* ---- work ---- */

static s64 price_of(const struct uart *u, u32 work)
{
	return (s64)work * (u->timing.bit_ns < FAST_BIT_NS ? WORK_FAST_NS : WORK_NS);
}

static void pay(struct uart *u, u32 work)
{
	u->work_ns = max(u->work_ns, u->queue->at_ns) + price_of(u, work);
}

static bool is_overworked(const struct uart *u)
{
	return u->work_ns - u->queue->at_ns > price_of(u, UART_WORK_MAX);
}

/* ---- frames ---- */

static u8 data_of(const struct uart_reading *r)
{
	return r->bits >> UART_BIT_DATA;
}

/* Is each data bit surer than that? */
static bool is_surer(const struct uart_reading *r, u8 margin)
{
	u8 i;

	for (i = UART_BIT_DATA; i < UART_BIT_STOP; i++)
		if (r->margin[i] <= margin)
			return false;

	return true;
}

/* Has the frame nothing but a start bit? */
static bool is_start_only(const struct uart_reading *r)
{
	return data_of(r) == 0xff;
}

static void deliver(struct uart *u, const struct uart_found *frame, bool good)
{
	const struct uart_reading *r = &frame->r;
	struct uart_byte byte = {
		.start_ns = frame->base_ns,
		.span_ns = u->queue[frame->used - 1].at_ns - frame->base_ns,
		.late_ns = r->edges ? max(r->most_ns, 0) : 0,
		.value = data_of(r),
	};

	memcpy(byte.margin, r->margin + UART_BIT_DATA, sizeof(byte.margin));
	if (r->framing)
		byte.flags |= UART_FRAMING_ERROR;
	if (r->framing && !byte.value)
		byte.flags |= UART_BREAK;
	if (!good)
		byte.flags |= UART_DOUBTFUL;
	if (u->lost)
		byte.flags |= UART_LOST_BEFORE;
	u->lost = false;
	u->byte(u->ctx, &byte);
}

/*
 * The last observation of the frame may be of the next one, too; and an interrupt
 * that it explains may not have come yet.
 */
static void leave(struct uart *u, const struct uart_found *frame)
{
	const struct uart_obs *last = &u->queue[frame->used - 1];
	const struct uart_reading *r = &frame->r;
	bool beyond = r->last == UART_BIT_NEXT;

	u->due = !r->next && (r->due || (beyond && !uart_is_look(last)));
	u->due_ns = r->due ? frame->base_ns + r->due_ns : last->at_ns;
	uart_consume(u, frame->used - beyond);
}

static void count_misfit(struct uart *u)
{
	if (++u->misfits >= MISFITS_MAX)
		uart_forget_clock(u);
}

static void take_frame(struct uart *u, const struct uart_found *frame, bool chained)
{
	const struct uart_reading *r = &frame->r;
	bool good = frame->sure && u->clock_known && u->begin_known && !r->rival &&
		    !r->impossible && !r->glitches && is_surer(r, PROOF_MARGIN) &&
		    u->timing.bit_ns >= PROOF_BIT_NS;

	u->tried = false;
	deliver(u, frame, good);
	u->lost_edges += r->lost;
	u->glitched = r->glitches;
	uart_follow(u, r, frame->base_ns, chained && u->chain > UART_CHAIN_SURE);
	leave(u, frame);
	u->free_ns = r->framing ? frame->base_ns : u->next_ns - u->timing.bit_ns / 8;
	u->broken = r->framing;
	if (r->framing) {
		u->chain = 0;
		count_misfit(u);
		if (!data_of(r))
			return;	/* a break */
		u->begin_known = false;
		u->synced &= !u->steady && u->misfits < MISFITS_SYNC;
		u->steady = false;
		return;
	}
	if (u->chain < CHAIN_MAX)
		u->chain++;
	u->steady |= u->chain >= CHAIN_STEADY;
	u->begin_known |= u->chain >= CHAIN_PROOF;
	if (r->impossible)
		count_misfit(u);
	else
		u->misfits -= !!u->misfits;
	u->trial -= !!u->trial;
}

/* Is the frame over that began then?  If not, nothing is to be decoded until it is. */
static bool is_over(struct uart *u, s64 base_ns)
{
	const struct uart_timing *t = &u->timing;

	u->over_ns = base_ns + t->begin[UART_BIT_STOP] - t->latency_ns / 2;

	return u->queue[u->n - 1].at_ns >= u->over_ns;
}

static bool skip(struct uart *u)
{
	if (uart_shows_pause(u, u->queue))
		u->chain = 0;
	u->due = false;
	uart_consume(u, 1);

	return true;
}

static bool skip_false_start(struct uart *u)
{
	u->false_starts += uart_is_fall(u->queue);

	return skip(u);
}

/* No reading fits. */
static void count_unread(struct uart *u)
{
	u->lost = true;
	count_misfit(u);
}

/* Is the line at mark again within less than a bit? */
static bool is_short(const struct uart *u)
{
	const struct uart_obs *o = u->queue;

	return u->n > 1 && uart_is_mark(o + 1) &&
	       o[1].at_ns - o->at_ns < u->timing.bit_ns * 3 / 4;
}

/* Is it as if the sender's clock had changed in the pause?  Then find it anew. */
static bool is_strange(struct uart *u, const struct uart_reading *r)
{
	if (!u->trial || !u->clock_known || r->framing || r->cost <= TRIAL_COST)
		return false;
	uart_distrust_clock(u);

	return true;
}

/*
 * A start edge that may be late by more than a bit hides where the next frames begin, too.
 * Where a steady sender seems to pause it can be that a frame was missed.
 */
static void note_begin(struct uart *u, const struct uart_found *first, bool paused)
{
	if (u->steady && u->queue->at_ns - u->next_ns > u->timing.bit_ns / 2)
		u->begin_known = false;
	u->begin_known |= paused;
	u->begin_known &= first->clear || first->sure;
}

/* ---- a frame that follows the one before back to back ---- */

/*
 * A frame did not: a pause, which is certain only where no interrupt is that late, and
 * what was taken for a glitch was no start bit.
 */
static bool lose_chain(struct uart *u)
{
	if (u->glitched || u->queue->at_ns - u->next_ns <= UART_LATE_MAX_NS)
		u->begin_known = false;
	u->chain = 0;
	u->due = false;

	return true;
}

/*
 * After the end of a burst, a glitch looks like a late start bit.  But then the line
 * is quiet after it, for longer than two frames.
 */
static bool is_lone_pulse(const struct uart *u, bool *wait)
{
	const struct uart_obs *o = u->queue;
	s64 end_ns = o->at_ns + 2 * uart_frame_ns(u);
	s32 bit_ns = u->timing.bit_ns;
	u16 k;

	if (u->due || uart_is_look(o))
		return false;
	/* It has to be over soon. */
	if (!uart_is_mark(o) && !is_short(u))
		return false;
	for (k = 1; k < u->n && o[k].at_ns < end_ns; k++)
		if (!uart_is_mark(&o[k]) ||
		    (!uart_is_look(&o[k]) && o[k].at_ns - o->at_ns > bit_ns / 2))
			return false;
	*wait = k == u->n && !uart_has_rested(u);

	return !*wait;
}

/* What it costs that the sender pauses for less than a frame. */
static s32 pause_cost(const struct uart *u)
{
	if (u->steady)
		return COST_PAUSE_STEADY;

	return u->chain < UART_CHAIN_SURE ? 0 : COST_PAUSE;
}

/* Can it be that the sender has paused, rather than that the machine was late? */
static bool may_have_paused(const struct uart *u)
{
	s32 least_ns = u->steady ? UART_LATE_MAX_NS : u->timing.bit_ns / 8;

	return !u->due && !uart_is_mark(u->queue) &&
	       u->queue->at_ns - u->next_ns > least_ns;
}

static bool read_chained(struct uart *u)
{
	struct uart_entry entry = {
		.base_ns = u->next_ns,
		.due_ns = u->due_ns - u->next_ns,
		.pause = pause_cost(u),
		.limit = UART_COST_NEVER,
		.due = u->due,
	};
	struct uart_found frame = { .base_ns = u->next_ns }, first = {};
	struct uart_reading *r = &frame.r;
	bool wait = false;

	if (!is_over(u, entry.base_ns))
		return false;
	if (may_have_paused(u))
		uart_read_first(u, &first);
	/* After a pause the frame ends later. */
	if (first.more && !first.used)
		return false;
	if (first.used)
		entry.limit = first.r.cost + entry.pause;
	frame.used = uart_frame_read(&u->timing, &entry, u->queue, u->n, r, &frame.work);
	pay(u, first.work + frame.work);
	if (!frame.used)
		return false;
	if (r->cost >= UART_COST_NEVER && !first.used) {
		lose_chain(u);
		count_unread(u);
		return true;
	}
	if (is_lone_pulse(u, &wait)) {
		u->chain = 0;
		return skip_false_start(u);
	}
	if (wait)
		return false;
	if (is_strange(u, r))
		return true;
	if (r->cost > entry.limit) {
		u->chain = 0;
		u->steady = false;
		note_begin(u, &first, false);
		first.sure &= !u->misfits;
		take_frame(u, &first, false);
		return true;
	}
	/*
	 * An interrupt that was late may hide that there was no start bit at all; and if
	 * no edge was on time, the sender may have paused for a part of a bit.
	 */
	frame.sure = !u->misfits && r->least_ns <= u->timing.bit_ns / 4 &&
		     (is_start_only(r) ?
		      u->queue->flags & UART_OBS_RISES && uart_is_clear(r) :
		      !uart_is_mark(u->queue));
	take_frame(u, &frame, true);

	return true;
}

/* ---- a frame after a pause ---- */

/* Is it a glitch, and no start bit?  A start bit may be over when it interrupts. */
static bool is_false_start(const struct uart *u, const struct uart_reading *r)
{
	return r->cost > (is_start_only(r) ? COST_PAUSE : UART_COST_GLITCH) &&
	       (uart_is_mark(u->queue) || is_short(u));
}

/*
 * A glitch looks like a start bit if the bit after it is 1, and nothing told when
 * the start bit ended.
 */
static bool is_start_seen(const struct uart *u, const struct uart_reading *r)
{
	return !(data_of(r) & 1) ||
	       (u->queue->flags & UART_OBS_RISES && uart_is_clear(r));
}

static bool read_first(struct uart *u)
{
	const struct uart_obs *o = u->queue;
	bool paused = uart_has_paused(u, o);
	struct uart_found first;

	/* Until the break ends; a fall tells that it has. */
	if (u->broken && o->flags & UART_OBS_RISES)
		return skip(u);
	/* At mark: after a pause it may be the end of a start bit. */
	if (uart_is_mark(o) && !paused)
		return skip(u);
	if (!is_over(u, o->at_ns))
		return false;
	uart_read_first(u, &first);
	pay(u, first.work);
	if (first.more)
		return false;
	if (paused && !u->tried)
		u->trial = TRIAL_FRAMES;
	if (is_strange(u, &first.r))
		return true;
	if (first.r.cost >= UART_COST_NEVER) {
		count_unread(u);
		return skip_false_start(u);
	}
	if (is_false_start(u, &first.r))
		return skip_false_start(u);
	note_begin(u, &first, paused);
	first.sure &= (paused || !u->misfits) && is_start_seen(u, &first.r);
	take_frame(u, &first, false);

	return true;
}

/* ---- what is in the queue ---- */

/* Return: false if more must be observed before anything can be done. */
static bool step(struct uart *u)
{
	const struct uart_obs *o = u->queue;

	if (uart_is_chained(u, o))
		return read_chained(u);
	if (uart_is_look(o))
		return skip(u);
	/* In the stop bit of the frame before: its own interrupt, or a glitch. */
	if (u->chain && o->at_ns < u->next_ns)
		return skip_false_start(u);

	return u->chain ? lose_chain(u) : read_first(u);
}

/* Are frames to wait until the clock is known, or where they begin? */
static bool must_wait(struct uart *u)
{
	s64 ns = u->queue[u->n - 1].at_ns - u->queue->at_ns;
	bool enough = u->n == UART_QUEUE || uart_has_rested(u);

	if (!u->clock_known) {
		if (u->edges < UART_CLOCK_EDGES && !enough && !u->gave_up)
			return true;
		uart_find_clock(u);
	}
	if (!u->synced) {
		if (ns < UART_BEGIN_FRAMES * uart_frame_ns(u) && !enough)
			return true;
		uart_find_begin(u);
		u->synced = true;
	}

	return !u->n;
}

/* Nothing is known of what follows. */
static void begin_anew(struct uart *u, s64 now_ns)
{
	u->begun = true;
	u->over_ns = 0;
	u->n = 0;
	u->chain = 0;
	u->due = false;
	u->synced = false;
	u->steady = false;
	u->begin_known = false;
	u->quiet_ns = now_ns;
}

/*
 * Decode what is at hand as far as it goes, @wait: but what must wait.  When that need
 * wait no longer, it is decoded a little at a time: in hard IRQ all at once would make
 * edges late.  A line at rest has none.
 */
static void decode(struct uart *u, bool wait)
{
	bool slowly = wait && !uart_has_rested(u);
	u8 steps = 0;

	while (u->n && !is_overworked(u) && !(wait && must_wait(u)) && step(u))
		if (slowly && ++steps == STEPS)
			break;
}

/* Not plain, and too much of it: the line is noise. */
static void turn_deaf(struct uart *u)
{
	u16 i;

	for (i = 0; i < u->n; i++)
		u->false_starts += uart_is_fall(&u->queue[i]);
	u->deaf_ns = u->work_ns;
	u->lost = true;
	begin_anew(u, u->deaf_ns);
}

/**
 * uart_init() - a new line: nothing is known of the sender but its rate
 * @u: the line
 * @baud: bits per second, 300..230400
 * @byte: takes the frames
 * @ctx: given to @byte
 *
 * Context: any.
 */
void uart_init(struct uart *u, u32 baud, uart_byte_fn byte, void *ctx)
{
	memset(u, 0, sizeof(*u));
	u->byte = byte;
	u->ctx = ctx;
	uart_sender_init(u, baud);
}

/**
 * uart_feed() - take an observation
 * @u: the line
 * @obs: the observation, not before the last one
 *
 * Calls the function for bytes for each frame that is complete then: for two at most,
 * or some fifty when the line is at rest or observations were lost.
 *
 * Context: any, one at a time; takes 1600 bytes of stack.
 */
void uart_feed(struct uart *u, const struct uart_obs *obs)
{
	if (!u->begun || obs->flags & UART_OBS_LOST) {
		decode(u, false);
		begin_anew(u, obs->at_ns);
	}
	u->lost |= !!(obs->flags & UART_OBS_LOST);
	if (!uart_is_look(obs))
		u->edge_at_ns = obs->at_ns;
	if (obs->late_ns)
		uart_follow_latency(&u->timing, obs);
	if (obs->at_ns < u->deaf_ns) {
		u->false_starts += uart_is_fall(obs);
		return;
	}
	if (!u->clock_known)
		uart_note_edge(u, obs);
	if (u->n == UART_QUEUE)
		skip_false_start(u);
	u->queue[u->n++] = *obs;
	if (obs->at_ns < u->over_ns)
		return;
	decode(u, true);
	if (u->n && is_overworked(u))
		turn_deaf(u);
}
