/** forge models diff */
import { compareModels, type ModelComparison } from '../comparison/compare-models.ts';
import type { Context } from '../context.ts';
import { renderDifferences, renderFigures } from '../output/comparison.ts';
import type { Paint } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';

function renderFiles({ files }: ModelComparison, labels: readonly [string, string], paint: Paint): string {
  const short = (hash: string | null) => hash?.slice(0, 12) ?? '-';
  const rows = files.map(({ path, left, right, same }) => [
    path,
    short(left),
    short(right),
    same ? 'the same' : 'differs',
  ]);
  return `${paint('bold', 'Files')}\n${renderTable(['file', ...labels, ''], rows, paint)}`;
}

function renderComparison(found: ModelComparison, paint: Paint): string {
  const labels = [found.left.reference, found.right.reference] as const;
  const { settings } = found;
  return [
    renderDifferences('Architecture', found.architecture, labels, paint),
    renderDifferences('Properties', found.properties, labels, paint),
    renderDifferences('config.json', found.config, labels, paint),
    settings
      ? renderDifferences('Settings', settings, labels, paint)
      : `${paint('bold', 'Settings')}: not known, because one of them was not made by a run of this registry`,
    `${paint('bold', 'Weights')}: ${found.weights.same ? 'the same' : 'differ'}, compared by their hash`,
    renderFiles(found, labels, paint),
    renderFigures(found.figures, labels, paint),
  ].join('\n\n');
}

export async function diffModels({ client, console }: Context, left: string, right: string): Promise<number> {
  const found = await compareModels(client, left, right);
  console.data(found, (paint) => renderComparison(found, paint));
  if (!found.weights.same)
    console.note(
      'Weights are compared as a whole, by hash: which tensors differ, and how far, is not shown.',
    );
  return 0;
}
