// SPDX-License-Identifier: GPL-2.0-only
/*
 * GNSS receiver (NMEA 0183) on a software UART on a GPIO line.
 *
 * Probe and remove, and the order in which a receiver is started and stopped.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gpio/consumer.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "compat.h"
#include "gnss_gpio.h"

#define DRIVER_NAME	"gnss-gpio"

/* Receivers, and the character devices of each. */
#define RECEIVERS_MAX	32
#define NODES		2

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

static void gnss_gpio_start(struct gnss_gpio *gg)
{
	gnss_gpio_drain_start(gg);
	gnss_gpio_rx_start(gg);
}

/* First the producer, then the consumer; nothing runs or is queued after it. */
static void gnss_gpio_stop(struct gnss_gpio *gg)
{
	gnss_gpio_rx_stop(gg);
	gnss_gpio_drain_stop(gg);
}

/**
 * gnss_gpio_open() - one more reader; the first starts the receiver
 * @gg: the receiver
 *
 * Context: process, may sleep.
 * Return: 0, or -ENODEV when the device is unbound.
 */
int gnss_gpio_open(struct gnss_gpio *gg)
{
	int ret = 0;

	mutex_lock(&gg->lock);
	if (gg->gone)
		ret = -ENODEV;
	else if (gg->users++ == 0)
		gnss_gpio_start(gg);
	mutex_unlock(&gg->lock);

	return ret;
}

/**
 * gnss_gpio_release() - one reader less; the last stops the receiver
 * @gg: the receiver
 *
 * Context: process, may sleep.
 */
void gnss_gpio_release(struct gnss_gpio *gg)
{
	mutex_lock(&gg->lock);
	if (--gg->users == 0 && !gg->gone)
		gnss_gpio_stop(gg);
	mutex_unlock(&gg->lock);
}

static void gnss_gpio_dev_release(struct device *dev)
{
	struct gnss_gpio *gg = to_gnss_gpio(dev);

	gnss_gpio_latency_free(gg);
	kfifo_free(&gg->fifo);
	ida_free(&gnss_gpio_ida, gg->id);
	mutex_destroy(&gg->lock);
	kfree(gg);
}

static int gnss_gpio_setup_nodes(struct gnss_gpio *gg)
{
	dev_t devt = gnss_gpio_devt + gg->id * NODES;
	int ret;

	ret = gnss_gpio_node_init(gg, &gg->nmea, "gnss-nmea%d", devt,
				  GNSS_GPIO_NMEA_BYTES, 1);
	if (ret)
		goto err_put_nmea;

	ret = gnss_gpio_node_init(gg, &gg->fix, "gnss-fix%d", devt + 1,
				  GNSS_GPIO_FIX_RECORDS,
				  sizeof(struct gnss_gpio_fix));
	if (ret)
		goto err_put_fix;

	return 0;

err_put_fix:
	put_device(&gg->fix.dev);
err_put_nmea:
	put_device(&gg->nmea.dev);

	return ret;
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

	ret = dev_set_name(&gg->dev, "gnss_gpio%d", gg->id);
	if (ret)
		goto err_put_device;

	ret = kfifo_alloc(&gg->fifo, GNSS_GPIO_FIFO_FRAMES, GFP_KERNEL);
	if (ret)
		goto err_put_device;

	ret = gnss_gpio_latency_init(gg);
	if (ret)
		goto err_put_device;

	ret = gnss_gpio_setup_nodes(gg);
	if (ret)
		goto err_put_device;

	return gg;

err_put_device:
	put_device(&gg->dev);

	return ERR_PTR(ret);
}

static void gnss_gpio_put(struct gnss_gpio *gg)
{
	put_device(&gg->fix.dev);
	put_device(&gg->nmea.dev);
	put_device(&gg->dev);
}

