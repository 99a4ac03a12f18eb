import type { JobRecord } from './job.ts';

/**
 * Where jobs are remembered across a restart of the runner. Synchronous on purpose: a transition is written before it is
 * acted upon, with nothing else in between. Records are plain JSON; they must come back equal to what was saved.
 */
export interface JobJournal {
  /** Inserts or replaces the records by `jobId`, all or none (one transaction): an array and its children appear at once. */
  save(jobs: readonly JobRecord[]): void;
  load(jobId: string): JobRecord | undefined;
  /** The job submitted under this client token, if any; array children have none. */
  findByToken(clientToken: string): JobRecord | undefined;
  /** Records with `settled === false`, by (sequence, array index). */
  listOpen(): readonly JobRecord[];
  /** All jobs that are not array children, or the children of one array; by (sequence, array index). */
  list(filter?: { readonly parentId?: string }): readonly JobRecord[];
}
