import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseYaml } from '#cli/documents/parse-yaml.ts';
import { cleanUp, forge, freshFolder, ROOT, serveHttp } from './cli-harness.ts';

afterAll(cleanUp);

const GOOD = `apiVersion: forge/v1
kind: Run
name: first
phases: [cognate]
preset: test
input:
  corpus: texts
config:
  cognate:
    steps: 40
`;

function inFolder(text: string): string {
  const cwd = freshFolder();
  writeFileSync(join(cwd, 'run.yaml'), text);
  return cwd;
}

async function validate(text: string, ...more: string[]) {
  return forge(['validate', 'run.yaml', ...more], { cwd: inFolder(text) });
}

/** A chain of ten aliases of ten: ten to the n parts when written out. */
const BOMB = `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
`;

describe('forge validate', () => {
  it('accepts a good document and prints it with its defaults', async () => {
    const { exitCode, stdout } = await validate(GOOD, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, document: { seed: 1, gates: [], labels: {} } });
  });

  it('accepts the same document as JSON, and from standard input', async () => {
    const input = JSON.stringify({
      apiVersion: 'forge/v1',
      name: 'x',
      phases: [1],
      input: { corpus: 'texts' },
    });
    const { exitCode, stdout } = await forge(['validate', '-'], { input });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '-: valid\n' });
  });

  it.each([
    {
      what: 'a mistyped key',
      text: GOOD.replace('phases', 'phasse'),
      place: '4:1',
      says: 'did you mean phases',
    },
    {
      what: 'a value out of range',
      text: GOOD.replace('steps: 40', 'steps: 0'),
      place: '10:5',
      says: 'got: 0',
    },
    {
      what: 'a mistyped setting',
      text: GOOD.replace('steps', 'stepps'),
      place: '10:5',
      says: 'did you mean steps',
    },
    {
      what: 'a missing name',
      text: GOOD.replace('name: first\n', ''),
      place: '1:1',
      says: '/name is required',
    },
    {
      what: 'a phase that is none',
      text: GOOD.replace('[cognate]', '[cognate, 9]'),
      place: '4:19',
      says: 'got: 9',
    },
    { what: 'a key that stands twice', text: `${GOOD}name: again\n`, place: '11:1', says: 'stands twice' },
    { what: 'a tab', text: GOOD.replace('  corpus', '\tcorpus'), place: '7:1', says: 'tabs cannot indent' },
    {
      what: 'a custom tag',
      text: GOOD.replace('first', '!!python/object:os.system x'),
      place: '3:7',
      says: 'tags',
    },
    { what: 'an alias bomb', text: BOMB, place: '1:1', says: 'expand to more than 100' },
    { what: 'an alias of itself', text: 'a: &a\n  b: *a\n', place: '1:1', says: 'expand to more than 100' },
    {
      what: 'a second document',
      text: `${GOOD}---\nname: b\n`,
      place: '11:1',
      says: 'one file holds one document',
    },
    { what: 'a list as key', text: `${GOOD}? [a, b]\n: c\n`, place: '11:3', says: 'a key has to be' },
    {
      what: 'a prototype',
      text: `${GOOD}__proto__: { a: 1 }\n`,
      place: '11:1',
      says: '__proto__ is not a known field',
    },
    {
      what: 'deep nesting',
      text: `a: ${'['.repeat(40)}${']'.repeat(40)}\n`,
      place: '1:36',
      says: 'deeper than 32',
    },
    {
      what: 'settings that do not fit each other',
      text: `${GOOD}    num_heads: 3\n`,
      place: '11:5',
      says: 'even whole number',
    },
  ])('refuses $what with file, line and column', async ({ text, place, says }) => {
    const { exitCode, stdout, stderr } = await validate(text);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`run.yaml:${place}`);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('names everything that is wrong at once', async () => {
    const { stderr } = await validate(
      GOOD.replace('phases', 'phasse').replace('steps: 40', 'steps: 0'),
      '--json',
    );
    const { error } = JSON.parse(stderr);
    expect(error.errors.map((problem: { pointer: string }) => problem.pointer).sort()).toEqual([
      '/config/cognate/steps',
      '/phases',
      '/phasse',
    ]);
  });

  it.each([
    { what: 'a file that is not there', name: 'none.yaml', bytes: null, says: 'There is no file none.yaml' },
    {
      what: 'more than 1 MiB',
      name: 'big.yaml',
      bytes: Buffer.alloc(1024 * 1024 + 1, 35),
      says: 'at most 1048576',
    },
    {
      what: 'bytes that are not UTF-8',
      name: 'odd.yaml',
      bytes: Buffer.from([0x61, 0xff]),
      says: 'not UTF-8',
    },
    {
      what: 'ten thousand brackets',
      name: 'b.yaml',
      bytes: Buffer.alloc(60_000, '['),
      says: /must be sufficiently indented/,
    },
  ])('refuses $what', async ({ name, bytes, says }) => {
    const cwd = freshFolder();
    if (bytes) writeFileSync(join(cwd, name), bytes);
    const { exitCode, stderr } = await forge(['validate', name], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
  });

  it('refuses a folder without a stack trace', async () => {
    const cwd = freshFolder();
    mkdirSync(join(cwd, 'run.yaml'));
    const { exitCode, stderr } = await forge(['validate', 'run.yaml'], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('run.yaml cannot be read');
  });

  it.each(['demo.yaml', 'own-text.yaml'])('accepts the example %s', async (file) => {
    const { exitCode } = await forge(['validate', join(ROOT, 'examples', file)]);
    expect(exitCode).toBe(0);
  });
});

describe('--set', () => {
  it('changes values, makes what is between, and reads them as YAML', async () => {
    const sets = [
      'seed=7',
      'config.cognate.steps=50',
      '/labels/made.by=me',
      'phases.0=1',
      'input={corpus: other}',
    ];
    const { exitCode, stdout } = await validate(GOOD, '--json', ...sets.flatMap((set) => ['--set', set]));
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).document).toMatchObject({
      seed: 7,
      phases: [1],
      labels: { 'made.by': 'me' },
      input: { corpus: 'other' },
      config: { cognate: { steps: 50 } },
    });
  });

  it.each([
    { set: 'seed', says: 'names no value; expected key=value' },
    { set: '=1', says: 'names no value' },
    { set: 'config..steps=1', says: 'names no value' },
    { set: 'name.inner=1', says: '"name" is "first" and has no inner values' },
    { set: 'phases.first=1', says: '"first" is no position in a list' },
    { set: 'seed=[1', says: '--set seed=[1:1:' },
    { set: 'seeed=1', says: '--set seeed=1: seeed is not a known field' },
    { set: '__proto__.polluted=1', says: '__proto__ is not a known field' },
  ])('refuses $set with exit code 2', async ({ set, says }) => {
    const { exitCode, stderr } = await validate(GOOD, '--set', set);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('what the server finds wrong', () => {
  it('is shown with the place in the file', async () => {
    const endpoint = await serveHttp((request, response) => {
      request.resume();
      const errors = [{ pointer: '/input/corpus', code: 'not_found', message: 'no such corpus' }];
      response.writeHead(422, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ kind: 'validation', detail: 'refused', errors }));
    });
    const { exitCode, stderr } = await forge(['plan', 'run.yaml', '--endpoint', endpoint], {
      cwd: inFolder(GOOD),
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('run.yaml:7:3: no such corpus');
  });
});

describe('parsing', () => {
  it('gives back every JSON document as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        expect(parseYaml(text, 'x').value).toEqual(JSON.parse(text));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('answers any text with a value or a refusal, never with another failure', () => {
    const fragment = fc.constantFrom(
      'a:',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '!t ',
      '"',
      "'",
      '|',
      '#',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fragment, fc.string({ maxLength: 4 })), { maxLength: 30 }), (parts) => {
        let refusal: unknown = { name: 'CliError' };
        try {
          parseYaml(parts.join(''), 'x');
        } catch (error) {
          refusal = error;
        }
        expect(refusal).toHaveProperty('name', 'CliError');
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
