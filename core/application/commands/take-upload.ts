/** Takes what was put below `uploads/`: checks it, registers the model, starts the run that its rule names. */
import type { UploadRule } from '#contracts/source/triggers.ts';
import type { UploadManifest } from '#contracts/source/upload-manifest.ts';
import { contentKey } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import { makeUlid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import {
  ruleFor,
  UPLOAD_MANIFEST,
  type Upload,
  type UploadPlace,
  uploadKey,
  uploadPlace,
  uploadText,
} from '../../domain/upload.ts';
import type { Ports } from '../../ports/ports.ts';
import { inspectObject, readUploadManifest } from '../queries/inspect-upload.ts';
import { requireRoomForFiles } from '../queries/require-quota.ts';
import { importModel } from './import-model.ts';
import { clearUpload, setAside } from './set-aside-upload.ts';
import { type SubmitPorts, submitRun } from './submit-run.ts';

export type UploadPorts = SubmitPorts & Pick<Ports, 'blobWriter' | 'uploads'>;

/** `waiting`: a file of a folder whose manifest has not come yet. */
export type UploadOutcome =
  | { readonly outcome: 'waiting' }
  | { readonly outcome: 'taken' | 'known'; readonly upload: Upload };

type Verdict = Pick<Upload, 'status' | 'modelId' | 'runId' | 'reason'>;
const NOTHING: Verdict = { status: 'refused', modelId: null, runId: null, reason: null };

/**
 * One created object. Being told of the same one any number of times, at any time, starts one run: the model, the run's
 * Idempotency-Key and the record each go by the content.
 *
 * @throws ForgeError `validation` for a key that is no upload, and whatever may pass when it is tried again.
 */
export async function takeUpload(
  ports: UploadPorts,
  rules: readonly UploadRule[],
  key: string,
): Promise<UploadOutcome> {
  const place = uploadPlace(key);
  if (!place) {
    throw new ForgeError('validation', `"${key.slice(0, 200)}" is no upload.`, {
      code: 'invalid_key',
      hint: 'Uploads lie at uploads/TENANT/FOLDER/FILE.',
    });
  }
  if (place.path !== UPLOAD_MANIFEST) return takeFile(ports, place, key);
  const read = await readUploadManifest(ports, key).catch(refusalOnly);
  if (read === null) return { outcome: 'waiting' };
  if (read instanceof ForgeError) {
    return refuseAs(ports, place, (await ports.blobs.hash(key)) ?? ports.hasher.sha256(key), read);
  }
  return takeFolder(ports, rules, place, read);
}

/** What may pass by itself is thrown on, so that whoever delivers the event delivers it again. */
function refusalOnly(thrown: unknown): ForgeError {
  if (thrown instanceof ForgeError && thrown.facts.http < 500 && !thrown.facts.retryable) return thrown;
  throw thrown;
}

/** A single file waits for its manifest, unless it is one that nothing may ever read. */
async function takeFile(ports: UploadPorts, place: UploadPlace, key: string): Promise<UploadOutcome> {
  const refusal = await inspectObject(ports, place.path, key).then(() => null, refusalOnly);
  const sha256 = refusal && (await ports.blobs.hash(key));
  return refusal && sha256 ? refuseAs(ports, place, sha256, refusal, [key]) : { outcome: 'waiting' };
}

async function takeFolder(
  ports: UploadPorts,
  rules: readonly UploadRule[],
  place: UploadPlace,
  manifest: UploadManifest,
): Promise<UploadOutcome> {
  const rule = ruleFor(rules, place);
  const contentHash = ports.hasher.sha256(uploadText(rule, manifest));
  const known = await ports.uploads.byContent(place.tenant, contentHash);
  if (known) {
    await clear(ports, place, known);
    return { outcome: 'known', upload: known };
  }
  const verdict = rule
    ? await startRun(ports, place, rule, manifest, contentHash)
    : { ...NOTHING, status: 'unmatched' as const, reason: noRule(place) };
  return write(ports, place, contentHash, { rule: rule?.name ?? null, ...verdict });
}

function noRule({ folder }: UploadPlace): Upload['reason'] {
  return {
    code: 'no_rule',
    message: `No upload rule names the folder ${folder}.`,
    hint: 'Add a rule whose pattern fits it and upload the folder again.',
  };
}

async function startRun(
  ports: UploadPorts,
  place: UploadPlace,
  rule: UploadRule,
  manifest: UploadManifest,
  contentHash: string,
): Promise<Verdict> {
  const principal: Principal = { tenant: place.tenant, role: 'runner', subject: `upload/${place.folder}` };
  let modelId: Upload['modelId'] = null;
  try {
    await requireRoomForFiles(ports, place.tenant, manifest.files);
    await publishFiles(ports, place, manifest);
    const { name, files, licence } = manifest;
    const { model } = await importModel(ports, principal, { name, files, licence });
    modelId = model.id;
    const document = { ...rule.run, name: rule.name, input: { ...rule.run.input, model: model.id } };
    const run = await submitRun(ports, principal, { document, idempotencyKey: `upload-${contentHash}` });
    return { status: 'started', modelId, runId: run.id, reason: null };
  } catch (thrown) {
    return { ...NOTHING, modelId, reason: reasonOf(refusalOnly(thrown)) };
  }
}

/** Each file becomes a blob under its hash; the hash is taken of the bytes that are copied. */
async function publishFiles(
  ports: UploadPorts,
  place: UploadPlace,
  { files }: UploadManifest,
): Promise<void> {
  for (const { path, sha256 } of files) {
    const from = uploadKey(place.tenant, place.folder, path);
    const done = await ports.blobWriter.copyChecked(from, contentKey(place.tenant, sha256), sha256);
    if (done === 'copied') continue;
    throw new ForgeError(
      'validation',
      done === 'missing'
        ? `${path} is named by ${UPLOAD_MANIFEST} and is not there.`
        : `${path} does not have the SHA-256 ${sha256} that ${UPLOAD_MANIFEST} names.`,
      {
        code: done === 'missing' ? 'missing_file' : 'checksum_mismatch',
        hint: `Upload the folder again, ${UPLOAD_MANIFEST} last.`,
      },
    );
  }
}

function reasonOf({ code, message, hint }: ForgeError): Upload['reason'] {
  return { code, message, hint: hint ?? null };
}

async function refuseAs(
  ports: UploadPorts,
  place: UploadPlace,
  contentHash: string,
  refusal: ForgeError,
  keys?: readonly string[],
): Promise<UploadOutcome> {
  const known = await ports.uploads.byContent(place.tenant, contentHash);
  if (known) {
    await setAside(ports, place, keys);
    return { outcome: 'known', upload: known };
  }
  return write(ports, place, contentHash, { ...NOTHING, rule: null, reason: reasonOf(refusal) }, keys);
}

/** Whatever was refused is moved out of reach, then the record says where to, then nothing is left to take. */
async function write(
  ports: UploadPorts,
  place: UploadPlace,
  contentHash: string,
  facts: Verdict & Pick<Upload, 'rule'>,
  keys?: readonly string[],
): Promise<UploadOutcome> {
  const now = ports.clock.now();
  const isRefused = facts.status === 'refused';
  const quarantined = isRefused ? await setAside(ports, place, keys) : [];
  const upload: Upload = {
    schemaVersion: 1,
    tenant: place.tenant,
    id: makeUlid(now, ports.entropy.bytes(10)),
    contentHash,
    folder: place.folder,
    ...facts,
    quarantined,
    createdAt: now.toISOString(),
    recordVersion: 1,
  };
  try {
    await ports.registry.commit(place.tenant, [{ kind: 'upload', upload, expected: null }]);
  } catch (error) {
    // Told twice at the same time: the other one wrote the record.
    const winner = await ports.uploads.byContent(place.tenant, contentHash);
    if (!(error instanceof ForgeError && error.code === 'exists' && winner)) throw error;
    return { outcome: 'known', upload: winner };
  }
  await clear(ports, place, upload);
  return { outcome: 'taken', upload };
}

/** An unmatched folder stays where it is: a rule may come for it. */
async function clear(ports: UploadPorts, place: UploadPlace, { status }: Upload): Promise<void> {
  if (status === 'refused') await setAside(ports, place);
  if (status === 'started') await clearUpload(ports, place);
}
