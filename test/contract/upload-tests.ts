/** What the registry promises of uploads: one record per content, found by it, listed newest first, per tenant. */
import { idOf, OTHER, refusal, TENANT, uploadOf } from './records.ts';
import type { Commit, RegistryPorts } from './registry-world.ts';

export function uploadTests(ports: () => RegistryPorts, commit: Commit): void {
  const record = (number: number, contentHash = uploadOf(number).contentHash) =>
    commit([{ kind: 'upload', upload: uploadOf(number, { contentHash }), expected: null }]);

  it('records what became of a content once', async () => {
    await record(1);
    const again = record(2, uploadOf(1).contentHash);
    expect(await refusal(again)).toEqual({ kind: 'conflict', code: 'exists' });
    expect(await ports().uploads.byContent(TENANT, uploadOf(1).contentHash)).toEqual(uploadOf(1));
    expect(await ports().uploads.byContent(TENANT, uploadOf(2).contentHash)).toBeNull();
  });

  it('lists uploads newest first, in pages, and none of another tenant', async () => {
    for (const number of [1, 2, 3]) await record(number);
    const first = await ports().uploads.list(TENANT, { limit: 2, after: null });
    expect(first.items.map(({ id }) => id)).toEqual([idOf(3), idOf(2)]);
    const second = await ports().uploads.list(TENANT, { limit: 2, after: first.next });
    expect([second.items, second.next]).toEqual([[uploadOf(1)], null]);
    expect((await ports().uploads.list(OTHER, { limit: 2, after: null })).items).toEqual([]);
    expect(await ports().uploads.byContent(OTHER, uploadOf(1).contentHash)).toBeNull();
  });
}
