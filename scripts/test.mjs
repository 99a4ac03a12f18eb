#!/usr/bin/env node
/**
 * npm test: the set-up, then every TypeScript and Python test side by side, then the coverage of what has to be covered.
 *
 *   npm test                                   everything
 *   npm test -- test/unit/core                 Jest alone, with these arguments
 *   npm test -- containers/tests/models -k x   pytest alone, with these arguments
 */
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inProject, ROOT, venvPython } from './project.mjs';
import { runCommand } from './run-command.mjs';
import { runMain, setUp } from './setup.mjs';
import { coverageLines, jestOutcome, pytestOutcome } from './test-results.mjs';

const FLOOR_PERCENT = 85;
const LIMIT_SECONDS = 20 * 60;
const RESULTS = inProject('dist', 'test');
const REPORTS = {
  jest: `${RESULTS}/jest.json`,
  jestCoverage: `${RESULTS}/coverage/coverage-summary.json`,
  pytest: `${RESULTS}/pytest.xml`,
  pytestCoverage: `${RESULTS}/python-coverage.json`,
};

function jestCommand(args) {
  // One core is pytest's; each Jest worker may start servers and jobs of its own.
  const workers = Math.max(1, availableParallelism() - 1);
  const report = ['--json', `--outputFile=${REPORTS.jest}`, `--maxWorkers=${workers}`];
  const all = args.length ? args : ['--coverage'];
  return [process.execPath, inProject('node_modules/jest/bin/jest.js'), ...report, ...all];
}

function pytestCommand(args) {
  const coverage = ['--cov=agent_forge', `--cov-report=json:${REPORTS.pytestCoverage}`, '--cov-report='];
  const chosen = args.map((arg) => arg.replace(/^containers\//, ''));
  return [venvPython(), '-m', 'pytest', `--junitxml=${REPORTS.pytest}`, ...(args.length ? chosen : coverage)];
}

/** Jest's JSON goes to its file; what it says to people comes on stderr, which is shown as it comes. */
async function runJest(args) {
  const { exitCode, timedOut } = await runCommand(jestCommand(args), {
    live: process.stderr,
    lastFile: REPORTS.jest,
    limitSeconds: LIMIT_SECONDS,
    log: `${RESULTS}/jest.log`,
  });
  const outcome = jestOutcome(REPORTS.jest, exitCode, args.length > 0);
  if (!timedOut) return outcome;
  const reason = 'jest had to be killed: a test left a process, a socket or a timer open';
  return { ...outcome, failed: Math.max(1, outcome.failed), reasons: [...outcome.reasons, reason] };
}

/** Shown as a whole when it is done: two runners' lines in one another can be read by nobody. */
async function runPytest(args) {
  const { exitCode, output } = await runCommand(pytestCommand(args), {
    cwd: inProject('containers'),
    env: { OMP_NUM_THREADS: '1', COVERAGE_FILE: `${RESULTS}/python.coverage` },
    limitSeconds: LIMIT_SECONDS,
    log: `${RESULTS}/pytest.log`,
  });
  return { ...pytestOutcome(REPORTS.pytest, exitCode, args.length > 0), output };
}

/** Arguments of a call on one runner alone: `containers/…` anywhere means pytest, everything else Jest. */
function runsOf(args) {
  if (args.length === 0) return [runJest([]), runPytest([])];
  return [args.some((arg) => arg.startsWith('containers/')) ? runPytest(args) : runJest(args)];
}

await runMain(async (args) => {
  await setUp();
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  const outcomes = await Promise.all(runsOf(args));
  for (const { output } of outcomes) if (output) process.stderr.write(`\n── pytest ──\n${output}`);
  const reports = { jest: REPORTS.jestCoverage, pytest: REPORTS.pytestCoverage };
  const coverage = args.length === 0 ? coverageLines(reports, ROOT, FLOOR_PERCENT) : [];
  console.log('');
  for (const { name, passed, failed, reasons } of outcomes) {
    for (const reason of reasons) console.log(`FAILED: ${reason}`);
    console.log(`${name}: ${passed} of ${passed + failed} passed`);
  }
  for (const { text } of coverage) console.log(text);
  const tooLow = coverage.filter(({ ok }) => !ok).length;
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0) + tooLow;
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
