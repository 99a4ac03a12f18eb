import { Harness } from './harness.ts';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.close());

describe('an array job', () => {
  it('of three on two slots runs all children, never more than two at once', async () => {
    const script =
      'echo + >> seats; sleep 0.1; echo "$AWS_BATCH_JOB_ARRAY_INDEX/$AWS_BATCH_JOB_ARRAY_SIZE $AWS_BATCH_JOB_ID"; echo - >> seats';
    const job = await harness.run(script, { arrayProperties: { size: 3 } });

    expect(job.status).toBe('SUCCEEDED');
    expect(job.arrayProperties).toEqual({
      size: 3,
      statusSummary: {
        SUBMITTED: 0,
        PENDING: 0,
        RUNNABLE: 0,
        STARTING: 0,
        RUNNING: 0,
        SUCCEEDED: 3,
        FAILED: 0,
      },
    });
    expect(harness.statuses.get(job.jobId)).toEqual(['SUBMITTED', 'PENDING', 'SUCCEEDED']);
    const said = [...harness.batches].sort((a, b) => Number(a.index) - Number(b.index));
    expect(said.map(({ jobId, index, lines }) => ({ jobId, index, lines }))).toEqual(
      [0, 1, 2].map((index) => ({
        jobId: `${job.jobId}:${index}`,
        index,
        lines: [`${index}/3 ${job.jobId}:${index}`],
      })),
    );
    let seated = 0;
    const seats = [...harness.file('seats').replaceAll('\n', '')].map((sign) => {
      seated += sign === '+' ? 1 : -1;
      return seated;
    });
    expect(Math.max(...seats)).toBe(2);
    expect(harness.journal.listOpen()).toEqual([]);
  });

  it('fails if one child fails, the others run on', async () => {
    const job = await harness.run('[ $AWS_BATCH_JOB_ARRAY_INDEX != 0 ] || exit 9; sleep 0.05; echo done', {
      arrayProperties: { size: 4 },
    });

    expect(job.status).toBe('FAILED');
    expect(job.statusReason).toBe('Array Child Job failed');
    expect(job.arrayProperties?.statusSummary).toMatchObject({ SUCCEEDED: 3, FAILED: 1 });
    const children = harness.runner.list({ parentId: job.jobId });
    expect(children.map((child) => [child.arrayProperties?.index, child.container?.exitCode])).toEqual([
      [0, 9],
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    expect(harness.runner.list().map(({ jobId }) => jobId)).toEqual([job.jobId]);
  });

  it('that is terminated stops its running children and never starts the others', async () => {
    const jobId = harness.submit('echo x >> ran; sleep 30', { arrayProperties: { size: 5 } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    harness.runner.terminate(jobId, 'not wanted any more');
    const job = await harness.runner.waitFor(jobId);

    expect(job).toMatchObject({ status: 'FAILED', statusReason: 'not wanted any more', isTerminated: true });
    expect(harness.file('ran')).toBe('x\nx\n');
    const children = harness.runner.list({ parentId: jobId });
    expect(children.map(({ statusReason }) => statusReason)).toEqual(Array(5).fill('not wanted any more'));
    expect(children.map(({ isCancelled }) => isCancelled)).toEqual([false, false, true, true, true]);
  });
});

describe('dependencies', () => {
  it('hold a job back until all of them have succeeded', async () => {
    const first = harness.submit('sleep 0.1; echo first >> order');
    const second = harness.submit('echo second >> order', { dependsOn: [{ jobId: first }] });
    expect(harness.runner.describe(second)?.status).toBe('PENDING');
    await harness.runner.waitFor(second);

    expect(harness.file('order')).toBe('first\nsecond\n');
    expect(harness.statuses.get(second)?.slice(0, 3)).toEqual(['SUBMITTED', 'PENDING', 'RUNNABLE']);
  });

  it('fail a job whose dependency failed, and those behind it', async () => {
    const first = harness.submit('exit 1');
    const second = harness.submit('echo no >> ran', { dependsOn: [{ jobId: first }] });
    const third = await harness.run('echo no >> ran', { dependsOn: [{ jobId: second }] });

    expect([third.status, third.statusReason]).toEqual(['FAILED', 'Dependent Job failed']);
    const late = await harness.run('echo no >> ran', { dependsOn: [{ jobId: first }] });
    expect(late.statusReason).toBe('Dependent Job failed');
    expect(harness.file('ran')).toBe('');
  });

  it('of type SEQUENTIAL run the children of an array one after the other', async () => {
    await harness.run('echo $AWS_BATCH_JOB_ARRAY_INDEX >> order; sleep 0.03', {
      arrayProperties: { size: 4 },
      dependsOn: [{ type: 'SEQUENTIAL' }],
    });
    expect(harness.file('order')).toBe('0\n1\n2\n3\n');
  });

  it('of type N_TO_N bind child to child', async () => {
    const size = 2;
    const first = harness.submit('[ $AWS_BATCH_JOB_ARRAY_INDEX = 1 ]', { arrayProperties: { size } });
    const job = await harness.run('true', {
      arrayProperties: { size },
      dependsOn: [{ jobId: first, type: 'N_TO_N' }],
    });
    const children = harness.runner.list({ parentId: job.jobId });
    expect(children.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
    expect(() =>
      harness.submit('true', { arrayProperties: { size: 3 }, dependsOn: [{ jobId: first, type: 'N_TO_N' }] }),
    ).toThrow(`N_TO_N needs two arrays of one size; this one has 3, job ${first} 2`);
    expect(() => harness.submit('true', { dependsOn: [{ jobId: 'nobody' }] })).toThrow(
      'job nobody, which does not exist',
    );
  });
});

describe('the queue', () => {
  it('fails a job at once that would never fit', async () => {
    const job = await harness.run('true', {
      jobDefinition: { name: 'huge', vcpus: 8, memoryMiB: 64, gpus: 1 },
    });
    expect(job.status).toBe('FAILED');
    expect(job.statusReason).toBe(
      "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - the job asks for 8 vCPUs, 64 MiB of memory and 1 GPUs, the machine offers 2 vCPUs, 1024 MiB of memory and 0 GPUs; lower the job's resources or raise the slots",
    );
  });

  it('is strictly first in, first out: a small job does not overtake a big one', async () => {
    const small = { name: 'small', vcpus: 1, memoryMiB: 64 };
    harness.submit('sleep 0.15; echo running >> order', { jobDefinition: small });
    harness.submit('sleep 0.05; echo big >> order', { jobDefinition: { ...small, vcpus: 2 } });
    await harness.run('echo small >> order', { jobDefinition: small });
    expect(harness.file('order')).toBe('running\nbig\nsmall\n');
  });

  it('gives each job GPUs of its own', async () => {
    const gpus = new Harness({ slots: { vcpus: 4, memoryMiB: 1024, gpus: 3 } });
    const jobDefinition = { name: 'gpu', vcpus: 1, memoryMiB: 64, gpus: 1 };
    const jobs = await Promise.all(
      [2, 1].map((count) =>
        gpus.run('sleep 0.05; echo $CUDA_VISIBLE_DEVICES', {
          jobDefinition: { ...jobDefinition, gpus: count },
        }),
      ),
    );
    expect(jobs.map(({ jobId }) => gpus.lines(jobId))).toEqual([['0,1'], ['2']]);
    await gpus.close();
  });
});
