/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rooms of the driver share.  Data flows one way: line -> recorder
 * (hard IRQ) -> kfifo of observations -> bottom half: decoder -> parser -> rings
 * -> readers.
 *
 * Files call downwards only:
 *
 *   core -> pps; sysfs, chardev -> receiver -> rx_auto -> rx -> rx_mute
 *        -> bottom_half -> drain -> rx_baud -> rx_timing, latency, readers;
 *   chardev, receiver, gnss_class -> tx -> readers;
 *   core, drain -> gnss_class -> receiver, readers
 */
#ifndef GNSS_GPIO_H
#define GNSS_GPIO_H

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/irqreturn.h>
#include <linux/kfifo.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pm_qos.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "baud.h"
#include "gnss_class.h"
#include "latency.h"
#include "looks.h"
#include "nmea.h"
#include "pps.h"
#include "ring.h"
#include "tx.h"
#include "uart.h"

struct gnss_gpio_bh;

#define GNSS_GPIO_BAUD_DEFAULT	9600
#define GNSS_GPIO_BAUD_MIN	300
#define GNSS_GPIO_BAUD_MAX	230400

/* Attribute rx_trig_bytes: the bottom half is kicked when so many bytes may wait. */
#define GNSS_GPIO_TRIG_MAX	64
#define GNSS_GPIO_TRIG_DEFAULT	8

/*
 * Observations between the top half and the bottom half, a power of two: 2.9 s
 * of NMEA at 9600 baud, 1.3 s with engine 'timer', 0.25 s at 115200.  When it is
 * full the newest one is dropped and counted.
 */
#define GNSS_GPIO_FIFO_OBS	16384

/* What a slow reader may lag behind. */
#define GNSS_GPIO_NMEA_BYTES	65536
#define GNSS_GPIO_FIX_RECORDS	64
#define GNSS_GPIO_SKY_RECORDS	32

/* Why a name cannot be chosen, with room for the names of all bottom halves. */
#define GNSS_GPIO_WHY_SIZE	256

/* Bytes of the stream that the drain writes at a time. */
#define GNSS_GPIO_BATCH		64

/**
 * enum gnss_gpio_engine - which edges interrupt
 * @GNSS_GPIO_EDGE: both
 * @GNSS_GPIO_TIMER: falling ones (towards space); a timer looks at each bit
 */
enum gnss_gpio_engine {
	GNSS_GPIO_EDGE,
	GNSS_GPIO_TIMER,
};

/**
 * struct gnss_gpio_rx_stats - what the top half counts
 * @edges: edge interrupts
 * @looks: times that a timer had the line read
 * @overruns: observations lost because the bottom half did not keep up
 * @line_errors: reads of the line that failed
 * @mutes: how often the line chattered and its interrupt was off for a while
 * @slow_mutes: how often it was off because the machine is too slow
 * @lateness_max_ns: how late the timer was at worst
 */
struct gnss_gpio_rx_stats {
	unsigned long edges;
	unsigned long looks;
	unsigned long overruns;
	unsigned long line_errors;
	unsigned long mutes;
	unsigned long slow_mutes;
	unsigned long lateness_max_ns;
};

/**
 * struct gnss_gpio_mute - keeps a line that chatters from taking all the time
 * @window_ns: begin of the time over which edges are counted
 * @edges: since then
 * @limit: more are too many
 * @slow: for the machine, that is; the rate may have them
 * @handler_ns: how long the handler took, in this window and in the one before
 * @load_ns: begin of the longer time over which the machine's load is counted
 * @load_edges: since then, those of this window not among them
 * @tried_ns: when the line was tried again, after it had been muted
 * @told: the rate for which a message has said so, 0: it has been calm since
 * @work: has it tried again
 */
struct gnss_gpio_mute {
	s64 window_ns;
	unsigned int edges;
	unsigned int limit;
	bool slow;
	u32 handler_ns[2];
	s64 load_ns;
	unsigned int load_edges;
	s64 tried_ns;
	unsigned int told;
	struct delayed_work work;
};

/**
 * struct gnss_gpio_rx - the recorder, which is all of the top half
 * @lock: protects all that follows against the other of edge handler and timer;
 *	  raw, as both are hard IRQ on PREEMPT_RT too
 * @engine: which edges interrupt; also read with gnss_gpio.lock held
 * @trig_bytes: attribute rx_trig_bytes
 * @closely: engine 'edge' is to look at each bit at low rates, too
 * @flags: UART_OBS_* bits of the next observation
 * @tick: jiffies at the last observation
 * @group_ns: time that @trig_bytes take
 * @kick_ns: an edge from then on kicks the bottom half
 * @looks: when the line is to be looked at
 * @timer: has it looked at
 * @stats: see there
 * @mute: see there
 */
