/** Gives a new run the checkpoints of another one that its jobs begin at. */

import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { checkpointsOfPhase } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import { type JobBegin, manifestKey, pinKey } from '../../domain/fork-point.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Ports } from '../../ports/ports.ts';
import { checkpointKeys } from '../queries/decide-phases.ts';

type LendPorts = Pick<Ports, 'blobs' | 'blobWriter'>;

interface Loan {
  readonly from: Ulid;
  readonly to: Ulid;
  readonly phase: PhaseSlug;
}

/**
 * Every checkpoint of a phase. Manifests name themselves by their hash and blobs by theirs; the pointer stays behind, as
 * it fences other executions.
 */
export async function lendAll(ports: LendPorts, { from, to, phase }: Loan): Promise<void> {
  for (const key of await checkpointKeys(ports, from, phase)) {
    const bytes = await ports.blobs.read(key);
    const below = key.slice(checkpointsOfPhase(from, phase).length);
    if (bytes) await ports.blobWriter.write(checkpointsOfPhase(to, phase) + below, bytes, 'application/json');
  }
}

/** Pinned first, so that a job that is still at work there does not drop them. */
export async function lendChosen(
  ports: LendPorts,
  { from, to, phase }: Loan,
  begins: readonly JobBegin[],
): Promise<void> {
  for (const begin of begins) {
    const pin = new TextEncoder().encode(`${JSON.stringify({ run: to })}\n`);
    await ports.blobWriter.write(pinKey(from, phase, begin), pin, 'application/json');
    const bytes = await ports.blobs.read(manifestKey(from, phase, begin));
    if (bytes === null) {
      throw new ForgeError('conflict', `Run ${from} has just dropped the checkpoint of step ${begin.step}.`, {
        code: 'checkpoint_dropped',
        hint: `See which ones are left: forge runs checkpoints ${from}`,
      });
    }
    await ports.blobWriter.write(manifestKey(to, phase, begin), bytes, 'application/json');
  }
}
