/** A directory as a bucket: keys are paths, writes appear in one step, and what is there can be hashed. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { isSafeKey, requireSafeKey } from '#core/domain/safe-key.ts';
import type { BlobFacts, BlobReader } from '#core/ports/blob-reader.ts';
import type { BlobWriter } from '#core/ports/blob-writer.ts';
import { storing } from './storage-failure.ts';
import type { UrlSigner } from './url-signer.ts';

/** A directory is no object: it is where longer keys lie. */
const missing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return null;
  throw error;
};

export async function syncDirectory(directory: string): Promise<void> {
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
    read: async (key) => readFile(pathOf(key)).catch(missing),
    async stream(key) {
      return (await facts(pathOf(key))) && createReadStream(pathOf(key), { highWaterMark: 1 << 20 });
    },
    async hash(key) {
      if (!(await facts(pathOf(key)))) return null;
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(pathOf(key), { highWaterMark: 1 << 20 })) hash.update(chunk);
      return hash.digest('hex');
    },
    head: async (key) => facts(pathOf(key)),
    async list(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/'));
      const below = prefix.includes('/') ? pathOf(folder) : root;
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
      // Keys need no escapes, so what stands in the address is the key; one that climbs belongs to nobody here.
      const key = uri.startsWith(prefixUri) ? uri.slice(prefixUri.length) : '';
      return isSafeKey(key.replace(/\/$/, '')) ? key : null;
    },
    presignGet: async (key, seconds) => signer.sign('GET', requireSafeKey(key), {}, seconds).url,
  };
}

async function facts(path: string): Promise<BlobFacts | null> {
  const found = await stat(path).catch(missing);
  if (!found?.isFile()) return null;
  return {
    bytes: found.size,
    etag: `${found.size.toString(16)}-${Math.round(found.mtimeMs).toString(16)}`,
    modifiedAt: found.mtime.toISOString(),
  };
}

function writerOf(pathOf: PathOf, signer: UrlSigner): BlobWriter {
  return {
    async write(key, bytes) {
      const path = pathOf(key);
      const staged = await stage(path, bytes);
      try {
        await rename(staged, path);
        await syncDirectory(dirname(path));
      } finally {
        await rm(staged, { force: true });
      }
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
    copyChecked: (from, to, sha256) => storing(() => copyFile(pathOf(from), pathOf(to), sha256)),
    delete: async (key) => rm(pathOf(key), { force: true }),
    async touch(key) {
      const path = pathOf(key);
      if (!(await facts(path))) return false;
      const now = new Date();
      return utimes(path, now, now).then(
        () => true,
        (error: NodeJS.ErrnoException) => missing(error) !== null,
      );
    },
    async presignPut(key, { bytes, sha256, mediaType }, seconds) {
      const bound = { bytes: String(bytes), sha256 };
      const { url, expiresAt } = signer.sign('PUT', requireSafeKey(key), bound, seconds);
      return { url, method: 'PUT', headers: { 'content-type': mediaType }, expiresAt };
    },
  };
}

/** The bytes are hashed while they are copied: what the source becomes afterwards is its own business. */
async function copyFile(
  from: string,
  to: string,
  sha256: string,
): Promise<'copied' | 'missing' | 'mismatch'> {
  if (!(await facts(from))) return 'missing';
  await makeDirectory(dirname(to));
  const staged = join(dirname(to), `.${randomUUID()}.part`);
  const hash = createHash('sha256');
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from), meter, createWriteStream(staged, { flush: true }));
    if (hash.digest('hex') !== sha256) return 'mismatch';
    await rename(staged, to);
    await syncDirectory(dirname(to));
    return 'copied';
  } finally {
    await rm(staged, { force: true });
  }
}

/** Makes a directory and those above it, and has each entry on disk: a file is only as safe as the path to it. */
export async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made))
    await syncDirectory(dirname(made));
}

/** Writes the bytes beside their final place and makes sure that they are on disk. */
const stage = (path: string, bytes: Uint8Array): Promise<string> => storing(() => stageAt(path, bytes));

async function stageAt(path: string, bytes: Uint8Array): Promise<string> {
  await makeDirectory(dirname(path));
  const staged = join(dirname(path), `.${randomUUID()}.part`);
  const handle = await open(staged, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    // What a full disk cut short helps nobody, least of all the disk.
    await rm(staged, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return staged;
}
