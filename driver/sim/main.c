// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GNSS receiver on a simulated gpiochip.
 *
 * Each receiver is a platform device: this module makes some itself, and a
 * device tree may hold more.  With bind=1 each of the module's own gets a
 * gnss-gpio device on its lines, by a software node and a gpiod lookup.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gpio/machine.h>
#include <linux/idr.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "../compat.h"
#include "sim.h"

#define DRIVER_NAME	"gnss-gpio-sim"

static unsigned int receivers = 1;
module_param(receivers, uint, 0444);
MODULE_PARM_DESC(receivers, "Receivers to simulate, 0..16 (default 1); those of a device tree come in addition");

static bool bind = true;
module_param(bind, bool, 0444);
MODULE_PARM_DESC(bind, "Create a gnss-gpio device on each receiver's lines (default 1); 0 leaves them to another driver");

static bool tx = true;
module_param(tx, bool, 0444);
MODULE_PARM_DESC(tx, "The gnss-gpio device sends on the RXD line (default 1)");

static unsigned int baud = 9600;
module_param(baud, uint, 0444);
MODULE_PARM_DESC(baud, "Rate that the receivers send at (default 9600), later in sysfs");

static int current_speed = -1;
module_param(current_speed, int, 0444);
MODULE_PARM_DESC(current_speed, "Rate that gnss-gpio is told, if not the one of baud; 0: it is to find it");

static char *bottom_half;
module_param(bottom_half, charp, 0444);
MODULE_PARM_DESC(bottom_half, "What gnss-gpio is told by linux,bottom-half (default: nothing)");

static char *rx_engine;
module_param(rx_engine, charp, 0444);
MODULE_PARM_DESC(rx_engine, "What gnss-gpio is told by linux,rx-engine (default: nothing)");

static char *stream;
module_param(stream, charp, 0444);
MODULE_PARM_DESC(stream, "What gnss-gpio is told by linux,stream (default: nothing)");

static bool can_sleep;
module_param(can_sleep, bool, 0444);
MODULE_PARM_DESC(can_sleep, "Say that reading a line may sleep, to see a driver refuse it");

static bool no_irq;
module_param(no_irq, bool, 0444);
MODULE_PARM_DESC(no_irq, "Offer no interrupts, to see a driver refuse it");

static bool nested_irq;
module_param(nested_irq, bool, 0444);
MODULE_PARM_DESC(nested_irq, "Offer interrupts that are handled in a thread, to see a driver refuse it");

static bool inverted;
module_param(inverted, bool, 0444);
MODULE_PARM_DESC(inverted, "Tell gnss-gpio that the line is inverted, which it is not");

static bool pps;
module_param(pps, bool, 0444);
MODULE_PARM_DESC(pps, "Give gnss-gpio the receiver's PPS line, too (default 0)");

static DEFINE_IDA(sim_ida);
static dev_t sim_devt;
static struct platform_device *sim_devices[SIM_RECEIVERS_MAX];

static char *sim_devnode(GNSS_GPIO_COMPAT_DEVNODE_CONST struct device *dev,
			 umode_t *mode)
{
	if (mode)
		*mode = 0660;

	return NULL;
}

static struct class sim_class = {
	.name		= "gnss_gpio_sim",
	.devnode	= sim_devnode,
};

static void sim_dev_release(struct device *dev)
{
	struct sim *sim = to_sim(dev);

	kvfree(sim->bytes);
	ida_free(&sim_ida, sim->id);
	mutex_destroy(&sim->lock);
	kfree(sim);
}

/* A receiver, not yet visible; put by put_device(). */
static struct sim *sim_alloc(struct device *parent)
{
	struct sim *sim;
	int ret;

	sim = kzalloc(sizeof(*sim), GFP_KERNEL);
	if (!sim)
		return ERR_PTR(-ENOMEM);

	sim->id = ida_alloc_max(&sim_ida, SIM_RECEIVERS_MAX - 1, GFP_KERNEL);
	if (sim->id < 0) {
		ret = sim->id;
		kfree(sim);
		return ERR_PTR(ret);
	}

