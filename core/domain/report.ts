/**
 * The report of a run. Every number in it is a `LinkedNumber`: a value with the id of the metric record that it was
 * read from. What was not measured is null and shown as such; nothing is computed here.
 */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { Corpus } from './corpus.ts';
import { type GateVerdict, type LinkedNumber, linkedNumber } from './gate.ts';
import { type Model, modelReference } from './model.ts';
import { phaseDefinition, type Strength } from './phase.ts';
import type { Run, RunError, RunOrigin, RunStatus } from './run.ts';

export interface ReportedGate {
  readonly rule: string;
  readonly verdict: GateVerdict['verdict'];
  readonly measured: LinkedNumber | null;
  /** The metric that it is compared with; null where it was not measured, and where the bound is a fixed number. */
  readonly bound: LinkedNumber | null;
  /** True where the bound is the number that stands in the rule. */
  readonly fixed: boolean;
}

/** Which model is best at what it was made for. */
export interface ReportedStrength {
  readonly model: string;
  readonly measure: string;
  readonly wanted: Strength['wanted'];
  readonly figures: Readonly<Record<string, LinkedNumber | null>>;
  /** The one best model of the measure; null where the first two are equal or nothing was measured. */
  readonly best: string | null;
  readonly verdict: 'ahead' | 'not ahead' | 'not measured';
}

export interface ReportedPhase {
  readonly phase: PhaseSlug;
  readonly title: string;
  readonly status: string;
  /** The run that these figures are of, where the phase was not run again. */
  readonly reusedFrom: string | null;
  readonly jobs: Readonly<Record<string, LinkedNumber>>;
  /** Subject → measure → figure. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, LinkedNumber>>>>;
  readonly gates: readonly ReportedGate[];
  readonly strengths: readonly ReportedStrength[];
}

export interface ReportedModel {
  readonly id: string;
  readonly reference: string;
  readonly role: string;
  readonly parents: readonly string[];
  readonly weights: string;
}

export interface RunReport {
  readonly schema: 'forge/report/v1';
  readonly run: {
    readonly id: string;
    readonly name: string;
    readonly status: RunStatus;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
    /** Null for a run that was submitted as a document of its own. */
    readonly origin: RunOrigin | null;
  };
  readonly error: RunError | null;
  readonly corpus: {
    readonly id: string;
    readonly name: string;
    readonly sha256: string;
    readonly licence: string;
  } | null;
  readonly phases: readonly ReportedPhase[];
  readonly models: readonly ReportedModel[];
  readonly reproduce: { readonly command: string; readonly document: string };
}

function gateRule({ gate }: GateVerdict): string {
  const { bound } = gate;
  const limit =
    typeof bound === 'number'
      ? String(bound)
      : `${bound.factor === undefined ? '' : `${bound.factor} × `}${bound.metric}`;
  return `${gate.metric} ${gate.op} ${limit}`;
}

/** Final figures only: what was logged per step belongs to charts. */
function finalFigures(metrics: readonly MetricRecord[]): ReportedPhase['figures'] {
  const subjects: Record<string, Record<string, LinkedNumber>> = {};
  const final = metrics.filter(({ name, step }) => step === null && !name.endsWith('/job_seconds'));
  for (const { name } of final) {
    const [subject = '', ...measure] = name.split('/');
    const figure = linkedNumber(final, name);
    if (figure) subjects[subject] = { ...subjects[subject], [measure.join('/')]: figure };
  }
  return subjects;
}

function jobSeconds(metrics: readonly MetricRecord[]): Record<string, LinkedNumber> {
  const jobs = metrics.filter((metric) => metric.name.endsWith('/job_seconds'));
  return Object.fromEntries(
    jobs.map((metric) => [
      metric.name.replace('/job_seconds', ''),
      { value: metric.value, unit: metric.unit, metric: metric.id },
    ]),
  );
}

function strengthOf(strength: Strength, metrics: readonly MetricRecord[]): ReportedStrength {
  const { model, measure, wanted, among } = strength;
  const figures = Object.fromEntries(
    among.map((each) => [each, linkedNumber(metrics, `${each}/${measure}`)]),
  );
  const measured = Object.entries(figures).flatMap(([name, figure]) =>
    figure ? [{ name, value: figure.value }] : [],
  );
  const sign = wanted === 'higher' ? 1 : -1;
  const [first, second] = measured.sort((left, right) => sign * (right.value - left.value));
  // Equal to another is not ahead of it, and one figure alone is ahead of nothing.
  const best = first && first.value !== second?.value ? first.name : null;
  const verdict = !figures[model] || !second ? 'not measured' : best === model ? 'ahead' : 'not ahead';
  return { model, measure, wanted, figures, best, verdict };
}

function reportPhase(run: Run, slug: PhaseSlug, metrics: readonly MetricRecord[]): ReportedPhase {
  const record = run.phases.find((phase) => phase.slug === slug);
  const { title, strengths } = phaseDefinition(slug);
  const own = metrics.filter((metric) => metric.phase === slug);
  return {
    phase: slug,
    title,
    status: record?.status ?? 'pending',
    reusedFrom: record?.reusedFrom ?? null,
    jobs: jobSeconds(own),
    figures: finalFigures(own),
    gates: (record?.gates ?? []).map((gate) => ({
      rule: gateRule(gate),
      verdict: gate.verdict,
      measured: gate.measured,
      bound: gate.bound,
      fixed: typeof gate.gate.bound === 'number',
    })),
    strengths: own.length > 0 ? strengths.map((strength) => strengthOf(strength, own)) : [],
  };
}

export function buildReport(facts: {
  run: Run;
  models: readonly Model[];
  metrics: readonly MetricRecord[];
  corpus: Corpus | null;
}): RunReport {
  const { run, models, metrics, corpus } = facts;
  return {
    schema: 'forge/report/v1',
    run: {
      id: run.id,
      name: run.name,
      status: run.status,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      origin: run.origin ?? null,
    },
    error: run.error,
    corpus: corpus && { id: corpus.id, name: corpus.name, sha256: corpus.sha256, licence: corpus.licence },
    phases: run.resolved.phases.map((slug) => reportPhase(run, slug, metrics)),
    models: models.map((model) => ({
      id: model.id,
      reference: modelReference(model),
      role: model.role,
      parents: model.parents.map((parent) => parent.modelId),
      weights: model.properties.weightsHash,
    })),
    reproduce: { command: 'forge runs create -f run.yaml', document: JSON.stringify(run.document) },
  };
}
