/** Plans with groups that repeat: which ones are sound, which turn comes next, and which round each stage reads. */
import { PHASES, type StageDefinition } from '#core/domain/phase.ts';
import { currentTurn, type Rounds, roundRead, turnName, withProgress } from '#core/domain/rounds.ts';
import { planProblems, planStages, type StagePlan } from '#core/domain/stage-plan.ts';

type Row = readonly [
  name: string,
  kind: StagePlan['kind'],
  repeat?: string | undefined,
  reads?: readonly string[],
];

const define = (rows: readonly Row[]): readonly StageDefinition[] =>
  rows.map(([name, kind, repeat, reads = []]) => ({
    name,
    kind,
    size: 1,
    reads,
    ...(repeat === undefined ? {} : { repeat }),
  }));
const plan = (rows: readonly Row[]): readonly StagePlan[] =>
  define(rows).map(({ repeat = null, ...stage }) => ({ ...stage, size: 1, repeat }));

const TWO_GROUPS = plan([
  ['a', 'single'],
  ['b', 'array', 'g'],
  ['c', 'reduce', 'g'],
  ['d', 'single'],
  ['e', 'reduce', 'h'],
]);

describe('the plans of the catalogue', () => {
  test.each(PHASES.map(({ slug, stages }) => [slug, stages] as const))('%s: sound', (_, stages) => {
    expect(planProblems(stages)).toEqual([]);
  });

  test.each<[string, readonly Row[], RegExp]>([
    ['ends in an array', [['a', 'array', 'g']], /ends the group g and is no reduce/],
    [
      'is torn',
      [
        ['a', 'reduce', 'g'],
        ['b', 'single'],
        ['c', 'reduce', 'g'],
      ],
      /not in one piece/,
    ],
    [
      'reads a later stage',
      [
        ['a', 'single', undefined, ['b']],
        ['b', 'single'],
      ],
      /no earlier stage/,
    ],
    ['reads what does not exist', [['a', 'single', undefined, ['x']]], /a reads x/],
    ['reads itself without repeating', [['a', 'single', undefined, ['a']]], /no earlier stage/],
  ])('one whose group or stage %s is named', (_, rows, message) => {
    expect(planProblems(define(rows)).join()).toMatch(message);
  });
});

describe('the size of a stage', () => {
  const evomerge = PHASES[1] as { stages: unknown };
  const kept = evomerge.stages;
  afterEach(() => {
    Object.assign(evomerge, { stages: kept });
  });
  const sized = (settings: Record<string, unknown>) => {
    Object.assign(evomerge, { stages: [{ ...define([['a', 'array']])[0], size: { setting: 'workers' } }] });
    return planStages('evomerge', settings)[0]?.size;
  };

  test('is what the setting says', () => {
    expect(sized({ workers: 4 })).toBe(4);
  });

  test.each([undefined, 0, 1.5, '4', 10_001])('is refused at %p', (workers) => {
    expect(() => sized({ workers })).toThrow(/Stage a of phase evomerge, setting workers: its size is/);
  });
});

describe('turns', () => {
  const names = (rounds: Rounds) => {
    const turn = currentTurn(TWO_GROUPS, rounds);
    return [turnName(turn), turn.stages.map(({ name }) => name).join('')];
  };

  test('bring the stages before a group along in its first round only', () => {
    let rounds: Rounds = [];
    const seen = [names(rounds)];
    const steps: readonly [string, number, boolean][] = [
      ['g', 1, false],
      ['g', 2, true],
      ['h', 1, false],
      ['h', 2, true],
    ];
    for (const [group, finished, done] of steps) {
      rounds = withProgress(rounds, { group, finished, done });
      seen.push(names(rounds));
    }
    expect(seen).toEqual([
      ['g/0', 'abc'],
      ['g/1', 'bc'],
      ['h/0', 'de'],
      ['h/1', 'e'],
      ['last', ''],
    ]);
  });
});

test.each<[reader: string, round: number | null, read: string, expected: number | null]>([
  ['c', 3, 'b', 3],
  ['c', 3, 'c', 2],
  ['b', 3, 'c', 2],
  ['b', 0, 'c', -1],
  ['b', 3, 'a', null],
  ['d', null, 'c', 4],
  ['e', 0, 'c', 4],
  ['e', 1, 'e', 0],
])('stage %s in round %p reads of %s the round %p', (reader, round, read, expected) => {
  const find = (name: string) => TWO_GROUPS.find((stage) => stage.name === name) as StagePlan;
  const rounds = [{ group: 'g', finished: 5, done: true }];
  expect(roundRead(TWO_GROUPS, { stage: find(reader), round }, find(read), rounds)).toBe(expected);
});
