/** The fingerprint that a phase of a run has, or would have: its settings, inputs, code, seed and threads. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import {
  canonicalText,
  type FingerprintFacts,
  fingerprintOf,
  type PhaseFingerprint,
} from '../../domain/fingerprint.ts';
import type { ForkPoint } from '../../domain/fork-point.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ResolvedRun } from '../../domain/run.ts';
import { threadsOf } from '../../domain/threads.ts';
import type { Hasher } from '../../ports/clock.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

/** Names where a phase began that went on under other settings than its own; null where it ran under its own alone. */
export function continuedFrom(
  { hasher }: { readonly hasher: Hasher },
  point: ForkPoint | null | undefined,
  phase: PhaseSlug,
): string | null {
  if (point?.phase !== phase || point.accepted.length === 0) return null;
  return hasher.sha256(canonicalText([point.history, point.begins]));
}

export interface PhaseToFingerprint {
  readonly resolved: ResolvedRun;
  readonly phase: PhaseSlug;
  /** Ids of the input models. */
  readonly inputs: readonly Ulid[];
  readonly code: string | null;
  /** As in the fingerprint that this one is compared with, or of the run's own beginning. */
  readonly continuedFrom?: string | null | undefined;
}

/** Models by the hash of their weights: the same weights under another id are the same input. */
export async function fingerprintPhase(
  ports: Pick<ReadPorts, 'models'> & { readonly hasher: Hasher },
  principal: Principal,
  { resolved, phase, inputs, code, continuedFrom }: PhaseToFingerprint,
): Promise<PhaseFingerprint> {
  const models = await Promise.all(inputs.map((id) => ports.models.get(principal.tenant, id)));
  const facts: FingerprintFacts = {
    phase,
    settings: resolved.config[phase] ?? {},
    corpus: resolved.corpus?.sha256 ?? null,
    weights: models.map((model, position) => model?.properties.weightsHash ?? inputs[position] ?? ''),
    code,
    seed: resolved.seed,
    threads: threadsOf(resolved, phase),
    continuedFrom,
  };
  return fingerprintOf((text) => ports.hasher.sha256(text), facts);
}
