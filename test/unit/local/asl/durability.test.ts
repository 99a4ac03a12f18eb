import type { Engine, EngineOptions, ExecutionDescription } from '#local/asl/api.ts';
import { VirtualClock } from '#local/asl/clock.ts';
import { createEngine } from '#local/asl/engine.ts';
import type { Json, JsonObject } from '#local/asl/json.ts';
import { type TaskCall, TaskError } from '#local/asl/tasks.ts';
import { MemoryJournal } from './memory-journal.ts';
import { ARN, engineFor, machine, task } from './run-machine.ts';

const CHILD = `${ARN}-child`;

const child = machine({
  Work: task({ Arguments: { part: 'child' }, Next: 'Rest' }),
  Rest: { Type: 'Wait', Seconds: 20, Next: 'End' },
  End: { Type: 'Pass', Output: '{% {"child": $states.context.Execution.Input.n} %}', End: true },
});

/** Everything that needs the journal: retries, waits, jobs, iterations, branches, children, random numbers. */
const everything = machine({
  Draw: {
    Type: 'Pass',
    Assign: { id: '{% $uuid() %}', at: '{% $millis() %}', dice: '{% $random() %}' },
    Next: 'Flaky',
  },
  Flaky: task({
    Arguments: { part: 'flaky' },
    Retry: [{ ErrorEquals: ['Busy'], JitterStrategy: 'FULL' }],
    Next: 'Job',
  }),
  Job: task({
    Resource: 'arn:aws:states:::batch:submitJob.sync',
    Arguments: { part: 'job' },
    TimeoutSeconds: 900,
    Next: 'Each',
  }),
  Each: {
    Type: 'Map',
    Items: [1, 2, 3],
    MaxConcurrency: 2,
    ItemProcessor: {
      StartAt: 'Item',
      States: { Item: task({ Arguments: '{% {"part": "item", "n": $states.input} %}' }) },
    },
    Next: 'Both',
  },
  Both: {
    Type: 'Parallel',
    Arguments: { items: '{% $states.input %}' },
    Branches: [
      { StartAt: 'Nap', States: { Nap: { Type: 'Wait', Seconds: 60, End: true } } },
      {
        StartAt: 'Child',
        States: {
          Child: task({
            Resource: 'arn:aws:states:::states:startExecution.sync:2',
            Arguments: { StateMachineArn: CHILD, Input: { n: 7 } },
            Output: '{% $states.result.Output %}',
          }),
        },
      },
    ],
    Next: 'Show',
  },
  Show: {
    Type: 'Pass',
    Output: { result: '{% $states.input %}', id: '{% $id %}', at: '{% $at %}', dice: '{% $dice %}' },
    End: true,
  },
});

/** What the outside world saw. */
interface Seen {
  calls: TaskCall[];
}

async function answer(call: TaskCall, seen: Seen): Promise<Json> {
  seen.calls.push(call);
  const { part, n } = call.arguments as { part: string; n?: number };
  if (part === 'flaky' && call.attempt < 2) throw new TaskError('Busy', `attempt ${call.attempt}`);
  if (part === 'job') {
    await call.submitted({ JobId: 'job-1' });
    return { job: 'done' };
  }
  return { part, ...(n === undefined ? {} : { n }) };
}

function engineOn(journal: MemoryJournal, seen: Seen, options: Partial<EngineOptions> = {}): Engine {
  const last = journal.entries().at(-1)?.at;
  return createEngine({
    machines: { [ARN]: everything, [CHILD]: child },
    tasks: { run: (call) => answer(call, seen) },
    journal,
    clock: new VirtualClock(last),
    random: () => 0.25,
    ...options,
  });
}

async function runAll(): Promise<{ journal: MemoryJournal; ended: ExecutionDescription; seen: Seen }> {
  const journal = new MemoryJournal();
  const seen: Seen = { calls: [] };
  const engine = engineOn(journal, seen);
  await engine.start({ name: 'run-1', machineArn: ARN, input: {} });
  return { journal, ended: await engine.waitFor('run-1'), seen };
}

