import { randomUUID } from 'node:crypto';
import { checkDependencies } from './dependencies.ts';
import { describeJob } from './describe.ts';
import { asError, ClientException, JobRunnerClosed } from './errors.ts';
import { isTerminal, type JobDetail, type JobRecord, type JobRequest } from './job.ts';
import { JobTable } from './job-table.ts';
import { signalGroup } from './process.ts';
import { createRecords } from './records.ts';
import { checkRequest, hashRequest } from './request.ts';
import type { JobRunner, JobRunnerOptions, RunnerSettings } from './runner-api.ts';
import { JobScheduler } from './scheduler.ts';
import { createSpawnLauncher } from './spawn-launcher.ts';

export type * from './runner-api.ts';

/** AWS Batch on one machine: real processes, Batch's words, a journal instead of a control plane. */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  return new EmbeddedBatch({
    onFault: (error) => process.emitWarning(error),
    clock: Date.now,
    launcher: createSpawnLauncher(),
    graceMilliseconds: 30_000,
    pollMilliseconds: 100,
    outputPatienceMilliseconds: 10_000,
    ...options,
  });
}

interface Waiter {
  resolve(job: JobDetail): void;
  reject(error: Error): void;
}

class EmbeddedBatch implements JobRunner {
  readonly #settings: RunnerSettings;
  readonly #table: JobTable;
  readonly #scheduler: JobScheduler;
  readonly #waiters = new Map<string, Waiter[]>();
  /** Told one by one after the change that caused them, so that a listener may call the runner. */
  readonly #news: JobDetail[] = [];
  #sequence = 0;
  #closed = false;

  constructor(settings: RunnerSettings) {
    this.#settings = settings;
    this.#table = new JobTable(settings.journal, settings.clock, (job) => this.#told(job));
    this.#scheduler = new JobScheduler(settings, this.#table);
  }

  submit(request: JobRequest): { jobId: string; jobName: string } {
    if (this.#closed) throw new JobRunnerClosed(request.jobName);
    checkRequest(request);
    const { clientToken, dependsOn = [], arrayProperties } = request;
    const earlier = clientToken === undefined ? undefined : this.#settings.journal.findByToken(clientToken);
    if (earlier) {
      if (earlier.requestHash !== hashRequest(request)) {
        throw new ClientException(
          `clientToken ${clientToken} belongs to job ${earlier.jobId}, which was submitted with another request; use a new token`,
        );
      }
      return { jobId: earlier.jobId, jobName: earlier.jobName };
    }
    checkDependencies(dependsOn, arrayProperties?.size, (jobId) => this.#table.get(jobId));
    const jobId = randomUUID();
    const sequence = this.#nextSequence();
    const records = createRecords(request, { jobId, sequence, at: this.#settings.clock() });
    this.#table.insert(records);
    this.#scheduler.place(records);
    this.#scheduler.advance();
    return { jobId, jobName: request.jobName };
  }

  describe(jobId: string): JobDetail | undefined {
    const job = this.#table.get(jobId);
    return job && describeJob(job);
  }

  list(filter?: { readonly parentId?: string }): readonly JobDetail[] {
    return this.#settings.journal.list(filter).map(describeJob);
  }

  terminate(jobId: string, reason: string, graceMilliseconds?: number): void {
    const job = this.#demand(jobId);
    const children = this.#table
      .open()
      .filter((other) => other.array?.kind === 'child' && other.array.parentId === jobId);
    this.#scheduler.terminate([job, ...children], reason, graceMilliseconds);
  }

  interrupt(jobId: string): boolean {
    const attempt = this.#demand(jobId).attempts.findLast(({ stoppedAt }) => stoppedAt === null);
    if (!attempt?.process) return false;
    this.#scheduler.noteReclaim(jobId, attempt.number);
    return signalGroup(attempt.process, 'SIGTERM');
  }

  async waitFor(jobId: string): Promise<JobDetail> {
    const job = this.#demand(jobId);
    if (isTerminal(job.status)) return describeJob(job);
    if (this.#closed) throw new JobRunnerClosed(jobId);
    return new Promise((resolve, reject) => {
      this.#waiters.set(jobId, [...(this.#waiters.get(jobId) ?? []), { resolve, reject }]);
    });
  }

  async resume(): Promise<void> {
    const open = this.#settings.journal.listOpen();
    this.#table.restore(open);
    this.#sequence = open.reduce((highest, job) => Math.max(highest, job.sequence), this.#sequence);
    for (const job of open) this.#scheduler.resume(job);
    this.#scheduler.advance();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#scheduler.close();
    for (const [jobId, waiters] of this.#waiters) {
      for (const { reject } of waiters) reject(new JobRunnerClosed(jobId));
    }
    this.#waiters.clear();
  }

  #demand(jobId: string): JobRecord {
    const job = this.#table.get(jobId);
    if (!job) throw new ClientException(`job ${jobId} does not exist; list() names the jobs there are`);
    return job;
  }

  /** Rising across restarts without asking the journal: the time, or one more where two submissions share it. */
  #nextSequence(): number {
    this.#sequence = Math.max(this.#settings.clock(), this.#sequence + 1);
    return this.#sequence;
  }

  #told(job: JobRecord): void {
    const detail = describeJob(job);
    if (this.#news.push(detail) === 1) queueMicrotask(() => this.#tellNews());
    if (!isTerminal(job.status)) return;
    this.#scheduler.noteEnd(job.jobId);
    for (const { resolve } of this.#waiters.get(job.jobId) ?? []) resolve(detail);
    this.#waiters.delete(job.jobId);
  }

  #tellNews(): void {
    for (let detail = this.#news[0]; detail; detail = this.#news[0]) {
      this.#news.shift();
      try {
        this.#settings.onStatus(detail);
      } catch (cause) {
        this.#settings.onFault(asError(cause));
      }
    }
  }
}
