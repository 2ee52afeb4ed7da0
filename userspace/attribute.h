/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of one line, as in sysfs and proc.
 */
#ifndef GNSS_GPIO_ATTRIBUTE_H
#define GNSS_GPIO_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>

/* The first line of a file, without its end.  False: errno tells why. */
bool attribute_get(const char *dir, const char *name, char *text, size_t size);

/* Writes a file at once.  False: errno tells why. */
bool attribute_put(const char *dir, const char *name, const char *text);

#endif /* GNSS_GPIO_ATTRIBUTE_H */
