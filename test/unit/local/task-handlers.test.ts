/** Task states reach our functions and the job runner as they reach Lambda and Batch on AWS. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import { PHASE_SLUGS } from '#contracts/source/phase-slugs.ts';
import type { Json } from '#local/asl/json.ts';
import type { TaskCall } from '#local/asl/tasks.ts';
import type { JobDetail, JobRequest } from '#local/jobs/job.ts';
import type { JobRunner } from '#local/jobs/runner-api.ts';
import { jobRequest, taskHandlers } from '#local/task-handlers.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const SUBMIT = 'arn:aws:states:::batch:submitJob.sync';
const TAGS = { 'forge-tenant': 'default', 'forge-run': 'R', 'forge-phase': 'cognate', 'forge-stage': 'base' };

const submission = (phase = 'cognate', size?: number): Json => ({
  JobName: 'R-1-cognate-base-1',
  JobQueue: 'forge-jobs',
  ShareIdentifier: 'default',
  JobDefinition: `forge-${phase}`,
  Parameters: { task: 'file:///task.json' },
  Tags: { ...TAGS, 'forge-phase': phase },
  ...(size === undefined ? {} : { ArrayProperties: { Size: size } }),
});

function callOf(change: Partial<TaskCall>, controller = new AbortController()): TaskCall {
  return {
    resource: SUBMIT,
    arguments: submission(),
    pattern: 'sync',
    key: 'RunStage#1',
    token: 'token',
    executionName: 'R-1-cognate',
    stateName: 'RunStage',
    attempt: 0,
    iteration: '',
    resumed: false,
    signal: controller.signal,
    submitted: async () => undefined,
    heartbeat: () => undefined,
    ...change,
  };
}

/** A runner whose one job ends when the test says so. */
function runnerOf() {
  const log: unknown[][] = [];
  let end: (job: Partial<JobDetail>) => void = () => undefined;
  const ended = new Promise<JobDetail>((resolve) => {
    end = (job) => resolve({ jobId: 'job', jobName: 'name', tags: TAGS, attempts: [], ...job } as JobDetail);
  });
  const runner = {
    submit: (request: JobRequest) => {
      log.push(['submit', request.clientToken]);
      return { jobId: 'job', jobName: request.jobName };
    },
    waitFor: (jobId: string) => {
      log.push(['wait', jobId]);
      return ended;
    },
    terminate: (jobId: string, reason: string) => {
      log.push(['terminate', jobId, reason]);
      end({ status: 'FAILED', statusReason: reason });
    },
  } as unknown as JobRunner;
  return { runner, log, end };
}

const noRunner = {} as JobRunner;
const run = (functions: Parameters<typeof taskHandlers>[0], runner: JobRunner, call: TaskCall) =>
  taskHandlers(functions, runner).run(call);

describe('a function', () => {
  const invoke = (FunctionName: string) =>
    callOf({ resource: INVOKE, pattern: 'requestResponse', arguments: { FunctionName, Payload: { a: 1 } } });

  it('is called with its payload and answers as Lambda does', async () => {
    const functions = { echo: async (event: unknown) => ({ got: event }), silent: async () => undefined };
    expect(await run(functions, noRunner, invoke('echo'))).toEqual({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      Payload: { got: { a: 1 } },
    });
    expect(await run(functions, noRunner, invoke('silent'))).toMatchObject({ Payload: null });
  });

  it('that throws fails with the name of its error and its words as the cause', async () => {
    const kind = Object.assign(new Error('no such run'), { name: 'not_found' });
    await expect(run({ f: () => Promise.reject(kind) }, noRunner, invoke('f'))).rejects.toMatchObject({
      error: 'not_found',
      taskCause: JSON.stringify({ errorType: 'not_found', errorMessage: 'no such run', trace: [] }),
    });
  });

  it('that is not there fails as on AWS', async () => {
    await expect(run({}, noRunner, invoke('nobody'))).rejects.toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
    });
  });

  it('is all there is besides jobs', async () => {
    const call = callOf({ resource: 'arn:aws:states:::sns:publish' });
    await expect(run({}, noRunner, call)).rejects.toMatchObject({ error: 'States.Runtime' });
  });
});

