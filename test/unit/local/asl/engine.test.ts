import type { ExecutionDescription } from '#local/asl/api.ts';
import { VirtualClock } from '#local/asl/clock.ts';
import { createEngine } from '#local/asl/engine.ts';
import { JournalConflict } from '#local/asl/journal.ts';
import type { TaskCall } from '#local/asl/tasks.ts';
import { MemoryJournal } from './memory-journal.ts';
import { ARN, engineFor, machine, runMachine, task } from './run-machine.ts';

const ECHO = machine({ Echo: { Type: 'Pass', End: true } });
const HANG = machine({ Do: task() });
const PARENT = `${ARN}-parent`;

function never(): Promise<never> {
  return new Promise(() => undefined);
}

describe('start', () => {
  test('the same name, machine and input again gives the same execution, running or closed', async () => {
    const engine = engineFor(ECHO);
    const [first, twin] = await Promise.all([
      engine.start({ name: 'a', machineArn: ARN, input: { x: 1, y: 2 } }),
      engine.start({ name: 'a', machineArn: ARN, input: { y: 2, x: 1 } }),
    ]);
    expect(twin).toMatchObject({ name: 'a', startDate: first.startDate });
    const ended = await engine.waitFor('a');
    expect(await engine.start({ name: 'a', machineArn: ARN, input: { x: 1, y: 2 } })).toEqual(ended);
  });

  test('50 starts of one name at once make one execution', async () => {
    const journal = new MemoryJournal();
    const engine = engineFor(ECHO, undefined, { journal });
    await Promise.all(
      Array.from({ length: 50 }, () => engine.start({ name: 'a', machineArn: ARN, input: {} })),
    );
    await engine.waitFor('a');
    expect(journal.entries().map((entry) => entry.type)).toEqual(['started', 'finished']);
  });

  test('another input under the same name is refused', async () => {
    const engine = engineFor(ECHO);
    await engine.start({ name: 'a', machineArn: ARN, input: 1 });
    await expect(engine.start({ name: 'a', machineArn: ARN, input: 2 })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
  });

  test('a start that another engine won meanwhile gives that execution', async () => {
    const journal = new MemoryJournal();
    const winner = engineFor(ECHO, undefined, { journal });
    journal.load = async () => [];
    await winner.start({ name: 'a', machineArn: ARN, input: 1 });
    const { load } = MemoryJournal.prototype;
    let calls = 0;
    journal.load = async (name) => (calls++ === 0 ? [] : load.call(journal, name));
    const engine = engineFor(ECHO, undefined, { journal });
    expect(await engine.start({ name: 'a', machineArn: ARN, input: 1 })).toMatchObject({ name: 'a' });
    journal.load = async () => [];
    await expect(engine.start({ name: 'a', machineArn: ARN, input: 1 })).rejects.toBeInstanceOf(
      JournalConflict,
    );
  });

  test.each([
    ['', 'InvalidName'],
    ['with space', 'InvalidName'],
    ['../x', 'InvalidName'],
    ['x'.repeat(81), 'InvalidName'],
  ])('refuses the name %p', async (name, code) => {
    await expect(engineFor(ECHO).start({ name, machineArn: ARN, input: {} })).rejects.toMatchObject({ code });
  });

  test('refuses an unknown machine and an input above 256 KiB', async () => {
    const engine = engineFor(ECHO);
    await expect(engine.start({ name: 'a', machineArn: 'toString', input: {} })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
      message: expect.stringContaining(ARN),
    });
    const input = 'x'.repeat(256 * 1024);
    await expect(engine.start({ name: 'a', machineArn: ARN, input })).rejects.toMatchObject({
      code: 'InvalidExecutionInput',
    });
  });

  test('later changes of the caller’s input do not reach the execution', async () => {
    const engine = engineFor(machine({ Nap: { Type: 'Wait', Seconds: 1, End: true } }));
    const input = { n: 1 };
    await engine.start({ name: 'a', machineArn: ARN, input });
    input.n = 2;
    expect((await engine.waitFor('a')).output).toEqual({ n: 1 });
  });
});

