// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a bit of the sender is, from the times of edges alone.
 *
 * No frame has to be understood for that: whatever is sent, edges are whole bits
 * apart.  With a wrong clock they are not, the less the farther apart they are.  So
 * the first pass takes edges next to each other, which no clock within 5.5 % can be
 * wrong about by half a bit, and each next pass those farther apart, and clocks
 * nearer to the one that was best.
 */
#include "uart_clock.h"

/* Clocks that are tried in a pass, to each side of the middle. */
#define TRIED		11

/* Distances that are taken in a pass, in bits, and its steps, in parts of a bit. */
struct pass {
	u16 bits;
	u16 step_part;
};

/* From edge to edge, then beyond frames; or within them, if the sender pauses. */
static const struct pass near_pass = { 8, 200 }, far_passes[] = { { 40, 800 }, { 160, 3200 } };
static const struct pass frame_pass = { 9, 800 };

/* Edges are nearer to where bits begin than this part of a bit, on average. */
#define FIT_PART	6

/*
 * Distances beyond a frame fit by no more than FAR_FIT * x + bit / FAR_PART, where x is
 * what those within it fit by.  One late edge among them makes 1 / 20 bit of it, pauses
 * 1 / 4 bit.
 */
#define FAR_FIT		2
#define FAR_PART	24

/* A part of a bit in favour of the middle, for each edge and step beside it. */
#define PREJUDICE_PART	2048

static u32 misfit(u64 distance, u32 bit)
{
	u32 beside;

	div_u64_rem(distance, bit, &beside);

	return beside < bit - beside ? beside : bit - beside;
}

/* How far the edges are from whole bits, on average. */
static u32 misfit_of(const u32 *edge_ns, u32 n, u32 bit, u64 reach)
{
	u32 anchor_ns = edge_ns[0], taken = 0, i;
	u64 sum = 0;

	for (i = 1; i < n; i++) {
		u64 distance = (u64)(edge_ns[i] - anchor_ns) * UART_CLOCK_UNIT;

		if (distance <= reach) {
			sum += misfit(distance, bit);
			taken++;
		}
		/* Within frames it is from edge to edge. */
		if (distance > reach || reach < (u64)bit * 10)
			anchor_ns = edge_ns[i];
	}

	return taken ? div_u64(sum, taken) : bit / 2;
}

static u32 run_pass(const struct pass *pass, const u32 *edge_ns, u32 n, u32 middle,
		    u32 *least)
{
	u64 reach = (u64)middle * pass->bits + middle / 2;
	u32 step = middle / pass->step_part, best = middle, found;
	s32 i;

	*least = ~0U;
	for (i = -TRIED; i <= TRIED; i++) {
		found = misfit_of(edge_ns, n, middle + i * step, reach) +
			(u32)(i < 0 ? -i : i) * (middle / PREJUDICE_PART);
		if (found < *least) {
			*least = found;
			best = middle + i * step;
		}
	}

	return best;
}

/**
 * uart_clock_find() - find the duration of a bit
 * @edge_ns: when edges were seen, the low 32 bits of a time
 * @n: how many
 * @nominal_ns: duration of a bit by the baud rate
 * @bit: the best duration, in 1 / UART_CLOCK_UNIT ns
 *
 * Context: any; some 9000 divisions for 96 edges.
 * Return: true if the edges are so near to whole bits that it can be relied on.
 */
bool uart_clock_find(const u32 *edge_ns, u32 n, u32 nominal_ns, u32 *bit)
{
	u32 near, far, found, i;

	*bit = run_pass(&near_pass, edge_ns, n, nominal_ns * UART_CLOCK_UNIT, &near);
	for (i = 0; i < ARRAY_SIZE(far_passes); i++) {
		found = run_pass(&far_passes[i], edge_ns, n, *bit, &far);
		/* With pauses that are no whole bits it fits worse. */
		if (far > FAR_FIT * near + *bit / FAR_PART) {
			*bit = run_pass(&frame_pass, edge_ns, n, *bit, &near);
			break;
		}
		*bit = found;
	}

	return near < *bit / FIT_PART;
}
