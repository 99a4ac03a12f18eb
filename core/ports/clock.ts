/** Time and chance, handed in so that the core has neither. */
export interface Clock {
  now(): Date;
}

export interface Entropy {
  bytes(count: number): Uint8Array;
}

/** SHA-256 of text, in lower-case hexadecimal. */
export interface Hasher {
  sha256(text: string): string;
}
