import { createHarness, DEFINITION, eventually, type Harness } from './harness.ts';

describe('a job on the embedded runner', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = createHarness();
  });
  afterEach(() => harness.close());

  it('goes through Batch statuses in order and is described like on AWS', async () => {
    const jobId = harness.shell('echo hello; echo trouble >&2', { tags: { owner: 'me' } });
    const job = await harness.runner.waitFor(jobId);
    await eventually('the last notification', () => harness.statuses.get(jobId)?.at(-1) === 'SUCCEEDED');

    expect(harness.statuses.get(jobId)).toEqual([
      'SUBMITTED',
      'RUNNABLE',
      'STARTING',
      'RUNNING',
      'SUCCEEDED',
    ]);
    expect(job).toEqual({
      jobId,
      jobName: 'toy',
      jobQueue: 'queue',
      jobDefinition: 'toy:1',
      status: 'SUCCEEDED',
      statusReason: 'Essential container in task exited',
      attempts: [
        {
          container: { exitCode: 0, logStreamName: `${jobId}/attempt-1` },
          startedAt: expect.any(Number),
          stoppedAt: expect.any(Number),
          statusReason: 'Essential container in task exited',
        },
      ],
      container: {
        command: ['echo hello; echo trouble >&2'],
        environment: [],
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '64' },
        ],
        exitCode: 0,
        logStreamName: `${jobId}/attempt-1`,
      },
      dependsOn: [],
      retryStrategy: { attempts: 1, evaluateOnExit: [] },
      tags: { owner: 'me' },
      isCancelled: false,
      isTerminated: false,
      createdAt: expect.any(Number),
      startedAt: expect.any(Number),
      stoppedAt: expect.any(Number),
    });
    expect(harness.batches.map(({ lines }) => lines)).toEqual([['hello']]);
    expect(harness.journal.load(jobId)?.settled).toBe(true);
  });

  it('is tried again after exit code 75 and not after another code, each attempt with its own number', async () => {
    const retryStrategy = {
      attempts: 5,
      evaluateOnExit: [
        { onExitCode: '75', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
    } as const;
    const jobId = harness.shell(
      'echo $AWS_BATCH_JOB_ATTEMPT; [ $AWS_BATCH_JOB_ATTEMPT -lt 3 ] && exit 75; exit 4',
      {
        retryStrategy,
      },
    );
    const job = await harness.runner.waitFor(jobId);

    expect(job.status).toBe('FAILED');
    expect(job.attempts.map(({ container }) => container.exitCode)).toEqual([75, 75, 4]);
    expect(harness.batches.map(({ attempt, lines }) => [attempt, lines])).toEqual([
      [1, ['1']],
      [2, ['2']],
      [3, ['3']],
    ]);
  });
});
