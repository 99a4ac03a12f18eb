/** forge costs */
import type { CostFilter, Costs } from '../client/records.ts';
import type { Context } from '../context.ts';
import { hoursText, rangeText, usdText } from '../output/burst.ts';
import type { Paint } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';

export async function listCosts(
  { client, console }: Context,
  { by, run }: { readonly by: NonNullable<CostFilter['by']>; readonly run?: string },
): Promise<number> {
  const costs = await client.listCosts({ by, ...(run === undefined ? {} : { run }) });
  console.data(costs, (paint) => renderCosts(costs, paint));
  return 0;
}

function renderCosts({ by, at, runs, items, total }: Costs, paint: Paint): string {
  const rows = items.map(({ key, name, usd, capUsd, machineHours, attempts, planned, sharedWith }) => [
    by === 'phase' ? name : `${name} (${key})`,
    usdText(usd),
    capUsd === null ? '-' : usdText(capUsd),
    planned ? `${rangeText(planned.usd, usdText)}${planned.assumed ? ' assumed' : ''}` : '-',
    hoursText(machineHours),
    String(attempts),
    sharedWith === 0 ? '' : `with ${sharedWith} more`,
  ]);
  const sum = `${usdText(total.usd)} for ${hoursText(total.machineHours)} of machines in ${total.attempts} attempts`;
  return [
    renderTable([by, 'cost', 'cap', 'planned', 'machines', 'attempts', 'shared'], rows, paint),
    `${sum}; ${runs} runs, at ${at}. Every entry: forge costs --by attempt`,
  ].join('\n');
}
