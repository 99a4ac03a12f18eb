/** Reads every file of a model back from the store and compares its hash with the record. */
import { contentKey } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { findModel } from './find-model.ts';

export interface FileVerdict {
  readonly path: string;
  readonly expected: string;
  /** Hash of what lies in the store; null when nothing does. */
  readonly found: string | null;
  readonly ok: boolean;
}

export interface ModelVerdict {
  readonly model: string;
  readonly ok: boolean;
  readonly files: readonly FileVerdict[];
}

export async function verifyModel(
  ports: Pick<ReadPorts, 'models' | 'blobs'>,
  principal: Principal,
  reference: string,
): Promise<ModelVerdict> {
  return verifyFiles(ports, await findModel(ports, principal, reference));
}

export async function verifyFiles(ports: Pick<ReadPorts, 'blobs'>, model: Model): Promise<ModelVerdict> {
  const files: FileVerdict[] = [];
  for (const file of model.files) {
    const found = await ports.blobs.hash(contentKey(model.tenant, file.sha256));
    files.push({ path: file.path, expected: file.sha256, found, ok: found === file.sha256 });
  }
  return { model: model.id, ok: files.every((file) => file.ok), files };
}

/** What comes back into use or is relied upon has the bytes that it was registered with. */
export async function requireVerified(ports: Pick<ReadPorts, 'blobs'>, model: Model): Promise<void> {
  const { files } = await verifyFiles(ports, model);
  const broken = files.filter(({ ok }) => !ok);
  if (broken.length === 0 && files.length > 0) return;
  const listed = broken.map(({ path, found }) => `${path} is ${found === null ? 'missing' : 'altered'}`);
  const why = listed.join('; ') || 'it has no files';
  throw new ForgeError('conflict', `Model ${modelReference(model)} does not verify: ${why}.`, {
    code: 'not_verified',
    hint: 'Its files are damaged; import the model again.',
  });
}
