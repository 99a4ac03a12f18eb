/** The real local server in a temporary home, asked over HTTP as any client would. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PHASE_SLUGS } from '#contracts/source/phase-slugs.ts';
import type { Run } from '#core/domain/run.ts';
import { type RunningServer, startServer } from '#local/server.ts';

const CORPUS = '{"id":"one","text":"Fellow citizens"}\n{"id":"two","text":"of the Senate"}\n';

export const EIGHT_PHASES = {
  apiVersion: 'forge/v1',
  name: 'bench',
  phases: [...PHASE_SLUGS],
  preset: 'test',
  input: { corpus: 'speeches' },
};

export interface BenchServer {
  readonly server: RunningServer;
  readonly token: string;
  /** Throws for every answer that is not a success. */
  ask<Body>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Body>;
  addCorpus(): Promise<void>;
}

export async function startBenchServer(root: string, folder: string): Promise<BenchServer> {
  // As in the server's own process: functions log what went wrong and nothing else.
  process.env.POWERTOOLS_LOG_LEVEL ??= 'ERROR';
  process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
  // Jobs are no processes here; what is named only has to be a program.
  const environment = { ...process.env, FORGE_JOB_PYTHON: process.execPath };
  const home = join(folder, 'home');
  const server = await startServer({ root, home, port: 0, environment });
  const token = readFileSync(join(home, 'token'), 'utf8').trim();
  const ask: BenchServer['ask'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
  return { server, token, ask, addCorpus: () => addCorpus(ask) };
}

/** As the command line does it: offer, upload, registration. */
async function addCorpus(ask: BenchServer['ask']): Promise<void> {
  const sha256 = createHash('sha256').update(CORPUS).digest('hex');
  const facts = { sha256, bytes: Buffer.byteLength(CORPUS), mediaType: 'application/x-ndjson' };
  const offer = await ask<{ url: string; headers: Record<string, string> }>('POST', '/v1/uploads', facts);
  const put = await fetch(offer.url, { method: 'PUT', headers: offer.headers, body: CORPUS });
  if (!put.ok) throw new Error(`The upload was refused: ${await put.text()}`);
  await ask('POST', '/v1/corpora', { name: 'speeches', sha256, licence: 'public domain' });
}

/** Submits eight phases and waits for the end of their execution; throws unless every phase succeeded. */
export async function runEightPhases({ server, ask }: BenchServer, key: string): Promise<Run> {
  const submitted = await ask<Run>('POST', '/v1/runs', EIGHT_PHASES, { 'idempotency-key': key });
  await server.cloud.engine.waitFor(submitted.executions.at(-1) ?? '');
  const run = await ask<Run>('GET', `/v1/runs/${submitted.id}`);
  if (run.status === 'succeeded' && run.phases.every((phase) => phase.status === 'succeeded')) return run;
  throw new Error(`Run ${run.id} is ${run.status}: ${JSON.stringify(run.error)}`);
}
