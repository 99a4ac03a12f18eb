/** Stage, region and prices, from infra's own program: the command line knows nothing of stage configurations. */
import { isAbsolute, join } from 'node:path';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { runInProject } from './child.ts';

export interface StageChoice {
  readonly stage?: string;
  readonly config?: string;
}

/** As infra/cost/cost-report.ts has it. */
export interface StageCosts {
  readonly stage: string;
  readonly region: string;
  readonly account: string | null;
  readonly protectData: boolean;
  /** File of the configuration. */
  readonly config: string;
  readonly idle: { readonly usdPerMonth: number; readonly withinLimit: boolean; readonly limitUsd: number };
  readonly prices: { readonly asOf: string; readonly ageDays: number };
  readonly runs: readonly { readonly name: string; readonly usd: readonly [number, number] }[];
}

function wordsOf({ io }: Context, { stage, config }: StageChoice): readonly string[] {
  if (config !== undefined && stage !== undefined)
    throw new CliError('validation', 'Both --stage and --config name a configuration; give one of them.');
  if (config !== undefined) return ['--config', isAbsolute(config) ? config : join(io.cwd, config)];
  return stage === undefined ? [] : ['--stage', stage];
}

async function askCosts(context: Context, root: string, words: readonly string[]): Promise<string> {
  const argv = ['--import', 'tsx', join(root, 'infra', 'bin', 'cost.ts'), ...words];
  const { exitCode, stdout, stderr } = await runInProject(context, { argv, root });
  if (exitCode === 0) return stdout;
  const said = stderr.trim();
  // Its exit code 2 is a wrong configuration; everything else is not the user's doing.
  throw exitCode === 2
    ? new CliError('validation', said, { code: 'stage_config', hint: 'The stages are in infra/config/.' })
    : new CliError('dependency', `infra/bin/cost.ts failed: ${said}`, {
        hint: 'Run in the project folder: npm run setup',
      });
}

export async function stageCosts(context: Context, root: string, choice: StageChoice): Promise<StageCosts> {
  return JSON.parse(await askCosts(context, root, [...wordsOf(context, choice), '--json'])) as StageCosts;
}

export const stageCostText = (context: Context, root: string, choice: StageChoice): Promise<string> =>
  askCosts(context, root, wordsOf(context, choice));
