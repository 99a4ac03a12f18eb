import type { JsonObject } from '#local/asl/json.ts';
import { TaskError } from '#local/asl/tasks.ts';
import { machine, runMachine, task } from './run-machine.ts';

const PASS = { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } };
const CALL = { StartAt: 'Call', States: { Call: task() } };

function map(more: JsonObject = {}): JsonObject {
  return machine({ Each: { Type: 'Map', ItemProcessor: PASS, End: true, ...more } });
}

describe('a Map state', () => {
  test('runs its processor once per item and keeps the order of the items', async () => {
    const order: string[] = [];
    const ran = await runMachine(
      map({ Items: '{% $states.input.list %}', ItemProcessor: CALL }),
      { list: [30, 20, 10] },
      async (call) => {
        await new Promise((resolve) => setTimeout(resolve, Number(call.arguments)));
        order.push(call.iteration);
        return { was: call.arguments };
      },
    );
    expect(ran.output).toEqual([{ was: 30 }, { was: 20 }, { was: 10 }]);
    expect(order).toEqual(['Each[2]', 'Each[1]', 'Each[0]']);
  });

  test('MaxConcurrency 1 runs one item after the other, each caused by the one before', async () => {
    const ran = await runMachine(map({ MaxConcurrency: 1 }), ['a', 'b']);
    expect(ran.types.slice(1, -1)).toEqual([
      'MapStateEntered',
      'MapStateStarted',
      'MapIterationStarted',
      'PassStateEntered',
      'PassStateExited',
      'MapIterationSucceeded',
      'MapIterationStarted',
      'PassStateEntered',
      'PassStateExited',
      'MapIterationSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
    ]);
    expect(ran.events[7]?.previousEventId).toBe(6);
  });

  test('never has more open than MaxConcurrency and than AWS’s 40', async () => {
    let [open, most] = [0, 0];
    const count = async () => {
      open++;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open--;
      return null;
    };
    const items = Array.from({ length: 60 }, (_, index) => index);
    await runMachine(map({ ItemProcessor: CALL, MaxConcurrency: '{% 3 %}' }), items, count);
    expect(most).toBe(3);
    most = 0;
    await runMachine(map({ ItemProcessor: CALL }), items, count);
    expect(most).toBe(40);
  });

  test('ItemSelector builds each item’s input from input, variables and the item', async () => {
    const ran = await runMachine(
      machine({
        Set: { Type: 'Pass', Assign: { tag: 't' }, Next: 'Each' },
        Each: {
          Type: 'Map',
          Items: '{% $states.input.list %}',
          ItemSelector: {
            value: '{% $states.context.Map.Item.Value %}',
            index: '{% $states.context.Map.Item.Index %}',
            all: '{% $count($states.input.list) %}',
            tag: '{% $tag %}',
          },
          ItemProcessor: PASS,
          End: true,
        },
      }),
      { list: ['x', 'y'] },
    );
    expect(ran.output).toEqual([
      { value: 'x', index: 0, all: 2, tag: 't' },
      { value: 'y', index: 1, all: 2, tag: 't' },
    ]);
  });

  test('what an iteration assigns stays inside it, and iterations see the outer variables', async () => {
    const ran = await runMachine(
      machine({
        Set: { Type: 'Pass', Assign: { n: 1 }, Output: [10, 20], Next: 'Each' },
        Each: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'Add',
            States: {
              Add: { Type: 'Pass', Assign: { n: '{% $n + $states.input %}' }, Next: 'Show' },
              Show: { Type: 'Pass', Output: '{% $n %}', End: true },
            },
          },
          Assign: { results: '{% $states.result %}' },
          Next: 'After',
        },
        After: { Type: 'Pass', Output: { n: '{% $n %}', results: '{% $results %}' }, End: true },
      }),
    );
    expect(ran.output).toEqual({ n: 1, results: [11, 21] });
  });

  test('an empty list gives an empty result', async () => {
    const ran = await runMachine(map(), []);
    expect(ran.output).toEqual([]);
    expect(ran.types).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('the first failed iteration fails the Map and aborts the others', async () => {
    const aborted: string[] = [];
    const ran = await runMachine(map({ ItemProcessor: CALL }), [0, 1, 2], (call) => {
      if (call.arguments === 1) throw new TaskError('Bad', 'one');
      return new Promise((_, reject) =>
        call.signal.addEventListener('abort', () => {
          aborted.push(call.iteration);
          reject(call.signal.reason);
        }),
      );
    });
    expect(ran).toMatchObject({ status: 'FAILED', error: 'Bad', cause: 'one' });
    expect(aborted).toEqual(['Each[0]', 'Each[2]']);
    expect(ran.types.slice(-8)).toEqual(
      [
        'TaskFailed',
        'MapIterationFailed',
        'TaskStateAborted',
        'MapIterationAborted',
        'TaskStateAborted',
        'MapIterationAborted',
        'TaskStateAborted',
        'MapStateFailed',
      ]
        .concat('ExecutionFailed')
        .slice(-8),
    );
  });

  test.each([
    [{ ToleratedFailureCount: 1 }, 'SUCCEEDED', [2, 3]],
    [{ ToleratedFailureCount: 0 }, 'FAILED', undefined],
    [{ ToleratedFailurePercentage: '{% 34 %}' }, 'SUCCEEDED', [2, 3]],
    [{ ToleratedFailurePercentage: 20 }, 'FAILED', undefined],
  ])('with %j and one failure of three it is %s', async (tolerance, status, output) => {
    const ran = await runMachine(map({ ItemProcessor: CALL, ...tolerance }), [1, 2, 3], (call) => {
      if (call.arguments === 1) throw new TaskError('Bad');
      return call.arguments;
    });
    expect(ran.status).toBe(status);
    expect(ran.output).toEqual(output);
    if (status === 'FAILED') expect(ran.error).toBe('States.ExceedToleratedFailureThreshold');
  });

  test('a percentage above 100 is refused', async () => {
    const ran = await runMachine(map({ ToleratedFailurePercentage: '{% 101 %}' }), [1]);
    expect(ran.cause).toContain('ToleratedFailurePercentage must be between 0 and 100.');
  });

  test('a distributed Map keeps its iterations out of the history and hides outer variables from them', async () => {
    const ran = await runMachine(
      machine({
        Set: { Type: 'Pass', Assign: { outer: 1 }, Output: [1, 2], Next: 'Each' },
        Each: {
          Type: 'Map',
          Label: 'many',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Item',
            States: { Item: { Type: 'Pass', Output: '{% $exists($outer) %}', End: true } },
          },
          End: true,
        },
      }),
    );
    expect(ran.output).toEqual([false, false]);
    expect(ran.types.slice(3, -1)).toEqual([
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
    ]);
    expect(ran.events[5]?.mapRunArn).toContain(':mapRun:machine/many:');
  });

  test('a distributed Map that fails says so on its run', async () => {
    const ran = await runMachine(
      map({
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED' },
          StartAt: 'Call',
          States: { Call: task() },
        },
      }),
      [1, 2],
      (call) => {
        if (call.arguments === 2) throw new TaskError('Bad');
        return new Promise(() => undefined);
      },
    );
    expect(ran.error).toBe('States.ExceedToleratedFailureThreshold');
    expect(ran.types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  });

  test('an ItemSelector that fails is reported by its name', async () => {
    const ran = await runMachine(map({ ItemSelector: { a: '{% $none %}' } }), [1]);
    expect(ran.cause).toContain("'ItemSelector/a'");
  });
});

