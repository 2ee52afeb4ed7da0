// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a receiver's UART makes of its RXD line.
 */
#include "rxd.h"

#define PS_PER_NS	1000

void rxd_init(struct rxd *rxd)
{
	*rxd = (struct rxd){ .level = true };
}

/* The middle of bit @n, in ns since the start edge. */
static u64 middle_ns(const struct rxd *rxd, u8 n)
{
	return div_u64((u64)(2 * n + 1) * rxd->bit_ps / 2, PS_PER_NS);
}

bool rxd_sample(struct rxd *rxd, u64 t_ns)
{
	while (rxd->active && rxd->start_ns + middle_ns(rxd, rxd->bit) <= t_ns) {
		/* A pulse that is shorter than half a bit starts nothing. */
		if (!rxd->bit && rxd->level)
			rxd->active = false;
		rxd->frame |= rxd->level << rxd->bit++;
		if (rxd->bit == RXD_FRAME_BITS) {
			rxd->active = false;
			return true;
		}
	}

	return false;
}

static void take_error(struct rxd *rxd, u64 t_ns)
{
	u64 ps = (t_ns - rxd->start_ns) * PS_PER_NS;
	u64 bit = div_u64(ps + rxd->bit_ps / 2, rxd->bit_ps) * rxd->bit_ps;
	u64 error_ns = div_u64(ps > bit ? ps - bit : bit - ps, PS_PER_NS);

	if (error_ns > rxd->edge_error_max_ns)
		rxd->edge_error_max_ns = error_ns;
}

void rxd_edge(struct rxd *rxd, u64 t_ns, bool level, u32 bit_ps)
{
	if (level == rxd->level)
		return;
	rxd->level = level;
	if (rxd->active) {
		take_error(rxd, t_ns);
	} else if (!level) {
		rxd->active = true;
		rxd->bit = 0;
		rxd->frame = 0;
		rxd->bit_ps = bit_ps;
		rxd->start_ns = t_ns;
	}
}
