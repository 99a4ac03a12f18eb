/** The checkpoints that a run still keeps: the last three of each job, its best one, and where a forked run began. */
import { checkpointManifest } from '#contracts/source/checkpoint-manifest.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { checkpointsOfPhase, contentKey } from '../../domain/blob-key.ts';
import { type KeptCheckpoint, manifestKey } from '../../domain/fork-point.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Run } from '../../domain/run.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { getRun } from './get-run.ts';

export async function listCheckpoints(
  ports: Pick<ReadPorts, 'runs' | 'blobs'>,
  principal: Principal,
  id: Ulid,
  only?: PhaseSlug,
): Promise<readonly KeptCheckpoint[]> {
  const run = await getRun(ports, principal, id);
  const phases = run.phases.filter(({ slug }) => only === undefined || slug === only);
  const lists = await Promise.all(phases.map(({ slug }) => checkpointsOf(ports, run, slug)));
  return lists.flat();
}

async function checkpointsOf(
  ports: Pick<ReadPorts, 'blobs'>,
  run: Pick<Run, 'id' | 'tenant'>,
  phase: PhaseSlug,
): Promise<readonly KeptCheckpoint[]> {
  const keys = await ports.blobs.list(checkpointsOfPhase(run.id, phase));
  const manifests = keys.filter((key) => key.includes('/manifests/'));
  const found = await Promise.all(manifests.map((key) => readCheckpoint(ports, run, key)));
  return found
    .filter((one) => one !== null)
    .sort(
      (left, right) =>
        left.stage.localeCompare(right.stage) ||
        (left.index ?? 0) - (right.index ?? 0) ||
        left.step - right.step,
    );
}

/** Null for a manifest that is damaged, or whose name is not the one of its content: nobody can go on from it. */
async function readCheckpoint(
  { blobs }: Pick<ReadPorts, 'blobs'>,
  run: Pick<Run, 'id' | 'tenant'>,
  key: string,
): Promise<KeptCheckpoint | null> {
  const bytes = await blobs.read(key);
  const parsed = bytes && parseDocument(checkpointManifest, parseOrNull(bytes));
  const sha256 = /-([0-9a-f]{64})\.json$/.exec(key)?.[1];
  if (!parsed?.ok || sha256 === undefined) return null;
  const { phase, stage, index, step, files, metrics, best, timestamp, runId } = parsed.value;
  if (manifestKey(run.id, phase, { stage, index, step, sha256 }) !== key) {
    return null;
  }
  const heads = await Promise.all(files.map((file) => blobs.head(contentKey(run.tenant, file.sha256))));
  return {
    phase,
    stage,
    index,
    step,
    sha256,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    metrics,
    best,
    at: timestamp,
    takenBy: runId,
    there: heads.every((head) => head !== null),
  };
}

function parseOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
