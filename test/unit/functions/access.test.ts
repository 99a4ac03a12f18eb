/** Who may do what: tokens, roles, tenants, hosts and pages. */
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { localTokenAuthenticator } from '#adapters/identity/local-token-authenticator.ts';
import { hostGuard } from '#local/host-guard.ts';
import { hashOf } from '#test/support/toy-models.ts';
import { startedRun, toyCorpus } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld, DOCUMENT, type Sent, succeededRun } from './api-world.ts';

type Call = readonly [method: string, path: string, sent?: Sent];

const upload = { sha256: hashOf('x'), bytes: 1, mediaType: 'a/b' };
const preset = { description: '', config: {} };
const create = { 'if-none-match': '*' };
const key = { 'idempotency-key': 'k' };

const act = { body: { reason: 'because' }, headers: { 'if-match': '"1"' } };

/** Every route that needs a token, for a run and a model that are there. */
const callsFor = (run: string): readonly Call[] => [
  ['GET', '/v1/phases'],
  ['GET', '/v1/phases/cognate'],
  ['POST', '/v1/runs', { body: DOCUMENT, headers: key }],
  ['GET', '/v1/runs'],
  ['GET', `/v1/runs/${run}`],
  ['POST', `/v1/runs/${run}/cancel`],
  ['POST', `/v1/runs/${run}/pause`],
  ['POST', `/v1/runs/${run}/resume`],
  ['POST', `/v1/runs/${run}/retry`, { body: {}, headers: key }],
  ['POST', `/v1/runs/${run}/fork`, { body: {}, headers: key }],
  ['GET', `/v1/runs/${run}/decisions`],
  ['GET', `/v1/runs/${run}/checkpoints`],
  ['GET', `/v1/runs/${run}/events`],
  ['GET', `/v1/runs/${run}/metrics`],
  ['GET', `/v1/runs/${run}/report`],
  ['GET', `/v1/runs/${run}/logs`],
  ['POST', '/v1/plan', { body: DOCUMENT }],
  ['POST', '/v1/uploads', { body: upload }],
  ['POST', '/v1/corpora', { body: { name: 'more', sha256: hashOf('x') } }],
  ['GET', '/v1/corpora'],
  ['GET', '/v1/corpora/speeches'],
  ['GET', '/v1/models'],
  ['GET', '/v1/models/toy-base'],
  ['GET', '/v1/models/toy-base/lineage'],
  ['POST', '/v1/models/toy-base/verify'],
  ['GET', '/v1/models/toy-base/metadata'],
  ['POST', '/v1/models/toy-base/archive', act],
  ['POST', '/v1/models/toy-base/restore', act],
  ['POST', '/v1/models/toy-base/quarantine', act],
  ['POST', '/v1/models/toy-base/promote', { body: { alias: 'best' }, headers: act.headers }],
  ['DELETE', '/v1/models/toy-base', { headers: act.headers }],
  ['POST', '/v1/models', { body: { name: 'mine', files: [{ path: 'x', sha256: hashOf('x'), bytes: 1 }] } }],
  ['POST', '/v1/gc', { body: { dryRun: true } }],
  ['GET', `/v1/artifacts/${hashOf('x')}`],
  ['GET', '/v1/claims'],
  ['GET', '/v1/claims/act'],
  ['GET', '/v1/presets'],
  ['GET', '/v1/presets/demo'],
  ['PUT', '/v1/presets/mine', { body: preset, headers: create }],
  ['DELETE', '/v1/presets/mine', { headers: { 'if-match': '"1"' } }],
  ['GET', '/v1/nothing'],
];

let world: ApiWorld;
beforeEach(() => {
  world = apiWorld();
});

describe('without a valid token', () => {
  it.each([
    ['', 'missing_token'],
    ['nobody', 'invalid_token'],
  ])('every route answers 401 and says why ("%s": %s)', async (as, code) => {
    const before = world.stored();
    for (const [method, path, sent] of callsFor('x')) {
      const answer = await world.send(method, path, { ...sent, as });
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 401, code]);
      expect(answer.headers.get('www-authenticate')).toBe(`Bearer error="${code}"`);
    }
    expect(world.stored()).toBe(before);
  });

  it('a local server tells a wrong token from a missing one, and takes only the whole of its own', async () => {
    const token = 'a'.repeat(64);
    const chain = authenticatorChain([localTokenAuthenticator(token)]);
    const authenticate = (authorization?: string) => chain.authenticate({ authorization });
    expect(await authenticate(`Bearer ${token}`)).toMatchObject({ tenant: 'default', role: 'admin' });
    for (const wrong of [
      token,
      `Bearer ${token}a`,
      `Bearer ${token.slice(1)}`,
      `Bearer ${'b'.repeat(64)}`,
      'Bearer ',
      'Basic YTph',
      'bearer',
    ]) {
      await expect(authenticate(wrong)).rejects.toMatchObject({
        kind: 'unauthenticated',
        code: 'invalid_token',
      });
    }
    await expect(authenticate(undefined)).rejects.toMatchObject({ code: 'missing_token' });
  });
});