struct gnss_gpio_rx {
	raw_spinlock_t lock;
	enum gnss_gpio_engine engine;
	u8 trig_bytes;
	bool closely;
	u8 flags;
	unsigned long tick;
	u32 group_ns;
	s64 kick_ns;
	struct looks looks;
	struct hrtimer timer;
	struct gnss_gpio_rx_stats stats;
	struct gnss_gpio_mute mute;
};

/**
 * struct gnss_gpio_rate - the rate of the line, given or found
 * @asked: rate that was asked for, 0: to be found; written with gnss_gpio.lock and
 *	   gnss_gpio_rx.lock held
 * @is_new: the drain has not seen @asked yet; gnss_gpio_rx.lock
 * @found: what the search has found, 0: nothing; gnss_gpio_rx.lock
 * @used: what is received with; written by the drain
 * @searched: @used is what @search says; the drain's own
 * @search: see there; the drain's own
 * @work: tells what was found
 * @told: the rate that @work has said was found, 0: none; its own
 */
struct gnss_gpio_rate {
	u32 asked;
	bool is_new;
	u32 found;
	u32 used;
	bool searched;
	struct baud search;
	struct work_struct work;
	u32 told;
};

/**
 * struct gnss_gpio_byte_stats - what the drain counts
 * @frames: frames seen; the sum of @good, @doubtful, @framing_errors and @breaks
 * @good: frames that allow no other reading
 * @doubtful: frames that allow another one; the best is delivered
 * @framing_errors: frames whose stop bit was not mark, breaks not counted
 * @breaks: frames that were space from start to stop; not delivered
 * @bytes: frames that went to the stream and to the parser
 * @false_starts: edges that no start bit followed
 * @edge_lateness_max_ns: how late the interrupt of an edge was at worst, as frames
 *			  with a stop bit show it
 */
struct gnss_gpio_byte_stats {
	unsigned long frames;
	unsigned long good;
	unsigned long doubtful;
	unsigned long framing_errors;
	unsigned long breaks;
	unsigned long bytes;
	unsigned long false_starts;
	unsigned long edge_lateness_max_ns;
};

/**
 * struct gnss_gpio_lost_edges - does the line's controller lose edges?
 * @frames: frames of engine 'edge' since the last verdict
 * @lost: how many of them miss an edge
 * @bad: how many of them have no stop bit
 * @close: edges meanwhile that came too soon after the one before
 * @edge_ns: the last edge
 * @mutes: how often the line had been muted before
 */
struct gnss_gpio_lost_edges {
	unsigned int frames;
	unsigned int lost;
	unsigned int bad;
	unsigned int close;
	s64 edge_ns;
	unsigned long mutes;
};

/**
 * struct gnss_gpio_node - one character device
 * @gg: the receiver
 * @dev: its device; holds a reference on the receiver's
 * @cdev: its character device
 * @ring: what its readers read
 * @readers: its open files
 * @readers_lock: see there
 * @wake_work: wakes them where the drain itself may not
 * @lost: elements that readers were too slow for, all readers together
 */
struct gnss_gpio_node {
	struct gnss_gpio *gg;
	struct device dev;
	struct cdev cdev;
	struct gnss_gpio_ring ring;
	struct list_head readers;
	/* Protects @readers against other writers; its readers are RCU's. */
	struct mutex readers_lock;
	struct work_struct wake_work;
	atomic_long_t lost;
};

/**
 * struct gnss_gpio_reader - an open file
 * @node: what was opened
 * @list: one of the node's readers
 * @uid: who opened it
 * @wrote: it has bytes sent, which its close waits for
 * @wait: where threads wait in read(); of these one is woken
 * @polls: where polls wait
 * @refused: the latest poll was one too many
 * @lock: see there
 * @pos: position in the node's ring
 * @lost: elements that were overwritten before they were read
 * @sky: room for a record, NULL: the file did not ask for satellites; once there, it
 *	 stays; written with @lock held
 * @sky_wanted: it asks for them now
 * @sky_pos: position in gnss_gpio.sky_ring
 * @rcu: frees it when nobody wakes it any more
 */
struct gnss_gpio_reader {
	struct gnss_gpio_node *node;
	struct list_head list;
	kuid_t uid;
	bool wrote;
	wait_queue_head_t wait;
	wait_queue_head_t polls;
	bool refused;
	/* Protects what follows against threads that share the file. */
	struct mutex lock;
	u64 pos;
	u64 lost;
	struct gnss_gpio_sky *sky;
	bool sky_wanted;
	u64 sky_pos;
	struct rcu_head rcu;
};

