/** What the state machines call: events are checked, failures are named by their kind and kept short. */
import contract from '#contracts/functions.json' with { type: 'json' };
import { triggers } from '#contracts/source/triggers.ts';
import { type FunctionName, functionTable } from '#local/function-table.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { submittedRun } from '#test/support/toy-run.ts';
import './api-world.ts';

const NO_TRIGGERS = triggers.parse({ apiVersion: 'forge/v1', kind: 'Triggers' });

let ports: MemoryPorts;
let ids: { tenant: string; runId: string; execution: string };

beforeEach(async () => {
  ports = memoryPorts();
  const { id, executions } = await submittedRun(ports);
  ids = { tenant: 'default', runId: id, execution: executions[0] ?? '' };
});

async function call(name: FunctionName, event: unknown) {
  return functionTable(ports, NO_TRIGGERS)[name](event);
}

async function failure(name: FunctionName, event: unknown): Promise<Error> {
  try {
    await call(name, event);
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a failure');
}

/** What the embedded cloud does without a function. */
const IN_PROCESS = [
  'api',
  'authorise-key',
  'event-socket',
  'push-events',
  'reconcile',
  'relay-events',
  'notify',
];

describe('the functions', () => {
  it('are those of the contract, but for those that this process needs no function for', () => {
    const names = Object.keys(contract.functions).filter((name) => !IN_PROCESS.includes(name));
    expect(Object.keys(functionTable(ports, NO_TRIGGERS)).sort()).toEqual(names.sort());
  });

  it('take a run from its preparation to its end', async () => {
    const phase = { ...ids, phase: 'cognate' };
    expect(await call('prepare-run', ids)).toEqual({ phases: ['cognate'] });
    const started = (await call('start-phase', phase)) as { stages: { name: string; size: number }[] };
    expect(started.stages.map(({ name, size }) => [name, size])).toEqual([
      ['base', 1],
      ['variants', 3],
      ['evaluate', 1],
    ]);
    leaveCognateResults(ports.store, ids.runId);
    expect(await call('complete-phase', phase)).toMatchObject({ outcome: 'done' });
    const finished = await call('finish-run', { ...ids, outcome: 'SUCCEEDED' });
    expect(finished).toEqual({ status: 'succeeded', report: `runs/${ids.runId}/report.json` });
  });

  it('answer no more than the state machine may carry', async () => {
    await call('prepare-run', ids);
    const started = await call('start-phase', { ...ids, phase: 'cognate' });
    leaveCognateResults(ports.store, ids.runId);
    const completed = await call('complete-phase', { ...ids, phase: 'cognate' });
    for (const answer of [started, completed]) expect(JSON.stringify(answer).length).toBeLessThan(4096);
  });

  it('decide what a failure means', async () => {
    await call('prepare-run', ids);
    const event = { ...ids, phase: 'cognate', error: 'dependency', cause: 'the store is away' };
    expect(await call('fail-phase', event)).toMatchObject({ action: 'retry', error: 'dependency' });
    expect(await call('fail-phase', { ...event, error: 'numeric' })).toMatchObject({ action: 'fail' });
  });

  it('take lines of a job into the event log once, however often they come', async () => {
    const text = JSON.stringify({
      type: 'phase_progress',
      at: '2026-03-01T12:00:00.000Z',
      data: { step: 1 },
    });
    const lines = [
      { offset: 0, text },
      { offset: 90, text: 'no event' },
    ];
    const event = { ...ids, phase: 'cognate', stage: 'base', index: null, jobId: 'job', attempt: 1, lines };
    for (let time = 0; time < 3; time += 1) {
      expect(await call('ingest-events', event)).toEqual({ recorded: 1, ignored: 1 });
    }
    const events = await ports.events.read('default', ids.runId, 1, 10);
    expect(events.map((each) => each.data)).toEqual([
      { step: 1, stage: 'base', index: null, job: 'job', jobAttempt: 1 },
    ]);
  });

  it.each<[FunctionName, unknown]>([
    ['prepare-run', {}],
    ['prepare-run', null],
    ['prepare-run', { tenant: '../x', runId: 'x', execution: 'x' }],
    ['start-phase', { phase: 'nothing' }],
    ['fail-phase', { phase: 'cognate', error: 1 }],
    ['finish-run', { outcome: 'DONE' }],
    ['ingest-events', { lines: 'many' }],
  ])('refuse an event that is none: %s %j', async (name, event) => {
    const before = JSON.stringify([...ports.store.tables.runs]);
    const { name: kind } = await failure(name, event);
    expect(kind).toBe('validation');
    expect(JSON.stringify([...ports.store.tables.runs])).toBe(before);
  });

  it('name a failure by its kind, so that the state machine can tell them apart', async () => {
    const unknown = { ...ids, runId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    expect((await failure('prepare-run', unknown)).name).toBe('not_found');
    const broken = { ...ports, runs: { ...ports.runs, get: () => Promise.reject(new TypeError('x')) } };
    await expect(functionTable(broken, NO_TRIGGERS)['prepare-run'](ids)).rejects.toMatchObject({
      name: 'bug',
    });
  });

  it('keep the words of a failure short, because they travel through the states', async () => {
    const long = {
      ...ports,
      runs: { ...ports.runs, get: () => Promise.reject(new Error('x'.repeat(100_000))) },
    };
    await expect(functionTable(long, NO_TRIGGERS)['prepare-run'](ids)).rejects.toMatchObject({
      message: 'x'.repeat(2000),
    });
  });

  it('act for the tenant of the event alone', async () => {
    const stranger = { ...ids, tenant: 'other' };
    expect((await failure('prepare-run', stranger)).name).toBe('not_found');
    expect((await ports.runs.get(ADMIN.tenant, ids.runId))?.status).toBe('queued');
  });
});
