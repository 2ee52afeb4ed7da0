// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of /sys/class/gnss_gpio/gnss_gpioN/, and properties that set them first.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/property.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "gnss_gpio.h"

#define BAUD_AUTO	"auto"

/* Called with gnss_gpio.lock held; see gnss_gpio_bh_switch(). */
typedef int (*choose_fn)(struct gnss_gpio *gg, const char *name, char *why);

/* Writes to an attribute that is a choice of names. */
static ssize_t choice_store(struct device *dev, choose_fn choose, const char *buf,
			    size_t count)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);
	char why[GNSS_GPIO_WHY_SIZE];
	int ret = -ENODEV;

	mutex_lock(&gg->lock);
	if (!gg->gone) {
		ret = choose(gg, buf, why);
		if (ret)
			dev_err_ratelimited(dev, "%s\n", why);
	}
	mutex_unlock(&gg->lock);

	return ret ?: count;
}

static ssize_t bottom_half_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);
	ssize_t ret = -ENODEV;

	mutex_lock(&gg->lock);
	if (!gg->gone)
		ret = gnss_gpio_bh_show(gg, buf);
	mutex_unlock(&gg->lock);

	return ret;
}

static ssize_t bottom_half_store(struct device *dev,
				 struct device_attribute *attr, const char *buf,
				 size_t count)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);
	ssize_t ret;

	/* Two who want different ones would not know which they got. */
	if (test_and_set_bit_lock(0, &gg->switching))
		return -EBUSY;

	ret = choice_store(dev, gnss_gpio_bh_switch, buf, count);

	clear_bit_unlock(0, &gg->switching);

	return ret;
}
static DEVICE_ATTR_RW(bottom_half);

static ssize_t rx_engine_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);
	ssize_t ret;

	mutex_lock(&gg->lock);
	ret = gnss_gpio_auto_show(gg, buf);
	mutex_unlock(&gg->lock);

	return ret;
}

static ssize_t rx_engine_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t count)
{
	return choice_store(dev, gnss_gpio_auto_switch, buf, count);
}
static DEVICE_ATTR_RW(rx_engine);

/* What 'auto' has picked, or else the same as rx_engine. */
static ssize_t rx_engine_used_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);
	ssize_t ret;

	mutex_lock(&gg->lock);
	ret = sysfs_emit(buf, "%s\n", gnss_gpio_engine_name(gg));
	mutex_unlock(&gg->lock);

	return ret;
}
static DEVICE_ATTR_RO(rx_engine_used);

/* As the attribute of a serial port: the bottom half is kicked for so many bytes. */
static ssize_t rx_trig_bytes_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n",
			  READ_ONCE(to_gnss_gpio(dev)->rx.trig_bytes));
}

static ssize_t rx_trig_bytes_store(struct device *dev,
				   struct device_attribute *attr,
				   const char *buf, size_t count)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);
	u8 bytes;
	int ret;

	ret = kstrtou8(buf, 10, &bytes);
	if (!ret && (bytes < 1 || bytes > GNSS_GPIO_TRIG_MAX))
		ret = -ERANGE;
	if (ret) {
		dev_err_ratelimited(&gg->dev, "rx_trig_bytes is to be 1..%d\n",
				    GNSS_GPIO_TRIG_MAX);
		return ret;
	}

	raw_spin_lock_irq(&gg->rx.lock);
	WRITE_ONCE(gg->rx.trig_bytes, bytes);
	gnss_gpio_rx_retime(gg);
	raw_spin_unlock_irq(&gg->rx.lock);

	return count;
}
static DEVICE_ATTR_RW(rx_trig_bytes);

static ssize_t baud_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	u32 baud = READ_ONCE(to_gnss_gpio(dev)->rate.asked);

	return baud ? sysfs_emit(buf, "%u\n", baud) :
		      sysfs_emit(buf, BAUD_AUTO "\n");
}

