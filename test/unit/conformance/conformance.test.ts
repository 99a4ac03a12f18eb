import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '#local/asl/json.ts';
import {
  type ExecutionCase,
  replayExecution,
  replayTestState,
  replayValidation,
} from '../../../scripts/conformance/replay-case.ts';
import { normalIteration } from '../../../scripts/conformance/stub-tasks.ts';
import { checkConformance, formatReport, main } from '../../../scripts/conformance.ts';

const CASES = join(__dirname, 'cases');
const TRIAL = ['test-state-', 'validation-', 'index'];
const executions = readdirSync(CASES).filter((file) => !TRIAL.some((prefix) => file.startsWith(prefix)));

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(CASES, file), 'utf8')) as T;
}

function history(recorded: ExecutionCase): JsonObject[] {
  return recorded.expected.history ?? [];
}

/** Changes to a recording after which it must not pass any more. */
const spoilers: [string, (recorded: ExecutionCase) => void][] = [
  ['another status', (recorded) => void Object.assign(recorded.expected, { status: 'TIMED_OUT' })],
  ['an error that never was', (recorded) => void Object.assign(recorded.expected, { error: 'Never' })],
  ['an output that never was', (recorded) => void Object.assign(recorded.expected, { output: 'never' })],
  ['an event too few', (recorded) => void history(recorded).splice(2, 1)],
  [
    'an event too many',
    (recorded) =>
      void history(recorded).splice(2, 0, {
        type: 'PassStateEntered',
        id: 99,
        prev: 2,
        name: 'Ghost',
        input: 1,
      }),
  ],
  ['another first input', (recorded) => void Object.assign(history(recorded)[0] ?? {}, { input: 'other' })],
  ['another state name', (recorded) => void Object.assign(history(recorded)[1] ?? {}, { name: 'Other' })],
  [
    'a field that AWS did not write',
    (recorded) => void Object.assign(history(recorded).at(-1) ?? {}, { location: 'x' }),
  ],
];

describe('a recorded execution', () => {
  test.each(executions)('%s passes', async (file) => {
    expect(await replayExecution(read<ExecutionCase>(file))).toEqual({ passed: true });
  });

  for (const [what, spoil] of spoilers) {
    test.each(executions)(`%s with ${what} fails`, async (file) => {
      const recorded = read<ExecutionCase>(file);
      spoil(recorded);
      expect(await replayExecution(recorded)).toMatchObject({ passed: false });
    });
  }

  test('fails where one iteration’s output differs, and says where', async () => {
    const recorded = read<ExecutionCase>('map-interleaved.json');
    const event = history(recorded).find(
      (candidate) => candidate.type === 'TaskSucceeded' && candidate.output === 10,
    );
    Object.assign(event ?? {}, { output: 11 });
    expect(await replayExecution(recorded)).toMatchObject({
      passed: false,
      difference: { at: expect.stringContaining('#1[4] TaskSucceeded'), expected: 11, actual: 10 },
    });
  });

  test('fails where two events of one thread changed places', async () => {
    const recorded = read<ExecutionCase>('task-retry.json');
    const events = history(recorded);
    [events[2], events[3]] = [events[3] ?? {}, events[2] ?? {}];
    expect(await replayExecution(recorded)).toMatchObject({ passed: false });
  });

  test('fails where a cause differs as JSON, whatever its spelling', async () => {
    const recorded = read<ExecutionCase>('task-retry.json');
    Object.assign(history(recorded)[4] ?? {}, { causeJson: { errorMessage: 'other', requestId: '<id:1>' } });
    expect(await replayExecution(recorded)).toMatchObject({
      difference: { at: expect.stringContaining('TaskFailed.cause.errorMessage') },
    });
  });

  test('fails where an event inside a Parallel is missing although its order is lost', async () => {
    const recorded = read<ExecutionCase>('parallel-sorted.json');
    Object.assign(history(recorded)[5] ?? {}, { output: 3 });
    expect(await replayExecution(recorded)).toMatchObject({
      difference: { at: 'history inside of Parallel' },
    });
    history(recorded).splice(5, 1);
    expect(await replayExecution(recorded)).toMatchObject({
      difference: { at: 'history inside of Parallel' },
    });
  });

  test('that needs JSONPath is out of scope, and one that we refuse by mistake fails', async () => {
    const recorded = read<ExecutionCase>('stopped.json');
    const states = { Nap: { Type: 'Pass', Parameters: { 'a.$': '$' }, End: true } };
    const paths = { ...recorded, definition: { StartAt: 'Nap', States: states } };
    expect(await replayExecution(paths)).toEqual({ outOfScope: 'JSONPath fields' });
    const refused = { ...recorded, definition: { ...recorded.definition, StartAt: 'Other' } };
    expect(await replayExecution(refused)).toMatchObject({ difference: { at: 'definition' } });
    expect(await replayExecution({ ...recorded, external: 'redrive' })).toMatchObject({
      outOfScope: expect.any(String),
    });
  });
});

