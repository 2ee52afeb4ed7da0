// SPDX-License-Identifier: GPL-2.0-only
/*
 * A receiver: plays NMEA on the simulator's line, listens, and obeys.  Runs in the lab,
 * with the simulator loaded, until it is killed.
 *
 *   receiver ublox|mtk|deaf NMEA
 *
 * NMEA has ten epochs a second, each of which begins with RMC; as many of them are
 * played as the rate of fixes asks for.  What it obeys goes to standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

#define BAUD		"/sys/class/gnss_gpio_sim/gnss-sim0/baud"
#define EPOCH_NS	100000000LL
#define EPOCHS_HZ	10
#define SYNC1		0xb5
#define SYNC2		0x62

static int out, in;
static bool ublox, mtk;
static unsigned int every = EPOCHS_HZ;

static void play_now(const void *bytes, size_t n)
{
	if (write(out, bytes, n) != (ssize_t)n)
		die("write to " SIM);
}

/* ---- what it says ---- */

static void say_sentence(const char *text)
{
	unsigned char sum = 0;
	const char *p;
	char line[128];

	for (p = text + 1; *p; p++)
		sum ^= *p;
	play_now(line, snprintf(line, sizeof(line), "%s*%02X\r\n", text, sum));
}

static void say_frame(unsigned char class, unsigned char id, const void *payload, size_t n)
{
	unsigned char frame[256] = { SYNC1, SYNC2, class, id, n };
	unsigned char *sum = frame + 6 + n;
	size_t i;

	memcpy(frame + 6, payload, n);
	for (i = 2; i < 6 + n; i++) {
		sum[0] += frame[i];
		sum[1] += sum[0];
	}
	play_now(frame, n + 8);
}

static void acknowledge(const unsigned char *frame, bool good)
{
	say_frame(0x05, good, frame + 2, 2);
}

/* ---- what it obeys ---- */

static bool set_rate(unsigned int ms)
{
	if (ms < 100 || ms > 1000 || ms % 100)
		return false;
	every = ms / 100;
	printf("rate %u ms\n", ms);
	return true;
}

/* When all has been said at the old one. */
static bool set_baud(unsigned int baud, const unsigned char *frame)
{
	char text[16];

	if (baud < 4800 || baud > 115200)
		return false;
	if (frame)
		acknowledge(frame, true);
	fsync(out);
	snprintf(text, sizeof(text), "%u", baud);
	if (put(BAUD, text))
		die(BAUD);
	printf("baud %u\n", baud);
	return true;
}

static unsigned int little(const unsigned char *p, unsigned int n)
{
	return n ? p[0] | little(p + 1, n - 1) << 8 : 0;
}

static void tell_port(const unsigned char *frame)
{
	unsigned char port[20] = { 1, 0, 0, 0, 0xd0, 0x08, 0, 0, 0, 0, 0, 0, 7, 0, 3 };
	unsigned int baud = 0;
	char text[16] = "";
	int fd = xopen(BAUD, O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) > 0)
		baud = atoi(text);
	close(fd);
	memcpy(port + 8, (unsigned char[]){ baud, baud >> 8, baud >> 16 }, 3);
	say_frame(0x06, 0x00, port, sizeof(port));
	acknowledge(frame, true);
}

static void obey_frame(const unsigned char *frame, size_t n)
{
	static const unsigned char version[40] = "EXT CORE 1.00 (lab)";

	printf("heard UBX %02x%02x, %zu bytes\n", frame[2], frame[3], n);
	if (frame[2] == 0x0a && frame[3] == 0x04)
		say_frame(0x0a, 0x04, version, sizeof(version));
	else if (frame[2] != 0x06)
		return;
	else if (!frame[3] && n < 20)
		tell_port(frame);
	else if (!frame[3] && (frame[6] != 1 || !set_baud(little(frame + 14, 4), frame)))
		acknowledge(frame, false);
	else if (frame[3] == 0x08)
		acknowledge(frame, n == 6 && set_rate(little(frame + 6, 2)));
	else if (frame[3])
		acknowledge(frame, false);
}

static void obey_mtk(const char *line)
{
	unsigned int type, value = 0, flag;
	char text[32];

	sscanf(line, "$PMTK%u,%u", &type, &value);
	if (type == 605) {
		say_sentence("$PMTK705,LAB_1.0,1234,LAB,1.0");
		return;
	}
	/* It is too late to answer at the old rate. */
	if (type == 251 && set_baud(value, NULL))
		return;
	flag = type == 220 ? (set_rate(value) ? 3 : 0) : 1;
	snprintf(text, sizeof(text), "$PMTK001,%u,%u", type, flag);
	say_sentence(text);
}

static void obey_sentence(const char *line)
{
	unsigned int baud;

	printf("heard %s\n", line);
	if (mtk && !strncmp(line, "$PMTK", 5))
		obey_mtk(line);
	else if (ublox && sscanf(line, "$PUBX,41,1,%*x,%*x,%u", &baud) == 1)
		set_baud(baud, NULL);
}

/* ---- what it hears ---- */

static unsigned char heard[256];
static size_t n;

static bool frame_is_right(size_t len)
{
	unsigned char a = 0, b = 0;
	size_t i;

	for (i = 2; i < len + 6; i++)
		b += a += heard[i];
	return a == heard[len + 6] && b == heard[len + 7];
}

static bool sentence_is_right(void)
{
	char *star = strchr((char *)heard, '*');
	unsigned char sum = 0;
	char *p;

	if (!star)
		return false;
	for (p = (char *)heard + 1; p < star; p++)
		sum ^= *p;
	return strtoul(star + 1, NULL, 16) == sum;
}

static void hear(unsigned char byte)
{
	size_t len;

	if (n == sizeof(heard) - 1)
		n = 0;
	if (!n && byte != '$' && byte != SYNC1)
		return;
	heard[n++] = byte;
	heard[n] = '\0';
	if (heard[0] == '$') {
		if (byte != '\n')
			return;
		heard[strcspn((char *)heard, "\r\n")] = '\0';
		if (sentence_is_right())
			obey_sentence((char *)heard);
		n = 0;
		return;
	}
	if (n < 8)
		return;
	len = little(heard + 4, 2);
	if (len > sizeof(heard) - 9)
		n = 0;
	if (n < len + 8)
		return;
	if (ublox && frame_is_right(len))
		obey_frame(heard, len);
	n = 0;
}

int main(int argc, char **argv)
{
	const char *epoch, *end;
	unsigned int number;
	struct text nmea;
	ssize_t i, got;
	char bytes[64];
	int64_t due;

	if (argc != 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	ublox = !strcmp(argv[1], "ublox");
	mtk = !strcmp(argv[1], "mtk");
	nmea = load(argv[2]);
	out = xopen(SIM, O_WRONLY);
	in = xopen(SIM, O_RDONLY | O_NONBLOCK);
	epoch = nmea.bytes;
	due = now_ns();
	for (number = 0; epoch; nap(5)) {
		while ((got = read(in, bytes, sizeof(bytes))) > 0)
			for (i = 0; i < got; i++)
				hear(bytes[i]);
		if (now_ns() < due)
			continue;
		due += EPOCH_NS;
		end = memmem(epoch + 1, nmea.bytes + nmea.n - epoch - 1, "$GPRMC", 6);
		if (number++ % every == 0)
			play_now(epoch, (end ? end : nmea.bytes + nmea.n) - epoch);
		epoch = end;
	}
	return 0;
}
