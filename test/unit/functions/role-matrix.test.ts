/** Every route of the OpenAPI document, for every role and for a stranger: who may call it, and what a stranger learns. */

import openapi from '#contracts/openapi.json' with { type: 'json' };
import { ROLES, type Role } from '#core/domain/principal.ts';
import { type Access, accessOf, ROUTE_ROLES } from '#functions/api/roles.ts';
import { type Answer, type ApiWorld, apiWorld, DOCUMENT, type Sent, succeededRun } from './api-world.ts';

/** What stands in the place of `$`: something of the first tenant, and something that nobody has. */
type Named = 'run' | 'model' | 'corpus' | 'preset' | 'file' | 'webhook' | 'key';
const NOBODYS: Readonly<Record<Named, string>> = {
  run: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  model: '01ARZ3NDEKTSV4RRFFQ69G5FAW',
  corpus: '01ARZ3NDEKTSV4RRFFQ69G5FAX',
  preset: 'nobodys-preset',
  file: '0'.repeat(64),
  webhook: '01ARZ3NDEKTSV4RRFFQ69G5FAZ',
  key: '01ARZ3NDEKTSV4RRFFQ69G5FAY',
};

interface Sample {
  readonly path: string;
  /** What `$` stands for in path and body. @default nothing stands for anything */
  readonly named?: Named;
  readonly sent?: Sent;
}

const key = { 'idempotency-key': 'matrix' };
const seen = { 'if-match': '"1"' };
const act: Sent = { body: { reason: 'because' }, headers: seen };
const run = (verb: string, sent: Sent = {}): Sample => ({ path: `/v1/runs/$/${verb}`, named: 'run', sent });
const model = (verb: string, sent: Sent = {}): Sample => ({
  path: `/v1/models/$${verb}`,
  named: 'model',
  sent,
});
const plain = (path: string, sent: Sent = {}): Sample => ({ path, sent });

/** The routes of the first version, under each of its prefixes. */
const OLD: Readonly<Record<string, Sample>> = {
  'GET /health': plain('/health'),
  'GET /history': plain('/history'),
  'GET /phases': plain('/phases'),
  'GET /presets': plain('/presets'),
  'GET /preset/{name}': { path: '/preset/$', named: 'preset' },
  'POST /preset/save': plain('/preset/save', { body: { name: 'old', config: {} } }),
  'GET /status/{run_id}': { path: '/status/$', named: 'run' },
  'GET /swarm/{run_id}': { path: '/swarm/$', named: 'run' },
  'POST /quality-gates/{run_id}': { path: '/quality-gates/$', named: 'run', sent: { body: {} } },
  'POST /start': plain('/start', { body: { ...DOCUMENT }, headers: key }),
  'POST /control': {
    path: '/control',
    named: 'run',
    sent: { body: { session_id: '$', action: 'pause' }, headers: key },
  },
  'POST /checkpoint/save': {
    path: '/checkpoint/save',
    named: 'run',
    sent: { body: { session_id: '$' }, headers: key },
  },
  'POST /checkpoint/load/{checkpoint_id}': {
    path: '/checkpoint/load/$:cognate:base:1',
    named: 'run',
    sent: { body: {}, headers: key },
  },
};

const OLD_ROUTES = Object.fromEntries(
  ['/api/pipeline', '/api/v1/pipeline'].flatMap((prefix) =>
    Object.entries(OLD).map(([route, sample]) => [
      route.replace(' ', ` ${prefix}`),
      { ...sample, path: `${prefix}${sample.path}` },
    ]),
  ),
);

