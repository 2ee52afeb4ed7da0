// SPDX-License-Identifier: GPL-2.0-only
/*
 * What gnss-ctl says, and what it takes for an answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/speak.h"

static const u8 ack_rate[] = { 0xb5, 0x62, 5, 1, 2, 0, 6, 8, 0x16, 0x3f };
static const u8 nak_rate[] = { 0xb5, 0x62, 5, 0, 2, 0, 6, 8, 0x15, 0x3a };

static struct speak_message question;
static struct speak_listener listener;

/* The answer to @question that is among @n bytes. */
static enum speak_answer judge(const void *bytes, size_t n)
{
	enum speak_answer verdict = SPEAK_NONE;
	size_t i;

	listener = (struct speak_listener){ 0 };
	for (i = 0; i < n && verdict == SPEAK_NONE; i++)
		if (speak_hear(&listener, ((const u8 *)bytes)[i]))
			verdict = speak_judge(&question, &listener.message);
	return verdict;
}

static enum speak_answer judge_text(const char *text)
{
	return judge(text, strlen(text));
}

static void checksum_and_line_end_are_added(void **state)
{
	(void)state;
	assert_null(speak_parse(&question, "$PMTK605"));
	assert_int_equal(question.n, 13);
	assert_memory_equal(question.bytes, "$PMTK605*31\r\n", 13);
	assert_null(speak_parse(&question, "$PMTK605*31\r\n"));
	assert_int_equal(question.n, 13);
	assert_non_null(strstr(speak_parse(&question, "$PMTK605*30"), "*31"));
}

static void frames_are_made_of_digits(void **state)
{
	static const u8 poll[] = { 0xb5, 0x62, 0x0a, 0x04, 0, 0, 0x0e, 0x34 };

	(void)state;
	assert_null(speak_parse(&question, "0A04"));
	assert_int_equal(question.n, sizeof(poll));
	assert_memory_equal(question.bytes, poll, sizeof(poll));
}

static void what_cannot_be_sent_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "$", "0a", "0a0", "0a0g", "PMTK605", "$PM\x01TK", "b5620a0400000e34",
		"$PMTK605*31\r\n$PMTK220,200*2C", "$PMTK605\n$PMTK220,200", "$PMTK605*31$PMTK605",
	};
	static char text[2 * SPEAK_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		assert_non_null(speak_parse(&question, texts[i]));
	memset(text, '1', sizeof(text) - 1);
	assert_non_null(speak_parse(&question, text));
	text[0] = '$';
	assert_non_null(speak_parse(&question, text));
}

static void ubx_answers(void **state)
{
	static const u8 other[] = { 0xb5, 0x62, 5, 1, 2, 0, 6, 0, 0x0e, 0x37 };
	u8 wrong[sizeof(ack_rate)];

	(void)state;
	speak_ubx(&question, 6, 8, (const u8[]){ 200, 0, 1, 0, 1, 0 }, 6);
	assert_int_equal(judge(ack_rate, sizeof(ack_rate)), SPEAK_YES);
	assert_int_equal(judge(nak_rate, sizeof(nak_rate)), SPEAK_NO);
	assert_int_equal(judge(other, sizeof(other)), SPEAK_NONE);
	memcpy(wrong, ack_rate, sizeof(wrong));
	wrong[8]++;
	assert_int_equal(judge(wrong, sizeof(wrong)), SPEAK_NONE);
	assert_int_equal(judge_text("$PMTK001,220,3*30\r\n"), SPEAK_NONE);
}

/* Between sentences, after rubbish, and after a frame that is cut short. */
static void frames_are_found(void **state)
{
	static const char before[] = "$GPRMC,1*56\r\n\xb5$GPGGA,\xb5";
	u8 bytes[sizeof(before) - 1 + sizeof(ack_rate)];

	(void)state;
	speak_ubx(&question, 6, 8, NULL, 0);
	memcpy(bytes, before, sizeof(before) - 1);
	memcpy(bytes + sizeof(before) - 1, ack_rate, sizeof(ack_rate));
	assert_int_equal(judge(bytes, sizeof(bytes)), SPEAK_YES);
}

static void mtk_answers(void **state)
{
	(void)state;
	speak_nmea(&question, "$PMTK220,%u", 200);
	assert_int_equal(judge_text("$GPRMC,1*56\r\n$PMTK001,220,3*30\r\n"), SPEAK_YES);
	assert_int_equal(judge_text("$PMTK001,220,1*32\r\n"), SPEAK_NO);
	assert_int_equal(judge_text("$PMTK001,220,3*31\r\n"), SPEAK_NONE);
	assert_int_equal(judge_text("$PMTK001,314,3*36\r\n"), SPEAK_NONE);
	speak_nmea(&question, "$PMTK605");
	assert_int_equal(judge_text("$PMTK705,A*5D\r\n"), SPEAK_YES);
}

static void other_sentences_are_answered_by_their_like(void **state)
{
	(void)state;
	speak_nmea(&question, "$PUBX,00");
	assert_int_equal(judge_text("$PUBX,00,1*2E\r\n"), SPEAK_YES);
	assert_int_equal(judge_text("$PUBX,03,1*2D\r\n"), SPEAK_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksum_and_line_end_are_added),
		cmocka_unit_test(frames_are_made_of_digits),
		cmocka_unit_test(what_cannot_be_sent_is_refused),
		cmocka_unit_test(ubx_answers),
		cmocka_unit_test(frames_are_found),
		cmocka_unit_test(mtk_answers),
		cmocka_unit_test(other_sentences_are_answered_by_their_like),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
