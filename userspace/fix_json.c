// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cli.h"
#include "fix_json.h"

#define MS_PER_DAY	86400000

char *fix_decimal(char *text, long long value, int decimals)
{
	unsigned long long u = value, unit = 1;
	int i;

	if (value < 0)
		u = -u;
	for (i = 0; i < decimals; i++)
		unit *= 10;
	snprintf(text, FIX_TEXT, "%s%llu.%0*llu", value < 0 ? "-" : "",
		 u / unit, decimals, u % unit);
	return text;
}

/* Days since 1970-01-01 to a date; years start in March here. */
static void civil(long long days, long long *year, int *month, int *day)
{
	long long z = days + 719468;
	long long era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int m = (5 * doy + 2) / 153;

	*day = doy - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = yoe + era * 400 + (*month <= 2);
}

static int time_of_day(char *text, size_t size, unsigned int ms)
{
	/* a leap second is 86400000..., and shown as 23:59:60 */
	unsigned int s = ms / 1000, leap = s >= 86400 ? s - 86399 : 0;

	s -= leap;
	return snprintf(text, size, "%02u:%02u:%02u.%03u", s / 3600,
			s / 60 % 60, s % 60 + leap, ms % 1000);
}

char *fix_time(char *text, const struct gnss_gpio_fix *fix)
{
	int month, day, n = 0;
	long long year;

	text[0] = '\0';
	if (!(fix->valid & GNSS_GPIO_VALID_TIME))
		return text;
	if (fix->valid & GNSS_GPIO_VALID_DATE) {
		civil((fix->utc_ms - (long long)fix->tod_ms) / MS_PER_DAY,
		      &year, &month, &day);
		n = snprintf(text, FIX_TEXT, "%04lld-%02d-%02dT", year, month,
			     day);
	}
	n += time_of_day(text + n, FIX_TEXT - n, fix->tod_ms);
	if (fix->valid & GNSS_GPIO_VALID_DATE)
		snprintf(text + n, FIX_TEXT - n, "Z");
	return text;
}

static void add(struct json_object *o, const char *key,
		struct json_object *value)
{
	if (!value || json_object_object_add(o, key, value))
		cli_die("out of memory");
}

/* The text goes into the JSON as it is: no rounding to a double. */
static void add_decimal(struct json_object *o, const char *key,
			long long value, int decimals)
{
	char text[FIX_TEXT];

	fix_decimal(text, value, decimals);
	add(o, key, json_object_new_double_s(strtod(text, NULL), text));
}

/* gpsd's numbers; plain GPS and unknown are left out, as gpsd does. */
static int status(const struct gnss_gpio_fix *fix)
{
	static const unsigned char of_quality[] = {
		[GNSS_GPIO_QUALITY_DGPS] = 2,
		[GNSS_GPIO_QUALITY_PPS] = 9,
		[GNSS_GPIO_QUALITY_RTK_FIXED] = 3,
		[GNSS_GPIO_QUALITY_RTK_FLOAT] = 4,
		[GNSS_GPIO_QUALITY_ESTIMATED] = 5,
		[GNSS_GPIO_QUALITY_MANUAL] = 7,
		[GNSS_GPIO_QUALITY_SIMULATED] = 8,
	};

	if (!(fix->valid & GNSS_GPIO_VALID_QUALITY) ||
	    fix->mode < GNSS_GPIO_MODE_2D || fix->quality >= sizeof(of_quality))
		return 0;
	return of_quality[fix->quality];
}

static struct json_object *new_report(const char *class, const char *device)
{
	struct json_object *o = json_object_new_object();

	if (!o)
		cli_die("out of memory");
	add(o, "class", json_object_new_string(class));
	if (device)
		add(o, "device", json_object_new_string(device));
	return o;
}

static void add_time(struct json_object *o, const struct gnss_gpio_fix *fix)
{
	char text[FIX_TEXT];

	if (fix->valid & GNSS_GPIO_VALID_DATE)
		add(o, "time", json_object_new_string(fix_time(text, fix)));
}

static void write_report(FILE *f, struct json_object *o)
{
	fputs(json_object_to_json_string_ext(o,
					     JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE),
	      f);
	fputc('\n', f);
	json_object_put(o);
}

void fix_json_tpv(FILE *f, const struct gnss_gpio_fix *fix, const char *device)
{
	struct json_object *o = new_report("TPV", device);

	add(o, "mode", json_object_new_int(fix->mode));
	if (status(fix))
		add(o, "status", json_object_new_int(status(fix)));
	add_time(o, fix);
	if (fix->valid & GNSS_GPIO_VALID_POSITION) {
		add_decimal(o, "lat", fix->lat_nd, 9);
		add_decimal(o, "lon", fix->lon_nd, 9);
	}
	if (fix->valid & GNSS_GPIO_VALID_ALTITUDE)
		add_decimal(o, "altMSL", fix->alt_msl_mm, 3);
	if (fix->valid & GNSS_GPIO_VALID_GEOID_SEP)
		add_decimal(o, "geoidSep", fix->geoid_sep_mm, 3);
	if (fix->valid & GNSS_GPIO_VALID_SPEED)
		add_decimal(o, "speed", fix->speed_mm_s, 3);
	if (fix->valid & GNSS_GPIO_VALID_COURSE)
		add_decimal(o, "track", fix->course_1e5, 5);
	write_report(f, o);
}

void fix_json_sky(FILE *f, const struct gnss_gpio_fix *fix, const char *device)
{
	struct json_object *o;

	if (!(fix->valid & (GNSS_GPIO_VALID_PDOP | GNSS_GPIO_VALID_HDOP |
			    GNSS_GPIO_VALID_VDOP | GNSS_GPIO_VALID_SATS_USED |
			    GNSS_GPIO_VALID_SATS_IN_VIEW)))
		return;
	o = new_report("SKY", device);
	add_time(o, fix);
	if (fix->valid & GNSS_GPIO_VALID_PDOP)
		add_decimal(o, "pdop", fix->pdop_c, 2);
	if (fix->valid & GNSS_GPIO_VALID_HDOP)
		add_decimal(o, "hdop", fix->hdop_c, 2);
	if (fix->valid & GNSS_GPIO_VALID_VDOP)
		add_decimal(o, "vdop", fix->vdop_c, 2);
	if (fix->valid & GNSS_GPIO_VALID_SATS_USED)
		add(o, "uSat", json_object_new_int(fix->sats_used));
	if (fix->valid & GNSS_GPIO_VALID_SATS_IN_VIEW)
		add(o, "nSat", json_object_new_int(fix->sats_in_view));
	write_report(f, o);
}
