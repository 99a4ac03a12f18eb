/** What every route answers when all is well. */
import verdictFile from '#contracts/claim-verdicts.json' with { type: 'json' };
import presetFile from '#contracts/presets.json' with { type: 'json' };
import { contentKey } from '#core/domain/blob-key.ts';
import { hashOf, storeFile } from '#test/support/toy-models.ts';
import { startedRun, TOY_TEXT, toyCorpus } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld, DOCUMENT, LOGS, succeededRun } from './api-world.ts';

const BUILT_IN = presetFile.presets.map((preset) => preset.name);
let world: ApiWorld;
beforeEach(() => {
  world = apiWorld();
});

describe('submitting', () => {
  const submit = (key: string, body: unknown = DOCUMENT) =>
    world.send('POST', '/v1/runs', { body, headers: { 'idempotency-key': key } });

  it('POST /v1/runs answers 202 with the run and its address, and starts one execution', async () => {
    await toyCorpus(world.ports);
    const { status, headers, body } = await submit('one');
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/runs/${body.id}`);
    expect(body).toMatchObject({
      name: 'toy',
      status: 'queued',
      version: 1,
      resolved: { seed: 1, threads: { cognate: 1 } },
    });
    expect([...world.ports.workflow.started]).toEqual([
      [`${body.id}-1`, { tenant: 'default', runId: body.id, execution: `${body.id}-1` }],
    ]);
  });

  it('POST /v1/runs answers the same run to the same key and document, in whatever order its fields stand', async () => {
    await toyCorpus(world.ports);
    const first = await submit('one');
    const reordered = Object.fromEntries(Object.entries(DOCUMENT).reverse());
    const again = await submit('one', reordered);
    expect([again.status, again.body.id]).toEqual([202, first.body.id]);
    expect(world.ports.workflow.started.size).toBe(1);
  });

  it('POST /v1/plan answers what a run would do and writes nothing', async () => {
    await toyCorpus(world.ports);
    const before = world.stored();
    const { status, body } = await world.send('POST', '/v1/plan', { body: DOCUMENT });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'toy', corpus: { name: 'speeches', documents: 2 } });
    expect(body.phases).toMatchObject([{ phase: 'cognate', jobs: 5, config: { steps: 40 } }]);
    expect(world.stored()).toBe(before);
  });
});

describe('a run', () => {
  it('GET /v1/runs/{id} answers it with its version as ETag, and 304 to who has that version', async () => {
    const run = await startedRun(world.ports);
    const { status, headers, body } = await world.send('GET', `/v1/runs/${run.id}`);
    expect([status, headers.get('etag'), body]).toEqual([200, `"${run.version}"`, run]);
    for (const tag of [`"${run.version}"`, `W/"${run.version}"`, `"1", "${run.version}"`, '*']) {
      const again = await world.send('GET', `/v1/runs/${run.id}`, { headers: { 'if-none-match': tag } });
      expect([again.status, again.text]).toEqual([304, '']);
    }
    const old = await world.send('GET', `/v1/runs/${run.id}`, { headers: { 'if-none-match': '"1"' } });
    expect(old.status).toBe(200);
  });

  it('GET /v1/runs answers pages of summaries, newest first, by status', async () => {
    const run = await startedRun(world.ports);
    const all = await world.send('GET', '/v1/runs?status=running&limit=1');
    expect(all.status).toBe(200);
    expect(all.body).toEqual({
      items: [expect.objectContaining({ id: run.id, status: 'running' })],
      next: null,
    });
    expect((await world.send('GET', '/v1/runs?status=failed')).body).toEqual({ items: [], next: null });
  });

  it('POST /v1/runs/{id}/cancel answers 202 and asks the execution to stop, once', async () => {
    const { id, executions } = await startedRun(world.ports);
    const first = await world.send('POST', `/v1/runs/${id}/cancel`);
    const second = await world.send('POST', `/v1/runs/${id}/cancel`);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect([first.body.status, second.body.status]).toEqual(['cancelling', 'cancelling']);
    expect(world.ports.workflow.stopped).toEqual(executions);
  });

  it('GET /v1/runs/{id}/logs answers the logs of its jobs', async () => {
    const { id } = await startedRun(world.ports);
    const { status, body } = await world.send('GET', `/v1/runs/${id}/logs?phase=cognate&index=0&tail=5`);
    expect([status, body]).toEqual([200, { items: LOGS }]);
  });
});

describe('a run that has ended', () => {
  it('GET /v1/runs/{id}/metrics answers its records, all or those of a phase', async () => {
    const { id } = await succeededRun(world);
    const all = await world.send('GET', `/v1/runs/${id}/metrics`);
    expect(all.status).toBe(200);
    const names = all.body.items.map((metric: { name: string }) => metric.name);
    expect(names).toEqual(expect.arrayContaining(['base/bits_per_byte', 'reasoning/hops_answer_bits']));
    const merge = await world.send('GET', `/v1/runs/${id}/metrics?phase=evomerge`);
    expect(merge.body).toEqual({ items: [] });
  });

  it('GET /v1/runs/{id}/report answers JSON, and Markdown to who asks for it', async () => {
    const { id } = await succeededRun(world);
    const json = await world.send('GET', `/v1/runs/${id}/report`);
    expect([json.status, json.body.schema]).toEqual([200, 'forge/report/v1']);
    const markdown = await world.send('GET', `/v1/runs/${id}/report`, {
      headers: { accept: 'text/markdown' },
    });
    expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(markdown.text).toMatch(/^# /);
  });

  it('GET /v1/models answers its models, newest first, by every filter', async () => {
    const { id } = await succeededRun(world);
    const names = async (query: string) =>
      (await world.send('GET', `/v1/models?${query}`)).body.items.map(
        (model: { name: string }) => model.name,
      );
    const all = ['toy-adaptive', 'toy-base', 'toy-memory', 'toy-reasoning'];
    expect((await names(`run=${id}&phase=cognate&status=active`)).sort()).toEqual(all);
    expect(await names('name=toy-base')).toEqual(['toy-base']);
    const base = await world.send('GET', '/v1/models/toy-base');
    expect((await names(`parent=${base.body.id}`)).sort()).toEqual(all.filter((name) => name !== 'toy-base'));
  });

  it('GET /v1/models/{reference} takes an id, a name and a name with version', async () => {
    await succeededRun(world);
    const byName = await world.send('GET', '/v1/models/toy-memory');
    expect([byName.status, byName.headers.get('etag')]).toEqual([200, '"1"']);
    for (const reference of [byName.body.id, 'toy-memory@1', 'toy-memory@latest']) {
      expect((await world.send('GET', `/v1/models/${reference}`)).body).toEqual(byName.body);
    }
    const has = { 'if-none-match': '"1"' };
    expect((await world.send('GET', '/v1/models/toy-memory', { headers: has })).status).toBe(304);
  });

  it('GET /v1/models/{reference}/lineage answers ancestors and children with the edges between', async () => {
    await succeededRun(world);
    const { status, body } = await world.send('GET', '/v1/models/toy-base/lineage');
    expect(status).toBe(200);
    expect(body.nodes.map((node: { name: string }) => node.name)[0]).toBe('toy-base');
    expect([body.nodes.length, body.edges.length]).toEqual([4, 3]);
  });

  it('POST /v1/models/{reference}/verify hashes the files, and says which one was changed', async () => {
    await succeededRun(world);
    const good = await world.send('POST', '/v1/models/toy-base/verify');
    expect([good.status, good.body.ok]).toEqual([200, true]);
    const [file] = good.body.files;
    world.ports.store.blobs.set(contentKey('default', file.expected), new TextEncoder().encode('altered'));
    const bad = await world.send('POST', '/v1/models/toy-base/verify');
    expect(bad.body.ok).toBe(false);
    expect(bad.body.files[0]).toEqual({ ...file, found: hashOf('altered'), ok: false });
  });

  it('GET /v1/artifacts/{sha256} leads to a short-lived address', async () => {
    const { sha256 } = storeFile(world.ports.store, 'x', 'bytes');
    const { status, headers } = await world.send('GET', `/v1/artifacts/${sha256}`);
    expect([status, headers.get('location')]).toEqual([
      302,
      `file:///memory/blobs/${contentKey('default', sha256)}?expires=300`,
    ]);
  });
});

