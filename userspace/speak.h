/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is said to a receiver, and what it answers: NMEA sentences and u-blox's UBX
 * frames.
 */
#ifndef GNSS_GPIO_SPEAK_H
#define GNSS_GPIO_SPEAK_H

#include <stdbool.h>
#include <stddef.h>

#include "../driver/pure.h"

#define SPEAK_MAX	512

/* As it is on the line: "$...*hh\r\n", or a whole UBX frame. */
struct speak_message {
	u8 bytes[SPEAK_MAX];
	size_t n;
};

/* Collects what a receiver says; zeroed, it begins. */
struct speak_listener {
	struct speak_message message;
	size_t wanted;		/* bytes of the UBX frame under way; 0: not known */
};

enum speak_answer {
	SPEAK_NONE,		/* says nothing of the question */
	SPEAK_YES,
	SPEAK_NO,		/* the receiver refuses, or does not know it */
};

bool speak_is_ubx(const struct speak_message *m);

void speak_ubx(struct speak_message *m, u8 class, u8 id, const u8 *payload, size_t n);

/* @format: the sentence, without '*'. */
void __attribute__((format(printf, 2, 3)))
speak_nmea(struct speak_message *m, const char *format, ...);

/*
 * A sentence, to which checksum and line end are added, or hexadecimal digits: class, id
 * and payload of a UBX frame.  Returns NULL, or what is wrong with @text.
 */
const char *speak_parse(struct speak_message *m, const char *text);

/* Returns true if @byte completes a message whose checksum is right. */
bool speak_hear(struct speak_listener *l, u8 byte);

/* What does @heard say of @question? */
enum speak_answer speak_judge(const struct speak_message *question,
			      const struct speak_message *heard);

/* For people; valid until the next call but one. */
const char *speak_show(const struct speak_message *m);

#endif /* GNSS_GPIO_SPEAK_H */
