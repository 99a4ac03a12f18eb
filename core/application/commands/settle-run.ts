/**
 * The end of a run whose execution has ended otherwise than well. A stopped execution runs no more states, so nobody
 * inside it can settle its run; and its jobs are stopped by a best effort only, so that some may still be at work.
 */
import type { Principal } from '../../domain/principal.ts';
import type { JobDirectory, JobFacts } from '../../ports/job-directory.ts';
import { type FinishPorts, finishRun } from './finish-run.ts';
import type { ExecutionEnd } from './reconcile-runs.ts';

const ENDED: readonly string[] = ['SUCCEEDED', 'FAILED'];

export interface Settlement {
  readonly settled: boolean;
  /** Jobs that are still at work. They were asked to end; the run is settled when it is asked for again. */
  readonly openJobs: number;
}

/** A run whose jobs still write is neither paused nor over: whoever goes on from its checkpoints would meet them. */
export async function settleRun(
  ports: FinishPorts & { readonly jobDirectory: JobDirectory },
  principal: Principal,
  { runId, execution, status, error, cause }: ExecutionEnd,
): Promise<Settlement> {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return { settled: false, openJobs: 0 };
  const jobs = await ports.jobDirectory.named(`${execution}-`);
  const open = jobs.filter((job) => isOwn(job, principal, runId) && !ENDED.includes(job.status));
  for (const { jobId } of open) {
    await ports.jobDirectory.terminate(jobId, `Execution ${execution} has ended: ${error ?? status}`);
  }
  if (open.length > 0) return { settled: false, openJobs: open.length };
  const words = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  await finishRun(ports, principal, { runId, execution, outcome: status, ...words });
  return { settled: true, openJobs: 0 };
}

function isOwn({ tags }: JobFacts, { tenant }: Principal, runId: string): boolean {
  return tags['forge-tenant'] === tenant && tags['forge-run'] === runId;
}
