/** First step of an execution: the run is now running, and the state machine learns which phases to walk. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { isPaused, moveRun, requireNewest } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { changeRun } from './change-run.ts';

export interface PreparedRun {
  /** Phases that have not succeeded yet, in order. */
  readonly phases: readonly PhaseSlug[];
}

export async function prepareRun(
  ports: Pick<Ports, 'runs' | 'registry' | 'clock'>,
  principal: Principal,
  id: Ulid,
  execution?: string,
): Promise<PreparedRun> {
  const at = ports.clock.now().toISOString();
  const run = await changeRun(ports, principal, id, (before) => {
    requireNewest(before, execution);
    if (isPaused(before)) {
      throw new ForgeError('cancelled', `Run ${id} was paused before it started.`, { code: 'run_paused' });
    }
    if (before.status === 'running') return { run: before };
    if (before.status === 'cancelling' || before.status === 'cancelled') {
      throw new ForgeError('cancelled', `Run ${id} was cancelled before it started.`);
    }
    return {
      run: moveRun(before, 'running', at),
      events: [
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