describe('a Parallel state', () => {
  test('gives every branch its Arguments and collects the outputs in order', async () => {
    const ran = await runMachine(
      machine({
        Both: {
          Type: 'Parallel',
          Arguments: { n: '{% $states.input.a %}' },
          Branches: [
            {
              StartAt: 'Slow',
              States: {
                Slow: { Type: 'Wait', Seconds: 5, Next: 'Twice' },
                Twice: { Type: 'Pass', Output: '{% $states.input.n * 2 %}', End: true },
              },
            },
            {
              StartAt: 'Fast',
              States: { Fast: { Type: 'Pass', Output: '{% $states.input.n %}', End: true } },
            },
          ],
          Output: '{% {"sum": $sum($states.result)} %}',
          End: true,
        },
      }),
      { a: 3 },
    );
    expect(ran.output).toEqual({ sum: 9 });
    expect(ran.types.filter((type) => type.startsWith('Parallel'))).toEqual([
      'ParallelStateEntered',
      'ParallelStateStarted',
      'ParallelStateSucceeded',
      'ParallelStateExited',
    ]);
  });

  test('a failed branch aborts the others, nested Maps included, and can be caught', async () => {
    const signals: string[] = [];
    const ran = await runMachine(
      machine({
        Both: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'Wait',
              States: {
                Wait: { Type: 'Wait', Seconds: 5, Next: 'Bad' },
                Bad: { Type: 'Fail', Error: 'Broken' },
              },
            },
            {
              StartAt: 'Many',
              States: { Many: { Type: 'Map', Items: [1, 2], ItemProcessor: CALL, End: true } },
            },
            { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
          ],
          Catch: [{ ErrorEquals: ['Broken'], Next: 'After' }],
          Next: 'After',
        },
        After: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
      }),
      {},
      (call) =>
        new Promise(() => {
          call.signal.addEventListener('abort', () => signals.push(call.iteration));
        }),
    );
    expect(ran.output).toBe('Broken');
    expect(signals.sort()).toEqual(['Many[0]', 'Many[1]']);
    const tail = ran.types.slice(ran.types.lastIndexOf('FailStateEntered'));
    expect(tail).toEqual([
      'FailStateEntered',
      'TaskStateAborted',
      'TaskStateAborted',
      'MapStateAborted',
      'ParallelStateFailed',
      'ParallelStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('a Task that fails its branch is listed as aborted, as AWS does', async () => {
    const ran = await runMachine(
      machine({
        One: { Type: 'Parallel', Branches: [{ StartAt: 'Call', States: { Call: task() } }], End: true },
      }),
      {},
      () => Promise.reject(new TaskError('Bad')),
    );
    expect(ran.types.slice(-4)).toEqual([
      'TaskFailed',
      'TaskStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });
});

describe('an ItemReader', () => {
  const reading = (config: JsonObject) =>
    map({
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        Arguments: { Key: '{% $states.input %}' },
        ReaderConfig: config,
      },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, ...PASS },
    });

  test.each<[JsonObject, string, unknown]>([
    [{ InputType: 'JSON' }, '[1,2,3]', [1, 2, 3]],
    [{ InputType: 'JSON', MaxItems: '{% 2 %}' }, '[1,2,3]', [1, 2]],
    [{ InputType: 'JSONL' }, '{"a":1}\n\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    [
      { InputType: 'CSV' },
      'a,b\r\n1,"x, ""y"""\r\n2',
      [
        { a: '1', b: 'x, "y"' },
        { a: '2', b: '' },
      ],
    ],
    [
      { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['h'], CSVDelimiter: 'TAB' },
      '1\t2\n\n3',
      [{ h: '1' }, { h: '3' }],
    ],
  ])('reads %j', async (config, body, items) => {
    const ran = await runMachine(reading(config), 'file', (call) => {
      expect(call.arguments).toEqual({ Key: 'file' });
      return body;
    });
    expect(ran.output).toEqual(items);
  });

  test('takes a list of objects as it is', async () => {
    expect((await runMachine(reading({}), 'x', () => ({ Contents: [{ Key: 'a' }] }))).output).toEqual([
      { Key: 'a' },
    ]);
    expect((await runMachine(reading({}), 'x', () => [5])).output).toEqual([5]);
  });

  test.each<[JsonObject, unknown, string]>([
    [{ InputType: 'JSON' }, '{"a":1}', 'Attempting to map over non-iterable node.'],
    [{ InputType: 'JSON' }, '{', 'The item source is not JSON'],
    [{ InputType: 'CSV' }, 'a,a\n1,2', 'CSV headers cannot contain duplicates.'],
    [{}, { Body: 1 }, 'neither a text nor a list'],
  ])('refuses %j with %j', async (config, body, cause) => {
    const ran = await runMachine(reading(config), 'x', () => body as string);
    expect(ran.error).toBe('States.ItemReaderFailed');
    expect(ran.cause).toContain(cause);
  });

  test('a read that fails fails the Map with the reader’s error', async () => {
    const ran = await runMachine(reading({}), 'x', () =>
      Promise.reject(new TaskError('S3.NoSuchKey', 'gone')),
    );
    expect(ran).toMatchObject({ status: 'FAILED', error: 'S3.NoSuchKey', cause: 'gone' });
  });
});
