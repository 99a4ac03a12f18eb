/** Quotas of a tenant through the API: how they are set, and what they refuse. */
import { finishRun } from '#core/application/commands/finish-run.ts';
import { pauseRun } from '#core/application/commands/pause-run.ts';
import { ADMIN } from '#test/support/memory-ports.ts';
import { hashOf, storeFile } from '#test/support/toy-models.ts';
import { TOY_TEXT, toyCorpus } from '#test/support/toy-run.ts';
import { type Answer, type ApiWorld, apiWorld, DOCUMENT, succeededRun } from './api-world.ts';

let world: ApiWorld;
beforeEach(() => {
  world = apiWorld();
});

const set = async (limits: object, version = 0): Promise<Answer> =>
  world.send('PUT', '/v1/quotas', { body: limits, headers: { 'if-match': `"${version}"` } });
const submit = (key: string, document: object = DOCUMENT) =>
  world.send('POST', '/v1/runs', { as: 'runner', body: document, headers: { 'idempotency-key': key } });
const CORPUS_BYTES = Buffer.byteLength(TOY_TEXT);

/** What a refusal says, and that it left nothing behind. */
async function refused(work: () => Promise<Answer>): Promise<string> {
  const before = world.stored();
  const answer = await work();
  expect([answer.status, answer.body.kind, answer.body.code]).toEqual([429, 'limit', 'quota_exceeded']);
  expect(world.stored()).toBe(before);
  return answer.body.detail;
}

describe('a quota', () => {
  it('limits nothing until it is set, shows what is used, and is changed under its version by admins', async () => {
    await succeededRun(world);
    const first = await world.send('GET', '/v1/quotas', { as: 'viewer' });
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"0"']);
    expect(first.body).toMatchObject({ recordVersion: 0, limits: { concurrentRuns: null } });
    const models = (await world.send('GET', '/v1/models')).body.items as {
      files: { sha256: string; bytes: number }[];
    }[];
    const files = new Map(models.flatMap((model) => model.files).map(({ sha256, bytes }) => [sha256, bytes]));
    const bytes = CORPUS_BYTES + [...files.values()].reduce((sum, each) => sum + each, 0);
    expect(first.body.used).toEqual({ concurrentRuns: 0, gpuHoursThisMonth: 0, storedBytes: bytes });

    expect((await world.send('PUT', '/v1/quotas', { body: {} })).status).toBe(428);
    expect((await world.send('PUT', '/v1/quotas', { as: 'maintainer', body: {} })).status).toBe(403);
    const saved = await set({ concurrentRuns: 2 });
    expect([saved.status, saved.headers.get('etag')]).toEqual([200, '"1"']);
    expect((await set({ concurrentRuns: 5 })).status).toBe(412);
    expect((await set({ concurrentRuns: -1 }, 1)).status).toBe(422);
    expect((await world.send('GET', '/v1/quotas')).body).toMatchObject({
      limits: { concurrentRuns: 2, storedBytes: null },
      updatedBy: ADMIN.subject,
      recordVersion: 1,
    });
    expect((await world.send('GET', '/v1/quotas', { as: 'stranger' })).body.recordVersion).toBe(0);
    const { items } = (await world.send('GET', '/v1/audit')).body;
    expect(items.at(-2)).toMatchObject({
      command: 'PUT /v1/quotas',
      outcome: 'done',
      targets: [{ kind: 'quota', id: 'default', status: 'saved' }],
    });
  });

  it('of requests a minute takes effect at once, and not for others', async () => {
    await set({ requestsPerMinute: 1 });
    expect((await world.send('GET', '/v1/runs')).headers.get('ratelimit-remaining')).toBe('0');
    expect((await world.send('GET', '/v1/runs')).status).toBe(429);
    expect(
      (await world.send('GET', '/v1/runs', { as: 'stranger' })).headers.get('ratelimit-limit'),
    ).toBeNull();
  });
});

