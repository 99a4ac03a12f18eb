/** forge doctor */
import type { Context } from '../context.ts';
import { paintStatus } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';
import { runChecks } from '../server/checks.ts';

/** Exit code of contracts/errors.json for something that is needed and not there. */
const EXIT_UNAVAILABLE = 7;

export async function runDoctor(context: Context, options: { readonly aws: boolean }): Promise<number> {
  const { console } = context;
  const checks = await runChecks(context, options);
  const healthy = checks.every((check) => check.status !== 'fail');
  console.data({ healthy, checks }, (paint) => {
    const rows = checks.map(({ name, status, found }) => [paintStatus(paint, status), name, found]);
    const fixes = checks.flatMap(({ name, fix }) => (fix ? [`${name}: ${fix}`] : []));
    return [renderTable(['', 'what', 'found'], rows, paint), ...fixes].join('\n');
  });
  return healthy ? 0 : EXIT_UNAVAILABLE;
}
