/** forge runs gates */
import type { PhaseChoice, RunGates } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatNumber } from '../output/figures.ts';
import { gateText } from '../output/plan.ts';
import { renderTable } from '../output/table.ts';

const HEADER = ['phase', 'gate', 'verdict', 'measured', 'unit', 'if it fails', 'record'];

function rowOf({ phase, gate, verdict, measured }: RunGates['items'][number]): readonly string[] {
  return [
    phase,
    gateText(gate),
    verdict,
    measured ? formatNumber(measured.value) : '-',
    measured?.unit ?? '',
    gate.onFailure === 'fail' ? 'the phase fails' : 'it is reported',
    measured?.metric ?? '-',
  ];
}

export async function listGates(
  { client, console }: Context,
  id: string,
  { phase }: { readonly phase?: PhaseChoice },
): Promise<number> {
  const found = await client.getGates(id, phase);
  console.data(found, (paint) => renderTable(HEADER, found.items.map(rowOf), paint));
  if (found.items.length === 0) console.note('It has no gates.');
  return 0;
}
