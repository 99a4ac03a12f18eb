/** The phase catalogue: order, titles, stages, rules and gates, as contracts/phases.json states them. */
import catalogue from '#contracts/phases.json' with { type: 'json' };
import { PHASE_SLUGS, type PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import type { Rule } from './contract.ts';
import { ForgeError } from './errors.ts';
import type { Gate } from './gate.ts';

export type StageKind = 'single' | 'array' | 'reduce';

/** A stage as contracts/phases.json writes it. */
export interface StageDefinition {
  readonly name: string;
  readonly kind: StageKind;
  /** A number of jobs, or the setting of the phase that says it. */
  readonly size: number | { readonly setting: string };
  /** What the stage is handed: `corpus`, `models`, or the name of a stage: an earlier one, or one of its group. */
  readonly reads: readonly string[];
  /** Neighbours of the same group repeat together for as long as the last of them, a reduce, asks for it. */
  readonly repeat?: string;
}

/** What one of a phase's models was made to be best at, and which models it is compared with. */
export interface Strength {
  readonly model: string;
  readonly measure: string;
  readonly wanted: 'higher' | 'lower';
  readonly among: readonly string[];
}

/** Figures that are read side by side, by the names of their metrics. */
export interface Highlight {
  readonly label: string;
  /** What is shown → metric; of `*` every subject that has the measure is shown under its own name. */
  readonly figures: Readonly<Record<string, string>>;
  /** @default no figure is the best one */
  readonly wanted?: 'higher' | 'lower';
  /** A metric whose values stand for words, such as 1 for "effect". */
  readonly verdict?: { readonly metric: string; readonly words: Readonly<Record<string, string>> };
}

export interface PhaseDefinition {
  readonly slug: PhaseSlug;
  readonly number: number;
  readonly title: string;
  readonly summary: string;
  /** False until this release can run the phase. */
  readonly available: boolean;
  readonly input: {
    readonly corpus: boolean;
    /** False where a phase begins without a model; how many it takes, `accepts` says. */
    readonly models: boolean;
    /** True where the phase is handed the common base of its models as well, with the role `base`. */
    readonly base?: boolean;
  };
  readonly output: {
    readonly models: number;
    /** What the model that comes out has in common with the one that went in. */
    readonly keeps: readonly (keyof ModelProperties)[];
    readonly sets: Readonly<Record<string, string | number | boolean>>;
  };
  readonly accepts: readonly Rule[];
  readonly produces: readonly Rule[];
  readonly gates: readonly Gate[];
  readonly stages: readonly StageDefinition[];
  readonly strengths: readonly Strength[];
  /** Lines of the report beside tables and gates. */
  readonly highlights?: readonly Highlight[];
  /** The artifact of the last stage with answers to be read in the report. */
  readonly answers?: string;
}

/** A gate as contracts/phases.json writes it: with subjects it is one for each, whose name stands for the `*`. */
type WrittenGate = Gate & { readonly subjects?: readonly string[] };
type WrittenPhase = Omit<PhaseDefinition, 'gates'> & { readonly gates: readonly WrittenGate[] };

function eachSubject({ subjects = [''], metric, ...rest }: WrittenGate): readonly Gate[] {
  return subjects.map((subject) => ({ metric: metric.replace('*', subject), ...rest }));
}

/** Whatever hands over models hands over sound ones, and whoever takes models takes no others. */
function expanded(written: WrittenPhase, sound: readonly Rule[]): PhaseDefinition {
  return {
    ...written,
    accepts: [...written.accepts, ...(written.input.models ? sound : [])],
    produces: [...written.produces, ...sound],
    gates: written.gates.flatMap(eachSubject),
  };
}

export const PHASES: readonly PhaseDefinition[] = (catalogue.phases as readonly WrittenPhase[]).map((phase) =>
  expanded(phase, catalogue.sound as readonly Rule[]),
);

export function phaseDefinition(slug: PhaseSlug): PhaseDefinition {
  const found = PHASES.find((phase) => phase.slug === slug);
  if (!found)
    throw new ForgeError('not_found', `There is no phase "${slug}".`, {
      hint: `Phases: ${PHASE_SLUGS.join(', ')}.`,
    });
  return found;
}

/** Resolves slugs and numbers 1-8 to slugs; refuses repetition, disorder and gaps. */
export function resolvePhases(references: readonly (PhaseSlug | number)[]): readonly PhaseSlug[] {
  const slugs = references.map((reference, position) =>
    typeof reference === 'number'
      ? (PHASE_SLUGS[reference - 1] ?? outOfRange(reference, position))
      : reference,
  );
  slugs.forEach((slug, position) => {
    if (slugs.indexOf(slug) !== position)
      throw phasesError('duplicate', `Phase ${slug} stands twice.`, position);
  });
  slugs.slice(1).forEach((slug, position) => {
    const before = slugs[position] as PhaseSlug;
    const step = PHASE_SLUGS.indexOf(slug) - PHASE_SLUGS.indexOf(before);
    if (step === 1) return;
    const missing = PHASE_SLUGS[PHASE_SLUGS.indexOf(slug) - 1];
    throw phasesError(
      'contract_unsatisfied',
      step < 0
        ? `Phase ${slug} cannot come after ${before}: phases run in their order.`
        : `Phase ${slug} after ${before} leaves a gap: the output of ${missing} is missing.`,
      position + 1,
    );
  });
  return slugs;
}

function outOfRange(reference: number, position: number): never {
  throw phasesError(
    'out_of_range',
    `Phase ${reference} does not exist; phases are numbered 1 to 8.`,
    position,
  );
}

function phasesError(code: string, message: string, position: number): ForgeError {
  return new ForgeError('validation', message, {
    code,
    problems: [{ pointer: `/phases/${position}`, code, message }],
    hint: `List neighbouring phases in order: ${PHASE_SLUGS.join(', ')}.`,
  });
}
