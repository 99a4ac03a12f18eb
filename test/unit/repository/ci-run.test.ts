import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

/** A shell command for each thing that .ci/run asks npm for. */
type Steps = { readonly check: string; readonly test: string; readonly conformance?: string };

type Told = { readonly exitCode: number | null; readonly text: string };

/** Runs the real script with an npm that answers as told; every step is a process, as it is in earnest. */
function ciRun(steps: Steps, env: Readonly<Record<string, string>> = {}): Told {
  const answers = [
    `case "$*" in`,
    `  "run check --silent") ${steps.check} ;;`,
    `  "test --silent") ${steps.test} ;;`,
    `  "run conformance --silent"*) ${steps.conformance ?? 'exit 9'} ;;`,
    `  *) echo "unexpected: $*"; exit 8 ;;`,
    'esac',
  ];
  const root = fixtureTree({
    'project/bin/npm': `#!/bin/bash\n${answers.join('\n')}\n`,
    'corpus/index.json': '[]',
  });
  const project = join(root, 'project');
  chmodSync(join(project, 'bin/npm'), 0o755);
  cpSync(join(PROJECT, '.ci'), join(project, '.ci'), { recursive: true });
  const { FORGE_ASL_CORPUS: _callers, ...outside } = process.env;
  const child = spawnSync(join(project, '.ci/run'), {
    encoding: 'utf8',
    cwd: root,
    env: { ...outside, PATH: `${join(project, 'bin')}:${process.env.PATH}`, ...env },
  });
  return { exitCode: child.status, text: child.stdout };
}

const lastLine = (told: Told): string | undefined => told.text.trimEnd().split('\n').at(-1);

const GOOD: Steps = { check: 'echo "7 passed, 0 failed"', test: 'echo "40 passed, 0 failed"' };

afterAll(removeFixtures);

describe('.ci/run', () => {
  it('ends with the sum of all steps', () => {
    const told = ciRun(GOOD);

    expect(lastLine(told)).toBe('47 passed, 0 failed');
    expect(told.exitCode).toBe(0);
  });

  it.each([
    [
      'a step reports failures',
      { ...GOOD, check: 'echo "5 passed, 2 failed"; exit 1' },
      '45 passed, 2 failed',
    ],
    ['a step dies without a word', { ...GOOD, test: 'kill -9 $$' }, '7 passed, 1 failed'],
    [
      'a step says all passed and ends badly',
      { ...GOOD, test: 'echo "40 passed, 0 failed"; exit 3' },
      '47 passed, 1 failed',
    ],
    [
      'a step reports failures and ends well',
      { ...GOOD, test: 'echo "39 passed, 1 failed"' },
      '46 passed, 1 failed',
    ],
    ['every step fails', { check: 'exit 1', test: 'exit 1' }, '0 passed, 2 failed'],
  ])('fails when %s', (_what, steps, sum) => {
    const told = ciRun(steps);

    expect(lastLine(told)).toBe(sum);
    expect(told.exitCode).toBe(1);
  });

  it('counts only the last summary of a step: the ones before it are of parts', () => {
    const told = ciRun({ ...GOOD, test: 'echo "30 passed, 0 failed"; echo "40 passed, 0 failed"' });

    expect(lastLine(told)).toBe('47 passed, 0 failed');
  });

  it('replays the recorded executions where their folder is given', () => {
    const steps = { ...GOOD, conformance: 'test -f "$5/index.json" && echo "3 passed, 0 failed"' };
    const told = ciRun(steps, { FORGE_ASL_CORPUS: '../corpus' });

    expect(told.text).toContain('== conformance: npm run conformance --silent -- ../corpus');
    expect(lastLine(told)).toBe('50 passed, 0 failed');
  });

  it('fails when the folder that was given does not exist', () => {
    const told = ciRun(GOOD, { FORGE_ASL_CORPUS: '/nowhere' });

    expect(told.text).toContain('FORGE_ASL_CORPUS is /nowhere, which is no folder');
    expect(lastLine(told)).toBe('47 passed, 1 failed');
  });

  it('stops a step that does not end', () => {
    const told = ciRun({ check: 'sleep 60', test: 'sleep 60' }, { FORGE_CI_SECONDS: '1' });

    expect(lastLine(told)).toBe('0 passed, 2 failed');
  });
});
