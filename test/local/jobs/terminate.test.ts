import { eventually, Harness, runs } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.close());

describe('terminating a job', () => {
  it('kills its grandchildren too, at once with SIGTERM where they obey', async () => {
    const jobId = harness.submit('sleep 60 & echo $! > grandchild; wait');
    await eventually('the grandchild', () => harness.file('grandchild') !== '');
    harness.runner.terminate(jobId, 'stopped by the user');
    const job = await harness.runner.waitFor(jobId);

    expect(job).toMatchObject({ status: 'FAILED', statusReason: 'stopped by the user', isTerminated: true });
    expect(job.container?.exitCode).toBe(143);
    expect(runs(harness.file('grandchild'))).toBe(false);
  });

  it('lets it finish its work on SIGTERM, and does not repeat it although exit code 75 would be', async () => {
    const jobId = harness.submit(
      'trap "echo checkpoint; exit 75" TERM; echo ready > ready; while :; do sleep 0.01; done',
      { retryStrategy: { attempts: 5 } },
    );
    await eventually('the trap', () => harness.file('ready') !== '');
    harness.runner.terminate(jobId, 'paused');
    const job = await harness.runner.waitFor(jobId);

    expect(job.attempts.map(({ container }) => container.exitCode)).toEqual([75]);
    expect([job.status, job.statusReason]).toEqual(['FAILED', 'paused']);
    expect(harness.lines(jobId)).toEqual(['checkpoint']);
  });

  it('kills after the grace period what ignores SIGTERM, with its whole group', async () => {
    const jobId = harness.submit('trap "" TERM; sleep 60 & echo $! > grandchild; wait; sleep 60');
    await eventually('the grandchild', () => harness.file('grandchild') !== '');
    const asked = Date.now();
    harness.runner.terminate(jobId, 'stop');
    harness.runner.terminate(jobId, 'stop again');
    const job = await harness.runner.waitFor(jobId);

    expect(Date.now() - asked).toBeGreaterThanOrEqual(300);
    expect(job.statusReason).toBe('stop');
    expect(job.container?.exitCode).toBe(137);
    expect(runs(harness.file('grandchild'))).toBe(false);
  });

  it('gives it less time when a later request says so, and never more', async () => {
    const slow = new Harness({ graceMilliseconds: 60_000 });
    const jobId = slow.submit('trap "" TERM; echo ready > ready; while :; do sleep 0.01; done');
    await eventually('the trap', () => slow.file('ready') !== '');
    slow.runner.terminate(jobId, 'paused');
    slow.runner.terminate(jobId, 'cancelled', 100);
    slow.runner.terminate(jobId, 'paused again');
    const job = await slow.runner.waitFor(jobId);

    expect([job.statusReason, job.container?.exitCode]).toEqual(['paused', 137]);
    await slow.close();
  });

  it('ends a job that has not started without starting it', async () => {
    const running = harness.submit('sleep 0.1', { jobDefinition: { name: 'all', vcpus: 2, memoryMiB: 64 } });
    const queued = harness.submit('echo x > ran');
    const waiting = harness.submit('echo x > ran', { dependsOn: [{ jobId: running }] });
    harness.runner.terminate(queued, 'cancelled');
    harness.runner.terminate(waiting, 'cancelled');

    for (const jobId of [queued, waiting]) {
      const job = await harness.runner.waitFor(jobId);
      expect(job).toMatchObject({
        status: 'FAILED',
        statusReason: 'cancelled',
        isCancelled: true,
        attempts: [],
      });
    }
    await harness.runner.waitFor(running);
    expect(harness.file('ran')).toBe('');
  });

  it('that has ended changes nothing', async () => {
    const { jobId } = await harness.run('true');
    harness.runner.terminate(jobId, 'too late');
    expect(harness.runner.describe(jobId)).toMatchObject({ status: 'SUCCEEDED', isTerminated: false });
  });
});

describe('a job that ends by itself', () => {
  it('leaves no process of its group behind', async () => {
    const job = await harness.run('sleep 60 & echo $! > left; exit 0');
    expect(job.status).toBe('SUCCEEDED');
    expect(runs(harness.file('left'))).toBe(false);
  });

  it('leaves none behind even if its shell was killed alone', async () => {
    const job = await harness.run('echo $$ > self; kill -KILL $PPID; sleep 60');
    expect(job.statusReason).toMatch(/^Host EC2 /);
    await eventually('the end of the orphan', () => !runs(harness.file('self')));
  });
});
