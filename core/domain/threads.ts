/** How many threads an operation of a job uses: it decides the order of sums, and so the bits of a result. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';

export type Threads = Readonly<Partial<Record<PhaseSlug, number>>>;

/** Those of each phase, as a run that is submitted now resolves them. */
export function resolveThreads(phases: readonly PhaseSlug[]): Threads {
  return Object.fromEntries(phases.map((phase) => [phase, jobs.phases[phase].threads]));
}

export function threadsOf({ threads }: { readonly threads: Threads }, phase: PhaseSlug): number {
  return threads[phase] ?? jobs.phases[phase].threads;
}
