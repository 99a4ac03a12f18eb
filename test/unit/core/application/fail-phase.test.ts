import errors from '#contracts/errors.json' with { type: 'json' };
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { type FailureDecision, failPhase } from '#core/application/commands/fail-phase.ts';
import { startPhase } from '#core/application/commands/start-phase.ts';
import type { JobEnd } from '#core/domain/described-job.ts';
import type { PhaseRecord } from '#core/domain/run.ts';
import { failedArray, failedJob, TASK_FAILED } from '#test/support/batch-causes.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { leaveCognateResults, manifestOf, writeJson } from '#test/support/toy-results.ts';
import { startedRun } from '#test/support/toy-run.ts';

async function world(): Promise<{ ports: MemoryPorts; runId: string }> {
  const ports = memoryPorts();
  return { ports, runId: (await startedRun(ports)).id };
}

const fail = (ports: MemoryPorts, runId: string, error: string, cause: string): Promise<FailureDecision> =>
  failPhase(ports, ADMIN, { runId, phase: 'cognate', error, cause });
const restart = (ports: MemoryPorts, runId: string) =>
  startPhase(ports, ADMIN, { runId, phase: 'cognate', execution: `${runId}-1` });
const recordOf = async (ports: MemoryPorts, runId: string) =>
  (await ports.runs.get(ADMIN.tenant, runId))?.phases[0] as PhaseRecord;

const exited = (exitCode: number): string => failedJob({ exitCode });
const LOST = [TASK_FAILED, exited(137)] as const;
const HOST_GONE = 'Host EC2 (instance i-0123456789abcdef0) terminated.';

const childEnd = (index: number, change: Partial<JobEnd>): JobEnd => ({
  jobId: `job-1:${index}`,
  attempts: 1,
  exitCode: null,
  reason: HOST_GONE,
  timedOut: false,
  ...change,
});
const withChildren = (ports: MemoryPorts, ends: readonly JobEnd[]): MemoryPorts => ({
  ...ports,
  jobs: { failedChildren: async (jobId) => (jobId === 'job-1' ? ends : []) },
});

/** What a try of a job left in its result manifest. */
function leaveAccount(
  { store }: MemoryPorts,
  runId: string,
  { stage, index, ...tried }: { stage: string; index: number | null; jobId: string; attempt: number },
  error = { kind: 'numeric', message: 'the loss is not finite at step 12' },
): void {
  const place = { runId, phase: 'cognate', stage, index, attempt: tried.attempt } as const;
  const folder = index === null ? stage : `${stage}/${index}`;
  const key = `staging/${runId}/cognate/${folder}/result.json`;
  writeJson(store, key, manifestOf(place, { success: false, error, jobId: tried.jobId }));
}