/* A number, or -EINVAL or -ERANGE with a message. */
static int baud_set(struct gnss_gpio *gg, const char *buf)
{
	bool automatic = sysfs_streq(buf, BAUD_AUTO);
	u32 baud = 0;
	int ret = 0;

	if (!automatic)
		ret = kstrtou32(buf, 10, &baud);
	if (!ret && !automatic &&
	    (baud < GNSS_GPIO_BAUD_MIN || baud > GNSS_GPIO_BAUD_MAX))
		ret = -ERANGE;
	if (ret) {
		dev_err_ratelimited(&gg->dev,
				    "baud is to be %d..%d, or " BAUD_AUTO "\n",
				    GNSS_GPIO_BAUD_MIN, GNSS_GPIO_BAUD_MAX);
		return ret;
	}

	gnss_gpio_baud_ask(gg, baud);
	gnss_gpio_bh_run_soon(gg);

	return 0;
}

static ssize_t baud_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);
	int ret = -ENODEV;

	mutex_lock(&gg->lock);
	if (!gg->gone)
		ret = baud_set(gg, buf);
	mutex_unlock(&gg->lock);

	return ret ?: count;
}
static DEVICE_ATTR_RW(baud);

/* What was found, or else the same as baud. */
static ssize_t baud_used_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%u\n", gnss_gpio_baud_shown(to_gnss_gpio(dev)));
}
static DEVICE_ATTR_RO(baud_used);

static const char * const streams[] = { "raw", "checked" };

static ssize_t stream_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, READ_ONCE(to_gnss_gpio(dev)->want_checked) ?
			  "%s [%s]\n" : "[%s] %s\n", streams[0], streams[1]);
}

static int stream_choose(struct gnss_gpio *gg, const char *name, char *why)
{
	int stream = sysfs_match_string(streams, name);

	if (stream < 0) {
		scnprintf(why, GNSS_GPIO_WHY_SIZE,
			  "no such stream; there are: %s %s", streams[0],
			  streams[1]);
		return stream;
	}
	WRITE_ONCE(gg->want_checked, stream);

	return 0;
}

static ssize_t stream_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	return choice_store(dev, stream_choose, buf, count);
}
static DEVICE_ATTR_RW(stream);

static ssize_t repair_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%d\n",
			  READ_ONCE(to_gnss_gpio(dev)->parser.repair));
}

static ssize_t repair_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	if (ret)
		return ret;
	nmea_set_repair(&to_gnss_gpio(dev)->parser, on);

	return count;
}
static DEVICE_ATTR_RW(repair);

static struct attribute *gnss_gpio_attrs[] = {
	&dev_attr_bottom_half.attr,
	&dev_attr_rx_engine.attr,
	&dev_attr_rx_engine_used.attr,
	&dev_attr_rx_trig_bytes.attr,
	&dev_attr_baud.attr,
	&dev_attr_baud_used.attr,
	&dev_attr_stream.attr,
	&dev_attr_repair.attr,
	NULL
};

static const struct attribute_group gnss_gpio_group = {
	.attrs = gnss_gpio_attrs,
};

/*
 * stats/: one counter a file.  Counters are words of the machine, each with
 * one writer, so reading one takes no lock; they wrap.
 */
struct stat_attribute {
	struct device_attribute attr;
	size_t offset;
};

static ssize_t stat_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct stat_attribute *stat = container_of(attr, struct stat_attribute,
						   attr);
	const void *counter = (const void *)to_gnss_gpio(dev) + stat->offset;

	return sysfs_emit(buf, "%lu\n",
			  READ_ONCE(*(const unsigned long *)counter));
}

static ssize_t lost_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct stat_attribute *stat = container_of(attr, struct stat_attribute,
						   attr);
	const void *counter = (const void *)to_gnss_gpio(dev) + stat->offset;

	return sysfs_emit(buf, "%lu\n",
			  atomic_long_read((const atomic_long_t *)counter));
}

#define COUNTER(_name, _show, _member)					\
	(&((struct stat_attribute[]) { {				\
		.attr = __ATTR(_name, 0444, _show, NULL),		\
		.offset = offsetof(struct gnss_gpio, _member),		\
	} })[0].attr.attr)

