/** What every registry promises of the ledger of costs. */
import { type CostEntry, costEntry } from '#core/domain/cost-entry.ts';
import { idOf, OTHER, TENANT } from './records.ts';
import type { Commit, RegistryPorts } from './registry-world.ts';

export function costOf(change: Partial<CostEntry> = {}, stoppedAt: number | null = null): CostEntry {
  const facts = {
    tenant: TENANT,
    runId: idOf(1),
    phase: 'cognate' as const,
    stage: 'base',
    jobId: 'job',
    attempt: 1,
    instanceType: 'g6.xlarge',
    purchase: 'spot' as const,
    usdPerHour: 0.36,
    pricedBy: 'feed 1',
  };
  return costEntry({ ...facts, ...change }, { startedAt: Date.UTC(2026, 2, 1), stoppedAt });
}

export function costTests(ports: () => RegistryPorts, commit: Commit): void {
  it('keeps each entry of a run once, and never changes one', async () => {
    const begun = costOf();
    const ended = costOf({}, Date.UTC(2026, 2, 1, 1));
    for (const entry of [begun, ended, ended]) await commit([{ kind: 'cost', entry }]);
    await commit([{ kind: 'cost', entry: costOf({ runId: idOf(2) }) }]);
    const found = await ports().costs.list(TENANT, idOf(1));
    expect([...found].sort((a, b) => a.id.localeCompare(b.id))).toEqual([begun, ended]);
    expect(await ports().costs.list(OTHER, idOf(1))).toEqual([]);
  });
}
