/** Frees what nothing needs any more, in an order in which a crash leaves nothing but garbage for the next time. */
import { ForgeError } from '../../domain/errors.ts';
import type { GarbageClass, GarbageItem, RunChoice } from '../../domain/garbage.ts';
import type { Ulid } from '../../domain/ids.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import { purgeModel } from '../../domain/model-life.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import type { Ports } from '../../ports/ports.ts';
import { findFreeBlobs, findGarbage, oldItem, sparedSince } from '../queries/find-garbage.ts';

export interface GarbageRequest extends RunChoice {
  /** Says what would be freed and frees nothing. */
  readonly dryRun: boolean;
}

export interface Freed {
  readonly count: number;
  readonly bytes: number;
}

export interface GarbageReport {
  readonly dryRun: boolean;
  /** Runs whose working files go. Their reports and records stay. */
  readonly runs: readonly Ulid[];
  /** Deleted models that can no longer be restored. */
  readonly models: readonly string[];
  readonly freed: Readonly<Record<GarbageClass | 'tombstones', Freed>>;
  readonly total: Freed;
  /** The first thousand of the objects. */
  readonly keys: readonly GarbageItem[];
  readonly keysLeftOut: number;
}

type CollectPorts = Pick<
  Ports,
  'runs' | 'models' | 'corpora' | 'tenants' | 'blobs' | 'blobWriter' | 'registry' | 'clock'
>;

const LISTED_KEYS = 1000;

/**
 * Records first, then the working files that name blobs, then the blobs that nothing names by then: at every line what
 * is still referred to is still there.
 */
export async function collectGarbage(
  ports: CollectPorts,
  principal: Principal,
  { dryRun, ...choice }: GarbageRequest,
): Promise<GarbageReport> {
  requireRole(principal, 'maintainer');
  const found = await findGarbage(ports, principal, choice);
  if (dryRun) return reportOf(true, found.runs, found.models, [...found.files, ...found.blobs]);
  const models: Model[] = [];
  for (const model of found.models) if (await purge(ports, principal, model)) models.push(model);
  for (const { key } of found.files) await ports.blobWriter.delete(key);
  const blobs: GarbageItem[] = [];
  const now = ports.clock.now();
  const before = await sparedSince(ports, now);
  for (const blob of await findFreeBlobs(ports, principal, now)) {
    // Somebody may have claimed it since it was listed.
    if (!(await oldItem(ports, blob, before))) continue;
    await ports.blobWriter.delete(blob.key);
    blobs.push(blob);
  }
  return reportOf(false, found.runs, models, [...found.files, ...blobs]);
}

/** False when the model was changed in the meantime: somebody restored it. */
async function purge(ports: CollectPorts, principal: Principal, model: Model): Promise<boolean> {
  const purged = purgeModel(model, ports.clock.now().toISOString());
  try {
    await ports.registry.commit(principal.tenant, [
      { kind: 'model', model: purged, expected: model.recordVersion },
    ]);
    return true;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'stale_version') return false;
    throw error;
  }
}

function sumOf(items: readonly GarbageItem[]): Freed {
  return { count: items.length, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function reportOf(
  dryRun: boolean,
  runs: readonly Ulid[],
  models: readonly Model[],
  items: readonly GarbageItem[],
): GarbageReport {
  const ofClass = (wanted: GarbageClass) => sumOf(items.filter((item) => item.class === wanted));
  return {
    dryRun,
    runs,
    models: models.map(modelReference),
    freed: {
      staging: ofClass('staging'),
      checkpoints: ofClass('checkpoints'),
      tasks: ofClass('tasks'),
      // A tombstone is a record; the files that it gives up count as blobs, unless another model has them too.
      tombstones: { count: models.length, bytes: 0 },
      blobs: ofClass('blobs'),
    },
    total: sumOf(items),
    keys: items.slice(0, LISTED_KEYS),
    keysLeftOut: Math.max(0, items.length - LISTED_KEYS),
  };
}