static int gnss_gpio_setup_baud(struct gnss_gpio *gg)
{
	struct device *dev = gg->parent;
	u32 baud;
	int ret;

	gg->baud = GNSS_GPIO_BAUD_DEFAULT;
	if (!device_property_present(dev, "current-speed"))
		return 0;

	ret = device_property_read_u32(dev, "current-speed", &baud);
	if (ret)
		return dev_err_probe(dev, ret,
				     "current-speed is not a 32-bit number\n");

	gg->baud_auto = !baud;
	if (gg->baud_auto)
		return 0;

	if (baud < GNSS_GPIO_BAUD_MIN || baud > GNSS_GPIO_BAUD_MAX)
		return dev_err_probe(dev, -EINVAL,
				     "current-speed %u is not within %d..%d baud, nor 0 to find it\n",
				     baud, GNSS_GPIO_BAUD_MIN,
				     GNSS_GPIO_BAUD_MAX);
	gg->baud = baud;

	return 0;
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

	gg->irq = gpiod_to_irq(gg->rx_gpiod);
	if (gg->irq < 0)
		return dev_err_probe(dev, gg->irq,
				     "the line of rx-gpios cannot interrupt\n");

	return 0;
}

static int gnss_gpio_add_devices(struct gnss_gpio *gg)
{
	int ret;

	ret = device_add(&gg->dev);
	if (ret)
		return ret;

	ret = cdev_device_add(&gg->nmea.cdev, &gg->nmea.dev);
	if (ret)
		goto err_del_device;

	ret = cdev_device_add(&gg->fix.cdev, &gg->fix.dev);
	if (ret)
		goto err_del_nmea;

	return 0;

err_del_nmea:
	cdev_device_del(&gg->nmea.cdev, &gg->nmea.dev);
err_del_device:
	device_del(&gg->dev);

	return ret;
}

/* Readers drain what there is and then see the end of the file. */
static void gnss_gpio_hang_up(struct gnss_gpio *gg)
{
	mutex_lock(&gg->lock);
	if (gg->users)
		gnss_gpio_stop(gg);
	WRITE_ONCE(gg->gone, true);
	gnss_gpio_bh_exit(gg);
	gnss_gpio_rx_exit(gg);
	gnss_gpio_baud_exit(gg);
	mutex_unlock(&gg->lock);
	gnss_gpio_auto_exit(gg);

	wake_up_interruptible_poll(&gg->nmea.wait, EPOLLHUP);
	wake_up_interruptible_poll(&gg->fix.wait, EPOLLHUP);
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

	ret = gnss_gpio_setup_line(gg);
	if (ret)
		goto err_put;

	gnss_gpio_drain_init(gg);

	mutex_lock(&gg->lock);
	ret = gnss_gpio_bh_init(gg);
	mutex_unlock(&gg->lock);
	if (ret)
		goto err_put;

	ret = gnss_gpio_rx_init(gg);
	if (ret) {
		dev_err_probe(dev, ret, "cannot get interrupt %d of rx-gpios\n",
			      gg->irq);
		goto err_bh_exit;
	}

	ret = gnss_gpio_add_devices(gg);
	if (ret)
		goto err_hang_up;
	gnss_gpio_latency_add_files(gg);

	dev_info(dev, "%s: %u baud%s, interrupt %d, receive engine %s\n",
		 dev_name(&gg->dev), gg->baud,
		 gg->baud_auto ? " until another is found" : "", gg->irq,
		 gg->engine->name);

	return 0;

err_hang_up:
	gnss_gpio_hang_up(gg);
	goto err_put;
err_bh_exit:
	mutex_lock(&gg->lock);
	gnss_gpio_bh_exit(gg);
	mutex_unlock(&gg->lock);
err_put:
	gnss_gpio_put(gg);

	return ret;
}

static void gnss_gpio_remove(struct platform_device *pdev)
{
	struct gnss_gpio *gg = platform_get_drvdata(pdev);

	gnss_gpio_latency_remove_files(gg);
	gnss_gpio_hang_up(gg);
	cdev_device_del(&gg->fix.cdev, &gg->fix.dev);
	cdev_device_del(&gg->nmea.cdev, &gg->nmea.dev);
	device_del(&gg->dev);
	gnss_gpio_put(gg);
}

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
