import type { JobDependency, JobRecord } from './job.ts';
import { childId } from './records.ts';
import { refuse } from './request.ts';

/** Ids of the jobs that must have succeeded before this one may run; an array's parent never runs and waits for none. */
export function blockersOf(job: JobRecord): readonly string[] {
  const { array } = job;
  if (array?.kind === 'parent') return [];
  return job.dependsOn.flatMap(({ jobId, type }) => {
    if (array === null) return jobId === undefined ? [] : [jobId];
    if (jobId === undefined) return array.index === 0 ? [] : [childId(array.parentId, array.index - 1)];
    return [type === 'N_TO_N' ? childId(jobId, array.index) : jobId];
  });
}

/** Refuses dependencies that could never be met. */
export function checkDependencies(
  dependsOn: readonly JobDependency[],
  size: number | undefined,
  load: (jobId: string) => JobRecord | undefined,
): void {
  for (const { jobId, type } of dependsOn) {
    if (jobId === undefined) continue;
    const job = load(jobId);
    if (!job) refuse(`dependsOn names job ${jobId}, which does not exist; submit it first`);
    const otherSize = job.array?.kind === 'parent' ? job.array.size : undefined;
    if (type === 'N_TO_N' && otherSize !== size) {
      refuse(
        `dependsOn N_TO_N needs two arrays of one size; this one has ${size}, job ${jobId} ${otherSize ?? 'is no array'}`,
      );
    }
  }
}

/** Who waits for whom: kept so that the end of a job finds its dependents without looking at all jobs. */
export interface DependencyIndex {
  /** Notes a waiting job and tells whether it may run, must wait, or can never run. */
  place(job: JobRecord): 'ready' | 'waiting' | 'failed';
  /** Jobs that waited for this one. */
  dependentsOf(jobId: string): readonly string[];
}

export function createDependencyIndex(load: (jobId: string) => JobRecord | undefined): DependencyIndex {
  const waiting = new Map<string, Set<string>>();
  return {
    place(job) {
      const blockers = blockersOf(job).map((id) => [id, load(id)?.status ?? 'FAILED'] as const);
      if (blockers.some(([, status]) => status === 'FAILED')) return 'failed';
      const open = blockers.filter(([, status]) => status !== 'SUCCEEDED');
      for (const [id] of open) {
        const dependents = waiting.get(id) ?? new Set();
        waiting.set(id, dependents.add(job.jobId));
      }
      return open.length === 0 ? 'ready' : 'waiting';
    },
    dependentsOf(jobId) {
      const dependents = [...(waiting.get(jobId) ?? [])];
      waiting.delete(jobId);
      return dependents;
    },
  };
}
