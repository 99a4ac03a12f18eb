/** Registers uploaded files as a model, after reading and measuring all of them. */
import { contentKey } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import { makeUlid } from '../../domain/ids.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import {
  CONFIG,
  checkFileNames,
  type OfferedFile,
  PROPERTIES,
} from '../../domain/model-import/model-files.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import type { Ports } from '../../ports/ports.ts';
import { findParents, type NamedParent, requireSameParents } from '../queries/find-parents.ts';
import { type InspectedModel, inspectModel } from '../queries/inspect-model.ts';
import { notUploaded } from '../queries/inspect-weights.ts';
import { everyModel } from '../queries/list-everything.ts';
import { requireRoomForFiles } from '../queries/require-quota.ts';

export interface ModelToImport {
  readonly name: string;
  readonly files: readonly OfferedFile[];
  readonly licence?: string | undefined;
  /** Registered models that it was made from. @default none */
  readonly parents?: readonly NamedParent[] | undefined;
}

export interface Import {
  readonly model: Model;
  /** False: this name had these files already. */
  readonly created: boolean;
}

type ImportPorts = Pick<
  Ports,
  'models' | 'corpora' | 'quotas' | 'registry' | 'blobs' | 'blobWriter' | 'clock' | 'entropy' | 'hasher'
>;

const ATTEMPTS = 5;
const LOST: readonly string[] = ['exists', 'stale_version'];

/**
 * The same name with the same weights, configuration and tokenizer again is the same model.
 *
 * Until the record is written, nothing is: an import that is refused leaves only what was uploaded before it.
 */
export async function importModel(
  ports: ImportPorts,
  principal: Principal,
  wanted: ModelToImport,
): Promise<Import> {
  requireRole(principal, 'runner');
  // Whatever came with the upload: properties are measured here, and a document that was sent would only be believed.
  const files = wanted.files.filter(({ path }) => path !== PROPERTIES);
  checkFileNames(files);
  await claim(ports, principal, files);
  const inspected = await inspectModel(
    { blobs: ports.blobs, hasher: ports.hasher, tenant: principal.tenant },
    files,
  );
  await refuseQuarantined(ports, principal, inspected);
  for (let attempt = 1; ; attempt += 1) {
    const earlier = await sameModel(ports, principal, wanted.name, files, inspected);
    if (earlier) {
      requireSameParents(earlier, await findParents(ports, principal, earlier, wanted.parents ?? []));
      return { model: earlier, created: false };
    }
    try {
      await requireRoomForFiles(ports, principal.tenant, files);
      const model = await register(ports, principal, { ...wanted, files }, inspected);
      return { model, created: true };
    } catch (error) {
      // Somebody else took the next version of this name.
      const lost = error instanceof ForgeError && LOST.includes(error.code);
      if (!lost || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Says of every file that it is needed, so that garbage collection leaves it alone until the record names it. */
async function claim(
  ports: Pick<Ports, 'blobWriter'>,
  { tenant }: Principal,
  files: readonly OfferedFile[],
): Promise<void> {
  for (const file of files) {
    if (!(await ports.blobWriter.touch(contentKey(tenant, file.sha256)))) throw notUploaded(file);
  }
}

async function sameModel(
  ports: Pick<Ports, 'models'>,
  { tenant }: Principal,
  name: string,
  files: readonly OfferedFile[],
  { properties }: InspectedModel,
): Promise<Model | null> {
  const configOf = (listed: readonly Pick<OfferedFile, 'path' | 'sha256'>[]) =>
    listed.find(({ path }) => path === CONFIG)?.sha256;
  const versions = await everyModel(ports, tenant, { name });
  const same = versions.find(
    (model) =>
      model.properties.weightsHash === properties.weightsHash &&
      model.properties.tokenizerHash === properties.tokenizerHash &&
      configOf(model.files) === configOf(files),
  );
  return same ?? null;
}

/** Weights that somebody has put out of use do not come back under another name. */
async function refuseQuarantined(
  ports: Pick<Ports, 'models'>,
  { tenant }: Principal,
  { properties }: InspectedModel,
): Promise<void> {
  const quarantined = await everyModel(ports, tenant, { status: 'quarantined' });
  const found = quarantined.find((model) => model.properties.weightsHash === properties.weightsHash);
  if (!found) return;
  throw new ForgeError('conflict', `These weights are quarantined as ${modelReference(found)}.`, {
    code: 'not_verified',
    hint: `Restore that model if they may be used: forge models restore ${modelReference(found)} --reason WHY`,
  });
}

/** The measured document becomes one of the files: a job that loads the model measures again and compares. */
async function writeProperties(
  ports: ImportPorts,
  { tenant }: Principal,
  { properties }: InspectedModel,
): Promise<OfferedFile> {
  const text = `${JSON.stringify(properties, null, 2)}\n`;
  const bytes = new TextEncoder().encode(text);
  const sha256 = ports.hasher.sha256(text);
  const key = contentKey(tenant, sha256);
  const written = await ports.blobWriter.writeIfAbsent(key, bytes, 'application/json');
  if (!written) await ports.blobWriter.touch(key);
  return { path: PROPERTIES, sha256, bytes: bytes.length };
}

async function register(
  ports: ImportPorts,
  principal: Principal,
  { name, files, licence, parents: named = [] }: ModelToImport,
  inspected: InspectedModel,
): Promise<Model> {
  const now = ports.clock.now();
  const at = now.toISOString();
  const newest = await ports.models.byName(principal.tenant, name, null);
  const child = { id: makeUlid(now, ports.entropy.bytes(10)), name, version: (newest?.version ?? 0) + 1 };
  const parents = await findParents(ports, principal, child, named);
  const all = [...files, await writeProperties(ports, principal, inspected)];
  const model: Model = {
    schemaVersion: 1,
    tenant: principal.tenant,
    ...child,
    runId: null,
    phase: null,
    role: 'imported',
    status: 'active',
    files: all.map((file) => ({ ...file, uri: ports.blobs.uri(contentKey(principal.tenant, file.sha256)) })),
    ...inspected,
    parents,
    lifecycle: [],
    ...(licence === undefined ? {} : { licence }),
    createdAt: at,
    updatedAt: at,
    recordVersion: 1,
  };
  await ports.registry.commit(principal.tenant, [{ kind: 'model', model, expected: null }]);
  await requireKept(ports, principal, model);
  return model;
}

/**
 * Looks again, now that the record is there: a collection that had chosen a file as garbage before it was claimed may
 * have taken it away since. The next one sees the record and spares it.
 */
async function requireKept(ports: ImportPorts, principal: Principal, model: Model): Promise<void> {
  for (const file of model.files) {
    if (await ports.blobs.head(contentKey(principal.tenant, file.sha256))) continue;
    const broken: Model = { ...model, status: 'quarantined', recordVersion: 2 };
    await ports.registry.commit(principal.tenant, [{ kind: 'model', model: broken, expected: 1 }]);
    throw notUploaded(file);
  }
}
