/** A real run of phase 1 that is paused in the middle and goes on: the same bits as one that nobody disturbed. */
import type { Model } from '#core/domain/model.ts';
import type { Run } from '#core/domain/run.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess, until } from '#test/support/server-process.ts';

jest.setTimeout(120_000);

const SENTENCE = 'The people of the States have sent their delegates to the Congress of the Union. ';
const CORPUS = Array.from({ length: 40 }, (_, index) =>
  JSON.stringify({ id: `text-${index}`, text: `${index} ${SENTENCE.repeat(20)}` }),
).join('\n');

const server = new ServerProcess();
beforeAll(() => server.start());
afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
});

const weightsOf = async (id: string) =>
  (await server.api<{ items: Model[] }>('GET', `/v1/models?run=${id}`)).body.items
    .map(({ role, name, properties }) => [role, name.split('-').at(-1), properties.weightsHash].join(' '))
    .sort();

it('a run that was paused in the middle of a job ends with the weights of an undisturbed one', async () => {
  await server.addCorpus(`${CORPUS}\n`);
  const change = { config: { cognate: { steps: 60, log_every: 1 } } };
  const calm = await server.submit('calm', change);
  expect(await server.ended(calm.id, 60)).toMatchObject({ status: 'succeeded' });

  const { id } = await server.submit('paused', change);
  const trained = async () =>
    (await server.events(id)).filter(
      ({ type, data }) => type === 'training_metrics' && data.stage === 'variants',
    ).length;
  await until('a variant that trains', 30, async () => (await trained()) > 2);
  expect((await server.api<Run>('POST', `/v1/runs/${id}/pause`)).status).toBe(202);
  const paused = await until('the pause', 30, async () => {
    const run = await server.run(id);
    return run.status === 'paused' && run;
  });
  expect(paused.phases[0]).toMatchObject({ status: 'pending', error: null });
  const before = (await server.events(id)).length;
  await server.api('POST', `/v1/runs/${id}/resume`);
  const run = await server.ended(id, 60);
  expect(run).toMatchObject({ status: 'succeeded', executions: [`${id}-1`, `${id}-2`] });
  const after = (await server.events(id)).slice(before);
  expect(after.filter(({ type, data }) => type === 'JobStarted' && data.stage === 'base')).toEqual([]);
  expect(await weightsOf(id)).toEqual(await weightsOf(calm.id));
  expect(run.phases[0]?.fingerprint?.hash).toBe((await server.run(calm.id)).phases[0]?.fingerprint?.hash);
  expect(run.phases[0]?.fingerprint?.code).toMatch(/^[0-9a-f]{64}$/);
});
