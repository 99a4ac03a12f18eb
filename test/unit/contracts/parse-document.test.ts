import fc from 'fast-check';
import { checkpointManifest } from '#contracts/source/checkpoint-manifest.ts';
import { cognateFields } from '#contracts/source/phases/cognate.ts';
import { defaultSettings, SETTINGS } from '#contracts/source/phases/settings.ts';
import { type DocumentProblem, nearestName, parseDocument } from '#contracts/source/problems.ts';
import { runDocument } from '#contracts/source/run-document.ts';
import { taskSpec } from '#contracts/source/task-spec.ts';

const TOP = Object.keys(runDocument.shape);
const COGNATE = Object.keys(cognateFields.shape);
const good = { apiVersion: 'forge/v1', name: 'toy', phases: ['cognate'], input: { corpus: 'speeches' } };

/** As a document really comes: through JSON, where `__proto__` is a key like any other. */
const withJson = (members: string): unknown => JSON.parse(`${JSON.stringify(good).slice(0, -1)},${members}}`);

function problemsOf(document: unknown): readonly DocumentProblem[] {
  const parsed = parseDocument(runDocument, document);
  return parsed.ok ? [] : parsed.problems;
}

const mistype = (name: string, place: number): string => name.slice(0, place) + name.slice(place + 1);

