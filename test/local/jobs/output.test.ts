import { eventually, Harness } from './harness.ts';

let harness: Harness;
afterEach(() => harness.close());

describe('the output of a job', () => {
  it('arrives line by line, whole, in order, each with its byte offset', async () => {
    harness = new Harness();
    const { jobId } = await harness.run('printf "zwölf\\nha"; sleep 0.05; printf "lf\\n\\nlast without end"');

    expect(harness.lines(jobId)).toEqual(['zwölf', 'half', '', 'last without end']);
    expect(harness.batches.flatMap(({ offsets }) => offsets)).toEqual([0, 7, 12, 13]);
    expect(harness.batches.at(-1)?.nextOffset).toBe(29);
    const starts = harness.batches.map(({ offset }) => offset);
    expect(starts.slice(1)).toEqual(harness.batches.slice(0, -1).map(({ nextOffset }) => nextOffset));
  });

  it('is offered again until it is accepted, and the offset moves only then', async () => {
    const refused: number[] = [];
    const accepted: string[] = [];
    harness = new Harness({
      onLines: async ({ offset, lines }) => {
        if (refused.length < 3) {
          refused.push(offset);
          throw new Error('the event log is locked');
        }
        accepted.push(...lines);
      },
    });
    const jobId = harness.submit('echo a; echo b; sleep 0.2');
    await eventually('the third refusal', () => refused.length === 3);
    expect(harness.journal.load(jobId)?.attempts[0]?.outputOffset).toBe(0);
    await harness.runner.waitFor(jobId);

    expect(new Set(refused)).toEqual(new Set([0]));
    expect(accepted).toEqual(['a', 'b']);
    expect(harness.journal.load(jobId)?.attempts[0]?.outputOffset).toBe(4);
    expect(harness.faults.map(({ message }) => message)).toEqual(['the event log is locked']);
  });

  it('that nobody accepts delays the end only for a while, and is delivered after a restart', async () => {
    let broken = true;
    const accepted: string[] = [];
    harness = new Harness({
      outputPatienceMilliseconds: 100,
      onLines: ({ lines }) => {
        if (broken) throw new Error('disk full');
        accepted.push(...lines);
      },
    });
    const job = await harness.run('echo kept');
    expect(job.status).toBe('SUCCEEDED');
    expect(harness.journal.listOpen().map(({ jobId }) => jobId)).toEqual([job.jobId]);

    broken = false;
    await harness.restart();
    await eventually('the line', () => harness.journal.listOpen().length === 0);
    expect(accepted).toEqual(['kept']);
  });
});

describe('a runner on the journal of another one', () => {
  beforeEach(() => {
    harness = new Harness();
  });

  it('adopts a job that still runs, and its output goes on where it stopped', async () => {
    const jobId = harness.submit('for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.05; done; echo $i >> ran');
    await eventually('three lines', () => harness.lines(jobId).length >= 3);
    await harness.restart();
    expect(harness.runner.describe(jobId)?.status).toBe('RUNNING');
    const before = harness.lines(jobId).length;
    const job = await harness.runner.waitFor(jobId);

    expect(before).toBeLessThan(8);
    expect(harness.lines(jobId)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect([job.status, job.attempts.length, harness.file('ran')]).toEqual(['SUCCEEDED', 1, '8\n']);
  });

  it('learns the exit code of a job that ended while there was no runner', async () => {
    const jobId = harness.submit('sleep 0.1; echo late; exit 7');
    await eventually('the start', () => harness.runner.describe(jobId)?.status === 'RUNNING');
    await harness.runner.close();
    await new Promise((resolve) => setTimeout(resolve, 250));
    await harness.restart();
    const job = await harness.runner.waitFor(jobId);

    expect([job.status, job.container?.exitCode]).toEqual(['FAILED', 7]);
    expect(harness.lines(jobId)).toEqual(['late']);
  });

  it('queues again what was queued, keeps to the slots that adopted jobs hold, and to the order', async () => {
    const script = 'echo $AWS_BATCH_JOB_ARRAY_INDEX >> order; sleep 0.1';
    const array = harness.submit(script, {
      arrayProperties: { size: 3 },
      jobDefinition: { name: 'whole', vcpus: 2, memoryMiB: 64 },
    });
    const last = harness.submit('echo last >> order', { dependsOn: [{ jobId: array }] });
    await eventually('the first child', () => harness.file('order') !== '');
    await harness.restart();
    expect(harness.runner.describe(`${array}:1`)?.status).toBe('RUNNABLE');
    const job = await harness.runner.waitFor(last);

    expect(job.status).toBe('SUCCEEDED');
    expect(harness.file('order')).toBe('0\n1\n2\nlast\n');
    expect(harness.runner.describe(array)?.arrayProperties?.statusSummary?.SUCCEEDED).toBe(3);
  });

  it('finishes a termination and keeps a time-out', async () => {
    const stopped = harness.submit('trap "" TERM; echo x > trapped; while :; do sleep 0.02; done');
    const timed = harness.submit('sleep 60', { timeout: { attemptDurationSeconds: 0.4 } });
    await eventually('the trap', () => harness.file('trapped') !== '');
    harness.runner.terminate(stopped, 'server shut down');
    await harness.restart();

    const jobs = await Promise.all([stopped, timed].map((jobId) => harness.runner.waitFor(jobId)));
    expect(jobs.map(({ statusReason }) => statusReason)).toEqual([
      'server shut down',
      'Job attempt duration exceeded timeout',
    ]);
  });

  it('never takes another process with the same number for its own', async () => {
    const jobId = harness.submit('sleep 0.3');
    await eventually('the start', () => harness.runner.describe(jobId)?.status === 'RUNNING');
    await harness.runner.close();
    const record = harness.journal.load(jobId);
    const attempts = record?.attempts.map((attempt) => ({
      ...attempt,
      process: { pid: process.pid, birth: 'another boot:1' },
    }));
    if (record && attempts) harness.journal.save([{ ...record, attempts }]);
    await harness.restart();
    harness.runner.terminate(jobId, 'would hit the wrong process');
    const job = await harness.runner.waitFor(jobId);
    // Alive to tell: the signals for the vanished process did not reach this one, which has its number now.
    expect(job.status).toBe('FAILED');
  });
});
