// SPDX-License-Identifier: GPL-2.0-only
/*
 * For 'make cost': an interrupt of the simulator is a call out of its timer's.
 * So what the simulator sends is repeated on a line of a GPIO controller that is
 * wired to another one of its lines, and whoever is to be measured takes the
 * controller's interrupts there, at the price of a board's:
 *
 *   simulator's TXD -> this module -> line 1 --wire--> line 5 -> consumer
 */
#include <linux/err.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/machine.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/string.h>

#define CONTROLLER	"9030000.pl061"
#define LINE_OUT	1
#define LINE_IN		5

static char *consumer = "none";
module_param(consumer, charp, 0444);
MODULE_PARM_DESC(consumer, "Who takes the interrupts: none, falling or both (edges, and nothing is done about them), gnss-gpio");

static struct gpiod_lookup_table repeater_lines = {
	.dev_id = "gnss-cost",
	.table = {
		GPIO_LOOKUP("gnss-gpio-sim.0", 0, "txd", GPIO_ACTIVE_HIGH),
		GPIO_LOOKUP(CONTROLLER, LINE_OUT, "out", GPIO_ACTIVE_HIGH),
		GPIO_LOOKUP(CONTROLLER, LINE_IN, "in", GPIO_ACTIVE_HIGH),
		{ }
	},
};

static struct gpiod_lookup_table receiver_lines = {
	.dev_id = "gnss-gpio",
	.table = {
		GPIO_LOOKUP(CONTROLLER, LINE_IN, "rx", GPIO_ACTIVE_HIGH),
		{ }
	},
};

static struct platform_device *repeater;
static struct platform_device *receiver;
static struct gpio_desc *txd, *out, *in;

/* Context: hard IRQ, also on PREEMPT_RT. */
static irqreturn_t repeat(int irq, void *data)
{
	gpiod_set_value(out, gpiod_get_value(txd));

	return IRQ_HANDLED;
}

static irqreturn_t do_nothing(int irq, void *data)
{
	return IRQ_HANDLED;
}

static int request(struct gpio_desc *line, irq_handler_t handler,
		   unsigned long trigger, const char *name)
{
	return request_irq(gpiod_to_irq(line), handler,
			   trigger | IRQF_NO_THREAD, name, repeater);
}

/* A consumer that does nothing. */
static int consume(unsigned long trigger)
{
	int ret;

	in = gpiod_get(&repeater->dev, "in", GPIOD_IN);
	if (IS_ERR(in))
		return PTR_ERR(in);
	ret = request(in, do_nothing, trigger, "gnss-cost-in");
	if (ret)
		gpiod_put(in);

	return ret;
}

static int receive(void)
{
	gpiod_add_lookup_table(&receiver_lines);
	receiver = platform_device_register_simple("gnss-gpio",
						   PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(receiver)) {
		gpiod_remove_lookup_table(&receiver_lines);
		return PTR_ERR(receiver);
	}

	return 0;
}

static int start_consumer(void)
{
	if (!strcmp(consumer, "none"))
		return 0;
	if (!strcmp(consumer, "falling"))
		return consume(IRQF_TRIGGER_FALLING);
	if (!strcmp(consumer, "both"))
		return consume(IRQF_TRIGGER_FALLING | IRQF_TRIGGER_RISING);
	if (!strcmp(consumer, "gnss-gpio"))
		return receive();

	return -EINVAL;
}

static void stop_consumer(void)
{
	if (in) {
		free_irq(gpiod_to_irq(in), repeater);
		gpiod_put(in);
	}
	if (receiver) {
		platform_device_unregister(receiver);
		gpiod_remove_lookup_table(&receiver_lines);
	}
}

static int __init cost_init(void)
{
	int ret;

	gpiod_add_lookup_table(&repeater_lines);
	repeater = platform_device_register_simple("gnss-cost",
						   PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(repeater)) {
		ret = PTR_ERR(repeater);
		goto err_remove_table;
	}

	txd = gpiod_get(&repeater->dev, "txd", GPIOD_IN);
	if (IS_ERR(txd)) {
		ret = PTR_ERR(txd);
		goto err_unregister;
	}
	out = gpiod_get(&repeater->dev, "out", GPIOD_OUT_HIGH);
	if (IS_ERR(out)) {
		ret = PTR_ERR(out);
		goto err_put_txd;
	}

	ret = start_consumer();
	if (ret)
		goto err_put_out;
	ret = request(txd, repeat, IRQF_TRIGGER_FALLING | IRQF_TRIGGER_RISING,
		      "gnss-cost");
	if (ret)
		goto err_stop_consumer;

	return 0;

err_stop_consumer:
	stop_consumer();
err_put_out:
	gpiod_put(out);
err_put_txd:
	gpiod_put(txd);
err_unregister:
	platform_device_unregister(repeater);
err_remove_table:
	gpiod_remove_lookup_table(&repeater_lines);

	return ret;
}
module_init(cost_init);

static void __exit cost_exit(void)
{
	free_irq(gpiod_to_irq(txd), repeater);
	stop_consumer();
	gpiod_put(out);
	gpiod_put(txd);
	platform_device_unregister(repeater);
	gpiod_remove_lookup_table(&repeater_lines);
}
module_exit(cost_exit);

MODULE_DESCRIPTION("Line for measuring what it costs to receive");
MODULE_LICENSE("GPL");
