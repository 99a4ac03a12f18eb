/** First step of an execution: the run is now running, and the state machine learns which phases to walk. */

import type { BurstPlan } from '#contracts/source/burst-plan.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { NewEvent } from '../../domain/event.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { isPaused, moveRun, type Run, requireNewest } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { planBurstOfRun } from '../queries/plan-burst-of-run.ts';
import { changeRun } from './change-run.ts';

export interface PreparedRun {
  /** Phases that have not succeeded yet, in order. */
  readonly phases: readonly PhaseSlug[];
}

export async function prepareRun(
  ports: Pick<Ports, 'runs' | 'registry' | 'clock' | 'models' | 'metrics' | 'costs'>,
  principal: Principal,
  id: Ulid,
  execution?: string,
): Promise<PreparedRun> {
  const at = ports.clock.now().toISOString();
  const run = await changeRun(ports, principal, id, async (before) => {
    requireNewest(before, execution);
    if (isPaused(before)) {
      throw new ForgeError('cancelled', `Run ${id} was paused before it started.`, { code: 'run_paused' });
    }
    if (before.status === 'running') return { run: before };
    if (before.status === 'cancelling' || before.status === 'cancelled') {
      throw new ForgeError('cancelled', `Run ${id} was cancelled before it started.`);
    }
    const burst = await planOf(ports, principal, before);
    return {
      run: { ...moveRun(before, 'running', at), ...(burst && { burst }) },
      events: [
        ...(burst ? [plannedEvent(burst, id, at)] : []),
        {
          type: 'RunStarted',
          run: id,
          phase: null,
          attempt: null,
          at,
          data: { executions: before.executions },
        },
      ],
    };
  });
  return { phases: run.phases.filter((phase) => phase.status !== 'succeeded').map((phase) => phase.slug) };
}

/** Made once: what a run follows does not change while it is paused. Null where its document asks for no plan. */
async function planOf(
  ports: Parameters<typeof planBurstOfRun>[0],
  principal: Principal,
  { burst, document: { compute, budget }, resolved }: Run,
): Promise<BurstPlan | null> {
  if (burst || (compute === undefined && budget === undefined)) return null;
  return planBurstOfRun(ports, principal, { resolved, compute, budget });
}

function plannedEvent(
  { verdict, strategy, mode, usd, hours, assumed, reasons }: BurstPlan,
  run: Ulid,
  at: string,
): NewEvent {
  const data = { verdict, strategy, mode, usd, hours, assumed, reasons };
  return { type: 'RunPlanned', run, phase: null, attempt: null, at, data };
}
