/** forge runs diff */
import { compareRuns, type RunComparison, type RunSide } from '../comparison/compare-runs.ts';
import type { Context } from '../context.ts';
import { renderDifferences, renderFigures } from '../output/comparison.ts';
import { formatSeconds } from '../output/figures.ts';
import { type Paint, paintStatus } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';

function rowOf({ id, name, status, seconds }: RunSide, paint: Paint): readonly string[] {
  return [id, name, paintStatus(paint, status), seconds === null ? '-' : formatSeconds(seconds)];
}

function renderComparison(found: RunComparison, paint: Paint): string {
  const { left, right, figures } = found;
  const labels =
    left.name === right.name ? ([left.id, right.id] as const) : ([left.name, right.name] as const);
  return [
    renderTable(['run', 'name', 'status', 'took'], [rowOf(left, paint), rowOf(right, paint)], paint),
    renderDifferences('Asked for', found.resolved, labels, paint),
    renderDifferences('Outcome', found.outcome, labels, paint),
    figures
      ? renderFigures(figures, labels, paint)
      : `${paint('bold', 'Figures')}: one of them has no report yet`,
  ].join('\n\n');
}

export async function diffRuns({ client, console }: Context, left: string, right: string): Promise<number> {
  const found = await compareRuns(client, left, right);
  console.data(found, (paint) => renderComparison(found, paint));
  return 0;
}
