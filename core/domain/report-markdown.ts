/** The report as Markdown, for people. It shows what the report holds and adds no number of its own. */

import type {
  ReportedClaim,
  ReportedPhase,
  ReportedRow,
  ReportedStrength,
  RunReport,
} from '#contracts/source/report.ts';
import type { LinkedNumber } from './gate.ts';

/** Four significant digits, or the whole number. */
export function formatFigure(figure: LinkedNumber | null | undefined): string {
  if (!figure) return 'not measured';
  const { value } = figure;
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** One row per measure, one column per subject; empty where a subject has no such measure. */
export function figureTable(phase: ReportedPhase): {
  header: readonly string[];
  rows: readonly (readonly string[])[];
} {
  const subjects = Object.entries(phase.figures);
  const measures = [...new Set(subjects.flatMap(([, figures]) => Object.keys(figures)))];
  const rows = measures.map((measure) => [
    measure,
    ...subjects.map(([, figures]) => (figures[measure] ? formatFigure(figures[measure]) : '')),
  ]);
  return { header: ['', ...subjects.map(([subject]) => subject)], rows };
}

function strengthLine({ model, measure, wanted, figures, best, verdict }: ReportedStrength): string {
  const values = Object.entries(figures).map(([name, figure]) => `${name} ${formatFigure(figure)}`);
  const winner = verdict === 'not ahead' ? `; ${best ? `${best} is ahead` : 'no one is ahead'}` : '';
  return `- **${model}**, ${measure} (${wanted} is better): ${values.join(', ')}: ${verdict}${winner}`;
}

/** `- bits per byte: merged 1.9, average 2.0: merged is best` */
function rowLine({ label, figures, best, verdict }: ReportedRow): string {
  const values = Object.entries(figures).map(([name, figure]) => `${name} ${formatFigure(figure)}`);
  return `- ${label}: ${verdict ? `${verdict.words}; ` : ''}${values.join(', ') || 'not measured'}${best ? `: ${best} is best` : ''}`;
}

/** As text in a table: nothing of it is markup, and no sign of it is invisible. */
const quoted = (text: string): string =>
  `\`${text.replaceAll(/\p{C}/gu, ' ').replaceAll('`', "'").replaceAll('|', '\\|')}\``;

function answerTable(answers: NonNullable<ReportedPhase['answers']>): string {
  const rows = answers.map(({ prompt, input, before, after, prompted }) => [
    prompt,
    ...[input, before, after, prompted].map(quoted),
  ]);
  return table(['prompt', 'asked', 'before', 'after', 'with the prompt'], rows);
}

function courseTable(course: RunReport['course'] = []): string {
  const measures = Object.keys(course[0]?.figures ?? {});
  const rows = course.map(({ phase, model, figures }) => [
    phase,
    model,
    ...measures.map((measure) => formatFigure(figures[measure])),
  ]);
  return `## From phase to phase\n\n${table(['phase', 'model', ...measures], rows)}`;
}

/** `training.grokfast`, or the phase alone where it has no choice. */
function claimSection(claims: readonly ReportedClaim[]): string {
  const rows = claims.map(({ phase, setting, claim, verdict, records }) => [
    setting ? `${phase}.${setting}` : phase,
    claim,
    verdict,
    records.map(({ experiment, sha256 }) => `${experiment} ${sha256.slice(0, 12)}`).join(', ') || 'none',
  ]);
  const said =
    'What experiments say about the mechanisms that were on, of their own models and not of this run.';
  return `## Claims\n\n${said}\n\n${table(['mechanism', 'claim', 'verdict', 'records (SHA-256)'], rows)}`;
}

function contractSection(contracts: ReportedPhase['contracts'] = []): string {
  const rows = contracts.flatMap(({ contract, rules }) =>
    rules.map(({ name, got, expected, verdict }) => [contract, name, got, expected, verdict]),
  );
  if (rows.length === 0) return '';
  return `### Checked\n\n${table(['hand-over', 'rule', 'got', 'expected', 'verdict'], rows)}`;
}

function phaseSection(phase: ReportedPhase): string {
  const { header, rows } = figureTable(phase);
  const gates = phase.gates.map((gate) => [
    gate.rule,
    formatFigure(gate.measured),
    gate.fixed ? 'fixed' : formatFigure(gate.bound),
    gate.verdict,
  ]);
  const jobs = Object.entries(phase.jobs).map(([job, seconds]) => [job, formatFigure(seconds)]);
  return [
    `## ${phase.title}: ${phase.status}`,
    phase.reusedFrom ? `Not run again: these are the outputs and figures of run ${phase.reusedFrom}.` : '',
    rows.length > 0 ? table(header, rows) : 'Nothing was measured.',
    gates.length > 0 ? `### Gates\n\n${table(['gate', 'measured', 'bound', 'verdict'], gates)}` : '',
    phase.strengths.length > 0 ? `### Strengths\n\n${phase.strengths.map(strengthLine).join('\n')}` : '',
    phase.highlights?.length ? `### In short\n\n${phase.highlights.map(rowLine).join('\n')}` : '',
    phase.answers?.length ? `### Answers without the prompt\n\n${answerTable(phase.answers)}` : '',
    contractSection(phase.contracts),
    jobs.length > 0 ? `### Jobs\n\n${table(['job', 'seconds'], jobs)}` : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

function originLine({ verb, run, from }: NonNullable<RunReport['run']['origin']>): string {
  return `A ${verb} of run ${run}${from ? ` from phase ${from} on` : ''}.`;
}

export function renderReport(report: RunReport): string {
  const { run, error, corpus, models } = report;
  const modelRows = models.map((model) => [
    model.reference,
    model.role,
    model.parents.join(', ') || 'none',
    model.weights.slice(0, 12),
  ]);
  const parts = [
    `# ${run.name}: ${run.status}`,
    `Run ${run.id}, started ${run.startedAt ?? 'never'}, ended ${run.endedAt ?? 'never'}.`,
    run.origin ? originLine(run.origin) : '',
    error ? `**${error.kind}**: ${error.message}\n\nNext: ${error.hint}` : '',
    corpus ? `Corpus ${corpus.name} (${corpus.licence}), SHA-256 ${corpus.sha256}.` : '',
    ...report.phases.map(phaseSection),
    report.course?.length ? courseTable(report.course) : '',
    report.claims?.length ? claimSection(report.claims) : '',
    models.length > 0
      ? `## Models\n\n${table(['model', 'role', 'parents', 'weights SHA-256'], modelRows)}`
      : '',
    `## Again\n\n\`${report.reproduce.command}\` with this document:\n\n\`\`\`json\n${report.reproduce.document}\n\`\`\``,
    'Every figure carries the id of its metric record in report.json beside this file.',
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}
