/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: bytes -> checked sentences -> epochs.
 *
 * Pure: no kernel API, no allocation, no locks, no floating point.  The same
 * source is built into the module and into user space.
 */
#ifndef GNSS_GPIO_NMEA_H
#define GNSS_GPIO_NMEA_H

#include "pure.h"
#include "uapi/gnss-gpio.h"

/*
 * Longest sentence taken, '$' to the last checksum digit.  NMEA 0183 says 82
 * with the line end, receivers send up to 205.
 */
#define NMEA_MAX_SENTENCE	512

/* Silence on the line after which an open epoch is taken to be complete. */
#define NMEA_EPOCH_SILENCE_MS	200

/* Flags of a byte given to nmea_feed(). */
#define NMEA_BYTE_BAD		0x01	/* framing error or lost bytes before it */
#define NMEA_BYTE_DOUBTFUL	0x02	/* best reading of several */

/*
 * Doubtful bytes of a sentence and their unsure bits, up to which its readings
 * are told apart.  Bytes whose unsure bits are not known do not count.
 */
#define NMEA_MAX_DOUBTS		8
#define NMEA_MAX_UNSURE_BITS	16

/* bytes of a sentence that may be wrong, but hardly are, and are told apart */
#define NMEA_MAX_REMOTES	16

/**
 * enum nmea_verdict - what became of a sentence
 * @NMEA_USED: right checksum, went into an epoch
 * @NMEA_IGNORED: right checksum, of a type that is not decoded
 * @NMEA_MALFORMED: right checksum, but a field breaks the format
 * @NMEA_CHECKSUM_ERROR: no reading has the right checksum
 * @NMEA_AMBIGUOUS: doubtful bytes leave more than one reading
 * @NMEA_NO_CHECKSUM: line end before the checksum
 * @NMEA_GARBLED: cut off
 * @NMEA_TOO_LONG: more than NMEA_MAX_SENTENCE bytes
 *
 * Each has its counter in struct nmea_stats, where more is said.
 */
enum nmea_verdict {
	NMEA_USED,
	NMEA_IGNORED,
	NMEA_MALFORMED,
	NMEA_CHECKSUM_ERROR,
	NMEA_AMBIGUOUS,
	NMEA_NO_CHECKSUM,
	NMEA_GARBLED,
	NMEA_TOO_LONG,
};

/* Is a sentence of this verdict what was sent, as far as a checksum tells? */
static inline bool nmea_verified(enum nmea_verdict verdict)
{
	return verdict <= NMEA_MALFORMED;
}

/**
 * struct nmea_stats - what became of the bytes, counted since nmea_init()
 * @sentences: sentences whose checksum was right; the sum of @used, @ignored
 *	       and @malformed
 * @used: sentences that went into an epoch
 * @ignored: sentences of a type that is not decoded
 * @malformed: right checksum, but a field that breaks the format; dropped
 * @repaired: of @sentences, those that had the right checksum only after a
 *	      doubtful byte was read otherwise than received
 * @checksum_errors: wrong checksum, in each reading of the doubtful bytes that
 *		     was tried; dropped
 * @ambiguous: more than one reading of the doubtful bytes is plausible and has
 *	       the right checksum, or none is but that which came, with fields
 *	       that no receiver sends; dropped.  Of more doubtful bytes than are
 *	       told apart the best readings are believed if they fit.
 * @no_checksum: line end before the second digit of a checksum; dropped
 * @garbled: cut off by a control character, a byte with the top bit set, a
 *	     bad byte, another '$', the end of input, or something else than
 *	     two hex digits and a line end after the '*'; dropped
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
 * Context: that of nmea_feed(), nmea_silence() or nmea_flush().
 */
typedef void (*nmea_publish_fn)(void *ctx, const struct gnss_gpio_fix *fix);

/**
 * struct nmea_sentence - a sentence as received, and what became of it
 * @start_ns: time of its '$'
 * @text: if nmea_verified(), the whole of it as it was sent: '$' to the digits
 *	  of the checksum, doubtful bytes corrected, CR and LF.  If not, the
 *	  best reading of what came.  Ends with a NUL.
 * @len: characters in @text
 * @verdict: enum nmea_verdict
 * @doubtful: how many of its bytes were doubtful; 255 stands for more too
 * @repaired: @text differs from the best readings of the bytes
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

/*
 * Type of a sentence.  Where two give the same value, the higher type counts:
 * a GGA has the position with all its digits, a ZDA the year with all four.
 */
