/** One run, whole. */
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Run } from '../../domain/run.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

/** Throws `not_found`, with the same words for an unknown run and for another tenant's. */
export async function getRun(ports: Pick<ReadPorts, 'runs'>, principal: Principal, id: Ulid): Promise<Run> {
  const run = await ports.runs.get(principal.tenant, id);
  if (run) return run;
  throw new ForgeError('not_found', `There is no run "${id}".`, {
    hint: 'List them with `forge runs list`.',
  });
}
