/**
 * Replays recorded AWS executions against the embedded engine.
 *
 *   npm run conformance -- DIR [--language JSONata|JSONPath|mixed|all] [--failures]
 *
 * DIR holds index.json and the recorded cases. Ends with "N passed, N failed"; exit code 1 when a case failed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '#local/asl/json.ts';
import { describe } from './conformance/branches.ts';
import {
  type ExecutionCase,
  replayExecution,
  replayTestState,
  replayValidation,
  type TestStateCase,
  type ValidationCase,
  type Verdict,
} from './conformance/replay-case.ts';

const LANGUAGES = ['JSONata', 'JSONPath', 'mixed', 'all'];

interface IndexEntry {
  name: string;
  kind: string;
  file: string;
  queryLanguage?: string;
  features: string[];
}

/** Counts per feature and the lines about what failed. */
export interface Report {
  passed: number;
  failed: number;
  features: Map<string, { passed: number; failed: number }>;
  outOfScope: Map<string, number>;
  failures: string[];
}

/** Replays every case of a directory that is in the chosen query language. */
export async function checkConformance(directory: string, language: string): Promise<Report> {
  const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as IndexEntry[];
  const report: Report = { passed: 0, failed: 0, features: new Map(), outOfScope: new Map(), failures: [] };
  for (const entry of index) {
    const other = language !== 'all' && entry.queryLanguage !== language;
    const verdict: Verdict = other
      ? { outOfScope: `query language ${entry.queryLanguage ?? 'unknown'}` }
      : await replay(entry, JSON.parse(readFileSync(join(directory, entry.file), 'utf8')));
    count(report, entry, verdict);
  }
  return report;
}

async function replay(entry: IndexEntry, recorded: unknown): Promise<Verdict> {
  if (entry.kind === 'executions' || entry.kind === 'choice-operators')
    return replayExecution(recorded as ExecutionCase);
  if (entry.kind === 'test-state') return replayTestState(recorded as TestStateCase);
  if (entry.kind === 'validation') return replayValidation(recorded as ValidationCase);
  return { outOfScope: `kind ${entry.kind}` };
}

function count(report: Report, entry: IndexEntry, verdict: Verdict): void {
  if ('outOfScope' in verdict) {
    report.outOfScope.set(verdict.outOfScope, (report.outOfScope.get(verdict.outOfScope) ?? 0) + 1);
    return;
  }
  const key = verdict.passed ? 'passed' : 'failed';
  report[key]++;
  for (const feature of entry.features) {
    const row = report.features.get(feature) ?? { passed: 0, failed: 0 };
    row[key]++;
    report.features.set(feature, row);
  }
  if (verdict.passed) return;
  const { at, expected, actual } = verdict.difference;
  report.failures.push(
    `${entry.name}\n    at ${at}\n    expected ${describe(expected as Json)}\n    but was  ${describe(actual as Json)}`,
  );
}

/** The report as text: a table by feature, what was left out and why, what failed, and the sum. */
export function formatReport(report: Report): string {
  const rows = [...report.features].sort(([a], [b]) => a.localeCompare(b));
  const width = Math.max(7, ...rows.map(([feature]) => feature.length));
  const table = rows.map(
    ([feature, row]) =>
      `${feature.padEnd(width)} ${String(row.passed).padStart(7)} ${String(row.failed).padStart(7)}`,
  );
  const left = [...report.outOfScope].map(([reason, cases]) => `${String(cases).padStart(5)}  ${reason}`);
  return [
    `${'feature'.padEnd(width)}  passed  failed`,
    ...table,
    ...(left.length > 0 ? ['', 'out of scope:', ...left] : []),
    ...(report.failures.length > 0 ? ['', 'failed:', ...report.failures] : []),
    '',
    `${report.passed} passed, ${report.failed} failed`,
  ].join('\n');
}

/** The command. Answers the exit code: 0 all passed, 1 some failed, 2 wrong usage. */
export async function main(args: string[], print: (text: string) => void = console.log): Promise<number> {
  const at = args.indexOf('--language');
  const language = at < 0 ? 'JSONata' : (args[at + 1] ?? '');
  const [directory] = args.filter((arg, index) => !arg.startsWith('--') && (at < 0 || index !== at + 1));
  if (directory === undefined || !LANGUAGES.includes(language)) {
    print(`usage: npm run conformance -- DIR [--language ${LANGUAGES.join('|')}]`);
    return 2;
  }
  const report = await checkConformance(directory, language);
  print(formatReport(report));
  return report.failed > 0 ? 1 : 0;
}