/** One well-formed request per route; a route that is not here fails the first test. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  ...OLD_ROUTES,
  'GET /api/models/available': plain('/api/models/available'),
  'GET /api/models/{model_id}': { path: '/api/models/$', named: 'model' },
  'POST /api/models/validate': {
    path: '/api/models/validate',
    named: 'model',
    sent: { body: { model_id: '$' } },
  },
  'GET /v1/health': plain('/v1/health'),
  'GET /v1/openapi.json': plain('/v1/openapi.json'),
  'GET /v1/artifacts/{sha256}': { path: '/v1/artifacts/$', named: 'file' },
  'GET /v1/claims': plain('/v1/claims'),
  'GET /v1/claims/{id}': plain('/v1/claims/act'),
  'GET /v1/corpora': plain('/v1/corpora'),
  'GET /v1/costs': plain('/v1/costs'),
  'POST /v1/corpora': plain('/v1/corpora', { body: { name: 'more', sha256: NOBODYS.file } }),
  'GET /v1/corpora/{reference}': { path: '/v1/corpora/$', named: 'corpus' },
  'POST /v1/gc': { path: '/v1/gc', named: 'run', sent: { body: { dryRun: true, run: '$' } } },
  'GET /v1/audit': plain('/v1/audit'),
  'GET /v1/keys': plain('/v1/keys'),
  'POST /v1/keys': plain('/v1/keys', { body: { name: 'laptop', role: 'runner' } }),
  'DELETE /v1/keys/{id}': { path: '/v1/keys/$', named: 'key' },
  'GET /v1/models': { path: '/v1/models?parent=$', named: 'model' },
  'POST /v1/models': plain('/v1/models', {
    body: { name: 'mine', files: [{ path: 'x', sha256: NOBODYS.file, bytes: 1 }] },
  }),
  'GET /v1/models/{reference}': model(''),
  'DELETE /v1/models/{reference}': model('', { headers: seen }),
  'POST /v1/models/{reference}/archive': model('/archive', act),
  'POST /v1/models/{reference}/promote': model('/promote', { body: { alias: 'best' }, headers: seen }),
  'POST /v1/models/{reference}/quarantine': model('/quarantine', act),
  'POST /v1/models/{reference}/restore': model('/restore', act),
  'GET /v1/models/{reference}/lineage': model('/lineage'),
  'GET /v1/models/{reference}/metadata': model('/metadata'),
  'POST /v1/models/{reference}/verify': model('/verify'),
  'GET /v1/phases': plain('/v1/phases'),
  'GET /v1/phases/{slug}': plain('/v1/phases/cognate'),
  'POST /v1/plan': {
    path: '/v1/plan',
    named: 'model',
    sent: { body: { ...DOCUMENT, phases: [5], input: { model: '$' } } },
  },
  'GET /v1/presets': plain('/v1/presets'),
  'GET /v1/presets/{name}': { path: '/v1/presets/$', named: 'preset' },
  'PUT /v1/presets/{name}': {
    path: '/v1/presets/$',
    named: 'preset',
    sent: { body: { description: '', config: {} }, headers: seen },
  },
  'DELETE /v1/presets/{name}': { path: '/v1/presets/$', named: 'preset', sent: { headers: seen } },
  'GET /v1/runs': plain('/v1/runs'),
  'POST /v1/runs': {
    path: '/v1/runs',
    named: 'model',
    sent: { body: { ...DOCUMENT, phases: [5], input: { model: '$' } }, headers: key },
  },
  'GET /v1/quotas': plain('/v1/quotas'),
  'PUT /v1/quotas': plain('/v1/quotas', { body: {}, headers: { 'if-match': '"0"' } }),
  'GET /v1/runs/{id}': { path: '/v1/runs/$', named: 'run' },
  'POST /v1/runs/{id}/cancel': run('cancel'),
  'GET /v1/runs/{id}/checkpoints': run('checkpoints'),
  'GET /v1/runs/{id}/decisions': run('decisions?verb=fork'),
  'GET /v1/runs/{id}/events': run('events'),
  'POST /v1/runs/{id}/fork': run('fork', { body: {}, headers: key }),
  'GET /v1/runs/{id}/gates': run('gates'),
  'GET /v1/runs/{id}/logs': run('logs'),
  'GET /v1/runs/{id}/metrics': run('metrics'),
  'POST /v1/runs/{id}/pause': run('pause'),
  'GET /v1/runs/{id}/report': run('report'),
  'GET /v1/runs/{id}/series': run('series'),
  'GET /v1/runs/{id}/topology': run('topology'),
  'POST /v1/runs/{id}/resume': run('resume'),
  'POST /v1/runs/{id}/retry': run('retry', { body: {}, headers: key }),
  'GET /v1/webhooks': plain('/v1/webhooks'),
  'POST /v1/webhooks': plain('/v1/webhooks', { body: { url: 'https://hooks.example/' } }),
  'GET /v1/webhooks/{id}': { path: '/v1/webhooks/$', named: 'webhook' },
  'DELETE /v1/webhooks/{id}': { path: '/v1/webhooks/$', named: 'webhook' },
  'GET /v1/webhooks/{id}/deliveries': { path: '/v1/webhooks/$/deliveries', named: 'webhook' },
  'POST /v1/webhooks/{id}/test': { path: '/v1/webhooks/$/test', named: 'webhook' },
  'GET /v1/uploads': plain('/v1/uploads'),
  'POST /v1/uploads': plain('/v1/uploads', {
    body: { sha256: NOBODYS.file, bytes: 1, mediaType: 'a/b' },
  }),
};

/** A world in which the first tenant has one of everything. */
async function fullWorld(): Promise<{ world: ApiWorld; theirs: Readonly<Record<Named, string>> }> {
  const world = apiWorld();
  const { id } = await succeededRun(world);
  const headers = { 'if-none-match': '*' };
  await world.send('PUT', '/v1/presets/mine', { body: { description: 'theirs', config: {} }, headers });
  const { body: hook } = await world.send('POST', '/v1/webhooks', {
    body: { url: 'https://hooks.example/' },
  });
  const { body: found } = await world.send('GET', '/v1/models/toy-memory');
  const { body: corpus } = await world.send('GET', '/v1/corpora/speeches');
  const file = found.files[0].sha256 as string;
  const { body: made } = await world.send('POST', '/v1/keys', { body: { name: 'theirs', role: 'viewer' } });
  return {
    world,
    theirs: {
      run: id,
      model: found.id,
      corpus: corpus.id,
      preset: 'mine',
      file,
      webhook: hook.webhook.id,
      key: made.id,
    },
  };
}

