/** Many runs at once that compute nothing: what one costs among a thousand, and whether every promise about them holds. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { everyItem, everyModel } from '#core/application/queries/list-everything.ts';
import { ancestors } from '#core/domain/lineage.ts';
import type { Model } from '#core/domain/model.ts';
import { LOCAL_PRINCIPAL } from '#core/domain/principal.ts';
import type { Run } from '#core/domain/run.ts';
import type { Ports } from '#core/ports/ports.ts';
import { type BenchServer, EIGHT_PHASES, startBenchServer } from './bench-server.ts';
import { costOf } from './control-plane.ts';
import type { Bench } from './record.ts';

const { tenant } = LOCAL_PRINCIPAL;
/** One name for all runs, so that all register versions of the same models. */
const DOCUMENT = { ...EIGHT_PHASES, phases: ['cognate'] };
const IDENTICAL = 50;

function hold(promise: string, kept: boolean, detail: () => unknown): void {
  if (!kept) throw new Error(`${promise} does not hold: ${JSON.stringify(detail())}`);
}

async function submitAll({ ask }: BenchServer, keys: readonly string[]): Promise<readonly Run[]> {
  const submit = (key: string) => ask<Run>('POST', '/v1/runs', DOCUMENT, { 'idempotency-key': key });
  return Promise.all(keys.map(submit));
}

/** I1, I5, I10: each phase succeeded once, each run ended once, its events are numbered from one without a gap. */
async function checkRun({ runs, events }: Ports, id: string): Promise<void> {
  const run = await runs.get(tenant, id);
  const all: readonly ForgeEvent[] = await events.read(tenant, id, 0, 10_000);
  const count = (type: string) => all.filter((event) => event.type === type).length;
  const done = run?.status === 'succeeded' && run.phases.every(({ status }) => status === 'succeeded');
  hold('a run ends as succeeded', done, () => [id, run?.status, run?.error]);
  hold('each phase is completed once (I1)', count('PhaseCompleted') === 1, () => [id, all]);
  hold('a run ends once (I5)', count('RunCompleted') === 1 && all.at(-1)?.type === 'RunCompleted', () => [
    id,
    all,
  ]);
  hold(
    'events are numbered without gaps (I10)',
    all.every(({ seq }, at) => seq === at + 1),
    () => [id, all],
  );
}

/** I2, I4, I11: files are there and whole, versions of a name have no gap, parents exist and no model is above itself. */
async function checkModels({ models, blobs }: Ports, runs: number): Promise<void> {
  const all = await everyModel({ models }, tenant, { status: 'any' });
  const ids = new Set(all.map(({ id }) => id));
  const byName = new Map<string, Model[]>();
  for (const model of all) byName.set(model.name, [...(byName.get(model.name) ?? []), model]);
  hold('each run registers four models', all.length === 4 * runs && byName.size === 4, () => [
    all.length,
    [...byName.keys()],
  ]);
  for (const [name, versions] of byName) {
    const numbers = versions.map(({ version }) => version).sort((one, other) => one - other);
    hold(
      'versions have no gap (I4)',
      numbers.every((version, at) => version === at + 1),
      () => [name, numbers],
    );
  }
  const edges = all.flatMap(({ id, parents }) =>
    parents.map(({ modelId, relation, weight }) => ({ parent: modelId, child: id, relation, weight })),
  );
  hold(
    'every parent exists (I11)',
    edges.every(({ parent }) => ids.has(parent)),
    () => edges.filter(({ parent }) => !ids.has(parent)),
  );
  const lines = edges.filter(({ child }) =>
    ancestors(
      edges.filter((edge) => edge.child === child),
      child,
    ).includes(child),
  );
  hold('no model descends from itself (I11)', lines.length === 0, () => lines);
  const files = new Map(all.flatMap((model) => model.files.map(({ uri, sha256 }) => [uri, sha256])));
  for (const [uri, sha256] of files) {
    const key = blobs.keyOf(uri);
    hold(
      'a file of a model is there and whole (I2)',
      key !== null && (await blobs.hash(key)) === sha256,
      () => uri,
    );
  }
}

/** I3: whatever can be reached under a hash has it. */
async function checkBlobs({ blobs }: Ports): Promise<void> {
  for (const key of await blobs.list('blobs/')) {
    hold(
      'a blob has the hash that it is named by (I3)',
      (await blobs.hash(key)) === key.slice(key.lastIndexOf('/') + 1),
      () => key,
    );
  }
}

async function count({ runs }: Ports): Promise<number> {
  let found = 0;
  for await (const _run of everyItem((page) => runs.list(tenant, {}, page))) found += 1;
  return found;
}

export const run: Bench = async ({ root, folder, tiny }) => {
  const bench = await startBenchServer(root, folder);
  const { ports, engine } = bench.server.cloud;
  await bench.addCorpus();
  const [together, all] = tiny ? [5, 20] : [200, 1000];
  const ended: string[] = [];
  const perSubmission: number[] = [];
  const whole = await costOf(async () => {
    for (let from = 0; from < all; from += together) {
      const keys = Array.from({ length: together }, (_, at) => `run-${from + at}`);
      const cost = await costOf(async () =>
        ended.push(...(await submitAll(bench, keys)).map(({ id }) => id)),
      );
      perSubmission.push((cost.cpu * 1000) / together);
    }
    await Promise.all(ended.map((id) => engine.waitFor(`${id}-1`)));
  });
  const same = await submitAll(
    bench,
    Array.from({ length: IDENTICAL }, () => 'the-same'),
  );
  hold('identical submissions give one run', new Set(same.map(({ id }) => id)).size === 1, () =>
    same.map(({ id }) => id),
  );
  await engine.waitFor(`${same[0]?.id}-1`);
  ended.push(same[0]?.id ?? '');
  hold('each submission gives one run', (await count(ports)) === all + 1, () => ended.length);
  for (const id of ended) await checkRun(ports, id);
  await checkModels(ports, all + 1);
  await checkBlobs(ports);
  await bench.server.stop();
  const note = `${together} submissions at a time, ${all} runs, every invariant held`;
  return [
    { name: 'one run of one phase among many, CPU', unit: 'ms', values: [(whole.cpu * 1000) / all], note },
    { name: 'one submission among those at the same time, CPU', unit: 'ms', values: perSubmission, note },
  ];
};
