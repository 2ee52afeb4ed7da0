// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnss-ctl: speaks to the receiver of the driver gnss-gpio.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "attribute.h"
#include "cli.h"
#include "clock.h"
#include "speak.h"

const char cli_name[] = "gnss-ctl";

#define BAUD_MIN	300
#define BAUD_MAX	230400
#define RATE_MAX	20
#define SWITCH_NS	(50 * NSEC_PER_MSEC)

static const char help[] =
"Usage: gnss-ctl [OPTION]... rate HZ\n"
"       gnss-ctl [OPTION]... baud N\n"
"       gnss-ctl [OPTION]... send MESSAGE\n"
"Speaks to the receiver, if the driver has a line to send on.\n"
"\n"
"  rate HZ             fixes a second, 1 to 20\n"
"  baud N              another rate of the line, 300 to 230400; the driver follows\n"
"  send MESSAGE        a sentence, as '$PMTK605', or class, id and payload of a\n"
"                      UBX frame, as 0a04; what is missing is added\n"
"\n"
"  --device FILE       default /dev/gnss-nmea0\n"
"  --protocol NAME     ublox, mtk or plain; by default the receiver is asked.\n"
"                      plain: it answers nothing\n"
"  --timeout S         for an answer, 1 to 60; default 2\n"
"  --help              show this\n";

enum protocol { ASK, UBLOX, MTK, PLAIN };
static const char *const protocols[] = { "ask", "ublox", "mtk", "plain" };

static struct {
	const char *name;	/* of the device */
	int fd;
	char dir[64];		/* of its attributes */
	int timeout;
	char was[16];		/* the attribute baud, before it was changed */
	bool changed;
	struct speak_listener listener;
} ctl = { .name = "/dev/gnss-nmea0", .timeout = 2 };

/* ---- the driver ---- */

static void open_receiver(void)
{
	char text[16];
	struct stat st;

	ctl.fd = open(ctl.name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ctl.fd < 0)
		cli_cannot_open(ctl.name);
	if (fstat(ctl.fd, &st))
		cli_die("%s: %s", ctl.name, strerror(errno));
	snprintf(ctl.dir, sizeof(ctl.dir), "/sys/dev/char/%u:%u/device",
		 major(st.st_rdev), minor(st.st_rdev));
	if (!S_ISCHR(st.st_mode) || !attribute_get(ctl.dir, "baud_used", text, sizeof(text)))
		cli_die("%s is no receiver of the driver gnss-gpio", ctl.name);
}

static void put_back(void)
{
	if (!ctl.changed)
		return;
	ctl.changed = false;
	if (attribute_put(ctl.dir, "baud", ctl.was))
		fprintf(stderr, "%s: the driver is at %s baud again\n", cli_name, ctl.was);
	else
		fprintf(stderr, "%s: the driver's attribute baud cannot be set to %s again: %s\n",
			cli_name, ctl.was, strerror(errno));
}

static void __attribute__((noreturn)) stop(void)
{
	put_back();
	cli_end_stopped();
}

/* ---- the receiver ---- */

/* All that came before is old. */
static void forget(void)
{
	struct pollfd p = { .fd = ctl.fd, .events = POLLIN };
	char bytes[512];

	while (poll(&p, 1, 0) == 1 && (p.revents & POLLIN) &&
	       read(ctl.fd, bytes, sizeof(bytes)) > 0)
		;
	ctl.listener = (struct speak_listener){ 0 };
}

/* Returns when the last stop bit is over. */
static void say(const struct speak_message *m)
{
	if (write(ctl.fd, m->bytes, m->n) == (ssize_t)m->n && !fsync(ctl.fd))
		return;
	if (cli_stop)
		stop();
	switch (errno) {
	case EOPNOTSUPP:
		cli_die("the driver has no line to send on; wire the receiver's RX and name the line: tx_pin=N of the overlay, or tx-gpios");
	case ENOTCONN:
		cli_die("the driver has not found the receiver's rate yet; is the receiver switched on?");
	case ENODEV:
		cli_die("the receiver is gone");
	default:
		cli_die("cannot write to %s: %s", ctl.name, strerror(errno));
	}
}

