/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rooms of the driver share.  Data flows one way: line -> receive
 * engine -> kfifo -> bottom half -> parser -> rings -> readers.
 */
#ifndef GNSS_GPIO_H
#define GNSS_GPIO_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/irqreturn.h>
#include <linux/kfifo.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "baud.h"
#include "choice.h"
#include "frame.h"
#include "frame_edge.h"
#include "latency.h"
#include "nmea.h"
#include "ring.h"

struct gnss_gpio;
struct gnss_gpio_bh;

#define GNSS_GPIO_BAUD_DEFAULT	9600
#define GNSS_GPIO_BAUD_MIN	300
#define GNSS_GPIO_BAUD_MAX	230400

/*
 * Between the top half and the bottom half: a second at 38400 baud.  When it
 * is full the newest byte is dropped and counted.
 */
#define GNSS_GPIO_FIFO_FRAMES	4096

/* What a slow reader may lag behind. */
#define GNSS_GPIO_NMEA_BYTES	65536
#define GNSS_GPIO_FIX_RECORDS	64

/**
 * struct gnss_gpio_rx_engine - turns the line into frames
 * @name: word seen in sysfs
 * @both_edges: interrupt on both edges; falling (space) only if false
 * @baud_max: 'auto' does not try it at higher rates
 * @init: set up, once; may sleep
 * @start: get ready for edges, between two frames; @rx_lock held
 * @hand_over: what the engine that takes over is to know; between two frames,
 *	       @rx_lock held
 * @take_over: after @start: go on with what the one before knew; @rx_lock held
 * @edge: an edge was seen; hard IRQ, also on PREEMPT_RT, @rx_lock held.  Return:
 *	  true if the bottom half is to be kicked.
 * @busy: is a frame under way? @rx_lock held
 * @stop: end what @start and @edge began; no edge comes any more; may sleep.
 *	  No frame is delivered after it.
 */
struct gnss_gpio_rx_engine {
	const char *name;
	bool both_edges;
	u32 baud_max;
	void (*init)(struct gnss_gpio *gg);
	void (*start)(struct gnss_gpio *gg);
	void (*hand_over)(const struct gnss_gpio *gg,
			  struct frame_handover *handover);
	void (*take_over)(struct gnss_gpio *gg,
			  const struct frame_handover *handover);
	bool (*edge)(struct gnss_gpio *gg, s64 now_ns);
	bool (*busy)(const struct gnss_gpio *gg);
	void (*stop)(struct gnss_gpio *gg);
};

extern const struct gnss_gpio_rx_engine gnss_gpio_rx_edge;
extern const struct gnss_gpio_rx_engine gnss_gpio_rx_timer;

#define GNSS_GPIO_RX_ENGINES	2

extern const struct gnss_gpio_rx_engine *const
gnss_gpio_rx_engines[GNSS_GPIO_RX_ENGINES];

/**
 * struct gnss_gpio_rx_stats - what the line gave, written in hard IRQ only
 * @edges: edge interrupts
 * @frames: frames seen; the sum of @good, @doubtful, @framing_errors and @breaks
 * @good: frames that allow no other reading
 * @doubtful: frames that allow another one; the best is delivered
 * @framing_errors: frames whose stop bit was not mark, breaks not counted
 * @breaks: frames that were space from start to stop; not delivered
 * @bytes: frames delivered to the bottom half
 * @overruns: frames lost because the bottom half did not keep up; with @bytes and
 *	      @breaks they are all @frames
 * @false_starts: edges that no start bit followed
 * @line_errors: reads of the line that failed
 * @mutes: how often the line chattered and its interrupt was off for a while
 * @lateness_max_ns: how late a timer of the engine was at worst
 */
struct gnss_gpio_rx_stats {
	unsigned long edges;
	unsigned long frames;
	unsigned long good;
	unsigned long doubtful;
	unsigned long framing_errors;
	unsigned long breaks;
	unsigned long bytes;
	unsigned long overruns;
	unsigned long false_starts;
	unsigned long line_errors;
	unsigned long mutes;
	unsigned long lateness_max_ns;
};

/**
 * struct gnss_gpio_mute - keeps a line that chatters from taking all the time
 * @window_ns: begin of the time over which edges are counted
 * @edges: since then
 * @spent_ns: on them, in the handler, since then
 * @muted_ns: when the line was muted last
 * @told: a message has said that the line chatters
 * @work: has it tried again
 */
struct gnss_gpio_mute {
	s64 window_ns;
	unsigned int edges;
	s64 spent_ns;
	s64 muted_ns;
	bool told;
	struct delayed_work work;
};

