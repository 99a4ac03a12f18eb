import type { JobRecord } from './job.ts';

/** Order of service: submission, then array index. A job that retries comes back to its old place. */
export function compareJobs(a: JobRecord, b: JobRecord): number {
  return a.sequence - b.sequence || arrayIndex(a) - arrayIndex(b);
}

const arrayIndex = (job: JobRecord): number => (job.array?.kind === 'child' ? job.array.index : -1);

/** RUNNABLE jobs in order of service. Strictly first in, first out: a small job never overtakes a big one at the head. */
export interface JobQueue {
  add(job: JobRecord): void;
  head(): JobRecord | undefined;
  remove(jobId: string): void;
}

export function createJobQueue(): JobQueue {
  const jobs: JobRecord[] = [];
  return {
    add(job) {
      // The new job usually belongs at the end, so the search starts there.
      let place = jobs.length;
      for (let before = jobs[place - 1]; before && compareJobs(before, job) > 0; before = jobs[place - 1])
        place--;
      jobs.splice(place, 0, job);
    },
    head: () => jobs[0],
    remove(jobId) {
      const place = jobs.findIndex((job) => job.jobId === jobId);
      if (place >= 0) jobs.splice(place, 1);
    },
  };
}
