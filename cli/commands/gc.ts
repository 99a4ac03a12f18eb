/** forge gc */
import type { GarbageReport, GarbageRequest } from '../client/records.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { counted, formatBytes, formatNumber } from '../output/figures.ts';
import type { Paint } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';

export interface GarbageOptions {
  readonly dryRun: boolean;
  readonly olderThanDays?: number;
  readonly keepLatest?: number;
  readonly run?: string;
  readonly testRuns: boolean;
  readonly yes: boolean;
}

function requestOf({
  olderThanDays,
  keepLatest,
  run,
  testRuns,
}: GarbageOptions): Omit<GarbageRequest, 'dryRun'> {
  return {
    ...(olderThanDays === undefined ? {} : { olderThanDays }),
    ...(keepLatest === undefined ? {} : { keepLatestRuns: keepLatest }),
    ...(run === undefined ? {} : { run }),
    ...(testRuns ? { testRunsOnly: true } : {}),
  };
}

const sumOf = ({ total }: GarbageReport): string =>
  `${counted(total.count, 'file')}, ${formatBytes(total.bytes)}`;

function renderReport(report: GarbageReport, paint: Paint): string {
  const rows = Object.entries(report.freed).map(([kind, { count, bytes }]) => [
    kind,
    formatNumber(count),
    formatBytes(bytes),
  ]);
  const { total } = report;
  rows.push(['in all', formatNumber(total.count), formatBytes(total.bytes)]);
  return [
    renderTable([report.dryRun ? 'would be freed' : 'freed', 'files', 'size'], rows, paint),
    ...(report.runs.length > 0 ? [`runs: ${report.runs.join(' ')}`] : []),
    ...(report.models.length > 0 ? [`models: ${report.models.join(' ')}`] : []),
  ].join('\n');
}

export async function collectGarbage(context: Context, options: GarbageOptions): Promise<number> {
  const { client, console } = context;
  const request = requestOf(options);
  if (!options.dryRun && !options.yes) {
    const preview = await client.collectGarbage({ ...request, dryRun: true });
    if (preview.total.count > 0) await confirm(context, `Free ${sumOf(preview)} for good?`, options);
  }
  const report = await client.collectGarbage({ ...request, dryRun: options.dryRun });
  console.data(report, (paint) => renderReport(report, paint));
  if (options.dryRun) console.note('dry run: nothing was freed');
  return 0;
}
