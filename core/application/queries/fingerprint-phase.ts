/** The fingerprint that a phase of a run has, or would have: its settings, inputs, code, seed and threads. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { type FingerprintFacts, fingerprintOf, type PhaseFingerprint } from '../../domain/fingerprint.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ResolvedRun } from '../../domain/run.ts';
import type { Hasher } from '../../ports/clock.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

export interface PhaseToFingerprint {
  readonly resolved: ResolvedRun;
  readonly phase: PhaseSlug;
  /** Ids of the input models. */
  readonly inputs: readonly Ulid[];
  readonly code: string | null;
}

/** Models by the hash of their weights: the same weights under another id are the same input. */
export async function fingerprintPhase(
  ports: Pick<ReadPorts, 'models'> & { readonly hasher: Hasher },
  principal: Principal,
  { resolved, phase, inputs, code }: PhaseToFingerprint,
): Promise<PhaseFingerprint> {
  const models = await Promise.all(inputs.map((id) => ports.models.get(principal.tenant, id)));
  const facts: FingerprintFacts = {
    phase,
    settings: resolved.config[phase] ?? {},
    corpus: resolved.corpus?.sha256 ?? null,
    weights: models.map((model, position) => model?.properties.weightsHash ?? inputs[position] ?? ''),
    code,
    seed: resolved.seed,
    threads: resolved.threads,
  };
  return fingerprintOf((text) => ports.hasher.sha256(text), facts);
}
