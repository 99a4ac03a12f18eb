/** Read, change, write back under the version that was read; once more when somebody else was faster. */
import { ForgeError } from '../../domain/errors.ts';
import type { NewEvent } from '../../domain/event.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Change } from '../../ports/registry-writer.ts';
import { getRun } from '../queries/get-run.ts';

const ATTEMPTS = 5;

export interface RunChange {
  readonly run: Run;
  readonly events?: readonly NewEvent[];
  /** What has to be written together with the run. */
  readonly also?: readonly Change[];
}

/**
 * Applies `change` to the run as it is now. When `change` returns the very run that it was given, nothing is written:
 * this is how a repeated effect recognises itself.
 */
export async function changeRun(
  ports: Pick<Ports, 'runs' | 'registry'>,
  principal: Principal,
  id: Ulid,
  change: (run: Run) => RunChange | Promise<RunChange>,
): Promise<Run> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await getRun(ports, principal, id);
    const { run, events = [], also = [] } = await change(before);
    if (run === before) return before;
    try {
      await ports.registry.commit(principal.tenant, [
        { kind: 'run', run: { ...run, version: before.version + 1 }, expected: before.version },
        ...also,
        ...events.map((event): Change => ({ kind: 'event', event })),
      ]);
      return { ...run, version: before.version + 1 };
    } catch (error) {
      const stale = error instanceof ForgeError && error.kind === 'conflict';
      if (!stale || attempt === ATTEMPTS) throw error;
    }
  }
}
