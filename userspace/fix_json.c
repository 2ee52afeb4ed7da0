// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

char *fix_datum(char *text, const struct gnss_gpio_fix *fix)
{
	int size = sizeof(fix->datum);

	snprintf(text, FIX_TEXT, "%.*s", size, fix->datum);
	if (!strcmp(text, "W84"))
		strcpy(text, "WGS84");
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

static void add_if(struct json_object *o, const struct gnss_gpio_fix *fix,
		   unsigned int bit, const char *key, long long value,
		   int decimals)
{
	if (fix->valid & bit)
		add_decimal(o, key, value, decimals);
}

static void add_int(struct json_object *o, const char *key, int value)
{
	add(o, key, json_object_new_int(value));
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
	char text[FIX_TEXT];

	add_int(o, "mode", fix->mode);
	if (status(fix))
		add_int(o, "status", status(fix));
	add_time(o, fix);
	if (fix->valid & GNSS_GPIO_VALID_POSITION) {
		add_decimal(o, "lat", fix->lat_nd, 9);
		add_decimal(o, "lon", fix->lon_nd, 9);
	}
	add_if(o, fix, GNSS_GPIO_VALID_ALT_HAE, "altHAE", fix->alt_hae_mm, 3);
	add_if(o, fix, GNSS_GPIO_VALID_ALTITUDE, "altMSL", fix->alt_msl_mm, 3);
	add_if(o, fix, GNSS_GPIO_VALID_GEOID_SEP, "geoidSep", fix->geoid_sep_mm, 3);
	add_if(o, fix, GNSS_GPIO_VALID_SPEED, "speed", fix->speed_mm_s, 3);
	add_if(o, fix, GNSS_GPIO_VALID_COURSE, "track", fix->course_1e5, 5);
	if (fix->valid & GNSS_GPIO_VALID_DATUM)
		add(o, "datum", json_object_new_string(fix_datum(text, fix)));
	if (fix->antenna)
		add_int(o, "ant", fix->antenna);
	write_report(f, o);
}

int fix_prn(const struct gnss_gpio_satellite *s)
{
	static const int before[] = {
		[GNSS_GPIO_SYSTEM_GLONASS] = 64,
		[GNSS_GPIO_SYSTEM_GALILEO] = 300,
		[GNSS_GPIO_SYSTEM_BEIDOU] = 400,
		[GNSS_GPIO_SYSTEM_QZSS] = 192,
		[GNSS_GPIO_SYSTEM_NAVIC] = 500,
	};

	/* 46 and 133 are the same one; gpsd takes what comes */
	if (s->system == GNSS_GPIO_SYSTEM_SBAS)
		return s->number;
	return s->system < sizeof(before) / sizeof(before[0]) ?
	       before[s->system] + s->svid : 0;
}

int fix_gnssid(const struct gnss_gpio_satellite *s)
{
	static const int id[] = { 1, 0, 6, 2, 3, 5, 7 };

	return s->system < sizeof(id) / sizeof(id[0]) ? id[s->system] : -1;
}

/* From NMEA's numbers to those of u-blox, which gpsd uses. */
int fix_sigid(const struct gnss_gpio_satellite *s)
{
	static const unsigned char id[][16] = {
		[GNSS_GPIO_SYSTEM_GPS] = { [5] = 4, [6] = 3, [7] = 6, [8] = 7 },
		[GNSS_GPIO_SYSTEM_GLONASS] = { [3] = 2 },
		[GNSS_GPIO_SYSTEM_GALILEO] = { [1] = 3, [2] = 5, [4] = 10, [5] = 8 },
		[GNSS_GPIO_SYSTEM_BEIDOU] = { [3] = 5, [5] = 7, [8] = 4, [11] = 2 },
		[GNSS_GPIO_SYSTEM_QZSS] = { [4] = 1, [5] = 4, [6] = 5, [7] = 8, [8] = 9 },
		[GNSS_GPIO_SYSTEM_NAVIC] = { 0 },
	};

	if (s->system >= sizeof(id) / sizeof(id[0]) || s->signal > 15)
		return 0;
	return id[s->system][s->signal];
}

static struct json_object *satellite(const struct gnss_gpio_satellite *s)
{
	struct json_object *o = json_object_new_object();

	if (!o)
		cli_die("out of memory");
	add_int(o, "PRN", fix_prn(s));
	add_int(o, "gnssid", fix_gnssid(s));
	add_int(o, "svid", s->svid);
	if (fix_sigid(s))
		add_int(o, "sigid", fix_sigid(s));
	if (s->flags & GNSS_GPIO_SATELLITE_AZIMUTH)
		add_decimal(o, "az", s->azimuth * 10, 1);
	if (s->flags & GNSS_GPIO_SATELLITE_ELEVATION)
		add_decimal(o, "el", s->elevation * 10, 1);
	if (s->flags & GNSS_GPIO_SATELLITE_SNR)
		add_decimal(o, "ss", s->snr * 10, 1);
	add(o, "used", json_object_new_boolean(s->flags & GNSS_GPIO_SATELLITE_USED));
	return o;
}

static struct json_object *satellites(const struct gnss_gpio_sky *sky)
{
	struct json_object *array = json_object_new_array();
	unsigned int i;

	if (!array)
		cli_die("out of memory");
	for (i = 0; i < sky->satellites; i++)
		if (json_object_array_add(array, satellite(&sky->satellite[i])))
			cli_die("out of memory");
	return array;
}

void fix_json_sky(FILE *f, const struct gnss_gpio_fix *fix,
		  const struct gnss_gpio_sky *sky, const char *device)
{
	struct json_object *o;
	bool any = sky && sky->satellites;

	if (!any &&
	    !(fix->valid & (GNSS_GPIO_VALID_PDOP | GNSS_GPIO_VALID_HDOP |
			    GNSS_GPIO_VALID_VDOP | GNSS_GPIO_VALID_SATS_USED |
			    GNSS_GPIO_VALID_SATS_IN_VIEW)))
		return;
	o = new_report("SKY", device);
	add_time(o, fix);
	add_if(o, fix, GNSS_GPIO_VALID_PDOP, "pdop", fix->pdop_c, 2);
	add_if(o, fix, GNSS_GPIO_VALID_HDOP, "hdop", fix->hdop_c, 2);
	add_if(o, fix, GNSS_GPIO_VALID_VDOP, "vdop", fix->vdop_c, 2);
	if (fix->valid & GNSS_GPIO_VALID_SATS_USED)
		add_int(o, "uSat", fix->sats_used);
	if (fix->valid & GNSS_GPIO_VALID_SATS_IN_VIEW)
		add_int(o, "nSat", fix->sats_in_view);
	if (any)
		add(o, "satellites", satellites(sky));
	write_report(f, o);
}

void fix_json_gst(FILE *f, const struct gnss_gpio_fix *fix, const char *device)
{
	struct json_object *o;

	if (!(fix->valid & (GNSS_GPIO_VALID_ERR_RMS |
			    GNSS_GPIO_VALID_ERR_ELLIPSE |
			    GNSS_GPIO_VALID_ERR_POSITION |
			    GNSS_GPIO_VALID_ERR_ALTITUDE)))
		return;
	o = new_report("GST", device);
	add_time(o, fix);
	add_if(o, fix, GNSS_GPIO_VALID_ERR_RMS, "rms", fix->err_rms_mm, 3);
	add_if(o, fix, GNSS_GPIO_VALID_ERR_ELLIPSE, "major", fix->err_major_mm, 3);
	add_if(o, fix, GNSS_GPIO_VALID_ERR_ELLIPSE, "minor", fix->err_minor_mm, 3);
	add_if(o, fix, GNSS_GPIO_VALID_ERR_ELLIPSE, "orient", fix->err_orient_1e5, 5);
	add_if(o, fix, GNSS_GPIO_VALID_ERR_POSITION, "lat", fix->err_lat_mm, 3);
	add_if(o, fix, GNSS_GPIO_VALID_ERR_POSITION, "lon", fix->err_lon_mm, 3);
	add_if(o, fix, GNSS_GPIO_VALID_ERR_ALTITUDE, "alt", fix->err_alt_mm, 3);
	write_report(f, o);
}

void fix_json_att(FILE *f, const struct gnss_gpio_fix *fix, const char *device)
{
	struct json_object *o;

	if (!(fix->valid & GNSS_GPIO_VALID_HEADING))
		return;
	o = new_report("ATT", device);
	add_time(o, fix);
	add_decimal(o, "heading", fix->heading_1e5, 5);
	write_report(f, o);
}
