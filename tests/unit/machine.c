// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine and its interrupts; what is played to it, and what came of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "machine.h"

const struct machine machine_lab = {
	.latency_min = 3000, .latency_max = 7000,
	.queued_min = 1500, .queued_max = 3000,
	.busy_min = 2000, .busy_max = 4000,
	.read = 1000, .hiccup_ppm = 300,
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
		if (random_below(&cpu->rng, 1000000) < cpu->m.hiccup_ppm)
			t_ns += draw(cpu, 10000, 20000);
	}

	return t_ns;
}

void cpu_busy(struct cpu *cpu, u64 now_ns)
{
	cpu->free_ns = now_ns + draw(cpu, cpu->m.busy_min, cpu->m.busy_max);
}

u32 fill_nmea(u8 *sent, u64 seed)
{
	u64 rng = seed + 77;
	u32 n = 0, i, k;

	for (i = 0; i < SENTENCES; i++) {
		u32 first = n;
		u8 sum = 0;

		switch (i % 4) {
		case 0:
			n += sprintf((char *)sent + n,
				     "$GPGGA,%06u.00,%04u.%05u,N,%05u.%05u,E,1,08,0.%u,%u.%u,M,48.0,M,,",
				     random_below(&rng, 240000), random_below(&rng, 9000),
				     random_below(&rng, 100000), random_below(&rng, 18000),
				     random_below(&rng, 100000), random_below(&rng, 10),
				     random_below(&rng, 900), random_below(&rng, 10));
			break;
		case 1:
			n += sprintf((char *)sent + n, "$GPRMC,%06u.00,A,%04u.%05u,N,%05u.%05u,E,%03u.%u,084.4,230394,,,A",
				     random_below(&rng, 240000), random_below(&rng, 9000),
				     random_below(&rng, 100000), random_below(&rng, 18000),
				     random_below(&rng, 100000), random_below(&rng, 300),
				     random_below(&rng, 10));
			break;
		case 2:
			n += sprintf((char *)sent + n, "$GPGSV,3,%u", 1 + random_below(&rng, 3));
			for (k = 0; k < 4; k++)
				n += sprintf((char *)sent + n, ",%02u,%02u,%03u,%02u",
					     random_below(&rng, 32), random_below(&rng, 90),
					     random_below(&rng, 360), random_below(&rng, 50));
			break;
		default:
			n += sprintf((char *)sent + n, "$GPVTG,%03u.%u,T,,M,%03u.%u,N,%03u.%u,K,A",
				     random_below(&rng, 360), random_below(&rng, 10),
				     random_below(&rng, 100), random_below(&rng, 10),
				     random_below(&rng, 100), random_below(&rng, 10));
			break;
		}
		for (k = first + 1; k < n; k++)
			sum ^= sent[k];
		n += sprintf((char *)sent + n, "*%02X\r\n", sum);
	}

	return n;
}

void judge(struct figures *f, const struct waveform *wave, u32 count,
	   const struct frame_byte *got, u32 n_got)
{
	u8 *state = calloc(count + 1, 1);	/* 1 got, 2 right, 4 right in unsure */
	u64 frame_ps = 10ULL * wave->bit_ps;
	u32 i, k;

	for (i = 0; i < n_got; i++) {
		s64 at = (got[i].start_ns - (s64)wave->start_ns) * 1000 + (s64)frame_ps / 2;
		s64 n = at < 0 ? -1 : at / (s64)frame_ps;
		bool good = !got[i].flags;

		f->doubtful += !!(got[i].flags & FRAME_DOUBTFUL);
		f->unsure_bits += __builtin_popcount(got[i].unsure);
		if (n < 0 || n >= count || state[n]) {
			f->wrong_good += good;
			continue;
		}
		state[n] = 1;
		if (got[i].value == wave->bytes[n]) {
			state[n] |= 6;
		} else {
			f->wrong++;
			f->wrong_good += good;
			if (!((got[i].value ^ wave->bytes[n]) & ~got[i].unsure))
				state[n] |= 4;
		}
	}
	for (i = 0; i < count; i = k) {
		u8 all = 7;

		for (k = i; k < count; k++) {
			all &= state[k];
			f->lost += !state[k];
			if (wave->bytes[k] == '\n')
				break;
		}
		k++;
		f->sentences += !!(all & 2);
		f->repairable += !!(all & 4);
	}
	f->bytes += count;
	free(state);
}