describe('a job request', () => {
  const requestOf = (phase: string, size?: number) =>
    jobRequest({ arguments: submission(phase, size), executionName: 'R-1-cognate', key: 'RunStage#1' });

  it.each(PHASE_SLUGS)('of %s asks for what contracts/jobs.json says, and nothing of its own', (phase) => {
    const { local, timeoutSeconds, attempts, leaseSeconds } = jobs.phases[phase];
    expect(requestOf(phase)).toEqual({
      jobName: 'R-1-cognate-base-1',
      jobQueue: jobs.queue,
      shareIdentifier: 'default',
      clientToken: 'R-1-cognate/RunStage#1',
      jobDefinition: {
        name: `forge-${phase}`,
        ...local,
        command: ['run', '--ranks', 'gpu', '--task', 'file:///task.json'],
        leaseSeconds,
        timeout: { attemptDurationSeconds: timeoutSeconds },
        retryStrategy: { attempts, evaluateOnExit: jobs.evaluateOnExit },
      },
      tags: { ...TAGS, 'forge-phase': phase },
    });
  });

  it('of a stage of one has no array, of a wider one has', () => {
    expect(requestOf('cognate')).not.toHaveProperty('arrayProperties');
    expect(requestOf('cognate', 3).arrayProperties).toEqual({ size: 3 });
  });

  it('ends its retry rules with one that matches everything: what is not matched is retried', () => {
    expect(jobs.evaluateOnExit.at(-1)).toEqual({ onReason: '*', action: 'EXIT' });
    expect(jobs.evaluateOnExit.length).toBeLessThanOrEqual(5);
  });
});

describe('a job', () => {
  it('is journalled before it is waited for, and described when it has succeeded', async () => {
    const { runner, log, end } = runnerOf();
    const call = callOf({
      submitted: async (output) => {
        log.push(['submitted', output]);
      },
    });
    const answer = run({}, runner, call);
    const environment = [{ name: 'SECRET', value: 'x' }];
    end({
      status: 'SUCCEEDED',
      container: { exitCode: 0, environment } as unknown as JobDetail['container'] & object,
    });
    const described = await answer;
    expect(log).toEqual([
      ['submit', 'R-1-cognate/RunStage#1'],
      ['submitted', { JobId: 'job', JobName: 'R-1-cognate-base-1' }],
      ['wait', 'job'],
    ]);
    expect(described).toMatchObject({
      JobId: 'job',
      Status: 'SUCCEEDED',
      Container: { ExitCode: 0, Environment: [] },
    });
  });

  it('that failed is States.TaskFailed with its description as the cause', async () => {
    const { runner, end } = runnerOf();
    const answer = run({}, runner, callOf({}));
    end({ status: 'FAILED', statusReason: 'Essential container in task exited' });
    const error = await answer.catch((thrown: unknown) => thrown as { error: string; taskCause: string });
    expect(error).toMatchObject({ error: 'States.TaskFailed' });
    expect(JSON.parse((error as { taskCause: string }).taskCause)).toMatchObject({
      JobId: 'job',
      Status: 'FAILED',
      StatusReason: 'Essential container in task exited',
    });
  });

  it('of a former server is waited for, not submitted again', async () => {
    const { runner, log, end } = runnerOf();
    const answer = run({}, runner, callOf({ resumed: true, submission: { JobId: 'former' } }));
    end({ status: 'SUCCEEDED' });
    await answer;
    expect(log).toEqual([['wait', 'former']]);
  });

  it('is terminated when nobody wants it any more', async () => {
    const { runner, log } = runnerOf();
    const controller = new AbortController();
    const answer = run({}, runner, callOf({}, controller));
    await new Promise((done) => setImmediate(done));
    controller.abort('ended');
    await expect(answer).rejects.toMatchObject({ error: 'States.TaskFailed' });
    expect(log.at(-1)).toEqual(['terminate', 'job', 'Stopped by its state machine']);
  });

  it('is terminated also when the stop came while it was being submitted', async () => {
    const { runner, log } = runnerOf();
    const controller = new AbortController();
    const submitted = async () => controller.abort('ended');
    await expect(run({}, runner, callOf({ submitted }, controller))).rejects.toMatchObject({
      error: 'States.TaskFailed',
    });
    expect(log.filter(([what]) => what === 'terminate')).toHaveLength(1);
  });

  it('runs on when only the server goes away', async () => {
    const { runner, log, end } = runnerOf();
    const controller = new AbortController();
    const answer = run({}, runner, callOf({}, controller));
    await new Promise((done) => setImmediate(done));
    controller.abort('closing');
    end({ status: 'SUCCEEDED' });
    await answer;
    expect(log.map(([what]) => what)).toEqual(['submit', 'wait']);
  });
});
