/** Asks a run to pause. Its jobs write a checkpoint and end; the run is `paused` once its execution has ended. */
import type { Ulid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { isPaused, moveRun, type PauseReason, type Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { changeRun } from './change-run.ts';
import { pausedRun } from './finish-run.ts';

type PausePorts = Pick<Ports, 'runs' | 'registry' | 'workflow' | 'clock'>;

/** @param data what is said of why, beside who asked */
export interface PauseWish {
  readonly reason: PauseReason;
  readonly data: Readonly<Record<string, unknown>>;
}

const REQUESTED: PauseWish = { reason: 'requested', data: {} };

/** Pausing a run that is paused, or being paused, changes nothing and is no error. */
export async function pauseRun(
  ports: PausePorts,
  principal: Principal,
  id: Ulid,
  { reason, data: why }: PauseWish = REQUESTED,
): Promise<Run> {
  requireRole(principal, 'runner');
  const at = ports.clock.now().toISOString();
  const run = await changeRun(ports, principal, id, (before) => {
    if (isPaused(before)) return { run: before };
    const data = { by: principal.subject, reason, ...why };
    const common = { run: id, phase: null, attempt: null, at, data };
    return {
      run: { ...moveRun(before, 'pausing', at), pauseReason: reason },
      events: [
        { type: 'RunPauseRequested', ...common },
        ...(reason === 'budget' ? [{ type: 'BudgetReached' as const, ...common }] : []),
      ],
    };
  });
  const execution = run.executions.at(-1);
  if (run.status !== 'pausing' || execution === undefined) return run;
  // Without an execution nobody would ever settle the run. One that starts after all finds it paused and ends.
  if ((await ports.workflow.describe(execution)) === null) return settleUnstarted(ports, principal, id);
  await ports.workflow.stop(execution, 'paused', `Paused by ${principal.subject}`);
  return run;
}

/** Throws for a run that cannot be paused. */
export function requirePausable(run: Run): void {
  if (!isPaused(run)) moveRun(run, 'pausing', run.updatedAt);
}

function settleUnstarted(ports: PausePorts, principal: Principal, id: Ulid): Promise<Run> {
  const at = ports.clock.now().toISOString();
  return changeRun(ports, principal, id, (before) =>
    before.status === 'pausing' ? pausedRun(before, at) : { run: before },
  );
}
