/** The whole product once: the real server, the real container, real text, and everything it leaves, checked again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { type ResultManifest, resultManifest } from '#contracts/source/result-manifest.ts';
import { type TaskSpec, taskSpec } from '#contracts/source/task-spec.ts';
import type { Model } from '#core/domain/model.ts';
import type { Run } from '#core/domain/run.ts';
import { speeches } from '#test/support/corpora.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { walkReport } from '#test/support/report-walk.ts';
import { ledgerOf } from '#test/support/run-ledger.ts';
import { removeBundle, ServerProcess } from '#test/support/server-process.ts';

jest.setTimeout(180_000);

const VARIANTS = ['adaptive', 'memory', 'reasoning'];

let server: ServerProcess;
let run: Run;
let models: readonly Model[];

beforeAll(async () => {
  server = new ServerProcess();
  await server.start();
  await server.addCorpus(speeches(12));
  const submitted = await server.submit('first', { name: 'first', config: { cognate: { steps: 12 } } });
  run = await server.ended(submitted.id, 150);
  models = (await server.api<{ items: Model[] }>('GET', `/v1/models?run=${run.id}`)).body.items;
});
afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
});

const bucket = (key: string) => join(server.home, '.forge', 'bucket', key);
const readJson = (key: string): unknown => JSON.parse(readFileSync(bucket(key), 'utf8'));

function valid<Document>(schema: Parameters<typeof parseDocument>[0], key: string): Document {
  const parsed = parseDocument(schema, readJson(key));
  expect([key, parsed.ok ? [] : parsed.problems]).toEqual([key, []]);
  return (parsed.ok ? parsed.value : null) as Document;
}

describe('the first run', () => {
  it('succeeds', () => {
    expect([run.status, run.error]).toEqual(['succeeded', null]);
    expect(run.phases).toMatchObject([{ slug: 'cognate', status: 'succeeded', attempts: 1 }]);
  });

  it('registers a base and three variants; only the variants go on to the next phase', () => {
    expect(models.map((model) => model.name).sort()).toEqual([
      'first-adaptive',
      'first-base',
      'first-memory',
      'first-reasoning',
    ]);
    const variants = models.filter((model) => model.role !== 'base');
    expect([...(run.phases[0]?.outputs ?? [])].sort()).toEqual(variants.map((model) => model.id).sort());
    expect(new Set(models.map((model) => model.properties.weightsHash)).size).toBe(4);
    expect(new Set(models.map((model) => model.properties.architectureHash)).size).toBe(1);
  });

  it('knows that the three come from the one base', async () => {
    const base = models.find((model) => model.role === 'base');
    const { body } = await server.api<{
      edges: { parent: string; child: string; relation: string }[];
      nodes: { name: string }[];
    }>('GET', '/v1/models/first-base/lineage');
    expect(body.nodes.map((node) => node.name).sort()).toEqual(
      ['first-base', ...VARIANTS.map((name) => `first-${name}`)].sort(),
    );
    expect(body.edges).toHaveLength(3);
    for (const edge of body.edges)
      expect(edge).toMatchObject({ parent: base?.id, relation: 'continued-from' });
    for (const { role, properties } of models) {
      expect(properties.baseHash).toBe(role === 'base' ? null : base?.properties.weightsHash);
      if (role !== 'base') expect(properties.relativeTaskVector).toBeGreaterThan(0);
    }
  });

  it('shows no number that was not measured', async () => {
    const { body } = await server.api<{ items: MetricRecord[] }>('GET', `/v1/runs/${run.id}/metrics`);
    const byId = new Map(body.items.map((metric) => [metric.id, metric]));
    const report = await server.api<object>('GET', `/v1/runs/${run.id}/report`);
    const { numbers, faults } = await walkReport(
      report.body,
      async (id) => byId.get(id) ?? null,
      await ledgerOf(server, run.id),
    );
    expect(faults).toEqual([]);
    expect(numbers).toBeGreaterThan(30);
    const subjects = new Set(body.items.map((metric) => metric.name.split('/')[0]));
    expect([...subjects]).toEqual(expect.arrayContaining(['base', ...VARIANTS, 'average', 'byte_bigram']));
  });

  it('leaves task specs and result manifests that keep their schemas and belong together', () => {
    for (const [stage, indexes] of [
      ['base', ['']],
      ['variants', ['0/', '1/', '2/']],
      ['evaluate', ['']],
    ] as const) {
      const task = valid<TaskSpec>(taskSpec, `runs/${run.id}/cognate/${stage}.task.json`);
      expect(task).toMatchObject({
        runId: run.id,
        phase: 'cognate',
        threads: 1,
        config: { steps: 12, d_model: 64 },
      });
      for (const index of indexes) {
        const result = valid<ResultManifest>(
          resultManifest,
          `staging/${run.id}/cognate/${stage}/${index}result.json`,
        );
        expect(result).toMatchObject({ success: true, runId: run.id, stage, attempt: 1, error: null });
        expect(result.config).toEqual(task.config);
      }
    }
  });

  it('tells its progress in events without gaps', async () => {
    const events = await server.events(run.id);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, position) => position + 1));
    const types = new Set(events.map((event) => event.type));
    for (const type of ['phase_progress', 'training_metrics', 'ModelRegistered', 'RunCompleted'] as const) {
      expect(types).toContain(type);
    }
  });

  it('keeps models whose bytes can be verified, until one byte is altered', async () => {
    const verify = async () =>
      (
        await server.api<{ ok: boolean; files: { path: string; expected: string; ok: boolean }[] }>(
          'POST',
          '/v1/models/first-memory/verify',
        )
      ).body;
    const good = await verify();
    expect([good.ok, good.files.map((file) => file.path)]).toEqual([
      true,
      expect.arrayContaining(['model.safetensors']),
    ]);
    const { expected = '' } = good.files.find((file) => file.path === 'model.safetensors') ?? {};
    const path = bucket(`blobs/default/sha256/${expected.slice(0, 2)}/${expected}`);
    const bytes = readFileSync(path);
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const bad = await verify();
    expect([bad.ok, bad.files.filter((file) => !file.ok).map((file) => file.path)]).toEqual([
      false,
      ['model.safetensors'],
    ]);
    bytes[last] ^= 1;
    writeFileSync(path, bytes);
    expect((await verify()).ok).toBe(true);
  });
});
