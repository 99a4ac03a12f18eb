import { machine, runMachine } from './run-machine.ts';

describe('Pass, Choice, Wait, Succeed and Fail', () => {
  test('a Pass state hands its Output to the next state and its variables to all later ones', async () => {
    const ran = await runMachine(
      machine({
        First: {
          Type: 'Pass',
          Assign: { kept: '{% $states.input.a %}' },
          Output: { sum: '{% $states.input.a + 1 %}', list: ['{% $states.input.a %}', 'plain'] },
          Next: 'Second',
        },
        Second: { Type: 'Pass', Output: '{% {"kept": $kept, "sum": $states.input.sum} %}', End: true },
      }),
      { a: 1 },
    );
    expect(ran.output).toEqual({ kept: 1, sum: 2 });
    expect(ran.types).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(ran.events[2]).toMatchObject({
      assignedVariables: { kept: 1 },
      output: { sum: 2, list: [1, 'plain'] },
    });
    expect(ran.events.map((event) => event.previousEventId)).toEqual([0, 0, 2, 3, 4, 5]);
  });

  test('Assign and Output of one state both see the variables as they were before', async () => {
    const ran = await runMachine(
      machine({
        Set: { Type: 'Pass', Assign: { n: 1 }, Next: 'Both' },
        Both: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Output: '{% $n %}', Next: 'Show' },
        Show: { Type: 'Pass', Output: '{% [$states.input, $n] %}', End: true },
      }),
    );
    expect(ran.output).toEqual([1, 2]);
  });

  const choice = machine({
    Pick: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'Big', Output: 'big', Assign: { size: 'L' } },
        { Condition: '{% $states.input.n > 5 %}', Next: 'Big' },
      ],
      Default: 'Small',
      Output: 'small',
    },
    Big: { Type: 'Succeed' },
    Small: { Type: 'Succeed', Output: '{% $states.input & "!" %}' },
  });

  test.each([
    [11, 'big'],
    [6, { n: 6 }],
    [1, 'small!'],
  ])('a Choice of %p takes the first true rule with that rule’s Output', async (n, output) => {
    expect((await runMachine(choice, { n })).output).toEqual(output);
  });

  test('a Choice without a true rule and without Default fails with States.NoChoiceMatched', async () => {
    const ran = await runMachine(
      machine({
        Pick: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Done' }] },
        Done: { Type: 'Succeed' },
      }),
    );
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    expect(ran.cause).toContain("executing the state 'Pick' (entered at the event id #2)");
  });

  test('a condition that is no boolean names its place', async () => {
    const ran = await runMachine(
      machine({
        Pick: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Done' }], Default: 'Done' },
        Done: { Type: 'Succeed' },
      }),
    );
    expect(ran.cause).toContain(
      "field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean'",
    );
  });

  test.each([
    [{ Seconds: 90 }, 90],
    [{ Seconds: '{% $states.input.s * 2 %}' }, 60],
    [{ Timestamp: '2026-01-01T01:00:00+00:30' }, 1800],
    [{ Timestamp: '{% $states.input.at %}' }, 5],
    [{ Timestamp: '2020-01-01T00:00:00Z' }, 0],
  ])('a Wait with %p lets %p seconds pass', async (until, seconds) => {
    const ran = await runMachine(machine({ Wait: { Type: 'Wait', ...until, End: true } }), {
      s: 30,
      at: '2026-01-01T00:00:05.123456789Z',
    });
    expect(ran.types).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ]);
    const passed = Date.parse(ran.stopDate ?? '') - Date.parse(ran.startDate);
    expect(Math.floor(passed / 1000)).toBe(seconds);
  });

  test.each([
    [
      '{% "tomorrow" %}',
      'Timestamp',
      'cannot be parsed as an ISO-8601 extended offset date-time format string: tomorrow',
    ],
    ['{% "2026-13-01T00:00:00Z" %}', 'Timestamp', 'cannot be parsed'],
    ['{% "2026-02-30T00:00:00Z" %}', 'Timestamp', 'cannot be parsed'],
    ['{% "2026-01-01T25:00:00Z" %}', 'Timestamp', 'cannot be parsed'],
    ['{% -1 %}', 'Seconds', 'must be an integer between 0 and 99999999, but was: -1'],
    ['{% 1.5 %}', 'Seconds', 'must be an integer'],
    ['{% "x" %}', 'Seconds', "Expected 'number', but was 'string' for value: \"x\""],
  ])('a Wait refuses %s as %s', async (value, field, message) => {
    const ran = await runMachine(machine({ Wait: { Type: 'Wait', [field]: value, End: true } }));
    expect(ran.error).toBe('States.QueryEvaluationError');
    expect(ran.cause).toContain(message);
    expect(ran.events[2]).toMatchObject({ type: 'EvaluationFailed', location: field, state: 'Wait' });
  });

  test('a Fail state ends the execution with its evaluated Error and Cause', async () => {
    const ran = await runMachine(
      machine({ Stop: { Type: 'Fail', Error: 'Custom', Cause: '{% "n is " & $string($states.input.n) %}' } }),
      { n: 7 },
    );
    expect(ran).toMatchObject({ status: 'FAILED', error: 'Custom', cause: 'n is 7' });
    expect(ran.types).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
    expect((await runMachine(machine({ Stop: { Type: 'Fail' } }))).error).toBeUndefined();
  });

  test('the context object names execution, machine and state', async () => {
    const ran = await runMachine(
      machine({ Look: { Type: 'Pass', Output: '{% $states.context %}', End: true } }),
      { a: 1 },
    );
    expect(ran.output).toEqual({
      Execution: {
        Id: 'arn:aws:states:local:000000000000:execution:machine:run-1',
        Input: { a: 1 },
        Name: 'run-1',
        RedriveCount: 0,
        RoleArn: 'arn:aws:iam::000000000000:role/embedded',
        StartTime: '2026-01-01T00:00:00.000Z',
      },
      State: { EnteredTime: '2026-01-01T00:00:00.000Z', Name: 'Look' },
      StateMachine: { Id: 'arn:aws:states:local:000000000000:stateMachine:machine', Name: 'machine' },
    });
  });

  test('JSONPath states without paths run beside JSONata states and keep {% %} as text', async () => {
    const ran = await runMachine({
      StartAt: 'Plain',
      States: {
        Plain: { Type: 'Pass', Result: { text: '{% 1 %}' }, Assign: { v: 3 }, Next: 'Query' },
        Query: {
          Type: 'Pass',
          QueryLanguage: 'JSONata',
          Output: '{% [$states.input.text, $v] %}',
          End: true,
        },
      },
    });
    expect(ran.output).toEqual(['{% 1 %}', 3]);
  });
});
