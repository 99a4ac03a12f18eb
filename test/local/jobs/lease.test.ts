/** An attempt that shows no sign of life is killed and tried again; one that does is left alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import jobs from '#contracts/jobs.json' with { type: 'json' };
import { kindOfExit } from '#core/domain/errors.ts';
import type { JobRequest } from '#local/jobs/job.ts';
import { LEASE_LOST } from '#local/jobs/verdict.ts';
import { DEFINITION, eventually, Harness, runs } from './harness.ts';

const leased = (leaseSeconds: number, attempts = 2): Partial<JobRequest> => ({
  jobDefinition: {
    ...DEFINITION,
    leaseSeconds,
    retryStrategy: {
      attempts,
      evaluateOnExit: jobs.evaluateOnExit as NonNullable<JobRequest['retryStrategy']>['evaluateOnExit'] &
        object,
    },
  },
});

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.close());

it('kills a stopped process with its group, says why, and tries again', async () => {
  const script =
    'echo $$ >> pids; [ $AWS_BATCH_JOB_ATTEMPT = 2 ] && exit 0; sleep 60 & echo $! >> pids; kill -STOP $$';
  const job = await harness.run(script, leased(0.3));
  expect(job).toMatchObject({ status: 'SUCCEEDED' });
  expect(job.attempts).toMatchObject([
    { statusReason: LEASE_LOST, container: { exitCode: 137, reason: expect.stringContaining('LeaseLost') } },
    { container: { exitCode: 0 } },
  ]);
  for (const pid of harness.file('pids').trim().split('\n')) expect(runs(pid)).toBe(false);
});

it.each(['stdout', 'stderr'])('leaves a process alone that writes on its %s', async (stream) => {
  const beat = stream === 'stdout' ? 'echo alive' : 'echo alive >&2';
  const job = await harness.run(`for i in 1 2 3 4 5 6; do ${beat}; sleep 0.1; done`, leased(0.4, 1));
  expect(job).toMatchObject({ status: 'SUCCEEDED', attempts: [{ container: { exitCode: 0 } }] });
});

it('watches on after the runner was restarted', async () => {
  const jobId = harness.submit('[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || exec sleep 60', leased(0.4));
  await eventually('a running attempt', () => harness.runner.describe(jobId)?.status === 'RUNNING');
  await harness.restart();
  const job = await harness.runner.waitFor(jobId);
  expect(job).toMatchObject({ status: 'SUCCEEDED', attempts: [{ statusReason: LEASE_LOST }, {}] });
});

it('gives up as lost when no attempt shows life, in words a person understands', async () => {
  const job = await harness.run('exec sleep 60', leased(0.1));
  expect(job).toMatchObject({ status: 'FAILED', attempts: [{}, {}] });
  expect(job.attempts[1]?.container).toEqual({
    exitCode: 137,
    reason: expect.stringContaining('it wrote nothing for its whole lease'),
    logStreamName: expect.any(String),
  });
  expect(kindOfExit(137)).toBe('lost');
});

it('tries again after a job that ended itself for want of progress', async () => {
  const job = await harness.run('[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || kill -ALRM $$', leased(60));
  expect(job).toMatchObject({
    status: 'SUCCEEDED',
    attempts: [{ container: { exitCode: 142, reason: expect.stringContaining('its log') } }, {}],
  });
  expect(kindOfExit(142)).toBe('lost');
});

it('refuses a lease that is no time', () => {
  expect(() => harness.submit('true', leased(0))).toThrow('leaseSeconds must be a positive number');
});

it('is in no conflict with Batch, which takes five rules', () => {
  expect(jobs.evaluateOnExit.length).toBeLessThanOrEqual(5);
  const limits = Object.values(jobs.phases).map(({ leaseSeconds, timeoutSeconds }) => [
    leaseSeconds,
    timeoutSeconds,
  ]);
  for (const [lease = 0, timeout = 0] of limits) expect(lease).toBeLessThan(timeout);
  expect(readFileSync(join('contracts', 'jobs.json'), 'utf8')).toContain('"142"');
});
