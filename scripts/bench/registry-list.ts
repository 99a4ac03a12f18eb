/** The first page of the registry, over HTTP, when it holds a hundred models and when it holds many more. */
import { join } from 'node:path';
import { makeUlid } from '#core/domain/ids.ts';
import type { Model } from '#core/domain/model.ts';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import { type BenchServer, startBenchServer } from './bench-server.ts';
import { type LoadProcess, startLoadProcess } from './load-process.ts';
import { type Bench, type Figure, quantile, type Target } from './record.ts';

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

async function serverWith(models: number, root: string, folder: string): Promise<BenchServer> {
  const bench = await startBenchServer(root, join(folder, String(models)));
  const { registry } = bench.server.cloud.ports;
  for (let from = 0; from < models; from += PER_COMMIT) {
    const count = Math.min(PER_COMMIT, models - from);
    const changes = Array.from({ length: count }, (_, at) => modelOf(from + at));
    await registry.commit(
      LOCAL_PRINCIPAL.tenant,
      changes.map((model) => ({ kind: 'model', model, expected: null })),
    );
  }
  return bench;
}

async function latenciesOf(
  load: LoadProcess,
  { server, token }: BenchServer,
  requests: number,
): Promise<readonly number[]> {
  const headers = { authorization: `Bearer ${token}` };
  const path = '/v1/models?limit=50';
  return (await load.send({ url: server.url, path, headers, requests, connections: 1 })).latencies;
}

/** Of two servers in short turns, each first in every other one: a slow moment of the machine then meets both. */
async function p95s(
  load: LoadProcess,
  servers: readonly [BenchServer, BenchServer],
  { turns, requests }: { readonly turns: number; readonly requests: number },
): Promise<readonly [number, number]> {
  const latencies = new Map(servers.map((server) => [server, [] as number[]]));
  for (let turn = 0; turn < turns; turn += 1) {
    const order = turn % 2 === 0 ? servers : servers.toReversed();
    for (const server of order) latencies.get(server)?.push(...(await latenciesOf(load, server, requests)));
  }
  const [first, second] = servers.map((server) => quantile(latencies.get(server) ?? [], 0.95));
  return [first ?? Number.NaN, second ?? Number.NaN];
}

export const run: Bench = async ({ root, folder, tiny }) => {
  const load = startLoadProcess(root);
  const few = await serverWith(FEW, root, folder);
  const figures: Figure[] = [];
  for (const count of tiny ? [1000] : [10_000, 100_000]) {
    const many = await serverWith(count, root, folder);
    const values: number[] = [];
    const limits: number[] = [];
    const size = tiny ? { turns: 2, requests: 20 } : { turns: 30, requests: 25 };
    await p95s(load, [many, few], size);
    for (let round = 0; round < (tiny ? 2 : 11); round += 1) {
      const [ofMany, ofFew] = await p95s(load, [many, few], size);
      values.push(ofMany);
      limits.push(ofFew);
    }
    await many.server.stop();
    const name = `first page of ${count.toLocaleString('en')} models, p95`;
    const limit = { what: `the same with ${FEW} models`, values: limits };
    figures.push({ name, unit: 'ms', values, limit, floor: FLOOR, aim: AIM });
  }
  load.close();
  await few.server.stop();
  return figures;
};