/**
 * struct gnss_gpio_auto - chooses the engine
 * @work: weighs what the one at work loses, every now and then
 * @choice: see there
 * @baud: rate that it was picked for
 * @others: losses that are not the engine's, when the sums of @choice began
 */
struct gnss_gpio_auto {
	struct delayed_work work;
	struct choice choice;
	u32 baud;
	unsigned long others;
};

/**
 * struct gnss_gpio_node - one character device
 * @gg: the receiver
 * @dev: its device; holds a reference on the receiver's
 * @cdev: its character device
 * @ring: what its readers read
 * @wait: where they wait
 * @lost: elements that readers were too slow for, all readers together
 */
struct gnss_gpio_node {
	struct gnss_gpio *gg;
	struct device dev;
	struct cdev cdev;
	struct gnss_gpio_ring ring;
	wait_queue_head_t wait;
	atomic_long_t lost;
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
 * @engine: the receive engine at work
 * @next_engine: takes over when the frame under way ends; NULL: none
 * @engine_auto: the driver chooses the engine, by @picker
 * @picker: see there
 * @triggers_both: the interrupt is set to both edges
 * @both_refused: which the line's controller cannot do
 * @baud: rate of the line
 * @baud_auto: it is to be found by @baud_search
 * @baud_search: see there
 * @rx_lock: protects the engine and all that follows, up to @fifo, against the
 *	     other of edge handler and timer
 * @sampler: of the engine 'timer'
 * @sample_timer: of the engine 'timer'
 * @edge_decoder: of the engine 'edge'
 * @untold: frames it has delivered without kicking the bottom half
 * @edge_jiffies: time of its last edge
 * @look_timer: of the engine 'edge'
 * @rx_stats: see there
 * @mute: see there
 * @lost_before: an overrun happened since the last frame was stored
 * @baud_work: tells what was found
 * @baud_told: the rate that it has said was found, 0: none; its own
 * @fifo: frames on their way to the bottom half
 * @bh: the bottom half; NULL while it is switched
 * @drains_in_kick: it does all of its work within gnss_gpio_bh_kick()
 * @switching: a write to the attribute bottom_half is under way
 * @latency: what the bottom halves did
 * @draining: a drain runs; there must never be a second one
 * @wake: readers that @wake_work is to wake
 * @wake_work: wakes readers where the drain itself may not
 * @running: the line is received
 * @silence: set when @silence_timer has expired
 * @silence_timer: ends an epoch that no other follows
 * @silence_armed: it is armed or its expiry not yet seen; the drain's own
 * @checked: the stream consists of verified sentences only
 * @want_checked: the same, as it is to be after the line under way
 * @grew: the drain has added to the stream
 * @last_value: the last byte that was drained
 * @last_frame_ns: start of the last frame that was drained
 * @last_end_ns: when that frame was complete
 * @parser: fed by the drain
 * @fix_seq: number of the next fix record
 * @nmea: /dev/gnss-nmeaN
 * @fix: /dev/gnss-fixN
 */
struct gnss_gpio {
	struct device dev;
	struct device *parent;
	int id;

	struct gpio_desc *rx_gpiod;
	int irq;

	/* Protects @users, @gone and the choices of bottom half and engine. */
	struct mutex lock;
	unsigned int users;
	bool gone;

	raw_spinlock_t rx_lock;
	const struct gnss_gpio_rx_engine *engine;
	const struct gnss_gpio_rx_engine *next_engine;
	bool engine_auto;
	struct gnss_gpio_auto picker;
	bool triggers_both;
	bool both_refused;
	u32 baud;
	bool baud_auto;
	struct baud baud_search;
	struct frame_sampler sampler;
	struct hrtimer sample_timer;
	struct frame_edge edge_decoder;
	unsigned int untold;
	unsigned long edge_jiffies;
	struct hrtimer look_timer;
	struct gnss_gpio_rx_stats rx_stats;
	struct gnss_gpio_mute mute;
	bool lost_before;

	struct work_struct baud_work;
	u32 baud_told;

	DECLARE_KFIFO_PTR(fifo, struct frame_byte);

	struct gnss_gpio_bh __rcu *bh;
	bool drains_in_kick;
	unsigned long switching;
	struct gnss_gpio_latencies latency;
	unsigned long draining;
	unsigned long wake;
	struct irq_work wake_work;
	bool running;
	unsigned long silence;
	struct hrtimer silence_timer;
	bool silence_armed;
	bool checked;
	bool want_checked;
	bool grew;
	u8 last_value;
	s64 last_frame_ns;
	s64 last_end_ns;
	struct nmea parser;
	u64 fix_seq;

