import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

const MODULE = pathToFileURL(join(PROJECT, 'scripts/test-results.mjs')).href;

/** Calls an exported function of the script in a Node of its own (the scripts are ES modules, tests are not). */
function call<Result>(name: string, ...args: readonly unknown[]): Result {
  const program = `import { ${name} } from '${MODULE}'; console.log(JSON.stringify(${name}(...${JSON.stringify(args)})))`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }),
  );
}

type Outcome = { passed: number; failed: number; reasons: readonly string[] };

const jestReport = (counts: Readonly<Record<string, number>>): string =>
  JSON.stringify({
    numPassedTests: 5,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    ...counts,
  });

const junit = (tests: number, failures: number, errors: number, skipped: number): string =>
  `<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" errors="${errors}" ` +
  `failures="${failures}" skipped="${skipped}" tests="${tests}" time="0.1"></testsuite></testsuites>`;

const outcomeOf = (runner: 'jest' | 'pytest', report: string | undefined, exitCode: number): Outcome => {
  const root = fixtureTree(report === undefined ? {} : { report });
  return call(`${runner}Outcome`, join(root, 'report'), exitCode, false);
};

afterAll(removeFixtures);

describe('the outcome of a runner', () => {
  it.each([
    ['jest', jestReport({}), 0, 5, 0],
    ['jest', jestReport({ numFailedTests: 2 }), 1, 5, 2],
    ['jest', jestReport({ numRuntimeErrorTestSuites: 1 }), 1, 5, 1],
    ['pytest', junit(7, 0, 0, 0), 0, 7, 0],
    ['pytest', junit(7, 1, 2, 0), 1, 4, 3],
  ] as const)('of %s is what its report says', (runner, report, exitCode, passed, failed) => {
    expect(outcomeOf(runner, report, exitCode)).toEqual(expect.objectContaining({ passed, failed }));
  });

  it.each([
    ['jest crashed before its report', 'jest', undefined, 134, 'left no report; it ended with exit code 134'],
    ['jest was killed while it wrote its report', 'jest', '{"numPassed', 137, 'left no report'],
    ['jest ended badly after its tests', 'jest', jestReport({}), 1, 'exit code 1 though no test failed'],
    ['jest skipped a test', 'jest', jestReport({ numPendingTests: 1 }), 0, '1 tests were skipped'],
    ['jest found no test', 'jest', jestReport({ numPassedTests: 0 }), 0, 'ran no test'],
    ['pytest crashed before its report', 'pytest', undefined, 139, 'left no report'],
    ['pytest was killed while it wrote its report', 'pytest', '<?xml', 137, 'left no report'],
    ['pytest skipped a test', 'pytest', junit(7, 0, 0, 1), 0, '1 tests were skipped'],
    ['pytest found no test', 'pytest', junit(0, 0, 0, 0), 5, 'ran no test'],
  ] as const)('is a failure when %s', (_what, runner, report, exitCode, reason) => {
    const outcome = outcomeOf(runner, report, exitCode);

    expect(outcome.failed).toBe(1);
    expect(outcome.reasons).toEqual([expect.stringContaining(reason)]);
  });
});

describe('the coverage of a folder', () => {
  const jestCoverage = (covered: number, total: number): string =>
    JSON.stringify({
      '/p/core/a.ts': { lines: { covered, total } },
      '/p/local/server.ts': { lines: { covered: 0, total: 9 } },
    });
  const verdicts = (jest: string, pytest: string): readonly { ok: boolean; text: string }[] => {
    const root = fixtureTree({ jest, pytest });
    return call('coverageLines', { jest: join(root, 'jest'), pytest: join(root, 'pytest') }, '/p', 85);
  };
  const python = (covered: number, total: number): string =>
    JSON.stringify({ totals: { covered_lines: covered, num_statements: total } });

  it('passes at the floor, and a folder without code has nothing to cover', () => {
    expect(verdicts(jestCoverage(85, 100), python(850, 1000))).toEqual([
      { ok: true, text: 'coverage core: 85.0 % of 100 lines, at least 85 %' },
      { ok: true, text: 'coverage local/asl: no code yet' },
      { ok: true, text: 'coverage local/jobs: no code yet' },
      { ok: true, text: 'coverage containers/agent_forge: 85.0 % of 1000 lines, at least 85 %' },
    ]);
  });

  it('fails below the floor, however little', () => {
    const [core, , , container] = verdicts(jestCoverage(84999, 100000), python(84999, 100000));

    expect(core).toEqual({ ok: false, text: expect.stringContaining('84.9 % of 100000 lines') });
    expect(container?.ok).toBe(false);
  });

  it('fails where a runner left no report', () => {
    const missing = call<readonly { ok: boolean }[]>(
      'coverageLines',
      { jest: '/none', pytest: '/none' },
      '/p',
      85,
    );

    expect(missing.map(({ ok }) => ok)).toEqual([false, false, false, false]);
  });
});
