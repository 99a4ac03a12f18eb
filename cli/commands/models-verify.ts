/** forge models verify */
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { paintStatus } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';

export async function verifyModel({ client, console }: Context, reference: string): Promise<number> {
  const verdict = await client.verifyModel(reference);
  console.data(verdict, (paint) =>
    renderTable(
      ['file', 'verdict', 'SHA-256 found'],
      verdict.files.map((file) => [
        file.path,
        paintStatus(paint, file.ok ? 'ok' : 'failed'),
        file.found ?? 'missing',
      ]),
      paint,
    ),
  );
  if (verdict.ok) return 0;
  const wrong = verdict.files.filter((file) => !file.ok).map((file) => file.path);
  throw new CliError(
    'corrupt',
    `${wrong.length} of ${verdict.files.length} files of ${reference} do not match their hash.`,
    {
      hint: `Damaged: ${wrong.join(', ')}. Do not use this model; run its phase again.`,
    },
  );
}