describe('the kind of a failure', () => {
  const oneOfEach = Object.entries(errors.kinds)
    .filter(([, facts]) => facts.exit > 1)
    .filter(
      ([, facts], position, all) => all.findIndex(([, other]) => other.exit === facts.exit) === position,
    )
    .map(([kind, facts]): [number, string] => [facts.exit, kind === 'cancelled' ? 'preempted' : kind]);

  test.each([...oneOfEach, [1, 'bug'], [0, 'bug'], [139, 'bug']] as [number, string][])(
    'of a job that ended with exit code %i is %s',
    async (exit, kind) => {
      const { ports, runId } = await world();
      expect(await fail(ports, runId, TASK_FAILED, exited(exit))).toMatchObject({ error: kind });
    },
  );

  test.each([
    [
      'a function that threw one of our kinds',
      'contract',
      '{"errorType":"contract","errorMessage":"no"}',
      'contract',
      'no',
    ],
    ['an error name that is one of our kinds', 'corrupt', 'blob gone', 'corrupt', 'blob gone'],
    ['a time limit', 'States.Timeout', '', 'timeout', 'The job did not end within its time limit.'],
    [
      'a missing heartbeat',
      'States.HeartbeatTimeout',
      'silent',
      'timeout',
      'The job did not end within its time limit. silent',
    ],
    [
      'a job without an exit code',
      TASK_FAILED,
      failedJob({ statusReason: HOST_GONE }),
      'lost',
      `The job ended without an exit code: ${HOST_GONE}`,
    ],
    [
      'a job that Batch stopped at its time limit, though it ended as one that was told to stop',
      TASK_FAILED,
      failedJob({ exitCode: 75, statusReason: 'Job attempt duration exceeded timeout' }),
      'timeout',
      'The job did not end within its time limit: Job attempt duration exceeded timeout',
    ],
    [
      'a job whose container could not be looked at',
      TASK_FAILED,
      failedJob({ reason: 'CannotInspectContainerError: timed out' }),
      'lost',
      'The job ended without an exit code: CannotInspectContainerError: timed out',
    ],
    ['anything else', 'States.Runtime', 'null', 'bug', 'States.Runtime: null'],
    ['a cause that is no JSON', 'Error', 'boom', 'bug', 'Error: boom'],
  ])('of %s is read', async (_, error, cause, kind, message) => {
    const { ports, runId } = await world();
    expect(await fail(ports, runId, error, cause)).toMatchObject({ error: kind, cause: message });
  });

  test("the job's own account wins over its exit code", async () => {
    const { ports, runId } = await world();
    leaveAccount(ports, runId, { stage: 'base', index: null, jobId: 'job-1', attempt: 1 });
    writeJson(ports.store, `staging/${runId}/cognate/variants/0/result.json`, 'half a manifest');

    const decision = await fail(ports, runId, TASK_FAILED, exited(1));
    expect(decision).toMatchObject({
      action: 'fail',
      error: 'numeric',
      cause: 'the loss is not finite at step 12',
    });
    expect(await recordOf(ports, runId)).toMatchObject({
      status: 'failed',
      error: { kind: 'numeric', hint: expect.stringContaining('learning_rate'), phase: 'cognate' },
    });
  });

  test.each([
    ['an earlier attempt of the same job', { jobId: 'job-1', attempt: 1 }],
    ['another job, as of the try before', { jobId: 'job-0', attempt: 2 }],
  ])('is not taken from what %s left', async (_, tried) => {
    const { ports, runId } = await world();
    leaveAccount(ports, runId, { stage: 'base', index: null, ...tried });
    const cause = failedJob({ exitCode: 76 }, { statusReason: HOST_GONE });
    expect(await fail(ports, runId, TASK_FAILED, cause)).toMatchObject({ action: 'retry', error: 'lost' });
  });

  test('an error without its own advice points to the log', async () => {
    const { ports, runId } = await world();
    await fail(ports, runId, TASK_FAILED, exited(70));
    expect((await recordOf(ports, runId)).error?.hint).toBe(
      `Read the log: forge runs logs ${runId} --phase cognate`,
    );
  });
});

describe('an array that failed', () => {
  test.each<[string, readonly JobEnd[], string, string]>([
    ['whose hosts were lost', [childEnd(0, {}), childEnd(2, {})], 'retry', 'lost'],
    [
      'of which one child would fail again',
      [childEnd(0, {}), childEnd(2, { exitCode: 70, reason: 'exited' })],
      'fail',
      'bug',
    ],
    ['of which one child took too long', [childEnd(1, { exitCode: 75, timedOut: true })], 'fail', 'timeout'],
    ['of which one child ran out of memory', [childEnd(1, { exitCode: 71 })], 'fail', 'out_of_memory'],
  ])('and %s is judged by its children', async (_, ends, action, error) => {
    const { ports, runId } = await world();
    const decision = await fail(withChildren(ports, ends), runId, TASK_FAILED, failedArray(3, ends.length));
    expect(decision).toMatchObject({ action, error });
  });

  test("believes the account of the child's last attempt", async () => {
    const { ports, runId } = await world();
    leaveAccount(ports, runId, { stage: 'variants', index: 1, jobId: 'job-1:1', attempt: 2 });
    const ends = [childEnd(1, { attempts: 2, exitCode: 76 })];
    const decision = await fail(withChildren(ports, ends), runId, TASK_FAILED, failedArray(3, 1));
    expect(decision).toMatchObject({ error: 'numeric', cause: 'the loss is not finite at step 12' });
  });

  test.each([
    ['nobody can ask', (ports: MemoryPorts) => ports],
    ['nobody knows', (ports: MemoryPorts) => withChildren(ports, [])],
  ])('and whose children %s is not tried again', async (_, change) => {
    const { ports, runId } = await world();
    const decision = await fail(change(ports), runId, TASK_FAILED, failedArray(3, 2));
    expect(decision).toMatchObject({
      action: 'fail',
      error: 'bug',
      cause: '2 of 3 jobs of array job-1 failed, and none can be asked why: Array Child Job failed',
    });
  });
});

