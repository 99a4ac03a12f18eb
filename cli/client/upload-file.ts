/** Announces a file by its hash, and sends its bytes where the server has them not yet. */
import { CliError } from '../errors.ts';
import { addressOf, type Connection, unreachable } from './connection.ts';
import { putFile } from './put-file.ts';
import { call } from './typed-call.ts';

export interface FileToUpload {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** A place in the inbox. @default stored under its hash */
  readonly inbox?: { readonly folder: string; readonly path: string };
}

export async function uploadFile(connection: Connection, file: FileToUpload): Promise<'sent' | 'known'> {
  const { path, ...facts } = file;
  const offer = await call(connection, 'post', '/v1/uploads', { body: facts, repeatable: true });
  if (offer.exists) return 'known';
  const { method = 'PUT', headers = {} } = offer;
  const url = new URL(offer.url ?? '', addressOf(connection, '/v1/'));
  try {
    await putFile(url, { path, bytes: file.bytes, method, headers, signal: connection.signal });
  } catch (error) {
    if (connection.signal.aborted) throw connection.aborted();
    throw error instanceof CliError ? error : unreachable(connection, url, error);
  }
  return 'sent';
}