describe('describe, stop and waitFor', () => {
  test('tell what happened, in AWS’s words, and report each change once', async () => {
    const changes: ExecutionDescription[] = [];
    const engine = engineFor(HANG, never, { onStatusChange: (change) => changes.push(change) });
    await engine.start({ name: 'a', machineArn: ARN, input: {} });
    expect((await engine.describe('a')).status).toBe('RUNNING');
    const waiting = engine.waitFor('a');
    await engine.stop('a', 'Cancelled', 'not needed');
    expect(await waiting).toMatchObject({ status: 'ABORTED', error: 'Cancelled', cause: 'not needed' });
    expect(changes.map((change) => change.status)).toEqual(['RUNNING', 'ABORTED']);
    await engine.stop('a');
    expect(changes).toHaveLength(2);
    expect((await engine.history('a')).at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      error: 'Cancelled',
    });
  });

  test('an unknown execution is refused everywhere', async () => {
    const engine = engineFor(ECHO);
    for (const ask of [engine.describe('x'), engine.history('x'), engine.waitFor('x'), engine.stop('x')]) {
      await expect(ask).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
    }
  });

  test('two stops at once end the execution once', async () => {
    const engine = engineFor(HANG, never);
    await engine.start({ name: 'a', machineArn: ARN, input: {} });
    await Promise.all([engine.stop('a', 'One'), engine.stop('a', 'Two')]);
    expect((await engine.describe('a')).error).toBe('One');
  });

  test('an answer that comes after the end is dropped', async () => {
    let call: TaskCall | undefined;
    const engine = engineFor(HANG, (asked) => {
      call = asked;
      return never();
    });
    await engine.start({ name: 'a', machineArn: ARN, input: {} });
    await new Promise((resolve) => setImmediate(resolve));
    await engine.stop('a');
    await expect(call?.submitted({ late: true })).rejects.toThrow("Execution 'a' waits for nothing any more");
  });

  test('TimeoutSeconds of the machine ends the execution as TIMED_OUT', async () => {
    const ran = await runMachine(machine({ Do: task() }, { TimeoutSeconds: 60 }), {}, never);
    expect(ran).toMatchObject({
      status: 'TIMED_OUT',
      error: 'States.Timeout',
      stopDate: '2026-01-01T00:01:00.000Z',
    });
    expect(ran.types.at(-1)).toBe('ExecutionTimedOut');
  });

  test('close leaves executions as they are and tells handlers to let go', async () => {
    let reason: unknown;
    const journal = new MemoryJournal();
    const engine = engineFor(
      HANG,
      (call) => {
        call.signal.addEventListener('abort', () => {
          reason = call.signal.reason;
        });
        return never();
      },
      { journal },
    );
    await engine.start({ name: 'a', machineArn: ARN, input: {} });
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = engine.waitFor('a');
    engine.close();
    await expect(waiting).rejects.toMatchObject({ code: 'EngineClosed' });
    expect(reason).toBe('closing');
    expect(await journal.listOpen()).toEqual(['a']);
  });

  test('a stop before resumeAll is carried out too', async () => {
    const journal = new MemoryJournal();
    const before = engineFor(HANG, never, { journal });
    await before.start({ name: 'a', machineArn: ARN, input: {} });
    before.close();
    const after = engineFor(HANG, never, { journal });
    await after.stop('a', 'Stopped');
    expect(await after.describe('a')).toMatchObject({ status: 'ABORTED', error: 'Stopped' });
  });

  test('resumeAll leaves alone what already runs here', async () => {
    const engine = engineFor(HANG, never);
    await engine.start({ name: 'a', machineArn: ARN, input: {} });
    expect(await engine.resumeAll()).toEqual([]);
    await engine.stop('a');
  });
});