/* Returns false when the time is over. */
static bool hear_byte(u8 *byte, s64 until_ns)
{
	struct pollfd p = { .fd = ctl.fd, .events = POLLIN };
	s64 left_ns;
	int ret;

	for (;;) {
		if (cli_stop)
			stop();
		left_ns = until_ns - clock_now_ns();
		if (left_ns <= 0)
			return false;
		ret = poll(&p, 1, left_ns / NSEC_PER_MSEC + 1);
		if (ret < 0 && errno != EINTR)
			cli_die("cannot wait for %s: %s", ctl.name, strerror(errno));
		if (ret <= 0)
			continue;
		ret = read(ctl.fd, byte, 1);
		if (ret == 1)
			return true;
		if (!ret)
			cli_die("the receiver is gone");
		if (errno != EINTR)
			cli_die("cannot read from %s: %s", ctl.name, strerror(errno));
	}
}

/* The next message whose checksum is right, or NULL when the time is over. */
static const struct speak_message *hear(s64 until_ns)
{
	u8 byte;

	while (hear_byte(&byte, until_ns))
		if (speak_hear(&ctl.listener, byte))
			return &ctl.listener.message;
	return NULL;
}

static s64 deadline_ns(void)
{
	return clock_now_ns() + ctl.timeout * NSEC_PER_SEC;
}

/* What answers @question, or NULL. */
static const struct speak_message *answer(const struct speak_message *question,
					  enum speak_answer *verdict)
{
	const struct speak_message *heard;
	s64 until_ns = deadline_ns();

	while ((heard = hear(until_ns))) {
		*verdict = speak_judge(question, heard);
		if (*verdict != SPEAK_NONE)
			return heard;
	}
	return NULL;
}

static void must_answer(const struct speak_message *question)
{
	const struct speak_message *heard;
	enum speak_answer verdict;

	forget();
	say(question);
	heard = answer(question, &verdict);
	if (!heard)
		cli_die("sent '%s', and nothing came that answers it within %d s; check the wire to the receiver's RX",
			speak_show(question), ctl.timeout);
	if (verdict == SPEAK_NO)
		cli_die("sent '%s', and the receiver refuses it: '%s'",
			speak_show(question), speak_show(heard));
	printf("%s\n", speak_show(heard));
	cli_flush(stdout, "standard output");
}

/* Who understands which question tells what it is. */
static enum protocol ask_protocol(void)
{
	struct speak_message ubx, mtk;
	enum speak_answer verdict;

	speak_ubx(&ubx, 0x0a, 0x04, NULL, 0);	/* MON-VER */
	forget();
	say(&ubx);
	if (answer(&ubx, &verdict))
		return UBLOX;
	speak_nmea(&mtk, "$PMTK605");
	say(&mtk);
	if (answer(&mtk, &verdict))
		return MTK;
	cli_die("sent '%s' (u-blox) and '%s' (MTK), and nothing came that answers one of them within %d s each; check the wire to the receiver's RX, or say --protocol",
		speak_show(&ubx), speak_show(&mtk), ctl.timeout);
}

static enum protocol known_protocol(enum protocol protocol)
{
	return protocol == ASK ? ask_protocol() : protocol;
}

/* ---- the commands ---- */

static void set_fixes(unsigned int hz, enum protocol protocol)
{
	unsigned int ms = 1000 / hz;
	const u8 rate[] = { ms, ms >> 8, 1, 0, 1, 0 };
	struct speak_message m;

	if (known_protocol(protocol) == UBLOX)
		speak_ubx(&m, 0x06, 0x08, rate, sizeof(rate));
	else
		speak_nmea(&m, "$PMTK220,%u", ms);
	must_answer(&m);
}

static void set_driver(const char *text)
{
	if (!attribute_put(ctl.dir, "baud", text))
		cli_die("the driver does not take '%s' for baud: %s", text, strerror(errno));
}

static void say_baud(unsigned int baud, enum protocol protocol, struct speak_message *m)
{
	/* UART1, 8N1; UBX, NMEA and RTCM in, UBX and NMEA out. */
	const u8 port[20] = {
		1, 0, 0, 0, 0xd0, 0x08, 0, 0,
		baud, baud >> 8, baud >> 16, baud >> 24, 7, 0, 3, 0,
	};

	if (protocol == UBLOX)
		speak_ubx(m, 0x06, 0x00, port, sizeof(port));
	else
		speak_nmea(m, "$PMTK251,%u", baud);
	forget();
	say(m);
}

