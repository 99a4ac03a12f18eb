import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { JobRecord } from '#local/jobs/job.ts';
import type { JobJournal } from '#local/jobs/journal.ts';
import { compareJobs } from '#local/jobs/queue.ts';

/** A journal in memory; with a file, each transaction is also one appended line, so that it survives its process. */
export function createMemoryJournal(file?: string): JobJournal {
  const records = new Map<string, string>();
  const remember = (jobs: readonly JobRecord[]): void => {
    for (const job of jobs) records.set(job.jobId, JSON.stringify(job));
  };
  if (file !== undefined && existsSync(file)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) if (line !== '') remember(JSON.parse(line));
  }
  const all = (): JobRecord[] =>
    [...records.values()].map((text): JobRecord => JSON.parse(text)).sort(compareJobs);
  return {
    save(jobs) {
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(jobs)}\n`);
      remember(jobs);
    },
    load(jobId) {
      const text = records.get(jobId);
      return text === undefined ? undefined : JSON.parse(text);
    },
    findByToken: (clientToken) => all().find((job) => job.clientToken === clientToken),
    listOpen: () => all().filter((job) => !job.settled),
    list: (filter) =>
      all().filter(({ array }) =>
        filter?.parentId === undefined
          ? array?.kind !== 'child'
          : array?.kind === 'child' && array.parentId === filter.parentId,
      ),
  };
}
