/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NMEA 0183: what the three parts of the parser need of each other.
 */
#ifndef GNSS_GPIO_NMEA_SENTENCE_H
#define GNSS_GPIO_NMEA_SENTENCE_H

#include "nmea.h"

/* What nmea_decode() says of a sentence. */
enum nmea_decoded {
	NMEA_OK,
	NMEA_IGNORED,	/* a type that is not decoded */
	NMEA_MALFORMED,
};

void nmea_line_drop(struct nmea_line *line, struct nmea_stats *stats);
enum nmea_decoded nmea_decode(const struct nmea_line *line,
			      struct nmea_msg *m);
void nmea_take_line(struct nmea *p);

#endif /* GNSS_GPIO_NMEA_SENTENCE_H */
