// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where frames begin: after a pause, back to back, or amid the data.
 */
#include "uart_begin.h"

/*
 * Falls by which the place of the start bit is clear, and ahead of others; and so few
 * that they say nothing.
 */
#define BEGIN_CLEAR		4
#define BEGIN_AHEAD		1
#define BEGIN_FALLS		8

/* So many edges in a row that are not near to where bits begin are right. */
#define BEGIN_ASTRAY		3

/**
 * uart_consume() - take observations from the queue
 * @u: the line; remembers since when it is quiet
 * @n: how many
 *
 * Context: any.
 */
void uart_consume(struct uart *u, u16 n)
{
	u16 i;

	for (i = 0; i < n; i++) {
		if (!uart_is_look(&u->queue[i]) || !uart_is_mark(&u->queue[i]))
			u->quiet_ns = u->queue[i].at_ns;
		u->broken &= !uart_is_mark(&u->queue[i]);
	}
	if (n)
		u->before_ns = u->queue[n - 1].at_ns;
	u->n -= n;
	memmove(u->queue, u->queue + n, u->n * sizeof(u->queue[0]));
}

/**
 * uart_has_paused() - was the line at mark for longer than a frame?
 * @u: the line
 * @o: the next observation
 *
 * Context: any.
 * Return: true if it was, before @o.
 */
bool uart_has_paused(const struct uart *u, const struct uart_obs *o)
{
	return o->at_ns - u->quiet_ns > uart_frame_ns(u) + u->timing.bit_ns / 2;
}

/**
 * uart_has_rested() - does the queue end with a line at rest?
 * @u: the line, its queue not empty
 *
 * Context: any.
 * Return: true if there was no edge for longer than a frame.
 */
bool uart_has_rested(const struct uart *u)
{
	const struct uart_obs *last = &u->queue[u->n - 1];

	return uart_is_look(last) && uart_is_mark(last) &&
	       last->at_ns - u->edge_at_ns > uart_frame_ns(u);
}

/*
 * The place in a frame, of ten, of an edge @ns after one at @place.  @near: it is
 * near to where a bit begins; else it is a glitch or late, or that one was.
 */
static u8 place_of(const struct uart *u, u8 place, s64 ns, bool *near)
{
	u32 beside, rest;
	u64 bits;

	bits = div_u64_rem(ns * UART_CLOCK_UNIT + u->bit / 2, u->bit, &beside);
	div_u64_rem(place + bits, UART_BITS, &rest);
	*near = beside >= u->bit / 4 && beside <= u->bit - u->bit / 4;

	return rest;
}

/**
 * uart_find_begin() - find out where frames begin
 * @u: the line
 * @enough: there will not be more in the queue
 *
 * Without a pause only the start bit tells: of the ten places of a frame it is the
 * only one where the line always falls.  Digits and commas fall elsewhere, too: then
 * it takes a letter to tell.  Drops what comes before the first frame.
 *
 * Context: any; takes 300 bytes of stack.
 * Return: false if it takes more frames to tell.
 */
bool uart_find_begin(struct uart *u, bool enough)
{
	u8 falls[UART_BITS] = {}, places[UART_QUEUE], place, last = 0, astray = 0;
	u8 best = 0, second = 0, i;
	bool near;
	s64 last_ns = u->queue[0].at_ns, span_ns;
	u16 k;

	for (k = 0; k < u->n && uart_is_look(&u->queue[k]); k++)
		;
	if (k < u->n && uart_has_paused(u, &u->queue[k])) {
		uart_consume(u, k);
		return true;
	}
	for (k = 0; k < u->n; k++) {
		const struct uart_obs *o = &u->queue[k];

		places[k] = UART_BITS;
		if (uart_is_look(o))
			continue;
		place = place_of(u, last, o->at_ns - last_ns, &near);
		if (!near && ++astray < BEGIN_ASTRAY)
			continue;
		astray = 0;
		last = place;
		last_ns = o->at_ns;
		if (uart_is_mark(o))
			continue;
		places[k] = place;
		falls[place]++;
	}
	for (i = 1; i < UART_BITS; i++)
		if (falls[i] > falls[best])
			best = i;
	for (i = 0; i < UART_BITS; i++)
		if (i != best && falls[i] > second)
			second = falls[i];
	if (!enough && falls[best] <= second + BEGIN_AHEAD)
		return false;
	/* Three of four frames, and none of its rivals as often. */
	span_ns = u->queue[u->n - 1].at_ns - u->queue[0].at_ns;
	u->begin_known = 4LL * falls[best] * uart_frame_ns(u) > 3 * span_ns &&
			 falls[best] > second + BEGIN_CLEAR;
	for (k = 0; k < u->n; k++) {
		/* So few say nothing: then the first fall is as good as any. */
		if (falls[best] < BEGIN_FALLS ? uart_is_fall(&u->queue[k]) : places[k] == best)
			break;
	}
	uart_consume(u, k);

	return true;
}