	struct gnss_gpio_node nmea;
	struct gnss_gpio_node fix;
};

#define to_gnss_gpio(d)	container_of(d, struct gnss_gpio, dev)

/* rx.c: what the receive engines share */
bool gnss_gpio_rx_take(struct gnss_gpio *gg, enum frame_verdict verdict,
		       const struct frame_byte *byte);
void gnss_gpio_rx_arm(struct hrtimer *timer, s64 due_ns);
enum hrtimer_restart gnss_gpio_rx_again(struct hrtimer *timer, s64 due_ns);
bool gnss_gpio_rx_read(struct gnss_gpio *gg, int *level);
void gnss_gpio_rx_seen(struct gnss_gpio *gg);
void gnss_gpio_rx_note_lateness(struct gnss_gpio *gg, s64 late_ns);
int gnss_gpio_rx_init(struct gnss_gpio *gg);
void gnss_gpio_rx_exit(struct gnss_gpio *gg);
void gnss_gpio_rx_start(struct gnss_gpio *gg);
void gnss_gpio_rx_stop(struct gnss_gpio *gg);
int gnss_gpio_rx_change(struct gnss_gpio *gg,
			const struct gnss_gpio_rx_engine *engine);
int gnss_gpio_rx_switch(struct gnss_gpio *gg, const char *name);
ssize_t gnss_gpio_rx_show(struct gnss_gpio *gg, char *buf);

/* rx_auto.c: which engine */
void gnss_gpio_auto_init(struct gnss_gpio *gg);
void gnss_gpio_auto_exit(struct gnss_gpio *gg);
void gnss_gpio_auto_start(struct gnss_gpio *gg);
void gnss_gpio_auto_stop(struct gnss_gpio *gg);
int gnss_gpio_auto_pick(struct gnss_gpio *gg);
void gnss_gpio_auto_end(struct gnss_gpio *gg);

/* rx_baud.c: the rate, given or found */
void gnss_gpio_baud_init(struct gnss_gpio *gg);
void gnss_gpio_baud_exit(struct gnss_gpio *gg);
void gnss_gpio_baud_edge(struct gnss_gpio *gg, s64 now_ns);
void gnss_gpio_baud_sentence(struct gnss_gpio *gg,
			     const struct nmea_sentence *sentence);
int gnss_gpio_baud_set(struct gnss_gpio *gg, u32 baud);
void gnss_gpio_baud_set_auto(struct gnss_gpio *gg);
u32 gnss_gpio_baud_used(struct gnss_gpio *gg);

/* rx_mute.c: a line that chatters */
void gnss_gpio_mute_init(struct gnss_gpio *gg);
bool gnss_gpio_mute_edge(struct gnss_gpio *gg, s64 now_ns);
void gnss_gpio_mute_spent(struct gnss_gpio *gg, s64 ns);
void gnss_gpio_mute_stop(struct gnss_gpio *gg);

/* bottom_half.c: which mechanism runs the drain */
int gnss_gpio_bh_check_default(void);
const char *gnss_gpio_bh_name(unsigned int index);
irqreturn_t gnss_gpio_bh_irq_thread(int irq, void *data);
int gnss_gpio_bh_init(struct gnss_gpio *gg);
void gnss_gpio_bh_exit(struct gnss_gpio *gg);
void gnss_gpio_bh_kick(struct gnss_gpio *gg);
void gnss_gpio_bh_flush(struct gnss_gpio *gg);
int gnss_gpio_bh_switch(struct gnss_gpio *gg, const char *name);
ssize_t gnss_gpio_bh_show(struct gnss_gpio *gg, char *buf);

/* drain.c: what the bottom half does */
void gnss_gpio_drain_init(struct gnss_gpio *gg);
void gnss_gpio_drain_start(struct gnss_gpio *gg);
void gnss_gpio_drain_stop(struct gnss_gpio *gg);
void gnss_gpio_drain(struct gnss_gpio *gg);

/* chardev.c */
int gnss_gpio_node_init(struct gnss_gpio *gg, struct gnss_gpio_node *node,
			const char *name, dev_t devt, unsigned int elements,
			unsigned int element_size);

/* core.c */
int gnss_gpio_open(struct gnss_gpio *gg);
void gnss_gpio_release(struct gnss_gpio *gg);

/* sysfs.c */
extern const struct attribute_group *gnss_gpio_groups[];

#endif /* GNSS_GPIO_H */
