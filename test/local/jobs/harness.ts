import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobDetail, JobRequest } from '#local/jobs/job.ts';
import type { JobJournal } from '#local/jobs/journal.ts';
import {
  createJobRunner,
  type JobRunner,
  type JobRunnerOptions,
  type OutputBatch,
} from '#local/jobs/runner.ts';
import { createMemoryJournal } from './memory-journal.ts';

export const DEFINITION = { name: 'toy:1', vcpus: 1, memoryMiB: 64 } as const;

/** A request whose command is a script for /bin/sh. */
export const shellRequest = (script: string, request: Partial<JobRequest> = {}): JobRequest => ({
  jobName: 'toy',
  jobQueue: 'queue',
  jobDefinition: DEFINITION,
  containerOverrides: { command: [script] },
  ...request,
});

/** Options with real processes that work in a folder. */
export const shellOptions = (directory: string) => ({
  slots: { vcpus: 2, memoryMiB: 1024, gpus: 0 },
  logsDirectory: join(directory, 'logs'),
  command: (job: JobDetail) => ({
    file: '/bin/sh',
    args: ['-c', job.container?.command.join(' ') ?? ''],
    env: { PATH: process.env.PATH ?? '' },
    cwd: directory,
  }),
  pollMilliseconds: 10,
  graceMilliseconds: 300,
});

/** Runners with real processes in a folder of their own; all they tell is collected. */
export class Harness {
  readonly directory = mkdtempSync(join(tmpdir(), 'forge-jobs-'));
  readonly batches: OutputBatch[] = [];
  /** Statuses told, by job id. */
  readonly statuses = new Map<string, string[]>();
  readonly faults: Error[] = [];
  readonly journal: JobJournal;
  runner: JobRunner;
  readonly #options: Partial<JobRunnerOptions>;

  constructor(options: Partial<JobRunnerOptions> = {}) {
    this.#options = options;
    this.journal = options.journal ?? createMemoryJournal();
    this.runner = this.#create();
  }

  #create(): JobRunner {
    return createJobRunner({
      ...shellOptions(this.directory),
      journal: this.journal,
      onLines: (batch) => {
        this.batches.push(batch);
      },
      onStatus: ({ jobId, status }) => {
        this.statuses.set(jobId, [...(this.statuses.get(jobId) ?? []), status]);
      },
      onFault: (error) => {
        this.faults.push(error);
      },
      ...this.#options,
    });
  }

  /** Lets the runner go and takes up its journal with another one. */
  async restart(): Promise<void> {
    await this.runner.close();
    this.runner = this.#create();
    await this.runner.resume();
  }

  submit(script: string, request: Partial<JobRequest> = {}): string {
    return this.runner.submit(shellRequest(script, request)).jobId;
  }

  run(script: string, request: Partial<JobRequest> = {}): Promise<JobDetail> {
    return this.runner.waitFor(this.submit(script, request));
  }

  /** A file that a job wrote into its working directory; empty if it is not there. */
  file(name: string): string {
    try {
      return readFileSync(join(this.directory, name), 'utf8');
    } catch {
      return '';
    }
  }

  lines(jobId: string): string[] {
    return this.batches.filter((batch) => batch.jobId === jobId).flatMap((batch) => batch.lines);
  }

  async close(): Promise<void> {
    await this.runner.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits for something to become true; fails with what was waited for. */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !condition(); ) {
    if (Date.now() > end) throw new Error(`waited 5 seconds in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** True while a process with this number runs (a zombie does not). */
export const runs = (pid: string): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid.trim()}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
