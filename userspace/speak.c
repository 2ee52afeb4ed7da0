// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speak.h"

/* Sync bytes, class, id, length; and two bytes of checksum at the end. */
#define UBX_SYNC1	0xb5
#define UBX_SYNC2	0x62
#define UBX_HEAD	6
#define UBX_FRAME	(UBX_HEAD + 2)
#define UBX_CLASS	2
#define UBX_ID		3

#define UBX_ACK		0x05
#define UBX_ACK_NAK	0x00
#define UBX_ACK_ACK	0x01

/* PMTK001,<of which>,<flag>: 3 is success; the answer to a question has 100 more. */
#define PMTK_ACK	1
#define PMTK_DONE	3
#define PMTK_ANSWER	100

bool speak_is_ubx(const struct speak_message *m)
{
	return m->n && m->bytes[0] == UBX_SYNC1;
}

static void ubx_checksum(const u8 *frame, size_t n, u8 sum[2])
{
	size_t i;

	sum[0] = 0;
	sum[1] = 0;
	for (i = UBX_CLASS; i < n - 2; i++) {
		sum[0] += frame[i];
		sum[1] += sum[0];
	}
}

void speak_ubx(struct speak_message *m, u8 class, u8 id, const u8 *payload, size_t n)
{
	const u8 head[UBX_HEAD] = { UBX_SYNC1, UBX_SYNC2, class, id, n, n >> 8 };

	memcpy(m->bytes, head, sizeof(head));
	if (n)
		memcpy(m->bytes + UBX_HEAD, payload, n);
	m->n = n + UBX_FRAME;
	ubx_checksum(m->bytes, m->n, m->bytes + m->n - 2);
}

/* Of what is between '$' and '*'. */
static u8 nmea_checksum(const char *text, size_t n)
{
	u8 sum = 0;

	while (n--)
		sum ^= *text++;
	return sum;
}

void speak_nmea(struct speak_message *m, const char *format, ...)
{
	char *text = (char *)m->bytes;
	va_list args;
	size_t n;

	va_start(args, format);
	vsnprintf(text, SPEAK_MAX - sizeof("*00\r\n"), format, args);
	va_end(args);
	n = strlen(text);
	m->n = n + sprintf(text + n, "*%02X\r\n", nmea_checksum(text + 1, n - 1));
}

static const char *parse_sentence(struct speak_message *m, const char *text)
{
	static char why[64];
	size_t n = strcspn(text, "*\r\n");
	const char *star = text + n;
	char *rest = (char *)star;
	u8 sum;

	if (n + sizeof("*00\r\n") > SPEAK_MAX)
		return "it is too long";
	for (n = 1; n < (size_t)(star - text); n++)
		if (!isprint((unsigned char)text[n]))
			return "it has a character that no sentence has";
	if (n < 2)
		return "there is nothing in it";
	sum = nmea_checksum(text + 1, n - 1);
	if (*star == '*' && strtoul(star + 1, &rest, 16) != sum) {
		snprintf(why, sizeof(why), "its checksum is *%02X; leave it out to have it added", sum);
		return why;
	}
	if (rest[strspn(rest, "\r\n")])
		return "something follows its end; send one sentence at a time";
	speak_nmea(m, "%.*s", (int)n, text);
	return NULL;
}

const char *speak_parse(struct speak_message *m, const char *text)
{
	u8 bytes[SPEAK_MAX - UBX_FRAME];
	size_t n = 0;

	if (*text == '$')
		return parse_sentence(m, text);
	for (; *text; text += 2) {
		char digits[3] = { text[0], text[1], 0 };

		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]))
			return "it is neither a sentence that begins with '$' nor pairs of hexadecimal digits";
		if (n == sizeof(bytes))
			return "it is too long";
		bytes[n++] = strtoul(digits, NULL, 16);
	}
	if (n < 2)
		return "a UBX frame has a class and an id";
	if (bytes[0] == UBX_SYNC1 && bytes[1] == UBX_SYNC2)
		return "leave out b562, the length and the checksum: they are added";
	speak_ubx(m, bytes[0], bytes[1], bytes + 2, n - 2);
	return NULL;
}

static bool ubx_is_right(const struct speak_message *m)
{
	u8 sum[2];

	ubx_checksum(m->bytes, m->n, sum);
	return !memcmp(sum, m->bytes + m->n - 2, 2);
}

