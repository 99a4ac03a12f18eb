/** What is wrong is refused with its exact code; nothing is written, and it is never the server's fault. */
import { hashOf, storeFile } from '#test/support/toy-models.ts';
import { toyCorpus } from '#test/support/toy-run.ts';
import { type Answer, type ApiWorld, apiWorld, DOCUMENT, type Sent } from './api-world.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = apiWorld();
  await toyCorpus(world.ports);
});

const merge = (recipe: Record<string, unknown>) => ({ recipes: [recipe] });
/** What is refused about an evolution or a merge before any model is looked at. */
const BAD_MERGES: readonly (readonly [string, string, string, Record<string, unknown>])[] = [
  ['with a population of 0', 'limit_exceeded', '/population', { population: 0 }],
  ['with a population of a million', 'limit_exceeded', '/population', { population: 10 ** 6 }],
  ['with a million generations', 'limit_exceeded', '/generations', { generations: 10 ** 6 }],
  [
    'with weights that cancel out',
    'zero_weight_sum',
    '/recipes/0/weights',
    merge({ method: 'linear', weights: [1, -1, 0] }),
  ],
  [
    'with weights that cancel out where it asks to normalise',
    'zero_weight_sum',
    '/recipes/0/weights',
    merge({ method: 'task_arithmetic', weights: [0, 0, 0], normalize: true }),
  ],
  ['with SLERP of three', 'arity', '/recipes/0/models', merge({ method: 'slerp', models: ['a', 'b', 'c'] })],
  ['with SLERP of nobody', 'arity', '/recipes/0/models', merge({ method: 'slerp' })],
  [
    'with SLERP beyond its end',
    'out_of_range',
    '/recipes/0/t',
    merge({ method: 'slerp', models: ['a', 'b'], t: 1.5 }),
  ],
  [
    'with TIES that keeps nothing',
    'out_of_range',
    '/recipes/0/density',
    merge({ method: 'ties', density: 0 }),
  ],
  [
    'with TIES that keeps more than all',
    'out_of_range',
    '/recipes/0/density',
    merge({ method: 'ties', density: 1.1 }),
  ],
  [
    'with DARE that drops everything',
    'out_of_range',
    '/recipes/0/drop',
    merge({ method: 'dare_linear', drop: 1 }),
  ],
  [
    'with layers in reverse',
    'layer_range',
    '/recipes/0/slices/0/layers',
    merge({ method: 'passthrough', slices: [{ model: 'a', layers: [2, 1] }] }),
  ],
  ['with an unknown merge', 'invalid_value', '/recipes/0/method', merge({ method: 'mean' })],
];

const KEY = { 'idempotency-key': 'key' };

async function refused(method: string, path: string, sent: Sent): Promise<Answer> {
  const before = world.stored();
  const entries = world.ports.store.tables.audit.size;
  const answer = await world.send(method, path, sent);
  expect(world.stored()).toBe(before);
  if ([400, 404, 413, 415, 422, 428].includes(answer.status)) {
    expect(world.ports.store.tables.audit.size).toBe(entries);
  }
  expect(world.ports.workflow.started.size).toBe(0);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    type: `/docs/errors#${answer.body.kind}`,
    title: expect.any(String),
    status: answer.status,
    detail: expect.any(String),
    instance: path.split('?')[0],
    errors: expect.any(Array),
    request_id: answer.headers.get('x-request-id'),
    retryable: expect.any(Boolean),
  });
  expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
  return answer;
}

