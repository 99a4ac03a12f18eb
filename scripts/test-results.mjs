import { existsSync, readFileSync } from 'node:fs';

/**
 * What a runner's report and exit code say together. A runner that crashed, was killed or contradicts its own report
 * never counts as passed: every such disagreement is one more failure with its reason.
 * @typedef {{name: string, passed: number, failed: number, reasons: string[]}} Outcome
 */

function outcome(name, exitCode, counts, mayBePartial) {
  if (!counts) {
    return {
      name,
      passed: 0,
      failed: 1,
      reasons: [`${name} left no report; it ended with exit code ${exitCode}`],
    };
  }
  const { passed, failed, skipped } = counts;
  const reasons = [];
  if (skipped > 0 && !mayBePartial) reasons.push(`${name}: ${skipped} tests were skipped; none may be`);
  if (passed + failed === 0) reasons.push(`${name} ran no test`);
  if (exitCode !== 0 && failed + reasons.length === 0) {
    reasons.push(`${name} ended with exit code ${exitCode} though no test failed`);
  }
  return { name, passed, failed: failed + reasons.length, reasons };
}

function jestCounts(file) {
  if (!existsSync(file)) return undefined;
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return {
      passed: report.numPassedTests,
      // A suite that could not even start has no tests to fail, and is one failure.
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return undefined;
  }
}

function pytestCounts(file) {
  if (!existsSync(file)) return undefined;
  const [suite] = /<testsuite\s[^>]*>/.exec(readFileSync(file, 'utf8')) ?? [];
  if (!suite) return undefined;
  const count = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? Number.NaN);
  const failed = count('failures') + count('errors');
  const skipped = count('skipped');
  const passed = count('tests') - failed - skipped;
  return Number.isNaN(passed) ? undefined : { passed, failed, skipped };
}

/** @returns {Outcome} of `jest --json --outputFile=file` */
export const jestOutcome = (file, exitCode, mayBePartial) =>
  outcome('jest', exitCode, jestCounts(file), mayBePartial);

/** @returns {Outcome} of `pytest --junitxml=file` */
export const pytestOutcome = (file, exitCode, mayBePartial) =>
  outcome('pytest', exitCode, pytestCounts(file), mayBePartial);

function foldersOfJest(file, root, folders) {
  const files = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  return folders.map((folder) => {
    const own = Object.entries(files ?? {}).filter(([path]) => path.startsWith(`${root}/${folder}/`));
    const sum = (key) => own.reduce((total, [, { lines }]) => total + lines[key], 0);
    return { folder, reported: files !== undefined, covered: sum('covered'), total: sum('total') };
  });
}

function folderOfPytest(file, folder) {
  const totals = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).totals : undefined;
  const { covered_lines: covered = 0, num_statements: total = 0 } = totals ?? {};
  return { folder, reported: totals !== undefined, covered, total };
}

/**
 * Line coverage of what has to be covered, each with its verdict.
 * @param reports.jest path of Jest's json-summary
 * @param reports.pytest path of coverage.py's JSON report
 * @param floor percent that each folder with code has to reach
 */
export function coverageLines(reports, root, floor) {
  const rows = [
    ...foldersOfJest(reports.jest, root, ['core', 'local/asl', 'local/jobs']),
    folderOfPytest(reports.pytest, 'containers/agent_forge'),
  ];
  return rows.map(({ folder, reported, covered, total }) => {
    if (!reported) return { ok: false, text: `coverage ${folder}: no report` };
    if (total === 0) return { ok: true, text: `coverage ${folder}: no code yet` };
    // Rounded down: 84.99 is not 85.
    const percent = Math.floor((covered / total) * 1000) / 10;
    const ok = percent >= floor;
    const text = `coverage ${folder}: ${percent.toFixed(1)} % of ${total} lines, at least ${floor} %`;
    return { ok, text: ok ? text : `${text}: TOO LOW` };
  });
}
