import { rollUp } from './array.ts';
import { isTerminal, type JobRecord } from './job.ts';
import type { JobJournal } from './journal.ts';

export type JobPatch = Partial<
  Pick<JobRecord, 'status' | 'statusReason' | 'startedAt' | 'stoppedAt' | 'stop' | 'attempts'>
>;
export type JobChange = readonly [jobId: string, patch: JobPatch];

interface Draft {
  readonly before: JobRecord;
  readonly after: JobRecord;
}

/**
 * The jobs for which something is still to be done, in memory; every change is journalled before it is told. An array's
 * parent is kept in step with its children in the same transaction.
 */
export class JobTable {
  readonly #journal: JobJournal;
  readonly #clock: () => number;
  readonly #told: (job: JobRecord) => void;
  readonly #jobs = new Map<string, JobRecord>();
  /** Children not settled yet, by parent. */
  readonly #openChildren = new Map<string, number>();

  /** @param told hears of each job whose status changed, after the transaction */
  constructor(journal: JobJournal, clock: () => number, told: (job: JobRecord) => void) {
    this.#journal = journal;
    this.#clock = clock;
    this.#told = told;
  }

  /** From memory while open, otherwise from the journal. */
  get(jobId: string): JobRecord | undefined {
    return this.#jobs.get(jobId) ?? this.#journal.load(jobId);
  }

  /** As `get`, for a job that must be there. */
  demand(jobId: string): JobRecord {
    const job = this.get(jobId);
    if (!job) throw new Error(`job ${jobId} is missing from the journal; the journal lost a saved record`);
    return job;
  }

  open(): readonly JobRecord[] {
    return [...this.#jobs.values()];
  }

  /** New jobs, journalled together. */
  insert(records: readonly JobRecord[]): void {
    this.#journal.save(records);
    this.restore(records);
    for (const job of records) this.#told(job);
  }

  /** Open jobs read back from the journal. */
  restore(records: readonly JobRecord[]): void {
    for (const job of records) {
      this.#jobs.set(job.jobId, job);
      if (job.array?.kind !== 'child') continue;
      const { parentId } = job.array;
      this.#openChildren.set(parentId, (this.#openChildren.get(parentId) ?? 0) + 1);
    }
  }

  /** All in one transaction. */
  change(changes: readonly JobChange[]): void {
    const drafts = new Map<string, Draft>();
    for (const [jobId, patch] of changes) this.#draft(drafts, jobId, patch);
    this.#journal.save([...drafts.values()].map(({ after }) => after));
    for (const [jobId, { before, after }] of drafts) {
      if (after.settled) this.#jobs.delete(jobId);
      else this.#jobs.set(jobId, after);
      if (after.array?.kind === 'child' && after.settled && !before.settled) {
        const { parentId } = after.array;
        this.#openChildren.set(parentId, (this.#openChildren.get(parentId) ?? 0) - 1);
      }
    }
    for (const { before, after } of drafts.values()) if (after.status !== before.status) this.#told(after);
  }

  #draft(drafts: Map<string, Draft>, jobId: string, patch: JobPatch): void {
    const was = drafts.get(jobId)?.after ?? this.demand(jobId);
    const is = settle({ ...was, ...patch }, () => this.#stillOpen(drafts, jobId));
    drafts.set(jobId, { before: drafts.get(jobId)?.before ?? was, after: is });
    if (is.array?.kind !== 'child' || (is.status === was.status && is.settled === was.settled)) return;
    const { parentId } = is.array;
    const parent = drafts.get(parentId)?.after ?? this.demand(parentId);
    const rolled = settle(rollUp(parent, was.status, is, this.#clock()), () =>
      this.#stillOpen(drafts, parentId),
    );
    drafts.set(parentId, { before: drafts.get(parentId)?.before ?? parent, after: rolled });
  }

  /** Children of the job that are not settled, those settled by the drafts taken off. */
  #stillOpen(drafts: ReadonlyMap<string, Draft>, parentId: string): number {
    let open = this.#openChildren.get(parentId) ?? 0;
    if (open === 0) return 0;
    for (const { before, after } of drafts.values()) {
      const child = after.array?.kind === 'child' && after.array.parentId === parentId;
      if (child && after.settled && !before.settled) open -= 1;
    }
    return open;
  }
}

/** A job is settled once it has ended, all its output was accepted and, for an array, its children are settled too. */
const settle = (job: JobRecord, openChildren: () => number): JobRecord => ({
  ...job,
  settled:
    isTerminal(job.status) && job.attempts.every((attempt) => attempt.outputComplete) && openChildren() === 0,
});