describe('an unknown field', () => {
  test.each([
    ['at the top', '"phasse":1', '/phasse', 'phases'],
    ['of the input', '"input":{"corpsu":"a"}', '/input/corpsu', 'corpus'],
    [
      'of the settings of a phase',
      '"config":{"cognate":{"d_modle":1}}',
      '/config/cognate/d_modle',
      'd_model',
    ],
    ['among the phases', '"config":{"cognat":{}}', '/config/cognat', 'cognate'],
    [
      'of a gate',
      '"gates":[{"phase":"cognate","metrc":"a/b","metric":"a/b","op":"<","bound":1}]',
      '/gates/0/metrc',
      'metric',
    ],
    [
      'of one option of a union',
      '"gates":[{"phase":"cognate","metric":"a/b","op":"<","bound":{"metric":"a/b","factr":1}}]',
      '/gates/0/bound/factr',
      'factor',
    ],
  ])('%s is refused with its pointer and the nearest name', (_, members, pointer, suggestion) => {
    expect(problemsOf(withJson(members))).toEqual([
      expect.objectContaining({
        pointer,
        code: 'unknown_field',
        suggestion,
        message: expect.stringContaining(`did you mean ${suggestion}?`),
      }),
    ]);
  });

  test('any name that is not known is reported, each with its own pointer', () => {
    const key = fc
      .string({ minLength: 1, maxLength: 20, unit: 'binary' })
      .filter((each) => !TOP.includes(each));
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 8 }), (keys) => {
        const unknown = Object.fromEntries(keys.map((each) => [each, 1]));
        const pointers = keys.map((each) => `/${each.replaceAll('~', '~0').replaceAll('/', '~1')}`);
        const problems = problemsOf({ ...good, ...unknown });
        expect(problems.map((problem) => problem.pointer).sort()).toEqual(pointers.sort());
        expect(problems.every((problem) => problem.code === 'unknown_field')).toBe(true);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('every setting with one letter missing is answered with a setting that is as near', () => {
    const typo = fc
      .constantFrom(...COGNATE)
      .chain((name) => fc.tuple(fc.constant(name), fc.nat({ max: name.length - 1 })))
      .filter(([name, place]) => !COGNATE.includes(mistype(name, place)));
    fc.assert(
      fc.property(typo, ([name, place]) => {
        const [problem] = problemsOf({ ...good, config: { cognate: { [mistype(name, place)]: 1 } } });
        expect(COGNATE).toContain(problem?.suggestion);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('of a whole megabyte, or a hundred thousand of them, are answered at once and shortly', () => {
    const long = { ...good, config: { cognate: { ['x'.repeat(1_000_000)]: 1 } } };
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, number) => [`k${number}`, 1]));

    expect(JSON.stringify(problemsOf(long)[0]?.message).length).toBeLessThan(200);
    expect(problemsOf({ ...good, config: { cognate: many } })).toHaveLength(100);
  });
});

describe('a key that JavaScript gives a meaning of its own', () => {
  test.each([
    ['__proto__', '/__proto__', '"__proto__":{"admin":true}'],
    ['constructor', '/constructor', '"constructor":{"prototype":1}'],
    ['__proto__ among the labels', '/labels/__proto__', '"labels":{"__proto__":"x"}'],
    ['constructor among the labels', '/labels/constructor', '"labels":{"constructor":"x"}'],
    ['__proto__ among the settings', '/config/cognate/__proto__', '"config":{"cognate":{"__proto__":{}}}'],
  ])('%s is refused by name', (_, pointer, members) => {
    expect(problemsOf(withJson(members))).toEqual([
      expect.objectContaining({ pointer, code: 'unknown_field' }),
    ]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('is found at any depth of free content', () => {
    const deep = `${'{"a":['.repeat(2000)}{"__proto__":1}${']}'.repeat(2000)}`;
    const parsed = parseDocument(checkpointManifest.shape.resume, JSON.parse(deep));
    expect(parsed).toMatchObject({ ok: false, problems: [{ code: 'unknown_field' }] });
  });
});

describe('a value that cannot be', () => {
  test.each([
    ['seed -1', '"seed":-1', '/seed', 'out_of_range'],
    ['seed 2^53', '"seed":9007199254740992', '/seed', 'out_of_range'],
    ['seed 1e400', '"seed":1e400', '/seed', 'out_of_range'],
    [
      'a setting of 1e400',
      '"config":{"cognate":{"learning_rate":1e400}}',
      '/config/cognate/learning_rate',
      'out_of_range',
    ],
    [
      'a gate bound of -1e400',
      '"gates":[{"phase":"cognate","metric":"a/b","op":"<","bound":-1e400}]',
      '/gates/0/bound',
      'out_of_range',
    ],
    ['no phases', '"phases":[]', '/phases', 'out_of_range'],
    ['phase 0', '"phases":[0]', '/phases/0', 'out_of_range'],
    ['phase 9', '"phases":[1,9]', '/phases/1', 'out_of_range'],
    ['phase 2.5', '"phases":[2.5]', '/phases/0', 'out_of_range'],
    ['phase "1"', '"phases":["1"]', '/phases/0', 'out_of_range'],
    ['a name that is a number', '"name":5', '/name', 'invalid_type'],
    ['input null', '"input":null', '/input', 'invalid_type'],
    ['another version', '"apiVersion":"forge/v2"', '/apiVersion', 'invalid_value'],
  ])('%s is refused', (_, members, pointer, code) => {
    expect(problemsOf(withJson(members))).toEqual([expect.objectContaining({ pointer, code })]);
  });

  test('NaN, which YAML can express, is out of every range', () => {
    expect(problemsOf({ ...good, seed: Number.NaN })).toEqual([
      { pointer: '/seed', code: 'out_of_range', message: expect.any(String), got: 'NaN' },
    ]);
  });

  test('what is missing is named with what was expected there', () => {
    const { name: _, ...nameless } = good;
    expect(problemsOf(nameless)).toEqual([
      { pointer: '/name', code: 'required', message: '/name is required', expected: 'string' },
    ]);
    expect(problemsOf(undefined)).toEqual([
      expect.objectContaining({ pointer: '', code: 'required', message: 'the document is required' }),
    ]);
  });

  test('a long value is shown shortened', () => {
    const [problem] = problemsOf({ ...good, seed: 'x'.repeat(1000) });
    expect(problem?.got).toBe(`"${'x'.repeat(76)}...`);
  });
});

describe('a name', () => {
  test.each([
    ['65 characters', 'a'.repeat(65)],
    ['nothing', ''],
    ['a climbing path', '../x'],
    ['a backslash', 'a\\b'],
    ['a control character', 'a\u0000b'],
    ['a line feed at the end', 'toy\n'],
    ['a bidirectional override', 'toy\u202Eyot'],
    ['a zero-width space', 'to\u200By'],
    ['letters beyond ASCII', 'größe'],
    ['capital letters', 'Toy'],
    ['a dash at the end', 'toy-'],
  ])('of %s is refused', (_, name) => {
    expect(problemsOf({ ...good, name })).toEqual([
      expect.objectContaining({ pointer: '/name', code: 'invalid_name' }),
    ]);
  });

  test('of 1 to 64 plain characters is accepted, and nothing else is', () => {
    const plain = /^[a-z0-9._-]{1,64}$/;
    const ends = /^[a-z0-9](.*[a-z0-9])?$/s;
    const text = fc.oneof(
      fc.string({ maxLength: 70, unit: fc.constantFrom(...'ab09._-'.split('')) }),
      fc.string({ maxLength: 70, unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (name) => {
        expect(problemsOf({ ...good, name }).length === 0).toBe(plain.test(name) && ends.test(name));
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe('fuzz', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });

  test('whatever comes, a run document is either accepted or answered with problems', () => {
    const mutated = fc
      .record(Object.fromEntries(TOP.map((key) => [key, anything])), { requiredKeys: [] })
      .map((change) => ({ ...good, ...change }));
    fc.assert(
      fc.property(fc.oneof(anything, mutated), (document) => {
        const parsed = parseDocument(runDocument, document);
        expect(parsed.ok || parsed.problems.length > 0).toBe(true);
        if (!parsed.ok) for (const problem of parsed.problems) expect(problem.pointer).toMatch(/^(\/|$)/);
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  test('a document that holds itself is answered, not followed for ever', () => {
    const circle: Record<string, unknown> = { ...good };
    circle.seed = circle;
    expect(problemsOf(circle)).toEqual([expect.objectContaining({ pointer: '/seed', got: 'object' })]);
  });

  test('what was accepted is accepted again and stays as it is', () => {
    const document = fc.record({
      ...Object.fromEntries(Object.entries(good).map(([key, value]) => [key, fc.constant(value)])),
      seed: fc.maxSafeNat(),
      phases: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(document, (each) => {
        const once = parseDocument(runDocument, each);
        expect(once.ok).toBe(true);
        expect(once.ok && parseDocument(runDocument, once.value)).toEqual(once);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

describe('the nearest name', () => {
  test('of a known name is that name', () => {
    for (const known of [...TOP, ...COGNATE]) expect(nearestName(known, COGNATE.concat(TOP))).toBe(known);
  });

  test('is none where nothing is near', () => {
    expect(nearestName('population', TOP)).toBeUndefined();
    expect(nearestName('x', ['op', 'at'])).toBeUndefined();
    expect(nearestName('seed', [])).toBeUndefined();
  });

  test('is one of the known ones whatever is asked', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const near = nearestName(name, TOP);
        expect(near === undefined || TOP.includes(near)).toBe(true);
      }),
      { seed: 6 },
    );
  });
});

describe('rules that only the settings of a phase can state', () => {
  const settingsOf = (slug: keyof typeof SETTINGS, change = {}) =>
    parseDocument(SETTINGS[slug], { ...defaultSettings(slug), ...change });
  const noWeights = { weight_perplexity: 0, weight_accuracy: 0, weight_speed: 0, weight_memory: 0 };

  test.each(Object.keys(SETTINGS) as (keyof typeof SETTINGS)[])('the defaults of %s keep them', (slug) => {
    expect(settingsOf(slug).ok).toBe(true);
  });

  test.each([
    ['heads that do not divide the width', 'cognate', { num_heads: 3 }, '/num_heads'],
    ['heads of an odd width', 'cognate', { d_model: 32, num_heads: 32 }, '/num_heads'],
    ['a stride longer than the row', 'cognate', { eval_stride: 129 }, '/eval_stride'],
    ['no step for the variants', 'cognate', { steps: 2, base_fraction: 0.9 }, '/base_fraction'],
    ['no step for the base', 'cognate', { steps: 5, base_fraction: 0.1 }, '/base_fraction'],
    ['nothing that fitness weighs', 'evomerge', noWeights, '/weight_perplexity'],
    ['CMA-ES of one', 'evomerge', { search: 'cma-es', population: 1, elites: 0 }, '/population'],
    ['a population of elites', 'evomerge', { population: 4, elites: 4 }, '/elites'],
    ['no place for a thought', 'quiet-star', { every: 125, n_true: 4 }, '/every'],
    ['a stride longer than the row of phase 4', 'bitnet', { eval_stride: 129 }, '/eval_stride'],
    ['an edge without questions', 'training', { edge: true, synthetic_share: 0 }, '/synthetic_share'],
    ['dreams without real text', 'training', { dreams: 'distil', synthetic_share: 1 }, '/synthetic_share'],
    ['prompts longer than dreams', 'training', { dreams: 'sample', dream_prompt: 129 }, '/dream_prompt'],
  ] as const)('%s is refused', (_, slug, change, pointer) => {
    const parsed = settingsOf(slug, change);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.pointer)).toEqual([pointer]);
  });

  test('a task input is judged by its own kind', () => {
    const parsed = parseDocument(taskSpec.shape.inputs, [{ kind: 'stage', name: 'base', url: 'file:///x/' }]);
    expect(parsed).toMatchObject({
      ok: false,
      problems: [
        { pointer: '/0/uri', code: 'required' },
        { pointer: '/0/url', code: 'unknown_field', suggestion: 'uri' },
      ],
    });
  });
});
