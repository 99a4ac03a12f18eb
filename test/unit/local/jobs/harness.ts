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

export interface Harness {
  readonly directory: string;
  readonly journal: JobJournal;
  readonly batches: OutputBatch[];
  /** `<status>` of each notification, by job id. */
  readonly statuses: Map<string, string[]>;
  readonly faults: Error[];
  readonly runner: JobRunner;
  /** Another runner on the same journal and folder, as after a restart; what it hears goes to the same lists. */
  restart(options?: Partial<JobRunnerOptions>): JobRunner;
  /** Submits a shell script. */
  shell(script: string, request?: Partial<JobRequest>): string;
  output(jobId: string, attempt?: number): string;
  close(): Promise<void>;
}

export const DEFINITION = { name: 'toy:1', vcpus: 1, memoryMiB: 64 } as const;

/** A runner with real processes in a folder of its own; the job's command is a script for /bin/sh. */
export function createHarness(options: Partial<JobRunnerOptions> = {}): Harness {
  const directory = mkdtempSync(join(tmpdir(), 'forge-jobs-'));
  const journal = options.journal ?? createMemoryJournal();
  const batches: OutputBatch[] = [];
  const statuses = new Map<string, string[]>();
  const faults: Error[] = [];
  const runners: JobRunner[] = [];
  const create = (extra: Partial<JobRunnerOptions> = {}): JobRunner => {
    const runner = createJobRunner({
      slots: { vcpus: 2, memoryMiB: 1024, gpus: 0 },
      logsDirectory: join(directory, 'logs'),
      journal,
      command: (job) => ({
        file: '/bin/sh',
        args: ['-c', job.container?.command.join(' ') ?? ''],
        env: { PATH: process.env['PATH'] ?? '', HERE: directory },
        cwd: directory,
      }),
      onLines: (batch) => {
        batches.push(batch);
      },
      onStatus: (job: JobDetail) => {
        statuses.set(job.jobId, [...(statuses.get(job.jobId) ?? []), job.status]);
      },
      onFault: (error) => faults.push(error),
      pollMilliseconds: 10,
      graceMilliseconds: 300,
      ...options,
      ...extra,
    });
    runners.push(runner);
    return runner;
  };
  const runner = create();
  return {
    directory,
    journal,
    batches,
    statuses,
    faults,
    runner,
    restart: create,
    shell: (script, request = {}) =>
      runner.submit({
        jobName: 'toy',
        jobQueue: 'queue',
        jobDefinition: DEFINITION,
        containerOverrides: { command: [script] },
        ...request,
      }).jobId,
    output: (jobId, attempt = 1) =>
      readFileSync(join(directory, 'logs', jobId, `attempt-${attempt}.ndjson`), 'utf8'),
    async close() {
      await Promise.all(runners.map((each) => each.close()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Waits for something to become true; fails loudly with what was waited for. */
export async function eventually(
  what: string,
  condition: () => boolean,
  milliseconds = 5_000,
): Promise<void> {
  for (const end = Date.now() + milliseconds; !condition(); ) {
    if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
