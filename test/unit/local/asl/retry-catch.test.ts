import { TaskError } from '#local/asl/tasks.ts';
import { machine, type Ran, runMachine, task } from './run-machine.ts';

const FALLBACK = { Type: 'Pass', Output: '{% $states.input %}', End: true };

function failing(error: string, cause?: string) {
  return () => {
    throw new TaskError(error, cause);
  };
}

/** Seconds between the attempts of the one task. */
function delays(ran: Ran): number[] {
  const at = ran.events
    .filter((event) => event.type === 'TaskScheduled')
    .map((event) => Date.parse(event.timestamp));
  return at.slice(1).map((time, index) => (time - (at[index] ?? 0)) / 1000);
}

describe('Retry', () => {
  test('waits IntervalSeconds, grows by BackoffRate and stops at MaxAttempts', async () => {
    const retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 4 }];
    const ran = await runMachine(machine({ Do: task({ Retry: retry }) }), {}, failing('Busy', 'why'));
    expect(delays(ran)).toEqual([3, 6, 12, 24]);
    expect(ran).toMatchObject({ status: 'FAILED', error: 'Busy', cause: 'why' });
  });

  test('uses AWS’s defaults: one second, doubling, three retries', async () => {
    const ran = await runMachine(
      machine({ Do: task({ Retry: [{ ErrorEquals: ['States.ALL'] }] }) }),
      {},
      failing('Busy'),
    );
    expect(delays(ran)).toEqual([1, 2, 4]);
  });

  test('MaxDelaySeconds caps the delay and FULL jitter draws below it from the execution’s own numbers', async () => {
    const retry = { ErrorEquals: ['Busy'], IntervalSeconds: 10, BackoffRate: 10, MaxDelaySeconds: 30 };
    const capped = await runMachine(machine({ Do: task({ Retry: [retry] }) }), {}, failing('Busy'));
    expect(delays(capped)).toEqual([10, 30, 30]);
    const jittered = machine({ Do: task({ Retry: [{ ...retry, JitterStrategy: 'FULL' }] }) });
    const first = delays(await runMachine(jittered, {}, failing('Busy')));
    expect(first.every((delay, index) => delay >= 0 && delay < ([10, 30, 30][index] ?? 0))).toBe(true);
    expect(new Set(first).size).toBe(3);
    expect(delays(await runMachine(jittered, {}, failing('Busy')))).toEqual(first);
  });

  test('each retrier counts for itself and an error that none names fails at once', async () => {
    const retry = [
      { ErrorEquals: ['A'], MaxAttempts: 1 },
      { ErrorEquals: ['B'], MaxAttempts: 1 },
    ];
    const errors = ['A', 'B', 'A'];
    const ran = await runMachine(machine({ Do: task({ Retry: retry }) }), {}, (call) => {
      throw new TaskError(errors[call.attempt] ?? 'end');
    });
    expect(ran.error).toBe('A');
    expect(delays(ran)).toEqual([1, 1]);
    expect(delays(await runMachine(machine({ Do: task({ Retry: retry }) }), {}, failing('C')))).toEqual([]);
  });

  test('MaxAttempts 0 never retries, and the context counts retries', async () => {
    const retry = [{ ErrorEquals: ['Fatal'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    const state = task({ Retry: retry, Arguments: '{% $states.context.State.RetryCount %}' });
    expect(delays(await runMachine(machine({ Do: state }), {}, failing('Fatal')))).toEqual([]);
    const counted = await runMachine(machine({ Do: state }), {}, (call) => {
      if (call.attempt < 2) throw new TaskError('Busy');
      return call.arguments;
    });
    expect(counted.output).toBe(2);
  });

  test('a Map is started again as a whole and reports its failure only at the end', async () => {
    const ran = await runMachine(
      machine({
        Each: {
          Type: 'Map',
          Items: [1],
          Retry: [{ ErrorEquals: ['Inner'], MaxAttempts: 1 }],
          ItemProcessor: { StartAt: 'Bad', States: { Bad: { Type: 'Fail', Error: 'Inner' } } },
          End: true,
        },
      }),
    );
    expect(ran.types.filter((type) => type.startsWith('MapState'))).toEqual([
      'MapStateEntered',
      'MapStateStarted',
      'MapStateStarted',
      'MapStateFailed',
    ]);
  });
});

describe('Catch', () => {
  const caught = (errorEquals: string[]) =>
    machine({ Do: task({ Catch: [{ ErrorEquals: errorEquals, Next: 'Handle' }] }), Handle: FALLBACK });

  test('goes on with Error and Cause, both present even where the failure had none', async () => {
    const ran = await runMachine(caught(['States.ALL']), {}, failing('Odd'));
    expect(ran).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'Odd', Cause: null } });
  });

  test('Output and Assign of the catcher see input and errorOutput, not the state’s own Output', async () => {
    const ran = await runMachine(
      machine({
        Do: task({
          Output: 'never',
          Assign: { never: 1 },
          Catch: [
            { ErrorEquals: ['Other'], Next: 'Handle' },
            {
              ErrorEquals: ['Odd'],
              Output: { was: '{% $states.input.a %}', why: '{% $states.errorOutput.Cause %}' },
              Assign: { name: '{% $states.errorOutput.Error %}' },
              Next: 'Handle',
            },
          ],
        }),
        Handle: { Type: 'Pass', Output: '{% [$states.input, $name] %}', End: true },
      }),
      { a: 1 },
      failing('Odd', 'because'),
    );
    expect(ran.output).toEqual([{ was: 1, why: 'because' }, 'Odd']);
  });

  test('retries come before catchers', async () => {
    const definition = machine({
      Do: task({
        Retry: [{ ErrorEquals: ['Odd'], MaxAttempts: 2 }],
        Catch: [{ ErrorEquals: ['Odd'], Next: 'Handle' }],
      }),
      Handle: FALLBACK,
    });
    const ran = await runMachine(definition, {}, failing('Odd'));
    expect(ran.types.filter((type) => type === 'TaskFailed')).toHaveLength(3);
    expect(ran.status).toBe('SUCCEEDED');
  });

  test('States.TaskFailed matches every failure but a timeout', async () => {
    expect((await runMachine(caught(['States.TaskFailed']), {}, failing('Odd'))).status).toBe('SUCCEEDED');
    const slow = machine({
      Do: task({ TimeoutSeconds: 5, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'Handle' }] }),
      Handle: FALLBACK,
    });
    const ran = await runMachine(slow, {}, () => new Promise(() => undefined));
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('States.Runtime can never be caught', async () => {
    const ran = await runMachine(caught(['States.ALL']), {}, failing('States.Runtime'));
    expect(ran.status).toBe('FAILED');
  });

  test('a failed expression can be caught by its name', async () => {
    const ran = await runMachine(
      machine({
        Do: task({
          Arguments: '{% $none %}',
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Handle' }],
        }),
        Handle: FALLBACK,
      }),
    );
    expect(ran.output).toMatchObject({ Error: 'States.QueryEvaluationError' });
    expect(ran.types).not.toContain('TaskScheduled');
  });

  test('a catcher whose own expression fails ends the execution and names the catcher', async () => {
    const ran = await runMachine(
      machine({
        Do: task({ Catch: [{ ErrorEquals: ['States.ALL'], Output: { x: '{% $none %}' }, Next: 'Handle' }] }),
        Handle: FALLBACK,
      }),
      {},
      failing('Odd'),
    );
    expect(ran.cause).toContain("'Catch[0]/Output/x'");
  });

  test('an exception without a name of its own arrives as Lambda reports it', async () => {
    const ran = await runMachine(caught(['TypeError']), {}, () => {
      throw new TypeError('no such thing');
    });
    const output = ran.output as { Error: string; Cause: string };
    expect(output.Error).toBe('TypeError');
    expect(JSON.parse(output.Cause)).toEqual({ errorMessage: 'no such thing', errorType: 'TypeError' });
  });

  test('something thrown that is no Error is still a failure with a name', async () => {
    const ran = await runMachine(caught(['Error']), {}, () => Promise.reject('text'));
    expect(JSON.parse((ran.output as { Cause: string }).Cause)).toEqual({
      errorMessage: 'text',
      errorType: 'Error',
    });
  });
});
