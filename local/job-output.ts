/** From lines that a job printed to the ingest function: the runner's tags say which run they belong to. */
import { attemptTimes, type Machine } from '#core/domain/cost-entry.ts';
import { gpuTimeOf } from '#core/domain/gpu-seconds.ts';
import { type JobOrigin, originOfTags } from '#core/domain/job-origin.ts';
import type { FunctionName, FunctionTable } from './function-table.ts';
import type { JobDetail } from './jobs/job.ts';
import type { OutputBatch } from './jobs/runner-api.ts';

/** Null for a job that no run submitted. */
export const originOf = ({ tags }: Pick<JobDetail, 'tags'>): JobOrigin | null => originOfTags(tags);

/** Its owner pays for it whether it works or not. */
const OWN_MACHINE: Machine = {
  instanceType: 'local',
  purchase: 'local',
  usdPerHour: 0,
  pricedBy: 'nothing is paid for this machine',
};

type Functions<Name extends FunctionName> = () => Pick<FunctionTable, Name>;

/** News of a job for its run; an array's parent is no job of its own, only the sum of its children. */
export function statusReport(
  functions: Functions<'record-job'>,
  onFault: (what: string, error: unknown) => void,
  machineOf: (job: JobDetail) => Machine | Promise<Machine> = () => OWN_MACHINE,
): (job: JobDetail) => void {
  return (job) => {
    const origin = originOf(job);
    const index = job.arrayProperties?.index ?? null;
    if (!origin || (job.arrayProperties && index === null)) return;
    const { jobId, status, attempts, stoppedAt } = job;
    const attempt = Math.max(1, attempts.length + (stoppedAt === undefined ? 1 : 0));
    const gpuTime = stoppedAt === undefined ? null : gpuTimeOf(job);
    const running = status === 'RUNNING' ? job.startedAt : undefined;
    const news = { ...origin, jobId, index, attempt, status, reason: job.statusReason ?? null, gpuTime };
    const tell = async () => {
      // Waiting costs nothing; whoever runs, or ran, has a machine.
      const times = attemptTimes(attempts, running);
      const machine = times.length > 0 ? await machineOf(job) : null;
      await functions()['record-job']({ ...news, attempts: times, machine });
    };
    tell().catch((error: unknown) => onFault(`news of job ${jobId}`, error));
  };
}

/** Lines per call of the function: a job may print any number of short lines at once. */
const LINES_PER_EVENT = 1000;

export function outputIngestion(
  functions: Functions<'ingest-events'>,
  describe: (jobId: string) => JobDetail | undefined,
): (batch: OutputBatch) => Promise<void> {
  return async ({ jobId, index, attempt, lines, offsets }) => {
    const job = describe(jobId);
    const origin = job && originOf(job);
    if (!origin) return;
    const numbered = lines.map((text, position) => ({ offset: offsets[position] ?? 0, text }));
    for (let start = 0; start < numbered.length; start += LINES_PER_EVENT) {
      const part = numbered.slice(start, start + LINES_PER_EVENT);
      await functions()['ingest-events']({ ...origin, jobId, index, attempt, lines: part });
    }
  };
}
