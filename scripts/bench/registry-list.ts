/** The first page of the registry, over HTTP, when it holds a hundred models or runs and when it holds many more. */
import { join } from 'node:path';
import { PHASE_SLUGS } from '#contracts/source/phase-slugs.ts';
import { runDocument } from '#contracts/source/run-document.ts';
import { makeUlid } from '#core/domain/ids.ts';
import type { Model } from '#core/domain/model.ts';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import { newRun, type Run } from '#core/domain/run.ts';
import type { Change } from '#core/ports/registry-writer.ts';
import { type BenchServer, EIGHT_PHASES, startBenchServer } from './bench-server.ts';
import { type LoadProcess, startLoadProcess } from './load-process.ts';
import { type Bench, type BenchContext, type Figure, quantile, type Target } from './record.ts';

const FEW = 100;
const PER_COMMIT = 1000;
const FLOOR: Target = { of: 'value', op: '<=', bound: 100 };
const AIM: Target = { of: 'ratio', op: '<=', bound: 1.2 };

const HASH = 'ab'.repeat(32);
const SIZE = { parameters: 1000, bytes: 16, layers: 2, hiddenSize: 32, thoughtTokens: 0, toolLayers: 0 };

function modelOf(number: number): Model {
  const at = new Date(Date.UTC(2026, 0, 1) + number * 1000);
  const entropy = new Uint8Array(10).fill(number % 251);
  const path = 'model.safetensors';
  return {
    schemaVersion: 1,
    tenant: LOCAL_PRINCIPAL.tenant,
    id: makeUlid(at, entropy),
    name: `model-${number}`,
    version: 1,
    runId: null,
    phase: null,
    role: 'variant',
    status: 'active',
    files: [{ path, uri: `file:///none/${HASH}`, sha256: HASH, bytes: 16 }],
    architecture: { type: 'tiny-titan', ...SIZE, quantised: false, bits: 32, toolTypes: [] },
    properties: {
      schemaVersion: 1,
      architectureHash: HASH,
      tokenizerHash: HASH,
      weightsHash: HASH,
      baseHash: null,
      ...SIZE,
      tensors: 12,
      vocabRows: 512,
      tokenizerSize: 512,
      reservedRows: 32,
      tied: true,
      finite: true,
      zeroMatrices: [],
      ternary: 'none',
      toolTypes: [],
      parents: 0,
      relativeTaskVector: null,
    },
    parents: [],
    lifecycle: [],
    createdAt: at.toISOString(),
    updatedAt: at.toISOString(),
    recordVersion: 1,
  };
}

function runOf(number: number): Run {
  const at = new Date(Date.UTC(2026, 0, 1) + number * 1000);
  const id = makeUlid(at, new Uint8Array(10).fill(number % 251));
  const document = runDocument.parse(EIGHT_PHASES);
  const phases = PHASE_SLUGS.map((slug) => slug);
  const empty = { config: {}, gates: {}, threads: {}, models: [], corpus: null };
  const resolved = { name: document.name, phases, seed: 1, ...empty };
  return newRun({ tenant: LOCAL_PRINCIPAL.tenant, id, document, resolved, at: at.toISOString() });
}

/** What is listed: how one is made, and where all are asked for. */
const KINDS = {
  models: {
    path: '/v1/models?limit=50',
    change: (number: number): Change => ({ kind: 'model', model: modelOf(number), expected: null }),
  },
  runs: {
    path: '/v1/runs?limit=50',
    change: (number: number): Change => ({ kind: 'run', run: runOf(number), expected: null }),
  },
};
type Kind = keyof typeof KINDS;

async function serverWith(kind: Kind, most: number, root: string, folder: string): Promise<BenchServer> {
  const bench = await startBenchServer(root, join(folder, `${kind}-${most}`));
  const { registry } = bench.server.cloud.ports;
  for (let from = 0; from < most; from += PER_COMMIT) {
    const count = Math.min(PER_COMMIT, most - from);
    const changes = Array.from({ length: count }, (_, at) => KINDS[kind].change(from + at));
    await registry.commit(LOCAL_PRINCIPAL.tenant, changes);
  }
  return bench;
}

async function latenciesOf(
  load: LoadProcess,
  { server, token }: BenchServer,
  { path, requests }: { readonly path: string; readonly requests: number },
): Promise<readonly number[]> {
  const headers = { authorization: `Bearer ${token}` };
  return (await load.send({ url: server.url, path, headers, requests, connections: 1 })).latencies;
}

/** Of two servers in short turns, each first in every other one: a slow moment of the machine then meets both. */
async function p95s(
  load: LoadProcess,
  servers: readonly [BenchServer, BenchServer],
  { turns, ...asked }: { readonly turns: number; readonly requests: number; readonly path: string },
): Promise<readonly [number, number]> {
  const latencies = new Map(servers.map((server) => [server, [] as number[]]));
  for (let turn = 0; turn < turns; turn += 1) {
    const order = turn % 2 === 0 ? servers : servers.toReversed();
    for (const server of order) latencies.get(server)?.push(...(await latenciesOf(load, server, asked)));
  }
  const [first, second] = servers.map((server) => quantile(latencies.get(server) ?? [], 0.95));
  return [first ?? Number.NaN, second ?? Number.NaN];
}

async function figureOf(kind: Kind, most: number, { root, folder, tiny }: BenchContext): Promise<Figure> {
  const load = startLoadProcess(root);
  const few = await serverWith(kind, FEW, root, join(folder, `beside-${most}`));
  const many = await serverWith(kind, most, root, folder);
  const values: number[] = [];
  const limits: number[] = [];
  const { path } = KINDS[kind];
  const size = tiny ? { turns: 2, requests: 20, path } : { turns: 30, requests: 25, path };
  await p95s(load, [many, few], size);
  for (let round = 0; round < (tiny ? 2 : 11); round += 1) {
    const [ofMany, ofFew] = await p95s(load, [many, few], size);
    values.push(ofMany);
    limits.push(ofFew);
  }
  load.close();
  await many.server.stop();
  await few.server.stop();
  const name = `first page of ${most.toLocaleString('en')} ${kind}, p95`;
  const limit = { what: `the same with ${FEW} ${kind}`, values: limits };
  return { name, unit: 'ms', values, limit, floor: FLOOR, aim: AIM };
}

export const run: Bench = async (context) => {
  const counts = (full: readonly number[]) => (context.tiny ? [1000] : full);
  const figures: Figure[] = [];
  for (const most of counts([10_000, 100_000])) figures.push(await figureOf('models', most, context));
  for (const most of counts([10_000])) figures.push(await figureOf('runs', most, context));
  return figures;
};
