/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * User-space interface of the gnss-gpio driver.
 *
 * /dev/gnss-nmeaN gives the received byte stream, /dev/gnss-fixN gives one
 * struct gnss_gpio_fix per epoch.  Every open file has a position of its own,
 * which starts at "now".
 */
#ifndef _UAPI_GNSS_GPIO_H
#define _UAPI_GNSS_GPIO_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Version of this interface; grows when a field or a meaning is added. */
#define GNSS_GPIO_ABI_VERSION	3

/* Bits of gnss_gpio_fix.valid: which fields carry a value. */
#define GNSS_GPIO_VALID_TIME		0x0001	/* tod_ms */
#define GNSS_GPIO_VALID_DATE		0x0002	/* utc_ms */
#define GNSS_GPIO_VALID_POSITION	0x0004	/* lat_nd, lon_nd */
#define GNSS_GPIO_VALID_ALTITUDE	0x0008	/* alt_msl_mm */
#define GNSS_GPIO_VALID_GEOID_SEP	0x0010	/* geoid_sep_mm */
#define GNSS_GPIO_VALID_SPEED		0x0020	/* speed_mm_s */
#define GNSS_GPIO_VALID_COURSE		0x0040	/* course_1e5 */
#define GNSS_GPIO_VALID_PDOP		0x0080	/* pdop_c */
#define GNSS_GPIO_VALID_HDOP		0x0100	/* hdop_c */
#define GNSS_GPIO_VALID_VDOP		0x0200	/* vdop_c */
#define GNSS_GPIO_VALID_SATS_USED	0x0400	/* sats_used */
#define GNSS_GPIO_VALID_SATS_IN_VIEW	0x0800	/* sats_in_view */
#define GNSS_GPIO_VALID_QUALITY		0x1000	/* quality */

/* gnss_gpio_fix.mode, numbered as in GSA and gpsd. */
#define GNSS_GPIO_MODE_UNKNOWN	0	/* nothing was said of a fix */
#define GNSS_GPIO_MODE_NO_FIX	1
#define GNSS_GPIO_MODE_2D	2
#define GNSS_GPIO_MODE_3D	3

/* gnss_gpio_fix.quality, numbered as in GGA. */
#define GNSS_GPIO_QUALITY_INVALID	0
#define GNSS_GPIO_QUALITY_GPS		1
#define GNSS_GPIO_QUALITY_DGPS		2
#define GNSS_GPIO_QUALITY_PPS		3
#define GNSS_GPIO_QUALITY_RTK_FIXED	4
#define GNSS_GPIO_QUALITY_RTK_FLOAT	5
#define GNSS_GPIO_QUALITY_ESTIMATED	6
#define GNSS_GPIO_QUALITY_MANUAL	7
#define GNSS_GPIO_QUALITY_SIMULATED	8

/**
 * struct gnss_gpio_fix - what the receiver said about one epoch
 * @size: bytes of this record; step by it, later versions append fields
 * @seq: number of the record; a gap of n tells that n records were missed
 * @valid: GNSS_GPIO_VALID_* bits; a field whose bit is clear is 0
 * @utc_ms: UTC of the epoch in ms since 1970-01-01, leap seconds not counted
 * @monotonic_ns: CLOCK_MONOTONIC of the first start bit of the epoch
 * @realtime_ns: CLOCK_REALTIME of the same instant
 * @lat_nd: latitude, 1e-9 degree, north positive, +-90e9
 * @lon_nd: longitude, 1e-9 degree, east positive, +-180e9
 * @alt_msl_mm: altitude above mean sea level, mm
 * @geoid_sep_mm: geoid separation (geoid above the ellipsoid), mm
 * @speed_mm_s: speed over ground, mm/s
 * @course_1e5: course over ground, 1e-5 degree from true north, 0..36000000
 * @tod_ms: UTC time of day, ms since midnight (a leap second is 86400000...)
 * @pdop_c: position dilution of precision, 1/100
 * @hdop_c: horizontal dilution of precision, 1/100
 * @vdop_c: vertical dilution of precision, 1/100
 * @mode: GNSS_GPIO_MODE_*
 * @quality: GNSS_GPIO_QUALITY_*
 * @sats_used: satellites used in the solution
 * @sats_in_view: satellites in view, all constellations
 * @sentences: sentences that formed this epoch
 * @received_ns: CLOCK_MONOTONIC of the end of the last byte of the sentence that
 *		completed the epoch; 0 when silence or the next epoch did
 * @published_ns: CLOCK_MONOTONIC of when the record was made
 * @reserved: 0
 *
 * @received_ns and @published_ns came with ABI version 2; before, they were 0.
 * GNSS_GPIO_MODE_UNKNOWN came with version 3; before, it was NO_FIX.
 *
 * The layout is the same on 32 and 64 bit and has no holes.  A position is
 * given only with @mode 2D or 3D.
 */