/**
 * struct gnss_gpio - one receiver
 * @dev: the class device, whose release frees this
 * @parent: the platform device; valid while not @gone
 * @id: number in the device names
 * @rx_gpiod: the line
 * @irq: its interrupt
 * @lock: see there
 * @users: open files
 * @gone: the platform device is unbound
 * @held: not to run, whoever reads: the machine sleeps, or the device is unbound
 * @idle: how long a processor may take to wake up while the line is received
 * @engine_auto: the driver chooses the engine
 * @auto_work: has it choose 'timer'
 * @rx: the top half
 * @fifo: packed observations on their way to the bottom half
 * @fifo_buffer: its memory
 * @bh: the bottom half; NULL while it is switched
 * @drains_in_kick: so does @bh; the recorder goes by it
 * @switching: a write to the attribute bottom_half is under way
 * @silence_timer: runs the bottom half again: the line has been silent, or there is more
 * @latency: what the bottom halves did
 * @draining: a drain runs; there must never be a second one
 * @running: the line is received
 * @rate: the rate of the line
 * @uart: the decoder, fed by the drain
 * @obs_flags: UART_OBS_* bits that the drain adds to the next observation
 * @byte_stats: see there
 * @lost_edges: see there
 * @checked: the stream consists of verified sentences only
 * @want_checked: the same, as it is to be after the line under way
 * @batch: bytes on their way to the stream
 * @batched: how many
 * @unseen: bytes of the stream that no reader was woken for; a line end counts for
 *	    many
 * @last_value: the last byte that was decoded
 * @last_end_ns: when its frame was complete
 * @parser: fed by the drain
 * @fix_seq: number of the next fix record
 * @sky: the satellites of the newest one; the drain's own
 * @sky_ring: what files of @fix read besides, that ask for it
 * @sky_readers: how many do
 * @pps: the receiver's pulse
 * @class_device: /dev/gnssN
 * @nmea: /dev/gnss-nmeaN
 * @fix: /dev/gnss-fixN
 * @tx: sends to the receiver
 */
struct gnss_gpio {
	struct device dev;
	struct device *parent;
	int id;

	struct gpio_desc *rx_gpiod;
	int irq;

	/* Protects @users, @gone, @held and what attributes choose. */
	struct mutex lock;
	unsigned int users;
	bool gone;
	bool held;
	struct pm_qos_request idle;
	bool engine_auto;
	struct work_struct auto_work;

	struct gnss_gpio_rx rx;
	DECLARE_KFIFO_PTR(fifo, u64);
	void *fifo_buffer;

	struct gnss_gpio_bh __rcu *bh;
	bool drains_in_kick;
	unsigned long switching;
	struct hrtimer silence_timer;
	struct gnss_gpio_latencies latency;
	unsigned long draining;
	bool running;

	struct gnss_gpio_rate rate;
	struct uart uart;
	u8 obs_flags;
	struct gnss_gpio_byte_stats byte_stats;
	struct gnss_gpio_lost_edges lost_edges;
	bool checked;
	bool want_checked;
	u8 batch[GNSS_GPIO_BATCH];
	unsigned int batched;
	unsigned int unseen;
	u8 last_value;
	s64 last_end_ns;
	struct nmea parser;
	u64 fix_seq;
	struct gnss_gpio_sky sky;
	struct gnss_gpio_ring sky_ring;
	atomic_t sky_readers;

	struct gnss_gpio_pps pps;
	struct gnss_gpio_class_device class_device;

	struct gnss_gpio_node nmea;
	struct gnss_gpio_node fix;

	struct gnss_gpio_tx tx;
};

#define to_gnss_gpio(d)	container_of(d, struct gnss_gpio, dev)

/* sysfs.c: attributes, and properties that set them first */
extern const struct attribute_group *gnss_gpio_groups[];
int gnss_gpio_choose_by_properties(struct gnss_gpio *gg);

/* chardev.c: what readers open */
int gnss_gpio_node_init(struct gnss_gpio *gg, struct gnss_gpio_node *node,
			const char *name, dev_t devt, unsigned int elements,
			unsigned int element_size);

/* sky.c: satellites, for the readers of fixes who ask for them */
bool gnss_gpio_sky_waits(struct gnss_gpio_reader *reader);
ssize_t gnss_gpio_sky_read(struct gnss_gpio_reader *reader, char __user *buf,
			   size_t count);
long gnss_gpio_sky_ask(struct gnss_gpio_reader *reader, u32 records);
void gnss_gpio_sky_close(struct gnss_gpio_reader *reader);

/* ignored.c: sentences that are not decoded, by name */
void gnss_gpio_ignored_add_file(struct gnss_gpio *gg);