describe('child executions', () => {
  const start = (pattern: string, more = {}) => ({
    machines: {
      [PARENT]: machine({
        Start: task({
          Resource: `arn:aws:states:::states:startExecution${pattern}`,
          Arguments: { StateMachineArn: ARN, Input: '{% $states.input %}', Name: 'child', ...more },
        }),
      }),
    },
  });

  function family(
    pattern: string,
    child: ReturnType<typeof machine>,
    answer: () => Promise<never> | null = () => null,
    more = {},
  ) {
    const { machines } = start(pattern, more);
    const journal = new MemoryJournal();
    const make = () =>
      createEngine({
        machines: { ...machines, [ARN]: child },
        tasks: { run: async () => answer() },
        journal,
        clock: new VirtualClock(),
      });
    return { engine: make(), journal, make };
  }

  test('.sync:2 gives the child’s output as JSON, .sync as text', async () => {
    for (const [pattern, output] of [
      ['.sync:2', { n: 1 }],
      ['.sync', '{"n":1}'],
    ] as const) {
      const { engine } = family(pattern, ECHO);
      await engine.start({ name: 'p', machineArn: PARENT, input: { n: 1 } });
      const parent = await engine.waitFor('p');
      expect(parent.output).toMatchObject({
        Name: 'child',
        Status: 'SUCCEEDED',
        Output: output,
        Input: output,
      });
      expect((await engine.history('p')).map((event) => event.type)).toContain('TaskSubmitted');
    }
  });

  test('without a suffix the parent goes on at once', async () => {
    const { engine } = family('', machine({ Nap: { Type: 'Wait', Seconds: 1000, End: true } }));
    await engine.start({ name: 'p', machineArn: PARENT, input: {} });
    expect((await engine.waitFor('p')).output).toMatchObject({
      ExecutionArn: expect.stringContaining(':child'),
    });
    expect((await engine.waitFor('child')).status).toBe('SUCCEEDED');
  });

  test('a failed child fails the parent’s task as States.TaskFailed with its description as cause', async () => {
    const { engine } = family('.sync:2', machine({ Bad: { Type: 'Fail', Error: 'Oops', Cause: 'why' } }));
    await engine.start({ name: 'p', machineArn: PARENT, input: {} });
    const parent = await engine.waitFor('p');
    expect(parent.error).toBe('States.TaskFailed');
    expect(JSON.parse(parent.cause ?? '')).toMatchObject({
      Error: 'Oops',
      Cause: 'why',
      Name: 'child',
      Status: 'FAILED',
    });
  });

  test('a name that is taken and a machine that is unknown are named failures', async () => {
    const taken = family('.sync:2', ECHO);
    await taken.engine.start({ name: 'child', machineArn: ARN, input: 'other' });
    await taken.engine.start({ name: 'p', machineArn: PARENT, input: {} });
    expect((await taken.engine.waitFor('p')).error).toBe('StepFunctions.ExecutionAlreadyExistsException');
    const unknown = family('.sync:2', ECHO, undefined, { StateMachineArn: 'arn:none' });
    await unknown.engine.start({ name: 'p', machineArn: PARENT, input: {} });
    expect((await unknown.engine.waitFor('p')).error).toBe('StepFunctions.StateMachineDoesNotExistException');
  });

  test('stopping the parent stops the child', async () => {
    const { engine } = family('.sync:2', HANG, never);
    await engine.start({ name: 'p', machineArn: PARENT, input: {} });
    while (!(await engine.history('p')).some((event) => event.type === 'TaskSubmitted')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await engine.stop('p');
    expect((await engine.waitFor('child')).status).toBe('ABORTED');
  });

  test('a child whose parent ended just before a crash is stopped on resume', async () => {
    const { engine, journal, make } = family('.sync:2', HANG, never);
    await engine.start({ name: 'p', machineArn: PARENT, input: {} });
    while (!journal.lines.has('child')) await new Promise((resolve) => setImmediate(resolve));
    engine.close();
    const seq = journal.lines.get('p')?.length ?? 0;
    await journal.append('p', { type: 'stop', seq, at: Date.UTC(2026, 0, 2) });
    await journal.append('p', {
      type: 'finished',
      status: 'ABORTED',
      seq: seq + 1,
      at: Date.UTC(2026, 0, 2),
    });
    const after = make();
    expect(await after.resumeAll()).toEqual(['child']);
    expect(await after.waitFor('child')).toMatchObject({
      status: 'ABORTED',
      cause: 'The execution that waited for it has ended.',
    });
  });

  test('a parent that comes back before its child brings the child back', async () => {
    const { engine, journal, make } = family(
      '.sync:2',
      machine({ Nap: { Type: 'Wait', Seconds: 9, End: true } }),
    );
    await engine.start({ name: 'p', machineArn: PARENT, input: { n: 1 } });
    while (!journal.lines.has('child')) await new Promise((resolve) => setImmediate(resolve));
    engine.close();
    const { load } = MemoryJournal.prototype;
    journal.load = async (name) => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      return load.call(journal, name);
    };
    journal.listOpen = async () => ['p'];
    const after = make();
    expect(await after.resumeAll()).toEqual(['p']);
    expect((await after.waitFor('p')).output).toMatchObject({ Name: 'child', Output: { n: 1 } });
  });

  test('a child that is set aside sets its parent aside, and both go on together', async () => {
    const { engine, journal } = family('.sync:2', machine({ Do: task() }), () => null);
    journal.beforeAppend = (name, entry) => {
      if (name === 'child' && entry.type === 'completed') throw new Error('disk full');
    };
    await engine.start({ name: 'p', machineArn: PARENT, input: {} });
    await expect(engine.waitFor('p')).rejects.toThrow(
      "The outcome of child execution 'child' is not known: disk full",
    );
    journal.beforeAppend = () => undefined;
    expect((await engine.resumeAll()).sort()).toEqual(['child', 'p']);
    expect((await engine.waitFor('p')).status).toBe('SUCCEEDED');
  });

  test('childExecutions "tasks" leaves them to the handlers', async () => {
    const { machines } = start('.sync:2');
    const engine = createEngine({
      machines,
      tasks: { run: async () => 'handled' },
      journal: new MemoryJournal(),
      clock: new VirtualClock(),
      childExecutions: 'tasks',
    });
    await engine.start({ name: 'p', machineArn: PARENT, input: {} });
    expect((await engine.waitFor('p')).output).toBe('handled');
  });
});
