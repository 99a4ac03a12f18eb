/**
 * Requests made from the OpenAPI document itself, for every operation, over the embedded stores.
 * FORGE_FUZZ_REQUESTS=20000 is the long form; the default keeps the suite short.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { localPorts } from '#adapters/local/ports.ts';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import { urlSigner } from '#adapters/local/url-signer.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import type { Ports } from '#core/ports/ports.ts';
import { type Components, type JsonSchema, near } from '#test/support/schema-arbitrary.ts';
import { type ApiWorld, apiWorld, DOCUMENT } from './api-world.ts';

const REQUESTS = Number(process.env.FORGE_FUZZ_REQUESTS ?? 1500);
const SEED = Number(process.env.FORGE_FUZZ_SEED ?? 20261123);
const PER_REQUEST_MS = 60;

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

interface Target {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const home = mkdtempSync(join(tmpdir(), 'forge-fuzz-'));
let world: ApiWorld;
let targets: readonly Target[];
let components: Components;

beforeAll(async () => {
  const signer = urlSigner(
    () => 'http://localhost',
    'secret',
    () => new Date(),
  );
  const workflow = { startPipeline: async () => {}, stop: async () => {}, describe: async () => null };
  const database = openDatabase(join(home, 'cloud.db'));
  const ports = localPorts({ database, bucket: join(home, 'bucket'), signer, workflow });
  world = apiWorld({ streamSeconds: 0 }, ports);
  await fill(ports);
  const { body: document } = await world.send('GET', '/v1/openapi.json');
  components = document.components.schemas;
  targets = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
  );
});

/** A corpus, a run and a preset, so that generated references find something. */
async function fill(ports: Ports): Promise<void> {
  const bytes = new TextEncoder().encode('{"id":"one","text":"A text."}\n');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await ports.blobWriter.write(contentKey('default', sha256), bytes, 'application/x-ndjson');
  await world.send('POST', '/v1/corpora', { body: { name: 'speeches', sha256, licence: 'CC0-1.0' } });
  const made = await world.send('POST', '/v1/runs', {
    body: DOCUMENT,
    headers: { 'idempotency-key': 'first' },
  });
  KNOWN.push(made.body.id, sha256);
  const preset = { description: 'mine', config: { cognate: { steps: 10 } } };
  await world.send('PUT', '/v1/presets/mine', { body: preset, headers: { 'if-none-match': '*' } });
}

afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Names that lead somewhere now and then, beside whatever a client may think of. */
const KNOWN: string[] = [
  'demo',
  'mine',
  'speeches',
  'cognate',
  'x@1',
  '01M84HFZ794RHNAYFGGTN0GNPR',
  '..',
  '%00',
];

function textFor(schema: JsonSchema): fc.Arbitrary<string> {
  return fc.oneof(
    near(schema, components).map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
    fc.constantFrom(...KNOWN),
    fc.string(),
  );
}

function requestOf({ method, path, operation }: Target) {
  const parameters = operation.parameters ?? [];
  const place = (where: string) =>
    fc.record(
      Object.fromEntries(
        parameters.filter((each) => each.in === where).map((each) => [each.name, textFor(each.schema)]),
      ),
      { requiredKeys: where === 'path' ? undefined : [] } as object,
    );
  const schema = operation.requestBody?.content['application/json']?.schema;
  const body = schema
    ? near(schema, components).map((value) => JSON.stringify(value) ?? 'null')
    : fc.constant(undefined);
  return fc.record({
    method: fc.constant(method),
    path: fc.constant(path),
    inPath: place('path'),
    query: place('query'),
    headers: place('header'),
    body,
  });
}

/** Header values that an HTTP client can send at all. */
function sendable(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const fit = Object.entries(headers).filter(
    ([, value]) => value !== undefined && /^[\x20-\x7e]*$/.test(value),
  );
  return Object.fromEntries(fit) as Record<string, string>;
}

describe('every operation of the OpenAPI document', () => {
  it(
    `answers generated requests without a server error (${REQUESTS} requests)`,
    async () => {
      const statuses = new Map<string, Set<number>>();
      const request = fc.oneof(...targets.map(requestOf));
      const check = async (
        sent: ReturnType<typeof requestOf> extends fc.Arbitrary<infer Sent> ? Sent : never,
      ) => {
        const filled = sent.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent((sent.inPath as Record<string, string>)[name] ?? 'x'),
        );
        const search = new URLSearchParams(sendable(sent.query as Record<string, string>));
        const answer = await world.send(sent.method, `${filled}?${search}`, {
          headers: sendable(sent.headers as Record<string, string>),
          ...(sent.body === undefined ? {} : { raw: sent.body }),
        });
        const key = `${sent.method} ${sent.path}`;
        statuses.set(key, (statuses.get(key) ?? new Set()).add(answer.status));
        expect({ key, status: answer.status, fault: answer.status >= 500, text: answer.text }).toMatchObject({
          fault: false,
        });
      };
      await fc.assert(fc.asyncProperty(request, check), {
        numRuns: REQUESTS,
        seed: SEED,
        endOnFailure: true,
      });
      // The generator reached every operation, and got through to what stands behind the checks.
      expect([...statuses.values()].filter((seen) => seen.has(200) || seen.has(201)).length).toBeGreaterThan(
        8,
      );
      expect([...statuses.keys()].sort()).toEqual(
        targets.map(({ method, path }) => `${method} ${path}`).sort(),
      );
    },
    60_000 + REQUESTS * PER_REQUEST_MS,
  );
});
