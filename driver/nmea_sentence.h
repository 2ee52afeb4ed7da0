/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: what the parts of the parser need of each other.
 */
#ifndef GNSS_GPIO_NMEA_SENTENCE_H
#define GNSS_GPIO_NMEA_SENTENCE_H

#include "nmea.h"

void nmea_line_close(struct nmea *p, enum nmea_verdict verdict);
void nmea_line_drop(struct nmea *p);
int nmea_hex_digit(u8 byte);
void nmea_line_put(struct nmea_line *line, u8 byte);
void nmea_line_take(struct nmea *p, u8 byte, unsigned int flags, u8 unsure,
		    s64 start_ns);

void nmea_take_doubtful(struct nmea *p, u8 received, u8 unsure, s64 start_ns);
bool nmea_keep_remote(struct nmea_line *line, u8 byte, u8 remote);
bool nmea_unstar(struct nmea_line *line);
bool nmea_find_star(struct nmea_line *line);
bool nmea_repaired(const struct nmea_line *line);
enum nmea_verdict nmea_repair(struct nmea_line *line);

bool nmea_is_decoded(const struct nmea_line *line);
enum nmea_verdict nmea_decode(const struct nmea_line *line,
			      struct nmea_msg *m);
void nmea_take_line(struct nmea *p);

#endif /* GNSS_GPIO_NMEA_SENTENCE_H */