describe('roles', () => {
  it.each<[string, Call]>([
    ['runner', ['POST', '/v1/runs', { body: DOCUMENT, headers: key }]],
    ['runner', ['POST', '/v1/uploads', { body: upload }]],
    ['runner', ['POST', '/v1/corpora', { body: { name: 'more', sha256: hashOf('x') } }]],
    ['maintainer', ['PUT', '/v1/presets/mine', { body: preset, headers: create }]],
    ['maintainer', ['POST', '/v1/models/toy-base/archive', act]],
    ['maintainer', ['DELETE', '/v1/models/toy-base', { headers: act.headers }]],
    ['maintainer', ['POST', '/v1/gc', { body: { dryRun: true } }]],
  ])('below %s may not call %j', async (needed, [method, path, sent]) => {
    await toyCorpus(world.ports);
    const order = ['viewer', 'runner', 'maintainer', 'admin'];
    for (const role of order.slice(0, order.indexOf(needed))) {
      const before = world.stored();
      const answer = await world.send(method, path, { ...sent, as: role });
      expect([answer.status, answer.body.code]).toEqual([403, 'role_required']);
      expect(answer.body.detail).toContain(needed);
      expect(world.stored()).toBe(before);
    }
    const allowed = await world.send(method, path, { ...sent, as: needed });
    expect(allowed.status).not.toBe(403);
  });

  it.each(['cancel', 'pause', 'resume', 'retry', 'fork', 'pause?dryRun=true', 'fork?dryRun=true'])(
    'keep a viewer from a run’s %s',
    async (verb) => {
      const { id } = await startedRun(world.ports);
      const before = world.stored();
      const answer = await world.send('POST', `/v1/runs/${id}/${verb}`, {
        as: 'viewer',
        body: {},
        headers: key,
      });
      expect([answer.status, answer.body.code]).toEqual([403, 'role_required']);
      expect(world.stored()).toBe(before);
    },
  );

  it('let a viewer see what a verb would do', async () => {
    const { id } = await succeededRun(world);
    const before = world.stored();
    for (const verb of ['fork', 'retry&from=cognate']) {
      const answer = await world.send('GET', `/v1/runs/${id}/decisions?verb=${verb}`, { as: 'viewer' });
      expect([answer.status, answer.body.run]).toEqual([200, id]);
    }
    const ended = await world.send('GET', `/v1/runs/${id}/decisions`, { as: 'viewer' });
    expect([ended.status, ended.body.code]).toEqual([409, 'illegal_transition']);
    expect(world.stored()).toBe(before);
  });
});