describe('a quota of concurrent runs', () => {
  beforeEach(() => toyCorpus(world.ports));

  it('lets exactly three of twenty submissions in that come at once, and the log says who was refused', async () => {
    await set({ concurrentRuns: 3 });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => submit(`key-${at}`)));
    expect(answers.filter(({ status }) => status === 202 || status === 201)).toHaveLength(3);
    const refusals = answers.filter(({ status }) => status === 429);
    expect(refusals).toHaveLength(17);
    expect(refusals[0]?.body).toMatchObject({
      code: 'quota_exceeded',
      detail: 'The tenant has 3 runs at work or waiting, and may have 3.',
      hint: expect.stringContaining('forge quotas get'),
    });
    expect(refusals[0]?.headers.get('retry-after')).toBe('60');
    expect(world.ports.store.tables.runs.size).toBe(3);
    expect(world.ports.workflow.started.size).toBe(3);
    const refusedEntries = [...world.ports.store.tables.audit.values()].filter(
      ({ code, outcome }) => code === 'quota_exceeded' && outcome === 'refused',
    );
    expect(refusedEntries).toHaveLength(17);
  });

  it('gives the same key the same run, also when there is room for no other', async () => {
    await set({ concurrentRuns: 1 });
    const both = await Promise.all([submit('same'), submit('same')]);
    expect(new Set(both.map(({ body }) => body.id)).size).toBe(1);
    expect((await submit('same')).body.id).toBe(both[0]?.body.id);
    expect(await refused(() => submit('other'))).toContain('may have 1');
  });

  it('refuses to resume, retry and fork while it is used up, and lets them when a run has ended', async () => {
    const { body: paused } = await submit('one');
    await pauseRun(world.ports, ADMIN, paused.id);
    await finishRun(world.ports, ADMIN, { runId: paused.id, outcome: 'ABORTED' });
    const { body: failed } = await submit('two');
    await finishRun(world.ports, ADMIN, { runId: failed.id, outcome: 'FAILED' });
    const { body: live } = await submit('three');
    await set({ concurrentRuns: 1 });
    const act = (id: string, verb: string) =>
      world.send('POST', `/v1/runs/${id}/${verb}`, {
        body: {},
        headers: { 'idempotency-key': `${verb}-it` },
      });
    for (const [id, verb] of [
      [paused.id, 'resume'],
      [failed.id, 'retry'],
      [failed.id, 'fork'],
    ] as const)
      expect(await refused(() => act(id, verb))).toContain('has 1 runs');
    await finishRun(world.ports, ADMIN, { runId: live.id, outcome: 'FAILED' });
    expect((await act(paused.id, 'resume')).body.status).toBe('running');
    expect(await refused(() => act(failed.id, 'retry'))).toContain('may have 1');
  });
});

describe('a quota of GPU hours', () => {
  it('refuses runs once the jobs of the month have used it, until the next month', async () => {
    await toyCorpus(world.ports);
    await set({ gpuHoursPerMonth: 1.5 });
    const use = (jobId: string, gpuSeconds: number) =>
      world.ports.registry.commit('default', [
        { kind: 'gpu-use', use: { tenant: 'default', month: '2026-03', jobId, gpuSeconds } },
      ]);
    await use('a', 5399);
    expect((await submit('one')).status).toBeLessThan(300);
    await use('b', 1);
    expect(await refused(() => submit('two'))).toBe(
      'The tenant has used 1.50 of its 1.5 GPU hours of 2026-03.',
    );
    expect((await world.send('GET', '/v1/quotas')).body.used.gpuHoursThisMonth).toBe(1.5);
    world.ports.advance(31 * 24 * 60 * 60 * 1000);
    expect((await submit('two')).status).toBeLessThan(300);
  });
});

describe('a quota of bytes', () => {
  const upload = (bytes: number, text = 'new') =>
    world.send('POST', '/v1/uploads', {
      as: 'runner',
      body: { sha256: hashOf(text), bytes, mediaType: 'application/x-ndjson' },
    });

  it('refuses an upload that is too large by itself, whatever is stored', async () => {
    await set({ uploadBytes: 1000 });
    expect((await upload(1000)).status).toBe(201);
    expect(await refused(() => upload(1001))).toContain('1001 bytes; the tenant may upload 1000');
  });

  it('refuses addresses, corpora and runs beyond it; what is stored already takes no more', async () => {
    await toyCorpus(world.ports);
    await set({ storedBytes: CORPUS_BYTES + 10 });
    expect((await upload(10)).status).toBe(201);
    const message = `stores ${CORPUS_BYTES} bytes and wants 11 more; it may store ${CORPUS_BYTES + 10}`;
    expect(await refused(() => upload(11))).toContain(message);
    const register = (text: string, name: string) => {
      const { sha256 } = storeFile(world.ports.store, 'c.ndjson', text);
      return world.send('POST', '/v1/corpora', { as: 'runner', body: { name, sha256, licence: 'CC0' } });
    };
    storeFile(world.ports.store, 'c.ndjson', `${TOY_TEXT}{"id":"3","text":"more"}\n`);
    expect(await refused(() => register(`${TOY_TEXT}{"id":"3","text":"more"}\n`, 'more'))).toContain(
      'it may store',
    );
    expect((await register(TOY_TEXT, 'again')).status).toBe(201);
    expect((await submit('one')).status).toBeLessThan(300);
    await set({ storedBytes: CORPUS_BYTES }, 1);
    expect(await refused(() => submit('two'))).toContain('wants 0 more');
  });
});
