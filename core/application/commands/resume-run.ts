/** Lets a paused run go on under a new execution: what has succeeded stays, what was at work goes on from its checkpoints. */
import { spendingOf, standingEntries } from '../../domain/cost-entry.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { capOf, isTerminal, moveRun, type Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import type { QuotaPorts } from '../queries/require-quota.ts';
import { admitRun } from './admit-run.ts';
import { changeRun } from './change-run.ts';
import { startExecution } from './start-execution.ts';

const PAUSING_SECONDS = 5;

/** A cap that is higher than what the run has cost already. */
export interface ResumeWish {
  readonly maxUsd?: number | undefined;
}

type ResumePorts = QuotaPorts & Pick<Ports, 'registry' | 'workflow' | 'costs'>;

/**
 * Resuming a run that works already starts nothing new.
 *
 * The run is written before its execution starts; when the process dies in between, the next resume, or the next start
 * of the server, starts the execution by its fixed name.
 */
export async function resumeRun(
  ports: ResumePorts,
  principal: Principal,
  id: Ulid,
  { maxUsd }: ResumeWish = {},
): Promise<Run> {
  requireRole(principal, 'runner');
  const at = ports.clock.now().toISOString();
  const run = await changeRun(ports, principal, id, async (before) => {
    requireResumable(before);
    if (before.status !== 'paused') return { run: before };
    await requireMoney(ports, before, maxUsd);
    const admission = await admitRun(ports, principal.tenant);
    const execution = `${id}-${before.executions.length + 1}`;
    const resumed = {
      ...moveRun(before, 'running', at),
      pauseReason: null,
      maxUsd: maxUsd ?? before.maxUsd ?? null,
    };
    return {
      run: { ...resumed, executions: [...before.executions, execution] },
      also: admission(id),
      events: [
        {
          type: 'RunResumed',
          key: `resumed/${execution}`,
          run: id,
          phase: null,
          attempt: null,
          at,
          data: { execution, by: principal.subject, maxUsd: capOf(resumed) },
        },
      ],
    };
  });
  await startExecution(ports, run);
  return run;
}

/** A run that has cost its cap would be stopped at once. */
async function requireMoney(
  { costs, clock }: Pick<Ports, 'costs' | 'clock'>,
  run: Run,
  maxUsd: number | undefined,
): Promise<void> {
  const cap = maxUsd ?? capOf(run);
  if (cap === null) return;
  const { usd } = spendingOf(standingEntries(await costs.list(run.tenant, run.id)), clock.now());
  const raised = maxUsd !== undefined || run.pauseReason !== 'budget';
  if (raised && usd < cap) return;
  throw new ForgeError('budget', `Run ${run.id} has cost ${usd.toFixed(4)} USD; its cap is ${cap} USD.`, {
    code: 'budget_reached',
    hint: `Give it more: forge runs resume ${run.id} --max-usd ${Math.max(0.01, Number((cap * 2).toPrecision(3)))}`,
  });
}

/** Throws for a run that cannot go on, and says what to do instead. */
export function requireResumable(run: Run): void {
  const { id, status } = run;
  if (status === 'pausing') {
    throw new ForgeError('conflict', `Run ${id} is still pausing: its jobs write their checkpoints.`, {
      code: 'run_pausing',
      hint: 'Ask again when it is paused.',
      retryAfterSeconds: PAUSING_SECONDS,
    });
  }
  if (!isTerminal(status) && status !== 'cancelling') return;
  throw new ForgeError('conflict', `Run ${id} is ${status} and cannot be resumed.`, {
    code: 'illegal_transition',
    hint: `Only a paused run goes on. A new run that reuses what this one finished: forge runs retry ${id}`,
  });
}
