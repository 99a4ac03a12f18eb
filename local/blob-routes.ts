/** The embedded bucket over HTTP: what S3's presigned addresses are on AWS. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Hono, type MiddlewareHandler } from 'hono';
import { makeDirectory, syncDirectory } from '#adapters/local/directory-blob-store.ts';
import { storing } from '#adapters/local/storage-failure.ts';
import type { UrlSigner } from '#adapters/local/url-signer.ts';
import { ForgeError } from '#core/domain/errors.ts';
import { requireSafeKey } from '#core/domain/safe-key.ts';
import { problemResponse } from '#functions/shared/http-errors.ts';

/** Passes bytes on, hashes them and stops at the announced length. */
function meter(expectedBytes: number) {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > expectedBytes ? mismatch(`more than ${expectedBytes} bytes came`) : null, chunk);
    },
  });
  return { stream, result: () => ({ bytes, sha256: hash.digest('hex') }) };
}

function mismatch(what: string): ForgeError {
  return new ForgeError('validation', `The upload is not what was announced: ${what}.`, {
    code: 'checksum_mismatch',
  });
}

/** Stages the body, compares it with what the signature binds it to, then publishes it in one step. */
async function receive(
  body: ReadableStream<Uint8Array> | null,
  path: string,
  bytes: number,
  sha256: string,
): Promise<void> {
  const staged = join(dirname(path), `.${randomUUID()}.part`);
  await makeDirectory(dirname(path));
  const counter = meter(bytes);
  try {
    const source = body
      ? Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
      : Readable.from([]);
    await pipeline(source, counter.stream, createWriteStream(staged, { flush: true }));
    const got = counter.result();
    if (got.bytes !== bytes) throw mismatch(`${got.bytes} bytes came, expected ${bytes}`);
    if (got.sha256 !== sha256) throw mismatch(`its SHA-256 is ${got.sha256}, expected ${sha256}`);
    await rename(staged, path);
    await syncDirectory(dirname(path));
  } finally {
    await rm(staged, { force: true });
  }
}

export interface BlobRouteOptions {
  readonly root: string;
  readonly signer: UrlSigner;
  readonly guard: MiddlewareHandler;
  readonly onFault: (what: string, error: unknown) => void;
}

export function blobRoutes({ root, signer, guard, onFault }: BlobRouteOptions): Hono {
  const app = new Hono();
  app.use(guard);
  app.onError((thrown, context) =>
    problemResponse(thrown, context, randomUUID(), (error) => onFault('blob', error)),
  );
  // Keys need no escapes: a path that has some is none of ours, however often it is decoded.
  const keyOf = (path: string) => requireSafeKey(path.replace(/^\/blobs\//, ''));
  app.put('/blobs/*', async (context) => {
    const key = keyOf(context.req.path);
    const query = context.req.query();
    signer.verify('PUT', key, query);
    await storing(() =>
      receive(context.req.raw.body, join(root, key), Number(query.bytes), query.sha256 ?? ''),
    );
    return context.body(null, 200);
  });
  app.get('/blobs/*', async (context) => {
    const key = keyOf(context.req.path);
    signer.verify('GET', key, context.req.query());
    const file = join(root, key);
    const size = await stat(file).then(
      (found) => (found.isFile() ? found.size : null),
      () => null,
    );
    if (size === null) throw new ForgeError('not_found', 'There is no such object.');
    const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
    const headers = {
      'content-length': String(size),
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    };
    return context.body(body, 200, headers);
  });
  return app;
}
