/**
 * The report of a run. Every number in it is a `LinkedNumber`: a value with the id of the metric record that it was
 * read from. What was not measured is null and shown as such; nothing is computed here.
 */
import type { Answer } from '#contracts/source/answers.ts';
import type { ReportedCost } from '#contracts/source/costs.ts';
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { ReportedPhase, ReportedRow, ReportedStrength, RunReport } from '#contracts/source/report.ts';
import type { Corpus } from './corpus.ts';
import { type GateVerdict, type LinkedNumber, linkedNumber } from './gate.ts';
import { type Model, modelReference } from './model.ts';
import { type Highlight, phaseDefinition, type Strength } from './phase.ts';
import type { Run } from './run.ts';
import { claimsOf, type ReportableClaim } from './run-claims.ts';

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

/** Without records nothing is shown: what was not measured is null. */
function highlight(row: Highlight, metrics: readonly MetricRecord[]): ReportedRow {
  const { label, figures, wanted, verdict } = row;
  const shown = Object.entries(figures).flatMap(([name, metric]): [string, LinkedNumber | null][] => {
    if (!metric.startsWith('*/')) return [[name, linkedNumber(metrics, metric)]];
    const measured = metrics.filter((each) => each.step === null && each.name.endsWith(metric.slice(1)));
    const subjects = [...new Set(measured.map((each) => each.name.slice(0, 1 - metric.length)))];
    return subjects.map((subject) => [subject, linkedNumber(measured, `${subject}${metric.slice(1)}`)]);
  });
  return {
    label,
    figures: Object.fromEntries(shown),
    best: wanted ? bestOf(shown, wanted) : null,
    ...(verdict ? { verdict: verdictOf(verdict, metrics) } : {}),
  };
}

function verdictOf(
  { metric, words }: NonNullable<Highlight['verdict']>,
  metrics: readonly MetricRecord[],
): ReportedRow['verdict'] {
  const figure = linkedNumber(metrics, metric);
  return figure && { words: words[figure.value] ?? String(figure.value), figure };
}

/** The one best; null where the first two are equal or there is nothing to compare with. */
function bestOf(
  figures: readonly (readonly [string, LinkedNumber | null])[],
  wanted: Strength['wanted'],
): string | null {
  const sign = wanted === 'higher' ? 1 : -1;
  const measured = figures.flatMap(([name, figure]) => (figure ? [{ name, value: figure.value }] : []));
  const [first, second] = measured.sort((left, right) => sign * (right.value - left.value));
  return first && second && first.value !== second.value ? first.name : null;
}

/** What every phase measures of its models, so that they can be read from one phase to the next. */
const COURSE = ['bits_per_byte', 'parameters', 'weight_bytes'];

function courseOf(run: Run, metrics: readonly MetricRecord[]): NonNullable<RunReport['course']> {
  return run.resolved.phases.flatMap((phase) => {
    const own = metrics.filter((metric) => metric.phase === phase && metric.step === null);
    const models = [...new Set(own.flatMap(({ model }) => model ?? []))];
    return models
      .filter((model) => COURSE.some((measure) => linkedNumber(own, `${model}/${measure}`)))
      .map((model) => ({
        phase,
        model,
        figures: Object.fromEntries(
          COURSE.map((measure) => [measure, linkedNumber(own, `${model}/${measure}`)]),
        ),
      }));
  });
}

function reportPhase(
  run: Run,
  slug: PhaseSlug,
  metrics: readonly MetricRecord[],
  answers: readonly Answer[] = [],
): ReportedPhase {
  const record = run.phases.find((phase) => phase.slug === slug);
  const { title, strengths, highlights = [] } = phaseDefinition(slug);
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
    contracts: [...(record?.contracts ?? [])].map(({ contract, rules }) => ({ contract, rules: [...rules] })),
    highlights: own.length > 0 ? highlights.map((row) => highlight(row, own)) : [],
    ...(answers.length > 0 ? { answers: [...answers] } : {}),
  };
}

export function buildReport(facts: {
  run: Run;
  models: readonly Model[];
  metrics: readonly MetricRecord[];
  corpus: Corpus | null;
  claims: readonly ReportableClaim[];
  answers?: ReadonlyMap<PhaseSlug, readonly Answer[]>;
  cost?: ReportedCost;
}): RunReport {
  const { run, models, metrics, corpus, claims, answers, cost } = facts;
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
    phases: run.resolved.phases.map((slug) => reportPhase(run, slug, metrics, answers?.get(slug))),
    course: courseOf(run, metrics),
    claims: claimsOf(run, claims),
    ...(cost ? { cost } : {}),
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
