/** All phases of a run in one table: seconds of jobs, loss, bytes, gates. */
import type { LinkedNumber, ReportedPhase, RunReport } from '../client/records.ts';
import { formatNumber } from './figures.ts';
import type { Paint } from './paint.ts';
import { renderTable } from './table.ts';

type CourseRow = NonNullable<RunReport['course']>[number];

const HEADER = ['phase', 'job seconds', 'model', 'bits per byte', 'fp32 bytes', 'file bytes', 'gates passed'];

/** Where phases that write a smaller file than their model in fp32 say how large it is. */
const FILES: Readonly<Record<string, readonly [string, string]>> = {
  bitnet: ['packed', 'file_bytes'],
  deployment: ['chosen', 'bytes'],
  compression: ['compressed', 'file_bytes'],
};

const figure = (value: LinkedNumber | null | undefined): string => (value ? formatNumber(value.value) : '-');

/** The model that the phase handed on; the one of least loss, if there are several. */
function handedOn(phase: ReportedPhase, course: readonly CourseRow[]): CourseRow | undefined {
  const loss = ({ figures }: CourseRow) => figures.bits_per_byte?.value ?? Number.POSITIVE_INFINITY;
  return course
    .filter((row) => row.phase === phase.phase && row.figures.weight_bytes)
    .reduce<CourseRow | undefined>((best, row) => (best && loss(best) <= loss(row) ? best : row), undefined);
}

function cells(phase: ReportedPhase, course: readonly CourseRow[]): readonly string[] {
  const seconds = Object.values(phase.jobs).map(({ value }) => value);
  const passed = phase.gates.filter(({ verdict }) => verdict === 'passed').length;
  const model = handedOn(phase, course);
  const [subject = '', measure = ''] = FILES[phase.phase] ?? [];
  return [
    phase.title,
    seconds.length > 0 ? seconds.reduce((sum, each) => sum + each, 0).toFixed(1) : '-',
    model?.model ?? '-',
    figure(model?.figures.bits_per_byte),
    figure(model?.figures.weight_bytes),
    figure(phase.figures[subject]?.[measure]),
    phase.gates.length > 0 ? `${passed} of ${phase.gates.length}` : '-',
  ];
}

/** A row per phase, in their order. Seconds are the sum of the jobs' records, which the report lists. */
export function renderPhases({ phases, course = [] }: RunReport, paint: Paint): string {
  return renderTable(
    HEADER,
    phases.map((phase) => cells(phase, course)),
    paint,
  );
}
