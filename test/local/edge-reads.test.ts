/** The reads at the edge, bundled and run in an isolate that has the web's globals and nothing of Node. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import vm from 'node:vm';
import { build } from 'esbuild';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { PROJECT } from '#test/support/fixture-tree.ts';

const POOL = { region: 'eu-west-1', userPoolId: 'eu-west-1_pool', clientIds: ['web'] };
const ISSUER = `https://cognito-idp.${POOL.region}.amazonaws.com/${POOL.userPoolId}`;
/** What a fetch-only runtime offers; neither `require`, `process` nor `Buffer`. */
const WEB = {
  Request,
  Response,
  Headers,
  URL,
  URLSearchParams,
  TextEncoder,
  TextDecoder,
  AbortSignal,
  AbortController,
  ReadableStream,
  crypto: globalThis.crypto,
  CryptoKey: (globalThis as Record<string, unknown>).CryptoKey,
  atob,
  btoa,
  setTimeout,
  clearTimeout,
  structuredClone,
};

interface Edge {
  fetch(request: Request, environment: Record<string, string>): Promise<Response>;
}
interface Seen {
  readonly url: string;
  readonly ifNoneMatch: string | undefined;
}

let origin: Server;
let address = '';
let seen: Seen[] = [];
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let bundle = '';

/** As the API answers: with an ETag where there is a version, by tenant, and 404 for what is not there. */
beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  origin = createServer(({ url = '', headers }, answer) => {
    seen.push({ url, ifNoneMatch: headers['if-none-match'] });
    if (url.startsWith('/v1/runs/none')) return answer.writeHead(404, { 'x-request-id': '1' }).end('{}');
    if (headers['if-none-match'] === '"1"') return answer.writeHead(304, { etag: '"1"' }).end();
    answer.writeHead(200, { etag: '"1"', 'content-type': 'application/json', 'x-request-id': 'first' });
    answer.end(JSON.stringify({ url, authorization: headers.authorization ?? null }));
  });
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const built = await build({
    entryPoints: ['functions/edge-reads/handler.ts'],
    absWorkingDir: PROJECT,
    bundle: true,
    write: false,
    platform: 'browser',
    conditions: ['worker', 'browser'],
    format: 'iife',
    globalName: 'edge',
    logLevel: 'silent',
  });
  bundle = built.outputFiles[0]?.text ?? '';
});
afterAll(async () => {
  origin.closeAllConnections();
  await new Promise((done) => origin.close(done));
});
beforeEach(() => {
  seen = [];
});

/** A fresh isolate; the provider's keys are the only other thing that it can fetch. */
async function isolate(clock = { now: Date.now() }): Promise<Edge> {
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256' }] });
  class IsolateDate extends Date {
    constructor(...given: [] | [number | string]) {
      super(...((given.length ? given : [clock.now]) as [number]));
    }
  }
  const context = vm.createContext({
    ...WEB,
    Date: IsolateDate,
    fetch: async (input: string | URL | Request, init?: RequestInit) =>
      String(input instanceof Request ? input.url : input).startsWith(ISSUER)
        ? new Response(jwks)
        : fetch(input, init),
  });
  vm.runInContext(bundle, context);
  return vm.runInContext('edge.default', context) as Edge;
}

const token = (group = 'tenant:acme:viewer', lifetime = '10m') =>
  new SignJWT({ client_id: 'web', token_use: 'access', 'cognito:groups': [group] })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setSubject('somebody')
    .setIssuer(ISSUER)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(keys.privateKey);

const environment = () => ({
  FORGE_ORIGIN: address,
  FORGE_IDENTITY: JSON.stringify({ cognito: POOL, callers: [] }),
});

async function read(
  edge: Edge,
  path: string,
  init: { headers?: Record<string, string>; method?: string } = {},
) {
  return edge.fetch(new Request(`https://edge.test${path}`, init), environment());
}

it('needs nothing of Node', () => {
  expect(bundle).not.toMatch(/["']node:|\brequire\(["']/);
  expect(readFileSync(`${PROJECT}/dist/edge/edge-reads.mjs`, 'utf8')).not.toMatch(/["']node:/);
});

it('asks the API once, keeps what it said, and asks again whether it still holds', async () => {
  const clock = { now: Date.now() };
  const edge = await isolate(clock);
  const headers = { authorization: `Bearer ${await token()}` };
  const first = await read(edge, '/v1/runs/one', { headers });
  expect([first.status, first.headers.get('x-edge'), first.headers.get('x-request-id')]).toEqual([
    200,
    'miss',
    null,
  ]);
  expect(await first.json()).toEqual({ url: '/v1/runs/one', authorization: headers.authorization });
  expect((await read(edge, '/v1/runs/one', { headers })).headers.get('x-edge')).toBe('hit');
  clock.now += 1500;
  const later = await read(edge, '/v1/runs/one', { headers });
  expect([later.status, later.headers.get('x-edge')]).toEqual([200, 'revalidated']);
  const known = await read(edge, '/v1/runs/one', { headers: { ...headers, 'if-none-match': '"1"' } });
  expect([known.status, await known.text()]).toEqual([304, '']);
  expect(seen).toEqual([
    { url: '/v1/runs/one', ifNoneMatch: undefined },
    { url: '/v1/runs/one', ifNoneMatch: '"1"' },
  ]);
});

it.each([
  ['no token', async () => ({}), 'missing_token'],
  ['a token of nobody', async () => ({ authorization: 'Bearer a.b.c' }), 'invalid_token'],
  [
    'an expired one',
    async () => ({ authorization: `Bearer ${await token(undefined, '-10m')}` }),
    'expired_token',
  ],
])('refuses %s before the API hears of it', async (_, headers, code) => {
  const answer = await read(await isolate(), '/v1/runs', {
    headers: (await headers()) as Record<string, string>,
  });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, code]);
  expect(answer.headers.get('www-authenticate')).toContain(code);
  expect(seen).toEqual([]);
});

it('shares answers within a tenant and a role, and never beyond', async () => {
  const edge = await isolate();
  const ask = async (group: string) =>
    (
      await read(edge, '/v1/models?limit=5', { headers: { authorization: `Bearer ${await token(group)}` } })
    ).headers.get('x-edge');
  expect(await ask('tenant:acme:viewer')).toBe('miss');
  expect(await ask('tenant:acme:viewer')).toBe('hit');
  expect(await ask('tenant:acme:admin')).toBe('miss');
  expect(await ask('tenant:rival:viewer')).toBe('miss');
});

it('keeps no refusal, opens what the API leaves open, and only reads', async () => {
  const edge = await isolate();
  const headers = { authorization: `Bearer ${await token()}` };
  for (const _ of [1, 2]) expect((await read(edge, '/v1/runs/none', { headers })).status).toBe(404);
  expect(seen).toHaveLength(2);
  expect((await read(edge, '/v1/health')).status).toBe(200);
  const written = await read(edge, '/v1/runs', { method: 'POST', headers });
  expect([written.status, ((await written.json()) as { code: string }).code]).toEqual([404, 'reads_only']);
});

it('says that the API cannot be reached', async () => {
  const edge = await isolate();
  const lost = { ...environment(), FORGE_ORIGIN: 'http://127.0.0.1:1' };
  const headers = { authorization: `Bearer ${await token()}` };
  const answer = await edge.fetch(new Request('https://edge.test/v1/runs', { headers }), lost);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
});
