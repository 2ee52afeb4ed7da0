// SPDX-License-Identifier: GPL-2.0-only
/*
 * GNSS receiver (NMEA 0183) on a software UART on a GPIO line.
 *
 * Probe, remove, suspend.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gpio/consumer.h>
#include <linux/hrtimer.h>
#include <linux/idr.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/kfifo.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "compat.h"
#include "gnss_gpio.h"

#define DRIVER_NAME	"gnss-gpio"

/* Receivers, and the character devices of each. */
#define RECEIVERS_MAX	32
#define NODES		2

/* Timers that are finer than this are good enough for a bit of 4.3 us. */
#define TIMER_RESOLUTION_NS	1000

static DEFINE_IDA(gnss_gpio_ida);
static dev_t gnss_gpio_devt;

static char *gnss_gpio_devnode(GNSS_GPIO_COMPAT_DEVNODE_CONST struct device *dev,
			       umode_t *mode)
{
	if (mode)
		*mode = 0660;

	return NULL;
}

static struct class gnss_gpio_class = {
	.name		= "gnss_gpio",
	.devnode	= gnss_gpio_devnode,
};

static void gnss_gpio_dev_release(struct device *dev)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);

	gnss_gpio_latency_free(gg);
	gnss_gpio_ring_free(&gg->sky_ring);
	kvfree(gg->fifo_buffer);
	ida_free(&gnss_gpio_ida, gg->id);
	mutex_destroy(&gg->lock);
	kfree(gg);
}

/* Too large for kfifo_alloc(), which wants pages in a row. */
static int gnss_gpio_alloc_fifo(struct gnss_gpio *gg)
{
	gg->fifo_buffer = kvcalloc(GNSS_GPIO_FIFO_OBS, sizeof(u64), GFP_KERNEL);
	if (!gg->fifo_buffer)
		return -ENOMEM;

	return kfifo_init(&gg->fifo, gg->fifo_buffer,
			  GNSS_GPIO_FIFO_OBS * sizeof(u64));
}

/* Each is made even if another one fails: gnss_gpio_put() undoes all. */
static int gnss_gpio_setup_nodes(struct gnss_gpio *gg)
{
	dev_t devt = gnss_gpio_devt + gg->id * NODES;
	int nmea, fix, sky;

	nmea = gnss_gpio_node_init(gg, &gg->nmea, "gnss-nmea%d", devt,
				   GNSS_GPIO_NMEA_BYTES, 1);
	fix = gnss_gpio_node_init(gg, &gg->fix, "gnss-fix%d", devt + 1,
				  GNSS_GPIO_FIX_RECORDS,
				  sizeof(struct gnss_gpio_fix));
	sky = gnss_gpio_ring_init(&gg->sky_ring, GNSS_GPIO_SKY_RECORDS,
				  sizeof(struct gnss_gpio_sky));

	return nmea ?: fix ?: sky;
}

static void gnss_gpio_put(struct gnss_gpio *gg)
{
	put_device(&gg->fix.dev);
	put_device(&gg->nmea.dev);
	put_device(&gg->dev);
}

/* A receiver with its nodes, not yet visible; put by gnss_gpio_put(). */
static struct gnss_gpio *gnss_gpio_alloc(struct device *parent)
{
	struct gnss_gpio *gg;
	int ret;

	gg = kzalloc(sizeof(*gg), GFP_KERNEL);
	if (!gg)
		return ERR_PTR(-ENOMEM);

	gg->id = ida_alloc_max(&gnss_gpio_ida, RECEIVERS_MAX - 1, GFP_KERNEL);
	if (gg->id < 0) {
		ret = gg->id;
		kfree(gg);
		return ERR_PTR(ret);
	}

	mutex_init(&gg->lock);
	gg->parent = parent;
	device_initialize(&gg->dev);
	gg->dev.class = &gnss_gpio_class;
	gg->dev.parent = parent;
	gg->dev.groups = gnss_gpio_groups;
	gg->dev.release = gnss_gpio_dev_release;

	ret = gnss_gpio_setup_nodes(gg);
	if (!ret)
		ret = dev_set_name(&gg->dev, "gnss_gpio%d", gg->id);
	if (!ret)
		ret = gnss_gpio_alloc_fifo(gg);
	if (!ret)
		ret = gnss_gpio_latency_init(gg, gnss_gpio_bh_name);
	if (ret) {
		gnss_gpio_put(gg);
		return ERR_PTR(ret);
	}

	return gg;
}

