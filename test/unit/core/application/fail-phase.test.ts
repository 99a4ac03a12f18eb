import errors from '#contracts/errors.json' with { type: 'json' };
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { type FailureDecision, failPhase } from '#core/application/commands/fail-phase.ts';
import { startPhase } from '#core/application/commands/start-phase.ts';
import type { PhaseRecord } from '#core/domain/run.ts';
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

/** What Step Functions hands to Catch when a Batch job has failed. */
const failedJob = (exitCode: number | null, reason = 'Essential container in task exited'): string =>
  JSON.stringify({
    JobId: 'job-1',
    StatusReason: reason,
    Attempts: [{ Container: exitCode === null ? {} : { ExitCode: exitCode, Reason: reason } }],
  });

const LOST = ['Batch.JobFailed', failedJob(137)] as const;

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
      expect(await fail(ports, runId, 'Batch.JobFailed', failedJob(exit))).toMatchObject({ error: kind });
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
      'Batch.JobFailed',
      failedJob(null, 'Host EC2 terminated'),
      'lost',
      'The job ended without an exit code: Host EC2 terminated',
    ],
    ['anything else', 'States.Runtime', 'null', 'bug', 'States.Runtime: null'],
    ['a cause that is no JSON', 'Error', 'boom', 'bug', 'Error: boom'],
  ])('of %s is read', async (_, error, cause, kind, message) => {
    const { ports, runId } = await world();
    expect(await fail(ports, runId, error, cause)).toMatchObject({ error: kind, cause: message });
  });

  test("the job's own account wins over its exit code", async () => {
    const { ports, runId } = await world();
    const place = { runId, phase: 'cognate', stage: 'variants', index: 1, attempt: 1 } as const;
    const account = { kind: 'numeric', message: 'the loss is not finite at step 12' };
    writeJson(
      ports.store,
      `staging/${runId}/cognate/variants/1/result.json`,
      manifestOf(place, { success: false, error: account }),
    );
    writeJson(ports.store, `staging/${runId}/cognate/variants/0/result.json`, 'half a manifest');

    const decision = await fail(ports, runId, 'Batch.JobFailed', failedJob(1));
    expect(decision).toMatchObject({ action: 'fail', error: 'numeric', cause: account.message });
    expect(await recordOf(ports, runId)).toMatchObject({
      status: 'failed',
      error: { kind: 'numeric', hint: expect.stringContaining('learning_rate'), phase: 'cognate' },
    });
  });

  test('an error without its own advice points to the log', async () => {
    const { ports, runId } = await world();
    await fail(ports, runId, 'Batch.JobFailed', failedJob(70));
    expect((await recordOf(ports, runId)).error?.hint).toBe(
      `Read the log: forge runs logs ${runId} --phase cognate`,
    );
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
      const decision = await fail(ports, runId, 'Batch.JobFailed', failedJob(exit));
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
    const decision = await fail(ports, runId, 'Batch.JobFailed', failedJob(exit));

    expect(decision).toMatchObject({ action: 'fail', error: 'cancelled' });
    expect(await recordOf(ports, runId)).toMatchObject({ status: 'cancelled', error: { kind: 'cancelled' } });
  });
});
