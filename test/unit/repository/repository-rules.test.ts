import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

const RULES = join(PROJECT, 'scripts/repository-rules.mjs');
const EXCEPTIONS = 'scripts/size-exceptions.json';

type Verdict = { readonly exitCode: number | null; readonly text: string };

function judge(files: Readonly<Record<string, string>>): Verdict {
  const child = spawnSync(process.execPath, [RULES, '--root', fixtureTree(files)], { encoding: 'utf8' });
  return { exitCode: child.status, text: child.stdout + child.stderr };
}

const lines = (count: number, line: string): string =>
  `${Array.from({ length: count }, () => line).join('\n')}\n`;
const typescriptFunction = (name: string, count: number): string =>
  `export function ${name}(): void {\n${lines(count - 2, '  void 0;')}}\n`;
const pythonFunction = (name: string, count: number): string =>
  `def ${name}():\n${lines(count - 1, '    pass')}`;
const switchedCall = (call: string): string => `${call}('does a thing', () => undefined);\n`;
// Put together here so that this file does not hold the reminder that it proves to be refused.
const REMINDER = `${'TO'}${'DO'}`;

/** what is refused → [the rule's name, a tree that breaks it, the place that is reported]. */
const REFUSED: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>, string]>> = {
  'a path with backup': ['leftover-name', { 'data/model-backup.json': '{}' }, 'data/model-backup.json'],
  'a .bak file': ['leftover-name', { 'core/run.ts.bak': '' }, 'core/run.ts.bak'],
  'a path with _old': ['leftover-name', { 'core/run_old.ts': '' }, 'core/run_old.ts'],
  'an emergency copy': ['leftover-name', { 'emergency_fix/a.json': '{}' }, 'emergency_fix/a.json'],
  'a file called helpers': ['vague-name', { 'core/string-helpers.ts': '' }, 'core/string-helpers.ts'],
  'an index barrel': ['vague-name', { 'core/index.ts': '' }, 'core/index.ts'],
  'a Python file called utils': ['vague-name', { 'containers/utils.py': '' }, 'containers/utils.py'],
  '401 lines of TypeScript': ['file-lines', { 'core/long.ts': lines(401, '// a') }, 'core/long.ts'],
  '401 lines of Python': ['file-lines', { 'containers/long.py': lines(401, 'A = 1') }, 'containers/long.py'],
  '61 lines in a function': [
    'function-lines',
    { 'core/a.ts': `const b = 1;\n${typescriptFunction('tooLong', 61)}` },
    'core/a.ts:2',
  ],
  '61 lines in a method': [
    'function-lines',
    { 'core/a.ts': `class A {\n  run() {\n${lines(59, '    void 0;')}  }\n}\n` },
    'core/a.ts:2',
  ],
  '61 lines in an arrow function': [
    'function-lines',
    { 'core/a.ts': `export const long = () => {\n${lines(59, '  void 0;')}};\n` },
    'core/a.ts:1',
  ],
  '61 lines in a test': [
    'function-lines',
    { 'test/a.test.ts': `it('is long', () => {\n${lines(59, '  void 0;')}});\n` },
    'test/a.test.ts:1',
  ],
  '61 lines in a Python function': [
    'function-lines',
    { 'containers/a.py': pythonFunction('too_long', 61) },
    'containers/a.py:1',
  ],
  'a download address in the lock': [
    'lock-resolved',
    { 'package-lock.json': '{\n  "resolved": "https://example.test/a.tgz"\n}\n' },
    'package-lock.json:2',
  ],
  'a skipped test': ['switched-test', { 'test/a.test.ts': switchedCall('it.skip') }, 'test/a.test.ts:1'],
  'a focused table': [
    'switched-test',
    { 'test/a.test.ts': "describe.only.each([1])('x', () => undefined);\n" },
    'test/a.test.ts:1',
  ],
  'an xit test': ['switched-test', { 'test/a.test.ts': switchedCall('xit') }, 'test/a.test.ts:1'],
  'a todo test': ['switched-test', { 'test/a.test.ts': "test.todo('x');\n" }, 'test/a.test.ts:1'],
  'a skipped Python test': [
    'switched-test',
    {
      'containers/test_a.py': 'import pytest\n\n\n@pytest.mark.skipif(True, reason="x")\ndef test_a(): ...\n',
    },
    'containers/test_a.py:4',
  ],
  pickle: ['unsafe-format', { 'containers/a.py': 'import pickle\n' }, 'containers/a.py:1'],
  'a name out of pickle': [
    'unsafe-format',
    { 'containers/a.py': 'from pickle import loads\n' },
    'containers/a.py:1',
  ],
  'torch.load': [
    'unsafe-format',
    { 'containers/a.py': 'import torch\ntorch.load("a")\n' },
    'containers/a.py:2',
  ],
  'torch.save': [
    'unsafe-format',
    { 'containers/a.py': 'import torch\ntorch.save(1, "a")\n' },
    'containers/a.py:2',
  ],
  'load out of torch': [
    'unsafe-format',
    { 'containers/a.py': 'from torch import load\n' },
    'containers/a.py:1',
  ],
  'a reminder without a link': ['reminder', { 'core/a.ts': `// ${REMINDER}: later\n` }, 'core/a.ts:1'],
};

