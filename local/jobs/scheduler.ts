import { type Alarm, createAlarm } from './alarm.ts';
import { type AttemptContext, followAttempt, runAttempt } from './attempt-run.ts';
import { createDependencyIndex, type DependencyIndex } from './dependencies.ts';
import { asError } from './errors.ts';
import { isTerminal, type JobRecord, type Resources } from './job.ts';
import type { JobChange, JobTable } from './job-table.ts';
import { createJobQueue } from './queue.ts';
import { attemptOf, newAttempt, withAttempt } from './records.ts';
import type { RunnerSettings } from './runner-api.ts';
import { createSlots, type Slots } from './slots.ts';
import { type AttemptEnd, DEPENDENCY_FAILED, HOST_RECLAIMED, judgeAttempt } from './verdict.ts';

/** Moves jobs from SUBMITTED to their end: dependencies, queue, slots, attempts. */
export class JobScheduler {
  readonly #settings: RunnerSettings;
  readonly #table: JobTable;
  readonly #slots: Slots;
  readonly #dependencies: DependencyIndex;
  readonly #queue = createJobQueue();
  /** Jobs that ended and whose dependents were not looked at yet; a list, since chains may be 10,000 long. */
  readonly #ended: string[] = [];
  /** Of running attempts, by job. */
  readonly #alarms = new Map<string, Alarm>();
  readonly #work = new Map<Promise<unknown>, () => void>();
  readonly #context: AttemptContext;
  readonly #reclaimed = new Set<string>();
  #closed = false;

