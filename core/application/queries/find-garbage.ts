/** Finds what nothing needs any more: mark from every record and document that stays, then look at what is left. */
import { BLOB_PREFIX, blobsOf } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import {
  chooseRuns,
  deletionOrder,
  type GarbageItem,
  GRACE_MS,
  hashOfBlob,
  isReferring,
  mentionedHashes,
  type RunChoice,
  referredDocuments,
  WORKING_PREFIXES,
  type WorkingFile,
  workingFile,
} from '../../domain/garbage.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Model } from '../../domain/model.ts';
import { isExpired } from '../../domain/model-life.ts';
import type { Principal } from '../../domain/principal.ts';
import { isTerminal, type Run } from '../../domain/run.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { findDependents } from './find-dependents.ts';
import { getRun } from './get-run.ts';
import { everyItem, everyModel, runsInFlight } from './list-everything.ts';

type GarbagePorts = Pick<ReadPorts, 'runs' | 'models' | 'corpora' | 'tenants' | 'blobs' | 'clock'>;

export interface Garbage {
  readonly runs: readonly Ulid[];
  /** Deleted models whose time to be restored is over. */
  readonly models: readonly Model[];
  /** Working files, in the order in which they may be deleted. */
  readonly files: readonly GarbageItem[];
  readonly blobs: readonly GarbageItem[];
}

export async function findGarbage(
  ports: GarbagePorts,
  principal: Principal,
  choice: RunChoice,
): Promise<Garbage> {
  const now = ports.clock.now();
  const runs = await chosenRuns(ports, principal, choice, now);
  const models = await expiredModels(ports, principal, now);
  const files = await workingFiles(ports, new Set(runs.map(({ id }) => id)), now);
  const blobs = await findFreeBlobs(ports, principal, now, { models, files });
  return { runs: runs.map(({ id }) => id), models, files, blobs };
}

async function chosenRuns(
  ports: GarbagePorts,
  principal: Principal,
  choice: RunChoice,
  now: Date,
): Promise<readonly Run[]> {
  if (choice.run !== undefined) {
    const run = await getRun(ports, principal, choice.run);
    if (!isTerminal(run.status)) {
      throw new ForgeError('conflict', `Run ${run.id} is ${run.status}: it needs its files.`, {
        code: 'run_in_flight',
        hint: 'Wait for it, or cancel it first.',
      });
    }
  }
  const ended: Run[] = [];
  for await (const { id, status } of everyItem((page) => ports.runs.list(principal.tenant, {}, page))) {
    const run = isTerminal(status) ? await ports.runs.get(principal.tenant, id) : null;
    if (run) ended.push(run);
  }
  return chooseRuns(ended, choice, now);
}

/** A run in flight that was given the model still reads its files. */
async function expiredModels(
  ports: GarbagePorts,
  principal: Principal,
  now: Date,
): Promise<readonly Model[]> {
  const deleted = await everyModel(ports, principal.tenant, { status: 'deleted' });
  const expired: Model[] = [];
  for (const model of deleted.filter((each) => isExpired(each, now.toISOString()))) {
    const dependents = await findDependents(ports, principal, model);
    if (!dependents.some(({ kind }) => kind === 'run_in_flight')) expired.push(model);
  }
  return expired;
}

/**
 * Blobs from this time on are spared: within the grace, and since the oldest run was made whose jobs may be at work. A
 * job publishes a model long before it writes the result that names it.
 */
export async function sparedSince(ports: GarbagePorts, now: Date): Promise<number> {
  const times = [now.getTime() - GRACE_MS];
  for (const tenant of await ports.tenants.list()) {
    const working = (await runsInFlight(ports, tenant)).filter(({ status }) => status !== 'paused');
    times.push(...working.map(({ createdAt }) => Date.parse(createdAt)));
  }
  return Math.min(...times);
}

/** The item, if the object is there and was written before the time. */
export async function oldItem(
  { blobs }: Pick<ReadPorts, 'blobs'>,
  file: Omit<GarbageItem, 'bytes'>,
  before: number,
): Promise<GarbageItem | null> {
  const facts = await blobs.head(file.key);
  if (!facts || Date.parse(facts.modifiedAt) >= before) return null;
  return { key: file.key, class: file.class, bytes: facts.bytes };
}

