/** What the outputs of a phase depend on, as hashes: equal fingerprints promise equal outputs. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';

export interface PhaseFingerprint {
  /** SHA-256 over all parts below. */
  readonly hash: string;
  readonly settings: string;
  readonly inputs: string;
  /** Hash of the code that the jobs ran; null where its jobs did not say, and then it is not compared. */
  readonly code: string | null;
  readonly seed: number;
  readonly threads: number;
  /** Part of the hash alone: SHA-256 of where a fork began that went on under other settings. */
  readonly continuedFrom?: string | null;
}

export type FingerprintPart = 'settings' | 'inputs' | 'code' | 'seed' | 'threads';

export interface FingerprintFacts {
  readonly phase: PhaseSlug;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly corpus: string | null;
  /** Hashes of the weights of the input models, in their order. */
  readonly weights: readonly string[];
  readonly code: string | null;
  readonly seed: number;
  readonly threads: number;
  readonly continuedFrom?: string | null | undefined;
}

type Sha256 = (text: string) => string;

/** Equal documents give equal texts, whatever the order of their keys. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}

export function fingerprintOf(sha256: Sha256, facts: FingerprintFacts): PhaseFingerprint {
  const { phase, corpus, weights, code, seed, threads, continuedFrom } = facts;
  const parts = {
    settings: sha256(canonicalText({ phase, settings: facts.settings })),
    inputs: sha256(canonicalText({ corpus, weights })),
    code,
    seed,
    threads,
    ...(continuedFrom ? { continuedFrom } : {}),
  };
  return { hash: sha256(canonicalText(parts)), ...parts };
}

/** Parts in which two fingerprints differ. Code that is unknown on one side cannot differ. */
export function differingParts(then: PhaseFingerprint, now: PhaseFingerprint): readonly FingerprintPart[] {
  const parts: readonly FingerprintPart[] = ['settings', 'inputs', 'seed', 'threads'];
  const differing = parts.filter((part) => then[part] !== now[part]);
  const codeDiffers = then.code !== null && now.code !== null && then.code !== now.code;
  return codeDiffers ? [...differing, 'code'] : differing;
}

/** The one code of several jobs; null where one of them did not say. Jobs of mixed code have a hash of their own. */
export function codeOf(sha256: Sha256, hashes: readonly (string | undefined)[]): string | null {
  const known = [...new Set(hashes)].sort();
  const [first] = known;
  if (first === undefined || known.includes(undefined)) return null;
  return known.length === 1 ? first : sha256(known.join('\n'));
}
