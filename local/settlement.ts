/**
 * Gives every run its end. A stopped execution runs no more states, so nobody inside it can settle its run: on AWS an
 * EventBridge rule on the execution's status does, here a callback of the engine, and after a crash the next start.
 */
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { pauseRun } from '#core/application/commands/pause-run.ts';
import { startExecution } from '#core/application/commands/submit-run.ts';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import type { Run, RunStatus } from '#core/domain/run.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { ExecutionStatus } from '#core/ports/workflow.ts';
import type { FunctionTable } from './function-table.ts';
import { originOf } from './job-output.ts';
import type { JobRunner } from './jobs/runner-api.ts';

export interface ExecutionEnd {
  readonly tenant: string;
  readonly runId: string;
  readonly execution: string;
  readonly status: ExecutionStatus;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

export type Settle = (end: ExecutionEnd) => Promise<void>;
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

const PAGE = 200;
const OPEN: readonly RunStatus[] = ['queued', 'running', 'pausing', 'cancelling'];

async function openRuns({ runs }: Pick<Ports, 'runs'>): Promise<readonly Run[]> {
  const { tenant } = LOCAL_PRINCIPAL;
  const found: Run[] = [];
  for (const status of OPEN) {
    let after: string | null = null;
    do {
      const page = await runs.list(tenant, { status }, { limit: PAGE, after });
      for (const { id } of page.items) found.push((await runs.get(tenant, id)) as Run);
      after = page.next;
    } while (after !== null);
  }
  return found;
}

/**
 * What a crash left half done, finished: runs that were written but not started, stops that were asked for but not
 * carried out, and executions that ended without anybody telling their run.
 */
export async function reconcileRuns(ports: Ports, settle: Settle, onFault: OnFault): Promise<void> {
  for (const run of await openRuns(ports)) {
    // One run that cannot be put right must not keep the server from starting.
    await reconcile(ports, settle, run).catch((error: unknown) => onFault(`run ${run.id}`, error));
  }
}

async function reconcile(ports: Ports, settle: Settle, run: Run): Promise<void> {
  const name = run.executions.at(-1) ?? '';
  const execution = await ports.workflow.describe(name);
  const wanted = run.status === 'queued' || run.status === 'running';
  if (wanted && execution === null) return startExecution(ports, run);
  if (execution !== null && execution.status !== 'RUNNING') {
    const { status, error, cause } = execution;
    const words = { ...(error === null ? {} : { error }), ...(cause === null ? {} : { cause }) };
    // Not awaited: it may have to wait for a job to end, and the server is there in the meantime.
    void settle({ tenant: run.tenant, runId: run.id, execution: name, status, ...words });
    return;
  }
  // Asking again repeats what did not happen and leaves alone what did.
  if (run.status === 'cancelling') await cancelRun(ports, LOCAL_PRINCIPAL, run.id);
  if (run.status === 'pausing') await pauseRun(ports, LOCAL_PRINCIPAL, run.id);
}
