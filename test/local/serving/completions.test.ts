/**
 * @jest-environment ./test/support/host-typed-arrays.cjs
 *
 * The inference endpoint over a real graph: text, streams, limits, refusals.
 */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { onnxRuntime } from '#adapters/onnx/onnx-runtime.ts';
import { type ServedModel, servedModel } from '#core/application/serving/served-model.ts';
import { byteLevelBpe, type Tokenizer } from '#core/domain/inference/byte-level-bpe.ts';
import { emptyState } from '#core/domain/inference/graph-state.ts';
import type { GraphSession } from '#core/ports/graph-runtime.ts';
import { completionsApp } from '#local/inference/completions.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';
import { until } from '#test/support/server-process.ts';

const GOLDEN = join(PROJECT, 'test/golden/onnx-toy');
const PROMPT = 'The state of the Union';

let session: GraphSession;
let tokenizer: Tokenizer;
let served: ServedModel;
let server: Server;
let url = '';

beforeAll(async () => {
  session = await onnxRuntime({ from: __filename }).open(GOLDEN);
  tokenizer = byteLevelBpe(readFileSync(join(GOLDEN, 'tokenizer.json'), 'utf8'));
  served = servedModel(session, tokenizer, { active: 2, waiting: 2, now: () => performance.now() });
  const options = { now: () => new Date(), onFault: () => undefined };
  const app = completionsApp(
    served,
    { model: 'toy@1', weightsHash: 'a'.repeat(64), agreement: null },
    options,
  );
  server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await session.close();
});

const ask = (body: unknown, init: RequestInit = {}) =>
  fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });

interface Completion {
  readonly choices: readonly { readonly text: string; readonly finish_reason: string | null }[];
  readonly usage: { readonly completion_tokens: number; readonly prompt_tokens: number };
  readonly timings: { readonly totalMs: number; readonly firstTokenMs: number };
}
const complete = async (body: object) => (await (await ask(body)).json()) as Completion;

/** Greedy words by the graph alone, the whole text anew for every token: no state, no queue, no batch. */
async function plainly(prompt: string, count: number): Promise<string> {
  const ids = tokenizer.encode(prompt);
  const said: number[] = [];
  while (said.length < count) {
    const { logits } = await session.step([[...ids, ...said]], emptyState(session.graph, 1));
    const last = logits.slice(-session.graph.model.vocabRows);
    for (const id of tokenizer.silent) if (id !== tokenizer.endOfText) last[id] = Number.NEGATIVE_INFINITY;
    const best = last.indexOf(Math.max(...last));
    if (best === tokenizer.endOfText) break;
    said.push(best);
  }
  return tokenizer.decode(said);
}

it('says greedily what the graph says to the whole text, for questions asked alone and together', async () => {
  const prompts = [PROMPT, 'Fellow citizens of the Senate. '.repeat(12)];
  const expected = await Promise.all(prompts.map((prompt) => plainly(prompt, 12)));
  const body = (prompt: string) => ({ prompt, max_tokens: 12, temperature: 0 });
  expect((await complete(body(PROMPT))).choices[0]?.text).toBe(expected[0]);
  const together = await Promise.all(prompts.map((prompt) => complete(body(prompt))));
  expect(together.map(({ choices }) => choices[0]?.text)).toEqual(expected);
  const [first] = together;
  expect(first?.usage).toEqual({
    prompt_tokens: tokenizer.encode(PROMPT).length,
    completion_tokens: 12,
    total_tokens: tokenizer.encode(PROMPT).length + 12,
  });
});

it('says the same for one seed and other things for other seeds', async () => {
  const of = async (seed: number) =>
    (await complete({ prompt: PROMPT, max_tokens: 16, temperature: 1, top_p: 0.9, seed })).choices[0]?.text;
  expect(await of(5)).toBe(await of(5));
  expect(new Set([await of(5), await of(6), await of(7)]).size).toBeGreaterThan(1);
});

it('streams the pieces of the very text that it gives as a whole', async () => {
  const body = { prompt: PROMPT, max_tokens: 20, temperature: 1, seed: 3 };
  const whole = await complete(body);
  const answer = await ask({ ...body, stream: true });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const events = (await answer.text())
    .split('\n\n')
    .filter(Boolean)
    .map((event) => event.replace('data: ', ''));
  expect(events.pop()).toBe('[DONE]');
  const parts = events.map((event) => JSON.parse(event) as Completion);
  expect(parts.map(({ choices }) => choices[0]?.text).join('')).toBe(whole.choices[0]?.text);
  const last = parts.at(-1);
  expect([last?.usage, last?.choices[0]?.finish_reason]).toEqual([
    whole.usage,
    whole.choices[0]?.finish_reason,
  ]);
});

it('stops for whoever has gone, and lets the next one in', async () => {
  const gone = new AbortController();
  const answer = await ask({ prompt: PROMPT, max_tokens: 1024, stream: true }, { signal: gone.signal });
  await answer.body?.getReader().read();
  gone.abort();
  await until('an endpoint at rest', 60, () => served.scheduler.load.active === 0);
  const { records } = (await (await fetch(`${url}/v1/latency`)).json()) as { records: { tokens: number }[] };
  expect(Math.max(...records.map(({ tokens }) => tokens))).toBeLessThan(1024);
});

it('takes as many as it has places for, refuses more with 429, and answers all that it took', async () => {
  const body = { prompt: PROMPT, max_tokens: 200, temperature: 0 };
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(body)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(4);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get('retry-after')).toBe('1');
  expect(await refused?.json()).toMatchObject({ code: 'queue_full' });
  expect(statuses.filter((status) => status === 429)).toHaveLength(8);
});

it.each([
  ['{', 400, 'malformed_json'],
  [{ prompt: 'a', max_tokens: 0 }, 422, 'out_of_range'],
  [{ prompt: 'a', temperature: -1 }, 422, 'out_of_range'],
  [{ prompt: 'a', top_p: 0 }, 422, 'out_of_range'],
  [{ prompt: 'a', stopp: 'x' }, 422, 'unknown_field'],
  [{ max_tokens: 3 }, 422, 'out_of_range'],
  [{ prompt: '' }, 422, 'prompt_empty'],
  [{ prompt: 'a b '.repeat(8000) }, 422, 'prompt_too_long'],
  [{ prompt: 'a'.repeat(70_000) }, 422, 'prompt_too_long'],
  [{ prompt: 'a'.repeat(70_000), stream: true }, 422, 'prompt_too_long'],
  [{ prompt: 'a'.repeat(2 ** 20) }, 413, 'body_too_large'],
])('refuses %j with %i %s', async (body, status, code) => {
  const answer = await ask(body);
  expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })]);
});

it('answers to its own name only', async () => {
  const { port } = server.address() as AddressInfo;
  const { request } = await import('node:http');
  const status = await new Promise((done) => {
    const asked = request(
      { port, host: '127.0.0.1', path: '/health', headers: { host: 'evil.test' } },
      (answer) => {
        answer.resume();
        done(answer.statusCode);
      },
    );
    asked.end();
  });
  expect(status).toBe(421);
  const health = await (await fetch(`${url}/health`)).json();
  expect(health).toMatchObject({
    status: 'ok',
    model: 'toy@1',
    active: 0,
    runtime: expect.stringContaining('onnxruntime-node'),
  });
});