describe('after kill -9', () => {
  test('at every single journal entry, the execution ends as if nothing had happened and no finished task runs again', async () => {
    const whole = await runAll();
    expect(whole.ended.status).toBe('SUCCEEDED');
    const { length } = whole.journal.log;
    expect(length).toBeGreaterThan(30);
    for (let count = 1; count <= length; count++) {
      const journal = whole.journal.prefix(count);
      const done = new Set(
        journal.entries().flatMap((entry) => (entry.type === 'completed' ? [entry.key] : [])),
      );
      const begun = new Set(
        journal.entries().flatMap((entry) => (entry.type === 'scheduled' ? [entry.key] : [])),
      );
      const seen: Seen = { calls: [] };
      const engine = engineOn(journal, seen);
      await engine.resumeAll();
      const ended = await engine.waitFor('run-1');
      expect(ended).toMatchObject({ status: 'SUCCEEDED', output: whole.ended.output });
      expect(seen.calls.filter((call) => done.has(call.key))).toEqual([]);
      for (const call of seen.calls)
        expect([call.key, call.resumed]).toEqual([call.key, begun.has(call.key)]);
      expect(await journal.listOpen()).toEqual([]);
    }
  });

  test('the same keys, tokens and random numbers come again', async () => {
    const [first, second] = [await runAll(), await runAll()];
    expect(second.ended).toEqual(first.ended);
    expect(second.seen.calls.map((call) => [call.key, call.token])).toEqual(
      first.seen.calls.map((call) => [call.key, call.token]),
    );
    expect(new Set(first.seen.calls.map((call) => call.key)).size).toBe(first.seen.calls.length);
    expect(new Set(first.seen.calls.map((call) => call.token)).size).toBe(first.seen.calls.length);
  });

  test('every call is journalled before it is made', async () => {
    const journal = new MemoryJournal();
    const seen: Seen = { calls: [] };
    const engine = engineOn(journal, seen, {
      tasks: {
        run: (call) => {
          const scheduled = journal
            .entries()
            .some((entry) => entry.type === 'scheduled' && entry.key === call.key);
          expect(scheduled).toBe(true);
          return answer(call, seen);
        },
      },
    });
    await engine.start({ name: 'run-1', machineArn: ARN, input: {} });
    expect((await engine.waitFor('run-1')).status).toBe('SUCCEEDED');
  });

  test('a job that was submitted is handed back with its submission', async () => {
    const { journal } = await runAll();
    const submitted = journal
      .entries()
      .findIndex((entry) => entry.type === 'submitted' && entry.key.includes(':Job#'));
    const seen: Seen = { calls: [] };
    const engine = engineOn(journal.prefix(submitted + 1), seen);
    await engine.resumeAll();
    await engine.waitFor('run-1');
    expect(seen.calls[0]).toMatchObject({ stateName: 'Job', resumed: true, submission: { JobId: 'job-1' } });
    const types = (await engine.history('run-1')).map((event) => event.type);
    expect(types.filter((type) => type === 'TaskSubmitted')).toHaveLength(2);
  });

  test('the history of a closed execution is the one that was seen while it ran, ids and times included', async () => {
    const journal = new MemoryJournal();
    const seen: Seen = { calls: [] };
    let live: unknown[] = [];
    const engine: Engine = engineOn(journal, seen, {
      tasks: {
        run: async (call) => {
          live = await engine.history('run-1');
          return answer(call, seen);
        },
      },
    });
    await engine.start({ name: 'run-1', machineArn: ARN, input: {} });
    await engine.waitFor('run-1');
    const replayed = await engine.history('run-1');
    expect(live.length).toBeGreaterThan(30);
    expect(replayed.slice(0, live.length)).toEqual(live);
    expect(replayed.at(-1)?.type).toBe('ExecutionSucceeded');
    const elsewhere = engineOn(journal, seen, { clock: new VirtualClock(0) });
    expect(await elsewhere.history('run-1')).toEqual(replayed);
  });

  test('a wait ends at its first deadline, however long the process was away', async () => {
    const waiting = machine({ Nap: { Type: 'Wait', Seconds: 100, End: true } });
    const journal = new MemoryJournal();
    const before = engineFor(waiting, undefined, { journal, clock: new VirtualClock(1_000_000) });
    await before.start({ name: 'run-1', machineArn: ARN, input: {} });
    before.close();
    const soon = engineFor(waiting, undefined, {
      journal: journal.prefix(9),
      clock: new VirtualClock(1_040_000),
    });
    await soon.resumeAll();
    expect(Date.parse((await soon.waitFor('run-1')).stopDate ?? '')).toBe(1_100_000);
    const late = engineFor(waiting, undefined, {
      journal: journal.prefix(9),
      clock: new VirtualClock(9_000_000),
    });
    await late.resumeAll();
    expect(Date.parse((await late.waitFor('run-1')).stopDate ?? '')).toBe(9_000_000);
  });

  test('a running execution keeps the definition with which it was started', async () => {
    const journal = new MemoryJournal();
    const before = engineFor(
      machine({
        Old: { Type: 'Wait', Seconds: 5, Next: 'End' },
        End: { Type: 'Pass', Output: 'old', End: true },
      }),
      undefined,
      { journal },
    );
    await before.start({ name: 'run-1', machineArn: ARN, input: {} });
    before.close();
    const after = engineFor(machine({ New: { Type: 'Pass', Output: 'new', End: true } }), undefined, {
      journal,
    });
    await after.resumeAll();
    expect((await after.waitFor('run-1')).output).toBe('old');
  });

  test('a stop that was journalled is carried out', async () => {
    const journal = new MemoryJournal();
    const hanging = machine({ Do: task() });
    const before = engineFor(hanging, () => new Promise(() => undefined), { journal });
    await before.start({ name: 'run-1', machineArn: ARN, input: {} });
    await before.stop('run-1', 'Stopped', 'by me');
    const stop = journal.entries().findIndex((entry) => entry.type === 'stop');
    const after = engineFor(hanging, () => new Promise(() => undefined), {
      journal: journal.prefix(stop + 1),
    });
    await after.resumeAll();
    expect(await after.waitFor('run-1')).toMatchObject({
      status: 'ABORTED',
      error: 'Stopped',
      cause: 'by me',
    });
  });

  test('a token given before the crash is still good, and the request is not sent again', async () => {
    const asking = machine({ Ask: task({ Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken' }) });
    const journal = new MemoryJournal();
    const tokens: string[] = [];
    const send = (call: TaskCall): Json => {
      tokens.push(call.token);
      return {};
    };
    const before = engineFor(asking, send, { journal });
    await before.start({ name: 'run-1', machineArn: ARN, input: {} });
    await new Promise((resolve) => setImmediate(resolve));
    before.close();
    const after = engineFor(asking, send, { journal });
    await after.resumeAll();
    await after.sendTaskSuccess(tokens[0] ?? '', 'yes');
    expect((await after.waitFor('run-1')).output).toBe('yes');
    expect(tokens).toHaveLength(1);
  });
});

describe('when the journal fails', () => {
  test('nothing goes on that is not durable, the waiter is told, and resumeAll goes on later', async () => {
    for (const type of ['scheduled', 'completed', 'finished']) {
      const journal = new MemoryJournal();
      const faults: unknown[] = [];
      const definition = machine({ First: task({ Next: 'Second' }), Second: task() });
      journal.beforeAppend = (_name, entry) => {
        if (entry.type === type) throw new Error('no space left on device');
      };
      const engine = engineFor(definition, () => 'ok', {
        journal,
        onFault: (name, error) => faults.push([name, error]),
      });
      await engine.start({ name: 'run-1', machineArn: ARN, input: {} });
      await expect(engine.waitFor('run-1')).rejects.toThrow('no space left on device');
      expect(faults).toEqual([['run-1', expect.any(Error)]]);
      await expect(engine.waitFor('run-1')).rejects.toMatchObject({ code: 'ExecutionNotResumed' });
      await expect(engine.history('run-1')).rejects.toMatchObject({ code: 'ExecutionNotResumed' });
      journal.beforeAppend = () => undefined;
      expect(await engine.resumeAll()).toEqual(['run-1']);
      expect((await engine.waitFor('run-1')).output).toBe('ok');
    }
  });

  test('a journal of another definition is refused with its name, and the others go on', async () => {
    const journal = new MemoryJournal();
    const faults: unknown[] = [];
    const started = { type: 'started', machineArn: ARN, input: {}, seed: 's', seq: 0, at: 5 } as const;
    const definition: JsonObject = machine({ Do: task() });
    await journal.append('odd', { ...started, definition });
    await journal.append('odd', {
      type: 'completed',
      key: 'odd:Other#0.0',
      outcome: { output: 1 },
      seq: 1,
      at: 6,
    });
    await journal.append('broken', { ...started, definition: { States: {} } });
    await journal.append('good', { ...started, definition });
    const engine = engineFor(definition, () => 1, {
      journal,
      onFault: (name, error) => faults.push([name, String(error)]),
    });
    await engine.resumeAll();
    expect((await engine.waitFor('good')).status).toBe('SUCCEEDED');
    expect(faults).toEqual([
      [
        'odd',
        expect.stringContaining("says 'odd:Other#0.0' (entry 1), which its definition does not ask for"),
      ],
      ['broken', expect.stringContaining("The field 'StartAt' is required")],
    ]);
  });

  test('two engines on one journal do not both go on: the later one stands back', async () => {
    const journal = new MemoryJournal();
    const definition = machine({ Nap: { Type: 'Wait', Seconds: 5, Next: 'Do' }, Do: task() });
    const faults: string[] = [];
    const options = { journal, onFault: (_name: string, error: unknown) => faults.push(String(error)) };
    const first = engineFor(definition, () => 1, options);
    await first.start({ name: 'run-1', machineArn: ARN, input: {} });
    const second = engineFor(definition, () => 1, options);
    await second.resumeAll();
    await Promise.allSettled([first.waitFor('run-1'), second.waitFor('run-1')]);
    expect(faults).toEqual([expect.stringContaining('exists already. Expected to be the only writer')]);
    expect(journal.entries().filter((entry) => entry.type === 'finished')).toHaveLength(1);
  });
});
