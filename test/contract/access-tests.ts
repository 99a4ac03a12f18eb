/** What every registry promises of API keys and of the audit log. */
import type { ApiKey } from '#core/domain/api-key.ts';
import type { AuditEntry } from '#core/domain/audit.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import { hashOf } from '#test/support/toy-models.ts';
import { AT, idOf, OTHER, refusal, runOf, TENANT } from './records.ts';
import type { Commit, RegistryPorts } from './registry-world.ts';

export function keyOf(number: number, change: Partial<ApiKey> = {}): ApiKey {
  return {
    schemaVersion: 1,
    tenant: TENANT,
    id: idOf(number),
    prefix: `forge_${TENANT}.${idOf(number)}`,
    name: 'laptop',
    role: 'runner',
    secretHash: hashOf(`secret ${number}`),
    createdAt: AT,
    createdBy: 'local',
    expiresAt: null,
    revokedAt: null,
    revokedBy: null,
    lastUsedOn: null,
    recordVersion: 1,
    ...change,
  };
}

export function entryOf(number: number, change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    schemaVersion: 1,
    tenant: TENANT,
    id: idOf(number),
    at: AT,
    by: 'local',
    role: 'admin',
    command: 'POST /v1/runs',
    path: '/v1/runs',
    targets: [{ kind: 'run', id: idOf(1), status: 'queued' }],
    outcome: 'done',
    code: null,
    requestId: 'request',
    ...change,
  };
}

const page = { limit: 2, after: null };

export function accessTests(ports: () => RegistryPorts, commit: Commit): void {
  it('keeps API keys per tenant, changes them under their version and lists them newest first', async () => {
    for (const number of [1, 2, 3]) await commit([{ kind: 'key', key: keyOf(number), expected: null }]);
    const again: Change = { kind: 'key', key: keyOf(1), expected: null };
    expect(await refusal(commit([again]))).toEqual({ kind: 'conflict', code: 'exists' });
    const revoked = keyOf(2, { revokedAt: AT, revokedBy: 'local', recordVersion: 2 });
    await commit([{ kind: 'key', key: revoked, expected: 1 }]);
    const late = commit([{ kind: 'key', key: revoked, expected: 1 }]);
    expect(await refusal(late)).toEqual({ kind: 'conflict', code: 'stale_version' });
    expect(await ports().keys.get(TENANT, idOf(2))).toEqual(revoked);
    const first = await ports().keys.list(TENANT, page);
    expect(first.items).toEqual([keyOf(3), revoked]);
    const rest = await ports().keys.list(TENANT, { limit: 2, after: first.next });
    expect([rest.items.map(({ id }) => id), rest.next]).toEqual([[idOf(1)], null]);
    expect(await ports().keys.get(OTHER, idOf(2))).toBeNull();
    expect((await ports().keys.list(OTHER, page)).items).toEqual([]);
  });

  it('adds an audit entry with its change or not at all, and never writes one twice', async () => {
    const run: Change = { kind: 'run', run: runOf(1), expected: null };
    await commit([run, { kind: 'audit', entry: entryOf(5) }]);
    const refused = commit([run, { kind: 'audit', entry: entryOf(6) }]);
    expect(await refusal(refused)).toEqual({ kind: 'conflict', code: 'exists' });
    const twice = commit([{ kind: 'audit', entry: entryOf(5, { by: 'somebody else' }) }]);
    expect(await refusal(twice)).toEqual({ kind: 'conflict', code: 'exists' });
    await commit([{ kind: 'audit', entry: entryOf(7) }]);
    expect((await ports().audit.list(TENANT, page)).items).toEqual([entryOf(7), entryOf(5)]);
    expect((await ports().audit.list(OTHER, page)).items).toEqual([]);
  });
}
