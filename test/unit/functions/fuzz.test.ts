/** Whatever is sent, the API answers, and never with a fault of its own. */
import fc from 'fast-check';
import { hashOf } from '#test/support/toy-models.ts';
import { startedRun } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld, DOCUMENT } from './api-world.ts';

const SEED = 20260301;
let world: ApiWorld;
let run: string;

beforeAll(async () => {
  world = apiWorld({ streamSeconds: 0 });
  run = (await startedRun(world.ports)).id;
});

const word = fc.oneof(
  fc.constantFrom(
    'demo',
    'mine',
    'cognate',
    'speeches',
    'toy@1',
    'x@latest',
    '..',
    '%00',
    hashOf('x'),
    '__proto__',
  ),
  fc.string({ maxLength: 40 }).map(encodeURIComponent),
);
const id = fc.oneof(fc.constant('RUN'), word);
/** Mostly routes that are there, so that what is behind them is reached. */
const ROUTES = [
  ['POST', 'runs'],
  ['POST', 'plan'],
  ['POST', 'uploads'],
  ['POST', 'corpora'],
  ['PUT', 'presets', 'ID'],
  ['DELETE', 'presets', 'ID'],
  ['GET', 'runs'],
  ['GET', 'runs', 'ID'],
  ['GET', 'runs', 'ID', 'events'],
  ['GET', 'runs', 'ID', 'logs'],
  ['GET', 'runs', 'ID', 'report'],
  ['POST', 'runs', 'ID', 'cancel'],
  ['GET', 'models'],
  ['GET', 'models', 'ID', 'lineage'],
  ['POST', 'models', 'ID', 'verify'],
  ['DELETE', 'models', 'ID'],
  ['POST', 'models'],
  ['POST', 'models', 'ID', 'archive'],
  ['GET', 'models', 'ID', 'metadata'],
  ['POST', 'gc'],
  ['GET', 'artifacts', 'ID'],
  ['GET', 'phases', 'ID'],
  ['PATCH', 'runs', 'ID'],
  ['OPTIONS', 'ID'],
] as const;
const target = fc.tuple(fc.constantFrom(...ROUTES), id).map(([[verb, ...parts], word]) => ({
  verb,
  path: parts.map((part) => (part === 'ID' ? word : part)).join('/'),
}));
const query = fc.dictionary(
  fc.constantFrom('limit', 'cursor', 'after', 'phase', 'status', 'stage', 'index', 'tail', 'name', 'parent'),
  fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('1', '0', 'cognate', 'running')),
  { maxKeys: 3 },
);
const headers = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain'),
    'idempotency-key': fc.stringMatching(/^[!-~]{1,20}$/),
    'if-match': fc.constantFrom('"1"', '"2"', '*', 'x'),
    'if-none-match': fc.constantFrom('*', '"1"'),
    'last-event-id': fc.constantFrom('0', '99999999', 'x'),
    accept: fc.constantFrom('text/event-stream', 'text/markdown', 'application/json', '*/*'),
  },
  { requiredKeys: [] },
);
/** Documents that are nearly right: a field replaced, added or left out. */
const nearly = fc
  .tuple(
    fc.constantFrom(...Object.keys(DOCUMENT), 'seed', 'config', 'gates', 'labels', 'sha256'),
    fc.jsonValue(),
  )
  .map(([field, value]) => JSON.stringify({ ...DOCUMENT, [field]: value }));
const body = fc.oneof(
  nearly,
  fc.constant(JSON.stringify(DOCUMENT)),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 100 }),
  fc.uint8Array({ maxLength: 100 }),
);

describe('the API', () => {
  it('answers 500 generated requests without a server error, each refusal as a problem', async () => {
    const seen = new Set<number>();
    const request = fc.tuple(target, query, headers, body);
    await fc.assert(
      fc.asyncProperty(request, async ([{ verb, path }, search, sent, content]) => {
        const answer = await world.send(
          verb,
          `/v1/${path.replace('RUN', run)}?${new URLSearchParams(search)}`,
          {
            headers: sent,
            ...(verb === 'GET' ? {} : { raw: content }),
          },
        );
        seen.add(answer.status);
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400)
          expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String) });
      }),
      { numRuns: 500, seed: SEED },
    );
    // The generator reaches what it is meant to reach.
    for (const status of [200, 400, 404, 415, 422]) expect(seen).toContain(status);
  });
});
