/** The command line of the smoke test: what it would do and cost, the question, the steps, the record. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';

import { type AwsChoice, awsWorld, STAGE, writeSmokeConfig } from './aws-world.ts';
import { callForge, ROOT } from './child.ts';
import { runSteps, writeWhole } from './run-steps.ts';
import { STEPS } from './steps.ts';

const RECORD = join(ROOT, 'evidence', 'aws-smoke', 'record.json');
const EXIT_USAGE = 2;
/** Three runs, each at most as dear as the demo: its phases are fewer and its models smaller. */
const RUNS = 3;

interface Costs {
  readonly region: string;
  readonly idle: { readonly usdPerMonth: number };
  readonly runs: readonly { readonly name: string; readonly usd: readonly [number, number] }[];
  readonly prices: { readonly asOf: string };
}

async function plan(choice: AwsChoice): Promise<string> {
  const costs = (await callForge(['infra', 'cost', '--config', writeSmokeConfig(choice)])) as Costs;
  const demo = costs.runs.find(({ name }) => name === 'demo')?.usd[1] ?? 0;
  const steps = [
    ...STEPS,
    { name: 'destroy', title: 'forge infra destroy: also after a failure, unless --keep' },
  ];
  return [
    `Stage ${STAGE} in ${costs.region}, from ${choice.config}:`,
    ...steps.map(({ name, title }, index) => `  ${index + 1}. ${name}: ${title}`),
    `Price: at most about $${(RUNS * demo).toFixed(2)} (assumed; ${RUNS} runs, each at most as dear as the demo; prices of ${costs.prices.asOf}).`,
    `What is not destroyed costs about $${costs.idle.usdPerMonth.toFixed(2)} a month.`,
  ].join('\n');
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Type ${STAGE} to deploy into the account of your credentials: `);
  terminal.close();
  return answer.trim() === STAGE;
}

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    config: { type: 'string', default: join(ROOT, 'infra', 'config', 'dev.json') },
    email: { type: 'string' },
  },
});

async function main(): Promise<number> {
  const { config, email, yes, keep } = values;
  const choice = { config, email, folder: join(ROOT, 'dist', 'smoke') };
  console.log(await plan(choice));
  if (values['dry-run']) return 0;
  if (!yes && !(await agreed())) {
    console.error('Nothing was deployed. Agree by typing the name of the stage, or with --yes.');
    return EXIT_USAGE;
  }
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const record = await runSteps(awsWorld(choice), STEPS, { commit, keep, say: (line) => console.log(line) });
  if (record === null) {
    console.error('The stage is kept and costs money; the same command goes on with the step that failed.');
    return 1;
  }
  writeWhole(RECORD, record);
  console.log(`${record.verdict}: ${RECORD}`);
  return record.verdict === 'passed' ? 0 : 1;
}

process.exitCode = await main();