enum nmea_type {
	NMEA_NONE,
	NMEA_GSV,
	NMEA_VTG,
	NMEA_GLL,
	NMEA_RMC,
	NMEA_GNS,
	NMEA_GGA,
	NMEA_ZDA,
	NMEA_GSA,
};

/* "tod" of sentences and epochs whose time field is blank */
#define NMEA_NO_TIME	0xffffffffU

/* different (type, talker) pairs that are told apart within an epoch */
#define NMEA_MAX_SEEN	20

/* what is needed of a sentence: address and 18 fields of a GSA */
#define NMEA_MAX_FIELDS	19

/* bytes from '$' on up to the '*' */
#define NMEA_MAX_LEN	(NMEA_MAX_SENTENCE - 3)

enum nmea_line_state {
	NMEA_LINE_HUNT,		/* for a '$' */
	NMEA_LINE_BODY,
	NMEA_LINE_DIGIT_1,	/* '*' was seen, two hex digits must follow */
	NMEA_LINE_DIGIT_2,
	NMEA_LINE_END,		/* and then CR or LF */
};

/**
 * struct nmea_doubt - a doubtful byte between '$' and line end
 * @at: where it is in nmea_line.text
 * @unsure: the bits that may be wrong, 0: not known which
 * @received: best reading
 */
struct nmea_doubt {
	u16 at;
	u8 unsure;
	u8 received;
};

/**
 * struct nmea_line - the sentence that is being received
 * @start_ns: time of its '$'
 * @state: what comes next
 * @checksum: exclusive or of the bytes so far
 * @given: checksum as received
 * @fields: entries of @start that are in use
 * @len: bytes in @text, the checksum and its '*' not counted
 * @start: where each field starts in @text; the address is field 0
 * @doubtful: doubtful bytes so far, '$' and line end included; stays at 255
 * @unknown: those of @doubtful of which it is not known which bits are unsure
 * @unsure_bits: those of all @doubt
 * @doubts: entries of @doubt that are in use
 * @crowded: there were more doubtful bytes or unsure bits than are kept
 * @guessed: one of @unknown could not stand as it was received
 * @mended: a '$', '*' or line end was not received as such
 * @open_end: the line end can be another byte
 * @junk: bytes that were no part of any sentence came since the last line end
 * @remotes: entries of @remote that are in use
 * @doubt: the doubtful bytes that are kept; of @unknown only the first one
 * @remote: bytes that hardly are wrong, but rather than others; @unsure are the
 *	    bits
 * @text: '$' and what follows it up to the '*', each comma replaced by a NUL,
 *	  then a NUL for the '*', and the digits
 */
struct nmea_line {
	s64 start_ns;
	u8 state;
	u8 checksum;
	u8 given;
	u8 fields;
	u16 len;
	u16 start[NMEA_MAX_FIELDS];
	u8 doubtful;
	u8 unknown;
	u8 unsure_bits;
	u8 doubts;
	bool crowded;
	bool guessed;
	bool mended;
	bool open_end;
	bool junk;
	u8 remotes;
	struct nmea_doubt doubt[NMEA_MAX_DOUBTS];
	struct nmea_doubt remote[NMEA_MAX_REMOTES];
	char text[NMEA_MAX_SENTENCE + sizeof("\r\n")];
};

/*
 * Numbers of a sentence or an epoch, named as in struct gnss_gpio_fix.  @has
 * are GNSS_GPIO_VALID_* bits; DATE tells of @day, days since 1970-01-01.
 */
struct nmea_values {
	s64 lat_nd;
	s64 lon_nd;
	u32 has;
	s32 day;
	s32 alt_msl_mm;
	s32 geoid_sep_mm;
	u32 speed_mm_s;
	u32 course_1e5;
	u16 pdop_c;
	u16 hdop_c;
	u16 vdop_c;
	u8 quality;
	u8 sats_used;
	u8 sats_in_view;
};

/**
 * struct nmea_msg - a decoded sentence
 * @v: its numbers
 * @tod: time of day in ms, or NMEA_NO_TIME
 * @type: enum nmea_type
 * @talker: its two characters
 * @timed: it has a field for the time
 * @says_fix: it states a fix
 * @says_no_fix: it states that there is no fix
 * @bad_date: its date breaks the format
 * @last_part: GSV: number and total are the same; true for all others
 * @gsa_mode: 2 or 3 as in GSA, 0 if not told
 * @gsa_sats: satellites listed in GSA
 */
