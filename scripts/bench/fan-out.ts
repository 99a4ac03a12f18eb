/** Four equal jobs in two slots, beside the same four one after the other. */
import { join } from 'node:path';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import { sqliteJobJournal } from '#adapters/local/sqlite-job-journal.ts';
import { createJobRunner } from '#local/jobs/runner.ts';
import type { Bench } from './record.ts';

const JOBS = 4;

/** Jobs that wait and compute nothing: what is measured is the runner, not how many cores are free. */
async function secondsOf(folder: string, slots: number, jobSeconds: number): Promise<number> {
  const database = openDatabase(join(folder, `jobs-${slots}-${performance.now()}.db`));
  const runner = createJobRunner({
    slots: { vcpus: slots, memoryMiB: 1024, gpus: 0 },
    logsDirectory: join(folder, 'logs'),
    journal: sqliteJobJournal(database),
    command: () => ({
      file: '/bin/sleep',
      args: [String(jobSeconds)],
      env: { PATH: process.env.PATH ?? '' },
      cwd: folder,
    }),
    onLines: () => undefined,
    onStatus: () => undefined,
  });
  const started = performance.now();
  const jobs = Array.from({ length: JOBS }, (_, number) =>
    runner.submit({
      jobName: `job-${number}`,
      jobQueue: 'bench',
      jobDefinition: { name: 'bench', vcpus: 1, memoryMiB: 64 },
    }),
  );
  await Promise.all(jobs.map(({ jobId }) => runner.waitFor(jobId)));
  const seconds = (performance.now() - started) / 1000;
  await runner.close();
  database.close();
  return seconds;
}

export const run: Bench = async ({ folder, tiny }) => {
  const values: number[] = [];
  const limits: number[] = [];
  for (let number = 0; number < (tiny ? 1 : 5); number += 1) {
    values.push(await secondsOf(folder, 2, tiny ? 0.1 : 2));
    limits.push(await secondsOf(folder, 1, tiny ? 0.1 : 2));
  }
  const limit = { what: 'one after the other', values: limits };
  const floor = { of: 'ratio', op: '<=', bound: 1 / 1.8 } as const;
  return [{ name: '4 equal jobs in 2 slots', unit: 's', values, limit, floor }];
};
