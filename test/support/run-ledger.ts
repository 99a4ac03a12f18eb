/** The entries of a run's costs, as the server lists them. */
import type { Costs } from '#contracts/source/costs.ts';
import type { Ledger } from './report-walk.ts';
import type { ServerProcess } from './server-process.ts';

export async function ledgerOf(server: ServerProcess, runId: string): Promise<Ledger> {
  const { body } = await server.api<Costs>('GET', `/v1/costs?by=attempt&run=${runId}`);
  return new Map(body.items.map(({ key, usd, machineHours }) => [key, { usd, machineHours }]));
}