  constructor(settings: RunnerSettings, table: JobTable) {
    this.#settings = settings;
    this.#table = table;
    this.#slots = createSlots(settings.slots);
    this.#dependencies = createDependencyIndex((jobId) => table.get(jobId));
    this.#context = {
      settings,
      table,
      closed: () => this.#closed,
      track: (work, release) => this.#track(work, release),
    };
  }

  /** An attempt whose host is taken away: whatever code it ends with, that is why. */
  noteReclaim(jobId: string, number: number): void {
    this.#reclaimed.add(`${jobId}/${number}`);
  }

  /** To be told of every job that ended. */
  noteEnd(jobId: string): void {
    this.#ended.push(jobId);
  }

  /** New or waiting jobs: queues those whose dependencies are met, fails those whose dependencies failed. */
  place(jobs: readonly JobRecord[]): void {
    const at = this.#settings.clock();
    const changes: JobChange[] = [];
    for (const job of jobs) {
      if (job.array?.kind === 'parent' || isTerminal(job.status)) continue;
      const state = this.#dependencies.place(job);
      if (state === 'ready') {
        changes.push([job.jobId, { status: 'RUNNABLE' }]);
        this.#queue.add(job);
      } else if (state === 'failed') {
        changes.push([job.jobId, { status: 'FAILED', statusReason: DEPENDENCY_FAILED, stoppedAt: at }]);
      } else if (job.status !== 'PENDING') changes.push([job.jobId, { status: 'PENDING' }]);
    }
    if (changes.length > 0) this.#table.change(changes);
  }

  /** Starts whatever can start now. */
  advance(): void {
    if (this.#closed) return;
    do {
      for (let ended = this.#ended.shift(); ended !== undefined; ended = this.#ended.shift()) {
        this.place(this.#dependencies.dependentsOf(ended).map((jobId) => this.#table.demand(jobId)));
      }
      this.#serveQueue();
    } while (this.#ended.length > 0);
  }

  /** Takes up an open job of the journal where it was left. */
  resume(job: JobRecord): void {
    for (const attempt of job.attempts) {
      const over = attempt.stoppedAt !== null || isTerminal(job.status);
      if (over && !attempt.outputComplete) followAttempt(this.#context, job.jobId, attempt.number).finish();
    }
    const last = job.attempts.at(-1);
    if (job.status === 'SUBMITTED' || job.status === 'PENDING') this.place([job]);
    else if (job.status === 'RUNNABLE') this.#queue.add(job);
    else if (last && !isTerminal(job.status)) {
      this.#slots.hold(job.jobId, job.resources, last.gpuIndices);
      this.#run(job.jobId, last.number, true);
    }
  }

  /** Ends jobs that did not start, and asks the processes of the others to stop; nothing is retried afterwards. */
  terminate(jobs: readonly JobRecord[], reason: string, grace = this.#settings.graceMilliseconds): void {
    const at = this.#settings.clock();
    const open = jobs.filter((job) => !isTerminal(job.status) && grace < this.#graceOf(job));
    const changes = open.map((job): JobChange => {
      if (job.stop) return [job.jobId, { stop: { ...job.stop, graceMilliseconds: grace } }];
      const stop = { kind: 'terminated', reason, at, graceMilliseconds: grace } as const;
      const waits = ['SUBMITTED', 'PENDING', 'RUNNABLE'].includes(job.status) && job.array?.kind !== 'parent';
      if (waits) this.#queue.remove(job.jobId);
      return [job.jobId, waits ? { stop, status: 'FAILED', statusReason: reason, stoppedAt: at } : { stop }];
    });
    if (changes.length > 0) this.#table.change(changes);
    for (const job of open) this.#alarms.get(job.jobId)?.ring();
    this.advance();
  }

  /** How long the job still has from the request to stop; without one, for ever. */
  #graceOf({ stop }: JobRecord): number {
    return stop ? (stop.graceMilliseconds ?? this.#settings.graceMilliseconds) : Number.POSITIVE_INFINITY;
  }

  /** Lets go: processes run on, the journal knows them. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#work.size > 0) {
      for (const release of this.#work.values()) release();
      await Promise.allSettled(this.#work.keys());
    }
  }

  /** Strictly in order: while the head does not fit, nobody overtakes it, so that a big job cannot starve. */
  #serveQueue(): void {
    for (let job = this.#queue.head(); job; job = this.#queue.head()) {
      const { jobId, resources } = job;
      const gpuIndices = this.#slots.take(jobId, resources);
      if (!gpuIndices && this.#slots.couldEverFit(resources)) return;
      this.#queue.remove(jobId);
      if (gpuIndices) this.#begin(jobId, gpuIndices);
      else {
        const statusReason = misfit(resources, this.#settings.slots);
        this.#table.change([[jobId, { status: 'FAILED', statusReason, stoppedAt: this.#settings.clock() }]]);
      }
    }
  }

  #begin(jobId: string, gpuIndices: readonly number[]): void {
    const { attempts } = this.#table.demand(jobId);
    const attempt = newAttempt(attempts.length + 1, gpuIndices);
    this.#table.change([[jobId, { status: 'STARTING', attempts: [...attempts, attempt] }]]);
    this.#run(jobId, attempt.number, false);
  }

  #run(jobId: string, number: number, resumed: boolean): void {
    const alarm = createAlarm();
    this.#alarms.set(jobId, alarm);
    const work = runAttempt(this.#context, jobId, { number, resumed, alarm })
      .then((end) => {
        if (end) this.#finish(jobId, number, end);
      })
      // Only a journal that cannot be written ends here; the process runs on and is adopted after a restart.
      .catch((cause) => this.#settings.onFault(asError(cause)));
    this.#track(work, alarm.ring);
  }

  #finish(jobId: string, number: number, ended: AttemptEnd): void {
    const reclaimed = this.#reclaimed.delete(`${jobId}/${number}`) && ended.exitCode !== 0;
    const end = reclaimed ? { ...ended, statusReason: HOST_RECLAIMED } : ended;
    const at = this.#settings.clock();
    const job = this.#table.demand(jobId);
    const verdict = judgeAttempt(job, end);
    const silent = attemptOf(job, number).process === null;
    const attempts = withAttempt(job, number, {
      ...end,
      stoppedAt: at,
      ...(silent && { outputComplete: true }),
    });
    this.#slots.release(jobId);
    this.#alarms.delete(jobId);
    if (verdict.kind === 'retry') {
      this.#table.change([[jobId, { status: 'RUNNABLE', attempts }]]);
      this.#queue.add(this.#table.demand(jobId));
    } else {
      const { status, statusReason } = verdict;
      this.#table.change([[jobId, { status, statusReason, attempts, stoppedAt: at }]]);
    }
    this.advance();
  }

  #track(work: Promise<unknown>, release: () => void): void {
    this.#work.set(work, release);
    const forget = () => this.#work.delete(work);
    work.then(forget, forget);
  }
}

function misfit(wanted: Resources, slots: Resources): string {
  const list = ({ vcpus, memoryMiB, gpus }: Resources) =>
    `${vcpus} vCPUs, ${memoryMiB} MiB of memory and ${gpus} GPUs`;
  return `MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - the job asks for ${list(wanted)}, the machine offers ${list(slots)}; lower the job's resources or raise the slots`;
}