/** what may stand → a tree that passes. */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a file of 400 lines': { 'core/long.ts': lines(400, '// a') },
  'long data': { 'data/corpus.json': lines(5000, '') },
  'a function of 60 lines': { 'core/a.ts': typescriptFunction('longEnough', 60) },
  'a Python function of 60 lines': { 'containers/a.py': pythonFunction('long_enough', 60) },
  'a describe block of any length': {
    'test/a.test.ts': `describe('a', () => {\n${lines(90, '  void 0;')}});\n`,
  },
  'a table of tests': { 'test/a.test.ts': "it.each([1])('x %s', () => undefined);\n" },
  'a lock without addresses': { 'package-lock.json': '{ "version": "1.0.0" }\n' },
  'a reminder with its link': { 'core/a.ts': `// ${REMINDER} https://example.test/1: later\n` },
  safetensors: { 'containers/a.py': 'from safetensors.torch import load_file, save_file\n' },
  'a word that only contains a refused one': { 'core/threshold.ts': '', 'core/commonwealth.ts': '' },
  'what is installed, not written': { 'node_modules/a/index.js': lines(900, '//') },
};

afterAll(removeFixtures);

describe('the repository rules', () => {
  /** Every case in a folder of its own, so that one process judges them all. */
  const inFolders = (cases: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> =>
    Object.fromEntries(
      cases.flatMap((files, index) =>
        Object.entries(files).map(([path, content]) => [`case-${index}/${path}`, content]),
      ),
    );
  const refused = Object.entries(REFUSED).map(
    ([what, [rule, , place]], index) => [what, rule, place, index] as const,
  );
  let verdict: Verdict;

  beforeAll(() => {
    verdict = judge(inFolders(Object.values(REFUSED).map(([, files]) => files)));
  });

  it.each(refused)('refuse %s', (_what, rule, place, index) => {
    const reported = verdict.text.split('\n').filter((line) => line.startsWith(`case-${index}/`));

    expect(reported).toEqual([expect.stringContaining(`case-${index}/${place}  [${rule}]`)]);
  });

  it('end with exit code 1 and the number of refusals', () => {
    expect(verdict.exitCode).toBe(1);
    expect(verdict.text).toContain(`repository rules: ${refused.length} refused`);
  });

  it(`let pass ${Object.keys(ALLOWED).join(', ')}`, () => {
    expect(judge(inFolders(Object.values(ALLOWED)))).toEqual({
      exitCode: 0,
      text: expect.stringContaining('nothing to refuse'),
    });
  });
});

describe('the list of exceptions', () => {
  const long = { 'core/long.ts': lines(401, '// a') };
  const exception = { rule: 'file-lines', path: 'core/long.ts', reason: 'one table that is read as a whole' };

  it('lets a long file stand that has a reason', () => {
    expect(judge({ ...long, [EXCEPTIONS]: JSON.stringify([exception]) }).exitCode).toBe(0);
  });

  it('refuses an exception without a reason', () => {
    const { exitCode, text } = judge({
      ...long,
      [EXCEPTIONS]: JSON.stringify([{ ...exception, reason: '' }]),
    });

    expect(text).toContain('[exceptions]');
    expect(text).toContain('core/long.ts  [file-lines]');
    expect(exitCode).toBe(1);
  });

  it('refuses an exception that is not needed any more', () => {
    const { exitCode, text } = judge({ 'core/long.ts': '', [EXCEPTIONS]: JSON.stringify([exception]) });

    expect(text).toContain('is not needed any more');
    expect(exitCode).toBe(1);
  });

  it('refuses an exception from a rule that has none', () => {
    const entry = { ...exception, rule: 'switched-test', path: 'test/a.test.ts' };
    const tree = { 'test/a.test.ts': switchedCall('it.skip'), [EXCEPTIONS]: JSON.stringify([entry]) };

    expect(judge(tree).text).toContain('test/a.test.ts:1  [switched-test]');
  });
});

describe('the pre-commit hook', () => {
  /** A checkout with the hook and the scripts that it calls. */
  function checkout(): { root: string; git: (...args: string[]) => string } {
    const root = fixtureTree({ 'package.json': '{ "type": "module" }', '.gitignore': 'node_modules\n' });
    for (const folder of ['scripts', '.githooks', 'node_modules/typescript']) {
      cpSync(join(PROJECT, folder), join(root, folder), { recursive: true });
    }
    chmodSync(join(root, '.githooks/pre-commit'), 0o755);
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@example.test', ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    git('init', '-q');
    git('config', 'core.hooksPath', '.githooks');
    return { root, git };
  }

  it('judges what is staged, not what lies in the working tree', () => {
    const { root, git } = checkout();
    writeFileSync(join(root, 'long.ts'), lines(401, '// a'));
    git('add', 'long.ts', 'package.json');
    writeFileSync(join(root, 'long.ts'), '// short again, but not staged\n');

    expect(() => git('commit', '-qm', 'Add a long file')).toThrow('long.ts  [file-lines]');

    git('add', 'long.ts');
    writeFileSync(join(root, 'unrelated.ts'), lines(401, '// a'));
    git('commit', '-qm', 'Add a short file');
    expect(git('log', '--format=%s')).toBe('Add a short file\n');
  });
});