static int gnss_gpio_setup_baud(struct gnss_gpio *gg)
{
	struct device *dev = gg->parent;
	u32 baud;
	int ret;

	/* Where it is absent, the rate is to be found. */
	gg->rate.asked = 0;
	if (!device_property_present(dev, "current-speed"))
		return 0;

	ret = device_property_read_u32(dev, "current-speed", &baud);
	if (ret)
		return dev_err_probe(dev, ret,
				     "current-speed is not a 32-bit number\n");

	if (baud && (baud < GNSS_GPIO_BAUD_MIN || baud > GNSS_GPIO_BAUD_MAX))
		return dev_err_probe(dev, -EINVAL,
				     "current-speed %u is not within %d..%d baud, nor 0 to find it\n",
				     baud, GNSS_GPIO_BAUD_MIN,
				     GNSS_GPIO_BAUD_MAX);
	gg->rate.asked = baud;

	return 0;
}

/* The interrupt of a line, or a negative errno with a message. */
static int gnss_gpio_interrupt_of(struct device *dev, struct gpio_desc *line,
				  const char *property)
{
	int irq = gpiod_to_irq(line);

	if (irq < 0)
		return dev_err_probe(dev, irq,
				     "the line of %s cannot interrupt\n",
				     property);

	if (irq_check_status_bit(irq, IRQ_NESTED_THREAD))
		return dev_err_probe(dev, -EINVAL,
				     "the interrupt of %s is handled in a thread, too late to tell the time of an edge; use one of the SoC's own GPIOs\n",
				     property);

	/* A line that chatters is turned off in hard IRQ. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && irq_get_chip(irq)->irq_bus_lock)
		return dev_err_probe(dev, -EINVAL,
				     "turning off the interrupt of %s may sleep on PREEMPT_RT, by its controller's driver; use another controller's GPIO, or a kernel without PREEMPT_RT\n",
				     property);

	return irq;
}

static int gnss_gpio_setup_line(struct gnss_gpio *gg)
{
	struct device *dev = gg->parent;

	gg->rx_gpiod = devm_gpiod_get(dev, "rx", GPIOD_IN);
	if (IS_ERR(gg->rx_gpiod))
		return dev_err_probe(dev, PTR_ERR(gg->rx_gpiod),
				     "cannot get the line of rx-gpios\n");

	if (gpiod_cansleep(gg->rx_gpiod))
		return dev_err_probe(dev, -EINVAL,
				     "reading the line of rx-gpios may sleep; use one of the SoC's own GPIOs\n");

	gg->irq = gnss_gpio_interrupt_of(dev, gg->rx_gpiod, "rx-gpios");

	return min(gg->irq, 0);
}

/* The line of the pulse is never read, so that reading it may sleep. */
static int gnss_gpio_setup_pulse(struct gnss_gpio *gg)
{
	struct gnss_gpio_pps *pps = &gg->pps;
	struct device *dev = gg->parent;

	pps->gpiod = devm_gpiod_get_optional(dev, "pps", GPIOD_IN);
	if (IS_ERR(pps->gpiod))
		return dev_err_probe(dev, PTR_ERR(pps->gpiod),
				     "cannot get the line of pps-gpios\n");
	if (!pps->gpiod)
		return 0;

	pps->irq = gnss_gpio_interrupt_of(dev, pps->gpiod, "pps-gpios");

	return min(pps->irq, 0);
}

/* Ticks are 38 bits of 9600 baud apart, at 250 Hz. */
static int gnss_gpio_check_timers(struct gnss_gpio *gg)
{
	if (hrtimer_resolution <= TIMER_RESOLUTION_NS)
		return 0;

	return dev_err_probe(gg->parent, -EOPNOTSUPP,
			     "timers are %u us apart, too long for bits; boot without highres=off, with a kernel that has CONFIG_HIGH_RES_TIMERS\n",
			     hrtimer_resolution / 1000);
}

/* What it added is not undone where it fails: the receiver ends first. */
static int gnss_gpio_add_devices(struct gnss_gpio *gg)
{
	return device_add(&gg->dev) ?:
	       cdev_device_add(&gg->nmea.cdev, &gg->nmea.dev) ?:
	       cdev_device_add(&gg->fix.cdev, &gg->fix.dev);
}

/* Those that were added. */
static void gnss_gpio_del_devices(struct gnss_gpio *gg)
{
	if (device_is_registered(&gg->fix.dev))
		cdev_device_del(&gg->fix.cdev, &gg->fix.dev);
	if (device_is_registered(&gg->nmea.dev))
		cdev_device_del(&gg->nmea.cdev, &gg->nmea.dev);
	if (device_is_registered(&gg->dev))
		device_del(&gg->dev);
}

static int gnss_gpio_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct gnss_gpio *gg;
	int ret;

	gg = gnss_gpio_alloc(dev);
	if (IS_ERR(gg))
		return PTR_ERR(gg);
	platform_set_drvdata(pdev, gg);

	ret = gnss_gpio_setup_baud(gg);
	if (ret)
		goto err_put;

	ret = gnss_gpio_check_timers(gg);
	if (ret)
		goto err_put;

	ret = gnss_gpio_setup_line(gg);
	if (ret)
		goto err_put;

	ret = gnss_gpio_tx_init(gg);
	if (ret)
		goto err_put;

	ret = gnss_gpio_setup_pulse(gg);
	if (ret)
		goto err_put;

	ret = gnss_gpio_receiver_init(gg);
	if (ret)
		goto err_put;

	ret = gnss_gpio_choose_by_properties(gg);
	if (ret)
		goto err_exit;

	ret = gnss_gpio_pps_init(gg);
	if (ret)
		goto err_exit;

	ret = gnss_gpio_add_devices(gg);
	if (ret)
		goto err_stop_pulse;
	gnss_gpio_class_init(gg);
	gnss_gpio_latency_add_files(gg);
	gnss_gpio_ignored_add_file(gg);

	dev_info(dev, "%s: %u baud%s, interrupt %d, receive engine %s%s\n",
		 dev_name(&gg->dev), READ_ONCE(gg->rate.used),
		 gg->rate.asked ? "" : " until another is found", gg->irq,
		 gnss_gpio_engine_name(gg), gg->tx.gpiod ? ", sends too" : "");

	return 0;

err_stop_pulse:
	gnss_gpio_pps_exit(gg);
err_exit:
	gnss_gpio_receiver_exit(gg);
	gnss_gpio_del_devices(gg);
err_put:
	gnss_gpio_put(gg);

	return ret;
}