	mutex_init(&sim->lock);
	sim->parent = parent;
	sim->bind = bind && !dev_fwnode(parent);
	sim->bind_tx = tx;
	sim->pps.bind = pps;
	sim->knobs.baud = baud;
	sim->knobs.glitch_ns = 1000;
	sim->irqoff.period_us = 1000;
	device_initialize(&sim->dev);
	sim->dev.class = &sim_class;
	sim->dev.parent = parent;
	sim->dev.devt = sim_devt + sim->id;
	sim->dev.groups = sim_groups;
	sim->dev.release = sim_dev_release;
	cdev_init(&sim->cdev, &sim_fops);
	sim->cdev.owner = THIS_MODULE;

	ret = dev_set_name(&sim->dev, "gnss-sim%d", sim->id);
	if (ret)
		goto err_put_device;

	sim->bytes = kvzalloc(SIM_QUEUE_BYTES, GFP_KERNEL);
	if (!sim->bytes) {
		ret = -ENOMEM;
		goto err_put_device;
	}

	return sim;

err_put_device:
	put_device(&sim->dev);

	return ERR_PTR(ret);
}

/* The gnss-gpio device on the lines. */
static int sim_bind(struct sim *sim)
{
	/* room for three more, and an empty entry */
	struct property_entry properties[5] = {
		PROPERTY_ENTRY_U32("current-speed", current_speed < 0 ?
				   baud : current_speed),
	};
	struct platform_device_info info = {
		.parent = sim->parent,
		.name = "gnss-gpio",
		.id = sim->id,
		.properties = properties,
	};
	struct property_entry *property = &properties[1];
	struct gpiod_lookup_table *lookup;
	unsigned int n = 0;

	if (bottom_half)
		*property++ = PROPERTY_ENTRY_STRING("linux,bottom-half", bottom_half);
	if (rx_engine)
		*property++ = PROPERTY_ENTRY_STRING("linux,rx-engine", rx_engine);
	if (stream)
		*property++ = PROPERTY_ENTRY_STRING("linux,stream", stream);

	/* a line each, and an empty entry */
	lookup = devm_kzalloc(sim->parent, struct_size(lookup, table, SIM_LINES + 1),
			      GFP_KERNEL);
	if (!lookup)
		return -ENOMEM;

	lookup->dev_id = devm_kasprintf(sim->parent, GFP_KERNEL, "gnss-gpio.%d",
					sim->id);
	if (!lookup->dev_id)
		return -ENOMEM;

	lookup->table[n++] = GPIO_LOOKUP(sim->gc.label, SIM_LINE_TXD, "rx",
					 inverted ? GPIO_ACTIVE_LOW : GPIO_ACTIVE_HIGH);
	if (sim->bind_tx)
		lookup->table[n++] = GPIO_LOOKUP(sim->gc.label, SIM_LINE_RXD, "tx",
						 GPIO_ACTIVE_HIGH);
	if (sim->pps.bind)
		lookup->table[n++] = GPIO_LOOKUP(sim->gc.label, SIM_LINE_PPS, "pps",
						 GPIO_ACTIVE_HIGH);
	gpiod_add_lookup_table(lookup);

	sim->consumer = platform_device_register_full(&info);
	if (IS_ERR(sim->consumer)) {
		gpiod_remove_lookup_table(lookup);
		return PTR_ERR(sim->consumer);
	}
	sim->lookup = lookup;

	return 0;
}

static void sim_unbind(struct sim *sim)
{
	if (!sim->lookup)
		return;

	platform_device_unregister(sim->consumer);
	gpiod_remove_lookup_table(sim->lookup);
}

/* No write, no knob, no window with interrupts off from now on. */
static void sim_hang_up(struct sim *sim)
{
	mutex_lock(&sim->lock);
	sim->gone = true;
	sim_irqoff_stop(sim);
	mutex_unlock(&sim->lock);

	cdev_device_del(&sim->cdev, &sim->dev);
}

