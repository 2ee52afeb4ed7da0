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

/*
 * One line of class TPV or SKY; device may be NULL.  A field that is not valid
 * is left out, a SKY that would be empty is not written.
 */
void fix_json_tpv(FILE *f, const struct gnss_gpio_fix *fix,
		  const char *device);
void fix_json_sky(FILE *f, const struct gnss_gpio_fix *fix,
		  const char *device);

#endif /* GNSS_GPIO_FIX_JSON_H */
