import type { TaskCall } from '#local/asl/tasks.ts';
import { TaskError } from '#local/asl/tasks.ts';
import { ARN, engineFor, LAMBDA, machine, runMachine, task } from './run-machine.ts';

const FUNCTION = 'arn:aws:lambda:local:000000000000:function:work';
const BATCH = 'arn:aws:states:::batch:submitJob.sync';
const TOKEN = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';

function never(): Promise<never> {
  return new Promise(() => undefined);
}

describe('a Task state', () => {
  test('hands evaluated Arguments to the handler and its result to Output and Assign', async () => {
    const calls: TaskCall[] = [];
    const ran = await runMachine(
      machine({
        Do: task({
          Arguments: { FunctionName: 'f', Payload: { run: '{% $states.input.run %}' } },
          Output: '{% $states.result.n * 2 %}',
          Assign: { n: '{% $states.result.n %}' },
          Next: 'Show',
        }),
        Show: { Type: 'Pass', Output: '{% [$states.input, $n] %}', End: true },
      }),
      { run: 'r1' },
      (call) => {
        calls.push(call);
        return { n: 4 };
      },
    );
    expect(ran.output).toEqual([8, 4]);
    expect(calls[0]).toMatchObject({
      resource: LAMBDA,
      arguments: { FunctionName: 'f', Payload: { run: 'r1' } },
      pattern: 'requestResponse',
      key: 'run-1:Do#0.0',
      executionName: 'run-1',
      stateName: 'Do',
      attempt: 0,
      iteration: '',
      resumed: false,
    });
    expect(ran.events[2]).toMatchObject({
      type: 'TaskScheduled',
      resource: 'invoke',
      resourceType: 'lambda',
    });
  });

  test('a function’s own ARN gets the state’s input and writes LambdaFunction events', async () => {
    const state = task({ Resource: FUNCTION, Credentials: { RoleArn: '{% $states.input.role %}' } });
    const ran = await runMachine(machine({ Do: state }), { role: 'r' }, (call) => call.credentials ?? null);
    expect(ran.output).toEqual({ RoleArn: 'r' });
    expect(ran.types.slice(2, 5)).toEqual([
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
    ]);
    expect(ran.events[2]).toMatchObject({
      input: { role: 'r' },
      resource: FUNCTION,
      taskCredentials: { roleArn: 'r' },
    });
  });

  test('a second visit to the same state has another key, as every retry has', async () => {
    const keys: string[] = [];
    await runMachine(
      machine({
        Do: task({ Retry: [{ ErrorEquals: ['Busy'] }], Next: 'Again' }),
        Again: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input < 3 %}', Next: 'Do' }],
          Default: 'Done',
        },
        Done: { Type: 'Succeed' },
      }),
      {},
      (call) => {
        keys.push(call.key);
        if (keys.length === 1) throw new TaskError('Busy');
        return keys.length;
      },
    );
    expect(keys).toEqual(['run-1:Do#0.0', 'run-1:Do#0.1', 'run-1:Do#1.0']);
  });

  test('TimeoutSeconds ends the wait at its absolute deadline and fires the signal', async () => {
    let reason: unknown;
    const ran = await runMachine(machine({ Do: task({ TimeoutSeconds: '{% 30 %}' }) }), {}, (call) => {
      call.signal.addEventListener('abort', () => {
        reason = call.signal.reason;
      });
      expect(call.deadline).toBe(Date.UTC(2026, 0, 1, 0, 0, 30));
      return never();
    });
    expect(ran).toMatchObject({
      status: 'FAILED',
      error: 'States.Timeout',
      stopDate: '2026-01-01T00:00:30.000Z',
    });
    expect(ran.types).toContain('TaskTimedOut');
    expect(ran.events[2]).toMatchObject({ timeoutInSeconds: 30 });
    expect(reason).toBe('ended');
  });

  test('a task without heartbeats ends as States.Timeout, which States.HeartbeatTimeout catches too', async () => {
    const state = task({
      HeartbeatSeconds: 10,
      TimeoutSeconds: 600,
      Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Late' }],
    });
    const ran = await runMachine(machine({ Do: state, Late: { Type: 'Succeed' } }), {}, never);
    expect(ran.output).toEqual({ Error: 'States.Timeout', Cause: null });
    expect(Date.parse(ran.stopDate ?? '') - Date.parse(ran.startDate)).toBe(10_000);
  });

  test('each heartbeat prolongs the wait, TimeoutSeconds still ends it', async () => {
    const ran = await runMachine(
      machine({
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Slow', States: { Slow: task({ HeartbeatSeconds: 10, TimeoutSeconds: 25 }) } },
            {
              StartAt: 'W1',
              States: {
                W1: { Type: 'Wait', Seconds: 8, Next: 'B1' },
                B1: task({ Next: 'W2' }),
                W2: { Type: 'Wait', Seconds: 8, Next: 'B2' },
                B2: task(),
              },
            },
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }],
          End: true,
        },
        End: { Type: 'Succeed' },
      }),
      {},
      (() => {
        let slow: TaskCall | undefined;
        return (call: TaskCall) => {
          if (call.stateName === 'Slow') {
            slow = call;
            return never();
          }
          slow?.heartbeat();
          return null;
        };
      })(),
    );
    expect(Date.parse(ran.stopDate ?? '') - Date.parse(ran.startDate)).toBe(25_000);
  });

  test('a result above 256 KiB fails as States.DataLimitExceeded and can be caught by States.ALL', async () => {
    const ran = await runMachine(
      machine({
        Do: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Big' }] }),
        Big: { Type: 'Succeed' },
      }),
      {},
      () => 'x'.repeat(262_143),
    );
    expect(ran.output).toMatchObject({
      Error: 'States.DataLimitExceeded',
      Cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });

  test('an Output above 256 KiB ends the execution although States.ALL is caught', async () => {
    const ran = await runMachine(
      machine({
        Do: task({
          Output: '{% $pad("", 262145, "x") %}',
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Big' }],
        }),
        Big: { Type: 'Succeed' },
      }),
    );
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(ran.cause).toContain("'Do'");
  });

  test('a handler that answers nothing answers null, and one that answers objects loses what is no JSON', async () => {
    expect(
      (await runMachine(machine({ Do: task() }), {}, () => undefined as unknown as null)).output,
    ).toBeNull();
    const odd = { at: new Date(0), gone: undefined } as unknown as null;
    expect((await runMachine(machine({ Do: task() }), {}, () => odd)).output).toEqual({
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});

describe('a .sync task', () => {
  test('reports its submission once and the result when the job is done', async () => {
    const ran = await runMachine(
      machine({ Job: task({ Resource: BATCH, Arguments: { JobName: 'j' } }) }),
      {},
      async (call) => {
        expect(call.pattern).toBe('sync');
        await call.submitted({ JobId: '1' });
        await call.submitted({ JobId: 'ignored' });
        return { JobId: '1', Status: 'SUCCEEDED' };
      },
    );
    expect(ran.types.slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
    expect(ran.events[2]).toMatchObject({ resource: 'submitJob.sync', resourceType: 'batch' });
    expect(ran.events[4]?.output).toEqual({ JobId: '1' });
  });
});

describe('a .waitForTaskToken task', () => {
  const waiting = machine({
    Ask: task({
      Resource: TOKEN,
      Arguments: { token: '{% $states.context.Task.Token %}' },
      HeartbeatSeconds: 50,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Refused' }],
    }),
    Refused: { Type: 'Pass', End: true },
  });

  async function start() {
    let given: (token: string) => void = () => undefined;
    const asked = new Promise<string>((resolve) => {
      given = resolve;
    });
    const engine = engineFor(waiting, (call) => {
      expect(call.arguments).toEqual({ token: call.token });
      given(call.token);
      return { MessageId: 'm' };
    });
    await engine.start({ name: 'run-1', machineArn: ARN, input: {} });
    const token = await asked;
    // One turn of the event loop makes the submission durable; the virtual clock jumps only after two.
    await new Promise((resolve) => setImmediate(resolve));
    return { engine, token };
  }

  test('goes on when the token is answered with success', async () => {
    const { engine, token } = await start();
    await engine.sendTaskHeartbeat(token);
    await engine.sendTaskSuccess(token, { approved: true });
    expect((await engine.waitFor('run-1')).output).toEqual({ approved: true });
    const types = (await engine.history('run-1')).map((event) => event.type);
    expect(types.slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
    await expect(engine.sendTaskSuccess(token, 1)).rejects.toMatchObject({ code: 'TaskTimedOut' });
  });

  test.each([
    ['No', 'because'],
    [undefined, undefined],
  ])('fails when the token is answered with failure %p', async (error, cause) => {
    const { engine, token } = await start();
    await engine.sendTaskFailure(token, error, cause);
    expect((await engine.waitFor('run-1')).output).toEqual({ Error: error ?? null, Cause: cause ?? null });
  });

  test('refuses an answer that is too large and a token that was never given', async () => {
    const { engine, token } = await start();
    await expect(engine.sendTaskSuccess(token, 'x'.repeat(300_000))).rejects.toMatchObject({
      code: 'InvalidOutput',
    });
    await expect(engine.sendTaskHeartbeat('guess')).rejects.toMatchObject({ code: 'TaskTimedOut' });
    await engine.stop('run-1');
  });
});
