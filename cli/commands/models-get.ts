/** forge models get */
import type { Model } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatBytes, formatNumber, formatTime } from '../output/figures.ts';
import { type Paint, paintStatus } from '../output/paint.ts';
import { renderFacts, renderTable } from '../output/table.ts';

function renderModel(model: Model, paint: Paint): string {
  const { architecture, properties } = model;
  const parents = model.parents.map(
    ({ modelId, relation, weight }) => `${relation} ${modelId} (weight ${weight})`,
  );
  const facts = renderFacts(
    [
      ['model', `${model.name}@${model.version}`],
      ['id', model.id],
      ['aliases', model.aliases?.join(', ') || 'none'],
      ['role', model.role],
      ['status', paintStatus(paint, model.status)],
      ['phase', model.phase],
      ['run', model.runId],
      ['created', `${formatTime(model.createdAt)} UTC`],
      [
        'architecture',
        `${architecture.type}, ${architecture.layers} layers of width ${architecture.hiddenSize}`,
      ],
      ['parameters', formatNumber(architecture.parameters)],
      ['stored', `${formatBytes(architecture.bytes)}, ${architecture.bits} bits per weight`],
      ['vocabulary', `${properties.vocabRows} rows, ${properties.reservedRows} of them reserved`],
      ['weights', properties.weightsHash],
      ['parents', parents.join('; ') || 'none'],
    ],
    paint,
  );
  const files = model.files.map((file) => [file.path, formatBytes(file.bytes), file.sha256]);
  return `${facts}\n\n${renderTable(['file', 'size', 'SHA-256'], files, paint)}`;
}

export async function getModel({ client, console }: Context, reference: string): Promise<number> {
  const model = await client.getModel(reference);
  console.data(model, (paint) => renderModel(model, paint));
  return 0;
}
