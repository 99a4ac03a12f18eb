import { DefinitionError } from '#local/asl/checker.ts';
import { createEngine } from '#local/asl/engine.ts';
import type { JsonObject } from '#local/asl/json.ts';
import { compileMachine, validateDefinition } from '#local/asl/machine.ts';
import { MemoryJournal } from './memory-journal.ts';
import { machine, task } from './run-machine.ts';

// asl-validator has no types.
const validator = require('asl-validator') as (definition: unknown) => {
  isValid: boolean;
  errorsText: () => string;
};

const END = { Type: 'Succeed' };

const sound = machine({
  Start: { Type: 'Pass', Assign: { v: 1 }, Output: '{% $states.input %}', Next: 'Pick', Comment: 'fine' },
  Pick: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Work' }], Default: 'Nap' },
  Nap: { Type: 'Wait', Seconds: 5, Next: 'Work' },
  Work: task({
    Resource: 'arn:aws:states:::batch:submitJob.sync',
    Arguments: { JobName: 'x' },
    TimeoutSeconds: 60,
    Retry: [
      {
        ErrorEquals: ['A'],
        IntervalSeconds: 2,
        MaxAttempts: 3,
        BackoffRate: 1.5,
        MaxDelaySeconds: 10,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Bad' }],
    Next: 'Both',
  }),
  Both: {
    Type: 'Parallel',
    Branches: [{ StartAt: 'Inner', States: { Inner: END } }],
    Next: 'Each',
  },
  Each: {
    Type: 'Map',
    Items: '{% [1] %}',
    MaxConcurrency: 2,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Item', States: { Item: END } },
    Next: 'Good',
  },
  Good: END,
  Bad: { Type: 'Fail', Error: 'E', Cause: '{% "c" %}' },
});

const one = (state: JsonObject) => machine({ S: state });

describe('a sound definition', () => {
  test('is accepted here and by asl-validator', () => {
    expect(validateDefinition(sound)).toEqual([]);
    expect(validator(sound).isValid).toBe(true);
  });

  test('gives all its states, and its time limit', () => {
    const compiled = compileMachine({ ...sound, TimeoutSeconds: 7 });
    expect([...compiled.states.keys()]).toEqual([
      'Start',
      'Pick',
      'Nap',
      'Work',
      'Both',
      'Each',
      'Good',
      'Bad',
    ]);
    expect(compiled.timeoutSeconds).toBe(7);
  });
});

describe('a wrong definition', () => {
  test.each<[string, JsonObject, string, string]>([
    [
      'no StartAt',
      { QueryLanguage: 'JSONata', States: { S: END } },
      "'StartAt' is required but was missing",
      '/',
    ],
    ['no States', { StartAt: 'S' }, "'States' is required but was missing", '/'],
    ['States that are no object', { StartAt: 'S', States: [] }, 'Expected value of type Object', '/States'],
    [
      'a StartAt that is nowhere',
      { StartAt: 'X', States: { S: END } },
      "Missing transition target: 'X'",
      '/StartAt',
    ],
    [
      'a Next that is nowhere',
      one({ Type: 'Pass', Next: 'X' }),
      "Missing transition target: 'X'",
      '/States/S',
    ],
    [
      'a Default that is nowhere',
      one({ Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'S' }], Default: 'X' }),
      "target: 'X'",
      '/States/S',
    ],
    [
      'a Catch that goes nowhere',
      one(task({ Catch: [{ ErrorEquals: ['A'], Next: 'X' }] })),
      "target: 'X'",
      '/States/S',
    ],
    ['a state that nothing leads to', machine({ S: END, T: END }), "State 'T' is not reachable", '/States/T'],
    ['an unknown type', one({ Type: 'Lambda' }), "but was 'Lambda'", '/States/S/Type'],
    ['no type', one({ End: true }), "'Type' is required", '/States/S'],
    [
      'a state that is no object',
      machine({ S: 1 as unknown as JsonObject }),
      'Expected value of type Object',
      '/States/S',
    ],
    ['neither Next nor End', one({ Type: 'Pass' }), "one of 'Next' and 'End'", '/States/S'],
    [
      'both Next and End',
      machine({ S: { Type: 'Pass', Next: 'T', End: true }, T: END }),
      "Only one of the fields 'Next' and 'End'",
      '/States/S',
    ],
    [
      'an End that is no boolean',
      one({ Type: 'Pass', End: 'yes' }),
      'Expected value of type Boolean',
      '/States/S/End',
    ],
    [
      'an unknown field',
      one({ Type: 'Pass', End: true, Parameters: {} }),
      "Field 'Parameters' is not supported",
      '/States/S',
    ],
    [
      'a JSONPath field',
      { StartAt: 'S', States: { S: { Type: 'Pass', InputPath: '$', End: true } } },
      'use JSONata',
      '/States/S',
    ],
    [
      'a JSONPath key',
      { StartAt: 'S', States: { S: { Type: 'Pass', Assign: { 'a.$': '$' }, End: true } } },
      "'a.$' needs JSONPath",
      '/States/S/Assign',
    ],
    [
      'a syntax error',
      one({ Type: 'Pass', Output: { a: ['{% 1 + %}'] }, End: true }),
      'Unexpected end of expression',
      '/States/S/Output/a[0]',
    ],
    ['a wrong query language', { ...one(END), QueryLanguage: 'SQL' }, 'but was "SQL"', '/QueryLanguage'],
    [
      'JSONPath inside JSONata',
      one({ Type: 'Pass', QueryLanguage: 'JSONPath', End: true }),
      'cannot hold JSONPath states',
      '/States/S/QueryLanguage',
    ],
    ['no Resource', one({ Type: 'Task', End: true }), "'Resource' is required", '/States/S'],
    [
      'an unknown Resource',
      one(task({ Resource: 'http://x' })),
      "'http://x' is neither",
      '/States/S/Resource',
    ],
    [
      'an activity',
      one(task({ Resource: 'arn:aws:states:local:0:activity:x' })),
      'is neither',
      '/States/S/Resource',
    ],
    ['a Resource that is empty', one(task({ Resource: '' })), 'non-empty String', '/States/S/Resource'],
    [
      'Credentials without RoleArn',
      one(task({ Credentials: {} })),
      "The field 'RoleArn' is required but was missing",
      '/States/S/Credentials',
    ],
    [
      'a TimeoutSeconds that is text',
      one(task({ TimeoutSeconds: '5' })),
      'Expected value of type number or a JSONata expression',
      '/States/S/TimeoutSeconds',
    ],
    ['a Retry that is no list', one(task({ Retry: {} })), 'Expected value of type Array', '/States/S/Retry'],
    [
      'a retrier that is no object',
      one(task({ Retry: [1] })),
      'Expected value of type Object',
      '/States/S/Retry[0]',
    ],
    ['no ErrorEquals', one(task({ Retry: [{}] })), "'ErrorEquals' is required", '/States/S/Retry[0]'],
    [
      'States.ALL with others',
      one(task({ Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] })),
      'must stand alone',
      '/States/S/Retry[0]/ErrorEquals',
    ],
    [
      'States.ALL before others',
      one(task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] })),
      'in the last rule',
      '/States/S/Retry[0]/ErrorEquals',
    ],
    [
      'a negative interval',
      one(task({ Retry: [{ ErrorEquals: ['A'], IntervalSeconds: -1 }] })),
      'but was -1',
      '/States/S/Retry[0]/IntervalSeconds',
    ],
    [
      'an unknown jitter',
      one(task({ Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'SOME' }] })),
      "'FULL' or 'NONE'",
      '/States/S/Retry[0]/JitterStrategy',
    ],
    ['no Choices', one({ Type: 'Choice' }), 'at least one rule', '/States/S/Choices'],
    [
      'a rule without Condition',
      one({ Type: 'Choice', Choices: [{ Next: 'S' }] }),
      "'Condition' is required",
      '/States/S/Choices[0]',
    ],
    [
      'a rule with Variable',
      one({ Type: 'Choice', Choices: [{ Condition: '{% true %}', Variable: '$', Next: 'S' }] }),
      "'Variable' is not supported",
      '/States/S/Choices[0]',
    ],
    [
      'two ends of a Wait',
      one({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }),
      'exactly one of',
      '/States/S',
    ],
    ['no end of a Wait', one({ Type: 'Wait', End: true }), 'exactly one of', '/States/S'],
    [
      'a Timestamp that is none',
      one({ Type: 'Wait', Timestamp: '05-12-2016T21:29:29Z', End: true }),
      'String does not match RFC3339 timestamp',
      '/States/S/Timestamp',
    ],
    ['no Branches', one({ Type: 'Parallel', End: true }), 'at least one branch', '/States/S/Branches'],
    [
      'a wrong branch',
      one({ Type: 'Parallel', Branches: [{ StartAt: 'B', States: {} }], End: true }),
      "target: 'B'",
      '/States/S/Branches[0]/StartAt',
    ],
    ['no ItemProcessor', one({ Type: 'Map', End: true }), "'ItemProcessor' is required", '/States/S'],
    [
      'an empty label',
      one({ Type: 'Map', Label: '', ItemProcessor: { StartAt: 'I', States: { I: END } }, End: true }),
      'Label cannot be empty',
      '/States/S/Label',
    ],
    [
      'a long label',
      one({
        Type: 'Map',
        Label: 'x'.repeat(41),
        ItemProcessor: { StartAt: 'I', States: { I: END } },
        End: true,
      }),
      'cannot exceed 40',
      '/States/S/Label',
    ],
    [
      'a bad label',
      one({ Type: 'Map', Label: 'a>b', ItemProcessor: { StartAt: 'I', States: { I: END } }, End: true }),
      "invalid character: '>'",
      '/States/S/Label',
    ],
    [
      'a label that is a number',
      one({ Type: 'Map', Label: 1, ItemProcessor: { StartAt: 'I', States: { I: END } }, End: true }),
      'Expected value of type String',
      '/States/S/Label',
    ],
    [
      'a reader with Parameters',
      one({
        Type: 'Map',
        ItemReader: { Resource: 'r', Parameters: {} },
        ItemProcessor: { StartAt: 'I', States: { I: END } },
        End: true,
      }),
      "'Parameters' is not supported",
      '/States/S/ItemReader',
    ],
    [
      'the same name inside',
      machine({ S: { Type: 'Parallel', Branches: [{ StartAt: 'S', States: { S: END } }], End: true } }),
      'used twice',
      '/States/S/Branches[0]/States/S',
    ],
    ['a long name', machine({ ['x'.repeat(81)]: END }), 'but this one has 81', `/States/${'x'.repeat(81)}`],
    [
      'a bad variable name',
      one({ Type: 'Pass', Assign: { '1a': 1 }, End: true }),
      "'1a' is not a valid variable name",
      '/States/S/Assign',
    ],
    [
      'a variable called states',
      one({ Type: 'Pass', Assign: { states: 1 }, End: true }),
      "'states' is not a valid",
      '/States/S/Assign',
    ],
    [
      'an Assign that is no object',
      one({ Type: 'Pass', Assign: [], End: true }),
      'Expected value of type Object',
      '/States/S/Assign',
    ],
    ['a wrong time limit', { ...one(END), TimeoutSeconds: 0 }, 'Expected a number from 1', '/TimeoutSeconds'],
    ['a machine field that is unknown', { ...one(END), Start: 'S' }, "Field 'Start' is not supported", '/'],
    ['more than 1 MB', one({ ...END, Comment: 'x'.repeat(1024 * 1024) }), 'the limit is 1048576', '/'],
  ])('with %s is refused at its place', (_name, definition, message, location) => {
    const diagnostics = validateDefinition(definition);
    const found = diagnostics.filter((fault) => fault.message.includes(message));
    expect(
      found.length > 0 ? '' : diagnostics.map((fault) => `${fault.message} at ${fault.location}`).join('\n'),
    ).toBe('');
    expect(found.map((fault) => fault.location)).toContain(location);
  });

  test('lists everything that is wrong at once, and the engine names the machine', () => {
    const broken = machine({ A: { Type: 'Pass', Next: 'X' }, B: { Type: 'Wait', End: true } });
    const make = () =>
      createEngine({
        machines: { 'arn:broken': broken },
        tasks: { run: async () => 1 },
        journal: new MemoryJournal(),
      });
    expect(make).toThrow(DefinitionError);
    expect(make).toThrow(
      /^arn:broken: Invalid State Machine Definition: .*exactly one of.*MISSING_TRANSITION_TARGET/,
    );
  });

  test('is refused by asl-validator too where it knows the rule', () => {
    for (const wrong of [one({ Type: 'Pass', Next: 'X' }), one({ Type: 'Lambda' }), { StartAt: 'S' }]) {
      expect(validator(wrong).isValid).toBe(false);
      expect(validateDefinition(wrong)).not.toEqual([]);
    }
  });
});
