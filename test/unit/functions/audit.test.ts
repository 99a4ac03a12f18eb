/** Who asked for what is written with the change itself, says enough to replay it, and cannot be taken back. */
import { rmSync } from 'node:fs';
import { apiKeyAuthenticator } from '#adapters/identity/api-key-authenticator.ts';
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import openapi from '#contracts/openapi.json' with { type: 'json' };
import { parseKey } from '#core/domain/api-key.ts';
import type { AuditEntry } from '#core/domain/audit.ts';
import { fixtureTree } from '#test/support/fixture-tree.ts';
import { replayed } from '#test/support/replay.ts';
import { startedRun, toyCorpus } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld, DOCUMENT, succeededRun } from './api-world.ts';

let world: ApiWorld;
beforeEach(() => {
  world = apiWorld();
});

const act = (version: number) => ({ body: { reason: 'because' }, headers: { 'if-match': `"${version}"` } });
const entries = (of = world): readonly AuditEntry[] => [...of.ports.store.tables.audit.values()];

describe('the audit log', () => {
  it('says who did what to what, and by which request', async () => {
    await toyCorpus(world.ports);
    const headers = { 'idempotency-key': 'k' };
    const answer = await world.send('POST', '/v1/runs', { as: 'runner', body: DOCUMENT, headers });
    const { body } = await world.send('GET', '/v1/audit');
    expect(body.items).toEqual([
      {
        schemaVersion: 1,
        tenant: 'default',
        id: expect.any(String),
        at: expect.any(String),
        by: 'runner',
        role: 'runner',
        command: 'POST /v1/runs',
        path: '/v1/runs',
        targets: [{ kind: 'run', id: answer.body.id, status: 'queued' }],
        outcome: 'done',
        code: null,
        requestId: answer.headers.get('x-request-id'),
      },
    ]);
  });

  it('is written in the transaction of the change: a commit that fails leaves neither', async () => {
    const { id } = await startedRun(world.ports);
    const broken = apiWorld(
      {},
      {
        ...world.ports,
        registry: { commit: () => Promise.reject(new Error('the disk is gone')) },
      },
    );
    const before = world.stored();
    const { status } = await broken.send('POST', `/v1/runs/${id}/cancel`);
    expect([status, world.stored(), entries().length]).toEqual([500, before, 0]);
  });

  it('names refusals to a person and by the state, but nothing that nobody could read', async () => {
    await succeededRun(world);
    await world.send('POST', '/v1/models/toy-memory/archive', { ...act(1), as: 'viewer' });
    await world.send('POST', '/v1/models/toy-memory/archive', act(7));
    await world.send('DELETE', '/v1/models/toy-base', act(1));
    await world.send('POST', '/v1/models/toy-memory/archive', { raw: '{', headers: act(1).headers });
    await world.send('POST', '/v1/models/nobody/archive', act(1));
    await world.send('POST', '/v1/runs', { body: {} });
    const said = entries().map(({ command, outcome, code, targets }) => [command, outcome, code, targets]);
    expect(said).toEqual([
      ['POST /v1/models/{reference}/archive', 'refused', 'role_required', []],
      ['POST /v1/models/{reference}/archive', 'refused', 'precondition_failed', []],
      ['DELETE /v1/models/{reference}', 'refused', 'has_dependents', []],
    ]);
  });

  it('leaves out what only reads or asks: plans, verifications, dry runs', async () => {
    const { id } = await startedRun(world.ports);
    await world.send('POST', '/v1/plan', { body: DOCUMENT });
    await world.send('POST', `/v1/runs/${id}/pause?dryRun=true`);
    await world.send('POST', '/v1/gc', { body: { dryRun: true } });
    await world.send('GET', '/v1/runs');
    expect(entries()).toEqual([]);
    await world.send('POST', '/v1/gc', { body: { dryRun: false } });
    expect(entries().map(({ command, outcome }) => [command, outcome])).toEqual([['POST /v1/gc', 'done']]);
  });

  it('is paged, newest first, and each tenant has its own', async () => {
    for (const name of ['a', 'b', 'c']) {
      await world.send('POST', '/v1/keys', { body: { name, role: 'viewer' } });
    }
    await world.send('POST', '/v1/keys', { as: 'stranger', body: { name: 'd', role: 'viewer' } });
    const first = await world.send('GET', '/v1/audit?limit=2');
    const rest = await world.send('GET', `/v1/audit?limit=2&cursor=${first.body.next}`);
    expect([first.body.items.length, rest.body.items.length, rest.body.next]).toEqual([2, 1, null]);
    expect((await world.send('GET', '/v1/audit', { as: 'stranger' })).body.items).toHaveLength(1);
  });

  it('with the events, replayed, gives the statuses that the registry has', async () => {
    await succeededRun(world);
    const headers = { 'idempotency-key': 'second' };
    const { body: second } = await world.send('POST', '/v1/runs', { body: DOCUMENT, headers });
    await world.send('POST', `/v1/runs/${second.id}/cancel`);
    await world.send('POST', '/v1/models/toy-memory/archive', act(1));
    await world.send('POST', '/v1/models/toy-adaptive/quarantine', act(1));
    await world.send('POST', '/v1/models/toy-reasoning/archive', act(1));
    const { body: again } = await world.send('GET', '/v1/models?status=archived&name=toy-reasoning');
    await world.send('POST', `/v1/models/${again.items[0].id}/restore`, act(2));
    const { runs, models } = world.ports.store.tables;
    const found = await replayed(world.ports, 'default');
    expect(found.runs).toEqual(new Map([...runs.values()].map(({ id, status }) => [id, status])));
    expect(found.models).toEqual(new Map([...models.values()].map(({ id, status }) => [id, status])));
    expect([...found.models.values()].sort()).toEqual(['active', 'active', 'archived', 'quarantined']);
    expect([...found.runs.values()].sort()).toEqual(['cancelling', 'succeeded']);
  });

  it('cannot be changed by any route: it is only read', () => {
    const routes = Object.entries(openapi.paths).filter(([path]) => path.includes('audit'));
    expect(routes.map(([path, methods]) => [path, Object.keys(methods)])).toEqual([['/v1/audit', ['get']]]);
  });

  it('cannot be changed in the embedded database either, whoever asks', () => {
    const root = fixtureTree({});
    const database = openDatabase(`${root}/cloud.db`);
    database.prepare("INSERT INTO audit VALUES ('a', 'b', '{}')").run();
    for (const change of ["UPDATE audit SET document = 'x'", 'DELETE FROM audit']) {
      expect(() => database.prepare(change).run()).toThrow(/append-only/);
    }
    database.close();
    rmSync(root, { recursive: true });
  });
});