const submit = (sent: Sent) => refused('POST', '/v1/runs', { ...sent, headers: { ...KEY, ...sent.headers } });
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('a body', () => {
  it.each<[string, number, string, Sent, RegExp]>([
    ['that is not JSON', 400, 'malformed_json', { raw: '{"name": toy}' }, /from byte 9 on/],
    ['that stops early', 400, 'malformed_json', { raw: '{"name": "ä"' }, /from byte 13 on/],
    ['with NaN', 400, 'malformed_json', { raw: '{"seed": NaN}' }, /from byte 9 on/],
    ['that is not UTF-8', 400, 'malformed_json', { raw: Uint8Array.of(0x22, 0xff, 0x22) }, /not UTF-8/],
    [
      'of another type',
      415,
      'unsupported_media_type',
      { raw: 'a: 1', headers: { 'content-type': 'text/yaml' } },
      /application\/json/,
    ],
    [
      'that is an archive',
      415,
      'unsupported_media_type',
      { raw: 'PK', headers: { 'content-type': 'application/zip' } },
      /application\/zip/,
    ],
    ['over 1 MiB', 413, 'body_too_large', { raw: `"${'x'.repeat(1024 * 1024)}"` }, /1048576/],
    [
      'announced as over 1 MiB',
      413,
      'body_too_large',
      { raw: '{}', headers: { 'content-length': '2000000' } },
      /2000000/,
    ],
    ['that is empty', 400, 'body_required', { raw: '' }, /empty/],
    ['deeper than 32', 400, 'too_deep', { raw: nested(33) }, /32/],
    ['deeper than any parser', 400, 'too_deep', { raw: nested(100_000) }, /32/],
  ])('%s: %i %s', async (_what, status, code, sent, detail) => {
    const answer = await submit({ headers: { 'content-type': 'application/json' }, ...sent });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(detail);
  });

  it('of 32 levels is read', async () => {
    const answer = await submit({ raw: nested(32) });
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_type']);
  });
});

describe('a run document', () => {
  const long = 'x'.repeat(65);
  it.each<[string, string, string, Record<string, unknown>]>([
    ['with __proto__', 'unknown_field', '/__proto__', JSON.parse('{"__proto__": {"polluted": true}}')],
    ['with constructor', 'unknown_field', '/constructor', { constructor: {} }],
    ['with a misspelt field', 'unknown_field', '/phasse', { phasse: [1] }],
    [
      'with an unknown setting',
      'unknown_field',
      '/config/cognate/stepz',
      { config: { cognate: { stepz: 1 } } },
    ],
    ['without a name', 'required', '/name', { name: undefined }],
    ['with a name of 65 characters', 'invalid_name', '/name', { name: long }],
    ['with a control character in its name', 'invalid_name', '/name', { name: 'a\u0007b' }],
    ['with a bidi character in its name', 'invalid_name', '/name', { name: 'a\u202eb' }],
    ['with a name that climbs', 'invalid_name', '/name', { name: '../x' }],
    ['without phases', 'out_of_range', '/phases', { phases: [] }],
    ['with phase 0', 'out_of_range', '/phases/0', { phases: [0] }],
    ['with phase 9', 'out_of_range', '/phases/0', { phases: [9] }],
    ['with phase 2.5', 'out_of_range', '/phases/0', { phases: [2.5] }],
    ['with phase "1"', 'out_of_range', '/phases/0', { phases: ['1'] }],
    ['with phases in disorder', 'contract_unsatisfied', '/phases/1', { phases: [3, 1] }],
    ['with a gap', 'contract_unsatisfied', '/phases/1', { phases: [1, 3] }],
    ['with a phase twice', 'duplicate', '/phases/1', { phases: [1, 'cognate'] }],
    ['with seed -1', 'out_of_range', '/seed', { seed: -1 }],
    ['with seed 2^53', 'out_of_range', '/seed', { seed: 2 ** 53 }],
    [
      'with a setting beyond its limit',
      'out_of_range',
      '/config/cognate/steps',
      { config: { cognate: { steps: 10 ** 9 } } },
    ],
    ...BAD_MERGES.map(
      ([what, code, pointer, evomerge]): [string, string, string, Record<string, unknown>] => [
        what,
        code,
        `/config/evomerge${pointer}`,
        { config: { evomerge } },
      ],
    ),
  ])('%s: 422 %s', async (_what, code, pointer, change) => {
    const body = { ...DOCUMENT, ...change };
    // A spread drops __proto__ as a field of its own; JSON does not.
    const raw = JSON.stringify(body).replace(
      /}$/,
      Object.hasOwn(change, '__proto__') ? ',"__proto__":{"a":1}}' : '}',
    );
    const answer = await submit({ raw });
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer, code }));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('with too large a population is told the cap and what it would cost', async () => {
    const { body } = await submit({ body: { ...DOCUMENT, config: { evomerge: { population: 10 ** 6 } } } });
    expect(body.errors[0].message).toBe(
      'expected a whole number from 1 to 512; 1000000 would cost 1000000 evaluations per generation',
    );
  });

  it('with seed 1e400: 422 out_of_range', async () => {
    const raw = JSON.stringify({ ...DOCUMENT, seed: 'SEED' }).replace('"SEED"', '1e400');
    const answer = await submit({ raw });
    expect([answer.status, answer.body.code]).toEqual([422, 'out_of_range']);
  });

  it('with a misspelt field is told the field that was meant', async () => {
    const { body } = await submit({ body: { ...DOCUMENT, phasse: [1] } });
    expect(body.errors[0]).toMatchObject({
      suggestion: 'phases',
      message: expect.stringContaining('did you mean phases'),
    });
  });

  it('with several faults is told all of them at once', async () => {
    const { body } = await submit({ body: { ...DOCUMENT, name: '', seed: -1, phasse: 1 } });
    expect(body.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
      '/name',
      '/phasse',
      '/seed',
    ]);
  });

  it.each([
    [404, 'not_found', { input: { corpus: 'nobody' } }],
    [404, 'not_found', { input: { model: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, phases: [2] }],
    [404, 'not_found', { preset: 'nobody' }],
    [422, 'invalid_reference', { input: { model: 'a@B' }, phases: [2] }],
  ])('that refers to what is not there: %i %s', async (status, code, change) => {
    const answer = await submit({ body: { ...DOCUMENT, ...change } });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is refused for a plan by the same problem as for a submission', async () => {
    const body = { ...DOCUMENT, phases: [3, 1] };
    const asRun = await submit({ body });
    const asPlan = await refused('POST', '/v1/plan', { body });
    expect([asPlan.status, asPlan.body.errors]).toEqual([asRun.status, asRun.body.errors]);
  });
});