describe('trying again', () => {
  test.each([
    ['lost', 137],
    ['dependency', 69],
    ['preempted', 75],
  ])('a phase that was %s is tried three times in all, each wait longer than the last', async (_, exit) => {
    const { ports, runId } = await world();
    const decisions: FailureDecision[] = [];
    for (;;) {
      const decision = await fail(ports, runId, TASK_FAILED, exited(exit));
      decisions.push(decision);
      if (decision.action === 'fail' || decisions.length > 5) break;
      expect(await recordOf(ports, runId)).toMatchObject({ status: 'pending' });
      await restart(ports, runId);
    }
    expect(decisions.map(({ action, waitSeconds }) => [action, waitSeconds])).toEqual([
      ['retry', 2],
      ['retry', 4],
      ['fail', 0],
    ]);
    expect(await recordOf(ports, runId)).toMatchObject({ status: 'failed', attempts: 3 });
    const events = (await ports.events.read(ADMIN.tenant, runId, 0, 100)).map((event) => event.type);
    expect(events.filter((type) => type === 'PhaseRetried')).toHaveLength(2);
    expect(events.slice(-2)).toEqual(['PhaseFailed', 'error_notification']);
  });

  test('a phase whose start itself fails is given up after three tries too', async () => {
    const { ports, runId } = await world();
    const actions: string[] = [];
    for (let tries = 0; tries < 5 && actions.at(-1) !== 'fail'; tries += 1) {
      const cause = '{"errorType":"dependency","errorMessage":"the store does not answer"}';
      actions.push((await fail(ports, runId, 'dependency', cause)).action);
    }
    expect(actions).toEqual(['retry', 'retry', 'fail']);
  });

  test.each([
    'validation',
    'contract',
    'bug',
    'numeric',
    'out_of_memory',
    'budget',
    'timeout',
    'corrupt',
  ] as const)('a failure of kind %s is final at once', async (kind) => {
    const { ports, runId } = await world();
    expect(await fail(ports, runId, kind, 'no')).toMatchObject({ action: 'fail', waitSeconds: 0 });
    expect((await recordOf(ports, runId)).status).toBe('failed');
  });

  test('a phase that failed keeps its first reason', async () => {
    const { ports, runId } = await world();
    await fail(ports, runId, 'numeric', 'first');
    const before = await ports.runs.get(ADMIN.tenant, runId);
    await fail(ports, runId, 'bug', 'second');
    expect(await ports.runs.get(ADMIN.tenant, runId)).toEqual(before);
  });

  test('a phase that succeeded stays so, whatever is reported late', async () => {
    const { ports, runId } = await world();
    leaveCognateResults(ports.store, runId);
    await completePhase(ports, ADMIN, { runId, phase: 'cognate' });
    const before = await ports.runs.get(ADMIN.tenant, runId);
    await fail(ports, runId, ...LOST);
    await fail(ports, runId, 'bug', 'late');
    expect(await ports.runs.get(ADMIN.tenant, runId)).toEqual(before);
  });
});

describe('a requested stop', () => {
  test.each([137, 75, 143, 69])('is never retried, though the job died of exit code %i', async (exit) => {
    const { ports, runId } = await world();
    await cancelRun(ports, ADMIN, runId);
    const decision = await fail(ports, runId, TASK_FAILED, exited(exit));

    expect(decision).toMatchObject({ action: 'fail', error: 'cancelled' });
    expect(await recordOf(ports, runId)).toMatchObject({ status: 'cancelled', error: { kind: 'cancelled' } });
  });
});
