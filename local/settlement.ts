/**
 * Gives every run its end. A stopped execution runs no more states, so nobody inside it can settle its run: on AWS an
 * EventBridge rule on the execution's status does, here a callback of the engine, and after a crash the next start.
 */
import type { Settle } from '#core/application/commands/reconcile-runs.ts';
import type { FunctionTable } from './function-table.ts';
import { originOf } from './job-output.ts';
import type { JobRunner } from './jobs/runner-api.ts';

/**
 * A cancelled run is over within ten seconds, whatever its jobs are at: nobody will go on from a checkpoint of theirs. One
 * that was paused gives them the time to write it.
 */
const CANCEL_GRACE_MILLISECONDS = 5_000;

type OnFault = (what: string, error: unknown) => void;

/** Settles the run of an execution that has ended otherwise than well, once the run's jobs have ended. */
export function settlement(
  runner: JobRunner,
  functions: Pick<FunctionTable, 'finish-run'>,
  onFault: OnFault,
): Settle {
  return async ({ tenant, runId, execution, status, error, cause }) => {
    if (status === 'RUNNING' || status === 'SUCCEEDED') return;
    try {
      const own = runner.list().filter((job) => originOf(job)?.runId === runId);
      if (status === 'ABORTED' && error === 'cancelled') {
        for (const { jobId } of own)
          runner.terminate(jobId, 'Cancelled on request', CANCEL_GRACE_MILLISECONDS);
      }
      await Promise.all(own.map((job) => runner.waitFor(job.jobId)));
      await functions['finish-run']({ tenant, runId, execution, outcome: status, error, cause });
    } catch (failure) {
      onFault(`settling ${execution}`, failure);
    }
  };
}