describe('an Idempotency-Key', () => {
  it.each<[string, string, Record<string, string>]>([
    ['that is absent', 'idempotency_key_required', {}],
    ['of 300 characters', 'invalid_idempotency_key', { 'idempotency-key': 'x'.repeat(300) }],
    ['with a blank', 'invalid_idempotency_key', { 'idempotency-key': 'a b' }],
    ['that is not ASCII', 'invalid_idempotency_key', { 'idempotency-key': 'ä' }],
  ])('%s: 400 %s', async (_what, code, headers) => {
    const answer = await refused('POST', '/v1/runs', { body: DOCUMENT, headers });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });

  it('that comes with another document: 422 idempotency_key_reused', async () => {
    await world.send('POST', '/v1/runs', { body: DOCUMENT, headers: KEY });
    const before = world.stored();
    const answer = await world.send('POST', '/v1/runs', { body: { ...DOCUMENT, seed: 2 }, headers: KEY });
    expect([answer.status, answer.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(world.stored()).toBe(before);
  });
});

describe('a query', () => {
  it.each(['0', '1e9', '1000000000', 'abc', '-1', '1.5', '', '201', ' 5', '0x10'])(
    'with limit=%s: 400 invalid_limit on every list',
    async (limit) => {
      for (const list of ['runs', 'models', 'corpora']) {
        const answer = await refused('GET', `/v1/${list}?limit=${encodeURIComponent(limit)}`, {});
        expect([answer.status, answer.body.code]).toEqual([400, 'invalid_limit']);
      }
    },
  );

  it.each(['x', '', 'AAAA', Buffer.from('01ARZ3NDEKTSV4RRFFQ69G5FAV.').toString('base64url')])(
    'with cursor=%s: 400 invalid_cursor on every list',
    async (cursor) => {
      for (const list of ['runs', 'models', 'corpora']) {
        const answer = await refused('GET', `/v1/${list}?cursor=${cursor}`, {});
        expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor']);
      }
    },
  );

  it.each(['/v1/runs?status=done', '/v1/models?phase=1', '/v1/models?status=x', '/v1/phases/cognat'])(
    'with a word that is none: 400 invalid_query for %s',
    async (path) => {
      const answer = await refused('GET', path, {});
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_query']);
    },
  );
});

describe('an address', () => {
  it.each([
    '/v1/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '/v1/runs/x/events',
    '/v1/runs/x/metrics',
    '/v1/runs/x/report',
    '/v1/runs/x/logs',
    '/v1/models/01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '/v1/models/%zz',
    '/v1/models/x/lineage',
    '/v1/corpora/x',
    '/v1/presets/x',
    `/v1/artifacts/${hashOf('nothing')}`,
    '/v1/nothing',
    '/',
  ])('that leads nowhere: 404 for GET %s', async (path) => {
    const answer = await refused('GET', path, {});
    expect([answer.status, answer.body.kind]).toEqual([404, 'not_found']);
  });

  it.each(['%2e%2e%2fsecret', '%252e%252e', 'a%5Cb', '%00', 'CON', 'ABCD'.repeat(16)])(
    'of an artifact that is no hash: 400 invalid_key for %s',
    async (key) => {
      const answer = await refused('GET', `/v1/artifacts/${key}`, {});
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_key']);
    },
  );

  it('takes no model files as a body: they are uploaded, then named by their hashes', async () => {
    for (const method of ['PUT', 'PATCH']) {
      const answer = await refused(method, '/v1/models', { raw: '\u0080\u0002}q\u0000.' });
      expect([answer.status, answer.body.code]).toEqual([404, 'no_such_route']);
    }
    const answer = await refused('POST', '/v1/models', { raw: '\u0080\u0002}q\u0000.' });
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed_json']);
  });
});

describe('a corpus', () => {
  const register = (text: string) => {
    const { sha256 } = storeFile(world.ports.store, 'x', text);
    return refused('POST', '/v1/corpora', { body: { name: 'more', sha256 } });
  };

  it.each([
    ['a pickle', '\u0080\u0004K*.', 'malformed_line'],
    ['nothing', '', 'empty_corpus'],
    ['lines that are not JSON', 'text\n', 'malformed_line'],
    ['lines that are no documents', '{"id": 1, "text": "x"}\n', 'malformed_line'],
  ])('that is %s is not registered', async (_what, text, code) => {
    const answer = await register(text);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  it('that nobody uploaded: 404', async () => {
    const answer = await refused('POST', '/v1/corpora', {
      body: { name: 'more', sha256: hashOf('nothing') },
    });
    expect(answer.status).toBe(404);
  });

  it.each([
    [{ sha256: 'x', bytes: 1, mediaType: 'a/b' }, 'invalid_format'],
    [{ sha256: hashOf('x'), bytes: 0, mediaType: 'a/b' }, 'out_of_range'],
    [{ sha256: hashOf('x'), bytes: 10 ** 15, mediaType: 'a/b' }, 'out_of_range'],
    [{ sha256: hashOf('x'), bytes: 1, mediaType: 'a b' }, 'invalid_format'],
    [{ sha256: hashOf('x'), bytes: 1, mediaType: 'a/b', key: '../x' }, 'unknown_field'],
  ])('of an upload that cannot be: 422 for %j', async (body, code) => {
    const answer = await refused('POST', '/v1/uploads', { body });
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });
});

describe('a preset', () => {
  it.each([
    ['..%2Fx', { description: '', config: {} }, 'invalid_name'],
    ['mine', { description: '', config: { cognate: { stepz: 1 } } }, 'unknown_field'],
    ['mine', { description: '', config: { cognate: { steps: 0 } } }, 'out_of_range'],
    ['mine', { description: 'x'.repeat(501), config: {} }, 'out_of_range'],
    ['mine', { config: {}, builtIn: true }, 'unknown_field'],
  ])('%s %j is not saved: 422 %s', async (name, body, code) => {
    const answer = await refused('PUT', `/v1/presets/${name}`, { body, headers: { 'if-none-match': '*' } });
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });
});
