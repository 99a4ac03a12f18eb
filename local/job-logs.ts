/** Reads the logs that attempts of a run's jobs left. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptLog, LogFilter, LogReader } from '#core/ports/log-reader.ts';
import { originOf } from './job-output.ts';
import type { JobDetail } from './jobs/job.ts';
import type { JobRunner } from './jobs/runner-api.ts';

/** Longer logs are cut at the front; the whole file stays on disk. */
const MAX_BYTES = 1_000_000;

/** The end of a file, or null when there is none. */
async function readEnd(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return null;
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, MAX_BYTES));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function tailOf(text: string, lines: number | undefined): string {
  if (lines === undefined) return text;
  if (lines === 0) return '';
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** The job itself, or the children of an array. */
function leaves(runner: JobRunner, job: JobDetail): readonly JobDetail[] {
  return job.arrayProperties?.size === undefined || job.arrayProperties.index !== undefined
    ? [job]
    : runner.list({ parentId: job.jobId });
}

export function jobLogReader(runner: JobRunner, logsDirectory: string): LogReader {
  const read = async (
    job: JobDetail,
    attempt: number,
    tail: number | undefined,
  ): Promise<AttemptLog | null> => {
    const origin = originOf(job);
    const file = join(logsDirectory, job.jobId, `attempt-${attempt}.log`);
    const text = await readEnd(file);
    if (text === null || origin === null) return null;
    const { phase, stage } = origin;
    return {
      phase,
      stage,
      index: job.arrayProperties?.index ?? null,
      jobId: job.jobId,
      attempt,
      text: tailOf(text, tail),
    };
  };
  return {
    async read(tenant: string, run: string, filter: LogFilter) {
      const jobs = runner.list().filter((job) => {
        const origin = originOf(job);
        return (
          origin?.tenant === tenant &&
          origin.runId === run &&
          (filter.phase === undefined || origin.phase === filter.phase) &&
          (filter.stage === undefined || origin.stage === filter.stage)
        );
      });
      const wanted = jobs
        .flatMap((job) => leaves(runner, job))
        .filter((job) => filter.index === undefined || job.arrayProperties?.index === filter.index);
      const logs: AttemptLog[] = [];
      for (const job of wanted) {
        // A running attempt is not among the ended ones, but its log is there already.
        for (let attempt = 1; attempt <= job.attempts.length + 1; attempt += 1) {
          const log = await read(job, attempt, filter.tail);
          if (log) logs.push(log);
        }
      }
      return logs;
    },
  };
}
