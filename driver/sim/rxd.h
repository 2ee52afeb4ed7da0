/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a receiver's UART (8N1) makes of its RXD line: it samples the line in the
 * middle of each bit, counted from the start edge.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.
 */
#ifndef GNSS_GPIO_SIM_RXD_H
#define GNSS_GPIO_SIM_RXD_H

#include "../pure.h"

#define RXD_FRAME_BITS	10

/**
 * struct rxd - the line, and the frame under way
 * @level: of the line
 * @active: a frame is under way
 * @bit: that is sampled next
 * @frame: what was sampled: start bit (bit 0), data, stop bit
 * @bit_ps: duration of a bit, 1e-12 s
 * @start_ns: of the start edge
 * @edge_error_max_ns: how far an edge of a frame was at worst from where a bit begins
 */
struct rxd {
	bool level;
	bool active;
	u8 bit;
	u16 frame;
	u32 bit_ps;
	u64 start_ns;
	u32 edge_error_max_ns;
};

/* The line is at rest. */
void rxd_init(struct rxd *rxd);

/* Samples up to @t_ns.  Returns true if that completes a frame. */
bool rxd_sample(struct rxd *rxd, u64 t_ns);

/* The line changes, after rxd_sample(); a frame that begins has bits of @bit_ps. */
void rxd_edge(struct rxd *rxd, u64 t_ns, bool level, u32 bit_ps);

/* Of a frame that is complete: has it a stop bit, and its byte. */
static inline bool rxd_has_stop(const struct rxd *rxd)
{
	return rxd->frame >> (RXD_FRAME_BITS - 1) & 1;
}

static inline u8 rxd_byte(const struct rxd *rxd)
{
	return rxd->frame >> 1;
}

#endif /* GNSS_GPIO_SIM_RXD_H */
