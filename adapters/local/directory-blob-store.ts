/** A directory as a bucket: keys are paths, writes appear in one step, and what is there can be hashed. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ForgeError } from '#core/domain/errors.ts';
import type { BlobFacts, BlobReader } from '#core/ports/blob-reader.ts';
import type { BlobWriter } from '#core/ports/blob-writer.ts';
import type { UrlSigner } from './url-signer.ts';

/** Keys that no store of ours ever makes: climbing, absolute, with a backslash, a percent sign or control characters. */
const SAFE_KEY = /^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9][\w.@=+-]*(\/[\w.@=+-]+)*$/;

export function requireSafeKey(key: string): string {
  if (key.length <= 1024 && SAFE_KEY.test(key)) return key;
  throw new ForgeError('malformed', `"${key.slice(0, 80)}" is not a key of this store.`, {
    code: 'invalid_key',
    hint: 'Keys are made of letters, digits, . _ - = + @ and single slashes.',
  });
}

const missing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
};

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}

export type DirectoryBlobStore = BlobReader & BlobWriter & { readonly root: string };

export function directoryBlobStore(root: string, signer: UrlSigner): DirectoryBlobStore {
  const pathOf = (key: string) => join(root, requireSafeKey(key));
  return { root, ...readerOf(root, pathOf, signer), ...writerOf(pathOf, signer) };
}

type PathOf = (key: string) => string;

function readerOf(root: string, pathOf: PathOf, signer: UrlSigner): BlobReader {
  const prefixUri = pathToFileURL(join(root, sep)).href;
  return {
    read: (key) => readFile(pathOf(key)).catch(missing),
    async stream(key) {
      return (await facts(pathOf(key))) && createReadStream(pathOf(key), { highWaterMark: 1 << 20 });
    },
    async hash(key) {
      if (!(await facts(pathOf(key)))) return null;
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(pathOf(key), { highWaterMark: 1 << 20 })) hash.update(chunk);
      return hash.digest('hex');
    },
    head: (key) => facts(pathOf(key)),
    async list(prefix) {
      const below = prefix.endsWith('/') ? pathOf(prefix.slice(0, -1)) : dirname(pathOf(prefix));
      const entries = await readdir(below, { recursive: true, withFileTypes: true }).catch(missing);
      const files = (entries ?? []).filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
      const keys = files.map((entry) =>
        relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'),
      );
      return keys.filter((key) => key.startsWith(prefix)).sort();
    },
    uri: (key) =>
      key.endsWith('/')
        ? `${pathToFileURL(pathOf(key.slice(0, -1))).href}/`
        : pathToFileURL(pathOf(key)).href,
    keyOf(uri) {
      if (!uri.startsWith(prefixUri)) return null;
      return relative(root, fileURLToPath(uri)).split(sep).join('/');
    },
    presignGet: async (key, seconds) => signer.sign('GET', requireSafeKey(key), {}, seconds).url,
  };
}

async function facts(path: string): Promise<BlobFacts | null> {
  const found = await stat(path).catch(missing);
  if (!found?.isFile()) return null;
  return { bytes: found.size, etag: `${found.size.toString(16)}-${Math.round(found.mtimeMs).toString(16)}` };
}

function writerOf(pathOf: PathOf, signer: UrlSigner): BlobWriter {
  return {
    async write(key, bytes) {
      const path = pathOf(key);
      const staged = await stage(path, bytes);
      await rename(staged, path);
      await syncDirectory(dirname(path));
    },
    async writeIfAbsent(key, bytes) {
      const path = pathOf(key);
      const staged = await stage(path, bytes);
      try {
        // A hard link fails when the name is taken: one winner, and never a half-written object.
        await link(staged, path);
        await syncDirectory(dirname(path));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      } finally {
        await rm(staged, { force: true });
      }
    },
    delete: (key) => rm(pathOf(key), { force: true }),
    async presignPut(key, { bytes, sha256, mediaType }, seconds) {
      const bound = { bytes: String(bytes), sha256 };
      const { url, expiresAt } = signer.sign('PUT', requireSafeKey(key), bound, seconds);
      return { url, method: 'PUT', headers: { 'content-type': mediaType }, expiresAt };
    },
  };
}

/** Writes the bytes beside their final place and makes sure that they are on disk. */
async function stage(path: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const staged = join(dirname(path), `.${randomUUID()}.part`);
  const handle = await open(staged, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return staged;
}
