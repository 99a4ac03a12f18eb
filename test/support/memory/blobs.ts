/** A blob store in memory. Addresses look like the embedded one's, so that task specs are valid as they are. */
import { createHash } from 'node:crypto';
import type { BlobReader } from '#core/ports/blob-reader.ts';
import type { BlobWriter } from '#core/ports/blob-writer.ts';
import { type MemoryStore, yieldTurn } from './store.ts';

const ROOT = 'file:///memory/blobs/';
/** Small on purpose: readers of streams have to cope with lines and characters that are cut anywhere. */
const CHUNK_BYTES = 7;

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield bytes.slice(start, start + CHUNK_BYTES);
  }
}

export function blobReaderOf(store: MemoryStore, born = new Date(0)): BlobReader {
  const find = async (key: string) => {
    await yieldTurn();
    return store.blobs.get(key) ?? null;
  };
  return {
    read: async (key) => (await find(key))?.slice() ?? null,
    stream: async (key) => {
      const bytes = await find(key);
      return bytes && chunksOf(bytes);
    },
    hash: async (key) => {
      const bytes = await find(key);
      return bytes && sha256Of(bytes);
    },
    head: async (key) => {
      const bytes = await find(key);
      if (!bytes) return null;
      const modifiedAt = (store.blobTimes.get(key) ?? born).toISOString();
      return { bytes: bytes.length, etag: sha256Of(bytes), modifiedAt };
    },
    list: async (prefix) => [...store.blobs.keys()].filter((key) => key.startsWith(prefix)).sort(),
    uri: (key) => `${ROOT}${key}`,
    keyOf: (uri) => (uri.startsWith(ROOT) ? uri.slice(ROOT.length) : null),
    presignGet: async (key, seconds) => `${ROOT}${key}?expires=${seconds}`,
  };
}

export function blobWriterOf(store: MemoryStore, now = () => new Date(0)): BlobWriter {
  const put = (key: string, bytes: Uint8Array) => {
    store.blobs.set(key, bytes.slice());
    store.blobTimes.set(key, now());
  };
  return {
    async write(key, bytes) {
      await yieldTurn();
      put(key, bytes);
    },
    async writeIfAbsent(key, bytes) {
      await yieldTurn();
      if (store.blobs.has(key)) return false;
      put(key, bytes);
      return true;
    },
    async copyChecked(from, to, sha256) {
      await yieldTurn();
      const bytes = store.blobs.get(from);
      if (!bytes) return 'missing';
      if (sha256Of(bytes) !== sha256) return 'mismatch';
      put(to, bytes);
      return 'copied';
    },
    async delete(key) {
      store.blobs.delete(key);
      store.blobTimes.delete(key);
    },
    async touch(key) {
      await yieldTurn();
      if (!store.blobs.has(key)) return false;
      store.blobTimes.set(key, now());
      return true;
    },
    async presignPut(key, facts, seconds) {
      return {
        url: `${ROOT}${key}?expires=${seconds}`,
        method: 'PUT',
        headers: { 'content-type': facts.mediaType },
        expiresAt: new Date(seconds * 1000).toISOString(),
      };
    },
  };
}
