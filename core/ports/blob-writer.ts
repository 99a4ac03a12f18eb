export interface PresignedPut {
  readonly url: string;
  readonly method: 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

export interface BlobWriter {
  write(key: string, bytes: Uint8Array, mediaType: string): Promise<void>;
  /** Writes only when the key is free. False: there was an object already, and it is untouched. */
  writeIfAbsent(key: string, bytes: Uint8Array, mediaType: string): Promise<boolean>;
  /**
   * Copies an object of this store, in one step, if its bytes hash to `sha256`. What lies at `to` already, being named by
   * its hash, is made as new as if it had been written now.
   */
  copyChecked(from: string, to: string, sha256: string): Promise<'copied' | 'missing' | 'mismatch'>;
  delete(key: string): Promise<void>;
  /** Makes an object as new as if it had been written now, so that nobody takes it for garbage. False: there is none. */
  touch(key: string): Promise<boolean>;
  /** Lets a client upload exactly these bytes to exactly this key. */
  presignPut(
    key: string,
    facts: { bytes: number; sha256: string; mediaType: string },
    seconds: number,
  ): Promise<PresignedPut>;
}
