// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine and when it takes its interrupts.
 */
#include "machine.h"

const struct machine machine_lab = {
	.order = DUE_FIRST,
	.latency_min = 2700, .latency_max = 3300,
	.queued_min = 1650, .queued_max = 2400,
	.look_sooner = 1000,
	.busy_min = 1000, .busy_max = 2000,
	.read = 400, .hiccup_ppm = 1000,
	.hiccup_min = 1500, .hiccup_max = 15000,
	.off_spacing = 1000000,
	.tick_min = 5000, .tick_max = 15000,
};

const struct machine machine_fast = {
	.latency_min = 1350, .latency_max = 1650,
	.queued_min = 800, .queued_max = 1200,
	.look_sooner = 500,
	.busy_min = 500, .busy_max = 1000,
	.read = 200, .hiccup_ppm = 1000,
	.hiccup_min = 750, .hiccup_max = 7500,
	.off_spacing = 1000000,
	.tick_min = 2500, .tick_max = 7500,
};

const struct machine machine_steady = {
	.latency_min = 3000, .latency_max = 3000,
	.queued_min = 2000, .queued_max = 2000,
	.look_sooner = 1000,
	.busy_min = 1500, .busy_max = 1500,
	.read = 400,
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

/* The last tick before then, which may have had to wait itself. */
static void tick_until(struct cpu *cpu, u64 t_ns)
{
	if (!cpu->m.tick_spacing || cpu->tick_ns > t_ns)
		return;
	cpu->tick_ns = t_ns - t_ns % cpu->m.tick_spacing;
	if (cpu->free_ns < cpu->tick_ns)
		cpu->free_ns = cpu->tick_ns;
	cpu->free_ns += draw(cpu, cpu->m.tick_min, cpu->m.tick_max);
	cpu->tick_ns += cpu->m.tick_spacing;
	cpu->ticked = true;
}

u64 cpu_accepts_ns(struct cpu *cpu, u64 t_ns)
{
	windows_until(cpu, t_ns);
	tick_until(cpu, t_ns);
	if (t_ns < cpu->free_ns)
		return cpu->free_ns;
	if (cpu->m.hiccup_ppm && random_below(&cpu->rng, 1000000) < cpu->m.hiccup_ppm)
		t_ns += draw(cpu, cpu->m.hiccup_min, cpu->m.hiccup_max);

	return t_ns;
}

u64 cpu_edge_ns(struct cpu *cpu, u64 t_ns, u64 accepted_ns)
{
	if (t_ns < cpu->free_ns)
		return accepted_ns + draw(cpu, cpu->m.queued_min, cpu->m.queued_max);

	return accepted_ns + draw(cpu, cpu->m.latency_min, cpu->m.latency_max);
}

u64 cpu_look_ns(struct cpu *cpu, u64 t_ns, u64 accepted_ns)
{
	return cpu_edge_ns(cpu, t_ns, accepted_ns) - cpu->m.look_sooner;
}

void cpu_busy(struct cpu *cpu, u64 now_ns)
{
	cpu->free_ns = now_ns + draw(cpu, cpu->m.busy_min, cpu->m.busy_max);
}