static void gnss_gpio_remove(struct platform_device *pdev)
{
	struct gnss_gpio *gg = platform_get_drvdata(pdev);

	gnss_gpio_latency_remove_files(gg);
	gnss_gpio_pps_exit(gg);
	gnss_gpio_receiver_exit(gg);
	gnss_gpio_class_exit(gg);
	gnss_gpio_del_devices(gg);
	gnss_gpio_put(gg);
}

static int gnss_gpio_suspend(struct device *dev)
{
	gnss_gpio_receiver_suspend(dev_get_drvdata(dev), true);
	gnss_gpio_pps_suspend(dev_get_drvdata(dev), true);

	return 0;
}

static int gnss_gpio_resume(struct device *dev)
{
	gnss_gpio_receiver_suspend(dev_get_drvdata(dev), false);
	gnss_gpio_pps_suspend(dev_get_drvdata(dev), false);

	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(gnss_gpio_pm_ops, gnss_gpio_suspend,
				gnss_gpio_resume);

static const struct of_device_id gnss_gpio_of_match[] = {
	{ .compatible = "gnss-gpio" },
	{ }
};
MODULE_DEVICE_TABLE(of, gnss_gpio_of_match);

/* For devices of software nodes, as the simulator makes them. */
static const struct platform_device_id gnss_gpio_id_table[] = {
	{ .name = DRIVER_NAME },
	{ }
};
MODULE_DEVICE_TABLE(platform, gnss_gpio_id_table);

static struct platform_driver gnss_gpio_driver = {
	.probe		= gnss_gpio_probe,
	GNSS_GPIO_COMPAT_REMOVE(gnss_gpio_remove),
	.id_table	= gnss_gpio_id_table,
	.driver		= {
		.name		= DRIVER_NAME,
		.of_match_table	= gnss_gpio_of_match,
		.pm		= pm_sleep_ptr(&gnss_gpio_pm_ops),
	},
};

static int __init gnss_gpio_module_init(void)
{
	int ret;

	ret = gnss_gpio_bh_check_default();
	if (ret)
		return ret;

	ret = class_register(&gnss_gpio_class);
	if (ret)
		return ret;

	ret = alloc_chrdev_region(&gnss_gpio_devt, 0, RECEIVERS_MAX * NODES,
				  DRIVER_NAME);
	if (ret)
		goto err_unregister_class;

	gnss_gpio_latency_module_init();

	ret = platform_driver_register(&gnss_gpio_driver);
	if (ret)
		goto err_unregister_chrdev;

	return 0;

err_unregister_chrdev:
	gnss_gpio_latency_module_exit();
	unregister_chrdev_region(gnss_gpio_devt, RECEIVERS_MAX * NODES);
err_unregister_class:
	class_unregister(&gnss_gpio_class);

	return ret;
}
module_init(gnss_gpio_module_init);

static void __exit gnss_gpio_module_exit(void)
{
	platform_driver_unregister(&gnss_gpio_driver);
	gnss_gpio_latency_module_exit();
	unregister_chrdev_region(gnss_gpio_devt, RECEIVERS_MAX * NODES);
	class_unregister(&gnss_gpio_class);
	ida_destroy(&gnss_gpio_ida);
}
module_exit(gnss_gpio_module_exit);

MODULE_DESCRIPTION("GNSS receiver (NMEA 0183) on a software UART on a GPIO line");
MODULE_AUTHOR("The gnss-gpio project");
MODULE_LICENSE("GPL");