static int sim_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct sim *sim;
	int ret;

	sim = sim_alloc(dev);
	if (IS_ERR(sim))
		return PTR_ERR(sim);
	platform_set_drvdata(pdev, sim);
	sim_line_init(sim);

	ret = cdev_device_add(&sim->cdev, &sim->dev);
	if (ret)
		goto err_put_device;

	ret = sim_line_add(sim, can_sleep, no_irq, nested_irq);
	if (ret)
		goto err_hang_up;

	if (sim->bind) {
		ret = sim_bind(sim);
		if (ret)
			goto err_remove_line;
	}

	return 0;

err_remove_line:
	sim_line_remove(sim);
err_hang_up:
	sim_hang_up(sim);
err_put_device:
	put_device(&sim->dev);

	return ret;
}

static void sim_remove(struct platform_device *pdev)
{
	struct sim *sim = platform_get_drvdata(pdev);

	sim_unbind(sim);
	sim_line_remove(sim);
	sim_hang_up(sim);
	put_device(&sim->dev);
}

static const struct of_device_id sim_of_match[] = {
	{ .compatible = "gnss-gpio-sim" },
	{ }
};
MODULE_DEVICE_TABLE(of, sim_of_match);

static struct platform_driver sim_driver = {
	.probe		= sim_probe,
	GNSS_GPIO_COMPAT_REMOVE(sim_remove),
	.driver		= {
		.name		= DRIVER_NAME,
		.of_match_table	= sim_of_match,
	},
};

static void sim_unregister_devices(void)
{
	unsigned int i;

	for (i = 0; i < receivers; i++)
		platform_device_unregister(sim_devices[i]);
}

static int sim_register_devices(void)
{
	unsigned int i;

	for (i = 0; i < receivers; i++) {
		struct platform_device *pdev;

		pdev = platform_device_register_simple(DRIVER_NAME, i, NULL, 0);
		if (IS_ERR(pdev)) {
			receivers = i;
			sim_unregister_devices();
			return PTR_ERR(pdev);
		}
		sim_devices[i] = pdev;
	}

	return 0;
}

static int sim_check_parameters(void)
{
	if (receivers > SIM_RECEIVERS_MAX) {
		pr_err("receivers=%u: there can be %d at most\n", receivers,
		       SIM_RECEIVERS_MAX);
		return -EINVAL;
	}
	if (baud < SIM_BAUD_MIN || baud > SIM_BAUD_MAX) {
		pr_err("baud=%u is not within %d..%d\n", baud, SIM_BAUD_MIN,
		       SIM_BAUD_MAX);
		return -EINVAL;
	}

	return 0;
}

static int __init sim_module_init(void)
{
	int ret;

	ret = sim_check_parameters();
	if (ret)
		return ret;

	ret = class_register(&sim_class);
	if (ret)
		return ret;

	ret = alloc_chrdev_region(&sim_devt, 0, SIM_RECEIVERS_MAX, DRIVER_NAME);
	if (ret)
		goto err_unregister_class;

	ret = platform_driver_register(&sim_driver);
	if (ret)
		goto err_unregister_chrdev;

	ret = sim_register_devices();
	if (ret)
		goto err_unregister_driver;

	return 0;

err_unregister_driver:
	platform_driver_unregister(&sim_driver);
err_unregister_chrdev:
	unregister_chrdev_region(sim_devt, SIM_RECEIVERS_MAX);
err_unregister_class:
	class_unregister(&sim_class);

	return ret;
}
module_init(sim_module_init);

static void __exit sim_module_exit(void)
{
	sim_unregister_devices();
	platform_driver_unregister(&sim_driver);
	unregister_chrdev_region(sim_devt, SIM_RECEIVERS_MAX);
	class_unregister(&sim_class);
	ida_destroy(&sim_ida);
}
module_exit(sim_module_exit);

MODULE_DESCRIPTION("Simulated GNSS receiver on a gpiochip");
MODULE_AUTHOR("The gnss-gpio project");
MODULE_LICENSE("GPL");
