/** What every registry promises of quotas. */
import type { Quota } from '#core/domain/quota.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import { AT, eventOf, idOf, OTHER, refusal, runOf, TENANT } from './records.ts';
import type { Commit, RegistryPorts } from './registry-world.ts';

export function quotaOf(change: Partial<Quota> = {}): Quota {
  return {
    schemaVersion: 1,
    tenant: TENANT,
    requestsPerMinute: 100,
    concurrentRuns: 3,
    gpuHoursPerMonth: 2.5,
    storedBytes: null,
    uploadBytes: null,
    updatedAt: AT,
    updatedBy: 'local',
    recordVersion: 1,
    ...change,
  };
}

const MOST = 3;
const admitted = (number: number, change: Parameters<typeof runOf>[1] = {}): readonly Change[] => [
  { kind: 'admit-run', run: idOf(number), most: MOST },
  { kind: 'run', run: runOf(number, change), expected: change.version ? change.version - 1 : null },
  { kind: 'event', event: eventOf(idOf(number)) },
];
const EXCEEDED = { kind: 'limit', code: 'quota_exceeded' };

export function quotaTests(ports: () => RegistryPorts, commit: Commit): void {
  it('keeps the quota of each tenant and changes it under its version', async () => {
    expect(await ports().quotas.get(TENANT)).toBeNull();
    await commit([{ kind: 'quota', quota: quotaOf(), expected: null }]);
    const again = commit([{ kind: 'quota', quota: quotaOf(), expected: null }]);
    expect(await refusal(again)).toEqual({ kind: 'conflict', code: 'exists' });
    const changed = quotaOf({ concurrentRuns: null, recordVersion: 2 });
    await commit([{ kind: 'quota', quota: changed, expected: 1 }]);
    const late = commit([{ kind: 'quota', quota: changed, expected: 1 }]);
    expect(await refusal(late)).toEqual({ kind: 'conflict', code: 'stale_version' });
    expect(await ports().quotas.get(TENANT)).toEqual(changed);
    expect(await ports().quotas.get(OTHER)).toBeNull();
  });

  it('sums the GPU seconds of a month, each job once', async () => {
    const use = (jobId: string, month: string, gpuSeconds: number, tenant = TENANT) =>
      commit([{ kind: 'gpu-use', use: { tenant, month, jobId, gpuSeconds } }], tenant);
    await use('a', '2026-03', 90.5);
    await use('a', '2026-03', 90.5);
    await use('b:0', '2026-03', 9.5);
    await use('c', '2026-04', 7);
    await use('a', '2026-03', 1000, OTHER);
    expect(await ports().quotas.gpuSeconds(TENANT, '2026-03')).toBe(100);
    expect(await ports().quotas.gpuSeconds(TENANT, '2026-04')).toBe(7);
    expect(await ports().quotas.gpuSeconds(TENANT, '2026-05')).toBe(0);
  });

  it('lets exactly three of twenty runs in that come at once, and writes nothing of the others', async () => {
    const numbers = Array.from({ length: 20 }, (_, at) => at + 1);
    const outcomes = await Promise.allSettled(numbers.map((number) => commit(admitted(number))));
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.map(({ kind, code }) => ({ kind, code }))).toEqual(Array(17).fill(EXCEEDED));
    const { items } = await ports().runs.list(TENANT, {}, { limit: 50, after: null });
    expect(items).toHaveLength(MOST);
    for (const number of numbers) {
      const events = await ports().events.read(TENANT, idOf(number), 0, 10);
      expect(events).toHaveLength(items.some(({ id }) => id === idOf(number)) ? 1 : 0);
    }
    await commit(admitted(1), OTHER);
  });

  it('counts neither what has ended or is paused nor the run that is let in', async () => {
    for (const number of [1, 2, 3]) await commit(admitted(number));
    expect(await refusal(commit(admitted(4)))).toEqual(EXCEEDED);
    await commit(admitted(3, { version: 2, status: 'running' }));
    await commit([{ kind: 'run', run: runOf(1, { version: 2, status: 'paused' }), expected: 1 }]);
    await commit([{ kind: 'run', run: runOf(2, { version: 2, status: 'failed' }), expected: 1 }]);
    await commit(admitted(4));
    await commit(admitted(5, { status: 'queued' }));
    const resumed = commit(admitted(1, { version: 3, status: 'running' }));
    expect(await refusal(resumed)).toEqual(EXCEEDED);
    expect(await ports().runs.get(TENANT, idOf(1))).toMatchObject({ status: 'paused', version: 2 });
  });
}