/*
 * The receiver answers at the old rate, at the new one or not at all: what tells is that
 * it is understood at the new one.
 */
static void set_baud(unsigned int baud, enum protocol protocol)
{
	char text[16], used[16] = "";
	struct speak_message m;

	if (!attribute_get(ctl.dir, "baud", ctl.was, sizeof(ctl.was)) ||
	    !attribute_get(ctl.dir, "baud_used", used, sizeof(used)))
		cli_die("the receiver is gone");
	/* Before the receiver has another rate: is it permitted? */
	if (!attribute_put(ctl.dir, "baud", ctl.was))
		cli_die("the driver's rate cannot be set (%s), so the receiver's is left as it is; run it as root",
			strerror(errno));
	protocol = known_protocol(protocol);

	snprintf(text, sizeof(text), "%u", baud);
	ctl.changed = true;
	cli_last_words = put_back;
	say_baud(baud, protocol, &m);
	set_driver(text);
	/* Until the driver is through with what came before. */
	clock_sleep_until(clock_now_ns() + SWITCH_NS);
	forget();
	if (!hear(deadline_ns()))
		cli_die("sent '%s', and nothing is understood at %u baud within %d s",
			speak_show(&m), baud, ctl.timeout);
	if (!strcmp(ctl.was, "auto"))
		set_driver(ctl.was);
	ctl.changed = false;
	printf("receiver and driver went from %s to %u baud\n", used, baud);
	cli_flush(stdout, "standard output");
}

static void send_message(const char *text, enum protocol protocol)
{
	struct speak_message m;
	const char *why = speak_parse(&m, text);

	if (why)
		cli_usage("'%s' cannot be sent: %s", text, why);
	if (protocol == MTK && speak_is_ubx(&m))
		cli_usage("'%s' is a UBX frame, which --protocol mtk does not know", text);
	open_receiver();
	if (protocol == PLAIN)
		say(&m);
	else
		must_answer(&m);
}

static enum protocol protocol_named(const char *name)
{
	size_t i;

	for (i = UBLOX; i < ARRAY_SIZE(protocols); i++)
		if (!strcmp(name, protocols[i]))
			return i;
	cli_usage("--protocol must be ublox, mtk or plain, not '%s'", name);
}

/* What is wrong is said before the device is opened. */
static void run(const char *command, const char *value, enum protocol protocol)
{
	bool rate = !strcmp(command, "rate"), send = !strcmp(command, "send");
	unsigned int number;

	if (!rate && !send && strcmp(command, "baud"))
		cli_usage("there is no command '%s', see --help", command);
	if (!value)
		cli_usage("the command '%s' needs a value, see --help", command);
	if (send) {
		send_message(value, protocol);
		return;
	}
	number = rate ? cli_number("rate", value, 1, RATE_MAX) :
			cli_number("baud", value, BAUD_MIN, BAUD_MAX);
	if (protocol == PLAIN)
		cli_usage("there is no plain command for the %s; see the receiver's manual, and 'gnss-ctl send'",
			  rate ? "rate of fixes" : "rate of the line");
	open_receiver();
	if (rate)
		set_fixes(number, protocol);
	else
		set_baud(number, protocol);
}

int main(int argc, char **argv)
{
	static const struct option option_table[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "protocol", required_argument, NULL, 'p' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	enum protocol protocol = ASK;
	int c;

	cli_start();
	while ((c = cli_option(argc, argv, option_table)) != -1) {
		switch (c) {
		case 'd':
			ctl.name = optarg;
			break;
		case 'p':
			protocol = protocol_named(optarg);
			break;
		case 't':
			ctl.timeout = cli_number("--timeout", optarg, 1, 60);
			break;
		case 'h':
			cli_help(help);
		}
	}
	if (optind == argc)
		cli_usage("a command and its value are missing, see --help");
	cli_no_more(optind + 2, argc, argv);
	cli_catch_signals();
	run(argv[optind], argv[optind + 1], protocol);
	if (cli_stop)
		stop();
	return 0;
}
