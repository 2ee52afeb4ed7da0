// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sentences that are not decoded, by name: why is there no fix, or no course?
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "gnss_gpio.h"

/* The drain goes on meanwhile: the newest may be missing, or not yet counted. */
static int ignored_show(struct seq_file *file, void *data)
{
	struct gnss_gpio *gg = file->private;
	const struct nmea_names *names = &gg->parser.names;
	unsigned int i, n = READ_ONCE(names->n);

	for (i = 0; i < n; i++)
		seq_printf(file, "%s %lu\n", names->entry[i].name,
			   names->entry[i].count);
	seq_printf(file, "other %lu\n", names->other);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ignored);

/**
 * gnss_gpio_ignored_add_file() - show them in debugfs
 * @gg: the receiver, its folder made by gnss_gpio_latency_add_files(), which also
 *	removes it
 *
 * Context: process.
 */
void gnss_gpio_ignored_add_file(struct gnss_gpio *gg)
{
	debugfs_create_file("ignored", 0400, gg->latency.dir, gg, &ignored_fops);
}
