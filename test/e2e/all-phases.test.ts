/** Every phase that this release can run, one after the other, on the real server with real text. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '#cli/program.ts';
import type { GenerationUpdate } from '#contracts/source/generation-update.ts';
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { RunReport } from '#contracts/source/report.ts';
import type { Model } from '#core/domain/model.ts';
import { PHASES } from '#core/domain/phase.ts';
import type { Run } from '#core/domain/run.ts';
import { speeches } from '#test/support/corpora.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { walkReport } from '#test/support/report-walk.ts';
import { ledgerOf } from '#test/support/run-ledger.ts';
import { removeBundle, ServerProcess, until } from '#test/support/server-process.ts';
import { servingRoot } from '#test/support/serving-root.ts';
import { cleanUp, recordingIo } from '../unit/cli/cli-harness.ts';

jest.setTimeout(300_000);

const SLUGS = PHASES.filter((phase) => phase.available).map((phase) => phase.slug);

let server: ServerProcess;
let run: Run;
let report: RunReport;

beforeAll(async () => {
  server = new ServerProcess();
  await server.start();
  await server.addCorpus(speeches(12));
  const config = { cognate: { steps: 12 } };
  const submitted = await server.submit('chain', { name: 'chain', phases: SLUGS, config });
  run = await server.ended(submitted.id, 270);
  report = (await server.api<RunReport>('GET', `/v1/runs/${run.id}/report`)).body;
});
afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
  cleanUp();
});

const outputsOf = (slug: string) => run.phases.find((phase) => phase.slug === slug)?.outputs ?? [];

describe('a run through every available phase', () => {
  it('succeeds at the first try of each', () => {
    expect([run.status, run.error]).toEqual(['succeeded', null]);
    expect(run.phases.map(({ slug, status, attempts }) => [slug, status, attempts])).toEqual(
      SLUGS.map((slug) => [slug, 'succeeded', 1]),
    );
  });

  it('hands the models of a phase to the next one, after each rule of both sides held', () => {
    SLUGS.slice(1).forEach((slug, position) => {
      const before = SLUGS[position] ?? '';
      const into = run.phases.find((phase) => phase.slug === slug)?.inputs ?? [];
      expect(into).toEqual(expect.arrayContaining([...outputsOf(before)]));
    });
    const checked = report.phases.flatMap((phase) => phase.contracts ?? []);
    expect(checked.map(({ contract }) => contract)).toEqual(
      expect.arrayContaining(SLUGS.slice(1).map((slug, position) => `${SLUGS[position]}→${slug}`)),
    );
    const rules = checked.flatMap((each) => each.rules);
    expect(rules.length).toBeGreaterThan(5 * SLUGS.length);
    expect(rules.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  });

  it('tells the tree of the evolution, generation by generation', async () => {
    const updates = (await server.events(run.id)).filter((event) => event.type === 'generation_update');
    const generations = updates.map((event) => event.data as unknown as GenerationUpdate);
    expect(generations.map(({ generation }) => generation)).toEqual(generations.map((_, at) => at));
    const [first, last] = [generations[0], generations.at(-1)];
    expect(first?.individuals).toHaveLength(8);
    expect(last?.hypervolume).toBeGreaterThanOrEqual(first?.hypervolume ?? Number.NaN);
  });

  it('keeps who was merged with which weight', async () => {
    const [merged] = outputsOf('evomerge');
    const { body } = await server.api<Model>('GET', `/v1/models/${merged}`);
    const parents = new Set(outputsOf('cognate'));
    expect(body.parents.length).toBeGreaterThan(1);
    for (const parent of body.parents) {
      expect(parent.relation).toBe('merged-from');
      expect(parents).toContain(parent.modelId);
      expect(Number.isFinite(parent.weight)).toBe(true);
    }
  });

  it('gives a verdict on thoughts with its interval', () => {
    const figures = report.phases.find(({ phase }) => phase === 'quiet-star')?.figures.thoughts ?? {};
    expect([0, 1]).toContain(figures.effect?.value);
    const [low = Number.NaN, mean = Number.NaN, high = Number.NaN] = ['gain_low', 'gain', 'gain_high'].map(
      (name) => figures[name]?.value,
    );
    expect(low <= mean && mean <= high).toBe(true);
  });

  it('packs the ternary model into a file that says bit for bit what its masters say', () => {
    const { packed = {}, ternary = {} } =
      report.phases.find(({ phase }) => phase === 'bitnet')?.figures ?? {};
    expect(packed.logit_difference?.value).toBe(0);
    expect(packed.ratio_fp32_matrices?.value).toBeGreaterThan(15);
    expect(Number.isFinite(ternary.loss_gap?.value)).toBe(true);
  });

  it('shows no number that was not measured', async () => {
    const { body } = await server.api<{ items: MetricRecord[] }>('GET', `/v1/runs/${run.id}/metrics`);
    const byId = new Map(body.items.map((metric) => [metric.id, metric]));
    const { numbers, faults } = await walkReport(
      report,
      async (id) => byId.get(id) ?? null,
      await ledgerOf(server, run.id),
    );
    expect(faults).toEqual([]);
    expect(numbers).toBeGreaterThan(60);
  });

  it('leaves models whose bytes can be verified, back to the shared base', async () => {
    const [last] = outputsOf(SLUGS.at(-1) ?? '');
    const { body } = await server.api<{ nodes: { id: string; name: string }[] }>(
      'GET',
      `/v1/models/${last}/lineage`,
    );
    expect(body.nodes.map(({ name }) => name)).toContain('chain-base');
    for (const { id } of body.nodes) {
      const verified = await server.api<{ ok: boolean }>('POST', `/v1/models/${id}/verify`);
      expect(verified.body.ok).toBe(true);
    }
  });

  it('leaves a graph that answers here as it answered where it was measured', async () => {
    const [deployed = ''] = outputsOf('deployment');
    const root = servingRoot();
    const interruption = new AbortController();
    const { io, said } = recordingIo({
      root,
      env: { FORGE_HOME: join(server.home, '.forge') },
      interrupted: interruption.signal,
    });
    try {
      const ended = runCli(['models', 'serve', deployed, '--endpoint', server.url, '--json'], io);
      const first = (text: string) => text.includes('}') && text;
      const line = await Promise.race([
        until('an endpoint that listens', 120, () => first(said().stdout)),
        ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${said().stderr}`))),
      ]);
      const { url, agreement } = JSON.parse(line) as { readonly url: string; readonly agreement: object };
      expect(agreement).toMatchObject({ agrees: true, tolerance: 1e-4, sameChoice: 1 });
      const answer = await fetch(`${url}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ prompt: 'Fellow citizens', max_tokens: 4, temperature: 0 }),
      });
      const { usage } = (await answer.json()) as { readonly usage: { readonly completion_tokens: number } };
      expect(usage.completion_tokens).toBeGreaterThan(0);
      interruption.abort();
      expect(await ended).toBe(0);
    } finally {
      interruption.abort();
      rmSync(root, { recursive: true, force: true });
    }
  });
});
