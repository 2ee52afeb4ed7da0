/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rooms of the simulator share.
 */
#ifndef GNSS_GPIO_SIM_H
#define GNSS_GPIO_SIM_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kfifo.h>
#include <linux/mutex.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "rxd.h"
#include "waveform.h"

struct gpiod_lookup_table;
struct platform_device;
struct task_struct;

#define SIM_RECEIVERS_MAX	16

#define SIM_BAUD_MIN		300
#define SIM_BAUD_MAX		921600

/* Bytes that wait to be played, a power of two. */
#define SIM_QUEUE_BYTES		65536

/* Bytes of RXD that wait to be read, a power of two. */
#define SIM_HEARD_BYTES		16384

enum sim_line_offset {
	SIM_LINE_TXD,		/* what the receiver sends */
	SIM_LINE_RXD,		/* what it is sent */
	SIM_LINE_PPS,		/* its pulse a second */
	SIM_LINES
};

/**
 * struct sim_knobs - how the receiver sends; taken over when a run begins
 * @baud: nominal rate
 * @skew_ppm: how much faster its clock is than nominal, 1e-6
 * @jitter_ns: each edge comes late by 0..jitter_ns
 * @glitch_ppm: chance of a glitch in a bit, 1e-6
 * @glitch_ns: width of a glitch
 * @hold_bit: first bit of the run at which the line is held
 * @hold_bits: for so many
 * @hold_level: at this level
 * @seed: of all that is drawn by lot
 */
struct sim_knobs {
	u32 baud;
	s32 skew_ppm;
	u32 jitter_ns;
	u32 glitch_ppm;
	u32 glitch_ns;
	u32 hold_bit;
	u32 hold_bits;
	u32 hold_level;
	u32 seed;
};

/**
 * struct sim_irqoff - windows with interrupts off on the line's CPU
 * @max_us: a window lasts 0..max_us, uniformly; 0 is none
 * @period_us: the next comes after period_us..2 * period_us, uniformly
 * @task: makes them
 * @windows: how many there were
 */
struct sim_irqoff {
	u32 max_us;
	u32 period_us;
	struct task_struct *task;
	unsigned long windows;
};

/**
 * struct sim_listen - what comes on RXD
 * @rxd: the line, and the byte under way
 * @heard: bytes that wait to be read
 * @bytes: how many came
 * @framing_errors: how many had no stop bit, and are dropped
 * @lost: how many came while @heard was full
 */
struct sim_listen {
	struct rxd rxd;
	DECLARE_KFIFO(heard, u8, SIM_HEARD_BYTES);
	unsigned long bytes;
	unsigned long framing_errors;
	unsigned long lost;
};

/**
 * struct sim_pps - the pulse
 * @bind: the line is the gnss-gpio device's, too
 * @utc_ns: the receiver's clock less CLOCK_MONOTONIC
 * @period_us: from pulse to pulse
 * @lock: protects all below
 * @timer: raises the edges
 * @trigger: WAVEFORM_* edges that interrupt
 * @unmasked: the interrupt is on
 * @next_ns: the next edge to be raised; in the past, if it is masked
 */
struct sim_pps {
	bool bind;
	u64 utc_ns;
	u32 period_us;
	raw_spinlock_t lock;
	struct hrtimer timer;
	unsigned int trigger;
	bool unmasked;
	u64 next_ns;
};

/**
 * struct sim - one simulated receiver
 * @dev: the class device, whose release frees this
 * @parent: the platform device
 * @id: number in the device names
 * @cdev: /dev/gnss-simN
 * @gc: the lines
 * @lock: see there
 * @gone: the platform device is unbound
 * @knobs: of the next run
 * @cpu: whose timer raises the line's interrupts
 * @flip_ns: where both edges interrupt, the controller knows one kind at a time,
 *	     and takes so long to be set to the other; 0: it knows both
 * @irqoff: see there
 * @pps: see there
 * @line_lock: protects all below
 * @wave: the run that is played
 * @bytes: its ring
 * @edge_timer: raises the edges
 * @due: raises one that came while another was
 * @behind: the next one was due when the last had been raised
 * @armed: @edge_timer or @due is or will be queued
 * @arm: arms it on @cpu
 * @trigger: WAVEFORM_* edges that interrupt
 * @unmasked: the interrupt is on
 * @latched: an edge came while it was masked
 * @seen_ns: edges up to here have been raised
 * @next_ns: the next one, if @next_known
 * @next_known: see there
 * @awaited: of both edges, the kind that interrupts next, if there is @flip_ns
 * @flipped_ns: since then, or from then on
 * @listen: what comes on RXD
 * @edges: edges of the line that were to interrupt
 * @merged_edges: those of them that came with another, as one interrupt
 * @bind: the TXD line has a gnss-gpio device of the module's own
 * @bind_tx: and so has RXD
 * @lookup: how the gnss-gpio device finds them
 * @consumer: the gnss-gpio device; NULL with bind=0
 */
struct sim {
	struct device dev;
	struct device *parent;
	int id;
	struct cdev cdev;
	struct gpio_chip gc;

	/* Serialises writers and knobs; protects @gone, @knobs and @irqoff. */
	struct mutex lock;
	bool gone;
	struct sim_knobs knobs;
	unsigned int cpu;
	u32 flip_ns;
	struct sim_irqoff irqoff;
	struct sim_pps pps;

	raw_spinlock_t line_lock;
	struct waveform wave;
	u8 *bytes;
	struct hrtimer edge_timer;
	struct irq_work due;
	bool behind;
	bool armed;
	call_single_data_t arm;
	unsigned int trigger;
	bool unmasked;
	bool latched;
	u64 seen_ns;
	u64 next_ns;
	bool next_known;
	unsigned int awaited;
	u64 flipped_ns;
	struct sim_listen listen;
	unsigned long edges;
	unsigned long merged_edges;

	bool bind;
	bool bind_tx;
	struct gpiod_lookup_table *lookup;
	struct platform_device *consumer;
};

#define to_sim(d)	container_of(d, struct sim, dev)

/* line.c: the lines of the receiver as a gpiochip, played in time */
void sim_line_init(struct sim *sim);
int sim_line_add(struct sim *sim, bool can_sleep, bool no_irq, bool nested_irq);
void sim_line_remove(struct sim *sim);
unsigned int sim_line_room(struct sim *sim);
u64 sim_line_end_ns(struct sim *sim);
unsigned long sim_line_queued(struct sim *sim);
struct waveform sim_line_run(struct sim *sim);
void sim_line_play(struct sim *sim, const u8 *bytes, unsigned int n);

/* listen.c: what comes on RXD */
void sim_listen_init(struct sim *sim);
void sim_listen_set(struct sim *sim, bool level);
unsigned int sim_listen_read(struct sim *sim, u8 *bytes, unsigned int n);

/* pps.c: the pulse */
void sim_pps_init(struct sim_pps *pps);
void sim_pps_exit(struct sim_pps *pps);
void sim_pps_changed(struct sim_pps *pps);
int sim_pps_level(const struct sim_pps *pps, u64 t_ns);
void sim_pps_set_mask(struct sim_pps *pps, bool unmasked);
void sim_pps_set_trigger(struct sim_pps *pps, unsigned int trigger);

/* chardev.c: /dev/gnss-simN */
extern const struct file_operations sim_fops;

/* knobs.c: attributes, interrupts off */
extern const struct attribute_group *sim_groups[];
void sim_irqoff_stop(struct sim *sim);

#endif /* GNSS_GPIO_SIM_H */