/**
 * uart_goes_on() - has a frame begun whose start bit was not seen?
 * @u: the line, at mark
 * @begin_ns: when the frame would begin
 * @wait: set if more observations are needed to tell
 *
 * Context: any.
 * Return: true if edges follow within a frame.
 */
bool uart_goes_on(const struct uart *u, s64 begin_ns, bool *wait)
{
	s64 end_ns = begin_ns + u->timing.begin[UART_BIT_STOP];
	u16 k;

	for (k = 1; k < u->n && u->queue[k].at_ns < end_ns; k++)
		if (!uart_is_look(&u->queue[k]))
			return true;
	*wait = k == u->n;

	return false;
}

/**
 * uart_is_chained() - does a frame follow the one before back to back?
 * @u: the line
 * @o: the first observation that may be of the frame
 * @wait: set if more observations are needed to tell
 *
 * Context: any.
 * Return: true if it does, and @o is of it.
 */
bool uart_is_chained(const struct uart *u, const struct uart_obs *o, bool *wait)
{
	s64 late_ns = o->at_ns - u->next_ns;
	s32 bit_ns = u->timing.bit_ns;
	s32 max_ns = u->chain >= UART_CHAIN_SURE ? UART_LATE_MAX_NS : bit_ns / 2;

	/* A steady sender does not pause: whatever comes within the frame is of it. */
	if (u->steady && max_ns < u->timing.begin[UART_BIT_STOP])
		max_ns = u->timing.begin[UART_BIT_STOP];
	if (!u->chain || (uart_is_look(o) && uart_is_mark(o) && !u->due))
		return false;
	if (u->due && uart_is_mark(o))
		return late_ns > bit_ns / 2 && late_ns <= max_ns + bit_ns &&
		       uart_goes_on(u, u->next_ns, wait);

	return late_ns >= -bit_ns / 8 && late_ns <= max_ns + (u->due ? bit_ns : 0);
}

/**
 * uart_lose_chain() - a frame did not follow the one before back to back
 * @u: the line
 * @now_ns: when there was an edge that is none of the frame that was expected
 *
 * A steady sender does not pause for less than a frame: it is rather that a frame
 * was missed.  Of others a pause is certain only where no interrupt is that late.
 *
 * Context: any.
 */
void uart_lose_chain(struct uart *u, s64 now_ns)
{
	s64 pause_ns = now_ns - u->next_ns;

	if (u->steady && pause_ns < u->timing.begin[UART_BIT_STOP]) {
		u->synced = false;
		u->steady = false;
		u->begin_known = false;
	}
	if (pause_ns <= UART_LATE_MAX_NS)
		u->begin_known = false;
	u->chain = 0;
	u->due = false;
}

/**
 * uart_shows_pause() - does an observation prove that the sender pauses?
 * @u: the line
 * @o: the observation
 *
 * It does if the next frame would have begun, but a look on time finds the line at
 * mark.  A look just after another interrupt proves nothing: the edge may be pending.
 *
 * Context: any.
 * Return: true if it does.
 */
bool uart_shows_pause(const struct uart *u, const struct uart_obs *o)
{
	s32 bit_ns = u->timing.bit_ns;

	return uart_is_look(o) && uart_is_mark(o) && o->at_ns - u->next_ns > bit_ns / 8 &&
	       (s32)o->late_ns - u->timing.latency_ns < bit_ns / 8 &&
	       o->at_ns - u->before_ns > bit_ns / 2;
}