describe('corpora', () => {
  const bytes = new TextEncoder().encode(TOY_TEXT);
  const facts = { sha256: hashOf(TOY_TEXT), bytes: bytes.length, mediaType: 'application/x-ndjson' };

  it('POST /v1/uploads offers an address, and needs none for bytes that are there', async () => {
    const offer = await world.send('POST', '/v1/uploads', { body: facts });
    expect([offer.status, offer.body]).toMatchObject([201, { exists: false, method: 'PUT' }]);
    storeFile(world.ports.store, 'x', TOY_TEXT);
    const known = await world.send('POST', '/v1/uploads', { body: facts });
    expect([known.status, known.body]).toEqual([200, { exists: true }]);
  });

  it('POST /v1/corpora registers uploaded documents; GET finds them by id and name', async () => {
    storeFile(world.ports.store, 'x', TOY_TEXT);
    const body = { name: 'speeches', sha256: facts.sha256 };
    const made = await world.send('POST', '/v1/corpora', { body });
    expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/corpora/${made.body.id}`]);
    expect(made.body).toMatchObject({ documents: 2, bytes: bytes.length, licence: 'unknown' });
    for (const reference of [made.body.id, 'speeches', `speeches@${facts.sha256.slice(0, 8)}`]) {
      expect((await world.send('GET', `/v1/corpora/${reference}`)).body).toEqual(made.body);
    }
    const list = await world.send('GET', '/v1/corpora');
    expect([list.status, list.body]).toEqual([200, { items: [made.body], next: null }]);
  });
});

describe('the catalogue', () => {
  it('GET /v1/health answers without a token', async () => {
    const { status, body } = await world.send('GET', '/v1/health', { as: '' });
    expect([status, body]).toMatchObject([200, { status: 'ok', version: '1.2.3' }]);
    expect(body.uptimeSeconds).toBeGreaterThanOrEqual(0);
  });

  it('GET /v1/phases lists the eight, GET /v1/phases/{slug} adds the schema of its settings', async () => {
    const { body } = await world.send('GET', '/v1/phases');
    expect(body.items.map((phase: { number: number }) => phase.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const one = await world.send('GET', '/v1/phases/cognate');
    expect(one.body).toMatchObject({ slug: 'cognate', title: expect.any(String) });
    const { steps } = one.body.settings.$defs.cognate.properties;
    expect(steps).toMatchObject({ type: 'integer', minimum: 2 });
  });

  it('GET /v1/claims lists the claims with their verdicts, GET /v1/claims/{id} gives one', async () => {
    const { body } = await world.send('GET', '/v1/claims');
    expect(body.items).toEqual(verdictFile.claims);
    const open = await world.send('GET', '/v1/claims?verdict=not%20measured');
    expect(new Set(open.body.items.map((claim: { verdict: string }) => claim.verdict))).toEqual(
      new Set(['not measured']),
    );
    const one = await world.send('GET', '/v1/claims/thoughts');
    expect(one.body).toEqual(verdictFile.claims.find(({ id }) => id === 'thoughts'));
  });

  it.each([
    ['/v1/claims/thougts', 404, 'not_found', 'Did you mean thoughts?'],
    ['/v1/claims/zzzzzzzzzzzz', 404, 'not_found', 'List them with `forge claims list`.'],
    ['/v1/claims?verdict=hold', 400, 'invalid_query', 'Did you mean holds?'],
  ])('GET %s answers %i, %s: %s', async (path, expected, code, hint) => {
    const { status, body } = await world.send('GET', path);
    expect([status, body]).toMatchObject([expected, { code, hint }]);
  });
});

describe('presets', () => {
  const body = { description: 'short', config: { cognate: { steps: 10 } } };
  const create = () => world.send('PUT', '/v1/presets/mine', { body, headers: { 'if-none-match': '*' } });

  it('PUT creates, GET shows, PUT with the version seen changes, DELETE with it removes', async () => {
    const made = await create();
    expect([made.status, made.headers.get('etag')]).toEqual([200, '"1"']);
    const seen = await world.send('GET', '/v1/presets/mine');
    expect([seen.headers.get('etag'), seen.body]).toEqual(['"1"', made.body]);
    const changed = await world.send('PUT', '/v1/presets/mine', {
      body: { ...body, description: 'longer' },
      headers: { 'if-match': '"1"' },
    });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const gone = await world.send('DELETE', '/v1/presets/mine', { headers: { 'if-match': '"2"' } });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await world.send('GET', '/v1/presets/mine')).status).toBe(404);
  });

  it('GET /v1/presets lists the built-in ones and the own', async () => {
    await create();
    const { body: list } = await world.send('GET', '/v1/presets');
    expect(list.items.map((preset: { name: string }) => preset.name)).toEqual([...BUILT_IN, 'mine']);
  });

  it('are used by a run that names them', async () => {
    await toyCorpus(world.ports);
    await create();
    const { body: plan } = await world.send('POST', '/v1/plan', { body: { ...DOCUMENT, preset: 'mine' } });
    expect(plan.phases[0].config.steps).toBe(10);
  });
});
