/** The first version's routes: the same use cases and checks as their successors, and no figure that nobody measured. */
import openapi from '#contracts/openapi.json' with { type: 'json' };
import { leaveCheckpoint } from '#test/support/toy-checkpoint.ts';
import { startedRun, toyCorpus } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld, succeededRun } from './api-world.ts';

const PREFIXES = ['/api/pipeline', '/api/v1/pipeline'];
const START = { phases: ['cognate'], preset: 'test', input: { corpus: 'speeches' } };
const key = { 'idempotency-key': 'k' };
let world: ApiWorld;
beforeEach(() => {
  world = apiWorld();
});

const start = (body: object = START, headers: Record<string, string> = key) =>
  world.send('POST', '/api/pipeline/start', { body, headers });

describe('starting a session', () => {
  it('submits the same run as its successor, and says which fields change nothing', async () => {
    await toyCorpus(world.ports);
    const body = { ...START, max_agents: 50, swarm_topology: 'mesh', enable_checkpoints: true };
    const { status, headers, body: answer } = await start(body);
    expect([status, headers.get('location')]).toEqual([202, `/v1/runs/${answer.session_id}`]);
    expect(answer.status).toBe('initializing');
    expect(answer.ignored.map(({ field }: { field: string }) => field)).toEqual([
      'swarm_topology',
      'max_agents',
      'enable_checkpoints',
    ]);
    const run = await world.ports.runs.get('default', answer.session_id);
    expect(run).toMatchObject({ status: 'queued', resolved: { phases: ['cognate'], seed: 1 } });
    expect((await start(body)).body.session_id).toBe(answer.session_id);
    expect(world.ports.workflow.started.size).toBe(1);
  });

  it('takes the old names of phases and their settings', async () => {
    await toyCorpus(world.ports);
    const body = {
      ...START,
      phases: ['cognate', 'evomerge', 'quietstar'],
      config: { quietstar: { learning_rate: 0.001 } },
    };
    const { body: answer } = await start(body);
    const run = await world.ports.runs.get('default', answer.session_id);
    expect(run?.resolved.phases).toEqual(['cognate', 'evomerge', 'quiet-star']);
    expect(run?.resolved.config['quiet-star']).toMatchObject({ learning_rate: 0.001 });
  });

  it.each<[string, object, number, string]>([
    ['no key', START, 400, 'idempotency_key_required'],
    ['an unknown field', { ...START, phasse: 1 }, 422, 'unknown_field'],
    ['an unknown phase', { ...START, phases: ['cognat'] }, 422, 'invalid_value'],
    ['a gap', { ...START, phases: ['cognate', 'quietstar'] }, 422, 'contract_unsatisfied'],
    ['a wrong setting', { ...START, config: { cognate: { steps: 0 } } }, 422, 'out_of_range'],
    ['no corpus', { phases: ['cognate'] }, 422, 'required'],
    ['a request for no checkpoints', { ...START, enable_checkpoints: false }, 422, 'invalid_value'],
    ['two names of one phase', { ...START, config: { adas: {}, deployment: {} } }, 422, 'duplicate'],
  ])('refuses %s as its successor does', async (what, body, expected, code) => {
    await toyCorpus(world.ports);
    const before = world.stored();
    const answer = await start(body, what === 'no key' ? {} : key);
    const codes = [answer.body.code, ...answer.body.errors.map((each: { code: string }) => each.code)];
    expect([answer.status, codes]).toEqual([expected, expect.arrayContaining([code])]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(world.stored()).toBe(before);
  });
});

describe('steering a session', () => {
  it.each([
    ['pause', 'pausing'],
    ['stop', 'cancelling'],
    ['cancel', 'cancelling'],
  ])('%s makes the run %s', async (action, expected) => {
    const { id } = await startedRun(world.ports);
    const body = { action, session_id: id, force: true };
    const answer = await world.send('POST', '/api/pipeline/control', { body });
    expect([answer.status, answer.body.session_id, answer.body.status]).toEqual([202, id, expected]);
    expect((await world.ports.runs.get('default', id))?.status).toBe(expected);
  });

  it('refuses to resume what cannot go on, with the words of the successor', async () => {
    const { id } = await succeededRun(world);
    const old = await world.send('POST', '/api/pipeline/control', {
      body: { action: 'resume', session_id: id },
    });
    const now = await world.send('POST', `/v1/runs/${id}/resume`);
    expect([old.status, old.body.code, old.body.detail]).toEqual([409, now.body.code, now.body.detail]);
  });

  it('saves checkpoints by pausing, lists those there are, and goes on from one of them', async () => {
    const { id } = await startedRun(world.ports);
    const sha256 = leaveCheckpoint(world.ports, id, { stage: 'base', index: null, step: 10 });
    const saved = await world.send('POST', '/api/pipeline/checkpoint/save', {
      body: { session_id: id, checkpoint_name: 'mine' },
    });
    expect([saved.status, saved.body.status]).toEqual([202, 'pausing']);
    expect(saved.body.ignored).toMatchObject([{ field: 'checkpoint_name' }]);
    const [{ checkpoint_id }] = saved.body.checkpoints;
    expect(checkpoint_id).toBe(`${id}-${sha256}`);
    const path = `/api/pipeline/checkpoint/load/${checkpoint_id}`;
    const loaded = await world.send('POST', path, { headers: key });
    expect([loaded.status, loaded.body.loaded_from]).toEqual([202, checkpoint_id]);
    const made = await world.ports.runs.get('default', loaded.body.session_id);
    expect(made?.origin).toMatchObject({ verb: 'fork', run: id, checkpoint: { step: 10 } });
    const gone = await world.send('POST', `${path.slice(0, -4)}0000`, {
      headers: { 'idempotency-key': 'b' },
    });
    expect([gone.status, gone.body.code]).toEqual([404, 'checkpoint_not_found']);
    const odd = await world.send('POST', '/api/pipeline/checkpoint/load/7', { headers: key });
    expect([odd.status, odd.body.code]).toEqual([404, 'checkpoint_not_found']);
  });
});

describe('looking at a session', () => {
  it('status: figures come with the record that they were read from, what nobody measures is null', async () => {
    const { id, startedAt, endedAt } = await succeededRun(world);
    const { body } = await world.send('GET', `/api/pipeline/status/${id}`);
    expect(body).toMatchObject({
      status: 'completed',
      current_phase: null,
      phases_completed: ['cognate'],
      phases_remaining: [],
      total_progress_percent: 100,
      estimated_remaining_seconds: null,
      agent_count: null,
    });
    expect(body.elapsed_seconds).toBe((Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000);
    const { value, unit, metric } = body.phase_metrics.cognate['reasoning/bits_per_byte'];
    expect(await world.ports.metrics.get('default', metric)).toMatchObject({ value, unit });
    const absent = Object.keys(body).filter((field) => body[field] === null && !/phase|error/.test(field));
    const explained = body.not_measured.map(({ field }: { field: string }) => field);
    expect(absent.sort()).toEqual(explained.sort());
  });

  it('quality gates: verdict, score and threshold of every gate, as GET /v1/runs/{id}/gates has them', async () => {
    const { id } = await succeededRun(world);
    const now = await world.send('GET', `/v1/runs/${id}/gates`);
    const old = await world.send('POST', `/api/pipeline/quality-gates/${id}?phase=cognate`);
    expect(now.body.items.length).toBeGreaterThan(3);
    expect(old.body.can_proceed).toBe(now.body.canProceed);
    expect(old.body.theater_detection).toBeNull();
    for (const [position, gate] of old.body.gate_results.entries()) {
      const { verdict, measured } = now.body.items[position];
      expect([gate.passed, gate.score, gate.metric]).toEqual([
        verdict === 'not measured' ? null : verdict === 'passed',
        measured?.value ?? null,
        measured?.metric ?? null,
      ]);
    }
  });

  it('gates of a phase that has not run are not measured, and nothing is said about going on', async () => {
    const { id } = await startedRun(world.ports);
    const { body } = await world.send('GET', `/v1/runs/${id}/gates?phase=cognate`);
    expect(new Set(body.items.map(({ verdict }: { verdict: string }) => verdict))).toEqual(
      new Set(['not measured']),
    );
    expect(body.canProceed).toBeNull();
    const none = await world.send('GET', `/v1/runs/${id}/gates?phase=bitnet`);
    expect([none.status, none.body.code]).toEqual([404, 'not_found']);
  });

  it('swarm: the plan of stages and jobs, with the hand-over that was checked, and no agents', async () => {
    const { id } = await startedRun(world.ports);
    const { body } = await world.send('GET', `/api/pipeline/swarm/${id}`);
    const { body: now } = await world.send('GET', `/v1/runs/${id}/topology`);
    expect(body.plan).toEqual(now);
    expect([body.topology, body.total_agents, body.gpu_percent]).toEqual([null, null, null]);
    const [phase] = now.phases;
    expect(phase).toMatchObject({ phase: 'cognate', status: 'running', jobs: 5 });
    expect(phase.handOver).toMatchObject({ name: 'input→cognate', from: null });
    expect(phase.handOver.checked.contract).toBe('input→cognate');
    expect(phase.stages.map(({ name, size }: { name: string; size: number }) => [name, size])).toEqual([
      ['base', 1],
      ['variants', 3],
      ['evaluate', 1],
    ]);
  });

  it('history: pages of sessions, by the old words for states', async () => {
    const { id } = await succeededRun(world);
    const all = await world.send('GET', '/api/pipeline/history?limit=1&status=completed');
    expect(all.body).toMatchObject({ runs: [{ session_id: id, status: 'completed' }], next: null });
    expect((await world.send('GET', '/api/pipeline/history?status=running')).body.runs).toEqual([]);
    const odd = await world.send('GET', '/api/pipeline/history?status=complete');
    expect([odd.status, odd.body.hint]).toEqual([400, 'Did you mean completed?']);
    const limit = await world.send('GET', '/api/pipeline/history?limit=0');
    expect([limit.status, limit.body.code]).toEqual([400, 'invalid_limit']);
  });
});

describe('the catalogue', () => {
  const save = (body: object, headers = {}) =>
    world.send('POST', '/api/pipeline/preset/save', { body, headers });

  it('presets: saved once, changed only with the version that was seen', async () => {
    const body = { name: 'mine', config: { cognate: { steps: 10 }, quietstar: {} } };
    expect((await save(body)).body).toMatchObject({ name: 'mine', built_in: false });
    expect((await save(body)).status).toBe(412);
    const changed = await save({ ...body, description: 'longer' }, { 'if-match': '"1"' });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const shown = await world.send('GET', '/api/pipeline/preset/mine');
    expect(shown.body).toMatchObject({ config: { cognate: { steps: 10 }, 'quiet-star': {} } });
    const names = (await world.send('GET', '/api/pipeline/presets')).body.presets;
    expect(names.map(({ name }: { name: string }) => name)).toContain('mine');
    expect((await save({ ...body, name: '../x' })).body.errors[0].code).toBe('invalid_name');
    expect((await save({ name: 'bad', config: { cognate: { steps: 0 } } })).status).toBe(422);
  });

  it('phases: the eight, under the names that they had', async () => {
    const { body } = await world.send('GET', '/api/pipeline/phases');
    expect(body.phases.map(({ id }: { id: string }) => id)).toEqual(
      'cognate evomerge quietstar bitnet training baking adas compression'.split(' '),
    );
  });

  it('models: listed, shown and verified by their hashes', async () => {
    await succeededRun(world);
    const { body } = await world.send('GET', '/api/models/available?limit=2');
    expect(body.models).toHaveLength(2);
    const [first] = body.models;
    expect((await world.send('GET', `/api/models/${first.id}`)).body).toEqual(first);
    const checked = await world.send('POST', '/api/models/validate', { body: { model_id: first.id } });
    expect(checked.body).toMatchObject({ model_id: first.id, valid: true });
    expect((await world.send('GET', '/api/models/nothing')).status).toBe(404);
  });
});

describe('every alias', () => {
  const aliases = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { tags: string[]; deprecated?: boolean; description?: string }>)
      .filter(([, operation]) => operation.tags.includes('v1'))
      .map(([method, operation]) => ({ method, path, operation })),
  );

  it('is documented as deprecated, and its successor is a route', () => {
    expect(aliases.length).toBe(2 * 13 + 3);
    for (const { path, operation } of aliases) {
      const [method = '', successor = ''] = operation.description?.replace(/^Use |\.$/g, '').split(' ') ?? [];
      const there = openapi.paths as Record<string, Record<string, unknown>>;
      expect([path, operation.deprecated, there[successor]?.[method.toLowerCase()] !== undefined]).toEqual([
        path,
        true,
        true,
      ]);
    }
  });

  it('says so in its answer, and where to go', async () => {
    const { id } = await startedRun(world.ports);
    for (const prefix of PREFIXES) {
      const { headers } = await world.send('GET', `${prefix}/status/${id}`);
      expect(headers.get('deprecation')).toBe('@1795392000');
      expect(headers.get('link')).toBe(`</v1/runs/${id}>; rel="successor-version"`);
    }
    const health = await world.send('GET', '/api/pipeline/health', { as: '' });
    expect(health.body).toMatchObject({ status: 'healthy', version: '1.2.3', active_sessions: null });
  });

  it('needs the token that its successor needs', async () => {
    for (const { method, path } of aliases.filter((alias) => !alias.path.endsWith('/health'))) {
      const { status } = await world.send(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'), { as: '' });
      expect([path, status]).toEqual([path, 401]);
    }
  });

  it('needs the role that its successor needs, and shows nothing of another tenant', async () => {
    const { id } = await succeededRun(world);
    const before = world.stored();
    const calls: [string, string, object?][] = [
      ['POST', '/start', START],
      ['POST', '/control', { action: 'pause', session_id: id }],
      ['POST', '/checkpoint/save', { session_id: id }],
      ['POST', `/checkpoint/load/${id}-${'0'.repeat(64)}`],
      ['POST', '/preset/save', { name: 'mine', config: {} }],
    ];
    for (const [method, path, body] of calls) {
      const sent = { as: 'viewer', headers: key, ...(body ? { body } : {}) };
      const answer = await world.send(method, `/api/pipeline${path}`, sent);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'role_required']);
    }
    for (const path of [`status/${id}`, `swarm/${id}`]) {
      expect((await world.send('GET', `/api/pipeline/${path}`, { as: 'stranger' })).status).toBe(404);
    }
    const gates = await world.send('POST', `/api/pipeline/quality-gates/${id}`, { as: 'stranger' });
    const model = await world.send('GET', '/api/models/toy-base', { as: 'stranger' });
    expect([gates.status, model.status]).toEqual([404, 404]);
    expect(world.stored()).toBe(before);
  });
});
