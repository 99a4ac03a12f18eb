import { Harness } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.close());

const RETRY_75 = {
  attempts: 5,
  evaluateOnExit: [
    { onExitCode: '75', action: 'RETRY' },
    { onReason: '*', action: 'EXIT' },
  ],
} as const;

describe('attempts of a job', () => {
  it('are repeated for exit code 75 and not for another, each with its number and its log', async () => {
    const script = 'echo $AWS_BATCH_JOB_ATTEMPT; [ $AWS_BATCH_JOB_ATTEMPT -lt 3 ] && exit 75; exit 4';
    const job = await harness.run(script, { retryStrategy: RETRY_75 });

    expect(job.status).toBe('FAILED');
    expect(job.attempts.map(({ container }) => container)).toEqual([
      { exitCode: 75, logStreamName: `${job.jobId}/attempt-1` },
      { exitCode: 75, logStreamName: `${job.jobId}/attempt-2` },
      { exitCode: 4, logStreamName: `${job.jobId}/attempt-3` },
    ]);
    expect(harness.batches.map(({ attempt, offset, lines }) => [attempt, offset, lines])).toEqual([
      [1, 0, ['1']],
      [2, 0, ['2']],
      [3, 0, ['3']],
    ]);
    const again = ['RUNNABLE', 'STARTING', 'RUNNING'];
    expect(harness.statuses.get(job.jobId)).toEqual(['SUBMITTED', ...again, ...again, ...again, 'FAILED']);
  });

  it('end when they are used up', async () => {
    const job = await harness.run('exit 75', { retryStrategy: { ...RETRY_75, attempts: 2 } });
    expect([job.status, job.attempts.length, job.container?.exitCode]).toEqual(['FAILED', 2, 75]);
  });

  it.each([
    ['kill -TERM $$', 143, undefined],
    ['kill -KILL $$', 137, expect.stringContaining('OutOfMemoryError')],
    ['exec /no/such/program', 127, expect.stringContaining('CannotStartContainerError')],
  ])('that end by %s have exit code %i', async (script, exitCode, reason) => {
    const job = await harness.run(script);
    expect(job.container?.exitCode).toBe(exitCode);
    expect(job.attempts[0]?.container.reason).toEqual(reason);
  });

  it('whose process cannot be started fail with the cause and may be repeated', async () => {
    const broken = new Harness({
      command: (_, attempt) => {
        if (attempt === 1) throw new Error('no interpreter');
        return { file: '/bin/sh', args: ['-c', 'true'], env: {}, cwd: '/no/such/folder' };
      },
    });
    const job = await broken.run('true', { retryStrategy: { attempts: 2 } });

    expect(job.status).toBe('FAILED');
    expect(job.statusReason).toBe('Task failed to start');
    expect(job.attempts.map(({ container }) => container.reason)).toEqual([
      'CannotStartContainerError: no interpreter',
      expect.stringMatching(/^CannotStartContainerError: .*ENOENT.*\/no\/such\/folder/),
    ]);
    expect(broken.journal.listOpen()).toEqual([]);
    await broken.close();
  });

  it('that run too long are stopped and not repeated', async () => {
    const job = await harness.run('sleep 30', {
      timeout: { attemptDurationSeconds: 0.2 },
      retryStrategy: { attempts: 3 },
    });
    expect(job.status).toBe('FAILED');
    expect(job.statusReason).toBe('Job attempt duration exceeded timeout');
    expect(job.attempts.length).toBe(1);
    expect(job.container?.exitCode).toBe(143);
    expect(job.isTerminated).toBe(false);
  });

  it('that vanish together with their shell count as lost with the host', async () => {
    const job = await harness.run('[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || kill -s KILL -- -$PPID', {
      retryStrategy: {
        attempts: 3,
        evaluateOnExit: [
          { onStatusReason: 'Host EC2*', action: 'RETRY' },
          { onReason: '*', action: 'EXIT' },
        ],
      },
    });
    expect(job.status).toBe('SUCCEEDED');
    expect(job.attempts.map(({ container }) => container.exitCode)).toEqual([137, 0]);
    expect(job.attempts[0]?.statusReason).toMatch(/^Host EC2 /);
  });
});