struct gnss_gpio_fix {
	__u32 size;
	__u32 valid;
	__u64 seq;
	__s64 utc_ms;
	__s64 monotonic_ns;
	__s64 realtime_ns;
	__s64 lat_nd;
	__s64 lon_nd;
	__s32 alt_msl_mm;
	__s32 geoid_sep_mm;
	__u32 speed_mm_s;
	__u32 course_1e5;
	__u32 tod_ms;
	__u16 pdop_c;
	__u16 hdop_c;
	__u16 vdop_c;
	__u8 mode;
	__u8 quality;
	__u8 sats_used;
	__u8 sats_in_view;
	__u16 sentences;
	__s64 received_ns;
	__s64 published_ns;
	__u32 reserved[2];
};

/* The record of version 1: read() accepts no smaller buffer. */
#define GNSS_GPIO_FIX_SIZE_V1	112

/**
 * struct gnss_gpio_info - about the device behind an open file
 * @abi_version: GNSS_GPIO_ABI_VERSION of the driver
 * @fix_size: bytes of the driver's struct gnss_gpio_fix
 * @lost: bytes (nmea) or records (fix) that this open file was too slow for
 */
struct gnss_gpio_info {
	__u32 abi_version;
	__u32 fix_size;
	__u64 lost;
};

/*
 * Histograms of durations have buckets of at most 1/16 relative width: below 16
 * ns one each; above, 16 to each power of two.  For a duration v of n bits,
 * n > 4, the number of its bucket is 16 * (n - 5) + (v >> (n - 5)).  The last
 * bucket also takes all that is longer (34 s).
 */
#define GNSS_GPIO_HIST_BUCKETS	512

/**
 * struct gnss_gpio_hist - a distribution of durations
 * @count: how many there were
 * @sum_ns: their sum, ns
 * @min_ns: the shortest, ns; 0 if there was none
 * @max_ns: the longest, ns
 * @bucket: how many fell into each bucket; once one is full, all stays as it is
 */
struct gnss_gpio_hist {
	__u64 count;
	__u64 sum_ns;
	__u64 min_ns;
	__u64 max_ns;
	__u32 bucket[GNSS_GPIO_HIST_BUCKETS];
};

/* gnss_gpio_latency.flags */
#define GNSS_GPIO_LATENCY_CURRENT	0x0001	/* this bottom half is at work */

/**
 * struct gnss_gpio_latency - what one bottom half did since the last reset
 * @size: bytes of this structure
 * @index: in: number of the bottom half, from 0 on
 * @flags: GNSS_GPIO_LATENCY_*
 * @baud: rate of the line
 * @name: of the bottom half, as in the attribute bottom_half
 * @reset_ns: CLOCK_MONOTONIC of the last reset
 * @now_ns: CLOCK_MONOTONIC of this snapshot
 * @kicks: times that the top half asked for the bottom half
 * @kicks_pending: of these, times that it had been asked for and not yet begun
 * @drains: runs of the bottom half
 * @drains_empty: of these, runs that found nothing to do
 * @bytes: bytes that it took
 * @bytes_max: most bytes in one run
 * @fifo_max: most observations of the line (edges, looks) that waited for it
 * @overruns: observations lost because it did not come in time
 * @hardirq: runs in hard IRQ context
 * @softirq: runs in softirq context, but for those of a softirq's thread
 * @ksoftirqd: runs in a thread of softirqs (ksoftirqd, on PREEMPT_RT ktimers)
 * @process: runs in another process
 * @cpu_changes: runs on another CPU than the run before
 * @fixes: fixes published with the sentence that completed their epoch
 * @fixes_waited: fixes that had to wait for silence or the next epoch; not in
 *		  @publish
 * @reserved: 0
 * @start: kick -> drain entered
 * @drain: length of the drain
 * @publish: end of the last byte of the sentence that completes the epoch ->
 *	     fix published
 *
 * All of it is of one instant.
 */
struct gnss_gpio_latency {
	__u32 size;
	__u32 index;
	__u32 flags;
	__u32 baud;
	char name[32];
	__s64 reset_ns;
	__s64 now_ns;
	__u64 kicks;
	__u64 kicks_pending;
	__u64 drains;
	__u64 drains_empty;
	__u64 bytes;
	__u64 bytes_max;
	__u64 fifo_max;
	__u64 overruns;
	__u64 hardirq;
	__u64 softirq;
	__u64 ksoftirqd;
	__u64 process;
	__u64 cpu_changes;
	__u64 fixes;
	__u64 fixes_waited;
	__u64 reserved[7];
	struct gnss_gpio_hist start;
	struct gnss_gpio_hist drain;
	struct gnss_gpio_hist publish;
};

/* -ENODEV, as from all of them: the receiver is gone */
#define GNSS_GPIO_GET_INFO	_IOR('G', 0xe0, struct gnss_gpio_info)

/* -ENOENT: there is no bottom half with that number */
#define GNSS_GPIO_GET_LATENCY	_IOWR('G', 0xe1, struct gnss_gpio_latency)

/* Of all bottom halves; -EBADF: the file is not open for writing */
#define GNSS_GPIO_RESET_LATENCY	_IO('G', 0xe2)

#endif /* _UAPI_GNSS_GPIO_H */
