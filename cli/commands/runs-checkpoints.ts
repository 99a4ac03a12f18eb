/** forge runs checkpoints */
import type { PhaseChoice } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatTime } from '../output/figures.ts';
import { renderTable } from '../output/table.ts';

/** As many digits of a hash as a person needs to name a checkpoint. */
const NAME_LENGTH = 12;
const HEADER = [
  'checkpoint',
  'phase',
  'stage',
  'job',
  'step',
  'MB',
  'best',
  'taken (UTC)',
  'there',
  'metrics',
];

export async function listCheckpoints(
  { client, console }: Context,
  id: string,
  { phase }: { readonly phase?: PhaseChoice },
): Promise<number> {
  const found = await client.listCheckpoints(id, phase);
  console.data(found, (paint) => {
    const rows = found.items.map((one) => [
      one.sha256.slice(0, NAME_LENGTH),
      one.phase,
      one.stage,
      one.index === null ? '-' : String(one.index),
      String(one.step),
      (one.bytes / 1e6).toFixed(1),
      one.best ? 'best' : '',
      formatTime(one.at),
      one.there ? 'yes' : 'no',
      Object.entries(one.metrics)
        .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
        .join(', '),
    ]);
    return renderTable(HEADER, rows, paint);
  });
  if (found.items.length === 0) console.note('It keeps no checkpoint.');
  else console.note(`Go on from one of them: npx forge runs fork ${id} --checkpoint CHECKPOINT`);
  return 0;
}