struct nmea_msg {
	struct nmea_values v;
	u32 tod;
	u16 talker;
	u8 type;
	u8 gsa_mode;
	u8 gsa_sats;
	bool timed;
	bool says_fix;
	bool says_no_fix;
	bool bad_date;
	bool last_part;
};

/**
 * struct nmea_seen - the sentences that formed an epoch
 * @tod: its time of day in ms, or NMEA_NO_TIME
 * @n: entries in use
 * @entry: one for each pair of type and talker
 * @entry.id: type << 16 | talker
 * @entry.count: how many there were; of GSV only the last parts count
 * @entry.sats: GSV: satellites in view of this talker
 */
struct nmea_seen {
	u32 tod;
	u8 n;
	struct {
		u32 id;
		u8 count;
		u8 sats;
	} entry[NMEA_MAX_SEEN];
};

/**
 * struct nmea_epoch - the epoch that is being put together
 * @v: its numbers so far
 * @start_ns: time of the first '$' that had its time
 * @seen: the sentences so far
 * @end_id: the last of them, as (type, talker, count); 0: none that could be
 *	    the end of a cycle
 * @source: type of sentence that each value is from, enum nmea_type
 * @sentences: how many there were
 * @gsa_mode: highest mode of the GSA sentences, 0: none
 * @gsa_sats: satellites listed in the GSA sentences
 * @gsa: there was a GSA
 * @open: there was a sentence with a time field; if not, all there is are
 *	  sentences held for the epoch to come
 * @says_fix: a sentence states a fix
 * @says_no_fix: a sentence states that there is no fix
 * @bad_date: the date of a sentence breaks the format
 */
struct nmea_epoch {
	struct nmea_values v;
	s64 start_ns;
	struct nmea_seen seen;
	u32 end_id;
	struct {
		u8 position;
		u8 altitude;
		u8 geoid_sep;
		u8 speed;
		u8 course;
		u8 pdop;
		u8 hdop;
		u8 vdop;
		u8 quality;
		u8 sats_used;
		u8 date;
	} source;
	u16 sentences;
	u8 gsa_mode;
	u8 gsa_sats;
	bool gsa;
	bool open;
	bool says_fix;
	bool says_no_fix;
	bool bad_date;
};

/**
 * struct nmea - a parser; set up by nmea_init(), only @stats is for others
 * @stats: counters
 * @line: the sentence that is being received
 * @now: the epoch that is being put together
 * @last: the sentences of the epoch that was published last
 * @any: there is a @last
 * @last_prompt: @last was published when its expected end arrived
 * @last_repeated: @last had the time of the epoch before it
 * @prompt: publish when the expected end arrives
 * @trusted: the sentence that ends a cycle, 0: not known
 * @candidate: the sentence that ended the latest epochs
 * @run: how many of them
 * @needed: @run that earns trust
 * @date_known: @date and @date_tod are valid
 * @date: the last known date, days since 1970-01-01
 * @date_tod: time of day in ms at which it was known
 * @repair: doubtful bytes are looked into
 * @publish: takes the records
 * @sentence: is told of each sentence, may be NULL
 * @ctx: goes with both
 */
struct nmea {
	struct nmea_stats stats;
	struct nmea_line line;
	struct nmea_epoch now;
	struct nmea_seen last;
	bool any;
	bool last_prompt;
	bool last_repeated;
	bool prompt;
	u32 trusted;
	u32 candidate;
	u8 run;
	u8 needed;
	bool date_known;
	s32 date;
	u32 date_tod;
	bool repair;
	nmea_publish_fn publish;
	nmea_sentence_fn sentence;
	void *ctx;
};

void nmea_init(struct nmea *p, nmea_publish_fn publish, void *ctx);
void nmea_set_prompt(struct nmea *p, bool on);
void nmea_set_repair(struct nmea *p, bool on);
void nmea_set_sentence(struct nmea *p, nmea_sentence_fn sentence);
void nmea_feed(struct nmea *p, u8 byte, unsigned int flags, u8 unsure,
	       u8 remote, s64 start_ns);
bool nmea_published_at_end(const struct nmea *p);
bool nmea_epoch_open(const struct nmea *p);
void nmea_silence(struct nmea *p);
void nmea_flush(struct nmea *p);

#endif /* GNSS_GPIO_NMEA_H */
