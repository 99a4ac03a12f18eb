import { systemClock, VirtualClock } from '#local/asl/clock.ts';
import { canonicalJson } from '#local/asl/json.ts';
import { exceedsPayload, isExecutionName } from '#local/asl/limits.ts';
import { parseResource } from '#local/asl/resource.ts';
import { machine, runMachine, task } from './run-machine.ts';

describe('AWS’s limits', () => {
  test('a value of 262,144 bytes may travel, one byte more may not; UTF-8 counts', () => {
    expect(exceedsPayload('x'.repeat(262_142))).toBe(false);
    expect(exceedsPayload('x'.repeat(262_143))).toBe(true);
    expect(exceedsPayload(['é'.repeat(131_071)])).toBe(true);
    expect([exceedsPayload(1), exceedsPayload(null), exceedsPayload(true)]).toEqual([false, false, false]);
  });

  test('a variable above 256 KiB fails its state', async () => {
    const ran = await runMachine(
      machine({ Set: { Type: 'Pass', Assign: { big: '{% $pad("", 262143, "x") %}' }, End: true } }),
    );
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('arguments above 256 KiB are never sent', async () => {
    const ran = await runMachine(machine({ Do: task({ Arguments: '{% $pad("", 262143, "x") %}' }) }));
    expect(ran.error).toBe('States.DataLimitExceeded');
    expect(ran.types).not.toContain('TaskScheduled');
  });

  test('an execution ends at 25,000 events, the last of which says why', async () => {
    const ran = await runMachine(
      machine({ Loop: { Type: 'Pass', Next: 'Again' }, Again: { Type: 'Pass', Next: 'Loop' } }),
    );
    expect(ran).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect(ran.events).toHaveLength(25_000);
    expect(ran.types.at(-1)).toBe('ExecutionFailed');
  });

  test('names that would leave a directory or a URL are none', () => {
    expect(['a', 'A_b-9', 'x'.repeat(80)].every(isExecutionName)).toBe(true);
    expect(['', 'a/b', '..', 'a b', 'ü', 'x'.repeat(81)].some(isExecutionName)).toBe(false);
  });
});

describe('a long machine', () => {
  const chain = (length: number) =>
    machine(
      Object.fromEntries(
        Array.from({ length }, (_, index) => [
          `S${index}`,
          { Type: 'Pass', ...(index < length - 1 ? { Next: `S${index + 1}` } : { End: true }) },
        ]),
      ),
    );

  test('of 1,000 Pass states enters and leaves each of them once', async () => {
    const ran = await runMachine(chain(1000));
    expect(ran.events).toHaveLength(2002);
  });
});

describe('the clocks', () => {
  test('the virtual clock jumps to alarms in order and forgets cancelled ones', async () => {
    const clock = new VirtualClock(1000);
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.now()]);
    clock.schedule(9_000_000_000, note('late'));
    clock.schedule(2000, note('soon'));
    clock.schedule(2000, note('soon, second'));
    clock.schedule(3000, note('never'))();
    await new Promise<void>((resolve) => clock.schedule(9_000_000_001, resolve));
    expect(fired).toEqual([
      ['soon', 2000],
      ['soon, second', 2000],
      ['late', 9_000_000_000],
    ]);
  });

  test('the system clock fires at once for what is past, cancels, and holds months', async () => {
    await new Promise<void>((resolve) => systemClock.schedule(Date.now() - 1000, resolve));
    let fired = false;
    const cancel = systemClock.schedule(Date.now() + 2 ** 33, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    cancel();
    expect(fired).toBe(false);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });
});

describe('small parts', () => {
  test('canonical JSON does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"x","d":null}]}',
    );
  });

  test.each([
    ['arn:aws:states:::lambda:invoke', 'lambda', 'invoke', 'requestResponse'],
    ['arn:aws:states:::batch:submitJob.sync', 'batch', 'submitJob.sync', 'sync'],
    ['arn:aws:states:::states:startExecution.sync:2', 'states', 'startExecution.sync:2', 'sync'],
    [
      'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      'sqs',
      'sendMessage.waitForTaskToken',
      'waitForTaskToken',
    ],
    [
      'arn:aws:states:::aws-sdk:sfn:startSyncExecution',
      'aws-sdk:sfn',
      'startSyncExecution',
      'requestResponse',
    ],
    ['arn:aws:states:::events:putEvents', 'events', 'putEvents', 'requestResponse'],
  ])('%s is read as service, action and pattern', (arn, service, action, pattern) => {
    expect(parseResource(arn)).toEqual({ events: 'Task', service, action, pattern });
  });
});