describe('TestState and validation cases', () => {
  test('fail when the answer differs', async () => {
    const choice = read<{ request: JsonObject; expected: JsonObject; placeholders: string[] }>(
      'test-state-choice.json',
    );
    choice.expected.nextState = 'Small';
    expect(await replayTestState(choice)).toMatchObject({ difference: { at: 'nextState', actual: 'Big' } });
    const refused = read<{ definition: JsonObject; expected: JsonObject }>('validation-refused.json');
    refused.expected.message = "'SCHEMA_VALIDATION_FAILED: something else at /'";
    expect(await replayValidation(refused)).toMatchObject({ difference: { at: 'message' } });
    const accepted = read<{ definition: JsonObject; expected: JsonObject }>('validation-accepted.json');
    expect(await replayValidation({ ...accepted, expected: { error: 'InvalidDefinition' } })).toMatchObject({
      passed: false,
    });
    const swapped = { ...refused, expected: { result: 'OK' } };
    expect(await replayValidation(swapped)).toMatchObject({ passed: false });
  });

  test('say why they are out of scope', async () => {
    const end = { Type: 'Succeed' };
    const cases: [JsonObject, JsonObject, RegExp][] = [
      [{ definition: end }, { apiError: 'ValidationException' }, /request checks/],
      [{}, {}, /without a definition/],
      [{ definition: { Type: 'Map' } }, {}, /mock of a Map/],
      [{ definition: { Type: 'Task' } }, {}, /real service/],
      [{ definition: { Type: 'Task' }, mock: { errorOutput: {} } }, {}, /mock of an error/],
      [{ definition: { Type: 'Task' }, mock: { result: '<arns.x()>' } }, {}, /recording lost/],
    ];
    for (const [request, expected, reason] of cases) {
      expect(await replayTestState({ request, expected, placeholders: [] })).toEqual({
        outOfScope: expect.stringMatching(reason),
      });
    }
    expect(await replayValidation({ expected: {} })).toMatchObject({ outOfScope: expect.any(String) });
  });
});

describe('the command', () => {
  test('prints a table by feature, what is out of scope and why, and the sum', async () => {
    const lines: string[] = [];
    expect(await main([CASES], (text) => lines.push(text))).toBe(0);
    const text = lines.join('\n');
    expect(text).toMatch(/^feature +passed +failed\n/);
    expect(text).toMatch(/\nmap +3 +0\n/);
    expect(text).toContain('    1  query language JSONPath\n    1  kind variable-references');
    expect(text.split('\n').at(-1)).toBe('14 passed, 0 failed');
  });

  test('runs the chosen language only', async () => {
    const report = await checkConformance(CASES, 'JSONPath');
    expect([report.passed, report.failed]).toEqual([1, 0]);
  });

  test('names failed cases and answers 1', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'conformance-'));
    try {
      const recorded = read<ExecutionCase>('fail-with-placeholder.json');
      recorded.expected.error = 'Other';
      writeFileSync(join(directory, 'case.json'), JSON.stringify(recorded));
      const entry = {
        name: 'spoiled',
        kind: 'executions',
        file: 'case.json',
        queryLanguage: 'JSONata',
        features: ['Fail'],
      };
      writeFileSync(join(directory, 'index.json'), JSON.stringify([entry]));
      const lines: string[] = [];
      expect(await main([directory, '--language', 'all'], (text) => lines.push(text))).toBe(1);
      expect(lines.join('\n')).toContain('spoiled\n    at error\n    expected "Other"\n    but was  "Bad"');
      expect(lines.join('\n')).toMatch(/\n0 passed, 1 failed$/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.each([[[]], [[CASES, '--language', 'SQL']], [['--language', 'JSONata']]])(
    'explains itself for %j',
    async (args) => {
      const lines: string[] = [];
      expect(await main(args, (text) => lines.push(text))).toBe(2);
      expect(lines[0]).toMatch(/^usage: npm run conformance/);
    },
  );

  test('an empty report still has a sum', () => {
    const report = { passed: 0, failed: 0, features: new Map(), outOfScope: new Map(), failures: [] };
    expect(formatReport(report)).toMatch(/0 passed, 0 failed$/);
  });
});

test.each([
  ['M[0]', 'M[0]'],
  ['M[0]/M[1]/M[2]', 'M[2]'],
  ['Outer[0]/Inner[0]/Inner[1]', 'Outer[0]/Inner[1]'],
  ['Outer[0]/Inner[1]/Outer[1]/Inner[0]', 'Outer[1]/Inner[0]'],
  ['', ''],
])('the recorded iteration %p is %p', (recorded, ours) => {
  expect(normalIteration(recorded)).toBe(ours);
});
