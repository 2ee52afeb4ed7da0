/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints gnss_gpio:*: the way of a byte from the line to the fix.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM gnss_gpio

#if !defined(GNSS_GPIO_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define GNSS_GPIO_TRACE_H

#include <linux/tracepoint.h>

#include "compat.h"
#include "nmea.h"
#include "uapi/gnss-gpio.h"
#include "uart.h"

TRACE_EVENT(gnss_gpio_edge,
	TP_PROTO(int id, s64 now_ns),
	TP_ARGS(id, now_ns),
	TP_STRUCT__entry(
		__field(int, id)
		__field(s64, now_ns)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->now_ns = now_ns;
	),
	TP_printk("gnss_gpio%d now_ns=%lld", __entry->id, __entry->now_ns)
);

TRACE_EVENT(gnss_gpio_byte,
	TP_PROTO(int id, const struct uart_byte *byte),
	TP_ARGS(id, byte),
	TP_STRUCT__entry(
		__field(int, id)
		__field(s64, start_ns)
		__field(u32, span_ns)
		__field(u8, value)
		__field(u8, flags)
		__array(u8, margin, 8)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->start_ns = byte->start_ns;
		__entry->span_ns = byte->span_ns;
		__entry->value = byte->value;
		__entry->flags = byte->flags;
		memcpy(__entry->margin, byte->margin, 8);
	),
	TP_printk("gnss_gpio%d value=0x%02x margin=%s start_ns=%lld span_ns=%u %s",
		  __entry->id, __entry->value,
		  __print_hex_str(__entry->margin, 8), __entry->start_ns,
		  __entry->span_ns,
		  __print_flags(__entry->flags, "|",
				{ UART_FRAMING_ERROR, "framing_error" },
				{ UART_BREAK, "break" },
				{ UART_DOUBTFUL, "doubtful" },
				{ UART_LOST_BEFORE, "lost_before" }))
);

TRACE_EVENT(gnss_gpio_kick,
	TP_PROTO(int id, const char *bottom_half, bool pending),
	TP_ARGS(id, bottom_half, pending),
	TP_STRUCT__entry(
		__field(int, id)
		__string(bottom_half, bottom_half)
		__field(bool, pending)
	),
	TP_fast_assign(
		__entry->id = id;
		gnss_gpio_compat_assign_str(bottom_half, bottom_half);
		__entry->pending = pending;
	),
	TP_printk("gnss_gpio%d %s%s", __entry->id, __get_str(bottom_half),
		  __entry->pending ? " pending" : "")
);

TRACE_EVENT(gnss_gpio_drain,
	TP_PROTO(int id, const char *bottom_half, unsigned int frames,
		 s64 wait_ns, s64 length_ns),
	TP_ARGS(id, bottom_half, frames, wait_ns, length_ns),
	TP_STRUCT__entry(
		__field(int, id)
		__string(bottom_half, bottom_half)
		__field(unsigned int, frames)
		__field(s64, wait_ns)
		__field(s64, length_ns)
	),
	TP_fast_assign(
		__entry->id = id;
		gnss_gpio_compat_assign_str(bottom_half, bottom_half);
		__entry->frames = frames;
		__entry->wait_ns = wait_ns;
		__entry->length_ns = length_ns;
	),
	TP_printk("gnss_gpio%d %s frames=%u wait_ns=%lld length_ns=%lld",
		  __entry->id, __get_str(bottom_half), __entry->frames,
		  __entry->wait_ns, __entry->length_ns)
);

/* For trace-cmd and perf, which have but the format's text. */
TRACE_DEFINE_ENUM(NMEA_USED);
TRACE_DEFINE_ENUM(NMEA_IGNORED);
TRACE_DEFINE_ENUM(NMEA_MALFORMED);
TRACE_DEFINE_ENUM(NMEA_CHECKSUM_ERROR);
TRACE_DEFINE_ENUM(NMEA_AMBIGUOUS);
TRACE_DEFINE_ENUM(NMEA_NO_CHECKSUM);
TRACE_DEFINE_ENUM(NMEA_GARBLED);
TRACE_DEFINE_ENUM(NMEA_TOO_LONG);

TRACE_EVENT(gnss_gpio_sentence,
	TP_PROTO(int id, const struct nmea_sentence *sentence),
	TP_ARGS(id, sentence),
	TP_STRUCT__entry(
		__field(int, id)
		__field(s64, start_ns)
		__field(u16, len)
		__field(u8, verdict)
		__field(u8, doubtful)
		__field(bool, repaired)
		__array(char, address, 8)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->start_ns = sentence->start_ns;
		__entry->len = sentence->len;
		__entry->verdict = sentence->verdict;
		__entry->doubtful = sentence->doubtful;
		__entry->repaired = sentence->repaired;
		strscpy(__entry->address, sentence->text, 8);
	),
	TP_printk("gnss_gpio%d %s %s%s len=%u doubtful=%u start_ns=%lld",
		  __entry->id, __entry->address,
		  __print_symbolic(__entry->verdict,
				   { NMEA_USED, "used" },
				   { NMEA_IGNORED, "ignored" },
				   { NMEA_MALFORMED, "malformed" },
				   { NMEA_CHECKSUM_ERROR, "checksum_error" },
				   { NMEA_AMBIGUOUS, "ambiguous" },
				   { NMEA_NO_CHECKSUM, "no_checksum" },
				   { NMEA_GARBLED, "garbled" },
				   { NMEA_TOO_LONG, "too_long" }),
		  __entry->repaired ? " repaired" : "", __entry->len,
		  __entry->doubtful, __entry->start_ns)
);

TRACE_EVENT(gnss_gpio_fix,
	TP_PROTO(int id, const struct gnss_gpio_fix *fix),
	TP_ARGS(id, fix),
	TP_STRUCT__entry(
		__field(int, id)
		__field(u64, seq)
		__field(u32, valid)
		__field(u8, mode)
		__field(u16, sentences)
		__field(s64, received_ns)
		__field(s64, published_ns)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->seq = fix->seq;
		__entry->valid = fix->valid;
		__entry->mode = fix->mode;
		__entry->sentences = fix->sentences;
		__entry->received_ns = fix->received_ns;
		__entry->published_ns = fix->published_ns;
	),
	TP_printk("gnss_gpio%d seq=%llu mode=%u valid=0x%x sentences=%u received_ns=%lld published_ns=%lld",
		  __entry->id, __entry->seq, __entry->mode, __entry->valid,
		  __entry->sentences, __entry->received_ns,
		  __entry->published_ns)
);

#endif /* GNSS_GPIO_TRACE_H */

/* This part must be outside the guard. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