function ask(world: ApiWorld, route: string, as: string, value = ''): Promise<Answer> {
  const { path, sent = {} } = SAMPLES[route] as Sample;
  const [method = ''] = route.split(' ');
  const body = sent.body === undefined ? {} : { raw: JSON.stringify(sent.body).replace('$', value) };
  const { body: _body, ...rest } = sent;
  return world.send(method, path.replace('$', value), { ...rest, ...body, as });
}

interface Operation {
  readonly 'x-forge-role'?: Role;
  readonly deprecated?: boolean;
  readonly description?: string;
  readonly security: readonly object[];
}

const documented = Object.entries(
  openapi.paths as unknown as Record<string, Record<string, Operation>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
  ),
);
const accessTo: Readonly<Record<string, Access>> = Object.fromEntries(
  documented.map(([route, operation]) => [route, operation['x-forge-role'] ?? 'anyone']),
);
const routes = Object.keys(accessTo).sort();
const rank = (role: Role) => ROLES.indexOf(role);

describe('the table of roles', () => {
  it('is what the OpenAPI document says of every route, those of the first version included', () => {
    for (const [route, { deprecated, description = '', security }] of documented) {
      const successor = /^Use (.*)\.$/.exec(description)?.[1];
      const access = accessOf(route, deprecated ? successor : undefined);
      expect([route, access]).toEqual([route, accessTo[route]]);
      expect([route, security.length === 0]).toEqual([route, access === 'anyone']);
    }
  });

  it('has no row for a route that is not there, and each route has a sample here', () => {
    expect(Object.keys(ROUTE_ROLES).filter((route) => !routes.includes(route))).toEqual([]);
    expect(Object.keys(SAMPLES).sort()).toEqual(routes);
  });

  it('refuses a route that has no row', () => {
    expect(() => accessOf('GET /v1/new')).toThrow(/has no row in functions\/api\/roles.ts/);
    expect(() => accessOf('GET toString')).toThrow(RangeError);
  });
});

describe.each(routes)('%s', (route) => {
  const access = accessTo[route];
  const { named } = SAMPLES[route] ?? {};

  it('lets in who has the role, and nobody below it', async () => {
    const { world, theirs } = await fullWorld();
    const value = named && theirs[named];
    const before = world.stored();
    const nobody = await ask(world, route, '', value);
    expect(nobody.status === 401).toBe(access !== 'anyone');
    for (const role of ROLES) {
      const refused = access !== 'anyone' && access !== undefined && rank(role) < rank(access);
      if (!refused) continue;
      const answer = await ask(world, route, role, value);
      expect([role, answer.status, answer.body.code]).toEqual([role, 403, 'role_required']);
      expect(answer.body.detail).toContain(String(access));
    }
    expect(world.stored()).toBe(before);
    for (const role of ROLES.filter((each) => access === 'anyone' || rank(each) >= rank(access as Role))) {
      const { status } = await ask(world, route, role, value);
      expect([role, status === 401 || status === 403 || status >= 500]).toEqual([role, false]);
    }
  });

  it('tells a stranger nothing: what is theirs and what is nobody’s get the same answer', async () => {
    const { world, theirs } = await fullWorld();
    const before = world.stored();
    const value = named && theirs[named];
    const answer = await ask(world, route, 'stranger', value);
    if (!named || !value) {
      for (const known of Object.values(theirs)) expect(answer.text).not.toContain(`"${known}"`);
      return;
    }
    const other = await ask(world, route, 'stranger', NOBODYS[named]);
    const strip = ({ status, headers, text }: Answer, name: string) => {
      const id = headers.get('x-request-id') ?? '';
      return `${status} ${text.replaceAll(name, 'NAME').replaceAll(id, 'ID')}`;
    };
    expect(strip(answer, value)).toBe(strip(other, NOBODYS[named]));
    expect(world.stored()).toBe(before);
  });
});
