/** A run with a cap, from its plan to its stop and on with a higher one, over ports in memory. */
import { finishRun } from '#core/application/commands/finish-run.ts';
import { meterRuns } from '#core/application/commands/meter-runs.ts';
import { recordJobStatus } from '#core/application/commands/record-job-status.ts';
import { resumeRun } from '#core/application/commands/resume-run.ts';
import { listCosts } from '#core/application/queries/list-costs.ts';
import { readInterruptions } from '#core/application/queries/read-interruptions.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { startedRun } from '#test/support/toy-run.ts';

const STEP = { lookSeconds: 60, graceSeconds: 30 };
const MACHINE = { instanceType: 'g6.xlarge', purchase: 'spot', usdPerHour: 3.6, pricedBy: 'feed 1' } as const;
const noFault = (what: string, error: unknown) => {
  throw new Error(what, { cause: error });
};
let ports: MemoryPorts;
let now: number;
beforeEach(() => {
  ports = memoryPorts();
  now = ports.clock.now().getTime();
  ports = { ...ports, clock: { now: () => new Date(now) } };
});

const look = () => meterRuns(ports, STEP, noFault);
const eventsOf = async (id: string) => ports.events.read(ADMIN.tenant, id, 0, 1000);
const spent = async (run: string) => (await listCosts(ports, ADMIN, { by: 'run', run })).total.usd;

/** News of the only job: when its attempts began and ended, in seconds from now. */
function news(run: Run, attempts: readonly (readonly [number, number | null])[], status = 'RUNNING') {
  const times = attempts.map(([from, to]) => ({
    startedAt: now + from * 1000,
    stoppedAt: to === null ? null : now + to * 1000,
  }));
  return recordJobStatus(ports, ADMIN, {
    runId: run.id,
    phase: 'cognate',
    stage: 'base',
    index: null,
    jobId: 'job',
    attempt: attempts.length,
    status,
    reason: null,
    attempts: times,
    machine: MACHINE,
  });
}

test('a run is planned when its document asks for it, and says which plan it follows', async () => {
  const { id, burst } = await startedRun(ports, { budget: { maxUsd: 1 }, compute: { strategy: 'hybrid' } });
  expect(burst).toMatchObject({ strategy: 'hybrid', verdict: 'feasible', assumed: true });
  const planned = (await eventsOf(id)).find(({ type }) => type === 'RunPlanned');
  expect(planned?.data).toMatchObject({ strategy: 'hybrid', usd: [0, 0] });
  expect((await startedRun(ports, { name: 'plain' })).burst).toBeUndefined();
});

test('at its cap a run is paused for its budget, and only a higher cap lets it go on', async () => {
  const run = await startedRun(ports, { budget: { maxUsd: 1 } });
  await news(run, [[0, null]]);
  expect(await look()).toEqual({ looked: 1, stopped: 0 });
  now += 900_000;
  // 0.90 of 1 USD; a step of 90 s would make it 0.99.
  expect(await look()).toEqual({ looked: 1, stopped: 0 });
  now += 60_000;
  expect(await look()).toEqual({ looked: 1, stopped: 1 });
  expect(ports.workflow.stopped).toEqual([`${run.id}-1`]);
  now += 30_000;
  await news(run, [[-990, 0]], 'FAILED');
  const paused = await finishRun(ports, ADMIN, {
    runId: run.id,
    execution: `${run.id}-1`,
    outcome: 'ABORTED',
  });
  expect(paused).toMatchObject({ status: 'paused', pauseReason: 'budget' });
  expect(await spent(run.id)).toBeCloseTo(0.99, 6);
  const reached = (await eventsOf(run.id)).find(({ type }) => type === 'BudgetReached');
  expect(reached?.data).toMatchObject({ by: 'meter', capUsd: 1 });

  for (const maxUsd of [undefined, 0.5]) {
    const refused = await resumeRun(ports, ADMIN, run.id, { maxUsd }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ForgeError);
    expect(refused).toMatchObject({ kind: 'budget', code: 'budget_reached' });
  }
  const resumed = await resumeRun(ports, ADMIN, run.id, { maxUsd: 3 });
  expect(resumed).toMatchObject({ status: 'running', pauseReason: null, maxUsd: 3 });
  expect(await look()).toEqual({ looked: 1, stopped: 0 });
});

test('without a cap nothing is metered, and what is spent is known all the same', async () => {
  const run = await startedRun(ports);
  await news(run, [[0, null]]);
  now += 3_600_000;
  expect(await look()).toEqual({ looked: 0, stopped: 0 });
  expect(await spent(run.id)).toBeCloseTo(3.6, 9);
});

test('repeated and late news change no sum, and every sum names its entries', async () => {
  const run = await startedRun(ports, { budget: { maxUsd: 100 } });
  now += 7_200_000;
  const attempts = [
    [-7200, -3600],
    [-3600, -1800],
  ] as const;
  for (let time = 0; time < 2; time += 1) {
    await news(run, attempts, 'FAILED');
    await news(run, [[-7200, null]]);
  }
  const { items, total } = await listCosts(ports, ADMIN, { by: 'phase', run: run.id });
  expect(total).toEqual({ usd: 5.4, machineHours: 1.5, attempts: 2 });
  expect(items).toMatchObject([
    { key: 'cognate', usd: 5.4, records: ['job/1/ended', 'job/2/ended'], planned: { assumed: true } },
  ]);
  // One attempt on Spot was followed by another: it was taken away.
  expect(await readInterruptions(ports, ADMIN.tenant)).toEqual({ observedHours: 1.5, interruptions: 1 });
  const told = (await eventsOf(run.id)).findLast(({ type }) => type === 'JobFinished');
  expect(told?.data).toMatchObject({ spentUsd: 5.4, capUsd: 100 });
});
