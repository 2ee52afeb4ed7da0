// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine and when it takes its interrupts.
 */
#include "machine.h"

const struct machine machine_lab = {
	.latency_min = 3000, .latency_max = 7000,
	.queued_min = 1500, .queued_max = 3000,
	.busy_min = 2000, .busy_max = 4000,
	.read = 1000, .hiccup_ppm = 300,
	.hiccup_min = 10000, .hiccup_max = 20000,
	.off_spacing = 1000000,
};

const struct machine machine_fast = {
	.latency_min = 1500, .latency_max = 3500,
	.queued_min = 750, .queued_max = 1500,
	.busy_min = 1000, .busy_max = 2000,
	.read = 500, .hiccup_ppm = 300,
	.hiccup_min = 10000, .hiccup_max = 20000,
	.off_spacing = 1000000,
};

const struct machine machine_steady = {
	.latency_min = 4000, .latency_max = 4000,
	.queued_min = 2000, .queued_max = 2000,
	.busy_min = 3000, .busy_max = 3000,
	.read = 1000,
};

u32 random_below(u64 *rng, u32 limit)
{
	*rng = *rng * 6364136223846793005ULL + 1442695040888963407ULL;

	return (*rng >> 33) * limit >> 31;
}

static u32 draw(struct cpu *cpu, u32 least, u32 most)
{
	return least + random_below(&cpu->rng, most - least + 1);
}

static void windows_until(struct cpu *cpu, u64 t_ns)
{
	while (cpu->m.off_max && cpu->off_end_ns < t_ns && cpu->off_ns < t_ns) {
		u64 begin_ns = cpu->off_ns > cpu->free_ns ? cpu->off_ns : cpu->free_ns;

		if (begin_ns > t_ns)
			return;
		cpu->off_end_ns = begin_ns + draw(cpu, cpu->m.off_min, cpu->m.off_max);
		cpu->free_ns = cpu->off_end_ns;
		cpu->off_ns = cpu->off_end_ns + draw(cpu, cpu->m.off_spacing, 2 * cpu->m.off_spacing);
	}
}

u64 cpu_taken_ns(struct cpu *cpu, u64 t_ns)
{
	windows_until(cpu, t_ns);
	if (t_ns < cpu->free_ns) {
		t_ns = cpu->free_ns + draw(cpu, cpu->m.queued_min, cpu->m.queued_max);
	} else {
		t_ns += draw(cpu, cpu->m.latency_min, cpu->m.latency_max);
		if (cpu->m.hiccup_ppm &&
		    random_below(&cpu->rng, 1000000) < cpu->m.hiccup_ppm)
			t_ns += draw(cpu, cpu->m.hiccup_min, cpu->m.hiccup_max);
	}

	return t_ns;
}

void cpu_busy(struct cpu *cpu, u64 now_ns)
{
	cpu->free_ns = now_ns + draw(cpu, cpu->m.busy_min, cpu->m.busy_max);
}