/* readers.c: open files, and how they are woken */
void gnss_gpio_readers_init(struct gnss_gpio_node *node);
void gnss_gpio_readers_wake(struct gnss_gpio_node *node);
void gnss_gpio_readers_wake_writers(struct gnss_gpio_node *node);
void gnss_gpio_readers_flush(struct gnss_gpio_node *node);
void gnss_gpio_readers_hang_up(struct gnss_gpio_node *node);
bool gnss_gpio_readers_crowd(wait_queue_head_t *queue);
struct gnss_gpio_reader *gnss_gpio_reader_add(struct gnss_gpio_node *node);
void gnss_gpio_reader_remove(struct gnss_gpio_reader *reader);

/* receiver.c: set up, started, stopped */
int gnss_gpio_receiver_init(struct gnss_gpio *gg);
int gnss_gpio_receiver_get(struct gnss_gpio *gg);
void gnss_gpio_receiver_put(struct gnss_gpio *gg);
void gnss_gpio_receiver_suspend(struct gnss_gpio *gg, bool suspended);
void gnss_gpio_receiver_exit(struct gnss_gpio *gg);

/* rx_auto.c: which engine */
void gnss_gpio_auto_init(struct gnss_gpio *gg);
void gnss_gpio_auto_exit(struct gnss_gpio *gg);
int gnss_gpio_auto_switch(struct gnss_gpio *gg, const char *name, char *why);
ssize_t gnss_gpio_auto_show(struct gnss_gpio *gg, char *buf);
const char *gnss_gpio_engine_name(const struct gnss_gpio *gg);

/* rx.c: the recorder */
int gnss_gpio_rx_init(struct gnss_gpio *gg);
void gnss_gpio_rx_exit(struct gnss_gpio *gg);
void gnss_gpio_rx_start(struct gnss_gpio *gg);
void gnss_gpio_rx_stop(struct gnss_gpio *gg);
bool gnss_gpio_rx_refuses(int err);
int gnss_gpio_rx_change(struct gnss_gpio *gg, enum gnss_gpio_engine engine);

/* rx_mute.c: a line that chatters */
void gnss_gpio_mute_init(struct gnss_gpio *gg);
bool gnss_gpio_mute_edge(struct gnss_gpio *gg, s64 now_ns);
void gnss_gpio_mute_done(struct gnss_gpio *gg, s64 now_ns);
void gnss_gpio_mute_anew(struct gnss_gpio *gg);

/* bottom_half.c: which mechanism runs the drain */
int gnss_gpio_bh_check_default(void);
const char *gnss_gpio_bh_name(unsigned int index);
irqreturn_t gnss_gpio_bh_irq_thread(int irq, void *data);
int gnss_gpio_bh_init(struct gnss_gpio *gg);
void gnss_gpio_bh_exit(struct gnss_gpio *gg);
void gnss_gpio_bh_start(struct gnss_gpio *gg);
void gnss_gpio_bh_stop(struct gnss_gpio *gg);
void gnss_gpio_bh_kick(struct gnss_gpio *gg);
void gnss_gpio_bh_run_soon(struct gnss_gpio *gg);
int gnss_gpio_bh_switch(struct gnss_gpio *gg, const char *name, char *why);
ssize_t gnss_gpio_bh_show(struct gnss_gpio *gg, char *buf);

/* drain.c: what the bottom half does */
void gnss_gpio_drain_init(struct gnss_gpio *gg);
void gnss_gpio_drain_start(struct gnss_gpio *gg);
void gnss_gpio_drain_stop(struct gnss_gpio *gg);
s64 gnss_gpio_drain(struct gnss_gpio *gg);

/* rx_baud.c: the rate, given or found */
void gnss_gpio_baud_init(struct gnss_gpio *gg);
void gnss_gpio_baud_exit(struct gnss_gpio *gg);
void gnss_gpio_baud_ask(struct gnss_gpio *gg, u32 baud);
u32 gnss_gpio_baud_shown(struct gnss_gpio *gg);
bool gnss_gpio_baud_news(struct gnss_gpio *gg);
bool gnss_gpio_baud_edge(struct gnss_gpio *gg, const struct uart_obs *obs);
void gnss_gpio_baud_sentence(struct gnss_gpio *gg,
			     const struct nmea_sentence *sentence);

/* rx_timing.c: when the recorder looks and kicks */
void gnss_gpio_rx_arm(struct gnss_gpio_rx *rx);
void gnss_gpio_rx_retime(struct gnss_gpio *gg);
void gnss_gpio_rx_look_closely(struct gnss_gpio *gg, bool closely);

#endif /* GNSS_GPIO_H */
