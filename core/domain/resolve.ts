/** From a run document to a resolved run: every default written out, every reference made exact. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { defaultSettings, SETTINGS } from '#contracts/source/phases/settings.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import type { RunDocument } from '#contracts/source/run-document.ts';
import type { Corpus } from './corpus.ts';
import { ForgeError, type Problem } from './errors.ts';
import type { Gate } from './gate.ts';
import type { Ulid } from './ids.ts';
import { phaseDefinition, resolvePhases } from './phase.ts';
import type { Preset } from './preset.ts';
import type { ResolvedRun } from './run.ts';
import { resolveThreads } from './threads.ts';
import { validationError } from './validation-error.ts';

export interface Resolvable {
  readonly document: RunDocument;
  readonly preset: Preset | null;
  readonly corpus: Corpus | null;
  readonly models: readonly { readonly id: Ulid }[];
}

/** Complete settings of one phase: the field's default, then what each layer says, the last one winning. */
export function resolveSettings(
  slug: PhaseSlug,
  layers: readonly (Readonly<Record<string, unknown>> | undefined)[],
): Record<string, unknown> {
  const merged = Object.assign({}, defaultSettings(slug), ...layers) as Record<string, unknown>;
  const parsed = parseDocument(SETTINGS[slug], merged);
  if (parsed.ok) return parsed.value;
  const problems = parsed.problems.map((problem) => ({
    ...problem,
    pointer: `/config/${slug}${problem.pointer}`,
  }));
  throw validationError(problems);
}

function gatesOf(slug: PhaseSlug, document: RunDocument): readonly Gate[] {
  const own = document.gates
    .filter((row) => row.phase === slug)
    .map(({ metric, op, bound, onFailure }): Gate => ({ metric, op, bound, onFailure }));
  return [...phaseDefinition(slug).gates, ...own];
}

function requireCorpus(phases: readonly PhaseSlug[], corpus: Corpus | null): void {
  const needing = phases.find((slug) => phaseDefinition(slug).input.corpus);
  if (!needing || corpus) return;
  throw validationError([
    {
      pointer: '/input/corpus',
      code: 'required',
      message: `phase ${needing} needs a corpus`,
      suggestion: 'register one with: forge corpora add DIR',
    },
  ]);
}

/** A gate of a phase that does not run would never be evaluated, and nobody would notice. */
function refuseIdleGates(phases: readonly PhaseSlug[], document: RunDocument): void {
  const problems = document.gates.flatMap(({ phase, metric }, position): Problem[] =>
    phases.includes(phase)
      ? []
      : [
          {
            pointer: `/gates/${position}/phase`,
            code: 'phase_not_in_run',
            message: `the gate on ${metric} belongs to phase ${phase}, which this run does not have`,
            expected: phases.join(', '),
          },
        ],
  );
  if (problems.length > 0) throw validationError(problems);
}

/** Throws `validation` with every problem it can name; contracts are checked elsewhere. */
export function resolveRun({ document, preset, corpus, models }: Resolvable): ResolvedRun {
  const phases = resolvePhases(document.phases);
  refuseIdleGates(phases, document);
  requireCorpus(phases, corpus);
  const perPhase = <Value>(value: (slug: PhaseSlug) => Value) =>
    Object.fromEntries(phases.map((slug) => [slug, value(slug)])) as Partial<Record<PhaseSlug, Value>>;
  return {
    name: document.name,
    phases,
    seed: document.seed,
    corpus: corpus && { id: corpus.id, sha256: corpus.sha256 },
    models: models.map(({ id }) => id),
    config: perPhase((slug) => resolveSettings(slug, [preset?.config[slug], document.config[slug]])),
    gates: perPhase((slug) => gatesOf(slug, document)),
    threads: resolveThreads(phases),
  };
}

/** Refuses phases that this release cannot run; contracts are about legality, this is about presence. */
export function requireAvailable(
  phases: readonly PhaseSlug[],
  available: (slug: PhaseSlug) => boolean = (slug) => phaseDefinition(slug).available,
): void {
  const missing = phases.filter((slug) => !available(slug));
  if (missing.length === 0) return;
  const problems = missing.map((slug) => ({
    pointer: '/phases',
    code: 'phase_unavailable',
    message: `phase ${slug} cannot be run by this release`,
  }));
  throw new ForgeError('validation', `This release cannot run: ${missing.join(', ')}.`, {
    code: 'phase_unavailable',
    problems,
    hint: 'See `forge phases list` for the phases that can run.',
  });
}
