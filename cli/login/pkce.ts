/** Proof that the program that asks for tokens is the one that sent the person to sign in (RFC 7636, S256). */
import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;

const secret = (): string => randomBytes(BYTES).toString('base64url');

export interface Proof {
  /** 43 characters of base64url; never leaves this process before the exchange. */
  readonly verifier: string;
  readonly challenge: string;
  /** Comes back with the answer, or the answer is not ours (RFC 6749, 10.12). */
  readonly state: string;
}

export function newProof(): Proof {
  const verifier = secret();
  return {
    verifier,
    challenge: createHash('sha256').update(verifier).digest('base64url'),
    state: secret(),
  };
}