static bool nmea_is_right(struct speak_message *m)
{
	char *text = (char *)m->bytes, *star;

	text[m->n] = '\0';
	star = strchr(text, '*');
	return star && strtoul(star + 1, NULL, 16) ==
	       nmea_checksum(text + 1, star - text - 1);
}

static bool hear_ubx(struct speak_listener *l)
{
	struct speak_message *m = &l->message;

	if (m->n == 2 && m->bytes[1] != UBX_SYNC2) {
		/* It may be the first one of what follows. */
		m->n = 0;
		return speak_hear(l, m->bytes[1]);
	}
	if (m->n == UBX_HEAD) {
		l->wanted = UBX_FRAME + m->bytes[4] + m->bytes[5] * 256;
		if (l->wanted > SPEAK_MAX)
			m->n = 0;
	}
	return m->n > UBX_HEAD && m->n == l->wanted && ubx_is_right(m);
}

bool speak_hear(struct speak_listener *l, u8 byte)
{
	struct speak_message *m = &l->message;

	/* A '$' begins a sentence wherever it is, but within a UBX frame. */
	if (!speak_is_ubx(m) && (byte == '$' || byte == UBX_SYNC1))
		m->n = 0;
	else if (!m->n)
		return false;
	if (m->n == SPEAK_MAX - 1 || (speak_is_ubx(m) && m->n > UBX_HEAD && m->n == l->wanted))
		m->n = 0;
	m->bytes[m->n++] = byte;
	if (speak_is_ubx(m))
		return hear_ubx(l);
	if (m->bytes[0] != '$')
		m->n = 0;
	return byte == '\n' && m->n && nmea_is_right(m);
}

static enum speak_answer judge_ubx(const u8 *question, const u8 *heard)
{
	if (heard[UBX_CLASS] == UBX_ACK)
		return memcmp(heard + UBX_HEAD, question + UBX_CLASS, 2) ? SPEAK_NONE :
		       heard[UBX_ID] == UBX_ACK_ACK ? SPEAK_YES : SPEAK_NO;
	return memcmp(heard + UBX_CLASS, question + UBX_CLASS, 2) ? SPEAK_NONE : SPEAK_YES;
}

static enum speak_answer judge_pmtk(const char *question, const char *heard)
{
	unsigned int asked, type, of, flag;

	if (sscanf(question, "$PMTK%u", &asked) != 1 ||
	    sscanf(heard, "$PMTK%3u,%u,%u", &type, &of, &flag) < 1)
		return SPEAK_NONE;
	if (type == asked + PMTK_ANSWER)
		return SPEAK_YES;
	if (type != PMTK_ACK || of != asked)
		return SPEAK_NONE;
	return flag == PMTK_DONE ? SPEAK_YES : SPEAK_NO;
}

enum speak_answer speak_judge(const struct speak_message *question,
			      const struct speak_message *heard)
{
	const char *asked = (const char *)question->bytes;
	const char *said = (const char *)heard->bytes;

	if (speak_is_ubx(question) != speak_is_ubx(heard))
		return SPEAK_NONE;
	if (speak_is_ubx(question))
		return judge_ubx(question->bytes, heard->bytes);
	if (!strncmp(asked, "$PMTK", 5))
		return judge_pmtk(asked, said);
	/* "$PUBX,00,..." answers "$PUBX,00". */
	return strncmp(asked, said, strcspn(asked, "*")) ? SPEAK_NONE : SPEAK_YES;
}

const char *speak_show(const struct speak_message *m)
{
	static char texts[2][2 * SPEAK_MAX + 8];
	static unsigned int which;
	char *text = texts[which++ % 2];
	size_t i, at = 0;

	if (!speak_is_ubx(m)) {
		snprintf(text, sizeof(texts[0]), "%.*s", (int)m->n - 2, m->bytes);
		return text;
	}
	at = sprintf(text, "UBX %s", m->bytes[UBX_CLASS] != UBX_ACK ? "" :
		     m->bytes[UBX_ID] == UBX_ACK_ACK ? "ACK " :
		     m->bytes[UBX_ID] == UBX_ACK_NAK ? "NAK " : "");
	for (i = UBX_CLASS; i < m->n - 2; i++)
		if (i != 4 && i != 5)
			at += sprintf(text + at, "%02x", m->bytes[i]);
	return text;
}