/** Files of the chosen runs, and of runs that no tenant has: somebody died before the record was written. */
async function workingFiles(
  ports: GarbagePorts,
  chosen: ReadonlySet<Ulid>,
  now: Date,
): Promise<readonly GarbageItem[]> {
  const found: WorkingFile[] = [];
  for (const prefix of WORKING_PREFIXES) {
    for (const key of await ports.blobs.list(prefix)) found.push(...[workingFile(key) ?? []].flat());
  }
  const known = new Map<Ulid, boolean>();
  const items: GarbageItem[] = [];
  for (const file of found) {
    if (!known.has(file.run)) known.set(file.run, await isKnown(ports, file.run));
    const item = chosen.has(file.run)
      ? { key: file.key, class: file.class, bytes: (await ports.blobs.head(file.key))?.bytes ?? 0 }
      : known.get(file.run)
        ? null
        : await oldItem(ports, file, now.getTime() - GRACE_MS);
    if (item) items.push(item);
  }
  return items.sort((left, right) => deletionOrder(left.key) - deletionOrder(right.key));
}

async function isKnown({ runs, tenants }: GarbagePorts, id: Ulid): Promise<boolean> {
  for (const tenant of await tenants.list()) if (await runs.get(tenant, id)) return true;
  return false;
}

/** What is to go, as if it were gone already. */
interface Leaving {
  readonly models: readonly Pick<Model, 'id'>[];
  readonly files: readonly Pick<GarbageItem, 'key'>[];
}

/** Blobs of the tenant that are past the grace and that no record and no document of anybody names. */
export async function findFreeBlobs(
  ports: GarbagePorts,
  { tenant }: Pick<Principal, 'tenant'>,
  now: Date,
  leaving: Leaving = { models: [], files: [] },
): Promise<readonly GarbageItem[]> {
  // Listed first: what is written while we mark is not among them.
  const keys = await ports.blobs.list(blobsOf(tenant));
  const before = await sparedSince(ports, now);
  const kept = new Set([
    ...(await hashesOfRecords(ports, leaving)),
    ...(await hashesOfDocuments(ports, leaving)),
  ]);
  const free: GarbageItem[] = [];
  for (const key of keys) {
    const hash = hashOfBlob(key);
    if (hash === null || kept.has(hash)) continue;
    const item = await oldItem(ports, { key, class: 'blobs' }, before);
    if (item) free.push(item);
  }
  return free;
}

async function hashesOfRecords(ports: GarbagePorts, leaving: Leaving): Promise<readonly string[]> {
  const gone = new Set(leaving.models.map(({ id }) => id));
  const hashes: string[] = [];
  for (const tenant of await ports.tenants.list()) {
    for (const { id, files } of await everyModel(ports, tenant, { status: 'any' })) {
      if (!gone.has(id)) hashes.push(...files.map(({ sha256 }) => sha256));
    }
    for await (const { sha256 } of everyItem((page) => ports.corpora.list(tenant, page))) hashes.push(sha256);
    for (const run of await runsInFlight(ports, tenant)) hashes.push(...mentionedHashes(JSON.stringify(run)));
  }
  return hashes;
}

/** Results, checkpoints and task specs that stay keep what they name, and what the documents among that name. */
async function hashesOfDocuments({ blobs }: GarbagePorts, leaving: Leaving): Promise<readonly string[]> {
  const gone = new Set(leaving.files.map(({ key }) => key));
  const hashes: string[] = [];
  const documents = new Set<string>();
  const read = async (key: string) => {
    const bytes = await blobs.read(key);
    const text = bytes === null ? '' : new TextDecoder().decode(bytes);
    hashes.push(...mentionedHashes(text));
    return text;
  };
  for (const prefix of WORKING_PREFIXES) {
    for (const key of await blobs.list(prefix)) {
      if (gone.has(key) || !isReferring(key)) continue;
      for (const hash of referredDocuments(await read(key))) documents.add(hash);
    }
  }
  // A checkpoint keeps in a blob of its own which models its job has published so far.
  // Listed again: such a blob may be newer than the blobs that it names. The same hash of any tenant counts.
  const named = (await blobs.list(BLOB_PREFIX)).filter((key) => documents.has(hashOfBlob(key) ?? ''));
  for (const key of named) await read(key);
  return hashes;
}
