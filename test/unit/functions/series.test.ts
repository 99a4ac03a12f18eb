/** Curves of a run over HTTP: what the events and records say, in few points, each with its source. */
import type { NewEvent } from '#core/domain/event.ts';
import { startedRun } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld } from './api-world.ts';

const AT = '2026-03-01T12:00:00.000Z';
let world: ApiWorld;
let run: string;

beforeEach(async () => {
  world = apiWorld();
  run = (await startedRun(world.ports)).id;
});

const told = (step: number, values: Record<string, unknown>, place = {}): NewEvent => ({
  type: 'training_metrics',
  run,
  phase: 'cognate',
  attempt: 1,
  at: AT,
  data: { stage: 'variants', index: 0, job: 'j', jobAttempt: 1, ...place, step, ...values },
});
const append = (...events: NewEvent[]) => world.ports.eventLog.append('default', events);
const series = async (query = '') => world.send('GET', `/v1/runs/${run}/series${query}`);

it('is one for each job and measure, ordered by step, each point with its event', async () => {
  await append(
    told(10, { loss: 3, rate: 1 }),
    told(20, { loss: 2, rate: 1 }),
    told(10, { loss: 4 }, { index: 1 }),
  );
  const { status, body } = await series('?measure=loss');
  expect(status).toBe(200);
  expect(body.items).toEqual([
    {
      phase: 'cognate',
      stage: 'variants',
      index: 0,
      round: null,
      measure: 'loss',
      of: 2,
      points: [
        { step: 10, value: 3, at: AT, event: 5 },
        { step: 20, value: 2, at: AT, event: 6 },
      ],
    },
    expect.objectContaining({ index: 1, of: 1 }),
  ]);
  const { body: page } = await world.send('GET', `/v1/runs/${run}/events?after=5`);
  expect([page.items[0].seq, page.items[0].data.loss]).toEqual([6, 2]);
});

it('takes what a later attempt told of a step, and counts it once', async () => {
  await append(told(10, { loss: 3 }), told(20, { loss: 9 }), told(20, { loss: 2 }, { jobAttempt: 2 }));
  const [{ of, points }] = (await series('?measure=loss')).body.items;
  expect([of, points.map((point: { value: number; event: number }) => [point.value, point.event])]).toEqual([
    2,
    [
      [3, 5],
      [2, 7],
    ],
  ]);
});

it('says of how many points it shows some, and keeps both ends and the extremes', async () => {
  await append(
    ...Array.from({ length: 1200 }, (_, at) => told(at, { loss: at === 700 ? 50 : 1 + at / 10_000 })),
  );
  const [{ of, points }] = (await series('?points=100')).body.items;
  expect([of, points[0].step, points.at(-1).step]).toEqual([1200, 0, 1199]);
  expect(points.length).toBeLessThanOrEqual(100);
  expect(points.find(({ value }: { value: number }) => value === 50)).toMatchObject({
    step: 700,
    event: 705,
  });
});

it('is made of metric records with a step as well, under their ids', async () => {
  const name = 'search/diversity';
  await world.ports.metricLog.record(
    'default',
    [1, 0].map((step) => ({
      schemaVersion: 1 as const,
      id: `r/${step}`,
      name,
      value: step / 2,
      unit: 'bits',
      runId: run,
      phase: 'evomerge' as const,
      stage: 'score',
      index: null,
      round: step,
      jobId: 'j',
      attempt: 1,
      step,
      model: null,
      split: null,
      source: 'test',
      at: AT,
    })),
  );
  const { body } = await series('?phase=evomerge');
  expect(body.items).toEqual([
    expect.objectContaining({
      measure: name,
      points: [
        { step: 0, value: 0, at: AT, metric: 'r/0' },
        { step: 1, value: 0.5, at: AT, metric: 'r/1' },
      ],
    }),
  ]);
});

it.each(['3', '2001', 'x', '-5', '1e3'])('refuses %s points: 400', async (points) => {
  const { status, body } = await series(`?points=${points}`);
  expect([status, body.code]).toEqual([400, 'invalid_query']);
});

it('is nobody else’s business', async () => {
  await append(told(10, { loss: 3 }));
  const { status } = await world.send('GET', `/v1/runs/${run}/series`, { as: 'stranger' });
  expect(status).toBe(404);
});
