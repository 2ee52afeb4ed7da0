/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record as JSON, with gpsd's names and exact decimals.
 */
#ifndef GNSS_GPIO_FIX_JSON_H
#define GNSS_GPIO_FIX_JSON_H

#include <stdio.h>

#include "../driver/uapi/gnss-gpio.h"

/* Room for any number or time that the functions below write. */
#define FIX_TEXT	40

/* "-0.366691667": value / 10^decimals, all decimals shown. */
char *fix_decimal(char *text, long long value, int decimals);

/*
 * "2026-01-01T00:00:00.000Z", the time of day alone where the date is not
 * known, "" where the time is not.
 */
char *fix_time(char *text, const struct gnss_gpio_fix *fix);

/* gpsd's numbers of a satellite. */
int fix_prn(const struct gnss_gpio_satellite *s);
int fix_gnssid(const struct gnss_gpio_satellite *s);
int fix_sigid(const struct gnss_gpio_satellite *s);

/* "WGS84": gpsd's name of the datum of the record. */
char *fix_datum(char *text, const struct gnss_gpio_fix *fix);

/*
 * One line of class TPV, SKY, GST or ATT; device may be NULL.  A field that is not
 * valid is left out; one that would be empty is not written, but for a TPV.  Of a SKY
 * the satellites may be NULL, if they are not known.
 */
void fix_json_tpv(FILE *f, const struct gnss_gpio_fix *fix,
		  const char *device);
void fix_json_sky(FILE *f, const struct gnss_gpio_fix *fix,
		  const struct gnss_gpio_sky *sky, const char *device);
void fix_json_gst(FILE *f, const struct gnss_gpio_fix *fix,
		  const char *device);
void fix_json_att(FILE *f, const struct gnss_gpio_fix *fix,
		  const char *device);

#endif /* GNSS_GPIO_FIX_JSON_H */