describe('tenants', () => {
  it("see another tenant as if it had nothing: the same body for what is theirs and what is nobody's", async () => {
    const { id } = await succeededRun(world);
    const strip = ({ body }: { body: Record<string, unknown> }, name: string) =>
      JSON.stringify({ ...body, request_id: null }).replaceAll(name, 'NAME');
    const pairs = [
      [`/v1/runs/${id}`, '/v1/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV'],
      ['/v1/models/toy-base', '/v1/models/toy-none'],
      ['/v1/corpora/speeches', '/v1/corpora/nothings'],
    ];
    for (const [theirs = '', nobodys = ''] of pairs) {
      const answers = [
        await world.send('GET', theirs, { as: 'stranger' }),
        await world.send('GET', nobodys, { as: 'stranger' }),
      ] as const;
      expect(answers.map((answer) => answer.status)).toEqual([404, 404]);
      const last = (path: string) => path.split('/').at(-1) ?? '';
      expect(strip(answers[0], last(theirs))).toBe(strip(answers[1], last(nobodys)));
    }
  });

  it('get 404 or an empty list from every route of another tenant, and change nothing', async () => {
    const { id } = await succeededRun(world);
    const before = world.stored();
    for (const [method, path, sent] of callsFor(id)) {
      if (!path.includes(id) && !path.includes('toy-base') && !path.includes('speeches')) continue;
      const answer = await world.send(method, path, { ...sent, as: 'stranger' });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    for (const list of ['runs', 'models', 'corpora']) {
      const answer = await world.send('GET', `/v1/${list}`, { as: 'stranger' });
      expect(answer.body).toEqual({ items: [], next: null });
    }
    expect(world.stored()).toBe(before);
  });

  it('cannot go on with a cursor of another tenant: 400 invalid_cursor', async () => {
    await succeededRun(world);
    const page = await world.send('GET', '/v1/models?limit=2');
    const own = await world.send('GET', `/v1/models?cursor=${page.body.next}`);
    expect([own.status, own.body.items.length, own.body.next]).toEqual([200, 2, null]);
    const other = await world.send('GET', `/v1/models?cursor=${page.body.next}`, { as: 'stranger' });
    expect([other.status, other.body.code]).toEqual([400, 'invalid_cursor']);
  });

  it.each([0, 3, 10, 20, 40])(
    'cannot go on with a cursor whose character %i was changed',
    async (position) => {
      await succeededRun(world);
      const { next } = (await world.send('GET', '/v1/models?limit=2')).body;
      const changed =
        next.slice(0, position) + (next[position] === 'A' ? 'B' : 'A') + next.slice(position + 1);
      const answer = await world.send('GET', `/v1/models?cursor=${changed}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor']);
    },
  );
});

describe('a server on this machine', () => {
  const guarded = () => apiWorld({ guards: [hostGuard] });

  it.each([
    'evil.test',
    'localhost.evil.test',
    'evil-localhost',
    '127.0.0.1.evil.test',
    '10.0.0.1',
    '',
    'localhost@evil.test',
  ])('answers 421 to Host: %s', async (host) => {
    const answer = await guarded().send('GET', '/v1/runs', { headers: { host } });
    expect([answer.status, answer.body.kind]).toEqual([421, 'misdirected']);
    expect(answer.body.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    'https://evil.test',
    'null',
    'http://localhost.evil.test',
    'file://',
    'http://127.0.0.1@evil.test',
  ])('answers 403 to Origin: %s', async (origin) => {
    const headers = { host: 'localhost:4505', origin };
    const answer = await guarded().send('GET', '/v1/runs', { headers });
    expect([answer.status, answer.body.code]).toEqual([403, 'foreign_origin']);
  });

  it.each(['localhost', 'localhost:4505', '127.0.0.1:1', '[::1]:4505'])(
    'answers to Host: %s',
    async (host) => {
      const headers = { host, origin: `http://${host}` };
      expect((await guarded().send('GET', '/v1/runs', { headers })).status).toBe(200);
    },
  );

  it('asks for the host before anything else, also on open routes', async () => {
    const answer = await guarded().send('GET', '/v1/health', { as: '', headers: { host: 'evil.test' } });
    expect(answer.status).toBe(421);
  });
});

describe('every answer', () => {
  it('carries its request id and tells browsers not to guess and caches not to keep', async () => {
    for (const path of ['/v1/runs', '/v1/nothing', '/v1/health']) {
      const { headers } = await world.send('GET', path);
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect([headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual([
        'nosniff',
        'no-store',
      ]);
    }
  });

  it('hides what broke inside and names the request', async () => {
    const broken = apiWorld(
      {},
      { runs: { ...world.ports.runs, get: () => Promise.reject(new Error('secret')) } },
    );
    const { status, body, text, headers } = await broken.send('GET', '/v1/runs/x');
    expect([status, body.kind, body.retryable]).toEqual([500, 'bug', false]);
    expect(text).not.toContain('secret');
    expect(body.detail).toContain(headers.get('x-request-id'));
  });

  it('says when to come back where waiting helps', async () => {
    const { ForgeError } = await import('#core/domain/errors.ts');
    const busy = () => Promise.reject(new ForgeError('dependency', 'busy', { retryAfterSeconds: 7 }));
    const { status, body, headers } = await apiWorld({}, { runs: { ...world.ports.runs, get: busy } }).send(
      'GET',
      '/v1/runs/x',
    );
    expect([status, headers.get('retry-after'), body.retry_after_s, body.retryable]).toEqual([
      503,
      '7',
      7,
      true,
    ]);
  });
});