describe('an API key', () => {
  it('is shown once, and its secret is in no answer, record, entry or log line after that', async () => {
    const lines: string[] = [];
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation((...said) => void lines.push(said.join(' '))),
    );
    const made = await world.send('POST', '/v1/keys', { body: { name: 'laptop', role: 'runner' } });
    const { secret, id } = parseKey(made.body.key) ?? { secret: '', id: '' };
    expect([made.status, made.headers.get('location'), secret.length]).toEqual([201, `/v1/keys/${id}`, 64]);
    const withKeys = apiWorld(
      {},
      { ...world.ports, authenticator: authenticatorChain([apiKeyAuthenticator(world.ports)]) },
    );
    const ask = (as: string) => withKeys.send('POST', '/v1/runs', { as, body: DOCUMENT });
    const answers = [
      await ask(made.body.key),
      await ask(`${made.body.key}0`),
      await world.send('GET', '/v1/keys'),
      await world.send('GET', '/v1/audit'),
      await world.send('DELETE', `/v1/keys/${id}`),
      await ask(made.body.key),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 200, 200, 200, 401]);
    const everything = [
      world.stored(),
      JSON.stringify(entries()),
      ...lines,
      ...answers.map(({ text }) => text),
    ];
    expect(everything.join('\n')).not.toContain(secret);
    expect(answers[2]?.body.items).toEqual([
      expect.objectContaining({ id, prefix: `forge_default.${id}`, lastUsedOn: '2026-03-01' }),
    ]);
    expect(answers[2]?.text).not.toContain('secretHash');
    for (const spy of spies) spy.mockRestore();
  });

  it.each([
    [{ name: '', role: 'viewer' }],
    [{ name: 'x', role: 'owner' }],
    [{ name: 'x', role: 'viewer', tenant: 'other' }],
    [{ name: 'x', role: 'viewer', expiresInDays: 0 }],
  ])('is not made of %j: 422, and nothing is written', async (body) => {
    const before = world.stored();
    expect((await world.send('POST', '/v1/keys', { body })).status).toBe(422);
    expect([world.stored(), entries().length]).toEqual([before, 0]);
  });

  it('is revoked once: again it changes nothing', async () => {
    const { body } = await world.send('POST', '/v1/keys', { body: { name: 'x', role: 'viewer' } });
    const first = await world.send('DELETE', `/v1/keys/${body.id}`);
    const again = await world.send('DELETE', `/v1/keys/${body.id}`);
    expect([first.status, first.body.revokedBy, again.body]).toEqual([200, 'local', first.body]);
  });
});
