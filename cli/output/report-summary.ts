/** The result of a run on one screen. Every figure is the report's. */
import type { LinkedNumber, ReportedPhase, ReportedStrength, RunReport } from '../client/records.ts';
import { formatNumber, formatSeconds, secondsBetween } from './figures.ts';
import { type Paint, paintStatus } from './paint.ts';
import { renderPhases } from './phase-table.ts';
import { renderTable } from './table.ts';

/** Measures of the table, in this order, where a phase has them; the others are in the report. */
const MEASURES = ['bits_per_byte', 'perplexity', 'token_perplexity', 'accuracy'];

/** Answers that are shown of a phase; the others are in the report. */
const SHOWN_ANSWERS = 2;

const figure = (value: LinkedNumber | null | undefined): string => (value ? formatNumber(value.value) : '-');

function figureTable(phase: ReportedPhase, paint: Paint): string {
  const subjects = Object.entries(phase.figures);
  const measures = MEASURES.filter((measure) => subjects.some(([, figures]) => figures[measure]));
  const rows = subjects
    .filter(([, figures]) => measures.some((measure) => figures[measure]))
    .map(([subject, figures]) => [subject, ...measures.map((measure) => figure(figures[measure]))]);
  if (rows.length === 0)
    return subjects.length === 0 ? '  nothing was measured' : '  its figures: forge runs report';
  const titles = measures.map((measure) => measure.replaceAll('_', ' '));
  return indent(renderTable(['', ...titles], rows, paint));
}

function gateLines(phase: ReportedPhase, paint: Paint): readonly string[] {
  if (phase.gates.length === 0) return [];
  const passed = phase.gates.filter((gate) => gate.verdict === 'passed').length;
  const rows = phase.gates.map((gate) => [
    paintStatus(paint, gate.verdict),
    gate.rule,
    figure(gate.measured),
    gate.bound ? figure(gate.bound) : '',
  ]);
  const title = `gates: ${passed} of ${phase.gates.length} passed`;
  return [
    `  ${paint('bold', title)}`,
    indent(renderTable(['verdict', 'gate', 'measured', 'bound'], rows, paint)),
  ];
}

function strengthLine(
  { model, measure, wanted, figures, best, verdict }: ReportedStrength,
  paint: Paint,
): string {
  const values = Object.entries(figures).map(([name, value]) => `${name} ${figure(value)}`);
  const winner = verdict !== 'not ahead' ? '' : best === null ? ': no model is' : `: ${best} is`;
  return `    ${model} at ${measure} (${wanted} is better): ${paintStatus(paint, verdict)}${winner}  [${values.join(', ')}]`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ').replace(/[ \t]+$/gm, '');
}

/** A title per hand-over, and below it every rule with what the contract saw. */
function contractLines({ contracts = [] }: ReportedPhase): readonly string[] {
  return contracts.flatMap(({ contract, rules }) => {
    const passed = rules.filter(({ verdict }) => verdict === 'passed').length;
    const told = rules.map(
      ({ name, got, expected, verdict }) =>
        `${name} ${got} ${expected}${verdict === 'passed' ? '' : ` (${verdict})`}`,
    );
    const title = `  ${contract}: ${passed} of ${rules.length} checks passed`;
    return [title, ...filled(told).map((line) => `    ${line}`)];
  });
}

/** As many of the parts on a line as fit; none is cut. */
function filled(parts: readonly string[], width = 110): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1)}; ${part}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function highlightLines({ highlights = [] }: ReportedPhase): readonly string[] {
  return highlights.map(({ label, figures, best, verdict }) => {
    const values = Object.entries(figures).map(([name, value]) => `${name} ${figure(value)}`);
    return `  ${label}: ${verdict ? `${verdict.words}; ` : ''}${values.join(', ') || 'not measured'}${best ? `: ${best} is best` : ''}`;
  });
}

/** In quotes and without signs that a terminal would obey. */
const quoted = (text: string): string => `"${text.replaceAll(/\p{C}/gu, ' ')}"`;

function answerLines({ answers = [] }: ReportedPhase): readonly string[] {
  return answers.slice(0, SHOWN_ANSWERS).map(({ prompt, input, before, after, prompted }) => {
    const said = `before ${quoted(before)}, after ${quoted(after)}, with the prompt ${quoted(prompted)}`;
    return `  asked ${quoted(input)} without the prompt ${prompt}: ${said}`;
  });
}

function phaseLines(phase: ReportedPhase, paint: Paint): readonly string[] {
  const jobs = Object.entries(phase.jobs).map(([job, { value }]) => `${job} ${formatSeconds(value)}`);
  return [
    '',
    `${paint('bold', phase.title)}: ${paintStatus(paint, phase.status)}`,
    ...(jobs.length > 0 ? [`  jobs: ${jobs.join(', ')}`] : []),
    ...contractLines(phase),
    ...highlightLines(phase),
    ...answerLines(phase),
    figureTable(phase, paint),
    ...gateLines(phase, paint),
    ...(phase.strengths.length > 0 ? [`  ${paint('bold', 'strengths')}`] : []),
    ...phase.strengths.map((strength) => strengthLine(strength, paint)),
  ];
}

function modelLines({ models }: RunReport, paint: Paint): readonly string[] {
  if (models.length === 0) return [];
  const rows = models.map((model) => [model.reference, model.role, model.id, String(model.parents.length)]);
  return ['', paint('bold', 'Models'), indent(renderTable(['model', 'role', 'id', 'parents'], rows, paint))];
}

/** What to try with the run that has just ended. */
export function nextCommands({ run, models }: RunReport): readonly string[] {
  // The newest shows the whole lineage; ids are in the order of their making.
  const model = models.reduce<(typeof models)[number] | undefined>(
    (newest, each) => (newest && newest.id > each.id ? newest : each),
    undefined,
  )?.reference;
  return [
    ...(run.status === 'failed' ? [`forge runs logs ${run.id} --tail 50`] : []),
    `forge runs report ${run.id}`,
    ...(model ? [`forge models lineage ${model}`, `forge models verify ${model}`] : []),
  ];
}

export function renderSummary(report: RunReport, paint: Paint): string {
  const { run, error, corpus } = report;
  const seconds = secondsBetween(run.startedAt, run.endedAt);
  const took = seconds === null ? '' : ` in ${formatSeconds(seconds)}`;
  return [
    `${paint('bold', run.name)}: ${paintStatus(paint, run.status)}${took}  (run ${run.id})`,
    ...(error ? [`${paint('red', error.kind)}: ${error.message}`, `  ${error.hint}`] : []),
    ...(corpus ? [`corpus ${corpus.name} (${corpus.licence})`] : []),
    ...report.phases.flatMap((phase) => phaseLines(phase, paint)),
    ...modelLines(report, paint),
    ...(report.phases.length > 0 ? ['', paint('bold', 'Phases'), indent(renderPhases(report, paint))] : []),
    '',
    paint('bold', 'Next'),
    ...nextCommands(report).map((command) => `  npx ${command}`),
  ].join('\n');
}
