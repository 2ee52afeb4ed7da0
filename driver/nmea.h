/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: bytes -> checked sentences -> epochs.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 */
#ifndef GNSS_GPIO_NMEA_H
#define GNSS_GPIO_NMEA_H

#include "nmea_epoch.h"
#include "nmea_line.h"
#include "nmea_names.h"
#include "nmea_repair.h"
#include "uapi/gnss-gpio.h"

/**
 * struct nmea_stats - what became of the bytes, counted since nmea_init()
 * @sentences: sentences whose checksum was right; the sum of @used, @ignored
 *	       and @malformed
 * @used: sentences that went into an epoch
 * @ignored: sentences of a type that is not decoded
 * @malformed: right checksum, but a time, status or position that breaks the
 *	       format; dropped
 * @unreadable: other fields that break the format, of sentences used; absent
 * @repaired: of @sentences, those of which unsure bits were flipped
 * @checksum_errors: wrong checksum, and no text that is likely enough is
 *		     plausible and has the right one; dropped
 * @ambiguous: two such texts are about as likely, or more were left than are
 *	       tried, or the checksum is right but no receiver sends such fields
 *	       and some bits are unsure; dropped
 * @no_checksum: line end before the second digit of a checksum; dropped
 * @garbled: cut off by a control character, a byte with the top bit set, a
 *	     bad byte, another '$' or the end of input, or something else than
 *	     two hex digits between '*' and line end; dropped
 * @too_long: more than NMEA_MAX_SENTENCE bytes; dropped
 * @late: sentences of an epoch that was already published; counted in @used
 *	  too, but their contents came too late for the fix
 * @junk_bytes: bytes that were no part of any sentence, what follows a
 *		sentence cut off included, line ends not counted
 * @epochs: records published
 * @fixes: records published that hold a position
 */
struct nmea_stats {
	unsigned long sentences;
	unsigned long used;
	unsigned long ignored;
	unsigned long malformed;
	unsigned long unreadable;
	unsigned long repaired;
	unsigned long checksum_errors;
	unsigned long ambiguous;
	unsigned long no_checksum;
	unsigned long garbled;
	unsigned long too_long;
	unsigned long late;
	unsigned long junk_bytes;
	unsigned long epochs;
	unsigned long fixes;
};

struct nmea;

/**
 * typedef nmea_publish_fn - takes one complete epoch
 * @ctx: as given to nmea_init()
 * @fix: the record, valid during the call; @size, @valid and all fields that
 *	 come from the receiver are set, and @monotonic_ns.  @seq and
 *	 @realtime_ns are the caller's.
 *
 * nmea_get_sky() tells the satellites meanwhile.
 *
 * Context: that of nmea_feed(), nmea_silence() or nmea_flush().
 */
typedef void (*nmea_publish_fn)(void *ctx, const struct gnss_gpio_fix *fix);

/**
 * struct nmea_sentence - a sentence as received, and what became of it
 * @start_ns: time of its '$'
 * @text: if nmea_verified(), the whole of it as it was sent: '$' to the digits
 *	  of the checksum, repaired, CR and LF.  If not, about what came, all
 *	  of it printable.  Ends with a NUL.
 * @len: characters in @text
 * @verdict: enum nmea_verdict
 * @doubtful: how many of its bytes had an unsure bit; 255 stands for more too
 * @repaired: @text differs from the bytes as received
 */
struct nmea_sentence {
	s64 start_ns;
	const char *text;
	u16 len;
	u8 verdict;
	u8 doubtful;
	bool repaired;
};

/**
 * typedef nmea_sentence_fn - is told of each sentence
 * @ctx: as given to nmea_init()
 * @sentence: the sentence, valid during the call
 *
 * Called when a sentence has ended, before an epoch is published for it.
 * Context: that of nmea_feed() or nmea_flush().
 */
typedef void (*nmea_sentence_fn)(void *ctx,
				 const struct nmea_sentence *sentence);

/**
 * struct nmea_rhythm - when a receiver sends
 * @last_ns: time of the last byte, 0: none yet
 * @gap_ns: longest pause since the last sentence used
 * @pause_ns: longest pause since the last sentence with a time field
 * @inner_ns: longest pause within the epoch
 * @began_ns: time of the sentence that opened the last epoch; of the first byte, if
 *	      there was none
 * @period_ns: from one epoch to the next, 0: not known
 * @silence_ns: that long a silence ends an epoch
 * @head: the sentence that begins a cycle, 0: nothing came yet
 * @epochs: an epoch was opened at @began_ns
 */
struct nmea_rhythm {
	s64 last_ns;
	s64 gap_ns;
	s64 pause_ns;
	s64 inner_ns;
	s64 began_ns;
	s64 period_ns;
	s64 silence_ns;
	u8 head;
	bool epochs;
};

