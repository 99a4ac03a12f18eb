/** A finished run of phase 1 that is forked from an earlier checkpoint: the same bits, and other settings where asked for. */
import type { Decisions } from '#core/application/queries/decide-phases.ts';
import type { KeptCheckpoint } from '#core/domain/fork-point.ts';
import type { Model } from '#core/domain/model.ts';
import type { Run } from '#core/domain/run.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess, until } from '#test/support/server-process.ts';

jest.setTimeout(180_000);

const SENTENCE = 'The people of the States have sent their delegates to the Congress of the Union. ';
const CORPUS = Array.from({ length: 40 }, (_, index) =>
  JSON.stringify({ id: `text-${index}`, text: `${index} ${SENTENCE.repeat(20)}` }),
).join('\n');

const server = new ServerProcess();
const isPaused = async (id: string) => (await server.run(id)).status === 'paused';
let origin: Run;
let kept: KeptCheckpoint;
beforeAll(async () => {
  await server.start();
  await server.addCorpus(`${CORPUS}\n`);
  const { id } = await server.submit('origin', { config: { cognate: { steps: 60, log_every: 1 } } });
  // A job that is paused leaves a checkpoint long before one would be due.
  await until('a variant that trains', 60, async () => {
    const events = await server.events(id);
    return events.some(({ type, data }) => type === 'training_metrics' && data.stage === 'variants');
  });
  await server.api('POST', `/v1/runs/${id}/pause`);
  await until('the pause', 30, () => isPaused(id));
  await server.api('POST', `/v1/runs/${id}/resume`);
  origin = await server.ended(id, 90);
  kept = (await checkpointsOf(id)).at(-1) as KeptCheckpoint;
});
afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
});

const fork = <Body = Run>(body: Readonly<Record<string, unknown>>, query = '') =>
  server.api<Body>('POST', `/v1/runs/${origin.id}/fork${query}`, body, {
    'idempotency-key': JSON.stringify(body),
  });
const checkpointsOf = async (id: string) =>
  (await server.api<{ items: KeptCheckpoint[] }>('GET', `/v1/runs/${id}/checkpoints`)).body.items;
const weightsOf = async (id: string) => {
  const { items } = (await server.api<{ items: Model[] }>('GET', `/v1/models?run=${id}`)).body;
  return Object.fromEntries(
    items.map((model) => [model.name.split('-').at(-1), model.properties.weightsHash]),
  );
};

it('ends with the bits of the run that it was forked from when nothing else is asked for', async () => {
  expect(origin.status).toBe('succeeded');
  expect(kept).toMatchObject({ stage: 'variants', there: true, takenBy: origin.id });
  const made = await fork({ checkpoint: String(kept.step), name: 'same' });
  expect(made.body.origin?.checkpoint).toMatchObject({ stage: 'variants', step: kept.step, accepted: [] });
  const run = await server.ended(made.body.id, 60);
  expect(run).toMatchObject({ status: 'succeeded', error: null });
  expect(await weightsOf(run.id)).toEqual(await weightsOf(origin.id));
  const first = (await server.events(run.id)).find(
    ({ type, data }) => type === 'training_metrics' && data.stage === 'variants' && data.index === kept.index,
  );
  expect(first?.data.step).toBe(kept.step + 1);
  expect(run.phases[0]?.fingerprint).toEqual(origin.phases[0]?.fingerprint);
});

it('goes on under another learning rate from a checkpoint named by its hash; what lies before stays as it was', async () => {
  const wish = {
    checkpoint: kept.sha256.slice(0, 12),
    config: { cognate: { learning_rate: 0.002 } },
    name: 'hotter',
  };
  const would = await fork<Decisions>(wish, '?dryRun=true');
  expect(would.body.phases[0]).toMatchObject({ decision: 'rerun', differs: ['settings'] });
  const run = await server.ended((await fork(wish)).body.id, 60);
  expect(run).toMatchObject({ status: 'succeeded', origin: { checkpoint: { accepted: ['settings'] } } });
  const [before, after] = [await weightsOf(origin.id), await weightsOf(run.id)];
  expect(after.base).toBe(before.base);
  expect(after.reasoning).not.toBe(before.reasoning);
  expect(run.phases[0]?.fingerprint?.continuedFrom).toMatch(/^[0-9a-f]{64}$/);
});

it('is refused, with the names of the settings, where a stage before the checkpoint has decided them', async () => {
  const wish = { checkpoint: String(kept.step), config: { cognate: { d_ff: 96 } }, name: 'wider' };
  const refused = await fork<{ code: string; errors: { pointer: string }[] }>(wish);
  expect(refused).toMatchObject({ status: 422, body: { code: 'decided_before_checkpoint' } });
  expect(refused.body.errors.map(({ pointer }) => pointer)).toEqual(['/config/cognate/d_ff']);
});
