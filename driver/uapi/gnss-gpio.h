/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * User-space interface of the gnss-gpio driver.
 *
 * /dev/gnss-nmeaN gives the received byte stream, /dev/gnss-fixN gives one
 * struct gnss_gpio_fix per epoch, and, to a file that asks for it with
 * GNSS_GPIO_SET_RECORDS, one struct gnss_gpio_sky after each.  Every open file has
 * a position of its own, which starts at "now".  What is written to /dev/gnss-nmeaN
 * is sent to the receiver.
 */
#ifndef _UAPI_GNSS_GPIO_H
#define _UAPI_GNSS_GPIO_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Version of this interface; grows when a field or a meaning is added. */
#define GNSS_GPIO_ABI_VERSION	4

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
#define GNSS_GPIO_VALID_HEADING		0x2000	/* heading_1e5 */
#define GNSS_GPIO_VALID_ALT_HAE		0x4000	/* alt_hae_mm */
#define GNSS_GPIO_VALID_ERR_RMS		0x8000	/* err_rms_mm */
#define GNSS_GPIO_VALID_ERR_ELLIPSE	0x10000	/* err_major_mm, err_minor_mm,
						 * err_orient_1e5
						 */
#define GNSS_GPIO_VALID_ERR_POSITION	0x20000	/* err_lat_mm, err_lon_mm */
#define GNSS_GPIO_VALID_ERR_ALTITUDE	0x40000	/* err_alt_mm */
#define GNSS_GPIO_VALID_DATUM		0x80000	/* datum */

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

/* gnss_gpio_fix.antenna: what the receiver said last of its antenna, in TXT */
#define GNSS_GPIO_ANTENNA_UNKNOWN	0
#define GNSS_GPIO_ANTENNA_OK		1
#define GNSS_GPIO_ANTENNA_OPEN		2
#define GNSS_GPIO_ANTENNA_SHORT		3

/**
 * struct gnss_gpio_record - what all records begin with
 * @size: bytes of this record; step by it
 * @type: GNSS_GPIO_RECORD_*; a fix has its "valid" here, and the top bit clear
 * @seq: of the epoch
 *
 * Skip records of a type that is not known.  A file that did not ask for others
 * only gets fixes.
 */
struct gnss_gpio_record {
	__u32 size;
	__u32 type;
	__u64 seq;
};

/* Bit of gnss_gpio_record.type: it is no fix. */
#define GNSS_GPIO_RECORD_OTHER	0x80000000U

#define GNSS_GPIO_RECORD_SKY	(GNSS_GPIO_RECORD_OTHER | 1)

/* Bits of what GNSS_GPIO_SET_RECORDS asks for, besides fixes. */
#define GNSS_GPIO_WANT_SKY	0x1

/*
 * No record will ever be longer.  read() of a file that asked for more than fixes
 * takes no smaller buffer.
 */
#define GNSS_GPIO_RECORD_MAX	4096

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
 * @heading_1e5: true heading (not course) of HDT or THS, 1e-5 degree
 * @alt_hae_mm: altitude above the ellipsoid, mm; of PUBX,00 only
 * @err_rms_mm: RMS of the residuals of the ranges, mm; this and what follows to
 *		@err_alt_mm is what GST says, standard deviations
 * @err_major_mm: semi-major axis of the error ellipse, mm
 * @err_minor_mm: semi-minor axis of the error ellipse, mm
 * @err_orient_1e5: direction of the semi-major axis, 1e-5 degree from true north
 * @err_lat_mm: error of the latitude, mm
 * @err_lon_mm: error of the longitude, mm
 * @err_alt_mm: error of the altitude, mm
 * @datum: what the position refers to, as the last DTM says: W84, P90, 999 ...;
 *	   not terminated, filled up with 0
 * @antenna: GNSS_GPIO_ANTENNA_*
 * @reserved: 0
 *
 * @received_ns and @published_ns came with ABI version 2; before, they were 0.
 * GNSS_GPIO_MODE_UNKNOWN came with version 3; before, it was NO_FIX.  @heading_1e5
 * and all that follows came with version 4.
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
	__u32 heading_1e5;
	__s32 alt_hae_mm;
	__u32 err_rms_mm;
	__u32 err_major_mm;
	__u32 err_minor_mm;
	__u32 err_orient_1e5;
	__u32 err_lat_mm;
	__u32 err_lon_mm;
	__u32 err_alt_mm;
	char datum[4];
	__u8 antenna;
	__u8 reserved[7];
};