/**
 * struct nmea - a parser; set up by nmea_init(), only @stats and @names are for others
 * @stats: counters
 * @names: the sentences that @stats calls ignored
 * @line: the sentence that is being received
 * @search: working memory of its repair
 * @rhythm: when the receiver sends
 * @now: the epoch that is being put together
 * @split: after a pause: what follows is of the next epoch if a new time follows
 * @next: what follows, if @split
 * @cut: @now as it was before that, if there is something
 * @group: the last GSV
 * @last: the sentences of the epoch that was published last; its time is no time
 *	  of day if there is none
 * @last_prompt: @last was published when its expected end arrived
 * @last_repeated: @last had the time of the epoch before it
 * @prompt: publish when the expected end arrives
 * @trusted: the sentence that ends a cycle, 0: not known
 * @candidate: the sentence that ended the latest epochs
 * @run: how many of them
 * @needed: @run that earns trust
 * @published: the satellites of the epoch that is being published, NULL: none is
 * @datum: as the last DTM told, all 0 if there was none
 * @antenna: GNSS_GPIO_ANTENNA_* as the last TXT told
 * @date_known: @date and @date_tod are valid
 * @date: midnight of the last known date, ms since 1970-01-01
 * @date_tod: time of day in ms at which it was known
 * @repair: doubtful bytes are looked into, from the next sentence on
 * @repairs: they are in this one
 * @publish: takes the records
 * @sentence: is told of each sentence, may be NULL
 * @ctx: goes with both
 */
struct nmea {
	struct nmea_stats stats;
	struct nmea_names names;
	struct nmea_line line;
	struct nmea_search search;
	struct nmea_rhythm rhythm;
	struct nmea_epoch now;
	struct nmea_epoch cut;
	struct nmea_epoch next;
	bool split;
	struct {
		u8 id;
		u8 part;
		u8 parts;
	} group;
	struct nmea_seen last;
	bool last_prompt;
	bool last_repeated;
	bool prompt;
	u16 trusted;
	u16 candidate;
	u8 run;
	u8 needed;
	const struct nmea_sky *published;
	char datum[4];
	u8 antenna;
	bool date_known;
	s64 date;
	u32 date_tod;
	bool repair;
	bool repairs;
	nmea_publish_fn publish;
	nmea_sentence_fn sentence;
	void *ctx;
};

void nmea_init(struct nmea *p, nmea_publish_fn publish, void *ctx);
void nmea_set_prompt(struct nmea *p, bool on);
void nmea_set_repair(struct nmea *p, bool on);
void nmea_set_sentence(struct nmea *p, nmea_sentence_fn sentence);
void nmea_take_byte(struct nmea *p, u8 byte, unsigned int flags,
		    const u8 *margin, s64 start_ns);
bool nmea_published_at_end(const struct nmea *p);
void nmea_get_sky(const struct nmea *p, struct gnss_gpio_sky *record);
bool nmea_epoch_open(const struct nmea *p);
s64 nmea_silence_due_ns(const struct nmea *p);
void nmea_silence(struct nmea *p);
void nmea_flush(struct nmea *p);

/* From step to step, within the parser. */
void nmea_cycle_init(struct nmea *p);
void nmea_cycle_take(struct nmea *p, struct nmea_msg *m);
void nmea_cycle_flush(struct nmea *p);
void nmea_record_date(struct nmea *p, const struct gnss_gpio_fix *v, bool bad,
		      u32 tod);
void nmea_record_receiver(struct nmea *p, const struct nmea_msg *m);
void nmea_record_publish(struct nmea *p, const struct nmea_epoch *e);

static inline bool nmea_is_sure(const u8 *margin)
{
	u64 all;

	memcpy(&all, margin, sizeof(all));
	return !~all;
}

/**
 * nmea_feed() - take one received byte
 * @p: the parser
 * @byte: as received
 * @flags: NMEA_BYTE_* bits
 * @margin: for each bit of @byte, how much less likely its other value is, in
 *	    eighths of a bit of information; NMEA_SURE if it has none.  NULL: all
 *	    are sure.
 * @start_ns: time of its start bit, CLOCK_MONOTONIC; 0 where times are not known,
 *	      as in a log
 *
 * Inline, since most bytes are sure and part of a sentence: they are only
 * stored.
 *
 * Context: any, hard IRQ included; the caller sees to it that a parser is used
 * from one context at a time.  Does a bounded amount of work and publishes at
 * most two epochs: the one before the sentence, and the one that it ends.
 */
static inline void nmea_feed(struct nmea *p, u8 byte, unsigned int flags,
			     const u8 *margin, s64 start_ns)
{
	if (margin && (!p->repairs || nmea_is_sure(margin)))
		margin = NULL;
	if (flags || !(margin ? nmea_line_put_unsure(&p->line, byte, margin) :
				nmea_line_put(&p->line, byte)))
		nmea_take_byte(p, byte, flags, margin, start_ns);
	p->rhythm.last_ns = start_ns;
}

#endif /* GNSS_GPIO_NMEA_H */
