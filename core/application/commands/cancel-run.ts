/** Asks a run to stop. Its jobs are told to end; the run is `cancelled` once its execution has ended. */
import type { Ulid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { isTerminal, moveRun, type Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { changeRun } from './change-run.ts';
import { endRun, type FinishPorts } from './finish-run.ts';

/** Cancelling a run that has ended, or is being cancelled, changes nothing and is no error. */
export async function cancelRun(
  ports: FinishPorts & Pick<Ports, 'workflow'>,
  principal: Principal,
  id: Ulid,
): Promise<Run> {
  requireRole(principal, 'runner');
  const at = ports.clock.now().toISOString();
  const run = await changeRun(ports, principal, id, (before) => {
    if (isTerminal(before.status) || before.status === 'cancelling') return { run: before };
    // Nothing of it is at work, so nobody else would end it.
    if (before.status === 'paused') {
      return endRun(ports, principal, before, { status: 'cancelled', error: null, at });
    }
    return {
      run: moveRun(before, 'cancelling', at),
      events: [
        {
          type: 'RunCancelRequested',
          run: id,
          phase: null,
          attempt: null,
          at,
          data: { by: principal.subject },
        },
      ],
    };
  });
  const execution = run.executions.at(-1);
  if (run.status !== 'cancelling' || !execution) return run;
  // Without an execution nobody would ever end the run. One that starts after all finds it cancelled and ends.
  if ((await ports.workflow.describe(execution)) === null) return endUnstarted(ports, principal, id);
  await ports.workflow.stop(execution, 'cancelled', `Cancelled by ${principal.subject}`);
  return run;
}

function endUnstarted(
  ports: Pick<Ports, 'runs' | 'registry' | 'clock'>,
  principal: Principal,
  id: Ulid,
): Promise<Run> {
  const at = ports.clock.now().toISOString();
  return changeRun(ports, principal, id, (before) => {
    if (isTerminal(before.status)) return { run: before };
    return {
      run: moveRun(before, 'cancelled', at),
      events: [{ type: 'RunCancelled', run: id, phase: null, attempt: null, at, data: {} }],
    };
  });
}
