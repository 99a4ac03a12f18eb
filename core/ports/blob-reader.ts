export interface BlobFacts {
  readonly bytes: number;
  readonly etag: string;
  /** When these bytes were written, or last said to be needed: what garbage collection spares by. */
  readonly modifiedAt: string;
}

export interface BlobReader {
  /** The whole object, or null when there is none. For small documents; large ones are streamed. */
  read(key: string): Promise<Uint8Array | null>;
  /** The object as a stream of chunks, or null when there is none. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** SHA-256 of the object's bytes as they lie in the store now, or null when there is none. */
  hash(key: string): Promise<string | null>;
  head(key: string): Promise<BlobFacts | null>;
  /** Keys below a prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /** The address that a container reads and writes: `file://…/key` or `s3://bucket/key`. */
  uri(key: string): string;
  /** The key of an address of this store; null for an address of another one. */
  keyOf(uri: string): string | null;
  /** A short-lived address from which the object can be fetched without credentials. */
  presignGet(key: string, seconds: number): Promise<string>;
}
