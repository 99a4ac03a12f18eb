/**
 * What a crash or a lost message left half done, finished: runs that were written but not started, stops that were asked
 * for but not carried out, and executions that ended without anybody telling their run.
 */
import type { Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ExecutionStatus } from '../../ports/workflow.ts';
import { runsInFlight } from '../queries/list-everything.ts';
import { cancelRun } from './cancel-run.ts';
import type { FinishPorts } from './finish-run.ts';
import { pauseRun } from './pause-run.ts';
import { startExecution } from './start-execution.ts';

export interface ExecutionEnd {
  readonly tenant: string;
  readonly runId: string;
  readonly execution: string;
  readonly status: ExecutionStatus;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** Gives the run of an execution that has ended its own end. */
export type Settle = (end: ExecutionEnd) => Promise<void>;

export type ReconcilePorts = FinishPorts & Pick<Ports, 'workflow' | 'tenants'>;

/** Looks at every run that has not ended and waits for nobody, of every tenant. */
export async function reconcileRuns(
  ports: ReconcilePorts,
  settle: Settle,
  onFault: (what: string, error: unknown) => void,
): Promise<{ readonly looked: number }> {
  let looked = 0;
  for (const tenant of await ports.tenants.list()) {
    for (const run of await runsInFlight(ports, tenant)) {
      if (run.status === 'paused') continue;
      looked += 1;
      // One run that cannot be put right must not keep the others from it.
      await reconcile(ports, settle, run).catch((error: unknown) => onFault(`run ${run.id}`, error));
    }
  }
  return { looked };
}

async function reconcile(ports: ReconcilePorts, settle: Settle, run: Run): Promise<void> {
  const { tenant, id: runId } = run;
  const name = run.executions.at(-1) ?? '';
  const execution = await ports.workflow.describe(name);
  if (execution !== null && execution.status !== 'RUNNING') {
    const { status, error, cause } = execution;
    const words = { ...(error === null ? {} : { error }), ...(cause === null ? {} : { cause }) };
    return settle({ tenant, runId, execution: name, status, ...words });
  }
  const principal = { tenant, role: 'runner', subject: 'reconciler' } as const;
  // Asking again repeats what did not happen and leaves alone what did.
  if (run.status === 'cancelling') await cancelRun(ports, principal, runId);
  else if (run.status === 'pausing') await pauseRun(ports, principal, runId);
  else if (execution === null) await startExecution(ports, run);
}