/* The record of version 1: read() accepts no smaller buffer. */
#define GNSS_GPIO_FIX_SIZE_V1	112

/* gnss_gpio_satellite.system, numbered as in NMEA 4.11, where 0 is no system. */
#define GNSS_GPIO_SYSTEM_SBAS		0
#define GNSS_GPIO_SYSTEM_GPS		1
#define GNSS_GPIO_SYSTEM_GLONASS	2
#define GNSS_GPIO_SYSTEM_GALILEO	3
#define GNSS_GPIO_SYSTEM_BEIDOU		4
#define GNSS_GPIO_SYSTEM_QZSS		5
#define GNSS_GPIO_SYSTEM_NAVIC		6

/* Bits of gnss_gpio_satellite.flags; the first three say which fields carry a value. */
#define GNSS_GPIO_SATELLITE_ELEVATION	0x01
#define GNSS_GPIO_SATELLITE_AZIMUTH	0x02
#define GNSS_GPIO_SATELLITE_SNR		0x04
#define GNSS_GPIO_SATELLITE_USED	0x08	/* in the solution, as GSA says */

/**
 * struct gnss_gpio_satellite - one signal of a satellite in view
 * @system: GNSS_GPIO_SYSTEM_*
 * @svid: its number within the system, from 1 on; of SBAS its PRN, 120 and above
 * @number: its number as the receiver sent it: 1 to 64 of a system's own talker, or
 *	    of all systems together 1.. GPS, 33.. SBAS, 65.. GLONASS, 120.. SBAS,
 *	    193.. QZSS, 201.. BeiDou, 301.. Galileo, 401.. BeiDou
 * @signal: identity of the signal, numbered as in NMEA 4.11; 0: not told
 * @snr: carrier to noise, dBHz
 * @elevation: degrees, -90 to 90
 * @flags: GNSS_GPIO_SATELLITE_* bits; a field whose bit is clear is 0
 * @azimuth: degrees from true north, 0 to 359
 */
struct gnss_gpio_satellite {
	__u8 system;
	__u8 svid;
	__u16 number;
	__u8 signal;
	__u8 snr;
	__s8 elevation;
	__u8 flags;
	__u16 azimuth;
};

/* Signals of satellites in a record: 60 satellites of which three each are tracked. */
#define GNSS_GPIO_SATELLITES_MAX	180

/**
 * struct gnss_gpio_sky - the satellites in view, as the GSV of an epoch list them
 * @size: bytes of this record, @satellites of @satellite included
 * @type: GNSS_GPIO_RECORD_SKY
 * @seq: that of the fix of the same epoch, which comes before
 * @satellites: entries of @satellite
 * @satellite_size: bytes of each; step by it, later versions may append fields
 * @omitted: signals for which there was no room
 * @groups: groups of GSV that came whole, one for each talker and signal; 0: the
 *	    receiver told nothing of satellites in this epoch, as most do not in each
 * @incomplete: groups of which a sentence is missing; none of their satellites is
 *		listed, as it would seem that the others have set
 * @reserved: 0
 * @satellite: each signal of each satellite once, in the order of the sentences
 *
 * The layout is the same on 32 and 64 bit and has no holes.
 */
struct gnss_gpio_sky {
	__u32 size;
	__u32 type;
	__u64 seq;
	__u16 satellites;
	__u16 satellite_size;
	__u16 omitted;
	__u8 groups;
	__u8 incomplete;
	__u64 reserved;
	struct gnss_gpio_satellite satellite[GNSS_GPIO_SATELLITES_MAX];
};

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
 * @count: how many there were; from 4294967295 on all stays as it is
 * @sum_ns: their sum, ns
 * @min_ns: the shortest, ns; 0 if there was none
 * @max_ns: the longest, ns
 * @bucket: how many fell into each bucket
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

/*
 * Of a fix device: which records this file gets besides fixes, GNSS_GPIO_WANT_* bits,
 * from now on.  -ENOTTY: another device; -EINVAL: a bit that this driver does not
 * know.
 */
#define GNSS_GPIO_SET_RECORDS	_IOW('G', 0xe3, __u32)

#endif /* _UAPI_GNSS_GPIO_H */
