/**
 * What a stage costs, from its configuration and the dated price table; needs neither account nor network.
 *
 *   node --import tsx infra/bin/cost.ts [--stage NAME | --config FILE] [--json]
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PRICES } from '#contracts/source/prices.ts';
import { readStageConfig } from '../config/read-stage-config.ts';
import { costReport, costText } from '../cost/cost-report.ts';
import type { JobSeconds } from '../cost/run-cost.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const EXIT_USAGE = 2;

interface Report {
  readonly phases: readonly {
    readonly phase: string;
    readonly jobs: Readonly<Record<string, { readonly value: number }>>;
  }[];
}

/** Seconds of the demo's jobs, from the committed report of its last run. */
function demoSeconds(): JobSeconds {
  const { phases } = JSON.parse(
    readFileSync(join(ROOT, 'evidence', 'first-run', 'report.json'), 'utf8'),
  ) as Report;
  return Object.fromEntries(
    phases.map(({ phase, jobs }) => [phase, Object.values(jobs).map(({ value }) => value)]),
  );
}

try {
  const { values } = parseArgs({
    options: { stage: { type: 'string' }, config: { type: 'string' }, json: { type: 'boolean' } },
  });
  const path = values.config ?? join(ROOT, 'infra', 'config', `${values.stage ?? 'dev'}.json`);
  const config = readStageConfig(path);
  const report = costReport({ path, config, prices: PRICES, demoSeconds: demoSeconds(), now: new Date() });
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : costText(report));
} catch (error) {
  // What is wrong with a configuration or an option is told in its own words.
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = EXIT_USAGE;
}
