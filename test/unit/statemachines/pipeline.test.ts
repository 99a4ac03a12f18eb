/** The real machines: their order of states, rounds, failures, retries, stops, and how much they carry. */
import { PHASE_SLUGS } from '#contracts/source/phase-slugs.ts';
import { VirtualClock } from '#local/asl/clock.ts';
import type { Json } from '#local/asl/json.ts';
import { TaskError } from '#local/asl/tasks.ts';
import {
  EXECUTION,
  GOOD,
  type JobArguments,
  largestPayload,
  openPipeline,
  type Ran,
  RUN,
  runPipeline,
  stage,
  started,
  statesOf,
  worldWith,
} from './run-pipeline.ts';

const MAX_PAYLOAD = 16 * 1024;
const MAX_EVENTS = 1000;

function expectSmall({ histories }: Ran): void {
  for (const [name, events] of histories) {
    expect([name, largestPayload(events) <= MAX_PAYLOAD, events.length < MAX_EVENTS]).toEqual([
      name,
      true,
      true,
    ]);
  }
}

/** A job's end as Batch describes it, as long as descriptions get. */
function longDescription({ JobName, Tags }: JobArguments, exit: number): string {
  const attempt = {
    Container: { ExitCode: exit, Reason: 'r'.repeat(1024), LogStreamName: `forge/default/${'t'.repeat(32)}` },
    StartedAt: 1767225600000,
    StoppedAt: 1767225660000,
    StatusReason: 's'.repeat(1024),
  };
  return JSON.stringify({
    JobId: 'j'.repeat(36),
    JobName,
    Status: 'FAILED',
    StatusReason: 's'.repeat(1024),
    Attempts: [attempt, attempt, attempt],
    Container: { ...attempt.Container, Command: ['run', '--task', 'x'.repeat(500)], Environment: [] },
    Tags,
  });
}

describe('the order of states', () => {
  it('of a run with one phase of a base, an array of three and a reduce', async () => {
    const { description, calls, jobs, histories } = await runPipeline(GOOD);
    expect(description).toMatchObject({ status: 'SUCCEEDED', output: { status: 'succeeded' } });
    expect(statesOf(histories.get(EXECUTION))).toEqual([
      'Prepare',
      'NextPhase',
      'RunPhase',
      'NextPhase',
      'Finish',
    ]);
    expect(statesOf(histories.get(`${EXECUTION}-cognate`))).toEqual([
      'Remember',
      'StartPhase',
      'NextStage',
      'RunStage',
      'NextStage',
      'RunStage',
      'NextStage',
      'RunStage',
      'NextStage',
      'CompletePhase',
      'AnotherRound',
      'Completed',
    ]);
    expect(calls).toEqual([
      'prepare-run',
      'start-phase',
      'base',
      'variants',
      'evaluate',
      'complete-phase',
      'finish-run',
    ]);
    expect(jobs.map((job) => job.ArrayProperties)).toEqual([undefined, { Size: 3 }, undefined]);
  });

  it('submits jobs with names, tags and a task address, and nothing that is not theirs', async () => {
    const { jobs } = await runPipeline(GOOD);
    expect(jobs[1]).toEqual({
      JobName: `${EXECUTION}-phase-variants-1`,
      JobQueue: 'forge-jobs',
      ShareIdentifier: 'default',
      JobDefinition: 'forge-cognate',
      Parameters: { task: `file:///bucket/runs/${RUN}/phase/variants.task.json` },
      Tags: {
        'forge-tenant': 'default',
        'forge-run': RUN,
        'forge-phase': 'cognate',
        'forge-stage': 'variants',
        'forge-attempt': '1',
      },
      ArrayProperties: { Size: 3 },
    });
  });

  it('hands each function the ids of its run and no more', async () => {
    const { payloads } = await runPipeline(GOOD);
    const ids = { tenant: 'default', runId: RUN, execution: EXECUTION };
    expect(payloads).toEqual([
      { name: 'prepare-run', payload: ids },
      { name: 'start-phase', payload: { ...ids, phase: 'cognate', part: 0 } },
      { name: 'complete-phase', payload: { ...ids, phase: 'cognate', turn: 'last' } },
      { name: 'finish-run', payload: { ...ids, outcome: 'SUCCEEDED' } },
    ]);
  });

  it('of a run that has nothing left to do', async () => {
    const { histories, calls } = await runPipeline(
      worldWith({ functions: { 'prepare-run': () => ({ phases: [] }) } }),
    );
    expect(statesOf(histories.get(EXECUTION))).toEqual(['Prepare', 'NextPhase', 'Finish']);
    expect(calls).toEqual(['prepare-run', 'finish-run']);
  });
});