#define STAT(_name, _member)	COUNTER(_name, stat_show, _member)
#define LOST(_name, _member)	COUNTER(_name, lost_show, _member)

static struct attribute *gnss_gpio_stats_attrs[] = {
	STAT(edges, rx.stats.edges),
	STAT(looks, rx.stats.looks),
	STAT(frames, byte_stats.frames),
	STAT(good, byte_stats.good),
	STAT(bytes, byte_stats.bytes),
	STAT(framing_errors, byte_stats.framing_errors),
	STAT(breaks, byte_stats.breaks),
	STAT(doubtful, byte_stats.doubtful),
	STAT(false_starts, byte_stats.false_starts),
	STAT(line_errors, rx.stats.line_errors),
	STAT(mutes, rx.stats.mutes),
	STAT(slow_mutes, rx.stats.slow_mutes),
	STAT(overruns, rx.stats.overruns),
	STAT(lateness_max_ns, rx.stats.lateness_max_ns),
	STAT(edge_lateness_max_ns, byte_stats.edge_lateness_max_ns),
	STAT(sentences, parser.stats.sentences),
	STAT(used, parser.stats.used),
	STAT(ignored, parser.stats.ignored),
	STAT(malformed, parser.stats.malformed),
	STAT(unreadable, parser.stats.unreadable),
	STAT(repaired, parser.stats.repaired),
	STAT(checksum_errors, parser.stats.checksum_errors),
	STAT(ambiguous, parser.stats.ambiguous),
	STAT(no_checksum, parser.stats.no_checksum),
	STAT(garbled, parser.stats.garbled),
	STAT(too_long, parser.stats.too_long),
	STAT(late, parser.stats.late),
	STAT(junk_bytes, parser.stats.junk_bytes),
	STAT(epochs, parser.stats.epochs),
	STAT(fixes, parser.stats.fixes),
	STAT(tx_bytes, tx.stats.bytes),
	STAT(tx_late_bits, tx.stats.late_bits),
	STAT(tx_edge_error_max_ns, tx.stats.edge_error_max_ns),
	LOST(reader_lost_bytes, nmea.lost),
	LOST(reader_lost_fixes, fix.lost),
	STAT(gnss_lost_bytes, class_device.lost),
	STAT(pps_pulses, pps.pulses),
	STAT(pps_ignored, pps.ignored),
	STAT(pps_mutes, pps.mutes),
	NULL
};

static const struct attribute_group gnss_gpio_stats_group = {
	.name = "stats",
	.attrs = gnss_gpio_stats_attrs,
};

const struct attribute_group *gnss_gpio_groups[] = {
	&gnss_gpio_group,
	&gnss_gpio_stats_group,
	NULL
};

static int choose_by_property(struct gnss_gpio *gg, const char *property,
			      choose_fn choose)
{
	struct device *dev = gg->parent;
	char why[GNSS_GPIO_WHY_SIZE];
	const char *name;
	int ret;

	if (!device_property_present(dev, property))
		return 0;

	ret = device_property_read_string(dev, property, &name);
	if (ret)
		return dev_err_probe(dev, ret, "%s is not a string\n", property);

	mutex_lock(&gg->lock);
	ret = choose(gg, name, why);
	mutex_unlock(&gg->lock);
	if (ret)
		return dev_err_probe(dev, ret, "%s = \"%s\": %s\n", property, name,
				     why);

	return 0;
}

/**
 * gnss_gpio_choose_by_properties() - choose what users may change by attributes
 * @gg: the receiver, set up
 *
 * Where a property is absent, nothing changes.
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno with a message.
 */
int gnss_gpio_choose_by_properties(struct gnss_gpio *gg)
{
	return choose_by_property(gg, "linux,bottom-half", gnss_gpio_bh_switch) ?:
	       choose_by_property(gg, "linux,rx-engine", gnss_gpio_auto_switch) ?:
	       choose_by_property(gg, "linux,stream", stream_choose);
}
