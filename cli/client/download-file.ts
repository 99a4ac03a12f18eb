/** Fetches the bytes behind a hash into a file, and believes them only when they have that hash. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { send } from './http.ts';
import { fillPath } from './typed-call.ts';

export interface FileToDownload {
  readonly sha256: string;
  /** Where to write it; what is there already is lost. */
  readonly target: string;
  /** For messages. */
  readonly name: string;
}

/** Throws `corrupt` where the bytes have another hash. */
export async function downloadFile(
  connection: Connection,
  { sha256, target, name }: FileToDownload,
): Promise<void> {
  const response = await send(connection, 'GET', fillPath('/v1/artifacts/{sha256}', { sha256 }), {
    accept: '*/*',
    limitSeconds: null,
  });
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(part, _encoding, done) {
      hash.update(part);
      done(null, part);
    },
  });
  const body = response.body ? Readable.fromWeb(response.body as never) : Readable.from([]);
  await pipeline(body, hashing, createWriteStream(target), { signal: connection.signal });
  const found = hash.digest('hex');
  if (found === sha256) return;
  throw new CliError('corrupt', `${name} came with SHA-256 ${found}; its record says ${sha256}.`, {
    code: 'hash_mismatch',
    hint: 'See which files are damaged: forge models verify',
  });
}