describe('eight phases with arrays', () => {
  const world = worldWith({
    functions: {
      'prepare-run': () => ({ phases: [...PHASE_SLUGS] }),
      'start-phase': () =>
        started(Array.from({ length: 4 }, (_, index) => stage(`stage-${index}`, index === 1 ? 10_000 : 1))),
      'complete-phase': () => ({
        outcome: 'done',
        models: Array.from({ length: 100 }, () => RUN),
        gates: { passed: 9, failed: 0 },
      }),
    },
    job: ({ JobName }) => ({ JobId: JobName, Status: 'SUCCEEDED', Padding: 'p'.repeat(8000) }),
  });

  it('go through in order, carry at most 16 KiB and stay below 1,000 events per execution', async () => {
    const ran = await runPipeline(world);
    expect(ran.description.status).toBe('SUCCEEDED');
    const begun = ran.payloads.filter(({ name }) => name === 'start-phase');
    expect(begun.map(({ payload }) => payload.phase)).toEqual(PHASE_SLUGS);
    expect(ran.jobs).toHaveLength(8 * 4);
    expect(ran.histories.size).toBe(9);
    expectSmall(ran);
  });
});

describe('a failed job', () => {
  /** The first `times` jobs of a stage fail. */
  const failing = (wanted: string, times: number, error = 'States.TaskFailed') => {
    let failures = 0;
    return (job: JobArguments): Json => {
      if (job.Tags['forge-stage'] === wanted && failures < times) {
        failures += 1;
        throw new TaskError(error, longDescription(job, 75));
      }
      return { JobId: job.JobName, Status: 'SUCCEEDED' };
    };
  };
  /** As the real FailPhase decides: retry while there are tries left. */
  const decide = (most: number) => {
    let tries = 0;
    return () => {
      tries += 1;
      return {
        action: tries < most ? 'retry' : 'fail',
        waitSeconds: 2 ** tries,
        error: 'lost',
        cause: 'c'.repeat(1000),
      };
    };
  };

  it('is classified, waited for, and its phase begins again until it succeeds', async () => {
    const ran = await runPipeline(
      worldWith({ functions: { 'fail-phase': decide(3) }, job: failing('variants', 2) }),
    );
    expect(ran.description.status).toBe('SUCCEEDED');
    const once = ['start-phase', 'base', 'variants', 'fail-phase'];
    expect(ran.calls).toEqual([
      'prepare-run',
      ...once,
      ...once,
      'start-phase',
      'base',
      'variants',
      'evaluate',
      'complete-phase',
      'finish-run',
    ]);
    const events = ran.histories.get(`${EXECUTION}-cognate`) ?? [];
    expect(statesOf(events).filter((name) => name === 'WaitBeforeRetry')).toHaveLength(2);
    const [first, last] = [events[0], events.at(-1)].map((event) => Date.parse(event?.timestamp ?? ''));
    expect((last ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual((2 + 4) * 1000);
    expectSmall(ran);
  });

  it('hands FailPhase the whole description, exit code included', async () => {
    const { payloads } = await runPipeline(worldWith({ job: failing('base', 1) }));
    const { payload } = payloads.find(({ name }) => name === 'fail-phase') ?? {};
    expect(payload?.error).toBe('States.TaskFailed');
    expect(JSON.parse(payload?.cause ?? '').Attempts[2].Container.ExitCode).toBe(75);
  });

  it('fails the run when no try is left, with kind and words that FailPhase found', async () => {
    const ran = await runPipeline(
      worldWith({ functions: { 'fail-phase': decide(3) }, job: failing('base', 99) }),
    );
    expect(ran.calls.filter((name) => name === 'base')).toHaveLength(3);
    expect(ran.calls.at(-1)).toBe('finish-run');
    const { payload } = ran.payloads.at(-1) ?? {};
    expect(payload).toMatchObject({ outcome: 'FAILED' });
    expect(payload?.cause).toContain('"Error":"lost"');
    expect((payload?.cause ?? '').length).toBeLessThanOrEqual(2000);
    expect(ran.description.status).toBe('FAILED');
    expect(statesOf(ran.histories.get(EXECUTION)).slice(-2)).toEqual(['FinishFailed', 'Failed']);
    expectSmall(ran);
  });

  it('whose story is long is told to finish-run in at most 2,000 characters', async () => {
    const talk = () => ({ action: 'fail', waitSeconds: 0, error: 'numeric', cause: 'c'.repeat(5000) });
    const ran = await runPipeline(worldWith({ functions: { 'fail-phase': talk }, job: failing('base', 1) }));
    expect(ran.payloads.at(-1)?.payload.cause).toHaveLength(2000);
    expectSmall(ran);
  });

  it('may have no cause at all', async () => {
    const job = () => {
      throw new TaskError('States.Timeout');
    };
    const { payloads, description } = await runPipeline(worldWith({ job }));
    expect(payloads.find(({ name }) => name === 'fail-phase')?.payload).toMatchObject({
      error: 'States.Timeout',
      cause: '',
    });
    expect(description.status).toBe('FAILED');
  });
});

describe('a failing function', () => {
  const throwing = (times: number, error: string, otherwise: Json) => {
    let failures = 0;
    return () => {
      failures += 1;
      if (failures <= times)
        throw new TaskError(error, JSON.stringify({ errorType: error, errorMessage: 'm'.repeat(1000) }));
      return otherwise;
    };
  };
  const ANSWERS: Readonly<Record<string, Json>> = {
    'prepare-run': { phases: ['cognate'] },
    'start-phase': started([stage('base')]),
    'complete-phase': { outcome: 'done', models: [], gates: {} },
    'finish-run': { status: 'succeeded' },
  };

  it.each(Object.keys(ANSWERS))('%s is called again when Lambda throttles it', async (name) => {
    const functions = { [name]: throwing(3, 'Lambda.TooManyRequestsException', ANSWERS[name] ?? null) };
    const ran = await runPipeline(worldWith({ functions }));
    expect(ran.description.status).toBe('SUCCEEDED');
    expect(ran.calls.filter((call) => call === name)).toHaveLength(4);
    expectSmall(ran);
  });

  it('fail-phase is called again too, so that no failure goes unrecorded', async () => {
    let failures = 0;
    const flaky = () => {
      failures += 1;
      if (failures === 1) throw new TaskError('Lambda.TooManyRequestsException');
      return { action: 'fail', waitSeconds: 0, error: 'numeric', cause: 'NaN' };
    };
    const job = () => {
      throw new TaskError('States.TaskFailed', '{}');
    };
    const { payloads } = await runPipeline(worldWith({ functions: { 'fail-phase': flaky }, job }));
    expect(payloads.at(-1)?.payload.cause).toContain('"Error":"numeric"');
  });

  it('prepare-run that refuses ends the run as failed, with its kind and words', async () => {
    const functions = { 'prepare-run': throwing(99, 'contract', null) };
    const { payloads, description, calls } = await runPipeline(worldWith({ functions }));
    expect(calls).toEqual(['prepare-run', 'finish-run']);
    expect(payloads.at(-1)?.payload).toMatchObject({ runId: RUN, outcome: 'FAILED', error: 'contract' });
    expect(description).toMatchObject({ status: 'FAILED', error: 'contract' });
  });

  it.each(['start-phase', 'complete-phase'])(
    '%s that refuses is not repeated but classified',
    async (name) => {
      const ran = await runPipeline(worldWith({ functions: { [name]: throwing(99, 'contract', null) } }));
      expect(ran.calls.filter((call) => call === name)).toHaveLength(1);
      const { payload } = ran.payloads.find((each) => each.name === 'fail-phase') ?? {};
      expect(payload).toMatchObject({ error: 'contract', phase: 'cognate' });
      expect(ran.description.status).toBe('FAILED');
      expectSmall(ran);
    },
  );

  it('complete-phase is repeated when somebody else changed the run at the same moment', async () => {
    const functions = { 'complete-phase': throwing(2, 'conflict', ANSWERS['complete-phase'] ?? null) };
    const { description, calls } = await runPipeline(worldWith({ functions }));
    expect(description.status).toBe('SUCCEEDED');
    expect(calls.filter((call) => call === 'fail-phase')).toEqual([]);
  });
});

describe('a stop', () => {
  it('in the middle of a job ends pipeline and phase as ABORTED, tells the job, and calls nobody afterwards', async () => {
    let working: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      working = resolve;
    });
    const reasons: unknown[] = [];
    const pipeline = openPipeline(
      worldWith({
        job: (_job, call) =>
          new Promise((_resolve, reject) => {
            call.signal.addEventListener('abort', () => {
              reasons.push(call.signal.reason);
              reject(new Error('stopped'));
            });
            working();
          }),
      }),
    );
    await pipeline.start();
    await begun;
    await pipeline.engine.stop(EXECUTION, 'cancelled', 'Cancelled by admin');
    const ran = await pipeline.ended();
    expect(ran.description).toMatchObject({
      status: 'ABORTED',
      error: 'cancelled',
      cause: 'Cancelled by admin',
    });
    expect((await pipeline.engine.describe(`${EXECUTION}-cognate`)).status).toBe('ABORTED');
    expect(reasons).toEqual(['ended']);
    expect(ran.calls).toEqual(['prepare-run', 'start-phase', 'base']);
  });

  it('while a phase waits before it begins again ends the wait', async () => {
    const pipeline = openPipeline(
      worldWith({
        functions: {
          'fail-phase': () => ({ action: 'retry', waitSeconds: 10 ** 6, error: 'lost', cause: '' }),
        },
        job: async (_job, _call) => {
          // The wait of a million seconds begins at once; the stop comes from the clock just before its end.
          pipeline.clock.schedule(
            new VirtualClock().now() + 5 * 10 ** 8,
            () => void pipeline.engine.stop(EXECUTION),
          );
          throw new TaskError('States.TaskFailed', '{}');
        },
      }),
    );
    await pipeline.start();
    const { description, calls, histories } = await pipeline.ended();
    expect(description.status).toBe('ABORTED');
    expect(calls).toEqual(['prepare-run', 'start-phase', 'base', 'fail-phase']);
    expect(statesOf(histories.get(`${EXECUTION}-cognate`)).at(-1)).toBe('WaitBeforeRetry');
  });
});
