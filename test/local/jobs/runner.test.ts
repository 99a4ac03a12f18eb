import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Harness, shellRequest } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.close());

describe('a job on the embedded runner', () => {
  it('goes through the statuses of Batch in order', async () => {
    const job = await harness.run('true');

    expect(job.status).toBe('SUCCEEDED');
    expect(harness.statuses.get(job.jobId)).toEqual([
      'SUBMITTED',
      'RUNNABLE',
      'STARTING',
      'RUNNING',
      'SUCCEEDED',
    ]);
    expect(harness.journal.load(job.jobId)?.settled).toBe(true);
  });

  it('is described as DescribeJobs does', async () => {
    const job = await harness.run('exit 3', {
      tags: { owner: 'me' },
      timeout: { attemptDurationSeconds: 60 },
      retryStrategy: { attempts: 1 },
    });

    const logStreamName = `${job.jobId}/attempt-1`;
    const statusReason = 'Essential container in task exited';
    expect(job).toEqual({
      jobId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      jobName: 'toy',
      jobQueue: 'queue',
      jobDefinition: 'toy:1',
      status: 'FAILED',
      statusReason,
      attempts: [
        {
          container: { exitCode: 3, logStreamName },
          startedAt: expect.any(Number),
          stoppedAt: expect.any(Number),
          statusReason,
        },
      ],
      container: {
        command: ['exit 3'],
        environment: [],
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '64' },
        ],
        exitCode: 3,
        logStreamName,
      },
      dependsOn: [],
      retryStrategy: { attempts: 1, evaluateOnExit: [] },
      timeout: { attemptDurationSeconds: 60 },
      tags: { owner: 'me' },
      isCancelled: false,
      isTerminated: false,
      createdAt: expect.any(Number),
      startedAt: expect.any(Number),
      stoppedAt: expect.any(Number),
    });
    expect(harness.runner.describe(job.jobId)).toEqual(job);
    expect(harness.runner.list()).toEqual([job]);
  });

  it('gets its own environment, that of Batch, and nothing else', async () => {
    const job = await harness.run('env', {
      jobDefinition: {
        name: 'toy:1',
        vcpus: 1,
        memoryMiB: 64,
        environment: [
          { name: 'A', value: 'from the definition' },
          { name: 'B', value: 'from the definition' },
        ],
      },
      containerOverrides: {
        command: ['env'],
        environment: [
          { name: 'B', value: 'from the submission' },
          { name: 'AWS_BATCH_JOB_ID', value: 'forged' },
        ],
      },
    });

    const environment = harness.lines(job.jobId).filter((line) => !/^(PWD|PATH|OLDPWD|SHLVL|_)=/.test(line));
    expect(environment.sort()).toEqual([
      'A=from the definition',
      'AWS_BATCH_CE_NAME=local',
      'AWS_BATCH_JOB_ATTEMPT=1',
      `AWS_BATCH_JOB_ID=${job.jobId}`,
      'AWS_BATCH_JQ_NAME=queue',
      'B=from the submission',
      'CUDA_VISIBLE_DEVICES=',
      'NVIDIA_VISIBLE_DEVICES=void',
    ]);
  });

  it('leaves standard output and standard error in files of their own', async () => {
    const { jobId } = await harness.run('echo out; echo err >&2');

    const log = join(harness.directory, 'logs', jobId, 'attempt-1');
    expect(readFileSync(`${log}.ndjson`, 'utf8')).toBe('out\n');
    expect(readFileSync(`${log}.log`, 'utf8')).toBe('err\n');
    expect(readFileSync(`${log}.exit.json`, 'utf8')).toBe('{"exitCode":0}\n');
  });

  it('is submitted once however often its token is used', async () => {
    const clientToken = 'run-1/cognate/base';
    const first = harness.submit('echo x >> ran', { clientToken });
    const second = harness.submit('echo x >> ran', { clientToken });
    await harness.runner.waitFor(first);
    const third = harness.submit('echo x >> ran', { clientToken });

    expect([second, third]).toEqual([first, first]);
    expect(harness.file('ran')).toBe('x\n');
    expect(() => harness.submit('echo y', { clientToken })).toThrow(
      `clientToken ${clientToken} belongs to job ${first}, which was submitted with another request`,
    );
  });

  it('that is unknown can neither be awaited nor terminated', async () => {
    await expect(harness.runner.waitFor('nobody')).rejects.toThrow('job nobody does not exist');
    expect(() => harness.runner.terminate('nobody', 'because')).toThrow('job nobody does not exist');
    expect(harness.runner.describe('nobody')).toBeUndefined();
  });

  it('is refused by a closed runner, and whoever still waits is told', async () => {
    const jobId = harness.submit('sleep 0.2');
    const waiting = harness.runner.waitFor(jobId);
    waiting.catch(() => undefined);
    await harness.runner.close();

    await expect(waiting).rejects.toThrow(`job ${jobId} was still open when the job runner was closed`);
    await expect(harness.runner.waitFor(jobId)).rejects.toThrow('it goes on');
    expect(() => harness.runner.submit(shellRequest('true'))).toThrow('closed');
  });
});

describe('a listener that throws', () => {
  it('is reported and stops nothing', async () => {
    const faulty = new Harness({
      onStatus: () => {
        throw new Error('listener is broken');
      },
    });
    const job = await faulty.run('true');
    expect(job.status).toBe('SUCCEEDED');
    await faulty.close();
    expect(new Set(faulty.faults.map(({ message }) => message))).toEqual(new Set(['listener is broken']));
  });
});
