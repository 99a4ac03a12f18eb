/** Reads every file of a model back from the store and compares its hash with the record. */
import { createHash } from 'node:crypto';
import { contentKey } from '../../domain/blob-key.ts';
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
  const model = await findModel(ports, principal, reference);
  const files: FileVerdict[] = [];
  for (const file of model.files) {
    const found = await hashOf(ports, file.sha256);
    files.push({ path: file.path, expected: file.sha256, found, ok: found === file.sha256 });
  }
  return { model: model.id, ok: files.every((file) => file.ok), files };
}

async function hashOf(ports: Pick<ReadPorts, 'blobs'>, sha256: string): Promise<string | null> {
  const chunks = await ports.blobs.stream(contentKey(sha256));
  if (!chunks) return null;
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
